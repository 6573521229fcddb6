// The binary interface of WASI preview 1: rights, flags, and the records as they lie in guest memory; what a file
// system needs of it is in umiak/wasi_fs.h.
//
// Every record has the layout of the witx files; all are copied in and out with memcpy (see guest_memory.h).
// spec: wasi_snapshot_preview1, typenames.witx
#ifndef UMIAK_WASI_ABI_H_
#define UMIAK_WASI_ABI_H_

#include <cstddef>
#include <cstdint>

#include "umiak/wasi_fs.h"

namespace umiak::wasi {

using Fd = uint32_t;

enum class ClockId : uint32_t { kRealtime, kMonotonic, kProcessCputime, kThreadCputime };
enum class Eventtype : uint8_t { kClock, kFdRead, kFdWrite };

// spec: typenames.witx, $rights. Only hints here: path_open looks at kFdRead and kFdWrite alone.
namespace rights {
inline constexpr uint64_t kFdDatasync = 1u << 0;
inline constexpr uint64_t kFdRead = 1u << 1;
inline constexpr uint64_t kFdSeek = 1u << 2;
inline constexpr uint64_t kFdFdstatSetFlags = 1u << 3;
inline constexpr uint64_t kFdSync = 1u << 4;
inline constexpr uint64_t kFdTell = 1u << 5;
inline constexpr uint64_t kFdWrite = 1u << 6;
inline constexpr uint64_t kFdAdvise = 1u << 7;
inline constexpr uint64_t kFdAllocate = 1u << 8;
inline constexpr uint64_t kPathCreateDirectory = 1u << 9;
inline constexpr uint64_t kPathCreateFile = 1u << 10;
inline constexpr uint64_t kPathLinkSource = 1u << 11;
inline constexpr uint64_t kPathLinkTarget = 1u << 12;
inline constexpr uint64_t kPathOpen = 1u << 13;
inline constexpr uint64_t kFdReaddir = 1u << 14;
inline constexpr uint64_t kPathReadlink = 1u << 15;
inline constexpr uint64_t kPathRenameSource = 1u << 16;
inline constexpr uint64_t kPathRenameTarget = 1u << 17;
inline constexpr uint64_t kPathFilestatGet = 1u << 18;
inline constexpr uint64_t kPathFilestatSetSize = 1u << 19;
inline constexpr uint64_t kPathFilestatSetTimes = 1u << 20;
inline constexpr uint64_t kFdFilestatGet = 1u << 21;
inline constexpr uint64_t kFdFilestatSetSize = 1u << 22;
inline constexpr uint64_t kFdFilestatSetTimes = 1u << 23;
inline constexpr uint64_t kPathSymlink = 1u << 24;
inline constexpr uint64_t kPathRemoveDirectory = 1u << 25;
inline constexpr uint64_t kPathUnlinkFile = 1u << 26;
inline constexpr uint64_t kPollFdReadwrite = 1u << 27;
inline constexpr uint64_t kSockShutdown = 1u << 28;
inline constexpr uint64_t kSockAccept = 1u << 29;

inline constexpr uint64_t kDirectoryBase =
    kPathCreateDirectory | kPathCreateFile | kPathLinkSource | kPathLinkTarget | kPathOpen | kFdReaddir |
    kPathReadlink | kPathRenameSource | kPathRenameTarget | kPathFilestatGet | kPathFilestatSetTimes |
    kFdFilestatGet | kFdFilestatSetTimes | kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile;
inline constexpr uint64_t kFile =
    kFdDatasync | kFdRead | kFdSeek | kFdFdstatSetFlags | kFdSync | kFdTell | kFdWrite | kFdAdvise | kFdAllocate |
    kFdFilestatGet | kFdFilestatSetSize | kFdFilestatSetTimes | kPollFdReadwrite;
inline constexpr uint64_t kDirectoryInheriting = kDirectoryBase | kFile;
inline constexpr uint64_t kListener = kFdFdstatSetFlags | kFdFilestatGet | kPollFdReadwrite | kSockAccept;
inline constexpr uint64_t kStream = kFdRead | kFdWrite | kFdFdstatSetFlags | kFdFilestatGet | kPollFdReadwrite;
inline constexpr uint64_t kConnection = kStream | kSockShutdown;
}  // namespace rights

// spec: typenames.witx, $fdflags
namespace fdflags {
inline constexpr uint32_t kAppend = 1;
inline constexpr uint32_t kDsync = 2;
inline constexpr uint32_t kNonblock = 4;
inline constexpr uint32_t kRsync = 8;
inline constexpr uint32_t kSync = 16;
inline constexpr uint32_t kAnySync = kDsync | kRsync | kSync;
inline constexpr uint32_t kAll = 31;
}  // namespace fdflags

// spec: typenames.witx, $oflags
namespace oflags {
inline constexpr uint32_t kCreat = 1;
inline constexpr uint32_t kDirectory = 2;
inline constexpr uint32_t kExcl = 4;
inline constexpr uint32_t kTrunc = 8;
inline constexpr uint32_t kAll = 15;
}  // namespace oflags

// spec: typenames.witx, $fstflags
namespace fstflags {
inline constexpr uint32_t kAtim = 1;
inline constexpr uint32_t kAtimNow = 2;
inline constexpr uint32_t kMtim = 4;
inline constexpr uint32_t kMtimNow = 8;
inline constexpr uint32_t kAll = 15;
}  // namespace fstflags

// spec: typenames.witx, $riflags, $roflags, $sdflags. There are no $siflags.
namespace riflags {
inline constexpr uint32_t kPeek = 1;
inline constexpr uint32_t kWaitall = 2;
inline constexpr uint32_t kAll = 3;
}  // namespace riflags
inline constexpr uint16_t kRecvDataTruncated = 1;
namespace sdflags {
inline constexpr uint32_t kRd = 1;
inline constexpr uint32_t kWr = 2;
inline constexpr uint32_t kAll = 3;
}  // namespace sdflags

inline constexpr uint32_t kLookupSymlinkFollow = 1;
inline constexpr uint16_t kSubclockAbstime = 1;
inline constexpr uint16_t kEventHangup = 1;
inline constexpr uint8_t kPreopenDir = 0;
// Not of the specification, which knows directories only: a listener. Guests skip a tag that they do not know, and
// end their search for directories at a number that is no preopen.
inline constexpr uint8_t kPreopenSocket = 1;

// An address in guest memory of a T; checked where it is used.
template <class T>
struct GuestPtr {
  uint32_t address = 0;
};

struct Iovec {
  uint32_t buf;
  uint32_t len;
};
static_assert(sizeof(Iovec) == 8);

struct Prestat {
  uint8_t tag = kPreopenDir;
  uint8_t padding[3] = {};
  uint32_t name_len = 0;
};
static_assert(sizeof(Prestat) == 8 && offsetof(Prestat, name_len) == 4);

struct Fdstat {
  Filetype filetype = Filetype::kUnknown;
  uint8_t padding0 = 0;
  uint16_t flags = 0;
  uint32_t padding1 = 0;
  uint64_t rights_base = 0;
  uint64_t rights_inheriting = 0;
};
static_assert(sizeof(Fdstat) == 24 && offsetof(Fdstat, flags) == 2 && offsetof(Fdstat, rights_inheriting) == 16);

// The name follows, without NUL and without padding.
struct Dirent {
  uint64_t next = 0;
  uint64_t ino = 0;
  uint32_t namlen = 0;
  Filetype type = Filetype::kUnknown;
  uint8_t padding[3] = {};
};
static_assert(sizeof(Dirent) == 24 && offsetof(Dirent, type) == 20);

struct Subscription {
  uint64_t userdata;
  uint8_t tag;  // Eventtype
  uint8_t padding[7];
  // kClock: clock, timeout, precision, flags. kFdRead, kFdWrite: the descriptor, where the clock is.
  uint32_t clock_or_fd;
  uint32_t padding1;
  uint64_t timeout;
  uint64_t precision;
  uint16_t flags;
  uint8_t padding2[6];
};
static_assert(sizeof(Subscription) == 48 && offsetof(Subscription, clock_or_fd) == 16);
static_assert(offsetof(Subscription, timeout) == 24 && offsetof(Subscription, flags) == 40);

struct Event {
  uint64_t userdata = 0;
  uint16_t error = 0;
  Eventtype type = Eventtype::kClock;
  uint8_t padding0[5] = {};
  uint64_t nbytes = 0;
  uint16_t flags = 0;
  uint8_t padding1[6] = {};
};
static_assert(sizeof(Event) == 32 && offsetof(Event, type) == 10 && offsetof(Event, flags) == 24);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_ABI_H_

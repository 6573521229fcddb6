// The functions of WASI preview 1, as preview1.def names them: guest memory in, errno out.
//
// None knows how it is called: each takes the call (context, memory) and its arguments. kOutOfBounds and
// kInterrupted end the guest; see preview1.cc.
// spec: wasi_snapshot_preview1
#ifndef UMIAK_WASI_FUNCTIONS_H_
#define UMIAK_WASI_FUNCTIONS_H_

#include <cstdint>

#include "wasi/abi.h"
#include "wasi/context.h"

namespace umiak::wasi {

// args_environ.cc
Errno ArgsGet(Call& call, GuestPtr<uint32_t> argv, GuestPtr<uint8_t> buffer);
Errno ArgsSizesGet(Call& call, GuestPtr<uint32_t> count, GuestPtr<uint32_t> size);
Errno EnvironGet(Call& call, GuestPtr<uint32_t> environ, GuestPtr<uint8_t> buffer);
Errno EnvironSizesGet(Call& call, GuestPtr<uint32_t> count, GuestPtr<uint32_t> size);

// clock.cc
Errno ClockResGet(Call& call, uint32_t clock, GuestPtr<uint64_t> resolution);
Errno ClockTimeGet(Call& call, uint32_t clock, uint64_t precision, GuestPtr<uint64_t> time);

// fd.cc
Errno FdAdvise(Call& call, Fd fd, uint64_t offset, uint64_t size, uint32_t advice);
Errno FdAllocate(Call& call, Fd fd, uint64_t offset, uint64_t size);
Errno FdClose(Call& call, Fd fd);
Errno FdDatasync(Call& call, Fd fd);
Errno FdFdstatGet(Call& call, Fd fd, GuestPtr<Fdstat> result);
Errno FdFdstatSetFlags(Call& call, Fd fd, uint32_t flags);
Errno FdFdstatSetRights(Call& call, Fd fd, uint64_t base, uint64_t inheriting);
Errno FdFilestatGet(Call& call, Fd fd, GuestPtr<Filestat> result);
Errno FdFilestatSetSize(Call& call, Fd fd, uint64_t size);
Errno FdFilestatSetTimes(Call& call, Fd fd, uint64_t atim, uint64_t mtim, uint32_t fst_flags);
Errno FdRenumber(Call& call, Fd from, Fd to);
Errno FdSeek(Call& call, Fd fd, uint64_t delta, uint32_t whence, GuestPtr<uint64_t> position);
Errno FdSync(Call& call, Fd fd);
Errno FdTell(Call& call, Fd fd, GuestPtr<uint64_t> position);

// fd_io.cc
Errno FdPread(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint64_t offset, GuestPtr<uint32_t> size);
Errno FdPwrite(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint64_t offset, GuestPtr<uint32_t> size);
Errno FdRead(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, GuestPtr<uint32_t> size);
Errno FdWrite(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, GuestPtr<uint32_t> size);

// fd_dir.cc
Errno FdPrestatDirName(Call& call, Fd fd, GuestPtr<uint8_t> buffer, uint32_t size);
Errno FdPrestatGet(Call& call, Fd fd, GuestPtr<Prestat> result);
Errno FdReaddir(Call& call, Fd fd, GuestPtr<uint8_t> buffer, uint32_t size, uint64_t cookie, GuestPtr<uint32_t> used);

// path.cc
Errno PathCreateDirectory(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size);
Errno PathFilestatGet(Call& call, Fd fd, uint32_t lookup, GuestPtr<uint8_t> path, uint32_t size,
                      GuestPtr<Filestat> result);
Errno PathFilestatSetTimes(Call& call, Fd fd, uint32_t lookup, GuestPtr<uint8_t> path, uint32_t size, uint64_t atim,
                           uint64_t mtim, uint32_t fst_flags);
Errno PathLink(Call& call, Fd old_fd, uint32_t lookup, GuestPtr<uint8_t> old_path, uint32_t old_size, Fd new_fd,
               GuestPtr<uint8_t> new_path, uint32_t new_size);
Errno PathOpen(Call& call, Fd fd, uint32_t lookup, GuestPtr<uint8_t> path, uint32_t size, uint32_t open_flags,
               uint64_t rights_base, uint64_t rights_inheriting, uint32_t fd_flags, GuestPtr<Fd> result);
Errno PathReadlink(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size, GuestPtr<uint8_t> buffer,
                   uint32_t buffer_size, GuestPtr<uint32_t> used);
Errno PathRemoveDirectory(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size);
Errno PathRename(Call& call, Fd old_fd, GuestPtr<uint8_t> old_path, uint32_t old_size, Fd new_fd,
                 GuestPtr<uint8_t> new_path, uint32_t new_size);
Errno PathSymlink(Call& call, GuestPtr<uint8_t> text, uint32_t text_size, Fd fd, GuestPtr<uint8_t> path,
                  uint32_t size);
Errno PathUnlinkFile(Call& call, Fd fd, GuestPtr<uint8_t> path, uint32_t size);

// poll.cc
Errno PollOneoff(Call& call, GuestPtr<Subscription> subscriptions, GuestPtr<Event> events, uint32_t count,
                 GuestPtr<uint32_t> fired);

// random_proc_sched.cc (proc_exit, which returns nothing, is in preview1.cc)
Errno ProcRaise(Call& call, uint32_t signal);
Errno RandomGet(Call& call, GuestPtr<uint8_t> buffer, uint32_t size);
Errno SchedYield(Call& call);

// sock.cc
Errno SockAccept(Call& call, Fd fd, uint32_t flags, GuestPtr<Fd> result);
Errno SockRecv(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint32_t flags, GuestPtr<uint32_t> size,
               GuestPtr<uint16_t> result_flags);
Errno SockSend(Call& call, Fd fd, GuestPtr<Iovec> iovs, uint32_t count, uint32_t flags, GuestPtr<uint32_t> size);
Errno SockShutdown(Call& call, Fd fd, uint32_t how);

// What several of them share.
DescriptorPtr MakeDescriptor(std::shared_ptr<Socket> socket);
// The changes that fstflags name. kInval for contradictions and unknown bits.
ErrnoOr<TimeChanges> ToTimeChanges(uint64_t atim, uint64_t mtim, uint32_t fst_flags);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_FUNCTIONS_H_

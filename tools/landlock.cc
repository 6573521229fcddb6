#include "tools/landlock.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "umiak/error.h"

namespace umiak {
namespace {

// linux/landlock.h, of which systems have old versions.
struct RulesetAttributes {
  uint64_t handled_files;
  uint64_t handled_network;
};
struct __attribute__((packed)) PathRule {
  uint64_t allowed;
  int32_t parent_fd;
};
constexpr uint32_t kCreateRulesetVersion = 1;
constexpr int kPathBeneath = 1;

constexpr uint64_t kExecute = 1 << 0;
constexpr uint64_t kWriteFile = 1 << 1;
constexpr uint64_t kReadFile = 1 << 2;
constexpr uint64_t kReadDir = 1 << 3;
constexpr uint64_t kRemoveDir = 1 << 4;
constexpr uint64_t kRemoveFile = 1 << 5;
constexpr uint64_t kMakeCharacterDevice = 1 << 6;
constexpr uint64_t kMakeDir = 1 << 7;
constexpr uint64_t kMakeFile = 1 << 8;
constexpr uint64_t kMakeSocket = 1 << 9;
constexpr uint64_t kMakePipe = 1 << 10;
constexpr uint64_t kMakeBlockDevice = 1 << 11;
constexpr uint64_t kMakeLink = 1 << 12;
constexpr uint64_t kRefer = 1 << 13;     // version 2
constexpr uint64_t kTruncate = 1 << 14;  // version 3
constexpr uint64_t kTcp = 3;             // version 4: bind, connect

constexpr uint64_t kRead = kReadFile | kReadDir;
constexpr uint64_t kWrite =
    kWriteFile | kRemoveDir | kRemoveFile | kMakeDir | kMakeFile | kMakeLink | kRefer | kTruncate;
constexpr uint64_t kNever = kExecute | kMakeCharacterDevice | kMakeSocket | kMakePipe | kMakeBlockDevice;

absl::Status ErrnoStatus(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", strerror(errno)));
}

absl::Status AddRule(int ruleset, const LandlockPath& path, uint64_t handled) {
  const int directory = open(path.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return ErrnoStatus(path.path);
  const absl::Cleanup close_directory = [directory] { close(directory); };
  const PathRule rule = {(path.write ? kRead | kWrite : kRead) & handled, directory};
  if (syscall(SYS_landlock_add_rule, ruleset, kPathBeneath, &rule, 0) != 0) return ErrnoStatus(path.path);
  return absl::OkStatus();
}

}  // namespace

int LandlockVersion() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, kCreateRulesetVersion);
  return version < 0 ? 0 : static_cast<int>(version);
}

absl::Status ConfineTo(const std::vector<LandlockPath>& paths) {
  const int version = LandlockVersion();
  if (version == 0) return ErrnoStatus("the kernel has no Landlock");
  // Without kRefer every rename from one directory into another would fail.
  if (version < 2) return absl::UnavailableError("the kernel's Landlock forbids all renames between directories");
  RulesetAttributes attributes = {kRead | kWrite | kNever, 0};
  if (version < 3) attributes.handled_files &= ~kTruncate;
  if (version >= 4) attributes.handled_network = kTcp;
  const size_t size = version >= 4 ? sizeof(attributes) : sizeof(attributes.handled_files);
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  if (ruleset < 0) return ErrnoStatus("landlock_create_ruleset");
  const absl::Cleanup close_ruleset = [ruleset] { close(ruleset); };
  for (const LandlockPath& path : paths) RETURN_IF_ERROR(AddRule(ruleset, path, attributes.handled_files));
#ifdef UMIAK_LEAKS_SOUGHT
  // Where the tool that looks for leaks at exit finds the threads.
  RETURN_IF_ERROR(AddRule(ruleset, {"/proc/self", false}, attributes.handled_files));
#endif
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return ErrnoStatus("no_new_privs");
  if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) return ErrnoStatus("landlock_restrict_self");
  return absl::OkStatus();
}

}  // namespace umiak

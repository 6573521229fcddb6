// Files that are host descriptors, and what POSIX's structures say in the guest's terms.
#ifndef UMIAK_WASI_HOST_POSIX_FILE_H_
#define UMIAK_WASI_HOST_POSIX_FILE_H_

#include <sys/stat.h>
#include <time.h>

#include <array>
#include <memory>

#include "umiak/wasi_fs.h"
#include "wasi/host/unique_fd.h"

namespace umiak::wasi {

Filetype FiletypeOf(mode_t mode);
// Times that do not fit (before 1970, after 2554) are 0.
Filestat ToFilestat(const struct stat& stat);
// For utimensat.
std::array<timespec, 2> ToTimespecs(const TimeChanges& times);

// A file of a directory. REQUIRES: `fd` is open with O_NONBLOCK, `stat` is its.
std::shared_ptr<File> MakePosixFile(UniqueFd fd, const struct stat& stat, bool append);

// How many of them one call of the host takes.
int CountOf(Slices slices);
// readv and writev, repeated while interrupted.
ErrnoOr<uint64_t> ReadSlices(int fd, Slices to);
ErrnoOr<uint64_t> WriteSlices(int fd, Slices from);
// Bytes waiting in a pipe, socket or terminal, or left in a file; 1 where the host does not tell.
uint64_t BytesWaiting(int fd);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_POSIX_FILE_H_

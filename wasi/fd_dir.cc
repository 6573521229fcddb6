// fd_readdir, and the grants as the guest finds them: fd_prestat_*.
#include <algorithm>

#include "wasi/functions.h"
#include "wasi/host/socket.h"

namespace umiak::wasi {
namespace {

// Copies as much as fits behind `used`; false once the buffer is full.
bool Append(absl::Span<uint8_t> buffer, size_t* used, const void* data, size_t size) {
  size_t fits = std::min(size, buffer.size() - *used);
  CopyGuestBytes(buffer.data() + *used, data, fits);
  *used += fits;
  return fits == size;
}

}  // namespace

Errno FdPrestatGet(Call& call, Fd fd, GuestPtr<Prestat> result) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  Prestat prestat;
  if (descriptor->socket != nullptr && descriptor->socket->listens()) {
    prestat.tag = kPreopenSocket;
    return call.memory.Write(result, prestat);
  }
  if (!descriptor->preopen_name) return Errno::kBadf;
  prestat.name_len = static_cast<uint32_t>(descriptor->preopen_name->size());
  return call.memory.Write(result, prestat);
}

Errno FdPrestatDirName(Call& call, Fd fd, GuestPtr<uint8_t> buffer, uint32_t size) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().Get(fd));
  if (!descriptor->preopen_name) return Errno::kNotdir;
  const std::string& name = *descriptor->preopen_name;
  if (size < name.size()) return Errno::kNametoolong;
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, call.memory.Bytes(buffer.address, name.size()));
  CopyGuestBytes(bytes.data(), name.data(), name.size());
  return Errno::kSuccess;
}

Errno FdReaddir(Call& call, Fd fd, GuestPtr<uint8_t> buffer, uint32_t size, uint64_t cookie, GuestPtr<uint32_t> used) {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, call.context.fds().GetDir(fd));
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, call.memory.Bytes(buffer.address, size));
  // The last entry is cut where the buffer ends: less than `size` tells the guest that there are no more.
  size_t filled = 0;
  WASI_RETURN_IF_ERROR(descriptor->dir->ReadEntries(cookie, [&](const Directory::Listed& listed) {
    Dirent entry{listed.next, listed.ino, static_cast<uint32_t>(listed.name.size()), listed.type, {}};
    return filled < bytes.size() && Append(bytes, &filled, &entry, sizeof(entry)) &&
           Append(bytes, &filled, listed.name.data(), listed.name.size());
  }));
  return call.memory.Write(used, static_cast<uint32_t>(filled));
}

}  // namespace umiak::wasi

#include "wasi/transfer.h"

#include <algorithm>

namespace umiak::wasi {

Errno Gather(Call& call, GuestPtr<Iovec> iovs, uint32_t count, uint64_t limit, SliceVector* slices) {
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> array, call.memory.Array(iovs, count));
  for (uint32_t i = 0; i < count && slices->size() < kMaxSlices; ++i) {
    Iovec iov = ReadElement<Iovec>(array, i);
    WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, call.memory.Bytes(iov.buf, iov.len));
    size_t size = std::min<uint64_t>(bytes.size(), limit);
    if (size == 0) continue;
    limit -= size;
    // SAFETY: checked just now; neither moves nor shrinks during the call.
    slices->push_back({bytes.data(), size});
  }
  return Errno::kSuccess;
}

uint64_t SizeOf(const SliceVector& slices) {
  uint64_t size = 0;
  for (const iovec& slice : slices) size += slice.iov_len;
  return size;
}

void DropFront(SliceVector* slices, uint64_t size) {
  auto first = slices->begin();
  while (first != slices->end() && size >= first->iov_len) size -= (first++)->iov_len;
  slices->erase(slices->begin(), first);
  if (size == 0) return;
  iovec& cut = slices->front();
  cut.iov_base = static_cast<uint8_t*>(cut.iov_base) + size;
  cut.iov_len -= size;
}

ErrnoOr<uint64_t> WriteAll(Call& call, const Descriptor& descriptor, SliceVector* slices) {
  const uint64_t wanted = SizeOf(*slices);
  uint64_t written = 0;
  do {
    ErrnoOr<uint64_t> size =
        Transferring(call, descriptor, POLLOUT, [&] { return descriptor.file->Write(*slices); });
    if (!size.ok() && written == 0) return size;
    if (!size.ok() || *size == 0) break;
    written += *size;
    if (written < wanted) DropFront(slices, *size);
  } while (written < wanted && !descriptor.is_nonblocking());
  return written;
}

}  // namespace umiak::wasi

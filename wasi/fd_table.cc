#include "wasi/fd_table.h"

#include <algorithm>
#include <utility>

namespace umiak::wasi {

size_t FdTable::FindLowest() {
  while (lowest_ < slots_.size() && slots_[lowest_] != nullptr) ++lowest_;
  return lowest_;
}

Errno FdTable::CheckRoom() {
  const std::unique_lock<std::mutex> lock = Lock();
  return FindLowest() < kMaxDescriptors ? Errno::kSuccess : Errno::kMfile;
}

ErrnoOr<Fd> FdTable::Insert(DescriptorPtr descriptor) {
  const std::unique_lock<std::mutex> lock = Lock();
  if (FindLowest() >= kMaxDescriptors) return Errno::kMfile;
  if (lowest_ >= slots_.size()) slots_.resize(lowest_ + 1);
  slots_[lowest_] = std::move(descriptor);
  return static_cast<Fd>(lowest_++);
}

void FdTable::InsertAt(Fd fd, DescriptorPtr descriptor) {
  const std::unique_lock<std::mutex> lock = Lock();
  if (fd >= slots_.size()) slots_.resize(size_t{fd} + 1);
  slots_[fd] = std::move(descriptor);
}

ErrnoOr<DescriptorPtr> FdTable::Get(Fd fd) const {
  const std::unique_lock<std::mutex> lock = Lock();
  if (fd >= slots_.size() || slots_[fd] == nullptr) return Errno::kBadf;
  return slots_[fd];
}

ErrnoOr<DescriptorPtr> FdTable::GetDir(Fd fd) const {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, Get(fd));
  if (descriptor->dir == nullptr) return Errno::kNotdir;
  return descriptor;
}

ErrnoOr<DescriptorPtr> FdTable::GetFile(Fd fd) const {
  WASI_ASSIGN_OR_RETURN(DescriptorPtr descriptor, Get(fd));
  if (descriptor->file == nullptr) return Errno::kIsdir;
  return descriptor;
}

Errno FdTable::Close(Fd fd) {
  DescriptorPtr closed;  // dies after the lock: closing a file may take its time
  const std::unique_lock<std::mutex> lock = Lock();
  if (fd >= slots_.size() || slots_[fd] == nullptr) return Errno::kBadf;
  closed = std::move(slots_[fd]);
  slots_[fd] = nullptr;
  if (fd >= kFirst) lowest_ = std::min(lowest_, size_t{fd});
  return Errno::kSuccess;
}

Errno FdTable::Renumber(Fd from, Fd to) {
  DescriptorPtr closed;
  const std::unique_lock<std::mutex> lock = Lock();
  size_t size = slots_.size();
  if (from >= size || to >= size || slots_[from] == nullptr || slots_[to] == nullptr) return Errno::kBadf;
  if (from == to) return Errno::kSuccess;
  closed = std::exchange(slots_[to], std::move(slots_[from]));
  slots_[from] = nullptr;
  if (from >= kFirst) lowest_ = std::min(lowest_, size_t{from});
  return Errno::kSuccess;
}

}  // namespace umiak::wasi

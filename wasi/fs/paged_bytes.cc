#include "wasi/fs/paged_bytes.h"

#include <algorithm>
#include <cstring>

#include "umiak/guest_races.h"

namespace umiak::wasi {

bool Budget::Take(uint64_t bytes) {
  uint64_t left = left_.load(std::memory_order_relaxed);
  do {
    if (bytes > left) return false;
  } while (!left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed));
  return true;
}

PagedBytes::Page* PagedBytes::FindOrAdd(uint64_t number) {
  auto found = pages_.find(number);
  if (found != pages_.end()) return found->second.get();
  if (!budget_->Take(kPageCost)) return nullptr;
  return pages_.emplace(number, std::make_unique<Page>(Page{})).first->second.get();
}

void PagedBytes::Drop(uint64_t first) {
  uint64_t before = pages_.size();
  if (first == 0) {
    pages_.clear();
  } else {
    absl::erase_if(pages_, [first](const auto& page) { return page.first >= first; });
  }
  budget_->Give((before - pages_.size()) * kPageCost);
}

uint64_t PagedBytes::Read(uint64_t offset, Slices to) const {
  uint64_t total = 0;
  for (const iovec& slice : to) {
    auto* out = static_cast<uint8_t*>(slice.iov_base);
    uint64_t left = offset < size_ ? std::min<uint64_t>(slice.iov_len, size_ - offset) : 0;
    total += left;
    while (left > 0) {
      uint64_t within = offset % kPageSize;
      size_t count = static_cast<size_t>(std::min(left, kPageSize - within));
      auto found = pages_.find(offset / kPageSize);
      if (found == pages_.end()) {
        const GuestRaces races;
        std::memset(out, 0, count);
      } else {
        CopyGuestBytes(out, found->second->data() + within, count);
      }
      out += count;
      offset += count;
      left -= count;
    }
  }
  return total;
}

ErrnoOr<uint64_t> PagedBytes::Write(uint64_t offset, Slices from) {
  uint64_t total = 0;
  for (const iovec& slice : from) {
    const auto* in = static_cast<const uint8_t*>(slice.iov_base);
    uint64_t left = slice.iov_len;
    while (left > 0) {
      uint64_t within = offset % kPageSize;
      uint64_t room = offset < kMaxFileSize ? kMaxFileSize - offset : 0;
      size_t count = static_cast<size_t>(std::min({left, kPageSize - within, room}));
      Page* page = count == 0 ? nullptr : FindOrAdd(offset / kPageSize);
      if (page == nullptr) {
        if (total > 0) return total;
        return count == 0 ? Errno::kFbig : Errno::kNospc;
      }
      CopyGuestBytes(page->data() + within, in, count);
      in += count;
      offset += count;
      left -= count;
      total += count;
      size_ = std::max(size_, offset);
    }
  }
  return total;
}

void PagedBytes::Resize(uint64_t size) {
  if (size < size_) {
    Drop((size + kPageSize - 1) / kPageSize);
    auto last = pages_.find(size / kPageSize);
    if (last != pages_.end()) std::fill(last->second->begin() + static_cast<ptrdiff_t>(size % kPageSize), last->second->end(), 0);
  }
  size_ = size;
}

Errno PagedBytes::Reserve(uint64_t offset, uint64_t size) {
  if (size == 0) return Errno::kSuccess;
  uint64_t first = offset / kPageSize;
  uint64_t last = (offset + size - 1) / kPageSize;
  // Before a page is added; those that are there already are few beside an absurd wish.
  uint64_t wanted = last - first + 1;
  if (wanted > pages_.size() && wanted - pages_.size() > budget_->left() / kPageCost) return Errno::kNospc;
  for (uint64_t number = first; number <= last; ++number) {
    if (FindOrAdd(number) == nullptr) return Errno::kNospc;
  }
  return Errno::kSuccess;
}

}  // namespace umiak::wasi

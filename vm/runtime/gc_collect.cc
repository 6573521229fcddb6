// Collection: mark what can be reached, then take the mark bits for the bitmap of objects.
#include <chrono>
#include <cstring>

#include "vm/runtime/gc_heap.h"
#include "vm/runtime/gc_mark.h"
#include "vm/runtime/gc_poison.h"

namespace umiak {

namespace {

uint64_t NowNs() {
  return static_cast<uint64_t>(std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

}  // namespace

// Cells handed out to handlers and not used are no objects.
void GcHeap::FinishRuns() {
  for (uint32_t c = 0; c < kClasses; ++c) {
    for (uint64_t at = bump[c].at; at < bump[c].end; at += BytesOfClass(c)) {
      const uint64_t bit = (at - base_) / kGcGranule;
      start_bits_[bit / 64] &= ~(uint64_t{1} << (bit % 64));
    }
    bump[c] = Bump();
    classes_[c].partial.clear();
    classes_[c].next = kBlockBytes;
  }
}

void GcHeap::Sweep() {
  std::swap(start_bits_, mark_bits_);
  free_blocks_.clear();
  // Lists are used from the back: the lowest addresses first.
  for (uint32_t index = static_cast<uint32_t>(blocks_.size()); index-- > 0;) {
    Block& block = blocks_[index];
    if (block.size_class != kFree) {
      uint32_t objects = 0;
      for (uint32_t i = 0; i < kWordsPerBlock; ++i) objects += static_cast<uint32_t>(std::popcount(StartBits(index)[i]));
      const uint32_t bytes = BytesOfClass(block.size_class);
      stats_.live_objects += objects;
      stats_.live_bytes += uint64_t{objects} * bytes;
      PoisonFree(index);
      if (objects == 0) {
        block.size_class = kFree;
      } else if (objects < kBlockBytes / bytes) {
        classes_[block.size_class].partial.push_back(index);
      }
    }
    if (block.size_class == kFree) free_blocks_.push_back(index);
  }
  if (!blocks_.empty()) std::memset(mark_bits_, 0, blocks_.size() * kWordsPerBlock * sizeof(uint64_t));
}

void GcHeap::PoisonFree([[maybe_unused]] uint32_t index) {
#ifdef UMIAK_POISON
  const uint32_t bytes = BytesOfClass(blocks_[index].size_class);
  for (uint32_t at = 0; at + bytes <= kBlockBytes; at += bytes) {
    if ((StartBits(index)[at / 512] >> (at / 8 % 64) & 1) == 0) Poison(base_ + index * kBlockBytes + at, bytes);
  }
#endif
}

void GcHeap::SweepLarge() {
  for (auto it = large_.begin(); it != large_.end();) {
    const auto current = it++;
    Large& large = current->second;
    if (large.is_marked) {
      large.is_marked = false;
      ++stats_.live_objects;
      stats_.live_bytes += large.bytes;
      continue;
    }
    large_bytes_ -= large.bytes;
    std::free(ObjectOf(current->first));
    large_.erase(current);
  }
}

void GcHeap::Collect(const uint64_t* top) {
  const uint64_t begin = NowNs();
  FinishRuns();
  GcMarker marker(this);
  marker.MarkRoots(store_, top);
  const uint64_t roots_end = NowNs();
  marker.Finish();
  const uint64_t mark_end = NowNs();
  stats_.live_bytes = 0;
  stats_.live_objects = 0;
  Sweep();
  SweepLarge();
  ReleaseFreeBlocks(MostToHold());
  allocated_ = 0;
  SetTrigger();
  ++stats_.collections;
  stats_.last_pause = {roots_end - begin, mark_end - roots_end, NowNs() - mark_end};
  stats_.max_pause_ns = std::max(stats_.max_pause_ns, stats_.last_pause.total_ns());
}

}  // namespace umiak

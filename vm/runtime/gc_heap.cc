// Allocation. Collection is in gc_collect.cc.
#include "vm/runtime/gc_heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

#include "vm/runtime/fault_injection.h"
#include "vm/runtime/gc_poison.h"

namespace umiak {

namespace {

// Held beside twice what is live: below it nothing is collected.
constexpr uint64_t kSlackBytes = 16 << 20;
// Most address space that is asked for.
constexpr uint64_t kMaxReservation = uint64_t{1} << 40;
// Of blocks and bitmaps together, per byte of blocks: two bitmaps of one bit per 8 bytes.
constexpr uint64_t WithBitmaps(uint64_t block_bytes) { return block_bytes + block_bytes / 32; }

void* Map(uint64_t bytes) {
  if (AllocationFails()) return nullptr;
  void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at == MAP_FAILED ? nullptr : at;
}

}  // namespace

uint64_t SizeOf(const GcObject* object) {
  const GcType& type = GcTypeAt(object->type);
  switch (type.kind) {
    case GcKind::kStruct: return type.size;
    case GcKind::kArray: return kArrayHeaderBytes + (uint64_t{object->length} << type.element_shift);
    case GcKind::kException: return sizeof(ExceptionObject) + 8 * uint64_t{object->length};
    case GcKind::kHost: return sizeof(HostObject);
  }
  return 0;
}

GcHeap::~GcHeap() {
  for (const auto& [address, large] : large_) std::free(ObjectOf(address));
  if (base_ == 0) return;
  Unpoison(base_, blocks_.size() * kBlockBytes);
  munmap(reinterpret_cast<void*>(base_), reserved_);
  munmap(start_bits_, reserved_ / 64);
  munmap(mark_bits_, reserved_ / 64);
}

// Address space for all that the limit allows, or for as much of it as there is.
bool GcHeap::Reserve() {
  uint64_t bytes = std::min(limits_.max_bytes, kMaxReservation);
  bytes = std::max((bytes + kBlockBytes - 1) & ~(kBlockBytes - 1), kBlockBytes);
  for (; bytes >= std::min(limits_.max_bytes, kSlackBytes) && bytes >= kBlockBytes; bytes = bytes / 2 & ~(kBlockBytes - 1)) {
    void* start = Map(bytes / 64);
    void* mark = Map(bytes / 64);
    void* base = Map(bytes);
    if (start != nullptr && mark != nullptr && base != nullptr) {
      start_bits_ = static_cast<uint64_t*>(start);
      mark_bits_ = static_cast<uint64_t*>(mark);
      base_ = reinterpret_cast<uint64_t>(base);
      reserved_ = bytes;
      return true;
    }
    if (start != nullptr) munmap(start, bytes / 64);
    if (mark != nullptr) munmap(mark, bytes / 64);
    if (base != nullptr) munmap(base, bytes);
  }
  return false;
}

void GcHeap::SetTrigger() { trigger_ = stats_.live_bytes + kSlackBytes; }

uint64_t GcHeap::MostToHold() const { return 2 * stats_.live_bytes + kSlackBytes; }

bool GcHeap::PassesLimit(uint64_t bytes) const {
  const uint64_t held = stats().held_bytes;
  return bytes > limits_.max_bytes || held > limits_.max_bytes - bytes;
}

// Whether to collect before that many more bytes are held.
bool GcHeap::IsTimeToCollect(uint64_t bytes) const {
  if (allocated_ + bytes > trigger_) return true;
  // Blocks may be held by few objects each: then collecting again at once would not help.
  return stats().held_bytes + bytes > MostToHold() &&
         allocated_ >= std::max<uint64_t>(kSlackBytes / 16, stats_.live_bytes / 8);
}

bool GcHeap::AddBlock(uint32_t size_class) {
  if (free_blocks_.empty()) {
    if (base_ == 0 && !Reserve()) return false;
    if ((blocks_.size() + 1) * kBlockBytes > reserved_ || AllocationFails()) return false;
    free_blocks_.push_back(static_cast<uint32_t>(blocks_.size()));
    blocks_.emplace_back();
  }
  const uint32_t index = free_blocks_.back();
  free_blocks_.pop_back();
  Block& block = blocks_[index];
  if (block.is_released) ++held_blocks_;
  block.is_released = false;
  block.size_class = static_cast<uint8_t>(size_class);
  classes_[size_class].block = index;
  classes_[size_class].next = 0;
  Poison(base_ + index * kBlockBytes, kBlockBytes);
  return true;
}

// The next free cells of the class in the blocks it has, into bump.
bool GcHeap::NextRun(uint32_t size_class) {
  Class& c = classes_[size_class];
  const uint32_t bytes = BytesOfClass(size_class);
  const uint32_t end_of_cells = static_cast<uint32_t>(kBlockBytes) / bytes * bytes;
  while (true) {
    uint64_t* bits = base_ == 0 ? nullptr : StartBits(c.block);
    const auto is_taken = [bits](uint32_t at) { return (bits[at / 512] >> (at / 8 % 64) & 1) != 0; };
    uint32_t at = c.next;
    while (at < end_of_cells && is_taken(at)) at += bytes;
    if (at < end_of_cells) {
      uint32_t end = at;
      do {
        bits[end / 512] |= uint64_t{1} << (end / 8 % 64);
        end += bytes;
      } while (end < end_of_cells && !is_taken(end) && !limits_.collect_always);
      const uint64_t block = base_ + c.block * kBlockBytes;
      bump[size_class] = {block + at, block + end};
      Unpoison(block + at, end - at);
      allocated_ += end - at;
      c.next = end;
      return true;
    }
    c.next = kBlockBytes;
    if (c.partial.empty()) return false;
    c.block = c.partial.back();
    c.partial.pop_back();
    c.next = 0;
  }
}

bool GcHeap::Refill(uint32_t size_class, const uint64_t* top) {
  if (trigger_ == 0) SetTrigger();
  if (limits_.collect_always || IsTimeToCollect(0)) Collect(top);
  if (NextRun(size_class)) return true;
  const bool grows = free_blocks_.empty() || blocks_[free_blocks_.back()].is_released;
  const uint64_t bytes = grows ? WithBitmaps(kBlockBytes) : 0;
  if (PassesLimit(bytes)) {
    // Where the limit leaves so little room, all time would go into collecting. Once a guest was stopped for it,
    // much may have become free.
    const bool is_worth_it = allocated_ >= limits_.max_bytes / 64 || was_refused_;
    if (is_worth_it) {
      was_refused_ = false;
      Collect(top);
      if (NextRun(size_class)) return true;
    }
    if (!is_worth_it || (free_blocks_.empty() && PassesLimit(bytes))) {
      was_refused_ = true;
      return false;
    }
  } else if (bytes != 0 && IsTimeToCollect(bytes)) {
    Collect(top);
    if (NextRun(size_class)) return true;
  }
  return AddBlock(size_class) && NextRun(size_class);
}

GcObject* GcHeap::AllocateLarge(uint32_t type, uint64_t bytes) {
  if (AllocationFails()) return nullptr;
  auto* object = static_cast<GcObject*>(std::calloc(1, bytes));
  if (object == nullptr) return nullptr;
  object->type = type;
  large_[RefOf(object)] = {bytes, false};
  lowest_large_ = std::min(lowest_large_, RefOf(object));
  highest_large_ = std::max(highest_large_, RefOf(object));
  large_bytes_ += bytes;
  allocated_ += bytes;
  return object;
}

GcObject* GcHeap::Allocate(uint32_t type, uint64_t bytes, const uint64_t* top) {
  if (bytes > kMaxSmallBytes) {
    if (bytes > limits_.max_bytes) return nullptr;
    if (trigger_ == 0) SetTrigger();
    if (limits_.collect_always || IsTimeToCollect(bytes) || PassesLimit(bytes)) Collect(top);
    if (PassesLimit(bytes)) ReleaseFreeBlocks(limits_.max_bytes - bytes);
    if (PassesLimit(bytes)) return nullptr;
    return AllocateLarge(type, bytes);
  }
  const uint32_t size_class = ClassOf(GcTypeAt(type), static_cast<uint32_t>(bytes));
  Bump& run = bump[size_class];
  if (run.at == run.end && !Refill(size_class, top)) return nullptr;
  GcObject* object = ObjectOf(run.at);
  run.at += BytesOfClass(size_class);
  std::fill_n(reinterpret_cast<uint64_t*>(object), BytesOfClass(size_class) / 8, 0);
  object->type = type;
  return object;
}

ExceptionObject* GcHeap::AllocateException(TagInst* tag, uint32_t arg_words, const uint64_t* top) {
  if (MakeGcType(kExceptionGcType) == nullptr) return nullptr;
  auto* object = static_cast<ExceptionObject*>(
      Allocate(kExceptionGcType, sizeof(ExceptionObject) + 8 * uint64_t{arg_words}, top));
  if (object == nullptr) return nullptr;
  object->length = arg_words;
  object->tag = tag;
  return object;
}

HostObject* GcHeap::AllocateHost(uint64_t data, const uint64_t* top) {
  if (MakeGcType(kHostGcType) == nullptr) return nullptr;
  auto* object = static_cast<HostObject*>(Allocate(kHostGcType, sizeof(HostObject), top));
  if (object != nullptr) object->data = data;
  return object;
}

GcObject* GcHeap::Find(uint64_t word) const {
  if (word - base_ < blocks_.size() * kBlockBytes && word % kGcGranule == 0) {
    const uint64_t bit = (word - base_) / kGcGranule;
    return (start_bits_[bit / 64] >> (bit % 64) & 1) != 0 && !IsFreeCell(word) ? ObjectOf(word) : nullptr;
  }
  if (word < lowest_large_ || word > highest_large_) return nullptr;
  return large_.contains(word) ? ObjectOf(word) : nullptr;
}

// Handed out to bump, but not yet from it.
bool GcHeap::IsFreeCell(uint64_t address) const {
  const Block& block = blocks_[(address - base_) / kBlockBytes];
  if (block.size_class == kFree) return true;
  const Bump& run = bump[block.size_class];
  return address >= run.at && address < run.end;
}

// Gives pages of free blocks back, those at the highest addresses first, until no more than `allowed` bytes are held.
void GcHeap::ReleaseFreeBlocks(uint64_t allowed) {
  uint32_t begin = 0;
  uint32_t end = 0;  // of the run of blocks to release
  const auto release = [&] {
    if (begin == end) return;
    madvise(reinterpret_cast<void*>(base_ + begin * kBlockBytes), (end - begin) * kBlockBytes, MADV_DONTNEED);
  };
  for (uint32_t index : free_blocks_) {
    if (stats().held_bytes <= allowed) break;
    if (blocks_[index].is_released) continue;
    blocks_[index].is_released = true;
    --held_blocks_;
    if (index + 1 != begin) {
      release();
      end = index + 1;
    }
    begin = index;
  }
  release();
}

GcHeap::Stats GcHeap::stats() const {
  Stats stats = stats_;
  stats.held_bytes = WithBitmaps(held_blocks_ * kBlockBytes) + large_bytes_;
  return stats;
}

}  // namespace umiak

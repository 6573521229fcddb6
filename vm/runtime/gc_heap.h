// The heap of a store: structs, arrays, exceptions and host references, collected by mark and sweep.
//
// Objects never move. A reference is the address of its object (umiak/value.h), so that casts and conversions change
// nothing. Small objects lie in blocks of one size class; which cells hold objects, and which of these have been
// marked, stand in two bitmaps beside the heap, one bit per 8 bytes: a word found in a frame is checked exactly, and
// sweeping touches no object. Large objects are allocated one by one. See docs/ARCHITECTURE.md.
//
// Roots: the value stack below a given top and Execution::spill_r, word by word without knowing which are references;
// globals, tables, element segments and what the host holds, by their types. One thread at a time, as the store.
// spec: exec/runtime#store, #aggregate-instances
#ifndef UMIAK_VM_RUNTIME_GC_HEAP_H_
#define UMIAK_VM_RUNTIME_GC_HEAP_H_

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/runtime/gc_object.h"

namespace umiak {

struct StoreImpl;
struct TagInst;

struct GcLimits {
  uint64_t max_bytes = 0;
  bool collect_always = false;  // at every allocation, for tests
};

// Words that a C++ function holds while it allocates: looked at like the slots of a frame.
struct GcRoots {
  const uint64_t* words = nullptr;
  size_t count = 0;
  GcRoots* outer = nullptr;
};

class GcHeap : public GcHeapHead {
 public:
  GcHeap() = default;
  ~GcHeap();
  GcHeap(const GcHeap&) = delete;
  GcHeap& operator=(const GcHeap&) = delete;

  // Before the first allocation.
  void Init(StoreImpl* store, const GcLimits& limits) {
    store_ = store;
    limits_ = limits;
  }

  // An object of that type and size, its header's `type` set, the rest zero. Null where the limit or memory is
  // reached. May collect first: `top` is the end of the value stack in use; a caller that holds references nowhere
  // else lists them in GcRoots, a handler leaves its registers in Execution::spill_r.
  // REQUIRES: bytes >= sizeof(GcObject); what the collector reads of the object is set before the next allocation.
  GcObject* Allocate(uint32_t type, uint64_t bytes, const uint64_t* top);
  // Both null where the heap is full. `args` are not set.
  ExceptionObject* AllocateException(TagInst* tag, uint32_t arg_words, const uint64_t* top);
  HostObject* AllocateHost(uint64_t data, const uint64_t* top);

  // Gives the class another run of free cells (see Bump). False where the limit or memory is reached.
  bool Refill(uint32_t size_class, const uint64_t* top);

  // Frees what cannot be reached.
  void Collect(const uint64_t* top);

  // The object that starts at the address, or null: for any word at all.
  GcObject* Find(uint64_t word) const;

  // References that the host holds, rooted until Truncate takes them off again: a stack.
  size_t host_roots() const { return host_roots_.size(); }
  void AddHostRoot(uint64_t ref) {
    if (ref != 0 && (ref & 1) == 0) host_roots_.push_back(ref);
  }
  void TruncateHostRoots(size_t count) { host_roots_.resize(count); }

  void PushRoots(GcRoots* roots) {
    roots->outer = roots_;
    roots_ = roots;
  }
  void PopRoots() { roots_ = roots_->outer; }

  // How long a collection stopped the guest, by its parts.
  struct Pause {
    uint64_t roots_ns = 0;  // looking through what is marked from
    uint64_t mark_ns = 0;
    uint64_t sweep_ns = 0;  // and giving pages back
    uint64_t total_ns() const { return roots_ns + mark_ns + sweep_ns; }
  };
  struct Stats {
    uint64_t collections = 0;
    uint64_t live_bytes = 0;       // after the last collection
    uint64_t live_objects = 0;     // after the last collection
    uint64_t held_bytes = 0;       // blocks in use, bitmaps of these, large objects
    Pause last_pause;
    uint64_t max_pause_ns = 0;
  };
  Stats stats() const;
  // Entries of the mark stack; beyond, marked objects are found again by looking through the bitmaps.
  void set_mark_stack_entries(size_t entries) { mark_stack_entries_ = entries; }

 private:
  friend class GcMarker;
  static constexpr uint64_t kBlockBytes = 32 << 10;
  static constexpr uint32_t kWordsPerBlock = kBlockBytes / kGcGranule / 64;  // of a bitmap
  static constexpr uint8_t kFree = 255;
  struct Block {
    uint8_t size_class = kFree;
    bool is_released = true;  // the kernel has its pages back (or never gave any)
  };
  struct Class {
    std::vector<uint32_t> partial;  // blocks with free cells, looked through from the back
    uint32_t block = 0;             // the one being filled
    uint32_t next = kBlockBytes;    // byte offset in it where the search for free cells goes on
  };

  struct Large {
    uint64_t bytes;
    bool is_marked;
  };

  bool Reserve();
  bool NextRun(uint32_t size_class);
  bool AddBlock(uint32_t size_class);
  bool PassesLimit(uint64_t bytes) const;
  bool IsTimeToCollect(uint64_t bytes) const;
  bool IsFreeCell(uint64_t address) const;
  GcObject* AllocateLarge(uint32_t type, uint64_t bytes);
  void FinishRuns();
  void Sweep();
  void SweepLarge();
  void PoisonFree(uint32_t block);
  void ReleaseFreeBlocks(uint64_t allowed);
  uint64_t MostToHold() const;
  void SetTrigger();
  uint64_t* StartBits(uint32_t block) const { return start_bits_ + uint64_t{block} * kWordsPerBlock; }

  StoreImpl* store_ = nullptr;
  GcLimits limits_;
  // Small objects: one reservation of address space, used from its start.
  uint64_t base_ = 0;
  uint64_t reserved_ = 0;
  uint64_t* start_bits_ = nullptr;
  uint64_t* mark_bits_ = nullptr;
  std::vector<Block> blocks_;
  std::vector<uint32_t> free_blocks_;
  std::array<Class, kClasses> classes_;
  absl::flat_hash_map<uint64_t, Large> large_;  // by address
  uint64_t lowest_large_ = ~uint64_t{0};        // of all addresses so far
  uint64_t highest_large_ = 0;
  std::vector<uint64_t> host_roots_;
  GcRoots* roots_ = nullptr;
  size_t mark_stack_entries_ = 1 << 20;

  bool was_refused_ = false;  // the last cells asked for passed the limit
  uint64_t large_bytes_ = 0;
  uint64_t held_blocks_ = 0;
  uint64_t allocated_ = 0;  // bytes of runs and large objects handed out since the last collection
  uint64_t trigger_ = 0;    // collect once that many are
  Stats stats_;
};

static_assert(std::is_base_of_v<GcHeapHead, GcHeap> && !std::is_polymorphic_v<GcHeap>);

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_GC_HEAP_H_

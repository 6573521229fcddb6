// The first half of a collection: sets the mark bit of every object that can be reached.
#ifndef UMIAK_VM_RUNTIME_GC_MARK_H_
#define UMIAK_VM_RUNTIME_GC_MARK_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "vm/runtime/gc_heap.h"

namespace umiak {

struct InstanceData;
struct StoreImpl;

// Lives for one collection. Marks from roots with a stack of bounded size: what does not fit is marked without being
// traced, its block noted, and found again by its mark bit.
class GcMarker {
 public:
  explicit GcMarker(GcHeap* heap);

  // `top`: the end of the value stack in use.
  void MarkRoots(StoreImpl* store, const uint64_t* top);
  // Marks what the roots lead to.
  void Finish();

 private:
  // Objects between prefetch and trace: a power of two.
  static constexpr size_t kRing = 32;
  // Long arrays may make so many rounds necessary: a list of them must not take one for each.
  static constexpr int kSortedRounds = 2;
  // Bytes between an object and one that is traced right after it.
  static constexpr uint64_t kNear = 256;

  void MarkInstance(InstanceData* instance);
  void MarkWords(const uint64_t* words, size_t count);
  // These push onto the stack, and return its new top.
  uint64_t* MarkRefs(const uint64_t* refs, size_t count, uint64_t* top);
  uint64_t* MarkRef(uint64_t ref, uint64_t* top);
  uint64_t* MarkLarge(uint64_t ref, uint64_t* top);
  uint64_t* Trace(uint64_t ref, uint64_t* top);
  uint64_t* TraceOther(const GcType& type, const GcObject* object, uint64_t* top);
  void Drain();
  void TraceMarkedIn(uint32_t block);
  void TraceMarkedLarge();

  GcHeap& heap_;
  // Of the heap, which does not change meanwhile. Pointers: what is stored into the bitmap cannot be one of them.
  const uint8_t* const base_;
  uint64_t* const mark_bits_;
  const GcHeap::Block* const blocks_;
  const uint64_t reserved_;
  // The stack: null where there is no memory for it.
  std::unique_ptr<uint64_t[]> stack_;
  uint64_t* top_ = nullptr;  // the first free entry
  uint64_t* end_ = nullptr;
  // The type of the object that was traced last, if its references are those of ref_words_ alone.
  uint32_t plain_type_ = GcType::kNoType;
  uint64_t ref_words_ = 0;
  std::vector<uint8_t> dirty_;  // by block: marked objects in it have not been traced
  bool large_is_dirty_ = false;
  int rounds_ = 0;  // how often such blocks were looked through
  bool overflowed_ = false;
};

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_GC_MARK_H_

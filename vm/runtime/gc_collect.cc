// Collection: mark what can be reached, then take the mark bits for the bitmap of objects.
#include <chrono>
#include <cstring>

#include "absl/types/span.h"
#include "vm/runtime/gc_heap.h"
#include "vm/runtime/gc_poison.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

uint64_t NowNs() {
  return static_cast<uint64_t>(std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

bool IsTracedIn(const Module& module, ValType type) {
  return type.is_ref() && IsTraced(ToCanonical(type, module.canonical_types));
}

}  // namespace

// Marks from roots, depth first with a stack of bounded size: what does not fit is marked without being traced, its
// region noted, and found again by its mark bit.
class GcMarker {
 public:
  explicit GcMarker(GcHeap* heap) : heap_(*heap) { dirty_.resize(heap_.blocks_.size()); }

  void MarkRoots(StoreImpl* store, const uint64_t* top) {
    const Execution& exec = store->execution;
    if (exec.stack.base != nullptr && top != nullptr) {
      MarkWords(exec.stack.base, static_cast<size_t>(top - exec.stack.base));
      ForgetEndedFrames(store, top);
    }
    MarkWords(exec.spill_r, std::size(exec.spill_r));
    for (const GcRoots* roots = heap_.roots_; roots != nullptr; roots = roots->outer) MarkWords(roots->words, roots->count);
    for (uint64_t ref : heap_.host_roots_) MarkRef(ref);
    for (const auto& global : store->globals) {
      if (IsTraced(global->type.type)) MarkRef(*global->cell);
    }
    for (const auto& table : store->tables) {
      if (IsTraced(table->type.element)) MarkRefs(table->elems, table->size);
    }
    for (const auto& instance : store->instances) MarkInstance(instance.get());
  }

  void Finish() {
    Drain();
    // Marked objects that found no place on the stack.
    while (overflowed_) {
      overflowed_ = false;
      for (uint32_t block = 0; block < dirty_.size(); ++block) {
        if (dirty_[block] == 0) continue;
        dirty_[block] = 0;
        TraceMarkedIn(block);
      }
      if (!large_is_dirty_) continue;
      large_is_dirty_ = false;
      for (const auto& [address, large] : heap_.large_) {
        if (large.is_marked) Trace(ObjectOf(address));
      }
      Drain();
    }
  }

 private:
  static constexpr size_t kPrefetched = 16;

  void MarkInstance(InstanceData* instance) {
    const Module& module = *instance->module;
    for (GlobalIdx i = module.num_imported_globals; i < module.globals.size(); ++i) {
      if (IsTracedIn(module, module.globals[i].type.type)) MarkRef(*instance->global_cell(i));
    }
    for (ElemIdx i = 0; i < instance->elems.size(); ++i) {
      const std::vector<uint64_t>& refs = instance->elems[i].refs;
      if (!refs.empty() && IsTracedIn(module, module.elems[i].type)) MarkRefs(refs.data(), refs.size());
    }
  }

  // Words of which nobody knows whether they are references.
  void MarkWords(const uint64_t* words, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (GcObject* object = heap_.Find(words[i])) MarkRef(RefOf(object));
    }
  }
  void MarkRefs(const uint64_t* refs, size_t count) {
    for (size_t i = 0; i < count; ++i) MarkRef(refs[i]);
  }

  void MarkRef(uint64_t ref) {
    if (ref == 0 || (ref & 1) != 0) return;
    const uint64_t offset = ref - heap_.base_;
    if (offset >= heap_.reserved_) return MarkLarge(ref);
    const uint64_t bit = offset / kGcGranule;
    uint64_t& word = heap_.mark_bits_[bit / 64];
    const uint64_t mask = uint64_t{1} << (bit % 64);
    if ((word & mask) != 0) return;
    word |= mask;
    if (stack_.size() < heap_.mark_stack_entries_) {
      stack_.push_back(ref);
    } else {
      dirty_[offset / GcHeap::kBlockBytes] = 1;
      overflowed_ = true;
    }
  }
  void MarkLarge(uint64_t ref) {
    const auto found = heap_.large_.find(ref);
    if (found == heap_.large_.end() || found->second.is_marked) return;
    found->second.is_marked = true;
    if (stack_.size() < heap_.mark_stack_entries_) {
      stack_.push_back(ref);
    } else {
      large_is_dirty_ = true;
      overflowed_ = true;
    }
  }

  void Trace(GcObject* object) {
    const GcType& type = GcTypeAt(object->type);
    const auto* words = reinterpret_cast<const uint64_t*>(object);
    switch (type.kind) {
      case GcKind::kStruct:
        for (uint64_t rest = type.ref_words; rest != 0; rest &= rest - 1) MarkRef(words[std::countr_zero(rest)]);
        for (uint32_t i = 0; i < type.more_ref_count; ++i) MarkRef(words[type.more_refs[i] / 8]);
        break;
      case GcKind::kArray:
        if (type.has_ref_elements) MarkRefs(words + kArrayHeaderBytes / 8, object->length);
        break;
      case GcKind::kException: {
        const auto* exception = static_cast<const ExceptionObject*>(object);
        const uint64_t* arg = exception->args;
        for (ValType param : exception->tag->type.params) {
          if (IsTraced(param)) MarkRef(*arg);
          arg += SlotsOf(param);
        }
        break;
      }
      case GcKind::kHost: break;
    }
  }

  // PERF: objects wait in a ring between prefetch and trace, so that several cache misses are under way at once.
  void Drain() {
    uint64_t ring[kPrefetched] = {};
    size_t waiting = 0;
    size_t at = 0;
    while (waiting != 0 || !stack_.empty()) {
      if (!stack_.empty() && waiting < kPrefetched) {
        const uint64_t ref = stack_.back();
        stack_.pop_back();
        __builtin_prefetch(reinterpret_cast<const void*>(ref));
        ring[(at + waiting++) % kPrefetched] = ref;
        continue;
      }
      const uint64_t ref = ring[at];
      at = (at + 1) % kPrefetched;
      --waiting;
      Trace(ObjectOf(ref));
    }
  }

  void TraceMarkedIn(uint32_t block) {
    const uint64_t start = heap_.base_ + block * GcHeap::kBlockBytes;
    const uint64_t* bits = heap_.mark_bits_ + uint64_t{block} * GcHeap::kWordsPerBlock;
    for (uint32_t i = 0; i < GcHeap::kWordsPerBlock; ++i) {
      for (uint64_t rest = bits[i]; rest != 0; rest &= rest - 1) {
        Trace(ObjectOf(start + (64 * i + static_cast<uint32_t>(std::countr_zero(rest))) * kGcGranule));
      }
      Drain();
    }
  }

  GcHeap& heap_;
  std::vector<uint64_t> stack_;
  std::vector<uint8_t> dirty_;  // by block: marked objects in it have not been traced
  bool large_is_dirty_ = false;
  bool overflowed_ = false;
};

// Cells handed out to handlers and not used are no objects.
void GcHeap::FinishRuns() {
  for (uint32_t c = 0; c < kSizeClasses; ++c) {
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

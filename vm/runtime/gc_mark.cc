#include "vm/runtime/gc_mark.h"

#include <algorithm>
#include <bit>
#include <new>

#include "vm/runtime/exception.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

bool IsTracedIn(const Module& module, ValType type) {
  return type.is_ref() && IsTraced(ToCanonical(type, module.canonical_types));
}

}  // namespace

GcMarker::GcMarker(GcHeap* heap)
    : heap_(*heap),
      base_(reinterpret_cast<const uint8_t*>(heap->base_)),
      mark_bits_(heap->mark_bits_),
      blocks_(heap->blocks_.data()),
      reserved_(heap->reserved_),
      dirty_(heap->blocks_.size()) {
  const size_t objects = heap_.blocks_.size() * (GcHeap::kBlockBytes / kGcGranule) + heap_.large_.size();
  const size_t entries = std::min(heap_.mark_stack_entries_, objects);
  stack_.reset(new (std::nothrow) uint64_t[entries]);
  top_ = stack_.get();
  end_ = top_ == nullptr ? nullptr : top_ + entries;
}

void GcMarker::MarkRoots(StoreImpl* store, const uint64_t* top) {
  const Execution& exec = store->execution;
  if (exec.stack.base != nullptr && top != nullptr) {
    MarkWords(exec.stack.base, static_cast<size_t>(top - exec.stack.base));
    ForgetEndedFrames(store, top);
  }
  MarkWords(exec.spill_r, std::size(exec.spill_r));
  for (const GcRoots* roots = heap_.roots_; roots != nullptr; roots = roots->outer) MarkWords(roots->words, roots->count);
  for (uint64_t ref : heap_.host_roots_) top_ = MarkRef(ref, top_);
  for (const auto& global : store->globals) {
    if (IsTraced(global->type.type)) top_ = MarkRef(*global->cell, top_);
  }
  for (const auto& table : store->tables) {
    if (IsTraced(table->type.element)) top_ = MarkRefs(table->elems, table->size, top_);
  }
  for (const auto& instance : store->instances) MarkInstance(instance.get());
}

void GcMarker::MarkInstance(InstanceData* instance) {
  const Module& module = *instance->module;
  for (GlobalIdx i = module.num_imported_globals; i < module.globals.size(); ++i) {
    if (IsTracedIn(module, module.globals[i].type.type)) top_ = MarkRef(*instance->global_cell(i), top_);
  }
  for (ElemIdx i = 0; i < instance->elems.size(); ++i) {
    const std::vector<uint64_t>& refs = instance->elems[i].refs;
    if (!refs.empty() && IsTracedIn(module, module.elems[i].type)) {
      top_ = MarkRefs(refs.data(), refs.size(), top_);
    }
  }
}

// Words of which nobody knows whether they are references.
void GcMarker::MarkWords(const uint64_t* words, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (GcObject* object = heap_.Find(words[i])) top_ = MarkRef(RefOf(object), top_);
  }
}

uint64_t* GcMarker::MarkRefs(const uint64_t* refs, size_t count, uint64_t* top) {
  for (size_t i = 0; i < count; ++i) top = MarkRef(refs[i], top);
  return top;
}

// PERF: inlined, with the stack's top in a register.
__attribute__((always_inline)) inline uint64_t* GcMarker::MarkRef(uint64_t ref, uint64_t* top) {
  if (ref == 0 || (ref & 1) != 0) return top;
  const uint64_t offset = ref - reinterpret_cast<uint64_t>(base_);
  if (offset >= reserved_) return MarkLarge(ref, top);
  const uint64_t bit = offset / kGcGranule;
  uint64_t& word = mark_bits_[bit / 64];
  const uint64_t mask = uint64_t{1} << (bit % 64);
  if ((word & mask) != 0) return top;
  word |= mask;
  if (blocks_[offset / GcHeap::kBlockBytes].size_class >= kSizeClasses) return top;  // it holds no references
  if (top != end_) {
    *top++ = ref;
  } else {
    dirty_[offset / GcHeap::kBlockBytes] = 1;
    overflowed_ = true;
  }
  return top;
}

uint64_t* GcMarker::MarkLarge(uint64_t ref, uint64_t* top) {
  const auto found = heap_.large_.find(ref);
  if (found == heap_.large_.end() || found->second.is_marked) return top;
  found->second.is_marked = true;
  if (top != end_) {
    *top++ = ref;
  } else {
    large_is_dirty_ = true;
    overflowed_ = true;
  }
  return top;
}

__attribute__((always_inline)) inline uint64_t* GcMarker::Trace(uint64_t ref, uint64_t* top) {
  const GcObject* object = ObjectOf(ref);
  if (object->type != plain_type_) {
    const GcType& type = GcTypeAt(object->type);
    if (type.kind != GcKind::kStruct || type.more_ref_count != 0) return TraceOther(type, object, top);
    plain_type_ = object->type;
    ref_words_ = type.ref_words;
  }
  const auto* words = reinterpret_cast<const uint64_t*>(object);
  // The first field last, so that it lies on top: of what is allocated in order, that one is next in memory.
  for (uint64_t rest = ref_words_; rest != 0;) {
    const int last = 63 - std::countl_zero(rest);
    rest ^= uint64_t{1} << last;
    top = MarkRef(words[last], top);
  }
  return top;
}

uint64_t* GcMarker::TraceOther(const GcType& type, const GcObject* object, uint64_t* top) {
  const auto* words = reinterpret_cast<const uint64_t*>(object);
  switch (type.kind) {
    case GcKind::kStruct:
      for (uint64_t rest = type.ref_words; rest != 0; rest &= rest - 1) top = MarkRef(words[std::countr_zero(rest)], top);
      for (uint32_t i = 0; i < type.more_ref_count; ++i) top = MarkRef(words[type.more_refs[i] / 8], top);
      break;
    case GcKind::kArray:
      if (!type.has_ref_elements) break;
      words += kArrayHeaderBytes / 8;
      // PERF: what so long an array refers to is traced in the order of addresses, as if it had found no place on the
      // stack: 88 ms instead of 127 for 8.4 million nodes in random order.
      if (object->length / 16 > dirty_.size() && rounds_ < kSortedRounds) {
        MarkRefs(words, object->length, end_);
      } else {
        top = MarkRefs(words, object->length, top);
      }
      break;
    case GcKind::kException: {
      const auto* exception = static_cast<const ExceptionObject*>(object);
      const uint64_t* arg = exception->args;
      for (ValType param : exception->tag->type.params) {
        if (IsTraced(param)) top = MarkRef(*arg, top);
        arg += SlotsOf(param);
      }
      break;
    }
    case GcKind::kHost: break;
  }
  return top;
}

// PERF: objects wait in a ring between prefetch and trace, so that several cache misses are under way at once. One that
// is alone, as in a list, is traced without waiting. Figures: docs/PERFORMANCE.md, "Pauses".
void GcMarker::Drain() {
  uint64_t ring[kRing];
  size_t first = 0;  // of those that wait
  size_t end = 0;
  uint64_t* top = top_;
  while (true) {
    const auto on_stack = static_cast<size_t>(top - stack_.get());
    if (first == end && on_stack <= 1) {
      if (on_stack == 0) break;
      --top;
      top = Trace(*top, top);
      continue;
    }
    if (on_stack != 0 && end - first < kRing) {
      const uint64_t ref = *--top;
      __builtin_prefetch(reinterpret_cast<const void*>(ref));
      ring[end++ % kRing] = ref;
      continue;
    }
    uint64_t ref = ring[first++ % kRing];
    while (true) {
      uint64_t* const before = top;
      top = Trace(ref, top);
      // What is near is in the cache, or soon: no need to wait for it.
      if (top <= before || top[-1] - ref + kNear >= 2 * kNear) break;
      ref = *--top;
    }
  }
  top_ = top;
}

void GcMarker::Finish() {
  Drain();
  // Marked objects that found no place on the stack.
  for (; overflowed_; ++rounds_) {
    overflowed_ = false;
    for (uint32_t block = 0; block < dirty_.size(); ++block) {
      if (dirty_[block] == 0) continue;
      dirty_[block] = 0;
      TraceMarkedIn(block);
    }
    if (large_is_dirty_) TraceMarkedLarge();
  }
}

void GcMarker::TraceMarkedIn(uint32_t block) {
  const uint64_t start = reinterpret_cast<uint64_t>(base_) + block * GcHeap::kBlockBytes;
  const uint64_t* bits = mark_bits_ + uint64_t{block} * GcHeap::kWordsPerBlock;
  for (uint32_t i = 0; i < GcHeap::kWordsPerBlock; ++i) {
    for (uint64_t rest = bits[i]; rest != 0; rest &= rest - 1) {
      top_ = Trace(start + (64 * i + static_cast<uint32_t>(std::countr_zero(rest))) * kGcGranule, top_);
    }
    Drain();
  }
}

void GcMarker::TraceMarkedLarge() {
  large_is_dirty_ = false;
  for (const auto& [address, large] : heap_.large_) {
    if (large.is_marked) top_ = Trace(address, top_);
  }
  Drain();
}

}  // namespace umiak

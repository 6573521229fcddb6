#include "vm/interp/unwind.h"

#include <algorithm>
#include <cstring>

#include "vm/interp/code.h"
#include "vm/interp/interp.h"
#include "vm/runtime/slots.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

uint32_t UnwindTable::RegionAt(uint32_t offset) const {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), offset,
                                      [](uint32_t at, const Range& range) { return at < range.begin; });
  return after == ranges.begin() ? kNone : (after - 1)->region;
}

// From places in code to their regions. PERF: finding the code of an address takes a lock and a tree; the same calls
// are unwound through again and again.
class UnwindCache {
 public:
  struct Entry {
    const uint8_t* ip = nullptr;
    const Code* code = nullptr;   // null: nothing is caught there
    uint32_t region = UnwindTable::kNone;
  };
  // SAFETY: code lives as long as its module, and a module as long as the store of its instances.
  const Entry& Find(const uint8_t* ip, const InstanceData* cx) {
    Entry& entry = entries_[(reinterpret_cast<uintptr_t>(ip) * 0x9e3779b97f4a7c15u) >> 56];
    if (entry.ip != ip) {
      entry = {ip, cx->code->FindCode(ip), UnwindTable::kNone};
      if (entry.code != nullptr && entry.code->unwind != nullptr) {
        entry.region = entry.code->unwind->RegionAt(static_cast<uint32_t>(ip - entry.code->begin()));
      }
      if (entry.region == UnwindTable::kNone) entry.code = nullptr;
    }
    return entry;
  }

 private:
  Entry entries_[256];
};

namespace {

const UnwindTable::Clause* FindClause(const UnwindTable& table, uint32_t region, InstanceData* cx, const TagInst* tag) {
  for (; region != UnwindTable::kNone; region = table.regions[region].parent) {
    const UnwindTable::Clause* clause = table.clauses.data() + table.regions[region].first_clause;
    for (uint32_t i = table.regions[region].clause_count; i-- > 0; ++clause) {
      if (clause->tag == UnwindTable::kNone || cx->tag(clause->tag) == tag) return clause;
    }
  }
  return nullptr;
}

ExceptionObject* ObjectOf(Execution* exec, const Thrown& thrown) {
  if (thrown.exception != nullptr) return thrown.exception;
  const uint64_t* top = thrown.args + thrown.tag->slots;
  ExceptionObject* exception = NewException(exec->store, thrown.tag, thrown.args, top);
  if (exception == nullptr) exec->trap = TrapCode::kGcHeapExhausted;
  return exception;
}

}  // namespace

const Continuation* Unwind(Execution* exec, Thrown thrown, Continuation at) {
  if (exec->unwind_cache == nullptr) exec->unwind_cache = std::make_shared<UnwindCache>();
  for (;;) {
    if (const UnwindCache::Entry& entry = exec->unwind_cache->Find(at.ip, at.cx); entry.code != nullptr) {
      if (const auto* clause = FindClause(*entry.code->unwind, entry.region, at.cx, thrown.tag)) {
        ExceptionObject* exception = nullptr;
        if (clause->ref != UnwindTable::kNone) {
          exception = ObjectOf(exec, thrown);
          if (exception == nullptr) return nullptr;
        }
        if (clause->tag != UnwindTable::kNone) {
          std::memmove(at.fp + clause->args, thrown.args, 8 * size_t{thrown.tag->slots});
        }
        if (exception != nullptr) at.fp[clause->ref] = RefOf(exception);
        exec->handler = {entry.code->begin() + clause->handler, at.fp, at.cx};
        return &exec->handler;
      }
    }
    at.ip = reinterpret_cast<const uint8_t*>(at.fp[-1]);
    at.fp = reinterpret_cast<uint64_t*>(at.fp[-2]);
    CrossBridges(&at);
    if (IsExitCell(at.ip)) break;
    --at.ip;  // into the calling cell
  }
  exec->uncaught = ObjectOf(exec, thrown);
  return nullptr;
}

const Continuation* ThrowTag(const Continuation& at, uint32_t tag, const uint64_t* args) {
  return Unwind(at.cx->exec, {at.cx->tag(tag), args, nullptr}, at);
}

const Continuation* ThrowReference(const Continuation& at, uint64_t reference) {
  if (reference == 0) {
    at.cx->exec->trap = TrapCode::kNullExceptionReference;
    return nullptr;
  }
  return Unwind(at.cx->exec, ThrownOf(reinterpret_cast<ExceptionObject*>(reference)), at);
}

}  // namespace umiak

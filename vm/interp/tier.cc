#include "vm/interp/tier.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "vm/interp/code.h"
#include "vm/runtime/execution.h"

namespace umiak {

namespace {

// PERF: see docs/PERFORMANCE.md, "Translating". The environment's number is for tests of either tier.
int32_t TurnsAtStart() {
  constexpr int32_t kTurns = 500;
  const char* wanted = std::getenv("UMIAK_FIRST_TIER_TURNS");
  int32_t turns = kTurns;
  return wanted != nullptr && absl::SimpleAtoi(wanted, &turns) && turns >= 0 ? turns : kTurns;
}

std::atomic<int32_t>& Turns() {
  static std::atomic<int32_t> turns{TurnsAtStart()};
  return turns;
}

// From where the first tier has the values to where the loop entry of `code` wants them.
void Rearrange(const TierState& tier, const Code& code, uint64_t* fp) {
  const LoopEntry& entry = *code.loop_entry;
  std::vector<uint64_t> values(tier.local_slots.size());
  for (size_t i = 0; i < values.size(); ++i) values[i] = fp[tier.local_slots[i]];
  const uint32_t operands = std::min(tier.operand_slots, code.frame_slots - entry.operand_base);
  std::memmove(fp + entry.operand_base, fp + tier.operand_base, 8 * size_t{operands});
  for (size_t i = 0; i < values.size(); ++i) fp[entry.homes[i]] = values[i];
}

}  // namespace

int32_t FirstTierTurns() { return Turns().load(std::memory_order_relaxed); }
void SetFirstTierTurns(int32_t turns) { Turns().store(turns, std::memory_order_relaxed); }

const uint8_t* PromoteAtEntry(InstanceData* cx, uint64_t* fp, TierState* tier, const uint8_t* ip) {
  absl::StatusOr<const Code*> code = cx->code->TranslateFully(tier->function);
  if (!code.ok()) {
    cx->exec->host_status = std::move(code).status();
    return nullptr;
  }
  Redirect(cx, tier->function, fp, ip, (*code)->begin());
  return (*code)->begin();
}

const uint8_t* PromoteAtLoop(InstanceData* cx, uint64_t* fp, TierState* tier, uint32_t loop,
                             const uint8_t* behind) {
  absl::StatusOr<const Code*> translated = cx->code->TranslateFully(tier->function, loop);
  if (!translated.ok()) {
    cx->exec->host_status = std::move(translated).status();
    return nullptr;
  }
  tier->turns_left.store(0, std::memory_order_relaxed);  // there is full code now
  const Code* code = *translated;
  if (code == nullptr || code->loop_entry == nullptr) {
    tier->loop_turns_left.store(std::numeric_limits<int32_t>::max(), std::memory_order_relaxed);
    return behind;
  }
  Rearrange(*tier, *code, fp);
  return code->begin() + code->loop_entry->position;
}

}  // namespace umiak

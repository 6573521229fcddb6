// The body of a chain, made of the bodies of its parts: see chain.h.
#ifndef UMIAK_VM_INTERP_CHAIN_BODY_H_
#define UMIAK_VM_INTERP_CHAIN_BODY_H_

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "vm/interp/cell.h"

namespace umiak {

template <class B>
inline constexpr bool kMayLeave = B::kKind != BodyKind::kStraight;

// Has ip in its own register, not in another one or as a sum: there the signal handler looks for the cell of a fault, and
// what is in the register is what the next part's access would be reported with.
ALWAYS_INLINE void PinIp(Regs& s) {
#if defined(UMIAK_GUARDED_MEMORY)
#if defined(__x86_64__)
  register const uint8_t* ip asm("r12") = s.ip;
#else
  register const uint8_t* ip asm("x20") = s.ip;
#endif
  asm volatile("" : "+r"(ip));
  s.ip = ip;
#else
  (void)s;
#endif
}

// Runs a part that others follow, of which one `may_fault`. Null: go on with the next part; else with that handler instead.
template <class B, bool may_fault>
ALWAYS_INLINE Handler RunPart(Regs& s) {
  if constexpr (B::kKind == BodyKind::kStraight) {
    B::Body(s);
    if constexpr (may_fault) PinIp(s);
    return nullptr;
  } else if constexpr (B::kKind == BodyKind::kMayTrap) {
    if (Handler cold = B::Body(s)) [[unlikely]] return cold;
    if constexpr (may_fault) PinIp(s);
    return nullptr;
  } else {
    bool taken = false;
    if constexpr (B::kKind == BodyKind::kTrapBranch) {
      if (Handler cold = B::Body(s, &taken)) [[unlikely]] return cold;
    } else {
      taken = B::Body(s);
    }
    if (taken) {
      B::Take(s);
      Handler next = LoadBytes<Handler>(s.ip);
      if (next == nullptr) __builtin_unreachable();  // or the caller would ask
      return next;
    }
    B::Pass(s);
    if constexpr (may_fault) PinIp(s);
    return nullptr;
  }
}

// may_fault: by part, whether its body accesses a guarded memory.
template <auto may_fault, class Indices, class... Parts>
struct ChainBodyOf;

template <auto may_fault, size_t... I, class... Parts>
struct ChainBodyOf<may_fault, std::index_sequence<I...>, Parts...> {
  template <size_t i>
  using Part = std::tuple_element_t<i, std::tuple<Parts...>>;
  using Last = Part<sizeof...(I)>;
  static constexpr bool kBeforeMayLeave = (kMayLeave<Part<I>> || ...);
  static constexpr BodyKind kKind = !kBeforeMayLeave                                               ? Last::kKind
                                    : Last::kKind == BodyKind::kBranch || Last::kKind == BodyKind::kTrapBranch
                                        ? BodyKind::kTrapBranch
                                        : BodyKind::kMayTrap;
  static_assert(Last::kKind != BodyKind::kLeave);

  template <size_t part>
  static constexpr bool kFaultsBehind = std::any_of(may_fault.begin() + part + 1, may_fault.end(), std::identity());

  // The handler that a part before the last leaves for, or null.
  ALWAYS_INLINE static Handler Before(Regs& s) {
    Handler leave = nullptr;
    (void)(((leave = RunPart<Part<I>, kFaultsBehind<I>>(s)) != nullptr) || ...);
    return leave;
  }
  ALWAYS_INLINE static auto Body(Regs& s) {
    if constexpr (!kBeforeMayLeave) {
      Before(s);
      return Last::Body(s);
    } else {
      if (Handler leave = Before(s)) [[unlikely]] return leave;
      if constexpr (Last::kKind == BodyKind::kMayTrap) {
        return Last::Body(s);
      } else {
        Last::Body(s);
        return Handler{nullptr};
      }
    }
  }
  ALWAYS_INLINE static Handler Body(Regs& s, bool* taken) {
    if (Handler leave = Before(s)) [[unlikely]] return leave;
    if constexpr (Last::kKind == BodyKind::kTrapBranch) {
      return Last::Body(s, taken);
    } else {
      *taken = Last::Body(s);
      return nullptr;
    }
  }
  ALWAYS_INLINE static void Take(Regs& s) { Last::Take(s); }
  ALWAYS_INLINE static void Pass(Regs& s) { Last::Pass(s); }
};

template <auto may_fault, class... Parts>
using ChainBody = ChainBodyOf<may_fault, std::make_index_sequence<sizeof...(Parts) - 1>, Parts...>;

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_CHAIN_BODY_H_

// Frames: what lies below a function's parameters, and the cells that calls return to.
//
//   fp[-1]  return address: the cell after the call
//   fp[-2]  the caller's fp
// A call into another instance (host functions count as one) puts three words of a bridge frame below these:
//   fp[-1]  the restore cell
//   fp[-2]  the bridge, fp - 3, whose words are  [0] caller's cx  [-1] return address  [-2] caller's fp
// The restore cell finds the bridge in fp and returns for good. A tail call out of such a callee leaves the bridge in
// place, so that alternating tail calls between instances run in constant stack. Only a host function always gets a
// bridge of its own, which tells it whose code calls; it returns to the bridge below, if there is one.
#ifndef UMIAK_VM_INTERP_BRIDGE_H_
#define UMIAK_VM_INTERP_BRIDGE_H_

#include <cstdint>

namespace umiak {

// Slots to keep free between a caller's live slots and the callee's slot 0.
inline constexpr uint32_t kHeaderSlots = 5;
// Words a bridge adds between a frame's header and its parameters.
inline constexpr uint32_t kBridgeSlots = 3;

struct InstanceData;

// Where code goes on: a cell, its frame and its instance.
struct Continuation {
  const uint8_t* ip;
  uint64_t* fp;
  InstanceData* cx;
};

// The two cells that return addresses may point at besides code. The word before each may be read.
const uint8_t* RestoreCell();
const uint8_t* ExitCell();

namespace internal {
// Constant addresses for handlers. [1] is the cell; [0] is the word that a stub looks at.
extern uint64_t restore_cell[2];
}  // namespace internal

// From a return address and what is restored with it to where that leads, through all bridges.
inline void CrossBridges(Continuation* c) {
  while (c->ip == RestoreCell()) {
    const uint64_t* bridge = c->fp;
    c->cx = reinterpret_cast<InstanceData*>(bridge[0]);
    c->ip = reinterpret_cast<const uint8_t*>(bridge[-1]);
    c->fp = reinterpret_cast<uint64_t*>(bridge[-2]);
  }
}

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_BRIDGE_H_

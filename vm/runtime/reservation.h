// Reservations of address space for guarded memories: 8 GiB and a bit each, pooled by the process.
//
// A reservation costs some 15 µs and 8 KiB of page tables to make, and an x86-64 process has room for about 16 000.
#ifndef UMIAK_VM_RUNTIME_RESERVATION_H_
#define UMIAK_VM_RUNTIME_RESERVATION_H_

#include <cstdint>

namespace umiak {

// A range of kGuardedReservation bytes, of which the first `accessible` are accessible and all read as zero. Null where
// memory or address space is short. Thread-safe.
uint8_t* AcquireReservation(uint64_t accessible);
// Takes it back, of which the first `accessible` bytes are so now. Thread-safe.
void ReleaseReservation(uint8_t* base, uint64_t accessible);

// How many reservations the pool keeps for the next memories.
inline constexpr int kMaxPooledReservations = 64;

}  // namespace umiak

#endif  // UMIAK_VM_RUNTIME_RESERVATION_H_

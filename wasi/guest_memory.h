// Checked access to the memory of the guest that called: every pointer and length passes through here.
//
// All sums are in 64 bits, records are copied (a guest may align them as it likes, and other threads may change
// them meanwhile). What leaves the memory is Errno::kOutOfBounds, which ends the guest with a trap.
#ifndef UMIAK_WASI_GUEST_MEMORY_H_
#define UMIAK_WASI_GUEST_MEMORY_H_

#include <bit>
#include <cstdint>
#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "umiak/guest_races.h"
#include "wasi/abi.h"
#include "wasi/errno_or.h"

namespace umiak::wasi {

static_assert(std::endian::native == std::endian::little, "records are copied as they are");

// Lives for one host call.
class GuestMemory {
 public:
  explicit GuestMemory(absl::Span<uint8_t> bytes) : bytes_(bytes) {}

  // The bytes of [address, address + size).
  ErrnoOr<absl::Span<uint8_t>> Bytes(uint32_t address, uint64_t size) {
    if (address > bytes_.size() || size > bytes_.size() - address) {
      fault_address_ = address;
      fault_size_ = size;
      return Errno::kOutOfBounds;
    }
    // SAFETY: checked just now; the memory neither moves nor shrinks during a host call.
    return bytes_.subspan(address, size);
  }

  // The bytes of an array of `count` records.
  template <class T>
  ErrnoOr<absl::Span<uint8_t>> Array(GuestPtr<T> array, uint32_t count) {
    return Bytes(array.address, uint64_t{count} * sizeof(T));
  }

  template <class T>
  ErrnoOr<T> Read(GuestPtr<T> pointer) {
    static_assert(std::is_trivially_copyable_v<T>);
    WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, Bytes(pointer.address, sizeof(T)));
    T value;
    CopyGuestBytes(&value, bytes.data(), sizeof(T));
    return value;
  }

  template <class T>
  Errno Write(GuestPtr<T> pointer, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, Bytes(pointer.address, sizeof(T)));
    CopyGuestBytes(bytes.data(), &value, sizeof(T));
    return Errno::kSuccess;
  }

  // Copied once: what is checked afterwards stays what it was. The caller bounds `size`.
  ErrnoOr<std::string> ReadString(uint32_t address, uint32_t size) {
    WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, Bytes(address, size));
    const GuestRaces races;
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  uint64_t size() const { return bytes_.size(); }
  // The access that failed last.
  uint32_t fault_address() const { return fault_address_; }
  uint64_t fault_size() const { return fault_size_; }

 private:
  absl::Span<uint8_t> bytes_;
  uint32_t fault_address_ = 0;
  uint64_t fault_size_ = 0;
};

// Reads the record number `index` of an array whose bytes were checked.
template <class T>
T ReadElement(absl::Span<const uint8_t> array, size_t index) {
  T value;
  CopyGuestBytes(&value, array.data() + index * sizeof(T), sizeof(T));
  return value;
}

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_GUEST_MEMORY_H_

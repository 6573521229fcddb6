// args_*, environ_*: lists of strings with a NUL behind each.
#include <algorithm>

#include "wasi/functions.h"

namespace umiak::wasi {
namespace {

Errno WriteSizes(Call& call, const std::vector<std::string>& strings, GuestPtr<uint32_t> count,
                 GuestPtr<uint32_t> size) {
  uint64_t total = 0;
  for (const std::string& string : strings) total += string.size() + 1;
  // MakeWasiContext saw to it that the total fits.
  WASI_RETURN_IF_ERROR(call.memory.Write(count, static_cast<uint32_t>(strings.size())));
  return call.memory.Write(size, static_cast<uint32_t>(total));
}

Errno WriteStrings(Call& call, const std::vector<std::string>& strings, GuestPtr<uint32_t> pointers,
                   GuestPtr<uint8_t> buffer) {
  uint64_t total = 0;
  for (const std::string& string : strings) total += string.size() + 1;
  WASI_RETURN_IF_ERROR(call.memory.Array(pointers, static_cast<uint32_t>(strings.size())).error());
  WASI_ASSIGN_OR_RETURN(absl::Span<uint8_t> bytes, call.memory.Bytes(buffer.address, total));
  uint32_t pointer = pointers.address;
  uint32_t address = buffer.address;
  for (const std::string& string : strings) {
    WASI_RETURN_IF_ERROR(call.memory.Write(GuestPtr<uint32_t>{pointer}, address));
    CopyGuestBytes(bytes.data(), string.c_str(), string.size() + 1);
    bytes.remove_prefix(string.size() + 1);
    pointer += sizeof(uint32_t);
    address += static_cast<uint32_t>(string.size() + 1);
  }
  return Errno::kSuccess;
}

}  // namespace

Errno ArgsGet(Call& call, GuestPtr<uint32_t> argv, GuestPtr<uint8_t> buffer) {
  return WriteStrings(call, call.context.args(), argv, buffer);
}

Errno ArgsSizesGet(Call& call, GuestPtr<uint32_t> count, GuestPtr<uint32_t> size) {
  return WriteSizes(call, call.context.args(), count, size);
}

Errno EnvironGet(Call& call, GuestPtr<uint32_t> environ, GuestPtr<uint8_t> buffer) {
  return WriteStrings(call, call.context.env(), environ, buffer);
}

Errno EnvironSizesGet(Call& call, GuestPtr<uint32_t> count, GuestPtr<uint32_t> size) {
  return WriteSizes(call, call.context.env(), count, size);
}

}  // namespace umiak::wasi

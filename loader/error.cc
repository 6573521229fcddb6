#include "umiak/error.h"

#include <cstring>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace umiak {
namespace {

// Payloads of a status are bytes by URL. Ours never leave the process, so the fields are laid out as they come.
constexpr char kErrorUrl[] = "umiak/error";
constexpr char kExitUrl[] = "umiak/exit";

struct Header {
  uint64_t offset;
  uint32_t function;
  uint32_t name_size;
  ErrorKind kind;
  bool has_offset;
  bool has_function;
};

absl::StatusCode CodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNone: return absl::StatusCode::kUnknown;
    case ErrorKind::kMalformed: return absl::StatusCode::kInvalidArgument;
    case ErrorKind::kInvalid: return absl::StatusCode::kInvalidArgument;
    case ErrorKind::kLimit: return absl::StatusCode::kResourceExhausted;
    case ErrorKind::kUnlinkable: return absl::StatusCode::kFailedPrecondition;
    case ErrorKind::kTrap: return absl::StatusCode::kAborted;
    case ErrorKind::kExhaustion: return absl::StatusCode::kResourceExhausted;
    case ErrorKind::kException: return absl::StatusCode::kAborted;
    case ErrorKind::kInterrupt: return absl::StatusCode::kCancelled;
    case ErrorKind::kExit: return absl::StatusCode::kAborted;
  }
  return absl::StatusCode::kUnknown;
}

std::string Payload(ErrorKind kind, const ErrorLocation& location) {
  Header header;
  // The padding is written too.
  std::memset(&header, 0, sizeof(header));
  header.offset = location.offset.value_or(0);
  header.function = location.function.value_or(0);
  header.name_size = static_cast<uint32_t>(location.function_name.size());
  header.kind = kind;
  header.has_offset = location.offset.has_value();
  header.has_function = location.function.has_value();
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  absl::StrAppend(&bytes, location.function_name, location.instruction);
  return bytes;
}

// "(at 0x1f3, func 12 "fib", i32.add)", or nothing.
std::string Place(const ErrorLocation& location) {
  std::string place;
  auto add = [&place](absl::string_view part) { absl::StrAppend(&place, place.empty() ? " (" : ", ", part); };
  if (location.offset) add(absl::StrCat("at 0x", absl::Hex(*location.offset)));
  if (location.function) {
    std::string function = absl::StrCat("func ", *location.function);
    if (!location.function_name.empty()) {
      absl::StrAppend(&function, " \"", absl::Utf8SafeCHexEscape(location.function_name), "\"");
    }
    add(function);
  }
  if (!location.instruction.empty()) add(location.instruction);
  if (!place.empty()) place += ')';
  return place;
}

}  // namespace

absl::Status MakeError(ErrorKind kind, absl::string_view phrase, absl::string_view detail,
                       const ErrorLocation& location) {
  std::string message = absl::StrCat(phrase, detail.empty() ? "" : ": ", detail, Place(location));
  absl::Status status(CodeOf(kind), message);
  // As a view: the constructor from a string is a template that clang and the system's library name
  // differently.
  status.SetPayload(kErrorUrl, absl::Cord(absl::string_view(Payload(kind, location))));
  return status;
}

ErrorKind KindOf(const absl::Status& status) {
  if (status.GetPayload(kExitUrl)) return ErrorKind::kExit;
  auto payload = status.GetPayload(kErrorUrl);
  if (!payload || payload->size() < sizeof(Header)) return ErrorKind::kNone;
  Header header;
  std::string bytes(*payload);
  std::memcpy(&header, bytes.data(), sizeof(header));
  return header.kind;
}

std::optional<ErrorLocation> LocationOf(const absl::Status& status) {
  auto payload = status.GetPayload(kErrorUrl);
  if (!payload || payload->size() < sizeof(Header)) return std::nullopt;
  Header header;
  std::string bytes(*payload);
  std::memcpy(&header, bytes.data(), sizeof(header));
  ErrorLocation location;
  if (header.has_offset) location.offset = header.offset;
  if (header.has_function) location.function = header.function;
  location.function_name = bytes.substr(sizeof(header), header.name_size);
  location.instruction = bytes.substr(sizeof(header) + header.name_size);
  return location;
}

absl::Status MakeExit(uint32_t code) {
  absl::Status status(CodeOf(ErrorKind::kExit), absl::StrCat("exit with code ", code));
  status.SetPayload(kExitUrl,
                    absl::Cord(absl::string_view(reinterpret_cast<const char*>(&code), sizeof(code))));
  return status;
}

std::optional<uint32_t> ExitCodeOf(const absl::Status& status) {
  auto payload = status.GetPayload(kExitUrl);
  if (!payload || payload->size() != sizeof(uint32_t)) return std::nullopt;
  std::string bytes(*payload);
  uint32_t code;
  std::memcpy(&code, bytes.data(), sizeof(code));
  return code;
}

}  // namespace umiak

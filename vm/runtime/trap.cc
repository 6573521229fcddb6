#include "umiak/trap.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "umiak/error.h"
#include "vm/runtime/trap_status.h"

namespace umiak {

namespace {

constexpr char kTrapPayload[] = "umiak/trap";

constexpr const char* kPhrases[] = {
#define TRAP(name, phrase) phrase,
#include "umiak/traps.def"
#undef TRAP
};
constexpr int kTrapCodes = sizeof kPhrases / sizeof *kPhrases;

// A status payload is bytes: numbers of 8 bytes, texts behind their length.
class Writer {
 public:
  void Number(uint64_t value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void Text(const std::string& text) {
    Number(text.size());
    bytes_ += text;
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(absl::string_view bytes) : bytes_(bytes) {}
  uint64_t Number() {
    uint64_t value = 0;
    const absl::string_view part = Take(sizeof value);
    std::copy(part.begin(), part.end(), reinterpret_cast<char*>(&value));
    return value;
  }
  std::string Text() { return std::string(Take(Number())); }
  bool ok() const { return ok_; }

 private:
  absl::string_view Take(uint64_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const absl::string_view part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }
  absl::string_view bytes_;
  bool ok_ = true;
};

std::string Serialize(const Trap& trap) {
  Writer writer;
  writer.Number(static_cast<uint64_t>(trap.code));
  writer.Number(trap.is_exception ? 1 : 0);
  writer.Text(trap.detail);
  writer.Number(trap.omitted);
  writer.Number(trap.frames.size());
  for (const Frame& frame : trap.frames) {
    writer.Text(frame.module);
    writer.Number(frame.function);
    writer.Text(frame.function_name);
    writer.Number(frame.offset);
  }
  return writer.Take();
}

ErrorKind KindOf(const Trap& trap) {
  if (trap.is_exception) return ErrorKind::kException;
  switch (trap.code) {
    case TrapCode::kCallStackExhausted:
      return ErrorKind::kExhaustion;
    case TrapCode::kInterrupted:
    case TrapCode::kOutOfFuel:
      return ErrorKind::kInterrupt;
    default:
      return ErrorKind::kTrap;
  }
}

// A trap made by MakeError alone, without payload: its sentence begins with the phrase.
Trap TrapOfSentence(absl::string_view message) {
  int best = static_cast<int>(TrapCode::kHostError);
  for (int i = 0; i < kTrapCodes; ++i) {
    // Of "null reference" and longer phrases only one fits, so the order does not matter.
    if (absl::StartsWith(message, kPhrases[i])) best = i;
  }
  Trap trap{.code = static_cast<TrapCode>(best), .detail = {}, .frames = {}};
  if (absl::ConsumePrefix(&message, kPhrases[best])) absl::ConsumePrefix(&message, ": ");
  trap.detail = std::string(message);
  return trap;
}

}  // namespace

const char* ToString(TrapCode code) {
  const int index = static_cast<int>(code);
  return index < kTrapCodes ? kPhrases[index] : "unknown trap";
}

const char* PhraseOf(const Trap& trap) { return trap.is_exception ? "uncaught exception" : ToString(trap.code); }

absl::Status MakeTrap(TrapCode code, absl::string_view detail) {
  return TrapStatus(Trap{.code = code, .detail = std::string(detail), .frames = {}});
}

absl::Status TrapStatus(const Trap& trap) {
  ErrorLocation location;
  if (!trap.frames.empty()) {
    const Frame& frame = trap.frames.front();
    location.offset = frame.offset;
    location.function = frame.function;
    location.function_name = frame.function_name;
  }
  absl::Status status = MakeError(KindOf(trap), PhraseOf(trap), trap.detail, location);
  status.SetPayload(kTrapPayload, absl::Cord(absl::string_view(Serialize(trap))));
  return status;
}

std::optional<Trap> TrapOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kTrapPayload);
  if (!payload) return std::nullopt;
  const std::string bytes(*payload);
  Reader reader(bytes);
  Trap trap{.code = static_cast<TrapCode>(reader.Number()), .detail = {}, .frames = {}};
  trap.is_exception = reader.Number() != 0;
  trap.detail = reader.Text();
  trap.omitted = reader.Number();
  uint64_t frames = reader.Number();
  while (frames-- > 0 && reader.ok()) {
    Frame& frame = trap.frames.emplace_back();
    frame.module = reader.Text();
    frame.function = static_cast<uint32_t>(reader.Number());
    frame.function_name = reader.Text();
    frame.offset = reader.Number();
  }
  if (!reader.ok()) return std::nullopt;
  return trap;
}

std::optional<Trap> TrapOfHostError(const absl::Status& status) {
  if (auto trap = TrapOf(status)) return trap;
  switch (KindOf(status)) {
    case ErrorKind::kNone:
      return Trap{.code = TrapCode::kHostError, .detail = std::string(status.message()), .frames = {}};
    case ErrorKind::kTrap:
    case ErrorKind::kExhaustion:
    case ErrorKind::kInterrupt:
      return TrapOfSentence(status.message());
    default:
      return std::nullopt;
  }
}

std::string FormatTrap(const Trap& trap) {
  std::string text = absl::StrCat(trap.is_exception ? "" : "trap: ", PhraseOf(trap));
  if (!trap.detail.empty()) absl::StrAppend(&text, ": ", trap.detail);
  text += '\n';
  for (const Frame& frame : trap.frames) {
    absl::StrAppend(&text, "    at func ", frame.function);
    if (!frame.function_name.empty()) absl::StrAppend(&text, " \"", frame.function_name, "\"");
    absl::StrAppendFormat(&text, " (0x%x)\n", frame.offset);
  }
  if (trap.omitted != 0) absl::StrAppend(&text, "    and ", trap.omitted, " more\n");
  return text;
}

}  // namespace umiak

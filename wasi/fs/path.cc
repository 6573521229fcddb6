#include "wasi/fs/path.h"

#include <cstdint>

namespace umiak::wasi {
namespace {

bool IsUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto byte = [&](size_t at) { return at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0}; };
    uint8_t first = byte(i);
    if (first < 0x80) {
      ++i;
      continue;
    }
    int more = first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    if (more < 0) return false;
    for (int k = 1; k <= more; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return false;
    }
    // Overlong forms, surrogates, beyond U+10FFFF.
    uint8_t second = byte(i + 1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second >= 0x90)) {
      return false;
    }
    i += static_cast<size_t>(more) + 1;
  }
  return true;
}

absl::string_view LastComponent(absl::string_view path) {
  size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

Errno CheckPath(absl::string_view path) {
  if (path.empty()) return Errno::kNoent;
  if (path.size() >= kMaxPathLength) return Errno::kNametoolong;
  if (path.find('\0') != absl::string_view::npos) return Errno::kInval;
  if (!IsUtf8(path)) return Errno::kIlseq;
  if (path[0] == '/') return Errno::kPerm;
  return Errno::kSuccess;
}

bool EndsInDirectory(absl::string_view path) {
  absl::string_view last = LastComponent(path);
  return last.empty() || last == "." || last == "..";
}

SplitPath Split(absl::string_view path) {
  SplitPath split;
  split.must_be_dir = EndsInDirectory(path);
  absl::string_view trimmed = path.substr(0, path.find_last_not_of('/') + 1);
  absl::string_view last = LastComponent(trimmed);
  if (last == "." || last == "..") {
    split.above = std::string(path);
    return split;
  }
  split.name = std::string(last);
  split.above = std::string(trimmed.substr(0, trimmed.size() - last.size()));
  return split;
}

}  // namespace umiak::wasi

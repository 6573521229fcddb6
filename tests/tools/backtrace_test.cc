// Traps as people read them.
#include "tools/backtrace.h"

#include <doctest/doctest.h>

namespace umiak {
namespace {

Trap Calls(const std::string& functions) {
  Trap trap{.code = TrapCode::kCallStackExhausted, .detail = {}, .frames = {}};
  for (char name : functions) {
    trap.frames.push_back({.module = {}, .function = 1, .function_name = std::string(1, name), .offset = 0x10});
  }
  return trap;
}

// The lines below the first, short: "a" for a frame.
std::string Shown(const std::string& functions) {
  std::string text = DescribeTrap(Calls(functions));
  std::string shown;
  size_t at = text.find('\n');
  while (at != std::string::npos) {
    const size_t end = text.find('\n', at + 1);
    const std::string line = text.substr(at + 5, end == std::string::npos ? end : end - at - 5);
    shown += line.find("at func") == 0 ? std::string(1, line[line.find('"') + 1]) : " [" + line + "] ";
    at = end;
  }
  return shown;
}

}  // namespace

TEST_SUITE("tools/backtrace") {
  TEST_CASE("frames that repeat are counted, also those of functions that call one another") {
    CHECK(Shown("abc") == "abc");
    CHECK(Shown("aaa") == "aaa");
    CHECK(Shown("aaaa") == "a [... 3 more of the same] ");
    CHECK(Shown("xaaaaab") == "xa [... 4 more of the same] b");
    CHECK(Shown("ababababc") == "ab [... the last 2 again, 3 times] c");
    CHECK(Shown("abcabcabcabcab") == "abc [... the last 3 again, 3 times] ab");
    CHECK(Shown("abcdeabcdeabcdeabcde") == "abcdeabcdeabcdeabcde");
  }

  TEST_CASE("functions have the names that people gave them") {
    Trap trap = Calls("a");
    trap.frames[0].function_name = "_ZN4core3fmt5write17h0123456789abcdefE";
    CHECK(DescribeTrap(trap) == "trap: call stack exhausted\n    at func 1 \"core::fmt::write\" (0x10)");
  }
}

}  // namespace umiak

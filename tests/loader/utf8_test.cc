#include "loader/binary/utf8.h"

#include <string>

#include <doctest/doctest.h>

namespace umiak {
namespace {

bool Check(const std::string& text) {
  return IsUtf8(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

TEST_CASE("UTF-8 of one to four bytes is accepted at every place in a word") {
  for (int padding = 0; padding < 10; ++padding) {
    std::string before(static_cast<size_t>(padding), 'x');
    for (const char* text : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
      CHECK(Check(before + text));
      CHECK(Check(before + text + "0123456789"));
    }
  }
}

TEST_CASE("UTF-8 rejects overlong forms, surrogates, values beyond U+10FFFF and strays") {
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC2",
        "\xE1\x80", "\xF1\x80\x80", "\xC2\x41", "\xE1\x80\x41", "\xF1\x80\x80\x41"}) {
    CHECK_FALSE(Check(text));
    CHECK_FALSE(Check(std::string("abcdefgh") + text));
  }
}

}  // namespace
}  // namespace umiak

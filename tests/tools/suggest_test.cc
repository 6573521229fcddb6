// What is offered in place of a word that names nothing.
#include "tools/suggest.h"

#include <doctest/doctest.h>

#include "tools/other_runtimes.h"
#include "umiak/edit_distance.h"

namespace umiak {

TEST_SUITE("tools/suggest") {
  TEST_CASE("the edit distance counts what is put in, left out, and replaced") {
    CHECK(EditDistance("", "") == 0);
    CHECK(EditDistance("", "abc") == 3);
    CHECK(EditDistance("abc", "") == 3);
    CHECK(EditDistance("dir", "dirr") == 1);
    CHECK(EditDistance("kitten", "sitting") == 3);
    CHECK(EditDistance("fuel", "fule") == 2);
  }

  TEST_CASE("the nearest name is offered if it is two edits away or nearer, and a short word must match in half") {
    const std::string names[] = {"fuel", "timeout", "max-memory-size"};
    CHECK(DidYouMean("fule", names) == " (did you mean fuel?)");
    CHECK(DidYouMean("max_memory_size", names) == " (did you mean max-memory-size?)");
    CHECK(DidYouMean("foo", names) == "");
    CHECK(DidYouMean("fu", names) == "");
    CHECK(DidYouMean("", names) == "");
    CHECK(DidYouMean("anything", {}) == "");
  }

  TEST_CASE("options of other runtimes are known with one dash or two, with a value or without") {
    REQUIRE(AdviceOn("--mapdir") != nullptr);
    CHECK(AdviceOn("-mount=a:b") == AdviceOn("--mapdir"));
    CHECK(AdviceOn("--no-such") == nullptr);
    CHECK(AdviceOn("--") == nullptr);
  }
}

}  // namespace umiak

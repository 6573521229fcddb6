// Random functions, run by the first tier, by the full code, by one after the other, and by code with fuel, in which no
// block is written twice: all do the same.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/instance.h"
#include "tests/vm/turns.h"

namespace umiak {
namespace {

// Functions of two integers and a float, with loops that end: each takes one of 300 turns to go around.
class Generator {
 public:
  Generator(uint32_t seed, bool with_casts) : random_(seed), with_casts_(with_casts) {}

  std::string Module() {
    std::string body;
    for (int i = 0; i < 8; ++i) body += Statement(0);
    return absl::StrCat(R"((module (memory 1) (data (i32.const 0) "\01\02\03\04\05\06\07\08\ff\fe\10\20") (tag $e (param i32))
      (func $g (param i32 f64) (result i32)
        (if (result i32) (f64.lt (local.get 1) (f64.const 0))
          (then (i32.add (local.get 0) (i32.const 1))) (else (i32.xor (local.get 0) (i32.const 5)))))
      (func (export "f") (param $a i32) (param $b i32) (param $x f64) (result i32)
        (local $c i32) (local $d i32) (local $y f64) (local $turns i32) )",
                        with_casts_ ? "(local $r anyref) " : "", "(local.set $turns (i32.const 300)) ", body, R"(
        (i32.add (i32.add (local.get $a) (i32.mul (local.get $b) (i32.const 31)))
          (i32.add (i32.mul (local.get $c) (i32.const 1009))
            (i32.xor (local.get $d) (i32.trunc_sat_f64_s (local.get $y)))))))"
                        ")");
  }

 private:
  struct Label {
    std::string name;
    bool has_result;
  };

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  std::string OneOf(const std::vector<const char*>& choices) {
    return choices[static_cast<size_t>(Below(static_cast<int>(choices.size())))];
  }
  std::string Local() { return OneOf({"$a", "$b", "$c", "$d"}); }

  std::string Int(int depth) {
    ++size_;
    const int kind = Below(12);
    if (depth > 2 || kind < 3) return absl::StrCat("(local.get ", Local(), ")");
    if (kind < 5) return absl::StrCat("(i32.const ", OneOf({"0", "1", "2", "3", "7", "-1", "13", "100"}), ")");
    if (kind < 8) {
      const std::string op = OneOf({"add", "sub", "mul", "and", "or", "xor", "shl", "shr_u"});
      const std::string left = Int(depth + 1);
      return absl::StrCat("(i32.", op, " ", left, " ", Int(depth + 1), ")");
    }
    if (kind == 8) return Condition(depth + 1);
    if (kind == 9) {
      const std::string load = OneOf({"load", "load8_u", "load16_u"});
      const std::string mask = OneOf({"3", "255"});
      const std::string shift = OneOf({"0", "1", "2", "3", "32", "33", "34"});
      return absl::StrCat("(i32.", load, " offset=4 (i32.shl (i32.and ", Int(depth + 1), " (i32.const ", mask,
                          ")) (i32.const ", shift, ")))");
    }
    if (kind == 10) {
      const std::string first = Int(depth + 1);
      const std::string second = Int(depth + 1);
      return absl::StrCat("(select ", first, " ", second, " ", Condition(depth + 1), ")");
    }
    return absl::StrCat("(i32.trunc_sat_f64_s ", Float(depth + 1), ")");
  }
  std::string Float(int depth) {
    const int kind = Below(5);
    if (depth > 2 || kind < 2) return absl::StrCat("(local.get ", OneOf({"$x", "$y"}), ")");
    if (kind == 2) return absl::StrCat("(f64.const ", OneOf({"nan", "0", "1", "-1", "0.5", "inf"}), ")");
    const std::string op = OneOf({"add", "mul", "sub", "div"});
    const std::string left = Float(depth + 1);
    return absl::StrCat("(f64.", op, " ", left, " ", Float(depth + 1), ")");
  }
  std::string Condition(int depth) {
    const int kind = Below(8);
    if (kind == 4) {
      const std::string op = OneOf({"eq", "ne", "lt", "gt", "le", "ge"});
      const std::string left = Float(depth + 1);
      return absl::StrCat("(f64.", op, " ", left, " ", Float(depth + 1), ")");
    }
    if (kind == 5) return absl::StrCat("(i32.and ", Int(depth + 1), " (i32.const ", OneOf({"1", "3", "4"}), "))");
    if (kind == 6) return absl::StrCat("(i32.eqz ", Condition(depth + 1), ")");
    if (kind == 7 && with_casts_) return "(ref.test (ref i31) (local.get $r))";
    const std::string op = OneOf({"eq", "ne", "lt_s", "lt_u", "gt_s", "le_s", "ge_u"});
    const std::string left = Int(depth + 1);
    return absl::StrCat("(i32.", op, " ", left, " ", Int(depth + 1), ")");
  }

  std::string Leave() {
    if (labels_.empty() || Below(6) == 0) return absl::StrCat("(return ", Int(1), ")");
    const Label label = labels_[static_cast<size_t>(Below(static_cast<int>(labels_.size())))];
    return absl::StrCat("(br ", label.name, label.has_result ? " " + Int(1) : "", ")");
  }
  std::string LeaveIf() {
    if (labels_.empty()) return absl::StrCat("(if ", Condition(0), " (then (return ", Int(0), ")))");
    const Label label = labels_[static_cast<size_t>(Below(static_cast<int>(labels_.size())))];
    if (!label.has_result) return absl::StrCat("(br_if ", label.name, " ", Condition(0), ")");
    const std::string value = Int(1);
    return absl::StrCat("(drop (br_if ", label.name, " ", value, " ", Condition(0), "))");
  }
  std::string Table() {
    std::string targets;
    for (const Label& label : labels_) {
      if (!label.has_result && Below(2) == 0) absl::StrAppend(&targets, " ", label.name);
    }
    const std::string own = absl::StrCat("$t", ++count_);
    return absl::StrCat("(block ", own, " (br_table", targets, " ", own, " ", Int(1), "))");
  }
  std::string Body(int depth) {
    std::string text;
    for (int i = Below(3); i >= 0; --i) text += Statement(depth);
    return text;
  }
  std::string Inside(const std::string& label, bool has_result, int depth) {
    labels_.push_back({label, has_result});
    std::string body = Body(depth + 1);
    if (has_result) body += Int(0);
    labels_.pop_back();
    return body;
  }
  std::string Loop(int depth) {
    const std::string label = absl::StrCat("$l", ++count_);
    const std::string body = Inside(label, false, depth);
    const std::string end = Below(3) == 0 ? absl::StrCat("(br ", label, ")") : absl::StrCat("(br_if ", label, " ", Condition(0), ")");
    return absl::StrCat("(loop ", label, " (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))",
                        "(if (i32.lt_s (local.get $turns) (i32.const 0)) (then (return (i32.add (local.get $a) (local.get $b)))))",
                        body, end, ")");
  }
  std::string Try(int depth) {
    const std::string handler = absl::StrCat("$h", ++count_);
    const std::string out = absl::StrCat("$m", count_);
    const std::string body = Inside(out, false, depth);
    const std::string condition = Condition(0);
    return absl::StrCat("(block ", out, " (local.set $a (block ", handler, " (result i32) (try_table (catch $e ", handler, ") ", body,
                        "(if ", condition, " (then (throw $e ", Int(1), ")))) (br ", out, "))))");
  }
  std::string Statement(int depth) {
    constexpr int kEnough = 60;
    ++size_;
    const int kind = size_ > kEnough || depth > 6 ? Below(6) : Below(22);
    if (kind < 4) {
      const std::string local = Local();
      return absl::StrCat("(local.set ", local, " ", Int(0), ")");
    }
    if (kind == 4) return absl::StrCat("(local.set $y ", Float(0), ")");
    if (kind == 5) {
      const std::string address = Int(1);
      return absl::StrCat("(i32.store (i32.and ", address, " (i32.const 252)) ", Int(1), ")");
    }
    if (kind < 10) return LeaveIf();
    if (kind < 12) {
      const std::string condition = Condition(0);
      const std::string then = Body(depth + 1);
      return absl::StrCat("(if ", condition, " (then ", then, kind == 10 ? Leave() : "", ") (else ", Body(depth + 1), "))");
    }
    if (kind < 15) {
      const std::string label = absl::StrCat("$b", ++count_);
      return absl::StrCat("(block ", label, " ", Inside(label, false, depth), ")");
    }
    if (kind == 15) {
      const std::string label = absl::StrCat("$b", ++count_);
      const std::string local = Local();
      return absl::StrCat("(local.set ", local, " (block ", label, " (result i32) ", Inside(label, true, depth), "))");
    }
    if (kind < 19) return Loop(depth);
    if (kind == 19) return Table();
    if (kind == 20) {
      const std::string argument = Int(1);
      return absl::StrCat("(local.set $d (call $g ", argument, " ", Float(1), "))");
    }
    if (!with_casts_) return Try(depth);
    const std::string value = Int(1);
    return absl::StrCat("(local.set $r (select (result anyref) (ref.i31 ", value, ") (ref.null any) ", Condition(0), "))");
  }

  std::mt19937 random_;
  const bool with_casts_;
  std::vector<Label> labels_;
  int count_ = 0;
  int size_ = 0;
};

// What the function gives for some arguments, one after the other.
std::string Results(const std::string& text, int32_t turns, const StoreOptions& options = {}) {
  Turns tier(turns);
  Guest guest(text, options);
  std::string results;
  for (const auto& [a, b, x] : {std::tuple{1, 3, 0.5}, {0, 7, -0.0}, {13, 0, -2.0}, {-1, 255, 1e9}}) {
    absl::StrAppend(&results, guest.Run("f", {a, b, x}), "\n");
  }
  return results;
}

// qemu-user pays 20 MB of the host's memory for the address space of each store, and is run under a limit to it: see
// cmake/aarch64.cmake.
uint32_t SeedCount() {
  rlimit limit;
  const bool is_limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return is_limited ? 20 : 3000;
}

TEST_SUITE("vm/tiers_model") {
  TEST_CASE("random functions do the same in every tier") {
    constexpr int32_t kFirstTierAlone = 2000000000;
    StoreOptions metered;
    metered.metered = true;
    for (uint32_t seed = 0; seed < SeedCount(); ++seed) {
      const std::string text = Generator(seed, seed % 4 == 3).Module();
      INFO(seed, " ", text);
      const std::string expected = Results(text, kFirstTierAlone, metered);
      REQUIRE(Results(text, kFirstTierAlone) == expected);
      REQUIRE(Results(text, 0) == expected);
      REQUIRE(Results(text, 7) == expected);
    }
  }
}

}  // namespace
}  // namespace umiak

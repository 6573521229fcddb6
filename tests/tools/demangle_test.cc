// Names of functions, as they stand in modules and as people read them.
#include "tools/demangle.h"

#include <doctest/doctest.h>

namespace umiak {

TEST_SUITE("tools/demangle") {
  TEST_CASE("names of C++ and of Rust's older scheme are read, without hashes") {
    CHECK(Demangle("_Z3fibi") == "fib()");
    CHECK(Demangle("_ZNSt6vectorIiSaIiEE9push_backEOi") == "std::vector<>::push_back()");
    CHECK(Demangle("_ZN4core3fmt5write17h0123456789abcdefE") == "core::fmt::write");
    CHECK(Demangle("_ZN38_$LT$p..S$LT$X$GT$$u20$as$u20$p..T$GT$2go17hb2e5ea7152445d13E") == "<p::S<X> as p::T>::go");
    CHECK(Demangle("_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17h03f3bb748c447711E") ==
          "std::rt::lang_start::{{closure}}");
    CHECK(Demangle("_ZN1p3rec17hf9dc6a91d9bfc045E.llvm.123456") == "p::rec");
  }

  TEST_CASE("names of Rust's newer scheme are read, without hashes and lifetimes") {
    const struct { const char* name; const char* text; } cases[] = {
        {"_RNvNtNtNtNtCset5xJoy1xWQ_3std3sys3pal4wasi7helpers14abort_internal", "std::sys::pal::wasi::helpers::abort_internal"},
        {"_RNCINvNtCset5xJoy1xWQ_3std9panicking11begin_panicReE0B6_", "std::panicking::begin_panic::<&str>::{closure#0}"},
        {"_RINvNtNtCset5xJoy1xWQ_3std3sys9backtrace26___rust_end_short_backtraceNCINvNtB6_9panicking11begin_panicReE0zEB6_",
         "std::sys::backtrace::__rust_end_short_backtrace::<std::panicking::begin_panic<&str>::{closure#0}, !>"},
        {"_RNvXCs12jkoC9p3aE_1pINtB2_1SNCNvB2_4main0ENtB2_1T2goB2_", "<p::S<p::main::{closure#0}> as p::T>::go"},
        {"_RNvMNtCs1_1a1bNtB2_3Foo3bar", "<a::b::Foo>::bar"},
        {"_RINvCs1_1a1fTmRShPcQxEE", "a::f::<(u32, &[u8], *const char, &mut i64)>"},
        {"_RINvCs1_1a1fTmEAhj3_FUKChEuDNtB2_1TEL_Kj1f_E", "a::f::<(u32,), [u8; 3], unsafe extern \"C\" fn(u8), dyn a::T, 31>"},
        {"_RINvCs1_1a1fKin2a_Kb1_L_FhEhE", "a::f::<-42, true, '_, fn(u8) -> u8>"},
        {"_RNvCs1_1a1f.llvm.123", "a::f"},
    };
    for (const auto& c : cases) CHECK(Demangle(c.name) == c.text);
  }

  TEST_CASE("what is no such name, is cut short, or grows without end stays as it is") {
    const std::string whole = "_RINvNtNtCset5xJoy1xWQ_3std3sys9backtrace26___rust_end_short_backtraceNCINvNtB6_9panicking11begin_panicReE0zEB6_";
    for (const std::string name : {"", "main", "_start", "_Z", "_ZN", "_R", "_RB_", "_RNvB_1a", "_RINvC1a1fBz_E", "_RNvCs99999999999999_1a1f",
                                   "_RC99999999999999999999999a", "_RINvC1a1fKj11111111111111111_E"}) {
      CHECK(Demangle(name) == name);
    }
    for (size_t size = 2; size < whole.size(); ++size) Demangle(whole.substr(0, size));
    // Each pair holds the one before twice.
    std::string doubling = "_RINvC1a1fTuuE";
    for (int i = 0; i < 40; ++i) doubling += "TB8_B8_E";
    CHECK(Demangle(doubling + "E").size() <= 2000);
    const std::string deep = "_RINvC1a1f" + std::string(100000, 'R') + "uE";
    CHECK(Demangle(deep) == deep);
    std::string doubling_cxx = "_Z1fSt4pairIiiES_IS0_S0_E";
    for (char i = 'A'; i <= 'Z'; ++i) doubling_cxx += std::string("S_IS") + i + "_S" + i + "_E";
    CHECK(Demangle(doubling_cxx).size() <= 2000);
    const std::string deep_cxx = "_Z1f" + std::string(100000, 'P') + "i";
    CHECK(Demangle(deep_cxx).size() <= deep_cxx.size());
  }
}

}  // namespace umiak

// The proposals umiak knows, as bits of a set. One row each in features.def.
#ifndef UMIAK_FEATURES_H_
#define UMIAK_FEATURES_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace umiak {

enum Feature : uint32_t {
#define FEATURE(name, bit, text, on_by_default) k##name = 1u << (bit),
#include "umiak/features.def"
#undef FEATURE
};

class Features {
 public:
  static constexpr Features Default() {
    return Features(0
#define FEATURE(name, bit, text, on_by_default) | ((on_by_default) ? (1u << (bit)) : 0u)
#include "umiak/features.def"
#undef FEATURE
    );
  }
  constexpr bool Has(uint32_t bits) const { return (bits_ & bits) == bits; }
  constexpr void Set(Feature feature, bool on) { bits_ = on ? bits_ | feature : bits_ & ~feature; }

 private:
  constexpr explicit Features(uint32_t bits) : bits_(bits) {}
  uint32_t bits_;
};

}  // namespace umiak

#endif  // UMIAK_FEATURES_H_

// Functions with C++ types, in both directions: TypedFunc calls a guest, HostFunction wraps a lambda.
//
// int32_t/uint32_t are i32, int64_t/uint64_t i64, float f32, double f64, V128 v128. A result is void, one of
// these, or absl::Status / absl::StatusOr<one of these>.
#ifndef UMIAK_TYPED_FUNC_H_
#define UMIAK_TYPED_FUNC_H_

#include <cstring>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "umiak/extern.h"

namespace umiak {

namespace internal {

template <class T>
struct WasmType;
template <> struct WasmType<int32_t> { static constexpr ValType::Kind kKind = ValType::kI32; };
template <> struct WasmType<uint32_t> { static constexpr ValType::Kind kKind = ValType::kI32; };
template <> struct WasmType<int64_t> { static constexpr ValType::Kind kKind = ValType::kI64; };
template <> struct WasmType<uint64_t> { static constexpr ValType::Kind kKind = ValType::kI64; };
template <> struct WasmType<float> { static constexpr ValType::Kind kKind = ValType::kF32; };
template <> struct WasmType<double> { static constexpr ValType::Kind kKind = ValType::kF64; };
template <> struct WasmType<V128> { static constexpr ValType::Kind kKind = ValType::kV128; };

template <class T>
inline constexpr uint32_t kSlots = std::is_same_v<T, V128> ? 2 : 1;

template <class T>
T ReadSlot(const uint64_t* slot) {
  T value;
  std::memcpy(static_cast<void*>(&value), slot, sizeof(T));
  return value;
}
// Reads the value at *next and steps over it.
template <class T>
T TakeSlot(const uint64_t** next) {
  const uint64_t* slot = *next;
  *next += kSlots<T>;
  return ReadSlot<T>(slot);
}
template <class T>
void WriteSlot(uint64_t* slot, const T& value) {
  slot[0] = 0;
  std::memcpy(slot, &value, sizeof(T));
}

// What a host function may return, reduced to its value type and a status.
template <class R>
struct HostResult { using Value = R; };
template <> struct HostResult<absl::Status> { using Value = void; };
template <class T> struct HostResult<absl::StatusOr<T>> { using Value = T; };

template <class Value>
void AppendResult(FuncType* type) {
  if constexpr (!std::is_void_v<Value>) type->results.push_back(WasmType<Value>::kKind);
}

}  // namespace internal

template <class Signature>
class TypedFunc;

template <class R, class... Args>
class TypedFunc<R(Args...)> {
 public:
  // Fails where the function's type is another. `name` is for the message.
  static absl::StatusOr<TypedFunc> Create(const Func& func, absl::string_view name);
  absl::StatusOr<std::conditional_t<std::is_void_v<R>, std::monostate, R>> operator()(Args... args) const {
    uint64_t slots[(internal::kSlots<Args> + ... + 2)];
    [[maybe_unused]] uint64_t* next = slots;
    ((internal::WriteSlot(next, args), next += internal::kSlots<Args>), ...);
    absl::Status status = func_.CallRaw(slots);
    if (!status.ok()) return status;
    if constexpr (std::is_void_v<R>) {
      return std::monostate{};
    } else {
      return internal::ReadSlot<R>(slots);
    }
  }
  const Func& func() const { return func_; }

 private:
  explicit TypedFunc(const Func& func) : func_(func) {}
  Func func_;
};

// InvalidArgument unless `actual` is `wanted`. Names both types.
absl::Status CheckFuncType(absl::string_view name, const FuncType& wanted, const FuncType& actual);

template <class R, class... Args>
absl::StatusOr<TypedFunc<R(Args...)>> TypedFunc<R(Args...)>::Create(const Func& func, absl::string_view name) {
  FuncType wanted;
  (wanted.params.push_back(internal::WasmType<Args>::kKind), ...);
  internal::AppendResult<R>(&wanted);
  absl::Status status = CheckFuncType(name, wanted, func.type());
  if (!status.ok()) return status;
  return TypedFunc(func);
}

// A lambda `R(Caller&, Args...)` with its wasm type and as a raw callback.
struct HostFunction {
  FuncType type;
  RawHostFunc callback;

  template <class F>
  static HostFunction Wrap(F f) {
    return WrapAs(std::move(f), &F::operator());
  }

 private:
  template <class F, class R, class... Args>
  static HostFunction WrapAs(F f, R (F::*)(Caller&, Args...) const) {
    using Value = typename internal::HostResult<R>::Value;
    HostFunction host;
    (host.type.params.push_back(internal::WasmType<Args>::kKind), ...);
    internal::AppendResult<Value>(&host.type);
    host.callback = [f = std::move(f)](Caller& caller, uint64_t* slots) -> absl::Status {
      [[maybe_unused]] const uint64_t* next = slots;
      // Braces: the arguments are read left to right.
      std::tuple<Args...> args{internal::TakeSlot<Args>(&next)...};
      auto call = [&](Args... a) { return f(caller, a...); };
      if constexpr (std::is_void_v<R>) {
        std::apply(call, args);
      } else if constexpr (std::is_same_v<R, absl::Status>) {
        return std::apply(call, args);
      } else if constexpr (std::is_same_v<R, Value>) {
        internal::WriteSlot(slots, std::apply(call, args));
      } else {
        R result = std::apply(call, args);
        if (!result.ok()) return std::move(result).status();
        internal::WriteSlot(slots, *result);
      }
      return absl::OkStatus();
    };
    return host;
  }
};

}  // namespace umiak

#endif  // UMIAK_TYPED_FUNC_H_

// The rows of preview1.def as host functions of a Linker.
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "umiak/caller.h"
#include "umiak/error.h"
#include "umiak/trap.h"
#include "umiak/wasi.h"
#include "wasi/context.h"
#include "wasi/functions.h"
#include "wasi/trace.h"

namespace umiak {
namespace {

using wasi::Call;
using wasi::CallWatcher;
using wasi::Errno;
using wasi::GuestMemory;
using wasi::GuestPtr;

// Where a row is defined, and for whom.
struct Target {
  Linker& linker;
  const char* module;
  std::shared_ptr<WasiContext> context;
  bool snapshot0;
};

// How a parameter crosses: pointers as i32, integers as they are.
template <class T>
struct Wire {
  static_assert(std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>);
  using Type = T;
  static T From(T value) { return value; }
};
template <class T>
struct Wire<GuestPtr<T>> {
  using Type = uint32_t;
  static GuestPtr<T> From(uint32_t value) { return {value}; }
};

template <class... Args>
constexpr bool HasSignature(Errno (*)(Call&, Args...), absl::string_view signature) {
  constexpr char kLetters[] = {(sizeof(typename Wire<Args>::Type) == 8 ? 'I' : 'i')..., '\0'};
  return signature == absl::string_view(kLetters, sizeof...(Args));
}

// An errno for the guest as the result; the end of the guest as a status.
absl::StatusOr<uint32_t> ToResult(const Caller& caller, const char* name, const Call& call, Errno error) {
  if (error == Errno::kOutOfBounds) {
    return MakeError(ErrorKind::kTrap, ToString(TrapCode::kOutOfBoundsMemory),
                     absl::StrFormat("%s: %#x + %u > %#x", name, call.memory.fault_address(), call.memory.fault_size(),
                                     call.memory.size()));
  }
  if (error == Errno::kInterrupted) {
    RETURN_IF_ERROR(caller.CheckInterrupt());
    return static_cast<uint32_t>(Errno::kIntr);
  }
  return static_cast<uint32_t>(error);
}

template <class... Args>
void DefineRow(const Target& target, const char* name, Errno (*function)(Call&, Args...)) {
  CallWatcher* watcher = target.context->watcher();
  if (watcher != nullptr && !watcher->Watches(name)) watcher = nullptr;
  target.linker.Define(
      target.module, name,
      [context = target.context, snapshot0 = target.snapshot0, watcher, name,
       function](Caller& caller, typename Wire<Args>::Type... args) -> absl::StatusOr<uint32_t> {
        Call call{*context, GuestMemory(caller.memory()), caller.interrupt_fd(), snapshot0};
        const uint64_t values[] = {uint64_t{args}..., 0};
        const auto passed = absl::MakeConstSpan(values, sizeof...(args));
        if (watcher != nullptr) [[unlikely]] watcher->Enter(call, name, passed);
        const Errno error = function(call, Wire<Args>::From(args)...);
        if (watcher != nullptr) [[unlikely]] watcher->Leave(call, name, passed, error);
        return ToResult(caller, name, call, error);
      });
}

// The only function that does not return: its line has no result.
void DefineProcExit(const Target& target) {
  target.linker.Define(target.module, "proc_exit",
                       [context = target.context](Caller& caller, uint32_t code) -> absl::Status {
                         if (CallWatcher* watcher = context->watcher()) {
                           Call call{*context, GuestMemory(caller.memory())};
                           watcher->Exit(call, code);
                         }
                         return MakeExit(code);
                       });
}

void DefineRows(const Target& target) {
  target.context->AddUser();
#define WASI_FUNCTION(name, signature, function)                                                  \
  static_assert(HasSignature(wasi::function, signature), #name ": " #function " has another type"); \
  DefineRow(target, #name, wasi::function);
#include "wasi/preview1.def"
#undef WASI_FUNCTION
  DefineProcExit(target);
}

}  // namespace

void AddWasiPreview1(Linker& linker, std::shared_ptr<WasiContext> context) {
  DefineRows({linker, "wasi_snapshot_preview1", std::move(context), /*snapshot0=*/false});
}

void AddWasiUnstable(Linker& linker, std::shared_ptr<WasiContext> context) {
  DefineRows({linker, "wasi_unstable", std::move(context), /*snapshot0=*/true});
}

}  // namespace umiak

#include "tools/other_runtimes.h"

#include "absl/strings/strip.h"

namespace umiak {
namespace {

constexpr const char* kDirectory = "umiak's is --dir HOST[::GUEST], the host's directory first";
constexpr const char* kVariable = "umiak's is --env NAME[=VALUE]";
constexpr const char* kEnvironment = "umiak's is -S inherit-env";
constexpr const char* kFunction = "umiak's is --invoke FUNCTION";
constexpr const char* kTimeout = "umiak's is -W timeout=DURATION (2s, 300ms)";
constexpr const char* kFuel = "umiak's is -W fuel=N";
constexpr const char* kMemory = "umiak's is -W max-memory-size=BYTES";
constexpr const char* kStack = "umiak's is -W max-wasm-stack=BYTES";
constexpr const char* kListen = "umiak's is --tcplisten ADDRESS:PORT";
constexpr const char* kTrace = "umiak's is --trace=wasi";
constexpr const char* kAlways = "leave it out: it is always so";
constexpr const char* kOneModule = "umiak runs one module: link the others into it";

// Without the dashes: some have one, some two.
constexpr struct {
  const char* name;
  const char* advice;
} kRows[] = {
    {"mapdir", kDirectory},         // wasmer, wasmtime once
    {"map-dir", kDirectory},        // iwasm
    {"volume", kDirectory},         // wasmer
    {"mount", kDirectory},          // wazero
    {"wasi-dir", kDirectory},       // toywasm
    {"preopen", kDirectory},
    {"wasi-env", kVariable},        // toywasm
    {"env-inherit", kEnvironment},  // wazero
    {"forward-host-env", kEnvironment},  // wasmer
    {"f", kFunction},               // iwasm
    {"func", kFunction},            // wasm3
    {"function", kFunction},        // iwasm
    {"entrypoint", kFunction},      // wasmer
    {"reactor", kFunction},         // WasmEdge
    {"timeout", kTimeout},          // wazero, iwasm, toywasm
    {"time-limit", kTimeout},       // WasmEdge
    {"fuel", kFuel},                // wasmi
    {"gas-limit", kFuel},           // WasmEdge, wasm3
    {"max-memory", kMemory},        // toywasm
    {"max-memory-size", kMemory},
    {"memory-page-limit", kMemory},  // WasmEdge, in pages
    {"stack-size", kStack},         // iwasm, wasm3
    {"max-wasm-stack", kStack},
    {"listen", kListen},            // wazero
    {"addr-pool", kListen},         // iwasm
    {"hostlogging", kTrace},        // wazero
    {"wasi", kAlways},              // toywasm
    {"interp", kAlways},            // iwasm
    {"interpreter", kAlways},       // wazero
    {"preload", kOneModule},        // wasmtime
    {"load", "name the file itself: umiak run FILE"},  // toywasm
};

}  // namespace

const char* AdviceOn(absl::string_view word) {
  while (absl::ConsumePrefix(&word, "-")) {
  }
  word = word.substr(0, word.find('='));
  for (const auto& row : kRows) {
    if (word == row.name) return row.advice;
  }
  return nullptr;
}

}  // namespace umiak

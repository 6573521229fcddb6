// A host in C++ that loads a plugin written in Rust (examples/rust/plugin), gives it a function and calls it.
//
//   host_plugin examples/plugin.wasm "some words to count"
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "umiak/umiak.h"

// A string in the plugin's memory; empty where it does not lie in it.
static absl::string_view TextAt(absl::Span<uint8_t> memory, uint32_t begin, uint32_t length) {
  if (begin > memory.size() || length > memory.size() - begin) return {};
  return absl::string_view(reinterpret_cast<const char*>(memory.data()) + begin, length);
}

static absl::Status CountWords(const char* path, const char* words) {
  std::ifstream file(path, std::ios::binary);
  ASSIGN_OR_RETURN(const auto module, umiak::LoadModule(std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {})));

  umiak::Store store;
  umiak::Linker linker(&store);
  linker.Define("host", "log", [](umiak::Caller& caller, uint32_t begin, uint32_t length) {
    const absl::string_view text = TextAt(caller.memory(), begin, length);
    std::printf("plugin: %.*s\n", static_cast<int>(text.size()), text.data());
  });
  ASSIGN_OR_RETURN(const umiak::Instance plugin, linker.Instantiate(module));

  // The types of exports are checked once, here; calls need no further check.
  ASSIGN_OR_RETURN(const auto allocate, plugin.GetFunc<uint32_t(uint32_t)>("allocate"));
  ASSIGN_OR_RETURN(const auto count_words, plugin.GetFunc<uint32_t(uint32_t, uint32_t)>("count_words"));
  ASSIGN_OR_RETURN(const umiak::Memory memory, plugin.GetMemory("memory"));

  const uint32_t length = static_cast<uint32_t>(std::strlen(words));
  ASSIGN_OR_RETURN(const uint32_t begin, allocate(length));
  const absl::Span<uint8_t> bytes = memory.data();  // after the call: it may have grown the memory
  if (begin > bytes.size() || length > bytes.size() - begin) return absl::OutOfRangeError("allocate lies");
  std::memcpy(bytes.data() + begin, words, length);
  ASSIGN_OR_RETURN(const uint32_t count, count_words(begin, length));
  std::printf("host: %u words\n", count);
  return absl::OkStatus();
}

int main(int argc, char** argv) {
  const absl::Status status = CountWords(argc > 1 ? argv[1] : "examples/plugin.wasm",
                                         argc > 2 ? argv[2] : "umiak is a boat that carries everything");
  if (!status.ok()) std::fprintf(stderr, "host_plugin: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

// A .wast script as a list of commands: the specification's test format.
//
// Modules stay text or bytes here; running is runner.h's part.
// spec: https://github.com/WebAssembly/spec/tree/main/interpreter#scripts
#ifndef UMIAK_SPEC_TESTS_SCRIPT_H_
#define UMIAK_SPEC_TESTS_SCRIPT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "umiak/value.h"

namespace umiak::spec {

struct ModuleText {
  bool is_binary = false;
  std::string id;     // may be empty
  std::string bytes;  // of the binary, or the text
};

// What one result may be.
struct Pattern {
  enum Kind : uint8_t {
    kBits,           // exactly these
    kCanonicalNan,   // a NaN with only the top bit of its payload
    kArithmeticNan,  // a NaN with at least that bit
    kLanes,          // of a vector, each a pattern of `bits` bits
    kNull,           // a null reference of any type
    kReference,      // not null; `word` says of which type: "ref.func"
    kEither,         // one of the parts
  };
  Kind kind = kBits;
  ValType::Kind type = ValType::kI32;  // of a number
  uint8_t width = 32;                  // of a number or lane
  uint64_t bits = 0;
  std::string word;
  std::vector<Pattern> parts;
};

// Calls an exported function, or reads an exported global.
struct Action {
  bool is_get = false;
  std::string module;  // identifier; empty: the last one
  std::string name;
  std::vector<Value> args;
};

struct Command {
  enum Kind : uint8_t {
    kModule,      // define and instantiate
    kDefinition,  // only define
    kInstance,    // instantiate a definition
    kRegister,
    kThread,      // run commands at the same time, in a store of their own
    kWait,        // for a thread
    kAction,
    kAssertReturn,
    kAssertTrap,
    kAssertExhaustion,
    kAssertException,
    kAssertModuleTrap,
    kAssertMalformed,  // also that of a custom annotation
    kAssertInvalid,    // the same
    kAssertUnlinkable,
  };
  Kind kind = kModule;
  int line = 0;
  ModuleText module;
  std::string name;  // kInstance: the definition's identifier; kRegister: the name; kThread: what it shares, or ""
  std::vector<Command> commands;  // kThread, whose identifier is the module's; kWait names it likewise
  Action action;
  std::vector<Pattern> expected;
  std::string phrase;  // of the error
};

inline bool IsAssertion(const Command& command) { return command.kind >= Command::kAssertReturn; }

// Errors say the place in the script.
absl::StatusOr<std::vector<Command>> ParseScript(absl::string_view text);

// How many assertions there are, found without parsing: what checks that none was lost.
int CountAssertions(absl::string_view text);

// What stands in an argument for (ref.extern n) and (ref.host n) until a store makes that reference; and the n of such
// a one, empty for all others.
Ref HostReference(uint64_t number);
std::optional<uint64_t> HostNumberOf(Ref placeholder);

}  // namespace umiak::spec

#endif  // UMIAK_SPEC_TESTS_SCRIPT_H_

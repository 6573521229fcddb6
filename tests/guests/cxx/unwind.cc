// The part of a C++ runtime that throws, for toolchains whose libraries are built without it.
//
// clang leaves the instructions to the program and the rest to these functions: what is thrown travels as the argument
// of one tag; a landing pad asks the personality which of its handlers takes it.
// Itanium C++ ABI: exception handling, level II; the tables are those of the ABI's "language-specific data area".
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <typeinfo>

__asm__(R"(
  .globl __cpp_exception
  .tagtype __cpp_exception i32
__cpp_exception:
)");

namespace __cxxabiv1 {

// As in the C++ runtime library: only what is called, at its place in the virtual table.
class __shim_type_info : public std::type_info {
 public:
  ~__shim_type_info() override;
  virtual void noop1() const;
  virtual void noop2() const;
  virtual bool can_catch(const __shim_type_info* thrown, void*& object) const = 0;
};

}  // namespace __cxxabiv1

namespace {

// Stands before each thrown object.
struct alignas(16) Header {
  const std::type_info* type;
  void* (*destructor)(void*);  // returns its object in this ABI
  Header* next_caught;  // on the stack of what is being handled
  void* adjusted;       // the object as its handler knows it
  int handlers;         // negative while it is thrown again
  void* object() { return this + 1; }
};

Header* caught = nullptr;

uint32_t ReadUleb(const uint8_t** p) {
  uint32_t value = 0;
  for (int shift = 0;; shift += 7) {
    const uint8_t byte = *(*p)++;
    value |= static_cast<uint32_t>(byte & 127) << shift;
    if (byte < 128) return value;
  }
}
int32_t ReadSleb(const uint8_t** p) {
  uint32_t value = 0;
  int shift = 0;
  uint8_t byte;
  do {
    byte = *(*p)++;
    value |= static_cast<uint32_t>(byte & 127) << shift;
    shift += 7;
  } while (byte >= 128);
  if ((byte & 64) != 0 && shift < 32) value |= ~uint32_t{0} << shift;
  return static_cast<int32_t>(value);
}

[[noreturn]] void Throw(Header* header) {
  __builtin_wasm_throw(0, header);
  __builtin_unreachable();
}

}  // namespace

extern "C" {

struct {
  uint32_t index;
  const uint8_t* table;
  uint32_t selector;
} __wasm_lpad_context;

// Sets the selector to the number of the type that the landing pad catches `exception` as; 0: it only cleans up.
int _Unwind_CallPersonality(void* exception) {
  constexpr uint8_t kOmitted = 0xff;
  auto* header = static_cast<Header*>(exception);
  __wasm_lpad_context.selector = 0;
  const uint8_t* p = __wasm_lpad_context.table;
  if (*p++ != kOmitted) abort();  // start of the landing pads
  const void* const* types = nullptr;
  if (*p++ != kOmitted) {
    const uint32_t size = ReadUleb(&p);
    types = reinterpret_cast<const void* const*>(p + size);
  }
  ++p;  // encoding of the call sites
  const uint32_t size = ReadUleb(&p);
  const uint8_t* actions = p + size;
  uint32_t action = 0;
  for (uint32_t i = 0; i <= __wasm_lpad_context.index; ++i) {
    ReadUleb(&p);
    action = ReadUleb(&p);
  }
  if (action == 0) return 0;
  for (p = actions + action - 1;;) {
    const int32_t type = ReadSleb(&p);
    const uint8_t* from = p;
    const int32_t next = ReadSleb(&p);
    if (type > 0) {
      const auto* wanted = static_cast<const __cxxabiv1::__shim_type_info*>(types[-type]);
      const auto* thrown = static_cast<const __cxxabiv1::__shim_type_info*>(header->type);
      void* object = header->object();
      if (wanted == nullptr || wanted->can_catch(thrown, object)) {
        header->adjusted = object;
        __wasm_lpad_context.selector = static_cast<uint32_t>(type);
        return 0;
      }
    }
    if (next == 0) return 0;
    p = from + next;
  }
}

int __gxx_wasm_personality_v0() { abort(); }  // only named by the tables

void* __cxa_allocate_exception(size_t size) noexcept {
  auto* header = static_cast<Header*>(calloc(1, sizeof(Header) + size));
  if (header == nullptr) std::terminate();
  return header->object();
}
void __cxa_free_exception(void* object) noexcept { free(static_cast<Header*>(object) - 1); }

void __cxa_throw(void* object, std::type_info* type, void* (*destructor)(void*)) {
  Header* header = static_cast<Header*>(object) - 1;
  header->type = type;
  header->destructor = destructor;
  Throw(header);
}

void* __cxa_get_exception_ptr(void* exception) noexcept { return static_cast<Header*>(exception)->adjusted; }

void* __cxa_begin_catch(void* exception) noexcept {
  auto* header = static_cast<Header*>(exception);
  header->handlers = (header->handlers < 0 ? -header->handlers : header->handlers) + 1;
  if (header != caught) {
    header->next_caught = caught;
    caught = header;
  }
  return header->adjusted;
}

void __cxa_end_catch() {
  Header* header = caught;
  if (header->handlers < 0) {  // on its way out again
    if (++header->handlers == 0) caught = header->next_caught;
    return;
  }
  if (--header->handlers != 0) return;
  caught = header->next_caught;
  if (header->destructor != nullptr) header->destructor(header->object());
  free(header);
}

void __cxa_rethrow() {
  Header* header = caught;
  if (header == nullptr) std::terminate();
  header->handlers = -header->handlers;
  Throw(header);
}

}  // extern "C"

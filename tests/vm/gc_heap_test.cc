#include "vm/runtime/gc_heap.h"

#include <vector>

#include <doctest/doctest.h>
#include "umiak/store.h"
#include "vm/runtime/store_impl.h"

namespace umiak {
namespace {

// struct { i32, ref null eq, ref null eq } and array (ref null eq), (i8) of the process.
struct Types {
  uint32_t node, refs, bytes;
  Types() {
    const ValType eq = ValType::Ref(HeapType::kEq, true);
    std::vector<SubType> types(3);
    types[0].kind = SubType::kStruct;
    types[0].fields = {{ValType::kI32, FieldType::kNotPacked, true},
                       {eq, FieldType::kNotPacked, true},
                       {eq, FieldType::kNotPacked, true}};
    types[1].kind = SubType::kArray;
    types[1].fields = {{eq, FieldType::kNotPacked, true}};
    types[2].kind = SubType::kArray;
    types[2].fields = {{ValType::kI32, FieldType::kI8, true}};
    std::vector<uint32_t> ids;
    REQUIRE(CanonicalizeTypes(types, &ids));
    for (uint32_t id : ids) REQUIRE(MakeGcType(id) != nullptr);
    node = ids[0];
    refs = ids[1];
    bytes = ids[2];
  }
};

struct Heap {
  explicit Heap(const StoreOptions& options = {}) : store(options), heap(store.impl()->heap) {}
  GcObject* Node(uint64_t left = 0, uint64_t right = 0) {
    GcObject* node = heap.Allocate(types.node, 24, nullptr);
    if (node == nullptr) return nullptr;
    Words(node)[1] = left;
    Words(node)[2] = right;
    return node;
  }
  GcObject* Array(uint32_t type, uint32_t length) {
    GcObject* array = heap.Allocate(type, kArrayHeaderBytes + (uint64_t{length} << GcTypeAt(type).element_shift), nullptr);
    if (array != nullptr) array->length = length;
    return array;
  }
  uint64_t LiveObjects() {
    heap.Collect(nullptr);
    return heap.stats().live_objects;
  }
  static uint64_t* Words(GcObject* object) { return reinterpret_cast<uint64_t*>(object); }

  Store store;
  GcHeap& heap;
  Types types;
};

TEST_SUITE_BEGIN("vm/gc_heap");

TEST_CASE("a class holds what is asked for and wastes at most a quarter") {
  for (uint32_t bytes = 8; bytes <= kMaxSmallBytes; ++bytes) {
    const uint32_t size_class = SizeClassOf(bytes);
    REQUIRE(size_class < kSizeClasses);
    REQUIRE(BytesOfClass(size_class) >= bytes);
    REQUIRE(BytesOfClass(size_class) % kGcGranule == 0);
    REQUIRE((bytes <= 128 || BytesOfClass(size_class) * 4 <= bytes * 5 + 16));
    if (size_class > 0) REQUIRE(BytesOfClass(size_class - 1) < bytes);
  }
}

TEST_CASE("fields lie in order behind the type, each aligned to its size") {
  Types types;
  const GcType& node = GcTypeAt(types.node);
  CHECK(node.offsets[0] == 4);
  CHECK(node.offsets[1] == 8);
  CHECK(node.offsets[2] == 16);
  CHECK(node.size == 24);
  CHECK(node.ref_words == 0b110);
  CHECK(GcTypeAt(types.refs).has_ref_elements);
  CHECK_FALSE(GcTypeAt(types.bytes).has_ref_elements);
}

TEST_CASE("what the host holds stays, with all that hangs on it; the rest goes") {
  Heap h;
  GcObject* const leaf = h.Node();
  GcObject* const root = h.Node(RefOf(leaf), 7);  // 7: an i31
  for (int i = 0; i < 1000; ++i) h.Node();
  h.heap.AddHostRoot(RefOf(root));
  CHECK(h.LiveObjects() == 2);
  CHECK(h.heap.Find(RefOf(leaf)) == leaf);
  h.heap.TruncateHostRoots(0);
  CHECK(h.LiveObjects() == 0);
  CHECK(h.heap.Find(RefOf(leaf)) == nullptr);
}

TEST_CASE("a cycle is collected") {
  Heap h;
  GcObject* const a = h.Node();
  GcObject* const b = h.Node(RefOf(a));
  Heap::Words(a)[1] = RefOf(b);
  CHECK(h.LiveObjects() == 0);
}

TEST_CASE("only the exact start of an object is one") {
  Heap h;
  GcObject* const node = h.Node();
  GcObject* const large = h.Array(h.types.bytes, 100'000);
  for (GcObject* object : {node, large}) {
    CHECK(h.heap.Find(RefOf(object)) == object);
    CHECK(h.heap.Find(RefOf(object) + 1) == nullptr);
    CHECK(h.heap.Find(RefOf(object) + 8) == nullptr);
    CHECK(h.heap.Find(RefOf(object) - 8) == nullptr);
  }
  CHECK(h.heap.Find(RefOf(node) + 24) == nullptr);  // the next cell of its run
  CHECK(h.heap.Find(0) == nullptr);
  CHECK(h.heap.Find(~uint64_t{0}) == nullptr);
}

TEST_CASE("words of a C++ caller are roots while it lists them") {
  Heap h;
  uint64_t words[] = {12345, RefOf(h.Node()), RefOf(h.Array(h.types.bytes, 50'000))};
  GcRoots roots{words, 3};
  h.heap.PushRoots(&roots);
  CHECK(h.LiveObjects() == 2);
  h.heap.PopRoots();
  CHECK(h.LiveObjects() == 0);
}

TEST_CASE("a list of ten million nodes is marked with a mark stack of a thousand entries") {
  for (size_t entries : {size_t{1} << 20, size_t{1000}}) {
    Heap h;
    h.heap.set_mark_stack_entries(entries);
    uint64_t list = 0;
    GcRoots roots{&list, 1};
    h.heap.PushRoots(&roots);
    // Each node with a leaf of its own, so that the stack has something to hold.
    for (int i = 0; i < 5'000'000; ++i) {
      GcObject* const node = h.Node(list);
      list = RefOf(node);
      GcObject* const leaf = h.Node();
      Heap::Words(ObjectOf(list))[2] = RefOf(leaf);
    }
    CHECK(h.LiveObjects() == 10'000'000);
    list = 0;
    CHECK(h.LiveObjects() == 0);
    CHECK(h.heap.stats().held_bytes <= 16 << 20);
  }
}

TEST_CASE("a wide array is marked with a short stack") {
  Heap h;
  h.heap.set_mark_stack_entries(16);
  uint64_t ref = RefOf(h.Array(h.types.refs, 100'000));
  GcRoots roots{&ref, 1};
  h.heap.PushRoots(&roots);
  for (uint32_t i = 0; i < 100'000; ++i) {
    GcObject* const outer = h.Node();
    Heap::Words(ObjectOf(ref))[1 + i] = RefOf(outer);
    GcObject* const inner = h.Node();
    Heap::Words(outer)[1] = RefOf(inner);
  }
  CHECK(h.LiveObjects() == 200'001);
}

TEST_CASE("long arrays that lead to each other only through nodes are all found") {
  // Each is looked through in the order of addresses, until that has happened often enough.
  constexpr uint64_t kArrays = 8;
  constexpr uint32_t kLength = 10'000;
  Heap h;
  uint64_t next = 0;
  GcRoots roots{&next, 1};
  h.heap.PushRoots(&roots);
  for (uint64_t i = 0; i < kArrays; ++i) {
    uint64_t words[] = {RefOf(h.Array(h.types.refs, kLength))};
    GcRoots array{words, 1};
    h.heap.PushRoots(&array);
    for (uint32_t j = 0; j < kLength; ++j) {
      GcObject* const node = h.Node(j == kLength / 2 ? next : 0);
      Heap::Words(ObjectOf(words[0]))[1 + j] = RefOf(node);
    }
    h.heap.PopRoots();
    next = words[0];
  }
  CHECK(h.LiveObjects() == kArrays * (kLength + 1));
  CHECK(h.LiveObjects() == kArrays * (kLength + 1));
}

TEST_CASE("objects of one size, with references and without, do not share a block") {
  Heap h;
  uint64_t words[] = {RefOf(h.Node()), RefOf(h.Array(h.types.bytes, 16))};
  CHECK(words[0] / (32 << 10) != words[1] / (32 << 10));
  Heap::Words(ObjectOf(words[0]))[1] = words[1];
  // Bytes that look like a reference are none.
  Heap::Words(ObjectOf(words[1]))[1] = RefOf(h.Node());
  GcRoots roots{words, 1};
  h.heap.PushRoots(&roots);
  CHECK(h.LiveObjects() == 2);
  CHECK(h.heap.Find(words[1]) != nullptr);
}

TEST_CASE("no more is held than twice what lives and 16 MiB") {
  Heap h;
  uint64_t list = 0;
  GcRoots roots{&list, 1};
  h.heap.PushRoots(&roots);
  uint64_t live = 0;
  for (int i = 0; i < 3'000'000; ++i) {
    if (i % 4 == 0) {
      list = RefOf(h.Node(list));
      live += 24;
    } else if (i % 1000 == 1) {
      h.Array(h.types.bytes, 20'000);
    } else {
      h.Node();
    }
    REQUIRE(h.heap.stats().held_bytes <= 2 * live + (16 << 20));
  }
  CHECK(h.heap.stats().collections > 3);
}

TEST_CASE("past its limit a heap gives nothing, and what became free can be used again") {
  StoreOptions options;
  options.max_gc_heap_bytes = 1 << 20;
  Heap h(options);
  uint64_t list = 0;
  GcRoots roots{&list, 1};
  h.heap.PushRoots(&roots);
  uint64_t count = 0;
  while (GcObject* node = h.Node(list)) {
    list = RefOf(node);
    ++count;
  }
  CHECK(count > 35'000);
  CHECK(count < 43'700);
  CHECK(h.Array(h.types.bytes, 1 << 20) == nullptr);
  CHECK(h.Array(h.types.bytes, 0xffffffff) == nullptr);
  list = 0;
  CHECK(h.LiveObjects() == 0);
  CHECK(h.Node() != nullptr);
  CHECK(h.Array(h.types.bytes, 500'000) != nullptr);
}

TEST_CASE("exceptions keep the references among their arguments") {
  Heap h;
  TagInst tag{{{ValType::kI64, ValType::kV128, kExternRef, kFuncRef}, {}}, 0, 5};
  ExceptionObject* const exception = h.heap.AllocateException(&tag, 5, nullptr);
  h.heap.AddHostRoot(RefOf(exception));
  CHECK(KindOf(exception) == GcKind::kException);
  exception->args[0] = RefOf(h.Node());  // an i64 that looks like one
  HostObject* const host = h.heap.AllocateHost(42, nullptr);
  exception->args[3] = RefOf(host);
  CHECK(h.LiveObjects() == 2);
  CHECK(h.heap.Find(RefOf(host)) == host);
  CHECK(host->data == 42);
}

TEST_CASE("collecting at every allocation frees what was not rooted at once") {
  StoreOptions options;
  options.collect_always = true;
  Heap h(options);
  GcObject* const first = h.Node();
  h.Node();
  CHECK(h.heap.stats().collections == 2);
  CHECK(h.heap.Find(RefOf(first)) != nullptr);  // its cell, used again
  CHECK(h.LiveObjects() == 0);
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak

// gc_pauses [MIB [ROUNDS [SHAPE...]]]: how long collections of a live heap of that size take, by the shape of
// what lives: milliseconds of wall clock for the roots, marking and sweeping, of the shortest collection and of
// the longest.
//
// The heap is filled through GcHeap, as handlers fill it; nothing is freed, so that the bar
// (docs/PERFORMANCE.md) can be read off: 100 ms for 256 MiB that live.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <vector>

#include "umiak/store.h"
#include "vm/runtime/gc_objects.h"
#include "vm/runtime/store_impl.h"

namespace {

using namespace umiak;

// struct { i32, ref null eq, ref null eq }, array (ref null eq), array i8.
struct Types {
  uint32_t node = 0, refs = 0, bytes = 0;
  Types() {
    const FieldType number = {ValType::kI32, FieldType::kNotPacked, true};
    const FieldType byte = {ValType::kI32, FieldType::kI8, true};
    const FieldType eq = {ValType::Ref(HeapType::kEq, true), FieldType::kNotPacked, true};
    std::vector<SubType> types(3);
    types[0].kind = SubType::kStruct;
    types[0].fields = {number, eq, eq};
    types[1].kind = SubType::kArray;
    types[1].fields = {eq};
    types[2].kind = SubType::kArray;
    types[2].fields = {byte};
    std::vector<uint32_t> ids;
    if (!CanonicalizeTypes(types, &ids)) std::abort();
    for (uint32_t id : ids) MakeGcType(id);
    node = ids[0];
    refs = ids[1];
    bytes = ids[2];
  }
};

constexpr uint64_t kNodeBytes = 24;

class Heap {
 public:
  Heap()
      : store_([] {
          StoreOptions options;
          options.max_gc_heap_bytes = uint64_t{8} << 30;
          return options;
        }()),
        heap_(store_.impl()->heap) {
    heap_.PushRoots(&roots_);
  }
  ~Heap() { heap_.PopRoots(); }

  uint64_t Node(uint64_t left, uint64_t right) {
    auto* words = reinterpret_cast<uint64_t*>(heap_.Allocate(types_.node, kNodeBytes, nullptr));
    words[1] = left;
    words[2] = right;
    return reinterpret_cast<uint64_t>(words);
  }
  uint64_t Refs(uint32_t length) { return RefOf(NewArray(&heap_, types_.refs, length, nullptr)); }
  uint64_t Bytes(uint32_t length) { return RefOf(NewArray(&heap_, types_.bytes, length, nullptr)); }
  static uint64_t& Field(uint64_t ref, size_t i) { return reinterpret_cast<uint64_t*>(ref)[1 + i]; }

  GcHeap& heap() { return heap_; }
  uint64_t root = 0;

 private:
  GcRoots roots_{&root, 1};
  Store store_;
  GcHeap& heap_;
  Types types_;
};

// Nodes in the order of their addresses, linked into a list so that they live until linked otherwise.
std::vector<uint64_t> Nodes(Heap* heap, uint64_t count) {
  std::vector<uint64_t> nodes(count);
  for (uint64_t& node : nodes) node = heap->root = heap->Node(heap->root, 0);
  return nodes;
}
void Shuffle(std::vector<uint64_t>* refs) { std::shuffle(refs->begin(), refs->end(), std::mt19937_64(1)); }

void Link(Heap* heap, const std::vector<uint64_t>& nodes) {
  for (size_t i = 0; i < nodes.size(); ++i) Heap::Field(nodes[i], 0) = i + 1 < nodes.size() ? nodes[i + 1] : 0;
  heap->root = nodes[0];
}
void MakeList(Heap* heap, uint64_t bytes) { Link(heap, Nodes(heap, bytes / kNodeBytes)); }
void MakeBackwardList(Heap* heap, uint64_t bytes) { Nodes(heap, bytes / kNodeBytes); }
void MakeShuffledList(Heap* heap, uint64_t bytes) {
  std::vector<uint64_t> nodes = Nodes(heap, bytes / kNodeBytes);
  Shuffle(&nodes);
  Link(heap, nodes);
}

// One array of references to nodes that refer to nothing.
void MakeScattered(Heap* heap, uint64_t bytes) {
  std::vector<uint64_t> nodes = Nodes(heap, bytes / (kNodeBytes + 8));
  Shuffle(&nodes);
  const uint64_t array = heap->Refs(static_cast<uint32_t>(nodes.size()));
  for (size_t i = 0; i < nodes.size(); ++i) {
    Heap::Field(nodes[i], 0) = 0;
    Heap::Field(array, i) = nodes[i];
  }
  heap->root = array;
}

// A binary tree of least height of the nodes from `begin` on, each before its children.
uint64_t LinkTree(const uint64_t* begin, size_t count) {
  if (count == 0) return 0;
  const size_t left = (count - 1) / 2;
  Heap::Field(*begin, 0) = LinkTree(begin + 1, left);
  Heap::Field(*begin, 1) = LinkTree(begin + 1 + left, count - 1 - left);
  return *begin;
}
void MakeTree(Heap* heap, uint64_t bytes) {
  const std::vector<uint64_t> nodes = Nodes(heap, bytes / kNodeBytes);
  heap->root = LinkTree(nodes.data(), nodes.size());
}
void MakeShuffledTree(Heap* heap, uint64_t bytes) {
  std::vector<uint64_t> nodes = Nodes(heap, bytes / kNodeBytes);
  Shuffle(&nodes);
  heap->root = LinkTree(nodes.data(), nodes.size());
}
// As deep as half of the nodes: each of these has a leaf and the next one.
void MakeDeepTree(Heap* heap, uint64_t bytes) {
  const std::vector<uint64_t> nodes = Nodes(heap, bytes / kNodeBytes / 2 * 2);
  for (size_t i = 0; i < nodes.size(); i += 2) {
    Heap::Field(nodes[i], 0) = nodes[i + 1];
    Heap::Field(nodes[i], 1) = i + 2 < nodes.size() ? nodes[i + 2] : 0;
    Heap::Field(nodes[i + 1], 0) = 0;
  }
  heap->root = nodes[0];
}

// Records of six strings of 24 bytes, in random order.
void MakeSmallArrays(Heap* heap, uint64_t bytes) {
  constexpr uint32_t kStrings = 6;
  const auto records = static_cast<uint32_t>(bytes / (8 + kStrings * (8 + 32) + 8));
  std::vector<uint64_t> all(records);
  heap->root = heap->Refs(records);
  for (uint32_t i = 0; i < records; ++i) {
    all[i] = Heap::Field(heap->root, i) = heap->Refs(kStrings);
    for (uint32_t j = 0; j < kStrings; ++j) Heap::Field(all[i], j) = heap->Bytes(24);
  }
  Shuffle(&all);
  for (uint32_t i = 0; i < records; ++i) Heap::Field(heap->root, i) = all[i];
}

struct Shape {
  const char* name;
  void (*make)(Heap* heap, uint64_t bytes);
};
constexpr Shape kShapes[] = {
    {"list", MakeList},
    {"list-backward", MakeBackwardList},
    {"list-shuffled", MakeShuffledList},
    {"scattered", MakeScattered},
    {"tree", MakeTree},
    {"tree-shuffled", MakeShuffledTree},
    {"deep-tree", MakeDeepTree},
    {"small-arrays", MakeSmallArrays},
};

void Measure(const Shape& shape, uint64_t bytes, int rounds) {
  Heap heap;
  shape.make(&heap, bytes);
  std::vector<GcHeap::Pause> pauses;
  for (int round = 0; round < rounds; ++round) {
    heap.heap().Collect(nullptr);
    pauses.push_back(heap.heap().stats().last_pause);
  }
  const auto [least, most] = std::minmax_element(
      pauses.begin(), pauses.end(), [](const auto& a, const auto& b) { return a.total_ns() < b.total_ns(); });
  const GcHeap::Stats stats = heap.heap().stats();
  const double mib = static_cast<double>(stats.live_bytes) / (1 << 20);
  const auto ms = [](uint64_t ns) { return static_cast<double>(ns) * 1e-6; };
  std::printf("%-14s %7.1f %9llu %7.2f %7.1f %7.1f %7.1f %7.1f %9.1f %10.1f\n", shape.name, mib,
              static_cast<unsigned long long>(stats.live_objects), ms(least->roots_ns), ms(least->mark_ns),
              ms(least->sweep_ns), ms(least->total_ns()), ms(most->total_ns()),
              ms(least->total_ns()) * 256 / mib,
              static_cast<double>(least->total_ns()) / static_cast<double>(stats.live_objects));
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t mib = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 256;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
  if (mib == 0 || rounds <= 0) {
    std::fprintf(stderr, "usage: gc_pauses [MIB [ROUNDS [SHAPE...]]]\n");
    return 2;
  }
  std::printf("%-14s %7s %9s %7s %7s %7s %7s %7s %9s %10s\n", "shape", "MiB", "objects", "roots", "mark",
              "sweep", "least", "most", "/256 MiB", "ns/object");
  for (const Shape& shape : kShapes) {
    bool is_wanted = argc <= 3;
    for (int i = 3; i < argc; ++i) is_wanted |= std::string_view(argv[i]) == shape.name;
    if (is_wanted) Measure(shape, mib << 20, rounds);
  }
}

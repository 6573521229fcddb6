#include "umiak/ref.h"

#include "umiak/error.h"
#include "umiak/trap.h"
#include "umiak/type_canon.h"
#include "vm/runtime/gc_heap.h"
#include "vm/runtime/host_values.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

RefKind RefKindOf(const Value& reference) {
  const uint64_t bits = reference.bits();
  if (bits == 0) return RefKind::kNull;
  if (!IsTraced(reference.type())) return RefKind::kFunc;
  if ((bits & 1) != 0) return RefKind::kI31;
  switch (KindOf(ObjectOf(bits))) {
    case GcKind::kStruct: return RefKind::kStruct;
    case GcKind::kArray: return RefKind::kArray;
    case GcKind::kException: return RefKind::kException;
    case GcKind::kHost: break;
  }
  return RefKind::kHost;
}

absl::StatusOr<Value> NewHostRef(Store& store, uint64_t data) {
  StoreImpl* impl = store.impl();
  const HostObject* object = impl->heap.AllocateHost(data, impl->execution.top);
  if (object == nullptr) return MakeTrap(TrapCode::kGcHeapExhausted);
  impl->heap.AddHostRoot(RefOf(object));
  return Value(kExternRef, Ref{RefOf(object)});
}

std::optional<uint64_t> HostDataOf(const Value& reference) {
  if (!reference.type().is_ref() || RefKindOf(reference) != RefKind::kHost) return std::nullopt;
  return static_cast<const HostObject*>(ObjectOf(reference.bits()))->data;
}

std::optional<int32_t> I31Of(const Value& reference) {
  if (!reference.type().is_ref() || RefKindOf(reference) != RefKind::kI31) return std::nullopt;
  return static_cast<int32_t>(reference.bits()) >> 1;
}

RefScope::RefScope(Store& store) : store_(store), roots_(store.impl()->heap.host_roots()) {}
RefScope::~RefScope() { store_.impl()->heap.TruncateHostRoots(roots_); }

bool IsRefOf(const StoreImpl& store, uint64_t bits) {
  return bits == 0 || (bits & 1) != 0 || store.heap.Find(bits) != nullptr;
}

Value ToHost(StoreImpl* store, ValType type, const uint64_t* slots) {
  const Value value = Value::FromSlots(type, slots);
  if (IsTraced(type)) store->heap.AddHostRoot(value.bits());
  return value;
}

namespace {

// The top of the type's hierarchy.
HeapType TopOf(HeapType type) {
  for (HeapType top : {HeapType(HeapType::kAny), HeapType(HeapType::kExtern), HeapType(HeapType::kFunc)}) {
    if (Matches(type, top)) return top;
  }
  return HeapType(HeapType::kExn);
}

// The least type of what a reference that is not null refers to. REQUIRES: it is of the store.
HeapType TypeOfObject(HeapType top, uint64_t bits) {
  if (top == HeapType(HeapType::kFunc)) return HeapType::Concrete(reinterpret_cast<const FuncInst*>(bits)->type_id);
  if (top != HeapType(HeapType::kAny)) return top;
  if ((bits & 1) != 0) return HeapType(HeapType::kI31);
  const GcObject* object = ObjectOf(bits);
  const GcKind kind = KindOf(object);
  if (kind == GcKind::kStruct || kind == GcKind::kArray) return HeapType::Concrete(object->type);
  return top;
}

}  // namespace

bool ValueMatches(const StoreImpl& store, const Value& value, ValType type) {
  if (!type.is_ref() || !value.type().is_ref()) return value.type() == type;
  const HeapType top = TopOf(value.type().heap());
  if (TopOf(type.heap()) != top) return false;
  if (value.ref().is_null()) return type.nullable();
  if (top != HeapType(HeapType::kFunc) && !IsRefOf(store, value.bits())) return false;
  const bool is_exception = (value.bits() & 1) == 0 && top != HeapType(HeapType::kFunc) &&
                            KindOf(ObjectOf(value.bits())) == GcKind::kException;
  if (is_exception != (top == HeapType(HeapType::kExn))) return false;
  return Matches(TypeOfObject(top, value.bits()), type.heap());
}

}  // namespace umiak

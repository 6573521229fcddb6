#include "umiak/extern.h"

#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "umiak/error.h"
#include "umiak/type_canon.h"
#include "vm/interp/interp.h"
#include "vm/runtime/host_values.h"
#include "vm/runtime/slots.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

// The signature with canonical types, as values carry them.
ValType CanonicalIn(const FuncInst& func, ValType type) {
  return func.cx == nullptr ? type : ToCanonical(type, func.cx->module->canonical_types);
}

absl::Status CheckArguments(const StoreImpl& store, const FuncInst& func, absl::Span<const Value> args) {
  const std::vector<ValType>& params = func.type->params;
  if (args.size() != params.size()) {
    return absl::InvalidArgumentError(absl::StrCat("a function ", ToString(*func.type), " takes ", params.size(),
                                                   " arguments, not ", args.size()));
  }
  for (size_t i = 0; i < args.size(); ++i) {
    if (!ValueMatches(store, args[i], CanonicalIn(func, params[i]))) {
      return absl::InvalidArgumentError(
          absl::StrCat("argument ", i, ": expected ", ToString(params[i]), ", found ", ToString(args[i].type())));
    }
  }
  return absl::OkStatus();
}

absl::Status LimitError(absl::string_view what) {
  return MakeError(ErrorKind::kLimit, "out of memory", absl::StrCat("cannot allocate ", what));
}

}  // namespace

// --- Func ---

Func Func::Host(Store& store, const FuncType& type, RawHostFunc callback) {
  auto inst = std::make_unique<HostFuncInst>();
  inst->owned_type = type;
  inst->type = &inst->owned_type;
  inst->cx = nullptr;
  inst->index = 0;
  inst->type_id = CanonicalFuncType(type);
  inst->callback = std::move(callback);
  inst->param_slots = SlotsOf(type.params);
  inst->result_slots = SlotsOf(type.results);
  InitHostCode(inst.get());
  StoreImpl* impl = store.impl();
  impl->host_funcs.push_back(std::move(inst));
  return Func(impl, impl->host_funcs.back().get());
}

const FuncType& Func::type() const { return *inst_->type; }

absl::StatusOr<std::vector<Value>> Func::Call(absl::Span<const Value> args) const {
  RETURN_IF_ERROR(CheckArguments(*store_, *inst_, args));
  const FuncType& type = *inst_->type;
  absl::InlinedVector<uint64_t, 16> slots(std::max(SlotsOf(type.params), SlotsOf(type.results)) + 1);
  uint64_t* next = slots.data();
  for (const Value& arg : args) {
    arg.ToSlots(next);
    next += SlotsOf(arg.type());
  }
  RETURN_IF_ERROR(Invoke(store_, inst_, slots.data()));
  std::vector<Value> results;
  results.reserve(type.results.size());
  next = slots.data();
  for (ValType result : type.results) {
    results.push_back(ToHost(store_, CanonicalIn(*inst_, result), next));
    next += SlotsOf(result);
  }
  return results;
}

absl::Status Func::CallRaw(uint64_t* slots) const {
  RETURN_IF_ERROR(Invoke(store_, inst_, slots));
  for (ValType result : inst_->type->results) {
    if (result.is_ref()) ToHost(store_, CanonicalIn(*inst_, result), slots);
    slots += SlotsOf(result);
  }
  return absl::OkStatus();
}

Value Func::ToValue() const { return Value(kFuncRef, Ref{reinterpret_cast<uint64_t>(inst_)}); }

// --- Memory ---

absl::StatusOr<Memory> Memory::Create(Store& store, const MemoryType& type) {
  StoreImpl* impl = store.impl();
  auto inst = NewMemory(type, impl->options.bounds, impl->options.max_memory_bytes);
  if (inst == nullptr) return LimitError("the memory");
  impl->memories.push_back(std::move(inst));
  return Memory(impl, impl->memories.back().get());
}

MemoryType Memory::type() const {
  MemoryType type = inst_->type;
  type.limits.min = pages();
  return type;
}

absl::Span<uint8_t> Memory::data() const { return absl::MakeSpan(inst_->base, inst_->size); }

uint64_t Memory::pages() const { return inst_->size >> inst_->type.page_size_log2; }

absl::StatusOr<uint64_t> Memory::Grow(uint64_t delta) const {
  const int64_t old_pages = MemoryGrow(inst_, delta);
  if (old_pages < 0) {
    return MakeError(ErrorKind::kLimit, "memory cannot grow", absl::StrCat("by ", delta, " pages from ", pages()));
  }
  return static_cast<uint64_t>(old_pages);
}

// --- Table ---

absl::StatusOr<Table> Table::Create(Store& store, const TableType& type, Value init) {
  if (!ValueMatches(*store.impl(), init, type.element)) {
    return absl::InvalidArgumentError(
        absl::StrCat("table element: expected ", ToString(type.element), ", found ", ToString(init.type())));
  }
  StoreImpl* impl = store.impl();
  auto inst = NewTable(type, impl->options.max_table_elements);
  if (inst == nullptr) return LimitError("the table");
  if (!init.ref().is_null()) TableFill(inst.get(), 0, init.bits(), inst->size);
  impl->tables.push_back(std::move(inst));
  return Table(impl, impl->tables.back().get());
}

TableType Table::type() const {
  TableType type = inst_->type;
  type.limits.min = inst_->size;
  return type;
}

uint64_t Table::size() const { return inst_->size; }

absl::StatusOr<Value> Table::Get(uint64_t index) const {
  if (index >= inst_->size) {
    return absl::OutOfRangeError(absl::StrCat("table element ", index, " of ", inst_->size));
  }
  return ToHost(store_, inst_->type.element, &inst_->elems[index]);
}

absl::Status Table::Set(uint64_t index, const Value& value) const {
  if (index >= inst_->size) {
    return absl::OutOfRangeError(absl::StrCat("table element ", index, " of ", inst_->size));
  }
  if (!ValueMatches(*store_, value, inst_->type.element)) {
    return absl::InvalidArgumentError(
        absl::StrCat("table element: expected ", ToString(inst_->type.element), ", found ", ToString(value.type())));
  }
  inst_->elems[index] = value.bits();
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Table::Grow(uint64_t delta, const Value& init) const {
  if (!ValueMatches(*store_, init, inst_->type.element)) {
    return absl::InvalidArgumentError(
        absl::StrCat("table element: expected ", ToString(inst_->type.element), ", found ", ToString(init.type())));
  }
  const int64_t old_size = TableGrow(inst_, delta, init.bits());
  if (old_size < 0) {
    return MakeError(ErrorKind::kLimit, "table cannot grow", absl::StrCat("by ", delta, " from ", inst_->size));
  }
  return static_cast<uint64_t>(old_size);
}

// --- Global ---

absl::StatusOr<Global> Global::Create(Store& store, const GlobalType& type, const Value& init) {
  if (!ValueMatches(*store.impl(), init, type.type)) {
    return absl::InvalidArgumentError(
        absl::StrCat("global: expected ", ToString(type.type), ", found ", ToString(init.type())));
  }
  StoreImpl* impl = store.impl();
  auto inst = std::make_unique<GlobalInst>(GlobalInst{nullptr, type, {0, 0}});
  inst->cell = inst->own;
  init.ToSlots(inst->cell);
  impl->globals.push_back(std::move(inst));
  return Global(impl, impl->globals.back().get());
}

GlobalType Global::type() const { return inst_->type; }

Value Global::Get() const { return ToHost(store_, inst_->type.type, inst_->cell); }

absl::Status Global::Set(const Value& value) const {
  if (!inst_->type.is_mutable) return absl::InvalidArgumentError("global is immutable");
  if (!ValueMatches(*store_, value, inst_->type.type)) {
    return absl::InvalidArgumentError(
        absl::StrCat("global: expected ", ToString(inst_->type.type), ", found ", ToString(value.type())));
  }
  value.ToSlots(inst_->cell);
  return absl::OkStatus();
}

// --- Tag ---

const FuncType& Tag::type() const { return inst_->type; }

Tag Tag::Create(Store& store, const FuncType& type) {
  StoreImpl* impl = store.impl();
  impl->tags.push_back(std::make_unique<TagInst>(TagInst{type, CanonicalFuncType(type), SlotsOf(type.params)}));
  return Tag(impl, impl->tags.back().get());
}

}  // namespace umiak

#include "vm/runtime/instantiate.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "umiak/error.h"
#include "umiak/trap.h"
#include "umiak/type_canon.h"
#include "vm/interp/code.h"
#include "vm/interp/guest_access.h"
#include "vm/interp/interp.h"
#include "vm/runtime/const_eval.h"
#include "vm/runtime/fault_injection.h"
#include "vm/runtime/slots.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

constexpr size_t kInstanceAlignment = 64;

// A zeroed InstanceData with its tail; null where memory is short.
InstanceData* NewInstanceData(const InstanceLayout& layout) {
  const size_t bytes = (layout.size + kInstanceAlignment - 1) / kInstanceAlignment * kInstanceAlignment;
  void* memory = AllocationFails() ? nullptr : std::aligned_alloc(kInstanceAlignment, bytes);
  if (memory == nullptr) return nullptr;
  std::memset(memory, 0, bytes);
  return new (memory) InstanceData;
}

// The steps of instantiation, in the order of the specification.
class Instantiator {
 public:
  Instantiator(StoreImpl* store, std::shared_ptr<const Module> module)
      : store_(store), keep_module_(std::move(module)), module_(*keep_module_) {}

  absl::StatusOr<Instance> Run(absl::Span<const Extern> externals) {
    RETURN_IF_ERROR(EnsureStack(store_));
    RETURN_IF_ERROR(AllocateInstance());
    BindImports(externals);
    RETURN_IF_ERROR(AllocateMemories());
    RETURN_IF_ERROR(AllocateTables());
    AllocateTags();
    ChooseCode();
    RETURN_IF_ERROR(InitGlobals());
    RETURN_IF_ERROR(InitTables());
    RETURN_IF_ERROR(InitElems());
    RETURN_IF_ERROR(InitDatas());
    RETURN_IF_ERROR(RunStart());
    return Instance(store_, cx_);
  }

 private:
  absl::Status AllocateInstance() {
    const InstanceLayout& layout = ModuleCode::Of(module_)->layout();
    cx_ = NewInstanceData(layout);
    if (cx_ == nullptr) return MakeError(ErrorKind::kLimit, "out of memory", "cannot allocate the instance");
    store_->instances.emplace_back(cx_);
    cx_->layout = &layout;
    cx_->store = store_;
    cx_->heap = &store_->heap;
    cx_->module = keep_module_;
    cx_->exec = &store_->execution;
    cx_->stack_limit = store_->execution.stack.limit;
    cx_->global_insts.resize(module_.globals.size());
    cx_->elems.resize(module_.elems.size());
    cx_->datas.resize(module_.datas.size());
    return absl::OkStatus();
  }

  void BindImports(absl::Span<const Extern> externals) {
    for (size_t i = 0; i < externals.size(); ++i) {
      const uint32_t index = module_.imports[i].index;
      switch (KindOf(externals[i])) {
        case ExternKind::kFunc: cx_->imported_func(index) = std::get<Func>(externals[i]).inst(); break;
        case ExternKind::kTable: cx_->table(index) = std::get<Table>(externals[i]).inst(); break;
        case ExternKind::kMemory: cx_->memory(index) = std::get<Memory>(externals[i]).inst(); break;
        case ExternKind::kTag: cx_->tag(index) = std::get<Tag>(externals[i]).inst(); break;
        case ExternKind::kGlobal: {
          GlobalInst* global = std::get<Global>(externals[i]).inst();
          cx_->global_insts[index] = global;
          cx_->At<uint64_t*>(cx_->layout->globals[index]) = global->cell;
          break;
        }
      }
    }
  }

  absl::Status AllocateMemories() {
    for (uint32_t i = module_.num_imported_memories; i < module_.memories.size(); ++i) {
      const MemoryType& type = module_.memories[i].type;
      // Only accesses to memory 0 can be guarded: the others need no reservation.
      const BoundsMode bounds = i == 0 ? store_->options.bounds : BoundsMode::kChecked;
      auto memory = NewMemory(type, bounds, store_->options.max_memory_bytes);
      if (memory == nullptr) {
        return MakeError(ErrorKind::kLimit, "out of memory",
                         absl::StrCat("memory ", i, " needs ", type.limits.min, " pages"));
      }
      cx_->memory(i) = memory.get();
      store_->memories.push_back(std::move(memory));
    }
    if (module_.memories.empty()) return absl::OkStatus();
    MemoryInst* first = cx_->memory(0);
    if (!first->type.shared) first->users.push_back(cx_);
    cx_->mem_base = first->base;
    cx_->mem_size = first->size;
    const Export* exported = module_.FindExport("memory");
    const bool is_memory = exported != nullptr && exported->kind == ExternKind::kMemory;
    cx_->caller_memory = is_memory ? cx_->memory(exported->index) : first;
    return absl::OkStatus();
  }

  absl::Status AllocateTables() {
    for (uint32_t i = module_.num_imported_tables; i < module_.tables.size(); ++i) {
      TableType type = module_.tables[i].type;
      type.element = ToCanonical(type.element, module_.canonical_types);
      auto table = NewTable(type, store_->options.max_table_elements);
      if (table == nullptr) {
        return MakeError(ErrorKind::kLimit, "out of memory",
                         absl::StrCat("table ", i, " needs ", type.limits.min, " elements"));
      }
      cx_->table(i) = table.get();
      store_->tables.push_back(std::move(table));
    }
    return absl::OkStatus();
  }

  void AllocateTags() {
    for (uint32_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
      const TypeIdx type = module_.tags[i].type;
      FuncType func = module_.types[type].func;
      for (ValType& param : func.params) param = ToCanonical(param, module_.canonical_types);
      const uint32_t slots = SlotsOf(func.params);
      store_->tags.push_back(
          std::make_unique<TagInst>(TagInst{std::move(func), module_.canonical_types[type], slots}));
      cx_->tag(i) = store_->tags.back().get();
    }
  }

  // REQUIRES: memory 0 is there.
  void ChooseCode() {
    CodeVariant variant;
    variant.checked = module_.memories.empty()
                          ? !GuardedMemorySupported() || store_->options.bounds == BoundsMode::kChecked
                          : !cx_->memory(0)->guarded;
    variant.metered = store_->options.metered;
    variant.deterministic_nans = store_->options.deterministic_nans;
    cx_->code = ModuleCode::Of(module_)->Table(variant);
  }

  absl::Status InitGlobals() {
    for (uint32_t i = module_.num_imported_globals; i < module_.globals.size(); ++i) {
      RETURN_IF_ERROR(EvalConst(cx_, module_.globals[i].init, cx_->global_cell(i)));
    }
    return absl::OkStatus();
  }

  absl::Status InitTables() {
    for (uint32_t i = module_.num_imported_tables; i < module_.tables.size(); ++i) {
      if (!module_.tables[i].has_init) continue;
      ASSIGN_OR_RETURN(const uint64_t ref, EvalWord(module_.tables[i].init));
      if (ref != 0) TableFill(cx_->table(i), 0, ref, cx_->table(i)->size);
    }
    return absl::OkStatus();
  }

  absl::Status InitElems() {
    for (ElemIdx i = 0; i < module_.elems.size(); ++i) {
      const ElemSegment& segment = module_.elems[i];
      if (segment.mode == SegmentMode::kPassive) {
        cx_->elems[i].refs.resize(segment.size());
        RETURN_IF_ERROR(EvalElems(segment, cx_->elems[i].refs.data()));
      } else if (segment.mode == SegmentMode::kActive) {
        RETURN_IF_ERROR(PlaceElems(i, segment));
      }
    }
    return absl::OkStatus();
  }

  // table.init and elem.drop of an active segment, straight into the table.
  absl::Status PlaceElems(ElemIdx index, const ElemSegment& segment) {
    ASSIGN_OR_RETURN(const uint64_t to, EvalWord(segment.offset));
    TableInst* table = cx_->table(segment.table);
    if (segment.size() > table->size || to > table->size - segment.size()) {
      return MakeTrap(TrapCode::kOutOfBoundsTable, absl::StrCat("element segment ", index, " at ", to, " + ",
                                                                segment.size(), " > ", table->size));
    }
    return EvalElems(segment, table->elems + to);
  }

  absl::Status EvalElems(const ElemSegment& segment, uint64_t* out) {
    for (FuncIdx func : segment.funcs) *out++ = reinterpret_cast<uint64_t>(GetFuncInst(cx_, func));
    for (CodeSpan expression : segment.exprs) {
      ASSIGN_OR_RETURN(*out, EvalWord(expression));
      ++out;
    }
    return absl::OkStatus();
  }

  absl::Status InitDatas() {
    for (DataIdx i = 0; i < module_.datas.size(); ++i) {
      const DataSegment& segment = module_.datas[i];
      const uint8_t* bytes = module_.bytes().data() + segment.begin;
      if (segment.mode == SegmentMode::kPassive) {
        cx_->datas[i] = DataInst{bytes, segment.size};
        continue;
      }
      ASSIGN_OR_RETURN(const uint64_t to, EvalWord(segment.offset));
      const MemoryInst* memory = cx_->memory(segment.memory);
      const uint64_t size = memory->size;
      if (segment.size > size || to > size - segment.size) {
        return MakeTrap(TrapCode::kOutOfBoundsMemory,
                        absl::StrFormat("data segment %d at 0x%x + %d > 0x%x", i, to, segment.size, size));
      }
      const GuestRaces races;
      if (segment.size != 0) std::memcpy(memory->base + to, bytes, segment.size);
    }
    return absl::OkStatus();
  }

  absl::Status RunStart() {
    if (!module_.has_start) return absl::OkStatus();
    uint64_t slots[1] = {};
    return Invoke(store_, GetFuncInst(cx_, module_.start), slots);
  }

  absl::StatusOr<uint64_t> EvalWord(CodeSpan expression) {
    uint64_t result[2];
    RETURN_IF_ERROR(EvalConst(cx_, expression, result));
    return result[0];
  }

  StoreImpl* store_;
  std::shared_ptr<const Module> keep_module_;
  const Module& module_;
  InstanceData* cx_ = nullptr;
};

}  // namespace

absl::StatusOr<Instance> InstantiateModule(StoreImpl* store, std::shared_ptr<const Module> module,
                                           absl::Span<const Extern> externals) {
  return Instantiator(store, std::move(module)).Run(externals);
}

}  // namespace umiak

#include "vm/interp/code.h"

#include <algorithm>
#include <utility>

#include "umiak/error.h"
#include "vm/interp/stub.h"
#include "vm/interp/tier.h"
#include "vm/translate/first_tier.h"
#include "vm/translate/translate.h"

namespace umiak {

Code::Code() = default;
Code::~Code() = default;

CodeTable::CodeTable(ModuleCode* owner, const Module& module, CodeVariant variant)
    : owner_(owner), module_(module), variant_(variant) {
  const size_t defined = module.functions.size() - module.num_imported_functions;
  stubs_ = std::make_unique<Stub[]>(defined);
  const uint64_t handler = StubHandler();
  for (size_t i = 0; i < defined; ++i) {
    stubs_[i].handler = handler;
    stubs_[i].function = module.num_imported_functions + i;
    stubs_[i].code.store(nullptr, std::memory_order_relaxed);
  }
}

CodeTable::~CodeTable() = default;

const uint8_t* CodeTable::entry(FuncIdx defined) const {
  const uint8_t* code = stubs_[defined].code.load(std::memory_order_acquire);
  return code != nullptr ? code : reinterpret_cast<const uint8_t*>(&stubs_[defined]);
}

// Tail calls lead to full translations alone: no return address leads from first-tier code to their cells.
uint64_t CodeTable::TailCallWord(FuncIdx defined) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const uint8_t* code = stubs_[defined].code.load(std::memory_order_acquire);
  if (code != nullptr && codes_.at(code)->tier == nullptr) return reinterpret_cast<uint64_t>(code);
  return reinterpret_cast<uint64_t>(&stubs_[defined]) + kUnresolved;
}

absl::StatusOr<const uint8_t*> CodeTable::Translate(FuncIdx function) {
  Stub& stub = stubs_[function - module_.num_imported_functions];
  if (const uint8_t* code = stub.code.load(std::memory_order_acquire); code != nullptr) return code;
  if (module_.deferred_bodies != nullptr) RETURN_IF_ERROR(module_.deferred_bodies->Check(function));
  // Two threads may do the same work; the first one's result stays.
  std::unique_ptr<Code> code;
  if (FirstTierTurns() > 0) code = TranslateFirstTier({module_, owner_->layout(), variant_, this}, function);
  if (code == nullptr) {
    ASSIGN_OR_RETURN(code, TranslateFunction({module_, owner_->layout(), variant_, this}, function));
  }
  std::lock_guard<std::mutex> lock(mutex_);
  if (const uint8_t* first = stub.code.load(std::memory_order_acquire); first != nullptr) return first;
  const uint8_t* begin = code->begin();
  codes_.emplace(begin, std::move(code));
  stub.code.store(begin, std::memory_order_release);
  return begin;
}

// A full translation that there is: with an entry at that loop, or any. REQUIRES: mutex_ is held.
const Code* CodeTable::FindFull(FuncIdx function, uint32_t loop) const {
  const uint8_t* begin = stubs_[function - module_.num_imported_functions].code.load(std::memory_order_acquire);
  const Code* called = begin == nullptr ? nullptr : codes_.at(begin).get();
  if (loop == kNoLoopEntry) return called != nullptr && called->tier == nullptr ? called : nullptr;
  const auto full = full_.find(function);
  if (full == full_.end()) return nullptr;
  for (const Code* code : full->second) {
    if (code->loop_entry != nullptr && code->loop_entry->loop == loop) return code;
  }
  return nullptr;
}

absl::StatusOr<const Code*> CodeTable::TranslateFully(FuncIdx function, uint32_t loop) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (const Code* code = FindFull(function, loop)) return code;
    if (loop != kNoLoopEntry && full_[function].size() > kMaxLoopEntries) return nullptr;
  }
  if (module_.deferred_bodies != nullptr) RETURN_IF_ERROR(module_.deferred_bodies->Check(function));
  const TranslateContext context = {module_, owner_->layout(), variant_, this, loop};
  ASSIGN_OR_RETURN(std::unique_ptr<Code> code, TranslateFunction(context, function));
  return Publish(std::move(code), loop);
}

// The first full translation of a function is what is called from now on. Where another thread came first, its code stays.
const Code* CodeTable::Publish(std::unique_ptr<Code> code, uint32_t loop) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (const Code* first = FindFull(code->function, loop)) return first;
  const Code* published = code.get();
  std::vector<const Code*>& full = full_[code->function];
  Stub& stub = stubs_[code->function - module_.num_imported_functions];
  if (full.empty()) stub.code.store(code->begin(), std::memory_order_release);
  full.push_back(published);
  codes_.emplace(code->begin(), std::move(code));
  return published;
}

size_t CodeTable::code_count() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return codes_.size();
}

const Code* CodeTable::FindCode(const uint8_t* ip) const {
  std::lock_guard<std::mutex> lock(mutex_);
  auto it = codes_.upper_bound(ip);
  if (it == codes_.begin()) return nullptr;
  --it;
  return ip < it->first + it->second->size ? it->second.get() : nullptr;
}

// Code keeps no positions: they come from translating the body again, which gives the same cells.
std::optional<CodePosition> CodeTable::PositionOf(const uint8_t* ip) const {
  const Code* code = FindCode(ip);
  if (code == nullptr) return std::nullopt;
  std::lock_guard<std::mutex> lock(mutex_);
  auto [it, is_new] = positions_.try_emplace(code);
  Positions& positions = it->second;
  if (is_new) {
    TranslateRecord record;
    TranslateContext context = {module_, owner_->layout(), variant_, nullptr};
    if (code->loop_entry != nullptr) context.loop_entry = code->loop_entry->loop;
    if (code->tier != nullptr) {
      TranslateFirstTier(context, code->function, &record);
    } else if (!TranslateFunction(context, code->function, &record).ok()) {
      return std::nullopt;
    }
    for (const CellRecord& cell : record.cells) {
      positions.cells.push_back(cell.position);
      positions.offsets.push_back(cell.wasm_offset);
    }
  }
  const uint32_t position = static_cast<uint32_t>(ip - code->begin());
  auto after = std::upper_bound(positions.cells.begin(), positions.cells.end(), position);
  if (after == positions.cells.begin()) return std::nullopt;
  const size_t index = static_cast<size_t>(after - positions.cells.begin()) - 1;
  return CodePosition{&module_, code->function, positions.offsets[index]};
}

ModuleCode::ModuleCode(const Module& module) : module_(module), layout_(module) {}

ModuleCode* ModuleCode::Of(const Module& module) {
  ModuleAttachment* attachment = module.attachment();
  if (attachment == nullptr) attachment = module.SetAttachment(std::make_unique<ModuleCode>(module));
  return static_cast<ModuleCode*>(attachment);
}

CodeTable* ModuleCode::Table(CodeVariant variant) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::unique_ptr<CodeTable>& table = tables_[variant.index()];
  if (table == nullptr) table = std::make_unique<CodeTable>(this, module_, variant);
  return table.get();
}

}  // namespace umiak

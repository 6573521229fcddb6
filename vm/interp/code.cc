#include "vm/interp/code.h"

#include <algorithm>
#include <utility>

#include "umiak/error.h"
#include "vm/interp/stub.h"
#include "vm/translate/translate.h"

namespace umiak {

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

uint64_t CodeTable::TailCallWord(FuncIdx defined) const {
  const uint8_t* callee = entry(defined);
  const bool is_stub = callee == reinterpret_cast<const uint8_t*>(&stubs_[defined]);
  return reinterpret_cast<uint64_t>(callee) + (is_stub ? kUnresolved : 0);
}

absl::StatusOr<const uint8_t*> CodeTable::Translate(FuncIdx function) {
  Stub& stub = stubs_[function - module_.num_imported_functions];
  if (const uint8_t* code = stub.code.load(std::memory_order_acquire); code != nullptr) return code;
  if (module_.deferred_bodies != nullptr) RETURN_IF_ERROR(module_.deferred_bodies->Check(function));
  // Two threads may do the same work; the first one's result stays.
  auto translated = TranslateFunction({module_, owner_->layout(), variant_, this}, function);
  if (!translated.ok()) return std::move(translated).status();
  std::lock_guard<std::mutex> lock(mutex_);
  if (const uint8_t* code = stub.code.load(std::memory_order_acquire); code != nullptr) return code;
  const uint8_t* begin = (*translated)->begin();
  codes_.emplace(begin, *std::move(translated));
  stub.code.store(begin, std::memory_order_release);
  return begin;
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
  auto [it, is_new] = positions_.try_emplace(code->function);
  Positions& positions = it->second;
  if (is_new) {
    TranslateRecord record;
    if (!TranslateFunction({module_, owner_->layout(), variant_, nullptr}, code->function, &record).ok()) {
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

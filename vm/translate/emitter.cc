#include "vm/translate/emitter.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/interp/predictor.h"

namespace umiak {

namespace {

constexpr uint32_t kUnbound = 0xffffffff;
constexpr uint64_t kMaxShortSlot = 0xffff;

std::string ToText(const Place& place) {
  switch (place.kind) {
    case Place::kRegister:
      return absl::StrCat(place.bank == Bank::kInt ? "r" : "f", place.value);
    case Place::kSlot:
      return absl::StrCat("s", place.value);
    default:
      return place.value < 4096 ? absl::StrCat("#", place.value)
                                : absl::StrCat("#0x", absl::Hex(place.value));
  }
}

// PERF: stores of a known width are no calls.
void StoreImmediate(uint8_t* to, const Place& place, uint32_t bytes) {
  if (bytes == 4) return StoreBytes<uint32_t>(to, static_cast<uint32_t>(place.value));
  if (bytes == 8) return StoreBytes<uint64_t>(to, place.value);
  const uint64_t both[2] = {place.value, place.high};
  std::memcpy(to, both, bytes);
}
void StoreExtra(uint8_t* to, const uint8_t* from, uint32_t bytes) {
  switch (bytes) {
    case 0: return;
    case 4: return StoreBytes<uint32_t>(to, LoadBytes<uint32_t>(from));
    case 8: return StoreBytes<uint64_t>(to, LoadBytes<uint64_t>(from));
    default: std::memcpy(to, from, bytes);
  }
}

// Whether FuseMoves or FuseIntoBranch may take the cell in.
bool IsJoined(Op op) {
  return op == Op::kMoveInt || op == Op::kMoveShort || op == Op::kI32Add || op == Op::kI64Add;
}

}  // namespace

void Words::reserve(size_t capacity) {
  auto words = std::make_unique_for_overwrite<uint64_t[]>(capacity);
  std::copy_n(words_.get(), size_, words.get());
  words_ = std::move(words);
  capacity_ = capacity;
}

// PERF: what Ordinal, count and Bytes of the specification say, in one go.
bool Emitter::FitsAt(const OperandSpec& spec, const Place& place, Fit* out) {
  const uint32_t registers = static_cast<uint32_t>(spec.registers());
  const uint32_t in_slot = spec.in_slot ? 1 : 0;
  out->count = static_cast<uint8_t>(registers + in_slot + (spec.imm_bytes != 0 ? 1 : 0));
  if (place.is_register()) {
    out->operand_class = static_cast<OperandClass>(place.value);
    out->ordinal = static_cast<uint8_t>(place.value);
    out->bytes = 0;
    return place.value < registers;
  }
  if (place.is_slot()) {
    out->operand_class = kSlot;
    out->ordinal = static_cast<uint8_t>(registers);
    out->bytes = sizeof(uint16_t);
    return spec.in_slot && place.value <= kMaxShortSlot;
  }
  out->operand_class = kImm;
  out->ordinal = static_cast<uint8_t>(registers + in_slot);
  out->bytes = spec.imm_bytes;
  return spec.imm_bytes != 0 && (spec.imm_bytes != 4 || spec.bank != Bank::kInt || place.value <= 0xffffffffu);
}

bool Emitter::Fits(Op op, absl::Span<const Place> operands) const {
  const OpInfo& info = InfoOf(op);
  Fit fit;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (!FitsAt(info.operands[i], operands[i], &fit)) return false;
  }
  return true;
}

// Moves an operand into a scratch slot; for a result only names the slot.
Place Emitter::MakeFit(const Place& place, const OperandSpec& spec, uint32_t* used) {
  if (*used + place.words > kLegalSlots) *used = 0;  // only a result: it may take the place of operands
  Place slot = Place::Slot(place.bank, scratch_ + *used, place.words);
  *used += place.words;
  if (record_ != nullptr) ++record_->fallback_cells;
  if (!spec.is_result) Move(place, slot);
  return slot;
}

// The cell that compares an address with the size of a checked memory, for the access that follows.
void Emitter::EmitCheck(const AddressAt& at, absl::Span<const Place> operands, const Extra& extra) {
  const auto word = [&](int8_t i) { return i < 0 ? 0u : LoadBytes<uint32_t>(extra.bytes().data() + i); };
  const Place index = at.has_index ? operands[1] : Place::Imm(word(at.constant_at));
  Emit(at.is_atomic ? Op::kCheckAtomicAddress : Op::kCheckAddress, {operands[0], index},
       Extra().U32(word(at.offset_at)).U8(at.width).U8(at.shift));
}

uint32_t Emitter::Emit(Op op, std::initializer_list<Place> operands, const Extra& extra, uint64_t tail) {
  const OpInfo& info = InfoOf(op);
  const absl::Span<const Place> places(operands.begin(), operands.size());
  if (checked_ && info.handlers[1] == nullptr) EmitCheck(info.address, places, extra);
  Fit fits[kMaxOperands];
  bool fit = !info.commutative || !places[0].is_imm() || places[1].is_imm();
  for (size_t i = 0; fit && i < places.size(); ++i) fit = FitsAt(info.operands[i], places[i], &fits[i]);
  return fit ? Write(op, info, places, fits, extra, 0, tail) : EmitMadeToFit(op, places, extra, tail);
}

uint32_t Emitter::EmitMadeToFit(Op op, absl::Span<const Place> operands, const Extra& extra, uint64_t tail) {
  const OpInfo& info = InfoOf(op);
  Place places[kMaxOperands];
  Fit fits[kMaxOperands];
  std::copy(operands.begin(), operands.end(), places);
  if (info.commutative && places[0].is_imm() && !places[1].is_imm()) std::swap(places[0], places[1]);
  Place wanted[kMaxOperands];
  bool is_moved[kMaxOperands];
  uint32_t used = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    is_moved[i] = !FitsAt(info.operands[i], places[i], &fits[i]);
    if (!is_moved[i]) continue;
    wanted[i] = places[i];
    places[i] = MakeFit(places[i], info.operands[i], &used);
    FitsAt(info.operands[i], places[i], &fits[i]);
  }
  uint32_t position = Write(op, info, absl::MakeConstSpan(places, operands.size()), fits, extra, 0, tail);
  for (size_t i = 0; i < operands.size(); ++i) {
    if (info.operands[i].is_result && is_moved[i]) Move(places[i], wanted[i]);
  }
  return position;
}

// Only of a commutative operation is the kind that of other operands: sorted ones.
CellKind Emitter::KindOfCell(Op op, const OpInfo& info, int variant, const Fit* fits) {
  if (!info.commutative) return KindFrom(op, variant);
  OperandClass classes[kMaxOperands];
  for (int i = 0; i < info.operand_count; ++i) classes[i] = fits[i].operand_class;
  return KindOf(op, classes);
}

// PERF: the layout is that of LayoutOf and VariantOf, found on the way.
uint32_t Emitter::Write(Op op, const OpInfo& info, absl::Span<const Place> operands, const Fit* fits, const Extra& extra,
                        uint32_t more_bytes, uint64_t tail) {
  const uint32_t own_bytes = static_cast<uint32_t>(extra.bytes().size());
  uint32_t extra_at = kHandlerBytes;
  int variant = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    extra_at += fits[i].bytes;
    variant = variant * fits[i].count + fits[i].ordinal;
  }
  const uint32_t extra_end = extra_at + std::max<uint32_t>(own_bytes + more_bytes, info.extra_bytes);
  const uint32_t length = ((extra_end + 7) & ~7u) + (info.aligned_tail ? 8 : 0);
  const uint32_t position = size();
  last_cell_ = position;
  last_op_ = op;
  if (IsJoined(op)) std::copy(operands.begin(), operands.end(), last_operands_);
  if (with_chains_) {
    cells_.push_back(position);
    kinds_.push_back(KindOfCell(op, info, variant, fits));
  }
  words_.resize(words_.size() + length / 8);
  const Handler* handlers = info.handlers[checked_ && info.handlers[1] != nullptr ? 1 : 0];
  StoreBytes<Handler>(At(position), handlers[variant]);
  uint8_t* to = At(position) + kHandlerBytes;
  for (size_t i = 0; i < operands.size(); ++i) {
    const OperandClass c = fits[i].operand_class;
    if (c == kSlot) {
      StoreBytes<uint16_t>(to, static_cast<uint16_t>(operands[i].value));
      to += sizeof(uint16_t);
    } else if (c == kImm) {
      StoreImmediate(to, operands[i], fits[i].bytes);
      to += fits[i].bytes;
    }
  }
  StoreExtra(to, extra.bytes().data(), own_bytes);
  if (info.aligned_tail) StoreBytes<uint64_t>(At(position + length - 8), tail);
  if (record_ != nullptr) Record(op, position, operands);
  return position + extra_at;
}

void Emitter::Record(Op op, uint32_t position, absl::Span<const Place> operands) {
  CellRecord cell{position, op, wasm_offset_, {}, 1};
  if (record_->listing) {
    const OpInfo& info = InfoOf(op);
    for (size_t i = 0; i < operands.size(); ++i) {
      const char* glue = i == 0 ? "" : info.operands[i].is_result ? " -> " : ", ";
      absl::StrAppend(&cell.operands, glue, i == 0 && info.operands[i].is_result ? "-> " : "", ToText(operands[i]));
    }
  }
  record_->cells.push_back(std::move(cell));
}

// Adds where the cell may branch to: " => 0x0040".
void Emitter::RecordTarget(const Fixup& fixup) {
  if (record_ == nullptr || !record_->listing) return;
  const auto cell = std::lower_bound(record_->cells.begin(), record_->cells.end(), fixup.cell,
                                     [](const CellRecord& a, uint32_t position) { return a.position < position; });
  absl::StrAppend(&cell->operands, cell->operands.empty() ? "" : " ", "=> 0x",
                  absl::Hex(labels_[fixup.label], absl::kZeroPad4));
}

// Takes back the cell that was written last.
void Emitter::RemoveLast() {
  words_.resize(last_cell_ / 8);
  if (with_chains_) {
    cells_.pop_back();
    kinds_.pop_back();
  }
  if (record_ != nullptr) record_->cells.pop_back();
}

// The last cell and a move in one cell, where that one is a move too and nothing branches in between. Both sources are
// read first then: the second must not be what the first one writes.
bool Emitter::FuseMoves(const Place& from, const Place& to) {
  if (last_op_ != Op::kMoveInt && last_op_ != Op::kMoveShort) return false;
  if (last_label_ == size() || to.bank != Bank::kInt || to.words != 1) return false;
  const Place first = last_operands_[0];
  const Place first_to = last_operands_[1];
  const Place operands[] = {first, first_to, from, to};
  if (from == first_to || !Fits(Op::kMoveTwo, operands)) return false;
  RemoveLast();
  Emit(Op::kMoveTwo, {first, first_to, from, to});
  return true;
}

void Emitter::Move(const Place& from, const Place& to) {
  if (from == to) return;
  if (from.is_slot() && to.is_slot() && (from.value > kMaxShortSlot || to.value > kMaxShortSlot)) {
    MoveRange(static_cast<uint32_t>(from.value), static_cast<uint32_t>(to.value), to.words);
    return;
  }
  if (FuseMoves(from, to)) return;
  if (to.words == 2) {
    Emit(Op::kMoveV128, {from, to});
  } else if (to.bank == Bank::kFloat) {
    Emit(Op::kMoveFloat, {from, to});
  } else if (from.is_imm() && from.value <= 0xffffffffu) {
    Emit(Op::kMoveShort, {from, to});
  } else {
    Emit(Op::kMoveInt, {from, to});
  }
}

void Emitter::MoveRange(uint32_t from, uint32_t to, uint32_t count) {
  if (count == 0 || from == to) return;
  Emit(Op::kMoveWide, {}, Extra().U32(from).U32(to).U32(count));
}

LabelId Emitter::NewLabel() {
  labels_.push_back(kUnbound);
  return static_cast<LabelId>(labels_.size() - 1);
}

LabelId Emitter::NewLabels(size_t count) {
  const LabelId first = static_cast<LabelId>(labels_.size());
  labels_.resize(labels_.size() + count, kUnbound);
  return first;
}

void Emitter::Bind(LabelId label) {
  labels_[label] = size();
  last_label_ = size();
}

// The last cell and a branch in one cell, where there is such a thing and nothing branches in between.
bool Emitter::FuseIntoBranch(LabelId label) {
  if (last_label_ == size()) return false;
  Op op;
  size_t count = 2;
  switch (last_op_) {
    case Op::kMoveInt:
    case Op::kMoveShort: op = Op::kMoveBr; break;
    case Op::kI32Add: op = Op::kI32AddBr, count = 3; break;
    case Op::kI64Add: op = Op::kI64AddBr, count = 3; break;
    default: return false;
  }
  const Place operands[] = {last_operands_[0], last_operands_[1], last_operands_[2]};
  if (!Fits(op, absl::MakeConstSpan(operands, count))) return false;
  RemoveLast();
  if (count == 2) {
    EmitBranch(op, {operands[0], operands[1]}, label);
  } else {
    EmitBranch(op, {operands[0], operands[1], operands[2]}, label);
  }
  return true;
}

void Emitter::EmitBranch(Op op, std::initializer_list<Place> operands, LabelId label, const Extra& after_distance) {
  if (op == Op::kBr && FuseIntoBranch(label)) return;
  Extra extra;
  extra.U32(0);
  extra.Append(after_distance);
  uint32_t field = Emit(op, operands, extra);
  fixups_.push_back({last_cell_, field, label});
}

Emitter::Table Emitter::EmitBranchTable(Op op, const Place& index, Extra before, absl::Span<const LabelId> labels) {
  const OpInfo& info = InfoOf(op);
  Fit fit;
  uint32_t used = 0;
  Place place = FitsAt(info.operands[0], index, &fit) ? index : MakeFit(index, info.operands[0], &used);
  FitsAt(info.operands[0], place, &fit);
  uint32_t count = static_cast<uint32_t>(labels.size());
  before.U32(count - 1);
  const uint32_t first = Write(op, info, {&place, 1}, &fit, before, 4 * count, 0) + static_cast<uint32_t>(before.bytes().size());
  for (uint32_t i = 0; i < count; ++i) fixups_.push_back({last_cell_, first + 4 * i, labels[i]});
  const LabelId cell = NewLabel();
  labels_[cell] = last_cell_;
  return {cell, first - last_cell_, count - 1};
}

void Emitter::EmitTableCopy(Op op, const Place& index, Extra before, const Table& table) {
  const uint32_t at = static_cast<uint32_t>(before.bytes().size());
  const uint32_t field = Emit(op, {index}, before.U32(0).U32(table.count).U32(table.first));
  fixups_.push_back({last_cell_, field + at, table.cell});
}

// Has neighbouring cells run as one where there is a handler for them: from each cell on, in the fewest dispatches. A cell
// that does not go on to the next one ends a chain, and is in none but as its end.
void Emitter::FormChains() {
  std::vector<uint32_t> dispatches(cells_.size() + 1);
  Chain chains[kMaxChain - 1];
  for (size_t i = cells_.size(); i-- > 0;) {
    dispatches[i] = dispatches[i + 1] + 1;
    const int found = FindChains(absl::MakeConstSpan(kinds_).subspan(i), checked_, chains);
    for (int n = 0; n < found; ++n) {
      const uint32_t count = dispatches[i + chains[n].cells] + 1;
      if (count >= dispatches[i]) continue;
      dispatches[i] = count;
      StoreBytes<Handler>(At(cells_[i]), chains[n].handler);
      if (record_ != nullptr) record_->cells[i].chain = chains[n].cells;
    }
  }
}

std::unique_ptr<Code> Emitter::Finish(FuncIdx function) {
#if !defined(UMIAK_COUNT_CELLS)  // cells are counted one by one
  FormChains();
#endif
  for (const Fixup& fixup : fixups_) {
    // SAFETY: a branch that leads nowhere would run whatever lies there as a handler.
    if (labels_[fixup.label] == kUnbound) std::abort();
    StoreBytes<int32_t>(At(fixup.field), static_cast<int32_t>(labels_[fixup.label] - fixup.cell));
    RecordTarget(fixup);
  }
  auto code = std::make_unique<Code>();
  code->size = size();
  code->function = function;
  // PERF: neighbours in the module, which a table may hold, differ in the bit that TellWay looks at.
  constexpr size_t kShift = kEntryBit / sizeof(uint64_t);
  static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= kEntryBit);
  code->words = std::make_unique_for_overwrite<uint64_t[]>(words_.size() + kShift);
  uint64_t* start = code->words.get();
  if (((reinterpret_cast<uintptr_t>(start) / kEntryBit + function) & 1) != 0) start += kShift;
  std::memcpy(start, words_.data(), code->size);
  code->start = reinterpret_cast<const uint8_t*>(start);
  return code;
}

}  // namespace umiak

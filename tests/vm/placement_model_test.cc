// Random functions run three times: by a stack machine that follows the specification, by an evaluator of the
// intermediate form in which every vreg is a variable, and by one in which values live where Placement says.
// All must do the same, the last one also where it starts anew at the header of a loop, with what the stack machine has
// then in slots.
#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/wat.h"
#include "umiak/instruction_reader.h"
#include "umiak/load.h"
#include "vm/translate/builder.h"
#include "vm/translate/flow.h"
#include "vm/translate/registers.h"

namespace umiak::ir {
namespace {

struct Word {
  uint64_t low = 0;
  uint64_t high = 0;
  bool is_vector = false;  // known of the stack machine's words only
  friend bool operator==(const Word& a, const Word& b) { return a.low == b.low && a.high == b.high; }
};

// What a run shows to the outside: calls with their arguments, and the results. `done` if it came to its end.
struct Exception {
  TagIdx tag;
  std::vector<Word> args;
};
struct Trace {
  std::vector<uint64_t> words;
  bool done = false;
  bool trapped = false;
  std::vector<Exception> exceptions;  // a reference to one is its number + 1

  // A run ends with an exception that nobody catches.
  void Escape(uint64_t exception) {
    words.push_back(~exception);
    done = true;
  }
};

uint64_t Mix(uint64_t a, uint64_t b) { return (a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdu; }

Word Truncate(ValType::Kind type, uint64_t bits) {
  switch (type) {
    case ValType::kI32: return {static_cast<uint32_t>(bits), 0};
    case ValType::kV128: return {bits, ~bits, true};
    default: return {bits & 0x7fefffffffffffff, 0};  // no NaN
  }
}

// Instructions do something, the same in all three machines; what exactly is not the matter here.
Word Compute(Opcode opcode, const Word& a, const Word& b, uint32_t lane) {
  const auto i32 = [](uint64_t bits) { return Word{static_cast<uint32_t>(bits), 0}; };
  double x, y;
  std::memcpy(&x, &a.low, 8);
  std::memcpy(&y, &b.low, 8);
  switch (opcode) {
    case Opcode::kI32Add: return i32(a.low + b.low);
    case Opcode::kI32Sub: return i32(a.low - b.low);
    case Opcode::kI32Mul: return i32(a.low * b.low);
    case Opcode::kI32Xor: return i32(a.low ^ b.low);
    case Opcode::kI32Eqz:
    case Opcode::kI64Eqz: return i32(a.low == 0);
    case Opcode::kI32Eq:
    case Opcode::kI64Eq: return i32(a.low == b.low);
    case Opcode::kI32Ne:
    case Opcode::kI64Ne: return i32(a.low != b.low);
    case Opcode::kI32LtS: return i32(static_cast<int32_t>(a.low) < static_cast<int32_t>(b.low));
    case Opcode::kI32GtS: return i32(static_cast<int32_t>(a.low) > static_cast<int32_t>(b.low));
    case Opcode::kI32LeS: return i32(static_cast<int32_t>(a.low) <= static_cast<int32_t>(b.low));
    case Opcode::kI32GeS: return i32(static_cast<int32_t>(a.low) >= static_cast<int32_t>(b.low));
    case Opcode::kI32WrapI64: return i32(a.low);
    case Opcode::kI64ExtendI32U: return a;
    case Opcode::kI64Add: return {a.low + b.low, 0};
    case Opcode::kI64Sub: return {a.low - b.low, 0};
    case Opcode::kF64Lt: return i32(x < y);
    case Opcode::kF64Gt: return i32(x > y);
    case Opcode::kF64Copysign: return {(a.low & ~(uint64_t{1} << 63)) | (b.low & (uint64_t{1} << 63)), 0};
    case Opcode::kF64Neg: return {a.low ^ (uint64_t{1} << 63), 0};
    case Opcode::kF64ReinterpretI64: return Truncate(ValType::kF64, a.low);
    case Opcode::kI64ReinterpretF64: return {a.low, 0};
    case Opcode::kI64x2Splat: return {a.low, a.low, true};
    case Opcode::kV128Xor: return {a.low ^ b.low, a.high ^ b.high, true};
    case Opcode::kI64x2ExtractLane: return {lane == 0 ? a.low : a.high, 0};
    default: FAIL("no model of ", InfoOf(opcode).text); return {};
  }
}

uint64_t MakeException(TagIdx tag, std::vector<Word> args, Trace* trace) {
  trace->words.push_back(tag);
  for (const Word& arg : args) trace->words.push_back(arg.low);
  trace->exceptions.push_back({tag, std::move(args)});
  return trace->exceptions.size();
}

// Every so often it throws instead: *exception is set.
std::vector<Word> HostCall(const Module& module, uint32_t function, const std::vector<Word>& arguments, Trace* trace,
                           uint64_t* exception) {
  const FuncType& type = module.TypeOfFunction(function);
  uint64_t hash = function + 1;
  for (const Word& argument : arguments) hash = Mix(Mix(hash, argument.low), argument.high);
  trace->words.push_back(hash);
  std::vector<Word> results;
  *exception = 0;
  if (!module.tags.empty() && (hash ^ trace->words.size()) % 4 == 0) {
    const TagIdx tag = hash / 4 % module.tags.size();
    for (ValType param : module.types[module.tags[tag].type].func.params) {
      results.push_back(Truncate(param.kind(), hash = Mix(hash, trace->words.size())));
    }
    *exception = MakeException(tag, results, trace);
    return {};
  }
  for (ValType result : type.results) results.push_back(Truncate(result.kind(), hash = Mix(hash, trace->words.size())));
  return results;
}

// --- The specification's machine ---

// At the start of a pass through a loop.
struct LoopState {
  uint32_t loop;  // the instruction's offset
  std::vector<Word> locals, stack;
};

class StackMachine {
 public:
  StackMachine(const Module& module, FuncIdx index) : module_(module), type_(module.TypeOfFunction(index)) {
    InstructionReader reader(module.bytes(), module.functions[index].body);
    Instruction instr;
    std::vector<size_t> open;
    while (reader.Read(&instr)) {
      if (instr.opcode == Opcode::kBrTable) tables_[code_.size()].assign(instr.labels.begin(), instr.labels.end());
      if (instr.opcode == Opcode::kTryTable) clauses_[code_.size()].assign(instr.catches.begin(), instr.catches.end());
      if (instr.opcode == Opcode::kBlock || instr.opcode == Opcode::kLoop || instr.opcode == Opcode::kIf ||
          instr.opcode == Opcode::kTryTable || instr.opcode == Opcode::kTry) {
        open.push_back(code_.size());
      } else if (instr.opcode == Opcode::kCatch || instr.opcode == Opcode::kCatchAll) {
        catches_[open.back()].push_back(code_.size());
      } else if (instr.opcode == Opcode::kDelegate) {
        catches_[open.back()].push_back(code_.size());
        end_[open.back()] = code_.size();
        open.pop_back();
      } else if (instr.opcode == Opcode::kElse) {
        else_[open.back()] = code_.size();
      } else if (instr.opcode == Opcode::kEnd && !open.empty()) {
        end_[open.back()] = code_.size();
        if (auto it = else_.find(open.back()); it != else_.end()) end_[it->second] = code_.size();
        open.pop_back();
      }
      code_.push_back(instr);
    }
    locals_.resize(type_.params.size());
    for (const LocalRun& run : module.functions[index].locals) {
      locals_.resize(locals_.size() + run.count, Word{0, 0, run.type.kind() == ValType::kV128});
    }
  }
  const std::vector<LoopState>& loop_states() const { return loop_states_; }

  Trace Run(const std::vector<Word>& arguments, int fuel) {
    std::copy(arguments.begin(), arguments.end(), locals_.begin());
    labels_.push_back({type_.results.size(), 0, code_.size() - 1, false, 0, 0});
    for (pc_ = 0; pc_ < code_.size() && fuel-- > 0; ++pc_) {
      if (!Step(code_[pc_])) break;
    }
    return trace_;
  }

 private:
  struct Frame {
    size_t arity;
    size_t height;
    size_t target;
    bool is_loop;
    size_t opener;       // 0: catches nothing
    uint64_t exception;  // legacy: what was caught
  };
  Word Pop() {
    const Word word = stack_.back();
    stack_.pop_back();
    return word;
  }
  size_t Count(const BlockType& type, bool params) const {
    if (type.kind == BlockType::kEmpty) return 0;
    if (type.kind == BlockType::kValue) return params ? 0 : 1;
    const FuncType& func = module_.types[type.index].func;
    return params ? func.params.size() : func.results.size();
  }
  void Enter(const Instruction& instr) {
    const bool is_loop = instr.opcode == Opcode::kLoop;
    if (is_loop) loop_states_.push_back({instr.offset, locals_, stack_});
    const size_t params = Count(instr.block_type, true);
    labels_.push_back({is_loop ? params : Count(instr.block_type, false), stack_.size() - params,
                       is_loop ? pc_ : end_[pc_], is_loop, pc_ + 1, 0});
  }
  void Drop(const Exception& exception, size_t height) {
    stack_.resize(height);
    stack_.insert(stack_.end(), exception.args.begin(), exception.args.end());
  }
  bool Throw(uint64_t id) {
    const Exception exception = trace_.exceptions[id - 1];
    for (size_t depth = labels_.size(); depth-- > 0;) {
      Frame& frame = labels_[depth];
      if (frame.opener == 0 || frame.exception != 0) continue;
      for (const CatchClause& clause : clauses_[frame.opener - 1]) {
        const bool all = clause.kind == CatchClause::kCatchAll || clause.kind == CatchClause::kCatchAllRef;
        if (!all && clause.tag != exception.tag) continue;
        Drop(all ? Exception{} : exception, frame.height);
        if (clause.kind == CatchClause::kCatchRef || clause.kind == CatchClause::kCatchAllRef) stack_.push_back({id, 0});
        labels_.resize(depth);
        return Branch(clause.label);
      }
      for (size_t at : catches_[frame.opener - 1]) {
        if (code_[at].opcode == Opcode::kDelegate) {
          depth -= code_[at].index;  // and one more, by the loop
          break;
        }
        if (code_[at].opcode == Opcode::kCatch && code_[at].index != exception.tag) continue;
        Drop(code_[at].opcode == Opcode::kCatch ? exception : Exception{}, frame.height);
        frame.exception = id;
        labels_.resize(depth + 1);
        pc_ = at;
        return true;
      }
    }
    trace_.Escape(id);
    return false;
  }
  bool Branch(uint32_t depth) {
    const Frame frame = labels_[labels_.size() - 1 - depth];
    std::copy(stack_.end() - static_cast<long>(frame.arity), stack_.end(), stack_.begin() + static_cast<long>(frame.height));
    stack_.resize(frame.height + frame.arity);
    labels_.resize(labels_.size() - depth - (frame.is_loop ? 0 : 1));
    pc_ = frame.target;
    if (frame.is_loop) loop_states_.push_back({code_[pc_].offset, locals_, stack_});
    return labels_.empty() ? Finish() : true;
  }
  bool Finish() {
    for (size_t i = stack_.size() - type_.results.size(); i < stack_.size(); ++i) trace_.words.push_back(stack_[i].low);
    trace_.done = true;
    return false;
  }
  bool Step(const Instruction& instr) {
    switch (instr.opcode) {
      case Opcode::kBlock:
      case Opcode::kTryTable:
      case Opcode::kTry:
      case Opcode::kLoop: Enter(instr); return true;
      case Opcode::kCatch:
      case Opcode::kCatchAll: pc_ = end_[labels_.back().opener - 1] - 1; return true;
      case Opcode::kRethrow: return Throw(labels_[labels_.size() - 1 - instr.index].exception);
      case Opcode::kThrow: {
        const size_t count = module_.types[module_.tags[instr.index].type].func.params.size();
        const std::vector<Word> args(stack_.end() - static_cast<long>(count), stack_.end());
        return Throw(MakeException(instr.index, args, &trace_));
      }
      case Opcode::kThrowRef:
        if (stack_.back().low != 0) return Throw(Pop().low);
        trace_.done = trace_.trapped = true;
        return false;
      case Opcode::kIf: {
        const bool condition = Pop().low != 0;
        Enter(instr);
        if (condition) return true;
        if (auto it = else_.find(pc_); it != else_.end()) {
          pc_ = it->second;
        } else {
          pc_ = end_[pc_] - 1;
        }
        return true;
      }
      case Opcode::kElse: pc_ = end_[pc_] - 1; return true;
      case Opcode::kDelegate:
      case Opcode::kEnd: labels_.pop_back(); return labels_.empty() ? Finish() : true;
      case Opcode::kBr: return Branch(instr.index);
      case Opcode::kBrIf: return Pop().low != 0 ? Branch(instr.index) : true;
      case Opcode::kBrTable: {
        const std::vector<LabelIdx>& table = tables_[pc_];
        return Branch(table[std::min<size_t>(Pop().low, table.size() - 1)]);
      }
      case Opcode::kReturn: return Branch(static_cast<uint32_t>(labels_.size() - 1));
      case Opcode::kUnreachable: trace_.done = trace_.trapped = true; return false;
      case Opcode::kDrop: Pop(); return true;
      case Opcode::kSelect:
      case Opcode::kSelectT: {
        const bool condition = Pop().low != 0;
        const Word b = Pop(), a = Pop();
        stack_.push_back(condition ? a : b);
        return true;
      }
      case Opcode::kLocalGet: stack_.push_back(locals_[instr.index]); return true;
      case Opcode::kLocalSet: locals_[instr.index] = Pop(); return true;
      case Opcode::kLocalTee: locals_[instr.index] = stack_.back(); return true;
      case Opcode::kI32Const: stack_.push_back({static_cast<uint32_t>(instr.bits), 0}); return true;
      case Opcode::kI64Const:
      case Opcode::kF64Const: stack_.push_back({instr.bits, 0}); return true;
      case Opcode::kCall: {
        const FuncType& type = module_.TypeOfFunction(instr.index);
        const std::vector<Word> arguments(stack_.end() - static_cast<long>(type.params.size()), stack_.end());
        stack_.resize(stack_.size() - arguments.size());
        uint64_t exception;
        for (const Word& word : HostCall(module_, instr.index, arguments, &trace_, &exception)) stack_.push_back(word);
        return exception == 0 || Throw(exception);
      }
      default: {
        const Signature& signature = InfoOf(instr.opcode).signature;
        const Word b = signature.param_count == 2 ? Pop() : Word{};
        const Word a = Pop();
        stack_.push_back(Compute(instr.opcode, a, b, instr.lane));
        return true;
      }
    }
  }

  const Module& module_;
  const FuncType& type_;
  std::vector<Instruction> code_;
  std::map<size_t, size_t> else_, end_;
  std::map<size_t, std::vector<CatchClause>> clauses_;
  std::map<size_t, std::vector<size_t>> catches_;  // of a legacy try
  std::map<size_t, std::vector<LabelIdx>> tables_;
  std::vector<Word> stack_, locals_;
  std::vector<Frame> labels_;
  size_t pc_ = 0;
  std::vector<LoopState> loop_states_;
  Trace trace_;
};

// --- The intermediate form, with or without places ---

class Evaluator {
 public:
  Evaluator(const Function& function, const Placement* placement)
      : f_(function), placement_(placement), vregs_(function.vregs.size()) {
    slots_.assign((placement_ != nullptr ? placement_->frame_slots() : f_.operand_slots) + 1, 0xbad0bad0bad0bad0u);
    Clobber();
  }
  // At every n-th start of a pass through a loop, go on with nothing but what the stack machine has there.
  void EnterLoops(const std::vector<LoopState>* states, size_t n) {
    loop_states_ = states;
    period_ = n;
  }

  Trace Run(const std::vector<Word>& arguments, int fuel) {
    for (VReg v = 0; v < f_.param_count; ++v) WriteAt(v, arguments[v], placement_ ? placement_->HomeOf(v) : Location());
    if (placement_ != nullptr) {
      std::vector<Transfer> transfers;
      placement_->EntryTransfers(&transfers);
      Move(transfers);
    }
    for (BlockId block = 0; block != kNone && fuel > 0;) {
      block_ = block;
      const Block& info = f_.blocks[block];
      if (info.is_loop_header && loop_states_ != nullptr) StartPass();
      for (NodeId id = info.first; id < info.end; ++id) {
        --fuel;
        if (f_.nodes[id].is_terminator()) {
          block = Leave(id, f_.nodes[id], info);
        } else if (!Do(id, f_.nodes[id])) {
          block = Land(f_.nodes[id].region);
          break;
        }
      }
    }
    return trace_;
  }

 private:
  void Clobber() {
    for (auto& bank : registers_) {
      for (Word& word : bank) word = {0xdeaddeaddeaddeadu, 0xdeaddeaddeaddeadu};
    }
  }
  Word ReadAt(VReg v, Location location) const {
    if (location.kind == Location::kNowhere) return vregs_[v];
    if (location.is_register()) return registers_[static_cast<int>(location.bank)][location.index];
    return {slots_[location.index], f_.vregs[v].type == ValType::kV128 ? slots_[location.index + 1] : 0};
  }
  void WriteAt(VReg v, const Word& word, Location location) {
    vregs_[v] = word;
    if (location.is_register()) registers_[static_cast<int>(location.bank)][location.index] = word;
    if (location.is_slot()) {
      slots_[location.index] = word.low;
      if (f_.vregs[v].type == ValType::kV128) slots_[location.index + 1] = word.high;
    }
  }
  // Without places, pinned vregs still are slots by nature.
  Location At(VReg v) const {
    if (placement_ != nullptr) return placement_->At(v, block_);
    const VRegInfo& info = f_.vregs[v];
    return info.kind == VRegKind::kPinned ? Location{Location::kSlot, BankOf(info.type), info.height} : Location();
  }
  Word Read(const Operand& operand) const {
    if (operand.kind == Operand::kV128Const) return {};
    return operand.is_vreg() ? ReadAt(operand.vreg(), At(operand.vreg())) : Word{operand.bits, 0};
  }
  std::vector<Word> ReadArguments(const Node& node) const {
    std::vector<Word> words;
    for (const Operand& operand : f_.Arguments(node)) words.push_back(Read(operand));
    return words;
  }
  void Move(const std::vector<Transfer>& transfers) {
    std::vector<Word> words;
    for (const Transfer& t : transfers) {
      words.push_back(t.constant ? Word{t.constant.bits, 0}
                      : t.from.is_register() ? registers_[static_cast<int>(t.from.bank)][t.from.index]
                                             : Word{slots_[t.from.index], t.type == ValType::kV128 ? slots_[t.from.index + 1] : 0});
    }
    for (size_t i = 0; i < words.size(); ++i) WriteAt(transfers[i].vreg, words[i], transfers[i].to);
  }
  bool Holds(const Node& node, int at) const {
    return (Compute(node.condition, Read(node.in[at]), Read(node.in[at + 1]), 0).low != 0) != node.negated;
  }

  void Save(NodeId id) {
    if (placement_ == nullptr) return;
    for (const CallSave& save : placement_->SavesAt(id)) {
      if (save.store) {
        WriteAt(save.vreg, ReadAt(save.vreg, save.reg), save.slot);
      } else {
        CHECK(ReadAt(save.vreg, save.reg) == ReadAt(save.vreg, save.slot));
      }
    }
  }

  // See LoopEntry.
  void StartPass() {
    if (next_state_ == loop_states_->size()) return;  // the stack machine ran out of fuel
    const LoopState& state = (*loop_states_)[next_state_++];
    REQUIRE(f_.nodes[f_.blocks[block_].first - 1].offset == state.loop);
    if (next_state_ % period_ != 0) return;
    Clobber();
    for (uint64_t& slot : slots_) slot = 0xbad1bad1bad1bad1u;
    for (VReg v = 0; v < f_.local_count; ++v) WriteAt(v, state.locals[v], placement_->HomeOf(v));
    size_t slot = placement_->operand_base();
    for (const Word& word : state.stack) {
      REQUIRE(slot + 2 <= slots_.size());
      slots_[slot++] = word.low;
      if (word.is_vector) slots_[slot++] = word.high;
    }
    std::vector<Transfer> transfers;
    placement_->LandingTransfers(block_, &transfers);
    Move(transfers);
  }

  // Where `thrown_` lands; nowhere if it leaves the function.
  BlockId Land(RegionId region) {
    Clobber();
    for (; region != kNone; region = f_.regions[region].parent) {
      for (const Region::Clause& clause : f_.regions[region].clauses) {
        if (clause.tag == kNone || clause.tag == trace_.exceptions[thrown_ - 1].tag) return clause.landing;
      }
    }
    trace_.Escape(thrown_);
    return kNone;
  }
  void Catch(const Node& node) {
    if (placement_ != nullptr) {
      std::vector<Transfer> transfers;
      placement_->LandingTransfers(block_, &transfers);
      Move(transfers);
    }
    const Exception& exception = trace_.exceptions[thrown_ - 1];
    for (size_t i = 0; i < node.result_count; ++i) WriteAt(f_.Results(node)[i], exception.args[i], At(f_.Results(node)[i]));
    if (node.result != kNone) WriteAt(node.result, {thrown_, 0}, At(node.result));
  }

  // False: it threw.
  bool Do(NodeId id, const Node& node) {
    if (node.kind == NodeKind::kMove) {
      WriteAt(node.result, Read(node.in[0]), At(node.result));
    } else if (node.kind == NodeKind::kCatch) {
      Catch(node);
    } else if (node.kind == NodeKind::kCall) {
      const std::vector<Word> arguments = ReadArguments(node);
      Save(id);
      uint64_t exception;
      const std::vector<Word> results = HostCall(*f_.module, node.index, arguments, &trace_, &exception);
      Clobber();
      for (size_t i = 0; placement_ != nullptr && i < slots_.size(); ++i) {  // the callee's frame
        if (i >= placement_->operand_base() + node.height) slots_[i] = 0xdead0000dead0000u;
      }
      if (exception != 0) {
        thrown_ = exception;
        return false;
      }
      for (size_t i = 0; i < results.size(); ++i) WriteAt(f_.Results(node)[i], results[i], At(f_.Results(node)[i]));
      if (placement_ != nullptr) {
        for (const CallSave& save : placement_->SavesAt(id)) {
          if (save.reload) WriteAt(save.vreg, ReadAt(save.vreg, save.slot), save.reg);
        }
      }
    } else if (node.opcode == Opcode::kSelect) {
      WriteAt(node.result, Read(node.in[Holds(node, 2) ? 0 : 1]), At(node.result));
    } else {
      WriteAt(node.result, Compute(node.opcode, Read(node.in[0]), node.in[1] ? Read(node.in[1]) : Word{}, node.lane),
              At(node.result));
    }
    return true;
  }

  BlockId Follow(EdgeId id) {
    const Edge& edge = f_.edges[id];
    if (placement_ != nullptr) {
      std::vector<Transfer> transfers;
      placement_->EdgeTransfers(id, &transfers);
      Move(transfers);
      const uint32_t base = placement_->operand_base();
      for (uint32_t i = 0; i < edge.copy_slots; ++i) slots_[base + edge.copy_to + i] = slots_[base + edge.copy_from + i];
      return edge.to;
    }
    std::vector<Word> words;
    for (const Assignment& a : f_.Assignments(edge)) words.push_back(Read(a.from));
    for (size_t i = 0; i < words.size(); ++i) vregs_[f_.Assignments(edge)[i].to] = words[i];
    for (uint32_t i = 0; i < edge.copy_slots; ++i) slots_[edge.copy_to + i] = slots_[edge.copy_from + i];
    return edge.to;
  }

  BlockId Leave(NodeId id, const Node& node, const Block& block) {
    switch (node.kind) {
      case NodeKind::kThrow:
        if (node.opcode == Opcode::kThrow) {
          thrown_ = MakeException(node.index, ReadArguments(node), &trace_);
        } else if (thrown_ = Read(node.in[0]).low; thrown_ == 0) {
          trace_.done = trace_.trapped = true;
          return kNone;
        }
        Save(id);
        return Land(node.region);
      case NodeKind::kBranch: return Follow(block.first_edge);
      case NodeKind::kBranchIf: return Follow(block.first_edge + (Holds(node, 0) ? 0 : 1));
      case NodeKind::kBranchTable: {
        const auto targets = f_.Targets(node);
        return Follow(targets[std::min<size_t>(Read(node.in[0]).low, targets.size() - 1)]);
      }
      case NodeKind::kUnreachable: trace_.done = trace_.trapped = true; return kNone;
      case NodeKind::kReturn:
        for (const Word& word : ReadArguments(node)) trace_.words.push_back(word.low);
        trace_.done = true;
        return kNone;
      default: FAIL("no model of this terminator"); return kNone;
    }
  }

  const Function& f_;
  const Placement* placement_;
  std::vector<Word> vregs_;
  std::vector<uint64_t> slots_;
  Word registers_[kBankCount][kMaxRegisters];
  BlockId block_ = 0;
  uint64_t thrown_ = 0;
  const std::vector<LoopState>* loop_states_ = nullptr;
  size_t next_state_ = 0;
  size_t period_ = 1;
  Trace trace_;
};

// --- Random functions ---

class Generator {
 public:
  // Some functions are deeply nested instead of long.
  explicit Generator(uint64_t seed)
      : random_(seed), max_depth_(seed % 8 == 0 ? 40 : 5), breadth_(seed % 8 == 0 ? 4 : 10) {}

  std::string Module() {
    is_wide_ = Below(4) == 0;
    throws_ = Below(2) == 0;
    std::string text = "(module\n(import \"\" \"a\" (func $a (param i32) (result i32)))\n"
                       "(import \"\" \"b\" (func $b (param i64 f64) (result f64 i64)))\n"
                       "(import \"\" \"c\" (func $c))\n"
                       "(import \"\" \"d\" (func $d (param v128 i32) (result i32 v128 i64 i32 f64 i32)))\n";
    if (throws_) text += "(tag $t0 (param i32)) (tag $t1 (param i64 f64)) (tag $t2) (tag $t3 (param v128 i32 i64 f64))\n";
    text += "(func";
    for (ValType::Kind type : {ValType::kI32, ValType::kV128, ValType::kI64, ValType::kF64}) locals_.push_back(type);
    absl::StrAppend(&text, " (param i32 v128 i64 f64)");
    results_ = RandomTypes();
    absl::StrAppend(&text, Clause("result", results_), "\n(local");
    for (uint32_t i = Below(12) + 2; i-- > 0;) {
      locals_.push_back(RandomType());
      absl::StrAppend(&text, " ", Name(locals_.back()));
    }
    if (throws_) {
      locals_.push_back(ValType::kRef);
      text += " exnref";
    }
    absl::StrAppend(&text, ")\n");
    labels_.push_back(results_);
    Sequence(results_, 0);
    return absl::StrCat(text, body_, "))");
  }

 private:
  using Types = std::vector<ValType::Kind>;
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  static const char* Name(ValType::Kind type) {
    switch (type) {
      case ValType::kI32: return "i32";
      case ValType::kI64: return "i64";
      case ValType::kF64: return "f64";
      case ValType::kRef: return "exnref";
      default: return "v128";
    }
  }
  ValType::Kind RandomType() {
    constexpr ValType::Kind kTypes[] = {ValType::kI32, ValType::kI32, ValType::kI32, ValType::kI64, ValType::kF64,
                                        ValType::kV128};
    return kTypes[Below(6)];
  }
  Types RandomTypes() {
    Types types(Below(3) == 0 ? Below(is_wide_ ? 8 : 4) : Below(2));
    for (ValType::Kind& type : types) type = RandomType();
    return types;
  }
  static std::string Clause(const char* name, const Types& types) {
    std::string text = types.empty() ? "" : absl::StrCat(" (", name);
    for (ValType::Kind type : types) absl::StrAppend(&text, " ", Name(type));
    return types.empty() ? text : absl::StrCat(text, ")");
  }
  void Emit(const std::string& text) { absl::StrAppend(&body_, text, "\n"); }
  void Push(ValType::Kind type) { stack_.push_back(type); }
  uint32_t LocalOf(ValType::Kind type) {
    std::vector<uint32_t> found;
    for (uint32_t i = 0; i < locals_.size(); ++i) {
      if (locals_[i] == type) found.push_back(i);
    }
    return found[Below(static_cast<uint32_t>(found.size()))];
  }

  // Makes the stack end with `type`: mostly what is there, else something new.
  void Want(ValType::Kind type, size_t floor) {
    if (stack_.size() > floor && stack_.back() == type && Below(3) != 0) return;
    if (Below(3) == 0 && type != ValType::kV128 && type != ValType::kRef) {
      Emit(type == ValType::kF64 ? absl::StrCat("f64.const ", Below(9)) : absl::StrCat(Name(type), ".const ", Below(5)));
    } else {
      Emit(absl::StrCat("local.get ", LocalOf(type)));
    }
    Push(type);
  }
  void WantAll(const Types& types, size_t floor) {
    size_t matching = 0;  // a prefix of `types` that the stack ends with
    for (size_t n = std::min(types.size(), stack_.size() - floor); n > 0 && matching == 0; --n) {
      if (std::equal(types.begin(), types.begin() + static_cast<long>(n), stack_.end() - static_cast<long>(n))) matching = n;
    }
    for (size_t i = matching; i < types.size(); ++i) {
      Emit(absl::StrCat("local.get ", LocalOf(types[i])));
      Push(types[i]);
    }
  }
  void PopN(size_t n) { stack_.resize(stack_.size() - n); }

  // Instructions that leave exactly `results` above the floor.
  void Sequence(const Types& results, int depth) {
    const size_t floor = floor_;
    for (uint32_t n = Below(depth == 0 ? 30 : breadth_) + 1; n-- > 0;) {
      if (!Step(depth)) {
        stack_.resize(floor);
        return;  // unreachable from here
      }
    }
    while (stack_.size() > floor + results.size() || !std::equal(results.begin(), results.begin() + static_cast<long>(stack_.size() - floor), stack_.begin() + static_cast<long>(floor))) {
      Emit("drop");
      PopN(1);
    }
    for (size_t i = stack_.size() - floor; i < results.size(); ++i) {
      Emit(absl::StrCat("local.get ", LocalOf(results[i])));
      Push(results[i]);
    }
    stack_.resize(floor);
  }

  void Nested(const char* opcode, int depth, const std::string& clauses = "") {
    const Types params = RandomTypes(), results = RandomTypes();
    WantAll(params, floor_);
    const bool is_loop = std::strcmp(opcode, "loop") == 0, is_if = std::strcmp(opcode, "if") == 0;
    if (is_if) {
      Want(ValType::kI32, stack_.size());
      PopN(1);
    }
    const bool has_else = is_if && (params != results || Below(2) == 0);
    Emit(absl::StrCat(opcode, Clause("param", params), Clause("result", results), clauses));
    PopN(params.size());
    const size_t floor = floor_;
    floor_ = stack_.size();
    labels_.push_back(is_loop ? params : results);
    for (int arm = 0; arm < (has_else ? 2 : 1); ++arm) {
      if (arm == 1) Emit("else");
      stack_.insert(stack_.end(), params.begin(), params.end());
      Sequence(results, depth + 1);
    }
    labels_.pop_back();
    floor_ = floor;
    Emit("end");
    stack_.insert(stack_.end(), results.begin(), results.end());
  }

  struct TagType {
    const char* name;
    Types params;
  };
  const TagType& RandomTag() {
    static const TagType kTags[] = {{"$t0", {ValType::kI32}},
                                    {"$t1", {ValType::kI64, ValType::kF64}},
                                    {"$t2", {}},
                                    {"$t3", {ValType::kV128, ValType::kI32, ValType::kI64, ValType::kF64}}};
    return kTags[Below(4)];
  }
  // A block that takes what its try_table catches, and more clauses where outer labels take such values.
  void TryTable(int depth) {
    const TagType& tag = RandomTag();
    const bool all = Below(4) == 0;
    const bool ref = Below(2) == 0;
    Types caught = all ? Types() : tag.params;
    if (ref) caught.push_back(ValType::kRef);
    Emit(absl::StrCat("block", Clause("result", caught)));
    labels_.push_back(caught);
    std::string clauses;
    for (uint32_t i = 0; i < labels_.size() && i < 4; ++i) {
      const TagType& other = RandomTag();
      if (labels_[labels_.size() - 1 - i] == other.params) absl::StrAppend(&clauses, " (catch ", other.name, " ", i, ")");
    }
    absl::StrAppend(&clauses, all ? " (catch_all" : " (catch", ref ? "_ref " : " ", all ? "" : tag.name, " 0)");
    const size_t floor = floor_;
    floor_ = stack_.size();
    Nested("try_table", depth + 1, clauses);
    while (stack_.size() > floor_) {
      Emit("drop");
      PopN(1);
    }
    WantAll(caught, floor_);
    PopN(caught.size());
    floor_ = floor;
    labels_.pop_back();
    Emit("end");
    stack_.insert(stack_.end(), caught.begin(), caught.end());
    if (ref) {
      Emit(absl::StrCat("local.set ", LocalOf(ValType::kRef)));
      PopN(1);
    }
  }
  void LegacyTry(int depth) {
    const Types results = RandomTypes();
    Emit(absl::StrCat("try", Clause("result", results)));
    const size_t floor = floor_;
    floor_ = stack_.size();
    labels_.push_back(results);
    Sequence(results, depth + 1);
    if (Below(4) == 0) {
      labels_.pop_back();
      Emit(absl::StrCat("delegate ", Below(static_cast<uint32_t>(labels_.size()))));
    } else {
      for (uint32_t n = Below(3); n-- > 0;) {
        const TagType& tag = RandomTag();
        Emit(absl::StrCat("catch ", tag.name));
        stack_.insert(stack_.end(), tag.params.begin(), tag.params.end());
        CatchBody(results, depth);
      }
      if (Below(2) == 0) {
        Emit("catch_all");
        CatchBody(results, depth);
      }
      labels_.pop_back();
      Emit("end");
    }
    floor_ = floor;
    stack_.insert(stack_.end(), results.begin(), results.end());
  }
  void CatchBody(const Types& results, int depth) {
    catch_depths_.push_back(labels_.size());
    Sequence(results, depth + 1);
    catch_depths_.pop_back();
  }
  // False: it does not come to its end.
  bool Throwing(int depth) {
    switch (Below(6)) {
      case 0: {
        if (depth == 0 || Below(2) == 0) return true;
        const TagType& tag = RandomTag();
        WantAll(tag.params, floor_);
        Emit(absl::StrCat("throw ", tag.name));
        return false;
      }
      case 1:
        if (depth == 0 || Below(3) != 0) return true;
        Emit(absl::StrCat("local.get ", LocalOf(ValType::kRef), "\nthrow_ref"));
        return false;
      case 2:
        if (catch_depths_.empty()) return true;
        Emit(absl::StrCat("rethrow ", labels_.size() - catch_depths_[Below(static_cast<uint32_t>(catch_depths_.size()))]));
        return false;
      case 3:
        if (depth < max_depth_ && body_.size() < 6000) LegacyTry(depth);
        return true;
      default:
        if (depth < max_depth_ && body_.size() < 6000) TryTable(depth);
        return true;
    }
  }

  // One instruction or block; false if it does not come to its end.
  bool Step(int depth) {
    if (throws_ && Below(6) == 0) return Throwing(depth);
    const uint32_t label = Below(static_cast<uint32_t>(labels_.size()));
    const Types& carried = labels_[labels_.size() - 1 - label];
    switch (depth > 4 ? Below(12) : Below(30)) {
      case 0:
      case 1:
      case 2:
        if (depth < max_depth_ && body_.size() < 6000) Nested("block", depth);
        return true;
      case 3:
      case 4:
        if (depth < max_depth_ && body_.size() < 6000) Nested("loop", depth);
        return true;
      case 5:
      case 6:
        if (depth < max_depth_ && body_.size() < 6000) Nested("if", depth);
        return true;
      case 7:
        if (Below(3) != 0 || depth == 0) return true;
        WantAll(carried, floor_);
        Emit(Below(6) == 0 ? "unreachable" : absl::StrCat("br ", label));
        return false;
      case 8:
      case 9:
      case 10:
        WantAll(carried, floor_);
        Condition();
        Emit(absl::StrCat("br_if ", label));
        PopN(1);
        return true;
      case 11: {
        if (depth == 0 || Below(3) != 0) return true;
        WantAll(carried, floor_);
        Want(ValType::kI32, stack_.size());
        std::string text = "br_table";
        for (uint32_t i = 0; i < labels_.size(); ++i) {
          if (labels_[labels_.size() - 1 - i] == carried) absl::StrAppend(&text, " ", i);
        }
        Emit(text);
        return false;
      }
      case 12:
        Want(ValType::kI32, floor_);
        Emit("call $a");
        return true;
      case 13:
        WantAll({ValType::kI64, ValType::kF64}, floor_);
        Emit("call $b");
        PopN(2);
        stack_.insert(stack_.end(), {ValType::kF64, ValType::kI64});
        return true;
      case 14:
        Emit("call $c");
        return true;
      case 15:
        if (!is_wide_) return true;
        WantAll({ValType::kV128, ValType::kI32}, floor_);
        Emit("call $d");
        PopN(2);
        stack_.insert(stack_.end(), {ValType::kI32, ValType::kV128, ValType::kI64, ValType::kI32, ValType::kF64, ValType::kI32});
        return true;
      case 16:
        if (stack_.size() == floor_) return true;
        Emit("drop");
        PopN(1);
        return true;
      case 17: {
        const ValType::Kind type = RandomType();
        WantAll({type, type}, floor_);
        Condition();
        Emit(absl::StrCat("select (result ", Name(type), ")"));
        PopN(2);
        return true;
      }
      case 18:
      case 19:
      case 20: {
        const ValType::Kind type = stack_.size() > floor_ ? stack_.back() : ValType::kI32;
        Want(type, floor_);
        const bool tee = Below(2) == 0;
        Emit(absl::StrCat(tee ? "local.tee " : "local.set ", LocalOf(type)));
        if (!tee) PopN(1);
        return true;
      }
      case 21:
      case 22: {
        const ValType::Kind type = RandomType();
        Emit(absl::StrCat("local.get ", LocalOf(type)));
        Push(type);
        return true;
      }
      case 23: Convert(); return true;
      default: Arithmetic(RandomType()); return true;
    }
  }

  void Condition() {
    constexpr const char* kCompare[] = {"i32.lt_s", "i32.eq", "i32.ge_s", "i32.eqz", "f64.lt", "i64.eqz"};
    const uint32_t which = Below(7);
    if (which == 6) return Want(ValType::kI32, stack_.size());
    const ValType::Kind type = which == 4 ? ValType::kF64 : which == 5 ? ValType::kI64 : ValType::kI32;
    const size_t count = which == 3 || which == 5 ? 1 : 2;
    for (size_t i = 0; i < count; ++i) Want(type, stack_.size());
    Emit(kCompare[which]);
    PopN(count);
    Push(ValType::kI32);
    if (Below(3) == 0) Emit("i32.eqz");
  }

  void Arithmetic(ValType::Kind type) {
    WantAll({type, type}, floor_);
    constexpr const char* kInt[] = {"i32.add", "i32.sub", "i32.mul", "i32.xor"};
    switch (type) {
      case ValType::kI32: Emit(kInt[Below(4)]); break;
      case ValType::kI64: Emit(Below(2) == 0 ? "i64.add" : "i64.sub"); break;
      case ValType::kF64: Emit("f64.copysign"); break;
      default: Emit("v128.xor"); break;
    }
    PopN(1);
  }

  void Convert() {
    struct Conversion {
      ValType::Kind from;
      const char* text;
      ValType::Kind to;
    };
    const Conversion conversions[] = {{ValType::kI32, "i32.eqz", ValType::kI32},
                                      {ValType::kI64, "i32.wrap_i64", ValType::kI32},
                                      {ValType::kI32, "i64.extend_i32_u", ValType::kI64},
                                      {ValType::kF64, "f64.neg", ValType::kF64},
                                      {ValType::kI64, "i64x2.splat", ValType::kV128},
                                      {ValType::kV128, "i64x2.extract_lane 1", ValType::kI64}};
    const Conversion& conversion = conversions[Below(6)];
    Want(conversion.from, floor_);
    Emit(conversion.text);
    PopN(1);
    Push(conversion.to);
  }

  std::mt19937_64 random_;
  const int max_depth_;
  const uint32_t breadth_;
  bool is_wide_ = false;
  std::string body_;
  Types locals_, results_, stack_;
  size_t floor_ = 0;
  std::vector<Types> labels_;
  bool throws_ = false;
  std::vector<size_t> catch_depths_;  // labels around a catch body, its own included
};

bool Agree(const Trace& a, const Trace& b) {
  const size_t n = std::min(a.words.size(), b.words.size());
  if (!std::equal(a.words.begin(), a.words.begin() + static_cast<long>(n), b.words.begin())) return false;
  if (a.done && b.done) return a.words.size() == b.words.size() && a.trapped == b.trapped;
  if (a.exceptions.size() != b.exceptions.size() && a.done && b.done) return false;
  return (!a.done || b.words.size() <= n) && (!b.done || a.words.size() <= n);
}

// No two vregs that live at the start of a block share a place there.
void CheckPlaces(const Function& function, const Liveness& liveness, const Placement& placement) {
  for (BlockId b = 0; b < function.blocks.size(); ++b) {
    std::map<std::pair<int, uint32_t>, VReg> taken;
    for (uint32_t global = 0; global < liveness.globals().size(); ++global) {
      if (!liveness.IsLiveIn(b, global)) continue;
      const VReg v = liveness.globals()[global];
      const Location location = placement.At(v, b);
      const int space = location.is_register() ? 1 + static_cast<int>(location.bank) : 0;
      CHECK(taken.emplace(std::make_pair(space, location.index), v).second);
    }
  }
}

TEST_SUITE_BEGIN("vm/placement_model");

// The same where its loops are entered from other code.
void CheckLoopEntries(const Function& function, const Placement& placement, const std::vector<Word>& arguments,
                      const StackMachine& machine, const Trace& expected) {
  if (!function.regions.empty()) return;  // refused
  for (size_t n : {1, 3}) {
    Evaluator evaluator(function, &placement);
    evaluator.EnterLoops(&machine.loop_states(), n);
    REQUIRE(Agree(evaluator.Run(arguments, 20000), expected));
  }
}

TEST_CASE("random functions do the same on the stack, in vregs and in their places") {
  int done = 0, in_registers = 0;
  size_t passes = 0;
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    const std::string text = Generator(seed).Module();
    CAPTURE(seed);
    CAPTURE(text);
    auto module = LoadModule(Wat(text));
    INFO(std::string(module.status().message()));
    REQUIRE(module.ok());
    const FuncIdx index = (*module)->num_imported_functions;
    auto function = BuildFunction(**module, index);
    REQUIRE(function.ok());
    CAPTURE(ToString(*function));
    const std::vector<Word> arguments = {{7, 0}, {1, 2, true}, {0x100000003, 0}, {0x4000000000000000, 0}};
    StackMachine machine(**module, index);
    const Trace expected = machine.Run(arguments, 20000);
    done += expected.done;
    if (function->regions.empty()) passes += machine.loop_states().size();
    REQUIRE(Agree(Evaluator(*function, nullptr).Run(arguments, 20000), expected));
    const Liveness liveness(*function);
    for (uint32_t registers : {4, 2, 8}) {
      const Placement placement(*function, liveness, {{registers, registers}});
      CAPTURE(ToString(*function, placement));
      CheckPlaces(*function, liveness, placement);
      REQUIRE(Agree(Evaluator(*function, &placement).Run(arguments, 20000), expected));
      CheckLoopEntries(*function, placement, arguments, machine, expected);
      for (VReg v = 0; v < function->vregs.size(); ++v) in_registers += placement.At(v, 0).is_register();
    }
    for (const Liveness& coarse : {Liveness(*function, 0), Liveness(*function, Liveness::kMaxBits, 1)}) {
      const Placement placement(*function, coarse);
      REQUIRE(Agree(Evaluator(*function, &placement).Run(arguments, 20000), expected));
      CheckLoopEntries(*function, placement, arguments, machine, expected);
    }
  }
  CHECK(done > 700);
  CHECK(passes > 10000);
  CHECK(in_registers > 10000);
}

TEST_SUITE_END();

}  // namespace
}  // namespace umiak::ir

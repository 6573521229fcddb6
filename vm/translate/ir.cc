#include "vm/translate/ir.h"

#include "absl/strings/str_cat.h"

namespace umiak::ir {
namespace {

std::string Name(VReg v) { return absl::StrCat("v", v); }

std::string Name(const Operand& operand) {
  switch (operand.kind) {
    case Operand::kVReg: return Name(operand.vreg());
    case Operand::kV128Const: return absl::StrCat("v128#", operand.bits);
    case Operand::kConst:
      switch (operand.type) {
        case ValType::kI32: return absl::StrCat(static_cast<int32_t>(operand.bits));
        case ValType::kI64: return absl::StrCat(static_cast<int64_t>(operand.bits), "L");
        case ValType::kRef: return "null";
        default: return absl::StrCat("0x", absl::Hex(operand.bits));
      }
    case Operand::kNothing: break;
  }
  return "_";
}

template <class List>
std::string Names(const List& list) {
  std::string text;
  for (const auto& item : list) absl::StrAppend(&text, text.empty() ? "" : ", ", Name(item));
  return text;
}

std::string Text(Opcode opcode) {
  const absl::string_view text = InfoOf(opcode).text;
  return std::string(text.data(), text.size());
}

std::string EdgeText(const Function& function, EdgeId id) {
  const Edge& edge = function.edges[id];
  std::string text = absl::StrCat("b", edge.to);
  std::string moves;
  for (const Assignment& assignment : function.Assignments(edge)) {
    absl::StrAppend(&moves, moves.empty() ? "" : ", ", Name(assignment.to), " <- ", Name(assignment.from));
  }
  if (edge.copy_slots != 0) {
    absl::StrAppend(&moves, moves.empty() ? "" : ", ", "slots ", edge.copy_to, " <- ", edge.copy_from, " * ",
                    edge.copy_slots);
  }
  if (!moves.empty()) absl::StrAppend(&text, " (", moves, ")");
  return text;
}

std::string OpText(const Node& node) {
  std::string text = Text(node.opcode);
  const Immediate immediate = InfoOf(node.opcode).immediate;
  if (node.opcode == Opcode::kSelect) {
    return absl::StrCat(text, " ", Name(node.in[0]), ", ", Name(node.in[1]), " if ", Text(node.condition), " ",
                        Name(node.in[2]), ", ", Name(node.in[3]));
  }
  std::string separator = " ";
  for (const Operand& operand : node.in) {
    if (!operand) continue;
    absl::StrAppend(&text, separator, Name(operand));
    separator = ", ";
  }
  if (immediate == Immediate::kMemArg || immediate == Immediate::kMemArgLane) {
    absl::StrAppend(&text, " +", node.immediate);
    if (node.memory() != 0) absl::StrAppend(&text, " memory ", node.memory());
  } else if (immediate != Immediate::kNone && immediate != Immediate::kLane && immediate != Immediate::kShuffle) {
    absl::StrAppend(&text, " #", node.index);
    if (node.index2 != 0) absl::StrAppend(&text, " #", node.index2);
  }
  return text;
}

}  // namespace

bool Function::IsUsedOnceNext(NodeId id) const {
  const Node& node = nodes[id];
  if (node.result == kNone || node.is_terminator()) return false;
  const VRegInfo& info = vregs[node.result];
  if (info.uses != 1 || info.kind != VRegKind::kTemp) return false;
  bool is_read = false;
  ForEachUse(*this, nodes[id + 1], [&](const Operand& operand) { is_read = is_read || operand.Is(node.result); });
  return is_read;
}

std::string ToString(const Function& function, const Node& node) {
  switch (node.kind) {
    case NodeKind::kOp: {
      const std::string text = OpText(node);
      if (node.result == kNone) return text;
      const std::string second = node.second_result == kNone ? "" : absl::StrCat(", ", Name(node.second_result));
      return absl::StrCat(Name(node.result), second, " = ", text);
    }
    case NodeKind::kMove: return absl::StrCat(Name(node.result), " = ", Name(node.in[0]));
    case NodeKind::kCall:
    case NodeKind::kReturnCall: {
      std::string text = absl::StrCat(Text(node.opcode), " #", node.index);
      if (node.in[0]) absl::StrAppend(&text, " ", Name(node.in[0]));
      absl::StrAppend(&text, "(", Names(function.Arguments(node)), ")");
      if (node.result_count != 0) text = absl::StrCat(Names(function.Results(node)), " = ", text);
      return text;
    }
    case NodeKind::kCatch: {
      std::string text = node.index == kNone ? "catch_all" : absl::StrCat("catch #", node.index);
      if (node.result_count != 0) text = absl::StrCat(Names(function.Results(node)), " = ", text);
      return node.result == kNone ? text : absl::StrCat(text, " ref ", Name(node.result));
    }
    case NodeKind::kThrow:
      return node.opcode == Opcode::kThrowRef
                 ? absl::StrCat("throw_ref ", Name(node.in[0]))
                 : absl::StrCat("throw #", node.index, "(", Names(function.Arguments(node)), ")");
    case NodeKind::kReturn:
      return node.count == 0 ? "return" : absl::StrCat("return ", Names(function.Arguments(node)));
    case NodeKind::kUnreachable: return "unreachable";
    case NodeKind::kBranch: return "br";
    case NodeKind::kBranchIf:
      return absl::StrCat("br_if ", node.negated ? "not " : "", Text(node.condition), " ", Name(node.in[0]), ", ",
                          Name(node.in[1]));
    case NodeKind::kBranchTable: return absl::StrCat("br_table ", Name(node.in[0]));
  }
  return "?";
}

std::string ToString(const Function& function) {
  std::string text;
  for (BlockId b = 0; b < function.blocks.size(); ++b) {
    const Block& block = function.blocks[b];
    absl::StrAppend(&text, "b", b, ":");
    if (block.loop != 0) absl::StrAppend(&text, " loop ", block.loop);
    if (block.is_cold) absl::StrAppend(&text, " cold");
    if (block.landing_of != kNone) absl::StrAppend(&text, " lands from region ", block.landing_of);
    absl::StrAppend(&text, "\n");
    for (NodeId id = block.first; id < block.end; ++id) {
      const Node& node = function.nodes[id];
      absl::StrAppend(&text, "  ", ToString(function, node));
      if (node.kind == NodeKind::kBranchTable) {
        std::string separator = " -> ";
        for (EdgeId edge : function.Targets(node)) {
          absl::StrAppend(&text, separator, EdgeText(function, edge));
          separator = ", ";
        }
      } else if (node.is_terminator()) {
        for (uint32_t i = 0; i < block.edge_count; ++i) {
          absl::StrAppend(&text, i == 0 ? " -> " : ", ", EdgeText(function, block.first_edge + i));
        }
      }
      absl::StrAppend(&text, "\n");
    }
  }
  return text;
}

}  // namespace umiak::ir

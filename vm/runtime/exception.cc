#include "vm/runtime/exception.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "umiak/exception.h"
#include "vm/runtime/slots.h"
#include "vm/runtime/store_impl.h"

namespace umiak {

namespace {

// Bytes: the store and the exception.
constexpr char kPayload[] = "umiak/exception";
struct Words {
  StoreImpl* store;
  ExceptionObject* exception;
};

std::optional<Words> PayloadOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  Words words;
  if (!payload || payload->size() != sizeof words) return std::nullopt;
  const std::string bytes(*payload);
  std::memcpy(&words, bytes.data(), sizeof words);
  return words;
}

// tag 2 "oops", by its place in the instance that threw; just "tag" where it has none there.
std::string NameOfTag(InstanceData* cx, const TagInst* tag) {
  if (cx == nullptr) return "tag";
  const Module& module = *cx->module;
  for (TagIdx i = 0; i < module.tags.size(); ++i) {
    if (cx->tag(i) != tag) continue;
    std::string text = absl::StrCat("tag ", i);
    const auto is_tag = [&](const auto& named) { return named.kind == ExternKind::kTag && named.index == i; };
    const auto append = [&](absl::string_view name) {
      constexpr size_t kMaxNameBytes = 80;
      absl::StrAppend(&text, " \"", absl::Utf8SafeCHexEscape(name.substr(0, kMaxNameBytes)), "\"");
    };
    if (const auto e = std::find_if(module.exports.begin(), module.exports.end(), is_tag); e != module.exports.end()) {
      append(e->name);
    } else if (const auto m = std::find_if(module.imports.begin(), module.imports.end(), is_tag);
               m != module.imports.end()) {
      append(m->name);
    }
    return text;
  }
  return "tag";
}

}  // namespace

ExceptionObject* NewException(StoreImpl* store, TagInst* tag, const uint64_t* args, const uint64_t* top) {
  ExceptionObject* exception = store->heap.AllocateException(tag, tag->slots, top);
  if (exception != nullptr && tag->slots != 0) std::memcpy(exception->args, args, 8 * size_t{tag->slots});
  return exception;
}

std::string DescribeException(StoreImpl* store, InstanceData* cx, ExceptionObject* exception) {
  constexpr size_t kMaxShown = 8;
  std::vector<Value> args = Exception(store, exception).args();
  const bool is_cut = args.size() > kMaxShown;
  if (is_cut) args.resize(kMaxShown);
  return absl::StrCat(NameOfTag(cx, exception->tag), " (",
                      absl::StrJoin(args, ", ", [](std::string* out, const Value& v) { *out += ToString(v); }),
                      is_cut ? ", ...)" : ")");
}

void AttachException(absl::Status* status, StoreImpl* store, ExceptionObject* exception) {
  const Words words{store, exception};
  status->SetPayload(kPayload, absl::Cord(absl::string_view(reinterpret_cast<const char*>(&words), sizeof words)));
}

ExceptionObject* ExceptionIn(const absl::Status& status, const StoreImpl* store) {
  const auto words = PayloadOf(status);
  return words && words->store == store ? words->exception : nullptr;
}

Tag Exception::tag() const { return Tag(store_, inst_->tag); }

std::vector<Value> Exception::args() const {
  std::vector<Value> values;
  const uint64_t* next = inst_->args;
  for (ValType type : inst_->tag->type.params) {
    values.push_back(Value::FromSlots(type, next));
    next += SlotsOf(type);
  }
  return values;
}

Value Exception::ToValue() const {
  return Value(ValType::Ref(HeapType::kExn, false), Ref{reinterpret_cast<uint64_t>(inst_)});
}

std::optional<Exception> ExceptionOf(const absl::Status& status) {
  const auto words = PayloadOf(status);
  if (!words) return std::nullopt;
  return Exception(words->store, words->exception);
}

}  // namespace umiak

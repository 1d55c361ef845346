#include "common/page/mask.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include <memory>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/view.h"
#include "common/options/conventions.h"
#include "common/status/error.h"
#include "redress/options/v1/options.pb.h"

namespace redress::page {
namespace {

using base::AbslView;

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Path = std::vector<const FieldDescriptor*>;

bool OutputOnly(const FieldDescriptor* field) { return options::RuleOf(*field).output_only(); }

bool Immutable(const FieldDescriptor* field) { return options::RuleOf(*field).immutable(); }

// Who a resource is and which version: never a thing to update.
bool Identity(const FieldDescriptor* field) {
  return field->name() == "name" || field->name() == "etag";
}

// Resolves a dotted path; returns why not, or "" if it did.
std::string Resolve(const Descriptor* type, std::string_view text, Path* path) {
  for (absl::string_view part : absl::StrSplit(AbslView(text), '.')) {
    if (type == nullptr) return "must not lead through a list, a map or a value";
    const FieldDescriptor* field = type->FindFieldByName(std::string(part));
    if (field == nullptr) return absl::StrCat("names no field of ", type->full_name());
    if (OutputOnly(field)) return "is set by the server and cannot be updated";
    if (path->empty() && Identity(field)) return "identifies the resource and cannot be updated";
    if (Immutable(field)) return "never changes once the resource is created";
    path->push_back(field);
    type = field->is_repeated() ? nullptr : field->message_type();
  }
  return "";
}

// Copies one field, set or not, between two messages of the same type. The fields that the server
// sets are kept also inside of a message that is copied whole.
void CopyField(const Message& from, const FieldDescriptor* field, Message* to);

void CopyAll(const Message& from, Message* to) {
  const Descriptor* type = from.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    // An empty member of a oneof would clear the member that is set.
    const FieldDescriptor* field = type->field(i);
    if (OutputOnly(field)) continue;
    if (field->real_containing_oneof() != nullptr && !from.GetReflection()->HasField(from, field) &&
        from.GetReflection()->HasOneof(from, field->real_containing_oneof())) {
      continue;
    }
    CopyField(from, field, to);
  }
}

bool HasOutputOnly(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    if (OutputOnly(type->field(i))) return true;
    if (type->field(i)->message_type() != nullptr && !type->field(i)->is_repeated() &&
        HasOutputOnly(type->field(i)->message_type(), seen)) {
      return true;
    }
  }
  return false;
}

void CopyField(const Message& from, const FieldDescriptor* field, Message* to) {
  const auto* from_reflection = from.GetReflection();
  const auto* to_reflection = to->GetReflection();
  const bool single_message =
      !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (single_message && from_reflection->HasField(from, field)) {
    std::set<const Descriptor*> seen;
    Message* inner = to_reflection->MutableMessage(to, field);
    if (HasOutputOnly(field->message_type(), &seen)) {
      CopyAll(from_reflection->GetMessage(from, field), inner);
    } else {
      inner->CopyFrom(from_reflection->GetMessage(from, field));
    }
    return;
  }
  to_reflection->ClearField(to, field);
  const bool set = field->is_repeated() ? from_reflection->FieldSize(from, field) > 0
                                        : from_reflection->HasField(from, field);
  if (!set) return;
  // Swapping one field of a scratch copy is the only type-independent way that reflection has to
  // move a value.
  std::unique_ptr<Message> scratch(from.New());
  scratch->CopyFrom(from);
  from_reflection->SwapFields(scratch.get(), to, {field});
}

void CopyPath(const Message& from, const Path& path, size_t at, Message* to) {
  const FieldDescriptor* field = path[at];
  if (at + 1 == path.size()) {
    CopyField(from, field, to);
    return;
  }
  const auto* reflection = from.GetReflection();
  // Nothing to clear inside of a message that neither side has.
  if (!reflection->HasField(from, field) && !to->GetReflection()->HasField(*to, field)) return;
  CopyPath(reflection->GetMessage(from, field), path, at + 1,
           to->GetReflection()->MutableMessage(to, field));
}

void CopyTopLevel(const Message& update, bool only_set, Message* target) {
  const auto* reflection = update.GetReflection();
  const Descriptor* type = update.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (OutputOnly(field) || Identity(field) || Immutable(field)) continue;
    const bool set = field->is_repeated() ? reflection->FieldSize(update, field) > 0
                                          : reflection->HasField(update, field);
    if (!set && only_set) continue;
    if (!set && field->real_containing_oneof() != nullptr &&
        reflection->HasOneof(update, field->real_containing_oneof())) {
      continue;
    }
    CopyField(update, field, target);
  }
}

// The fields that never change and that `update` would change all the same.
absl::Status CheckImmutable(const Message& update, const Message& target) {
  std::vector<status::FieldViolation> bad;
  google::protobuf::util::MessageDifferencer differencer;
  const Descriptor* type = update.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!Immutable(field)) continue;
    const bool set = field->is_repeated() ? update.GetReflection()->FieldSize(update, field) > 0
                                          : update.GetReflection()->HasField(update, field);
    if (!set || differencer.CompareWithFields(update, target, {field}, {field})) continue;
    bad.push_back({"update_mask", absl::StrCat("\"", field->name(),
                                               "\" never changes once the resource is created")});
  }
  return bad.empty() ? absl::OkStatus() : status::InvalidFields(bad);
}

}  // namespace

absl::Status ApplyMask(const Message& update, const google::protobuf::FieldMask& mask,
                       Message* target) {
  if (update.GetDescriptor() != target->GetDescriptor()) {
    return absl::InternalError("an update mask is applied to another type");
  }
  const bool all = mask.paths_size() == 1 && mask.paths(0) == "*";
  if (all || mask.paths_size() == 0) {
    if (absl::Status fixed = CheckImmutable(update, *target); !fixed.ok()) return fixed;
    CopyTopLevel(update, /*only_set=*/!all, target);
    return absl::OkStatus();
  }
  std::vector<Path> paths;
  std::vector<status::FieldViolation> bad;
  for (int i = 0; i < mask.paths_size(); ++i) {
    Path path;
    const std::string& text = mask.paths(i);
    const std::string why = text.empty()  ? "must be set"
                            : text == "*" ? "must be the only path if it is \"*\""
                                          : Resolve(update.GetDescriptor(), text, &path);
    if (!why.empty()) {
      bad.push_back({absl::StrCat("update_mask.paths[", i, "]"),
                     text.empty() || text == "*" ? why : absl::StrCat("\"", text, "\" ", why)});
    }
    paths.push_back(std::move(path));
  }
  if (!bad.empty()) return status::InvalidFields(bad);
  for (const Path& path : paths) CopyPath(update, path, 0, target);
  return absl::OkStatus();
}

}  // namespace redress::page

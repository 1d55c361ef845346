#include "common/validate/program.h"

#include <google/protobuf/descriptor.pb.h>

#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/view.h"
#include "common/options/conventions.h"
#include "redress/options/v1/options.pb.h"

namespace redress::validate::internal {
namespace {

using base::AbslView;

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;
using options::v1::FieldRule;

constexpr uint32_t kDefaultMaxRunes = 256;
constexpr uint32_t kDefaultMaxItems = 100;
constexpr uint32_t kDefaultMaxBytes = 4096;

Kind KindOf(const FieldDescriptor* field) {
  if (field->is_map()) return Kind::kMap;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES ? Kind::kBytes : Kind::kString;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Kind::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
      return Kind::kInt32;
    case FieldDescriptor::CPPTYPE_INT64:
      return Kind::kInt64;
    case FieldDescriptor::CPPTYPE_UINT32:
      return Kind::kUint32;
    case FieldDescriptor::CPPTYPE_UINT64:
      return Kind::kUint64;
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Kind::kFloat;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Kind::kDouble;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  const std::string& name = field->message_type()->full_name();
  if (name == "google.type.Date") return Kind::kDate;
  if (name == "google.protobuf.Timestamp") return Kind::kTimestamp;
  if (name == "google.protobuf.Duration") return Kind::kDuration;
  return Kind::kMessage;
}

bool IsNumber(Kind kind) {
  return kind == Kind::kInt32 || kind == Kind::kInt64 || kind == Kind::kUint32 ||
         kind == Kind::kUint64 || kind == Kind::kFloat || kind == Kind::kDouble;
}

bool DenseEnum(const google::protobuf::EnumDescriptor* type, int64_t* max) {
  std::set<int> numbers;
  for (int i = 0; i < type->value_count(); ++i) numbers.insert(type->value(i)->number());
  *max = *numbers.rbegin();
  return *numbers.begin() == 0 && *max + 1 == static_cast<int64_t>(numbers.size());
}

// Why a resource pattern is not one; "" if it is.
std::string BadResource(std::string_view pattern) {
  int stars = 0;
  for (absl::string_view segment : absl::StrSplit(AbslView(pattern), '/')) {
    if (segment == "*") {
      ++stars;
      continue;
    }
    if (segment.empty()) return "has an empty segment";
    for (const char c : segment) {
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-') {
        return "has a segment that is neither * nor a word";
      }
    }
  }
  return stars == 0 ? "has no *" : "";
}

// Every rule that stands on a type to which it cannot apply.
void CheckApplies(const FieldRule& rule, const FieldCheck& check,
                  std::vector<std::string>* problems) {
  const auto refuse = [&](bool set, bool applies, std::string_view what) {
    if (set && !applies) {
      problems->push_back(absl::StrCat(check.field->full_name(), ": ", AbslView(what),
                                       " does not apply to a field of this type"));
    }
  };
  const bool text = check.kind == Kind::kString;
  const bool list = check.repeated || check.kind == Kind::kMap;
  refuse(rule.max_runes() > 0, text, "max_runes");
  refuse(!rule.pattern().empty(), text, "pattern");
  refuse(!rule.resource().empty(), text, "resource");
  refuse(rule.uuid(), text, "uuid");
  refuse(rule.max_bytes() > 0, check.kind == Kind::kBytes, "max_bytes");
  refuse(rule.min_items() > 0, list, "min_items");
  refuse(rule.max_items() > 0, list, "max_items");
  refuse(rule.min() != 0, IsNumber(check.kind), "min");
  refuse(rule.max() != 0, IsNumber(check.kind), "max");
  refuse(rule.not_future(), check.kind == Kind::kDate || check.kind == Kind::kTimestamp,
         "not_future");
}

}  // namespace

Programs& Programs::Get() {
  static Programs* const programs = new Programs();
  return *programs;
}

const Program& Programs::For(const Descriptor* type) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = programs_.find(type);
    if (found != programs_.end()) return *found->second;
  }
  absl::MutexLock lock(&mutex_);
  const Program* program = Compile(type);
  // `broken` spreads from the contained types to the containing ones, which may be each other's.
  for (bool changed = true; changed;) {
    changed = false;
    for (auto& [unused, p] : programs_) {
      if (p->broken) continue;
      bool broken = !p->problems.empty();
      for (const FieldCheck& check : p->fields) {
        broken = broken || (check.sub != nullptr && check.sub->broken);
      }
      p->broken = broken;
      changed = changed || broken;
    }
  }
  return *program;
}

std::vector<std::string> Programs::Problems(const Descriptor* type) {
  std::vector<std::string> problems;
  std::set<const Program*> seen;
  std::vector<const Program*> todo = {&For(type)};
  while (!todo.empty()) {
    const Program* program = todo.back();
    todo.pop_back();
    if (!seen.insert(program).second) continue;
    problems.insert(problems.end(), program->problems.begin(), program->problems.end());
    for (const FieldCheck& check : program->fields) {
      if (check.sub != nullptr) todo.push_back(check.sub);
    }
  }
  return problems;
}

const Program* Programs::Compile(const Descriptor* type) {
  auto [it, inserted] = programs_.try_emplace(type);
  if (!inserted) return it->second.get();
  it->second = std::make_unique<Program>();
  Program* program = it->second.get();  // `it` is not valid any more once others are compiled
  for (int i = 0; i < type->field_count(); ++i) CompileField(type->field(i), program);
  const FieldDescriptor* mask = type->FindFieldByName("update_mask");
  if (mask != nullptr && mask->message_type() != nullptr && !mask->is_repeated() &&
      mask->message_type()->full_name() == "google.protobuf.FieldMask") {
    program->mask = mask;
  }
  return program;
}

void Programs::CompileField(const FieldDescriptor* field, Program* program) {
  const FieldRule& rule = options::RuleOf(*field);
  FieldCheck check;
  check.field = field;
  check.kind = KindOf(field);
  check.repeated = field->is_repeated() && check.kind != Kind::kMap;
  check.presence = field->has_presence();
  check.required = rule.required();
  check.immutable = rule.immutable();
  check.name = field->options().GetExtension(options::v1::pii).kind() == options::v1::PII_KIND_NAME;
  check.uuid = rule.uuid();
  check.not_future = rule.not_future();
  check.max_runes = rule.max_runes() > 0 ? rule.max_runes() : kDefaultMaxRunes;
  check.max_bytes = rule.max_bytes() > 0 ? rule.max_bytes() : kDefaultMaxBytes;
  check.min_items = rule.min_items();
  check.max_items = rule.max_items() > 0 ? rule.max_items() : kDefaultMaxItems;
  check.range = rule.max() != 0;
  check.min = rule.min();
  check.max = rule.max();
  check.resource = rule.resource();

  std::vector<std::string>& problems = program->problems;
  const auto problem = [&](std::string_view what) {
    problems.push_back(absl::StrCat(field->full_name(), ": ", AbslView(what)));
  };
  CheckApplies(rule, check, &problems);
  if (rule.min() != 0 && rule.max() == 0) problem("min applies only where max is set too");
  if (check.range && rule.min() > rule.max()) problem("min is greater than max");
  if (check.min_items > check.max_items) problem("min_items is greater than max_items");
  if (check.required && rule.output_only()) problem("is both required and output_only");
  if (rule.immutable() && rule.output_only()) problem("is both immutable and output_only");
  if (!rule.resource().empty()) {
    const std::string why = BadResource(rule.resource());
    if (!why.empty()) problem(absl::StrCat("resource \"", rule.resource(), "\" ", why));
  }
  if (!rule.pattern().empty()) {
    RE2::Options re2_options;
    re2_options.set_log_errors(false);
    re2_options.set_never_capture(true);
    auto pattern = std::make_unique<const RE2>(rule.pattern(), re2_options);
    if (!pattern->ok()) {
      problem(absl::StrCat("pattern \"", rule.pattern(), "\": ", pattern->error()));
    } else {
      check.pattern = std::move(pattern);
    }
  }
  if (rule.output_only()) return;

  // A member of a oneof cannot be required by itself: the rule asks for one of the members.
  if (const OneofDescriptor* oneof = field->real_containing_oneof();
      oneof != nullptr && check.required) {
    check.required = false;
    if (program->oneofs.empty() || program->oneofs.back() != oneof) {
      program->oneofs.push_back(oneof);
    }
  }
  switch (check.kind) {
    case Kind::kEnum: {
      int64_t max = 0;
      check.dense_enum = DenseEnum(field->enum_type(), &max);
      check.max = max;
      break;
    }
    case Kind::kDate:
      for (int i = 0; i < 3; ++i) check.parts[i] = field->message_type()->FindFieldByNumber(i + 1);
      break;
    case Kind::kTimestamp:
    case Kind::kDuration:
      for (int i = 0; i < 2; ++i) check.parts[i] = field->message_type()->FindFieldByNumber(i + 1);
      break;
    case Kind::kMap:
    case Kind::kMessage:
      check.sub = Compile(field->message_type());
      break;
    default:
      break;
  }
  program->fields.push_back(std::move(check));
}

}  // namespace redress::validate::internal

#include "clients/ctl/request_flags.h"

#include <algorithm>
#include <set>

#include <google/protobuf/field_mask.pb.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/ctl/errors.h"
#include "clients/ctl/schema.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "common/status/error.h"

namespace redress::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kUpdateMask[] = "update_mask";

std::string Dashed(std::string_view name) {
  return absl::StrReplaceAll(base::AbslView(name), {{"_", "-"}});
}

// Fields that are called after what they name, not after themselves.
bool NamesItsResource(const FieldDescriptor& field) {
  const std::string& name = field.name();
  return !ResourcePattern(field).empty() &&
         (name == "name" || name == "parent" || name == "case_name");
}

// The label of the resource that a field names.
std::string NounLabel(const FieldDescriptor& field, Lang lang) {
  const std::string noun = absl::StrReplaceAll(ResourceNoun(ResourcePattern(field)), {{"-", "_"}});
  const bool plural = ChineseLabel(noun).empty();
  return lang == Lang::kZh && plural ? FieldLabel(noun + "s", lang) : FieldLabel(noun, lang);
}

// One flag fills such a message as a whole.
bool IsAtom(const Descriptor& type) {
  return IsDate(&type) || IsTimestamp(&type) || type.name() == "EvidenceRef";
}

class Deriver {
 public:
  explicit Deriver(const std::vector<FlagRule>& rules) {
    for (const FlagRule& rule : rules) rules_[std::string(rule.field)] = &rule;
  }

  std::vector<RequestFlag> Derive(const Descriptor& request) {
    updates_ = request.FindFieldByName(kUpdateMask) != nullptr;
    Walk(request, "", {});
    return std::move(flags_);
  }

 private:
  void Walk(const Descriptor& type, const std::string& prefix,
            const std::vector<const FieldDescriptor*>& above) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (IsOutputOnly(*field) || field->name() == kUpdateMask) continue;
      // What never changes is no flag of an update.
      if (updates_ && IsImmutable(*field)) continue;
      std::vector<const FieldDescriptor*> path = above;
      path.push_back(field);
      const std::string name = absl::StrCat(prefix, prefix.empty() ? "" : ".", field->name());
      const bool part = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                        !field->is_repeated() && !IsAtom(*field->message_type());
      if (part && IsLocalizedText(field->message_type())) {
        AddLocalized(name, path);
      } else if (part) {
        Walk(*field->message_type(), name, path);
      } else {
        Add(name, std::move(path));
      }
    }
  }

  // "--title 党委书记 --title-en 'Party secretary'".
  void AddLocalized(const std::string& name, const std::vector<const FieldDescriptor*>& path) {
    const std::string flag = Dashed(path.back()->name());
    for (const char* lang : {"zh", "en"}) {
      std::vector<const FieldDescriptor*> leaf = path;
      leaf.push_back(path.back()->message_type()->FindFieldByName(lang));
      Add(absl::StrCat(name, ".", lang), std::move(leaf),
          lang[0] == 'z' ? flag : absl::StrCat(flag, "-en"));
    }
  }

  void Add(std::string name, std::vector<const FieldDescriptor*> path, std::string flag_name = "") {
    const FieldDescriptor& field = *path.back();
    RequestFlag flag;
    flag.field = std::move(name);
    flag.path = std::move(path);
    flag.required = std::all_of(flag.path.begin(), flag.path.end(),
                                [](const FieldDescriptor* at) { return IsRequired(*at); });
    // Each part of an update may be left out.
    if (updates_ && flag.path.size() > 1) flag.required = false;
    flag.name = flag_name.empty() ? NameOf(field) : std::move(flag_name);
    const bool resource = flag.required && !ResourcePattern(field).empty() && !field.is_repeated();
    if (resource && flags_.empty()) flag.form = Form::kPositional;
    if (const auto rule = rules_.find(flag.field); rule != rules_.end()) {
      if (!rule->second->flag.empty()) flag.name = rule->second->flag;
      flag.form = rule->second->form;
      flag.value = rule->second->value;
    }
    if (flag.form != Form::kHidden) {
      // Two parts may have a field of the same name: the later is called after its part as well.
      if (!names_.insert(flag.name).second && flag.path.size() > 1) {
        flag.name = absl::StrCat(Dashed(flag.path[flag.path.size() - 2]->name()), "-", flag.name);
        names_.insert(flag.name);
      }
    }
    flags_.push_back(std::move(flag));
  }

  static std::string NameOf(const FieldDescriptor& field) {
    const std::string& name = field.name();
    if (NamesItsResource(field)) return ResourceNoun(ResourcePattern(field));
    if (name == "validate_only") return "dry-run";
    return Dashed(field.is_repeated() ? Singular(name) : name);
  }

  bool updates_ = false;
  std::map<std::string, const FlagRule*> rules_;
  std::set<std::string> names_;
  std::vector<RequestFlag> flags_;
};

Message& HolderOf(const RequestFlag& flag, Message& request) {
  Message* at = &request;
  for (size_t i = 0; i + 1 < flag.path.size(); ++i) {
    at = at->GetReflection()->MutableMessage(at, flag.path[i]);
  }
  return *at;
}

// The case that a name belongs to is known from then on.
void NoteCase(const RequestFlag& flag, const Message& holder, FieldContext& context) {
  if (ResourcePattern(flag.leaf()).rfind("cases/*", 0) != 0 || flag.repeated()) return;
  const std::string name = holder.GetReflection()->GetString(holder, &flag.leaf());
  if (name.rfind("cases/", 0) == 0) context.case_name = std::string(base::RootName(name));
}

}  // namespace

bool RequestFlag::boolean() const {
  return leaf().cpp_type() == FieldDescriptor::CPPTYPE_BOOL && !leaf().is_repeated();
}

bool RequestFlag::needs_campaign() const {
  return required && !repeated() && ResourcePattern(leaf()) == "campaigns/*";
}

std::string RequestFlag::Help(Lang lang) const {
  const FieldDescriptor& labelled = path.size() > 1 && IsLocalizedText(leaf().containing_type())
                                        ? *path[path.size() - 2]
                                        : leaf();
  const bool zh = lang == Lang::kZh;
  std::string help = name == "dry-run"
                         ? std::string(zh ? "只检查，不改动" : "only check; change nothing")
                     : NamesItsResource(leaf()) ? NounLabel(leaf(), lang)
                                                : FieldLabel(labelled, lang);
  if (path.size() > 1 && IsLocalizedText(leaf().containing_type()) && leaf().name() == "en") {
    absl::StrAppend(&help, zh ? "（英文）" : " (in English)");
  }
  const std::string hint = boolean() ? "" : ValueHint(leaf(), lang);
  if (!hint.empty()) absl::StrAppend(&help, zh ? "：" : ": ", hint);
  if (needs_campaign()) {
    absl::StrAppend(&help, zh ? "（默认取自配置文件，或仅有的一个）"
                              : " (default: the profile's, or the only one there is)");
  } else if (required && name != "request-id") {
    absl::StrAppend(&help, zh ? "（必填）" : " (required)");
  }
  if (repeated()) absl::StrAppend(&help, zh ? "（可重复）" : " (may be repeated)");
  if (!value.empty()) absl::StrAppend(&help, zh ? "（默认 " : " (default ", value, zh ? "）" : ")");
  return help;
}

std::vector<RequestFlag> FlagsOf(const Descriptor& request, const std::vector<FlagRule>& rules) {
  for (const FlagRule& rule : rules) FieldPath(request, rule.field);
  return Deriver(rules).Derive(request);
}

bool IsSet(const RequestFlag& flag, const Message& request) {
  const Message* at = &request;
  for (size_t i = 0; i + 1 < flag.path.size(); ++i) {
    at = &at->GetReflection()->GetMessage(*at, flag.path[i]);
  }
  return flag.repeated() ? at->GetReflection()->FieldSize(*at, &flag.leaf()) > 0
                         : at->GetReflection()->HasField(*at, &flag.leaf());
}

absl::Status ApplyFlags(const std::vector<RequestFlag>& flags,
                        const std::map<std::string, std::vector<std::string>>& given,
                        FieldContext context, Message& request) {
  std::vector<redress::status::FieldViolation> wrong;
  for (const RequestFlag& flag : flags) {
    std::vector<std::string> values;
    if (const auto found = given.find(flag.name); found != given.end()) values = found->second;
    if (values.empty() && !flag.value.empty() && !IsSet(flag, request)) values = {flag.value};
    if (!values.empty()) {
      Message& holder = HolderOf(flag, request);
      if (flag.repeated()) holder.GetReflection()->ClearField(&holder, &flag.leaf());
      for (const std::string& value : values) {
        // FILE and @FILE are the same where only a file can be meant.
        const bool bare = flag.form == Form::kFile && value.rfind('@', 0) != 0;
        const std::string text = bare ? absl::StrCat("@", value) : value;
        const absl::Status set = SetFromText(holder, flag.leaf(), text, context);
        if (set.ok()) continue;
        // A service that does not answer, or finds no such case, is no fault of the flag.
        if (!absl::IsInvalidArgument(set)) return set;
        wrong.push_back({flag.field, TextIn(set, context.lang)});
      }
      NoteCase(flag, holder, context);
    } else if (IsSet(flag, request)) {
      NoteCase(flag, HolderOf(flag, request), context);
    }
  }
  return wrong.empty() ? absl::OkStatus() : redress::status::InvalidFields(wrong);
}

absl::Status FillUpdateMask(const std::vector<RequestFlag>& flags,
                            const std::map<std::string, std::vector<std::string>>& given,
                            Message& request) {
  const FieldDescriptor* mask = request.GetDescriptor()->FindFieldByName(kUpdateMask);
  if (mask == nullptr || request.GetReflection()->HasField(request, mask)) return absl::OkStatus();
  google::protobuf::FieldMask changed;
  std::vector<std::string> possible;
  bool set = false;  // by a file
  for (const RequestFlag& flag : flags) {
    // Parts of the resource lie below a field of the request.
    const size_t resource = flag.field.find('.');
    if (resource == std::string::npos) continue;
    if (flag.form != Form::kHidden) possible.push_back(absl::StrCat("--", flag.name));
    set = set || request.GetReflection()->HasField(request, flag.path.front());
    if (given.count(flag.name) > 0) changed.add_paths(flag.field.substr(resource + 1));
  }
  if (changed.paths().empty()) {
    if (set) return absl::OkStatus();
    const std::string flags_of = absl::StrJoin(possible, " ");
    return Usage(absl::StrCat("没有要更改的内容；可用：", flags_of),
                 absl::StrCat("nothing is to be changed; there are: ", flags_of));
  }
  request.GetReflection()->MutableMessage(&request, mask)->CopyFrom(changed);
  return absl::OkStatus();
}

}  // namespace redress::ctl

#include "clients/ctl/labels.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "clients/ctl/schema.h"
#include "common/base/view.h"
#include "redress/options/v1/names.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

// The part of a value's name after the prefix that all values of its type share with the zero value
// ("…_UNSPECIFIED"). A type whose zero value is not called so has no prefix.
std::string_view ShortName(const EnumValueDescriptor& value) {
  const std::string& zero = value.type()->value(0)->name();
  const absl::string_view prefix =
      absl::EndsWith(zero, "UNSPECIFIED") ? absl::StripSuffix(zero, "UNSPECIFIED") : "";
  return base::StdView(absl::StripPrefix(value.name(), prefix));
}

// Names in files of others, which carry no options.
constexpr std::pair<std::string_view, std::string_view> kOfOthers[] = {
    {"paths", "更改的字段"}, {"status", "状态"}, {"SERVING", "正常"}, {"NOT_SERVING", "未就绪"}};

std::string_view ChineseOfOthers(std::string_view name) {
  const auto* found = std::find_if(std::begin(kOfOthers), std::end(kOfOthers),
                                   [&](const auto& each) { return each.first == name; });
  return found == std::end(kOfOthers) ? std::string_view() : found->second;
}

using ByName = std::map<std::string, std::string_view, std::less<>>;

void AddFields(const Descriptor& type, std::set<const Descriptor*>& seen, ByName& names) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string& zh = field.options().GetExtension(options::v1::zh);
    if (!zh.empty()) names.try_emplace(field.name(), zh);
    if (field.message_type() != nullptr) AddFields(*field.message_type(), seen, names);
  }
}

// The Chinese names of the fields of all rpcs, by their names.
const ByName& FieldNames() {
  static const ByName* const names = [] {
    auto* all = new ByName;
    std::set<const Descriptor*> seen;
    for (const google::protobuf::ServiceDescriptor* service : AllServices()) {
      for (int i = 0; i < service->method_count(); ++i) {
        AddFields(*service->method(i)->input_type(), seen, *all);
        AddFields(*service->method(i)->output_type(), seen, *all);
      }
    }
    return all;
  }();
  return *names;
}

std::string EnglishLabel(std::string_view field) {
  if (field == "case_file" || field == "case_name") return "case";
  if (field == "amount_fen") return "amount (yuan)";
  if (field == "centipoints") return "points";
  if (field == "max_centipoints") return "points possible";
  return absl::StrReplaceAll(base::AbslView(field), {{"_", " "}});
}

}  // namespace

Lang LangOf(std::string_view name) {
  return absl::StartsWithIgnoreCase(base::AbslView(name), "zh") ? Lang::kZh : Lang::kEn;
}

std::string_view LangCode(Lang lang) { return lang == Lang::kZh ? "zh" : "en"; }

std::string_view ChineseLabel(const FieldDescriptor& field) {
  const std::string& zh = field.options().GetExtension(options::v1::zh);
  return zh.empty() ? ChineseOfOthers(field.name()) : std::string_view(zh);
}

std::string_view ChineseLabel(const EnumValueDescriptor& value) {
  const std::string& zh = value.options().GetExtension(options::v1::value_zh);
  return zh.empty() ? ChineseOfOthers(value.name()) : std::string_view(zh);
}

std::string_view ChineseLabel(std::string_view name) {
  const auto found = FieldNames().find(name);
  return found == FieldNames().end() ? ChineseOfOthers(name) : found->second;
}

std::string FieldLabel(const FieldDescriptor& field, Lang lang) {
  const std::string_view zh = ChineseLabel(field);
  if (lang == Lang::kZh && !zh.empty()) return std::string(zh);
  // What a claim or petition is about; elsewhere a subject is who acted.
  if (field.enum_type() == types::v1::ClaimSubject_descriptor()) return "claim subject";
  // Whether documents were looked at, not documents.
  if (field.name() == "documents" && field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return "documents examined";
  }
  return EnglishLabel(field.name());
}

std::string FieldLabel(std::string_view name, Lang lang) {
  const std::string_view zh = ChineseLabel(name);
  return lang == Lang::kZh && !zh.empty() ? std::string(zh) : EnglishLabel(name);
}

std::string EnumLabel(const EnumValueDescriptor& value, Lang lang) {
  if (value.number() == 0 && absl::EndsWith(value.name(), "UNSPECIFIED")) return "";
  if (lang == Lang::kZh) {
    const std::string_view label = ChineseLabel(value);
    if (!label.empty()) return std::string(label);
  }
  return absl::StrReplaceAll(absl::AsciiStrToLower(base::AbslView(ShortName(value))), {{"_", " "}});
}

std::string EnumChoice(const EnumValueDescriptor& value) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(base::AbslView(ShortName(value))), {{"_", "-"}});
}

std::string ChoicesOf(const EnumDescriptor& type) {
  std::string choices;
  for (int i = 1; i < type.value_count(); ++i) {
    absl::StrAppend(&choices, i > 1 ? "|" : "", EnumChoice(*type.value(i)));
  }
  return choices;
}

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor& type, std::string_view text) {
  std::string wanted = absl::AsciiStrToUpper(base::AbslView(text));
  std::replace(wanted.begin(), wanted.end(), '-', '_');
  for (int i = 1; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (wanted == value.name() || wanted == ShortName(value) ||
        (!text.empty() && text == ChineseLabel(value))) {
      return &value;
    }
  }
  return nullptr;
}

std::string Bracketed(std::string_view text, Lang lang) {
  return lang == Lang::kZh ? absl::StrCat("（", base::AbslView(text), "）")
                           : absl::StrCat(" (", base::AbslView(text), ")");
}

std::string Punctuated(std::string_view text, Lang lang) {
  if (lang != Lang::kZh) return std::string(text);
  return absl::StrReplaceAll(base::AbslView(text),
                             {{"; ", "；"}, {";", "；"}, {"(", "（"}, {")", "）"}});
}

}  // namespace redress::ctl

#include "clients/ctl/labels.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/base/view.h"

namespace redress::ctl {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// The part of a value's name after the prefix that all values of its type share with the zero value
// ("…_UNSPECIFIED"). A type whose zero value is not called so has no prefix.
std::string_view ShortName(const EnumValueDescriptor& value) {
  const std::string& zero = value.type()->value(0)->name();
  const absl::string_view prefix =
      absl::EndsWith(zero, "UNSPECIFIED") ? absl::StripSuffix(zero, "UNSPECIFIED") : "";
  return base::StdView(absl::StripPrefix(value.name(), prefix));
}

}  // namespace

Lang LangOf(std::string_view name) {
  return absl::StartsWithIgnoreCase(base::AbslView(name), "zh") ? Lang::kZh : Lang::kEn;
}

std::string_view LangCode(Lang lang) { return lang == Lang::kZh ? "zh" : "en"; }

std::string FieldLabel(std::string_view field, Lang lang) {
  if (lang == Lang::kZh) {
    const std::string_view label = ChineseFieldLabel(field);
    if (!label.empty()) return std::string(label);
  }
  if (field == "case_file" || field == "case_name") return "case";
  if (field == "amount_fen") return "amount (yuan)";
  if (field == "centipoints") return "points";
  if (field == "max_centipoints") return "points possible";
  return absl::StrReplaceAll(base::AbslView(field), {{"_", " "}});
}

std::string EnumLabel(const EnumValueDescriptor& value, Lang lang) {
  if (value.number() == 0 && absl::EndsWith(value.name(), "UNSPECIFIED")) return "";
  if (lang == Lang::kZh) {
    const std::string_view label = ChineseEnumLabel(value.name());
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
        (!text.empty() && text == ChineseEnumLabel(value.name()))) {
      return &value;
    }
  }
  return nullptr;
}

}  // namespace redress::ctl

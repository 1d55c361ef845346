// What fields and enum values are called in the two languages. Pure functions.
//
// English labels are made from the names in the .proto files; the Chinese ones stand in tables,
// which a test holds complete.
#ifndef REDRESS_CLIENTS_CTL_LABELS_H_
#define REDRESS_CLIENTS_CTL_LABELS_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace redress::ctl {

enum class Lang { kEn, kZh };

// A text of the program itself, in both languages. The texts are literals.
struct Text {
  std::string_view zh;
  std::string_view en;
  std::string_view In(Lang lang) const { return lang == Lang::kZh ? zh : en; }
};

// "zh", or "zh_CN.UTF-8" and the like, is Chinese; everything else English.
Lang LangOf(std::string_view name);
// "zh" or "en", for accept-language.
std::string_view LangCode(Lang lang);

// "registration_number" -> "登记号" or "registration number".
std::string FieldLabel(std::string_view field, Lang lang);
// The Chinese label of a field or of an enum value (by its full upper-case name); empty if the
// tables have none.
std::string_view ChineseFieldLabel(std::string_view field);
std::string_view ChineseEnumLabel(std::string_view value);

// CASE_STATE_OPEN -> "办理中" or "open". The zero value gives an empty text.
std::string EnumLabel(const google::protobuf::EnumValueDescriptor& value, Lang lang);

// How a value is typed on the command line: CASE_SOURCE_IN_PERSON -> "in-person".
std::string EnumChoice(const google::protobuf::EnumValueDescriptor& value);

// All values as they are typed: "in-person|letter|…".
std::string ChoicesOf(const google::protobuf::EnumDescriptor& type);

// The value that a text names: "in-person", "IN_PERSON", "CASE_SOURCE_IN_PERSON" or the Chinese
// label. Null if there is none; the zero value is never meant.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor& type, std::string_view text);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_LABELS_H_

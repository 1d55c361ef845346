// What fields and enum values are called in the two languages. Pure functions.
//
// English labels are made from the names in the .proto files; the Chinese ones stand there as
// options (options/v1/names.proto), and a test finds what has none.
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

// A text in brackets, as it follows another one: "（具体责任人）" or " (case officer)".
std::string Bracketed(std::string_view text, Lang lang);
// A text of a plan with the punctuation of the language that it is read in: "三(五)" and
// "三(四); 2005条例22条" stand in the plan file as "三（五）" and "三（四）；2005条例22条" do in
// print.
std::string Punctuated(std::string_view text, Lang lang);

// "registration_number" -> "登记号" or "registration number".
std::string FieldLabel(const google::protobuf::FieldDescriptor& field, Lang lang);
// The same by the name alone, as the first rpc that has such a field calls it: for the nouns of
// resources and for headings of ctl's own.
std::string FieldLabel(std::string_view name, Lang lang);
// The Chinese label; empty where there is none.
std::string_view ChineseLabel(const google::protobuf::FieldDescriptor& field);
std::string_view ChineseLabel(const google::protobuf::EnumValueDescriptor& value);
std::string_view ChineseLabel(std::string_view name);

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

#include "clients/ctl/fields.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/ctl/errors.h"
#include "clients/ctl/schema.h"
#include "common/base/clock.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/utf8.h"
#include "common/base/view.h"
#include "common/status/macros.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Wrong(std::string_view text, Text accepted) {
  return Usage(absl::StrCat("“", base::AbslView(text), "”不对，应为", base::AbslView(accepted.zh)),
               absl::StrCat("\"", base::AbslView(text), "\" is not ", base::AbslView(accepted.en)));
}

absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text, absl::CivilDay today) {
  if (text == "today" || text == "今天") return today;
  absl::CivilDay day;
  // Strict on the form: absl also takes years of other lengths.
  if (text.size() != 10 || !absl::ParseCivilTime(base::AbslView(text), &day)) {
    return Wrong(text, {"日期 YYYY-MM-DD 或 今天", "a date YYYY-MM-DD, or today"});
  }
  return day;
}

absl::StatusOr<absl::Time> ParseInstant(std::string_view text, absl::CivilDay today) {
  absl::Time instant;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, base::AbslView(text), &instant, &error)) return instant;
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text, today);
  if (!day.ok())
    return Wrong(text, {"时间（如 2018-05-02T09:00:00+08:00）或日期",
                        "an instant like 2018-05-02T09:00:00+08:00, or a date"});
  return absl::FromCivil(absl::CivilHour(*day) + 9, base::Shanghai());
}

absl::StatusOr<int64_t> ParseAmount(std::string_view text) {
  absl::string_view rest = base::AbslView(text);
  const bool yuan = absl::ConsumeSuffix(&rest, "元") || absl::ConsumeSuffix(&rest, "yuan");
  int64_t fen = 0;
  if (!yuan) {
    if (absl::SimpleAtoi(rest, &fen)) return fen;
    return Wrong(text, {"金额：分（120050）或元（1200.50元）",
                        "an amount in fen (120050), or in yuan (1200.50元)"});
  }
  const std::pair<std::string, std::string> halves =
      absl::StrSplit(absl::StripAsciiWhitespace(rest), absl::MaxSplits('.', 1));
  std::string cents = halves.second;
  cents.resize(std::max<size_t>(cents.size(), 2), '0');
  if (cents.size() != 2 || !absl::SimpleAtoi(absl::StrCat(halves.first, cents), &fen)) {
    return Wrong(text, {"至多两位小数的元", "an amount in yuan with at most two decimals"});
  }
  return fen;
}

// Cuts "a=1,b=x, y,c=2" before each ",<word>=": other commas in a value need no escape, and a word
// that is no field is a mistake, not a part of the value before.
std::vector<std::string> SplitPairs(std::string_view text) {
  std::vector<std::string> pairs;
  for (absl::string_view part : absl::StrSplit(base::AbslView(text), ',')) {
    const absl::string_view key = absl::StripLeadingAsciiWhitespace(part.substr(0, part.find('=')));
    const bool begins = part.find('=') != absl::string_view::npos && !key.empty() &&
                        std::all_of(key.begin(), key.end(), [](unsigned char c) {
                          return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
                        });
    if (begins || pairs.empty()) {
      pairs.emplace_back(absl::StripLeadingAsciiWhitespace(part));
    } else {
      absl::StrAppend(&pairs.back(), ",", part);
    }
  }
  return pairs;
}

std::string Keys(const Descriptor& type, Lang lang) {
  std::vector<std::string> keys;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsOutputOnly(field)) keys.push_back(field.name() + (IsRequired(field) ? "" : "?"));
  }
  const bool digest = type.FindFieldByName("sha256") != nullptr;
  constexpr Text kPairs = {"键=值,…，键有 ", "key=value,… of "};
  constexpr Text kFile = {"（可用 file=路径 代替 sha256）", " (file=PATH in place of sha256)"};
  return absl::StrCat(base::AbslView(kPairs.In(lang)), absl::StrJoin(keys, ", "),
                      base::AbslView(digest ? kFile.In(lang) : ""));
}

// `file=PATH` in place of `sha256=…`: the digest of a file at hand.
absl::StatusOr<std::string> FileDigest(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string content, ReadInput(path));
  return base::Sha256Hex(content);
}

// A file of text. Those that were written elsewhere end their lines in another way, which is put
// right, or are in another encoding, which is said with its line.
absl::StatusOr<std::string> ReadText(const std::string& path) {
  ASSIGN_OR_RETURN(std::string content, ReadInput(path));
  int line = 1;
  for (std::string_view rest = content; !rest.empty();) {
    const size_t length = base::Utf8SequenceLength(rest);
    if (length == 0) {
      return Usage(absl::StrCat(path, " 第 ", line, " 行不是 UTF-8 文本；请另存为 UTF-8 编码"),
                   absl::StrCat(path, " is no UTF-8 text in line ", line, "; save it as UTF-8"));
    }
    if (rest.front() == '\n') ++line;
    rest.remove_prefix(length);
  }
  absl::StrReplaceAll({{"\r\n", "\n"}}, &content);
  return content;
}

absl::Status SetMessageFromText(Message& message, std::string_view text,
                                const FieldContext& context) {
  const Descriptor& type = *message.GetDescriptor();
  if (IsDate(&type)) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDay(text, context.today));
    auto& date = dynamic_cast<google::type::Date&>(message);
    date.set_year(static_cast<int32_t>(day.year()));
    date.set_month(day.month());
    date.set_day(day.day());
    return absl::OkStatus();
  }
  if (IsTimestamp(&type)) {
    ASSIGN_OR_RETURN(const absl::Time instant, ParseInstant(text, context.today));
    auto& stamp = dynamic_cast<google::protobuf::Timestamp&>(message);
    const int64_t micros = absl::ToUnixMicros(instant);
    stamp.set_seconds(micros / 1'000'000);
    stamp.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
    return absl::OkStatus();
  }
  if (IsLocalizedText(&type)) {
    dynamic_cast<types::v1::LocalizedText&>(message).set_zh(std::string(text));
    return absl::OkStatus();
  }
  if (absl::StartsWith(base::AbslView(text), "{")) return MergeJson(message, text);
  for (const std::string& pair : SplitPairs(text)) {
    const std::pair<std::string, std::string> halves =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    const FieldDescriptor* field =
        type.FindFieldByName(std::string(absl::StripAsciiWhitespace(halves.first)));
    const FieldDescriptor* digest = type.FindFieldByName("sha256");
    if (field == nullptr && digest != nullptr && halves.first == "file") {
      ASSIGN_OR_RETURN(const std::string hex, FileDigest(halves.second));
      message.GetReflection()->SetString(&message, digest, hex);
      continue;
    }
    if (field == nullptr || IsOutputOnly(*field) || pair.find('=') == std::string::npos) {
      const std::string zh = Keys(type, Lang::kZh);
      const std::string en = Keys(type, Lang::kEn);
      return Wrong(pair, {zh, en});
    }
    const absl::Status set = SetFromText(message, *field, halves.second, context);
    if (!set.ok() && !absl::IsInvalidArgument(set)) return set;
    if (!set.ok()) {
      return Usage(absl::StrCat(field->name(), "：", TextIn(set, Lang::kZh)),
                   absl::StrCat(field->name(), ": ", TextIn(set, Lang::kEn)));
    }
  }
  return absl::OkStatus();
}

template <typename T>
absl::StatusOr<T> ParseNumber(std::string_view text) {
  T value = 0;
  if (!absl::SimpleAtoi(base::AbslView(text), &value))
    return Wrong(text, {"整数", "a whole number"});
  return value;
}

// The text of a string field: a file's content, a name in full, or the text itself.
absl::StatusOr<std::string> TextValue(const FieldDescriptor& field, std::string_view text,
                                      const FieldContext& context) {
  if (const std::string pattern = ResourcePattern(field); !pattern.empty()) {
    return ExpandName(pattern, text, context.case_name, context.lookup);
  }
  constexpr std::string_view kFromFile = "file=";
  if (IsDigest(field) && text.rfind(kFromFile, 0) == 0) {
    return FileDigest(std::string(text.substr(kFromFile.size())));
  }
  if (IsLongText(field) && text.size() > 1 && text.front() == '@') {
    return ReadText(std::string(text.substr(1)));
  }
  return std::string(text);
}

}  // namespace

bool IsDate(const Descriptor* type) { return type == google::type::Date::descriptor(); }
bool IsTimestamp(const Descriptor* type) {
  return type == google::protobuf::Timestamp::descriptor();
}
bool IsLocalizedText(const Descriptor* type) {
  return type == types::v1::LocalizedText::descriptor();
}

absl::Status SetFromText(Message& message, const FieldDescriptor& field, std::string_view text,
                         const FieldContext& context) {
  const Reflection& reflection = *message.GetReflection();
  const bool add = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field.type() == FieldDescriptor::TYPE_BYTES) {
        return Usage("字节只能以 base64 写在 JSON 中", "bytes can only be given as base64 in JSON");
      }
      ASSIGN_OR_RETURN(const std::string value, TextValue(field, text, context));
      add ? reflection.AddString(&message, &field, value)
          : reflection.SetString(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      const std::string word = absl::AsciiStrToLower(base::AbslView(text));
      const bool yes = word == "true" || word == "yes" || word == "是";
      if (!yes && word != "false" && word != "no" && word != "否") {
        return Wrong(text, {"true 或 false（是、否）", "true or false"});
      }
      add ? reflection.AddBool(&message, &field, yes) : reflection.SetBool(&message, &field, yes);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = FindEnumValue(*field.enum_type(), text);
      if (value == nullptr) {
        const std::string choices = ChoicesOf(*field.enum_type());
        return Wrong(text, {choices, choices});
      }
      add ? reflection.AddEnum(&message, &field, value)
          : reflection.SetEnum(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      ASSIGN_OR_RETURN(const int32_t value, ParseNumber<int32_t>(text));
      add ? reflection.AddInt32(&message, &field, value)
          : reflection.SetInt32(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const bool amount = absl::EndsWith(field.name(), "_fen");
      ASSIGN_OR_RETURN(const int64_t value,
                       amount ? ParseAmount(text) : ParseNumber<int64_t>(text));
      add ? reflection.AddInt64(&message, &field, value)
          : reflection.SetInt64(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessageFromText(add ? *reflection.AddMessage(&message, &field)
                                    : *reflection.MutableMessage(&message, &field),
                                text, context);
    default:
      return Usage("这种字段只能写在 JSON 中", "this kind of field can only be given in JSON");
  }
}

std::string ValueHint(const FieldDescriptor& field, Lang lang) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return ChoicesOf(*field.enum_type());
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    if (IsDate(field.message_type())) return "YYYY-MM-DD|today";
    if (IsTimestamp(field.message_type())) return "RFC 3339";
    if (IsLocalizedText(field.message_type())) return "";
    return Keys(*field.message_type(), lang);
  }
  if (absl::EndsWith(field.name(), "_fen")) {
    return lang == Lang::kZh ? "120050(分) 或 1200.50元" : "120050 (fen) or 1200.50yuan";
  }
  if (IsDigest(field)) return lang == Lang::kZh ? "SHA-256 或 file=路径" : "SHA-256 or file=PATH";
  if (IsLongText(field)) return lang == Lang::kZh ? "文本或 @文件" : "text or @FILE";
  return ResourcePattern(field);
}

absl::Status MergeJson(Message& message, std::string_view json) {
  const std::unique_ptr<Message> parsed(message.New());
  const google::protobuf::util::Status status =
      google::protobuf::util::JsonStringToMessage(std::string(json), parsed.get());
  if (!status.ok()) {
    const std::string& type = message.GetDescriptor()->name();
    const std::string why(status.message().data(), status.message().size());
    return Usage(absl::StrCat("JSON 与 ", type, " 不符：", why),
                 absl::StrCat("the JSON does not fit ", type, ": ", why));
  }
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> given;
  reflection.ListFields(*parsed, &given);
  for (const FieldDescriptor* field : given) {
    if (field->is_repeated()) reflection.ClearField(&message, field);
  }
  message.MergeFrom(*parsed);
  return absl::OkStatus();
}

std::string ToJson(const Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = pretty;
  std::string json;
  // Fails only for Any of unknown types, which no message here has.
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  absl::StatusOr<std::string> content = base::ReadFile(path);
  if (!content.ok()) return FileUsage(content.status());
  return content;
}

}  // namespace redress::ctl

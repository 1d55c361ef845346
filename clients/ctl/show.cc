#include "clients/ctl/show.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "clients/ctl/fields.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/width.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/supervision/v1/supervision.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr Text kNone = {"（无）", "(none)"};
constexpr Text kYes = {"是", "yes"};
constexpr Text kNo = {"否", "no"};

std::string DateText(const google::type::Date& date) {
  if (date.year() == 0) return "";
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

// Whole hundredths as a decimal number: fen as yuan, centipoints as points.
std::string Hundredths(int64_t value) {
  const uint64_t size = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  return absl::StrFormat("%s%d.%02d", value < 0 ? "-" : "", size / 100, size % 100);
}

// A resource name as people call it; itself where they have no name for it.
std::string Called(const std::string& name, const View& view, bool with_id) {
  if (view.titles == nullptr || name.find(' ') != std::string::npos) return name;
  const std::string title = TitleOf(*view.titles, name, with_id, view.lang);
  return title.empty() ? name : title;
}

// Messages that are shown as one text.
std::optional<std::string> AtomText(const Message& message, const View& view) {
  const Lang lang = view.lang;
  const Descriptor* type = message.GetDescriptor();
  if (IsDate(type)) return DateText(dynamic_cast<const google::type::Date&>(message));
  if (IsTimestamp(type)) {
    const auto& stamp = dynamic_cast<const google::protobuf::Timestamp&>(message);
    return absl::FormatTime(
        "%Y-%m-%d %H:%M:%S",
        absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos()),
        base::Shanghai());
  }
  if (IsLocalizedText(type)) {
    const auto& text = dynamic_cast<const types::v1::LocalizedText&>(message);
    const bool zh = lang == Lang::kZh ? !text.zh().empty() : text.en().empty();
    return zh ? text.zh() : text.en();
  }
  if (type == types::v1::Actor::descriptor()) {
    const auto& actor = dynamic_cast<const types::v1::Actor&>(message);
    const std::string role =
        EnumLabel(*types::v1::Role_descriptor()->FindValueByNumber(actor.role()), lang);
    return absl::StrCat(
        Called(actor.official().empty() ? actor.unit() : actor.official(), view, false),
        role.empty() ? "" : Bracketed(role, lang));
  }
  if (type == plan::v1::DateSpan::descriptor()) {
    const auto& span = dynamic_cast<const plan::v1::DateSpan&>(message);
    return absl::StrCat(DateText(span.first()), "…", DateText(span.last()));
  }
  if (type == supervision::v1::SetAside::descriptor()) {
    const auto& aside = dynamic_cast<const supervision::v1::SetAside&>(message);
    const std::string separator = lang == Lang::kZh ? "、" : ", ";
    const bool more = aside.count() > aside.names_size();
    return absl::StrCat(aside.count(),
                        Bracketed(absl::StrCat(absl::StrJoin(aside.names(), separator),
                                               more ? separator + "…" : ""),
                                  lang));
  }
  return std::nullopt;
}

std::string EnumText(const FieldDescriptor& field, int number, Lang lang) {
  const auto* value = field.enum_type()->FindValueByNumber(number);
  return value == nullptr ? absl::StrCat(number) : EnumLabel(*value, lang);
}

std::string NumberText(const FieldDescriptor& field, int64_t value) {
  const bool hundredths =
      absl::EndsWith(field.name(), "_fen") || absl::EndsWith(field.name(), "centipoints");
  return hundredths ? Hundredths(value) : absl::StrCat(value);
}

std::string BytesText(const FieldDescriptor& field, const std::string& value) {
  return field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(value) : value;
}

// What a field that is no resource's own name says of another one.
std::string Named(const FieldDescriptor& field, std::string text, const View& view) {
  if (field.name() == "clause") return Punctuated(text, view.lang);
  return field.name() == "name" || field.type() != FieldDescriptor::TYPE_STRING
             ? text
             : Called(text, view, view.max_cell == 0);
}

std::string FieldTextIn(const Message& message, const FieldDescriptor& field, const View& view);

// Item `i` of a repeated field, or the value of a singular one (i = -1).
std::string ItemText(const Message& message, const FieldDescriptor& field, int i,
                     const View& view) {
  const Lang lang = view.lang;
  const Reflection& of = *message.GetReflection();
  const bool item = i >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Named(field,
                   BytesText(field, item ? of.GetRepeatedString(message, &field, i)
                                         : of.GetString(message, &field)),
                   view);
    case FieldDescriptor::CPPTYPE_BOOL:
      return std::string(
          (item ? of.GetRepeatedBool(message, &field, i) : of.GetBool(message, &field))
              ? kYes.In(lang)
              : kNo.In(lang));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(
          field,
          item ? of.GetRepeatedEnumValue(message, &field, i) : of.GetEnumValue(message, &field),
          lang);
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberText(
          field, item ? of.GetRepeatedInt32(message, &field, i) : of.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberText(
          field, item ? of.GetRepeatedInt64(message, &field, i) : of.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(item ? of.GetRepeatedUInt32(message, &field, i)
                               : of.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (!item && !of.HasField(message, &field)) return "";
      const Message& part =
          item ? of.GetRepeatedMessage(message, &field, i) : of.GetMessage(message, &field);
      const std::optional<std::string> text = AtomText(part, view);
      return text ? *text : ToJson(part, false);
    }
    default:
      return "";
  }
}

std::string FieldTextIn(const Message& message, const FieldDescriptor& field, const View& view) {
  if (!field.is_repeated()) return ItemText(message, field, -1, view);
  std::vector<std::string> texts;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    texts.push_back(ItemText(message, field, i, view));
  }
  return absl::StrJoin(texts, view.lang == Lang::kZh ? "、" : ", ");
}

// The messages at the end of a path of (repeated) message fields.
void Collect(const Message& message, absl::string_view path, std::vector<const Message*>& found) {
  if (path.empty()) {
    found.push_back(&message);
    return;
  }
  const std::pair<absl::string_view, absl::string_view> halves =
      absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(std::string(halves.first));
  const Reflection& of = *message.GetReflection();
  if (!field->is_repeated()) {
    if (of.HasField(message, field)) Collect(of.GetMessage(message, field), halves.second, found);
    return;
  }
  for (int i = 0; i < of.FieldSize(message, field); ++i) {
    Collect(of.GetRepeatedMessage(message, field, i), halves.second, found);
  }
}

// Resource names are long: a table shows the last part, which commands take too. What lies below a
// case keeps all but the collections, since its last part says nothing alone.
std::string ShortName(const FieldDescriptor& field, std::string text) {
  const bool name = field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated() &&
                    text.find('/') != std::string::npos && text.find(' ') == std::string::npos;
  if (!name) return text;
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  static constexpr std::string_view kCollections[] = {"cases", "units", "officials", "campaigns"};
  if (std::find(std::begin(kCollections), std::end(kCollections), parts[0]) ==
      std::end(kCollections)) {
    return text;
  }
  std::string shown = parts[1];
  for (size_t i = 3; i < parts.size(); i += 2) absl::StrAppend(&shown, "/", parts[i]);
  return shown;
}

std::string CellText(const Message& row, absl::string_view column, const View& view) {
  for (absl::string_view path : absl::StrSplit(column, '|')) {
    const bool count = absl::ConsumeSuffix(&path, "#");
    std::vector<const Message*> holders;
    const size_t dot = path.rfind('.');
    Collect(row, dot == absl::string_view::npos ? "" : path.substr(0, dot), holders);
    const std::string last(dot == absl::string_view::npos ? path : path.substr(dot + 1));
    std::vector<std::string> texts;
    int64_t items = 0;
    for (const Message* holder : holders) {
      const FieldDescriptor* field = holder->GetDescriptor()->FindFieldByName(last);
      if (count) {
        items += holder->GetReflection()->FieldSize(*holder, field);
        continue;
      }
      std::string text = ShortName(*field, FieldTextIn(*holder, *field, view));
      if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) {
        texts.push_back(std::move(text));
      }
    }
    if (count) return absl::StrCat(items);
    if (!texts.empty()) return absl::StrJoin(texts, view.lang == Lang::kZh ? "、" : ", ");
  }
  return "";
}

// Between a name and what it stands for.
std::string_view Colon(Lang lang) { return lang == Lang::kZh ? "：" : ": "; }

// The field that a column shows first.
const FieldDescriptor& ColumnField(const Descriptor& row, absl::string_view column) {
  absl::string_view path = column.substr(0, column.find('|'));
  absl::ConsumeSuffix(&path, "#");
  return *FieldPath(row, base::StdView(path)).back();
}

Tone ToneOf(const Message& row, const FieldDescriptor& field) {
  if (field.containing_type() != row.GetDescriptor() || field.is_repeated()) return Tone::kPlain;
  const Reflection& of = *row.GetReflection();
  if (field.enum_type() == plan::v1::RequirementState_descriptor()) {
    switch (of.GetEnumValue(row, &field)) {
      case plan::v1::REQUIREMENT_STATE_OVERDUE:
        return Tone::kBad;
      case plan::v1::REQUIREMENT_STATE_MET:
        return Tone::kGood;
      case plan::v1::REQUIREMENT_STATE_NOT_APPLICABLE:
        return Tone::kFaint;
      default:
        return Tone::kPlain;
    }
  }
  const bool late =
      (field.name() == "overdue" && field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 &&
       of.GetInt32(row, &field) > 0) ||
      (field.name() == "overdue_since" && of.HasField(row, &field));
  return late ? Tone::kBad : Tone::kPlain;
}

bool IsNumeric(const FieldDescriptor& field, absl::string_view column) {
  return absl::EndsWith(column, "#") ||
         (field.cpp_type() <= FieldDescriptor::CPPTYPE_UINT64 && !field.is_repeated());
}

void AppendRecord(const Message& message, const View& view, size_t indent, std::string& out) {
  const Reflection& of = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  of.ListFields(message, &fields);
  size_t width = 0;
  for (const FieldDescriptor* field : fields) {
    width = std::max(width, DisplayWidth(FieldLabel(*field, view.lang)));
  }
  const std::string margin(indent, ' ');
  for (const FieldDescriptor* field : fields) {
    const std::string label = FieldLabel(*field, view.lang);
    const auto line = [&](std::string_view text) {
      absl::StrAppend(&out, margin, Paint(label, Tone::kHeading, view.color),
                      std::string(width - DisplayWidth(label) + 2, ' '), base::AbslView(text),
                      "\n");
    };
    const bool message_field = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!message_field) {
      line(FieldTextIn(message, *field, view));
      continue;
    }
    const int size = field->is_repeated() ? of.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const Message& part = field->is_repeated() ? of.GetRepeatedMessage(message, field, i)
                                                 : of.GetMessage(message, field);
      if (const std::optional<std::string> text = AtomText(part, view)) {
        line(*text);
        continue;
      }
      const std::string number = field->is_repeated() ? absl::StrCat(" ", i + 1) : "";
      absl::StrAppend(&out, margin, Paint(label + number, Tone::kHeading, view.color), "\n");
      AppendRecord(part, view, indent + 2, out);
    }
  }
}

}  // namespace

std::string RenderTable(const Table& table, const View& view) {
  return table.Render(view.color, view.max_cell, 2 * view.max_cell);
}

std::string FieldText(const Message& message, const FieldDescriptor& field, Lang lang) {
  return FieldTextIn(message, field, View{lang});
}

std::string ShowTable(const Message& response, const TableSpec& spec, const View& view) {
  std::vector<const Message*> rows;
  Collect(response, base::AbslView(spec.rows), rows);
  if (rows.empty()) return absl::StrCat(std::string(kNone.In(view.lang)), "\n");
  const Descriptor& type = *rows.front()->GetDescriptor();
  std::vector<std::string> headings;
  std::vector<bool> right;
  for (std::string_view column : spec.columns) {
    const FieldDescriptor& field = ColumnField(type, base::AbslView(column));
    std::string heading = FieldLabel(field, view.lang);
    // "kind" of a round and "documents.kind": the second is called after what holds it.
    const std::vector<std::string> path = absl::StrSplit(base::AbslView(column), '.');
    if (path.size() > 1 && std::find(headings.begin(), headings.end(), heading) != headings.end()) {
      heading = FieldLabel(path[path.size() - 2], view.lang);
    }
    headings.push_back(std::move(heading));
    right.push_back(IsNumeric(field, base::AbslView(column)));
  }
  Table table(std::move(headings), std::move(right));
  for (const Message* row : rows) {
    std::vector<Cell> cells;
    for (std::string_view column : spec.columns) {
      cells.push_back({CellText(*row, base::AbslView(column), view),
                       ToneOf(*row, ColumnField(type, base::AbslView(column)))});
    }
    table.Add(std::move(cells));
  }
  return RenderTable(table, view);
}

std::string ShowRecord(const Message& message, const View& view) {
  std::string out;
  AppendRecord(message, view, 0, out);
  return out.empty() ? absl::StrCat(std::string(kNone.In(view.lang)), "\n") : out;
}

std::string ShowResponse(const Message& response, const std::vector<TableSpec>& tables,
                         const View& view) {
  const Descriptor& type = *response.GetDescriptor();
  const Reflection& of = *response.GetReflection();
  if (tables.empty()) {
    // The wrapper around the one resource is of no interest.
    if (type.field_count() == 1 && type.field(0)->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        !type.field(0)->is_repeated() && !AtomText(of.GetMessage(response, type.field(0)), view)) {
      return ShowRecord(of.GetMessage(response, type.field(0)), view);
    }
    return ShowRecord(response, view);
  }
  std::string out;
  for (const TableSpec& spec : tables) {
    if (!spec.title.en.empty()) {
      absl::StrAppend(&out, out.empty() ? "" : "\n",
                      Paint(spec.title.In(view.lang), Tone::kHeading, view.color), "\n");
    }
    absl::StrAppend(&out, ShowTable(response, spec, view));
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_repeated() || field.name() == "next_page_token") continue;
    const bool atom = field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
                      AtomText(of.GetMessage(response, &field), view);
    if (!atom || !of.HasField(response, &field)) continue;
    absl::StrAppend(&out, FieldLabel(field, view.lang), base::AbslView(Colon(view.lang)),
                    FieldTextIn(response, field, view), "\n");
  }
  return out;
}

}  // namespace redress::ctl

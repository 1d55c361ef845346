#include "clients/ctl/titles.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/ids.h"
#include "common/base/view.h"

namespace redress::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool HasTitle(absl::string_view name) {
  return absl::StartsWith(name, "cases/") || absl::StartsWith(name, "units/") ||
         absl::StartsWith(name, "officials/");
}

void Note(const std::string& text, std::set<std::string>& found) {
  if (HasTitle(text) && text.find(' ') == std::string::npos) {
    found.emplace(base::RootName(text));
  }
}

void Collect(const Message& message, std::set<std::string>& found) {
  const auto& of = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  of.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int items = field->is_repeated() ? of.FieldSize(message, field) : 0;
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      if (!field->is_repeated()) Note(of.GetString(message, field), found);
      for (int i = 0; i < items; ++i) Note(of.GetRepeatedString(message, field, i), found);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) Collect(of.GetMessage(message, field), found);
      for (int i = 0; i < items; ++i) Collect(of.GetRepeatedMessage(message, field, i), found);
    }
  }
}

std::string In(const types::v1::LocalizedText& text, Lang lang) {
  const bool zh = lang == Lang::kZh ? !text.zh().empty() : text.en().empty();
  return zh ? text.zh() : text.en();
}

void AddDistinct(const std::map<std::string, std::string>& titled, Lang lang, Titles& titles) {
  std::map<std::string, int> times;
  for (const auto& [name, title] : titled) ++times[title];
  for (const auto& [name, title] : titled) {
    if (title.empty()) continue;
    titles[name] =
        times[title] > 1 ? absl::StrCat(title, Bracketed(base::LastSegment(name), lang)) : title;
  }
}

}  // namespace

std::set<std::string> ResourcesIn(const Message& message) {
  std::set<std::string> found;
  Collect(message, found);
  return found;
}

void AddTitles(const registry::v1::ListCaseNumbersResponse& numbers, Titles& titles) {
  for (const registry::v1::CaseNumber& number : numbers.numbers()) {
    titles[number.name()] = number.registration_number();
  }
}

void AddTitles(const assignment::v1::ListUnitsResponse& units, Lang lang, Titles& titles) {
  std::map<std::string, std::string> titled;
  for (const auto& unit : units.units()) titled[unit.name()] = In(unit.display_name(), lang);
  AddDistinct(titled, lang, titles);
}

void AddTitles(const assignment::v1::ListOfficialsResponse& officials, Lang lang, Titles& titles) {
  std::map<std::string, std::string> titled;
  for (const auto& official : officials.officials()) {
    titled[official.name()] = In(official.title(), lang);
  }
  AddDistinct(titled, lang, titles);
}

std::string TitleOf(const Titles& titles, std::string_view name, bool with_id, Lang lang) {
  const std::vector<std::string> parts = absl::StrSplit(base::AbslView(name), '/');
  if (parts.size() < 2) return "";
  const auto found = titles.find(absl::StrCat(parts[0], "/", parts[1]));
  if (found == titles.end()) return "";
  std::string shown = found->second;
  for (size_t i = 3; i < parts.size(); i += 2) absl::StrAppend(&shown, "/", parts[i]);
  // A title that needs its id to be told from another one has it already.
  const std::string id = Bracketed(parts[1], lang);
  if (with_id && !absl::EndsWith(shown, id)) absl::StrAppend(&shown, id);
  return shown;
}

}  // namespace redress::ctl

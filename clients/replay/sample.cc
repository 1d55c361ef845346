#include "clients/replay/sample.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/files.h"
#include "common/status/macros.h"

namespace redress::replay {
namespace {

absl::Status Bad(std::string_view what) { return absl::InvalidArgumentError(std::string(what)); }

std::vector<std::string> Fields(std::string_view line) {
  std::vector<std::string> fields;
  for (const auto& field : absl::StrSplit(std::string(line), '|')) {
    fields.emplace_back(absl::StripAsciiWhitespace(field));
  }
  return fields;
}

std::vector<std::string> Items(const std::string& list) {
  return absl::StrSplit(list, ',', absl::SkipWhitespace());
}

types::v1::LocalizedText Text(const std::string& zh, const std::string& en) {
  types::v1::LocalizedText text;
  text.set_zh(zh);
  text.set_en(en);
  return text;
}

absl::Status At(const std::string& path, int line, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat(path, ":", line, ": ", std::string(status.message())));
}

}  // namespace

absl::StatusOr<Sample> Sample::Load(const std::string& folder) {
  Sample sample;
  RETURN_IF_ERROR(sample.ReadOrganisation(folder + "/organisation.txt"));
  RETURN_IF_ERROR(sample.ReadWords(folder + "/words.txt"));
  return sample;
}

absl::Status Sample::ReadOrganisation(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path));
  int number = 0;
  for (const auto& line : absl::StrSplit(text, '\n')) {
    ++number;
    const auto bare = absl::StripAsciiWhitespace(line);
    if (bare.empty() || bare[0] == '#') continue;
    RETURN_IF_ERROR(At(path, number, ReadLine(Fields({bare.data(), bare.size()}))));
  }
  for (int subject = 1; subject <= types::v1::ClaimSubject_MAX; ++subject) {
    if (!types::v1::ClaimSubject_IsValid(subject)) continue;
    if (!duties_.contains(static_cast<types::v1::ClaimSubject>(subject))) {
      return Bad(absl::StrCat(path, ": no unit handles ", types::v1::ClaimSubject_Name(subject)));
    }
  }
  return absl::OkStatus();
}

absl::Status Sample::ReadLine(const std::vector<std::string>& fields) {
  if (fields[0] == "unit" && fields.size() == 7) {
    SampleUnit unit{fields[1], {}, fields[3], fields[4], Text(fields[5], fields[6])};
    if (!types::v1::UnitKind_Parse("UNIT_KIND_" + fields[2], &unit.kind)) {
      return Bad("there is no such kind of unit");
    }
    if (!unit.superior.empty() && FindUnit(unit.superior) == nullptr) {
      return Bad("the superior is to be listed before");
    }
    units_.push_back(std::move(unit));
    return absl::OkStatus();
  }
  if (fields[0] == "official" && fields.size() == 7) {
    SampleOfficial official{
        fields[1], fields[2], {}, fields[4] == "principal", Text(fields[5], fields[6])};
    if (FindUnit(official.unit) == nullptr) return Bad("there is no such unit");
    for (const std::string& name : Items(fields[3])) {
      types::v1::Role role;
      if (!types::v1::Role_Parse("ROLE_" + name, &role)) return Bad("there is no such role");
      official.roles.push_back(role);
    }
    officials_.push_back(std::move(official));
    return absl::OkStatus();
  }
  if (fields[0] == "duty" && fields.size() == 3) {
    types::v1::ClaimSubject subject;
    if (!types::v1::ClaimSubject_Parse("CLAIM_SUBJECT_" + fields[1], &subject)) {
      return Bad("there is no such subject");
    }
    for (const std::string& unit : Items(fields[2])) {
      if (FindUnit(unit) == nullptr) return Bad("there is no such unit");
      if (OfficialsOf(unit, types::v1::ROLE_UNIT_HEAD).empty() ||
          OfficialsOf(unit, types::v1::ROLE_CASE_OFFICER).empty()) {
        return Bad("a unit that handles cases needs a head and a case officer");
      }
      duties_[subject].push_back(unit);
    }
    if (duties_[subject].empty()) return Bad("name at least one unit");
    return absl::OkStatus();
  }
  return Bad("is no line of unit, official or duty with its fields");
}

absl::Status Sample::ReadWords(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path));
  std::vector<std::string>* section = nullptr;
  int number = 0;
  for (const auto& line : absl::StrSplit(text, '\n')) {
    ++number;
    const std::string bare(absl::StripAsciiWhitespace(line));
    if (bare.empty() || bare[0] == '#') continue;
    if (bare.front() == '[' && bare.back() == ']') {
      section = &words_[bare.substr(1, bare.size() - 2)];
    } else if (section == nullptr) {
      return At(path, number, Bad("stands in no section"));
    } else {
      section->push_back(bare);
    }
  }
  for (const auto& [name, choices] : words_) {
    if (choices.empty()) return Bad(absl::StrCat(path, ": the section ", name, " is empty"));
  }
  return absl::OkStatus();
}

const SampleUnit* Sample::FindUnit(std::string_view id) const {
  for (const SampleUnit& unit : units_) {
    if (unit.id == id) return &unit;
  }
  return nullptr;
}

const SampleOfficial* Sample::FindOfficial(std::string_view id) const {
  for (const SampleOfficial& official : officials_) {
    if (official.id == id) return &official;
  }
  return nullptr;
}

std::vector<const SampleUnit*> Sample::UnitsOf(types::v1::UnitKind kind) const {
  std::vector<const SampleUnit*> found;
  for (const SampleUnit& unit : units_) {
    if (unit.kind == kind) found.push_back(&unit);
  }
  return found;
}

std::vector<const SampleOfficial*> Sample::OfficialsWith(types::v1::Role role) const {
  std::vector<const SampleOfficial*> found;
  for (const SampleOfficial& official : officials_) {
    for (const types::v1::Role held : official.roles) {
      if (held == role) found.push_back(&official);
    }
  }
  return found;
}

std::vector<const SampleOfficial*> Sample::OfficialsOf(std::string_view unit,
                                                       types::v1::Role role) const {
  std::vector<const SampleOfficial*> found;
  for (const SampleOfficial* official : OfficialsWith(role)) {
    if (official->unit == unit) found.push_back(official);
  }
  return found;
}

const std::vector<std::string>& Sample::Words(std::string_view section) const {
  const auto found = words_.find(section);
  if (found == words_.end()) {
    // The tests draw on every section of the shipped file.
    std::abort();
  }
  return found->second;
}

}  // namespace redress::replay

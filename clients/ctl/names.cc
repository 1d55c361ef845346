#include "clients/ctl/names.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "common/status/macros.h"

namespace redress::ctl {
namespace {

using Segments = std::vector<std::string>;

Segments Split(std::string_view name) { return absl::StrSplit(base::AbslView(name), '/'); }

bool Fits(const Segments& pattern, const Segments& name) {
  return std::equal(
      pattern.begin(), pattern.end(), name.begin(), name.end(),
      [](const std::string& want, const std::string& have) { return want == "*" || want == have; });
}

}  // namespace

bool LooksLikeRegistrationNumber(std::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(base::AbslView(text), '-');
  const auto digits = [](absl::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(),
                                        [](unsigned char c) { return absl::ascii_isdigit(c); });
  };
  return parts.size() == 4 && parts[0].size() >= 6 && parts[0].size() <= 12 && digits(parts[0]) &&
         parts[1].size() == 4 && digits(parts[1]) && digits(parts[2]) && parts[3].size() == 1;
}

absl::StatusOr<std::string> ExpandName(std::string_view pattern, std::string_view text,
                                       std::string_view case_name, const CaseLookup& lookup) {
  const Segments want = Split(pattern);
  const Segments given = Split(text);
  if (text.empty() || std::find(given.begin(), given.end(), "") != given.end()) {
    return std::string(text);
  }
  const auto stars = static_cast<size_t>(std::count(want.begin(), want.end(), "*"));
  Segments name;
  if (Fits(want, given)) {
    name = given;
  } else {
    Segments values = given;
    const bool of_case = want.size() > 2 && want[0] == "cases";
    if (of_case && values.size() + 1 == stars && !case_name.empty()) {
      values.insert(values.begin(), std::string(base::LastSegment(case_name)));
    }
    // "cases/ID" where a part of it is wanted that there is only once: "cases/*/visitWish".
    if (values.size() == stars + 1 && values[0] == want[0]) values.erase(values.begin());
    if (values.size() != stars) return std::string(text);
    name = want;
    size_t next = 0;
    for (std::string& segment : name) {
      if (segment == "*") segment = values[next++];
    }
  }
  if (name[0] == "cases" && LooksLikeRegistrationNumber(name[1])) {
    ASSIGN_OR_RETURN(const std::string found, lookup(name[1]));
    name[1] = std::string(base::LastSegment(found));
  }
  return absl::StrJoin(name, "/");
}

std::string Singular(std::string_view plural) {
  std::string noun(plural);
  if (absl::EndsWith(noun, "ies")) {
    noun.replace(noun.size() - 3, 3, "y");
  } else if (absl::EndsWith(noun, "s")) {
    noun.pop_back();
  }
  return noun;
}

std::string ResourceNoun(std::string_view pattern) {
  std::string last;
  for (const std::string& segment : Split(pattern)) {
    if (segment != "*") last = segment;
  }
  // Collections are in camelCase: "planRevisions".
  std::string noun;
  for (const char c : Singular(last)) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) noun.push_back('-');
    noun.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return noun;
}

}  // namespace redress::ctl

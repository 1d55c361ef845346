#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::DayOf;
using ::redress::rules::IsSet;

// The earliest day that an entry criterion reaches back to; none where one reaches back for ever.
std::optional<absl::CivilDay> EarliestOf(const plan::v1::Plan& plan) {
  std::optional<absl::CivilDay> earliest;
  for (const plan::v1::EntryCriterionRule& rule : plan.entry_criteria()) {
    if (!IsSet(rule.since())) return std::nullopt;
    if (!earliest || DayOf(rule.since()) < *earliest) earliest = DayOf(rule.since());
  }
  return earliest;
}

bool IsInForce(const plan::v1::RuleSet& set, absl::CivilDay day) {
  return DayOf(set.in_force_from()) <= day &&
         (!IsSet(set.in_force_until()) || day <= DayOf(set.in_force_until()));
}

}  // namespace

Admission AdmissionOf(const plan::v1::Plan& plan, const std::vector<plan::v1::RuleSet>& rule_sets,
                      absl::CivilDay received) {
  const std::optional<absl::CivilDay> earliest = EarliestOf(plan);
  if (earliest && received < *earliest) return {Admission::kTooEarly, *earliest};
  const absl::CivilDay last = DayOf(plan.ends_on());
  if (received > last) return {Admission::kTooLate, last};
  for (const plan::v1::RuleSet& set : rule_sets) {
    const bool named = std::find(plan.rule_sets().begin(), plan.rule_sets().end(), set.id()) !=
                       plan.rule_sets().end();
    if (named && IsInForce(set, received)) return {Admission::kTaken, received};
  }
  return {Admission::kNoRuleSet, received};
}

absl::Status RefuseAdmission(const Admission& admission, std::string_view campaign,
                             const std::string& instead) {
  const std::string day = absl::FormatCivilTime(admission.day);
  std::string remedy;
  switch (admission.verdict) {
    case Admission::kTooEarly:
      remedy = absl::StrCat("its plan takes cases received from ", day, " on");
      break;
    case Admission::kTooLate:
      remedy = absl::StrCat("its plan takes cases received until ", day);
      break;
    default:
      remedy = absl::StrCat("none of its plan's rule sets is in force on ", day);
      break;
  }
  std::vector<status::Violation> violations = {{"CAMPAIGN", std::string(campaign), remedy}};
  status::Metadata metadata;
  if (!instead.empty()) {
    violations.push_back({"CAMPAIGN", instead, "this campaign takes it; register it there"});
    metadata["campaign"] = instead;
  }
  return status::Unmet("NOT_OF_CAMPAIGN", "the campaign does not take cases received on this day",
                       violations, std::move(metadata));
}

}  // namespace redress::registry::rules

#include <set>

#include "absl/strings/str_cat.h"
#include "common/rules/record_checks.h"
#include "common/status/macros.h"
#include "common/validate/validate.h"
#include "services/assistance/rules.h"

namespace redress::assistance::rules {

using ::redress::rules::FieldErrors;
using ::redress::rules::NewFact;
using ::redress::rules::SetKind;

absl::StatusOr<Outcome<v1::HouseholdSurvey>> RecordSurvey(const CaseView& of,
                                                          const v1::RecordSurveyRequest& request,
                                                          const Context& context) {
  const v1::HouseholdSurvey& asked = request.survey();
  FieldErrors errors;
  if (asked.declined()) {
    // Whoever declines is not looked into behind their back.
    constexpr std::string_view kNothing = "cannot be told of a survey that was declined";
    if (asked.neighbours_asked()) errors.Add("survey.neighbours_asked", kNothing);
    if (asked.household_size() != 0) errors.Add("survey.household_size", kNothing);
    if (!asked.livelihood().empty()) errors.Add("survey.livelihood", kNothing);
    if (!asked.needs().empty()) errors.Add("survey.needs", kNothing);
    ::redress::rules::CheckDecline(asked.decline(), of.responsible_unit, "survey.decline", errors);
  } else {
    if (asked.has_decline()) errors.Add("survey.decline", "is for a survey that was declined");
    if (!validate::HasVisibleText(asked.livelihood())) {
      errors.Add("survey.livelihood", "must be told of a survey that was made");
    }
    if (asked.neighbours_asked() && !asked.consent_to_ask_neighbours()) {
      errors.Add("survey.consent_to_ask_neighbours",
                 "neighbours may be asked only with the person's written consent");
    }
  }
  std::set<int> needs;
  for (int i = 0; i < asked.needs_size(); ++i) {
    const std::string field = absl::StrCat("survey.needs[", i, "]");
    if (asked.needs(i) == v1::NEED_KIND_UNSPECIFIED) {
      errors.Add(field, "must be set");
    } else if (!needs.insert(asked.needs(i)).second) {
      errors.Add(field, "is named twice");
    }
  }
  RETURN_IF_ERROR(errors.ToStatus());

  Outcome<v1::HouseholdSurvey> outcome;
  v1::HouseholdSurvey& survey = outcome.resource;
  survey = asked;
  survey.set_name(absl::StrCat(of.name, "/surveys/", context.new_id()));
  survey.clear_etag();
  survey.set_case_name(of.name);
  *survey.mutable_surveyed_by() = context.actor;
  survey.set_campaign(of.campaign);
  facts::v1::Fact fact = NewFact(context, survey.name(), survey.surveyed_on());
  if (survey.declined()) {
    fact.mutable_survey_declined();
  } else {
    fact.mutable_surveyed()->set_by_visit(survey.by_visit());
  }
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::assistance::rules

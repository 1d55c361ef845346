// Cases and requests for the tests of the rules of the registry, written as text.
#ifndef REDRESS_TESTS_UNIT_REGISTRY_CASE_H_
#define REDRESS_TESTS_UNIT_REGISTRY_CASE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "google/protobuf/text_format.h"
#include "services/registry/rules.h"

namespace redress::registry::testing {

// A message in the text format.
template <class M>
M Text(const std::string& text) {
  M message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) {
    ADD_FAILURE() << "does not parse: " << text;
    std::abort();
  }
  return message;
}

// A day of June 2018 as a field: On("served_on", 12).
inline std::string On(const std::string& field, int day) {
  return absl::StrCat(field, " { year: 2018 month: 6 day: ", day, " } ");
}

// On 2018-06-20; ids are "id1", "id2", …
inline rules::Context By(const std::string& official = "officials/clerk") {
  rules::Context context;
  context.today = absl::CivilDay(2018, 6, 20);
  context.actor.set_official(official);
  context.actor.set_unit("units/office");
  context.actor.set_role(types::v1::ROLE_OFFICE_CLERK);
  context.new_id = [count = std::make_shared<int>(0)] { return absl::StrCat("id", ++*count); };
  return context;
}

// An open case of units/town with two claims; `more` is merged in.
inline v1::Case Case(const std::string& more = "") {
  v1::Case file = Text<v1::Case>(R"(
    name: "cases/1" campaign: "campaigns/1" plan_revision: 2 region_code: "430626103"
    state: CASE_STATE_OPEN petitioner: "petitioners/1" responsible_unit: "units/town" rounds: 1
    entry_criterion: ENTRY_CRITERION_CAPITAL
    claims { name: "cases/1/claims/1" kind: CLAIM_KIND_GRIEVANCE subject: CLAIM_SUBJECT_LAND }
    claims { name: "cases/1/claims/2" kind: CLAIM_KIND_SUGGESTION subject: CLAIM_SUBJECT_OTHER })");
  file.MergeFrom(Text<v1::Case>(more));
  return file;
}

inline v1::Case CaseIn(types::v1::CaseState state) {
  v1::Case file = Case();
  file.set_state(state);
  return file;
}

inline std::string ReasonOf(const absl::Status& status) { return status::ReasonOf(status); }

// The fields that an INVALID_ARGUMENT names.
inline std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : status::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

// What a FAILED_PRECONDITION lists: its subjects, a duty with its id and clause.
inline std::vector<std::string> SubjectsOf(const absl::Status& status) {
  std::vector<std::string> subjects;
  for (const auto& violation : status::ViolationsOf(status)) subjects.push_back(violation.Label());
  return subjects;
}

inline std::vector<facts::v1::FactKind> KindsOf(const std::vector<facts::v1::Fact>& facts) {
  std::vector<facts::v1::FactKind> kinds;
  for (const facts::v1::Fact& fact : facts) kinds.push_back(fact.kind());
  return kinds;
}

inline plan::v1::UnmetDuty Duty(const std::string& id, const std::string& clause) {
  plan::v1::UnmetDuty duty;
  duty.set_id(id);
  duty.set_clause(clause);
  duty.set_subject("cases/1/claims/1");
  duty.mutable_title()->set_en("a duty");
  duty.mutable_remedy()->set_en("do it");
  return duty;
}

}  // namespace redress::registry::testing

#endif  // REDRESS_TESTS_UNIT_REGISTRY_CASE_H_

// A case and requests for the tests of the rules of visits.
#ifndef REDRESS_TESTS_UNIT_VISITS_CASE_H_
#define REDRESS_TESTS_UNIT_VISITS_CASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/visits/rules.h"

namespace redress::visits::testing {

inline google::type::Date Day(int year, int month, int day) {
  return ::redress::rules::DateOf(absl::CivilDay(year, month, day));
}

inline const char kLead[] = "officials/lead";
inline const char kOfficer[] = "officials/officer";

// On 2018-06-20, or another day of that June; ids are "id1", "id2", …
inline rules::Context By(const std::string& official, int day = 20) {
  rules::Context context;
  context.today = absl::CivilDay(2018, 6, day);
  context.actor.set_official(official);
  context.actor.set_unit("units/town");
  context.actor.set_role(official == kLead ? types::v1::ROLE_LEAD : types::v1::ROLE_CASE_OFFICER);
  context.new_id = [count = std::make_shared<int>(0)] { return absl::StrCat("id", ++*count); };
  return context;
}

inline rules::CaseView OpenCase(types::v1::CaseState state = types::v1::CASE_STATE_OPEN) {
  return {"cases/1",   "campaigns/1", state, kLead, {"cases/1/claims/1", "cases/1/claims/2"},
          "units/town"};
}

inline v1::RecordVisitRequest Held(const std::string& official = kLead) {
  v1::RecordVisitRequest request;
  request.set_parent("cases/1");
  v1::Visit& visit = *request.mutable_visit();
  visit.set_outcome(v1::VISIT_OUTCOME_HELD);
  *visit.mutable_visited_on() = Day(2018, 6, 14);
  visit.set_place(facts::v1::VISIT_PLACE_HOME);
  visit.set_official(official);
  visit.set_account("谈了土地补偿的计算方法");
  return request;
}

inline types::v1::EvidenceRef Evidence(types::v1::EvidenceKind kind, char digit = 'a',
                                       int day = 14) {
  types::v1::EvidenceRef evidence;
  evidence.set_sha256(std::string(64, digit));
  evidence.set_kind(kind);
  *evidence.mutable_dated() = Day(2018, 6, day);
  return evidence;
}

// A note that the petitioner signed.
inline types::v1::ProofOfDecline Note() {
  types::v1::ProofOfDecline proof;
  *proof.mutable_signed_note() = Evidence(types::v1::EVIDENCE_KIND_SIGNED_NOTE);
  return proof;
}

inline v1::RecordVisitRequest NotHeld(v1::VisitOutcome outcome, int day = 14) {
  v1::RecordVisitRequest request;
  request.set_parent("cases/1");
  v1::Visit& visit = *request.mutable_visit();
  visit.set_outcome(outcome);
  *visit.mutable_visited_on() = Day(2018, 6, day);
  visit.set_official(kLead);
  if (outcome == v1::VISIT_OUTCOME_DECLINED) *visit.mutable_decline() = Note();
  return request;
}

inline v1::VisitWish Wish(bool wanted, int day) {
  v1::VisitWish wish;
  wish.set_name("cases/1/visitWish");
  wish.set_case_name("cases/1");
  wish.set_wanted(wanted);
  *wish.mutable_since() = Day(2018, 6, day);
  return wish;
}

// The names of the fields that a refusal complains of.
inline std::vector<std::string> BadFields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : status::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

}  // namespace redress::visits::testing

#endif  // REDRESS_TESTS_UNIT_VISITS_CASE_H_

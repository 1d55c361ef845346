// A file and requests for the tests of the rules of assistance.
#ifndef REDRESS_TESTS_UNIT_ASSISTANCE_CASE_H_
#define REDRESS_TESTS_UNIT_ASSISTANCE_CASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/assistance/rules.h"

namespace redress::assistance::testing {

inline google::type::Date Day(int month, int day) {
  return ::redress::rules::DateOf(absl::CivilDay(2018, month, day));
}

// On 2018-08-20, by assistance staff; ids are "id1", "id2", …
inline rules::Context Staff() {
  rules::Context context;
  context.today = absl::CivilDay(2018, 8, 20);
  context.actor.set_official("officials/staff");
  context.actor.set_unit("units/civil-affairs");
  context.actor.set_role(types::v1::ROLE_ASSISTANCE_STAFF);
  context.new_id = [count = std::make_shared<int>(0)] { return absl::StrCat("id", ++*count); };
  return context;
}

inline rules::CaseView TheCase() { return {"cases/1", "campaigns/1", "units/station"}; }

inline v1::OpenAssistanceFileRequest Open(int month = 6, int day = 1) {
  v1::OpenAssistanceFileRequest request;
  request.set_parent("cases/1");
  *request.mutable_opened_on() = Day(month, day);
  return request;
}

inline void AddMeasure(v1::AssistancePlan& plan, int64_t fen,
                       types::v1::Department department = types::v1::DEPARTMENT_CIVIL_AFFAIRS,
                       int due_month = 7) {
  v1::NewMeasure& measure = *plan.add_measures();
  measure.set_kind(v1::MEASURE_KIND_SUBSISTENCE_RELIEF);
  measure.set_department(department);
  measure.set_policy_basis("国务院令第649号");
  measure.set_amount_fen(fen);
  if (fen > 0) measure.set_funding_source("2082001");
  *measure.mutable_due_on() = Day(due_month, 31);
  measure.set_description("按月发放");
  measure.set_near_term(true);
}

// Agreed on 06-10: one measure with 3000 yuan, one without money.
inline v1::PlanAssistanceRequest PlanOf(int month = 6, int day = 10) {
  v1::PlanAssistanceRequest request;
  request.set_parent("cases/1");
  v1::AssistancePlan& plan = *request.mutable_plan();
  *plan.mutable_planned_on() = Day(month, day);
  plan.set_agreed_with_person(true);
  plan.set_near_term("临时救助");
  plan.set_long_term("技能培训后推荐就业");
  plan.set_legal_aid_offered(true);
  AddMeasure(plan, 300000);
  AddMeasure(plan, 0, types::v1::DEPARTMENT_HUMAN_RESOURCES, 8);
  return request;
}

inline v1::AssistanceFile OpenedFile() {
  return rules::OpenFile(TheCase(), nullptr, Open(), Staff())->resource;
}
inline v1::AssistanceFile PlannedFile() {
  return rules::Plan(OpenedFile(), PlanOf(), Staff())->resource;
}

inline std::string Measure(int number) {
  return absl::StrCat("cases/1/assistanceFile/measures/", number);
}

inline v1::CompleteAssistanceMeasureRequest Done(int number, int month = 7, int day = 1) {
  v1::CompleteAssistanceMeasureRequest request;
  request.set_measure(Measure(number));
  *request.mutable_done_on() = Day(month, day);
  return request;
}
inline v1::FailAssistanceMeasureRequest Failed(int number) {
  v1::FailAssistanceMeasureRequest request;
  request.set_measure(Measure(number));
  *request.mutable_failed_on() = Day(7, 1);
  request.set_reason("培训班未开班");
  return request;
}
inline v1::RecordPaymentRequest Pay(int number, int64_t fen, const std::string& voucher) {
  v1::RecordPaymentRequest request;
  request.set_measure(Measure(number));
  v1::Payment& payment = *request.mutable_payment();
  payment.set_amount_fen(fen);
  *payment.mutable_paid_on() = Day(7, 2);
  payment.set_policy_basis("国务院令第649号");
  payment.set_funding_source("2082001");
  payment.set_voucher(voucher);
  return request;
}
// A note that the person signed.
inline types::v1::ProofOfDecline Note() {
  types::v1::ProofOfDecline proof;
  proof.mutable_signed_note()->set_kind(types::v1::EVIDENCE_KIND_SIGNED_NOTE);
  return proof;
}

// Where the person declined, with their note.
inline v1::EndAssistanceRequest End(v1::EndReason reason, int month = 8, int day = 1) {
  v1::EndAssistanceRequest request;
  request.set_parent("cases/1");
  *request.mutable_ended_on() = Day(month, day);
  request.set_reason(reason);
  if (reason == v1::END_REASON_PERSON_DECLINED) *request.mutable_decline() = Note();
  return request;
}

// The names of the fields that a refusal complains of.
inline std::vector<std::string> BadFields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : status::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

}  // namespace redress::assistance::testing

#endif  // REDRESS_TESTS_UNIT_ASSISTANCE_CASE_H_

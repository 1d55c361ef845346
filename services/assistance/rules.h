// The rules of assistance: pure decisions on surveys, files, plans, measures and payments.
//
// What helps a household depends on its need alone. So no rule here is told what became of the
// case: CaseView has no state, no claims, no agreement, and closing or reopening a case can change
// nothing (invariant 4).
//
// Each takes what is known and the request as it came (well formed already), and returns what is to
// be from now on with the facts that this publishes, or why not: INVALID_ARGUMENT naming every
// field that contradicts what is known, FAILED_PRECONDITION naming what stands in the way. All are
// thread-safe: they have no state.
//
// Source: plan 三(六); domain.md section 1 (1, 4, 7), P11.
#ifndef REDRESS_SERVICES_ASSISTANCE_RULES_H_
#define REDRESS_SERVICES_ASSISTANCE_RULES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rules/rules.h"
#include "redress/assistance/v1/assistance.pb.h"
#include "redress/assistance/v1/resources.pb.h"

namespace redress::assistance::rules {

using ::redress::rules::Context;
using ::redress::rules::Outcome;

// What the rules know of the case.
struct CaseView {
  std::string name;
  std::string campaign;
  std::string responsible_unit;  // empty while the case is unassigned
};

// The tables of state × action × role: file, measure. As aligned text, or as Markdown for the
// README.
std::string StateTables(bool markdown);

// The name of a case's file.
std::string FileName(const std::string& case_name);

// ---- surveys (rules_survey.cc)

// Neighbours only with written consent; a survey that the person declined is the duty done.
absl::StatusOr<Outcome<v1::HouseholdSurvey>> RecordSurvey(const CaseView& of,
                                                          const v1::RecordSurveyRequest& request,
                                                          const Context& context);

// ---- files (rules_file.cc). FAILED_PRECONDITION ASSISTANCE_STATE where the file's state does not
// allow the action.

// `current`: null where there is none yet.
absl::StatusOr<Outcome<v1::AssistanceFile>> OpenFile(const CaseView& of,
                                                     const v1::AssistanceFile* current,
                                                     const v1::OpenAssistanceFileRequest& request,
                                                     const Context& context);
// FAILED_PRECONDITION PLAN_NOT_AGREED where the person did not agree.
absl::StatusOr<Outcome<v1::AssistanceFile>> Plan(const v1::AssistanceFile& current,
                                                 const v1::PlanAssistanceRequest& request,
                                                 const Context& context);
// FAILED_PRECONDITION GOALS_NOT_REACHED, naming the measures that are open.
absl::StatusOr<Outcome<v1::AssistanceFile>> End(const CaseView& of,
                                                const v1::AssistanceFile& current,
                                                const v1::EndAssistanceRequest& request,
                                                const Context& context);

// ---- measures and payments (rules_measure.cc). NOT_FOUND where the file has no such measure,
// FAILED_PRECONDITION MEASURE_STATE where it is done, failed or superseded.

absl::StatusOr<Outcome<v1::AssistanceFile>> CompleteMeasure(
    const v1::AssistanceFile& current, const v1::CompleteAssistanceMeasureRequest& request,
    const Context& context);
absl::StatusOr<Outcome<v1::AssistanceFile>> FailMeasure(
    const v1::AssistanceFile& current, const v1::FailAssistanceMeasureRequest& request,
    const Context& context);
// A payment is made under the policy and from the fund of its measure, and within its amount:
// FAILED_PRECONDITION PAYMENT_NOT_PLANNED or PAYMENT_EXCEEDS_MEASURE otherwise.
absl::StatusOr<Outcome<v1::AssistanceFile>> RecordPayment(const v1::AssistanceFile& current,
                                                          const v1::RecordPaymentRequest& request,
                                                          const Context& context);

}  // namespace redress::assistance::rules

#endif  // REDRESS_SERVICES_ASSISTANCE_RULES_H_

// The rules of visits: pure decisions on visits, the petitioner's wish for them, and hearings.
//
// Each takes what is known and the request as it came (well formed already), and returns what is to
// be from now on with the facts that this publishes, or why not: INVALID_ARGUMENT naming every
// field that contradicts what is known, FAILED_PRECONDITION naming what stands in the way. All are
// thread-safe: they have no state.
//
// Source: plan 三(五), 四(二)2(1); domain.md section 1 (1, 7, 8), P10, P13.
#ifndef REDRESS_SERVICES_VISITS_RULES_H_
#define REDRESS_SERVICES_VISITS_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rules/rules.h"
#include "redress/types/v1/types.pb.h"
#include "redress/visits/v1/resources.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::visits::rules {

using ::redress::rules::Context;
using ::redress::rules::Outcome;

// What the rules know of the case.
struct CaseView {
  std::string name;
  std::string campaign;
  types::v1::CaseState state = types::v1::CASE_STATE_UNSPECIFIED;
  std::string lead;  // official; empty while the case is unassigned
  std::vector<std::string> claims;
  std::string responsible_unit;  // empty while the case is unassigned
};

// What can be done, by the state of the case. What is owed to the petitioner or is their own word
// is never refused because the case was closed.
enum class CaseAction {
  kRecordVisit,
  kCompleteFollowUp,
  kWantVisits,
  kAnnounceHearing,
  kAdjournHearing,
  kRecordHearing,
  kDeclineHearing,
};
// FAILED_PRECONDITION CASE_CLOSED where the case's state does not allow the action.
absl::Status CheckCase(const CaseView& of, CaseAction action);

// The tables of state × action × role: case, wish, hearing. As aligned text, or as Markdown for the
// README.
std::string StateTables(bool markdown);

// The name of a case's wish.
std::string WishName(const std::string& case_name);

// ---- visits (rules_visit.cc)

// `wish`: null where the petitioner never declined; where it changes, it is among the others of the
// outcome.
// A visit is recorded by whoever made it: a case officer's is not the lead's. That the petitioner
// declined is recorded by the lead alone, and proven: see rules::CheckDecline.
// FAILED_PRECONDITION VISITS_NOT_WANTED where the petitioner declined and has not asked since: they
// are then neither called on nor can a visit be missed; whoever comes to the office is heard.
absl::StatusOr<Outcome<v1::Visit>> RecordVisit(const CaseView& of, const v1::VisitWish* wish,
                                               const v1::RecordVisitRequest& request,
                                               const Context& context);

// FAILED_PRECONDITION FOLLOW_UP_DONE, or CASE_CLOSED.
absl::StatusOr<Outcome<v1::Visit>> CompleteFollowUp(const CaseView& of, const v1::Visit& current,
                                                    const v1::CompleteFollowUpRequest& request,
                                                    const Context& context);

// FAILED_PRECONDITION VISIT_WISH_STATE where visits are wanted anyhow.
absl::StatusOr<Outcome<v1::VisitWish>> WantVisits(const CaseView& of, const v1::VisitWish* wish,
                                                  const v1::WantVisitsRequest& request,
                                                  const Context& context);

// ---- hearings (rules_hearing.cc)

absl::StatusOr<Outcome<v1::Hearing>> AnnounceHearing(const CaseView& of,
                                                     const v1::AnnounceHearingRequest& request,
                                                     const Context& context);
// An announcement comes before the day of the hearing, and is entered before it: one that is
// entered later needs the notice itself, and counts for nothing until somebody else has looked at
// it. The petitioner or a representative takes part, or signed that it be held without them; at
// least one third party; relatives and neighbours only with the petitioner's written consent.
// FAILED_PRECONDITION HEARING_STATE unless the hearing is announced; so the next two.
absl::StatusOr<Outcome<v1::Hearing>> RecordHearing(const CaseView& of, const v1::Hearing& current,
                                                   const v1::RecordHearingRequest& request,
                                                   const Context& context);
absl::StatusOr<Outcome<v1::Hearing>> AdjournHearing(const CaseView& of, const v1::Hearing& current,
                                                    const v1::AdjournHearingRequest& request,
                                                    const Context& context);
absl::StatusOr<Outcome<v1::Hearing>> DeclineHearing(const CaseView& of, const v1::Hearing& current,
                                                    const v1::DeclineHearingRequest& request,
                                                    const Context& context);

}  // namespace redress::visits::rules

#endif  // REDRESS_SERVICES_VISITS_RULES_H_

// The rules of assignment: pure decisions on units and officials, the five-ones of a case,
// handovers and extensions.
//
// Each takes the resources as they are and the request as it came (well formed already), and
// returns the resource as it is to be with the facts that this publishes, or why not:
// INVALID_ARGUMENT naming every field that contradicts what is known, FAILED_PRECONDITION naming
// everything that stands in the way. All are thread-safe: they have no state.
//
// Source: plan 三(一), 四(一), 五(一); Reg. 28, 30, 34 (2005: art. 33).
#ifndef REDRESS_SERVICES_ASSIGNMENT_RULES_H_
#define REDRESS_SERVICES_ASSIGNMENT_RULES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/calendar/calendar.h"
#include "common/plan/plan.h"
#include "common/rules/rules.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/assignment/v1/resources.pb.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/registry/v1/access.pb.h"
#include "redress/registry/v1/resources.pb.h"

namespace redress::assignment::rules {

using ::redress::rules::Context;
using ::redress::rules::Outcome;

// What the rules need to know of a case.
struct CaseView {
  std::string name;
  std::string campaign;
  types::v1::CaseState state = types::v1::CASE_STATE_UNSPECIFIED;
  // Officials and units that may be given no part. Why is never told.
  std::vector<std::string> barred;

  bool Bars(std::string_view who) const;
};

// The officials that a request names, by resource name; those that do not exist are missing.
using Officials = std::map<std::string, v1::Official>;

// ---- states (rules_state.cc)

// Where the assignment of a case stands.
enum class State { kUnassigned, kHeld, kOffered };
enum class Action {
  kAssign,
  kSetTaskForce,
  kSetWorkPlan,
  kCompleteMeasure,
  kOffer,
  kAccept,
  kDecline,
  kWithdraw
};
// `current` is null where nobody has been given the case.
State StateOf(const v1::Assignment* current);
// OK where `action` is allowed; FAILED_PRECONDITION CASE_CLOSED, CASE_CLOSING, ALREADY_ASSIGNED,
// NOT_ASSIGNED, HANDOVER_OPEN or NO_OPEN_HANDOVER otherwise.
absl::Status CheckAction(const v1::Assignment* current, Action action, const CaseView& of);
// State × action, and state × action × role, as golden text and for the README.
std::string StateTable();
std::string RoleTable();

// ---- the five-ones (rules_case.cc)

// P3: lead, unit and officer at once. FAILED_PRECONDITION with every violation: the action's state;
// ASSIGNEE_UNKNOWN, ASSIGNEE_INACTIVE, ASSIGNEE_BARRED, OFFICER_NOT_OF_UNIT, SAME_PERSON;
// CASE_NOT_ASSIGNABLE where they are of several kinds. `unit` is null where there is no such unit.
absl::StatusOr<Outcome<v1::Assignment>> AssignCase(const v1::Assignment* current,
                                                   const v1::Unit* unit,
                                                   const v1::AssignCaseRequest& request,
                                                   const CaseView& of, const Officials& officials,
                                                   const Context& context);
// The holder keeps the part until it is accepted. A unit becomes responsible only together with its
// officer.
absl::StatusOr<Outcome<v1::Assignment>> OfferHandover(const v1::Assignment* current,
                                                      const v1::OfferHandoverRequest& request,
                                                      const CaseView& of,
                                                      const Officials& officials,
                                                      const Context& context);
// By the official that it was offered to, or by somebody of the unit that becomes responsible (the
// gate lets only its head get here). FAILED_PRECONDITION NOT_OFFERED_TO_YOU for anybody else.
absl::StatusOr<Outcome<v1::Assignment>> AcceptHandover(const v1::Assignment* current,
                                                       const v1::AcceptHandoverRequest& request,
                                                       const CaseView& of,
                                                       const Officials& officials,
                                                       const Context& context);
absl::StatusOr<Outcome<v1::Assignment>> DeclineHandover(const v1::Assignment* current,
                                                        const v1::DeclineHandoverRequest& request,
                                                        const CaseView& of,
                                                        const Officials& officials,
                                                        const Context& context);
// By whoever offered it, or by the petition office: a lead who is to be replaced cannot take back
// what the office offered. FAILED_PRECONDITION NOT_OFFERED_BY_YOU for anybody else.
absl::StatusOr<Outcome<v1::Assignment>> WithdrawHandover(const v1::Assignment* current,
                                                         const v1::WithdrawHandoverRequest& request,
                                                         const CaseView& of,
                                                         const Officials& officials,
                                                         const Context& context);

// ---- work (rules_work.cc)

absl::StatusOr<Outcome<v1::Assignment>> SetTaskForce(const v1::Assignment* current,
                                                     const v1::SetTaskForceRequest& request,
                                                     const CaseView& of, const Officials& officials,
                                                     const Context& context);
// Numbers the measures. A measure that an earlier revision had in the same words stays done.
absl::StatusOr<Outcome<v1::Assignment>> SetWorkPlan(const v1::Assignment* current,
                                                    const v1::SetWorkPlanRequest& request,
                                                    const CaseView& of, const Officials& officials,
                                                    const Context& context);
absl::StatusOr<Outcome<v1::Assignment>> CompleteMeasure(const v1::Assignment* current,
                                                        const v1::CompleteMeasureRequest& request,
                                                        const CaseView& of,
                                                        const Officials& officials,
                                                        const Context& context);

// ---- access (rules_access.cc)

// What registry has to be told when an assignment changes from `before` (null: there was none) to
// `after`. case_name and request_id are left to the caller.
registry::v1::UpdateCaseAccessRequest AccessChangeBetween(const v1::Assignment* before,
                                                          const v1::Assignment& after);
// True where nothing is to be told.
bool IsEmpty(const registry::v1::UpdateCaseAccessRequest& change);
// What has to be taken away before the change is committed: parts that let somebody read the file.
// An offer that was answered lets nobody read anything, and whoever answers needs it until the
// answer is committed.
registry::v1::UpdateCaseAccessRequest RemovedFirst(
    const registry::v1::UpdateCaseAccessRequest& change);
// Of what `change` takes away, what the assignment (null: none) gives at present.
registry::v1::UpdateCaseAccessRequest StillHeld(
    const v1::Assignment* assignment, const registry::v1::UpdateCaseAccessRequest& change);

// ---- access held against the record (rules_reconcile.cc)

// What registry is told of who has a part in a case. `assignment` is the row as it is, null where
// it does not open, and `version` its version; `facts` are those of the case, in order. Where the
// row is older than what its facts speak of, as after it was put back, it is not believed: then
// only those keep a part who have it by the facts. request_id is left to the caller.
struct KnownParts {
  registry::v1::ReconcileCaseAccessRequest request;
  bool row_is_behind = false;
};
KnownParts PartsKnown(const std::string& case_name, const v1::Assignment* assignment,
                      int64_t version, const std::vector<facts::v1::Fact>& facts);

// ---- units, officials, campaigns (rules_unit.cc)

// A unit or official with the changes that a request's mask names; nothing of them is checked yet.
// INVALID_ARGUMENT lists the paths that name nothing or what never changes.
absl::StatusOr<v1::Unit> Changed(const v1::Unit& current, const v1::UpdateUnitRequest& request);
absl::StatusOr<v1::Official> Changed(const v1::Official& current,
                                     const v1::UpdateOfficialRequest& request);

// `superior` and `unit` are null where the unit named does not exist; `above` are the superior
// that the unit gets and those above it, from below, and empty where it does not exist. `changed`
// is what Changed gave.
absl::StatusOr<Outcome<v1::Unit>> CreateUnit(const v1::Unit& asked, const v1::Unit* superior,
                                             const Context& context, const std::string& id);
absl::StatusOr<Outcome<v1::Unit>> UpdateUnit(v1::Unit changed,
                                             const std::vector<const v1::Unit*>& above);
absl::StatusOr<Outcome<v1::Official>> CreateOfficial(const v1::Official& asked,
                                                     const v1::Unit* unit, const Context& context,
                                                     const std::string& id);
absl::StatusOr<Outcome<v1::Official>> UpdateOfficial(const v1::Official& current,
                                                     v1::Official changed, const v1::Unit* unit,
                                                     const Context& context);

// "units/{unit}/milestones/{campaign}-{kind}".
std::string MilestoneName(std::string_view unit, std::string_view campaign, v1::MilestoneKind kind);
// `existing` is the milestone as it is, or null. FAILED_PRECONDITION MILESTONE_RECORDED where it
// was recorded before; a unit must be enrolled (`enrolled` not null) before anything else:
// UNIT_NOT_ENROLLED.
absl::StatusOr<Outcome<v1::UnitMilestone>> RecordMilestone(
    const v1::UnitMilestone* existing, const v1::UnitMilestone* enrolled, const v1::Unit& of,
    const registry::v1::Campaign& campaign, v1::MilestoneKind kind,
    const google::type::Date& reached_on, const Context& context);
// Everybody named in a leading group.
std::vector<std::string> NamesOf(const v1::LeadingGroup& group);
// INVALID_ARGUMENT where somebody is not registered, has left, or would count twice among leader,
// deputies and members; the head and the liaison of its office may be members.
absl::StatusOr<Outcome<v1::LeadingGroup>> SetLeadingGroup(const v1::SetLeadingGroupRequest& request,
                                                          const registry::v1::Campaign& campaign,
                                                          const Officials& officials,
                                                          const Context& context);

// ---- scope (rules_scope.cc)

// One of two regions lies in the other: what is of the one may have to do with what is of the
// other.
bool RegionsMeet(std::string_view one, std::string_view other);
// Whether `caller` may act for `unit`: the petition office and the operator in their region, a head
// for their own unit. PERMISSION_DENIED otherwise.
absl::Status CheckMayActFor(const auth::Identity& caller, const v1::Unit& unit,
                            std::string_view permission);
// Whether `caller` may ask what is due from `official` (empty: from the whole unit), who is of
// `unit`: everybody about themselves, a head about their unit, office and inspection about any in
// their region. PERMISSION_DENIED otherwise.
absl::Status CheckMayAskDue(const auth::Identity& caller, std::string_view official,
                            const v1::Unit& unit, std::string_view permission);

// ---- extensions (rules_extension.cc)

// The one extension of the handling period of a round, before it has run out (Reg. 34; 2005 art.
// 33), judged by the rule set of the case's `plan` in force on the day that the case was received.
// `facts`: registry's facts of the case. INVALID_ARGUMENT for more days than the rule set allows;
// NOT_FOUND for an unknown round; FAILED_PRECONDITION EXTENSION_GRANTED, ROUND_NOT_ACCEPTED,
// OPINION_ISSUED, NOT_EXTENDABLE, EXTENSION_TOO_LATE, each with the clause.
absl::StatusOr<Outcome<v1::Extension>> GrantExtension(const v1::Extension* existing,
                                                      const v1::GrantExtensionRequest& request,
                                                      const std::vector<facts::v1::Fact>& facts,
                                                      const plan::v1::Plan& plan,
                                                      const plan::RuleSetTable& rule_sets,
                                                      const calendar::Calendar& calendar,
                                                      const Context& context);

}  // namespace redress::assignment::rules

#endif  // REDRESS_SERVICES_ASSIGNMENT_RULES_H_

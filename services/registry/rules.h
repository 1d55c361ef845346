// The rules of the registry: pure decisions on cases, claims, procedure rounds, closure and access.
//
// Each takes the resources as they are and the request as it came (well formed already), and
// returns the resource as it is to be with the facts that this publishes, or why not:
// INVALID_ARGUMENT naming every field that contradicts what is known, FAILED_PRECONDITION naming
// what stands in the way. All are thread-safe: they have no state.
//
// Source: plan 三(二), 三(四), 四(二)2, 五(三); Reg. 20, 22-23, 28, 30-36.
#ifndef REDRESS_SERVICES_REGISTRY_RULES_H_
#define REDRESS_SERVICES_REGISTRY_RULES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/auth/wall.h"
#include "common/plan/plan.h"
#include "common/rules/rules.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/registry/v1/access.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/registry/v1/resources.pb.h"

namespace redress::registry::rules {

using ::redress::rules::Context;
using ::redress::rules::Outcome;

// ---- campaigns (rules_campaign.cc)

// A campaign under a plan file, which must be a first revision.
absl::StatusOr<Outcome<v1::Campaign>> StartCampaign(const v1::Campaign& asked,
                                                    const plan::Plan& plan, const std::string& name,
                                                    const Context& context);
// The campaign under a further revision: the file must keep the plan's id and be the next revision.
absl::StatusOr<Outcome<v1::Campaign>> RevisePlan(const v1::Campaign& current,
                                                 const plan::Plan& plan, const Context& context);

// ---- cases (rules_case.cc)

// What can be done to a case, by its state. The service's README shows the table.
enum class CaseAction { kChange, kPropose, kApprove, kReject, kReopen };
// OK where `action` is allowed in the case's state; FAILED_PRECONDITION CASE_STATE otherwise.
absl::Status CheckCaseAction(const v1::Case& current, CaseAction action);
// Golden text of the table.
std::string CaseStateTable();

// What registration makes.
struct Registration {
  v1::Case case_file;
  v1::Round round;
  v1::CaseAccess access;
  std::vector<v1::Petitioner> new_persons;  // petitioner first, then representatives
  std::vector<facts::v1::Fact> facts;
};
// The names and numbers that registration needs from outside.
struct RegistrationNames {
  std::string case_name;
  int64_t number = 0;  // drawn from the counter of region and year
  int year = 0;
  std::string petitioner;                    // of the request, or a fresh one
  std::vector<std::string> representatives;  // fresh ones
};
absl::StatusOr<Registration> Register(const v1::Campaign& campaign,
                                      const v1::RegisterCaseRequest& request,
                                      const RegistrationNames& names, const Context& context);
absl::StatusOr<Outcome<v1::Case>> AddClaim(const v1::Case& current,
                                           const v1::AddClaimRequest& request,
                                           const Context& context);
absl::StatusOr<Outcome<v1::Case>> RecordNeed(const v1::Case& current,
                                             const v1::RecordNeedRequest& request,
                                             const Context& context);

// "430626103-2018-00042-X": region, year, number, check character. `number` >= 1.
std::string RegistrationNumber(std::string_view region_code, int year, int64_t number);
// True where the check character fits. Letters of either case; blanks are not allowed.
bool IsRegistrationNumber(std::string_view text);

// The counter that a registration draws its number from: of the region and year, and of accusations
// one of their own. A clerk who may not see an accusation would else learn of it by the gap in
// their register (invariant 6).
std::string CounterOf(const v1::RegisterCaseRequest& request, int year);
// What the numbers of accusations begin after, so that both kinds share one form.
inline constexpr int64_t kAccusationNumbers = 9'000'000;

// ---- persons (rules_person.cc)

// The office that a region code belongs to: a township's, for its villages too.
std::string OfficeOf(std::string_view region_code);
// True where the person is the petitioner or a representative.
bool SpeaksFor(const v1::Case& file, std::string_view petitioner);
// True where the office that registered the person is that of the case.
bool IsOfOffice(const v1::Petitioner& person, const v1::Case& file);

// What is odd about an identity number: province, birth date, check digit (GB 11643). It is
// recorded all the same: what a person's card says is not for the office to refuse. `field` is the
// identity's path in the request.
std::vector<v1::Warning> LookAt(const v1::PersonIdentity& identity, std::string_view field,
                                absl::CivilDay today);

// The person with what `request` corrects; what it was before is kept. Unchanged where nothing is.
absl::StatusOr<v1::Petitioner> CorrectIdentity(const v1::Petitioner& current,
                                               const v1::UpdatePetitionerRequest& request,
                                               const Context& context, absl::Time now);

// FAILED_PRECONDITION KNOWN_PERSON, naming the person and one case of theirs.
absl::Status KnownAlready(std::string_view petitioner, std::string_view case_name);

// ---- claims (rules_claim.cc)

// The claim of that name, or NOT_FOUND.
absl::StatusOr<v1::Claim*> FindClaim(v1::Case& in, std::string_view name);

absl::StatusOr<Outcome<v1::Case>> RecordInvestigation(const v1::Case& current,
                                                      const v1::RecordInvestigationRequest& request,
                                                      const Context& context);
absl::StatusOr<Outcome<v1::Case>> RecordView(const v1::Case& current,
                                             const v1::RecordViewRequest& request,
                                             const Context& context);
absl::StatusOr<Outcome<v1::Case>> RecordPriorConclusion(
    const v1::Case& current, const v1::RecordPriorConclusionRequest& request,
    const Context& context);
// Also on a closed case: what is wrong is put right whenever it is found. Publishes the retraction,
// and CLOSURE_BASIS_LOST where the closure stood on the fact.
absl::StatusOr<Outcome<v1::Case>> RetractRecord(const v1::Case& current,
                                                const v1::RetractRecordRequest& request,
                                                const Context& context);
// What the facts of all services tell of a record of the case.
struct LateRecord {
  bool known = false;  // it is there, and was not retracted
  bool late = false;   // recorded later after its event than the plan allows
  bool confirmed = false;
  types::v1::Actor recorded_by;
};
// In whatever state the case is. NOT_FOUND where the record is not known; FAILED_PRECONDITION
// RECORD_NOT_LATE, RECORD_CONFIRMED, RECORDED_BY_CALLER: it takes two persons.
absl::StatusOr<Outcome<v1::Case>> ConfirmRecord(const v1::Case& current,
                                                const v1::ConfirmRecordRequest& request,
                                                const LateRecord& record, const Context& context);
// `unmet`: the duties that the plan wants done before the appraisal and that the facts of all
// services do not show. A conclusion that repeats the earlier one needs fresh evidence (P6).
absl::StatusOr<Outcome<v1::Case>> AppraiseClaim(const v1::Case& current,
                                                const v1::AppraiseClaimRequest& request,
                                                const std::vector<plan::v1::UnmetDuty>& unmet,
                                                const Context& context);
absl::StatusOr<Outcome<v1::Case>> OfferDate(const v1::Case& current,
                                            const v1::OfferDateRequest& request,
                                            const Context& context);
// ---- settlement agreements (rules_settlement.cc)

// The witness is from outside; the terms are undertakings, and no waiver.
absl::StatusOr<Outcome<v1::Case>> SignSettlement(const v1::Case& current,
                                                 const v1::SignSettlementRequest& request,
                                                 const Context& context);
// Either side may withdraw within so many days of the signing, or of its recording where that is
// later (Reg. 33 as this project reads it; domain invariant 5).
inline constexpr int kWithdrawalDays = 7;
absl::StatusOr<Outcome<v1::Case>> WithdrawSettlement(const v1::Case& current,
                                                     const v1::WithdrawSettlementRequest& request,
                                                     const Context& context);
// Publishes the performance once the last undertaking is done. FAILED_PRECONDITION PAID_BY_SIGNER
// where whoever signed records a payment.
absl::StatusOr<Outcome<v1::Case>> PerformSettlement(const v1::Case& current,
                                                    const v1::PerformSettlementRequest& request,
                                                    const Context& context);

// ---- which cases a campaign takes (rules_admission.cc)

// Whether a campaign's plan takes a case received on a day (P1).
struct Admission {
  enum Verdict { kTaken, kTooEarly, kTooLate, kNoRuleSet };
  Verdict verdict = kTaken;
  // The plan's first or last day for cases where the day lies outside; else the day itself.
  absl::CivilDay day;
};
// Not before the earliest `since` of the plan's entry criteria (whichever of them the case meets,
// so that a refusal tells nothing of that), not after the plan's last day, and on a day on which a
// rule set of the plan is in force.
Admission AdmissionOf(const plan::v1::Plan& plan, const std::vector<plan::v1::RuleSet>& rule_sets,
                      absl::CivilDay received);
// FAILED_PRECONDITION NOT_OF_CAMPAIGN: why, and which campaign takes it, if one does. REQUIRES: not
// kTaken.
absl::Status RefuseAdmission(const Admission& admission, std::string_view campaign,
                             const std::string& instead);

// ---- procedure rounds (rules_round.cc)

enum class RoundAction { kSort, kAccept, kRefuse, kIssue, kServe, kPerform };
absl::Status CheckRoundAction(const v1::Round& current, RoundAction action);
std::string RoundStateTable();

// Whether the rounds of a case may change; FAILED_PRECONDITION CASE_STATE otherwise.
absl::Status CheckRoundsChange(const v1::Case& of);

// The case counts its rounds, and changes with this one.
absl::StatusOr<Outcome<v1::Round>> OpenRound(const v1::Case& of,
                                             const v1::OpenRoundRequest& request,
                                             const Context& context);
absl::StatusOr<Outcome<v1::Round>> SortRound(const v1::Round& current,
                                             const v1::SortRoundRequest& request,
                                             const Context& context);
absl::StatusOr<Outcome<v1::Round>> AcceptRound(const v1::Round& current,
                                               const v1::AcceptRoundRequest& request,
                                               const v1::Case& of, const Context& context);
absl::StatusOr<Outcome<v1::Round>> RefuseRound(const v1::Round& current,
                                               const v1::RefuseRoundRequest& request,
                                               const v1::Case& of, const Context& context);
absl::StatusOr<Outcome<v1::Round>> IssueOpinion(const v1::Round& current,
                                                const v1::IssueOpinionRequest& request,
                                                const v1::Case& of, const Context& context);
// Witnesses of a refusal must be from outside the unit that is responsible for the case.
absl::StatusOr<Outcome<v1::Round>> ServeDocument(const v1::Round& current,
                                                 const v1::ServeDocumentRequest& request,
                                                 const v1::Case& of, const Context& context);
// `of`: a case reopened because what was promised was not performed asks for it once more.
absl::StatusOr<Outcome<v1::Round>> PerformOpinion(const v1::Round& current,
                                                  const v1::PerformOpinionRequest& request,
                                                  const v1::Case& of, const Context& context);

// Whether an official is in the register of officials.
struct InRegister {
  bool known = false;
};

// Keeps an official out (Reg. 28). FAILED_PRECONDITION ALREADY_RECUSED; RECUSED_HAS_PART while they
// have a part in the case, or were offered one.
absl::StatusOr<Outcome<v1::Case>> RecuseOfficial(const v1::Case& current,
                                                 const v1::CaseAccess& access,
                                                 const v1::RecuseOfficialRequest& request,
                                                 const InRegister& official,
                                                 const Context& context);
// FAILED_PRECONDITION NOT_RECUSED where no recusal of theirs holds.
absl::StatusOr<Outcome<v1::Case>> EndRecusal(const v1::Case& current,
                                             const v1::EndRecusalRequest& request,
                                             const Context& context);

// ---- closure (rules_closure.cc)

// FAILED_PRECONDITION CASE_NOT_CLOSABLE listing every unmet duty with its clause; OK where there is
// none.
absl::Status RefuseUnmet(const Context& context, std::string_view reason, std::string_view message,
                         const std::vector<plan::v1::UnmetDuty>& unmet);

// Which standards a closing may name. INVALID_ARGUMENT for a claim that the case does not have or
// that is named twice, and for LAWFUL: an unlawful act closes no claim, and is told of nowhere but
// in its referral record (invariant 3).
absl::Status CheckStandards(const v1::Case& current, const v1::ProposeClosureRequest& request);
// The closure as it is proposed.
v1::Closure ClosureOf(const v1::ProposeClosureRequest& request);

// `gate`: what the plan and the floor say of the closure, on the facts of all services.
absl::StatusOr<Outcome<v1::Case>> ProposeClosure(const v1::Case& current,
                                                 const v1::ProposeClosureRequest& request,
                                                 const plan::v1::ClosingEvaluation& gate,
                                                 const Context& context);
// What stands in the way of `actor` approving the closure: the gate's list, and that the closer is
// not the approver.
std::vector<plan::v1::UnmetDuty> UnmetForClosing(const v1::Case& current,
                                                 const plan::v1::ClosingEvaluation& gate,
                                                 const types::v1::Actor& actor);
// Four eyes: refused for the one who proposed. Erases the entry criterion (invariant 1).
absl::StatusOr<Outcome<v1::Case>> CloseCase(const v1::Case& current,
                                            const plan::v1::ClosingEvaluation& gate,
                                            const Context& context);
// The day from which a performance counts anew: that of the latest reopening, where its reason was
// that what was promised had not been performed and `performed_on` is not after it. Not set
// otherwise.
google::type::Date PerformAnewFrom(const v1::Case& of, const google::type::Date& performed_on);
absl::StatusOr<Outcome<v1::Case>> RejectClosure(const v1::Case& current, const Context& context);
absl::StatusOr<Outcome<v1::Case>> ReopenCase(const v1::Case& current,
                                             const v1::ReopenCaseRequest& request,
                                             const Context& context);

// ---- accusations (rules_accusation.cc)

// An accusation is a case of its own (invariant 6): all claims are accusations or none is, and each
// names whom it is against. Adds every field that says otherwise.
void CheckAccusation(const v1::RegisterCaseRequest& request, ::redress::rules::FieldErrors& errors);
bool IsAccusation(const v1::RegisterCaseRequest& request);
bool IsAccusation(const v1::Case& file);
// All those of the register whom it is against, each once.
std::vector<std::string> AccusedIn(const v1::RegisterCaseRequest& request);
// The earliest day of an act complained of; not set where one of the claims against a unit has
// none.
google::type::Date EarliestAct(const v1::RegisterCaseRequest& request);

// What of a wall is stored: the hash of a key of common/auth/wall.h, and of somebody accused.
struct WallHashes {
  auth::WallHash key;
  auth::WallHash accused;
};
// Adds whom an accusation walls off, as assignment's register has resolved it. `field` is the field
// that named them. INVALID_ARGUMENT where one of them is not in the register. FAILED_PRECONDITION,
// with the way out: ACCUSED_HAS_PART where somebody walled off has a part in the case or is its
// responsible unit; WALL_LEAVES_NO_OFFICE where no petition office of the region could see the
// case, or `caller` (a person) is of none that could.
absl::StatusOr<v1::CaseAccess> WallOff(const v1::CaseAccess& current,
                                       const assignment::v1::ResolveAccusedResponse& resolved,
                                       std::string_view field, const auth::Identity& caller,
                                       const WallHashes& hashes);
// Adds an official who belongs, or belonged, to units to the walls against these units, and, where
// the official is accused themselves, the heads of the last of the units.
v1::CaseAccess WallOffMember(const v1::CaseAccess& current,
                             const v1::RecordMembershipRequest& request, const WallHashes& hashes);
// Whether somebody may be given no part, or a unit not become responsible.
bool IsBarred(const v1::CaseAccess& access, const v1::Candidate& candidate,
              const auth::WallHash& hash);

// What is known of the case that an accusation is to be replaced by.
struct Replacement {
  bool goes_on = false;
};

// Proposes to take a wrong registration back, of an accusation alone. `replacement` is null where
// there is no such case, or none that the caller may see. FAILED_PRECONDITION NOT_AN_ACCUSATION,
// REVOCATION_PROPOSED, CASE_STATE; INVALID_ARGUMENT where the replacement is not the same
// petitioner's.
absl::StatusOr<Outcome<v1::Case>> ProposeRevocation(const v1::Case& current,
                                                    const v1::ProposeRevocationRequest& request,
                                                    const v1::Case* replacement,
                                                    const Context& context);
// By somebody who neither proposed it nor registered the case. FAILED_PRECONDITION NO_REVOCATION,
// REVOCATION_TAKES_TWO.
absl::StatusOr<Outcome<v1::Case>> DecideRevocation(const v1::Case& current,
                                                   const v1::DecideRevocationRequest& request,
                                                   const Replacement& replacement,
                                                   const Context& context);
// Whether what somebody asked for goes on in this case: it is open, and nobody takes it back.
bool MayReplace(const v1::Case& file);
// Whether somebody is accused who was in no register when the case was registered.
bool AccusesUnregistered(const v1::Case& file);

// ---- access (rules_access.cc)

// Removals, then additions, then the unit. FAILED_PRECONDITION ACCESS_BARRED for anybody walled or
// recused.
absl::StatusOr<v1::CaseAccess> UpdateAccess(const v1::CaseAccess& current,
                                            const v1::UpdateCaseAccessRequest& request,
                                            const auth::WallHash& hash);

// What of `current` is neither what assignment records nor what the case says, and the access as it
// is to be. Nobody walled or recused is given a part.
struct Reconciled {
  v1::CaseAccess access;
  v1::ReconcileCaseAccessResponse found;
  bool differs = false;
};
Reconciled ReconcileAccess(const v1::CaseAccess& current, const v1::Case& file,
                           const v1::ReconcileCaseAccessRequest& request,
                           const auth::WallHash& hash);

// True where `official` did an act on the case that takes another person than what `permission`
// allows: who signed an agreement does not pay (invariant 4).
bool TakesAnotherPerson(const v1::CaseAccess& access, std::string_view permission,
                        const types::v1::Actor& actor);

// The access row as the case has it: state, claims, receipt, who is recused at present, and who
// signed an agreement.
v1::CaseAccess InLine(const v1::CaseAccess& current, const v1::Case& file);

}  // namespace redress::registry::rules

#endif  // REDRESS_SERVICES_REGISTRY_RULES_H_

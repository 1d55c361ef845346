// The rules of supervision: what facts and evaluations are about, what a caller may see of them,
// and how they are counted, listed and scored. Pure and thread-safe.
//
// Source: domain.md sections 1 (2, 6), 4 and 6; plan 五(三) (P21), 五(四) (P22-P23); Reg. 30.
#ifndef REDRESS_SERVICES_SUPERVISION_RULES_H_
#define REDRESS_SERVICES_SUPERVISION_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/auth/hide.h"
#include "common/auth/identity.h"
#include "common/plan/evaluator.h"
#include "common/plan/plan.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::supervision::rules {

// ---- what is evaluated as a whole (rules_root.cc)

// kUnknown: an entry of a feed that could not be read.
enum class RootKind : int { kUnknown = 0, kCampaign = 1, kUnit = 2, kCase = 3 };

struct Root {
  // `cases/…`, `campaigns/…`, or for a unit of a campaign `campaigns/…/units/…`.
  std::string name;
  std::string campaign;
  RootKind kind = RootKind::kCase;
};
// What a fact is about; nullopt where it lacks what it should name.
std::optional<Root> RootOf(const facts::v1::Fact& fact);
// "units/…" of the root of a unit.
std::string_view UnitOfRoot(std::string_view root);
// The unit whose act a fact is: the one it names, else the actor's.
const std::string& OwnerOf(const facts::v1::Fact& fact);

// The newest plan revision that facts about a campaign name; 0 where there is none.
int CampaignRevision(const std::vector<plan::KnownFact>& campaign_facts);
// The revision that a root is held to: of a case the one named at its registration, of a unit and
// of the campaign the one in force; 0 while nothing names one.
int RevisionOf(RootKind kind, const std::vector<plan::KnownFact>& own,
               const std::vector<plan::KnownFact>& campaign_facts);
// What is known, and had happened by a day, of facts about a campaign.
std::vector<plan::KnownFact> AsOf(const std::vector<plan::KnownFact>& campaign_facts,
                                  absl::CivilDay as_of, const plan::AsKnown& as_known);

// ---- what cannot be evaluated, and is set aside alone (rules_root.cc)

enum class Cause : int {
  kNoRuleSet = 1,      // none of the plan's rule sets was in force when it was received
  kRecordDamaged = 2,  // a stored fact of it does not parse
  kPlanUnusable = 3,   // its plan does not exist, or does not load here
  kContradictory = 4,  // its facts are about more than one case or unit, or too many
  kNotStorable = 5,    // its answer cannot be stored
};
// "no_rule_set" and so on: for logs, metrics and errors.
std::string_view CauseName(Cause cause);
// Why a root could not be evaluated, by what Judge::Evaluate failed with.
Cause CauseOf(const absl::Status& failure);

// Who has to do with a case, as far as its facts can be read: for what has no evaluation.
struct Place {
  std::string region_code;
  std::string unit;
  std::string lead;
};
Place PlaceOf(const std::vector<plan::KnownFact>& own);

// ---- what a requirement is about, as far as showing it needs care

// True if it hangs on assistance or on a sealed record (P11, P12): its counts speak of people in
// need, so they carry no unit and are told by ToldCells alone.
bool IsAboutPeople(const plan::v1::Requirement& requirement);
// True if it is a cadence of visits (P10).
bool IsVisitCadence(const plan::v1::Requirement& requirement);
inline constexpr int64_t kSuppressBelow = 5;
// Of the counts of people by state, those that may be told: none below kSuppressBelow, and none by
// which, with the total known from elsewhere, fewer than that could be told apart in the rest.
std::map<int, int64_t> ToldCells(const std::map<int, int64_t>& counts);

// What of a status is shown, on its own case, to whoever is not told who is in need or when
// somebody was at home (auth::ToldSet). Lists hold statuses without their requirements: there every
// status of a case is shown to them without its day.
bool MayShow(const plan::v1::Requirement& requirement, auth::ToldSet told);
// True if it is done by something whose day tells when somebody was visited or heard.
bool TellsOfVisits(const plan::v1::Requirement& requirement);
// Leaves out the day on which it was done, the facts, and the arithmetic that starts from such a
// day. State, due day and missed periods stay.
void LeaveOutDays(plan::v1::RequirementStatus& status);
// Whether a reader who is told so much may ask for the state of things on `day`. The state of a
// duty changes on the day of the visit, so whoever moved a past day one by one would find it: they
// look back month by month.
bool MayLookBackTo(absl::CivilDay day, absl::CivilDay today, auth::ToldSet told);
// Whether they may ask for what a period holds that begins on `day`: for the same reason.
bool MayCountFrom(absl::CivilDay day, auth::ToldSet told);

// ---- a case as of the day of an evaluation (rules_case.cc)

struct ClaimSummary {
  std::string name;
  types::v1::ClaimSubject subject = types::v1::CLAIM_SUBJECT_UNSPECIFIED;
  types::v1::Category category = types::v1::CATEGORY_UNSPECIFIED;
};

struct CaseSummary {
  std::optional<absl::CivilDay> registered_on;  // none: not registered as of the day
  std::string registration_number;
  std::string region_code;
  types::v1::CaseState state = types::v1::CASE_STATE_UNSPECIFIED;
  std::vector<ClaimSummary> claims;
  // One of its claims is an accusation (Reg. 30).
  bool accusation = false;
  bool assist = false;
  std::string unit;
  std::string lead;
  std::string officer;
  int measures_planned = 0;
  int measures_done = 0;
  std::optional<absl::CivilDay> time_limit;
  std::optional<absl::CivilDay> struck_off_on;
  types::v1::ClosingStandard standard = types::v1::CLOSING_STANDARD_UNSPECIFIED;
};
// From the facts that the evaluation took into account.
CaseSummary Summarise(const plan::Evaluation& evaluation);
// True if any registered claim among the facts, retracted or not, is an accusation: for walls, the
// careful answer.
bool MayBeAccusation(const std::vector<plan::KnownFact>& known);

// The ledger's rows of a case, one for each claim (P21). Without any text of a person, and without
// the duties, in their counts, that whoever is told so much may not see (MayShow).
std::vector<v1::LedgerRow> LedgerRows(const std::string& case_name, const CaseSummary& summary,
                                      const plan::Evaluation& evaluation, auth::ToldSet told);

// ---- what a caller may see (rules_scope.cc)

// The union of the parts below. Cases are then confirmed one by one with registry, which alone
// knows of walls and recusals.
struct Scope {
  bool all = false;           // our own services
  std::string region_prefix;  // regions that begin with it; empty: no such grant
  std::string unit;           // what binds this unit; empty: no such grant
  std::string official;       // what binds this official; empty: no such grant

  bool none() const { return !all && region_prefix.empty() && unit.empty() && official.empty(); }
  bool CoversRegion(std::string_view region_code) const {
    return all || (!region_prefix.empty() && region_code.starts_with(region_prefix));
  }
};
Scope ScopeOf(const auth::Identity& caller, std::string_view permission);
// True if a status, or a case with this region, is within the scope.
bool Within(const Scope& scope, std::string_view region_code, std::string_view unit,
            std::string_view official);

// ---- counts (rules_overview.cc)

// Adds up statuses and cases for an overview.
class Tally {
 public:
  // `one_unit`: all that is counted is one unit's, so that what is about people is left out.
  explicit Tally(bool one_unit) : one_unit_(one_unit) {}
  void AddCase(types::v1::CaseState state, int64_t count) { cases_[state] += count; }
  void AddStatuses(const std::string& requirement, const std::string& clause,
                   plan::v1::RequirementState state, const std::string& unit, bool about_people,
                   int64_t count);
  void Fill(v1::GetOverviewResponse& overview) const;

 private:
  struct Requirement {
    std::string clause;
    bool about_people = false;
    std::map<int, int64_t> by_state;
  };
  bool one_unit_;
  std::map<int, int64_t> cases_;
  std::map<std::string, Requirement> requirements_;
  std::map<std::string, std::map<int, int64_t>> units_;
};

// ---- scores (rules_score.cc)

// One card from the cards of the same unit and period under several revisions of a plan, `plan` the
// newest: every case is judged by the revision that it is held to, and counted by the rules of the
// newest. REQUIRES: cards is not empty; the first is of `plan`.
plan::v1::Scorecard Merge(const plan::Plan& plan, std::vector<plan::v1::Scorecard> cards);
// Orders cards for comparing: by band, then by the share of points, best first.
void SortCards(const plan::Plan& plan, std::vector<plan::v1::Scorecard>& cards);

// ---- a feed that is not what was followed (rules_restore.cc)

// The contradiction of `service` among those known, or null.
const v1::FeedContradiction* FindContradiction(
    const std::vector<v1::FeedContradiction>& contradictions, std::string_view service);
// Whether `person` (the token's subject) may propose to accept the feed whose root is `root`; the
// proposal, without name and time. FAILED_PRECONDITION: FEED_NOT_CONTRADICTED; FEED_DAMAGED where
// the feed itself says that it is; RESTORE_OUTDATED where the root is not, or no longer, the
// feed's.
absl::StatusOr<v1::FeedRestore> ProposeRestore(
    const std::vector<v1::FeedContradiction>& contradictions, const std::string& service,
    const std::string& root, const std::string& person);
// Whether `person` may accept. FAILED_PRECONDITION: RESTORE_NEEDS_SECOND_PERSON; RESTORE_ACCEPTED;
// FEED_NOT_CONTRADICTED and RESTORE_OUTDATED as above, where the feed has moved on in a way that
// the proposal did not speak of.
absl::StatusOr<v1::FeedRestore> AcceptRestore(
    const std::vector<v1::FeedContradiction>& contradictions, const v1::FeedRestore& proposed,
    const std::string& person);

}  // namespace redress::supervision::rules

#endif  // REDRESS_SERVICES_SUPERVISION_RULES_H_

// The registry's own floor under every plan: what closing needs whatever the plan says, per claim
// and by the claim's own standard, on the facts of all services. A plan adds to it and never lowers
// it.
//
// Pure and thread-safe. Each list names what stands in the way, with its clause; empty: nothing.
//
// Source: domain.md section 1 (5, 8), section 4 "Floors", section 5; Reg. 32, 33, 35.
#ifndef REDRESS_SERVICES_REGISTRY_FLOOR_H_
#define REDRESS_SERVICES_REGISTRY_FLOOR_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"
#include "common/plan/evaluator.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/plan/v1/plan.pb.h"
#include "redress/registry/v1/resources.pb.h"

namespace redress::registry::floor {

// The facts that are in force, in the order in which they were recorded: what was taken back is
// left out, and so is every retraction. Points into what it is made from.
class Record {
 public:
  explicit Record(plan::FactView facts);

  const std::vector<const facts::v1::Fact*>& facts() const { return facts_; }
  // The latest of a kind about `subject` (a claim or a round; empty: any), recorded after `after`
  // (null: at any time); null where there is none.
  const facts::v1::Fact* Latest(facts::v1::FactKind kind, std::string_view subject = "",
                                const facts::v1::Fact* after = nullptr) const;
  // True if `fact` was recorded after `other`, and did not happen before its day.
  bool Follows(const facts::v1::Fact& fact, const facts::v1::Fact& other) const;

 private:
  std::vector<const facts::v1::Fact*> facts_;
  std::map<const facts::v1::Fact*, size_t> order_;
};

// What the floor looks at.
struct Basis {
  const v1::Case* file = nullptr;
  // All of the case; facts do not say which claims a round answers.
  std::vector<v1::Round> rounds;
  const Record* record = nullptr;
  absl::CivilDay today;
  const calendar::Calendar* calendar = nullptr;
  // How long a review, and a re-examination, may be asked for, in days from the service.
  int review_days = 30;
  int reexamination_days = 30;
};

// The standard that each claim of the case closes by, as a closure says.
std::map<std::string, types::v1::ClosingStandard> StandardsOf(const v1::Case& file,
                                                              const v1::Closure& closure);

// What each claim needs by its standard. (rules_floor.cc)
std::vector<plan::v1::UnmetDuty> Unmet(
    const Basis& basis, const std::map<std::string, types::v1::ClosingStandard>& standards);

// Two acts on one case that one person did both, of those that the plan keeps apart and those that
// every plan does: who signs an agreement does not pay (looked at when it is signed; help never
// gates closing). `doing` is the act that is being done now,
// or null. Only the latest act of a kind about a claim or round counts, so that having it done
// anew by somebody else puts it right. (rules_persons.cc)
std::vector<plan::v1::UnmetDuty> UnmetPersons(
    const Record& record,
    const google::protobuf::RepeatedPtrField<plan::v1::SeparateActs>& separate_acts,
    const facts::v1::Fact* doing);

// True where an act of that kind takes another person than some other act.
bool KeepsApart(const google::protobuf::RepeatedPtrField<plan::v1::SeparateActs>& separate_acts,
                facts::v1::FactKind kind);

// The facts that a gate may rest on: without hearings that were not announced before their day, by
// what was recorded then or was confirmed since by somebody else. (rules_persons.cc)
std::vector<plan::KnownFact> CountingFacts(plan::FactView facts);

// Adds what the plan says of one standard to what it says of a closure: of the duties of claims
// those of the claims that close by that standard, and each duty once.
void Merge(const plan::v1::ClosingEvaluation& of_standard,
           const std::map<std::string, types::v1::ClosingStandard>& standards,
           plan::v1::ClosingEvaluation& closing);

// Adds what the floor asks for, but for what the plan asks of the same claim under the same name
// (closing.answered.window and floor.answered.window): nobody is told one duty twice.
void AddUnmet(const std::vector<plan::v1::UnmetDuty>& unmet, plan::v1::ClosingEvaluation& closing);

// True if a case is held to a rule set: the plan names it and it was in force on the day of
// receipt.
bool AppliesTo(const plan::v1::RuleSet& set, const plan::v1::Plan& plan, const v1::Case& file);

// A duty of the floor. Internal to it.
plan::v1::UnmetDuty Duty(std::string_view id, std::string_view clause, std::string_view subject,
                         std::string_view title_zh, std::string_view title_en,
                         std::string_view remedy_zh, std::string_view remedy_en);
// The day, in Asia/Shanghai, on which a fact was recorded. Internal to it.
absl::CivilDay RecordedOn(const facts::v1::Fact& fact);
// The later of the day on which it happened and of the one on which it was recorded. Internal to
// it.
absl::CivilDay WindowStart(const facts::v1::Fact& fact);
// The opinion of a round, and its service with the remedy and a receipt; null where it was not.
// Internal to it.
struct Answer {
  const facts::v1::Fact* opened = nullptr;
  const facts::v1::Fact* opinion = nullptr;
  const facts::v1::Fact* served = nullptr;  // never without the opinion
};
Answer AnswerIn(const Record& record, const std::string& round);
// The rounds that answer a claim, as their resource names. Internal to it.
std::vector<std::string> RoundsOf(const Basis& basis, std::string_view claim);

}  // namespace redress::registry::floor

#endif  // REDRESS_SERVICES_REGISTRY_FLOOR_H_

// All facts of a case, from all four record services, and what the plan says of them: the gates
// before an appraisal and before closing read the same answer as the ledger and the scorecards.
#ifndef REDRESS_SERVICES_REGISTRY_CASE_FACTS_H_
#define REDRESS_SERVICES_REGISTRY_CASE_FACTS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/plan/evaluator.h"
#include "common/plan/plan.h"
#include "common/service/environment.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/registry/v1/resources.pb.h"
#include "services/registry/floor.h"
#include "services/registry/rules.h"

namespace redress::registry {

// The facts of one case, those without a position too.
class CaseFacts {
 public:
  void Add(plan::Feed feed, const std::vector<facts::v1::FeedEntry>& entries);
  const std::vector<plan::KnownFact>& known() const { return known_; }

 private:
  std::vector<std::unique_ptr<facts::v1::Fact>> owned_;
  std::vector<plan::KnownFact> known_;
};

// Thread-safe.
class CaseEvaluator {
 public:
  // FAILED_PRECONDITION where a peer or the rule sets are missing.
  static absl::StatusOr<std::unique_ptr<CaseEvaluator>> Create(service::Environment& environment);

  // Reads a plan file. INVALID_ARGUMENT (field plan_text) with every mistake, its line and its
  // field.
  absl::StatusOr<std::shared_ptr<const plan::Plan>> ReadPlan(const std::string& text) const;

  // Whether the plan takes a case received on a day.
  absl::StatusOr<rules::Admission> Admits(const v1::PlanRevision& revision,
                                          absl::CivilDay received);

  // Asks the other three record services in parallel and reads our own facts. UNAVAILABLE, naming
  // the part, where one does not answer: what is not known may not be taken as not done, nor as
  // done.
  absl::StatusOr<CaseFacts> Gather(const rpc::Call& call, const std::string& case_name) const;

  // The duties that `revision` wants done before an appraisal of `claim`, and that are not met, or
  // were not yet on the day of the decision.
  absl::StatusOr<std::vector<plan::v1::UnmetDuty>> BeforeAppraisal(
      const v1::PlanRevision& revision, const CaseFacts& facts, const std::string& claim,
      const google::type::Date& decided_on);
  // What the facts tell of one record, by the id of its fact.
  absl::StatusOr<rules::LateRecord> Record(const v1::PlanRevision& revision, const CaseFacts& facts,
                                           const std::string& fact_id);
  // Whether the case may be closed today as `closure` says: what the plan asks for, and under it
  // the registry's own floor. `doing` is what is being done by whom: a proposal or an approval.
  absl::StatusOr<plan::v1::ClosingEvaluation> Closing(const v1::PlanRevision& revision,
                                                      const CaseFacts& facts, const v1::Case& file,
                                                      const std::vector<v1::Round>& rounds,
                                                      const v1::Closure& closure,
                                                      const facts::v1::Fact& doing);
  // True where an act of that kind takes another person than some other act.
  absl::StatusOr<bool> KeepsApart(const v1::PlanRevision& revision, facts::v1::FactKind kind);
  // The two-person rules that an act would break, `doing` being the act and who does it.
  absl::StatusOr<std::vector<plan::v1::UnmetDuty>> Persons(const v1::PlanRevision& revision,
                                                           const CaseFacts& facts,
                                                           const facts::v1::Fact& doing);

 private:
  explicit CaseEvaluator(service::Environment& environment) : environment_(environment) {}
  // Revisions never change, so a compiled one is kept.
  absl::StatusOr<std::shared_ptr<const plan::Plan>> PlanOf(const v1::PlanRevision& revision);

  service::Environment& environment_;
  plan::RuleSetTable rules_;
  std::vector<std::pair<plan::Feed, std::unique_ptr<facts::v1::FactFeedService::Stub>>> peers_;
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<const plan::Plan>> plans_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::registry

#endif  // REDRESS_SERVICES_REGISTRY_CASE_FACTS_H_

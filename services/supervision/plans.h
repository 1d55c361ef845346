// The plans that cases are held to, as registry keeps them: fetched once over mutual TLS, kept in
// supervision's own database, compiled once per process.
#ifndef REDRESS_SERVICES_SUPERVISION_PLANS_H_
#define REDRESS_SERVICES_SUPERVISION_PLANS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/plan/plan.h"

namespace redress::supervision {

// A plan revision of a campaign.
struct PlanKey {
  std::string campaign;
  int revision = 0;
  auto operator<=>(const PlanKey&) const = default;
};

// True of what passes by itself: it is tried again, and nothing is set aside for it.
inline bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status) || absl::IsAborted(status) || absl::IsResourceExhausted(status);
}

// Thread-safe. The pool must outlive it.
class Plans {
 public:
  // How registry is asked; thread-safe. UNAVAILABLE where it cannot answer.
  struct Source {
    // The text of a plan revision.
    std::function<absl::StatusOr<std::string>(const PlanKey&, absl::Time deadline)> plan_text;
    // The region code of a campaign.
    std::function<absl::StatusOr<std::string>(const std::string& campaign, absl::Time deadline)>
        region;
  };

  Plans(db::Pool& pool, plan::RuleSetTable rules, Source source)
      : pool_(pool), rules_(std::move(rules)), source_(std::move(source)) {}

  // The plan if it is here already; nullptr otherwise. Never asks registry.
  std::shared_ptr<const plan::Plan> Find(const PlanKey& key);
  // The campaign's region if it is known here; empty otherwise. Never asks registry.
  std::string FindRegion(const std::string& campaign);

  // Makes plan and region of the campaign known here, asking registry where they are not. NOT_FOUND
  // where registry has none; UNAVAILABLE where it cannot answer; INVALID_ARGUMENT where the plan
  // names rule sets that are not installed here.
  absl::Status Ensure(const PlanKey& key, absl::Time deadline);
  absl::StatusOr<std::string> EnsureRegion(const std::string& campaign, absl::Time deadline);

  // Reads into memory what the database keeps.
  absl::Status Load(absl::Time deadline);

 private:
  absl::Status Compile(const PlanKey& key, const std::string& text);

  db::Pool& pool_;
  const plan::RuleSetTable rules_;
  const Source source_;
  absl::Mutex mutex_;
  std::map<PlanKey, std::shared_ptr<const plan::Plan>> plans_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> regions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_PLANS_H_

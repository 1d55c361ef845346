// The metrics of oversight: counts about the duties of units, never about a person.
//
// Labels are bounded. What hangs on assistance or a sealed record (P11, P12) carries no unit and is
// not shown below five; cases that may be accusations are in no count.
#ifndef REDRESS_SERVICES_SUPERVISION_OVERSIGHT_H_
#define REDRESS_SERVICES_SUPERVISION_OVERSIGHT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/db/pool.h"
#include "common/metrics/metrics.h"
#include "services/supervision/projection.h"
#include "services/supervision/scores.h"

namespace redress::supervision {

// One thread at a time. What is given must outlive it.
class Oversight {
 public:
  Oversight(metrics::Registry& registry, db::Pool& pool, const base::Clock& clock,
            Projection& projection, Scores& scores);

  // Counts anew. Errors of the database leave the last values.
  absl::Status RefreshCounts(absl::Time deadline);
  // Scores every unit anew, which takes longer. A campaign that cannot be scored is passed over.
  absl::Status RefreshScores(absl::Time deadline);

 private:
  absl::Status ScoreCampaign(const std::string& campaign, absl::Time deadline);

  db::Pool& pool_;
  const base::Clock& clock_;
  Projection& projection_;
  Scores& scores_;
  metrics::BoundedGauges cases_;
  metrics::BoundedGauges requirements_;
  metrics::BoundedGauges overdue_;
  metrics::BoundedGauges visits_missed_;
  metrics::BoundedGauges score_;
  metrics::BoundedGauges unconfirmed_;
  metrics::BoundedGauges lag_;
  metrics::BoundedGauges position_;
  metrics::BoundedGauges contradicted_;
  metrics::BoundedGauges set_aside_;
  metrics::Gauge& stale_;
};

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_OVERSIGHT_H_

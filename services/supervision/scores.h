// Scorecards of units, from the facts that were followed (P23).
#ifndef REDRESS_SERVICES_SUPERVISION_SCORES_H_
#define REDRESS_SERVICES_SUPERVISION_SCORES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "common/db/pool.h"
#include "services/supervision/evaluate.h"
#include "services/supervision/plans.h"

namespace redress::supervision {

// Thread-safe. What is given must outlive it.
//
// Cases that may be accusations never enter a score: nothing about them, not even a count, may
// reach whom they accuse (Reg. 30), and a score has to be the same for everybody who reads it.
class Scores {
 public:
  Scores(db::Pool& pool, Reader& reader, Plans& plans)
      : pool_(pool), reader_(reader), plans_(plans) {}

  // The plan that a campaign is scored by: its newest revision that facts name. NOT_FOUND where the
  // campaign has not started.
  absl::StatusOr<std::shared_ptr<const plan::Plan>> PlanOf(const std::string& campaign,
                                                           absl::Time deadline);
  // The units that the campaign binds, in order.
  absl::StatusOr<std::vector<std::string>> UnitsOf(const std::string& campaign,
                                                   absl::Time deadline);
  // The card of one unit. `first` empty: the campaign's first day. As of the period's last day, or
  // of today where that is earlier: what may still be done in time counts for nothing.
  // NOT_FOUND where the campaign does not bind the unit; INVALID_ARGUMENT for an empty period.
  absl::StatusOr<plan::v1::Scorecard> CardOf(const std::string& campaign, const std::string& unit,
                                             std::optional<absl::CivilDay> first,
                                             absl::CivilDay last, absl::CivilDay today,
                                             absl::Time deadline);

 private:
  db::Pool& pool_;
  Reader& reader_;
  Plans& plans_;
};

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_SCORES_H_

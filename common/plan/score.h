// Scorecards of units. Source: plan 五(四) (P23) and section 6 of the design.
//
// Reads evaluations and facts only through rules that the loader has let pass: nothing about how
// many petitions there were, closing rates, agreements, or how many people rated.
#ifndef REDRESS_COMMON_PLAN_SCORE_H_
#define REDRESS_COMMON_PLAN_SCORE_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/calendar/calendar.h"
#include "common/plan/evaluator.h"
#include "redress/plan/v1/evaluation.pb.h"

namespace redress::plan {

// The aggregate of the petitioners' ratings of a unit in the period.
struct RatingAggregate {
  int ratings = 0;      // how many; only compared with the plan's `suppress_below`
  int mean_permil = 0;  // 0 (poor) to 1000 (good)
};

// The scorecard of `unit` for a period, from the evaluations (as of the period's last day or
// later) of the unit itself and of the cases that it answers for. Duties count that bind the unit
// or its officials and were due in the period. Deterministic; traces come in the order of the
// evaluations. FAILED_PRECONDITION if the plan has no score rules; INVALID_ARGUMENT if the period
// is empty.
absl::StatusOr<v1::Scorecard> Score(const Plan& plan,
                                    absl::Span<const Evaluation* const> evaluations,
                                    std::string_view unit, calendar::Span period,
                                    std::optional<RatingAggregate> ratings);

// The points of a line for what was counted: its `good` and `total`, by its rule. `duties_due` are
// all that were due; of lapses `total` are the lapses and `good` the duties done in time.
void SetPoints(const v1::ScoreRule& rule, int32_t duties_due, v1::ScoreLine& line);

// Puts the card into the band of its duties due; into none where the rules have no bands.
void SetBand(const v1::ScoreRules& rules, v1::Scorecard& card);

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_SCORE_H_

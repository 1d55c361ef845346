// What a score may read (the design's invariant 2), as kinds.proto allows it kind by kind
// (options.v1.FactRule.scoring, ranking) and details.proto field by field (options.v1.reading). A
// kind or field that allows nothing is never scored: petitions, their number, place and repetition,
// reviews, closings, outcomes, agreements, declines, payments. Pure, thread-safe.
#ifndef REDRESS_COMMON_PLAN_SCORABLE_H_
#define REDRESS_COMMON_PLAN_SCORABLE_H_

#include <string_view>

#include "redress/facts/v1/facts.pb.h"
#include "redress/options/v1/fact_rule.pb.h"

namespace redress::plan {

// True for acts of a unit that a scored duty may ask for, and whose quality may be scored.
bool IsScorableAct(facts::v1::FactKind kind);
// True for what a scored duty may begin with: an act, or that there is something to act upon.
bool MayBeginScoredDuty(facts::v1::FactKind kind);
// False if a petitioner brings it about, so that how many there are is never read.
bool MayBeRanked(facts::v1::FactKind kind);
// A field may be read for what it is listed for, and for every wider use but as a date.
bool IsScorableField(facts::v1::FactKind kind, std::string_view field,
                     options::v1::Reading reading);

// True for facts that may cost points by being there.
bool IsLapse(facts::v1::FactKind kind);
// True for lapses of which a unit with more cases has more, so that they are taken as a share.
bool GrowsWithCases(facts::v1::FactKind kind);

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_SCORABLE_H_

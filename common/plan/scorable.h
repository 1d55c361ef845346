// What a score may read (the design's invariant 2): an allow-list of acts of units, of what a
// scored duty may begin with, and of their fields. A kind or field that is not listed is never
// scored: petitions, their number, place and repetition, reviews, closings, outcomes, agreements,
// declines, payments. Pure tables, thread-safe.
#ifndef REDRESS_COMMON_PLAN_SCORABLE_H_
#define REDRESS_COMMON_PLAN_SCORABLE_H_

#include <string_view>

#include "redress/facts/v1/facts.pb.h"

namespace redress::plan {

// What a score reads a field for, from the narrowest use to the widest.
enum class Reading {
  kEvidence,   // what makes an act good
  kWhich,      // which acts are asked for, or looked at
  kSituation,  // which cases and units a duty is for
  kDate,       // what a due date counts from
};

// True for acts of a unit that a scored duty may ask for, and whose quality may be scored.
bool IsScorableAct(facts::v1::FactKind kind);
// True for what a scored duty may begin with: an act, or that there is something to act upon.
bool MayBeginScoredDuty(facts::v1::FactKind kind);
// True if a petitioner brings it about, so that how many there are is never read.
bool IsPetition(facts::v1::FactKind kind);
// A field may be read for what it is listed for, and for every wider use but as a date.
bool IsScorableField(facts::v1::FactKind kind, std::string_view field, Reading reading);

// True for facts that may cost points by being there.
bool IsLapse(facts::v1::FactKind kind);
// True for lapses of which a unit with more cases has more, so that they are taken as a share.
bool GrowsWithCases(facts::v1::FactKind kind);

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_SCORABLE_H_

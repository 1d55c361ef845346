// Completes a fact before it is appended, and refuses what may not become one. Pure.
// Source: domain.md section 4.
#ifndef REDRESS_COMMON_FACTS_STAMP_H_
#define REDRESS_COMMON_FACTS_STAMP_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::facts {

// The largest serialised fact. A feed's messages are bounded by it.
inline constexpr size_t kMaxFactBytes = 256 * 1024;

// Fills fact_id (UUIDv7; one that is set stays), recorded_at (one instant for all) and actor; then
// CheckFact. INVALID_ARGUMENT with a BadRequest, for the first that is refused: the event date is
// missing, no date, or after today in Asia/Shanghai, or CheckFact refuses. Needs no calendar: how
// late a record was made is the evaluator's to say. Thread-safe.
absl::Status StampAll(std::vector<v1::Fact>& facts, const base::Clock& clock,
                      const types::v1::Actor& actor);

// INVALID_ARGUMENT with a BadRequest naming every fault, unless the fact is whole and consistent:
//  - kind is that of the detail (a retraction has no detail or an empty one);
//  - fact_id, campaign, record, record_version, event_date, recorded_at and actor.official are set;
//    claim and round lie within the case;
//  - every string in it, details and lists included, is an id, a resource name or a code: at most
//    160 characters of [A-Za-z0-9._:/-]. Free text cannot pass;
//  - it takes at most kMaxFactBytes.
// A failure is a mistake of the publishing service. Thread-safe.
absl::Status CheckFact(const v1::Fact& fact);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_STAMP_H_

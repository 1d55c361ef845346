// Which facts this version of the services can record. A plan may ask for more: a requirement that
// only facts beyond these could fulfil stays pending, is never overdue, never scored as missed and
// never bars a closing, since nobody could do what it asks.
#ifndef REDRESS_COMMON_PLAN_RECORDED_H_
#define REDRESS_COMMON_PLAN_RECORDED_H_

#include "redress/facts/v1/facts.pb.h"
#include "redress/plan/v1/plan.pb.h"

namespace redress::plan {

// True if some rpc publishes facts of this kind. When a service learns to, its kind
// becomes RECORDING_PUBLISHED in kinds.proto. Pure, thread-safe.
bool IsRecorded(facts::v1::FactKind kind);

// True if recorded facts can make the test hold. Pure, thread-safe.
bool CanHold(const v1::Test& test);

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_RECORDED_H_

// Every place in a rule where a kind of fact, or a field of one, can stand: what may never be read
// is looked for in all of them. Internal to this library; pure.
#ifndef REDRESS_COMMON_PLAN_MENTIONS_H_
#define REDRESS_COMMON_PLAN_MENTIONS_H_

#include <functional>
#include <string>

#include "common/plan/checker.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/plan/v1/plan.pb.h"

namespace redress::plan::internal {

// Which part of a requirement it stands in.
enum class Part {
  kSatisfied,
  kApplies,
  kWhen,
  kDue,      // what a due date counts from
  kClock,    // paused_by, resumed_by
  kExtend,   // extended_by
  kStop,     // stopped_by, restarted_by
  kSuspend,  // suspended_by
  kResume,   // resumed_by of a cadence
};

// As what.
enum class As {
  kFact,    // there must be such a fact
  kAbsent,  // there must be none
  kFrom,    // a period or a window counts from it
  kUnless,  // keeps a window from lapsing
  kNotBefore,
  kUndoneBy,
  kCount,  // at_least_from
};

// A kind, or where `field` is not empty a field of that kind.
struct Mention {
  facts::v1::FactKind kind = facts::v1::FACT_KIND_UNSPECIFIED;
  Part part = Part::kSatisfied;
  As as = As::kFact;
  const v1::FactTest* test = nullptr;  // the test that asks for the kind itself
  std::string field;
  const v1::FieldCondition* condition = nullptr;  // nullptr where the field is read as a value
  const Place* place = nullptr;
};
using Visit = std::function<void(const Mention&)>;

void EachMention(const Place& at, const v1::Test& test, Part part, const Visit& visit);
void EachMention(const Place& at, const v1::Requirement& requirement, const Visit& visit);

// True if the test cannot hold unless one of its leaves (a fact that must be there, or a window
// that must have lapsed) is one that is `wanted`. A count that another fact gives may be zero, so
// it needs nothing.
bool Needs(const v1::Test& test, const std::function<bool(const v1::Test& leaf)>& wanted);
// The same for a fact, be it the one that a window opens with.
bool NeedsFact(const v1::Test& test, const std::function<bool(const v1::FactTest&)>& wanted);

// True if the test asks of the field that it be this value and no other.
bool Asks(const v1::FactTest& test, const std::string& field, const std::string& value);

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_MENTIONS_H_

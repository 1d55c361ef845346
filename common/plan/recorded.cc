#include "common/plan/recorded.h"

#include <algorithm>

#include "common/options/fact_rule.h"

namespace redress::plan {

bool IsRecorded(facts::v1::FactKind kind) {
  return facts::RuleOf(kind).recording() == options::v1::RECORDING_PUBLISHED;
}

namespace {

bool CanBe(const v1::FactTest& test) {
  const bool after =
      test.not_before() == facts::v1::FACT_KIND_UNSPECIFIED || IsRecorded(test.not_before());
  return IsRecorded(test.kind()) && after &&
         (!test.has_at_least_from() || IsRecorded(test.at_least_from().kind()));
}

}  // namespace

bool CanHold(const v1::Test& test) {
  switch (test.test_case()) {
    case v1::Test::kFact:
      return CanBe(test.fact());
    case v1::Test::kAll:
      return std::all_of(test.all().tests().begin(), test.all().tests().end(), CanHold);
    case v1::Test::kAny:
      return std::any_of(test.any().tests().begin(), test.any().tests().end(), CanHold);
    case v1::Test::kLapsed:
      return CanBe(test.lapsed().from().fact());
    default:
      return true;
  }
}

}  // namespace redress::plan

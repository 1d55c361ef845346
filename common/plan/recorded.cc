#include "common/plan/recorded.h"

#include <algorithm>

namespace redress::plan {

bool IsRecorded(facts::v1::FactKind kind) {
  switch (kind) {
    case facts::v1::FACT_KIND_UNSPECIFIED:
    case facts::v1::FACT_KIND_CAMPAIGN_SUMMARISED:
    case facts::v1::FACT_KIND_SCREENING_REPORTED:
    case facts::v1::FACT_KIND_CASE_MERGED:
    case facts::v1::FACT_KIND_CASE_ARCHIVED:
    case facts::v1::FACT_KIND_ARCHIVE_RECEIVED:
    case facts::v1::FACT_KIND_ARCHIVE_REJECTED:
    case facts::v1::FACT_KIND_RECONSIDERATION_DECIDED:
    case facts::v1::FACT_KIND_LEGAL_CHANNEL_ACCEPTED:
    case facts::v1::FACT_KIND_REVIEW_REQUESTED:
    case facts::v1::FACT_KIND_REVIEW_DECIDED:
    case facts::v1::FACT_KIND_REEXAMINATION_REQUESTED:
    case facts::v1::FACT_KIND_REEXAMINATION_DECIDED:
    case facts::v1::FACT_KIND_CLOCK_PAUSED:
    case facts::v1::FACT_KIND_CLOCK_RESUMED:
    case facts::v1::FACT_KIND_RETURN_OBJECTED:
    case facts::v1::FACT_KIND_RETURN_DECIDED:
    case facts::v1::FACT_KIND_CONSULTED:
    case facts::v1::FACT_KIND_INSTRUCTION_ASKED:
    case facts::v1::FACT_KIND_INSTRUCTION_ANSWERED:
    case facts::v1::FACT_KIND_INSPECTED:
    case facts::v1::FACT_KIND_FINDING_OPENED:
    case facts::v1::FACT_KIND_FINDING_RECTIFIED:
    case facts::v1::FACT_KIND_BULLETIN_ISSUED:
    case facts::v1::FACT_KIND_SCORED:
    case facts::v1::FACT_KIND_SCORE_APPEALED:
    case facts::v1::FACT_KIND_SCORE_APPEAL_DECIDED:
      return false;
    default:
      return true;
  }
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

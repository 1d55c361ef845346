// A plan may ask for what no service of this version can record: such a duty stays pending, and
// neither makes anybody late nor bars a closing.
#include "common/plan/recorded.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/base/files.h"
#include "common/plan/evaluator.h"
#include "common/plan/plan.h"

namespace redress::plan {
namespace {

std::shared_ptr<const Plan> Plan2018(Duties duties) {
  auto rules = RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules");
  auto text = base::ReadFile(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb");
  EXPECT_TRUE(rules.ok() && text.ok());
  auto plan = Load(*text, *rules, nullptr, duties);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *plan;
}

// A unit that was enrolled and has done nothing else by the end of the campaign.
v1::RequirementState StateOf(std::string_view requirement, Duties duties,
                             absl::CivilDay as_of = absl::CivilDay(2018, 10, 10)) {
  facts::v1::Fact enrolled;
  enrolled.set_fact_id("018f0000-0000-7000-8000-000000000001");
  enrolled.set_kind(facts::v1::FACT_KIND_UNIT_ENROLLED);
  enrolled.set_campaign("campaigns/1");
  enrolled.set_unit("units/committee");
  enrolled.mutable_event_date()->set_year(2018);
  enrolled.mutable_event_date()->set_month(4);
  enrolled.mutable_event_date()->set_day(20);
  enrolled.mutable_unit_enrolled()->set_unit_kind(types::v1::UNIT_KIND_COMMITTEE);
  const std::vector<KnownFact> facts = {{&enrolled, Feed::kAssignment, 0}};
  auto calendar = calendar::Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt");
  EXPECT_TRUE(calendar.ok());
  auto evaluation = Evaluate(Plan2018(duties), *calendar, facts, as_of, AsKnown::Everything());
  EXPECT_TRUE(evaluation.ok()) << evaluation.status();
  const Status* status = evaluation->Find(requirement, "units/committee");
  return status == nullptr ? v1::REQUIREMENT_STATE_UNSPECIFIED : status->state;
}

TEST(RecordedTest, ADutyThatNobodyCanRecordStaysPending) {
  EXPECT_EQ(StateOf("P2.first", Duties::kAll), v1::REQUIREMENT_STATE_OVERDUE);
  EXPECT_EQ(StateOf("P2.first", Duties::kRecorded), v1::REQUIREMENT_STATE_PENDING);
  // A cadence too, when its last period is over: nothing was done late, since nothing was done.
  EXPECT_EQ(StateOf("P2.rolling", Duties::kRecorded), v1::REQUIREMENT_STATE_PENDING);
  EXPECT_EQ(StateOf("P2.rolling", Duties::kRecorded, absl::CivilDay(2018, 12, 1)),
            v1::REQUIREMENT_STATE_PENDING);
}

TEST(RecordedTest, ATestCanHoldWhereSomeRecordedFactsSuffice) {
  v1::Test archived;
  archived.mutable_fact()->set_kind(facts::v1::FACT_KIND_CASE_ARCHIVED);
  v1::Test visited;
  visited.mutable_fact()->set_kind(facts::v1::FACT_KIND_VISIT_HELD);
  EXPECT_FALSE(CanHold(archived));
  EXPECT_TRUE(CanHold(visited));
  v1::Test both;
  *both.mutable_all()->add_tests() = archived;
  *both.mutable_all()->add_tests() = visited;
  EXPECT_FALSE(CanHold(both));
  v1::Test either;
  *either.mutable_any() = both.all();
  EXPECT_TRUE(CanHold(either));
  v1::Test none;
  *none.mutable_absent() = archived.fact();
  EXPECT_TRUE(CanHold(none));
}

TEST(RecordedTest, EveryMustOfClosingCanBeRecorded) {
  const std::shared_ptr<const Plan> plan = Plan2018(Duties::kRecorded);
  std::set<std::string> musts = {"P3",       "P5.site",  "P5.heard",
                                 "P5.views", "P6.prior", "P10.hearing"};
  for (const v1::Requirement& requirement : plan->proto().requirements()) {
    if (musts.erase(requirement.id()) == 0) continue;
    EXPECT_TRUE(CanHold(requirement.satisfied())) << requirement.id();
  }
  EXPECT_TRUE(musts.empty());
}

}  // namespace
}  // namespace redress::plan

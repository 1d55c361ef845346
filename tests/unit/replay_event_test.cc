#include "clients/replay/event.h"

#include "clients/replay/random.h"
#include "common/base/ids.h"
#include "gtest/gtest.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::replay {
namespace {

std::string Known(const std::string& placeholder) {
  if (placeholder == "cases/@7") return "cases/abc";
  if (placeholder == "cases/@7/hearings/@1") return "cases/abc/hearings/def";
  return "";
}

TEST(ReplayEventTest, ResolvesTheLongestPlaceholder) {
  visits::v1::RecordHearingRequest hearing;
  hearing.set_name("cases/@7/hearings/@1");
  ASSERT_TRUE(Resolve(Known, hearing).ok());
  EXPECT_EQ(hearing.name(), "cases/abc/hearings/def");

  registry::v1::OpenRoundRequest round;
  round.set_name("cases/@7");
  round.add_claims("cases/@7/claims/1");
  round.add_claims("cases/@7/claims/2");
  ASSERT_TRUE(Resolve(Known, round).ok());
  EXPECT_EQ(round.claims(1), "cases/abc/claims/2");
}

TEST(ReplayEventTest, ResolvesWithinMessages) {
  visits::v1::RecordVisitRequest request;
  request.set_parent("cases/@7");
  request.mutable_visit()->add_heard_claims("cases/@7/claims/1");
  request.mutable_visit()->set_account("没有占位");
  ASSERT_TRUE(Resolve(Known, request).ok());
  EXPECT_EQ(request.visit().heard_claims(0), "cases/abc/claims/1");
  EXPECT_EQ(request.visit().account(), "没有占位");
}

TEST(ReplayEventTest, SaysWhatIsNotKnown) {
  registry::v1::OpenRoundRequest round;
  round.set_name("cases/@8/rounds/1");
  const absl::Status status = Resolve(Known, round);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("cases/@8"), absl::string_view::npos);
}

TEST(ReplayEventTest, FindsTheNameInAnAnswer) {
  registry::v1::RegisterCaseResponse answer;
  answer.mutable_case_file()->set_name("cases/abc");
  answer.mutable_round()->set_name("cases/abc/rounds/1");
  EXPECT_EQ(NameIn(answer), "cases/abc");
}

TEST(ReplayEventTest, RequestIdsAreUuidsOfTheirOwn) {
  const std::string id = RequestId(2018, "case/1/register/1");
  EXPECT_TRUE(base::IsUuid(id)) << id;
  EXPECT_EQ(id, RequestId(2018, "case/1/register/1"));
  EXPECT_NE(id, RequestId(2018, "case/1/register/2"));
  EXPECT_NE(id, RequestId(2019, "case/1/register/1"));
  EXPECT_EQ(id[14], '8');
}

TEST(ReplayEventTest, TimesOfDayAreInShanghai) {
  EXPECT_EQ(absl::FormatTime(InstantOf(Day(2018, 4, 20), Slot::kOpening), absl::UTCTimeZone()),
            "2018-04-20T01:00:00+00:00");
  EXPECT_LT(InstantOf(Day(2018, 4, 20), Slot::kEvening),
            InstantOf(Day(2018, 4, 21), Slot::kOpening));
}

}  // namespace
}  // namespace redress::replay

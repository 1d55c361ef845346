// A calendar that ends tomorrow, the days after it, and a year that is added: by its file, without
// a restart. No write fails for want of it, and nobody is late by a day that is not known yet.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/clock.h"
#include "common/calendar/calendar.h"
#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/sample/v1/sample.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "tests/e2e/world.h"

namespace redress::testing {
namespace {

using ::testing::HasSubstr;
using RegistryStub = registry::v1::RegistryService::Stub;
using SupervisionStub = supervision::v1::SupervisionService::Stub;

constexpr absl::Duration kPatience = absl::Seconds(20);

class CalendarEndTest : public ::testing::Test {
 protected:
  supervision::v1::GetProjectionResponse Projection() {
    const auto answer = world_.operator_client().Call(&SupervisionStub::GetProjection,
                                                      supervision::v1::GetProjectionRequest());
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(supervision::v1::GetProjectionResponse());
  }
  // Writes of several services.
  absl::Status Handle(const std::string& case_name) {
    RETURN_IF_ERROR(world_.Assign(case_name));
    RETURN_IF_ERROR(world_.Equip(case_name));
    RETURN_IF_ERROR(world_.Visit(case_name));
    return world_.Investigate(case_name);
  }
  // The year that some duty of the case waits for; 0 where none does.
  int MissingFor(const std::string& case_name) {
    supervision::v1::GetCaseEvaluationRequest request;
    request.set_case_name(case_name);
    const auto answer = world_.clerk().Call(&SupervisionStub::GetCaseEvaluation, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return -1;
    for (const auto& status : answer->evaluation().statuses()) {
      if (status.calendar_missing() != 0) return status.calendar_missing();
    }
    return 0;
  }

  Cluster cluster_{AllServices(), "debug", /*calendar_until=*/2018};
  World world_{cluster_};
};

TEST_F(CalendarEndTest, ASlipOfThePenDoesNotEndTheSample) {
  const Client operator_client =
      cluster_.Person({.official = "officials/operator", .roles = {types::v1::ROLE_OPERATOR}});
  sample::v1::SetTimeRequest request;
  request.mutable_now()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(9999, 12, 31), base::Shanghai())));
  for (const std::string& service : AllServices()) {
    const auto set =
        operator_client.Call(&sample::v1::SampleClockService::Stub::SetTime, request, service);
    EXPECT_TRUE(absl::IsInvalidArgument(set.status())) << service << ": " << set.status();
  }
  EXPECT_TRUE(world_.Register().ok());
}

TEST_F(CalendarEndTest, NothingFailsAndAYearIsAdded) {
  cluster_.SetTime(absl::CivilDay(2018, 12, 30));
  const auto tomorrow = world_.Register();
  ASSERT_TRUE(tomorrow.ok()) << tomorrow.status();
  EXPECT_TRUE(Handle(*tomorrow).ok());

  // The table has no day of this year.
  cluster_.SetTime(absl::CivilDay(2019, 1, 8));
  const auto beyond = world_.Register();
  ASSERT_TRUE(beyond.ok()) << beyond.status();
  const absl::Status done = Handle(*beyond);
  EXPECT_TRUE(done.ok()) << done;
  supervision::v1::GetLedgerRequest ledger;
  ledger.set_campaign(world_.campaign());
  const absl::Time deadline = absl::Now() + kPatience;
  int rows = 0;
  while (rows < 2 && absl::Now() < deadline) {
    const auto answer = world_.clerk().Call(&SupervisionStub::GetLedger, ledger);
    ASSERT_TRUE(answer.ok()) << answer.status();
    rows = answer->rows_size();
    EXPECT_EQ(answer->set_aside().count(), 0);
  }
  EXPECT_EQ(rows, 2);

  // A round received today: its 15 days end on a day of the missing year.
  registry::v1::OpenRoundRequest open;
  open.set_name(*beyond);
  open.set_kind(types::v1::ROUND_KIND_REVIEW);
  *open.mutable_received_on() = calendar::ToProto(absl::CivilDay(2019, 1, 8));
  const auto opened = world_.clerk().Call(&RegistryStub::OpenRound, open);
  ASSERT_TRUE(opened.ok()) << opened.status();
  while (MissingFor(*beyond) == 0 && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(MissingFor(*beyond), 2019);
  const auto before = Projection();
  EXPECT_EQ(*calendar::FromProto(before.calendar_last_day()), absl::CivilDay(2018, 12, 31));

  cluster_.UseCalendar(0);
  const absl::Time patience = absl::Now() + kPatience;
  while (Projection().calendar_version() == before.calendar_version() && absl::Now() < patience) {
    absl::SleepFor(absl::Milliseconds(100));
  }
  EXPECT_GT(*calendar::FromProto(Projection().calendar_last_day()), absl::CivilDay(2018, 12, 31));
  EXPECT_EQ(MissingFor(*beyond), 0);
  EXPECT_THAT(cluster_.Log("registry"), HasSubstr("calendar_in_use"));
  EXPECT_THAT(cluster_.Metrics("registry"), HasSubstr("redress_calendar_last_day"));
}

}  // namespace
}  // namespace redress::testing

// Records made late, and cases reopened: who tries to make a date or a name do the work, and what
// the system answers.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "tests/e2e/world.h"

namespace redress::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using RegistryStub = registry::v1::RegistryService::Stub;
using SupervisionStub = supervision::v1::SupervisionService::Stub;

class LateRecordTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster();
    world_ = new World(*cluster_);
  }
  static void TearDownTestSuite() {
    delete world_;
    delete cluster_;
  }

  static absl::StatusOr<plan::v1::RequirementStatus> StatusOf(const std::string& name,
                                                              const std::string& requirement) {
    supervision::v1::GetCaseEvaluationRequest request;
    request.set_case_name(name);
    const absl::Time give_up = absl::Now() + absl::Seconds(10);
    do {
      const auto answer = world_->clerk().Call(&SupervisionStub::GetCaseEvaluation, request);
      if (!answer.ok()) return answer.status();
      for (const plan::v1::RequirementStatus& status : answer->evaluation().statuses()) {
        if (status.requirement() == requirement &&
            status.state() == plan::v1::REQUIREMENT_STATE_MET) {
          return status;
        }
      }
      absl::SleepFor(absl::Milliseconds(100));
    } while (absl::Now() < give_up);
    return absl::NotFoundError("it is not met");
  }
  static absl::Status Confirm(const Client& client, const std::string& name,
                              const std::string& fact) {
    registry::v1::ConfirmRecordRequest request;
    request.set_name(name);
    request.set_fact_id(fact);
    return client.Call(&RegistryStub::ConfirmRecord, request).status();
  }
  static std::string Ready() {
    const std::string name = world_->Register().value_or("cases/none");
    const absl::Status done = world_->DoAllDuties(name);
    EXPECT_TRUE(done.ok()) << done;
    world_->LetWithdrawalsLapse();
    return name;
  }

  static Cluster* cluster_;
  static World* world_;
};

Cluster* LateRecordTest::cluster_ = nullptr;
World* LateRecordTest::world_ = nullptr;

TEST_F(LateRecordTest, AnInvestigationEnteredAMonthLaterIsConfirmedBySomebodyElse) {
  const std::string name = world_->Register().value_or("cases/none");
  ASSERT_TRUE(world_->Assign(name).ok());
  for (int i = 0; i < 4; ++i) world_->LetWithdrawalsLapse();  // a month
  ASSERT_TRUE(world_->Investigate(name, 32).ok());            // on the day it was registered
  auto status = StatusOf(name, "P14");
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_TRUE(status->recorded_late());
  EXPECT_TRUE(status->unconfirmed());
  ASSERT_GE(status->facts_size(), 1);
  const std::string fact = status->facts(0);

  // The lead made the record; with a role of the office they are the same person still.
  const Client same = cluster_->Person({.official = kLead,
                                        .unit = kOffice,
                                        .region = kTownship,
                                        .roles = {types::v1::ROLE_OFFICE_CLERK}});
  EXPECT_EQ(status::ReasonOf(Confirm(same, name, fact)), "RECORDED_BY_CALLER");
  EXPECT_TRUE(absl::IsPermissionDenied(Confirm(world_->lead(), name, fact)));
  EXPECT_TRUE(
      absl::IsNotFound(Confirm(world_->clerk(), name, "018f0000-0000-7000-8000-000000000001")));
  const absl::Status confirmed = Confirm(world_->clerk(), name, fact);
  ASSERT_TRUE(confirmed.ok()) << confirmed;
  EXPECT_EQ(status::ReasonOf(Confirm(world_->head(), name, fact)), "RECORD_CONFIRMED");
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  do {
    status = StatusOf(name, "P14");
  } while (status.ok() && status->unconfirmed() && absl::Now() < give_up);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_TRUE(status->recorded_late());
  EXPECT_FALSE(status->unconfirmed());
}

TEST_F(LateRecordTest, AnAgreementIsBeyondWithdrawalSevenDaysAfterItsRecording) {
  const std::string name = world_->Register().value_or("cases/none");
  const absl::Status done = world_->DoAllDuties(name);
  ASSERT_TRUE(done.ok()) << done;
  const absl::Status refused = world_->Propose(name);
  EXPECT_EQ(status::ReasonOf(refused), "CASE_NOT_CLOSABLE");
  world_->LetWithdrawalsLapse();
  const absl::Status proposed = world_->Propose(name);
  EXPECT_TRUE(proposed.ok()) << proposed;
}

TEST_F(LateRecordTest, AReopenedCaseIsNotClosedOnThePapersOfItsFirstClosing) {
  const std::string name = Ready();
  ASSERT_TRUE(world_->Propose(name).ok());
  ASSERT_TRUE(world_->Close(name).ok());
  registry::v1::ReopenCaseRequest reopen;
  reopen.set_name(name);
  reopen.set_reason(facts::v1::REOPEN_REASON_NEW_EVIDENCE);
  ASSERT_TRUE(world_->clerk().Call(&RegistryStub::ReopenCase, reopen).ok());
  const absl::Status refused = world_->Propose(name);
  EXPECT_EQ(status::ReasonOf(refused), "CASE_NOT_CLOSABLE");
  std::vector<std::string> subjects;
  for (const auto& violation : status::ViolationsOf(refused)) {
    subjects.push_back(violation.Label());
  }
  for (const char* act : {"investigated", "appraised", "answered", "served"}) {
    EXPECT_THAT(subjects, Contains(HasSubstr(absl::StrCat("closing.anew.", act))));
  }
}

}  // namespace
}  // namespace redress::testing

// Assistance over a real database and real rpcs: what is stored, published, shown, refused; and
// that what becomes of the case changes nothing (invariant 4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "redress/assistance/v1/assistance.grpc.pb.h"
#include "services/assistance/schema.h"
#include "services/assistance/service.h"
#include "tests/integration/record_service.h"

namespace redress::assistance {
namespace {

using testing::Day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RecordService;
using ::testing::UnorderedElementsAre;
using types::v1::CaseState;
using types::v1::ROLE_ASSISTANCE_STAFF;
using types::v1::ROLE_CASE_OFFICER;
using types::v1::ROLE_INSPECTOR;
using types::v1::ROLE_LEAD;
using Stub = v1::AssistanceService::Stub;

constexpr char kStaff[] = "officials/staff";

class AssistanceStoreTest : public testing::RecordServiceTest<MakeService, v1::AssistanceService> {
 protected:
  AssistanceStoreTest() : RecordServiceTest("assistance", Schema(), Grants()) {
    RegisterMessages();
  }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request) {
    return Do(method, request, kStaff, ROLE_ASSISTANCE_STAFF);
  }

  static v1::RecordSurveyRequest Survey(const std::string& parent = "cases/1", int day = 1) {
    v1::RecordSurveyRequest request;
    request.set_parent(parent);
    v1::HouseholdSurvey& survey = *request.mutable_survey();
    *survey.mutable_surveyed_on() = Day(6, day);
    survey.set_by_visit(true);
    survey.set_household_size(3);
    survey.set_livelihood("务农,有病人");
    survey.add_needs(v1::NEED_KIND_MEDICAL);
    return request;
  }
  static v1::OpenAssistanceFileRequest Open(const std::string& parent = "cases/1", int day = 2) {
    v1::OpenAssistanceFileRequest request;
    request.set_parent(parent);
    *request.mutable_opened_on() = Day(6, day);
    return request;
  }
  static v1::PlanAssistanceRequest Plan(const std::string& parent = "cases/1", int day = 5) {
    v1::PlanAssistanceRequest request;
    request.set_parent(parent);
    v1::AssistancePlan& plan = *request.mutable_plan();
    *plan.mutable_planned_on() = Day(6, day);
    plan.set_agreed_with_person(true);
    plan.set_near_term("医疗救助");
    plan.set_long_term("技能培训");
    plan.set_legal_aid_offered(true);
    for (int i = 0; i < 2; ++i) {
      v1::NewMeasure& measure = *plan.add_measures();
      measure.set_kind(v1::MEASURE_KIND_MEDICAL_RELIEF);
      measure.set_department(types::v1::DEPARTMENT_CIVIL_AFFAIRS);
      measure.set_funding_source("2101301");
      measure.set_policy_basis("国办发〔2015〕30号");
      measure.set_amount_fen(500000);
      *measure.mutable_due_on() = Day(8, 31);
      measure.set_description("住院费用救助");
    }
    return request;
  }
  static std::string Measure(int number, const std::string& parent = "cases/1") {
    return absl::StrCat(parent, "/assistanceFile/measures/", number);
  }
  static v1::RecordPaymentRequest Pay(int number, int64_t fen, const std::string& voucher,
                                      const std::string& parent = "cases/1") {
    v1::RecordPaymentRequest request;
    request.set_measure(Measure(number, parent));
    v1::Payment& payment = *request.mutable_payment();
    payment.set_amount_fen(fen);
    *payment.mutable_paid_on() = Day(6, 15);
    payment.set_policy_basis("国办发〔2015〕30号");
    payment.set_funding_source("2101301");
    payment.set_voucher(voucher);
    return request;
  }
  static v1::CompleteAssistanceMeasureRequest Done(int number,
                                                   const std::string& parent = "cases/1") {
    v1::CompleteAssistanceMeasureRequest request;
    request.set_measure(Measure(number, parent));
    *request.mutable_done_on() = Day(6, 16);
    return request;
  }
  static v1::FailAssistanceMeasureRequest Fail(int number, const std::string& parent = "cases/1") {
    v1::FailAssistanceMeasureRequest request;
    request.set_measure(Measure(number, parent));
    *request.mutable_failed_on() = Day(6, 17);
    request.set_reason("医院未受理");
    return request;
  }
  static v1::EndAssistanceRequest End(const std::string& parent = "cases/1",
                                      v1::EndReason reason = v1::END_REASON_GOALS_REACHED) {
    v1::EndAssistanceRequest request;
    request.set_parent(parent);
    *request.mutable_ended_on() = Day(6, 19);
    request.set_reason(reason);
    return request;
  }
  absl::StatusOr<v1::AssistanceFile> Read(const std::string& parent = "cases/1") {
    v1::GetAssistanceFileRequest request;
    request.set_parent(parent);
    auto read = Call(&Stub::GetAssistanceFile, request);
    if (!read.ok()) return read.status();
    return read->assistance_file();
  }
};

TEST_F(AssistanceStoreTest, TheSchemaIsThatOfTheMessages) {
  const absl::Status fits = store::CheckTables(records_.database().admin(), StoredTypes());
  EXPECT_TRUE(fits.ok()) << fits;
}

TEST_F(AssistanceStoreTest, FromSurveyToEnd) {
  ASSERT_TRUE(Call(&Stub::RecordSurvey, Survey()).ok());
  ASSERT_TRUE(Call(&Stub::OpenAssistanceFile, Open()).ok());
  const auto planned = Call(&Stub::PlanAssistance, Plan());
  ASSERT_TRUE(planned.ok()) << planned.status();
  // The answer to a write shows nothing personal.
  EXPECT_EQ(planned->assistance_file().plan().near_term(), "…");
  EXPECT_EQ(planned->assistance_file().measures(0).measure().amount_fen(), 0);
  v1::RecordPaymentRequest pay = Pay(1, 500000, "2018-001");
  pay.set_etag(planned->assistance_file().etag());
  const auto paid = Call(&Stub::RecordPayment, pay);
  ASSERT_TRUE(paid.ok()) << paid.status();
  v1::RecordPaymentRequest stale = Pay(2, 1, "2018-002");
  stale.set_etag(planned->assistance_file().etag());
  EXPECT_TRUE(absl::IsAborted(Call(&Stub::RecordPayment, stale).status()));
  ASSERT_TRUE(Call(&Stub::CompleteAssistanceMeasure, Done(1)).ok());
  const auto open = Call(&Stub::EndAssistance, End());
  EXPECT_EQ(status::ReasonOf(open.status()), "GOALS_NOT_REACHED");
  ASSERT_TRUE(Call(&Stub::FailAssistanceMeasure, Fail(2)).ok());
  ASSERT_TRUE(Call(&Stub::EndAssistance, End()).ok());

  const auto file = Read();
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->state(), v1::ASSISTANCE_STATE_ENDED);
  EXPECT_EQ(file->measures(0).payments(0).amount_fen(), 500000);
  EXPECT_EQ(file->measures(1).failure_reason(), "医院未受理");
  EXPECT_EQ(file->plan().long_term(), "技能培训");
  EXPECT_THAT(records_.Readings(), ElementsAre("cases/1/assistanceFile"));

  EXPECT_THAT(
      records_.KindsOf("cases/1"),
      ElementsAre(facts::v1::FACT_KIND_SURVEYED, facts::v1::FACT_KIND_ASSISTANCE_FILE_OPENED,
                  facts::v1::FACT_KIND_ASSISTANCE_PLANNED,
                  facts::v1::FACT_KIND_ASSISTANCE_MEASURE_DONE,
                  facts::v1::FACT_KIND_ASSISTANCE_MEASURE_FAILED, facts::v1::FACT_KIND_PAYMENT_MADE,
                  facts::v1::FACT_KIND_ASSISTANCE_ENDED));
  std::set<int64_t> versions;
  for (const facts::v1::Fact& fact : records_.FactsOf("cases/1")) {
    EXPECT_EQ(fact.campaign(), "campaigns/1");
    EXPECT_EQ(fact.actor().official(), kStaff);
    EXPECT_THAT(fact.DebugString(), Not(HasSubstr("500000")));
    if (fact.kind() == facts::v1::FACT_KIND_SURVEYED) continue;
    // A measure is part of the file's row: its facts carry that row's version.
    versions.insert(fact.record_version());
  }
  EXPECT_EQ(versions.size(), 6u);
  const auto rows = records_.database().admin().Query("SELECT body FROM assistance_file");
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[0].Text(0).find("医院"), std::string::npos);
}

// Invariant 4: whatever becomes of the case, every rpc does the same, and nothing changes by
// itself.
TEST_F(AssistanceStoreTest, WhatBecomesOfTheCaseChangesNothing) {
  std::vector<v1::AssistanceFile> outcomes;
  std::vector<std::multiset<facts::v1::FactKind>> kinds;
  for (const CaseState state : {types::v1::CASE_STATE_OPEN, types::v1::CASE_STATE_CLOSING,
                                types::v1::CASE_STATE_CLOSED, types::v1::CASE_STATE_UNSPECIFIED}) {
    const std::string name = absl::StrCat("cases/in-state-", static_cast<int>(state));
    records_.AddCase(name, state);
    const auto survey = Call(&Stub::RecordSurvey, Survey(name));
    EXPECT_TRUE(survey.ok()) << survey.status();
    EXPECT_TRUE(Call(&Stub::OpenAssistanceFile, Open(name)).ok());
    EXPECT_TRUE(Call(&Stub::PlanAssistance, Plan(name)).ok());
    EXPECT_TRUE(Call(&Stub::RecordPayment, Pay(1, 100, "V1", name)).ok());
    EXPECT_TRUE(Call(&Stub::CompleteAssistanceMeasure, Done(1, name)).ok());
    EXPECT_TRUE(Call(&Stub::FailAssistanceMeasure, Fail(2, name)).ok());
    EXPECT_TRUE(Call(&Stub::EndAssistance, End(name)).ok());
    EXPECT_TRUE(Call(&Stub::OpenAssistanceFile, Open(name, 20)).ok());
    const auto file = Read(name);
    ASSERT_TRUE(file.ok()) << file.status();
    // The same but for the names.
    v1::AssistanceFile same = *file;
    same.clear_name();
    same.clear_etag();
    same.clear_case_name();
    for (v1::AssistanceMeasure& measure : *same.mutable_measures()) measure.clear_name();
    outcomes.push_back(std::move(same));
    kinds.push_back(records_.KindsOf(name));
  }
  for (size_t i = 1; i < outcomes.size(); ++i) {
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(outcomes[0], outcomes[i]))
        << outcomes[i].DebugString();
    EXPECT_EQ(kinds[0], kinds[i]);
  }

  // Closing and reopening in the midst of it touches neither the file nor what may be done next.
  ASSERT_TRUE(Call(&Stub::OpenAssistanceFile, Open()).ok());
  ASSERT_TRUE(Call(&Stub::PlanAssistance, Plan()).ok());
  const auto before = Read();
  records_.gate().SetState("cases/1", types::v1::CASE_STATE_CLOSED);
  const auto closed = Read();
  ASSERT_TRUE(before.ok() && closed.ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*before, *closed));
  EXPECT_TRUE(Call(&Stub::RecordPayment, Pay(1, 100, "V1")).ok());
  records_.gate().SetState("cases/1", types::v1::CASE_STATE_OPEN);
  EXPECT_TRUE(Call(&Stub::CompleteAssistanceMeasure, Done(1)).ok());
}

TEST_F(AssistanceStoreTest, ADeclinedSurveyIsTheDutyDone) {
  v1::RecordSurveyRequest request;
  request.set_parent("cases/1");
  *request.mutable_survey()->mutable_surveyed_on() = Day(6, 1);
  request.mutable_survey()->set_declined(true);
  types::v1::EvidenceRef& note =
      *request.mutable_survey()->mutable_decline()->mutable_signed_note();
  note.set_kind(types::v1::EVIDENCE_KIND_SIGNED_NOTE);
  note.set_sha256(std::string(64, 'a'));
  *note.mutable_dated() = Day(6, 1);
  ASSERT_TRUE(Call(&Stub::RecordSurvey, request).ok());
  EXPECT_THAT(records_.KindsOf("cases/1"), ElementsAre(facts::v1::FACT_KIND_SURVEY_DECLINED));
}

TEST_F(AssistanceStoreTest, SurveysNewestFirstAndReadWhole) {
  for (int day : {3, 9, 5}) ASSERT_TRUE(Call(&Stub::RecordSurvey, Survey("cases/1", day)).ok());
  v1::ListSurveysRequest list;
  list.set_parent("cases/1");
  const auto page = Call(&Stub::ListSurveys, list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->surveys_size(), 3);
  EXPECT_EQ(page->surveys(0).surveyed_on().day(), 9);
  EXPECT_EQ(page->surveys(2).surveyed_on().day(), 3);
  v1::GetSurveyRequest get;
  get.set_name(page->surveys(0).name());
  const auto read = Call(&Stub::GetSurvey, get);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->survey().household_size(), 3);
  EXPECT_THAT(read->survey().needs(), ElementsAre(v1::NEED_KIND_MEDICAL));
}

TEST_F(AssistanceStoreTest, FilesByStateInTheCasesThatTheCallerSees) {
  for (const char* name : {"cases/2", "cases/3"}) {
    records_.AddCase(name);
    ASSERT_TRUE(Call(&Stub::OpenAssistanceFile, Open(name)).ok());
  }
  ASSERT_TRUE(Call(&Stub::PlanAssistance, Plan("cases/3")).ok());
  const auto names = [&](v1::AssistanceState state, const std::string& official,
                         types::v1::Role role) {
    v1::ListAssistanceFilesRequest list;
    list.set_state(state);
    list.set_page_size(1);
    std::vector<std::string> found;
    do {
      const auto page = Do(&Stub::ListAssistanceFiles, list, official, role);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& file : page->assistance_files()) found.push_back(file.name());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return found;
  };
  EXPECT_THAT(names(v1::ASSISTANCE_STATE_UNSPECIFIED, kStaff, ROLE_ASSISTANCE_STAFF),
              UnorderedElementsAre("cases/2/assistanceFile", "cases/3/assistanceFile"));
  EXPECT_THAT(names(v1::ASSISTANCE_STATE_PLANNED, "officials/lead", ROLE_LEAD),
              ElementsAre("cases/3/assistanceFile"));
  EXPECT_THAT(names(v1::ASSISTANCE_STATE_ENDED, kStaff, ROLE_ASSISTANCE_STAFF), ElementsAre());
  EXPECT_THAT(names(v1::ASSISTANCE_STATE_UNSPECIFIED, "officials/other", ROLE_ASSISTANCE_STAFF),
              ElementsAre());
}

TEST_F(AssistanceStoreTest, WhatACallerMayNotDo) {
  ASSERT_TRUE(Call(&Stub::OpenAssistanceFile, Open()).ok());
  ASSERT_TRUE(Call(&Stub::PlanAssistance, Plan()).ok());
  v1::GetAssistanceFileRequest get;
  get.set_parent("cases/1");
  EXPECT_TRUE(absl::IsPermissionDenied(
      Do(&Stub::GetAssistanceFile, get, "officials/i", ROLE_INSPECTOR).status()));
  EXPECT_TRUE(absl::IsNotFound(
      Do(&Stub::GetAssistanceFile, get, "officials/other", ROLE_ASSISTANCE_STAFF).status()));
  // A case officer may record a measure, not a payment.
  v1::RecordPaymentRequest pay = Pay(1, 1, "V1");
  pay.set_request_id(RecordService::NewRequestId());
  EXPECT_TRUE(absl::IsPermissionDenied(
      Do(&Stub::RecordPayment, pay, "officials/officer", ROLE_CASE_OFFICER).status()));
  records_.gate().Break();
  EXPECT_TRUE(absl::IsUnavailable(Read().status()));
  EXPECT_TRUE(absl::IsUnavailable(Call(&Stub::RecordPayment, Pay(1, 1, "V1")).status()));
}

TEST_F(AssistanceStoreTest, WhatDoesNotExistIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(Read().status()));
  EXPECT_TRUE(absl::IsNotFound(Call(&Stub::PlanAssistance, Plan()).status()));
  EXPECT_TRUE(absl::IsNotFound(Call(&Stub::CompleteAssistanceMeasure, Done(1)).status()));
  ASSERT_TRUE(Call(&Stub::OpenAssistanceFile, Open()).ok());
  ASSERT_TRUE(Call(&Stub::PlanAssistance, Plan()).ok());
  EXPECT_TRUE(absl::IsNotFound(Call(&Stub::CompleteAssistanceMeasure, Done(3)).status()));
  EXPECT_TRUE(absl::IsNotFound(Call(&Stub::OpenAssistanceFile, Open("cases/nowhere")).status()));
}

}  // namespace
}  // namespace redress::assistance

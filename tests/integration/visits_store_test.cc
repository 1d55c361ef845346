// Visits over a real database and real rpcs: what is stored, published, shown, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "redress/visits/v1/visits.grpc.pb.h"
#include "services/visits/schema.h"
#include "services/visits/service.h"
#include "tests/integration/record_service.h"

namespace redress::visits {
namespace {

using ::testing::Contains;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RecordService;
using ::testing::UnorderedElementsAre;
using types::v1::ROLE_CASE_OFFICER;
using types::v1::ROLE_INSPECTOR;
using types::v1::ROLE_LEAD;
using types::v1::ROLE_OFFICE_CLERK;
using Stub = v1::VisitsService::Stub;

constexpr char kLead[] = "officials/lead";
constexpr char kOfficer[] = "officials/officer";

class VisitsStoreTest : public testing::RecordServiceTest<MakeService, v1::VisitsService> {
 protected:
  VisitsStoreTest() : RecordServiceTest("visits", Schema(), Grants()) {
    RegisterMessages();
    records_.AddCase("cases/2");
  }

  v1::RecordVisitRequest Held(int day, const std::string& parent = "cases/1") {
    v1::RecordVisitRequest request;
    request.set_parent(parent);
    request.set_request_id(RecordService::NewRequestId());
    v1::Visit& visit = *request.mutable_visit();
    visit.set_outcome(v1::VISIT_OUTCOME_HELD);
    *visit.mutable_visited_on() = Day(6, day);
    visit.set_place(facts::v1::VISIT_PLACE_HOME);
    visit.set_official(kLead);
    visit.set_account("谈了土地补偿的计算方法");
    return request;
  }
  v1::RecordVisitRequest Declined(int day) {
    v1::RecordVisitRequest request = Held(day);
    request.mutable_visit()->set_outcome(v1::VISIT_OUTCOME_DECLINED);
    request.mutable_visit()->clear_place();
    request.mutable_visit()->clear_account();
    *request.mutable_visit()->mutable_decline()->mutable_signed_note() =
        Evidence(types::v1::EVIDENCE_KIND_SIGNED_NOTE);
    return request;
  }
  static types::v1::EvidenceRef Evidence(types::v1::EvidenceKind kind) {
    types::v1::EvidenceRef evidence;
    evidence.set_sha256(std::string(64, 'a'));
    evidence.set_kind(kind);
    *evidence.mutable_dated() = Day(6, 1);
    return evidence;
  }
  absl::StatusOr<v1::RecordVisitResponse> Record(const v1::RecordVisitRequest& request,
                                                 const std::string& by = kLead) {
    return Do(&Stub::RecordVisit, request, by, by == kLead ? ROLE_LEAD : ROLE_CASE_OFFICER);
  }
  std::string Announce() {
    v1::AnnounceHearingRequest request;
    request.set_parent("cases/1");
    request.set_request_id(RecordService::NewRequestId());
    request.mutable_hearing()->set_kind(facts::v1::HEARING_KIND_MEDIATION);
    *request.mutable_hearing()->mutable_announced_on() = Day(6, 1);
    *request.mutable_hearing()->mutable_planned_on() = Day(6, 12);
    request.mutable_hearing()->set_topic("土地补偿");
    *request.mutable_hearing()->mutable_announcement_proof() =
        Evidence(types::v1::EVIDENCE_KIND_DOCUMENT);
    const auto announced = Do(&Stub::AnnounceHearing, request, kLead, ROLE_LEAD);
    EXPECT_TRUE(announced.ok()) << announced.status();
    return announced->hearing().name();
  }
};

TEST_F(VisitsStoreTest, TheSchemaIsThatOfTheMessages) {
  EXPECT_TRUE(store::CheckTables(records_.database().admin(), StoredTypes()).ok())
      << store::CheckTables(records_.database().admin(), StoredTypes());
}

TEST_F(VisitsStoreTest, AVisitIsStoredSealedPublishedAndReadBack) {
  v1::RecordVisitRequest request = Held(8);
  request.mutable_visit()->add_heard_claims("cases/1/claims/2");
  const auto recorded = Record(request);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  // The answer to a write shows nothing personal.
  EXPECT_EQ(recorded->visit().account(), "…");
  EXPECT_EQ(recorded->visit().etag().size(), 16u);
  EXPECT_TRUE(recorded->visit().has_create_time());

  const auto facts = records_.FactsOf("cases/1");
  ASSERT_EQ(facts.size(), 2u);
  for (const facts::v1::Fact& fact : facts) {
    EXPECT_EQ(fact.campaign(), "campaigns/1");
    EXPECT_EQ(fact.unit(), "units/town");
    EXPECT_EQ(fact.actor().official(), kLead);
    EXPECT_EQ(fact.actor().role(), ROLE_LEAD);
    EXPECT_EQ(fact.record(), recorded->visit().name());
    EXPECT_EQ(fact.record_version(), facts[0].record_version());
    EXPECT_THAT(fact.DebugString(), Not(HasSubstr("account")));
  }

  // Nothing of it can be read in the database.
  const auto rows = records_.database().admin().Query("SELECT body FROM visit");
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[0].Text(0).find("土地"), std::string::npos);

  v1::GetVisitRequest get;
  get.set_name(recorded->visit().name());
  const auto read = Do(&Stub::GetVisit, get, kOfficer, ROLE_CASE_OFFICER);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->visit().account(), request.visit().account());
  EXPECT_THAT(records_.Readings(), ElementsAre(recorded->visit().name()));
}

TEST_F(VisitsStoreTest, TheSameRequestIdGivesTheSameAnswerOnce) {
  const v1::RecordVisitRequest request = Held(14);
  const auto first = Record(request);
  const auto second = Record(request);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->visit().name(), second->visit().name());
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 1u);
  v1::RecordVisitRequest other = Held(13);
  other.set_request_id(request.request_id());
  EXPECT_TRUE(absl::IsInvalidArgument(Record(other).status()));
}

TEST_F(VisitsStoreTest, NewestFirstPageByPage) {
  for (int day : {3, 11, 7, 11, 1}) ASSERT_TRUE(Record(Held(day)).ok());
  ASSERT_TRUE(Record(Held(9, "cases/2")).ok());
  v1::ListVisitsRequest list;
  list.set_parent("cases/1");
  list.set_page_size(2);
  std::vector<int> days;
  do {
    const auto page = Do(&Stub::ListVisits, list, kLead, ROLE_LEAD);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Visit& visit : page->visits()) days.push_back(visit.visited_on().day());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(days, ElementsAre(11, 11, 7, 3, 1));
}

TEST_F(VisitsStoreTest, ADiaryIsOfOneOfficialInTheCasesThatTheCallerSees) {
  ASSERT_TRUE(Record(Held(3)).ok());
  ASSERT_TRUE(Record(Held(9, "cases/2")).ok());
  v1::RecordVisitRequest officers = Held(10);
  officers.mutable_visit()->set_official(kOfficer);
  ASSERT_TRUE(Record(officers, kOfficer).ok());
  v1::ListDiaryRequest diary;
  diary.set_official(kLead);
  const auto days_for = [&](const std::string& official, types::v1::Role role) {
    const auto page = Do(&Stub::ListDiary, diary, official, role);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<int> days;
    for (const v1::Visit& visit : page->visits()) days.push_back(visit.visited_on().day());
    return days;
  };
  EXPECT_THAT(days_for(kLead, ROLE_LEAD), ElementsAre(9, 3));
  EXPECT_THAT(days_for("officials/clerk", ROLE_OFFICE_CLERK), ElementsAre(9, 3));
  EXPECT_THAT(days_for("officials/elsewhere", ROLE_LEAD), ElementsAre());
  *diary.mutable_from_date() = Day(6, 4);
  EXPECT_THAT(days_for(kLead, ROLE_LEAD), ElementsAre(9));
  diary.clear_from_date();
  *diary.mutable_to_date() = Day(6, 3);
  EXPECT_THAT(days_for(kLead, ROLE_LEAD), ElementsAre(3));
  *diary.mutable_from_date() = Day(6, 4);
  EXPECT_TRUE(absl::IsInvalidArgument(Do(&Stub::ListDiary, diary, kLead, ROLE_LEAD).status()));
}

TEST_F(VisitsStoreTest, DecliningStopsVisitsUntilTheyAskAgain) {
  ASSERT_TRUE(Record(Declined(10)).ok());
  const auto refused = Record(Held(12));
  EXPECT_EQ(status::ReasonOf(refused.status()), "VISITS_NOT_WANTED");
  v1::WantVisitsRequest want;
  want.set_parent("cases/1");
  *want.mutable_asked_on() = Day(6, 15);
  want.set_request_id(RecordService::NewRequestId());
  const auto wanted = Do(&Stub::WantVisits, want, "officials/clerk", ROLE_OFFICE_CLERK);
  ASSERT_TRUE(wanted.ok()) << wanted.status();
  EXPECT_TRUE(wanted->visit_wish().wanted());
  EXPECT_TRUE(Record(Held(16)).ok());
  EXPECT_THAT(records_.KindsOf("cases/1"),
              ElementsAre(facts::v1::FACT_KIND_VISIT_HELD, facts::v1::FACT_KIND_VISIT_DECLINED,
                          facts::v1::FACT_KIND_VISITS_WANTED));
}

// What every record keeps holds on the way to the database, whatever the rule of the rpc looks at.
TEST_F(VisitsStoreTest, NothingIsDatedBeforeTheReceiptAndPicturesNeedConsent) {
  v1::RecordVisitRequest early = Held(10);
  *early.mutable_visit()->mutable_visited_on() = Day(4, 19);
  v1::RecordVisitRequest picture = Held(10);
  *picture.mutable_visit()->add_evidence() = Evidence(types::v1::EVIDENCE_KIND_PICTURE);
  const auto field = [&](const v1::RecordVisitRequest& request) {
    const auto violations = status::FieldViolationsOf(Record(request).status());
    return violations.size() == 1 ? violations[0].field : std::to_string(violations.size());
  };
  EXPECT_EQ(field(early), "visit.visited_on");
  EXPECT_EQ(field(picture), "visit.evidence[0].consent_sha256");
  *early.mutable_visit()->mutable_visited_on() = Day(4, 20);
  picture.mutable_visit()->mutable_evidence(0)->set_consent_sha256(std::string(64, 'b'));
  EXPECT_TRUE(Record(early).ok());
  EXPECT_TRUE(Record(picture).ok());
}

TEST_F(VisitsStoreTest, AWitnessIsFromAUnitThatExists) {
  v1::RecordVisitRequest request = Declined(10);
  request.mutable_visit()->mutable_decline()->clear_signed_note();
  request.mutable_visit()->mutable_decline()->set_witness_unit("units/does-not-exist");
  const auto violations = status::FieldViolationsOf(Record(request).status());
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, "visit.decline.witness_unit");
  request.mutable_visit()->mutable_decline()->set_witness_unit("units/justice");
  units_.Break();
  EXPECT_TRUE(absl::IsUnavailable(Record(request).status()));
  EXPECT_THAT(records_.KindsOf("cases/1"), ElementsAre());
}

TEST_F(VisitsStoreTest, AClosedCaseKeepsItsPromises) {
  v1::RecordVisitRequest request = Held(14);
  v1::FollowUp& promise = *request.mutable_visit()->add_follow_ups();
  promise.set_promise("答复测量结果");
  *promise.mutable_due_on() = Day(6, 30);
  const auto recorded = Record(request);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  records_.gate().SetState("cases/1", types::v1::CASE_STATE_CLOSED);
  EXPECT_EQ(status::ReasonOf(Record(Held(15)).status()), "CASE_CLOSED");
  v1::CompleteFollowUpRequest done;
  done.set_name(recorded->visit().name());
  done.set_follow_up(1);
  *done.mutable_done_on() = Day(6, 20);
  done.set_etag("7");
  done.set_request_id(RecordService::NewRequestId());
  EXPECT_TRUE(
      absl::IsAborted(Do(&Stub::CompleteFollowUp, done, kOfficer, ROLE_CASE_OFFICER).status()));
  done.set_etag(recorded->visit().etag());
  done.set_request_id(RecordService::NewRequestId());
  const auto completed = Do(&Stub::CompleteFollowUp, done, kOfficer, ROLE_CASE_OFFICER);
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_NE(completed->visit().etag(), recorded->visit().etag());
  EXPECT_THAT(records_.KindsOf("cases/1"), Contains(facts::v1::FACT_KIND_FOLLOW_UP_DONE));
}

TEST_F(VisitsStoreTest, AHearingIsAnnouncedMovedAndHeld) {
  const std::string name = Announce();
  v1::AdjournHearingRequest adjourn;
  adjourn.set_name(name);
  *adjourn.mutable_planned_on() = Day(6, 18);
  *adjourn.mutable_adjourned_on() = Day(6, 11);
  adjourn.set_reason("律师不能到场");
  adjourn.set_request_id(RecordService::NewRequestId());
  const auto moved = Do(&Stub::AdjournHearing, adjourn, kLead, ROLE_LEAD);
  ASSERT_TRUE(moved.ok()) << moved.status();
  v1::RecordHearingRequest record;
  record.set_name(name);
  *record.mutable_held_on() = Day(6, 18);
  record.set_minutes("双方陈述");
  record.set_result("书面答复");
  record.set_etag(moved->hearing().etag());
  record.set_request_id(RecordService::NewRequestId());
  v1::HearingParticipant& lawyer = *record.add_participants();
  lawyer.set_kind(v1::PARTICIPANT_KIND_LAWYER);
  lawyer.set_full_name("某律师");
  record.add_participants()->set_kind(v1::PARTICIPANT_KIND_PETITIONER);
  const auto held = Do(&Stub::RecordHearing, record, kOfficer, ROLE_CASE_OFFICER);
  ASSERT_TRUE(held.ok()) << held.status();
  v1::DeclineHearingRequest decline;
  decline.set_name(name);
  *decline.mutable_declined_on() = Day(6, 19);
  decline.mutable_decline()->set_witness_unit("units/justice");
  decline.set_request_id(RecordService::NewRequestId());
  EXPECT_EQ(status::ReasonOf(Do(&Stub::DeclineHearing, decline, kLead, ROLE_LEAD).status()),
            "HEARING_STATE");
  const std::string second = Announce();
  decline.set_name(second);
  decline.set_request_id(RecordService::NewRequestId());
  ASSERT_TRUE(Do(&Stub::DeclineHearing, decline, kLead, ROLE_LEAD).ok());

  v1::ListHearingsRequest list;
  list.set_parent("cases/1");
  const auto page = Do(&Stub::ListHearings, list, kLead, ROLE_LEAD);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->hearings_size(), 2);
  EXPECT_EQ(page->hearings(0).name(), second);  // newest first
  EXPECT_EQ(page->hearings(1).adjournments_size(), 1);
  v1::GetHearingRequest get;
  get.set_name(name);
  const auto read = Do(&Stub::GetHearing, get, kLead, ROLE_LEAD);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->hearing().minutes(), "双方陈述");
  EXPECT_EQ(read->hearing().adjournments(0).reason(), "律师不能到场");
  EXPECT_THAT(records_.KindsOf("cases/1"),
              UnorderedElementsAre(
                  facts::v1::FACT_KIND_HEARING_ANNOUNCED, facts::v1::FACT_KIND_HEARING_ADJOURNED,
                  facts::v1::FACT_KIND_HEARING_HELD, facts::v1::FACT_KIND_HEARING_ANNOUNCED,
                  facts::v1::FACT_KIND_HEARING_DECLINED));
}

TEST_F(VisitsStoreTest, WhatACallerMayNotSeeIsNotThere) {
  const auto recorded = Record(Held(14));
  ASSERT_TRUE(recorded.ok());
  v1::GetVisitRequest get;
  get.set_name(recorded->visit().name());
  v1::ListVisitsRequest list;
  list.set_parent("cases/1");
  EXPECT_TRUE(
      absl::IsNotFound(Do(&Stub::GetVisit, get, "officials/elsewhere", ROLE_LEAD).status()));
  EXPECT_TRUE(
      absl::IsNotFound(Do(&Stub::ListVisits, list, "officials/elsewhere", ROLE_LEAD).status()));
  EXPECT_TRUE(
      absl::IsPermissionDenied(Do(&Stub::GetVisit, get, "officials/i", ROLE_INSPECTOR).status()));
  list.set_parent("cases/nowhere");
  EXPECT_TRUE(absl::IsNotFound(Do(&Stub::ListVisits, list, kLead, ROLE_LEAD).status()));
  v1::RecordVisitRequest elsewhere = Held(14);
  elsewhere.mutable_visit()->set_official("officials/elsewhere");
  EXPECT_TRUE(absl::IsNotFound(
      Do(&Stub::RecordVisit, elsewhere, "officials/elsewhere", ROLE_LEAD).status()));
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 1u);
}

TEST_F(VisitsStoreTest, FailsClosedWhereAccessCannotBeDecided) {
  const auto recorded = Record(Held(14));
  ASSERT_TRUE(recorded.ok());
  records_.gate().Break();
  v1::GetVisitRequest get;
  get.set_name(recorded->visit().name());
  EXPECT_TRUE(absl::IsUnavailable(Do(&Stub::GetVisit, get, kLead, ROLE_LEAD).status()));
  EXPECT_TRUE(absl::IsUnavailable(Record(Held(15)).status()));
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 1u);
}

TEST_F(VisitsStoreTest, AMalformedRequestNamesEveryField) {
  v1::RecordVisitRequest request = Held(14);
  request.set_request_id("once");
  request.mutable_visit()->clear_official();
  *request.mutable_visit()->mutable_visited_on() = Day(6, 21);  // tomorrow
  const auto refused = Record(request);
  ASSERT_TRUE(absl::IsInvalidArgument(refused.status()));
  std::vector<std::string> fields;
  for (const auto& violation : status::FieldViolationsOf(refused.status())) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, UnorderedElementsAre("request_id", "visit.official", "visit.visited_on"));
}

TEST_F(VisitsStoreTest, ManyAtOnceAreAllKeptAndTheWishIsOne) {
  constexpr int kThreads = 8;
  std::vector<std::thread> threads;
  std::atomic<int> ok = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const auto recorded = Record(i % 2 == 0 ? Declined(14) : Held(10));
      if (recorded.ok()) ++ok;
      EXPECT_TRUE(recorded.ok()) << recorded.status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ok, kThreads);
  EXPECT_EQ(records_.FactsOf("cases/1").size(), static_cast<size_t>(kThreads));
  const auto rows = records_.database().admin().Query("SELECT COUNT(*) FROM visit_wish");
  EXPECT_EQ((*rows)[0].Int(0), 1);
}

}  // namespace
}  // namespace redress::visits

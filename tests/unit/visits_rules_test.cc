// Visits and the wish for them: what is refused, what is published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "tests/unit/visits_case.h"

namespace redress::visits {
namespace {

using testing::BadFields;
using testing::By;
using testing::Day;
using ::testing::ElementsAre;
using testing::Evidence;
using ::testing::HasSubstr;
using testing::Held;
using ::testing::IsEmpty;
using testing::kLead;
using testing::kOfficer;
using testing::Note;
using testing::NotHeld;
using testing::OpenCase;
using ::testing::UnorderedElementsAre;
using testing::Wish;

const v1::VisitWish& WishIn(const ::redress::rules::Outcome<v1::Visit>& outcome) {
  return static_cast<const v1::VisitWish&>(*outcome.others.at(0));
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

TEST(VisitsRulesTest, GoldenStateActionRole) {
  const std::string path = REDRESS_SOURCE_DIR "/tests/unit/golden/visits_states.txt";
  const std::string actual = rules::StateTables(false);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << actual;
  EXPECT_EQ(actual, ReadFile(path)) << "if this is meant, run the test with UPDATE_GOLDEN=1";
}

TEST(VisitsRulesTest, TheReadmeShowsTheTables) {
  EXPECT_THAT(ReadFile(REDRESS_SOURCE_DIR "/services/visits/README.md"),
              HasSubstr(rules::StateTables(true)));
}

TEST(RecordVisitTest, AHeldVisitPublishesItselfAndEachClaimHeard) {
  v1::RecordVisitRequest request = Held();
  request.mutable_visit()->add_heard_claims("cases/1/claims/2");
  request.mutable_visit()->add_heard_claims("cases/1/claims/1");
  request.mutable_visit()->set_transcript_kept(true);
  *request.mutable_visit()->add_evidence() = Evidence(types::v1::EVIDENCE_KIND_TRANSCRIPT);
  const auto recorded = rules::RecordVisit(OpenCase(), nullptr, request, By(kLead));
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->resource.name(), "cases/1/visits/id1");
  EXPECT_EQ(recorded->resource.case_name(), "cases/1");
  EXPECT_EQ(recorded->resource.campaign(), "campaigns/1");
  EXPECT_EQ(recorded->resource.recorded_by().official(), kLead);
  EXPECT_TRUE(recorded->others.empty());
  ASSERT_EQ(recorded->facts.size(), 3u);
  const facts::v1::Fact& held = recorded->facts[0];
  EXPECT_EQ(held.kind(), facts::v1::FACT_KIND_VISIT_HELD);
  EXPECT_EQ(held.record(), "cases/1/visits/id1");
  EXPECT_EQ(held.case_name(), "cases/1");
  EXPECT_EQ(held.event_date().day(), 14);
  EXPECT_EQ(held.visit_held().place(), facts::v1::VISIT_PLACE_HOME);
  EXPECT_TRUE(held.visit_held().by_lead());
  EXPECT_TRUE(held.visit_held().diary_written());
  EXPECT_EQ(recorded->facts[1].kind(), facts::v1::FACT_KIND_PETITIONER_HEARD);
  EXPECT_EQ(recorded->facts[1].claim(), "cases/1/claims/2");
  EXPECT_EQ(recorded->facts[2].claim(), "cases/1/claims/1");
  EXPECT_TRUE(recorded->facts[1].petitioner_heard().by_lead());
  EXPECT_TRUE(recorded->facts[1].petitioner_heard().transcript_kept());
}

TEST(RecordVisitTest, WhoeverMadeTheVisitRecordsIt) {
  const auto by_lead = [](const rules::CaseView& of, const std::string& official) {
    const auto recorded = rules::RecordVisit(of, nullptr, Held(official), By(official));
    EXPECT_TRUE(recorded.ok()) << recorded.status();
    return recorded->facts[0].visit_held().by_lead();
  };
  EXPECT_TRUE(by_lead(OpenCase(), kLead));
  EXPECT_FALSE(by_lead(OpenCase(), kOfficer)) << "a case officer's visit is not the lead's";
  rules::CaseView unassigned = OpenCase();
  unassigned.lead.clear();
  EXPECT_FALSE(by_lead(unassigned, kOfficer));
  // Nobody says of another that they were there: not the officer of the lead, nor the lead of
  // somebody else.
  for (const auto& [official, writer] :
       {std::pair(kLead, kOfficer), std::pair("officials/other", kLead)}) {
    EXPECT_THAT(
        BadFields(rules::RecordVisit(OpenCase(), nullptr, Held(official), By(writer)).status()),
        ElementsAre("visit.official"));
  }
  // What was not even arranged counts for nothing, so that the officer may write it.
  EXPECT_TRUE(
      rules::RecordVisit(OpenCase(), nullptr, NotHeld(v1::VISIT_OUTCOME_NOT_ARRANGED), By(kOfficer))
          .ok());
}

TEST(RecordVisitTest, DecliningIsProvenAndRecordedByTheLead) {
  const auto record = [](const types::v1::ProofOfDecline& proof, const std::string& official,
                         const std::string& writer) {
    v1::RecordVisitRequest request = NotHeld(v1::VISIT_OUTCOME_DECLINED);
    request.mutable_visit()->set_official(official);
    *request.mutable_visit()->mutable_decline() = proof;
    return rules::RecordVisit(OpenCase(), nullptr, request, By(writer));
  };
  const auto proof_of = [&](const types::v1::ProofOfDecline& proof) {
    const auto recorded = record(proof, kLead, kLead);
    EXPECT_TRUE(recorded.ok()) << recorded.status();
    return recorded->facts[0].visit_declined().decline_proof();
  };
  types::v1::ProofOfDecline witness;
  witness.set_witness_unit("units/justice");
  EXPECT_EQ(proof_of(Note()), facts::v1::DECLINE_PROOF_SIGNED_NOTE);
  EXPECT_EQ(proof_of(witness), facts::v1::DECLINE_PROOF_OUTSIDE_WITNESS);
  // The handler's word is no proof, nor is a colleague's, nor a picture.
  EXPECT_THAT(BadFields(record({}, kLead, kLead).status()), ElementsAre("visit.decline"));
  witness.set_witness_unit("units/town");
  EXPECT_THAT(BadFields(record(witness, kLead, kLead).status()),
              ElementsAre("visit.decline.witness_unit"));
  types::v1::ProofOfDecline picture;
  *picture.mutable_signed_note() = Evidence(types::v1::EVIDENCE_KIND_PICTURE);
  EXPECT_THAT(BadFields(record(picture, kLead, kLead).status()),
              ElementsAre("visit.decline.signed_note.kind"));
  // Only the lead ends the cadence, and in their own name.
  for (const auto& [official, writer] :
       {std::pair(kOfficer, kOfficer), std::pair(kLead, kOfficer)}) {
    EXPECT_THAT(BadFields(record(Note(), official, writer).status()),
                ElementsAre("visit.official"));
  }
}

TEST(RecordVisitTest, NamesEveryBadFieldOfAHeldVisit) {
  v1::RecordVisitRequest request = Held("officials/other");
  v1::Visit& visit = *request.mutable_visit();
  visit.clear_place();
  visit.set_account(" \n");
  visit.add_heard_claims("cases/1/claims/1");
  visit.add_heard_claims("cases/1/claims/1");
  visit.add_heard_claims("cases/2/claims/1");
  *visit.add_evidence() = Evidence(types::v1::EVIDENCE_KIND_DOCUMENT);
  *visit.add_evidence() = Evidence(types::v1::EVIDENCE_KIND_DOCUMENT);
  *visit.mutable_decline() = Note();
  visit.add_follow_ups()->set_promise("补发证件");
  *visit.mutable_follow_ups(0)->mutable_due_on() = Day(2018, 6, 13);
  EXPECT_THAT(
      BadFields(rules::RecordVisit(OpenCase(), nullptr, request, By(kLead)).status()),
      UnorderedElementsAre("visit.official", "visit.place", "visit.account",
                           "visit.heard_claims[1]", "visit.heard_claims[2]", "visit.evidence[1]",
                           "visit.decline", "visit.follow_ups[0].due_on"));
}

TEST(RecordVisitTest, OnePictureIsNoTranscript) {
  v1::RecordVisitRequest request = Held();
  v1::Visit& visit = *request.mutable_visit();
  const auto record = [&] {
    return BadFields(rules::RecordVisit(OpenCase(), nullptr, request, By(kLead)).status());
  };
  visit.set_transcript_kept(true);
  EXPECT_THAT(record(), ElementsAre("visit.evidence"));
  *visit.add_evidence() = Evidence(types::v1::EVIDENCE_KIND_PICTURE, 'a');
  EXPECT_THAT(record(), ElementsAre("visit.evidence"));
  *visit.add_evidence() = Evidence(types::v1::EVIDENCE_KIND_TRANSCRIPT, 'a');
  EXPECT_THAT(record(), ElementsAre("visit.evidence[1]")) << "the same file is not both";
  *visit.mutable_evidence(1) = Evidence(types::v1::EVIDENCE_KIND_TRANSCRIPT, 'b', 13);
  EXPECT_THAT(record(), ElementsAre("visit.evidence[1].dated")) << "of an earlier visit";
  *visit.mutable_evidence(1) = Evidence(types::v1::EVIDENCE_KIND_TRANSCRIPT, 'b');
  EXPECT_THAT(record(), IsEmpty());
}

TEST(RecordVisitTest, WhatTheClientSetsOfTheServersFieldsIsIgnored) {
  v1::RecordVisitRequest request = Held();
  v1::Visit& visit = *request.mutable_visit();
  visit.set_name("cases/9/visits/9");
  visit.set_case_name("cases/9");
  visit.set_etag("7");
  visit.set_campaign("campaigns/9");
  visit.mutable_recorded_by()->set_official("officials/9");
  visit.mutable_create_time()->set_seconds(1);
  for (int i = 0; i < 2; ++i) {
    v1::FollowUp& follow_up = *visit.add_follow_ups();
    follow_up.set_number(9);
    follow_up.set_promise("答复测量结果");
    *follow_up.mutable_due_on() = Day(2018, 7, 1);
    *follow_up.mutable_done_on() = Day(2018, 6, 15);
  }
  const auto recorded = rules::RecordVisit(OpenCase(), nullptr, request, By(kLead));
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->resource.name(), "cases/1/visits/id1");
  EXPECT_EQ(recorded->resource.case_name(), "cases/1");
  EXPECT_EQ(recorded->resource.etag(), "");
  EXPECT_EQ(recorded->resource.campaign(), "campaigns/1");
  EXPECT_FALSE(recorded->resource.has_create_time());
  EXPECT_EQ(recorded->resource.recorded_by().official(), kLead);
  EXPECT_EQ(recorded->resource.follow_ups(0).number(), 1);
  EXPECT_EQ(recorded->resource.follow_ups(1).number(), 2);
  EXPECT_FALSE(recorded->resource.follow_ups(1).has_done_on());
}

TEST(RecordVisitTest, AVisitThatWasNotHeldHasNothingOfOneThatWas) {
  for (const auto outcome : {v1::VISIT_OUTCOME_DECLINED, v1::VISIT_OUTCOME_NOT_ARRANGED}) {
    v1::RecordVisitRequest request = Held();
    v1::Visit& visit = *request.mutable_visit();
    visit.set_outcome(outcome);
    visit.add_heard_claims("cases/1/claims/1");
    visit.set_transcript_kept(true);
    *visit.add_evidence() = Evidence(types::v1::EVIDENCE_KIND_TRANSCRIPT);
    if (outcome == v1::VISIT_OUTCOME_DECLINED) *visit.mutable_decline() = Note();
    visit.add_follow_ups();
    EXPECT_THAT(BadFields(rules::RecordVisit(OpenCase(), nullptr, request, By(kLead)).status()),
                UnorderedElementsAre("visit.place", "visit.heard_claims", "visit.transcript_kept",
                                     "visit.evidence", "visit.follow_ups"));
  }
}

// Invariant 8: declined counts as done and stops the cadence until they ask again.
TEST(VisitWishTest, DecliningIsTheDutyDoneAndStopsVisits) {
  const auto declined =
      rules::RecordVisit(OpenCase(), nullptr, NotHeld(v1::VISIT_OUTCOME_DECLINED), By(kLead));
  ASSERT_TRUE(declined.ok()) << declined.status();
  ASSERT_EQ(declined->facts.size(), 1u);
  EXPECT_EQ(declined->facts[0].kind(), facts::v1::FACT_KIND_VISIT_DECLINED);
  EXPECT_TRUE(declined->facts[0].visit_declined().by_lead());
  ASSERT_EQ(declined->others.size(), 1u);
  EXPECT_EQ(WishIn(*declined).name(), "cases/1/visitWish");
  EXPECT_FALSE(WishIn(*declined).wanted());
  EXPECT_EQ(WishIn(*declined).since().day(), 14);

  // Nobody calls on them from then on, and no visit can be missed, which would count against the
  // lead.
  const v1::VisitWish wish = WishIn(*declined);
  for (v1::RecordVisitRequest request : {Held(), NotHeld(v1::VISIT_OUTCOME_NOT_ARRANGED)}) {
    *request.mutable_visit()->mutable_visited_on() = Day(2018, 6, 18);
    const auto refused = rules::RecordVisit(OpenCase(), &wish, request, By(kLead));
    EXPECT_EQ(status::ReasonOf(refused.status()), "VISITS_NOT_WANTED");
    EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  }
  // Whoever comes to the office is heard; that alone does not bring visits back.
  v1::RecordVisitRequest office = Held();
  *office.mutable_visit()->mutable_visited_on() = Day(2018, 6, 18);
  office.mutable_visit()->set_place(facts::v1::VISIT_PLACE_OFFICE);
  const auto received = rules::RecordVisit(OpenCase(), &wish, office, By(kLead));
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_TRUE(received->others.empty());
  // What happened before they declined may still be recorded.
  v1::RecordVisitRequest earlier = Held();
  *earlier.mutable_visit()->mutable_visited_on() = Day(2018, 6, 3);
  EXPECT_TRUE(rules::RecordVisit(OpenCase(), &wish, earlier, By(kLead)).ok());
}

TEST(VisitWishTest, ASecondRefusalKeepsTheFirstDay) {
  const v1::VisitWish wish = Wish(false, 10);
  const auto again =
      rules::RecordVisit(OpenCase(), &wish, NotHeld(v1::VISIT_OUTCOME_DECLINED), By(kLead));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->others.empty());
  EXPECT_EQ(again->facts[0].kind(), facts::v1::FACT_KIND_VISIT_DECLINED);
}

TEST(VisitWishTest, ARefusalRecordedLateDoesNotUndoALaterWish) {
  const v1::VisitWish wish = Wish(true, 16);
  auto late =
      rules::RecordVisit(OpenCase(), &wish, NotHeld(v1::VISIT_OUTCOME_DECLINED, 14), By(kLead));
  ASSERT_TRUE(late.ok());
  EXPECT_TRUE(late->others.empty());
  late = rules::RecordVisit(OpenCase(), &wish, NotHeld(v1::VISIT_OUTCOME_DECLINED, 16), By(kLead));
  ASSERT_TRUE(late.ok());
  ASSERT_EQ(late->others.size(), 1u);
  EXPECT_FALSE(WishIn(*late).wanted());
}

TEST(VisitWishTest, AskingAgainResumesTheCadence) {
  v1::WantVisitsRequest request;
  request.set_parent("cases/1");
  *request.mutable_asked_on() = Day(2018, 6, 18);
  const v1::VisitWish declined = Wish(false, 14);
  const auto wanted = rules::WantVisits(OpenCase(), &declined, request, By(kLead));
  ASSERT_TRUE(wanted.ok()) << wanted.status();
  EXPECT_TRUE(wanted->resource.wanted());
  EXPECT_EQ(wanted->resource.since().day(), 18);
  ASSERT_EQ(wanted->facts.size(), 1u);
  EXPECT_EQ(wanted->facts[0].kind(), facts::v1::FACT_KIND_VISITS_WANTED);
  EXPECT_EQ(wanted->facts[0].record(), "cases/1/visitWish");
  v1::RecordVisitRequest visit = Held();
  *visit.mutable_visit()->mutable_visited_on() = Day(2018, 6, 19);
  EXPECT_TRUE(rules::RecordVisit(OpenCase(), &wanted->resource, visit, By(kLead)).ok());

  for (const v1::VisitWish* anyhow :
       {static_cast<const v1::VisitWish*>(nullptr), &wanted->resource}) {
    EXPECT_EQ(status::ReasonOf(rules::WantVisits(OpenCase(), anyhow, request, By(kLead)).status()),
              "VISIT_WISH_STATE");
  }
  *request.mutable_asked_on() = Day(2018, 6, 13);
  EXPECT_THAT(BadFields(rules::WantVisits(OpenCase(), &declined, request, By(kLead)).status()),
              ElementsAre("asked_on"));
}

TEST(ClosedCaseTest, NoNewVisitButPromisesAreKeptAndTheirWordCounts) {
  const rules::CaseView closed = OpenCase(types::v1::CASE_STATE_CLOSED);
  for (const v1::RecordVisitRequest& request :
       {Held(), NotHeld(v1::VISIT_OUTCOME_DECLINED), NotHeld(v1::VISIT_OUTCOME_NOT_ARRANGED)}) {
    EXPECT_EQ(status::ReasonOf(rules::RecordVisit(closed, nullptr, request, By(kLead)).status()),
              "CASE_CLOSED");
  }
  EXPECT_TRUE(rules::CheckCase(closed, rules::CaseAction::kCompleteFollowUp).ok());
  v1::WantVisitsRequest wants;
  *wants.mutable_asked_on() = Day(2018, 6, 18);
  const v1::VisitWish declined = Wish(false, 14);
  EXPECT_TRUE(rules::WantVisits(closed, &declined, wants, By(kLead)).ok());
  // A proposal to close stops nothing that is owed.
  EXPECT_TRUE(
      rules::RecordVisit(OpenCase(types::v1::CASE_STATE_CLOSING), nullptr, Held(), By(kLead)).ok());
}

TEST(FollowUpTest, IsDoneOnceAndNotBeforeTheVisit) {
  v1::RecordVisitRequest request = Held();
  for (int i = 0; i < 2; ++i) {
    v1::FollowUp& follow_up = *request.mutable_visit()->add_follow_ups();
    follow_up.set_promise("答复测量结果");
    *follow_up.mutable_due_on() = Day(2018, 6, 16);
  }
  const v1::Visit visit = rules::RecordVisit(OpenCase(), nullptr, request, By(kLead))->resource;
  v1::CompleteFollowUpRequest done;
  done.set_name(visit.name());
  done.set_follow_up(2);
  *done.mutable_done_on() = Day(2018, 6, 19);  // late, and recorded all the same
  const auto completed = rules::CompleteFollowUp(OpenCase(), visit, done, By(kLead));
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_FALSE(completed->resource.follow_ups(0).has_done_on());
  EXPECT_EQ(completed->resource.follow_ups(1).done_on().day(), 19);
  ASSERT_EQ(completed->facts.size(), 1u);
  EXPECT_EQ(completed->facts[0].kind(), facts::v1::FACT_KIND_FOLLOW_UP_DONE);
  EXPECT_EQ(status::ReasonOf(
                rules::CompleteFollowUp(OpenCase(), completed->resource, done, By(kLead)).status()),
            "FOLLOW_UP_DONE");
  done.set_follow_up(3);
  *done.mutable_done_on() = Day(2018, 6, 13);
  EXPECT_THAT(BadFields(rules::CompleteFollowUp(OpenCase(), visit, done, By(kLead)).status()),
              ElementsAre("follow_up", "done_on"));
}

}  // namespace
}  // namespace redress::visits

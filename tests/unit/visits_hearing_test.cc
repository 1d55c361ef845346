// Hearings: announced, moved, held with third parties, or declined.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/visits_case.h"

namespace redress::visits {
namespace {

using testing::BadFields;
using testing::By;
using testing::Day;
using ::testing::ElementsAre;
using testing::Evidence;
using ::testing::IsEmpty;
using testing::kLead;
using testing::kOfficer;
using testing::Note;
using testing::OpenCase;
using ::testing::UnorderedElementsAre;

v1::Hearing Announced() {
  v1::AnnounceHearingRequest request;
  request.set_parent("cases/1");
  v1::Hearing& hearing = *request.mutable_hearing();
  hearing.set_kind(facts::v1::HEARING_KIND_PUBLIC_HEARING);
  *hearing.mutable_announced_on() = Day(2018, 6, 1);
  *hearing.mutable_planned_on() = Day(2018, 6, 12);
  hearing.set_topic("土地补偿");
  const auto announced = rules::AnnounceHearing(OpenCase(), request, By(kLead, 1));
  EXPECT_TRUE(announced.ok()) << announced.status();
  EXPECT_EQ(announced->facts.size(), 1u);
  EXPECT_EQ(announced->facts[0].kind(), facts::v1::FACT_KIND_HEARING_ANNOUNCED);
  EXPECT_EQ(announced->facts[0].event_date().day(), 1);
  EXPECT_EQ(announced->facts[0].hearing_announced().planned_on().day(), 12);
  EXPECT_EQ(announced->facts[0].hearing_announced().hearing_kind(),
            facts::v1::HEARING_KIND_PUBLIC_HEARING);
  return announced->resource;
}

void Add(v1::RecordHearingRequest& request, v1::ParticipantKind kind, bool consent = false) {
  v1::HearingParticipant& participant = *request.add_participants();
  participant.set_kind(kind);
  participant.set_consent_given(consent);
  participant.set_full_name("某参加人");
}

v1::RecordHearingRequest Record() {
  v1::RecordHearingRequest request;
  request.set_name("cases/1/hearings/id1");
  *request.mutable_held_on() = Day(2018, 6, 12);
  request.set_minutes("双方陈述,律师说明规定");
  request.set_result("补充测量后书面答复");
  return request;
}

v1::AdjournHearingRequest Adjourn(int to, int on) {
  v1::AdjournHearingRequest request;
  request.set_name("cases/1/hearings/id1");
  *request.mutable_planned_on() = Day(2018, 6, to);
  *request.mutable_adjourned_on() = Day(2018, 6, on);
  request.set_reason("律师不能到场");
  return request;
}

v1::DeclineHearingRequest Decline(int day) {
  v1::DeclineHearingRequest request;
  request.set_name("cases/1/hearings/id1");
  *request.mutable_declined_on() = Day(2018, 6, day);
  *request.mutable_decline() = Note();
  return request;
}

TEST(HearingTest, IsAnnouncedAheadAndWithoutMinutes) {
  const v1::Hearing hearing = Announced();
  EXPECT_EQ(hearing.name(), "cases/1/hearings/id1");
  EXPECT_EQ(hearing.state(), v1::HEARING_STATE_ANNOUNCED);
  EXPECT_EQ(hearing.campaign(), "campaigns/1");
  EXPECT_EQ(hearing.recorded_by().official(), kLead);
  v1::AnnounceHearingRequest bad;
  *bad.mutable_hearing()->mutable_announced_on() = Day(2018, 6, 12);
  *bad.mutable_hearing()->mutable_planned_on() = Day(2018, 6, 11);
  bad.mutable_hearing()->set_minutes("x");
  bad.mutable_hearing()->set_result("x");
  EXPECT_THAT(BadFields(rules::AnnounceHearing(OpenCase(), bad, By(kLead)).status()),
              UnorderedElementsAre("hearing.planned_on", "hearing.announcement_proof",
                                   "hearing.minutes", "hearing.result"));
}

TEST(HearingTest, IsAnnouncedBeforeItsDayAndEnteredBeforeItOrWithTheNotice) {
  const auto announce = [](int announced, int planned, int today, bool proof) {
    v1::AnnounceHearingRequest request;
    *request.mutable_hearing()->mutable_announced_on() = Day(2018, 6, announced);
    *request.mutable_hearing()->mutable_planned_on() = Day(2018, 6, planned);
    if (proof) {
      *request.mutable_hearing()->mutable_announcement_proof() =
          Evidence(types::v1::EVIDENCE_KIND_DOCUMENT, 'a', 1);
    }
    return BadFields(rules::AnnounceHearing(OpenCase(), request, By(kLead, today)).status());
  };
  EXPECT_THAT(announce(1, 12, 11, false), IsEmpty());
  // Announced, planned and entered on one day.
  EXPECT_THAT(announce(12, 12, 12, true), ElementsAre("hearing.planned_on"));
  EXPECT_THAT(announce(1, 12, 12, false), ElementsAre("hearing.announcement_proof"));
  EXPECT_THAT(announce(1, 12, 20, false), ElementsAre("hearing.announcement_proof"));
  EXPECT_THAT(announce(1, 12, 20, true), IsEmpty());
}

TEST(HearingTest, ANoticeIsNotOfTheDayOfTheHearing) {
  v1::AnnounceHearingRequest request;
  *request.mutable_hearing()->mutable_announced_on() = Day(2018, 6, 1);
  *request.mutable_hearing()->mutable_planned_on() = Day(2018, 6, 12);
  for (const int day : {11, 12, 13}) {
    *request.mutable_hearing()->mutable_announcement_proof() =
        Evidence(types::v1::EVIDENCE_KIND_DOCUMENT, 'a', day);
    const auto bad = BadFields(rules::AnnounceHearing(OpenCase(), request, By(kLead, 20)).status());
    EXPECT_EQ(bad.empty(), day < 12) << day;
  }
}

TEST(HearingTest, AThirdPartyIsSomebody) {
  v1::RecordHearingRequest request = Record();
  Add(request, v1::PARTICIPANT_KIND_PETITIONER);
  Add(request, v1::PARTICIPANT_KIND_LAWYER);
  v1::HearingParticipant& lawyer = *request.mutable_participants()->rbegin();
  const auto bad = [&] {
    return BadFields(
        rules::RecordHearing(OpenCase(), Announced(), request, By(kLead, 20)).status());
  };
  EXPECT_THAT(bad(), IsEmpty());
  lawyer.set_full_name("　");
  EXPECT_THAT(bad(), ElementsAre("participants[1].full_name"));
  lawyer.clear_full_name();
  EXPECT_THAT(bad(), ElementsAre("participants[1].full_name"));
  lawyer.set_unit("units/law-firm");
  EXPECT_THAT(bad(), IsEmpty());
}

TEST(HearingTest, IsNotMovedIntoThePast) {
  EXPECT_THAT(
      BadFields(
          rules::AdjournHearing(OpenCase(), Announced(), Adjourn(15, 11), By(kLead, 15)).status()),
      ElementsAre("planned_on"));
}

TEST(HearingTest, ThePetitionerIsThereOrSignedThatItBeHeldWithoutThem) {
  v1::RecordHearingRequest request = Record();
  Add(request, v1::PARTICIPANT_KIND_LAWYER);
  const auto record = [&] {
    return rules::RecordHearing(OpenCase(), Announced(), request, By(kLead));
  };
  EXPECT_THAT(BadFields(record().status()), ElementsAre("absence_note"));
  *request.mutable_absence_note() = Evidence(types::v1::EVIDENCE_KIND_DOCUMENT);
  EXPECT_THAT(BadFields(record().status()), ElementsAre("absence_note.kind"));
  *request.mutable_absence_note() = Evidence(types::v1::EVIDENCE_KIND_SIGNED_NOTE);
  ASSERT_TRUE(record().ok()) << record().status();
  EXPECT_FALSE(record()->facts[0].hearing_held().petitioner_present());
  *request.mutable_signed_minutes() = Evidence(types::v1::EVIDENCE_KIND_TRANSCRIPT);
  EXPECT_THAT(BadFields(record().status()), ElementsAre("signed_minutes"));
  Add(request, v1::PARTICIPANT_KIND_PETITIONER);
  EXPECT_THAT(BadFields(record().status()), ElementsAre("absence_note"));
  request.clear_absence_note();
  ASSERT_TRUE(record().ok()) << record().status();
  EXPECT_TRUE(record()->facts[0].hearing_held().petitioner_present());
  EXPECT_TRUE(record()->facts[0].hearing_held().minutes_signed());
  *request.mutable_signed_minutes() = Evidence(types::v1::EVIDENCE_KIND_PICTURE, 'a', 11);
  EXPECT_THAT(BadFields(record().status()),
              ElementsAre("signed_minutes.kind", "signed_minutes.dated"));
}

TEST(HearingTest, ThirdPartiesAreFromOutsideAndNothingIsWaived) {
  v1::RecordHearingRequest request = Record();
  for (const auto kind : {v1::PARTICIPANT_KIND_PETITIONER, v1::PARTICIPANT_KIND_UNIT,
                          v1::PARTICIPANT_KIND_LAWYER, v1::PARTICIPANT_KIND_CHAIR}) {
    Add(request, kind);
    request.mutable_participants()->rbegin()->set_unit("units/town");
  }
  request.set_result("双方达成一致，信访人自愿放弃上访权利。");
  EXPECT_THAT(BadFields(rules::RecordHearing(OpenCase(), Announced(), request, By(kLead)).status()),
              UnorderedElementsAre("participants[2].unit", "participants[3].unit", "result"));
}

TEST(HearingTest, CountsParticipantsByKind) {
  v1::RecordHearingRequest request = Record();
  Add(request, v1::PARTICIPANT_KIND_CHAIR);
  Add(request, v1::PARTICIPANT_KIND_PETITIONER);
  Add(request, v1::PARTICIPANT_KIND_UNIT);
  Add(request, v1::PARTICIPANT_KIND_LAWYER);
  Add(request, v1::PARTICIPANT_KIND_COUNSELLOR);
  Add(request, v1::PARTICIPANT_KIND_EXPERT);
  Add(request, v1::PARTICIPANT_KIND_RELATIVE, true);
  Add(request, v1::PARTICIPANT_KIND_NEIGHBOUR, true);
  Add(request, v1::PARTICIPANT_KIND_FIVE_ELDERS);
  const auto held = rules::RecordHearing(OpenCase(), Announced(), request, By(kLead));
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->resource.state(), v1::HEARING_STATE_HELD);
  EXPECT_EQ(held->resource.participants_size(), 9);
  EXPECT_EQ(held->resource.minutes(), request.minutes());
  ASSERT_EQ(held->facts.size(), 1u);
  EXPECT_EQ(held->facts[0].kind(), facts::v1::FACT_KIND_HEARING_HELD);
  EXPECT_EQ(held->facts[0].event_date().day(), 12);
  const facts::v1::HearingHeld& fact = held->facts[0].hearing_held();
  EXPECT_EQ(fact.hearing_kind(), facts::v1::HEARING_KIND_PUBLIC_HEARING);
  EXPECT_EQ(fact.third_parties(), 3);
  EXPECT_EQ(fact.social_participants(), 3);
  EXPECT_TRUE(fact.minutes_kept());
  EXPECT_TRUE(fact.petitioner_present());
}

TEST(HearingTest, NeedsAThirdPartyAndConsentForThirdPersons) {
  v1::RecordHearingRequest request = Record();
  Add(request, v1::PARTICIPANT_KIND_CHAIR);
  Add(request, v1::PARTICIPANT_KIND_RELATIVE);
  Add(request, v1::PARTICIPANT_KIND_NEIGHBOUR, true);
  Add(request, v1::PARTICIPANT_KIND_NEIGHBOUR);
  Add(request, v1::PARTICIPANT_KIND_PETITIONER);
  request.set_minutes(" ");
  request.set_result("\n");
  *request.mutable_held_on() = Day(2018, 6, 11);
  EXPECT_THAT(BadFields(rules::RecordHearing(OpenCase(), Announced(), request, By(kLead)).status()),
              UnorderedElementsAre("participants[1].consent_given", "participants[3].consent_given",
                                   "participants", "minutes", "result", "held_on"));
  for (const auto kind : {v1::PARTICIPANT_KIND_LAWYER, v1::PARTICIPANT_KIND_COUNSELLOR,
                          v1::PARTICIPANT_KIND_EXPERT}) {
    v1::RecordHearingRequest enough = Record();
    Add(enough, kind);
    Add(enough, v1::PARTICIPANT_KIND_PETITIONER);
    const auto held = rules::RecordHearing(OpenCase(), Announced(), enough, By(kLead));
    ASSERT_TRUE(held.ok()) << held.status();
    EXPECT_EQ(held->facts[0].hearing_held().social_participants(), 0);
  }
}

TEST(HearingTest, IsMovedAsOftenAsNeededAndKeepsWhy) {
  auto moved = rules::AdjournHearing(OpenCase(), Announced(), Adjourn(19, 11), By(kLead, 11));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->resource.state(), v1::HEARING_STATE_ANNOUNCED);
  EXPECT_EQ(moved->resource.planned_on().day(), 19);
  EXPECT_EQ(moved->facts[0].kind(), facts::v1::FACT_KIND_HEARING_ADJOURNED);
  EXPECT_EQ(moved->facts[0].hearing_adjourned().planned_on().day(), 19);
  EXPECT_EQ(moved->facts[0].event_date().day(), 11);
  moved = rules::AdjournHearing(OpenCase(), moved->resource, Adjourn(15, 13), By(kLead, 13));
  ASSERT_TRUE(moved.ok()) << moved.status();
  ASSERT_EQ(moved->resource.adjournments_size(), 2);
  EXPECT_EQ(moved->resource.adjournments(0).planned_before().day(), 12);
  EXPECT_EQ(moved->resource.adjournments(1).planned_before().day(), 19);
  EXPECT_EQ(moved->resource.adjournments(1).reason(), "律师不能到场");
  EXPECT_THAT(
      BadFields(rules::AdjournHearing(OpenCase(), moved->resource, Adjourn(15, 12), By(kLead, 12))
                    .status()),
      UnorderedElementsAre("adjourned_on", "planned_on"));
  EXPECT_THAT(
      BadFields(
          rules::AdjournHearing(OpenCase(), Announced(), Adjourn(10, 11), By(kLead, 11)).status()),
      ElementsAre("planned_on"));
}

TEST(HearingTest, DecliningIsTheDutyDone) {
  const auto declined = rules::DeclineHearing(OpenCase(), Announced(), Decline(5), By(kLead));
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->resource.state(), v1::HEARING_STATE_DECLINED);
  EXPECT_EQ(declined->resource.declined_on().day(), 5);
  EXPECT_EQ(declined->facts[0].kind(), facts::v1::FACT_KIND_HEARING_DECLINED);
  EXPECT_EQ(declined->facts[0].hearing_declined().decline_proof(),
            facts::v1::DECLINE_PROOF_SIGNED_NOTE);
  v1::DeclineHearingRequest unproven = Decline(5);
  unproven.clear_decline();
  EXPECT_THAT(
      BadFields(rules::DeclineHearing(OpenCase(), Announced(), unproven, By(kLead)).status()),
      ElementsAre("decline"));
  EXPECT_THAT(
      BadFields(rules::DeclineHearing(OpenCase(), Announced(), Decline(5), By(kOfficer)).status()),
      ElementsAre("decline"));
  v1::DeclineHearingRequest early = Decline(5);
  *early.mutable_declined_on() = Day(2018, 5, 31);
  EXPECT_THAT(BadFields(rules::DeclineHearing(OpenCase(), Announced(), early, By(kLead)).status()),
              ElementsAre("declined_on"));
  // Nobody moves a hearing that was declined before.
  const v1::Hearing moved =
      rules::AdjournHearing(OpenCase(), Announced(), Adjourn(19, 11), By(kLead, 11))->resource;
  EXPECT_THAT(BadFields(rules::DeclineHearing(OpenCase(), moved, Decline(10), By(kLead)).status()),
              ElementsAre("declined_on"));
  EXPECT_TRUE(rules::DeclineHearing(OpenCase(), moved, Decline(11), By(kLead)).ok());
}

TEST(HearingTest, WhatIsOverIsOver) {
  v1::RecordHearingRequest request = Record();
  Add(request, v1::PARTICIPANT_KIND_LAWYER);
  Add(request, v1::PARTICIPANT_KIND_PETITIONER);
  const v1::Hearing held =
      rules::RecordHearing(OpenCase(), Announced(), request, By(kLead))->resource;
  const v1::Hearing declined =
      rules::DeclineHearing(OpenCase(), Announced(), Decline(5), By(kLead))->resource;
  for (const v1::Hearing& over : {held, declined}) {
    EXPECT_EQ(status::ReasonOf(rules::RecordHearing(OpenCase(), over, request, By(kLead)).status()),
              "HEARING_STATE");
    EXPECT_EQ(status::ReasonOf(
                  rules::AdjournHearing(OpenCase(), over, Adjourn(19, 11), By(kLead, 11)).status()),
              "HEARING_STATE");
    EXPECT_EQ(
        status::ReasonOf(rules::DeclineHearing(OpenCase(), over, Decline(6), By(kLead)).status()),
        "HEARING_STATE");
  }
}

TEST(HearingTest, AClosedCaseHasNoMoreHearings) {
  const rules::CaseView closed = OpenCase(types::v1::CASE_STATE_CLOSED);
  v1::AnnounceHearingRequest announce;
  *announce.mutable_hearing()->mutable_announced_on() = Day(2018, 6, 1);
  *announce.mutable_hearing()->mutable_planned_on() = Day(2018, 6, 12);
  v1::RecordHearingRequest record = Record();
  Add(record, v1::PARTICIPANT_KIND_LAWYER);
  Add(record, v1::PARTICIPANT_KIND_PETITIONER);
  for (const absl::Status& refused :
       {rules::AnnounceHearing(closed, announce, By(kLead, 1)).status(),
        rules::RecordHearing(closed, Announced(), record, By(kLead)).status(),
        rules::AdjournHearing(closed, Announced(), Adjourn(19, 11), By(kLead, 11)).status(),
        rules::DeclineHearing(closed, Announced(), Decline(5), By(kLead)).status()}) {
    EXPECT_EQ(status::ReasonOf(refused), "CASE_CLOSED");
  }
}

}  // namespace
}  // namespace redress::visits

// Units, officials, campaigns, extensions and what is due, over a real database and real rpcs.
#include <gmock/gmock.h>

#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/assignment_world.h"

namespace redress::assignment {
namespace {

using ::testing::Contains;
namespace t = types::v1;
using testing::Day;

class AssignmentUnitTest : public AssignmentTest {};

TEST_F(AssignmentUnitTest, UnitsAreUpdatedByEtagAndRecordMilestonesOnce) {
  v1::UpdateUnitRequest update;
  update.set_name("units/town");
  update.mutable_unit()->set_superior("units/office");
  update.set_etag("7");
  EXPECT_TRUE(
      absl::IsAborted(Do(&Stub::UpdateUnit, update, "officials/root", t::ROLE_OPERATOR).status()));
  v1::GetUnitRequest get;
  get.set_name("units/town");
  const std::string before =
      Do(&Stub::GetUnit, get, "officials/root", t::ROLE_OPERATOR)->unit().etag();
  update.set_etag(before);
  const auto updated = Do(&Stub::UpdateUnit, update, "officials/root", t::ROLE_OPERATOR);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_NE(updated->unit().etag(), before);
  v1::EnrollUnitRequest enrol;
  enrol.set_unit("units/town");
  enrol.set_campaign("campaigns/1");
  *enrol.mutable_reached_on() = Day(4, 10);
  ASSERT_TRUE(Do(&Stub::EnrollUnit, enrol, "officials/head", t::ROLE_UNIT_HEAD).ok());
  EXPECT_EQ(status::ReasonOf(Do(&Stub::EnrollUnit, enrol, kClerk, t::ROLE_OFFICE_CLERK).status()),
            "MILESTONE_RECORDED");
  enrol.set_unit("units/office");
  EXPECT_TRUE(absl::IsPermissionDenied(
      Do(&Stub::EnrollUnit, enrol, "officials/head", t::ROLE_UNIT_HEAD).status()));
}

// By mask (AIP-134): what is not named stays, what is named and not set is cleared, and what a unit
// is and where it serves never changes.
TEST_F(AssignmentUnitTest, UnitsAndOfficialsAreChangedInPart) {
  v1::UpdateUnitRequest unit;
  unit.set_name("units/town");
  unit.mutable_unit()->set_superior("units/office");
  const auto update = [&] {
    return Do(&Stub::UpdateUnit, unit, "officials/root", t::ROLE_OPERATOR);
  };
  auto updated = update();
  ASSERT_TRUE(updated.ok()) << updated.status();
  const std::string title = updated->unit().display_name().zh();
  EXPECT_NE(title, "");
  EXPECT_EQ(updated->unit().superior(), "units/office");
  unit.mutable_unit()->Clear();
  unit.mutable_update_mask()->add_paths("superior");
  updated = update();
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->unit().superior(), "");
  EXPECT_EQ(updated->unit().display_name().zh(), title);
  unit.mutable_unit()->set_region_code("430725000");
  unit.mutable_update_mask()->set_paths(0, "region_code");
  EXPECT_EQ(status::FieldViolationsOf(update().status()).at(0).field, "update_mask.paths[0]");
  unit.clear_update_mask();
  EXPECT_EQ(status::FieldViolationsOf(update().status()).at(0).field, "update_mask");

  v1::UpdateOfficialRequest leave;
  leave.set_name("officials/ann");
  leave.mutable_official();
  leave.mutable_update_mask()->add_paths("active");
  const auto left = Do(&Stub::UpdateOfficial, leave, "officials/root", t::ROLE_OPERATOR);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_FALSE(left->official().active());
  EXPECT_EQ(left->official().unit(), "units/town");
  EXPECT_NE(left->official().title().zh(), "");
  leave.mutable_update_mask()->add_paths("title");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Do(&Stub::UpdateOfficial, leave, "officials/root", t::ROLE_OPERATOR).status()));
}

TEST_F(AssignmentUnitTest, NoUnitStandsAboveItself) {
  AddUnit("county", t::UNIT_KIND_DEPARTMENT);
  const auto place = [&](const std::string& unit, const std::string& superior) {
    v1::UpdateUnitRequest update;
    update.set_name("units/" + unit);
    update.mutable_unit()->set_superior("units/" + superior);
    return Do(&Stub::UpdateUnit, update, "officials/root", t::ROLE_OPERATOR).status();
  };
  EXPECT_TRUE(place("town", "office").ok());
  EXPECT_TRUE(place("office", "county").ok());
  for (const char* below : {"county", "office", "town"}) {
    const absl::Status refused = place("county", below);
    ASSERT_EQ(status::FieldViolationsOf(refused).size(), 1u) << refused;
    EXPECT_EQ(status::FieldViolationsOf(refused)[0].field, "unit.superior");
  }
  EXPECT_TRUE(absl::IsInvalidArgument(place("county", "nowhere")));
  EXPECT_TRUE(place("town", "county").ok());  // past one that stood between

  // Of two changes that together would close a circle, one at most is made.
  AddUnit("left", t::UNIT_KIND_DEPARTMENT);
  AddUnit("right", t::UNIT_KIND_DEPARTMENT);
  const auto versions = [&] {
    std::set<int64_t> found;
    const auto rows = records_.database().admin().Query(
        "SELECT version FROM unit WHERE name IN ('units/left', 'units/right')");
    for (const db::Row row : *rows) found.insert(row.Int(0));
    return found;
  };
  const std::set<int64_t> before = versions();
  std::vector<std::thread> threads;
  std::atomic<int> placed = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      placed += i % 2 == 0 ? place("left", "right").ok() : place("right", "left").ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(placed, 1);
  int changed = 0;
  for (const int64_t version : versions()) changed += before.contains(version) ? 0 : 1;
  EXPECT_EQ(changed, 1);
}

TEST_F(AssignmentUnitTest, ACampaignMustExistToEnrolIn) {
  v1::EnrollUnitRequest enrol;
  enrol.set_unit("units/town");
  enrol.set_campaign("campaigns/2");
  *enrol.mutable_reached_on() = Day(4, 10);
  const auto enrolled = [&] {
    return Do(&Stub::EnrollUnit, enrol, "officials/root", t::ROLE_OPERATOR).status();
  };
  EXPECT_TRUE(absl::IsNotFound(enrolled())) << enrolled();
  EXPECT_EQ(RowsOf("unit_milestone"), 0);
  enrol.set_campaign("campaigns/1");
  peer_.campaigns.away = true;
  EXPECT_TRUE(absl::IsUnavailable(enrolled())) << enrolled();
  peer_.campaigns.away = false;
  EXPECT_TRUE(enrolled().ok());
  // Nor is a unit bound by the campaign of another region.
  enrol.set_campaign("campaigns/elsewhere");
  EXPECT_TRUE(absl::IsInvalidArgument(enrolled())) << enrolled();
}

// A wall only grows: what is refused must tell registry nothing, or whoever may create officials
// could wall off whom they like.
TEST_F(AssignmentUnitTest, WhatIsRefusedTellsRegistryOfNoMember) {
  AddUnit("next", t::UNIT_KIND_DEPARTMENT);
  const size_t before = peer_.Memberships().size();
  v1::CreateOfficialRequest twice;
  twice.set_official_id("ann");
  twice.mutable_official()->mutable_title()->set_zh("干部");
  twice.mutable_official()->set_unit("units/next");
  EXPECT_TRUE(absl::IsAlreadyExists(
      Do(&Stub::CreateOfficial, twice, "officials/root", t::ROLE_OPERATOR).status()));
  v1::UpdateOfficialRequest move;
  move.set_name("officials/ann");
  move.mutable_official()->mutable_title()->set_zh("干部");
  move.mutable_official()->set_unit("units/next");
  move.mutable_official()->set_active(true);
  move.set_etag("0123456789abcdef");
  EXPECT_TRUE(absl::IsAborted(
      Do(&Stub::UpdateOfficial, move, "officials/root", t::ROLE_OPERATOR).status()));
  move.clear_etag();
  move.mutable_official()->set_unit("units/nowhere");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Do(&Stub::UpdateOfficial, move, "officials/root", t::ROLE_OPERATOR).status()));
  EXPECT_EQ(peer_.Memberships().size(), before);
}

// Invariant 6: whoever is of an accused unit is walled off before they are, and whoever was stays
// so.
TEST_F(AssignmentUnitTest, RegistryHearsOfMembersBeforeTheyAreAndFindsThoseWhoWere) {
  AddUnit("next", t::UNIT_KIND_DEPARTMENT);
  const size_t before = peer_.Memberships().size();
  EXPECT_EQ(before, 4u);  // those whom every test begins with
  v1::UpdateOfficialRequest move;
  move.set_name("officials/ann");
  move.mutable_official()->mutable_title()->set_zh("干部");
  move.mutable_official()->set_unit("units/next");
  move.mutable_official()->set_active(true);
  peer_.Set(Peer::Fault::kAway);
  EXPECT_TRUE(absl::IsUnavailable(
      Do(&Stub::UpdateOfficial, move, "officials/root", t::ROLE_OPERATOR).status()));
  peer_.Set(Peer::Fault::kNone);
  const auto moved = Do(&Stub::UpdateOfficial, move, "officials/root", t::ROLE_OPERATOR);
  ASSERT_TRUE(moved.ok()) << moved.status();
  ASSERT_EQ(moved->official().past_units_size(), 1);
  EXPECT_EQ(moved->official().past_units(0).unit(), "units/town");
  const auto told = peer_.Memberships();
  ASSERT_EQ(told.size(), before + 1);
  EXPECT_EQ(told.back().official(), "officials/ann");
  ASSERT_EQ(told.back().units_size(), 2);
  EXPECT_EQ(told.back().units(0), "units/town");
  EXPECT_EQ(told.back().units(1), "units/next");

  // The tests' clock stands at the 20th of June.
  const auto members = [&](std::optional<google::type::Date> since) {
    const rpc::Call call{.deadline = absl::Now() + absl::Seconds(10)};
    auto found = store_->MembersSince(call, "units/town", since.value_or(google::type::Date()));
    EXPECT_TRUE(found.ok()) << found.status();
    return std::set<std::string>(found->begin(), found->end());
  };
  EXPECT_EQ(members(std::nullopt).count("officials/ann"), 1u);
  EXPECT_EQ(members(Day(6, 20)).count("officials/ann"), 1u);
  EXPECT_EQ(members(Day(6, 21)).count("officials/ann"), 0u);
  EXPECT_EQ(members(Day(6, 21)).count("officials/bob"), 1u);
}

TEST_F(AssignmentUnitTest, AnOfficialIsTakenFromNoOtherRegion) {
  AddUnit("far", t::UNIT_KIND_DEPARTMENT, "430725000");
  AddOfficial("eva", "far");
  v1::UpdateOfficialRequest request;
  request.set_name("officials/eva");
  request.mutable_official()->mutable_title()->set_zh("干部");
  request.mutable_official()->set_unit("units/town");
  request.mutable_official()->set_active(true);
  const auto taken = Do(&Stub::UpdateOfficial, request, "officials/boss", t::ROLE_OFFICE_HEAD);
  EXPECT_TRUE(absl::IsInvalidArgument(taken.status())) << taken.status();
  request.set_name("officials/ann");
  EXPECT_TRUE(Do(&Stub::UpdateOfficial, request, "officials/boss", t::ROLE_OFFICE_HEAD).ok());
  request.mutable_official()->set_unit("units/far");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Do(&Stub::UpdateOfficial, request, "officials/boss", t::ROLE_OFFICE_HEAD).status()));
  request.set_name("officials/nobody");
  EXPECT_TRUE(absl::IsNotFound(
      Do(&Stub::UpdateOfficial, request, "officials/root", t::ROLE_OPERATOR).status()));
}

TEST_F(AssignmentUnitTest, LeadingGroupOfKnownOfficials) {
  v1::SetLeadingGroupRequest request;
  request.set_campaign("campaigns/1");
  request.mutable_leading_group()->set_leader("officials/ann");
  request.mutable_leading_group()->set_office_head("officials/bob");
  request.mutable_leading_group()->set_liaison("officials/cao");
  *request.mutable_leading_group()->mutable_set_on() = Day(4, 2);
  const auto set = Do(&Stub::SetLeadingGroup, request, "officials/root", t::ROLE_OPERATOR);
  ASSERT_TRUE(set.ok()) << set.status();
  v1::GetLeadingGroupRequest get;
  get.set_campaign("campaigns/1");
  EXPECT_EQ(Do(&Stub::GetLeadingGroup, get, kClerk, t::ROLE_OFFICE_CLERK)->leading_group().leader(),
            "officials/ann");
  const auto by_head = [&] {
    return Do(&Stub::SetLeadingGroup, request, "officials/boss", t::ROLE_OFFICE_HEAD).status();
  };
  EXPECT_TRUE(by_head().ok()) << by_head();
  request.set_campaign("campaigns/elsewhere");
  EXPECT_TRUE(absl::IsInvalidArgument(by_head())) << by_head();
  request.set_campaign("campaigns/2");
  EXPECT_TRUE(absl::IsNotFound(by_head())) << by_head();
  peer_.campaigns.away = true;
  EXPECT_TRUE(absl::IsUnavailable(by_head())) << by_head();
}

TEST_F(AssignmentUnitTest, ExtensionReadsRegistrysFacts) {
  MustAssign();
  const auto add = [&](facts::v1::Fact fact, const google::type::Date& on) {
    fact.set_fact_id(RecordService::NewRequestId());
    fact.set_case_name(kCase);
    fact.set_campaign("campaigns/1");
    *fact.mutable_event_date() = on;
    redress::rules::SetKind(fact);
    peer_.feed.answer.add_entries()->set_fact(fact.SerializeAsString());
  };
  facts::v1::Fact registered, opened, accepted;
  *registered.mutable_case_registered()->mutable_received_on() = Day(4, 10);
  registered.mutable_case_registered()->set_plan_revision(1);
  opened.set_round("cases/1/rounds/1");
  opened.mutable_round_opened()->set_round_kind(t::ROUND_KIND_HANDLING);
  accepted.set_round("cases/1/rounds/1");
  accepted.mutable_accepted();
  add(registered, Day(4, 10));
  add(opened, Day(4, 10));
  v1::GrantExtensionRequest request;
  request.set_round("cases/1/rounds/1");
  request.set_days(30);
  request.set_reason("案情复杂");
  *request.mutable_granted_on() = Day(6, 20);
  *request.mutable_petitioner_told_on() = Day(6, 20);
  const auto grant = [&] {
    return Do(&Stub::GrantExtension, request, "officials/head", t::ROLE_UNIT_HEAD);
  };
  EXPECT_EQ(status::ReasonOf(grant().status()), "ROUND_NOT_ACCEPTED");
  add(accepted, Day(4, 23));
  ASSERT_TRUE(grant().ok());
  EXPECT_THAT(records_.KindsOf(kCase), Contains(facts::v1::FACT_KIND_EXTENSION_GRANTED));
  EXPECT_EQ(status::ReasonOf(grant().status()), "EXTENSION_GRANTED");
}

TEST_F(AssignmentUnitTest, DueComesFromSupervisionWithoutWhatTheCallerMayNotKnow) {
  MustAssign();
  plan::v1::RequirementStatus& duty = *peer_.supervision.answer.add_statuses();
  duty.set_subject("cases/1/claims/1");
  peer_.supervision.answer.add_statuses()->set_subject("units/office");
  peer_.supervision.answer.set_next_page_token("more");
  peer_.supervision.answer.mutable_set_aside()->set_count(1);
  peer_.supervision.answer.set_calendar_version("2026-1");
  peer_.supervision.answer.add_warnings()->set_service("visits");
  v1::ListDueRequest request;
  EXPECT_TRUE(
      absl::IsInvalidArgument(Do(&Stub::ListDue, request, kClerk, t::ROLE_OFFICE_CLERK).status()));
  request.set_unit("units/office");
  auto due = Do(&Stub::ListDue, request, kClerk, t::ROLE_OFFICE_CLERK);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->duties_size(), 2);
  EXPECT_EQ(due->next_page_token(), "more");
  // What supervision says of its answer is said here too.
  EXPECT_EQ(due->set_aside().count(), 1);
  EXPECT_EQ(due->calendar_version(), "2026-1");
  ASSERT_EQ(due->warnings_size(), 1);
  EXPECT_EQ(due->warnings(0).service(), "visits");
  EXPECT_TRUE(peer_.supervision.asked.include_unassigned());
  // Supervision leaves out what they may not know of, before it fills the page.
  EXPECT_EQ(peer_.supervision.asked.on_behalf_of().official(), kClerk);
  EXPECT_EQ(peer_.supervision.asked.on_behalf_of().unit(), "units/town");
  EXPECT_EQ(peer_.supervision.asked.on_behalf_of().region_code(), "430626103");
  EXPECT_EQ(peer_.supervision.asked.permission(), "due.list");
  request.clear_unit();
  request.set_official("officials/bob");
  EXPECT_TRUE(absl::IsPermissionDenied(
      Do(&Stub::ListDue, request, "officials/ann", t::ROLE_LEAD).status()));
  request.set_official("officials/ann");
  EXPECT_TRUE(Do(&Stub::ListDue, request, "officials/ann", t::ROLE_LEAD).ok());
  EXPECT_FALSE(peer_.supervision.asked.include_unassigned());
  peer_.supervision.away = true;
  EXPECT_TRUE(
      absl::IsUnavailable(Do(&Stub::ListDue, request, "officials/ann", t::ROLE_LEAD).status()));
}

}  // namespace
}  // namespace redress::assignment

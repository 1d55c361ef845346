// Assignment over a real database and real rpcs: what is stored, published and told to registry,
// and that nothing is lost when registry is away before or after a commit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "services/assignment/schema.h"
#include "services/assignment/service.h"
#include "tests/integration/assignment_peer.h"
#include "tests/integration/record_service.h"

namespace redress::assignment {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
namespace t = types::v1;
using testing::RecordService;
using ::testing::UnorderedElementsAre;
using Stub = v1::AssignmentService::Stub;

constexpr char kCase[] = "cases/1";
constexpr char kClerk[] = "officials/clerk";

google::type::Date Day(int month, int day) {
  return redress::rules::DateOf(absl::CivilDay(2018, month, day));
}

class AssignmentStoreTest : public ::testing::Test {
 protected:
  AssignmentStoreTest() : records_("assignment", Schema(), Grants()), peer_(records_.gate()) {
    RegisterMessages();
    AccessOutbox::Options outbox;
    outbox.registry = peer_.channel;
    outbox.lease = absl::Milliseconds(1500);
    outbox.refused = [this] { ++refused_; };
    store_ =
        RecordService::Required(AssignmentStore::Open(records_.store_options(), std::move(outbox)));
    peers_ = std::make_unique<Peers>(peer_.channel, peer_.channel);
    calendar_ = RecordService::Required(
        calendar::Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt"));
    rule_sets_ =
        RecordService::Required(plan::RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules"));
    AssignmentService::Parts parts;
    parts.runtime = &records_.runtime();
    parts.store = store_.get();
    parts.gate = &records_.gate();
    parts.peers = peers_.get();
    parts.clock = &records_.clock();
    parts.calendar = calendar_.get();
    parts.rule_sets = &rule_sets_;
    service_ = std::make_unique<AssignmentService>(parts);
    records_.Serve(*service_, v1::AssignmentService::service_full_name());
    stub_ = v1::AssignmentService::NewStub(records_.channel());
    AddUnit("town", t::UNIT_KIND_DEPARTMENT);
    AddUnit("office", t::UNIT_KIND_PETITION_OFFICE);
    for (const char* id : {"ann", "bob", "cao", "dai"}) AddOfficial(id, "town");
    peer_.Register(kCase);
  }
  ~AssignmentStoreTest() override {
    records_.StopServing();
    store_->outbox().Stop();
  }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                          Req request, const std::string& official, t::Role role) {
    if (const auto* id = Req::descriptor()->FindFieldByName("request_id");
        id != nullptr && request.GetReflection()->GetString(request, id).empty()) {
      request.GetReflection()->SetString(&request, id, RecordService::NewRequestId());
    }
    return testing::Invoke(records_, *stub_, method, request, official, role);
  }
  void AddUnit(const std::string& id, t::UnitKind kind) {
    v1::CreateUnitRequest request;
    request.set_unit_id(id);
    request.mutable_unit()->mutable_display_name()->set_zh("单位");
    request.mutable_unit()->set_kind(kind);
    request.mutable_unit()->set_region_code("430626103");
    const auto made = Do(&Stub::CreateUnit, request, "officials/root", t::ROLE_OPERATOR);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  void AddOfficial(const std::string& id, const std::string& unit) {
    v1::CreateOfficialRequest request;
    request.set_official_id(id);
    request.mutable_official()->mutable_title()->set_zh("干部");
    request.mutable_official()->set_unit("units/" + unit);
    request.mutable_official()->set_active(true);
    const auto made = Do(&Stub::CreateOfficial, request, "officials/root", t::ROLE_OPERATOR);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  v1::AssignCaseRequest Assign() {
    v1::AssignCaseRequest request;
    request.set_case_name(kCase);
    request.set_lead("officials/ann");
    request.set_officer("officials/bob");
    request.set_unit("units/town");
    *request.mutable_assigned_on() = Day(6, 19);
    return request;
  }
  void MustAssign() {
    const auto made = Do(&Stub::AssignCase, Assign(), kClerk, t::ROLE_OFFICE_CLERK);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  void MustOffer(const std::string& to = "officials/cao") {
    v1::OfferHandoverRequest request;
    request.set_case_name(kCase);
    request.set_part(t::PART_LEAD);
    request.set_to_official(to);
    request.set_reason("调任");
    const auto made = Do(&Stub::OfferHandover, request, "officials/ann", t::ROLE_LEAD);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  absl::StatusOr<v1::AcceptHandoverResponse> Accept(
      const std::string& request_id = RecordService::NewRequestId()) {
    v1::AcceptHandoverRequest request;
    request.set_case_name(kCase);
    request.set_request_id(request_id);
    return Do(&Stub::AcceptHandover, request, "officials/cao", t::ROLE_LEAD);
  }
  int64_t RowsOf(const std::string& table) {
    return (*records_.database().admin().Query(absl::StrCat("SELECT COUNT(*) FROM ", table)))[0]
        .Int(0);
  }
  absl::Status Sweep() { return store_->outbox().Sweep(absl::Now() + absl::Seconds(5)); }
  std::string LeadNow() {
    v1::GetAssignmentRequest request;
    request.set_case_name(kCase);
    const auto got = Do(&Stub::GetAssignment, request, kClerk, t::ROLE_OFFICE_CLERK);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->assignment().lead() : "";
  }

  int refused_ = 0;
  RecordService records_;
  Peer peer_;
  std::unique_ptr<AssignmentStore> store_;
  std::unique_ptr<Peers> peers_;
  std::shared_ptr<const calendar::Calendar> calendar_;
  plan::RuleSetTable rule_sets_;
  std::unique_ptr<AssignmentService> service_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(AssignmentStoreTest, SchemaFitsTheDescriptors) {
  const auto checked = store::CheckTables(records_.database().admin(), StoredTypes());
  EXPECT_TRUE(checked.ok()) << checked;
}

TEST_F(AssignmentStoreTest, AssigningGivesAccessBeforeItAnswers) {
  MustAssign();
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER"));
  EXPECT_EQ(peer_.UnitOf(kCase), "units/town");
  EXPECT_EQ(RowsOf("access_change"), 0);
  EXPECT_THAT(records_.KindsOf(kCase), ElementsAre(facts::v1::FACT_KIND_ASSIGNED));
  EXPECT_EQ(records_.FactsOf(kCase)[0].unit(), "units/town");
  const auto again = Do(&Stub::AssignCase, Assign(), kClerk, t::ROLE_OFFICE_CLERK);
  EXPECT_EQ(status::ReasonOf(again.status()), "ALREADY_ASSIGNED");
}

TEST_F(AssignmentStoreTest, ValidateOnlyChangesNothing) {
  v1::AssignCaseRequest request = Assign();
  request.set_validate_only(true);
  EXPECT_TRUE(Do(&Stub::AssignCase, request, kClerk, t::ROLE_OFFICE_CLERK).ok());
  EXPECT_EQ(RowsOf("assignment"), 0);
  EXPECT_TRUE(peer_.PartsOf(kCase).empty());
}

TEST_F(AssignmentStoreTest, NobodyBarredIsGivenAPart) {
  peer_.Wall(kCase, "officials/ann");
  const auto refused = Do(&Stub::AssignCase, Assign(), kClerk, t::ROLE_OFFICE_CLERK);
  EXPECT_EQ(status::ReasonOf(refused.status()), "ASSIGNEE_BARRED");
  EXPECT_EQ(RowsOf("assignment"), 0);
}

TEST_F(AssignmentStoreTest, HandoverMovesThePartAndTheAccess) {
  MustAssign();
  MustOffer();
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER", "cao:OFFERED"));
  const std::string id = RecordService::NewRequestId();
  const auto accepted = Accept(id);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->assignment().lead(), "officials/cao");
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("cao:LEAD", "bob:OFFICER"));
  EXPECT_EQ(RowsOf("access_intent"), 0);
  EXPECT_EQ(RowsOf("access_change"), 0);
  // The same request gets the same answer, although the offer that let it in is gone.
  const auto repeated = Accept(id);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->SerializeAsString(), accepted->SerializeAsString());
}

TEST_F(AssignmentStoreTest, DecliningLeavesEverythingAsItWas) {
  MustAssign();
  MustOffer();
  v1::DeclineHandoverRequest request;
  request.set_case_name(kCase);
  request.set_reason("不便接手");
  request.set_request_id(RecordService::NewRequestId());
  const auto declined = Do(&Stub::DeclineHandover, request, "officials/cao", t::ROLE_LEAD);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER"));
  EXPECT_TRUE(Do(&Stub::DeclineHandover, request, "officials/cao", t::ROLE_LEAD).ok());
  request.set_request_id(RecordService::NewRequestId());
  EXPECT_TRUE(absl::IsNotFound(
      Do(&Stub::DeclineHandover, request, "officials/cao", t::ROLE_LEAD).status()));
}

TEST_F(AssignmentStoreTest, RegistryAwayBeforeTheCommitChangesNothing) {
  MustAssign();
  MustOffer();
  peer_.Set(Peer::Fault::kAway);
  EXPECT_TRUE(absl::IsUnavailable(Accept().status()));
  peer_.Set(Peer::Fault::kNone);
  EXPECT_EQ(LeadNow(), "officials/ann");
  EXPECT_THAT(peer_.PartsOf(kCase), Contains("ann:LEAD"));
}

TEST_F(AssignmentStoreTest, WhatWasTakenAndNotCommittedIsGivenBack) {
  MustAssign();
  MustOffer();
  peer_.Set(Peer::Fault::kSilent);  // it does what it is asked, and its answer is lost
  EXPECT_TRUE(absl::IsUnavailable(Accept().status()));
  peer_.Set(Peer::Fault::kNone);
  EXPECT_EQ(LeadNow(), "officials/ann");
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("bob:OFFICER", "cao:OFFERED"));
  EXPECT_TRUE(absl::IsAborted(Accept().status()));  // the first attempt may still be under way
  absl::SleepFor(absl::Milliseconds(1600));
  ASSERT_TRUE(Sweep().ok());
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER", "cao:OFFERED"));
  EXPECT_EQ(RowsOf("access_intent"), 0);
  EXPECT_TRUE(Accept().ok());
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("cao:LEAD", "bob:OFFICER"));
}

TEST_F(AssignmentStoreTest, RegistryAwayAfterTheCommitIsToldLater) {
  peer_.Set(Peer::Fault::kAway);
  MustAssign();  // nothing is taken away, so it is committed, and waits
  EXPECT_EQ(RowsOf("access_change"), 1);
  EXPECT_TRUE(peer_.PartsOf(kCase).empty());
  EXPECT_TRUE(absl::IsUnavailable(Sweep()));
  peer_.Set(Peer::Fault::kSilent);
  EXPECT_TRUE(absl::IsUnavailable(Sweep()));
  peer_.Set(Peer::Fault::kNone);
  store_->outbox().Start();
  for (int i = 0; i < 50 && RowsOf("access_change") > 0; ++i)
    absl::SleepFor(absl::Milliseconds(100));
  EXPECT_EQ(RowsOf("access_change"), 0);
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER"));
}

TEST_F(AssignmentStoreTest, AWallThatRoseInBetweenStands) {
  peer_.WallUnseen(kCase, "officials/ann");
  MustAssign();
  EXPECT_THAT(peer_.PartsOf(kCase), ElementsAre("bob:OFFICER"));
  EXPECT_EQ(refused_, 1);
  EXPECT_EQ(RowsOf("access_change"), 0);
}

TEST_F(AssignmentStoreTest, TaskForceMembersComeAndGo) {
  MustAssign();
  v1::SetTaskForceRequest request;
  request.set_case_name(kCase);
  *request.mutable_task_force()->mutable_set_on() = Day(6, 20);
  request.mutable_task_force()->add_members()->set_official("officials/cao");
  v1::TaskForceMember& helper = *request.mutable_task_force()->add_members();
  helper.set_official("officials/dai");
  helper.set_assistance(true);
  ASSERT_TRUE(Do(&Stub::SetTaskForce, request, "officials/ann", t::ROLE_LEAD).ok());
  EXPECT_THAT(peer_.PartsOf(kCase),
              UnorderedElementsAre("ann:LEAD", "bob:OFFICER", "cao:TASK_FORCE", "dai:ASSISTANCE"));
  request.mutable_task_force()->mutable_members()->DeleteSubrange(0, 1);
  request.set_etag("1");
  EXPECT_TRUE(
      absl::IsAborted(Do(&Stub::SetTaskForce, request, "officials/ann", t::ROLE_LEAD).status()));
  EXPECT_THAT(peer_.PartsOf(kCase), Contains("cao:TASK_FORCE"));
  request.clear_etag();
  ASSERT_TRUE(Do(&Stub::SetTaskForce, request, "officials/ann", t::ROLE_LEAD).ok());
  EXPECT_THAT(peer_.PartsOf(kCase),
              UnorderedElementsAre("ann:LEAD", "bob:OFFICER", "dai:ASSISTANCE"));
}

TEST_F(AssignmentStoreTest, OfTwoWhoAcceptAtOnceTheAccessEndsRight) {
  MustAssign();
  MustOffer();
  std::vector<std::thread> threads;
  std::atomic<int> accepted = 0;
  for (int i = 0; i < 6; ++i) threads.emplace_back([&] { accepted += Accept().ok(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 1);
  absl::SleepFor(absl::Milliseconds(1600));
  ASSERT_TRUE(Sweep().ok());
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("cao:LEAD", "bob:OFFICER"));
  EXPECT_EQ(RowsOf("access_intent"), 0);
}

TEST_F(AssignmentStoreTest, ListsShowOnlyWhatTheCallerReaches) {
  MustAssign();
  const auto count = [&](const std::string& official, t::Role role) {
    const auto listed = Do(&Stub::ListAssignments, v1::ListAssignmentsRequest(), official, role);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->assignments_size() : -1;
  };
  EXPECT_EQ(count(kClerk, t::ROLE_OFFICE_CLERK), 1);
  EXPECT_EQ(count("officials/ann", t::ROLE_LEAD), 1);
  EXPECT_EQ(count("officials/cao", t::ROLE_LEAD), 0);
  EXPECT_EQ(count("officials/head", t::ROLE_UNIT_HEAD), 1);
  peer_.Wall(kCase, kClerk);
  EXPECT_EQ(count(kClerk, t::ROLE_OFFICE_CLERK), 0);
  v1::ListOfficialsRequest officials;
  officials.set_unit("units/town");
  officials.set_page_size(3);
  const auto page = Do(&Stub::ListOfficials, officials, kClerk, t::ROLE_OFFICE_CLERK);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->officials_size(), 3);
  officials.set_page_token(page->next_page_token());
  EXPECT_EQ(Do(&Stub::ListOfficials, officials, kClerk, t::ROLE_OFFICE_CLERK)->officials_size(), 1);
}

TEST_F(AssignmentStoreTest, UnitsAreUpdatedByEtagAndRecordMilestonesOnce) {
  v1::UpdateUnitRequest update;
  update.set_name("units/town");
  update.set_superior("units/office");
  update.set_etag("7");
  EXPECT_TRUE(
      absl::IsAborted(Do(&Stub::UpdateUnit, update, "officials/root", t::ROLE_OPERATOR).status()));
  update.set_etag("1");
  const auto updated = Do(&Stub::UpdateUnit, update, "officials/root", t::ROLE_OPERATOR);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->unit().etag(), "2");
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

TEST_F(AssignmentStoreTest, LeadingGroupOfKnownOfficials) {
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
}

TEST_F(AssignmentStoreTest, ExtensionReadsRegistrysFacts) {
  MustAssign();
  const auto add = [&](facts::v1::Fact fact, const google::type::Date& on) {
    fact.set_fact_id(RecordService::NewRequestId());
    fact.set_case_name(kCase);
    *fact.mutable_event_date() = on;
    redress::rules::SetKind(fact);
    peer_.feed.answer.add_entries()->set_fact(fact.SerializeAsString());
  };
  facts::v1::Fact registered, opened, accepted;
  *registered.mutable_case_registered()->mutable_received_on() = Day(4, 10);
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

TEST_F(AssignmentStoreTest, DueComesFromSupervisionWithoutWhatTheCallerMayNotKnow) {
  MustAssign();
  plan::v1::RequirementStatus& duty = *peer_.supervision.answer.add_statuses();
  duty.set_subject("cases/1/claims/1");
  peer_.supervision.answer.add_statuses()->set_subject("units/office");
  peer_.supervision.answer.set_next_page_token("more");
  v1::ListDueRequest request;
  EXPECT_TRUE(
      absl::IsInvalidArgument(Do(&Stub::ListDue, request, kClerk, t::ROLE_OFFICE_CLERK).status()));
  request.set_unit("units/office");
  auto due = Do(&Stub::ListDue, request, kClerk, t::ROLE_OFFICE_CLERK);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->duties_size(), 2);
  EXPECT_EQ(due->next_page_token(), "more");
  EXPECT_TRUE(peer_.supervision.asked.include_unassigned());
  peer_.Wall(kCase, kClerk);
  due = Do(&Stub::ListDue, request, kClerk, t::ROLE_OFFICE_CLERK);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->duties_size(), 1);
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

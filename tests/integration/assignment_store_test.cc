// The five-ones over a real database and real rpcs: what is stored, published and told to registry,
// and that nothing is lost when registry is away before or after a commit.
#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/assignment_world.h"

namespace redress::assignment {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
namespace t = types::v1;
using testing::Day;
using ::testing::UnorderedElementsAre;

class AssignmentStoreTest : public AssignmentTest {};

TEST_F(AssignmentStoreTest, SchemaFitsTheDescriptors) {
  const auto checked = store::CheckTables(records_.database().admin(), StoredTypes());
  EXPECT_TRUE(checked.ok()) << checked;
}

TEST_F(AssignmentStoreTest, AssigningGivesAccessBeforeItAnswers) {
  MustAssign();
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER"));
  EXPECT_EQ(peer_.UnitOf(kCase), "units/town");
  // The row of what registry has confirmed goes with the next round of the background.
  ASSERT_TRUE(Sweep().ok());
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
  ASSERT_TRUE(Sweep().ok());
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

TEST_F(AssignmentStoreTest, WhatWasOfferedCanBeWithdrawn) {
  MustAssign();
  MustOffer();
  v1::WithdrawHandoverRequest request;
  request.set_case_name(kCase);
  request.set_reason("暂不调整");
  EXPECT_TRUE(absl::IsPermissionDenied(
      Do(&Stub::WithdrawHandover, request, "officials/cao", t::ROLE_LEAD).status()));
  EXPECT_EQ(status::ReasonOf(
                Do(&Stub::WithdrawHandover, request, "officials/head", t::ROLE_UNIT_HEAD).status()),
            "NOT_OFFERED_BY_YOU");
  const auto withdrawn = Do(&Stub::WithdrawHandover, request, "officials/ann", t::ROLE_LEAD);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->assignment().past_handovers(0).answer(), v1::HANDOVER_ANSWER_WITHDRAWN);
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER"));
  EXPECT_THAT(records_.KindsOf(kCase), Contains(facts::v1::FACT_KIND_HANDOVER_WITHDRAWN));
  EXPECT_TRUE(absl::IsNotFound(Accept().status()));  // nothing is offered any more
  MustOffer("officials/dai");
  EXPECT_TRUE(Do(&Stub::WithdrawHandover, request, kClerk, t::ROLE_OFFICE_CLERK).ok());
}

// A repeated write passes the gate by the service's own right, for its stored answer. Another
// request, and what only validates, have none: a stranger who uses an old request_id again learns
// nothing of the case.
TEST_F(AssignmentStoreTest, AnOldRequestIdOpensNoOtherCase) {
  peer_.Register("cases/2");
  v1::AssignCaseRequest assign = Assign();
  assign.set_case_name("cases/2");
  assign.set_lead("officials/cao");
  ASSERT_TRUE(Do(&Stub::AssignCase, assign, kClerk, t::ROLE_OFFICE_CLERK).ok());
  MustAssign();
  v1::OfferHandoverRequest offer;
  offer.set_case_name("cases/2");
  offer.set_part(t::PART_LEAD);
  offer.set_to_official("officials/dai");
  offer.set_reason("调任");
  offer.set_request_id(RecordService::NewRequestId());
  ASSERT_TRUE(Do(&Stub::OfferHandover, offer, "officials/cao", t::ROLE_LEAD).ok());
  offer.set_case_name(kCase);
  offer.set_to_official("officials/ann");
  EXPECT_TRUE(
      absl::IsNotFound(Do(&Stub::OfferHandover, offer, "officials/cao", t::ROLE_LEAD).status()));
  offer.set_validate_only(true);
  EXPECT_TRUE(
      absl::IsNotFound(Do(&Stub::OfferHandover, offer, "officials/cao", t::ROLE_LEAD).status()));
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
  ASSERT_TRUE(Sweep().ok());
  EXPECT_EQ(refused_, 1);
  EXPECT_EQ(RowsOf("access_change"), 0);
}

TEST_F(AssignmentStoreTest, WhatRegistryConfirmedIsToldOnceAndForgottenWhenStopping) {
  MustAssign();
  const int told = peer_.updates();
  MustOffer();  // finds the row of the assignment still there
  EXPECT_EQ(peer_.updates(), told + 1);
  EXPECT_EQ(RowsOf("access_change"), 2);
  store_->outbox().Start();
  store_->outbox().Stop();
  EXPECT_EQ(RowsOf("access_change"), 0);
  EXPECT_EQ(peer_.updates(), told + 1);
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
  request.set_etag("0123456789abcdef");
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

// A change that was worked out before another one was committed takes nothing away, and nothing is
// given back for it to those who hold the part no more.
TEST_F(AssignmentStoreTest, WhoHandedOverGetsNoAccessBack) {
  MustAssign();
  MustOffer();
  ASSERT_TRUE(Accept().ok());
  registry::v1::UpdateCaseAccessRequest stale;
  registry::v1::Participant& was = *stale.add_remove();
  was.set_official("officials/ann");
  was.set_part(t::PART_LEAD);
  rpc::Call late;
  late.caller.subject = "officials/cao";
  late.deadline = absl::Now() + absl::Seconds(10);
  const int told = peer_.updates();
  const auto removal = store_->outbox().Remove(late, std::string(16, 'r'), kCase, stale);
  EXPECT_TRUE(absl::IsAborted(removal.status())) << removal.status();
  EXPECT_EQ(peer_.updates(), told);
  EXPECT_EQ(RowsOf("access_intent"), 0);
  // The same, left behind by a process that looked before and died after.
  stale.set_case_name(kCase);
  ASSERT_TRUE(records_.database()
                  .admin()
                  .Execute("INSERT INTO access_intent (case_name, attempt, request_id, caller, "
                           "removed, lease_until) VALUES (?, ?, ?, ?, ?, ?)",
                           {kCase, std::string(16, 'a'), std::string(16, 'r'), "officials/cao",
                            stale.SerializeAsString(), absl::Now() - absl::Seconds(1)})
                  .ok());
  ASSERT_TRUE(Sweep().ok());
  EXPECT_EQ(RowsOf("access_intent"), 0);
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("cao:LEAD", "bob:OFFICER"));
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

}  // namespace
}  // namespace redress::assignment

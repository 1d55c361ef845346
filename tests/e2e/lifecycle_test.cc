// A case through all five services as its people meet it: what is refused and why, who sees what,
// and what stays as it was when a part of the system cannot answer.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/assistance/v1/assistance.grpc.pb.h"
#include "redress/audit/v1/audit.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "redress/visits/v1/visits.grpc.pb.h"
#include "tests/e2e/world.h"

namespace redress::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using AssignmentStub = assignment::v1::AssignmentService::Stub;
using AssistanceStub = assistance::v1::AssistanceService::Stub;
using AuditStub = audit::v1::AuditService::Stub;
using RegistryStub = registry::v1::RegistryService::Stub;
using SupervisionStub = supervision::v1::SupervisionService::Stub;
using VisitsStub = visits::v1::VisitsService::Stub;

constexpr absl::Duration kPatience = absl::Seconds(10);

std::string Claim(const std::string& name) { return name + "/claims/1"; }

std::vector<std::string> Subjects(const absl::Status& status) {
  std::vector<std::string> subjects;
  for (const status::Violation& violation : status::ViolationsOf(status)) {
    subjects.push_back(violation.Label());
  }
  return subjects;
}

std::string PartOf(const absl::Status& status) {
  const auto info = status::ErrorInfoOf(status);
  if (!info || !info->metadata().contains("part")) return "";
  return info->metadata().at("part");
}

class LifecycleTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster();
    world_ = new World(*cluster_);
  }
  static void TearDownTestSuite() {
    delete world_;
    delete cluster_;
  }

  static std::string Registered() {
    const auto name = world_->Register();
    EXPECT_TRUE(name.ok()) << name.status();
    return name.value_or("cases/none");
  }
  static std::string Ready() {
    const std::string name = Registered();
    const absl::Status done = world_->DoAllDuties(name);
    EXPECT_TRUE(done.ok()) << done;
    world_->LetWithdrawalsLapse();
    return name;
  }
  static absl::StatusOr<registry::v1::Case> Get(const Client& client, const std::string& name) {
    registry::v1::GetCaseRequest request;
    request.set_name(name);
    const auto answer = client.Call(&RegistryStub::GetCase, request);
    if (!answer.ok()) return answer.status();
    return answer->case_file();
  }
  static std::string Etag(const std::string& name) {
    const auto file = Get(world_->clerk(), name);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? file->etag() : "";
  }
  static absl::StatusOr<registry::v1::ProposeClosureResponse> Propose(const Client& client,
                                                                      const std::string& name,
                                                                      bool dry) {
    registry::v1::ProposeClosureRequest request;
    request.set_name(name);
    request.set_standard(types::v1::CLOSING_STANDARD_SETTLEMENT);
    request.set_validate_only(dry);
    return client.Call(&RegistryStub::ProposeClosure, request);
  }
  static absl::StatusOr<types::v1::EntryCriterion> Criterion(const Client& client,
                                                             const std::string& name) {
    registry::v1::GetEntryCriterionRequest request;
    request.set_name(name);
    const auto answer = client.Call(&RegistryStub::GetEntryCriterion, request);
    if (!answer.ok()) return answer.status();
    return answer->entry_criterion();
  }
  static absl::StatusOr<assignment::v1::Assignment> AssignmentOf(const std::string& name) {
    assignment::v1::GetAssignmentRequest request;
    request.set_case_name(name);
    const auto answer = world_->clerk().Call(&AssignmentStub::GetAssignment, request);
    if (!answer.ok()) return answer.status();
    return answer->assignment();
  }
  static Client Person(std::string official, std::string unit, types::v1::Role role) {
    return cluster_->Person({.official = std::move(official),
                             .unit = std::move(unit),
                             .region = kTownship,
                             .roles = {role}});
  }

  static Cluster* cluster_;
  static World* world_;
};

Cluster* LifecycleTest::cluster_ = nullptr;
World* LifecycleTest::world_ = nullptr;

TEST_F(LifecycleTest, AppraisalNamesEveryMissingMustWithItsClause) {
  const std::string name = Registered();
  ASSERT_TRUE(world_->Assign(name).ok());
  const absl::Status refused = world_->Appraise(name);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_EQ(status::ReasonOf(refused), "CLAIM_NOT_APPRAISABLE");
  std::vector<std::string> expected;
  for (const char* duty : {"P5.site", "P5.heard", "P5.views", "P6.prior"}) {
    expected.push_back(absl::StrCat(duty, " (三(二)) ", Claim(name)));
  }
  EXPECT_THAT(Subjects(refused), ::testing::UnorderedElementsAreArray(expected));
  // One by one they are done, and are named no longer.
  ASSERT_TRUE(world_->Visit(name).ok());
  EXPECT_THAT(Subjects(world_->Appraise(name)), Not(Contains(StartsWith("P5.heard"))));
  ASSERT_TRUE(world_->Investigate(name).ok());
  ASSERT_TRUE(world_->ObtainViews(name).ok());
  EXPECT_THAT(Subjects(world_->Appraise(name)), ElementsAreArray({expected[3]}));
  ASSERT_TRUE(world_->RecordPrior(name).ok());
  const absl::Status allowed = world_->Appraise(name);
  EXPECT_TRUE(allowed.ok()) << allowed;
}

TEST_F(LifecycleTest, ClosingIsRefusedWithTheListOfTheDryRunAndThenAllowed) {
  const std::string name = Registered();
  ASSERT_TRUE(world_->Assign(name).ok());
  const std::string etag = Etag(name);
  const auto dry = Propose(world_->clerk(), name, true);
  ASSERT_TRUE(dry.ok()) << dry.status();
  ASSERT_GT(dry->unmet_size(), 3);
  std::vector<std::string> listed;
  for (const auto& duty : dry->unmet()) {
    EXPECT_FALSE(duty.clause().empty()) << duty.id();
    listed.push_back(absl::StrCat(duty.id(), " (", duty.clause(), ") ", duty.subject()));
  }
  const absl::Status refused = Propose(world_->clerk(), name, false).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_EQ(status::ReasonOf(refused), "CASE_NOT_CLOSABLE");
  EXPECT_THAT(Subjects(refused), ElementsAreArray(listed));
  EXPECT_EQ(Etag(name), etag);

  const std::string ready = Ready();
  const auto nothing = Propose(world_->clerk(), ready, true);
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_EQ(nothing->unmet_size(), 0);
  EXPECT_TRUE(Propose(world_->clerk(), ready, false).ok());
}

TEST_F(LifecycleTest, WhoProposesDoesNotApproveAndAClosedCaseIsReopened) {
  const std::string name = Ready();
  const Client both =
      cluster_->Person({.official = "officials/clerk-and-head",
                        .unit = kOffice,
                        .region = kTownship,
                        .roles = {types::v1::ROLE_OFFICE_CLERK, types::v1::ROLE_OFFICE_HEAD}});
  const auto proposed = Propose(both, name, false);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  registry::v1::CloseCaseRequest close;
  close.set_name(name);
  const absl::Status refused = both.Call(&RegistryStub::CloseCase, close).status();
  EXPECT_EQ(status::ReasonOf(refused), "CASE_NOT_CLOSABLE") << refused;
  EXPECT_THAT(Subjects(refused),
              ElementsAreArray({absl::StrCat("P17.four_eyes (四(二)2(4)) ", name)}));
  const absl::Status closed = world_->Close(name);
  ASSERT_TRUE(closed.ok()) << closed;
  EXPECT_EQ(Get(world_->clerk(), name)->state(), types::v1::CASE_STATE_CLOSED);

  registry::v1::ReopenCaseRequest reopen;
  reopen.set_name(name);
  reopen.set_reason(facts::v1::REOPEN_REASON_BASIS_LOST);
  const auto reopened = world_->head().Call(&RegistryStub::ReopenCase, reopen);
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(reopened->case_file().state(), types::v1::CASE_STATE_OPEN);
  ASSERT_EQ(reopened->case_file().past_closures_size(), 1);
  EXPECT_EQ(reopened->case_file().past_closures(0).approved_by().official(),
            "officials/office-head");
}

TEST_F(LifecycleTest, TheEntryCriterionIsSealedAndErasedAtClosing) {
  const std::string name = Ready();
  const auto told = Criterion(world_->clerk(), name);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(*told, types::v1::ENTRY_CRITERION_OTHER);
  for (const Client* client : {&world_->lead(), &world_->unit_head()}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Criterion(*client, name).status()));
  }
  for (const Client* client : {&world_->clerk(), &world_->head(), &world_->lead()}) {
    const auto file = Get(*client, name);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->entry_criterion(), types::v1::ENTRY_CRITERION_UNSPECIFIED);
  }
  ASSERT_TRUE(world_->Propose(name).ok());
  ASSERT_TRUE(world_->Close(name).ok());
  const auto after = Criterion(world_->clerk(), name);
  EXPECT_EQ(after.value_or(types::v1::ENTRY_CRITERION_UNSPECIFIED),
            types::v1::ENTRY_CRITERION_UNSPECIFIED);
}

TEST_F(LifecycleTest, AHandoverLeavesNoGap) {
  const std::string name = Registered();
  ASSERT_TRUE(world_->Assign(name).ok());
  const Client next = Person(kNextLead, kResponsibleUnit, types::v1::ROLE_LEAD);
  EXPECT_TRUE(absl::IsNotFound(Get(next, name).status())) << "no part in the case yet";
  assignment::v1::OfferHandoverRequest offer;
  offer.set_case_name(name);
  offer.set_part(types::v1::PART_LEAD);
  offer.set_to_official(kNextLead);
  offer.set_reason("工作调动");
  ASSERT_TRUE(world_->lead().Call(&AssignmentStub::OfferHandover, offer).ok());
  EXPECT_EQ(AssignmentOf(name)->lead(), kLead);

  assignment::v1::DeclineHandoverRequest decline;
  decline.set_case_name(name);
  decline.set_reason("案件过多");
  const auto declined = next.Call(&AssignmentStub::DeclineHandover, decline);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(AssignmentOf(name)->lead(), kLead);
  EXPECT_FALSE(Get(next, name).ok());
  EXPECT_TRUE(Get(world_->lead(), name).ok());

  ASSERT_TRUE(world_->lead().Call(&AssignmentStub::OfferHandover, offer).ok());
  assignment::v1::AcceptHandoverRequest accept;
  accept.set_case_name(name);
  const auto accepted = next.Call(&AssignmentStub::AcceptHandover, accept);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(AssignmentOf(name)->lead(), kNextLead);
  EXPECT_EQ(AssignmentOf(name)->past_handovers_size(), 2);
  EXPECT_TRUE(Get(next, name).ok());
  EXPECT_FALSE(Get(world_->lead(), name).ok()) << "who handed over has no part any more";
}

// A case registered today and handled today, with an agreement of today, is not closed today.
TEST_F(LifecycleTest, NothingIsClosedOnTheDayItWasRegistered) {
  const std::string name = Registered();
  const absl::Status done = world_->DoAllDuties(name);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_THAT(Subjects(world_->Propose(name)),
              Contains(StartsWith("floor.settlement.window (条例33条) ")));
  // Nor is anything dated before the case came in, in any service.
  visits::v1::RecordVisitRequest visit = world_->NewVisit(name);
  *visit.mutable_visit()->mutable_visited_on() = world_->Today(-2);
  EXPECT_TRUE(
      absl::IsInvalidArgument(world_->lead().Call(&VisitsStub::RecordVisit, visit).status()));
  // And nobody is a witness who does not exist.
  registry::v1::RecordViewRequest view;
  view.set_claim(Claim(name));
  *view.mutable_view()->mutable_given_on() = world_->Today();
  view.mutable_view()->set_from_unit("units/does-not-exist");
  view.mutable_view()->set_question("补偿标准如何确定?");
  view.mutable_view()->set_answer("按公告的标准确定。");
  EXPECT_TRUE(
      absl::IsInvalidArgument(world_->lead().Call(&RegistryStub::RecordView, view).status()));
}

// Invariant 6: an official with an interest keeps out of the case, in every service.
TEST_F(LifecycleTest, WhoIsRecusedHasNoPartAndReadsNothing) {
  const std::string name = Registered();
  ASSERT_TRUE(world_->Assign(name).ok());
  registry::v1::RecuseOfficialRequest recuse;
  recuse.set_name(name);
  recuse.set_official(kLead);
  recuse.set_ground(registry::v1::RECUSAL_GROUND_MATTER);
  *recuse.mutable_recused_on() = world_->Today();
  const auto has_part = world_->head().Call(&RegistryStub::RecuseOfficial, recuse);
  EXPECT_EQ(status::ReasonOf(has_part.status()), "RECUSED_HAS_PART") << has_part.status();
  recuse.set_official(kNextLead);
  const auto recused = world_->head().Call(&RegistryStub::RecuseOfficial, recuse);
  ASSERT_TRUE(recused.ok()) << recused.status();
  EXPECT_EQ(recused->case_file().recusals(0).official(), kNextLead);

  assignment::v1::OfferHandoverRequest offer;
  offer.set_case_name(name);
  offer.set_part(types::v1::PART_LEAD);
  offer.set_to_official(kNextLead);
  offer.set_reason("工作调动");
  EXPECT_EQ(status::ReasonOf(world_->lead().Call(&AssignmentStub::OfferHandover, offer).status()),
            "ASSIGNEE_BARRED");
  // A clerk of the office reads every case of the region, but none they are recused from.
  const Client clerk = Person(kNextLead, kOffice, types::v1::ROLE_OFFICE_CLERK);
  EXPECT_EQ(status::ReasonOf(Get(clerk, name).status()), "RECUSED");
  assignment::v1::GetAssignmentRequest get;
  get.set_case_name(name);
  EXPECT_EQ(status::ReasonOf(clerk.Call(&AssignmentStub::GetAssignment, get).status()), "RECUSED");

  registry::v1::EndRecusalRequest end;
  end.set_name(name);
  end.set_official(kNextLead);
  *end.mutable_ended_on() = world_->Today();
  const auto ended = world_->head().Call(&RegistryStub::EndRecusal, end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(Get(clerk, name).ok());
  EXPECT_TRUE(world_->lead().Call(&AssignmentStub::OfferHandover, offer).ok());
}

TEST_F(LifecycleTest, WithoutVisitsTheGatesAnswerUnavailableAndNothingChanges) {
  const std::string name = Ready();
  const std::string etag = Etag(name);
  cluster_->Kill("visits");
  for (const absl::Status& status : {world_->Appraise(name), world_->Propose(name)}) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_EQ(PartOf(status), "visits") << status;
  }
  EXPECT_EQ(Etag(name), etag);
  cluster_->Start("visits");
  const absl::Time give_up = absl::Now() + kPatience;
  absl::Status proposed = world_->Propose(name);
  while (absl::IsUnavailable(proposed) && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(100));
    proposed = world_->Propose(name);
  }
  EXPECT_TRUE(proposed.ok()) << proposed;
}

TEST_F(LifecycleTest, ARequestIdHasOneAnswerAndAnOldEtagIsRefused) {
  const registry::v1::RegisterCaseRequest request = world_->NewCase();
  const auto first = world_->clerk().Call(&RegistryStub::RegisterCase, request);
  const auto second = world_->clerk().Call(&RegistryStub::RegisterCase, request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  registry::v1::RegisterCaseRequest other = request;
  other.set_prominent(true);
  EXPECT_TRUE(
      absl::IsInvalidArgument(world_->clerk().Call(&RegistryStub::RegisterCase, other).status()));

  registry::v1::AddClaimRequest add;
  add.set_name(first->case_file().name());
  *add.mutable_claim() = request.claims(0);
  add.set_etag(first->case_file().etag());
  ASSERT_TRUE(world_->clerk().Call(&RegistryStub::AddClaim, add).ok());
  const absl::Status late = world_->clerk().Call(&RegistryStub::AddClaim, add).status();
  EXPECT_TRUE(absl::IsAborted(late)) << late;
  EXPECT_EQ(status::ReasonOf(late), "ETAG_MISMATCH");
  EXPECT_EQ(Get(world_->clerk(), first->case_file().name())->claims_size(), 2);
}

TEST_F(LifecycleTest, PersonalDataIsShownToWhomItIsForAndTheReadingIsRecorded) {
  const registry::v1::RegisterCaseRequest request = world_->NewCase();
  const std::string statement = request.claims(0).statement();
  const auto written = world_->clerk().Call(&RegistryStub::RegisterCase, request);
  ASSERT_TRUE(written.ok()) << written.status();
  const std::string name = written->case_file().name();
  EXPECT_NE(written->case_file().claims(0).statement(), statement) << "a write shows nothing";
  EXPECT_THAT(written->SerializeAsString(), Not(HasSubstr(statement)));
  ASSERT_TRUE(world_->Assign(name).ok());

  const std::string reader = "officials/reading-clerk";
  const auto read = Get(Person(reader, kOffice, types::v1::ROLE_OFFICE_CLERK), name);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->claims(0).statement(), statement);
  const auto inspected =
      Get(Person("officials/inspector", "units/leading-group", types::v1::ROLE_INSPECTOR), name);
  ASSERT_TRUE(inspected.ok()) << inspected.status();
  EXPECT_NE(inspected->claims(0).statement(), statement);
  EXPECT_TRUE(absl::IsPermissionDenied(
      Get(Person("officials/auditor", kOffice, types::v1::ROLE_AUDITOR), name).status()));

  const Client auditor = Person("officials/auditor", kOffice, types::v1::ROLE_AUDITOR);
  std::vector<audit::v1::AuditEntry> readings;
  audit::v1::ListAuditEntriesRequest list;
  list.set_page_size(1000);
  while (true) {
    const auto page = auditor.Call(&AuditStub::ListAuditEntries, list, "registry");
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& item : page->entries()) {
      audit::v1::AuditEntry entry;
      ASSERT_TRUE(entry.ParseFromString(item.entry()));
      if (entry.official() == reader) readings.push_back(entry);
    }
    if (page->entries_size() == 0) break;
    list.set_first_position(page->entries(page->entries_size() - 1).position() + 1);
  }
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].outcome(), audit::v1::AUDIT_OUTCOME_READ);
  EXPECT_THAT(readings[0].rpc(), HasSubstr("GetCase"));
  EXPECT_THAT(readings[0].resources(), Contains(name));
}

TEST_F(LifecycleTest, APageTokenBelongsToItsQuery) {
  Registered();
  Registered();
  registry::v1::ListCasesRequest list;
  list.mutable_filter()->set_campaign(world_->campaign());
  list.set_page_size(1);
  const auto first = world_->clerk().Call(&RegistryStub::ListCases, list);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_FALSE(first->next_page_token().empty());
  list.set_page_token(first->next_page_token());
  const auto second = world_->clerk().Call(&RegistryStub::ListCases, list);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->cases_size(), 1);
  EXPECT_NE(first->cases(0).name(), second->cases(0).name());
  list.mutable_filter()->set_state(types::v1::CASE_STATE_CLOSED);
  EXPECT_TRUE(
      absl::IsInvalidArgument(world_->clerk().Call(&RegistryStub::ListCases, list).status()));
}

TEST_F(LifecycleTest, ClosingAndReopeningLeaveAssistanceAsItWas) {
  const std::string name = Ready();
  assistance::v1::OpenAssistanceFileRequest open;
  open.set_parent(name);
  *open.mutable_opened_on() = world_->Today();
  ASSERT_TRUE(world_->lead().Call(&AssistanceStub::OpenAssistanceFile, open).ok());
  assistance::v1::GetAssistanceFileRequest get;
  get.set_parent(name);
  const auto before = world_->lead().Call(&AssistanceStub::GetAssistanceFile, get);
  ASSERT_TRUE(before.ok()) << before.status();
  const auto unchanged = [&] {
    const auto now = world_->lead().Call(&AssistanceStub::GetAssistanceFile, get);
    return now.ok() && google::protobuf::util::MessageDifferencer::Equals(*before, *now);
  };
  ASSERT_TRUE(world_->Propose(name).ok());
  ASSERT_TRUE(world_->Close(name).ok());
  EXPECT_TRUE(unchanged());
  registry::v1::ReopenCaseRequest reopen;
  reopen.set_name(name);
  reopen.set_reason(facts::v1::REOPEN_REASON_BASIS_LOST);
  ASSERT_TRUE(world_->clerk().Call(&RegistryStub::ReopenCase, reopen).ok());
  EXPECT_TRUE(unchanged());
}

// The last one: it moves the clock.
TEST_F(LifecycleTest, SupervisionShowsTheCaseAndWhatBecomesOverdue) {
  const std::string name = Registered();
  ASSERT_TRUE(world_->Assign(name).ok());
  const auto row_of = [&]() -> absl::StatusOr<supervision::v1::LedgerRow> {
    supervision::v1::GetLedgerRequest request;
    request.set_campaign(world_->campaign());
    request.set_page_size(1000);
    const auto ledger = world_->clerk().Call(&SupervisionStub::GetLedger, request);
    if (!ledger.ok()) return ledger.status();
    for (const auto& row : ledger->rows()) {
      if (row.case_name() == name) return row;
    }
    return absl::NotFoundError("no row");
  };
  auto row = row_of();
  for (const absl::Time until = absl::Now() + kPatience;
       (!row.ok() || row->lead().empty()) && absl::Now() < until; row = row_of()) {
    absl::SleepFor(absl::Milliseconds(100));
  }
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->lead(), kLead);
  EXPECT_EQ(row->unit(), kResponsibleUnit);
  EXPECT_EQ(row->overdue(), 0);

  cluster_->SetTime(absl::CivilDay(2018, 7, 2));
  row = row_of();
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_GT(row->overdue(), 0);
  supervision::v1::ListOverdueRequest overdue;
  overdue.set_campaign(world_->campaign());
  overdue.set_page_size(1000);
  const auto late = world_->clerk().Call(&SupervisionStub::ListOverdue, overdue);
  ASSERT_TRUE(late.ok()) << late.status();
  std::vector<std::string> duties;
  for (const auto& status : late->statuses()) {
    EXPECT_EQ(status.state(), plan::v1::REQUIREMENT_STATE_OVERDUE);
    if (status.subject().rfind(name, 0) == 0) duties.push_back(status.requirement());
  }
  EXPECT_THAT(duties, AllOf(Contains("P3"), Contains("P13"), Contains("P14")));
  supervision::v1::GetScorecardRequest score;
  score.set_campaign(world_->campaign());
  score.set_unit(kResponsibleUnit);
  *score.mutable_period_end() = On(6, 30);
  const auto card = world_->clerk().Call(&SupervisionStub::GetScorecard, score);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_GT(card->scorecard().duties_due(), 0);
  EXPECT_LT(card->scorecard().centipoints(), card->scorecard().max_centipoints());
}

}  // namespace
}  // namespace redress::testing

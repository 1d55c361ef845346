// Invariant 1: nothing records where a petitioner goes or how "risky" they are; why a case was
// taken on is sealed, read by the petition office alone, and gone when the case is closed.
#include "redress/audit/v1/audit.grpc.pb.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using AuditStub = audit::v1::AuditService::Stub;
using FeedStub = facts::v1::FactFeedService::Stub;
using RegistryStub = registry::v1::RegistryService::Stub;
constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class Invariant1 : public MisuseTest {
 protected:
  // A case that was taken on because the petitioner went to the capital.
  static std::string TakenOn() {
    registry::v1::RegisterCaseRequest request = world().NewCase();
    request.set_entry_criterion(types::v1::ENTRY_CRITERION_CAPITAL);
    return Clerk()
        .Tries("registers a case", &RegistryStub::RegisterCase, request)
        .Succeeds()
        .case_file()
        .name();
  }
  static registry::v1::GetEntryCriterionRequest WhyOf(const std::string& name) {
    registry::v1::GetEntryCriterionRequest request;
    request.set_name(name);
    return request;
  }
  // How often the registry's audit log says that this was read by that rpc.
  static int Readings(const std::string& resource, const std::string& rpc) {
    const Who auditor = Somebody("the auditor", "officials/auditor", "units/leading-group",
                                 {types::v1::ROLE_AUDITOR});
    int readings = 0;
    audit::v1::ListAuditEntriesRequest list;
    const audit::v1::ListAuditEntriesResponse log =
        auditor.Tries("reads the audit log", &AuditStub::ListAuditEntries, list, "registry")
            .Succeeds();
    for (const audit::v1::AuditLogEntry& logged : log.entries()) {
      audit::v1::AuditEntry entry;
      EXPECT_TRUE(entry.ParseFromString(logged.entry()));
      if (entry.outcome() != audit::v1::AUDIT_OUTCOME_READ || entry.rpc() != rpc) continue;
      for (const std::string& read : entry.resources()) readings += read == resource ? 1 : 0;
    }
    return readings;
  }
};

TEST_F(Invariant1, WhyACaseWasTakenOnIsForThePetitionOfficeAlone) {
  const std::string name = TakenOn();
  EXPECT_TRUE(world().Assign(name).ok());
  const Who inspector = Somebody("an inspector", "officials/inspector", "units/leading-group",
                                 {types::v1::ROLE_INSPECTOR});
  for (const Who& who : {Lead(), UnitHead(), inspector, County(), Operator()}) {
    who.Tries("asks why the case was taken on", &RegistryStub::GetEntryCriterion, WhyOf(name))
        .IsRefused(kDenied);
  }
  Somebody("a clerk of another township", "officials/stranger", "units/other-office",
           {types::v1::ROLE_OFFICE_CLERK}, "430626999")
      .Tries("asks why the case was taken on", &RegistryStub::GetEntryCriterion, WhyOf(name))
      .IsRefused(absl::StatusCode::kNotFound);
  const std::string rpc = "redress.registry.v1.RegistryService/GetEntryCriterion";
  EXPECT_EQ(Readings(name, rpc), 0);
  EXPECT_EQ(
      Clerk()
          .Tries("asks why the case was taken on", &RegistryStub::GetEntryCriterion, WhyOf(name))
          .Succeeds()
          .entry_criterion(),
      types::v1::ENTRY_CRITERION_CAPITAL);
  EXPECT_EQ(Readings(name, rpc), 1) << "and that is recorded";
}

TEST_F(Invariant1, NoAnswerButThatOneSaysIt) {
  const std::string name = TakenOn();
  registry::v1::GetCaseRequest open;
  open.set_name(name);
  registry::v1::ListCasesRequest list;
  for (const Who& who : {Clerk(), Head(), County()}) {
    EXPECT_EQ(who.Tries("opens the case", &RegistryStub::GetCase, open)
                  .Succeeds()
                  .case_file()
                  .entry_criterion(),
              types::v1::ENTRY_CRITERION_UNSPECIFIED);
    const registry::v1::ListCasesResponse listed =
        who.Tries("lists cases", &RegistryStub::ListCases, list).Succeeds();
    EXPECT_GT(listed.cases_size(), 0);
    for (const registry::v1::Case& file : listed.cases()) {
      EXPECT_EQ(file.entry_criterion(), types::v1::ENTRY_CRITERION_UNSPECIFIED);
    }
  }
  facts::v1::ListFactsRequest facts;
  facts.set_case_name(name);
  const facts::v1::ListFactsResponse published =
      Clerk().Tries("lists the case's facts", &FeedStub::ListFacts, facts, "registry").Succeeds();
  EXPECT_GT(published.entries_size(), 0);
  for (const facts::v1::FeedEntry& entry : published.entries()) {
    facts::v1::Fact fact;
    ASSERT_TRUE(fact.ParseFromString(entry.fact()));
    EXPECT_EQ(fact.DebugString().find("CRITERION"), std::string::npos) << fact.DebugString();
  }
}

TEST_F(Invariant1, NoDutyOfAPlanAsksWhereAPetitionerWent) {
  const std::string due = std::string("satisfied { fact { kind: FACT_KIND_VISIT_HELD } } ") + kSoon;
  for (const char* field : {"entry_criterion", "whereabouts", "risk_level"}) {
    Head()
        .Tries("adds a duty by the field " + std::string(field), &RegistryStub::CreatePlanRevision,
               Revision(Duty("applies { fact { kind: FACT_KIND_CASE_REGISTERED where { field: \"" +
                             std::string(field) + "\" equals: \"x\" } } } " + due)))
        .IsRefused(kInvalid)
        .Naming(field);
  }
  for (const char* kind : {"PETITIONER_LEFT_TOWN", "PETITIONER_KEPT_AT_HOME", "RISK_ASSESSED"}) {
    Head()
        .Tries("adds a duty to record " + std::string(kind), &RegistryStub::CreatePlanRevision,
               Revision(Duty("satisfied { fact { kind: FACT_KIND_" + std::string(kind) + " } } ")))
        .IsRefused(kInvalid)
        .Naming("FACT_KIND_" + std::string(kind));
  }
}

// The last one: it moves the clock.
TEST_F(Invariant1, AtClosingTheReasonIsGone) {
  registry::v1::RegisterCaseRequest request = world().NewCase();
  request.set_entry_criterion(types::v1::ENTRY_CRITERION_CAPITAL);
  const std::string name = Clerk()
                               .Tries("registers a case", &RegistryStub::RegisterCase, request)
                               .Succeeds()
                               .case_file()
                               .name();
  EXPECT_TRUE(world().DoAllDuties(name).ok());
  world_to_move().LetWithdrawalsLapse();
  EXPECT_TRUE(world().Propose(name).ok());
  EXPECT_TRUE(world().Close(name).ok());
  EXPECT_EQ(Clerk()
                .Tries("asks why the closed case was taken on", &RegistryStub::GetEntryCriterion,
                       WhyOf(name))
                .Succeeds()
                .entry_criterion(),
            types::v1::ENTRY_CRITERION_UNSPECIFIED);
}

}  // namespace
}  // namespace redress::testing

// Invariant 6: an accusation does not exist for whomever it is against, and nobody hides a case
// with one. Whoever may not see something can also not infer it.
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/ids.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/audit/v1/audit.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using absl::StatusCode;
using AssignmentStub = assignment::v1::AssignmentService::Stub;
using RegistryStub = registry::v1::RegistryService::Stub;
using SupervisionStub = supervision::v1::SupervisionService::Stub;
using types::v1::ROLE_OFFICE_CLERK;
using types::v1::ROLE_OFFICE_HEAD;
using types::v1::ROLE_UNIT_HEAD;

constexpr char kAccusedUnit[] = "units/accused-station";
constexpr char kAccused[] = "officials/accused";

registry::v1::GetCaseRequest Open(const std::string& name) {
  registry::v1::GetCaseRequest request;
  request.set_name(name);
  return request;
}

class Invariant6 : public MisuseTest {
 protected:
  static void SetUpTestSuite() {
    MisuseTest::SetUpTestSuite();
    assignment::v1::CreateUnitRequest unit;
    unit.set_unit_id("accused-station");
    unit.mutable_unit()->mutable_display_name()->set_zh("某站");
    unit.mutable_unit()->set_kind(types::v1::UNIT_KIND_DEPARTMENT);
    unit.mutable_unit()->set_region_code(kTownship);
    Operator().Tries("enters a unit", &AssignmentStub::CreateUnit, unit).Succeeds();
    for (const char* id : {"accused", "former-member"}) {
      assignment::v1::CreateOfficialRequest official;
      official.set_official_id(id);
      official.mutable_official()->mutable_title()->set_zh("干部");
      official.mutable_official()->set_unit(kAccusedUnit);
      official.mutable_official()->set_active(true);
      Operator().Tries("enters an official", &AssignmentStub::CreateOfficial, official).Succeeds();
    }
  }

  static registry::v1::RegisterCaseRequest Accusation(const std::vector<std::string>& accused) {
    registry::v1::RegisterCaseRequest request = world().NewCase();
    request.mutable_new_petitioner()->set_full_name("丁戊己");
    registry::v1::NewClaim& claim = *request.mutable_claims(0);
    claim.set_kind(types::v1::CLAIM_KIND_ACCUSATION);
    for (const std::string& who : accused) claim.add_accused(who);
    return request;
  }
  static std::string Registered(const std::vector<std::string>& accused) {
    return Clerk()
        .Tries("registers an accusation", &RegistryStub::RegisterCase, Accusation(accused))
        .Succeeds()
        .case_file()
        .name();
  }
  static std::string Grievance() {
    return Clerk()
        .Tries("registers a grievance", &RegistryStub::RegisterCase, world().NewCase())
        .Succeeds()
        .case_file()
        .name();
  }
};

// The log says who looked into a case, and who was refused: an auditor of the accused unit would
// learn of the accusation from it.
TEST_F(Invariant6, AnAuditorOfTheAccusedReadsNothingOfIt) {
  const std::string name = Registered({kAccusedUnit});
  Clerk().Tries("opens the case", &RegistryStub::GetCase, Open(name)).Succeeds();
  const auto told = [&](const std::string& unit) {
    const Who auditor =
        Somebody("an auditor", "officials/auditor", unit, {types::v1::ROLE_AUDITOR});
    audit::v1::ListAuditEntriesRequest list;
    int about = 0;
    int64_t seen = 0;
    do {
      list.set_first_position(seen);
      const audit::v1::ListAuditEntriesResponse page =
          auditor
              .Tries("reads the audit log", &audit::v1::AuditService::Stub::ListAuditEntries, list,
                     "registry")
              .Succeeds();
      for (const audit::v1::AuditLogEntry& entry : page.entries()) {
        EXPECT_EQ(entry.leaf_hash().size(), 32u) << "the log stays verifiable";
        about += entry.entry().find(name) != std::string::npos ? 1 : 0;
      }
      seen += page.entries_size();
      if (page.entries().empty() || seen >= page.tree_size()) break;
    } while (true);
    return about;
  };
  EXPECT_GT(told("units/leading-group"), 0);
  EXPECT_EQ(told(kAccusedUnit), 0);
}

// Numbers have no gaps, so one that is missing would say that there is something to be seen.
TEST_F(Invariant6, TheNumbersOfOtherCasesDoNotTellOfIt) {
  const auto number = [](const std::string& name) {
    const std::string text = Clerk()
                                 .Tries("opens the case", &RegistryStub::GetCase, Open(name))
                                 .Succeeds()
                                 .case_file()
                                 .registration_number();
    const std::vector<std::string> parts = absl::StrSplit(text, '-');
    int64_t serial = 0;
    EXPECT_TRUE(absl::SimpleAtoi(parts.at(2), &serial)) << text;
    return serial;
  };
  const int64_t before = number(Grievance());
  const int64_t accusation = number(Registered({kAccusedUnit}));
  EXPECT_EQ(number(Grievance()), before + 1);
  EXPECT_EQ(number(Registered({kAccusedUnit})), accusation + 1);
}

TEST_F(Invariant6, NobodyHidesACaseWithAnAccusation) {
  const std::string name = Grievance();
  ASSERT_TRUE(world().Assign(name).ok());
  registry::v1::AddClaimRequest add;
  add.set_name(name);
  add.mutable_claim()->set_kind(types::v1::CLAIM_KIND_ACCUSATION);
  add.mutable_claim()->set_subject(types::v1::CLAIM_SUBJECT_OTHER);
  add.mutable_claim()->set_statement("检举办公室。");
  for (const char* who : {kOffice, "officials/nobody-at-all"}) {
    *add.mutable_claim()->mutable_accused() = {};
    add.mutable_claim()->add_accused(who);
    for (const Who& somebody : {Lead(), Clerk()}) {
      somebody.Tries("adds an accusation to a case", &RegistryStub::AddClaim, add)
          .IsRefused(StatusCode::kFailedPrecondition, "ACCUSATION_OF_ITS_OWN")
          .Naming("the petition office or a higher platform registers it");
    }
  }
  Lead()
      .Tries("registers an accusation", &RegistryStub::RegisterCase, Accusation({kAccused}))
      .IsRefused(StatusCode::kPermissionDenied);
  registry::v1::RegisterCaseRequest both = Accusation({kAccused});
  *both.add_claims() = world().NewCase().claims(0);
  Clerk()
      .Tries("registers an accusation and a grievance as one case", &RegistryStub::RegisterCase,
             both)
      .IsRefused(StatusCode::kInvalidArgument)
      .Naming("claims[1].kind");
  Clerk().Tries("opens the case", &RegistryStub::GetCase, Open(name)).Succeeds();
}

TEST_F(Invariant6, WhoeverIsAccusedIsKnownAndSomeOfficeGoesOnSeeingIt) {
  Clerk()
      .Tries("accuses somebody who is not in the register", &RegistryStub::RegisterCase,
             Accusation({"officials/nobody-at-all"}))
      .IsRefused(StatusCode::kInvalidArgument)
      .Naming("accused_unregistered");
  for (const Who& somebody : {Clerk(), Head()}) {
    somebody
        .Tries("registers an accusation against the own office", &RegistryStub::RegisterCase,
               Accusation({kOffice}))
        .IsRefused(StatusCode::kFailedPrecondition, "WALL_LEAVES_NO_OFFICE")
        .Naming("the superior organ registers it");
  }
  Somebody("somebody with a clerk's role in another unit", "officials/odd", kResponsibleUnit,
           {ROLE_OFFICE_CLERK})
      .Tries("registers an accusation", &RegistryStub::RegisterCase, Accusation({kAccused}))
      .IsRefused(StatusCode::kFailedPrecondition, "WALL_LEAVES_NO_OFFICE");
}

TEST_F(Invariant6, ForTheAccusedThereIsNoSuchCase) {
  const std::string name = Registered({kAccusedUnit});
  assignment::v1::UpdateOfficialRequest move;
  move.set_name("officials/former-member");
  move.mutable_official()->mutable_title()->set_zh("干部");
  move.mutable_official()->set_unit(kOffice);
  move.mutable_official()->set_active(true);
  Operator()
      .Tries("moves a member to the office", &AssignmentStub::UpdateOfficial, move)
      .Succeeds();

  registry::v1::CountCasesRequest count;
  count.mutable_filter()->set_campaign(world().campaign());
  const int64_t all =
      Clerk().Tries("counts the cases", &RegistryStub::CountCases, count).Succeeds().count();
  registry::v1::SearchCasesRequest search;
  search.set_full_name("丁戊己");
  const auto found = Clerk().Tries("searches", &RegistryStub::SearchCases, search).Succeeds();
  ASSERT_GE(found.cases_size(), 1);
  registry::v1::ListCaseNumbersRequest numbers;
  numbers.add_names(name);
  const auto numbered =
      Clerk().Tries("asks for the number", &RegistryStub::ListCaseNumbers, numbers).Succeeds();
  ASSERT_EQ(numbered.numbers_size(), 1);
  numbers.add_registration_numbers(numbered.numbers(0).registration_number());
  registry::v1::ListCasesRequest list;
  *list.mutable_filter() = count.filter();
  const Who walled[] = {
      Somebody("a colleague in the accused unit", "officials/colleague", kAccusedUnit,
               {ROLE_OFFICE_CLERK}),
      Somebody("an accused member", kAccused, kAccusedUnit, {ROLE_OFFICE_CLERK}),
      Somebody("a former member, in the office now", "officials/former-member", kOffice,
               {ROLE_OFFICE_CLERK}),
      Somebody("somebody of no unit", "officials/unbound", "", {ROLE_OFFICE_CLERK})};
  for (const Who& who : walled) {
    who.Tries("opens the case", &RegistryStub::GetCase, Open(name))
        .IsRefused(StatusCode::kNotFound)
        .LooksLike(who.Tries("opens a case that there is not", &RegistryStub::GetCase,
                             Open("cases/01890000-0000-7000-8000-000000000000")));
    EXPECT_EQ(who.Tries("asks for the case by its number", &RegistryStub::ListCaseNumbers, numbers)
                  .Succeeds()
                  .numbers_size(),
              0);
    EXPECT_LT(who.Tries("counts the cases", &RegistryStub::CountCases, count).Succeeds().count(),
              all);
    const auto hits = who.Tries("searches", &RegistryStub::SearchCases, search).Succeeds();
    for (const auto& file : hits.cases()) EXPECT_NE(file.name(), name);
    // Page by page: each is full, and none of nothing follows the last.
    list.set_page_size(1);
    list.clear_page_token();
    do {
      const auto page = who.Tries("lists the cases", &RegistryStub::ListCases, list).Succeeds();
      ASSERT_EQ(page.cases_size(), 1);
      EXPECT_NE(page.cases(0).name(), name);
      std::string token;
      ASSERT_TRUE(absl::WebSafeBase64Unescape(page.next_page_token(), &token));
      EXPECT_EQ(token.find("cases/"), std::string::npos);
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty());
  }
}

TEST_F(Invariant6, TheHeadOfTheAccusedsUnitIsWalledOffAndTheUnitNeverResponsible) {
  const std::string name = Registered({kAccused});
  Somebody("the head of the accused's unit", "officials/chief", kAccusedUnit,
           {ROLE_OFFICE_CLERK, ROLE_UNIT_HEAD})
      .Tries("opens the case", &RegistryStub::GetCase, Open(name))
      .IsRefused(StatusCode::kNotFound);
  assignment::v1::AssignCaseRequest assign;
  assign.set_case_name(name);
  assign.set_lead(kLead);
  assign.set_officer(kAccused);
  assign.set_unit(kAccusedUnit);
  *assign.mutable_assigned_on() = On(4, 10);
  Clerk()
      .Tries("makes the accused's unit responsible", &AssignmentStub::AssignCase, assign)
      .IsRefused(StatusCode::kFailedPrecondition)
      .Naming("may be given no part in this case");
}

TEST_F(Invariant6, TheCountyPlatformReadsNoAccusationWithoutAUnitOfItsOwn) {
  const std::string name = Registered({kAccused});
  Somebody("a platform's user without a unit", "officials/platform", "", {ROLE_OFFICE_HEAD},
           "430626")
      .Tries("opens the case", &RegistryStub::GetCase, Open(name))
      .IsRefused(StatusCode::kNotFound);
}

TEST_F(Invariant6, PagingTheDutiesTellsTheAccusedNothing) {
  const std::string name = Registered({kAccused});
  const Who accused =
      Somebody("the accused, in the office", kAccused, kOffice, {ROLE_OFFICE_CLERK});
  assignment::v1::ListDueRequest due;
  due.set_unit(kOffice);
  due.set_page_size(1);
  do {
    const auto page = accused.Tries("lists what is due", &AssignmentStub::ListDue, due).Succeeds();
    if (page.duties_size() == 0) break;  // nothing at all: the only page
    EXPECT_NE(base::RootName(page.duties(0).subject()), name);
    std::string token;
    ASSERT_TRUE(absl::WebSafeBase64Unescape(page.next_page_token(), &token));
    EXPECT_EQ(token.find("cases/"), std::string::npos);
    if (page.next_page_token().empty()) break;
    due.set_page_token(page.next_page_token());
    // Another caller cannot use the token.
    Clerk()
        .Tries("uses somebody else's page token", &AssignmentStub::ListDue, due)
        .IsRefused(StatusCode::kInvalidArgument);
  } while (true);
  supervision::v1::ListStatusesRequest statuses;
  statuses.mutable_on_behalf_of()->set_official("officials/clerk");
  statuses.mutable_on_behalf_of()->set_unit(kOffice);
  statuses.mutable_on_behalf_of()->set_region_code(kTownship);
  statuses.mutable_on_behalf_of()->add_roles(ROLE_OFFICE_CLERK);
  statuses.set_permission("due.list");
  accused.Tries("asks in somebody else's name", &SupervisionStub::ListStatuses, statuses)
      .IsRefused(StatusCode::kInvalidArgument);
}

TEST_F(Invariant6, ARepeatedRequestShowsNothingToWhoeverHasLostAccess) {
  registry::v1::RegisterCaseRequest request = Accusation({kAccused});
  request.set_request_id("0189aaaa-0000-7000-8000-000000000001");
  const std::string name =
      Clerk()
          .Tries("registers an accusation", &RegistryStub::RegisterCase, request)
          .Succeeds()
          .case_file()
          .name();
  const auto again = Somebody("the clerk, who serves another township now", "officials/clerk",
                              "units/other-office", {ROLE_OFFICE_CLERK}, "430626999")
                         .Tries("repeats the registration", &RegistryStub::RegisterCase, request)
                         .Succeeds();
  EXPECT_EQ(again.case_file().name(), name);
  EXPECT_FALSE(again.case_file().etag().empty());
  EXPECT_EQ(again.case_file().claims_size(), 0);
  EXPECT_TRUE(again.case_file().registration_number().empty());
  EXPECT_TRUE(again.round().claims().empty());
}

TEST_F(Invariant6, AWrongRegistrationIsTakenBackByTwo) {
  const std::string name = Registered({kAccused});
  const auto file =
      Clerk().Tries("opens the case", &RegistryStub::GetCase, Open(name)).Succeeds().case_file();
  registry::v1::RegisterCaseRequest anew = world().NewCase();
  anew.clear_new_petitioner();
  anew.set_petitioner(file.petitioner());
  const std::string replacement =
      Clerk()
          .Tries("registers it as what it is", &RegistryStub::RegisterCase, anew)
          .Succeeds()
          .case_file()
          .name();
  registry::v1::ProposeRevocationRequest propose;
  propose.set_name(name);
  propose.set_replaced_by(replacement);
  propose.set_reason("登记类别有误");
  registry::v1::DecideRevocationRequest decide;
  decide.set_name(name);
  decide.set_approve(true);
  Clerk().Tries("proposes to take it back", &RegistryStub::ProposeRevocation, propose).Succeeds();
  Clerk()
      .Tries("decides on the own proposal", &RegistryStub::DecideRevocation, decide)
      .IsRefused(StatusCode::kPermissionDenied);
  Somebody("the same person with a head's token", "officials/clerk", kOffice, {ROLE_OFFICE_HEAD})
      .Tries("decides on the own proposal", &RegistryStub::DecideRevocation, decide)
      .IsRefused(StatusCode::kFailedPrecondition, "REVOCATION_TAKES_TWO");
  Head().Tries("decides", &RegistryStub::DecideRevocation, decide).Succeeds();
  registry::v1::ReopenCaseRequest reopen;
  reopen.set_name(name);
  reopen.set_reason(facts::v1::REOPEN_REASON_NEW_EVIDENCE);
  Clerk()
      .Tries("reopens what was taken back", &RegistryStub::ReopenCase, reopen)
      .IsRefused(StatusCode::kFailedPrecondition, "CASE_STATE");
}

TEST_F(Invariant6, WhoIsOfAnotherRegionCannotTellThatACaseExistsAndChangesNothingThere) {
  const std::string name = Grievance();
  const Who stranger = Somebody("a clerk of another township", "officials/stranger",
                                "units/other-office", {ROLE_OFFICE_CLERK}, "430626999");
  stranger.Tries("opens the case", &RegistryStub::GetCase, Open(name))
      .IsRefused(StatusCode::kNotFound)
      .LooksLike(stranger.Tries("opens a case that there is not", &RegistryStub::GetCase,
                                Open("cases/01890000-0000-7000-8000-000000000000")));
  const Who head = Somebody("a head of another county", "officials/other-head",
                            "units/other-office", {ROLE_OFFICE_HEAD}, "110101");
  registry::v1::GetCampaignRequest get;
  get.set_name(world().campaign());
  registry::v1::GetPlanRevisionRequest plan;
  plan.set_name(world().campaign() + "/planRevisions/1");
  registry::v1::CreatePlanRevisionRequest revise;
  revise.set_campaign(world().campaign());
  revise.set_plan_text(Clerk()
                           .Tries("reads the plan", &RegistryStub::GetPlanRevision, plan)
                           .Succeeds()
                           .plan_revision()
                           .text());
  head.Tries("loads a plan revision", &RegistryStub::CreatePlanRevision, revise)
      .IsRefused(StatusCode::kInvalidArgument);
  registry::v1::RegisterCaseRequest elsewhere = world().NewCase();
  elsewhere.set_region_code("430626999");
  Somebody("a clerk of another township", "officials/stranger", "units/other-office",
           {ROLE_OFFICE_CLERK}, "430626999")
      .Tries("registers a case of their region in this campaign", &RegistryStub::RegisterCase,
             elsewhere)
      .IsRefused(StatusCode::kInvalidArgument)
      .Naming("region_code");
}

}  // namespace
}  // namespace redress::testing

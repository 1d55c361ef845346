// Accusations: whom the wall keeps out, who may raise it, and how a wrong registration is taken
// back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/registry/rules.h"
#include "tests/unit/registry_case.h"

namespace redress::registry {
namespace {

using testing::By;
using testing::Case;
using ::testing::ElementsAre;
using testing::FieldsOf;
using ::testing::IsEmpty;
using testing::KindsOf;
using testing::ReasonOf;
using testing::SubjectsOf;
using testing::Text;
using ::testing::UnorderedElementsAre;

// Hashes that can be read, and tell keys from those accused.
const rules::WallHashes kHashes = {[](std::string_view key) { return "k:" + std::string(key); },
                                   [](std::string_view who) { return "a:" + std::string(who); }};

auth::Identity Clerk(const std::string& unit = "units/office") {
  auth::Identity clerk;
  clerk.official = clerk.subject = "officials/clerk";
  clerk.unit = unit;
  clerk.region = "430626103";
  clerk.roles = {types::v1::ROLE_OFFICE_CLERK};
  return clerk;
}

constexpr char kOffices[] = " offices: 'units/office' offices: 'units/county-office' ";
constexpr char kVillage[] =
    "accused { name: 'units/village' registered: true members: 'officials/a'"
    " members: 'officials/gone' } ";
constexpr char kOfficial[] =
    "accused { name: 'officials/x' registered: true unit: 'units/town' leaders: 'officials/mayor' "
    "} ";

absl::StatusOr<v1::CaseAccess> Wall(const std::string& resolved,
                                    const auth::Identity& caller = Clerk(),
                                    const v1::CaseAccess& access = {}) {
  return rules::WallOff(access, Text<assignment::v1::ResolveAccusedResponse>(resolved), "accused",
                        caller, kHashes);
}

TEST(WallTest, IsResolvedToPeopleAndNamesNobody) {
  const auto walled = Wall(std::string(kVillage) + kOfficial + kOffices);
  ASSERT_TRUE(walled.ok()) << walled.status();
  // The unit with whoever was of it, the person, the heads of their unit, and the unbound.
  EXPECT_THAT(
      walled->walled(),
      UnorderedElementsAre("k:unbound", "k:units/village", "k:officials/a", "k:officials/gone",
                           "k:officials/x", "k:heads/town", "k:officials/mayor"));
  EXPECT_THAT(walled->accused(), UnorderedElementsAre("a:units/village", "a:officials/x"));
  // Once more adds nothing.
  EXPECT_EQ(Wall(std::string(kVillage) + kOffices, Clerk(), *walled)->walled_size(),
            walled->walled_size());
  // Nobody of the register: walled off from the unbound all the same.
  EXPECT_THAT(Wall(kOffices)->walled(), ElementsAre("k:unbound"));
}

TEST(WallTest, WhoeverIsAccusedIsInTheRegister) {
  const auto refused =
      Wall(std::string("accused { name: 'officials/nobody-at-all' } ") + kVillage + kOffices);
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre("accused"));
}

// The lead who hid his case from everybody, and its like: some office must go on seeing the case.
TEST(WallTest, NoWallShutsEveryOfficeOut) {
  constexpr char kOffice[] = "accused { name: 'units/office' registered: true } ";
  constexpr char kClerk[] =
      "accused { name: 'officials/clerk-2' registered: true unit: 'units/office' } ";
  constexpr char kCounty[] = "accused { name: 'units/county-office' registered: true } ";
  auth::Identity machine;
  machine.kind = auth::Identity::Kind::kMachine;
  machine.region = "430626";
  const struct {
    std::string resolved;
    auth::Identity caller;
    bool refused;
  } kTable[] = {
      {std::string(kVillage) + kOffices, Clerk(), false},
      {std::string(kVillage) + "offices: 'units/office'", Clerk(), false},
      // There is no office at all.
      {kVillage, Clerk(), true},
      // The one that there is is accused, or somebody of it.
      {std::string(kOffice) + "offices: 'units/office'", Clerk(), true},
      {std::string(kOffice) + "offices: 'units/office'", machine, true},
      {std::string(kClerk) + "offices: 'units/office'", Clerk(), true},
      // The superior organ registers it, not the office that is accused.
      {std::string(kOffice) + kOffices, Clerk(), true},
      {std::string(kClerk) + kOffices, Clerk(), true},
      {std::string(kOffice) + kOffices, Clerk("units/county-office"), false},
      {std::string(kOffice) + kOffices, machine, false},
      {std::string(kCounty) + kOffices, Clerk(), false},
      {std::string(kOffice) + kCounty + kOffices, machine, true},
      // Whoever calls as of no office, or of none that there is.
      {std::string(kVillage) + kOffices, Clerk("units/land-station"), true},
      {std::string(kVillage) + kOffices, Clerk(""), true},
  };
  for (const auto& row : kTable) {
    const auto walled = Wall(row.resolved, row.caller);
    EXPECT_EQ(ReasonOf(walled.status()), row.refused ? "WALL_LEAVES_NO_OFFICE" : "")
        << row.resolved << " by " << row.caller.unit;
  }
  // Whoever was of the accused unit once, and is of the office now.
  auth::Identity former = Clerk();
  former.official = "officials/gone";
  EXPECT_EQ(ReasonOf(Wall(std::string(kVillage) + kOffices, former).status()),
            "WALL_LEAVES_NO_OFFICE");
}

TEST(WallTest, APartIsHandedOverFirst) {
  v1::CaseAccess access = Text<v1::CaseAccess>(
      "name: 'cases/1' responsible_unit: 'units/town'"
      " participants { official: 'officials/a' part: PART_LEAD }");
  EXPECT_THAT(SubjectsOf(Wall(std::string(kVillage) + kOffices, Clerk(), access).status()),
              ElementsAre("officials/a"));
  // The unit of somebody accused is never responsible.
  EXPECT_THAT(SubjectsOf(Wall(std::string(kOfficial) + kOffices, Clerk(), access).status()),
              ElementsAre("units/town"));
}

TEST(WallTest, GrowsWithWhoeverJoins) {
  const v1::CaseAccess access = *Wall(std::string(kVillage) + kOfficial + kOffices);
  const auto added = [&](const std::string& request) {
    const v1::CaseAccess next =
        rules::WallOffMember(access, Text<v1::RecordMembershipRequest>(request), kHashes);
    return std::vector<std::string>(next.walled().begin() + access.walled_size(),
                                    next.walled().end());
  };
  // Who joins the accused unit, or leaves it.
  EXPECT_THAT(added("official: 'officials/new' units: 'units/village'"),
              ElementsAre("k:officials/new"));
  EXPECT_THAT(added("official: 'officials/new' units: 'units/village' units: 'units/else'"),
              ElementsAre("k:officials/new"));
  EXPECT_THAT(added("official: 'officials/new' units: 'units/else'"), IsEmpty());
  // Who becomes a leader where somebody accused is; where somebody accused goes.
  EXPECT_THAT(added("official: 'officials/new' units: 'units/town' principal_leader: true"),
              ElementsAre("k:officials/new"));
  EXPECT_THAT(added("official: 'officials/new' units: 'units/town'"), IsEmpty());
  EXPECT_THAT(added("official: 'officials/x' units: 'units/town' units: 'units/next'"
                    " leaders: 'officials/chief'"),
              ElementsAre("k:heads/next", "k:officials/chief"));
  // A member of the accused unit is not accused: their new heads are not walled off.
  EXPECT_THAT(added("official: 'officials/a' units: 'units/village' units: 'units/next'"
                    " leaders: 'officials/chief'"),
              IsEmpty());
}

TEST(WallTest, BarsFromParts) {
  v1::CaseAccess access = *Wall(std::string(kVillage) + kOfficial + kOffices);
  access.add_recused("officials/r");
  const struct {
    const char* candidate;
    bool barred;
  } kTable[] = {
      {"official: 'officials/x' unit: 'units/else'", true},
      {"official: 'officials/gone' unit: 'units/else'", true},
      {"official: 'officials/r' unit: 'units/else'", true},
      {"official: 'officials/new' unit: 'units/village'", true},
      {"official: 'officials/new' unit: 'units/town' may_lead: true", true},
      {"official: 'officials/new' unit: 'units/town'", false},
      {"official: 'officials/new' unit: 'units/else'", false},
      {"unit: 'units/village'", true},
      {"unit: 'units/town'", true},
      {"unit: 'units/else'", false},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(rules::IsBarred(access, Text<v1::Candidate>(row.candidate), kHashes.key), row.barred)
        << row.candidate;
  }
}

TEST(EarliestActTest, IsUnknownWhereOneIs) {
  const auto day = [](const std::string& claims) {
    return rules::EarliestAct(Text<v1::RegisterCaseRequest>(claims)).day();
  };
  const std::string third = "act_on { year: 2018 month: 6 day: 3 } }";
  const std::string first = "act_on { year: 2018 month: 6 day: 1 } }";
  EXPECT_EQ(day("claims { accused: 'units/a' " + third), 3);
  EXPECT_EQ(day("claims { accused: 'units/a' " + third + " claims { accused: 'units/b' " + first),
            1);
  EXPECT_EQ(day("claims { accused: 'units/a' " + third + " claims { accused: 'units/b' }"), 0);
  EXPECT_EQ(day("claims { accused: 'units/a' " + third + " claims { accused: 'officials/b' }"), 3);
}

v1::Case Accusation(const std::string& more = "") {
  v1::Case file = Case(more);
  for (v1::Claim& claim : *file.mutable_claims()) {
    claim.set_kind(types::v1::CLAIM_KIND_ACCUSATION);
  }
  file.mutable_registered_by()->set_official("officials/registrar");
  return file;
}

v1::Case Replacement(const std::string& petitioner = "petitioners/1") {
  v1::Case file = Case();
  file.set_name("cases/2");
  file.set_petitioner(petitioner);
  return file;
}

v1::ProposeRevocationRequest Propose() {
  return Text<v1::ProposeRevocationRequest>(
      "name: 'cases/1' replaced_by: 'cases/2' reason: '登记有误'");
}

constexpr rules::Replacement kGoesOn{.goes_on = true};

TEST(RevocationTest, TakesTwoPersonsAndAReplacement) {
  const v1::Case replacement = Replacement();
  const auto proposed = rules::ProposeRevocation(Accusation(), Propose(), &replacement, By());
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_THAT(proposed->facts, IsEmpty());
  EXPECT_EQ(
      ReasonOf(
          rules::ProposeRevocation(proposed->resource, Propose(), &replacement, By()).status()),
      "REVOCATION_PROPOSED");
  const auto approve = Text<v1::DecideRevocationRequest>("name: 'cases/1' approve: true");
  for (const char* one : {"officials/clerk", "officials/registrar"}) {
    EXPECT_EQ(
        ReasonOf(rules::DecideRevocation(proposed->resource, approve, kGoesOn, By(one)).status()),
        "REVOCATION_TAKES_TWO");
  }
  EXPECT_EQ(ReasonOf(rules::DecideRevocation(proposed->resource, approve, rules::Replacement(),
                                             By("officials/head"))
                         .status()),
            "REPLACEMENT_CLOSED");
  // One person with two posts is one person.
  v1::Case by_account = proposed->resource;
  by_account.mutable_revocation()->mutable_proposed_by()->set_person(std::string(32, 'a'));
  rules::Context same = By("officials/head");
  same.actor.set_person(std::string(32, 'a'));
  EXPECT_EQ(ReasonOf(rules::DecideRevocation(by_account, approve, kGoesOn, same).status()),
            "REVOCATION_TAKES_TWO");
  const auto revoked =
      rules::DecideRevocation(proposed->resource, approve, kGoesOn, By("officials/head"));
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->resource.state(), types::v1::CASE_STATE_CLOSED);
  EXPECT_EQ(revoked->resource.entry_criterion(), types::v1::ENTRY_CRITERION_UNSPECIFIED);
  EXPECT_THAT(KindsOf(revoked->facts), ElementsAre(facts::v1::FACT_KIND_REGISTRATION_REVOKED));
  EXPECT_EQ(revoked->facts[0].registration_revoked().proposed_by().official(), "officials/clerk");
  // It is over: nothing is recorded on it, and it is not reopened.
  EXPECT_EQ(ReasonOf(rules::ReopenCase(revoked->resource, {}, By()).status()), "CASE_STATE");
  EXPECT_EQ(
      ReasonOf(
          rules::DecideRevocation(revoked->resource, approve, kGoesOn, By("officials/h")).status()),
      "NO_REVOCATION");

  const auto turned_down = rules::DecideRevocation(
      proposed->resource, Text<v1::DecideRevocationRequest>("name: 'cases/1'"), kGoesOn,
      By("officials/head"));
  ASSERT_TRUE(turned_down.ok());
  EXPECT_FALSE(turned_down->resource.has_revocation());
  EXPECT_THAT(turned_down->facts, IsEmpty());
}

TEST(RevocationTest, IsForAccusationsAndLosesNothing) {
  const v1::Case replacement = Replacement();
  EXPECT_EQ(ReasonOf(rules::ProposeRevocation(Case(), Propose(), &replacement, By()).status()),
            "NOT_AN_ACCUSATION");
  const v1::Case somebody_elses = Replacement("petitioners/9");
  const v1::Case itself = Accusation();
  v1::Case closed = Replacement();
  closed.set_state(types::v1::CASE_STATE_CLOSED);
  v1::Case taken_back = Replacement();
  taken_back.mutable_revocation()->set_reason("x");
  for (const v1::Case* other :
       {static_cast<const v1::Case*>(nullptr), &somebody_elses, &itself,
        static_cast<const v1::Case*>(&closed), static_cast<const v1::Case*>(&taken_back)}) {
    EXPECT_THAT(FieldsOf(rules::ProposeRevocation(Accusation(), Propose(), other, By()).status()),
                ElementsAre("replaced_by"));
  }
  EXPECT_EQ(ReasonOf(rules::DecideRevocation(Accusation(), {}, kGoesOn, By()).status()),
            "NO_REVOCATION");
}

}  // namespace
}  // namespace redress::registry

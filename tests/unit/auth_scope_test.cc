#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/auth/case_scope.h"
#include "common/auth/permissions.h"
#include "common/status/concealed.h"
#include "common/status/error.h"

namespace redress::auth {
namespace {

namespace t = redress::types::v1;

constexpr char kRegion[] = "411625103";
constexpr char kUnit[] = "units/land";
constexpr char kMe[] = "officials/me";

Identity Person(std::vector<Role> roles) {
  Identity identity;
  identity.subject = "me";
  identity.official = kMe;
  identity.unit = "units/mine";
  identity.region = "411625103";
  identity.roles = std::move(roles);
  return identity;
}

AccessRow Row() {
  AccessRow row;
  row.case_name = "cases/1";
  row.region_code = kRegion;
  row.responsible_unit = kUnit;
  return row;
}

AccessRow RowWithMe(Part part) {
  AccessRow row = Row();
  row.participants = {{"officials/other", t::PART_LEAD}, {kMe, part}};
  return row;
}

AccessReason Reason(const Identity& identity, std::string_view permission, const AccessRow& row) {
  return Decide(identity, permission, row).reason;
}

TEST(CaseScopeTest, OfficeSeesItsRegion) {
  for (Role role : {t::ROLE_OFFICE_CLERK, t::ROLE_OFFICE_HEAD}) {
    Identity me = Person({role});
    const struct {
      const char* mine;
      const char* of_case;
      bool allowed;
    } kCases[] = {
        {"411625103", "411625103", true},
        {"411625103", "411625103201", true},
        {"411625", "411625103", true},
        {"411600", "411625103", true},
        {"411625000", "411625103", true},
        {"411625103000", "411625103201", true},
        {"410000", "411625103", true},
        {"411625103", "411625104", false},
        {"411625103201", "411625103", false},
        {"411625103", "411625", false},
        {"", "411625103", false},
        {"4", "411625103", false},
        {"4116251", "411625103", false},
        {"41162510x", "411625103", false},
        {"000000", "411625103", false},
        {"411625103", "", false},
        {"%", "411625103", false},
    };
    for (const auto& c : kCases) {
      me.region = c.mine;
      AccessRow row = Row();
      row.region_code = c.of_case;
      EXPECT_EQ(Reason(me, "cases.get", row),
                c.allowed ? AccessReason::kAllowed : AccessReason::kNotFound)
          << c.mine << " " << c.of_case;
      EXPECT_EQ(RegionCovers(c.mine, c.of_case), c.allowed);
    }
  }
}

TEST(CaseScopeTest, LeadAndOfficerOnlyWhereTheyTakePart) {
  struct Expectation {
    Role role;
    Part part;
    std::string_view permission;
    AccessReason reason;
  };
  const Expectation kCases[] = {
      {t::ROLE_LEAD, t::PART_LEAD, "claims.appraise", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_LEAD, "cases.get", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_LEAD, "visits.record", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_LEAD, "handovers.offer", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_LEAD, "handovers.accept", AccessReason::kPartInsufficient},
      // A lead official in somebody else's case works there as a member.
      {t::ROLE_LEAD, t::PART_TASK_FORCE, "claims.appraise", AccessReason::kPartInsufficient},
      {t::ROLE_LEAD, t::PART_TASK_FORCE, "visits.record", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_OFFICER, "claims.investigate", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_ASSISTANCE, "cases.get", AccessReason::kPartInsufficient},
      // The offer may be answered; the case stays shut until then.
      {t::ROLE_LEAD, t::PART_OFFERED, "handovers.accept", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_OFFERED, "handovers.decline", AccessReason::kAllowed},
      {t::ROLE_LEAD, t::PART_OFFERED, "handovers.offer", AccessReason::kPartInsufficient},
      {t::ROLE_LEAD, t::PART_OFFERED, "cases.get", AccessReason::kPartInsufficient},
      {t::ROLE_LEAD, t::PART_OFFERED, "petitioners.get", AccessReason::kPartInsufficient},
      {t::ROLE_CASE_OFFICER, t::PART_OFFICER, "claims.investigate", AccessReason::kAllowed},
      {t::ROLE_CASE_OFFICER, t::PART_TASK_FORCE, "cases.get", AccessReason::kAllowed},
      {t::ROLE_CASE_OFFICER, t::PART_OFFICER, "claims.appraise", AccessReason::kPermissionDenied},
      {t::ROLE_CASE_OFFICER, t::PART_LEAD, "cases.get", AccessReason::kPartInsufficient},
      {t::ROLE_CASE_OFFICER, t::PART_OFFERED, "handovers.accept", AccessReason::kAllowed},
      {t::ROLE_CASE_OFFICER, t::PART_OFFERED, "cases.get", AccessReason::kPartInsufficient},
      {t::ROLE_ASSISTANCE_STAFF, t::PART_ASSISTANCE, "surveys.record", AccessReason::kAllowed},
      {t::ROLE_ASSISTANCE_STAFF, t::PART_TASK_FORCE, "assistance.plan", AccessReason::kAllowed},
      {t::ROLE_ASSISTANCE_STAFF, t::PART_ASSISTANCE, "cases.get", AccessReason::kAllowed},
      {t::ROLE_ASSISTANCE_STAFF, t::PART_ASSISTANCE, "due.list", AccessReason::kPartInsufficient},
      {t::ROLE_ASSISTANCE_STAFF, t::PART_ASSISTANCE, "visits.get", AccessReason::kPermissionDenied},
      {t::ROLE_ASSISTANCE_STAFF, t::PART_OFFICER, "cases.get", AccessReason::kPartInsufficient},
      {t::ROLE_INSPECTOR, t::PART_LEAD, "petitioners.get", AccessReason::kPermissionDenied},
      {t::ROLE_OPERATOR, t::PART_LEAD, "cases.get", AccessReason::kPermissionDenied},
      {t::ROLE_AUDITOR, t::PART_LEAD, "cases.get", AccessReason::kPermissionDenied},
  };
  for (const auto& c : kCases) {
    const Identity me = Person({c.role});
    EXPECT_EQ(Reason(me, c.permission, RowWithMe(c.part)), c.reason)
        << t::Role_Name(c.role) << " " << t::Part_Name(c.part) << " " << c.permission;
  }
  // Not taking part at all: as if there were no case.
  for (Role role : {t::ROLE_LEAD, t::ROLE_CASE_OFFICER, t::ROLE_ASSISTANCE_STAFF}) {
    EXPECT_EQ(Reason(Person({role}), "cases.get", Row()), AccessReason::kNotFound);
  }
}

TEST(CaseScopeTest, UnitHeadSeesTheirUnitsCases) {
  Identity me = Person({t::ROLE_UNIT_HEAD});
  EXPECT_EQ(Reason(me, "rounds.issueOpinion", Row()), AccessReason::kNotFound);
  me.unit = kUnit;
  EXPECT_EQ(Reason(me, "rounds.issueOpinion", Row()), AccessReason::kAllowed);
  AccessRow unassigned = Row();
  unassigned.responsible_unit = "";
  EXPECT_EQ(Reason(me, "cases.get", unassigned), AccessReason::kNotFound);
  me.unit = "";
  EXPECT_EQ(Reason(me, "cases.get", unassigned), AccessReason::kNotFound);
}

TEST(CaseScopeTest, UnitHeadAnswersAnOfferToTheUnit) {
  const Identity me = Person({t::ROLE_UNIT_HEAD});
  AccessRow row = Row();
  row.participants = {{"units/mine", t::PART_OFFERED}};
  EXPECT_EQ(Reason(me, "handovers.accept", row), AccessReason::kAllowed);
  EXPECT_EQ(Reason(me, "cases.get", row), AccessReason::kNotFound);
  EXPECT_EQ(Reason(Person({t::ROLE_LEAD}), "handovers.accept", row), AccessReason::kNotFound);
  row.participants = {{"units/other", t::PART_OFFERED}};
  EXPECT_EQ(Reason(me, "handovers.accept", row), AccessReason::kNotFound);
}

TEST(CaseScopeTest, MachinesReachWhatIsTheirs) {
  Identity service;
  service.kind = Identity::Kind::kMachine;
  service.subject = "service/visits";
  service.roles = {t::ROLE_SERVICE};
  EXPECT_TRUE(Decide(service, "access.check", Row()).allowed());
  EXPECT_TRUE(Decide(service, "facts.list", Row()).allowed());
  EXPECT_EQ(Reason(service, "cases.get", Row()), AccessReason::kPermissionDenied);

  Identity county;
  county.kind = Identity::Kind::kMachine;
  county.roles = {t::ROLE_COUNTY_PLATFORM};
  county.region = "411625";
  EXPECT_TRUE(Decide(county, "facts.watch", Row()).allowed());
  county.region = "411626";
  EXPECT_EQ(Reason(county, "facts.watch", Row()), AccessReason::kNotFound);
  // Empty names in a row must not meet the empty names of a machine.
  AccessRow odd = Row();
  odd.participants = {{"", t::PART_LEAD}};
  odd.walled = {""};
  odd.recused = {""};
  EXPECT_TRUE(Decide(service, "facts.list", odd).allowed());
}

// Every role, every permission: the wall hides, the recusal denies.
TEST(CaseScopeTest, TheWallAndRecusalHoldForEverybody) {
  for (int r = t::Role_MIN + 1; r <= t::Role_MAX; ++r) {
    const Role role = static_cast<Role>(r);
    for (const Permission& permission : AllPermissions()) {
      for (int p = t::Part_MIN + 1; p <= t::Part_MAX; ++p) {
        Identity me = Person({role});
        me.unit = kUnit;
        const AccessRow open = RowWithMe(static_cast<Part>(p));
        const AccessReason without = Reason(me, permission.name, open);

        for (const char* accused : {kMe, kUnit}) {
          AccessRow walled = open;
          walled.walled = {"officials/x", accused};
          walled.recused = {kMe};
          const AccessReason reason = Reason(me, permission.name, walled);
          // A service asks for a caller whom it has confirmed; nobody else is let through.
          AccessReason expected = AccessReason::kWalled;
          if (role == t::ROLE_SERVICE) {
            expected = without == AccessReason::kAllowed ? AccessReason::kRecused : without;
          }
          if (without == AccessReason::kPermissionDenied) expected = without;
          ASSERT_EQ(reason, expected) << t::Role_Name(role) << permission.name;
        }
        AccessRow recused = open;
        recused.recused = {kMe};
        ASSERT_EQ(Reason(me, permission.name, recused),
                  without == AccessReason::kAllowed ? AccessReason::kRecused : without)
            << t::Role_Name(role) << permission.name;
        ASSERT_TRUE(Decide(me, permission.name, recused).roles.empty());
      }
    }
  }
}

// Whom an accusation is kept from: the person, the unit, the heads of the unit of somebody accused,
// and whoever is bound to no unit, people and machines alike.
TEST(CaseScopeTest, TheWallKnowsPeopleUnitsHeadsAndTheUnbound) {
  AccessRow row = Row();
  row.region_code = "411625103";
  const auto sees = [&](const Identity& caller) {
    return Reason(caller, "cases.get", row) == AccessReason::kAllowed;
  };
  Identity clerk = Person({t::ROLE_OFFICE_CLERK});
  Identity head = Person({t::ROLE_OFFICE_HEAD});
  Identity county;
  county.kind = Identity::Kind::kMachine;
  county.subject = "county/411625";
  county.region = "411625";
  county.roles = {t::ROLE_COUNTY_PLATFORM};
  for (const Identity& each : {clerk, head, county}) EXPECT_TRUE(sees(each));

  row.walled = {"unbound"};
  EXPECT_TRUE(sees(clerk));
  EXPECT_FALSE(sees(county));
  county.unit = "units/county-office";
  EXPECT_TRUE(sees(county));
  clerk.unit = "";
  EXPECT_FALSE(sees(clerk));
  clerk.unit = "units/mine";

  row.walled = {"unbound", "units/county-office"};
  EXPECT_FALSE(sees(county));
  row.walled = {"unbound", HeadsKey("units/mine")};
  EXPECT_TRUE(sees(clerk));
  EXPECT_FALSE(sees(head));
  // Whoever holds both roles is the head all the same.
  clerk.roles.push_back(t::ROLE_OFFICE_HEAD);
  EXPECT_FALSE(sees(clerk));
}

// The same decision on keys that nobody can read.
TEST(CaseScopeTest, TheWallHoldsOnHashedKeys) {
  const WallHash hash = [](std::string_view key) { return "#" + std::string(key); };
  AccessRow row = Row();
  row.walled = {"#units/mine"};
  const Identity me = Person({t::ROLE_OFFICE_CLERK});
  EXPECT_EQ(Decide(me, "cases.get", row, hash).reason, AccessReason::kWalled);
  EXPECT_FALSE(Matches(FilterFor(me, "cases.get", hash), row));
  EXPECT_TRUE(Decide(me, "cases.get", row).allowed());
}

// Lists filter by the predicate that single reads decide by.
TEST(CaseScopeTest, FilterAndDecisionAgree) {
  std::vector<AccessRow> rows = {Row()};
  for (int p = t::Part_MIN + 1; p <= t::Part_MAX; ++p) {
    rows.push_back(RowWithMe(static_cast<Part>(p)));
    AccessRow unit = Row();
    unit.participants = {{"units/mine", static_cast<Part>(p)}};
    rows.push_back(unit);
  }
  const size_t plain = rows.size();
  for (size_t i = 0; i < plain; ++i) {
    AccessRow row = rows[i];
    row.responsible_unit = "units/mine";
    rows.push_back(row);
    row.region_code = "420000";
    rows.push_back(row);
    row.recused = {kMe};
    rows.push_back(row);
    row.recused = {};
    row.walled = {"units/mine"};
    rows.push_back(row);
  }
  int allowed = 0;
  for (int a = t::Role_MIN; a <= t::Role_MAX; ++a) {
    for (int b = t::Role_MIN; b <= t::Role_MAX; ++b) {
      const Identity me = Person({static_cast<Role>(a), static_cast<Role>(b)});
      for (const Permission& permission : AllPermissions()) {
        const CaseFilter filter = FilterFor(me, permission.name);
        for (const AccessRow& row : rows) {
          const Decision decision = Decide(me, permission.name, row);
          ASSERT_EQ(decision.allowed(), Matches(filter, row));
          ASSERT_EQ(decision.allowed(), !decision.roles.empty());
          if (filter.none()) {
            ASSERT_FALSE(decision.allowed());
          }
          allowed += decision.allowed();
        }
      }
      EXPECT_TRUE(FilterFor(me, "no.such").none());
    }
  }
  EXPECT_GT(allowed, 1000);
}

// A role held elsewhere must not unmask a case seen through another.
TEST(CaseScopeTest, NamesTheRolesThatReach) {
  const Identity me = Person({t::ROLE_LEAD, t::ROLE_INSPECTOR});
  EXPECT_EQ(Decide(me, "cases.get", Row()).roles, RoleSet{t::ROLE_INSPECTOR});
  EXPECT_EQ(Decide(me, "cases.get", RowWithMe(t::PART_LEAD)).roles,
            (RoleSet{t::ROLE_INSPECTOR, t::ROLE_LEAD}));
}

TEST(CaseScopeTest, StatusesDoNotTellMoreThanTheyShould) {
  const auto status = [](AccessReason reason) {
    Decision decision;
    decision.reason = reason;
    return ToStatus(decision, "cases.get");
  };
  EXPECT_TRUE(status(AccessReason::kAllowed).ok());
  // What a client gets is the very status of a row that does not exist; the audit log gets the
  // truth.
  for (const auto& [reason, truth] : {std::pair{AccessReason::kNotFound, "OUT_OF_REACH"},
                                      std::pair{AccessReason::kWalled, "WALLED"}}) {
    const absl::Status told = status(reason);
    EXPECT_EQ(told.ToString(absl::StatusToStringMode::kWithNoExtraData),
              status::NotFound("case").ToString(absl::StatusToStringMode::kWithNoExtraData));
    EXPECT_EQ(status::DetailsOf(told).SerializeAsString(),
              status::DetailsOf(status::NotFound("case")).SerializeAsString());
    ASSERT_TRUE(status::ConcealedIn(told).has_value());
    EXPECT_EQ(status::ConcealedIn(told)->reason, truth);
  }
  EXPECT_FALSE(status::ConcealedIn(status::NotFound("case")).has_value());
  EXPECT_EQ(status(AccessReason::kPermissionDenied), status::Denied("cases.get"));
  EXPECT_EQ(status::ReasonOf(status(AccessReason::kRecused)), "RECUSED");
  EXPECT_EQ(status::ReasonOf(status(AccessReason::kPartInsufficient)), "PART_INSUFFICIENT");
  EXPECT_EQ(status(AccessReason::kRecused).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(status(AccessReason::kPartInsufficient).code(), absl::StatusCode::kPermissionDenied);
}

TEST(CaseScopeTest, RegionPrefixes) {
  const struct {
    const char* code;
    const char* prefix;
  } kCases[] = {{"411625103201", "411625103201"},
                {"411625103000", "411625103"},
                {"411625000000", "411625"},
                {"411600", "4116"},
                {"410000", "41"},
                {"410000000000", "41"},
                {"411625100", "411625100"},
                {"41", "41"},
                {"00", ""},
                {"000000000000", ""},
                {"411", ""},
                {"", ""},
                {"4116251032011", ""},
                {"41-625", ""}};
  for (const auto& c : kCases) EXPECT_EQ(RegionPrefix(c.code), c.prefix) << c.code;
}

TEST(IdentityTest, ActorsNameThePermittingRole) {
  const Identity me = Person({t::ROLE_LEAD, t::ROLE_UNIT_HEAD});
  EXPECT_EQ(me.ToActor().role(), t::ROLE_LEAD);
  EXPECT_EQ(me.ToActor({t::ROLE_UNIT_HEAD}).role(), t::ROLE_UNIT_HEAD);
  EXPECT_EQ(me.ToActor().official(), kMe);
  EXPECT_EQ(me.ToActor().unit(), "units/mine");
  EXPECT_TRUE(me.Has(t::ROLE_LEAD));
  EXPECT_FALSE(me.Has(t::ROLE_OPERATOR));
  Identity machine;
  machine.kind = Identity::Kind::kMachine;
  machine.subject = "service/visits";
  machine.roles = {t::ROLE_SERVICE};
  EXPECT_EQ(machine.ToActor().official(), "service/visits");
}

}  // namespace
}  // namespace redress::auth

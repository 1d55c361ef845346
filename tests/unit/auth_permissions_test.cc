#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/auth/case_scope.h"
#include "common/auth/permissions.h"

namespace redress::auth {
namespace {

namespace t = redress::types::v1;

std::vector<Role> AllRoles() {
  std::vector<Role> roles;
  for (int i = t::Role_MIN; i <= t::Role_MAX; ++i) {
    if (t::Role_IsValid(i)) roles.push_back(static_cast<Role>(i));
  }
  return roles;
}

std::string ShortName(Role role) { return t::Role_Name(role).substr(5); }

std::string Padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string Trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string PrintReach(const Reach& reach) {
  std::vector<std::string> ways;
  if (reach.all) ways.push_back("all");
  if (reach.region) ways.push_back("region");
  if (reach.unit) ways.push_back("unit");
  for (Part part : reach.parts) {
    std::string name = t::Part_Name(part).substr(5);
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    ways.push_back(name);
  }
  if (reach.offered_unit) ways.push_back("offered-unit");
  return ways.empty() ? "." : absl::StrJoin(ways, ",");
}

std::string Print() {
  std::ostringstream out;
  out << "# Which role holds which permission. Columns: the role's number in "
         "redress.types.v1.Role.\n"
         "# p: a call about cases and personal data; c: about cases. Nobody may do what is not "
         "here.\n";
  for (Role role : AllRoles()) {
    if (role != t::ROLE_UNSPECIFIED) out << "#   " << role << " " << ShortName(role) << "\n";
  }
  std::string head = Padded("permission", 28) + "p ";
  for (Role role : AllRoles()) {
    if (role != t::ROLE_UNSPECIFIED) head += Padded(absl::StrCat(static_cast<int>(role)), 3);
  }
  out << "\n" << Trimmed(head);
  for (const Permission& permission : AllPermissions()) {
    std::string line =
        Padded(std::string(permission.name), 28) + (permission.personal()              ? "p "
                                                    : permission.about == About::kCase ? "c "
                                                                                       : ". ");
    for (Role role : AllRoles()) {
      if (role != t::ROLE_UNSPECIFIED) line += permission.roles.Has(role) ? "x  " : ".  ";
    }
    out << Trimmed(line);
  }
  out << "\n# Which cases a role reaches with a permission it holds: all; those of its region; "
         "those of\n"
         "# its unit; those where the official has one of the parts named; those offered to the "
         "unit.\n"
         "# Minus, always, cases where the official is recused, and cases where the official or "
         "the\n"
         "# unit is accused, which do not exist for them. '.' reaches no case.\n\n";
  for (const Permission& permission : AllPermissions()) {
    if (permission.about == About::kOrganisation) continue;
    out << permission.name << "\n";
    for (Role role : AllRoles()) {
      if (!permission.roles.Has(role)) continue;
      out << Trimmed("  " + Padded(ShortName(role), 18) +
                     PrintReach(ReachOf(role, permission.name)));
    }
  }
  return out.str();
}

TEST(PermissionsTest, Golden) {
  const std::string path = REDRESS_SOURCE_DIR "/tests/unit/golden/permissions.txt";
  const std::string actual = Print();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << actual;
  std::ifstream file(path);
  const std::string expected((std::istreambuf_iterator<char>(file)),
                             std::istreambuf_iterator<char>());
  EXPECT_EQ(actual, expected) << "if this is meant, run the test with UPDATE_GOLDEN=1 and review";
}

TEST(PermissionsTest, DeniesByDefault) {
  for (Role role : AllRoles()) {
    for (const char* unknown :
         {"", "cases", "cases.", "cases.delete", "Cases.get", "cases.get ", "zzz", "aaa"}) {
      EXPECT_FALSE(Permits(RoleSet{role}, unknown)) << unknown;
    }
  }
  for (const Permission& permission : AllPermissions()) {
    EXPECT_FALSE(Permits(RoleSet{}, permission.name));
    EXPECT_FALSE(Permits(RoleSet{t::ROLE_UNSPECIFIED}, permission.name));
    EXPECT_FALSE(Permits(std::vector<Role>{}, permission.name));
    EXPECT_FALSE(permission.roles.empty()) << permission.name;
    EXPECT_EQ(FindPermission(permission.name), &permission);
  }
}

Identity ServiceNamed(const std::string& name) {
  Identity identity;
  identity.kind = Identity::Kind::kMachine;
  identity.service = name;
  identity.roles = {t::ROLE_SERVICE};
  return identity;
}

TEST(PermissionsTest, AServiceMayWhatItsOwnRoleNeedsAndNoMore) {
  for (const char* service : {"registry", "visits", "assistance", "supervision", "", "intruder"}) {
    EXPECT_FALSE(Permits(ServiceNamed(service), "access.update")) << service;
  }
  EXPECT_TRUE(Permits(ServiceNamed("assignment"), "access.update"));
  EXPECT_TRUE(Permits(ServiceNamed("supervision"), "facts.watch"));
  EXPECT_FALSE(Permits(ServiceNamed("visits"), "facts.watch"));
  for (const Permission& permission : AllPermissions()) {
    EXPECT_FALSE(Permits(ServiceNamed("intruder"), permission.name)) << permission.name;
    for (const char* service : {"registry", "assignment", "visits", "assistance", "supervision"}) {
      if (Permits(ServiceNamed(service), permission.name)) {
        EXPECT_FALSE(permission.personal()) << service << " " << permission.name;
      }
    }
    // A person holds what their roles hold.
    Identity person;
    person.roles = {t::ROLE_OFFICE_HEAD};
    EXPECT_EQ(Permits(person, permission.name), permission.roles.Has(t::ROLE_OFFICE_HEAD));
  }
}

TEST(PermissionsTest, TheLinesThatMatterMost) {
  const auto only = [](const char* permission, RoleSet roles) {
    ASSERT_NE(FindPermission(permission), nullptr) << permission;
    EXPECT_EQ(FindPermission(permission)->roles, roles) << permission;
  };
  only("cases.readCriterion", {t::ROLE_OFFICE_CLERK, t::ROLE_OFFICE_HEAD});
  only("closures.approve", {t::ROLE_OFFICE_HEAD});
  only("claims.appraise", {t::ROLE_LEAD});
  // The head of the office: what a superior organ decided on a review (ROUND_OF_UNIT for the rest).
  only("rounds.issueOpinion", {t::ROLE_UNIT_HEAD, t::ROLE_OFFICE_HEAD});
  only("audit.list", {t::ROLE_AUDITOR});
  only("access.update", {t::ROLE_SERVICE});
  only("sample.setTime", {t::ROLE_OPERATOR});
  only("channelz.read", {t::ROLE_OPERATOR});
  only("facts.watch", {t::ROLE_SERVICE, t::ROLE_COUNTY_PLATFORM});
}

TEST(PermissionsTest, RolesWithoutPersonalData) {
  for (const Permission& permission : AllPermissions()) {
    const std::string_view name = permission.name;
    if (permission.roles.Has(t::ROLE_AUDITOR)) {
      EXPECT_TRUE(name.starts_with("audit.")) << name;
    }
    for (const char* prefix : {"petitioners.", "claims.", "visits.", "diaries.", "hearings.",
                               "surveys.", "assistance.", "settlements."}) {
      if (!name.starts_with(prefix)) continue;
      EXPECT_TRUE(permission.personal()) << name;
      for (Role role : {t::ROLE_OPERATOR, t::ROLE_INSPECTOR, t::ROLE_AUDITOR, t::ROLE_SERVICE}) {
        EXPECT_FALSE(permission.roles.Has(role)) << name;
      }
    }
    if (name.starts_with("cases.")) {
      EXPECT_FALSE(permission.roles.Has(t::ROLE_OPERATOR)) << name;
    }
  }
}

}  // namespace
}  // namespace redress::auth

// What coded fields and facts tell of a person, role by role.
#include "common/auth/hide.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "redress/assignment/v1/assignment.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::auth {
namespace {

namespace t = redress::types::v1;
namespace f = redress::facts::v1;
namespace r = redress::registry::v1;

r::ListCasesResponse Cases() {
  r::ListCasesResponse cases;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(cases {
             name: "cases/1"
             petitioner: "petitioners/1"
             representatives: "petitioners/2"
             claims { name: "cases/1/claims/1" kind: CLAIM_KIND_GRIEVANCE }
             closure { standard: CLOSING_STANDARD_SETTLEMENT }
             assistance_needed: true
             responsible_unit: "units/1"
           })pb",
      &cases));
  return cases;
}

std::string Shown(RoleSet roles) {
  r::ListCasesResponse cases = Cases();
  HideFrom(&cases, ToldTo(roles));
  const r::Case& file = cases.cases(0);
  EXPECT_EQ(file.name(), "cases/1");
  EXPECT_EQ(file.responsible_unit(), "units/1");
  EXPECT_EQ(file.petitioner().empty(), file.representatives().empty());
  EXPECT_EQ(file.claims().empty(), !file.has_closure());
  std::string shown;
  if (!file.petitioner().empty()) shown += "person ";
  if (!file.claims().empty()) shown += "claim ";
  if (file.assistance_needed()) shown += "household ";
  return shown;
}

TEST(HideTest, EachRoleIsToldWhatItsWorkNeeds) {
  const std::map<Role, std::string> expected = {
      {t::ROLE_OFFICE_CLERK, "person claim household "},
      {t::ROLE_OFFICE_HEAD, "person claim household "},
      {t::ROLE_LEAD, "person claim household "},
      {t::ROLE_CASE_OFFICER, "person claim household "},
      {t::ROLE_UNIT_HEAD, "person claim household "},
      {t::ROLE_ASSISTANCE_STAFF, "household "},
      {t::ROLE_INSPECTOR, "claim "},
      {t::ROLE_AUDITOR, ""},
      {t::ROLE_COUNTY_PLATFORM, "claim "},
      {t::ROLE_OPERATOR, ""},
      {t::ROLE_SERVICE, "person claim household "},
  };
  for (int role = 1; role <= t::Role_MAX; ++role) {
    ASSERT_TRUE(expected.contains(static_cast<Role>(role))) << role;
    EXPECT_EQ(Shown({static_cast<Role>(role)}), expected.at(static_cast<Role>(role))) << role;
  }
  EXPECT_EQ(Shown({}), "");
  EXPECT_EQ(Shown({t::ROLE_INSPECTOR, t::ROLE_ASSISTANCE_STAFF}), "claim household ");
}

TEST(HideTest, ALedgerTellsNoInspectorWhoIsInNeed) {
  supervision::v1::GetLedgerResponse ledger;
  ledger.add_rows()->set_assist(true);
  HideFrom(&ledger, ToldTo({t::ROLE_UNIT_HEAD}));
  EXPECT_TRUE(ledger.rows(0).assist());
  HideFrom(&ledger, ToldTo({t::ROLE_INSPECTOR}));
  EXPECT_FALSE(ledger.rows(0).assist());
}

TEST(HideTest, ATaskForceTellsNoInspectorWhoIsInNeed) {
  assignment::v1::ListAssignmentsResponse list;
  auto& member = *list.add_assignments()->mutable_task_force()->add_members();
  member.set_official("officials/aide");
  member.set_assistance(true);
  HideFrom(&list, ToldTo({t::ROLE_LEAD}));
  EXPECT_TRUE(list.assignments(0).task_force().members(0).assistance());
  for (const Role role : {t::ROLE_INSPECTOR, t::ROLE_COUNTY_PLATFORM}) {
    assignment::v1::ListAssignmentsResponse shown = list;
    HideFrom(&shown, ToldTo({role}));
    EXPECT_FALSE(shown.assignments(0).task_force().members(0).assistance());
    EXPECT_EQ(shown.assignments(0).task_force().members(0).official(), "officials/aide");
  }
}

TEST(HideTest, FactsOfNeedAndOfVisitsAreForThoseWhoHandleTheCase) {
  std::set<std::string> hidden;
  const auto* kinds = google::protobuf::GetEnumDescriptor<f::FactKind>();
  EXPECT_FALSE(MaySeeFact(ToldTo({t::ROLE_OFFICE_CLERK}), f::FACT_KIND_UNSPECIFIED));
  for (int i = 1; i < kinds->value_count(); ++i) {
    const auto kind = static_cast<f::FactKind>(kinds->value(i)->number());
    EXPECT_TRUE(MaySeeFact(ToldTo({t::ROLE_OFFICE_CLERK}), kind));
    EXPECT_TRUE(MaySeeFact(ToldTo({t::ROLE_LEAD}), kind));
    EXPECT_EQ(MaySeeFact(ToldTo({t::ROLE_INSPECTOR}), kind),
              MaySeeFact(ToldTo({t::ROLE_COUNTY_PLATFORM}), kind));
    if (!MaySeeFact(ToldTo({t::ROLE_INSPECTOR}), kind)) hidden.insert(kinds->value(i)->name());
    // Whatever assistance and visits publish of a case is among them, but for hearings.
    const bool of_people = (kind >= 100 && kind < 110) || (kind >= 120 && kind < 130);
    EXPECT_FALSE(of_people && MaySeeFact(ToldTo({t::ROLE_INSPECTOR}), kind)) << kind;
  }
  for (const char* kind : {"PAYMENT_MADE", "ASSISTANCE_NEED_FOUND", "SURVEYED", "VISIT_HELD",
                           "VISIT_DECLINED", "PETITIONER_HEARD"}) {
    EXPECT_TRUE(hidden.contains(std::string("FACT_KIND_") + kind)) << kind;
  }
  EXPECT_FALSE(hidden.contains("FACT_KIND_CASE_CLOSED"));
}

}  // namespace
}  // namespace redress::auth

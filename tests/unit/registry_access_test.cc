// The rules of the registry on who may have a part in a case: recusal, the wall, changes of access.
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
using testing::CaseIn;
using ::testing::ElementsAre;
using testing::FieldsOf;
using testing::On;
using testing::ReasonOf;
using testing::SubjectsOf;
using testing::Text;
using types::v1::CASE_STATE_CLOSED;
using types::v1::CASE_STATE_CLOSING;
using types::v1::CASE_STATE_OPEN;
v1::CaseAccess Access() {
  return Text<v1::CaseAccess>(
      "name: 'cases/1' responsible_unit: 'units/town' walled: 'officials/w' recused: 'officials/r'"
      " participants { official: 'officials/lead' part: PART_LEAD }"
      " participants { official: 'officials/lead' part: PART_TASK_FORCE }");
}

v1::RecuseOfficialRequest Recuse(const std::string& official, int day = 3) {
  auto request = Text<v1::RecuseOfficialRequest>(On("recused_on", day));
  request.set_official(official);
  request.set_ground(v1::RECUSAL_GROUND_PETITIONER);
  return request;
}

v1::EndRecusalRequest EndOf(const std::string& official, int day) {
  auto request = Text<v1::EndRecusalRequest>(On("ended_on", day));
  request.set_official(official);
  return request;
}

constexpr rules::InRegister kKnown{.known = true};

TEST(RecusalTest, IsOfSomebodyElseWhoExists) {
  EXPECT_THAT(FieldsOf(rules::RecuseOfficial(Case(), Access(), Recuse("officials/nobody"),
                                             rules::InRegister(), By())
                           .status()),
              ElementsAre("official"));
  EXPECT_EQ(ReasonOf(rules::RecuseOfficial(Case(), Access(), Recuse("officials/head"), kKnown,
                                           By("officials/head"))
                         .status()),
            "OWN_RECUSAL");
}

// Reg. 28: whoever has an interest keeps out, in whatever state the case is, and for as long as the
// recusal holds.
TEST(RecusalTest, HoldsUntilItEnds) {
  for (const auto state : {CASE_STATE_OPEN, CASE_STATE_CLOSING, CASE_STATE_CLOSED}) {
    const auto recused = rules::RecuseOfficial(CaseIn(state), Access(), Recuse("officials/x"),
                                               kKnown, By("officials/head"));
    ASSERT_TRUE(recused.ok()) << recused.status();
    EXPECT_TRUE(recused->facts.empty());  // it proves no duty
    EXPECT_EQ(recused->resource.recusals(0).recused_by().official(), "officials/head");
    const v1::CaseAccess access = rules::InLine(Access(), recused->resource);
    EXPECT_THAT(access.recused(), ElementsAre("officials/x"));
    EXPECT_THAT(access.walled(), ElementsAre("officials/w"));
    EXPECT_EQ(access.state(), state);
    EXPECT_EQ(ReasonOf(rules::RecuseOfficial(recused->resource, access, Recuse("officials/x"),
                                             kKnown, By())
                           .status()),
              "ALREADY_RECUSED");

    EXPECT_THAT(
        FieldsOf(rules::EndRecusal(recused->resource, EndOf("officials/x", 2), By()).status()),
        ElementsAre("ended_on"));
    EXPECT_EQ(
        ReasonOf(rules::EndRecusal(recused->resource, EndOf("officials/y", 5), By()).status()),
        "NOT_RECUSED");
    const auto ended = rules::EndRecusal(recused->resource, EndOf("officials/x", 5), By());
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_TRUE(rules::InLine(access, ended->resource).recused().empty());
    EXPECT_EQ(ended->resource.recusals(0).recused_on().day(), 3);  // it stays on the file
    EXPECT_EQ(ReasonOf(rules::EndRecusal(ended->resource, EndOf("officials/x", 6), By()).status()),
              "NOT_RECUSED");
    const auto again =
        rules::RecuseOfficial(ended->resource, rules::InLine(access, ended->resource),
                              Recuse("officials/x", 9), kKnown, By());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->resource.recusals_size(), 2);
  }
}

TEST(RecusalTest, APartIsHandedOverFirst) {
  v1::CaseAccess access = Access();
  v1::Participant& offered = *access.add_participants();
  offered.set_official("officials/next");
  offered.set_part(types::v1::PART_OFFERED);
  for (const char* official : {"officials/lead", "officials/next"}) {
    const absl::Status refused =
        rules::RecuseOfficial(Case(), access, Recuse(official), kKnown, By()).status();
    EXPECT_EQ(ReasonOf(refused), "RECUSED_HAS_PART");
    EXPECT_THAT(SubjectsOf(refused), ElementsAre(official));
  }
}

std::string Plain(std::string_view key) { return std::string(key); }

TEST(UpdateAccessTest, RemovesAddsMovesAndLetsNobodyInWhoIsBarred) {
  const auto request = Text<v1::UpdateCaseAccessRequest>(
      "remove { official: 'officials/lead' part: PART_LEAD }"
      " remove { official: 'officials/nobody' part: PART_LEAD }"
      " add { official: 'officials/new' part: PART_LEAD }"
      " add { official: 'officials/new' part: PART_LEAD } responsible_unit: 'units/next'");
  const auto updated = rules::UpdateAccess(Access(), request, Plain);
  ASSERT_TRUE(updated.ok());
  ASSERT_EQ(updated->participants_size(), 2);
  EXPECT_EQ(updated->participants(0).part(), types::v1::PART_TASK_FORCE);
  EXPECT_EQ(updated->participants(1).official(), "officials/new");
  EXPECT_EQ(updated->responsible_unit(), "units/next");
  v1::CaseAccess walled_unit = Access();
  walled_unit.add_walled("units/bad");
  const auto refused =
      rules::UpdateAccess(walled_unit,
                          Text<v1::UpdateCaseAccessRequest>(
                              "add { official: 'officials/w' } add { official: 'officials/r' }"
                              " add { official: 'officials/ok' } responsible_unit: 'units/bad'"),
                          Plain);
  EXPECT_EQ(ReasonOf(refused.status()), "ACCESS_BARRED");
  EXPECT_THAT(SubjectsOf(refused.status()), ElementsAre("officials/w", "officials/r", "units/bad"));
  // The unit of somebody accused never becomes responsible.
  v1::CaseAccess walled_head = Access();
  walled_head.add_walled("heads/bad");
  EXPECT_EQ(ReasonOf(rules::UpdateAccess(
                         walled_head,
                         Text<v1::UpdateCaseAccessRequest>("responsible_unit: 'units/bad'"), Plain)
                         .status()),
            "ACCESS_BARRED");
}

// An access row put back to an earlier day: the earlier lead reads, the present one does not.
TEST(ReconcileAccessTest, PutsRightWhatIsNotAsRecorded) {
  const v1::Case file = Case("recusals { official: 'officials/r' }");
  v1::CaseAccess current = rules::InLine(Access(), file);
  current.set_etag("7");
  const auto as_it_is = Text<v1::ReconcileCaseAccessRequest>(
      "participants { official: 'officials/lead' part: PART_TASK_FORCE }"
      " participants { official: 'officials/lead' part: PART_LEAD }"
      " responsible_unit: 'units/town'");
  const rules::Reconciled same = rules::ReconcileAccess(current, file, as_it_is, Plain);
  EXPECT_FALSE(same.differs) << same.found.ShortDebugString();
  EXPECT_EQ(same.found.etag(), "7");
  EXPECT_EQ(same.access.SerializeAsString(), current.SerializeAsString());

  const auto moved = Text<v1::ReconcileCaseAccessRequest>(
      "participants { official: 'officials/next' part: PART_LEAD }"
      " participants { official: 'officials/w' part: PART_OFFICER }"
      " participants { official: 'officials/r' part: PART_TASK_FORCE }"
      " responsible_unit: 'units/next'");
  const rules::Reconciled put_right = rules::ReconcileAccess(current, file, moved, Plain);
  EXPECT_TRUE(put_right.differs);
  EXPECT_EQ(put_right.found.surplus_size(), 2);
  // Whoever is walled or recused is given nothing, and nothing of theirs is missing.
  ASSERT_EQ(put_right.found.missing_size(), 1);
  EXPECT_EQ(put_right.found.missing(0).official(), "officials/next");
  ASSERT_EQ(put_right.access.participants_size(), 1);
  EXPECT_EQ(put_right.access.participants(0).official(), "officials/next");
  EXPECT_TRUE(put_right.found.unit_differed());
  EXPECT_EQ(put_right.access.responsible_unit(), "units/next");
  EXPECT_FALSE(put_right.found.record_differed());
  // Once put right it is so.
  EXPECT_FALSE(rules::ReconcileAccess(put_right.access, file, moved, Plain).differs);
}

TEST(ReconcileAccessTest, TheCaseItselfSaysWhoIsRecusedAndWhereItStands) {
  const v1::Case file = Case("recusals { official: 'officials/lead' }");
  const auto as_recorded = Text<v1::ReconcileCaseAccessRequest>(
      "participants { official: 'officials/lead' part: PART_LEAD }"
      " participants { official: 'officials/lead' part: PART_TASK_FORCE }");
  const rules::Reconciled result = rules::ReconcileAccess(Access(), file, as_recorded, Plain);
  EXPECT_TRUE(result.found.record_differed());
  EXPECT_THAT(result.access.recused(), ElementsAre("officials/lead"));
  EXPECT_EQ(result.access.participants_size(), 0) << "a recusal that was put back counts again";
  EXPECT_EQ(result.found.surplus_size(), 2);
  EXPECT_EQ(result.access.state(), CASE_STATE_OPEN);
  EXPECT_FALSE(result.found.unit_differed()) << "not looked at where none is named";
}

}  // namespace
}  // namespace redress::registry

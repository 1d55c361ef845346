// The rules of assignment as tables, the golden state tables, and the property that a case that was
// assigned is never without exactly one lead, one unit and one officer (P3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/status/error.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

namespace t = types::v1;
using ::redress::rules::DateOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

google::type::Date Day(int month, int day) { return DateOf(absl::CivilDay(2018, month, day)); }

Context By(const std::string& official, const std::string& unit = "units/town",
           t::Role role = t::ROLE_LEAD) {
  Context context;
  context.today = absl::CivilDay(2018, 6, 20);
  context.actor.set_official(official);
  context.actor.set_unit(unit);
  context.actor.set_role(role);
  context.new_id = [] { return base::NewUuid(absl::FromUnixSeconds(1529460000)); };
  return context;
}

// a-d are of the town, e-h of the village; a is a principal leader, x has left.
Officials All() {
  Officials all;
  for (const char* id : {"a", "b", "c", "d", "e", "f", "g", "h", "x"}) {
    v1::Official official;
    official.set_name(absl::StrCat("officials/", id));
    official.set_unit(std::string("abcdx").find(id) != std::string::npos ? "units/town"
                                                                         : "units/village");
    official.set_principal_leader(std::string(id) == "a");
    official.set_active(std::string(id) != "x");
    all[official.name()] = official;
  }
  return all;
}

CaseView Case(t::CaseState state = t::CASE_STATE_OPEN) {
  return {"cases/1", "campaigns/1", state, {}};
}

v1::Unit Town() {
  v1::Unit unit;
  unit.set_name("units/town");
  return unit;
}

v1::AssignCaseRequest Assign(const std::string& lead = "officials/a",
                             const std::string& officer = "officials/b") {
  v1::AssignCaseRequest request;
  request.set_case_name("cases/1");
  request.set_lead(lead);
  request.set_unit("units/town");
  request.set_officer(officer);
  *request.mutable_assigned_on() = Day(4, 28);
  return request;
}

v1::Assignment Assigned() {
  const v1::Unit town = Town();
  return AssignCase(nullptr, &town, Assign(), Case(), All(), By("officials/clerk"))->resource;
}

v1::OfferHandoverRequest Offer(t::Part part, const std::string& to, const std::string& unit = "") {
  v1::OfferHandoverRequest request;
  request.set_case_name("cases/1");
  request.set_part(part);
  request.set_to_official(to);
  request.set_to_unit(unit);
  request.set_reason("moves to another office");
  return request;
}

std::string Reason(const absl::Status& status) { return status::ReasonOf(status); }

std::string ReadGolden(const std::string& name) {
  std::ifstream file(absl::StrCat(REDRESS_SOURCE_DIR, "/tests/unit/golden/", name));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(AssignmentStates, TablesAreGolden) {
  const std::string tables = absl::StrCat(StateTable(), "\n", RoleTable());
  EXPECT_EQ(tables, ReadGolden("assignment_states.txt")) << "the tables are now:\n" << tables;
}

TEST(AssignmentStates, ReadmeShowsTheTables) {
  std::ifstream file(REDRESS_SOURCE_DIR "/services/assignment/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  EXPECT_THAT(readme.str(), HasSubstr(StateTable()));
  EXPECT_THAT(readme.str(), HasSubstr(RoleTable()));
}

TEST(AssignmentStates, RefusalsSayWhatToDo) {
  const v1::Assignment held = Assigned();
  EXPECT_EQ(Reason(CheckAction(nullptr, Action::kOffer, Case())), "NOT_ASSIGNED");
  EXPECT_EQ(Reason(CheckAction(&held, Action::kAssign, Case())), "ALREADY_ASSIGNED");
  EXPECT_EQ(Reason(CheckAction(&held, Action::kAccept, Case())), "NO_OPEN_HANDOVER");
  EXPECT_EQ(Reason(CheckAction(&held, Action::kWithdraw, Case())), "NO_OPEN_HANDOVER");
  EXPECT_EQ(Reason(CheckAction(nullptr, Action::kAssign, Case(t::CASE_STATE_CLOSING))),
            "CASE_CLOSING");
  for (const Action action :
       {Action::kAssign, Action::kOffer, Action::kAccept, Action::kDecline, Action::kWithdraw,
        Action::kSetTaskForce, Action::kSetWorkPlan, Action::kCompleteMeasure}) {
    EXPECT_EQ(Reason(CheckAction(&held, action, Case(t::CASE_STATE_CLOSED))), "CASE_CLOSED");
  }
}

TEST(AssignCase, GivesAllFiveAtOnceAndPublishesIt) {
  const v1::Unit town = Town();
  const auto outcome = AssignCase(nullptr, &town, Assign(), Case(), All(), By("officials/clerk"));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->resource.name(), "cases/1/assignment");
  EXPECT_EQ(outcome->resource.campaign(), "campaigns/1");
  ASSERT_EQ(outcome->facts.size(), 1u);
  const facts::v1::Fact& fact = outcome->facts[0];
  EXPECT_EQ(fact.kind(), facts::v1::FACT_KIND_ASSIGNED);
  EXPECT_EQ(fact.unit(), "units/town");
  EXPECT_EQ(fact.assigned().lead(), "officials/a");
  EXPECT_TRUE(fact.assigned().lead_is_principal());
}

TEST(AssignCase, ListsEveryObstacleAtOnce) {
  CaseView of = Case();
  of.barred = {"officials/e"};
  v1::AssignCaseRequest request = Assign("officials/e", "officials/x");
  request.set_unit("units/nowhere");
  const auto refused = AssignCase(nullptr, nullptr, request, of, All(), By("officials/clerk"));
  EXPECT_EQ(Reason(refused.status()), "CASE_NOT_ASSIGNABLE");
  std::vector<std::string> subjects;
  for (const status::Violation& violation : status::ViolationsOf(refused.status()))
    subjects.push_back(violation.subject);
  // The unit is unknown, e is barred, x has left and is not of that unit.
  EXPECT_THAT(subjects, ElementsAre("units/nowhere", "officials/e", "officials/x", "officials/x"));
}

TEST(AssignCase, SaysNothingOfAnAccusation) {
  // Barred in person, as a unit, and by being of a barred unit: always the same words (invariant
  // 6).
  const v1::Unit town = Town();
  std::set<std::string> texts;
  for (const std::string barred : {"officials/a", "units/town"}) {
    CaseView of = Case();
    of.barred = {barred};
    const auto refused = AssignCase(nullptr, &town, Assign(), of, All(), By("officials/clerk"));
    EXPECT_EQ(Reason(refused.status()), "ASSIGNEE_BARRED");
    for (const status::Violation& violation : status::ViolationsOf(refused.status())) {
      EXPECT_THAT(violation.description, Not(HasSubstr("accus")));
      EXPECT_THAT(violation.description, Not(HasSubstr("recus")));
    }
    EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("accus")));
  }
}

TEST(AssignCase, OnceOnlyAndByTwoPersons) {
  const v1::Unit town = Town();
  const v1::Assignment held = Assigned();
  EXPECT_EQ(
      Reason(AssignCase(&held, &town, Assign(), Case(), All(), By("officials/clerk")).status()),
      "ALREADY_ASSIGNED");
  EXPECT_EQ(Reason(AssignCase(nullptr, &town, Assign("officials/b", "officials/b"), Case(), All(),
                              By("x"))
                       .status()),
            "SAME_PERSON");
  EXPECT_EQ(Reason(AssignCase(nullptr, &town, Assign("officials/a", "officials/e"), Case(), All(),
                              By("x"))
                       .status()),
            "OFFICER_NOT_OF_UNIT");
}

TEST(Handover, HolderKeepsThePartUntilItIsAccepted) {
  v1::Assignment held = Assigned();
  auto offered =
      OfferHandover(&held, Offer(t::PART_LEAD, "officials/e"), Case(), All(), By("officials/a"));
  ASSERT_TRUE(offered.ok()) << offered.status();
  EXPECT_EQ(offered->resource.lead(), "officials/a");
  EXPECT_EQ(offered->resource.open_handover().answer(), v1::HANDOVER_ANSWER_OPEN);
  const auto wrong = AcceptHandover(&offered->resource, {}, Case(), All(), By("officials/c"));
  EXPECT_EQ(Reason(wrong.status()), "NOT_OFFERED_TO_YOU");
  EXPECT_EQ(Reason(OfferHandover(&offered->resource, Offer(t::PART_OFFICER, "officials/c"), Case(),
                                 All(), By("officials/a"))
                       .status()),
            "HANDOVER_OPEN");
  const auto accepted =
      AcceptHandover(&offered->resource, {}, Case(), All(), By("officials/e", "units/village"));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->resource.lead(), "officials/e");
  EXPECT_FALSE(accepted->resource.has_open_handover());
  EXPECT_EQ(accepted->resource.past_handovers(0).answer(), v1::HANDOVER_ANSWER_ACCEPTED);
  EXPECT_EQ(accepted->facts[0].handover_accepted().from_official(), "officials/a");
  EXPECT_FALSE(accepted->facts[0].handover_accepted().to_is_principal());
}

TEST(Handover, UnitGoesWithItsOfficerAndItsHeadMayAnswer) {
  v1::Assignment held = Assigned();
  EXPECT_TRUE(absl::IsInvalidArgument(
      OfferHandover(&held, Offer(t::PART_LEAD, "officials/e", "units/village"), Case(), All(),
                    By("x"))
          .status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      OfferHandover(&held, Offer(t::PART_TASK_FORCE, "officials/e"), Case(), All(), By("x"))
          .status()));
  EXPECT_EQ(
      Reason(OfferHandover(&held, Offer(t::PART_OFFICER, "officials/e"), Case(), All(), By("x"))
                 .status()),
      "OFFICER_NOT_OF_UNIT");
  auto offered = OfferHandover(&held, Offer(t::PART_OFFICER, "officials/e", "units/village"),
                               Case(), All(), By("x"));
  ASSERT_TRUE(offered.ok()) << offered.status();
  const auto accepted =
      AcceptHandover(&offered->resource, {}, Case(), All(), By("officials/h", "units/village"));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->resource.officer(), "officials/e");
  EXPECT_EQ(accepted->resource.unit(), "units/village");
  EXPECT_EQ(accepted->facts[0].unit(), "units/village");
}

TEST(Handover, WhoBecameBarredOrLeftCannotAccept) {
  v1::Assignment held = Assigned();
  auto offered =
      OfferHandover(&held, Offer(t::PART_LEAD, "officials/e"), Case(), All(), By("officials/a"));
  CaseView of = Case();
  of.barred = {"units/village"};
  EXPECT_EQ(Reason(AcceptHandover(&offered->resource, {}, of, All(), By("officials/e")).status()),
            "ASSIGNEE_BARRED");
  Officials gone = All();
  gone["officials/e"].set_active(false);
  EXPECT_EQ(
      Reason(AcceptHandover(&offered->resource, {}, Case(), gone, By("officials/e")).status()),
      "ASSIGNEE_INACTIVE");
}

TEST(Handover, IsWithdrawnByWhoeverOfferedItOrByTheOffice) {
  const v1::Assignment held = Assigned();
  const Context clerk = By("officials/clerk", "units/office", t::ROLE_OFFICE_CLERK);
  const Context another_clerk = By("officials/clerk2", "units/office", t::ROLE_OFFICE_CLERK);
  const Context head = By("officials/h", "units/town", t::ROLE_UNIT_HEAD);
  const Context lead = By("officials/a");
  struct {
    const Context& offers;
    const Context& withdraws;
    std::string refusal;
  } const cases[] = {
      {lead, lead, ""},
      {lead, clerk, ""},
      {clerk, another_clerk, ""},
      {head, head, ""},
      // The office replaces the lead: the lead does not prevent that, nor does a head.
      {clerk, lead, "NOT_OFFERED_BY_YOU"},
      {clerk, head, "NOT_OFFERED_BY_YOU"},
      {head, lead, "NOT_OFFERED_BY_YOU"},
  };
  v1::WithdrawHandoverRequest request;
  request.set_reason("stays after all");
  for (const auto& each : cases) {
    SCOPED_TRACE(absl::StrCat(each.offers.actor.official(), " offers, ",
                              each.withdraws.actor.official(), " withdraws"));
    const auto offered =
        OfferHandover(&held, Offer(t::PART_LEAD, "officials/e"), Case(), All(), each.offers);
    ASSERT_TRUE(offered.ok()) << offered.status();
    const auto withdrawn =
        WithdrawHandover(&offered->resource, request, Case(), All(), each.withdraws);
    EXPECT_EQ(Reason(withdrawn.status()), each.refusal);
    if (!withdrawn.ok()) continue;
    EXPECT_FALSE(withdrawn->resource.has_open_handover());
    EXPECT_EQ(withdrawn->resource.lead(), "officials/a");
    const v1::Handover& past = withdrawn->resource.past_handovers(0);
    EXPECT_EQ(past.answer(), v1::HANDOVER_ANSWER_WITHDRAWN);
    EXPECT_EQ(past.answer_reason(), "stays after all");
    ASSERT_EQ(withdrawn->facts.size(), 1u);
    EXPECT_EQ(withdrawn->facts[0].kind(), facts::v1::FACT_KIND_HANDOVER_WITHDRAWN);
    EXPECT_EQ(withdrawn->facts[0].handover_withdrawn().to_official(), "officials/e");
  }
}

TEST(Handover, AnOfferOfUnknownOriginIsForTheOfficeAlone) {
  v1::Assignment open = Assigned();
  open.mutable_open_handover()->set_part(t::PART_LEAD);
  open.mutable_open_handover()->set_to_official("officials/e");
  EXPECT_EQ(Reason(WithdrawHandover(&open, {}, Case(), All(), By("")).status()),
            "NOT_OFFERED_BY_YOU");
  EXPECT_TRUE(WithdrawHandover(&open, {}, Case(), All(),
                               By("officials/clerk", "units/office", t::ROLE_OFFICE_HEAD))
                  .ok());
}

// Random offers, answers and task forces by random people, right and wrong: after the assignment
// there is at every moment exactly one lead, one officer and one unit, the officer is of the unit,
// and what registry is told adds up to that.
TEST(Handover, NeverAGapProperty) {
  const Officials all = All();
  const std::vector<std::string> ids = {"a", "b", "c", "d", "e", "f", "g", "h", "x"};
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const auto anybody = [&] { return absl::StrCat("officials/", ids[random() % ids.size()]); };
    std::multiset<std::pair<std::string, int>> access;
    std::string access_unit;
    const auto apply = [&](const registry::v1::UpdateCaseAccessRequest& change) {
      for (const auto& removed : change.remove()) {
        const auto it = access.find({removed.official(), removed.part()});
        ASSERT_NE(it, access.end());
        access.erase(it);
      }
      for (const auto& added : change.add()) access.insert({added.official(), added.part()});
      if (!change.responsible_unit().empty()) access_unit = change.responsible_unit();
    };
    v1::Assignment now = Assigned();
    apply(AccessChangeBetween(nullptr, now));
    for (int step = 0; step < 40; ++step) {
      CaseView of = Case();
      if (random() % 5 == 0) of.barred = {anybody()};
      const Context context = By(anybody(), random() % 2 == 0 ? "units/town" : "units/village");
      absl::StatusOr<Outcome<v1::Assignment>> next = absl::UnknownError("");
      switch (random() % 5) {
        case 0:
          next = OfferHandover(&now,
                               Offer(random() % 2 == 0 ? t::PART_LEAD : t::PART_OFFICER, anybody(),
                                     random() % 2 == 0 ? "" : "units/village"),
                               of, all, context);
          break;
        case 1:
          next = AcceptHandover(&now, {}, of, all, context);
          break;
        case 2:
          next = DeclineHandover(&now, {}, of, all, context);
          break;
        case 3:
          next = WithdrawHandover(&now, {}, of, all, context);
          break;
        default: {
          v1::SetTaskForceRequest request;
          for (int i = random() % 4; i >= 0; --i) {
            v1::TaskForceMember& member = *request.mutable_task_force()->add_members();
            member.set_official(anybody());
            member.set_assistance(random() % 2 == 0);
          }
          *request.mutable_task_force()->mutable_set_on() = Day(5, 2);
          next = SetTaskForce(&now, request, of, all, context);
        }
      }
      if (next.ok()) {
        const auto change = AccessChangeBetween(&now, next->resource);
        const auto taken_first = RemovedFirst(change);
        for (const auto& first : taken_first.remove()) EXPECT_NE(first.part(), t::PART_OFFERED);
        apply(change);
        now = next->resource;
      }
      ASSERT_FALSE(now.lead().empty() || now.officer().empty() || now.unit().empty()) << seed;
      ASSERT_NE(now.lead(), now.officer()) << seed;
      ASSERT_EQ(all.at(now.officer()).unit(), now.unit()) << seed;
      int leads = 0;
      int officers = 0;
      for (const auto& [who, part] : access) {
        leads += part == t::PART_LEAD && who == now.lead();
        officers += part == t::PART_OFFICER && who == now.officer();
        ASSERT_FALSE(part == t::PART_LEAD && who != now.lead()) << seed;
        ASSERT_FALSE(part == t::PART_OFFICER && who != now.officer()) << seed;
      }
      ASSERT_EQ(leads, 1) << seed;
      ASSERT_EQ(officers, 1) << seed;
      ASSERT_EQ(access_unit, now.unit()) << seed;
    }
  }
}

// Who registry is told has a part: by the row where its facts bear it out, else by them.
TEST(PartsKnown, ARowOlderThanItsFactsIsNotBelieved) {
  std::vector<facts::v1::Fact> facts(3);
  for (size_t i = 0; i < facts.size(); ++i) {
    facts[i].set_fact_id(absl::StrCat("f", i));
    facts[i].set_record("cases/1/assignment");
    facts[i].set_record_version(static_cast<int64_t>(i) + 1);
  }
  facts[0].mutable_assigned()->set_lead("officials/a");
  facts[0].mutable_assigned()->set_officer("officials/b");
  facts[1].mutable_handover_accepted()->set_part(t::PART_LEAD);
  facts[1].mutable_handover_accepted()->set_to_official("officials/c");
  facts[2].set_record("cases/1/visits/9");  // of another record
  facts[2].set_record_version(99);
  v1::Assignment row;
  row.set_lead("officials/c");
  row.set_officer("officials/b");
  row.set_unit("units/town");
  row.mutable_task_force()->add_members()->set_official("officials/d");
  const auto parts = [](const KnownParts& known) {
    std::set<std::string> who;
    for (const auto& each : known.request.participants()) who.insert(each.official());
    return who;
  };
  EXPECT_FALSE(PartsKnown("cases/1", &row, 2, facts).row_is_behind);
  EXPECT_THAT(parts(PartsKnown("cases/1", &row, 2, facts)),
              ElementsAre("officials/b", "officials/c", "officials/d"));
  EXPECT_EQ(PartsKnown("cases/1", &row, 2, facts).request.responsible_unit(), "units/town");

  row.set_lead("officials/a");
  for (const v1::Assignment* believed :
       {static_cast<const v1::Assignment*>(&row), static_cast<const v1::Assignment*>(nullptr)}) {
    const KnownParts known = PartsKnown("cases/1", believed, 1, facts);
    EXPECT_TRUE(known.row_is_behind);
    EXPECT_THAT(parts(known), ElementsAre("officials/b", "officials/c"));
    EXPECT_EQ(known.request.responsible_unit(), "") << "it stays what it is";
  }
  // A handover that was taken back did not happen.
  facts.emplace_back().set_retracts("f1");
  EXPECT_THAT(parts(PartsKnown("cases/1", &row, 1, facts)),
              ElementsAre("officials/a", "officials/b"));
}

}  // namespace
}  // namespace redress::assignment::rules

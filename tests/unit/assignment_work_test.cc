// Task force, work plan, units, leading group, scope and the extension of a handling period.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/status/error.h"
#include "services/assignment/rules.h"
#include "tests/unit/plan_facts.h"

namespace redress::assignment::rules {
namespace {

namespace t = types::v1;
using ::redress::rules::DateOf;
using ::redress::rules::DayOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

google::type::Date Day(int month, int day, int year = 2018) {
  return DateOf(absl::CivilDay(year, month, day));
}

Context Now(absl::CivilDay today = absl::CivilDay(2018, 9, 1)) {
  Context context;
  context.today = today;
  context.actor.set_official("officials/head");
  context.actor.set_unit("units/town");
  context.new_id = [] { return base::NewUuid(absl::FromUnixSeconds(1529460000)); };
  return context;
}

v1::Official OfficialOf(const std::string& name, bool active = true) {
  v1::Official official;
  official.set_name(name);
  official.set_unit("units/town");
  official.set_active(active);
  return official;
}

Officials Three() {
  return {{"officials/a", OfficialOf("officials/a")},
          {"officials/b", OfficialOf("officials/b")},
          {"officials/gone", OfficialOf("officials/gone", false)}};
}

registry::v1::Campaign CampaignFrom(int month, int day) {
  registry::v1::Campaign campaign;
  campaign.set_name("campaigns/2018");
  *campaign.mutable_starts_on() = Day(month, day);
  *campaign.mutable_ends_on() = Day(12, 31);
  return campaign;
}

v1::Assignment Held() {
  v1::Assignment held;
  held.set_name("cases/1/assignment");
  held.set_case_name("cases/1");
  held.set_lead("officials/a");
  held.set_officer("officials/b");
  held.set_unit("units/town");
  *held.mutable_assigned_on() = Day(4, 28);
  return held;
}

CaseView Case() { return {"cases/1", "campaigns/1", t::CASE_STATE_OPEN, {}}; }
std::string Reason(const absl::Status& status) { return status::ReasonOf(status); }

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const status::FieldViolation& violation : status::FieldViolationsOf(status))
    fields.push_back(violation.field);
  return fields;
}

TEST(TaskForceRules, NamesEveryWrongMemberAtOnce) {
  const v1::Assignment held = Held();
  v1::SetTaskForceRequest request;
  for (const char* name : {"officials/a", "officials/a", "officials/gone", "officials/nobody"}) {
    request.mutable_task_force()->add_members()->set_official(name);
  }
  *request.mutable_task_force()->mutable_set_on() = Day(4, 1);
  const auto refused = SetTaskForce(&held, request, Case(), Three(), Now());
  EXPECT_THAT(Fields(refused.status()),
              ElementsAre("task_force.set_on", "task_force.members[1].official",
                          "task_force.members[2].official", "task_force.members[3].official"));
}

TEST(TaskForceRules, CountsDepartmentsAndMovesAccess) {
  v1::Assignment held = Held();
  v1::SetTaskForceRequest request;
  v1::TaskForceMember& member = *request.mutable_task_force()->add_members();
  member.set_official("officials/a");
  member.set_department(t::DEPARTMENT_CIVIL_AFFAIRS);
  *request.mutable_task_force()->mutable_set_on() = Day(5, 2);
  auto outcome = SetTaskForce(&held, request, Case(), Three(), Now());
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(outcome->facts[0].task_force_set().departments(),
              ElementsAre(t::DEPARTMENT_CIVIL_AFFAIRS));
  const v1::Assignment before = outcome->resource;
  member.set_assistance(true);
  outcome = SetTaskForce(&before, request, Case(), Three(), Now());
  const auto change = AccessChangeBetween(&before, outcome->resource);
  ASSERT_EQ(change.remove_size(), 1);
  EXPECT_EQ(change.remove(0).part(), t::PART_TASK_FORCE);
  ASSERT_EQ(change.add_size(), 1);
  EXPECT_EQ(change.add(0).part(), t::PART_ASSISTANCE);
  EXPECT_TRUE(change.responsible_unit().empty());
  CaseView of = Case();
  of.barred = {"units/town"};
  EXPECT_EQ(Reason(SetTaskForce(&before, request, of, Three(), Now()).status()), "ASSIGNEE_BARRED");
}

v1::SetWorkPlanRequest Plan(std::vector<std::pair<std::string, google::type::Date>> measures) {
  v1::SetWorkPlanRequest request;
  *request.mutable_work_plan()->mutable_set_on() = Day(5, 4);
  request.mutable_work_plan()->add_goals("resolved by law");
  for (const auto& [text, due] : measures) {
    v1::PlannedMeasure& measure = *request.mutable_work_plan()->add_measures();
    measure.set_description(text);
    *measure.mutable_due_on() = due;
  }
  return request;
}

TEST(WorkPlanRules, NumbersMeasuresAndKeepsWhatIsDone) {
  v1::Assignment held = Held();
  EXPECT_THAT(
      Fields(SetWorkPlan(&held, Plan({{"x", Day(5, 1)}, {"y", Day(5, 4)}, {"z", Day(5, 3)}}),
                         Case(), {}, Now())
                 .status()),
      ElementsAre("work_plan.measures[0].due_on", "work_plan.measures[2].due_on"));
  auto first =
      SetWorkPlan(&held, Plan({{"survey", Day(9, 30)}, {"talk", Day(6, 1)}}), Case(), {}, Now());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(DayOf(first->facts[0].work_plan_set().last_due()), absl::CivilDay(2018, 9, 30));
  EXPECT_EQ(first->facts[0].work_plan_set().measures(), 2);
  EXPECT_EQ(first->resource.work_plan().measures(1).number(), 2);

  v1::CompleteMeasureRequest done;
  done.set_measure(2);
  *done.mutable_done_on() = Day(5, 3);
  EXPECT_THAT(Fields(CompleteMeasure(&first->resource, done, Case(), {}, Now()).status()),
              ElementsAre("done_on"));
  *done.mutable_done_on() = Day(5, 30);
  const auto completed = CompleteMeasure(&first->resource, done, Case(), {}, Now());
  ASSERT_TRUE(completed.ok());
  EXPECT_EQ(completed->facts[0].measure_done().measure(), 2);
  EXPECT_EQ(Reason(CompleteMeasure(&completed->resource, done, Case(), {}, Now()).status()),
            "MEASURE_DONE");
  done.set_measure(3);
  EXPECT_THAT(Fields(CompleteMeasure(&completed->resource, done, Case(), {}, Now()).status()),
              ElementsAre("measure"));
  EXPECT_EQ(Reason(CompleteMeasure(&held, done, Case(), {}, Now()).status()), "NO_WORK_PLAN");

  const auto second = SetWorkPlan(
      &completed->resource, Plan({{"talk", Day(7, 1)}, {"new", Day(8, 1)}}), Case(), {}, Now());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->resource.work_plan().revision(), 2);
  EXPECT_TRUE(second->resource.work_plan().measures(0).has_done_on());
  EXPECT_FALSE(second->resource.work_plan().measures(1).has_done_on());
}

TEST(MilestoneRules, OnceEachAndEnrolledFirst) {
  const auto record = [](const v1::UnitMilestone* existing, const v1::UnitMilestone* enrolled,
                         v1::MilestoneKind kind) {
    v1::Unit unit;
    unit.set_name("units/town");
    unit.set_kind(types::v1::UNIT_KIND_COMMITTEE);
    return RecordMilestone(existing, enrolled, unit, CampaignFrom(4, 1), kind, Day(4, 10), Now());
  };
  const auto enrolled = record(nullptr, nullptr, v1::MILESTONE_KIND_ENROLLED);
  ASSERT_TRUE(enrolled.ok());
  EXPECT_EQ(enrolled->resource.name(), "units/town/milestones/2018-enrolled");
  EXPECT_EQ(enrolled->facts[0].kind(), facts::v1::FACT_KIND_UNIT_ENROLLED);
  EXPECT_EQ(enrolled->facts[0].campaign(), "campaigns/2018");
  // What a plan asks of a unit depends on what it is.
  EXPECT_EQ(enrolled->facts[0].unit_enrolled().unit_kind(), types::v1::UNIT_KIND_COMMITTEE);
  EXPECT_EQ(enrolled->facts[0].unit(), "units/town");
  EXPECT_EQ(Reason(record(&enrolled->resource, nullptr, v1::MILESTONE_KIND_ENROLLED).status()),
            "MILESTONE_RECORDED");
  EXPECT_EQ(Reason(record(nullptr, nullptr, v1::MILESTONE_KIND_DEPLOYMENT_HELD).status()),
            "UNIT_NOT_ENROLLED");
  const auto held = record(nullptr, &enrolled->resource, v1::MILESTONE_KIND_DEPLOYMENT_HELD);
  EXPECT_EQ(held->facts[0].kind(), facts::v1::FACT_KIND_DEPLOYMENT_HELD);
  EXPECT_EQ(record(nullptr, &enrolled->resource, v1::MILESTONE_KIND_RULES_ISSUED)->facts[0].kind(),
            facts::v1::FACT_KIND_IMPLEMENTING_RULES_ISSUED);
  v1::UnitMilestone later = enrolled->resource;
  *later.mutable_reached_on() = Day(4, 11);
  EXPECT_TRUE(
      absl::IsInvalidArgument(record(nullptr, &later, v1::MILESTONE_KIND_DEPLOYMENT_HELD).status()))
      << "nothing is done for a campaign before the enrolment";
}

TEST(MilestoneRules, AUnitIsEnrolledWhileTheCampaignLasts) {
  const auto enrol = [](const registry::v1::Campaign& campaign, const google::type::Date& day) {
    return Fields(RecordMilestone(nullptr, nullptr, v1::Unit(), campaign,
                                  v1::MILESTONE_KIND_ENROLLED, day, Now())
                      .status());
  };
  const registry::v1::Campaign campaign = CampaignFrom(4, 5);
  google::type::Date after = campaign.ends_on();
  after.set_year(after.year() + 1);
  EXPECT_THAT(enrol(campaign, Day(4, 4)), ElementsAre("reached_on"));
  EXPECT_THAT(enrol(campaign, Day(4, 5)), IsEmpty());
  EXPECT_THAT(enrol(campaign, campaign.ends_on()), IsEmpty());
  EXPECT_THAT(enrol(campaign, after), ElementsAre("reached_on"));
  EXPECT_THAT(enrol(registry::v1::Campaign(), Day(4, 4)), IsEmpty()) << "of an earlier version";
}

TEST(LeadingGroupRules, IsOfThisCampaign) {
  v1::SetLeadingGroupRequest request;
  v1::LeadingGroup& group = *request.mutable_leading_group();
  group.set_leader("officials/a");
  group.set_liaison("officials/a");
  group.set_office_head("officials/b");
  const auto fields = [&](int year, int month, int day) {
    group.mutable_set_on()->set_year(year);
    group.mutable_set_on()->set_month(month);
    group.mutable_set_on()->set_day(day);
    return Fields(SetLeadingGroup(request, CampaignFrom(4, 5), Three(), Now()).status());
  };
  EXPECT_THAT(fields(2018, 3, 20), IsEmpty()) << "formed before the campaign begins";
  EXPECT_THAT(fields(2017, 4, 4), IsEmpty());
  EXPECT_THAT(fields(2017, 4, 3), ElementsAre("leading_group.set_on"));
}

TEST(LeadingGroupRules, EverybodyNamedMustExist) {
  v1::SetLeadingGroupRequest request;
  request.set_campaign("campaigns/2018");
  v1::LeadingGroup& group = *request.mutable_leading_group();
  group.set_leader("officials/a");
  group.set_office_head("officials/nobody");
  group.set_liaison("officials/b");
  group.add_members("officials/gone");
  *group.mutable_set_on() = Day(4, 2);
  EXPECT_THAT(Fields(SetLeadingGroup(request, CampaignFrom(4, 1), Three(), Now()).status()),
              ElementsAre("leading_group.office_head", "leading_group.members[0]"));
  group.set_office_head("officials/b");
  group.clear_members();
  const auto set = SetLeadingGroup(request, CampaignFrom(4, 1), Three(), Now());
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->facts[0].campaign(), "campaigns/2018");
  EXPECT_TRUE(set->facts[0].leading_group_set().has_liaison());
}

TEST(LeadingGroupRules, EverybodyCountsOnce) {
  v1::SetLeadingGroupRequest request;
  request.set_campaign("campaigns/2018");
  v1::LeadingGroup& group = *request.mutable_leading_group();
  group.set_leader("officials/a");
  group.set_office_head("officials/b");  // of the office, and a member
  group.set_liaison("officials/b");
  group.add_members("officials/b");
  *group.mutable_set_on() = Day(4, 2);
  const auto set = SetLeadingGroup(request, CampaignFrom(4, 1), Three(), Now());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->facts[0].leading_group_set().members(), 1);
  group.add_deputies("officials/a");
  group.add_members("officials/b");
  EXPECT_THAT(Fields(SetLeadingGroup(request, CampaignFrom(4, 1), Three(), Now()).status()),
              ElementsAre("leading_group.deputies[0]", "leading_group.members[1]"));
}

TEST(DueScope, WhoMayAskAboutWhom) {
  v1::Unit unit;
  unit.set_name("units/town");
  unit.set_region_code("430626103");
  const auto may = [&](t::Role role, const std::string& official, const std::string& own_unit,
                       const std::string& region, const std::string& about) {
    auth::Identity caller;
    caller.official = official;
    caller.unit = own_unit;
    caller.region = region;
    caller.roles = {role};
    return CheckMayAskDue(caller, about, unit, "due.list").ok();
  };
  EXPECT_TRUE(may(t::ROLE_LEAD, "officials/a", "units/town", "430626103", "officials/a"));
  EXPECT_FALSE(may(t::ROLE_LEAD, "officials/a", "units/town", "430626103", "officials/b"));
  EXPECT_FALSE(may(t::ROLE_CASE_OFFICER, "officials/a", "units/town", "430626103", ""));
  EXPECT_TRUE(may(t::ROLE_UNIT_HEAD, "officials/h", "units/town", "430626103", ""));
  EXPECT_TRUE(may(t::ROLE_UNIT_HEAD, "officials/h", "units/town", "430626103", "officials/b"));
  EXPECT_FALSE(may(t::ROLE_UNIT_HEAD, "officials/h", "units/other", "430626103", ""));
  EXPECT_TRUE(may(t::ROLE_INSPECTOR, "officials/i", "units/group", "430626000", "officials/b"));
  EXPECT_FALSE(may(t::ROLE_OFFICE_CLERK, "officials/i", "units/office", "430627", ""));
}

class ExtensionTest : public ::testing::Test {
 protected:
  ExtensionTest() {
    Add(
        [](facts::v1::Fact& fact) {
          *fact.mutable_case_registered()->mutable_received_on() = Day(5, 10);
        },
        Day(5, 10));
    Add(
        [](facts::v1::Fact& fact) {
          fact.mutable_round_opened()->set_round_kind(t::ROUND_KIND_HANDLING);
          fact.set_round("cases/1/rounds/1");
        },
        Day(5, 10));
    Add(
        [](facts::v1::Fact& fact) {
          fact.mutable_accepted();
          fact.set_round("cases/1/rounds/1");
        },
        Day(5, 14));
    request_.set_round("cases/1/rounds/1");
    request_.set_days(30);
    *request_.mutable_granted_on() = Day(7, 13);
    *request_.mutable_petitioner_told_on() = Day(7, 16);
  }

  std::string Add(const std::function<void(facts::v1::Fact&)>& fill, const google::type::Date& on) {
    facts::v1::Fact& fact = facts_.emplace_back();
    fact.set_fact_id(absl::StrCat("f", facts_.size()));
    *fact.mutable_event_date() = on;
    fill(fact);
    if (fact.detail_case() != 0) ::redress::rules::SetKind(fact);
    return fact.fact_id();
  }
  // On the day on which it is granted.
  absl::StatusOr<Outcome<v1::Extension>> Grant(const v1::Extension* existing = nullptr) {
    return GrantOn(::redress::rules::DayOf(request_.granted_on()), existing);
  }
  absl::StatusOr<Outcome<v1::Extension>> GrantOn(absl::CivilDay today,
                                                 const v1::Extension* existing = nullptr) {
    return GrantExtension(existing, request_, facts_, plan_, rule_sets_,
                          *plan::testing::TestCalendar(), Now(today));
  }

  plan::v1::Plan plan_ = plan::testing::SeedPlan()->proto();
  plan::RuleSetTable rule_sets_ = plan::testing::TestRules();
  std::vector<facts::v1::Fact> facts_;
  v1::GrantExtensionRequest request_;
};

TEST_F(ExtensionTest, ByTheRuleSetThatThePlanNames) {
  const auto text = [](const std::string& id, int days) {
    return absl::StrCat("id: '", id, "' title { zh: '", id,
                        "' } in_force_from { year: 2005 month: 5 day: 1 } clocks { name: "
                        "'handling' clause: '",
                        id, "' days: 60 count: DAY_COUNT_STATUTORY max_extension_days: ", days,
                        " }");
  };
  auto sets = plan::RuleSetTable::Parse({text("aprovince", 10), text("nation", 30)});
  ASSERT_TRUE(sets.ok()) << sets.status();
  rule_sets_ = *std::move(sets);
  for (const auto& [id, allowed] :
       std::map<std::string, bool>{{"nation", true}, {"aprovince", false}}) {
    plan_.mutable_rule_sets()->Clear();
    plan_.add_rule_sets(id);
    EXPECT_EQ(Grant().ok(), allowed) << id << " " << Grant().status();
  }
}

TEST_F(ExtensionTest, OnTheLastDayAndNotAfterIt) {
  // 60 days from 05-14 (not counted) end on 07-13, a Friday.
  const auto granted = Grant();
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_EQ(granted->resource.name(), "cases/1/rounds/1/extension");
  EXPECT_EQ(granted->facts[0].round(), "cases/1/rounds/1");
  EXPECT_EQ(granted->facts[0].case_name(), "cases/1");
  EXPECT_TRUE(granted->facts[0].extension_granted().petitioner_told());
  EXPECT_EQ(Reason(Grant(&granted->resource).status()), "EXTENSION_GRANTED");
  *request_.mutable_granted_on() = Day(7, 14);
  const absl::Status late = Grant().status();
  EXPECT_EQ(Reason(late), "EXTENSION_TOO_LATE");
  EXPECT_EQ(status::ErrorInfoOf(late)->metadata().at("clause"), "2005条例 第三十三条");
}

TEST_F(ExtensionTest, DatedInTimeAndRecordedAfterTheLastDayItIsNone) {
  EXPECT_TRUE(GrantOn(absl::CivilDay(2018, 7, 13)).ok());
  EXPECT_EQ(Reason(GrantOn(absl::CivilDay(2018, 7, 14)).status()), "EXTENSION_TOO_LATE");
}

TEST_F(ExtensionTest, LastDayRollsOverRestDays) {
  // Accepted on 05-15: the 60th day is Saturday 07-14, so that the last one is Monday 07-16.
  *facts_[2].mutable_event_date() = Day(5, 15);
  *request_.mutable_granted_on() = Day(7, 16);
  EXPECT_TRUE(Grant().ok());
  *request_.mutable_granted_on() = Day(7, 17);
  *request_.mutable_petitioner_told_on() = Day(7, 17);
  EXPECT_EQ(Reason(Grant().status()), "EXTENSION_TOO_LATE");
}

TEST_F(ExtensionTest, AgreesWithTheEvaluatorOnEveryDay) {
  // For every day of acceptance and approval: granted here exactly if the evaluator counts it.
  for (int shift = 0; shift < 40; ++shift) {
    const absl::CivilDay accepted = absl::CivilDay(2018, 5, 10) + shift;
    *facts_[2].mutable_event_date() = DateOf(accepted);
    for (int after = 57; after < 68; ++after) {
      *request_.mutable_granted_on() = DateOf(accepted + after);
      *request_.mutable_petitioner_told_on() = request_.granted_on();
      const auto granted = Grant();
      std::vector<facts::v1::Fact> all = facts_;
      facts::v1::Fact& extension = all.emplace_back();
      extension.set_fact_id("e");
      extension.set_round("cases/1/rounds/1");
      *extension.mutable_event_date() = request_.granted_on();
      extension.mutable_extension_granted()->set_days(30);
      ::redress::rules::SetKind(extension);
      std::vector<plan::KnownFact> known;
      for (facts::v1::Fact& fact : all) {
        fact.set_case_name("cases/1");
        fact.set_campaign("campaigns/1");
        known.push_back({&fact, plan::Feed::kRegistry, -1});
      }
      const auto evaluation =
          plan::Evaluate(plan::testing::SeedPlan(), plan::testing::TestCalendar(), known,
                         absl::CivilDay(2018, 9, 20), plan::AsKnown::Everything());
      ASSERT_TRUE(evaluation.ok()) << evaluation.status();
      const plan::Status* status = evaluation->Find("P9.opinion", "cases/1/rounds/1");
      ASSERT_NE(status, nullptr);
      EXPECT_EQ(granted.ok(), status->arithmetic.extension_days == 30)
          << accepted << " + " << after;
      EXPECT_EQ(granted.ok(), !status->arithmetic.late_extension_refused)
          << accepted << " + " << after;
    }
  }
}

TEST_F(ExtensionTest, RefusedWhereNothingRunsOrTooMuchIsAsked) {
  request_.set_days(31);
  *request_.mutable_petitioner_told_on() = Day(7, 1);
  EXPECT_THAT(Fields(Grant().status()), ElementsAre("days", "petitioner_told_on"));
  request_.set_days(30);
  *request_.mutable_petitioner_told_on() = Day(7, 16);
  *request_.mutable_granted_on() = Day(5, 13);
  EXPECT_THAT(Fields(GrantOn(absl::CivilDay(2018, 7, 1)).status()), ElementsAre("granted_on"));
  *request_.mutable_granted_on() = Day(7, 1);
  const std::string opinion = Add(
      [](facts::v1::Fact& fact) {
        fact.mutable_opinion_issued();
        fact.set_round("cases/1/rounds/1");
      },
      Day(6, 28));
  EXPECT_EQ(Reason(Grant().status()), "OPINION_ISSUED");
  // What was retracted did not happen.
  Add([&](facts::v1::Fact& fact) { fact.set_retracts(opinion); }, Day(6, 29));
  EXPECT_TRUE(Grant().ok());
  Add([&](facts::v1::Fact& fact) { fact.set_retracts("f3"); }, Day(6, 29));
  EXPECT_EQ(Reason(Grant().status()), "ROUND_NOT_ACCEPTED");
  facts_[1].mutable_round_opened()->set_round_kind(t::ROUND_KIND_REVIEW);
  EXPECT_EQ(Reason(Grant().status()), "NOT_EXTENDABLE");
  request_.set_round("cases/1/rounds/2");
  EXPECT_TRUE(absl::IsNotFound(Grant().status()));
}

}  // namespace
}  // namespace redress::assignment::rules

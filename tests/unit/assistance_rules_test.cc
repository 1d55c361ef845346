// Surveys, files and plans: what is refused, what is published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/unit/assistance_case.h"

namespace redress::assistance {
namespace {

using testing::AddMeasure;
using testing::BadFields;
using testing::Day;
using testing::Done;
using ::testing::ElementsAre;
using testing::End;
using testing::Failed;
using ::testing::HasSubstr;
using testing::Measure;
using testing::Note;
using testing::Open;
using testing::OpenedFile;
using testing::Pay;
using testing::PlannedFile;
using testing::PlanOf;
using testing::Staff;
using testing::TheCase;
using ::testing::UnorderedElementsAre;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

TEST(AssistanceRulesTest, GoldenStateActionRole) {
  const std::string path = REDRESS_SOURCE_DIR "/tests/unit/golden/assistance_states.txt";
  const std::string actual = rules::StateTables(false);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << actual;
  EXPECT_EQ(actual, ReadFile(path)) << "if this is meant, run the test with UPDATE_GOLDEN=1";
}

TEST(AssistanceRulesTest, TheReadmeShowsTheTables) {
  EXPECT_THAT(ReadFile(REDRESS_SOURCE_DIR "/services/assistance/README.md"),
              HasSubstr(rules::StateTables(true)));
}

v1::RecordSurveyRequest Survey() {
  v1::RecordSurveyRequest request;
  request.set_parent("cases/1");
  v1::HouseholdSurvey& survey = *request.mutable_survey();
  *survey.mutable_surveyed_on() = Day(6, 1);
  survey.set_by_visit(true);
  survey.set_household_size(3);
  survey.set_livelihood("务农");
  survey.add_needs(v1::NEED_KIND_MEDICAL);
  return request;
}

TEST(SurveyTest, IsRecordedByWhomAndHow) {
  v1::RecordSurveyRequest request = Survey();
  request.mutable_survey()->set_name("cases/9/surveys/9");
  request.mutable_survey()->set_etag("9");
  request.mutable_survey()->set_campaign("campaigns/9");
  const auto recorded = rules::RecordSurvey(TheCase(), request, Staff());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->resource.name(), "cases/1/surveys/id1");
  EXPECT_EQ(recorded->resource.case_name(), "cases/1");
  EXPECT_EQ(recorded->resource.etag(), "");
  EXPECT_EQ(recorded->resource.campaign(), "campaigns/1");
  EXPECT_EQ(recorded->resource.surveyed_by().official(), "officials/staff");
  ASSERT_EQ(recorded->facts.size(), 1u);
  EXPECT_EQ(recorded->facts[0].kind(), facts::v1::FACT_KIND_SURVEYED);
  EXPECT_TRUE(recorded->facts[0].surveyed().by_visit());
  EXPECT_EQ(recorded->facts[0].event_date().day(), 1);
}

// Invariant 7: neighbours only with written consent.
TEST(SurveyTest, NeighboursAreAskedOnlyWithConsent) {
  v1::RecordSurveyRequest request = Survey();
  request.mutable_survey()->set_neighbours_asked(true);
  EXPECT_THAT(BadFields(rules::RecordSurvey(TheCase(), request, Staff()).status()),
              ElementsAre("survey.consent_to_ask_neighbours"));
  request.mutable_survey()->set_consent_to_ask_neighbours(true);
  EXPECT_TRUE(rules::RecordSurvey(TheCase(), request, Staff()).ok());
  // Having consented is no duty to ask.
  request.mutable_survey()->set_neighbours_asked(false);
  EXPECT_TRUE(rules::RecordSurvey(TheCase(), request, Staff()).ok());
}

TEST(SurveyTest, DecliningIsTheDutyDoneAndLeavesTheHouseholdAlone) {
  v1::RecordSurveyRequest request;
  request.set_parent("cases/1");
  *request.mutable_survey()->mutable_surveyed_on() = Day(6, 1);
  request.mutable_survey()->set_declined(true);
  request.mutable_survey()->set_wishes("不需要调查");
  EXPECT_THAT(BadFields(rules::RecordSurvey(TheCase(), request, Staff()).status()),
              UnorderedElementsAre("survey.decline"))
      << "the word of whoever surveys is no proof";
  *request.mutable_survey()->mutable_decline() = Note();
  const auto declined = rules::RecordSurvey(TheCase(), request, Staff());
  ASSERT_TRUE(declined.ok()) << declined.status();
  ASSERT_EQ(declined->facts.size(), 1u);
  EXPECT_EQ(declined->facts[0].kind(), facts::v1::FACT_KIND_SURVEY_DECLINED);

  request = Survey();
  request.mutable_survey()->set_declined(true);
  *request.mutable_survey()->mutable_decline() = Note();
  request.mutable_survey()->set_neighbours_asked(true);
  request.mutable_survey()->set_consent_to_ask_neighbours(true);
  EXPECT_THAT(BadFields(rules::RecordSurvey(TheCase(), request, Staff()).status()),
              UnorderedElementsAre("survey.neighbours_asked", "survey.household_size",
                                   "survey.livelihood", "survey.needs"));
}

TEST(SurveyTest, SaysWhatTheHouseholdLivesOn) {
  v1::RecordSurveyRequest request = Survey();
  request.mutable_survey()->set_livelihood(" ");
  request.mutable_survey()->add_needs(v1::NEED_KIND_MEDICAL);
  request.mutable_survey()->add_needs(v1::NEED_KIND_UNSPECIFIED);
  EXPECT_THAT(BadFields(rules::RecordSurvey(TheCase(), request, Staff()).status()),
              UnorderedElementsAre("survey.livelihood", "survey.needs[1]", "survey.needs[2]"));
}

TEST(FileTest, IsOpenedOncePlannedAndEnded) {
  const auto opened = rules::OpenFile(TheCase(), nullptr, Open(), Staff());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->resource.name(), "cases/1/assistanceFile");
  EXPECT_EQ(opened->resource.state(), v1::ASSISTANCE_STATE_OPEN);
  EXPECT_EQ(opened->resource.campaign(), "campaigns/1");
  EXPECT_EQ(opened->facts[0].kind(), facts::v1::FACT_KIND_ASSISTANCE_FILE_OPENED);
  EXPECT_EQ(opened->facts[0].record(), "cases/1/assistanceFile");
  const v1::AssistanceFile open = opened->resource;
  EXPECT_EQ(status::ReasonOf(rules::OpenFile(TheCase(), &open, Open(), Staff()).status()),
            "ASSISTANCE_STATE");
  const v1::AssistanceFile planned = PlannedFile();
  EXPECT_EQ(planned.state(), v1::ASSISTANCE_STATE_PLANNED);
  EXPECT_EQ(status::ReasonOf(rules::OpenFile(TheCase(), &planned, Open(), Staff()).status()),
            "ASSISTANCE_STATE");
  const auto ended = rules::End(TheCase(), planned, End(v1::END_REASON_PERSON_DECLINED), Staff());
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->resource.state(), v1::ASSISTANCE_STATE_ENDED);
  EXPECT_EQ(ended->resource.end_reason(), v1::END_REASON_PERSON_DECLINED);
  EXPECT_EQ(ended->facts[0].kind(), facts::v1::FACT_KIND_ASSISTANCE_ENDED);
  // What was left open is no longer owed, and says so.
  for (const v1::AssistanceMeasure& measure : ended->resource.measures()) {
    EXPECT_EQ(measure.state(), v1::MEASURE_STATE_SUPERSEDED);
    EXPECT_EQ(measure.settled_on().month(), 8);
  }
}

TEST(FileTest, ANewNeedOpensAnEndedFileAgain) {
  const v1::AssistanceFile ended =
      rules::End(TheCase(), PlannedFile(), End(v1::END_REASON_PERSON_DECLINED), Staff())->resource;
  EXPECT_THAT(BadFields(rules::OpenFile(TheCase(), &ended, Open(7, 31), Staff()).status()),
              ElementsAre("opened_on"));
  const auto again = rules::OpenFile(TheCase(), &ended, Open(8, 2), Staff());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->resource.state(), v1::ASSISTANCE_STATE_OPEN);
  EXPECT_FALSE(again->resource.has_ended_on());
  EXPECT_EQ(again->resource.end_reason(), v1::END_REASON_UNSPECIFIED);
  EXPECT_EQ(again->resource.measures_size(), 2);
  const auto planned = rules::Plan(again->resource, PlanOf(8, 3), Staff());
  ASSERT_FALSE(planned.ok());  // the measures of July are due before the plan
  v1::PlanAssistanceRequest later = PlanOf(8, 3);
  *later.mutable_plan()->mutable_measures(0)->mutable_due_on() = Day(9, 1);
  const auto anew = rules::Plan(again->resource, later, Staff());
  ASSERT_TRUE(anew.ok()) << anew.status();
  EXPECT_EQ(anew->resource.plan().revision(), 2);
  EXPECT_EQ(anew->resource.measures(2).name(), Measure(3));
}

TEST(PlanTest, IsAgreedWithThePersonAndPublishesWhatDutiesNeed) {
  const auto planned = rules::Plan(OpenedFile(), PlanOf(), Staff());
  ASSERT_TRUE(planned.ok()) << planned.status();
  const v1::AssistanceFile& file = planned->resource;
  EXPECT_EQ(file.plan().revision(), 1);
  EXPECT_EQ(file.plan().planned_by().official(), "officials/staff");
  ASSERT_EQ(file.measures_size(), 2);
  EXPECT_EQ(file.measures(0).name(), Measure(1));
  EXPECT_EQ(file.measures(1).name(), Measure(2));
  EXPECT_EQ(file.measures(1).state(), v1::MEASURE_STATE_PLANNED);
  ASSERT_EQ(planned->facts.size(), 1u);
  EXPECT_EQ(planned->facts[0].kind(), facts::v1::FACT_KIND_ASSISTANCE_PLANNED);
  const facts::v1::AssistancePlanned& fact = planned->facts[0].assistance_planned();
  EXPECT_TRUE(fact.agreed_with_person());
  EXPECT_TRUE(fact.near_term_considered());
  EXPECT_TRUE(fact.long_term_considered());
  EXPECT_TRUE(fact.legal_aid_offered());
  EXPECT_EQ(fact.measures(), 2);
  EXPECT_EQ(fact.last_due().month(), 8);
  EXPECT_THAT(fact.departments(), ElementsAre(types::v1::DEPARTMENT_CIVIL_AFFAIRS,
                                              types::v1::DEPARTMENT_HUMAN_RESOURCES));

  v1::PlanAssistanceRequest without = PlanOf();
  without.mutable_plan()->set_agreed_with_person(false);
  for (const v1::AssistanceFile& current : {OpenedFile(), PlannedFile()}) {
    EXPECT_EQ(status::ReasonOf(rules::Plan(current, without, Staff()).status()), "PLAN_NOT_AGREED");
  }
}

TEST(PlanTest, NamesEveryBadField) {
  v1::PlanAssistanceRequest request = PlanOf(5, 31);
  v1::AssistancePlan& plan = *request.mutable_plan();
  plan.set_near_term(" ");
  plan.set_long_term("\n");
  plan.mutable_measures(0)->clear_funding_source();
  plan.mutable_measures(0)->set_policy_basis(" ");
  *plan.mutable_measures(1)->mutable_due_on() = Day(5, 30);
  EXPECT_THAT(BadFields(rules::Plan(OpenedFile(), request, Staff()).status()),
              UnorderedElementsAre("plan.planned_on", "plan.near_term", "plan.long_term",
                                   "plan.measures[0].funding_source",
                                   "plan.measures[0].policy_basis", "plan.measures[1].due_on"));
}

TEST(PlanTest, ALaterPlanSupersedesWhatIsOpenAndCountsWhatIsDone) {
  const v1::AssistanceFile file =
      rules::CompleteMeasure(PlannedFile(), Done(1, 6, 20), Staff())->resource;
  v1::PlanAssistanceRequest later = PlanOf(6, 25);
  AddMeasure(*later.mutable_plan(), 1000, types::v1::DEPARTMENT_JUSTICE);
  const auto planned = rules::Plan(file, later, Staff());
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_EQ(planned->resource.plan().revision(), 2);
  ASSERT_EQ(planned->resource.measures_size(), 5);
  EXPECT_EQ(planned->resource.measures(0).state(), v1::MEASURE_STATE_DONE);
  EXPECT_EQ(planned->resource.measures(1).state(), v1::MEASURE_STATE_SUPERSEDED);
  EXPECT_EQ(planned->resource.measures(1).settled_on().day(), 25);
  EXPECT_EQ(planned->resource.measures(2).name(), Measure(3));
  // "All measures done" compares with all that were ever done: one, and three that are to be.
  EXPECT_EQ(planned->facts[0].assistance_planned().measures(), 4);
  EXPECT_THAT(BadFields(rules::Plan(planned->resource, PlanOf(6, 24), Staff()).status()),
              ElementsAre("plan.planned_on"));
}

TEST(EndTest, GoalsAreReachedWhenNothingIsOpen) {
  const auto early =
      rules::End(TheCase(), PlannedFile(), End(v1::END_REASON_GOALS_REACHED), Staff());
  EXPECT_EQ(status::ReasonOf(early.status()), "GOALS_NOT_REACHED");
  const auto open = status::ViolationsOf(early.status());
  ASSERT_EQ(open.size(), 2u);
  EXPECT_EQ(open[0].subject, Measure(1));
  v1::AssistanceFile file = rules::CompleteMeasure(PlannedFile(), Done(1), Staff())->resource;
  file = rules::FailMeasure(file, Failed(2), Staff())->resource;
  EXPECT_TRUE(rules::End(TheCase(), file, End(v1::END_REASON_GOALS_REACHED), Staff()).ok());
  // Where all failed no goal was reached; nor where nothing was planned.
  v1::AssistanceFile failed = rules::FailMeasure(PlannedFile(), Failed(1), Staff())->resource;
  failed = rules::FailMeasure(failed, Failed(2), Staff())->resource;
  for (const v1::AssistanceFile& none : {failed, OpenedFile()}) {
    EXPECT_EQ(status::ReasonOf(
                  rules::End(TheCase(), none, End(v1::END_REASON_GOALS_REACHED), Staff()).status()),
              "GOALS_NOT_REACHED");
    EXPECT_TRUE(rules::End(TheCase(), none, End(v1::END_REASON_NO_LONGER_ELIGIBLE), Staff()).ok());
  }
}

TEST(EndTest, IsNotBeforeWhatWasDoneOrPaid) {
  const v1::AssistanceFile paid =
      rules::RecordPayment(PlannedFile(), Pay(1, 100, "v1"), Staff())->resource;
  EXPECT_THAT(
      BadFields(
          rules::End(TheCase(), paid, End(v1::END_REASON_PERSON_DECLINED, 7, 1), Staff()).status()),
      ElementsAre("ended_on"));
  EXPECT_TRUE(rules::End(TheCase(), paid, End(v1::END_REASON_PERSON_DECLINED, 7, 2), Staff()).ok());
  EXPECT_THAT(BadFields(rules::End(TheCase(), OpenedFile(),
                                   End(v1::END_REASON_PERSON_DECLINED, 5, 31), Staff())
                            .status()),
              ElementsAre("ended_on"));
}

}  // namespace
}  // namespace redress::assistance

// Reading plans and rule sets: every mistake at once, with line and field.
#include "common/plan/plan.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHead[] = R"(id: "p" revision: 1 title { zh: "x" } source { zh: "x" }
starts_on { year: 2018 month: 4 day: 1 } ends_on { year: 2018 month: 12 day: 31 }
rule_sets: "2005" recorded_late_after_working_days: 3
closing { standard: CLOSING_STANDARD_ANSWERED clause: "x" title { zh: "x" } for_each_claim { id: "a" clause: "x" title { zh: "x" } remedy { zh: "x" } satisfied { lapsed { from { fact { kind: FACT_KIND_DOCUMENT_SERVED not_before: FACT_KIND_OPINION_ISSUED where { field: "document_kind" equals: "DOCUMENT_KIND_HANDLING_OPINION" } where { field: "remedy_stated" equals: "true" } } from_latest: true } days: 30 unless: FACT_KIND_REVIEW_REQUESTED } } } }
)";

std::vector<Mistake> MistakesOf(const std::string& text) {
  std::vector<Mistake> mistakes;
  const auto plan = Load(text, TestRules(), &mistakes);
  EXPECT_EQ(plan.ok(), mistakes.empty());
  if (!plan.ok()) {
    EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
    for (const Mistake& mistake : mistakes) {
      EXPECT_THAT(plan.status().message(), HasSubstr(mistake.message));
    }
  }
  return mistakes;
}

// The only mistake of a plan with this requirement: "line 5 field: message".
std::string OneMistake(const std::string& body, const std::string& subject = "CASE") {
  const auto mistakes = MistakesOf(kHead + Requirement(subject, body).substr(1));
  if (mistakes.size() != 1) return absl::StrCat(mistakes.size(), " mistakes\n", Describe(mistakes));
  return absl::StrCat("line ", mistakes[0].line, " ", mistakes[0].field, ": ", mistakes[0].message);
}

TEST(PlanTest, ReportsManyMistakesInOneFileWithLineAndField) {
  const std::string text = R"(id: "bad plan!"
revision: 0
title { en: "no Chinese" }
source { zh: "x" }
starts_on { year: 2018 month: 2 day: 30 }
ends_on { year: 2018 month: 12 day: 31 }
rule_sets: "1999"
recorded_late_after_working_days: 3
colour: "red"
requirements {
  id: "A"
  title { zh: "x" }
  subject: SUBJECT_KIND_PERSON
  bound: BOUND_ROLE_LEAD
  stage: "nowhere"
  satisfied { fact { kind: FACT_KIND_VISIT_HELD where { field: "mood" equals: "good" } } }
}
requirements {
  id: "A"
  clause: "x"
  title { zh: "x" }
  subject: SUBJECT_KIND_CASE
  bound: BOUND_ROLE_LEAD
  satisfied { fact { kind: FACT_KIND_VISIT_HELD where { field: "place" equals: "VISIT_PLACE_MOON" } } }
  due { fixed { year: 2018 month: 5 day: 1 } }
  due { fixed { year: 2018 month: 6 day: 1 } }
}
requirements {
  id: "B"
  clause: 7
  title { zh: "x" }
  subject: SUBJECT_KIND_CASE
  bound: BOUND_ROLE_LEAD
  satisfied { fact { kind: FACT_KIND_SMILED } }
  due { screening_round: "none" }
}
)";
  const auto mistakes = MistakesOf(text);
  std::map<int, std::string> by_line;
  for (const Mistake& mistake : mistakes) {
    by_line[mistake.line] += absl::StrCat(mistake.field, ": ", mistake.message, "\n");
  }
  const std::pair<int, const char*> expected[] = {
      {1, "id: an id has"},
      {1, "closing: a plan says how a case is closed"},
      {2, "revision: `revision` counts from 1"},
      {3, "title: `title` needs a Chinese text"},
      {5, "starts_on: 2018-2-30 is not a whole, real date"},
      {7, "rule_sets[0]: there is no rule set `1999`"},
      {9, "colour: there is no field `colour` here"},
      {10, "requirements[0].clause: the clause"},
      {13, "subject: `SUBJECT_KIND_PERSON` is no value of the field `subject`"},
      {15, "requirements[0].stage: there is no stage `nowhere`"},
      {16,
       "requirements[0].satisfied.fact.where[0].field: facts of kind VISIT_HELD have "
       "no field `mood`; they have place, by_lead, diary_written"},
      {19, "requirements[1].id: the id `A` is used twice"},
      {24,
       "requirements[1].satisfied.fact.where[0].equals: `VISIT_PLACE_MOON` is no value of "
       "`place`: expected one of VISIT_PLACE_OFFICE, VISIT_PLACE_HOME, VISIT_PLACE_AGREED"},
      {25, "requirements[1].due[0]: this due rule always holds"},
      {30, "clause: a text in quotes is expected here, not 7"},
      {34, "kind: `FACT_KIND_SMILED` is no value of the field `kind`"},
      {35, "requirements[2].due[0].screening_round: there is no screening round `none`"},
  };
  for (const auto& [line, message] : expected) {
    EXPECT_THAT(by_line[line], HasSubstr(message)) << "line " << line;
  }
  for (const auto& [line, message] : expected) by_line.erase(line);
  for (const auto& [line, message] : by_line) ADD_FAILURE() << "line " << line << " " << message;
}

TEST(PlanTest, WhatIsMissingIsReportedWhereItsMessageBegins) {
  const std::string closing = R"(
closing {
  standard: CLOSING_STANDARD_ANSWERED
  clause: "x"
  title { zh: "x" }
  for_each_claim {
    clause: "x"
    title { zh: "x" }
    remedy { zh: "x" }
    satisfied { lapsed { from { fact { kind: FACT_KIND_DOCUMENT_SERVED not_before: FACT_KIND_OPINION_ISSUED where { field: "document_kind" equals: "DOCUMENT_KIND_HANDLING_OPINION" } where { field: "remedy_stated" equals: "true" } } from_latest: true } days: 30 unless: FACT_KIND_REVIEW_REQUESTED } }
  }
}
requirements {
  clause: "x"
  title { zh: "x" }
  subject: SUBJECT_KIND_CASE
  bound: BOUND_ROLE_LEAD
  satisfied { fact { kind: FACT_KIND_ASSIGNED } }
}
)";
  const auto mistakes = MistakesOf(R"(
# No id of the plan: its message is the file.
revision: 1 title { zh: "x" } source { zh: "x" }
starts_on { year: 2018 month: 4 day: 1 } ends_on { year: 2018 month: 12 day: 31 }
rule_sets: "2005" recorded_late_after_working_days: 3)" +
                                   closing);
  std::vector<std::string> found;
  for (const Mistake& mistake : mistakes) {
    found.push_back(absl::StrCat(mistake.line, ":", mistake.column, " ", mistake.field));
  }
  EXPECT_THAT(found, ElementsAre("1:1 id", "10:3 closing[0].for_each_claim[0].id",
                                 "17:1 requirements[0].id"));

  std::vector<Mistake> of_rules;
  const std::string set = R"(title { zh: "x" }
id: "2005"
)";
  EXPECT_FALSE(RuleSetTable::Parse({set, set}, &of_rules).ok());
  EXPECT_THAT(Describe(of_rules), HasSubstr("line 2, column 1, id: there are two rule sets"));
  EXPECT_THAT(Describe(of_rules), HasSubstr("line 1, column 1, in_force_from: "));
}

TEST(PlanTest, SyntaxErrorsDoNotHideOthers) {
  const auto mistakes = MistakesOf(std::string(kHead) + R"(requirements {
  id: "A" clause: "x" title { zh: "x" } subject: SUBJECT_KIND_CASE bound: BOUND_ROLE_LEAD
  satisfied { fact { kind: FACT_KIND_ASSIGNED } }
  gates_closing: perhaps
  stage: "nowhere"
}
revision: 2
)");
  ASSERT_EQ(mistakes.size(), 3u) << Describe(mistakes);
  EXPECT_EQ(mistakes[0].line, 8);
  EXPECT_EQ(mistakes[0].field, "gates_closing");
  EXPECT_EQ(mistakes[1].line, 9);
  EXPECT_EQ(mistakes[2].line, 11);
  EXPECT_EQ(mistakes[2].field, "revision");
  EXPECT_FALSE(MistakesOf("}{").empty());
  EXPECT_FALSE(MistakesOf("").empty());
}

TEST(PlanTest, RefusesWhatContradictsItself) {
  constexpr char kDone[] = "satisfied { fact { kind: FACT_KIND_WORK_PLAN_SET } } ";
  const auto with = [&](const std::string& due) { return OneMistake(kDone + due); };
  EXPECT_EQ(with(""), "0 mistakes\n");
  EXPECT_THAT(with("due { when { fact { kind: FACT_KIND_ASSIGNED } } fixed { year: 2018 month: 5 "
                   "day: 1 } }"),
              HasSubstr("has no `when`"));
  EXPECT_THAT(with("due { }"), HasSubstr("says no day"));
  EXPECT_THAT(with("due { fixed { year: 2019 month: 5 day: 1 } }"),
              HasSubstr("not within the plan's"));
  EXPECT_THAT(with("due { clock { name: \"sprint\" from { fact { kind: FACT_KIND_ASSIGNED } } } }"),
              HasSubstr("has a clock `sprint`"));
  EXPECT_THAT(with("due { clock { name: \"handling\" from { fact { kind: FACT_KIND_ASSIGNED } } "
                   "paused_by { kind: FACT_KIND_CLOCK_PAUSED } } }"),
              HasSubstr("go together"));
  EXPECT_THAT(
      with("due { clock { name: \"acceptance\" from { fact { kind: FACT_KIND_ASSIGNED } } "
           "extended_by { kind: FACT_KIND_EXTENSION_GRANTED } extension_field: \"days\" } }"),
      HasSubstr("be extended"));
  EXPECT_THAT(with("due { after { from { fact { kind: FACT_KIND_ASSIGNED } } days: -1 count: "
                   "DAY_COUNT_CALENDAR } }"),
              HasSubstr("`days` is from 0"));
  EXPECT_THAT(with("due { after { from { fact { kind: FACT_KIND_ASSIGNED } } days: 1 } }"),
              HasSubstr("`count` is missing"));
  EXPECT_THAT(with("due { on_field { fact { kind: FACT_KIND_ASSIGNED } date_field: \"lead\" } }"),
              HasSubstr("is no date"));
  EXPECT_THAT(with("due { cadence { step: CADENCE_STEP_HALF_MONTH } }"), HasSubstr("needs an end"));
  EXPECT_THAT(with("due { cadence { step: CADENCE_STEP_HALF_MONTH days: 3 stopped_by { kind: "
                   "FACT_KIND_CASE_CLOSED } } }"),
              HasSubstr("belongs to CADENCE_STEP_DAYS"));
  EXPECT_THAT(with("gates_closing: true due { cadence { step: CADENCE_STEP_HALF_MONTH stopped_by { "
                   "kind: FACT_KIND_CASE_CLOSED } } }"),
              HasSubstr("cannot gate closing"));
  EXPECT_THAT(OneMistake(""), HasSubstr("what fulfils it is missing"));
  EXPECT_THAT(OneMistake("sealed { record: \"referrals\" } gates_closing: true"),
              HasSubstr("sealed record"));
}

TEST(PlanTest, ChecksTestsAgainstTheFacts) {
  const auto fact = [](const std::string& test) {
    return OneMistake("satisfied { fact { " + test + " } }");
  };
  EXPECT_THAT(fact(""), HasSubstr("the kind of fact is missing"));
  EXPECT_THAT(fact("kind: FACT_KIND_SCREENING_REPORTED"), HasSubstr("not about such a subject"));
  EXPECT_THAT(fact("kind: FACT_KIND_ASSIGNED where { field: \"lead\" equals: \"officials/1\" }"),
              HasSubstr("no single person"));
  EXPECT_THAT(fact("kind: FACT_KIND_CASE_CLOSED where { field: \"proposed_by\" equals: \"x\" }"),
              HasSubstr("cannot be compared"));
  EXPECT_THAT(fact("kind: FACT_KIND_TASK_FORCE_SET where { field: \"departments\" equals: "
                   "\"DEPARTMENT_LAND\" }"),
              HasSubstr("is a list"));
  EXPECT_THAT(fact("kind: FACT_KIND_TASK_FORCE_SET where { field: \"members\" equals: \"many\" }"),
              HasSubstr("expected a number"));
  EXPECT_THAT(fact("kind: FACT_KIND_VISIT_HELD where { field: \"by_lead\" at_least: 1 }"),
              HasSubstr("is no number"));
  EXPECT_THAT(fact("kind: FACT_KIND_VISIT_HELD where { field: \"by_lead\" equals: \"yes\" }"),
              HasSubstr("`true` or `false`"));
  EXPECT_THAT(fact("kind: FACT_KIND_VISIT_HELD where { field: \"by_lead\" }"),
              HasSubstr("what is asked of the field"));
  EXPECT_THAT(fact("kind: FACT_KIND_VISIT_HELD among { field: \"by_lead\" equals: \"true\" }"),
              HasSubstr("belongs to `latest`"));
  EXPECT_THAT(fact("kind: FACT_KIND_VISIT_HELD at_least: 2 at_least_from { kind: "
                   "FACT_KIND_WORK_PLAN_SET field: \"measures\" }"),
              HasSubstr("contradict"));
  EXPECT_THAT(OneMistake("satisfied { all { } }"), HasSubstr("no tests"));
  EXPECT_THAT(OneMistake("satisfied { }"), HasSubstr("the test is empty"));
}

TEST(PlanTest, RuleSetsMustCoverThePlanAndNotOverlap) {
  const auto with = [](const std::string& sets) {
    std::string text = kHead;
    text.replace(text.find("rule_sets: \"2005\""), 17, sets);
    return Describe(
        MistakesOf(text + Requirement("CASE", "satisfied { fact { kind: FACT_KIND_ASSIGNED } }")));
  };
  EXPECT_EQ(with("rule_sets: \"2005\" rule_sets: \"2022\""), "");
  EXPECT_THAT(with("rule_sets: \"2022\""), HasSubstr("no rule set is in force on 2018-04-01"));
  EXPECT_THAT(with("rule_sets: \"2005\" rule_sets: \"2005\""), HasSubstr("named twice"));
  const std::string province =
      R"(id: "province" title { zh: "x" } in_force_from { year: 2010 month: 1 day: 1 }
      clocks { name: "handling" clause: "x" days: 45 count: DAY_COUNT_STATUTORY })";
  auto texts = std::vector<std::string>{TestRules().Find("2005")->DebugString(), province};
  const auto rules = RuleSetTable::Parse(texts);
  ASSERT_TRUE(rules.ok()) << rules.status();
  std::vector<Mistake> mistakes;
  std::string text = kHead;
  text.replace(text.find("rule_sets: \"2005\""), 17, "rule_sets: \"2005\" rule_sets: \"province\"");
  EXPECT_FALSE(Load(text, *rules, &mistakes).ok());
  EXPECT_THAT(Describe(mistakes), HasSubstr("in force on the same days"));
}

TEST(PlanTest, FaultyRuleSetsAreRefused) {
  std::vector<Mistake> mistakes;
  const auto rules = RuleSetTable::Parse(
      {"id: \"a\" title { zh: \"x\" } in_force_from { year: 2010 month: 1 day: 1 }\n"
       "clocks { name: \"x\" clause: \"x\" days: 0 }\n"
       "clocks { name: \"x\" days: 5 count: DAY_COUNT_WORKING max_extension_days: 3 }\n"},
      &mistakes);
  EXPECT_FALSE(rules.ok());
  EXPECT_EQ(mistakes.size(), 5u) << Describe(mistakes);
  EXPECT_EQ(RuleSetTable::LoadFolder("/nonexistent").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LoadFile("/nonexistent", TestRules()).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace redress::plan::testing

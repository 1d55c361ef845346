// Applicability, evidence and subjects, by the 2018 plan and by small ones.
#include "common/plan/evaluator.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

struct Row {
  const char* what;
  const char* requirement;
  std::vector<std::tuple<const char*, absl::CivilDay, const char*>> facts;
  absl::CivilDay as_of;
  const char* expected;
};

constexpr char kEmpty[] = "";

TEST(EvaluatorTest, Table2018) {
  const char* explain = "category: CATEGORY_EXPLAIN";
  const Row rows[] = {
      {"five-ones need all parts",
       "P3",
       {{"ASSIGNED", D(4, 21), kEmpty}, {"TASK_FORCE_SET", D(4, 21), "members: 1"}},
       D(4, 22),
       "PENDING due 2018-04-30"},
      {"a plan without goals is none",
       "P3",
       {{"ASSIGNED", D(4, 21), kEmpty},
        {"TASK_FORCE_SET", D(4, 21), "members: 1"},
        {"WORK_PLAN_SET", D(4, 22), "measures: 1"}},
       D(5, 1),
       "OVERDUE since 2018-05-01 due 2018-04-30"},
      {"complete on the latest part's day",
       "P3",
       {{"ASSIGNED", D(4, 21), kEmpty},
        {"TASK_FORCE_SET", D(4, 24), "members: 1"},
        {"WORK_PLAN_SET", D(4, 22), "measures: 1 goals: 1"}},
       D(5, 1),
       "MET 2018-04-24 due 2018-04-30"},
      {"not prominent", "P4", {}, D(5, 1), "NOT_APPLICABLE"},
      {"three musts: pending without an appraisal", "P5.site", {}, D(9, 1), "PENDING due -"},
      {"three musts: met before",
       "P5.site",
       {{"INVESTIGATED", D(5, 1), "on_site: true"}, {"CLAIM_APPRAISED", D(5, 9), explain}},
       D(9, 1),
       "MET 2018-05-01 due 2018-05-09"},
      {"three musts: same day",
       "P5.heard",
       {{"PETITIONER_HEARD", D(5, 9), kEmpty}, {"CLAIM_APPRAISED", D(5, 9), explain}},
       D(9, 1),
       "MET 2018-05-09 due 2018-05-09"},
      {"three musts: after",
       "P5.heard",
       {{"PETITIONER_HEARD", D(5, 10), kEmpty}, {"CLAIM_APPRAISED", D(5, 9), explain}},
       D(9, 1),
       "MET_LATE 2018-05-10 due 2018-05-09"},
      {"three musts: not on site",
       "P5.site",
       {{"INVESTIGATED", D(5, 1), "documents: true"}, {"CLAIM_APPRAISED", D(5, 9), explain}},
       D(9, 1),
       "OVERDUE since 2018-05-10 due 2018-05-09"},
      {"repeating the earlier conclusion",
       "P6.fresh",
       {{"CLAIM_APPRAISED", D(5, 9), "repeats_prior: true"}},
       D(5, 20),
       "OVERDUE since 2018-05-10 due 2018-05-09"},
      {"repeating it on fresh evidence",
       "P6.fresh",
       {{"CLAIM_APPRAISED", D(5, 9), "repeats_prior: true fresh_evidence: true"}},
       D(5, 20),
       "MET 2018-05-09 due 2018-05-09"},
      {"repaired by a later appraisal",
       "P6.fresh",
       {{"CLAIM_APPRAISED", D(5, 9), "repeats_prior: true"},
        {"CLAIM_APPRAISED", D(5, 19), "revision: 2"}},
       D(5, 20),
       "MET_LATE 2018-05-19 due 2018-05-09"},
      {"dissent recorded counts",
       "P7",
       {{"CLAIM_APPRAISED", D(5, 9), "category: CATEGORY_RESOLVE"},
        {"DATE_OFFERED", D(5, 9), "petitioner_agrees: false"}},
       D(5, 20),
       "MET 2018-05-09 due 2018-05-09"},
      {"only the latest category counts",
       "P7",
       {{"CLAIM_APPRAISED", D(5, 9), "category: CATEGORY_RESOLVE"},
        {"CLAIM_APPRAISED", D(5, 9), explain}},
       D(5, 20),
       "NOT_APPLICABLE"},
      {"what fell due before another appraisal stays owed",
       "P7",
       {{"CLAIM_APPRAISED", D(5, 9), "category: CATEGORY_RESOLVE"},
        {"CLAIM_APPRAISED", D(5, 12), explain}},
       D(5, 20),
       "OVERDUE since 2018-05-10 due 2018-05-09"},
      {"complex",
       "P8.consult",
       {{"CLAIM_APPRAISED", D(5, 9), "complex: true"}, {"OPINION_ISSUED", D(6, 1), kEmpty}},
       D(6, 20),
       "OVERDUE since 2018-06-02 due 2018-06-01"},
      {"acceptance rolls", "P9.acceptance", {}, D(5, 7), "PENDING due 2018-05-07"},
      {"acceptance overdue",
       "P9.acceptance",
       {},
       D(5, 8),
       "OVERDUE since 2018-05-08 due 2018-05-07"},
      {"other statutory route: no opinion",
       "P9.opinion",
       {{"SORTED", D(4, 25), "route: ROUTE_LITIGATION"}, {"ACCEPTED", D(4, 26), kEmpty}},
       D(9, 1),
       "NOT_APPLICABLE"},
      {"service refused without witnesses",
       "P9.service",
       {{"OPINION_ISSUED", D(6, 1), kEmpty},
        {"DOCUMENT_SERVED", D(6, 2),
         "document_kind: DOCUMENT_KIND_HANDLING_OPINION remedy_stated: true"}},
       D(6, 3),
       "PENDING due 2018-06-19"},
      {"a hearing without third parties",
       "P10.hearing",
       {{"CLAIM_APPRAISED", D(5, 9), explain}, {"HEARING_HELD", D(6, 1), "minutes_kept: true"}},
       D(6, 3),
       "PENDING due 2018-09-30"},
      {"a hearing declined is the duty done",
       "P10.hearing",
       {{"CLAIM_APPRAISED", D(5, 9), explain}, {"HEARING_DECLINED", D(6, 2), kEmpty}},
       D(6, 3),
       "MET 2018-06-02 due 2018-09-30"},
      {"measures: not all done",
       "P11.measures",
       {{"ASSISTANCE_PLANNED", D(5, 9), "measures: 2 last_due { year: 2018 month: 7 day: 1 }"},
        {"ASSISTANCE_MEASURE_DONE", D(6, 1), kEmpty}},
       D(6, 3),
       "PENDING due 2018-07-01"},
      {"measures: all done",
       "P11.measures",
       {{"ASSISTANCE_PLANNED", D(5, 9), "measures: 2 last_due { year: 2018 month: 7 day: 1 }"},
        {"ASSISTANCE_MEASURE_DONE", D(6, 1), kEmpty},
        {"ASSISTANCE_MEASURE_DONE", D(6, 5), kEmpty}},
       D(6, 6),
       "MET 2018-06-05 due 2018-07-01"},
      {"department needed",
       "P11.hr",
       {{"ASSISTANCE_PLANNED", D(5, 9),
         "departments: DEPARTMENT_LAND departments: DEPARTMENT_HUMAN_RESOURCES"}},
       D(5, 10),
       "PENDING due 2018-05-19"},
      {"department not needed",
       "P11.justice",
       {{"ASSISTANCE_PLANNED", D(5, 9), "departments: DEPARTMENT_LAND"}},
       D(5, 10),
       "NOT_APPLICABLE"},
      {"sealed", "P12", {}, D(5, 10), "NOT_APPLICABLE"},
      {"met, on a Sunday",
       "P13",
       {{"PETITIONER_HEARD", D(5, 18), "by_lead: true transcript_kept: true"},
        {"CLAIM_APPRAISED", D(5, 20), explain}},
       D(5, 22),
       "MET 2018-05-20 due 2018-05-20"},
      {"the plan's Sunday does not roll",
       "P13",
       {},
       D(5, 21),
       "OVERDUE since 2018-05-21 due 2018-05-20"},
      {"closed and reopened",
       "P16",
       {{"CASE_CLOSED", D(9, 1), kEmpty}, {"CASE_REOPENED", D(9, 10), kEmpty}},
       D(9, 11),
       "PENDING due 2018-09-30"},
      {"closed again",
       "P16",
       {{"CASE_CLOSED", D(9, 1), kEmpty},
        {"CASE_REOPENED", D(9, 10), kEmpty},
        {"CASE_CLOSED", D(10, 3), kEmpty}},
       D(10, 11),
       "MET_LATE 2018-10-03 due 2018-09-30"},
      {"basis lost on the day of closing",
       "P17.basis",
       {{"CASE_CLOSED", D(9, 3), kEmpty}, {"CLOSURE_BASIS_LOST", D(9, 3), kEmpty}},
       D(9, 4),
       "PENDING due 2018-09-10"},
      {"basis lost, reopened",
       "P17.basis",
       {{"CASE_CLOSED", D(9, 3), kEmpty},
        {"CLOSURE_BASIS_LOST", D(9, 4), kEmpty},
        {"CASE_REOPENED", D(9, 5), kEmpty}},
       D(9, 6),
       "MET 2018-09-05 due 2018-09-11"},
      {"merged: nothing more is asked",
       "P3",
       {{"CASE_MERGED", D(4, 25), kEmpty}},
       D(6, 1),
       "NOT_APPLICABLE"},
  };
  for (const Row& row : rows) {
    FactBook book;
    book.Open(D(4, 20));
    for (const auto& [kind, day, detail] : row.facts) book.Add(kind, day, detail);
    EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, row.as_of), row.requirement), row.expected)
        << row.what;
  }
}

// Merging ends what is asked; it heals nothing that was late, and takes nothing back that was done.
TEST(EvaluatorTest, WhatWasLateBeforeTheMergeStaysLate) {
  struct Merged {
    const char* what;
    const char* requirement;
    std::vector<std::tuple<std::string, absl::CivilDay, std::string>> facts;
    const char* expected;
  };
  const Merged rows[] = {
      {"late before",
       "P3",
       {{"CASE_MERGED", D(5, 20), kEmpty}},
       "OVERDUE since 2018-05-01 due 2018-04-30"},
      {"due on the day of the merge", "P3", {{"CASE_MERGED", D(4, 30), kEmpty}}, "NOT_APPLICABLE"},
      {"done late before",
       "P13",
       {{"PETITIONER_HEARD", D(5, 21), "by_lead: true transcript_kept: true"},
        {"CLAIM_APPRAISED", D(5, 22), kEmpty},
        {"CASE_MERGED", D(5, 25), kEmpty}},
       "MET_LATE 2018-05-22 due 2018-05-20"},
      {"done in time before",
       "P14",
       {{"INVESTIGATED", D(5, 2), "evidence_items: 1"}, {"CASE_MERGED", D(5, 25), kEmpty}},
       "MET 2018-05-02 due 2018-06-20"},
      {"late before, done after",
       "P14",
       {{"CASE_MERGED", D(6, 25), kEmpty}, {"INVESTIGATED", D(6, 26), "evidence_items: 1"}},
       "MET_LATE 2018-06-26 due 2018-06-20"},
      {"not due before, done late after",
       "P14",
       {{"CASE_MERGED", D(5, 25), kEmpty}, {"INVESTIGATED", D(6, 26), "evidence_items: 1"}},
       "NOT_APPLICABLE"},
      {"visits missed before",
       "P10.visit",
       {{"CLAIM_APPRAISED", D(5, 1), "category: CATEGORY_EXPLAIN"},
        {"CASE_MERGED", D(6, 20), kEmpty}},
       "OVERDUE since 2018-06-16 due -"},
      {"registered by mistake: nothing was ever owed",
       "P3",
       {{"REGISTRATION_REVOKED", D(5, 20), kEmpty}},
       "NOT_APPLICABLE"},
      {"no visit was owed yet",
       "P10.visit",
       {{"CLAIM_APPRAISED", D(5, 1), "category: CATEGORY_EXPLAIN"},
        {"CASE_MERGED", D(5, 10), kEmpty}},
       "NOT_APPLICABLE"},
  };
  for (const Merged& row : rows) {
    FactBook book;
    book.Open(D(4, 20));
    auto& registered = const_cast<facts::v1::Fact&>(*book.known().front().fact);
    registered.mutable_case_registered()->set_source(types::v1::CASE_SOURCE_HANDED_DOWN_CITY);
    for (const auto& [kind, day, detail] : row.facts) book.Add(kind, day, detail);
    EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(9, 1)), row.requirement), row.expected) << row.what;
  }
}

TEST(EvaluatorTest, NothingPlannedIsNothingDone) {
  FactBook book;
  book.Open(D(4, 20)).Add("WORK_PLAN_SET", D(4, 21), "measures: 0");
  const auto plan =
      PlanWith(Requirement("CASE",
                           "satisfied { fact { kind: FACT_KIND_MEASURE_DONE at_least_from { kind: "
                           "FACT_KIND_WORK_PLAN_SET field: \"measures\" } } }"));
  EXPECT_EQ(StateOf(AsOf(plan, book, D(5, 1))), "PENDING due -");
  book.Add("MEASURE_DONE", D(5, 2));
  EXPECT_EQ(StateOf(AsOf(plan, book, D(5, 3))), "MET 2018-05-02 due -");
}

TEST(EvaluatorTest, ACadenceThatEndedUnfulfilledIsNotMet) {
  FactBook unit;
  unit.Add("UNIT_ENROLLED", D(4, 20), "unit_kind: UNIT_KIND_COMMITTEE");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), unit, D(12, 1)), "P2.rolling"),
            "OVERDUE since 2018-11-01 due 2018-10-31");
  unit.Add("SCREENING_REPORTED", D(11, 3), "screening_round: 'x'");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), unit, D(12, 1)), "P2.rolling"), "MET_LATE 2018-11-03 due -");
}

TEST(EvaluatorTest, ArchivesOfHandedDownCases) {
  FactBook book;
  book.Add("CASE_REGISTERED", D(4, 20),
           "source: CASE_SOURCE_HANDED_DOWN_CITY prominent: true claims: 1");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(5, 1)), "P18"), "PENDING due 2018-10-10");
  book.Add("CASE_ARCHIVED", D(10, 9), "signed_by_head: true");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(10, 9)), "P18"), "MET 2018-10-09 due 2018-10-10");
  book.Add("ARCHIVE_REJECTED", D(10, 10));
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(10, 11)), "P18"),
            "OVERDUE since 2018-10-11 due 2018-10-10");
}

TEST(EvaluatorTest, AProminentCaseKeepsAPrincipalLeader) {
  FactBook book;
  book.Add("CASE_REGISTERED", D(4, 20),
           "source: CASE_SOURCE_HANDED_DOWN_CITY prominent: true claims: 1");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(5, 1)), "P4"), "PENDING due -");
  book.Add("ASSIGNED", D(4, 22), "lead: 'officials/1' lead_is_principal: true");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(5, 1)), "P4"), "MET 2018-04-22 due 2018-04-22");
  book.Add("HANDOVER_ACCEPTED", D(5, 2), "part: PART_OFFICER to_is_principal: false");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(5, 3)), "P4"), "MET 2018-04-22 due 2018-04-22");
  book.Add("HANDOVER_ACCEPTED", D(5, 4), "part: PART_LEAD to_is_principal: false");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(5, 5)), "P4"),
            "OVERDUE since 2018-04-23 due 2018-04-22");
}

TEST(EvaluatorTest, WhoIsBoundFollowsHandovers) {
  FactBook book;
  book.Open(D(4, 20)).Add("ASSIGNED", D(4, 22), "lead: 'officials/1' officer: 'officials/2'");
  book.Add("HANDOVER_ACCEPTED", D(5, 25),
           "part: PART_LEAD from_official: 'officials/1' to_official: 'officials/3'");
  const Evaluation out = AsOf(SeedPlan(), book, D(7, 1));
  const auto bound = [&](const char* id, const char* subject) {
    return out.BoundOfficial(*out.Find(id, subject));
  };
  EXPECT_EQ(bound("P13", FactBook::kClaim), "officials/1");  // due on 05-20, before the handover
  EXPECT_EQ(bound("P14", FactBook::kClaim), "officials/3");  // due on 06-20, after it
  EXPECT_EQ(bound("P3", FactBook::kCase), "officials/2");
  EXPECT_EQ(out.BoundUnit(*out.Find("P3", FactBook::kCase)), "units/1");
  EXPECT_EQ(bound("P1", FactBook::kCase), "");
}

TEST(EvaluatorTest, EachClaimAndRoundHasItsOwnStatus) {
  FactBook book;
  book.Open(D(4, 20));
  book.Add("CLAIM_REGISTERED", D(4, 20), "", "cases/1/claims/2");
  book.Add("ROUND_OPENED", D(5, 2),
           "round_kind: ROUND_KIND_HANDLING received_on { year: 2018 month: 5 day: 2 }", "",
           "cases/1/rounds/2");
  book.Add("ACCEPTED", D(5, 10), "", "", "cases/1/rounds/2");
  book.Add("INVESTIGATED", D(5, 1), "on_site: true evidence_items: 1", "cases/1/claims/2");
  const Evaluation out = AsOf(SeedPlan(), book, D(5, 11));
  EXPECT_EQ(Show(*out.Find("P14", FactBook::kClaim)), "PENDING due 2018-06-20");
  EXPECT_EQ(Show(*out.Find("P14", "cases/1/claims/2")), "MET 2018-05-01 due 2018-06-20");
  EXPECT_EQ(Show(*out.Find("P9.acceptance", FactBook::kRound)),
            "OVERDUE since 2018-05-08 due 2018-05-07");
  EXPECT_EQ(Show(*out.Find("P9.acceptance", "cases/1/rounds/2")), "MET 2018-05-10 due 2018-05-17");
  EXPECT_EQ(out.subjects.size(), 5u);
}

TEST(EvaluatorTest, ARoundCountsForTheClaimsThatItCovers) {
  const auto plan = PlanWith(Requirement(
      "CLAIM",
      "satisfied { fact { kind: FACT_KIND_OPINION_ISSUED where { field: \"remedy_stated\" "
      "equals: \"true\" } } }"));
  const auto states = [&](const std::string& covered) {
    FactBook book;
    book.Open(D(4, 20));
    book.Add("CLAIM_REGISTERED", D(4, 20), "", "cases/1/claims/2");
    book.Add("CLAIM_REGISTERED", D(4, 20), "", "cases/1/claims/3");
    book.Add("ROUND_OPENED", D(5, 2), "round_kind: ROUND_KIND_HANDLING " + covered, "",
             "cases/1/rounds/2");
    book.Add("OPINION_ISSUED", D(5, 10), "remedy_stated: true", "", "cases/1/rounds/2");
    const Evaluation out = AsOf(plan, book, D(6, 1));
    std::string met;
    for (const char* claim : {"1", "2", "3"}) {
      const auto* status = out.Find("R", absl::StrCat("cases/1/claims/", claim));
      if (status->state == v1::REQUIREMENT_STATE_MET) met += claim;
    }
    return met;
  };
  EXPECT_EQ(states(""), "123");
  EXPECT_EQ(states("claims: 'cases/1/claims/1'"), "1");
  EXPECT_EQ(states("claims: 'cases/1/claims/1' claims: 'cases/1/claims/3'"), "13");
  EXPECT_EQ(states("claims: 'cases/1/claims/9'"), "");
}

TEST(EvaluatorTest, UnitsFindingsAndCampaigns) {
  FactBook committee;
  committee.Add("UNIT_ENROLLED", D(4, 20), "unit_kind: UNIT_KIND_COMMITTEE");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), committee, D(5, 9)), "P2.first"),
            "OVERDUE since 2018-05-09 due 2018-05-08");
  committee.Add("SCREENING_REPORTED", D(5, 8), "screening_round: '2018-05' nil_report: true");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), committee, D(5, 9)), "P2.first"),
            "MET 2018-05-08 due 2018-05-08");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), committee, D(7, 1)), "P2.rolling"),
            "OVERDUE since 2018-07-01 due 2018-06-30");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), committee, D(7, 1)), "P3.meeting"), "NOT_APPLICABLE");

  FactBook unit;
  unit.Add("UNIT_ENROLLED", D(4, 20), "unit_kind: UNIT_KIND_DEPARTMENT");
  const auto& first =
      unit.Add("FINDING_OPENED", D(6, 1), "rectify_by { year: 2018 month: 6 day: 15 }");
  const auto& second =
      unit.Add("FINDING_OPENED", D(6, 2), "rectify_by { year: 2018 month: 6 day: 20 }");
  unit.Add("FINDING_RECTIFIED", D(6, 18), absl::StrCat("finding: '", second.fact_id(), "'"));
  const Evaluation out = AsOf(SeedPlan(), unit, D(6, 30));
  EXPECT_EQ(Show(*out.Find("P22.rectify", first.fact_id())),
            "OVERDUE since 2018-06-16 due 2018-06-15");
  EXPECT_EQ(Show(*out.Find("P22.rectify", second.fact_id())), "MET 2018-06-18 due 2018-06-20");
  EXPECT_EQ(out.BoundUnit(*out.Find("P22.rectify", first.fact_id())), "units/1");
  EXPECT_EQ(out.BoundUnit(*out.Find("P22.inspection", "units/1")), "");

  FactBook campaign;
  campaign.Add("CAMPAIGN_STARTED", D(4, 20));
  campaign.Add("LEADING_GROUP_SET", D(4, 28),
               "deputies: 2 members: 11 has_office_head: true has_liaison: true");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), campaign, D(5, 1)), "P20"), "MET 2018-04-28 due 2018-04-30");
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), campaign, D(5, 1)), "P19"), "PENDING due 2018-12-31");
}

TEST(EvaluatorTest, FactsOfTwoCasesAreRefused) {
  FactBook book;
  book.Open(D(4, 20));
  book.Add("ASSIGNED", D(4, 21)).set_case_name("cases/2");
  EXPECT_EQ(Evaluate(SeedPlan(), TestCalendar(), book.view(), D(5, 1), AsKnown::Everything())
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(EvaluatorTest, NothingRegisteredNothingAsked) {
  FactBook book;
  EXPECT_TRUE(AsOf(SeedPlan(), book, D(5, 1)).statuses.empty());
  book.Open(D(4, 20));
  const Evaluation before = AsOf(SeedPlan(), book, D(4, 19));
  EXPECT_TRUE(before.statuses.empty());
  EXPECT_EQ(DayOrNone(before.next_change_at), D(4, 20));
}

TEST(EvaluatorTest, ACaseFollowsTheRuleSetOfItsDay) {
  const std::string requirement = Requirement("CASE", R"(
      applies { fact { kind: FACT_KIND_RETURN_OBJECTED } }
      satisfied { fact { kind: FACT_KIND_RETURN_OBJECTED } }
      due { clock { name: "objection" from { fact { kind: FACT_KIND_ASSIGNED } } } })");
  v1::Plan both =
      PlanWith(Requirement("CASE", "satisfied { fact { kind: FACT_KIND_ASSIGNED } }"))->proto();
  both.add_rule_sets("2022");
  both.mutable_ends_on()->set_year(2023);
  both.clear_requirements();
  const auto loaded = Load(both.DebugString() + requirement, TestRules());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const auto state = [&](absl::CivilDay day) {
    FactBook book;
    book.Open(day).Add("ASSIGNED", day);
    book.Add("RETURN_OBJECTED", day + 10);
    return StateOf(AsOf(*loaded, book, day + 11));
  };
  EXPECT_EQ(state(D(4, 20)), "NOT_APPLICABLE");  // the 2005 rules know no objection
  EXPECT_EQ(state(D(4, 29, 2022)), "NOT_APPLICABLE");
  EXPECT_EQ(state(D(5, 9, 2022)), "MET_LATE 2022-05-19 due 2022-05-16");
}

TEST(EvaluatorTest, TheProtoCarriesClauseReasonsAndVersions) {
  FactBook book;
  book.Open(D(4, 20));
  const auto proto = ToProto(AsOf(SeedPlan(), book, D(5, 1)));
  EXPECT_EQ(proto.plan(), "2018-three-in-place");
  EXPECT_EQ(proto.plan_hash(), SeedPlan()->hash());
  EXPECT_EQ(proto.calendar_version(), TestCalendar()->version());
  EXPECT_EQ(proto.rule_set(), "2005");
  EXPECT_GT(proto.statuses_size(), 10);
  for (const auto& status : proto.statuses()) {
    EXPECT_NE(status.state(), v1::REQUIREMENT_STATE_NOT_APPLICABLE);
    EXPECT_FALSE(status.clause().empty());
    EXPECT_FALSE(status.explanation().zh().empty());
    EXPECT_FALSE(status.explanation().en().empty());
    EXPECT_FALSE(status.subject().empty());
  }
}

}  // namespace
}  // namespace redress::plan::testing

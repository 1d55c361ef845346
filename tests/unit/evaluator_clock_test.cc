// Clocks, dates and cadences, as tables.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Plan> HandlingClock() {
  return PlanWith(Requirement("ROUND", R"(
      satisfied { fact { kind: FACT_KIND_OPINION_ISSUED } }
      due { clock { name: "handling" from { fact { kind: FACT_KIND_ACCEPTED } }
        paused_by { kind: FACT_KIND_CLOCK_PAUSED } resumed_by { kind: FACT_KIND_CLOCK_RESUMED }
        extended_by { kind: FACT_KIND_EXTENSION_GRANTED } extension_field: "days" } })"));
}

struct ClockRow {
  const char* what;
  absl::CivilDay accepted;
  std::vector<std::tuple<const char*, absl::CivilDay, const char*>> events;
  absl::CivilDay as_of;
  const char* expected;
};

TEST(EvaluatorClockTest, Table) {
  const auto plan = HandlingClock();
  const ClockRow rows[] = {
      {"plain, a working day",
       D(5, 2),
       {},
       D(5, 3),
       "PENDING due 2018-07-02"},  // 07-01 is a Sunday
      {"not rolled", D(5, 3), {}, D(5, 3), "PENDING due 2018-07-02"},
      {"into National Day", D(8, 2), {}, D(8, 3), "PENDING due 2018-10-08"},
      {"make-up day is a working day", D(7, 31), {}, D(8, 3), "PENDING due 2018-09-29"},
      {"over a year's end", D(11, 20), {}, D(11, 21), "PENDING due 2019-01-21"},
      {"leap day", D(12, 31, 2019), {}, D(1, 2, 2020), "PENDING due 2020-03-02"},
      {"overdue", D(5, 2), {}, D(7, 3), "OVERDUE since 2018-07-03 due 2018-07-02"},
      {"on the last day",
       D(5, 2),
       {{"OPINION_ISSUED", D(7, 2), ""}},
       D(7, 9),
       "MET 2018-07-02 due 2018-07-02"},
      {"a day late",
       D(5, 2),
       {{"OPINION_ISSUED", D(7, 3), ""}},
       D(7, 9),
       "MET_LATE 2018-07-03 due 2018-07-02"},
      // The extension runs from 07-01, not from the rolled 07-02: 07-31.
      {"extended from the unrolled day",
       D(5, 2),
       {{"EXTENSION_GRANTED", D(6, 20), "days: 30"}},
       D(6, 21),
       "PENDING due 2018-07-31"},
      {"extended on the rolled last day",
       D(5, 2),
       {{"EXTENSION_GRANTED", D(7, 2), "days: 30"}},
       D(7, 2),
       "PENDING due 2018-07-31"},
      {"late extension refused",
       D(5, 2),
       {{"EXTENSION_GRANTED", D(7, 3), "days: 30"}},
       D(7, 9),
       "OVERDUE since 2018-07-03 due 2018-07-02"},
      {"cut to the most",
       D(5, 2),
       {{"EXTENSION_GRANTED", D(6, 20), "days: 90"}},
       D(6, 21),
       "PENDING due 2018-07-31"},
      {"only once",
       D(5, 2),
       {{"EXTENSION_GRANTED", D(6, 20), "days: 10"}, {"EXTENSION_GRANTED", D(6, 22), "days: 10"}},
       D(6, 23),
       "PENDING due 2018-07-11"},
      {"negative is none",
       D(5, 2),
       {{"EXTENSION_GRANTED", D(6, 20), "days: -5"}},
       D(6, 23),
       "PENDING due 2018-07-02"},
      {"paused",
       D(5, 2),
       {{"CLOCK_PAUSED", D(6, 1), ""}, {"CLOCK_RESUMED", D(6, 11), ""}},
       D(6, 12),
       "PENDING due 2018-07-11"},
      {"paused now", D(5, 2), {{"CLOCK_PAUSED", D(6, 1), ""}}, D(12, 1), "PENDING due -"},
      {"paused after the last day",
       D(5, 2),
       {{"CLOCK_PAUSED", D(7, 3), ""}},
       D(7, 5),
       "OVERDUE since 2018-07-03 due 2018-07-02"},
      {"resumed without a pause",
       D(5, 2),
       {{"CLOCK_RESUMED", D(6, 11), ""}},
       D(6, 12),
       "PENDING due 2018-07-02"},
      {"extended while paused, after the old last day",
       D(5, 2),
       {{"CLOCK_PAUSED", D(6, 30), ""},
        {"EXTENSION_GRANTED", D(7, 5), "days: 10"},
        {"CLOCK_RESUMED", D(7, 10), ""}},
       D(7, 11),
       "PENDING due 2018-07-23"},
      {"paused before it began",
       D(5, 2),
       {{"CLOCK_PAUSED", D(4, 20), ""}},
       D(5, 3),
       "PENDING due 2018-07-02"},
  };
  for (const ClockRow& row : rows) {
    FactBook book;
    book.Open(row.accepted - 5).Add("ACCEPTED", row.accepted);
    for (const auto& [kind, day, detail] : row.events) book.Add(kind, day, detail);
    EXPECT_EQ(StateOf(AsOf(plan, book, row.as_of)), row.expected) << row.what;
  }
}

TEST(EvaluatorClockTest, OverlappingPausesCountOnce) {
  FactBook book;
  book.Open(D(4, 27)).Add("ACCEPTED", D(5, 2));
  book.Add("CLOCK_PAUSED", D(6, 1)).set_record("hearings/1");
  book.Add("CLOCK_PAUSED", D(6, 5)).set_record("hearings/2");
  book.Add("CLOCK_RESUMED", D(6, 8)).set_record("hearings/1");
  const auto plan = HandlingClock();
  EXPECT_EQ(StateOf(AsOf(plan, book, D(6, 9))), "PENDING due -");
  book.Add("CLOCK_RESUMED", D(6, 11)).set_record("hearings/2");
  const Evaluation out = AsOf(plan, book, D(6, 12));
  EXPECT_EQ(StateOf(out), "PENDING due 2018-07-11");
  EXPECT_EQ(out.statuses[0].arithmetic.paused_days, 10);
}

TEST(EvaluatorClockTest, AResumeOfNoKnownPauseEndsAll) {
  FactBook book;
  book.Open(D(4, 27)).Add("ACCEPTED", D(5, 2));
  book.Add("CLOCK_PAUSED", D(6, 1)).set_record("hearings/1");
  book.Add("CLOCK_PAUSED", D(6, 5)).set_record("hearings/2");
  book.Add("CLOCK_RESUMED", D(6, 11)).set_record("");
  EXPECT_EQ(StateOf(AsOf(HandlingClock(), book, D(6, 12))), "PENDING due 2018-07-11");
}

TEST(EvaluatorClockTest, FixedDatesAreInclusiveAndNeverRoll) {
  const auto plan = PlanWith(Requirement("CASE",
                                         "satisfied { fact { kind: FACT_KIND_ASSIGNED } } due { "
                                         "fixed { year: 2018 month: 5 day: 20 } }"));
  FactBook book;
  book.Open(D(4, 20));
  EXPECT_EQ(StateOf(AsOf(plan, book, D(5, 20))), "PENDING due 2018-05-20");
  EXPECT_EQ(StateOf(AsOf(plan, book, D(5, 21))), "OVERDUE since 2018-05-21 due 2018-05-20");
  book.Add("ASSIGNED", D(5, 20));
  EXPECT_EQ(StateOf(AsOf(plan, book, D(5, 21))), "MET 2018-05-20 due 2018-05-20");
}

TEST(EvaluatorClockTest, PeriodsByTheirCount) {
  struct Row {
    const char* count;
    int days;
    absl::CivilDay from;
    const char* due;
  };
  const Row rows[] = {
      {"CALENDAR", 15, D(4, 20), "2018-05-05"},      {"STATUTORY", 15, D(4, 20), "2018-05-07"},
      {"WORKING", 15, D(4, 20), "2018-05-14"},       {"WORKING", 5, D(4, 27), "2018-05-07"},
      {"WORKING", 5, D(9, 28), "2018-10-10"},        {"CALENDAR", 0, D(5, 20), "2018-05-20"},
      {"CALENDAR", 1, D(2, 28, 2020), "2020-02-29"}, {"CALENDAR", 1, D(2, 28, 2019), "2019-03-01"},
      {"STATUTORY", 30, D(1, 31), "2018-03-02"},
  };
  for (const Row& row : rows) {
    const auto plan = PlanWith(Requirement(
        "CASE",
        absl::StrCat("satisfied { fact { kind: FACT_KIND_WORK_PLAN_SET } } due { after { from { "
                     "fact { kind: FACT_KIND_ASSIGNED } } days: ",
                     row.days, " count: DAY_COUNT_", row.count, " } }")));
    FactBook book;
    book.Open(row.from).Add("ASSIGNED", row.from);
    EXPECT_EQ(StateOf(AsOf(plan, book, row.from)), absl::StrCat("PENDING due ", row.due))
        << row.count << row.days;
  }
}

std::shared_ptr<const Plan> VisitCadence(
    const std::string& step = "step: CADENCE_STEP_HALF_MONTH") {
  return PlanWith(Requirement("CASE", absl::StrCat(R"(
      applies { fact { kind: FACT_KIND_CLAIM_APPRAISED latest: true where { field: "category" equals: "CATEGORY_EXPLAIN" } } }
      satisfied { fact { kind: FACT_KIND_VISIT_HELD where { field: "by_lead" equals: "true" } } }
      due { cadence { )",
                                                   step, R"(
        stopped_by { kind: FACT_KIND_CASE_CLOSED } restarted_by { kind: FACT_KIND_CASE_REOPENED }
        suspended_by { kind: FACT_KIND_VISIT_DECLINED } resumed_by { kind: FACT_KIND_VISITS_WANTED } } })")));
}

struct Visits {
  FactBook book;
  Visits() { book.Open(D(4, 20)).Add("CLAIM_APPRAISED", D(5, 10), "category: CATEGORY_EXPLAIN"); }
  Visits& At(const char* kind, absl::CivilDay day) {
    book.Add(kind, day, std::string(kind) == "VISIT_HELD" ? "by_lead: true" : "");
    return *this;
  }
  std::string On(absl::CivilDay as_of,
                 const std::shared_ptr<const Plan>& plan = VisitCadence()) const {
    const Evaluation out = AsOf(plan, book, as_of);
    const Status& s = out.statuses[0];
    return absl::StrCat(Show(s), " met ", s.cadence.met, " missed ", s.cadence.missed_count,
                        s.cadence.suspended ? " suspended" : "");
  }
};

TEST(EvaluatorClockTest, HalfMonthCadence) {
  // It begins on 05-10, so the first whole half month is 05-16..05-31.
  EXPECT_EQ(Visits().On(D(5, 10)), "PENDING due 2018-05-31 met 0 missed 0");
  EXPECT_EQ(Visits().On(D(5, 31)), "PENDING due 2018-05-31 met 0 missed 0");
  EXPECT_EQ(Visits().On(D(6, 1)), "OVERDUE since 2018-06-01 due 2018-05-31 met 0 missed 1");
  EXPECT_EQ(Visits().At("VISIT_HELD", D(5, 16)).On(D(5, 20)),
            "MET 2018-05-16 due 2018-05-31 met 0 missed 0");
  EXPECT_EQ(Visits().At("VISIT_HELD", D(5, 31)).On(D(6, 1)),
            "PENDING due 2018-06-15 met 1 missed 0");
  // A visit in the partial half month before is not owed and fulfils no later one.
  EXPECT_EQ(Visits().At("VISIT_HELD", D(5, 12)).On(D(6, 1)),
            "OVERDUE since 2018-06-01 due 2018-05-31 met 0 missed 1");
  // Two visits in one period are one period.
  EXPECT_EQ(Visits().At("VISIT_HELD", D(5, 17)).At("VISIT_HELD", D(5, 20)).On(D(6, 16)),
            "OVERDUE since 2018-06-16 due 2018-06-15 met 1 missed 1");
  EXPECT_EQ(Visits().At("VISIT_HELD", D(6, 3)).On(D(6, 5)),
            "MET 2018-06-03 due 2018-06-15 met 0 missed 1");
  EXPECT_EQ(Visits().At("VISIT_HELD", D(6, 3)).On(D(6, 16)),
            "PENDING due 2018-06-30 met 1 missed 1");
}

TEST(EvaluatorClockTest, ADeclinedVisitIsTheDutyDoneAndSuspends) {
  Visits v;
  v.At("VISIT_HELD", D(5, 20)).At("VISIT_DECLINED", D(6, 4));
  EXPECT_EQ(v.On(D(6, 5)), "MET 2018-06-04 due - met 1 missed 0 suspended");
  EXPECT_EQ(v.On(D(8, 20)), "MET 2018-06-04 due - met 2 missed 0 suspended");
  v.At("VISITS_WANTED", D(8, 20));
  EXPECT_EQ(v.On(D(8, 20)), "PENDING due 2018-09-15 met 2 missed 0");
  EXPECT_EQ(v.On(D(9, 16)), "OVERDUE since 2018-09-16 due 2018-09-15 met 2 missed 1");
  v.At("VISIT_NOT_ARRANGED", D(9, 17));
  EXPECT_EQ(v.On(D(9, 17)), "OVERDUE since 2018-09-16 due 2018-09-15 met 2 missed 1");
}

TEST(EvaluatorClockTest, AClosedCaseAsksForNoVisitUntilReopened) {
  Visits v;
  v.At("VISIT_HELD", D(5, 20)).At("CASE_CLOSED", D(6, 10));
  EXPECT_EQ(v.On(D(9, 1)), "MET 2018-05-20 due - met 1 missed 0");
  v.At("CASE_REOPENED", D(9, 1));
  EXPECT_EQ(v.On(D(9, 1)), "PENDING due 2018-09-15 met 1 missed 0");
  EXPECT_EQ(v.On(D(9, 16)), "OVERDUE since 2018-09-16 due 2018-09-15 met 1 missed 1");
}

TEST(EvaluatorClockTest, RollingAndMonthlyCadences) {
  const auto days = VisitCadence("step: CADENCE_STEP_DAYS days: 15");
  EXPECT_EQ(Visits().On(D(5, 11), days), "PENDING due 2018-05-25 met 0 missed 0");
  EXPECT_EQ(Visits().On(D(5, 26), days), "OVERDUE since 2018-05-26 due 2018-05-25 met 0 missed 1");
  EXPECT_EQ(Visits().At("VISIT_HELD", D(5, 25)).On(D(5, 26), days),
            "PENDING due 2018-06-09 met 1 missed 0");
  const auto month = VisitCadence("step: CADENCE_STEP_MONTH");
  EXPECT_EQ(Visits().On(D(5, 11), month), "PENDING due 2018-06-30 met 0 missed 0");
  // February 2020 ends on the 29th.
  Visits leap;
  leap.book = FactBook();
  leap.book.Open(D(4, 20));
  leap.book.Add("CLAIM_APPRAISED", D(2, 15, 2020), "category: CATEGORY_EXPLAIN");
  EXPECT_EQ(leap.On(D(2, 16, 2020)), "PENDING due 2020-02-29 met 0 missed 0");
}

TEST(EvaluatorClockTest, ExplainsTheArithmeticInBothLanguages) {
  FactBook book;
  book.Open(D(4, 27)).Add("ACCEPTED", D(5, 2));
  book.Add("EXTENSION_GRANTED", D(6, 20), "days: 28");
  const Evaluation out = AsOf(HandlingClock(), book, D(6, 21));
  const auto text = Explain(out, out.statuses[0]);
  EXPECT_EQ(
      text.en(),
      "2018-05-02 + 60 days (2005条例 第三十三条) + 28 days of extension = 2018-07-29, rolled to "
      "the next working day 2018-07-30");
  EXPECT_EQ(text.zh(),
            "2018-05-02 + 60 日（2005条例 第三十三条） + 延长 28 日 = 2018-07-29，顺延至下一工作日 "
            "2018-07-30");
  const auto proto = ToProto(out, out.statuses[0]);
  EXPECT_EQ(proto.arithmetic().clock(), "handling");
  EXPECT_EQ(proto.arithmetic().rule_set(), "2005");
  EXPECT_EQ(proto.facts_size(), 2);
  EXPECT_EQ(proto.bound(), v1::BOUND_ROLE_RESPONSIBLE_UNIT);
}

}  // namespace
}  // namespace redress::plan::testing

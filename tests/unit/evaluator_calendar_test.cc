// Where the calendar ends: what is still certain has its verdict, all else says which year is
// missing. The rows are told by tables cut short, so that a year added to the seed changes none.
#include "common/plan/score.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using ::testing::HasSubstr;

std::string HandlingClock() {
  return Requirement("ROUND", R"(
      satisfied { fact { kind: FACT_KIND_OPINION_ISSUED } }
      due { clock { name: "handling" from { fact { kind: FACT_KIND_ACCEPTED } }
        paused_by { kind: FACT_KIND_CLOCK_PAUSED } resumed_by { kind: FACT_KIND_CLOCK_RESUMED }
        extended_by { kind: FACT_KIND_EXTENSION_GRANTED } extension_field: "days" } })");
}

// Days after ASSIGNED, which is on `from`.
std::string After(int days, const std::string& count, absl::CivilDay from, absl::CivilDay as_of,
                  const std::shared_ptr<const calendar::Calendar>& table) {
  const auto plan = PlanWith(Requirement(
      "CASE",
      absl::StrCat("satisfied { fact { kind: FACT_KIND_WORK_PLAN_SET } } due { after { from { "
                   "fact { kind: FACT_KIND_ASSIGNED } } days: ",
                   days, " count: DAY_COUNT_", count, " } }")));
  FactBook book;
  book.Open(D(1, 5)).Add("ASSIGNED", from);
  return StateOf(AsOf(plan, book, as_of, AsKnown::Everything(), table));
}

struct Row {
  const char* what;
  absl::CivilDay accepted;
  std::vector<std::tuple<const char*, absl::CivilDay, const char*>> events;
  absl::CivilDay as_of;
  const char* expected;  // with 2018 as the last year
  const char* with_2019;
};

TEST(EvaluatorCalendarTest, AClockThatReachesBeyondTheTable) {
  const auto plan = PlanWith(HandlingClock());
  const auto ends = CalendarThrough(2018), longer = CalendarThrough(2019);
  // 60 days from 2018-11-20 end on Saturday 2019-01-19, which rolls to Monday 01-21.
  const Row rows[] = {
      {"its unrolled last day is known",
       D(11, 20),
       {},
       D(11, 21),
       "PENDING due 2019-01-19? 2019",
       "PENDING due 2019-01-21"},
      {"not overdue on a provisional day",
       D(11, 20),
       {},
       D(1, 22, 2019),
       "PENDING due 2019-01-19? 2019",
       "OVERDUE since 2019-01-22 due 2019-01-21"},
      {"nor 30 days after it",
       D(11, 20),
       {},
       D(2, 18, 2019),
       "PENDING due 2019-01-19? 2019",
       "OVERDUE since 2019-01-22 due 2019-01-21"},
      {"past from the 31st day on",
       D(11, 20),
       {},
       D(2, 19, 2019),
       "OVERDUE since 2019-02-19 due 2019-01-19",
       "OVERDUE since 2019-01-22 due 2019-01-21"},
      {"done in time whatever the year says, but not judged yet",
       D(11, 20),
       {{"OPINION_ISSUED", D(1, 10, 2019), ""}},
       D(1, 22, 2019),
       "MET 2019-01-10 due 2019-01-19? 2019",
       "MET 2019-01-10 due 2019-01-21"},
      {"done in time, and past",
       D(11, 20),
       {{"OPINION_ISSUED", D(1, 10, 2019), ""}},
       D(2, 19, 2019),
       "MET 2019-01-10 due 2019-01-19",
       "MET 2019-01-10 due 2019-01-21"},
      {"no verdict of being late either",
       D(11, 20),
       {{"OPINION_ISSUED", D(1, 25, 2019), ""}},
       D(6, 1, 2019),
       "MET 2019-01-25 due 2019-01-19? 2019",
       "MET_LATE 2019-01-25 due 2019-01-21"},
      {"surely late",
       D(11, 20),
       {{"OPINION_ISSUED", D(2, 19, 2019), ""}},
       D(2, 20, 2019),
       "MET_LATE 2019-02-19 due 2019-01-19",
       "MET_LATE 2019-02-19 due 2019-01-21"},
      {"an extension runs from the unrolled day",
       D(11, 20),
       {{"EXTENSION_GRANTED", D(12, 20), "days: 30"}},
       D(12, 21),
       "PENDING due 2019-02-18? 2019",
       "PENDING due 2019-02-18"},
      {"an extension that may be in time counts",
       D(11, 20),
       {{"EXTENSION_GRANTED", D(1, 22, 2019), "days: 30"}},
       D(1, 23, 2019),
       "PENDING due 2019-02-18? 2019",
       "OVERDUE since 2019-01-22 due 2019-01-21"},
      {"one that is surely late does not",
       D(11, 20),
       {{"EXTENSION_GRANTED", D(2, 19, 2019), "days: 30"}},
       D(2, 20, 2019),
       "OVERDUE since 2019-02-19 due 2019-01-19",
       "OVERDUE since 2019-01-22 due 2019-01-21"},
      {"a last day in the table is judged as ever",
       D(10, 2),
       {},
       D(12, 4),
       "OVERDUE since 2018-12-04 due 2018-12-03",
       "OVERDUE since 2018-12-04 due 2018-12-03"},
  };
  for (const Row& row : rows) {
    FactBook book;
    book.Open(D(10, 1)).Add("ACCEPTED", row.accepted);
    for (const auto& [kind, day, detail] : row.events) book.Add(kind, day, detail);
    const auto state = [&](const std::shared_ptr<const calendar::Calendar>& table) {
      return StateOf(AsOf(plan, book, row.as_of, AsKnown::Everything(), table));
    };
    EXPECT_EQ(state(ends), row.expected) << row.what;
    EXPECT_EQ(state(longer), row.with_2019) << row.what;
  }
}

TEST(EvaluatorCalendarTest, TheNextChangeIsWhenItIsPastWhateverTheYearSays) {
  FactBook book;
  book.Open(D(10, 1)).Add("ACCEPTED", D(11, 20));
  const Evaluation out = AsOf(PlanWith(HandlingClock()), book, D(1, 22, 2019),
                              AsKnown::Everything(), CalendarThrough(2018));
  EXPECT_EQ(calendar::FromDayNumber(out.next_change_at), D(2, 19, 2019));
  EXPECT_EQ(ToProto(out, out.statuses[0]).calendar_missing(), 2019);
}

TEST(EvaluatorCalendarTest, DaysByTheirCount) {
  const auto ends = CalendarThrough(2018);
  // 12-28 and 12-29 are worked; the rest is counted by weekends.
  EXPECT_EQ(After(5, "WORKING", D(12, 27), D(1, 30, 2019), ends), "PENDING due 2019-01-03? 2019");
  EXPECT_EQ(After(5, "WORKING", D(12, 27), D(2, 3, 2019), ends),
            "OVERDUE since 2019-02-03 due 2019-01-03");
  EXPECT_EQ(After(2, "WORKING", D(12, 27), D(12, 30), ends),
            "OVERDUE since 2018-12-30 due 2018-12-29");
  EXPECT_EQ(After(15, "STATUTORY", D(12, 20), D(1, 5, 2019), ends), "PENDING due 2019-01-04? 2019");
  // 12-30 and 12-31 are no working days, so that the last day lies beyond the table.
  EXPECT_EQ(After(10, "STATUTORY", D(12, 20), D(1, 5, 2019), ends), "PENDING due 2018-12-30? 2019");
  EXPECT_EQ(After(9, "STATUTORY", D(12, 20), D(1, 5, 2019), ends),
            "OVERDUE since 2018-12-30 due 2018-12-29");
  EXPECT_EQ(After(30, "CALENDAR", D(12, 20), D(1, 20, 2019), ends),
            "OVERDUE since 2019-01-20 due 2019-01-19");
  // Before the table as beyond it.
  EXPECT_EQ(After(15, "STATUTORY", D(5, 1, 1990), D(5, 20), ends),
            "OVERDUE since 1990-06-16 due 1990-05-16");
}

TEST(EvaluatorCalendarTest, NothingProvisionalIsScored) {
  const auto plan = PlanWith(HandlingClock(), R"(
      score { version: "1" rules { id: "S" clause: "x" title { zh: "x" } centipoints: 100
        on_time { requirements: "R" } } })");
  const auto score = [&](absl::CivilDay as_of, const FactBook& book,
                         const std::shared_ptr<const calendar::Calendar>& table) {
    const Evaluation out = AsOf(plan, book, as_of, AsKnown::Everything(), table);
    const Evaluation* const evaluations[] = {&out};
    const auto card =
        Score(*plan, evaluations, "units/1", {D(1, 1), D(12, 31, 2019)}, std::nullopt);
    EXPECT_TRUE(card.ok()) << card.status();
    EXPECT_EQ(card->calendar_version(), table->version());
    return absl::StrCat(card->lines(0).good(), "/", card->lines(0).total(), " of ",
                        card->duties_due());
  };
  const auto ends = CalendarThrough(2018), longer = CalendarThrough(2019);
  FactBook book;
  book.Open(D(10, 1)).Add("ASSIGNED", D(10, 2), "officer: 'officials/1'");
  book.Add("ACCEPTED", D(11, 20));
  EXPECT_EQ(score(D(1, 30, 2019), book, ends), "0/0 of 0");
  EXPECT_EQ(score(D(1, 30, 2019), book, longer), "0/1 of 1");
  EXPECT_EQ(score(D(2, 19, 2019), book, ends), "0/1 of 1");
  book.Add("OPINION_ISSUED", D(1, 10, 2019));
  EXPECT_EQ(score(D(1, 30, 2019), book, ends), "0/0 of 0");
  EXPECT_EQ(score(D(1, 30, 2019), book, longer), "1/1 of 1");
  EXPECT_EQ(score(D(2, 19, 2019), book, ends), "1/1 of 1");
}

TEST(EvaluatorCalendarTest, SaysInBothLanguagesWhichYearIsMissing) {
  FactBook book;
  book.Open(D(10, 1)).Add("ACCEPTED", D(11, 20));
  const auto text = [&](absl::CivilDay as_of) {
    const Evaluation out =
        AsOf(PlanWith(HandlingClock()), book, as_of, AsKnown::Everything(), CalendarThrough(2018));
    return Explain(out, out.statuses[0]);
  };
  EXPECT_EQ(text(D(11, 21)).en(),
            "2018-11-20 + 60 days (2005条例 第三十三条) = 2019-01-19; the calendar of 2019 is "
            "missing, so it does not end before that day; whether it is kept is said once that is "
            "added");
  EXPECT_EQ(text(D(11, 21)).zh(),
            "2018-11-20 + 60 日（2005条例 第三十三条） = 2019-01-19；尚缺 2019 "
            "年工作日历，届满日不早于该日，补充日历后方可认定是否逾期");
  EXPECT_THAT(text(D(3, 1, 2019)).en(), HasSubstr("and on 2019-02-18 at the latest"));
  EXPECT_THAT(text(D(3, 1, 2019)).zh(), HasSubstr("最迟于 2019-02-18 届满"));
}

TEST(EvaluatorCalendarTest, NoDateThatCannotBeWrittenComesOut) {
  const auto plan = PlanWith(Requirement("CASE", R"(
      satisfied { fact { kind: FACT_KIND_ASSISTANCE_ENDED } }
      due { on_field { fact { kind: FACT_KIND_ASSISTANCE_PLANNED } date_field: "last_due" } })"));
  FactBook book;
  book.Open(D(4, 20));
  book.Add("ASSISTANCE_PLANNED", D(4, 21), "last_due { year: 9999 month: 12 day: 31 }");
  const Evaluation out = AsOf(plan, book, D(5, 1));
  EXPECT_EQ(StateOf(out), "PENDING due 9999-12-31");
  EXPECT_EQ(out.next_change_at, kNoDay);
}

TEST(EvaluatorCalendarTest, ACaseOfADayWithoutARuleSetIsRefusedByName) {
  FactBook book;
  book.Open(D(12, 20, 2026));
  const absl::Status status = Evaluate(PlanWith(HandlingClock()), TestCalendar(), book.view(),
                                       D(12, 22, 2026), AsKnown::Everything())
                                  .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("rule sets"));
}

}  // namespace
}  // namespace redress::plan::testing

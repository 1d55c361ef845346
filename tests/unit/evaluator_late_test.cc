// What is recorded late, out of order, or after the duty that it would excuse.
#include <random>

#include "common/plan/score.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using ::testing::HasSubstr;

std::string Marks(const Status& status) {
  return absl::StrCat(Show(status), status.recorded_late ? " late" : "",
                      status.unconfirmed ? " unconfirmed" : "");
}

facts::v1::Fact& Confirm(FactBook& book, const facts::v1::Fact& fact, absl::CivilDay day,
                         const std::string& official) {
  return RecordedOn(
      book.Add("RECORD_CONFIRMED", day, absl::StrCat("confirmed_fact: '", fact.fact_id(), "'")),
      day, official);
}

std::shared_ptr<const Plan> AssignedBy(const std::string& more = "") {
  return PlanWith(Requirement("CASE",
                              "satisfied { fact { kind: FACT_KIND_ASSIGNED } } due { "
                              "fixed { year: 2018 month: 5 day: 20 } }"),
                  more);
}

TEST(LateRecordTest, LatenessIsComputedFromTheDayOfRecording) {
  struct Row {
    const char* what;
    absl::CivilDay happened, recorded;
    const char* expected;
  };
  const Row rows[] = {
      {"at once", D(5, 10), D(5, 10), "MET 2018-05-10 due 2018-05-20"},
      // 05-10 is a Thursday: Friday, Monday, Tuesday are three working days.
      {"on the last day", D(5, 10), D(5, 15), "MET 2018-05-10 due 2018-05-20"},
      {"a day later", D(5, 10), D(5, 16), "MET 2018-05-10 due 2018-05-20 late unconfirmed"},
      {"after the due day", D(5, 10), D(9, 1), "MET 2018-05-10 due 2018-05-20 late unconfirmed"},
      {"done late anyway", D(6, 10), D(9, 1), "MET_LATE 2018-06-10 due 2018-05-20 late"},
  };
  for (const Row& row : rows) {
    FactBook book;
    book.Open(D(5, 2));
    RecordedOn(book.Add("ASSIGNED", row.happened), row.recorded);
    EXPECT_EQ(Marks(AsOf(AssignedBy(), book, D(10, 1)).statuses[0]), row.expected) << row.what;
  }
}

TEST(LateRecordTest, BeyondTheCalendarOnlyWhatIsCertainlyLate) {
  // The calendar of the test ends with 2026; the fourth working day by weekends is 2027-01-06.
  for (const auto& [recorded, late] :
       {std::pair(D(1, 5, 2027), false), {D(1, 8, 2027), false}, {D(2, 5, 2027), true}}) {
    FactBook book;
    book.Open(D(5, 2));
    RecordedOn(book.Add("ASSIGNED", D(12, 31, 2026)), recorded);
    const Evaluation out = AsOf(AssignedBy(), book, D(2, 10, 2027));
    EXPECT_EQ(out.seen.back().recorded_late, late) << recorded;
    EXPECT_EQ(Show(out.statuses[0]), "MET_LATE 2026-12-31 due 2018-05-20");
  }
}

TEST(LateRecordTest, SomebodyElseConfirms) {
  FactBook book;
  book.Open(D(5, 2));
  auto& assigned = RecordedOn(book.Add("ASSIGNED", D(5, 10)), D(9, 1), "officials/recorder");
  const auto marks = [&book](absl::CivilDay as_of) {
    return Marks(AsOf(AssignedBy(), book, as_of).statuses[0]);
  };
  Confirm(book, assigned, D(9, 2), "officials/recorder");
  EXPECT_THAT(marks(D(10, 1)), HasSubstr("unconfirmed")) << "not by who recorded it";
  auto& other = Confirm(book, assigned, D(9, 3), "officials/other");
  other.mutable_record_confirmed()->set_confirmed_fact("fact-unknown");
  EXPECT_THAT(marks(D(10, 1)), HasSubstr("unconfirmed")) << "another record was confirmed";
  auto& confirmed = Confirm(book, assigned, D(9, 4), "officials/other");
  EXPECT_EQ(marks(D(10, 1)), "MET 2018-05-10 due 2018-05-20 late");
  // It speaks of the record, so a card of an earlier period counts it too, once it is known.
  EXPECT_EQ(marks(D(6, 30)), "MET 2018-05-10 due 2018-05-20 late");
  const int64_t position = book.known().back().position;
  EXPECT_TRUE(AsOf(AssignedBy(), book, D(10, 1), *AsKnown::At({{"registry", position}}))
                  .statuses[0]
                  .unconfirmed);
  book.Retract(confirmed, D(9, 5));
  EXPECT_THAT(marks(D(10, 1)), HasSubstr("unconfirmed"));
}

TEST(LateRecordTest, OtherRecordsThatSufficeAreWhatTheAnswerRestsOn) {
  FactBook book;
  book.Open(D(5, 2));
  RecordedOn(book.Add("ASSIGNED", D(5, 4)), D(9, 1));
  auto& sure = RecordedOn(book.Add("ASSIGNED", D(5, 18)), D(5, 18));
  const Evaluation out = AsOf(AssignedBy(), book, D(10, 1));
  EXPECT_EQ(Marks(out.statuses[0]), "MET 2018-05-18 due 2018-05-20");
  EXPECT_EQ(out.facts[static_cast<size_t>(out.statuses[0].facts[0])].fact, &sure);
}

TEST(LateRecordTest, ItEarnsNoPointAndIsBetterThanNothingOnlyOnceConfirmed) {
  const auto plan = AssignedBy(R"(
      score { version: "1" rules { id: "S" clause: "x" centipoints: 1000 title { zh: "x" }
        on_time { requirements: "R" } } })");
  const calendar::Span period{D(5, 1), D(5, 31)};
  const auto score = [&](const FactBook& book) {
    const Evaluation evaluation = AsOf(plan, book, D(9, 30));
    const Evaluation* one = &evaluation;
    const auto card = Score(*plan, {&one, 1}, "units/1", period, std::nullopt);
    EXPECT_TRUE(card.ok()) << card.status();
    const v1::ScoreLine& line = card->lines(0);
    return absl::StrCat(line.centipoints(), " of ", line.max_centipoints(), ", ", line.good(), "/",
                        line.total(), ", unconfirmed ", line.unconfirmed(),
                        line.traces(0).recorded_late() ? " late" : "");
  };
  FactBook never, late, in_time;
  for (FactBook* book : {&never, &late, &in_time}) book->Open(D(5, 2));
  RecordedOn(never.Add("ASSIGNED", D(6, 20)), D(6, 20));
  auto& recorded = RecordedOn(late.Add("ASSIGNED", D(5, 10)), D(6, 20));
  RecordedOn(in_time.Add("ASSIGNED", D(5, 10)), D(5, 10));
  EXPECT_EQ(score(never), "0 of 1000, 0/1, unconfirmed 0");
  EXPECT_EQ(score(late), "0 of 1000, 0/1, unconfirmed 1 late");
  EXPECT_EQ(score(in_time), "1000 of 1000, 1/1, unconfirmed 0");
  Confirm(late, recorded, D(6, 25), "officials/other");
  EXPECT_EQ(score(late), "1000 of 1000, 1/1, unconfirmed 0 late");
}

// ---- windows that protect a petitioner (item of the closing standards: whatever the plan says)

TEST(LateRecordTest, AWindowOpensOnTheDayOfTheRecording) {
  const auto plan = PlanWith(Requirement("CLAIM", R"(
      satisfied { lapsed { from { fact { kind: FACT_KIND_OPINION_ISSUED } from_latest: true }
        days: 7 unless: FACT_KIND_OPINION_PERFORMED } })"));
  const auto on = [&](absl::CivilDay as_of, absl::CivilDay recorded, bool used) {
    FactBook book;
    book.Open(D(5, 2));
    RecordedOn(book.Add("OPINION_ISSUED", D(6, 1)), recorded);
    if (used) RecordedOn(book.Add("OPINION_PERFORMED", D(6, 29)), D(6, 29));
    return StateOf(AsOf(plan, book, as_of));
  };
  EXPECT_EQ(on(D(6, 8), D(6, 1), false), "PENDING due -");
  EXPECT_EQ(on(D(6, 9), D(6, 1), false), "MET 2018-06-09 due -");
  // Within the plan's limit a record is not late, and the window still runs from it.
  EXPECT_EQ(on(D(6, 10), D(6, 4), false), "PENDING due -");
  EXPECT_EQ(on(D(6, 12), D(6, 4), false), "MET 2018-06-12 due -");
  EXPECT_EQ(on(D(6, 28), D(6, 22), false), "PENDING due -");
  EXPECT_EQ(on(D(7, 9), D(6, 22), false), "MET 2018-06-30 due -");
  EXPECT_EQ(on(D(7, 9), D(6, 22), true), "PENDING due -") << "used while it was open";
}

// ---- extensions and pauses

TEST(LateRecordTest, WhatIsRecordedAfterTheLastDayHealsNothing) {
  const auto plan = PlanWith(Requirement("ROUND", R"(
      satisfied { fact { kind: FACT_KIND_OPINION_ISSUED } }
      due { clock { name: "handling" from { fact { kind: FACT_KIND_ACCEPTED } }
        paused_by { kind: FACT_KIND_CLOCK_PAUSED } resumed_by { kind: FACT_KIND_CLOCK_RESUMED }
        extended_by { kind: FACT_KIND_EXTENSION_GRANTED } extension_field: "days" } })"));
  const auto with = [&](const char* kind, const char* detail, absl::CivilDay recorded) {
    FactBook book;
    book.Open(D(4, 27)).Add("ACCEPTED", D(5, 2));
    auto& fact = RecordedOn(book.Add(kind, D(6, 20), detail), recorded, "officials/1");
    Confirm(book, fact, D(7, 8), "officials/2");
    return StateOf(AsOf(plan, book, D(7, 9)));
  };
  EXPECT_EQ(with("EXTENSION_GRANTED", "days: 30", D(6, 20)), "PENDING due 2018-07-31");
  EXPECT_EQ(with("EXTENSION_GRANTED", "days: 30", D(7, 2)), "PENDING due 2018-07-31");
  EXPECT_EQ(with("EXTENSION_GRANTED", "days: 30", D(7, 3)),
            "OVERDUE since 2018-07-03 due 2018-07-02");
  EXPECT_EQ(with("CLOCK_PAUSED", "", D(7, 2)), "PENDING due -");
  EXPECT_EQ(with("CLOCK_PAUSED", "", D(7, 3)), "OVERDUE since 2018-07-03 due 2018-07-02");
}

// ---- the order of dates is not the order of being known

TEST(LateRecordTest, APaperFileEnteredLaterIsReadWhole) {
  FactBook book;
  book.Add("CLAIM_APPRAISED", D(9, 20), "category: CATEGORY_EXPLAIN");
  book.Add("PETITIONER_HEARD", D(9, 18));
  book.Open(D(11, 26));
  const Evaluation out = AsOf(SeedPlan(), book, D(11, 26));
  EXPECT_EQ(StateOf(out, "P5.heard"), "MET 2018-09-18 due 2018-09-20");
  const auto kind_at = [&out](size_t i) {
    return out.facts[static_cast<size_t>(out.seen[i].fact)].fact->kind();
  };
  EXPECT_EQ(kind_at(0), facts::v1::FACT_KIND_CASE_REGISTERED);
  EXPECT_EQ(kind_at(1), facts::v1::FACT_KIND_CLAIM_REGISTERED);
  EXPECT_EQ(kind_at(3), facts::v1::FACT_KIND_PETITIONER_HEARD);
  EXPECT_EQ(kind_at(4), facts::v1::FACT_KIND_CLAIM_APPRAISED);
}

TEST(LateRecordTest, WhatMustNotComeBeforeARegistrationOnlyNeedsIt) {
  const auto plan = PlanWith(Requirement("CLAIM",
                                         "satisfied { fact { kind: FACT_KIND_INVESTIGATED "
                                         "not_before: FACT_KIND_CLAIM_REGISTERED } }"));
  FactBook book;
  book.Add("INVESTIGATED", D(9, 20));
  book.Open(D(11, 26));
  EXPECT_EQ(StateOf(AsOf(plan, book, D(11, 26))), "MET 2018-09-20 due -");
}

// A history answers the same whenever its subjects were registered, as far as duties go that do not
// count from the registration.
TEST(LateRecordTest, NoAnswerHangsOnWhenTheSubjectsWereRegistered) {
  const auto plan = PlanWith(Requirement("CLAIM", R"(
      applies { fact { kind: FACT_KIND_CLAIM_APPRAISED latest: true where { field: "category" equals: "CATEGORY_EXPLAIN" } } }
      satisfied { all { tests { fact { kind: FACT_KIND_PETITIONER_HEARD } }
        tests { fact { kind: FACT_KIND_INVESTIGATED not_before: FACT_KIND_CLAIM_REGISTERED } }
        tests { fact { kind: FACT_KIND_DOCUMENT_SERVED not_before: FACT_KIND_OPINION_ISSUED } }
        tests { fact { kind: FACT_KIND_VIEWS_OBTAINED undone_by: FACT_KIND_DATE_OFFERED } } } }
      due { before { fact { kind: FACT_KIND_DOCUMENT_SERVED } } })"));
  std::mt19937 random(31);
  const auto below = [&random](int n) {
    return static_cast<int>(random() % static_cast<uint32_t>(n));
  };
  constexpr const char* kKinds[] = {"PETITIONER_HEARD", "INVESTIGATED",    "DOCUMENT_SERVED",
                                    "OPINION_ISSUED",   "CLAIM_APPRAISED", "CLAIM_APPRAISED",
                                    "VIEWS_OBTAINED",   "DATE_OFFERED"};
  for (int i = 0; i < 300; ++i) {
    struct Entry {
      const char* kind;
      absl::CivilDay day;
      std::string detail, claim;
    };
    std::vector<Entry> entries;
    for (int n = 4 + below(10); n > 0; --n) {
      const char* kind = kKinds[below(std::size(kKinds))];
      entries.push_back(
          {kind, D(4, 2) + below(200),
           std::string(kind) == "CLAIM_APPRAISED"
               ? below(4) == 0 ? "category: CATEGORY_RESOLVE" : "category: CATEGORY_EXPLAIN"
               : "",
           absl::StrCat("cases/1/claims/", 1 + below(2))});
    }
    const auto build = [&](absl::CivilDay registered) {
      auto book = std::make_unique<FactBook>();
      book->Open(registered);
      book->Add("CLAIM_REGISTERED", registered, "", "cases/1/claims/2");
      for (const Entry& e : entries) book->Add(e.kind, e.day, e.detail, e.claim);
      return book;
    };
    const auto first = build(D(4, 1)), last = build(D(11, 26));
    std::shuffle(last->known().begin(), last->known().end(), random);
    const std::string in_order = ShowAll(AsOf(plan, *first, D(11, 26)));
    const std::string later = ShowAll(AsOf(plan, *last, D(11, 26)));
    // What stopped applying before the registration was never owed by anybody.
    if (later.find("NOT_APPLICABLE") != std::string::npos) continue;
    EXPECT_EQ(in_order, later);
  }
}

// ---- hearings and gates

TEST(LateRecordTest, AHearingRecordedLateCountsForAGateOnceConfirmedWithSignedMinutes) {
  const auto plan = PlanWith(Requirement(
      "CASE", "gates_closing: true satisfied { fact { kind: FACT_KIND_HEARING_HELD } }"));
  FactBook book;
  book.Open(D(5, 2)).Add("OPINION_ISSUED", D(6, 1));
  const auto announced = &RecordedOn(book.Add("HEARING_ANNOUNCED", D(6, 1)), D(9, 1));
  const auto held = &RecordedOn(book.Add("HEARING_HELD", D(6, 10), "minutes_kept: true"), D(9, 1));
  held->set_record(announced->record());
  const auto unmet = [&] {
    Evaluator evaluator(plan, TestCalendar());
    const auto out = evaluator.EvaluateClosing(book.view(), types::v1::CLOSING_STANDARD_ANSWERED,
                                               D(10, 1), AsKnown::Everything());
    EXPECT_TRUE(out.ok()) << out.status();
    return out->unmet_size() == 0 ? "" : out->unmet(0).remedy().en();
  };
  EXPECT_THAT(unmet(), HasSubstr("confirm"));
  Confirm(book, *held, D(9, 2), "officials/2");
  EXPECT_THAT(unmet(), HasSubstr("confirm")) << "the announcement is not confirmed";
  Confirm(book, *announced, D(9, 2), "officials/2");
  EXPECT_THAT(unmet(), HasSubstr("signed")) << "the petitioner did not sign the minutes";
  held->mutable_hearing_held()->set_minutes_signed(true);
  EXPECT_EQ(unmet(), "");
  RecordedOn(*held, D(6, 12));
  RecordedOn(*announced, D(6, 1));
  held->mutable_hearing_held()->set_minutes_signed(false);
  EXPECT_EQ(unmet(), "") << "recorded at once it needs no confirmation";
}

// ---- what was owed stays owed

std::shared_ptr<const Plan> Explaining(const std::string& due, const std::string& satisfied) {
  return PlanWith(Requirement("CASE", absl::StrCat(R"(
      applies { fact { kind: FACT_KIND_CLAIM_APPRAISED latest: true where { field: "category" equals: "CATEGORY_EXPLAIN" } } }
      satisfied { fact { kind: FACT_KIND_)",
                                                   satisfied, " } } due { ", due, " }")));
}

std::shared_ptr<const Plan> Visits() {
  return Explaining(
      R"(cadence { step: CADENCE_STEP_HALF_MONTH stopped_by { kind: FACT_KIND_CASE_CLOSED }
      suspended_by { kind: FACT_KIND_VISIT_DECLINED } resumed_by { kind: FACT_KIND_VISITS_WANTED } })",
      "VISIT_HELD");
}

std::string Cadence(const FactBook& book, absl::CivilDay as_of) {
  const Status status = AsOf(Visits(), book, as_of).statuses[0];
  return absl::StrCat(Show(status), " met ", status.cadence.met, " missed ",
                      status.cadence.missed_count, status.unconfirmed ? " unconfirmed" : "");
}

facts::v1::Fact& Appraise(FactBook& book, absl::CivilDay day, const char* category) {
  return book.Add("CLAIM_APPRAISED", day, absl::StrCat("category: CATEGORY_", category));
}

TEST(OwedTest, ReappraisalDoesNotEraseMissedVisits) {
  FactBook book;
  book.Open(D(4, 20));
  Appraise(book, D(5, 10), "EXPLAIN");
  book.Add("VISIT_HELD", D(5, 20));
  EXPECT_EQ(Cadence(book, D(9, 1)), "OVERDUE since 2018-09-01 due 2018-08-31 met 1 missed 6");
  Appraise(book, D(9, 1), "RESOLVE");
  EXPECT_EQ(Cadence(book, D(9, 1)), "OVERDUE since 2018-09-01 due 2018-08-31 met 1 missed 6");
  EXPECT_EQ(Cadence(book, D(12, 20)), "OVERDUE since 2018-09-01 due 2018-08-31 met 1 missed 6");
  book.Add("VISIT_HELD", D(12, 21));
  EXPECT_EQ(Cadence(book, D(12, 22)), "MET_LATE 2018-12-21 due - met 1 missed 6");
  // Explained once more, it goes on; and nothing of the first stretch is forgotten.
  Appraise(book, D(12, 24), "EXPLAIN");
  EXPECT_EQ(Cadence(book, D(12, 24)), "PENDING due 2019-01-15 met 1 missed 6");
  Appraise(book, D(12, 28), "EXPLAIN");
  EXPECT_EQ(Cadence(book, D(1, 16, 2019)),
            "OVERDUE since 2019-01-16 due 2019-01-15 met 1 missed 7");
}

TEST(OwedTest, NothingIsOwedOfADutyThatEndedBeforeAWholePeriod) {
  FactBook book;
  book.Open(D(4, 20));
  Appraise(book, D(5, 10), "EXPLAIN");
  Appraise(book, D(5, 25), "RESOLVE");
  EXPECT_EQ(Cadence(book, D(9, 1)), "NOT_APPLICABLE met 0 missed 0");
}

TEST(OwedTest, AppraisedToAndFroTheDutyGoesOn) {
  FactBook book;
  book.Open(D(4, 20));
  for (int month = 5; month < 9; ++month) {
    Appraise(book, D(month, 1), "EXPLAIN");
    Appraise(book, D(month, 14), "RESOLVE");
    Appraise(book, D(month, 16), "EXPLAIN");
    Appraise(book, D(month, 29), "RESOLVE");
  }
  EXPECT_EQ(Cadence(book, D(9, 1)), "OVERDUE since 2018-08-16 due 2018-08-15 met 0 missed 7");
}

TEST(OwedTest, ABackdatedReappraisalOrDeclineExcusesFromItsRecordingOnOnly) {
  for (const char* kind : {"CLAIM_APPRAISED", "VISIT_DECLINED"}) {
    FactBook book;
    book.Open(D(4, 20));
    Appraise(book, D(5, 10), "EXPLAIN");
    auto& excuse = RecordedOn(
        book.Add(kind, D(5, 12),
                 std::string(kind) == "CLAIM_APPRAISED" ? "category: CATEGORY_RESOLVE" : ""),
        D(9, 1));
    EXPECT_THAT(Cadence(book, D(9, 20)), HasSubstr("missed 7")) << kind;
    // Compared with the paper by somebody else, its date is believed.
    Confirm(book, excuse, D(9, 2), "officials/2");
    EXPECT_THAT(Cadence(book, D(9, 20)), HasSubstr("missed 0")) << kind;
  }
}

TEST(OwedTest, AVisitRecordedLateMeetsItsPeriodUnconfirmed) {
  FactBook book;
  book.Open(D(4, 20));
  Appraise(book, D(5, 10), "EXPLAIN");
  auto& visit = RecordedOn(book.Add("VISIT_HELD", D(5, 20)), D(6, 10));
  EXPECT_EQ(Cadence(book, D(6, 10)), "PENDING due 2018-06-15 met 1 missed 0 unconfirmed");
  Confirm(book, visit, D(6, 11), "officials/2");
  EXPECT_EQ(Cadence(book, D(6, 12)), "PENDING due 2018-06-15 met 1 missed 0");
}

TEST(OwedTest, WhatFellDueWhileItAppliedStaysDue) {
  const auto plan = Explaining("fixed { year: 2018 month: 9 day: 30 }", "HEARING_HELD");
  const auto state = [&](absl::CivilDay reappraised, absl::CivilDay held) {
    FactBook book;
    book.Open(D(4, 20));
    Appraise(book, D(5, 10), "EXPLAIN");
    Appraise(book, reappraised, "RESOLVE");
    if (held < D(12, 31)) book.Add("HEARING_HELD", held);
    return StateOf(AsOf(plan, book, D(12, 1)));
  };
  const absl::CivilDay never = D(12, 31);
  EXPECT_EQ(state(D(10, 1), never), "OVERDUE since 2018-10-01 due 2018-09-30");
  EXPECT_EQ(state(D(10, 1), D(9, 1)), "MET 2018-09-01 due 2018-09-30");
  EXPECT_EQ(state(D(10, 1), D(11, 1)), "MET_LATE 2018-11-01 due 2018-09-30");
  EXPECT_EQ(state(D(9, 30), never), "NOT_APPLICABLE") << "it did not fall due while it applied";
}

}  // namespace
}  // namespace redress::plan::testing

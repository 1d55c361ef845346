// Properties that hold for any facts, tried on many invented histories.
#include <algorithm>
#include <random>

#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using Random = std::mt19937;

int Below(Random& random, int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); }

// A believable, disorderly history of one case: one or two claims, facts of many kinds on many
// days.
FactBook History(Random& random) {
  static const std::pair<const char*, const char*> kKinds[] = {
      {"ASSIGNED", "lead: 'officials/1' lead_is_principal: true"},
      {"TASK_FORCE_SET", "members: 2 departments: DEPARTMENT_JUSTICE"},
      {"WORK_PLAN_SET", "measures: 2 goals: 1"},
      {"HANDOVER_ACCEPTED", "part: PART_LEAD to_official: 'officials/2'"},
      {"SORTED", "route: ROUTE_PETITION_PROCEDURE"},
      {"ACCEPTED", ""},
      {"OPINION_ISSUED", "remedy_stated: true performance_due: true"},
      {"OPINION_PERFORMED", ""},
      {"DOCUMENT_SERVED",
       "document_kind: DOCUMENT_KIND_HANDLING_OPINION receipt_kept: true remedy_stated: true"},
      {"EXTENSION_GRANTED", "days: 30 petitioner_told: true"},
      {"CLOCK_PAUSED", "reason: PAUSE_REASON_REEXAMINATION_HEARING"},
      {"CLOCK_RESUMED", ""},
      {"REVIEW_REQUESTED", ""},
      {"REEXAMINATION_DECIDED", ""},
      {"INVESTIGATED", "on_site: true evidence_items: 1"},
      {"PETITIONER_HEARD", "by_lead: true transcript_kept: true"},
      {"VIEWS_OBTAINED", "views: 1"},
      {"PRIOR_CONCLUSION_RECORDED", ""},
      {"CLAIM_APPRAISED", "category: CATEGORY_EXPLAIN complex: true"},
      {"CLAIM_APPRAISED", "category: CATEGORY_RESOLVE repeats_prior: true"},
      {"DATE_OFFERED", ""},
      {"CONSULTED", ""},
      {"VISIT_HELD", "by_lead: true diary_written: true"},
      {"VISIT_HELD", "by_lead: true diary_written: true"},
      {"VISIT_DECLINED", ""},
      {"VISITS_WANTED", ""},
      {"HEARING_HELD", "third_parties: 1 minutes_kept: true"},
      {"ASSISTANCE_NEED_FOUND", ""},
      {"SURVEYED", "by_visit: true"},
      {"ASSISTANCE_PLANNED", "measures: 1 last_due { year: 2018 month: 8 day: 1 }"},
      {"ASSISTANCE_MEASURE_DONE", ""},
      {"SETTLEMENT_SIGNED", "petitioner_signed: true unit_signed: true outside_witness: true"},
      {"CASE_CLOSED", ""},
      {"CASE_REOPENED", ""},
  };
  FactBook book;
  book.Open(D(4, 2) + Below(random, 40));
  if (Below(random, 2) == 0) {
    book.Add("CLAIM_REGISTERED", D(5, 20), "", "cases/1/claims/2");
    book.Add("ROUND_OPENED", D(5, 21),
             "round_kind: ROUND_KIND_REEXAMINATION received_on { year: 2018 month: 5 day: 21 }", "",
             "cases/1/rounds/2");
  }
  const int count = 5 + Below(random, 25);
  for (int i = 0; i < count; ++i) {
    const auto& [kind, detail] = kKinds[Below(random, static_cast<int>(std::size(kKinds)))];
    book.Add(kind, D(4, 5) + Below(random, 200), detail,
             Below(random, 4) == 0 ? "cases/1/claims/2" : FactBook::kClaim,
             Below(random, 4) == 0 ? "cases/1/rounds/2" : FactBook::kRound);
  }
  return book;
}

TEST(EvaluatorPropertyTest, AnUnrelatedFactMovesNoClock) {
  Random random(11);
  for (int i = 0; i < 300; ++i) {
    FactBook book = History(random);
    const absl::CivilDay as_of = D(4, 1) + Below(random, 260);
    const std::string before = ShowAll(AsOf(SeedPlan(), book, as_of));
    // Records that no requirement of the plan reads: comments and follow-ups are of this sort.
    book.Add("FOLLOW_UP_DONE", D(4, 1) + Below(random, 200));
    book.Add("MEASURE_DONE", D(4, 1) + Below(random, 200), "measure: 1");
    book.Add("HEARING_ANNOUNCED", D(4, 1) + Below(random, 200));
    book.Add("VISIT_NOT_ARRANGED", D(4, 1) + Below(random, 200));
    EXPECT_EQ(ShowAll(AsOf(SeedPlan(), book, as_of)), before);
  }
}

TEST(EvaluatorPropertyTest, AnEarlierAsOfNeverSeesALaterEvent) {
  Random random(12);
  for (int i = 0; i < 300; ++i) {
    const FactBook book = History(random);
    const absl::CivilDay as_of = D(4, 1) + Below(random, 260);
    std::vector<KnownFact> past;
    for (const KnownFact& known : book.view()) {
      if (*calendar::FromProto(known.fact->event_date()) <= as_of) past.push_back(known);
    }
    const auto all = AsOf(SeedPlan(), book, as_of);
    const auto only_past = Evaluate(SeedPlan(), TestCalendar(), past, as_of, AsKnown::Everything());
    ASSERT_TRUE(only_past.ok());
    EXPECT_EQ(ShowAll(all), ShowAll(*only_past));
    for (const SeenFact& seen : all.seen) {
      EXPECT_LE(*calendar::FromProto(all.facts[static_cast<size_t>(seen.fact)].fact->event_date()),
                as_of);
    }
  }
}

TEST(EvaluatorPropertyTest, RetractionEqualsNeverRecordedFromItsPositionOn) {
  Random random(13);
  for (int i = 0; i < 300; ++i) {
    FactBook book = History(random);
    const absl::CivilDay as_of = D(4, 1) + Below(random, 260);
    const size_t target =
        3 + static_cast<size_t>(Below(random, static_cast<int>(book.known().size()) - 3));
    const std::string before = ShowAll(AsOf(SeedPlan(), book, as_of));
    std::vector<KnownFact> without(book.view().begin(), book.view().end());
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(target));
    // A retraction dated after as_of counts too: what matters is whether it is known.
    book.Retract(*book.known()[target].fact, D(12, 30));
    const int64_t position = book.known().back().position;
    const auto never = Evaluate(SeedPlan(), TestCalendar(), without, as_of, AsKnown::Everything());
    ASSERT_TRUE(never.ok());
    EXPECT_EQ(ShowAll(AsOf(SeedPlan(), book, as_of)), ShowAll(*never));
    EXPECT_EQ(ShowAll(AsOf(SeedPlan(), book, as_of, *AsKnown::At({{"registry", position + 1}}))),
              ShowAll(*never));
    // Before its position the fact still counts: what was said then can be said again.
    EXPECT_EQ(ShowAll(AsOf(SeedPlan(), book, as_of, *AsKnown::At({{"registry", position}}))),
              before);
    // Taking the retraction back restores the fact.
    facts::v1::Fact& back = book.Retract(*book.known().back().fact, D(12, 30));
    back.set_retracts(book.known()[book.known().size() - 2].fact->fact_id());
    EXPECT_EQ(ShowAll(AsOf(SeedPlan(), book, as_of)), before);
  }
}

TEST(EvaluatorPropertyTest, TheOrderAndRepetitionOfFactsDoNotMatter) {
  Random random(14);
  for (int i = 0; i < 200; ++i) {
    FactBook book = History(random);
    const absl::CivilDay as_of = D(4, 1) + Below(random, 260);
    const std::string before = ShowAll(AsOf(SeedPlan(), book, as_of));
    const std::vector<KnownFact> twice = book.known();
    std::shuffle(book.known().begin(), book.known().end(), random);
    EXPECT_EQ(ShowAll(AsOf(SeedPlan(), book, as_of)), before);
    book.known().insert(book.known().end(), twice.begin(), twice.end());
    EXPECT_EQ(ShowAll(AsOf(SeedPlan(), book, as_of)), before);
  }
}

TEST(EvaluatorPropertyTest, NothingChangesBeforeNextChangeAt) {
  Random random(15);
  const auto day_of = [](calendar::DayNumber day) { return calendar::FromDayNumber(day); };
  for (int i = 0; i < 100; ++i) {
    const FactBook book = History(random);
    absl::CivilDay as_of = D(4, 1) + Below(random, 200);
    const Evaluation now = AsOf(SeedPlan(), book, as_of);
    const std::string before = ShowAll(now);
    const absl::CivilDay end =
        now.next_change_at == kNoDay ? as_of + 120 : day_of(now.next_change_at);
    EXPECT_GT(end, as_of);
    for (absl::CivilDay day = as_of + 1; day < end; ++day) {
      ASSERT_EQ(ShowAll(AsOf(SeedPlan(), book, day)), before) << calendar::ToText(day);
    }
  }
}

TEST(EvaluatorPropertyTest, AReusedBufferGivesTheSameAnswer) {
  Random random(16);
  Evaluator evaluator(SeedPlan(), TestCalendar());
  Evaluation out;
  for (int i = 0; i < 200; ++i) {
    const FactBook book = History(random);
    ASSERT_TRUE(evaluator.Evaluate(book.view(), D(7, 1), AsKnown::Everything(), &out).ok());
    const Evaluation fresh = AsOf(SeedPlan(), book, D(7, 1));
    EXPECT_EQ(ShowAll(out), ShowAll(fresh));
    EXPECT_EQ(ToProto(out, true).SerializeAsString(), ToProto(fresh, true).SerializeAsString());
  }
}

}  // namespace
}  // namespace redress::plan::testing

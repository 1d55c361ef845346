// How many cases one core evaluates in a second: 25 requirements, 30 facts each.
// Run: build/release/bin/evaluator_bench. The figure is `items_per_second`.
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

// The 2018 plan cut to 25 requirements about cases, their claims and their rounds.
std::shared_ptr<const Plan> PlanOf25() {
  v1::Plan plan = SeedPlan()->proto();
  v1::Plan cut = plan;
  cut.clear_requirements();
  cut.clear_score();
  for (const auto& requirement : plan.requirements()) {
    const bool in_case = requirement.subject() == v1::SUBJECT_KIND_CASE ||
                         requirement.subject() == v1::SUBJECT_KIND_CLAIM ||
                         requirement.subject() == v1::SUBJECT_KIND_ROUND;
    const bool assistance = requirement.id().rfind("P11", 0) == 0;
    if (in_case && !assistance && !requirement.has_sealed() && cut.requirements_size() < 25) {
      *cut.add_requirements() = requirement;
    }
  }
  auto loaded = Load(cut.DebugString(), TestRules());
  if (!loaded.ok() || (*loaded)->proto().requirements_size() != 25) std::abort();
  return *loaded;
}

// A case as it stands after some months: 30 facts, one claim, one round.
std::unique_ptr<FactBook> CaseOf30(int i) {
  auto book = std::make_unique<FactBook>();
  const absl::CivilDay day = D(4, 20) + i % 20;
  const std::string category = i % 2 == 0 ? "CATEGORY_EXPLAIN" : "CATEGORY_RESOLVE";
  book->Open(day);
  book->Add("ASSIGNED", day + 1, "lead: 'officials/1' officer: 'officials/2'");
  book->Add("TASK_FORCE_SET", day + 2, "members: 3 departments: DEPARTMENT_JUSTICE");
  book->Add("WORK_PLAN_SET", day + 3, "measures: 3 goals: 2");
  book->Add("SORTED", day + 4, "route: ROUTE_PETITION_PROCEDURE");
  book->Add("ACCEPTED", day + 10);
  book->Add("DOCUMENT_SERVED", day + 11,
            "document_kind: DOCUMENT_KIND_ACCEPTANCE_NOTICE receipt_kept: true");
  book->Add("INVESTIGATED", day + 12, "on_site: true evidence_items: 2");
  book->Add("PETITIONER_HEARD", day + 13, "by_lead: true transcript_kept: true");
  book->Add("VIEWS_OBTAINED", day + 14, "views: 2");
  book->Add("PRIOR_CONCLUSION_RECORDED", day + 14, "exists: true");
  book->Add("CLAIM_APPRAISED", day + 15, "revision: 1 category: " + category);
  book->Add("DATE_OFFERED", day + 15, "petitioner_agrees: true");
  for (int visit = 0; visit < 8; ++visit) {
    book->Add("VISIT_HELD", day + 20 + visit * 14,
              "place: VISIT_PLACE_HOME by_lead: true diary_written: true");
  }
  book->Add("HANDOVER_OFFERED", day + 40, "part: PART_LEAD");
  book->Add("HANDOVER_ACCEPTED", day + 41, "part: PART_LEAD to_official: 'officials/3'");
  book->Add("HEARING_HELD", day + 45, "third_parties: 2 minutes_kept: true");
  book->Add("EXTENSION_GRANTED", day + 60, "days: 30 petitioner_told: true");
  book->Add("MEASURE_DONE", day + 62, "measure: 1");
  book->Add("OPINION_ISSUED", day + 90, "remedy_stated: true");
  book->Add("DOCUMENT_SERVED", day + 95,
            "document_kind: DOCUMENT_KIND_HANDLING_OPINION receipt_kept: true remedy_stated: true");
  if (book->view().size() != 30) std::abort();
  return book;
}

void BM_Evaluate(benchmark::State& state) {
  const auto plan = PlanOf25();
  std::vector<std::unique_ptr<FactBook>> books;
  for (int i = 0; i < 256; ++i) books.push_back(CaseOf30(i));
  Evaluator evaluator(plan, TestCalendar());
  Evaluation out;
  size_t next = 0;
  int64_t statuses = 0;
  for (auto _ : state) {
    const FactBook& book = *books[next++ % books.size()];
    const absl::Status status =
        evaluator.Evaluate(book.view(), D(9, 1), AsKnown::Everything(), &out);
    if (!status.ok()) state.SkipWithError("the evaluation failed");
    benchmark::DoNotOptimize(out.statuses.data());
    statuses += static_cast<int64_t>(out.statuses.size());
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["statuses_per_case"] =
      static_cast<double>(statuses) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_Evaluate);

void BM_EvaluateWithReasons(benchmark::State& state) {
  const auto plan = PlanOf25();
  const auto book = CaseOf30(1);
  Evaluator evaluator(plan, TestCalendar());
  Evaluation out;
  for (auto _ : state) {
    const absl::Status status =
        evaluator.Evaluate(book->view(), D(9, 1), AsKnown::Everything(), &out);
    if (!status.ok()) state.SkipWithError("the evaluation failed");
    benchmark::DoNotOptimize(ToProto(out));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_EvaluateWithReasons);

}  // namespace
}  // namespace redress::plan::testing

BENCHMARK_MAIN();

// Facts for tests of plans: written briefly, kept alive, numbered in order.
#ifndef REDRESS_TESTS_UNIT_PLAN_FACTS_H_
#define REDRESS_TESTS_UNIT_PLAN_FACTS_H_

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/plan/evaluator.h"
#include "common/plan/fact_kinds.h"
#include "google/protobuf/text_format.h"

namespace redress::plan::testing {

inline absl::CivilDay D(int month, int day, int year = 2018) {
  return absl::CivilDay(year, month, day);
}

inline const std::shared_ptr<const calendar::Calendar>& TestCalendar() {
  static const auto* const table = [] {
    auto loaded = calendar::Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt");
    if (!loaded.ok()) std::abort();
    return new std::shared_ptr<const calendar::Calendar>(*loaded);
  }();
  return *table;
}

// The same table as if it ended with a year.
inline std::shared_ptr<const calendar::Calendar> CalendarThrough(int last_year) {
  std::ifstream file(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt");
  std::string text, line;
  while (std::getline(file, line) && line != absl::StrCat("year ", last_year + 1)) {
    absl::StrAppend(&text, line, "\n");
  }
  auto parsed = calendar::Calendar::Parse(text);
  if (!parsed.ok()) std::abort();
  return *parsed;
}

inline const RuleSetTable& TestRules() {
  static const auto* const rules = [] {
    auto loaded = RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules");
    if (!loaded.ok()) std::abort();
    return new RuleSetTable(*loaded);
  }();
  return *rules;
}

inline const std::shared_ptr<const Plan>& SeedPlan() {
  static const auto* const plan = [] {
    auto loaded =
        LoadFile(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb", TestRules());
    if (!loaded.ok()) {
      std::cerr << loaded.status() << std::endl;
      std::abort();
    }
    return new std::shared_ptr<const Plan>(*loaded);
  }();
  return *plan;
}

// A plan around some requirements, with one closing standard. Fails the process if it is faulty.
inline std::shared_ptr<const Plan> PlanWith(const std::string& requirements,
                                            const std::string& more = "") {
  const std::string text = absl::StrCat(
      R"pb(id: "test"
           revision: 1
           title { zh: "x" }
           source { zh: "x" }
           starts_on { year: 2018 month: 1 day: 1 }
           ends_on { year: 2020 month: 12 day: 31 }
           rule_sets: "2005"
           recorded_late_after_working_days: 3
           closing {
             standard: CLOSING_STANDARD_ANSWERED
             clause: "x"
             title { zh: "x" }
             for_each_claim {
               id: "a"
               clause: "x"
               title { zh: "x" }
               remedy { zh: "x" }
               satisfied {
                 lapsed {
                   from {
                     fact {
                       kind: FACT_KIND_DOCUMENT_SERVED
                       not_before: FACT_KIND_OPINION_ISSUED
                       where { field: "document_kind" equals: "DOCUMENT_KIND_HANDLING_OPINION" }
                       where { field: "remedy_stated" equals: "true" }
                     }
                     from_latest: true
                   }
                   days: 30
                   unless: FACT_KIND_REVIEW_REQUESTED
                 }
               }
             }
           })pb",
      requirements, more);
  auto plan = Load(text, TestRules());
  if (!plan.ok()) {
    std::cerr << plan.status().message() << std::endl;
    std::abort();
  }
  return *plan;
}

// One requirement named R.
inline std::string Requirement(const std::string& subject, const std::string& body) {
  return absl::StrCat(
      "\nrequirements { id: \"R\" clause: \"x\" title { zh: \"x\" } subject: ", "SUBJECT_KIND_",
      subject, " bound: BOUND_ROLE_RESPONSIBLE_UNIT ", body, " }\n");
}

// Says that a fact was recorded on a day, by an official; else facts were recorded at once, by
// nobody in particular. Facts recorded on one day keep their order.
inline facts::v1::Fact& RecordedOn(facts::v1::Fact& fact, absl::CivilDay day,
                                   const std::string& official = "officials/1") {
  const int64_t in_order = fact.recorded_at().seconds() % 86400;
  fact.mutable_recorded_at()->set_seconds(int64_t{calendar::ToDayNumber(day)} * 86400 + in_order);
  fact.mutable_actor()->set_official(official);
  return fact;
}

// Collects facts about one case (or one unit).
class FactBook {
 public:
  static constexpr char kCase[] = "cases/1";
  static constexpr char kClaim[] = "cases/1/claims/1";
  static constexpr char kRound[] = "cases/1/rounds/1";

  // `kind` without its prefix; `detail` in text format.
  facts::v1::Fact& Add(const std::string& kind, absl::CivilDay day, const std::string& detail = "",
                       const std::string& claim = kClaim, const std::string& round = kRound) {
    auto& fact = *facts_.emplace_back(std::make_unique<facts::v1::Fact>());
    facts::v1::FactKind value;
    if (!facts::v1::FactKind_Parse("FACT_KIND_" + kind, &value)) std::abort();
    fact.set_fact_id(absl::StrCat("fact-", 1000 + facts_.size()));
    fact.set_kind(value);
    fact.set_campaign("campaigns/1");
    *fact.mutable_event_date() = calendar::ToProto(day);
    fact.mutable_recorded_at()->set_seconds(static_cast<int64_t>(1000 + facts_.size()));
    fact.set_record(absl::StrCat("records/", facts_.size()));
    fact.set_unit("units/1");
    const auto about = SubjectOf(value);
    if (about != v1::SUBJECT_KIND_CAMPAIGN && about != v1::SUBJECT_KIND_UNIT) {
      fact.set_case_name(kCase);
    }
    if (about == v1::SUBJECT_KIND_CLAIM) fact.set_claim(claim);
    if (about == v1::SUBJECT_KIND_ROUND) fact.set_round(round);
    auto* message =
        fact.GetReflection()->MutableMessage(&fact, fact.GetDescriptor()->FindFieldByNumber(value));
    if (!google::protobuf::TextFormat::ParseFromString(detail, message)) std::abort();
    known_.push_back({&fact, Feed::kRegistry, static_cast<int64_t>(known_.size())});
    return fact;
  }
  // Takes back a fact.
  facts::v1::Fact& Retract(const facts::v1::Fact& target, absl::CivilDay day) {
    auto& fact = *facts_.emplace_back(std::make_unique<facts::v1::Fact>(target));
    fact.set_fact_id(absl::StrCat("fact-", 1000 + facts_.size()));
    fact.set_retracts(target.fact_id());
    fact.clear_detail();
    *fact.mutable_event_date() = calendar::ToProto(day);
    fact.mutable_recorded_at()->set_seconds(static_cast<int64_t>(1000 + facts_.size()));
    known_.push_back({&fact, Feed::kRegistry, static_cast<int64_t>(known_.size())});
    return fact;
  }
  // A registered case with one claim and one handling round, all on `day`.
  FactBook& Open(absl::CivilDay day) {
    const auto date = calendar::ToProto(day).ShortDebugString();
    Add("CASE_REGISTERED", day,
        absl::StrCat("source: CASE_SOURCE_IN_PERSON claims: 1 received_on { ", date, " }"));
    Add("CLAIM_REGISTERED", day, "claim_kind: CLAIM_KIND_GRIEVANCE");
    Add("ROUND_OPENED", day,
        absl::StrCat("round_kind: ROUND_KIND_HANDLING received_on { ", date, " }"));
    return *this;
  }
  FactView view() const { return known_; }
  std::vector<KnownFact>& known() { return known_; }

 private:
  std::vector<std::unique_ptr<facts::v1::Fact>> facts_;
  std::vector<KnownFact> known_;
};

// Evaluates, and fails the process if that fails.
inline Evaluation AsOf(const std::shared_ptr<const Plan>& plan, const FactBook& book,
                       absl::CivilDay as_of, const AsKnown& known = AsKnown::Everything(),
                       const std::shared_ptr<const calendar::Calendar>& table = TestCalendar()) {
  auto out = Evaluate(plan, table, book.view(), as_of, known);
  if (!out.ok()) {
    std::cerr << out.status() << std::endl;
    std::abort();
  }
  return *std::move(out);
}

// "PENDING due 2018-05-07", "MET 2018-05-01 due ...", "OVERDUE since ...", "NOT_APPLICABLE".
inline std::string Show(const Status& s) {
  const auto day = [](calendar::DayNumber d) {
    return d == kNoDay ? std::string("-") : calendar::ToText(calendar::FromDayNumber(d));
  };
  std::string due = absl::StrCat(" due ", day(s.due));
  if (s.calendar_missing != 0) absl::StrAppend(&due, "? ", s.calendar_missing);
  switch (s.state) {
    case v1::REQUIREMENT_STATE_PENDING:
      return absl::StrCat("PENDING", due);
    case v1::REQUIREMENT_STATE_MET:
      return absl::StrCat("MET ", day(s.met_on), due);
    case v1::REQUIREMENT_STATE_OVERDUE:
      return absl::StrCat("OVERDUE since ", day(s.overdue_since), due);
    case v1::REQUIREMENT_STATE_MET_LATE:
      return absl::StrCat("MET_LATE ", day(s.met_on), due);
    default:
      return "NOT_APPLICABLE";
  }
}

// The status of a requirement for its first subject.
inline std::string StateOf(const Evaluation& evaluation, const std::string& requirement = "R") {
  for (const Status& status : evaluation.statuses) {
    if (evaluation.RequirementOf(status).id() == requirement) return Show(status);
  }
  return "none";
}

// Every status, for comparisons.
inline std::string ShowAll(const Evaluation& evaluation) {
  std::string text;
  for (const Status& status : evaluation.statuses) {
    absl::StrAppend(&text, evaluation.RequirementOf(status).id(), " ",
                    std::string(evaluation.SubjectName(status)), ": ", Show(status), " met ",
                    status.cadence.met, " missed ", status.cadence.missed_count, "\n");
  }
  return text;
}

}  // namespace redress::plan::testing

#endif  // REDRESS_TESTS_UNIT_PLAN_FACTS_H_

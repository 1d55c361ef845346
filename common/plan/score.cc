#include "common/plan/score.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/plan/program.h"
#include "common/plan/scorable.h"

namespace redress::plan {
namespace {

using calendar::DayNumber;
using calendar::Span;
using internal::ScoreOp;

bool Within(const Span& period, absl::CivilDay day) {
  return period.first <= day && day <= period.last;
}

// A duty that was due in the period, and whether it was done in time. One that was, by a record
// made late that nobody has confirmed, counts among the duties and is not good: left out of both it
// would be better to record late than not at all, and a unit that records everything late would
// have no duties and a full score.
struct Duty {
  const Evaluation* evaluation;
  const Status* status;
  absl::CivilDay due;
  bool in_time;
  int16_t fact;  // of a period of a cadence; -1: the status's facts
  bool recorded_late;
  bool unconfirmed;

  bool good() const { return in_time && !unconfirmed; }
  // What was missed counts before what waits for a confirmation, that before what was done.
  bool WorseThan(const Duty& other) const {
    return in_time != other.in_time ? !in_time : !good() && other.good();
  }
};

// The duties of a unit that were due in a period.
std::vector<Duty> DutiesOf(absl::Span<const Evaluation* const> evaluations, std::string_view unit,
                           const Span& period) {
  std::vector<Duty> duties;
  for (const Evaluation* evaluation : evaluations) {
    for (const Status& status : evaluation->statuses) {
      if (status.state == v1::REQUIREMENT_STATE_NOT_APPLICABLE ||
          evaluation->BoundUnit(status) != unit) {
        continue;
      }
      if (status.is_cadence) {
        const CadencePeriods& c = status.cadence;
        for (int32_t i = 0; i < c.met; ++i) {
          const MetPeriod& met =
              evaluation->met[static_cast<size_t>(c.met_begin) + static_cast<size_t>(i)];
          if (!Within(period, met.span.last)) continue;
          duties.push_back({evaluation, &status, met.span.last, true, met.fact, met.recorded_late,
                            met.unconfirmed});
        }
        for (int32_t i = 0; i < c.missed_count; ++i) {
          const Span& missed =
              evaluation->missed[static_cast<size_t>(c.missed_begin) + static_cast<size_t>(i)];
          if (!Within(period, missed.last)) continue;
          duties.push_back({evaluation, &status, missed.last, false, -1, false, false});
        }
        continue;
      }
      // A duty that may still be done in time says nothing yet.
      if (status.due == kNoDay || status.state == v1::REQUIREMENT_STATE_PENDING) continue;
      // Nor does one whose verdict waits for the calendar of a year.
      if (status.calendar_missing != 0) continue;
      const absl::CivilDay due = calendar::FromDayNumber(status.due);
      if (!Within(period, due)) continue;
      duties.push_back({evaluation, &status, due, status.state == v1::REQUIREMENT_STATE_MET, -1,
                        status.recorded_late, status.unconfirmed});
    }
  }
  return duties;
}

// A duty about each claim or round of a case counts once for the case, and as done in time where
// all were: otherwise a unit could thin out what it did late with claims that it adds itself.
std::vector<Duty> PerCase(const std::vector<Duty>& duties) {
  std::map<std::tuple<const Evaluation*, int, int, absl::CivilDay>, size_t> seen;
  std::vector<Duty> counted;
  for (const Duty& duty : duties) {
    const v1::SubjectKind kind =
        duty.evaluation->subjects[static_cast<size_t>(duty.status->subject)].kind;
    const bool in_case = kind == v1::SUBJECT_KIND_CLAIM || kind == v1::SUBJECT_KIND_ROUND;
    const auto [found, added] = seen.emplace(
        std::tuple(duty.evaluation, duty.status->requirement, in_case ? -1 : duty.status->subject,
                   duty.status->is_cadence ? duty.due : absl::CivilDay()),
        counted.size());
    if (added) {
      counted.push_back(duty);
    } else if (duty.WorseThan(counted[found->second])) {
      counted[found->second] = duty;
    }
  }
  return counted;
}

void Trace(const Duty& duty, v1::ScoreLine* line) {
  const Evaluation& evaluation = *duty.evaluation;
  v1::ScoreTrace* trace = line->add_traces();
  trace->set_good(duty.good());
  trace->set_recorded_late(duty.recorded_late);
  trace->set_requirement(evaluation.RequirementOf(*duty.status).id());
  trace->set_subject(std::string(evaluation.SubjectName(*duty.status)));
  *trace->mutable_date() = calendar::ToProto(duty.due);
  const auto add = [&](int16_t fact) {
    trace->add_facts(evaluation.facts[static_cast<size_t>(fact)].fact->fact_id());
  };
  if (duty.status->is_cadence) {
    if (duty.fact >= 0) add(duty.fact);
    return;
  }
  for (size_t i = 0; i < duty.status->facts_used; ++i) add(duty.status->facts[i]);
}

bool Wanted(const ScoreOp& op, const Duty& duty) {
  return std::find(op.requirements.begin(), op.requirements.end(), duty.status->requirement) !=
         op.requirements.end();
}

// Calls `visit(fact, seen)` for each fact of a kind that is the unit's, in the period.
template <typename Visit>
void EachAct(absl::Span<const Evaluation* const> evaluations, std::string_view unit,
             const Span& period, facts::v1::FactKind kind, Visit visit) {
  for (const Evaluation* evaluation : evaluations) {
    for (const SeenFact& seen : evaluation->seen) {
      const facts::v1::Fact& fact = *evaluation->facts[static_cast<size_t>(seen.fact)].fact;
      if (fact.kind() != kind) continue;
      const std::string& owner = fact.unit().empty() ? fact.actor().unit() : fact.unit();
      const auto day = calendar::FromProto(fact.event_date());
      if (owner != unit || !day.ok() || !Within(period, *day)) continue;
      visit(fact, seen);
    }
  }
}

void TraceAct(const facts::v1::Fact& fact, const SeenFact& seen, bool good, v1::ScoreLine* line) {
  v1::ScoreTrace* trace = line->add_traces();
  trace->set_recorded_late(seen.recorded_late);
  trace->set_good(good);
  trace->set_subject(!fact.round().empty()       ? fact.round()
                     : !fact.claim().empty()     ? fact.claim()
                     : !fact.case_name().empty() ? fact.case_name()
                                                 : fact.unit());
  *trace->mutable_date() = fact.event_date();
  trace->add_facts(fact.fact_id());
}

bool HoldAll(const internal::Program& program, const internal::Range& range,
             const google::protobuf::Message* detail) {
  for (int32_t i = range.begin; i < range.end; ++i) {
    if (!internal::Holds(program.conditions[static_cast<size_t>(i)], detail)) return false;
  }
  return true;
}

const google::protobuf::Message* DetailIn(const facts::v1::Fact& fact) {
  if (static_cast<int>(fact.detail_case()) != static_cast<int>(fact.kind())) return nullptr;
  const auto* field = fact.GetDescriptor()->FindFieldByNumber(fact.kind());
  return &fact.GetReflection()->GetMessage(fact, field);
}

// The acts of a kind that are good. A case counts once, as good where all its acts are.
void MeasureQuality(absl::Span<const Evaluation* const> evaluations, std::string_view unit,
                    const Span& period, const v1::QualityShare& quality,
                    const internal::Program& program, const ScoreOp& op, int32_t* good,
                    int32_t* total, v1::ScoreLine* line) {
  struct Act {
    const facts::v1::Fact* fact;
    const SeenFact* seen;
    bool good;
    bool counts() const { return good && !seen->unconfirmed; }
    bool WorseThan(const Act& other) const {
      return good != other.good ? !good : !counts() && other.counts();
    }
  };
  std::map<std::string, size_t> cases;
  std::vector<Act> acts;
  EachAct(evaluations, unit, period, quality.kind(),
          [&](const facts::v1::Fact& fact, const SeenFact& seen) {
            const auto* detail = DetailIn(fact);
            if (!HoldAll(program, op.among, detail)) return;
            const Act act{&fact, &seen, HoldAll(program, op.good, detail)};
            const std::string& counted =
                fact.case_name().empty() ? fact.fact_id() : fact.case_name();
            const auto [found, added] = cases.emplace(counted, acts.size());
            if (added) {
              acts.push_back(act);
            } else if (act.WorseThan(acts[found->second])) {
              acts[found->second] = act;
            }
          });
  for (const Act& act : acts) {
    ++*total;
    *good += act.counts() ? 1 : 0;
    if (act.good && !act.counts()) line->set_unconfirmed(line->unconfirmed() + 1);
    TraceAct(*act.fact, *act.seen, act.counts(), line);
  }
}

// The share of `part` in `whole` of the points, rounded to the nearest, halves up.
int32_t ShareOf(int32_t points, int32_t part, int32_t whole) {
  return static_cast<int32_t>((static_cast<int64_t>(points) * part * 2 + whole) /
                              (static_cast<int64_t>(whole) * 2));
}

}  // namespace

void SetPoints(const v1::ScoreRule& rule, int32_t duties_due, v1::ScoreLine& line) {
  if (rule.has_lapses()) {
    // Those of which a unit with more cases has more cost their share of its duties, so that more
    // petitions never cost more; others cost each the same.
    int32_t cost = 0;
    if (!rule.lapses().requirements().empty() || GrowsWithCases(rule.lapses().kind())) {
      const int32_t asked = rule.lapses().requirements().empty() ? std::max(duties_due, 1)
                                                                 : line.good() + line.total();
      const int32_t lapses = std::min(line.total(), asked);
      if (asked > 0) cost = ShareOf(rule.at_most_centipoints(), lapses, asked);
    } else {
      cost = static_cast<int32_t>(std::min<int64_t>(
          static_cast<int64_t>(rule.centipoints()) * line.total(), rule.at_most_centipoints()));
    }
    line.set_centipoints(-cost);
    return;
  }
  if (line.total() == 0) return;
  line.set_max_centipoints(rule.centipoints());
  line.set_centipoints(ShareOf(rule.centipoints(), line.good(), line.total()));
}

void SetBand(const v1::ScoreRules& rules, v1::Scorecard& card) {
  card.clear_band();
  card.clear_band_title();
  for (const v1::Band& band : rules.bands()) {
    if (card.duties_due() < band.at_least()) continue;
    card.set_band(band.id());
    *card.mutable_band_title() = band.title();
    if (band.title().zh().empty()) card.mutable_band_title()->set_zh(band.id());
  }
}

absl::StatusOr<v1::Scorecard> Score(const Plan& plan,
                                    absl::Span<const Evaluation* const> evaluations,
                                    std::string_view unit, calendar::Span period,
                                    std::optional<RatingAggregate> ratings) {
  const v1::ScoreRules& rules = plan.proto().score();
  if (!plan.proto().has_score()) {
    return absl::FailedPreconditionError("the plan has no score rules");
  }
  if (period.last < period.first) {
    return absl::InvalidArgumentError("the period ends before it begins");
  }
  const internal::Program& program = plan.program();
  const std::vector<Duty> duties = PerCase(DutiesOf(evaluations, unit, period));
  v1::Scorecard card;
  card.set_unit(std::string(unit));
  *card.mutable_period()->mutable_first() = calendar::ToProto(period.first);
  *card.mutable_period()->mutable_last() = calendar::ToProto(period.last);
  card.set_plan(plan.id());
  card.set_plan_revision(plan.revision());
  card.set_score_version(rules.version());
  if (!evaluations.empty()) card.set_calendar_version(evaluations[0]->calendar->version());
  card.set_duties_due(static_cast<int32_t>(duties.size()));
  SetBand(rules, card);
  for (int i = 0; i < rules.rules_size(); ++i) {
    const v1::ScoreRule& rule = rules.rules(i);
    const ScoreOp& op = program.score[static_cast<size_t>(i)];
    v1::ScoreLine* line = card.add_lines();
    line->set_rule(rule.id());
    line->set_clause(rule.clause());
    *line->mutable_title() = rule.title();
    int32_t good = 0, total = 0;
    switch (rule.measure_case()) {
      case v1::ScoreRule::kOnTime:
        for (const Duty& duty : duties) {
          if (!Wanted(op, duty)) continue;
          ++total;
          good += duty.good() ? 1 : 0;
          if (duty.in_time && duty.unconfirmed) line->set_unconfirmed(line->unconfirmed() + 1);
          Trace(duty, line);
        }
        break;
      case v1::ScoreRule::kQuality:
        MeasureQuality(evaluations, unit, period, rule.quality(), program, op, &good, &total, line);
        break;
      case v1::ScoreRule::kLapses:
        for (const Duty& duty : duties) {
          if (!Wanted(op, duty)) continue;
          good += duty.in_time ? 1 : 0;
          if (duty.in_time) continue;
          ++total;
          Trace(duty, line);
        }
        if (rule.lapses().kind() != facts::v1::FACT_KIND_UNSPECIFIED) {
          EachAct(evaluations, unit, period, rule.lapses().kind(),
                  [&](const facts::v1::Fact& fact, const SeenFact& seen) {
                    ++total;
                    TraceAct(fact, seen, false, line);
                  });
        }
        break;
      default:
        // Only the mean counts, never how many rated; too few are no mean.
        if (ratings && ratings->ratings >= rule.ratings().suppress_below()) {
          good = std::clamp(ratings->mean_permil, 0, 1000);
          total = 1000;
        }
    }
    line->set_good(good);
    line->set_total(total);
    SetPoints(rule, card.duties_due(), *line);
    card.set_centipoints(card.centipoints() + line->centipoints());
    card.set_max_centipoints(card.max_centipoints() + line->max_centipoints());
  }
  return card;
}

}  // namespace redress::plan

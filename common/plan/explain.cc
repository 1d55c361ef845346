#include "absl/strings/str_cat.h"
#include "common/plan/evaluator.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/program.h"

namespace redress::plan {
namespace {

using calendar::DayNumber;
using calendar::FromDayNumber;

std::string Text(DayNumber day) { return calendar::ToText(FromDayNumber(day)); }

void SetDate(DayNumber day, google::type::Date* date) {
  *date = calendar::ToProto(FromDayNumber(day));
}

// The fact that a due rule starts from, for the reader.
facts::v1::FactKind AnchorKind(const v1::DueRule& rule) {
  switch (rule.rule_case()) {
    case v1::DueRule::kAfter:
      return rule.after().from().fact().kind();
    case v1::DueRule::kClock:
      return rule.clock().from().fact().kind();
    case v1::DueRule::kBefore:
      return rule.before().fact().kind();
    case v1::DueRule::kOnField:
      return rule.on_field().fact().kind();
    default:
      return facts::v1::FACT_KIND_UNSPECIFIED;
  }
}

types::v1::LocalizedText Of(std::string zh, std::string en) {
  types::v1::LocalizedText text;
  text.set_zh(std::move(zh));
  text.set_en(std::move(en));
  return text;
}

types::v1::LocalizedText ExplainCadence(const Status& status) {
  const CadencePeriods& c = status.cadence;
  std::string zh, en;
  if (c.current_first != kNoDay) {
    const std::string span = absl::StrCat(Text(c.current_first), "~", Text(c.current_last));
    absl::StrAppend(&zh, "本期 ", span, c.current_met ? " 已完成；" : " 未完成；");
    absl::StrAppend(&en, "period ", span, c.current_met ? " done; " : " not done yet; ");
  }
  if (c.suspended) {
    absl::StrAppend(&zh, "信访人不愿见面，暂停；");
    absl::StrAppend(&en, "suspended, the petitioner does not want it; ");
  }
  absl::StrAppend(&zh, "已完成 ", c.met, " 期，漏 ", c.missed_count, " 期");
  absl::StrAppend(&en, c.met, " periods done, ", c.missed_count, " missed");
  return Of(zh, en);
}

// How a due date is to be read for which the calendar of a year is missing.
void ExplainMissingYear(const Evaluation& evaluation, const Status& status, std::string* zh,
                        std::string* en) {
  const Arithmetic& a = status.arithmetic;
  const bool working = a.count == v1::DAY_COUNT_WORKING;
  absl::StrAppend(zh, working ? "（暂按周末推算）" : "", "；尚缺 ", a.missing_year,
                  " 年工作日历，届满日不早于该日");
  absl::StrAppend(en, working ? " (by weekends alone)" : "", "; the calendar of ", a.missing_year,
                  " is missing, so it does not end before that day");
  const DayNumber latest = calendar::LastDay{a.due, a.missing_year}.latest();
  if (latest < evaluation.as_of) {
    absl::StrAppend(zh, "，最迟于 ", Text(latest), " 届满");
    absl::StrAppend(en, ", and on ", Text(latest), " at the latest");
  } else {
    absl::StrAppend(zh, "，补充日历后方可认定是否逾期");
    absl::StrAppend(en, "; whether it is kept is said once that is added");
  }
}

types::v1::LocalizedText ExplainPeriod(const Evaluation& evaluation, const Status& status) {
  const Arithmetic& a = status.arithmetic;
  const bool working = a.count == v1::DAY_COUNT_WORKING;
  std::string zh = absl::StrCat(Text(a.base), " + ", a.days, working ? " 个工作日" : " 日");
  std::string en = absl::StrCat(Text(a.base), " + ", a.days, working ? " working days" : " days");
  if (a.rule_set >= 0) {
    const v1::RuleSet& set =
        evaluation.plan->program().rule_sets[static_cast<size_t>(a.rule_set)].proto;
    const std::string& clause = set.clocks(a.clock).clause();
    absl::StrAppend(&zh, "（", clause, "）");
    absl::StrAppend(&en, " (", clause, ")");
  }
  if (a.paused_days > 0) {
    absl::StrAppend(&zh, " + 暂停 ", a.paused_days, " 日");
    absl::StrAppend(&en, " + ", a.paused_days, " days paused");
  }
  if (a.extension_days > 0) {
    absl::StrAppend(&zh, " + 延长 ", a.extension_days, " 日");
    absl::StrAppend(&en, " + ", a.extension_days, " days of extension");
  }
  if (a.paused_now) {
    absl::StrAppend(&zh, "，现已暂停");
    absl::StrAppend(&en, ", paused now");
  } else if (a.due != kNoDay) {
    absl::StrAppend(&zh, " = ", Text(a.unrolled));
    absl::StrAppend(&en, " = ", Text(a.unrolled));
    if (a.missing_year != 0) {
      ExplainMissingYear(evaluation, status, &zh, &en);
    } else if (a.due != a.unrolled) {
      absl::StrAppend(&zh, "，顺延至下一工作日 ", Text(a.due));
      absl::StrAppend(&en, ", rolled to the next working day ", Text(a.due));
    }
  }
  if (a.late_extension_refused) {
    absl::StrAppend(&zh, "；逾期作出的延长无效");
    absl::StrAppend(&en, "; an extension after the last day does not count");
  }
  return Of(zh, en);
}

}  // namespace

types::v1::LocalizedText Explain(const Evaluation& evaluation, const Status& status) {
  const v1::Requirement& requirement = evaluation.RequirementOf(status);
  if (status.state == v1::REQUIREMENT_STATE_NOT_APPLICABLE) {
    if (requirement.has_sealed()) {
      return Of("记录密封保存，不在此反映",
                "kept in a sealed record, of which nothing is said here");
    }
    return Of("不适用", "it does not apply");
  }
  if (status.is_cadence) return ExplainCadence(status);
  const Arithmetic& a = status.arithmetic;
  if (a.due_rule < 0) return Of("没有期限", "there is no due date");
  const v1::DueRule& rule = requirement.due(a.due_rule);
  const facts::v1::FactKind kind = AnchorKind(rule);
  const types::v1::LocalizedText name = NameOf(kind);
  if (kind != facts::v1::FACT_KIND_UNSPECIFIED && a.base == kNoDay) {
    return Of(absl::StrCat("期限自“", name.zh(), "”起算，尚无此记录"),
              absl::StrCat("counts from '", name.en(), "', which is not recorded yet"));
  }
  switch (rule.rule_case()) {
    case v1::DueRule::kFixed:
      return Of(absl::StrCat("方案规定 ", Text(a.due), " 前（含当日，不顺延）"),
                absl::StrCat("the plan's date ", Text(a.due), ", inclusive, never rolled"));
    case v1::DueRule::kScreeningRound:
      return Of(absl::StrCat("排查 ", rule.screening_round(), "：", Text(a.due), " 前（含当日）"),
                absl::StrCat("screening round ", rule.screening_round(), ": ", Text(a.due),
                             ", inclusive"));
    case v1::DueRule::kBefore:
      return Of(absl::StrCat("不晚于“", name.zh(), "”（", Text(a.due), "）"),
                absl::StrCat("not later than '", name.en(), "' on ", Text(a.due)));
    case v1::DueRule::kOnField:
      return Of(absl::StrCat("“", name.zh(), "”中的日期 ", Text(a.due)),
                absl::StrCat("the date in '", name.en(), "': ", Text(a.due)));
    default:
      return ExplainPeriod(evaluation, status);
  }
}

v1::RequirementStatus ToProto(const Evaluation& evaluation, const Status& status) {
  const v1::Requirement& requirement = evaluation.RequirementOf(status);
  v1::RequirementStatus out;
  out.set_requirement(requirement.id());
  out.set_clause(requirement.clause());
  *out.mutable_title() = requirement.title();
  out.set_subject_kind(requirement.subject());
  out.set_subject(std::string(evaluation.SubjectName(status)));
  out.set_state(status.state);
  if (status.due != kNoDay) SetDate(status.due, out.mutable_due());
  if (status.met_on != kNoDay) SetDate(status.met_on, out.mutable_met_on());
  if (status.overdue_since != kNoDay) {
    SetDate(status.overdue_since, out.mutable_overdue_since());
  }
  out.set_calendar_missing(status.calendar_missing);
  out.set_bound(requirement.bound());
  out.set_bound_official(std::string(evaluation.BoundOfficial(status)));
  out.set_bound_unit(std::string(evaluation.BoundUnit(status)));
  for (size_t i = 0; i < status.facts_used; ++i) {
    out.add_facts(evaluation.facts[static_cast<size_t>(status.facts[i])].fact->fact_id());
  }
  *out.mutable_explanation() = Explain(evaluation, status);
  const Arithmetic& a = status.arithmetic;
  if (a.base != kNoDay || a.due != kNoDay) {
    v1::DateArithmetic* arithmetic = out.mutable_arithmetic();
    if (a.base != kNoDay) SetDate(a.base, arithmetic->mutable_base());
    arithmetic->set_days(a.days);
    arithmetic->set_count(static_cast<v1::DayCount>(a.count));
    arithmetic->set_paused_days(a.paused_days);
    arithmetic->set_extension_days(a.extension_days);
    arithmetic->set_late_extension_refused(a.late_extension_refused);
    if (a.unrolled != kNoDay) SetDate(a.unrolled, arithmetic->mutable_unrolled());
    if (a.due != kNoDay) SetDate(a.due, arithmetic->mutable_due());
    if (a.rule_set >= 0) {
      const v1::RuleSet& set =
          evaluation.plan->program().rule_sets[static_cast<size_t>(a.rule_set)].proto;
      arithmetic->set_rule_set(set.id());
      arithmetic->set_clock(set.clocks(a.clock).name());
    }
    arithmetic->set_paused_now(a.paused_now);
  }
  if (status.is_cadence) {
    v1::CadenceStatus* cadence = out.mutable_cadence();
    const CadencePeriods& c = status.cadence;
    cadence->set_periods_met(c.met);
    for (int32_t i = 0; i < c.missed_count; ++i) {
      const calendar::Span& span =
          evaluation.missed[static_cast<size_t>(c.missed_begin) + static_cast<size_t>(i)];
      v1::DateSpan* missed = cadence->add_missed();
      *missed->mutable_first() = calendar::ToProto(span.first);
      *missed->mutable_last() = calendar::ToProto(span.last);
    }
    if (c.current_first != kNoDay) {
      SetDate(c.current_first, cadence->mutable_current()->mutable_first());
      SetDate(c.current_last, cadence->mutable_current()->mutable_last());
    }
    cadence->set_current_met(c.current_met);
    cadence->set_suspended(c.suspended);
  }
  if (status.next_change_at != kNoDay) {
    SetDate(status.next_change_at, out.mutable_next_change_at());
  }
  out.set_recorded_late(status.recorded_late);
  out.set_unconfirmed(status.unconfirmed);
  return out;
}

v1::Evaluation ToProto(const Evaluation& evaluation, bool with_not_applicable) {
  v1::Evaluation out;
  out.set_plan(evaluation.plan->id());
  out.set_plan_revision(evaluation.plan->revision());
  out.set_plan_hash(evaluation.plan->hash());
  out.set_calendar_version(evaluation.calendar->version());
  if (evaluation.rule_set >= 0) {
    out.set_rule_set(
        evaluation.plan->program().rule_sets[static_cast<size_t>(evaluation.rule_set)].proto.id());
  }
  SetDate(evaluation.as_of, out.mutable_as_of());
  for (const Status& status : evaluation.statuses) {
    if (status.state == v1::REQUIREMENT_STATE_NOT_APPLICABLE && !with_not_applicable) continue;
    *out.add_statuses() = ToProto(evaluation, status);
  }
  if (evaluation.next_change_at != kNoDay) {
    SetDate(evaluation.next_change_at, out.mutable_next_change_at());
  }
  return out;
}

}  // namespace redress::plan

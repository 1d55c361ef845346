#include "common/plan/checker.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/recorded.h"

namespace redress::plan::internal {
namespace {

// In working days. A plan may ask for records sooner, never excuse later ones: a floor of two
// persons stands behind it.
constexpr int kMostDaysToRecord = 10;

}  // namespace

Place Place::Of(const google::protobuf::Message& message, const std::string& field,
                int index) const {
  const auto* descriptor = message.GetDescriptor()->FindFieldByName(field);
  std::string path = path_.empty() ? field : absl::StrCat(path_, ".", field);
  if (index >= 0) absl::StrAppend(&path, "[", index, "]");
  int line = line_, column = column_;
  const Tree* tree = nullptr;
  // A repeated field that is left out altogether stands nowhere.
  const bool placed = descriptor != nullptr && (index >= 0 || !descriptor->is_repeated());
  if (tree_ != nullptr && placed) {
    const auto location = tree_->GetLocation(descriptor, index);
    if (location.line >= 0) {
      line = location.line + 1;
      column = location.column + 1;
      if (descriptor->message_type() != nullptr) tree = tree_->GetTreeForNested(descriptor, index);
    }
  }
  return Place(tree, std::move(path), line, column);
}

void Checker::Wrong(const Place& place, Say say, const Values& values) {
  mistakes_->push_back(MistakeAt(place.line(), place.column(), place.path(), say, values));
}

void Checker::Warn(const Place& place, Say say, const Values& values) {
  if (warnings_ == nullptr) return;
  warnings_->push_back(MistakeAt(place.line(), place.column(), place.path(), say, values));
}

void Checker::Missing(const Place& at, const Message& message, const std::string& field, Say say) {
  if (read_->Unreadable(field, at.line(), at.column())) return;
  Wrong(at.Of(message, field), say, {field});
}

void Checker::CheckText(const Place& at, const Message& message, const std::string& field,
                        const types::v1::LocalizedText& text) {
  if (IsBlank(text.zh())) Missing(at, message, field, Say::kNeedsChinese);
}

void Checker::CheckClause(const Place& at, const Message& message, const std::string& clause) {
  if (IsBlank(clause)) Missing(at, message, "clause", Say::kNoClause);
}

void Checker::CheckId(const Place& at, const Message& message, const std::string& id,
                      std::set<std::string>* seen) {
  if (id.empty()) return Missing(at, message, "id");
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
  });
  if (!plain || id.size() > 64) {
    Wrong(at.Of(message, "id"), Say::kIdForm);
  }
  if (seen != nullptr && !seen->insert(id).second) {
    Wrong(at.Of(message, "id"), Say::kIdTwice, {id});
  }
}

Checker::Day Checker::CheckDate(const Place& at, const Message& message, const std::string& field,
                                bool has, const google::type::Date& date, bool required) {
  if (!has) {
    if (required) Missing(at, message, field);
    return std::nullopt;
  }
  const auto day = calendar::FromProto(date);
  if (!day.ok()) {
    Wrong(at.Of(message, field), Say::kNoRealDate,
          {absl::StrCat(date.year(), "-", date.month(), "-", date.day())});
    return std::nullopt;
  }
  return *day;
}

void Checker::CheckRuleSets(const Place& at, const v1::Plan& plan, Day from, Day to) {
  if (plan.rule_sets().empty()) Missing(at, plan, "rule_sets");
  clocks_known_ = true;
  std::vector<std::pair<calendar::Span, std::string>> in_force;
  std::set<std::string> seen;
  for (int i = 0; i < plan.rule_sets_size(); ++i) {
    const std::string& id = plan.rule_sets(i);
    const Place place = at.Of(plan, "rule_sets", i);
    if (!seen.insert(id).second) {
      Wrong(place, Say::kRuleSetTwice, {id});
      continue;
    }
    const v1::RuleSet* set = rules_->Find(id);
    if (set == nullptr) {
      Wrong(place, Say::kNoRuleSet, {id});
      clocks_known_ = false;
      continue;
    }
    rule_sets_.push_back(set);
    for (const v1::RuleClock& clock : set->clocks()) clocks_.insert(clock.name());
    calendar::Span span{*calendar::FromProto(set->in_force_from()), absl::CivilDay(9999, 12, 31)};
    if (set->has_in_force_until()) span.last = *calendar::FromProto(set->in_force_until());
    for (const auto& [other, other_id] : in_force) {
      if (span.first <= other.last && other.first <= span.last) {
        Wrong(place, Say::kRuleSetsOverlap, {id, other_id});
      }
    }
    in_force.push_back({span, id});
  }
  if (!clocks_known_ || in_force.empty() || !from || !to) return;
  std::sort(in_force.begin(), in_force.end(),
            [](const auto& a, const auto& b) { return a.first.first < b.first.first; });
  absl::CivilDay day = *from;
  for (const auto& [span, id] : in_force) {
    if (span.first <= day && day <= span.last) day = span.last + 1;
  }
  if (day <= *to) {
    Wrong(at.Of(plan, "rule_sets", 0), Say::kNoRuleSetOn, {calendar::ToText(day)});
  }
}

void Checker::CheckSchedule(const Place& at, const v1::Plan& plan) {
  std::set<int> criteria;
  for (int i = 0; i < plan.entry_criteria_size(); ++i) {
    const v1::EntryCriterionRule& rule = plan.entry_criteria(i);
    const Place place = at.Of(plan, "entry_criteria", i);
    if (rule.criterion() == types::v1::ENTRY_CRITERION_UNSPECIFIED) {
      Missing(place, rule, "criterion");
    } else if (!criteria.insert(rule.criterion()).second) {
      Wrong(place, Say::kCriterionTwice);
    }
    CheckClause(place, rule, rule.clause());
    CheckText(place, rule, "title", rule.title());
    CheckDate(place, rule, "since", rule.has_since(), rule.since(), false);
  }
  const auto span = [this](const Place& place, const Message& message, const std::string& last,
                           Day from, Day to) {
    if (from && to && *to < *from) Wrong(place.Of(message, last), Say::kEndsBeforeStart);
    if (from && starts_on_ && *from < *starts_on_) {
      Wrong(place.Of(message, "starts_on"), Say::kBeforePlan);
    }
    if (to && ends_on_ && *to > *ends_on_) {
      Wrong(place.Of(message, last), Say::kAfterPlan);
    }
  };
  for (int i = 0; i < plan.stages_size(); ++i) {
    const v1::Stage& stage = plan.stages(i);
    const Place place = at.Of(plan, "stages", i);
    CheckId(place, stage, stage.id(), &stages_);
    CheckClause(place, stage, stage.clause());
    CheckText(place, stage, "title", stage.title());
    span(place, stage, "ends_on",
         CheckDate(place, stage, "starts_on", stage.has_starts_on(), stage.starts_on(), true),
         CheckDate(place, stage, "ends_on", stage.has_ends_on(), stage.ends_on(), true));
  }
  for (int i = 0; i < plan.screening_rounds_size(); ++i) {
    const v1::ScreeningRound& round = plan.screening_rounds(i);
    const Place place = at.Of(plan, "screening_rounds", i);
    CheckId(place, round, round.id(), &screening_rounds_);
    CheckClause(place, round, round.clause());
    CheckText(place, round, "title", round.title());
    span(place, round, "due_on",
         CheckDate(place, round, "starts_on", round.has_starts_on(), round.starts_on(), true),
         CheckDate(place, round, "due_on", round.has_due_on(), round.due_on(), true));
  }
}

void Checker::CheckRetention(const Place& at, const v1::Plan& plan) {
  std::set<int> classes;
  for (int i = 0; i < plan.retention_size(); ++i) {
    const v1::RetentionRule& rule = plan.retention(i);
    const Place place = at.Of(plan, "retention", i);
    if (rule.record_class() == v1::RECORD_CLASS_UNSPECIFIED) {
      Missing(place, rule, "record_class");
    } else if (!classes.insert(rule.record_class()).second) {
      Wrong(place, Say::kRecordClassTwice);
    }
    CheckClause(place, rule, rule.clause());
    if (rule.years() < 1 || rule.years() > 100) {
      Wrong(place.Of(rule, "years"), Say::kYears);
    }
  }
}

void Checker::CheckVisible(const Place& at, const Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  const auto check = [&](const Place& place, const std::string& text) {
    size_t begin = 0;
    const std::string invisible = InvisibleIn(text, &begin);
    if (!invisible.empty()) Wrong(place, Say::kInvisibleEscaped, {invisible});
  };
  for (const auto* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Place place = at.Of(message, field->name(), field->is_repeated() ? i : -1);
      if (field->message_type() != nullptr) {
        CheckVisible(place, field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                 : reflection.GetMessage(message, field));
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        check(place, field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                          : reflection.GetString(message, field));
      }
    }
  }
}

void Checker::CheckEscapes(const Message& message) {
  // What stands there as it is was found when the file was read.
  const bool raw = std::any_of(mistakes_->begin(), mistakes_->end(),
                               [](const Mistake& m) { return m.say == Say::kInvisible; });
  if (!raw) CheckVisible(Root(), message);
}

void Checker::CheckSeparateActs(const Place& at, const v1::Plan& plan) {
  std::set<std::pair<int, int>> pairs;
  for (int i = 0; i < plan.separate_acts_size(); ++i) {
    const v1::SeparateActs& acts = plan.separate_acts(i);
    const Place place = at.Of(plan, "separate_acts", i);
    CheckClause(place, acts, acts.clause());
    const auto check = [&](const std::string& field, facts::v1::FactKind kind) {
      if (kind == facts::v1::FACT_KIND_UNSPECIFIED) {
        return Missing(place, acts, field, Say::kKindMissing);
      }
      const v1::SubjectKind about = SubjectOf(kind);
      if (about != v1::SUBJECT_KIND_CASE && about != v1::SUBJECT_KIND_CLAIM &&
          about != v1::SUBJECT_KIND_ROUND) {
        Wrong(place.Of(acts, field), Say::kActNotOfCase, {ShortName(kind)});
      } else if (!IsRecorded(kind)) {
        Wrong(place.Of(acts, field), Say::kActNotRecorded, {ShortName(kind)});
      }
    };
    check("one", acts.one());
    check("other", acts.other());
    if (acts.one() == acts.other()) {
      if (acts.one() != facts::v1::FACT_KIND_UNSPECIFIED) Wrong(place, Say::kSameAct);
    } else if (!pairs.insert(std::minmax<int>(acts.one(), acts.other())).second) {
      Wrong(place, Say::kPairTwice);
    }
  }
}

void Checker::CheckPlan(const v1::Plan& plan) {
  const Place at = Root();
  CheckEscapes(plan);
  CheckId(at, plan, plan.id(), nullptr);
  if (plan.revision() < 1) Missing(at, plan, "revision", Say::kRevision);
  CheckText(at, plan, "title", plan.title());
  CheckText(at, plan, "source", plan.source());
  starts_on_ = CheckDate(at, plan, "starts_on", plan.has_starts_on(), plan.starts_on(), true);
  ends_on_ = CheckDate(at, plan, "ends_on", plan.has_ends_on(), plan.ends_on(), true);
  if (starts_on_ && ends_on_ && *ends_on_ < *starts_on_) {
    Wrong(at.Of(plan, "ends_on"), Say::kEndsBeforeStart);
  }
  if (plan.recorded_late_after_working_days() > kMostDaysToRecord) {
    Wrong(at.Of(plan, "recorded_late_after_working_days"), Say::kRecordedLateTooLong,
          {absl::StrCat(kMostDaysToRecord)});
  }
  if (plan.recorded_late_after_working_days() < 1) {
    Missing(at, plan, "recorded_late_after_working_days", Say::kRecordedLateLimit);
  }
  CheckRuleSets(at, plan, starts_on_, ends_on_);
  CheckSchedule(at, plan);
  for (int i = 0; i < plan.duties_end_with_size(); ++i) {
    const auto kind = static_cast<facts::v1::FactKind>(plan.duties_end_with(i));
    if (kind == facts::v1::FACT_KIND_CASE_MERGED) continue;
    Wrong(at.Of(plan, "duties_end_with", i), Say::kOnlyMergingEnds, {ShortName(kind)});
  }
  CheckTwice(at, plan, "duties_end_with", plan.duties_end_with(),
             [](int kind) { return ShortName(static_cast<facts::v1::FactKind>(kind)); });
  if (plan.requirements().empty()) Missing(at, plan, "requirements");
  std::set<std::string> ids;
  for (int i = 0; i < plan.requirements_size(); ++i) {
    const v1::Requirement& requirement = plan.requirements(i);
    CheckId(at.Of(plan, "requirements", i), requirement, requirement.id(), &ids);
    requirements_.emplace(requirement.id(), &requirement);
  }
  for (int i = 0; i < plan.requirements_size(); ++i) {
    CheckRequirement(at.Of(plan, "requirements", i), plan.requirements(i));
  }
  CheckHelp(at, plan);
  CheckOrder(at, plan);
  CheckClosing(at, plan);
  CheckScore(at, plan);
  CheckRetention(at, plan);
  CheckSeparateActs(at, plan);
  if (mistakes_->empty()) WarnOfUnrecorded(at, plan);
}

void Checker::CheckRuleSet(const v1::RuleSet& set) {
  const Place at = Root();
  CheckEscapes(set);
  CheckId(at, set, set.id(), nullptr);
  CheckText(at, set, "title", set.title());
  const Day from =
      CheckDate(at, set, "in_force_from", set.has_in_force_from(), set.in_force_from(), true);
  const Day until =
      CheckDate(at, set, "in_force_until", set.has_in_force_until(), set.in_force_until(), false);
  if (from && until && *until < *from) {
    Wrong(at.Of(set, "in_force_until"), Say::kEndsBeforeStart);
  }
  if (set.clocks().empty()) Missing(at, set, "clocks");
  std::set<std::string> names;
  for (int i = 0; i < set.clocks_size(); ++i) {
    const v1::RuleClock& clock = set.clocks(i);
    const Place place = at.Of(set, "clocks", i);
    if (clock.name().empty()) {
      Missing(place, clock, "name");
    } else if (!names.insert(clock.name()).second) {
      Wrong(place.Of(clock, "name"), Say::kClockTwice, {clock.name()});
    }
    CheckClause(place, clock, clock.clause());
    if (clock.days() < 1 || clock.days() > 3660) {
      Wrong(place.Of(clock, "days"), Say::kClockDays);
    }
    if (clock.count() == v1::DAY_COUNT_UNSPECIFIED) Missing(place, clock, "count");
    if (clock.max_extension_days() < 0 || clock.max_extension_days() > 3660) {
      Wrong(place.Of(clock, "max_extension_days"), Say::kExtensionDays);
    }
    if (clock.max_extension_days() > 0 && clock.count() == v1::DAY_COUNT_WORKING) {
      Wrong(place.Of(clock, "max_extension_days"), Say::kWorkingNotExtended);
    }
  }
}

}  // namespace redress::plan::internal

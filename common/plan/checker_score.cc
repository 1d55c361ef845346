#include "common/plan/checker.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/mentions.h"
#include "common/plan/scorable.h"

namespace redress::plan::internal {
namespace {

constexpr int kMostPoints = 1000000;

// True if the condition asks for less rather than for more.
bool AsksForWorse(facts::v1::FactKind kind, const v1::FieldCondition& condition) {
  const auto* detail = DetailOf(kind);
  const auto* field = detail == nullptr ? nullptr : detail->FindFieldByName(condition.field());
  if (field == nullptr) return false;  // reported already
  switch (field->cpp_type()) {
    case google::protobuf::FieldDescriptor::CPPTYPE_BOOL:
      return condition.equals() != "true" && condition.differs() != "false";
    case google::protobuf::FieldDescriptor::CPPTYPE_INT32:
    case google::protobuf::FieldDescriptor::CPPTYPE_INT64:
      return condition.condition_case() != v1::FieldCondition::kAtLeast;
    default:
      return false;
  }
}

// What says which duties or acts there are, where the field alone would not keep reviews apart.
bool IsRoundOfHandling(const v1::FieldCondition& condition) {
  return condition.equals() == "ROUND_KIND_HANDLING";
}

// True for a test that only a refusal to accept the matter can meet.
bool IsRefusal(const v1::FactTest& test) {
  return test.kind() == facts::v1::FACT_KIND_NOT_ACCEPTED ||
         test.not_before() == facts::v1::FACT_KIND_NOT_ACCEPTED ||
         Asks(test, "document_kind", "DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE");
}

options::v1::Reading ReadingOf(const Mention& mention) {
  if (mention.condition == nullptr) return options::v1::READING_DATE;
  return mention.part == Part::kSatisfied ? options::v1::READING_WHICH
                                          : options::v1::READING_SITUATION;
}

// True if a scored duty may not have the kind where it stands.
bool IsBarred(const Mention& mention) {
  switch (mention.part) {
    case Part::kSatisfied:
      if (mention.as == As::kNotBefore) {
        return !IsScorableAct(mention.kind) && !MayBeginScoredDuty(mention.kind);
      }
      return !IsScorableAct(mention.kind) || mention.as == As::kCount;
    case Part::kApplies:
    case Part::kWhen:
    case Part::kDue: {
      const bool counted = mention.test != nullptr &&
                           (mention.test->at_least() > 1 || mention.test->has_at_least_from());
      const bool plain = mention.as == As::kFact || mention.as == As::kFrom;
      if (!MayBeRanked(mention.kind) && (counted || !plain)) return true;
      return !MayBeginScoredDuty(mention.kind);
    }
    case Part::kClock:
      return mention.kind != facts::v1::FACT_KIND_CLOCK_PAUSED &&
             mention.kind != facts::v1::FACT_KIND_CLOCK_RESUMED;
    case Part::kExtend:
      return mention.kind != facts::v1::FACT_KIND_EXTENSION_GRANTED;
    default:
      return true;  // a scored cadence runs through its period
  }
}

}  // namespace

void Checker::CheckScoredRequirement(const Place& at, const Message& message, int index,
                                     const std::string& id) {
  const Place place = at.Of(message, "requirements", index);
  const auto found = requirements_.find(id);
  if (found == requirements_.end()) return Wrong(place, Say::kNoRequirement, {id});
  const v1::Requirement& requirement = *found->second;
  if (!requirement.has_satisfied() || requirement.due().empty()) {
    return Wrong(place, Say::kNotDue, {id});
  }
  std::set<std::string> said;  // each once, wherever it stands
  EachMention(place, requirement, [&](const Mention& mention) {
    const std::string kind = ShortName(mention.kind);
    if (!mention.field.empty()) {
      if (!said.insert(kind + mention.field).second) return;
      const bool pause = mention.part == Part::kClock;
      const bool review = mention.kind == facts::v1::FACT_KIND_ROUND_OPENED &&
                          mention.condition != nullptr && !IsRoundOfHandling(*mention.condition);
      if (!pause && (review || !IsScorableField(mention.kind, mention.field, ReadingOf(mention)))) {
        Wrong(place, Say::kScoredField, {id, mention.field, kind});
      } else if (mention.part == Part::kSatisfied && mention.condition != nullptr &&
                 AsksForWorse(mention.kind, *mention.condition)) {
        Wrong(place, Say::kScoredWorse, {mention.field});
      }
      return;
    }
    const bool absence = mention.part == Part::kSatisfied &&
                         (mention.as == As::kAbsent || mention.as == As::kFrom ||
                          mention.as == As::kUnless || mention.as == As::kUndoneBy);
    if (IsBarred(mention)) {
      if (said.insert(kind).second) Wrong(place, Say::kScoredKind, {id, kind});
    } else if (absence && said.insert(kind).second) {
      Wrong(place, Say::kScoredAbsence, {id, kind});
    }
  });
  if (NeedsFact(requirement.satisfied(), IsRefusal)) Wrong(place, Say::kScoredRefusal, {id});
}

void Checker::CheckQuality(const Place& at, const v1::QualityShare& quality) {
  CheckKind(at, quality, "kind", v1::SUBJECT_KIND_UNSPECIFIED, quality.kind(), true);
  const bool given = quality.kind() != facts::v1::FACT_KIND_UNSPECIFIED;
  // How many matters are refused, and how many dates are offered, is how they turn out.
  const bool act = IsScorableAct(quality.kind()) && MayBeginScoredDuty(quality.kind());
  if (given && !act) {
    Wrong(at.Of(quality, "kind"), Say::kNoScorableAct, {ShortName(quality.kind())});
  }
  if (quality.good().empty()) Missing(at, quality, "good");
  const auto check = [&](const v1::FieldCondition& condition, const Place& place,
                         options::v1::Reading reading) {
    const size_t before = mistakes_->size();
    CheckCondition(place, quality.kind(), condition);
    if (mistakes_->size() != before || !act) return;
    if (!IsScorableField(quality.kind(), condition.field(), reading)) {
      Wrong(place, Say::kScoredField, {"quality", condition.field(), ShortName(quality.kind())});
    } else if (reading == options::v1::READING_EVIDENCE &&
               AsksForWorse(quality.kind(), condition)) {
      Wrong(place, Say::kScoredWorse, {condition.field()});
    }
  };
  const auto show = [](const v1::FieldCondition& condition) {
    return condition.ShortDebugString();
  };
  for (int i = 0; i < quality.good_size(); ++i) {
    check(quality.good(i), at.Of(quality, "good", i), options::v1::READING_EVIDENCE);
  }
  for (int i = 0; i < quality.among_size(); ++i) {
    check(quality.among(i), at.Of(quality, "among", i), options::v1::READING_WHICH);
  }
  CheckTwice(at, quality, "good", quality.good(), show);
  CheckTwice(at, quality, "among", quality.among(), show);
}

void Checker::CheckScoreRule(const Place& place, const v1::ScoreRule& rule) {
  CheckClause(place, rule, rule.clause());
  CheckText(place, rule, "title", rule.title());
  if (rule.centipoints() < 1 || rule.centipoints() > kMostPoints) {
    Wrong(place.Of(rule, "centipoints"), Say::kPoints);
  }
  if (rule.has_lapses()) {
    if (rule.at_most_centipoints() < rule.centipoints() ||
        rule.at_most_centipoints() > kMostPoints) {
      Wrong(place.Of(rule, "at_most_centipoints"), Say::kNoCap);
    }
  } else if (rule.at_most_centipoints() != 0) {
    Wrong(place.Of(rule, "at_most_centipoints"), Say::kCapWithoutLapses);
  }
  const auto same = [](const std::string& id) { return id; };
  switch (rule.measure_case()) {
    case v1::ScoreRule::kOnTime: {
      const Place on_time = place.Of(rule, "on_time");
      if (rule.on_time().requirements().empty()) Missing(on_time, rule.on_time(), "requirements");
      for (int i = 0; i < rule.on_time().requirements_size(); ++i) {
        CheckScoredRequirement(on_time, rule.on_time(), i, rule.on_time().requirements(i));
      }
      return CheckTwice(on_time, rule.on_time(), "requirements", rule.on_time().requirements(),
                        same);
    }
    case v1::ScoreRule::kQuality:
      return CheckQuality(place.Of(rule, "quality"), rule.quality());
    case v1::ScoreRule::kLapses: {
      const v1::Lapses& lapses = rule.lapses();
      const Place at = place.Of(rule, "lapses");
      const bool by_kind = lapses.kind() != facts::v1::FACT_KIND_UNSPECIFIED;
      if (by_kind == !lapses.requirements().empty()) Wrong(at, Say::kLapsesOfWhat);
      for (int i = 0; i < lapses.requirements_size(); ++i) {
        CheckScoredRequirement(at, lapses, i, lapses.requirements(i));
      }
      if (by_kind && !IsLapse(lapses.kind())) {
        Wrong(at.Of(lapses, "kind"), Say::kNoLapse, {ShortName(lapses.kind())});
      }
      return CheckTwice(at, lapses, "requirements", lapses.requirements(), same);
    }
    case v1::ScoreRule::kRatings:
      if (rule.ratings().suppress_below() < 5) Wrong(place.Of(rule, "ratings"), Say::kSuppress);
      return;
    default:
      Wrong(place, Say::kNoMeasure);
  }
}

void Checker::CheckScore(const Place& top, const v1::Plan& plan) {
  if (!plan.has_score()) return;
  const v1::ScoreRules& score = plan.score();
  const Place at = top.Of(plan, "score");
  if (IsBlank(score.version())) Missing(at, score, "version");
  if (score.rules().empty()) Missing(at, score, "rules");
  std::set<std::string> ids;
  for (int i = 0; i < score.rules_size(); ++i) {
    const Place place = at.Of(score, "rules", i);
    CheckId(place, score.rules(i), score.rules(i).id(), &ids);
    CheckScoreRule(place, score.rules(i));
  }
  int floor = -1;
  for (int i = 0; i < score.bands_size(); ++i) {
    const v1::Band& band = score.bands(i);
    const Place place = at.Of(score, "bands", i);
    CheckId(place, band, band.id(), &ids);
    if (band.at_least() <= floor || (i == 0 && band.at_least() != 0)) Wrong(place, Say::kBands);
    floor = band.at_least();
  }
}

}  // namespace redress::plan::internal

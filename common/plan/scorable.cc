#include "common/plan/scorable.h"

#include <string>

#include "common/options/fact_rule.h"

namespace redress::plan {

namespace o = options::v1;
using facts::RuleOf;
using facts::v1::FactKind;

bool IsScorableAct(FactKind kind) {
  const o::Scoring scoring = RuleOf(kind).scoring();
  return scoring == o::SCORING_ACT || scoring == o::SCORING_ACT_ONLY;
}

bool MayBeginScoredDuty(FactKind kind) {
  const o::Scoring scoring = RuleOf(kind).scoring();
  return scoring == o::SCORING_BEGINS || scoring == o::SCORING_ACT ||
         scoring == o::SCORING_LAPSE_BEGINS;
}

bool MayBeRanked(FactKind kind) { return RuleOf(kind).ranking() == o::RANKING_COUNTED; }

bool IsScorableField(FactKind kind, std::string_view field, o::Reading reading) {
  const google::protobuf::Descriptor* detail = facts::DetailOf(kind);
  if (detail == nullptr) return false;
  const auto* described = detail->FindFieldByName(std::string(field));
  if (described == nullptr) return false;
  const o::Reading listed = described->options().GetExtension(o::reading);
  if (listed == o::READING_UNSPECIFIED) return false;
  if (listed == o::READING_DATE || reading == o::READING_DATE) return listed == reading;
  return listed <= reading;
}

bool IsLapse(FactKind kind) {
  const o::Scoring scoring = RuleOf(kind).scoring();
  return scoring == o::SCORING_LAPSE || scoring == o::SCORING_LAPSE_BEGINS || GrowsWithCases(kind);
}

bool GrowsWithCases(FactKind kind) { return RuleOf(kind).scoring() == o::SCORING_LAPSE_SHARE; }

}  // namespace redress::plan

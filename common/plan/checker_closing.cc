#include "absl/strings/str_cat.h"
#include "common/plan/checker.h"
#include "common/plan/fact_kinds.h"

namespace redress::plan::internal {
namespace {

// True if the test cannot hold without a claim's written answer.
bool NeedsAnswer(const v1::Test& test) {
  switch (test.test_case()) {
    case v1::Test::kFact:
      return IsAnswer(test.fact().kind()) || IsAnswer(test.fact().not_before());
    case v1::Test::kAll:
      for (const v1::Test& child : test.all().tests()) {
        if (NeedsAnswer(child)) return true;
      }
      return false;
    case v1::Test::kAny:
      for (const v1::Test& child : test.any().tests()) {
        if (!NeedsAnswer(child)) return false;
      }
      return !test.any().tests().empty();
    default:
      return false;
  }
}

// The first kind of fact in a test that may not be scored; UNSPECIFIED if there is none.
facts::v1::FactKind NotScorable(const v1::Test& test) {
  switch (test.test_case()) {
    case v1::Test::kFact:
    case v1::Test::kAbsent: {
      const auto& fact = test.test_case() == v1::Test::kFact ? test.fact() : test.absent();
      return MayNotBeScored(fact.kind()) ? fact.kind() : facts::v1::FACT_KIND_UNSPECIFIED;
    }
    case v1::Test::kAll:
    case v1::Test::kAny: {
      const auto& group = test.test_case() == v1::Test::kAll ? test.all() : test.any();
      for (const v1::Test& child : group.tests()) {
        const auto kind = NotScorable(child);
        if (kind != facts::v1::FACT_KIND_UNSPECIFIED) return kind;
      }
      return facts::v1::FACT_KIND_UNSPECIFIED;
    }
    case v1::Test::kLapsed:
      return MayNotBeScored(test.lapsed().unless()) ? test.lapsed().unless()
                                                    : facts::v1::FACT_KIND_UNSPECIFIED;
    default:
      return facts::v1::FACT_KIND_UNSPECIFIED;
  }
}

}  // namespace

void Checker::CheckEvidence(const Place& at, v1::SubjectKind subject, const v1::EvidenceItem& item,
                            std::set<std::string>* seen) {
  gating_ = true;
  CheckId(at, item, item.id(), seen);
  CheckClause(at, item, item.clause());
  CheckText(at, item, "title", item.title());
  CheckText(at, item, "remedy", item.remedy());
  if (item.has_applies()) CheckTest(at.Of(item, "applies"), subject, item.applies());
  if (item.has_satisfied()) {
    CheckTest(at.Of(item, "satisfied"), subject, item.satisfied());
  } else {
    Missing(at, item, "satisfied", "what proves it is missing (`satisfied`)");
  }
  gating_ = false;
}

void Checker::CheckClosing(const Place& at, const v1::Plan& plan) {
  if (plan.closing().empty()) {
    Missing(at, plan, "closing", "a plan says how a case is closed (`closing`)");
  }
  std::map<int, const v1::ClosingRule*> standards;
  for (const v1::ClosingRule& rule : plan.closing()) standards.emplace(rule.standard(), &rule);
  std::set<int> seen;
  for (int i = 0; i < plan.closing_size(); ++i) {
    const v1::ClosingRule& rule = plan.closing(i);
    const Place place = at.Of(plan, "closing", i);
    if (rule.standard() == types::v1::CLOSING_STANDARD_UNSPECIFIED) {
      Missing(place, rule, "standard");
    } else if (!seen.insert(rule.standard()).second) {
      Wrong(place.Of(rule, "standard"), "the standard is given twice");
    }
    CheckClause(place, rule, rule.clause());
    CheckText(place, rule, "title", rule.title());
    std::set<std::string> ids;
    bool answered = false;
    for (int j = 0; j < rule.for_each_claim_size(); ++j) {
      const v1::EvidenceItem& item = rule.for_each_claim(j);
      CheckEvidence(place.Of(rule, "for_each_claim", j), v1::SUBJECT_KIND_CLAIM, item, &ids);
      // An item for some claims only leaves the others without their answer.
      answered |= !item.has_applies() && NeedsAnswer(item.satisfied());
    }
    for (int j = 0; j < rule.for_case_size(); ++j) {
      CheckEvidence(place.Of(rule, "for_case", j), v1::SUBJECT_KIND_CASE, rule.for_case(j), &ids);
    }
    if (!answered) {
      Wrong(place,
            "no closing without an answer to every claim: `for_each_claim` must need an "
            "issued opinion or a reasoned non-acceptance, for all claims");
    }
    if (rule.together_with() == types::v1::CLOSING_STANDARD_UNSPECIFIED) {
      if (rule.standard() == types::v1::CLOSING_STANDARD_LAWFUL) {
        Wrong(place, "an unlawful act dealt with never closes a case alone (`together_with`)");
      }
      continue;
    }
    const auto other = standards.find(rule.together_with());
    if (other == standards.end() || other->second == &rule) {
      Wrong(place.Of(rule, "together_with"), "it names no other standard of this plan");
    } else if (other->second->together_with() != types::v1::CLOSING_STANDARD_UNSPECIFIED) {
      Wrong(place.Of(rule, "together_with"), "the other standard is itself never alone");
    }
  }
}

void Checker::CheckScoredRequirement(const Place& at, const Message& message, int index,
                                     const std::string& id) {
  const Place place = at.Of(message, "requirements", index);
  const auto found = requirements_.find(id);
  if (found == requirements_.end()) {
    return Wrong(place, absl::StrCat("there is no requirement `", id, "`"));
  }
  const v1::Requirement& requirement = *found->second;
  if (!requirement.has_satisfied() || requirement.due().empty()) {
    return Wrong(place, absl::StrCat("`", id, "` has no due date to be kept"));
  }
  const auto kind = NotScorable(requirement.satisfied());
  if (kind != facts::v1::FACT_KIND_UNSPECIFIED) {
    Wrong(place, absl::StrCat("`", id, "` is fulfilled by ", facts::v1::FactKind_Name(kind),
                              ": petitions, closings, agreements and what petitioners choose are "
                              "never scored"));
  }
}

void Checker::CheckScore(const Place& top, const v1::Plan& plan) {
  if (!plan.has_score()) return;
  const v1::ScoreRules& score = plan.score();
  const Place at = top.Of(plan, "score");
  if (score.version().empty()) Missing(at, score, "version");
  if (score.rules().empty()) Missing(at, score, "rules");
  std::set<std::string> ids;
  for (int i = 0; i < score.rules_size(); ++i) {
    const v1::ScoreRule& rule = score.rules(i);
    const Place place = at.Of(score, "rules", i);
    CheckId(place, rule, rule.id(), &ids);
    CheckClause(place, rule, rule.clause());
    CheckText(place, rule, "title", rule.title());
    if (rule.centipoints() < 1 || rule.centipoints() > 1000000) {
      Wrong(place.Of(rule, "centipoints"), "`centipoints` is from 1 to 1000000");
    }
    if (rule.at_most_centipoints() != 0 && !rule.has_lapses()) {
      Wrong(place.Of(rule, "at_most_centipoints"), "`at_most_centipoints` belongs to `lapses`");
    }
    switch (rule.measure_case()) {
      case v1::ScoreRule::kOnTime: {
        const Place on_time = place.Of(rule, "on_time");
        if (rule.on_time().requirements().empty()) {
          Missing(on_time, rule.on_time(), "requirements");
        }
        for (int j = 0; j < rule.on_time().requirements_size(); ++j) {
          CheckScoredRequirement(on_time, rule.on_time(), j, rule.on_time().requirements(j));
        }
        break;
      }
      case v1::ScoreRule::kQuality: {
        const v1::QualityShare& quality = rule.quality();
        const Place share = place.Of(rule, "quality");
        CheckKind(share, quality, "kind", v1::SUBJECT_KIND_UNSPECIFIED, quality.kind(), true);
        if (quality.kind() != facts::v1::FACT_KIND_UNSPECIFIED && !IsScorableAct(quality.kind())) {
          Wrong(share.Of(quality, "kind"),
                absl::StrCat(facts::v1::FactKind_Name(quality.kind()),
                             " is no act of a unit whose quality may be scored"));
        }
        if (quality.good().empty()) Missing(share, quality, "good");
        const auto check = [&](const v1::FieldCondition& condition, const Place& where) {
          CheckCondition(where, quality.kind(), condition);
          if (IsResultOfClaim(condition.field())) {
            Wrong(where, absl::StrCat("`", condition.field(),
                                      "` says how a claim turned out, which is never scored"));
          }
        };
        for (int j = 0; j < quality.good_size(); ++j) {
          check(quality.good(j), share.Of(quality, "good", j));
        }
        for (int j = 0; j < quality.among_size(); ++j) {
          CheckCondition(share.Of(quality, "among", j), quality.kind(), quality.among(j));
        }
        break;
      }
      case v1::ScoreRule::kLapses: {
        const v1::Lapses& lapses = rule.lapses();
        const Place place_of = place.Of(rule, "lapses");
        const bool by_kind = lapses.kind() != facts::v1::FACT_KIND_UNSPECIFIED;
        if (by_kind == !lapses.requirements().empty()) {
          Wrong(place_of, "lapses are those of `requirements` or facts of one `kind`");
        }
        for (int j = 0; j < lapses.requirements_size(); ++j) {
          CheckScoredRequirement(place_of, lapses, j, lapses.requirements(j));
        }
        if (by_kind && !IsLapse(lapses.kind())) {
          Wrong(place_of.Of(lapses, "kind"),
                absl::StrCat(facts::v1::FactKind_Name(lapses.kind()), " is no lapse of a unit"));
        }
        break;
      }
      case v1::ScoreRule::kRatings:
        if (rule.ratings().suppress_below() < 5) {
          Wrong(place.Of(rule, "ratings"), "`suppress_below` is at least 5");
        }
        break;
      default:
        Wrong(place, "what is measured is missing (`on_time`, `quality`, `lapses` or `ratings`)");
    }
  }
  int floor = -1;
  for (int i = 0; i < score.bands_size(); ++i) {
    const v1::Band& band = score.bands(i);
    const Place place = at.Of(score, "bands", i);
    CheckId(place, band, band.id(), &ids);
    if (band.at_least() <= floor || (i == 0 && band.at_least() != 0)) {
      Wrong(place, "bands begin at 0 and go up");
    }
    floor = band.at_least();
  }
}

}  // namespace redress::plan::internal

// What no duty may hang on: a petitioner's agreement, refusal or withdrawal; and help is never tied
// to what ends a petition (the design's invariants 4, 5 and 8).
#include "common/plan/checker.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/mentions.h"

namespace redress::plan::internal {
namespace {

using Kinds = std::set<facts::v1::FactKind>;

// True if the duty is the performance of an agreement, which the agreement alone may bring about.
bool IsPerformance(const v1::Requirement& requirement) {
  return NeedsFact(requirement.satisfied(), [](const v1::FactTest& test) {
    return test.kind() == facts::v1::FACT_KIND_SETTLEMENT_PERFORMED;
  });
}

bool NeedsDecline(const v1::Requirement& requirement) {
  return NeedsFact(requirement.satisfied(),
                   [](const v1::FactTest& test) { return IsDecline(test.kind()); });
}

// True if the duty applies only where the petitioner asked: `request` itself is there, or the round
// that it opens.
bool AppliesToAsked(const v1::Requirement& requirement, facts::v1::FactKind request,
                    facts::v1::FactKind decided) {
  return requirement.has_applies() &&
         NeedsFact(requirement.applies(), [&](const v1::FactTest& test) {
           if (test.kind() == request || test.kind() == decided) return true;
           if (test.kind() != facts::v1::FACT_KIND_ROUND_OPENED) return false;
           return (request == facts::v1::FACT_KIND_REVIEW_REQUESTED &&
                   Asks(test, "round_kind", "ROUND_KIND_REVIEW")) ||
                  (request == facts::v1::FACT_KIND_REEXAMINATION_REQUESTED &&
                   Asks(test, "round_kind", "ROUND_KIND_REEXAMINATION"));
         });
}

// The kind without which the duty cannot be fulfilled and which is there only where a petitioner
// asked, although the duty applies to those who did not; UNSPECIFIED if there is none.
facts::v1::FactKind NeedsRequest(const v1::Requirement& requirement) {
  facts::v1::FactKind unasked = facts::v1::FACT_KIND_UNSPECIFIED;
  const bool needs = NeedsFact(requirement.satisfied(), [&](const v1::FactTest& test) {
    for (const auto kind : {test.kind(), test.not_before()}) {
      // A request itself fulfils no duty, whoever it applies to: CheckChoice says so.
      if (kind == test.kind() && IsRequestOfPetitioner(kind)) continue;
      const auto request = RequestFor(kind);
      if (request == facts::v1::FACT_KIND_UNSPECIFIED) continue;
      if (AppliesToAsked(requirement, request, kind)) continue;
      unasked = kind;
      return true;
    }
    return false;
  });
  return needs ? unasked : facts::v1::FACT_KIND_UNSPECIFIED;
}

// The field of a hearing that only the petitioner brings about, where no refusal fulfils the duty
// too; empty if there is none.
std::string NeedsPetitionersPart(const v1::Requirement& requirement) {
  std::string part;
  const bool needs = NeedsFact(requirement.satisfied(), [&](const v1::FactTest& test) {
    for (const v1::FieldCondition& condition : test.where()) {
      if (!IsPetitionersPart(condition.field())) continue;
      part = condition.field();
      return true;
    }
    return false;
  });
  return needs ? part : "";
}

// What fulfils a duty, and what else decides whether and when it is asked for.
struct Tie {
  Kinds fulfilled_by;
  Kinds hangs_on;
};

Tie TieOf(const v1::Requirement& requirement) {
  Tie tie;
  const Place nowhere(nullptr, "", 0, 0);
  EachMention(nowhere, requirement, [&](const Mention& mention) {
    if (!mention.field.empty()) return;
    // How a cadence runs ties no two acts together.
    const bool runs = mention.part == Part::kStop || mention.part == Part::kSuspend ||
                      mention.part == Part::kResume;
    if (mention.part == Part::kSatisfied && mention.as == As::kFact) {
      tie.fulfilled_by.insert(mention.kind);
    } else if (!runs) {
      tie.hangs_on.insert(mention.kind);
    }
  });
  return tie;
}

bool EndsPetition(facts::v1::FactKind kind) { return !MayStandBesideHelp(kind); }

// What may be reached from `from` by duties that hang on further kinds, and through which first.
class Reach {
 public:
  explicit Reach(const v1::Plan& plan) {
    for (const v1::Requirement& requirement : plan.requirements()) {
      const Tie tie = TieOf(requirement);
      for (const auto kind : tie.fulfilled_by) ties_[kind].push_back({requirement.id(), tie});
    }
  }

  // The first kind that is `wanted`, other than at one step; UNSPECIFIED if there is none.
  facts::v1::FactKind Find(const v1::Requirement& from, bool (*wanted)(facts::v1::FactKind),
                           std::string* through) const {
    Kinds seen;
    std::vector<std::pair<facts::v1::FactKind, std::string>> open;
    for (const auto kind : TieOf(from).hangs_on) open.emplace_back(kind, "");
    while (!open.empty()) {
      const auto [kind, by] = open.back();
      open.pop_back();
      if (!by.empty() && wanted(kind)) {
        *through = by;
        return kind;
      }
      const auto found = ties_.find(kind);
      if (!seen.insert(kind).second || found == ties_.end()) continue;
      for (const auto& [id, tie] : found->second) {
        if (id == from.id()) continue;
        for (const auto next : tie.hangs_on) open.emplace_back(next, by.empty() ? id : by);
      }
    }
    return facts::v1::FACT_KIND_UNSPECIFIED;
  }

 private:
  std::map<facts::v1::FactKind, std::vector<std::pair<std::string, Tie>>> ties_;
};

bool Closes(facts::v1::FactKind kind) {
  switch (kind) {
    case facts::v1::FACT_KIND_CASE_CLOSED:
    case facts::v1::FACT_KIND_CASE_REOPENED:
    case facts::v1::FACT_KIND_CLOSURE_PROPOSED:
    case facts::v1::FACT_KIND_CLOSURE_BASIS_LOST:
      return true;
    default:
      return IsSettlement(kind);
  }
}

template <typename Is>
facts::v1::FactKind FirstOf(const Kinds& kinds, Is is) {
  for (const auto kind : kinds) {
    if (is(kind)) return kind;
  }
  return facts::v1::FACT_KIND_UNSPECIFIED;
}

}  // namespace

void Checker::CheckChoice(const Place& at, const v1::Requirement& requirement) {
  const bool performance = IsPerformance(requirement);
  if (NeedsDecline(requirement)) {
    Wrong(at.Of(requirement, "satisfied"), Say::kOnlyByDecline, {"DECLINED"});
  }
  const auto unasked = NeedsRequest(requirement);
  if (unasked != facts::v1::FACT_KIND_UNSPECIFIED) {
    Wrong(at.Of(requirement, "satisfied"), Say::kNotAskedByAll, {ShortName(unasked)});
  }
  if (const std::string part = NeedsPetitionersPart(requirement); !part.empty()) {
    Wrong(at.Of(requirement, "satisfied"), Say::kPetitionersPart, {part});
  }
  EachMention(at, requirement, [&](const Mention& mention) {
    if (!mention.field.empty()) return;  // CheckField looks at every field
    const Values values = {ShortName(mention.kind)};
    if (IsSettlement(mention.kind)) {
      const bool runs = mention.part == Part::kStop || mention.part == Part::kSuspend ||
                        mention.part == Part::kResume || mention.part == Part::kClock ||
                        mention.part == Part::kExtend;
      const bool signing = mention.kind == facts::v1::FACT_KIND_SETTLEMENT_SIGNED &&
                           (mention.part != Part::kSatisfied || mention.as == As::kNotBefore) &&
                           mention.as != As::kAbsent && mention.as != As::kUnless;
      const bool undone =
          mention.kind == facts::v1::FACT_KIND_SETTLEMENT_WITHDRAWN && mention.as == As::kUndoneBy;
      const bool performed = mention.kind == facts::v1::FACT_KIND_SETTLEMENT_PERFORMED &&
                             mention.part == Part::kSatisfied && mention.as == As::kFact;
      if (performance && !runs && (signing || undone || performed)) return;
      Wrong(*mention.place, Say::kSettlementDuty, values);
    } else if (IsDecline(mention.kind)) {
      const bool fulfils = mention.part == Part::kSatisfied && mention.as == As::kFact;
      if (!fulfils && mention.part != Part::kSuspend) {
        Wrong(*mention.place, Say::kPetitionersAct, values);
      }
    } else if (IsRequestOfPetitioner(mention.kind)) {
      const bool begins = mention.part == Part::kApplies || mention.part == Part::kWhen ||
                          mention.part == Part::kDue;
      const bool after = mention.part == Part::kSatisfied && mention.as == As::kNotBefore;
      if (!begins && !after && mention.part != Part::kResume) {
        Wrong(*mention.place, Say::kPetitionersAct, values);
      }
    }
  });
}

void Checker::CheckHelp(const Place& at, const v1::Plan& plan) {
  const Reach reach(plan);
  for (int i = 0; i < plan.requirements_size(); ++i) {
    const v1::Requirement& requirement = plan.requirements(i);
    const Place place = at.Of(plan, "requirements", i);
    Kinds all;
    EachMention(place, requirement, [&](const Mention& mention) { all.insert(mention.kind); });
    const auto help = FirstOf(all, IsAssistance);
    const auto end = FirstOf(all, EndsPetition);
    if (help != facts::v1::FACT_KIND_UNSPECIFIED && end != facts::v1::FACT_KIND_UNSPECIFIED) {
      Wrong(place, Say::kHelpTied, {ShortName(help), ShortName(end)});
      continue;
    }
    std::string through;
    if (help != facts::v1::FACT_KIND_UNSPECIFIED) {
      const auto far = reach.Find(
          requirement, [](facts::v1::FactKind kind) { return Closes(kind) || IsDecline(kind); },
          &through);
      if (far == facts::v1::FACT_KIND_UNSPECIFIED) continue;
      Wrong(place, Say::kHelpTiedThrough, {ShortName(help), ShortName(far), through});
      continue;
    }
    const Tie tie = TieOf(requirement);
    const auto closing = FirstOf(tie.fulfilled_by, Closes);
    if (closing == facts::v1::FACT_KIND_UNSPECIFIED && !requirement.gates_closing()) continue;
    const auto far = reach.Find(requirement, IsAssistance, &through);
    if (far == facts::v1::FACT_KIND_UNSPECIFIED) continue;
    Wrong(place, Say::kHelpTiedThrough,
          {ShortName(far),
           closing == facts::v1::FACT_KIND_UNSPECIFIED ? "CASE_CLOSED" : ShortName(closing),
           through});
  }
}

}  // namespace redress::plan::internal

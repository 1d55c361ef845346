#include <algorithm>

#include "common/plan/checker.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/mentions.h"

namespace redress::plan::internal {
namespace {

using namespace facts::v1;  // NOLINT(google-build-using-namespace): full of kinds.

constexpr int kDaysToWithdraw = 7;       // the design's invariant 5
constexpr int kDaysToAskForReview = 30;  // Reg. 35

// True if the test cannot hold without a claim's written answer.
bool NeedsAnswer(const v1::Test& test) {
  return NeedsFact(test, [](const v1::FactTest& fact) {
    return IsAnswer(fact.kind()) || IsAnswer(fact.not_before());
  });
}

bool IsInForce(const v1::FactTest& test) {
  return test.kind() == FACT_KIND_SETTLEMENT_SIGNED &&
         test.undone_by() == FACT_KIND_SETTLEMENT_WITHDRAWN &&
         Asks(test, "petitioner_signed", "true") && Asks(test, "unit_signed", "true") &&
         Asks(test, "outside_witness", "true");
}

// Performed after the signing: what was performed before a withdrawal counts no longer.
bool IsPerformance(const v1::FactTest& test) {
  return test.kind() == FACT_KIND_SETTLEMENT_PERFORMED &&
         test.not_before() == FACT_KIND_SETTLEMENT_SIGNED &&
         test.undone_by() == FACT_KIND_SETTLEMENT_WITHDRAWN;
}

// True if nothing but these fields narrows which signing, or which service, is the latest.
bool IsNarrowedBy(const v1::FactTest& test, const std::set<std::string>& fields) {
  const auto known = [&](const v1::FieldCondition& c) { return fields.count(c.field()) > 0; };
  return !test.has_on_or_before() && !test.has_on_or_after() && test.at_least() <= 1 &&
         !test.has_at_least_from() &&
         std::all_of(test.where().begin(), test.where().end(), known) &&
         std::all_of(test.among().begin(), test.among().end(), known);
}

bool IsAnySigning(const v1::FactTest& test) {
  return test.kind() == FACT_KIND_SETTLEMENT_SIGNED &&
         IsNarrowedBy(test, {"petitioner_signed", "unit_signed", "outside_witness"});
}

bool IsServedOpinion(const v1::FactTest& test) {
  return test.kind() == FACT_KIND_DOCUMENT_SERVED &&
         test.not_before() == FACT_KIND_OPINION_ISSUED &&
         Asks(test, "document_kind", "DOCUMENT_KIND_HANDLING_OPINION") &&
         Asks(test, "remedy_stated", "true");
}

bool IsAnyService(const v1::FactTest& test) {
  return IsServedOpinion(test) &&
         IsNarrowedBy(test, {"document_kind", "remedy_stated", "receipt_kept"});
}

}  // namespace

// True if the window is at least so long, and counts from the latest such fact.
bool Checker::IsWindow(const v1::Lapse& lapse, int days) const {
  if (!lapse.from().date_field().empty()) return false;
  if (!lapse.from().from_latest() && !lapse.from().fact().latest()) return false;
  switch (lapse.length_case()) {
    case v1::Lapse::kDays:
      return lapse.days() >= days;
    case v1::Lapse::kWorkingDays:
      return lapse.working_days() >= days;
    case v1::Lapse::kClock: {
      // Where a rule set lacks the clock the window never lapses.
      bool long_enough = false;
      for (const v1::RuleSet* set : rule_sets_) {
        for (const v1::RuleClock& clock : set->clocks()) {
          if (clock.name() != lapse.clock()) continue;
          if (clock.days() < days) return false;
          long_enough = true;
        }
      }
      return long_enough || !clocks_known_;
    }
    default:
      return false;
  }
}

// What no plan lowers: registry asks for the same, whatever the plan says.
void Checker::CheckFloors(const Place& at, const v1::ClosingRule& rule) {
  const auto asks = [&](Say say, const std::function<bool(const v1::Test&)>& needs) {
    for (const v1::EvidenceItem& item : rule.for_each_claim()) {
      // An item for some claims only leaves the others without it.
      if (!item.has_applies() && needs(item.satisfied())) return;
    }
    Wrong(at, say);
  };
  const auto asks_fact = [&](Say say, bool (*wanted)(const v1::FactTest&)) {
    asks(say, [wanted](const v1::Test& test) { return NeedsFact(test, wanted); });
  };
  const auto asks_window = [&](Say say, int days, FactKind unless,
                               bool (*from)(const v1::FactTest&)) {
    asks(say, [&, days, unless, from](const v1::Test& test) {
      return Needs(test, [&](const v1::Test& leaf) {
        return leaf.has_lapsed() && leaf.lapsed().unless() == unless &&
               from(leaf.lapsed().from().fact()) && IsWindow(leaf.lapsed(), days);
      });
    });
  };
  asks(Say::kNoAnswer, NeedsAnswer);
  switch (rule.standard()) {
    case types::v1::CLOSING_STANDARD_SETTLEMENT:
      asks_fact(Say::kFloorSigned, IsInForce);
      asks_window(Say::kFloorCooling, kDaysToWithdraw, FACT_KIND_SETTLEMENT_WITHDRAWN,
                  IsAnySigning);
      return asks_fact(Say::kFloorPerformed, IsPerformance);
    case types::v1::CLOSING_STANDARD_EXHAUSTED:
      return asks_fact(Say::kFloorReexamined, [](const v1::FactTest& test) {
        return test.kind() == FACT_KIND_REEXAMINATION_DECIDED ||
               test.not_before() == FACT_KIND_REEXAMINATION_DECIDED;
      });
    case types::v1::CLOSING_STANDARD_RECONSIDERATION:
      return asks_fact(Say::kFloorReconsidered, [](const v1::FactTest& test) {
        return test.kind() == FACT_KIND_RECONSIDERATION_DECIDED &&
               Asks(test, "decision_kept", "true");
      });
    case types::v1::CLOSING_STANDARD_LEGAL_CHANNEL:
      return asks_fact(Say::kFloorChannel, [](const v1::FactTest& test) {
        return test.kind() == FACT_KIND_LEGAL_CHANNEL_ACCEPTED && Asks(test, "notice_kept", "true");
      });
    case types::v1::CLOSING_STANDARD_ANSWERED:
      asks_fact(Say::kFloorServed, IsServedOpinion);
      return asks_window(Say::kFloorWindow, kDaysToAskForReview, FACT_KIND_REVIEW_REQUESTED,
                         IsAnyService);
    default:
      return;
  }
}

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
    const auto declined = [](const v1::FactTest& test) { return IsDecline(test.kind()); };
    if (NeedsFact(item.satisfied(), declined)) {
      Wrong(at.Of(item, "satisfied"), Say::kOnlyByDecline, {"DECLINED"});
    }
  } else {
    Missing(at, item, "satisfied");
  }
  gating_ = false;
}

void Checker::CheckClosing(const Place& at, const v1::Plan& plan) {
  if (plan.closing().empty()) Missing(at, plan, "closing", Say::kNoClosing);
  std::map<int, const v1::ClosingRule*> standards;
  for (const v1::ClosingRule& rule : plan.closing()) standards.emplace(rule.standard(), &rule);
  std::set<int> seen;
  for (int i = 0; i < plan.closing_size(); ++i) {
    const v1::ClosingRule& rule = plan.closing(i);
    const Place place = at.Of(plan, "closing", i);
    if (rule.standard() == types::v1::CLOSING_STANDARD_UNSPECIFIED) {
      Missing(place, rule, "standard");
    } else if (!seen.insert(rule.standard()).second) {
      Wrong(place.Of(rule, "standard"), Say::kStandardTwice);
    }
    CheckClause(place, rule, rule.clause());
    CheckText(place, rule, "title", rule.title());
    std::set<std::string> ids;
    for (int j = 0; j < rule.for_each_claim_size(); ++j) {
      CheckEvidence(place.Of(rule, "for_each_claim", j), v1::SUBJECT_KIND_CLAIM,
                    rule.for_each_claim(j), &ids);
    }
    for (int j = 0; j < rule.for_case_size(); ++j) {
      CheckEvidence(place.Of(rule, "for_case", j), v1::SUBJECT_KIND_CASE, rule.for_case(j), &ids);
    }
    CheckFloors(place, rule);
    // A good answer needs no agreement.
    const auto agreed = [](const v1::FactTest& test) { return IsSettlement(test.kind()); };
    const auto check = [&](const Place& item_place, const v1::EvidenceItem& item) {
      if (rule.standard() == types::v1::CLOSING_STANDARD_SETTLEMENT) return;
      if (NeedsFact(item.satisfied(), agreed)) {
        Wrong(item_place, Say::kSettlementDuty, {"SETTLEMENT"});
      }
    };
    for (int j = 0; j < rule.for_each_claim_size(); ++j) {
      check(place.Of(rule, "for_each_claim", j), rule.for_each_claim(j));
    }
    for (int j = 0; j < rule.for_case_size(); ++j) {
      check(place.Of(rule, "for_case", j), rule.for_case(j));
    }
    if (rule.together_with() == types::v1::CLOSING_STANDARD_UNSPECIFIED) {
      if (rule.standard() == types::v1::CLOSING_STANDARD_LAWFUL) Wrong(place, Say::kNeverAlone);
      continue;
    }
    const auto other = standards.find(rule.together_with());
    if (other == standards.end() || other->second == &rule) {
      Wrong(place.Of(rule, "together_with"), Say::kNoOtherStandard);
    } else if (other->second->together_with() != types::v1::CLOSING_STANDARD_UNSPECIFIED) {
      Wrong(place.Of(rule, "together_with"), Say::kOtherNeverAlone);
    }
  }
}

}  // namespace redress::plan::internal

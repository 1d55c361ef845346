// Floors of two persons, and hearings that nobody was told of in time.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/plan/fact_kinds.h"
#include "common/rules/person.h"
#include "common/rules/rules.h"
#include "services/registry/floor.h"

namespace redress::registry::floor {
namespace {

using facts::v1::Fact;
using ::redress::rules::DayOf;
namespace f = facts::v1;

// What every plan keeps apart. Proposing and approving a closing are kept apart by CloseCase.
plan::v1::SeparateActs SignedAndPaid() {
  plan::v1::SeparateActs acts;
  acts.set_clause("条例33条");
  acts.set_one(f::FACT_KIND_SETTLEMENT_SIGNED);
  acts.set_other(f::FACT_KIND_PAYMENT_MADE);
  return acts;
}

// The latest facts of a kind, one for each claim or round that they are about.
std::vector<const Fact*> LatestOf(const Record& record, const Fact* doing, f::FactKind kind) {
  std::vector<const Fact*> latest;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  const auto see = [&](const Fact* fact) {
    if (fact->kind() != kind) return;
    // Payments are not about a claim: each counts.
    const bool each = kind == f::FACT_KIND_PAYMENT_MADE;
    if (each || seen.insert({fact->claim(), fact->round()}).second) latest.push_back(fact);
  };
  if (doing != nullptr) see(doing);
  for (auto it = record.facts().rbegin(); it != record.facts().rend(); ++it) see(*it);
  return latest;
}

// Facts about different claims or rounds are different acts on different matters.
bool Related(const Fact& a, const Fact& b) {
  const auto differ = [](const std::string& x, const std::string& y) {
    return !x.empty() && !y.empty() && x != y;
  };
  return !differ(a.claim(), b.claim()) && !differ(a.round(), b.round());
}

std::string_view SubjectOf(const Fact& a, const Fact& b) {
  for (const Fact* fact : {&a, &b}) {
    if (!fact->claim().empty()) return fact->claim();
    if (!fact->round().empty()) return fact->round();
  }
  return a.case_name().empty() ? b.case_name() : a.case_name();
}

void AddPair(const plan::v1::SeparateActs& acts, const Record& record, const Fact* doing,
             std::vector<plan::v1::UnmetDuty>& unmet) {
  // Help never stands in the way of closing, so that a payment counts only when one of its own pair
  // is being done (invariant 4).
  const bool about_help = plan::IsAssistance(acts.one()) || plan::IsAssistance(acts.other());
  const bool of_pair =
      doing != nullptr && (doing->kind() == acts.one() || doing->kind() == acts.other());
  if (about_help && !of_pair) return;
  // An act is judged by the pairs that it is of: another pair's fault is no reason to refuse it.
  // A closing is judged by all.
  const bool closing = doing == nullptr || doing->kind() == f::FACT_KIND_CLOSURE_PROPOSED ||
                       doing->kind() == f::FACT_KIND_CASE_CLOSED;
  if (!closing && !of_pair) return;
  for (const Fact* one : LatestOf(record, doing, acts.one())) {
    for (const Fact* other : LatestOf(record, doing, acts.other())) {
      if (!closing && one != doing && other != doing) continue;
      if (one == other || !::redress::rules::SamePerson(one->actor(), other->actor())) continue;
      if (!Related(*one, *other)) continue;
      const types::v1::LocalizedText first = plan::NameOf(acts.one());
      const types::v1::LocalizedText second = plan::NameOf(acts.other());
      unmet.push_back(
          Duty(absl::StrCat("floor.two_persons.", plan::ShortName(acts.one()), ".",
                            plan::ShortName(acts.other())),
               acts.clause(), SubjectOf(*one, *other),
               absl::StrCat("须由两人分别办理：", first.zh(), "、", second.zh()),
               absl::StrCat("two persons for two acts: ", first.en(), ", ", second.en()),
               "由另一人重新办理其中一项", "have one of them done anew by somebody else"));
      return;
    }
  }
}

bool ConfirmedByAnother(plan::FactView facts, const Fact& fact) {
  return std::any_of(facts.begin(), facts.end(), [&](const plan::KnownFact& known) {
    return known.fact->kind() == f::FACT_KIND_RECORD_CONFIRMED &&
           known.fact->record_confirmed().confirmed_fact() == fact.fact_id() &&
           !::redress::rules::SamePerson(known.fact->actor(), fact.actor());
  });
}

// The announcement of a hearing, or the last that moved it, was recorded before the day.
bool ToldInTime(plan::FactView facts, const Fact& held) {
  bool told = false;
  for (const plan::KnownFact& known : facts) {
    const Fact& fact = *known.fact;
    if (fact.record() != held.record() || !fact.retracts().empty()) continue;
    if (fact.kind() != f::FACT_KIND_HEARING_ANNOUNCED &&
        fact.kind() != f::FACT_KIND_HEARING_ADJOURNED) {
      continue;
    }
    const bool in_time = RecordedOn(fact) < DayOf(held.event_date());
    if (!in_time && !ConfirmedByAnother(facts, fact)) return false;
    // What is entered from paper counts once both papers were looked at.
    if (!in_time && !ConfirmedByAnother(facts, held)) return false;
    told |= fact.kind() == f::FACT_KIND_HEARING_ANNOUNCED;
  }
  return told;
}

}  // namespace

std::vector<plan::v1::UnmetDuty> UnmetPersons(
    const Record& record,
    const google::protobuf::RepeatedPtrField<plan::v1::SeparateActs>& separate_acts,
    const Fact* doing) {
  std::vector<plan::v1::UnmetDuty> unmet;
  AddPair(SignedAndPaid(), record, doing, unmet);
  for (const plan::v1::SeparateActs& acts : separate_acts) AddPair(acts, record, doing, unmet);
  return unmet;
}

bool KeepsApart(const google::protobuf::RepeatedPtrField<plan::v1::SeparateActs>& separate_acts,
                f::FactKind kind) {
  const auto names = [kind](const plan::v1::SeparateActs& acts) {
    return acts.one() == kind || acts.other() == kind;
  };
  return names(SignedAndPaid()) || std::any_of(separate_acts.begin(), separate_acts.end(), names);
}

std::vector<plan::KnownFact> CountingFacts(plan::FactView facts) {
  std::vector<plan::KnownFact> counting;
  counting.reserve(facts.size());
  for (const plan::KnownFact& known : facts) {
    const bool counts =
        known.fact->kind() != f::FACT_KIND_HEARING_HELD || ToldInTime(facts, *known.fact);
    if (counts) counting.push_back(known);
  }
  return counting;
}

}  // namespace redress::registry::floor

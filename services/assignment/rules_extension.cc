#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

using facts::v1::Fact;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::NewFact;
using ::redress::rules::SetKind;

// What the facts say of a round, as of today and without what was retracted: what the evaluator
// would see.
struct Round {
  const Fact* registered = nullptr;
  const Fact* opened = nullptr;
  const Fact* accepted = nullptr;
  const Fact* decided = nullptr;
};

Round RoundIn(const std::vector<Fact>& facts, std::string_view name, absl::CivilDay today) {
  std::set<std::string> retracted;
  for (const Fact& fact : facts) {
    if (!fact.retracts().empty()) retracted.insert(fact.retracts());
  }
  Round round;
  const auto keep_earliest = [](const Fact*& slot, const Fact& fact) {
    if (slot == nullptr || DayOf(fact.event_date()) < DayOf(slot->event_date())) slot = &fact;
  };
  for (const Fact& fact : facts) {
    if (!fact.retracts().empty() || retracted.contains(fact.fact_id())) continue;
    if (DayOf(fact.event_date()) > today) continue;
    if (fact.kind() == facts::v1::FACT_KIND_CASE_REGISTERED) keep_earliest(round.registered, fact);
    if (fact.round() != name) continue;
    if (fact.kind() == facts::v1::FACT_KIND_ROUND_OPENED) keep_earliest(round.opened, fact);
    if (fact.kind() == facts::v1::FACT_KIND_ACCEPTED) keep_earliest(round.accepted, fact);
    if (fact.kind() == facts::v1::FACT_KIND_OPINION_ISSUED) keep_earliest(round.decided, fact);
  }
  return round;
}

// The rule set of the plan that was in force on the day that the case was received; null where
// there is none.
const plan::v1::RuleSet* RuleSetFor(const plan::v1::Plan& plan, const plan::RuleSetTable& rule_sets,
                                    const Fact& registered) {
  const google::type::Date& received = registered.case_registered().received_on();
  const absl::CivilDay day = IsSet(received) ? DayOf(received) : DayOf(registered.event_date());
  for (const std::string& id : plan.rule_sets()) {
    const plan::v1::RuleSet* set = rule_sets.Find(id);
    if (set == nullptr || day < DayOf(set->in_force_from())) continue;
    if (set->has_in_force_until() && day > DayOf(set->in_force_until())) continue;
    return set;
  }
  return nullptr;
}

calendar::LastDay LastDayOf(const plan::v1::RuleClock& clock, absl::CivilDay from,
                            const calendar::Calendar& calendar) {
  const calendar::DayNumber first = calendar::ToDayNumber(from);
  switch (clock.count()) {
    case plan::v1::DAY_COUNT_WORKING:
      return calendar.AddWorkingDays(first, clock.days());
    case plan::v1::DAY_COUNT_CALENDAR:
      return {first + clock.days(), 0};
    default:
      return calendar.RollForward(first + clock.days());
  }
}

absl::Status Refuse(std::string_view reason, std::string_view round, std::string_view remedy,
                    std::string_view clause) {
  status::Metadata metadata;
  if (!clause.empty()) metadata["clause"] = std::string(clause);
  return status::Unmet(reason, remedy, {{"STATE", std::string(round), std::string(remedy)}},
                       std::move(metadata));
}

}  // namespace

absl::StatusOr<Outcome<v1::Extension>> GrantExtension(
    const v1::Extension* existing, const v1::GrantExtensionRequest& request,
    const std::vector<Fact>& facts, const plan::v1::Plan& plan, const plan::RuleSetTable& rule_sets,
    const calendar::Calendar& calendar, const Context& context) {
  const Round round = RoundIn(facts, request.round(), context.today);
  if (round.opened == nullptr || round.registered == nullptr) return status::NotFound("round");
  const plan::v1::RuleSet* set = RuleSetFor(plan, rule_sets, *round.registered);
  const plan::v1::RuleClock* clock = nullptr;
  if (set != nullptr) {
    for (const plan::v1::RuleClock& each : set->clocks()) {
      if (each.name() == "handling") clock = &each;
    }
  }
  const std::string clause = clock == nullptr ? "" : clock->clause();
  if (round.opened->round_opened().round_kind() != types::v1::ROUND_KIND_HANDLING ||
      clock == nullptr || clock->max_extension_days() == 0) {
    return Refuse("NOT_EXTENDABLE", request.round(),
                  "only the period of a handling round can be extended", clause);
  }
  if (existing != nullptr) {
    return Refuse("EXTENSION_GRANTED", request.round(), "a handling period is extended once only",
                  clause);
  }
  if (round.accepted == nullptr) {
    return Refuse("ROUND_NOT_ACCEPTED", request.round(),
                  "the round is not accepted, so no period runs", clause);
  }
  if (round.decided != nullptr) {
    return Refuse("OPINION_ISSUED", request.round(),
                  "the opinion is issued; there is nothing to extend", clause);
  }

  FieldErrors errors;
  if (request.days() > clock->max_extension_days()) {
    errors.Add("days", absl::StrCat("must be at most ", clock->max_extension_days(), " (",
                                    clock->clause(), ")"));
  }
  errors.NotBefore("granted_on", request.granted_on(), round.accepted->event_date(),
                   "the acceptance");
  errors.NotBefore("petitioner_told_on", request.petitioner_told_on(), request.granted_on(),
                   "the approval");
  RETURN_IF_ERROR(errors.ToStatus());

  // Where the calendar of a year is missing, refused only what is late whatever that says.
  const absl::CivilDay last = calendar::FromDayNumber(
      LastDayOf(*clock, DayOf(round.accepted->event_date()), calendar).latest());
  // Dated in time and recorded afterwards it would excuse what is overdue already.
  if (std::max(DayOf(request.granted_on()), context.today) > last) {
    return Refuse(
        "EXTENSION_TOO_LATE", request.round(),
        absl::StrCat("the period ran out on ", calendar::ToText(last),
                     "; an extension must be approved and recorded before that (", clause, ")"),
        clause);
  }

  Outcome<v1::Extension> outcome;
  v1::Extension& made = outcome.resource;
  made.set_name(absl::StrCat(request.round(), "/extension"));
  made.set_case_name(std::string(base::RootName(request.round())));
  made.set_days(request.days());
  *made.mutable_granted_on() = request.granted_on();
  made.set_reason(request.reason());
  *made.mutable_petitioner_told_on() = request.petitioner_told_on();
  *made.mutable_granted_by() = context.actor;

  Fact fact = NewFact(context, made.name(), request.granted_on());
  fact.set_round(request.round());
  fact.mutable_extension_granted()->set_days(request.days());
  fact.mutable_extension_granted()->set_petitioner_told(true);
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::assignment::rules

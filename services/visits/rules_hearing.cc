#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/validate/validate.h"
#include "services/visits/rules.h"
#include "services/visits/tables.h"

namespace redress::visits::rules {
namespace {

using internal::HearingAction;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::NewFact;
using ::redress::rules::SetKind;

bool IsBlank(const std::string& text) { return !validate::HasVisibleText(text); }

bool IsThirdParty(v1::ParticipantKind kind) {
  return kind == v1::PARTICIPANT_KIND_LAWYER || kind == v1::PARTICIPANT_KIND_COUNSELLOR ||
         kind == v1::PARTICIPANT_KIND_EXPERT;
}

// Third persons whom the petitioner must have agreed to (invariant 7).
bool NeedsConsent(v1::ParticipantKind kind) {
  return kind == v1::PARTICIPANT_KIND_RELATIVE || kind == v1::PARTICIPANT_KIND_NEIGHBOUR;
}

bool IsSocial(v1::ParticipantKind kind) {
  return NeedsConsent(kind) || kind == v1::PARTICIPANT_KIND_FIVE_ELDERS;
}

facts::v1::HearingHeld Count(const v1::Hearing& hearing) {
  facts::v1::HearingHeld held;
  held.set_hearing_kind(hearing.kind());
  for (const v1::HearingParticipant& participant : hearing.participants()) {
    if (IsThirdParty(participant.kind())) held.set_third_parties(held.third_parties() + 1);
    if (IsSocial(participant.kind())) {
      held.set_social_participants(held.social_participants() + 1);
    }
    if (participant.kind() == v1::PARTICIPANT_KIND_PETITIONER) held.set_petitioner_present(true);
  }
  held.set_minutes_kept(!IsBlank(hearing.minutes()));
  return held;
}

absl::StatusOr<v1::HearingState> Next(const v1::Hearing& current, HearingAction action) {
  return fsm::Require(internal::kHearings, current.state(), action, internal::HearingStates(),
                      internal::HearingActions(), "HEARING_STATE", current.name());
}

Outcome<v1::Hearing> With(v1::Hearing hearing, facts::v1::Fact fact, const Context& context) {
  SetKind(fact);
  Outcome<v1::Hearing> outcome;
  outcome.resource = std::move(hearing);
  *outcome.resource.mutable_recorded_by() = context.actor;
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

// The day since which the hearing is what it is: its announcement, or the last time it was moved.
const google::type::Date& LastChange(const v1::Hearing& hearing) {
  return hearing.adjournments().empty() ? hearing.announced_on()
                                        : hearing.adjournments().rbegin()->adjourned_on();
}

}  // namespace

absl::StatusOr<Outcome<v1::Hearing>> AnnounceHearing(const CaseView& of,
                                                     const v1::AnnounceHearingRequest& request,
                                                     const Context& context) {
  const v1::Hearing& asked = request.hearing();
  FieldErrors errors;
  errors.NotBefore("hearing.planned_on", asked.planned_on(), asked.announced_on(),
                   "the announcement");
  constexpr std::string_view kLater = "is recorded once the hearing was held";
  if (!asked.minutes().empty()) errors.Add("hearing.minutes", kLater);
  if (!asked.result().empty()) errors.Add("hearing.result", kLater);
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kAnnounceHearing));

  v1::Hearing hearing;
  hearing.set_name(absl::StrCat(of.name, "/hearings/", context.new_id()));
  hearing.set_case_name(of.name);
  hearing.set_campaign(of.campaign);
  hearing.set_kind(asked.kind());
  hearing.set_topic(asked.topic());
  hearing.set_state(internal::kHearings.initial());
  *hearing.mutable_planned_on() = asked.planned_on();
  *hearing.mutable_announced_on() = asked.announced_on();
  facts::v1::Fact fact = NewFact(context, hearing.name(), asked.announced_on());
  fact.mutable_hearing_announced()->set_hearing_kind(asked.kind());
  *fact.mutable_hearing_announced()->mutable_planned_on() = asked.planned_on();
  return With(std::move(hearing), std::move(fact), context);
}

absl::StatusOr<Outcome<v1::Hearing>> RecordHearing(const CaseView& of, const v1::Hearing& current,
                                                   const v1::RecordHearingRequest& request,
                                                   const Context& context) {
  FieldErrors errors;
  bool third_party = false;
  for (int i = 0; i < request.participants_size(); ++i) {
    const v1::HearingParticipant& participant = request.participants(i);
    third_party |= IsThirdParty(participant.kind());
    if (NeedsConsent(participant.kind()) && !participant.consent_given()) {
      errors.Add(absl::StrCat("participants[", i, "].consent_given"),
                 "a relative or neighbour takes part only with the petitioner's written consent");
    }
  }
  if (!third_party) {
    errors.Add("participants",
               "must name at least one third party: a lawyer, counsellor or expert (三(五))");
  }
  if (IsBlank(request.minutes())) errors.Add("minutes", "must not be blank");
  if (IsBlank(request.result())) errors.Add("result", "must not be blank");
  // Earlier than the day that everybody was told: move it first.
  errors.NotBefore("held_on", request.held_on(), current.planned_on(),
                   "the day that it is planned for, unless it is adjourned first");
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kRecordHearing));
  ASSIGN_OR_RETURN(const v1::HearingState next, Next(current, HearingAction::kRecord));

  v1::Hearing hearing = current;
  hearing.set_state(next);
  *hearing.mutable_held_on() = request.held_on();
  *hearing.mutable_participants() = request.participants();
  hearing.set_minutes(request.minutes());
  hearing.set_result(request.result());
  facts::v1::Fact fact = NewFact(context, hearing.name(), request.held_on());
  *fact.mutable_hearing_held() = Count(hearing);
  return With(std::move(hearing), std::move(fact), context);
}

absl::StatusOr<Outcome<v1::Hearing>> AdjournHearing(const CaseView& of, const v1::Hearing& current,
                                                    const v1::AdjournHearingRequest& request,
                                                    const Context& context) {
  FieldErrors errors;
  errors.NotBefore("planned_on", request.planned_on(), request.adjourned_on(), "the adjournment");
  errors.NotBefore("adjourned_on", request.adjourned_on(), LastChange(current),
                   "the announcement or the last adjournment");
  if (DayOf(request.planned_on()) == DayOf(current.planned_on())) {
    errors.Add("planned_on", "is the day that it is planned for already");
  }
  if (IsBlank(request.reason())) errors.Add("reason", "must not be blank");
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kAdjournHearing));
  ASSIGN_OR_RETURN(const v1::HearingState next, Next(current, HearingAction::kAdjourn));

  v1::Hearing hearing = current;
  hearing.set_state(next);
  v1::HearingAdjournment& adjournment = *hearing.add_adjournments();
  *adjournment.mutable_adjourned_on() = request.adjourned_on();
  *adjournment.mutable_planned_before() = current.planned_on();
  adjournment.set_reason(request.reason());
  *hearing.mutable_planned_on() = request.planned_on();
  facts::v1::Fact fact = NewFact(context, hearing.name(), request.adjourned_on());
  *fact.mutable_hearing_adjourned()->mutable_planned_on() = request.planned_on();
  return With(std::move(hearing), std::move(fact), context);
}

absl::StatusOr<Outcome<v1::Hearing>> DeclineHearing(const CaseView& of, const v1::Hearing& current,
                                                    const v1::DeclineHearingRequest& request,
                                                    const Context& context) {
  FieldErrors errors;
  errors.NotBefore("declined_on", request.declined_on(), LastChange(current),
                   "the announcement or the last adjournment");
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kDeclineHearing));
  ASSIGN_OR_RETURN(const v1::HearingState next, Next(current, HearingAction::kDecline));

  v1::Hearing hearing = current;
  hearing.set_state(next);
  *hearing.mutable_declined_on() = request.declined_on();
  facts::v1::Fact fact = NewFact(context, hearing.name(), request.declined_on());
  fact.mutable_hearing_declined();
  return With(std::move(hearing), std::move(fact), context);
}

}  // namespace redress::visits::rules

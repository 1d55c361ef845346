#include "absl/strings/str_cat.h"
#include "common/rules/record_checks.h"
#include "common/rules/waiver.h"
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

constexpr std::string_view kAfterAnnouncement =
    "must be after the day on which it is announced, so that everybody can come";

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
  held.set_minutes_signed(hearing.has_signed_minutes());
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

// The petitioner or a representative was there, or signed that it be held without them.
void CheckPetitioner(const v1::RecordHearingRequest& request, bool present,
                     const google::type::Date& known_since, FieldErrors& errors) {
  if (!present && !request.has_absence_note()) {
    errors.Add("absence_note",
               "is needed where neither the petitioner nor a representative took part: their "
               "signed note that it be held without them");
  }
  if (request.has_absence_note()) {
    if (present) errors.Add("absence_note", "is for a hearing without the petitioner");
    if (request.absence_note().kind() != types::v1::EVIDENCE_KIND_SIGNED_NOTE) {
      errors.Add("absence_note.kind", "must be SIGNED_NOTE");
    }
    errors.NotBefore("absence_note.dated", request.absence_note().dated(), known_since,
                     "the announcement or the last adjournment");
  }
  if (!request.has_signed_minutes()) return;
  if (!present) errors.Add("signed_minutes", "can be signed only by a petitioner who took part");
  if (request.signed_minutes().kind() != types::v1::EVIDENCE_KIND_TRANSCRIPT) {
    errors.Add("signed_minutes.kind", "must be TRANSCRIPT");
  }
  errors.NotBefore("signed_minutes.dated", request.signed_minutes().dated(), request.held_on(),
                   "the hearing");
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
  if (DayOf(asked.planned_on()) <= DayOf(asked.announced_on())) {
    errors.Add("hearing.planned_on", kAfterAnnouncement);
  }
  if (DayOf(asked.planned_on()) <= context.today && !asked.has_announcement_proof()) {
    errors.Add("hearing.announcement_proof",
               "is needed where an announcement is entered on the day of the hearing or later");
  }
  if (asked.has_announcement_proof() &&
      DayOf(asked.announcement_proof().dated()) >= DayOf(asked.planned_on())) {
    errors.Add("hearing.announcement_proof.dated", "must be before the day of the hearing");
  }
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
  if (asked.has_announcement_proof()) {
    *hearing.mutable_announcement_proof() = asked.announcement_proof();
  }
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
  bool petitioner = false;
  for (int i = 0; i < request.participants_size(); ++i) {
    const v1::HearingParticipant& participant = request.participants(i);
    third_party |= IsThirdParty(participant.kind());
    petitioner |= participant.kind() == v1::PARTICIPANT_KIND_PETITIONER;
    if (IsThirdParty(participant.kind()) && IsBlank(participant.full_name()) &&
        participant.unit().empty()) {
      errors.Add(absl::StrCat("participants[", i, "].full_name"),
                 "must say who the third party is, or their unit must");
    }
    if (IsThirdParty(participant.kind()) || participant.kind() == v1::PARTICIPANT_KIND_CHAIR) {
      ::redress::rules::CheckOutside(absl::StrCat("participants[", i, "].unit"), participant.unit(),
                                     of.responsible_unit, errors);
    }
    if (NeedsConsent(participant.kind()) && !participant.consent_given()) {
      errors.Add(absl::StrCat("participants[", i, "].consent_given"),
                 "a relative or neighbour takes part only with the petitioner's written consent");
    }
  }
  if (!third_party) {
    errors.Add("participants",
               "must name at least one third party: a lawyer, counsellor or expert (三(五))");
  }
  CheckPetitioner(request, petitioner, LastChange(current), errors);
  ::redress::rules::CheckNoWaiver("result", request.result(), errors);
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
  if (request.has_signed_minutes()) *hearing.mutable_signed_minutes() = request.signed_minutes();
  if (request.has_absence_note()) *hearing.mutable_absence_note() = request.absence_note();
  facts::v1::Fact fact = NewFact(context, hearing.name(), request.held_on());
  *fact.mutable_hearing_held() = Count(hearing);
  return With(std::move(hearing), std::move(fact), context);
}

absl::StatusOr<Outcome<v1::Hearing>> AdjournHearing(const CaseView& of, const v1::Hearing& current,
                                                    const v1::AdjournHearingRequest& request,
                                                    const Context& context) {
  FieldErrors errors;
  if (DayOf(request.planned_on()) <= DayOf(request.adjourned_on())) {
    errors.Add("planned_on", kAfterAnnouncement);
  } else if (DayOf(request.planned_on()) <= context.today && !current.has_announcement_proof()) {
    errors.Add("planned_on", "must be after today, so that everybody can be told");
  }
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
  if (of.lead.empty() || context.actor.official() != of.lead) {
    errors.Add("decline", "is recorded by the lead of this case");
  }
  const facts::v1::DeclineProof proof =
      ::redress::rules::CheckDecline(request.decline(), of.responsible_unit, "decline", errors);
  if (request.decline().has_signed_note()) {
    errors.NotBefore("decline.signed_note.dated", request.decline().signed_note().dated(),
                     LastChange(current), "the announcement or the last adjournment");
  }
  errors.NotBefore("declined_on", request.declined_on(), LastChange(current),
                   "the announcement or the last adjournment");
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kDeclineHearing));
  ASSIGN_OR_RETURN(const v1::HearingState next, Next(current, HearingAction::kDecline));

  v1::Hearing hearing = current;
  hearing.set_state(next);
  *hearing.mutable_declined_on() = request.declined_on();
  *hearing.mutable_decline() = request.decline();
  facts::v1::Fact fact = NewFact(context, hearing.name(), request.declined_on());
  fact.mutable_hearing_declined()->set_decline_proof(proof);
  return With(std::move(hearing), std::move(fact), context);
}

}  // namespace redress::visits::rules

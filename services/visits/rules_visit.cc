#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/rules/record_checks.h"
#include "common/status/macros.h"
#include "common/validate/validate.h"
#include "services/visits/rules.h"
#include "services/visits/tables.h"

namespace redress::visits::rules {
namespace {

using internal::WishAction;
using internal::WishState;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;

bool IsBlank(const std::string& text) { return !validate::HasVisibleText(text); }

bool IsHeld(const v1::Visit& visit) { return visit.outcome() == v1::VISIT_OUTCOME_HELD; }

void CheckHeld(const CaseView& of, const v1::Visit& asked, FieldErrors& errors) {
  if (asked.place() == facts::v1::VISIT_PLACE_UNSPECIFIED) {
    errors.Add("visit.place", "must be set for a visit that was held");
  }
  if (IsBlank(asked.account())) {
    errors.Add("visit.account", "must be written for a visit that was held");
  }
  std::set<std::string> heard;
  for (int i = 0; i < asked.heard_claims_size(); ++i) {
    const std::string& claim = asked.heard_claims(i);
    const std::string field = absl::StrCat("visit.heard_claims[", i, "]");
    if (std::find(of.claims.begin(), of.claims.end(), claim) == of.claims.end()) {
      errors.Add(field, "is no claim of this case");
    } else if (!heard.insert(claim).second) {
      errors.Add(field, "is named twice");
    }
  }
  if (asked.has_decline()) {
    errors.Add("visit.decline", "applies only to a visit that was declined");
  }
  // One picture is no transcript: what is kept is among the evidence as what it is.
  bool transcript = false;
  std::set<std::string> evidence;
  for (int i = 0; i < asked.evidence_size(); ++i) {
    const types::v1::EvidenceRef& one = asked.evidence(i);
    const std::string field = absl::StrCat("visit.evidence[", i, "]");
    if (!evidence.insert(one.sha256()).second) errors.Add(field, "is named twice");
    if (one.kind() != types::v1::EVIDENCE_KIND_TRANSCRIPT) continue;
    transcript = true;
    errors.NotBefore(field + ".dated", one.dated(), asked.visited_on(), "the visit");
  }
  if (asked.transcript_kept() && !transcript) {
    errors.Add("visit.evidence", "must have the transcript that was kept");
  }
  for (int i = 0; i < asked.follow_ups_size(); ++i) {
    errors.NotBefore(absl::StrCat("visit.follow_ups[", i, "].due_on"), asked.follow_ups(i).due_on(),
                     asked.visited_on(), "the visit");
  }
}

void CheckNotHeld(const v1::Visit& asked, FieldErrors& errors) {
  constexpr std::string_view kOnlyHeld = "applies only to a visit that was held";
  if (asked.place() != facts::v1::VISIT_PLACE_UNSPECIFIED) errors.Add("visit.place", kOnlyHeld);
  if (!asked.heard_claims().empty()) errors.Add("visit.heard_claims", kOnlyHeld);
  if (asked.transcript_kept()) errors.Add("visit.transcript_kept", kOnlyHeld);
  if (!asked.evidence().empty()) errors.Add("visit.evidence", kOnlyHeld);
  if (!asked.follow_ups().empty()) errors.Add("visit.follow_ups", kOnlyHeld);
  if (asked.outcome() == v1::VISIT_OUTCOME_NOT_ARRANGED && !asked.petitioner_asked().empty()) {
    errors.Add("visit.petitioner_asked", "cannot be known of a visit that was not arranged");
  }
  if (asked.outcome() == v1::VISIT_OUTCOME_NOT_ARRANGED && asked.has_decline()) {
    errors.Add("visit.decline", "applies only to a visit that was declined");
  }
}

// Nobody records what somebody else did for the petitioner; that a visit of the lead was not even
// arranged their case officer may write.
void CheckWho(const CaseView& of, const v1::Visit& asked, const Context& context,
              FieldErrors& errors) {
  const bool own = asked.official() == context.actor.official();
  const bool lead = !of.lead.empty() && asked.official() == of.lead;
  switch (asked.outcome()) {
    case v1::VISIT_OUTCOME_NOT_ARRANGED:
      if (!own && !lead) {
        errors.Add("visit.official", "must be you, or the lead of this case for whom you write");
      }
      return;
    case v1::VISIT_OUTCOME_DECLINED:
      if (!own || !lead) {
        errors.Add(
            "visit.official",
            "must be you, as the lead: that the petitioner declined is recorded by the lead");
      }
      return;
    default:
      if (!own) errors.Add("visit.official", "must be you: whoever made the visit records it");
  }
}

WishAction ActionOf(const v1::Visit& visit) {
  switch (visit.outcome()) {
    case v1::VISIT_OUTCOME_DECLINED:
      return WishAction::kDecline;
    case v1::VISIT_OUTCOME_NOT_ARRANGED:
      return WishAction::kMiss;
    default:
      return visit.place() == facts::v1::VISIT_PLACE_OFFICE ? WishAction::kReceive
                                                            : WishAction::kVisit;
  }
}

// The wish as it was on a day, as far as the last change of it tells.
WishState WishOn(const v1::VisitWish* wish, const google::type::Date& day) {
  if (wish == nullptr || wish->wanted()) return WishState::kWanted;
  // What was before the petitioner declined may still be recorded.
  return DayOf(day) < DayOf(wish->since()) ? WishState::kWanted : WishState::kNotWanted;
}

v1::VisitWish NewWish(const CaseView& of, bool wanted, const google::type::Date& since) {
  v1::VisitWish wish;
  wish.set_name(WishName(of.name));
  wish.set_case_name(of.name);
  wish.set_wanted(wanted);
  *wish.mutable_since() = since;
  return wish;
}

void AddHeldFacts(const v1::Visit& visit, bool by_lead, const Context& context,
                  std::vector<facts::v1::Fact>& facts) {
  facts::v1::Fact held = NewFact(context, visit.name(), visit.visited_on());
  held.mutable_visit_held()->set_place(visit.place());
  held.mutable_visit_held()->set_by_lead(by_lead);
  held.mutable_visit_held()->set_diary_written(true);  // a held visit without account is refused
  facts.push_back(std::move(held));
  for (const std::string& claim : visit.heard_claims()) {
    facts::v1::Fact heard = NewFact(context, visit.name(), visit.visited_on());
    heard.set_claim(claim);
    heard.mutable_petitioner_heard()->set_by_lead(by_lead);
    heard.mutable_petitioner_heard()->set_transcript_kept(visit.transcript_kept());
    facts.push_back(std::move(heard));
  }
}

}  // namespace

absl::StatusOr<Outcome<v1::Visit>> RecordVisit(const CaseView& of, const v1::VisitWish* wish,
                                               const v1::RecordVisitRequest& request,
                                               const Context& context) {
  const v1::Visit& asked = request.visit();
  FieldErrors errors;
  CheckWho(of, asked, context, errors);
  facts::v1::DeclineProof proof = facts::v1::DECLINE_PROOF_UNSPECIFIED;
  if (asked.outcome() == v1::VISIT_OUTCOME_DECLINED) {
    proof = ::redress::rules::CheckDecline(asked.decline(), of.responsible_unit, "visit.decline",
                                           errors);
  }
  if (IsHeld(asked)) {
    CheckHeld(of, asked, errors);
  } else {
    CheckNotHeld(asked, errors);
  }
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kRecordVisit));
  if (!internal::kWishes.Allows(WishOn(wish, asked.visited_on()), ActionOf(asked))) {
    return Refuse("VISITS_NOT_WANTED", of.name,
                  absl::StrCat("the petitioner declined visits on ",
                               absl::FormatCivilTime(DayOf(wish->since())),
                               "; none is due until they ask again, which is recorded first"));
  }

  Outcome<v1::Visit> recorded;
  v1::Visit& visit = recorded.resource;
  visit = asked;
  visit.set_name(absl::StrCat(of.name, "/visits/", context.new_id()));
  visit.clear_etag();
  visit.set_case_name(of.name);
  *visit.mutable_recorded_by() = context.actor;
  visit.clear_create_time();
  visit.set_campaign(of.campaign);
  for (int i = 0; i < visit.follow_ups_size(); ++i) {
    visit.mutable_follow_ups(i)->set_number(i + 1);
    visit.mutable_follow_ups(i)->clear_done_on();
  }

  const bool by_lead = !of.lead.empty() && visit.official() == of.lead;
  if (IsHeld(visit)) {
    AddHeldFacts(visit, by_lead, context, recorded.facts);
  } else {
    facts::v1::Fact fact = NewFact(context, visit.name(), visit.visited_on());
    if (visit.outcome() == v1::VISIT_OUTCOME_DECLINED) {
      fact.mutable_visit_declined()->set_by_lead(by_lead);
      fact.mutable_visit_declined()->set_decline_proof(proof);
      // A refusal that is recorded after a later wish for visits does not undo that wish.
      const bool overtaken = wish != nullptr && DayOf(wish->since()) > DayOf(visit.visited_on());
      const bool declined_already = wish != nullptr && !wish->wanted();
      if (!overtaken && !declined_already) {
        recorded.others.push_back(
            std::make_shared<v1::VisitWish>(NewWish(of, false, visit.visited_on())));
      }
    } else {
      fact.mutable_visit_not_arranged();
    }
    recorded.facts.push_back(std::move(fact));
  }
  for (facts::v1::Fact& fact : recorded.facts) SetKind(fact);
  return recorded;
}

absl::StatusOr<Outcome<v1::Visit>> CompleteFollowUp(const CaseView& of, const v1::Visit& current,
                                                    const v1::CompleteFollowUpRequest& request,
                                                    const Context& context) {
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kCompleteFollowUp));
  FieldErrors errors;
  if (request.follow_up() > current.follow_ups_size()) {
    errors.Add("follow_up", "is no follow-up of this visit");
  }
  errors.NotBefore("done_on", request.done_on(), current.visited_on(), "the visit");
  RETURN_IF_ERROR(errors.ToStatus());
  Outcome<v1::Visit> outcome;
  outcome.resource = current;
  v1::FollowUp& follow_up = *outcome.resource.mutable_follow_ups(request.follow_up() - 1);
  if (follow_up.has_done_on()) {
    return Refuse("FOLLOW_UP_DONE", current.name(), "it is recorded as done already");
  }
  *follow_up.mutable_done_on() = request.done_on();
  facts::v1::Fact fact = NewFact(context, current.name(), request.done_on());
  fact.mutable_follow_up_done();
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::VisitWish>> WantVisits(const CaseView& of, const v1::VisitWish* wish,
                                                  const v1::WantVisitsRequest& request,
                                                  const Context& context) {
  RETURN_IF_ERROR(CheckCase(of, CaseAction::kWantVisits));
  const WishState state =
      wish == nullptr || wish->wanted() ? WishState::kWanted : WishState::kNotWanted;
  RETURN_IF_ERROR(fsm::Require(internal::kWishes, state, WishAction::kWant, internal::WishStates(),
                               internal::WishActions(), "VISIT_WISH_STATE", of.name)
                      .status());
  FieldErrors errors;
  errors.NotBefore("asked_on", request.asked_on(), wish->since(), "the day they declined");
  RETURN_IF_ERROR(errors.ToStatus());
  Outcome<v1::VisitWish> outcome;
  outcome.resource = NewWish(of, true, request.asked_on());
  facts::v1::Fact fact = NewFact(context, outcome.resource.name(), request.asked_on());
  fact.mutable_visits_wanted();
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::visits::rules

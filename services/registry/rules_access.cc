#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::Refuse;

void AddOnce(const std::string& who, google::protobuf::RepeatedPtrField<std::string>& list) {
  if (!who.empty() && std::find(list.begin(), list.end(), who) == list.end()) *list.Add() = who;
}

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& list, std::string_view who) {
  return std::find(list.begin(), list.end(), who) != list.end();
}

}  // namespace

absl::StatusOr<v1::CaseAccess> UpdateAccess(const v1::CaseAccess& current,
                                            const v1::UpdateCaseAccessRequest& request,
                                            const auth::WallHash& hash) {
  std::vector<status::Violation> barred;
  const auto check = [&](const std::string& who) {
    if (who.empty()) return;
    v1::Candidate candidate;
    if (who.starts_with("units/")) {
      candidate.set_unit(who);
    } else {
      candidate.set_official(who);
    }
    if (IsBarred(current, candidate, hash)) {
      barred.push_back({"ACCESS", who, "is accused in or recused from this case (Reg. 28, 30)"});
    }
  };
  for (const v1::Participant& participant : request.add()) check(participant.official());
  check(request.responsible_unit());
  if (!barred.empty()) {
    return status::Unmet("ACCESS_BARRED", "somebody may have no part in this case", barred);
  }
  v1::CaseAccess access = current;
  for (const v1::Participant& removed : request.remove()) {
    auto& participants = *access.mutable_participants();
    participants.erase(std::remove_if(participants.begin(), participants.end(),
                                      [&](const v1::Participant& participant) {
                                        return participant.official() == removed.official() &&
                                               participant.part() == removed.part();
                                      }),
                       participants.end());
  }
  for (const v1::Participant& added : request.add()) {
    const bool there = std::any_of(access.participants().begin(), access.participants().end(),
                                   [&](const v1::Participant& participant) {
                                     return participant.official() == added.official() &&
                                            participant.part() == added.part();
                                   });
    if (!there) *access.add_participants() = added;
  }
  if (!request.responsible_unit().empty()) access.set_responsible_unit(request.responsible_unit());
  return access;
}

bool TakesAnotherPerson(const v1::CaseAccess& access, std::string_view permission,
                        const types::v1::Actor& actor) {
  return permission == "assistance.pay" &&
         (Contains(access.agreement_signers(), actor.official()) ||
          Contains(access.agreement_signer_persons(), actor.person()));
}

v1::CaseAccess InLine(const v1::CaseAccess& current, const v1::Case& file) {
  v1::CaseAccess access = current;
  access.set_state(file.state());
  access.clear_claims();
  for (const v1::Claim& claim : file.claims()) access.add_claims(claim.name());
  if (IsSet(file.received_on())) *access.mutable_received_on() = file.received_on();
  // Whoever signed once stays among them, also after an agreement was withdrawn and signed anew.
  for (const v1::Claim& claim : file.claims()) {
    const types::v1::Actor& signer = claim.settlement().signed_by();
    AddOnce(signer.official(), *access.mutable_agreement_signers());
    AddOnce(signer.person(), *access.mutable_agreement_signer_persons());
  }
  access.clear_recused();
  for (const v1::Recusal& recusal : file.recusals()) {
    if (!IsSet(recusal.ended_on())) access.add_recused(recusal.official());
  }
  return access;
}

absl::StatusOr<Outcome<v1::Case>> RecuseOfficial(const v1::Case& current,
                                                 const v1::CaseAccess& access,
                                                 const v1::RecuseOfficialRequest& request,
                                                 const InRegister& official,
                                                 const Context& context) {
  if (!official.known) return status::InvalidField("official", "is not registered");
  // Else the last who can end a recusal could shut everybody out, themselves too.
  if (request.official() == context.actor.official()) {
    return Refuse("OWN_RECUSAL", request.official(),
                  "somebody else decides on your recusal: another head, or the superior office "
                  "(Reg. 28)");
  }
  for (const v1::Recusal& recusal : current.recusals()) {
    if (recusal.official() == request.official() && !IsSet(recusal.ended_on())) {
      return Refuse("ALREADY_RECUSED", request.official(), "is recused from this case already");
    }
  }
  if (std::any_of(access.participants().begin(), access.participants().end(),
                  [&](const v1::Participant& participant) {
                    return participant.official() == request.official();
                  })) {
    return Refuse("RECUSED_HAS_PART", request.official(), "hand the part over first (Reg. 28)");
  }
  Outcome<v1::Case> outcome{current, {}};
  v1::Recusal& recusal = *outcome.resource.add_recusals();
  recusal.set_official(request.official());
  recusal.set_ground(request.ground());
  *recusal.mutable_recused_on() = request.recused_on();
  *recusal.mutable_recused_by() = context.actor;
  return outcome;
}

absl::StatusOr<Outcome<v1::Case>> EndRecusal(const v1::Case& current,
                                             const v1::EndRecusalRequest& request,
                                             const Context& context) {
  Outcome<v1::Case> outcome{current, {}};
  auto& recusals = *outcome.resource.mutable_recusals();
  const auto held = std::find_if(recusals.begin(), recusals.end(), [&](const v1::Recusal& recusal) {
    return recusal.official() == request.official() && !IsSet(recusal.ended_on());
  });
  if (held == recusals.end()) {
    return Refuse("NOT_RECUSED", request.official(), "is not recused from this case");
  }
  FieldErrors errors;
  errors.NotBefore("ended_on", request.ended_on(), held->recused_on(),
                   "the day on which it was decided");
  RETURN_IF_ERROR(errors.ToStatus());
  *held->mutable_ended_on() = request.ended_on();
  *held->mutable_ended_by() = context.actor;
  return outcome;
}

}  // namespace redress::registry::rules

#include <algorithm>
#include <cctype>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/auth/permissions.h"
#include "common/fsm/fsm.h"
#include "common/fsm/print.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::DateOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;
using types::v1::CASE_STATE_CLOSED;
using types::v1::CASE_STATE_CLOSING;
using types::v1::CASE_STATE_OPEN;
using types::v1::CaseState;

constexpr fsm::Transition<CaseState, CaseAction> kCaseMoves[] = {
    {CASE_STATE_OPEN, CaseAction::kChange, CASE_STATE_OPEN},
    {CASE_STATE_OPEN, CaseAction::kPropose, CASE_STATE_CLOSING},
    {CASE_STATE_CLOSING, CaseAction::kApprove, CASE_STATE_CLOSED},
    {CASE_STATE_CLOSING, CaseAction::kReject, CASE_STATE_OPEN},
    {CASE_STATE_CLOSED, CaseAction::kReopen, CASE_STATE_OPEN},
};
constexpr fsm::Table kCases(CASE_STATE_OPEN, kCaseMoves);
static_assert(kCases.Deterministic());

const fsm::Names<CaseAction>& ActionNames() {
  static const auto* const names =
      new fsm::Names<CaseAction>({{CaseAction::kChange, "change"},
                                  {CaseAction::kPropose, "propose closure"},
                                  {CaseAction::kApprove, "close"},
                                  {CaseAction::kReject, "reject closure"},
                                  {CaseAction::kReopen, "reopen"}});
  return *names;
}

// The alphabet of check characters: no letter that is taken for a digit or for another letter.
constexpr std::string_view kCheckAlphabet = "0123456789ABCDEFGHJKLMNPQRTUVWX";  // 31, a prime

// Finds every wrong digit and every swap of neighbours: weights differ and 31 is prime.
char CheckCharacter(std::string_view text) {
  int sum = 0;
  int weight = 2;
  for (char c : text) {
    if (!std::isdigit(static_cast<unsigned char>(c))) continue;
    sum = (sum + weight * (c - '0' + 1)) % 31;
    weight = weight * 3 % 31;
  }
  return kCheckAlphabet[sum];
}

void FillClaim(v1::Claim& claim, const v1::NewClaim& from, std::string_view case_name, int number) {
  claim.set_name(absl::StrCat(std::string(case_name), "/claims/", number));
  claim.set_kind(from.kind());
  claim.set_subject(from.subject());
  claim.set_statement(from.statement());
  *claim.mutable_accused_unregistered() = from.accused_unregistered();
}

facts::v1::Fact ClaimFact(const v1::Claim& claim, const google::type::Date& on,
                          const Context& context) {
  facts::v1::Fact fact = NewFact(context, claim.name(), on);
  fact.set_claim(claim.name());
  fact.mutable_claim_registered()->set_claim_kind(claim.kind());
  fact.mutable_claim_registered()->set_claim_subject(claim.subject());
  SetKind(fact);
  return fact;
}

}  // namespace

absl::Status CheckCaseAction(const v1::Case& current, CaseAction action) {
  if (current.revocation().has_revoked_by()) {
    return Refuse("CASE_STATE", current.name(),
                  "its registration was taken back; what it asked for goes on in another case");
  }
  if (kCases.Allows(current.state(), action)) return absl::OkStatus();
  switch (current.state()) {
    case CASE_STATE_CLOSED:
      return Refuse("CASE_STATE", current.name(), "the case is closed; reopen it first");
    case CASE_STATE_CLOSING:
      return Refuse("CASE_STATE", current.name(),
                    "a closure is proposed; approve or reject it first");
    default:
      return Refuse("CASE_STATE", current.name(),
                    action == CaseAction::kReopen ? "the case is open already"
                                                  : "no closure is proposed; propose it first");
  }
}

std::string CaseStateTable() {
  // "change" stands for every record on claims and rounds: whoever may make one of them.
  const auto may_change = [](types::v1::Role role) {
    for (const auth::Permission& permission : auth::AllPermissions()) {
      const std::string_view name = permission.name;
      const bool reads = name.ends_with(".get") || name.ends_with(".list");
      const bool record = name.starts_with("claims.") || name.starts_with("rounds.") ||
                          name.starts_with("settlements.") || name == "cases.addClaim" ||
                          name == "cases.retract" || name == "needs.find";
      if (record && !reads && permission.roles.Has(role)) return true;
    }
    return false;
  };
  const auto may = [&may_change](types::v1::Role role, CaseAction action) {
    if (action == CaseAction::kChange) return may_change(role);
    constexpr std::string_view kPermissions[] = {"", "closures.propose", "closures.approve",
                                                 "closures.reject", "cases.reopen"};
    return auth::Permits(auth::RoleSet{role}, kPermissions[static_cast<int>(action)]);
  };
  return fsm::Markdown(kCases, fsm::ProtoNames<CaseState>("CASE_STATE_"), ActionNames(),
                       fsm::ProtoNames<types::v1::Role>("ROLE_"), may);
}

absl::StatusOr<Registration> Register(const v1::Campaign& campaign,
                                      const v1::RegisterCaseRequest& request,
                                      const RegistrationNames& names, const Context& context) {
  FieldErrors errors;
  if (request.petitioner().empty() == !request.has_new_petitioner()) {
    errors.Add("petitioner", "exactly one of petitioner and new_petitioner must be set");
  }
  if (request.has_new_petitioner() && request.new_petitioner().full_name().empty()) {
    errors.Add("new_petitioner.full_name", "must be set");
  }
  for (int i = 0; i < request.representatives_size(); ++i) {
    if (!request.representatives(i).full_name().empty()) continue;
    errors.Add(absl::StrCat("representatives[", i, "].full_name"), "must be set");
  }
  CheckAccusation(request, errors);
  RETURN_IF_ERROR(errors.ToStatus());

  Registration made;
  v1::Case& file = made.case_file;
  file.set_name(names.case_name);
  file.set_registration_number(
      RegistrationNumber(request.region_code(), names.year,
                         names.number + (IsAccusation(request) ? kAccusationNumbers : 0)));
  file.set_campaign(campaign.name());
  file.set_plan_revision(campaign.plan_revision());
  file.set_region_code(request.region_code());
  file.set_state(CASE_STATE_OPEN);
  file.set_source(request.source());
  *file.mutable_received_on() = request.received_on();
  file.set_prominent(request.prominent());
  file.set_petitioner(names.petitioner);
  file.set_entry_criterion(request.entry_criterion());
  file.set_rounds(1);
  *file.mutable_registered_by() = context.actor;
  made.access.set_name(names.case_name);
  made.access.set_region_code(request.region_code());
  made.access.set_campaign(campaign.name());
  made.access.set_state(CASE_STATE_OPEN);
  *made.access.mutable_received_on() = request.received_on();

  const auto add_person = [&](const v1::PersonIdentity& identity, const std::string& name) {
    v1::Petitioner person;
    person.set_name(name);
    *person.mutable_identity() = identity;
    person.set_region_code(request.region_code());
    made.new_persons.push_back(std::move(person));
  };
  if (request.has_new_petitioner()) add_person(request.new_petitioner(), names.petitioner);
  for (int i = 0; i < request.representatives_size(); ++i) {
    add_person(request.representatives(i), names.representatives[i]);
    file.add_representatives(names.representatives[i]);
  }

  facts::v1::Fact registered = NewFact(context, file.name(), DateOf(context.today));
  registered.set_campaign(campaign.name());
  facts::v1::CaseRegistered& detail = *registered.mutable_case_registered();
  detail.set_source(request.source());
  *detail.mutable_received_on() = request.received_on();
  detail.set_prominent(request.prominent());
  detail.set_region_code(request.region_code());
  detail.set_plan_revision(campaign.plan_revision());
  detail.set_claims(request.claims_size());
  detail.set_registration_number(file.registration_number());
  SetKind(registered);
  const google::type::Date registered_on = registered.event_date();
  made.facts.push_back(std::move(registered));

  v1::Round& round = made.round;
  round.set_name(absl::StrCat(file.name(), "/rounds/1"));
  round.set_case_name(file.name());
  round.set_number(1);
  round.set_kind(types::v1::ROUND_KIND_HANDLING);
  *round.mutable_received_on() = request.received_on();
  round.set_state(v1::ROUND_STATE_OPENED);

  for (int i = 0; i < request.claims_size(); ++i) {
    v1::Claim& claim = *file.add_claims();
    FillClaim(claim, request.claims(i), file.name(), i + 1);
    round.add_claims(claim.name());
    made.access.add_claims(claim.name());
    facts::v1::Fact fact = ClaimFact(claim, registered_on, context);
    fact.set_campaign(campaign.name());
    made.facts.push_back(std::move(fact));
  }

  facts::v1::Fact opened = NewFact(context, round.name(), registered_on);
  opened.set_campaign(campaign.name());
  opened.set_round(round.name());
  opened.mutable_round_opened()->set_round_kind(round.kind());
  *opened.mutable_round_opened()->mutable_received_on() = request.received_on();
  SetKind(opened);
  made.facts.push_back(std::move(opened));
  return made;
}

absl::StatusOr<Outcome<v1::Case>> AddClaim(const v1::Case& current,
                                           const v1::AddClaimRequest& request,
                                           const Context& context) {
  // Whatever came into a case with an accusation would leave everybody's sight with it.
  if (request.claim().kind() == types::v1::CLAIM_KIND_ACCUSATION || IsAccusation(current)) {
    return Refuse("ACCUSATION_OF_ITS_OWN", current.name(),
                  "an accusation is a case of its own: the petition office or a higher platform "
                  "registers it; hand the office a sealed note");
  }
  FieldErrors errors;
  if (!request.claim().accused().empty() || !request.claim().accused_unregistered().empty()) {
    errors.Add("claim.accused", "is for accusations only");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kChange));
  Outcome<v1::Case> outcome{current, {}};
  v1::Claim& claim = *outcome.resource.add_claims();
  FillClaim(claim, request.claim(), current.name(), outcome.resource.claims_size());
  outcome.facts.push_back(ClaimFact(claim, DateOf(context.today), context));
  return outcome;
}

absl::StatusOr<Outcome<v1::Case>> RecordNeed(const v1::Case& current,
                                             const v1::RecordNeedRequest& request,
                                             const Context& context) {
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kChange));
  if (current.assistance_needed()) {
    return Refuse("NEED_RECORDED", current.name(), "the need of the household is recorded already");
  }
  Outcome<v1::Case> outcome{current, {}};
  outcome.resource.set_assistance_needed(true);
  facts::v1::Fact fact = NewFact(context, current.name(), request.found_on());
  fact.mutable_assistance_need_found();
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

std::string RegistrationNumber(std::string_view region_code, int year, int64_t number) {
  const std::string body =
      absl::StrFormat("%s-%04d-%05d", std::string(region_code.substr(0, 9)), year, number);
  return absl::StrCat(body, "-", std::string(1, CheckCharacter(body)));
}

bool IsRegistrationNumber(std::string_view text) {
  // Region, year, number: the check character covers digits only, so where the dashes stand is
  // checked here.
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), '-');
  if (parts.size() != 4 || parts[3].size() != 1) return false;
  for (size_t i = 0; i < 3; ++i) {
    if (!std::all_of(parts[i].begin(), parts[i].end(), absl::ascii_isdigit)) return false;
  }
  const size_t region = parts[0].size();
  if (region < 6 || region > 9 || parts[1].size() != 4 || parts[2].size() < 5) return false;
  return absl::ascii_toupper(static_cast<unsigned char>(text.back())) ==
         CheckCharacter(text.substr(0, text.size() - 2));
}

}  // namespace redress::registry::rules

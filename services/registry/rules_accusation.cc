// Accusations: cases of their own, the wall around them, and how a wrong registration is taken
// back.
#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/rules/person.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::DateOf;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;
using types::v1::CLAIM_KIND_ACCUSATION;

template <class List>
bool Contains(const List& list, const std::string& who) {
  return std::find(list.begin(), list.end(), who) != list.end();
}

bool IsUnit(std::string_view name) { return name.starts_with("units/"); }

// Puts keys on a wall, each once.
class Wall {
 public:
  Wall(v1::CaseAccess& access, const WallHashes& hashes) : access_(access), hashes_(hashes) {}

  void Add(std::string_view key) { Put(*access_.mutable_walled(), hashes_.key(key)); }
  void Accuse(std::string_view who) { Put(*access_.mutable_accused(), hashes_.accused(who)); }
  bool Has(std::string_view key) const { return Contains(access_.walled(), hashes_.key(key)); }

 private:
  static void Put(google::protobuf::RepeatedPtrField<std::string>& list, std::string hash) {
    if (!Contains(list, hash)) *list.Add() = std::move(hash);
  }

  v1::CaseAccess& access_;
  const WallHashes& hashes_;
};

// The part of a case that somebody walled off holds; empty where none does.
std::vector<status::Violation> PartsInTheWay(const v1::CaseAccess& access,
                                             const auth::WallHash& hash) {
  constexpr char kHandOver[] = "hand the part over before the accusation is registered (Reg. 30)";
  std::vector<status::Violation> in_the_way;
  const auto check = [&](const std::string& who) {
    const bool walled = Contains(access.walled(), hash(who)) ||
                        (IsUnit(who) && Contains(access.walled(), hash(auth::HeadsKey(who))));
    if (walled) in_the_way.push_back({"ACCESS", who, kHandOver});
  };
  for (const v1::Participant& participant : access.participants()) check(participant.official());
  if (!access.responsible_unit().empty()) check(access.responsible_unit());
  return in_the_way;
}

// Somebody of the office sees the case: it is not accused, and neither is anybody of it, so that
// its head sees it too.
bool Sees(const std::string& office, const Wall& wall) {
  return !wall.Has(office) && !wall.Has(auth::HeadsKey(office));
}

}  // namespace

bool IsAccusation(const v1::RegisterCaseRequest& request) {
  return std::any_of(request.claims().begin(), request.claims().end(),
                     [](const auto& claim) { return claim.kind() == CLAIM_KIND_ACCUSATION; });
}

bool IsAccusation(const v1::Case& file) {
  return std::any_of(file.claims().begin(), file.claims().end(),
                     [](const v1::Claim& claim) { return claim.kind() == CLAIM_KIND_ACCUSATION; });
}

void CheckAccusation(const v1::RegisterCaseRequest& request, FieldErrors& errors) {
  const bool accusation = IsAccusation(request);
  for (int i = 0; i < request.claims_size(); ++i) {
    const v1::NewClaim& claim = request.claims(i);
    const std::string at = absl::StrCat("claims[", i, "]");
    const bool names = !claim.accused().empty() || !claim.accused_unregistered().empty();
    if (claim.kind() == CLAIM_KIND_ACCUSATION) {
      if (!names) {
        errors.Add(absl::StrCat(at, ".accused"),
                   "must name whom an accusation is against, so that nothing of it reaches them "
                   "(Reg. 30)");
      }
      continue;
    }
    if (accusation) {
      errors.Add(absl::StrCat(at, ".kind"),
                 "an accusation is a case of its own: register what else is asked for as another "
                 "case");
    }
    if (names) errors.Add(absl::StrCat(at, ".accused"), "is for accusations only");
    if (IsSet(claim.act_on())) errors.Add(absl::StrCat(at, ".act_on"), "is for accusations only");
  }
}

std::vector<std::string> AccusedIn(const v1::RegisterCaseRequest& request) {
  std::set<std::string> accused;
  for (const v1::NewClaim& claim : request.claims()) {
    accused.insert(claim.accused().begin(), claim.accused().end());
  }
  return {accused.begin(), accused.end()};
}

google::type::Date EarliestAct(const v1::RegisterCaseRequest& request) {
  std::optional<absl::CivilDay> earliest;
  for (const v1::NewClaim& claim : request.claims()) {
    if (std::none_of(claim.accused().begin(), claim.accused().end(), IsUnit)) continue;
    if (!IsSet(claim.act_on())) return {};
    const absl::CivilDay day = DayOf(claim.act_on());
    earliest = earliest ? std::min(*earliest, day) : day;
  }
  return earliest ? DateOf(*earliest) : google::type::Date();
}

absl::StatusOr<v1::CaseAccess> WallOff(const v1::CaseAccess& current,
                                       const assignment::v1::ResolveAccusedResponse& resolved,
                                       std::string_view field, const auth::Identity& caller,
                                       const WallHashes& hashes) {
  v1::CaseAccess access = current;
  Wall wall(access, hashes);
  wall.Add(auth::kUnboundKey);
  FieldErrors errors;
  for (const assignment::v1::ResolvedAccused& accused : resolved.accused()) {
    if (!accused.registered()) {
      errors.Add(field, absl::StrCat(accused.name(),
                                     " is not in the register; whoever is not goes into "
                                     "accused_unregistered"));
      continue;
    }
    wall.Accuse(accused.name());
    wall.Add(accused.name());
    for (const std::string& member : accused.members()) wall.Add(member);
    if (!accused.unit().empty()) wall.Add(auth::HeadsKey(accused.unit()));
    for (const std::string& leader : accused.leaders()) wall.Add(leader);
  }
  RETURN_IF_ERROR(errors.ToStatus());

  const std::vector<status::Violation> in_the_way = PartsInTheWay(access, hashes.key);
  if (!in_the_way.empty()) {
    return status::Unmet("ACCUSED_HAS_PART", "somebody accused has a part in this case",
                         in_the_way);
  }
  const bool some_office =
      std::any_of(resolved.offices().begin(), resolved.offices().end(),
                  [&](const std::string& office) { return Sees(office, wall); });
  // A machine is a platform above; a person must be of an office that goes on seeing the case.
  const bool callers_office =
      caller.kind == auth::Identity::Kind::kMachine ||
      (Contains(resolved.offices(), caller.unit) && Sees(caller.unit, wall));
  if (!some_office || !callers_office || (!caller.official.empty() && wall.Has(caller.official))) {
    std::vector<status::Violation> open;
    open.push_back({"OFFICE", caller.unit,
                    "the superior organ registers it: whoever is of an accused office, or of none, "
                    "does not (Reg. 30)"});
    return status::Unmet("WALL_LEAVES_NO_OFFICE",
                         "no petition office that is not accused could handle this", open);
  }
  return access;
}

v1::CaseAccess WallOffMember(const v1::CaseAccess& current,
                             const v1::RecordMembershipRequest& request, const WallHashes& hashes) {
  v1::CaseAccess access = current;
  Wall wall(access, hashes);
  const auto accused = [&](const std::string& who) {
    return Contains(access.accused(), hashes.accused(who));
  };
  const std::string& unit = request.units().empty() ? std::string() : *request.units().rbegin();
  for (const std::string& each : request.units()) {
    if (accused(each)) wall.Add(request.official());
  }
  if (request.principal_leader() && wall.Has(auth::HeadsKey(unit))) wall.Add(request.official());
  if (accused(request.official())) {
    wall.Add(auth::HeadsKey(unit));
    for (const std::string& leader : request.leaders()) wall.Add(leader);
  }
  return access;
}

bool IsBarred(const v1::CaseAccess& access, const v1::Candidate& candidate,
              const auth::WallHash& hash) {
  const auto walled = [&](std::string_view key) { return Contains(access.walled(), hash(key)); };
  if (candidate.official().empty()) {
    return walled(candidate.unit()) || walled(auth::HeadsKey(candidate.unit()));
  }
  if (Contains(access.recused(), candidate.official()) || walled(candidate.official())) return true;
  if (candidate.unit().empty()) return false;
  return walled(candidate.unit()) ||
         (candidate.may_lead() && walled(auth::HeadsKey(candidate.unit())));
}

bool MayReplace(const v1::Case& file) {
  return file.state() != types::v1::CASE_STATE_CLOSED && !file.has_revocation();
}

bool AccusesUnregistered(const v1::Case& file) {
  return std::any_of(file.claims().begin(), file.claims().end(),
                     [](const v1::Claim& claim) { return !claim.accused_unregistered().empty(); });
}

absl::StatusOr<Outcome<v1::Case>> ProposeRevocation(const v1::Case& current,
                                                    const v1::ProposeRevocationRequest& request,
                                                    const v1::Case* replacement,
                                                    const Context& context) {
  if (!IsAccusation(current)) {
    return Refuse("NOT_AN_ACCUSATION", current.name(),
                  "the case is no accusation; a petition is answered");
  }
  if (current.has_revocation()) {
    return Refuse("REVOCATION_PROPOSED", current.name(),
                  "to take it back is proposed already; somebody else decides");
  }
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kChange));
  FieldErrors errors;
  if (replacement == nullptr || replacement->name() == current.name() ||
      replacement->petitioner() != current.petitioner() || !MayReplace(*replacement)) {
    errors.Add("replaced_by",
               "must be another case of the same petitioner, in which what they ask for goes on");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  Outcome<v1::Case> outcome{current, {}};
  v1::Revocation& revocation = *outcome.resource.mutable_revocation();
  revocation.set_reason(request.reason());
  revocation.set_replaced_by(request.replaced_by());
  *revocation.mutable_proposed_by() = context.actor;
  *revocation.mutable_proposed_on() = DateOf(context.today);
  return outcome;
}

absl::StatusOr<Outcome<v1::Case>> DecideRevocation(const v1::Case& current,
                                                   const v1::DecideRevocationRequest& request,
                                                   const Replacement& replacement,
                                                   const Context& context) {
  if (!current.has_revocation() || current.revocation().has_revoked_by()) {
    return Refuse("NO_REVOCATION", current.name(), "nobody proposes to take it back");
  }
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kChange));
  const v1::Revocation& proposed = current.revocation();
  for (const types::v1::Actor& other : {proposed.proposed_by(), current.registered_by()}) {
    if (::redress::rules::SamePerson(other, context.actor)) {
      return Refuse("REVOCATION_TAKES_TWO", current.name(),
                    "somebody decides who neither proposed it nor registered the case");
    }
  }
  Outcome<v1::Case> outcome{current, {}};
  if (!request.approve()) {
    outcome.resource.clear_revocation();
    return outcome;
  }
  if (!replacement.goes_on) {
    return Refuse("REPLACEMENT_CLOSED", current.name(),
                  "the case in which what they ask for was to go on is closed; answer this one, or "
                  "have it proposed anew");
  }
  v1::Revocation& revocation = *outcome.resource.mutable_revocation();
  *revocation.mutable_revoked_by() = context.actor;
  *revocation.mutable_revoked_on() = DateOf(context.today);
  outcome.resource.set_state(types::v1::CASE_STATE_CLOSED);
  outcome.resource.clear_entry_criterion();
  facts::v1::Fact fact = NewFact(context, current.name(), DateOf(context.today));
  *fact.mutable_registration_revoked()->mutable_proposed_by() = proposed.proposed_by();
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::registry::rules

// The assignment of a case: who is answerable for it, and how that changes hands.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/permissions.h"
#include "common/base/ids.h"
#include "common/plan/plan.h"
#include "services/assignment/service.h"

namespace redress::assignment {
namespace {

// True for a call that is to change nothing.
template <class Req>
bool ValidatesOnly(const Req& asked) {
  if constexpr (requires { asked.validate_only(); }) return asked.validate_only();
  return false;
}

}  // namespace

rules::CaseView ViewOf(const store::CaseContext& context, std::vector<std::string> barred) {
  return {context.name, context.campaign, context.state, std::move(barred)};
}

absl::StatusOr<std::vector<std::string>> AssignmentService::BarredOf(
    const rpc::Call& call, const std::string& case_name, const rules::Officials& officials,
    const std::vector<std::string>& units) {
  std::vector<registry::v1::Candidate> candidates;
  for (const auto& [name, official] : officials) {
    registry::v1::Candidate& candidate = candidates.emplace_back();
    candidate.set_official(name);
    candidate.set_unit(official.unit());
    // Where the register names nobody as the head of a unit, each of it may be.
    ASSIGN_OR_RETURN(const std::vector<std::string> leaders,
                     store_.LeadersOf(call, official.unit()));
    candidate.set_may_lead(official.principal_leader() || leaders.empty());
  }
  for (const std::string& unit : units) {
    if (!unit.empty()) candidates.emplace_back().set_unit(unit);
  }
  return parts_.peers->Barred(call, case_name, candidates);
}

rules::Context AssignmentService::ContextOf(const rpc::Call& call) const {
  const absl::Time now = parts_.clock->Now();
  const auth::Permission* permission = auth::FindPermission(call.permission);
  return {base::DayAt(now),
          call.caller.ToActor(permission == nullptr ? auth::RoleSet() : permission->roles),
          [now] { return base::NewUuid(now); }, call.lang};
}

absl::StatusOr<v1::Assignment> AssignmentService::Put(rules::Outcome<v1::Assignment> outcome,
                                                      const v1::Assignment* before,
                                                      const AccessOutbox::Removal& removal,
                                                      store::Changes& changes) {
  const std::string case_name = outcome.resource.case_name();
  registry::v1::UpdateCaseAccessRequest change =
      rules::AccessChangeBetween(before, outcome.resource);
  // The assignment changed since the removal was made (or not made): what would now be committed
  // does not fit it.
  const registry::v1::UpdateCaseAccessRequest first = rules::RemovedFirst(change);
  const bool fits =
      std::equal(first.remove().begin(), first.remove().end(), removal.removed.remove().begin(),
                 removal.removed.remove().end(), [](const auto& a, const auto& b) {
                   return a.official() == b.official() && a.part() == b.part();
                 });
  if (!fits || absl::Now() > removal.commit_by) return status::Conflict();

  const rules::Context context = changes.rule_context();
  v1::Assignment put = changes.Apply(std::move(outcome));
  if (rules::IsEmpty(change)) return put;
  const std::string id = context.new_id();
  change.set_case_name(case_name);
  change.set_request_id(id);
  v1::AccessChange waiting;
  waiting.set_name(absl::StrCat("accessChanges/", id));
  waiting.set_case_name(case_name);
  waiting.set_number(changes.VersionOf(put));
  *waiting.mutable_change() = std::move(change);
  changes.Put(std::move(waiting));
  changes.AfterCommit(AccessOutbox::Told(case_name, removal));
  return put;
}

template <class Req>
absl::StatusOr<AssignmentService::Before> AssignmentService::Prepare(
    const rpc::Call& call, const Req& asked, bool removes_first, AssignmentRule<Req> rule,
    std::vector<std::string> named) {
  Before prepared;
  const std::string request_id = base::UuidBytes(asked.request_id());
  // A call that only validates has no stored answer to be given. The store gives one, as far as the
  // caller may still see the case.
  if (!ValidatesOnly(asked)) {
    ASSIGN_OR_RETURN(
        const bool repeated,
        store_.outbox().IsRepeat(asked, request_id, call.caller.subject, call.deadline));
    if (repeated) return prepared;
  }
  if (!removes_first && named.empty()) return prepared;
  // Registry is asked about nobody on behalf of somebody who may not act on the case.
  rpc::Call quiet = call;
  quiet.reading = std::make_shared<rpc::Reading>();
  ASSIGN_OR_RETURN(const store::CaseContext known,
                   store_.resources().CheckCase(quiet, asked.case_name()));
  std::vector<std::string> units;
  std::erase_if(named, [&](const std::string& name) {
    if (!name.starts_with("units/")) return name.empty();
    units.push_back(name);
    return true;
  });
  absl::StatusOr<v1::Assignment> current = absl::NotFoundError("");
  if (removes_first) {
    current = store_.resources().Get<v1::Assignment>(
        quiet, absl::StrCat(asked.case_name(), "/assignment"));
    if (!current.ok() && !absl::IsNotFound(current.status())) return current.status();
  }
  if (current.ok() && current->has_open_handover()) {
    named.push_back(current->open_handover().to_official());
    units.push_back(current->open_handover().to_unit());
  }
  ASSIGN_OR_RETURN(prepared.officials, store_.FindOfficials(call, named));
  ASSIGN_OR_RETURN(prepared.barred, BarredOf(call, asked.case_name(), prepared.officials, units));
  // A first run of the rule, on what is there now, tells what would be taken away. Whether it is
  // allowed is decided in the transaction; here a refusal only means that nothing is to be taken
  // away.
  if (!current.ok()) return prepared;
  if (!asked.etag().empty() && asked.etag() != current->etag()) return prepared;
  const auto outcome =
      rule(&*current, asked, ViewOf(known, prepared.barred), prepared.officials, ContextOf(call));
  if (!outcome.ok()) return prepared;
  ASSIGN_OR_RETURN(prepared.removal,
                   store_.outbox().Remove(call, request_id, asked.case_name(),
                                          rules::RemovedFirst(rules::AccessChangeBetween(
                                              &*current, outcome->resource))));
  return prepared;
}

template <class Resp, class Req>
AssignmentService::Write<Resp> AssignmentService::Change(const rpc::Call& call, const Req& asked,
                                                         AssignmentRule<Req> rule,
                                                         bool removes_first,
                                                         std::vector<std::string> named) {
  ASSIGN_OR_RETURN(Before before, Prepare(call, asked, removes_first, rule, std::move(named)));
  const std::string name = absl::StrCat(asked.case_name(), "/assignment");
  return service::Prepared<Resp>{
      {store::LockOf<v1::Assignment>(name)},
      [this, &asked, name, rule, before = std::move(before)](
          const store::Rows& rows, store::Changes& changes) -> absl::StatusOr<Resp> {
        const v1::Assignment* current = rows.Find<v1::Assignment>(name);
        ASSIGN_OR_RETURN(auto outcome,
                         rule(current, asked, ViewOf(rows.case_context(), before.barred),
                              before.officials, changes.rule_context()));
        Resp answer;
        ASSIGN_OR_RETURN(*answer.mutable_assignment(),
                         Put(std::move(outcome), current, before.removal, changes));
        return answer;
      }};
}

AssignmentService::Write<v1::AssignCaseResponse> AssignmentService::AssignCase(
    const rpc::Call& call, const v1::AssignCaseRequest& asked) {
  const std::string name = absl::StrCat(asked.case_name(), "/assignment");
  ASSIGN_OR_RETURN(rules::Officials officials,
                   store_.FindOfficials(call, {asked.lead(), asked.officer()}));
  ASSIGN_OR_RETURN(std::shared_ptr<const v1::Unit> unit, store_.FindUnit(call, asked.unit()));
  ASSIGN_OR_RETURN(std::vector<std::string> barred,
                   BarredOf(call, asked.case_name(), officials, {asked.unit()}));
  return service::Prepared<v1::AssignCaseResponse>{
      {store::LockOf<v1::Assignment>(name)},
      [this, &asked, name, officials = std::move(officials), unit = std::move(unit),
       barred = std::move(barred)](const store::Rows& rows, store::Changes& changes)
          -> absl::StatusOr<v1::AssignCaseResponse> {
        if (unit != nullptr &&
            !rules::RegionsMeet(unit->region_code(), rows.case_context().region_code)) {
          return status::InvalidField("unit", "is outside the region of the case");
        }
        const v1::Assignment* current = rows.Find<v1::Assignment>(name);
        ASSIGN_OR_RETURN(auto outcome, rules::AssignCase(current, unit.get(), asked,
                                                         ViewOf(rows.case_context(), barred),
                                                         officials, changes.rule_context()));
        v1::AssignCaseResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_assignment(),
                         Put(std::move(outcome), current, {}, changes));
        return answer;
      }};
}

AssignmentService::Write<v1::SetTaskForceResponse> AssignmentService::SetTaskForce(
    const rpc::Call& call, const v1::SetTaskForceRequest& asked) {
  std::vector<std::string> members;
  for (const v1::TaskForceMember& member : asked.task_force().members()) {
    members.push_back(member.official());
  }
  return Change<v1::SetTaskForceResponse>(call, asked, rules::SetTaskForce,
                                          /*removes_first=*/true, std::move(members));
}

AssignmentService::Write<v1::SetWorkPlanResponse> AssignmentService::SetWorkPlan(
    const rpc::Call& call, const v1::SetWorkPlanRequest& asked) {
  return Change<v1::SetWorkPlanResponse>(call, asked, rules::SetWorkPlan);
}

AssignmentService::Write<v1::CompleteMeasureResponse> AssignmentService::CompleteMeasure(
    const rpc::Call& call, const v1::CompleteMeasureRequest& asked) {
  return Change<v1::CompleteMeasureResponse>(call, asked, rules::CompleteMeasure);
}

AssignmentService::Write<v1::OfferHandoverResponse> AssignmentService::OfferHandover(
    const rpc::Call& call, const v1::OfferHandoverRequest& asked) {
  return Change<v1::OfferHandoverResponse>(call, asked, rules::OfferHandover,
                                           /*removes_first=*/false,
                                           {asked.to_official(), asked.to_unit()});
}

AssignmentService::Write<v1::AcceptHandoverResponse> AssignmentService::AcceptHandover(
    const rpc::Call& call, const v1::AcceptHandoverRequest& asked) {
  return Change<v1::AcceptHandoverResponse>(call, asked, rules::AcceptHandover,
                                            /*removes_first=*/true);
}

// An offer lets nobody read anything, so nothing is taken away before the commit.
AssignmentService::Write<v1::DeclineHandoverResponse> AssignmentService::DeclineHandover(
    const rpc::Call& call, const v1::DeclineHandoverRequest& asked) {
  return Change<v1::DeclineHandoverResponse>(call, asked, rules::DeclineHandover);
}

AssignmentService::Write<v1::WithdrawHandoverResponse> AssignmentService::WithdrawHandover(
    const rpc::Call& call, const v1::WithdrawHandoverRequest& asked) {
  return Change<v1::WithdrawHandoverResponse>(call, asked, rules::WithdrawHandover);
}

AssignmentService::Write<v1::GrantExtensionResponse> AssignmentService::GrantExtension(
    const rpc::Call& call, const v1::GrantExtensionRequest& asked) {
  const std::string case_name(base::RootName(asked.round()));
  const std::string name = absl::StrCat(asked.round(), "/extension");
  // Before registry is asked for anything of the case.
  RETURN_IF_ERROR(store_.resources().CheckCase(call, case_name).status());
  ASSIGN_OR_RETURN(std::vector<facts::v1::Fact> facts, parts_.peers->FactsOf(call, case_name));
  const auto registered = std::find_if(facts.begin(), facts.end(), [](const facts::v1::Fact& fact) {
    return fact.kind() == facts::v1::FACT_KIND_CASE_REGISTERED;
  });
  if (registered == facts.end()) return status::NotFound("round");
  ASSIGN_OR_RETURN(const std::string text, parts_.peers->PlanTextOf(call, *registered));
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan,
                   plan::Load(text, *parts_.rule_sets, nullptr, plan::Duties::kRecorded));
  return service::Prepared<v1::GrantExtensionResponse>{
      {store::LockOf<v1::Extension>(name)},
      [this, &asked, name, facts = std::move(facts), plan = std::move(plan)](
          const store::Rows& rows,
          store::Changes& changes) -> absl::StatusOr<v1::GrantExtensionResponse> {
        if (rows.case_context().state == types::v1::CASE_STATE_CLOSED) {
          return redress::rules::Refuse("CASE_CLOSED", rows.case_context().name,
                                        "the case is struck off; reopen it first");
        }
        ASSIGN_OR_RETURN(auto outcome,
                         rules::GrantExtension(rows.Find<v1::Extension>(name), asked, facts,
                                               plan->proto(), *parts_.rule_sets,
                                               *parts_.calendar->Get(), changes.rule_context()));
        v1::GrantExtensionResponse answer;
        *answer.mutable_extension() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

absl::StatusOr<v1::ListDueResponse> AssignmentService::ListDue(const rpc::Call& call,
                                                               const v1::ListDueRequest& asked) {
  if (asked.official().empty() == asked.unit().empty()) {
    return status::InvalidFields({{"official", "exactly one of official and unit must be set"},
                                  {"unit", "exactly one of official and unit must be set"}});
  }
  std::string unit_name = asked.unit();
  if (!asked.official().empty()) {
    ASSIGN_OR_RETURN(const rules::Officials found, store_.FindOfficials(call, {asked.official()}));
    if (found.empty()) return status::NotFound("official");
    unit_name = found.begin()->second.unit();
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<v1::Unit> unit, store_.FindUnit(call, unit_name));
  if (unit == nullptr) return status::NotFound("unit");
  RETURN_IF_ERROR(rules::CheckMayAskDue(call.caller, asked.official(), *unit, call.permission));
  const bool unassigned =
      asked.official().empty() && unit->kind() == types::v1::UNIT_KIND_PETITION_OFFICE;
  return parts_.peers->Due(call, asked, unassigned);
}

}  // namespace redress::assignment

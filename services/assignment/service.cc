#include "services/assignment/service.h"

#include <algorithm>

#include "common/auth/permissions.h"
#include "common/service/list.h"

namespace redress::assignment {
namespace {

template <class Req>
std::vector<std::string> NamesNobody(const Req&) {
  return {};
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
    candidate.set_principal_leader(official.principal_leader());
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
  int64_t number = 0;
  if (!absl::SimpleAtoi(put.etag(), &number)) return absl::InternalError("an etag is no version");
  waiting.set_number(number);
  *waiting.mutable_change() = std::move(change);
  changes.Put(std::move(waiting));
  store_.outbox().Expect(case_name, removal.attempt);
  return put;
}

grpc::ServerUnaryReactor* AssignmentService::AssignCase(grpc::CallbackServerContext* context,
                                                        const v1::AssignCaseRequest* request,
                                                        v1::AssignCaseResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::AssignCaseRequest& asked,
             rpc::Done<v1::AssignCaseResponse> done) {
        const std::string name = absl::StrCat(asked.case_name(), "/assignment");
        absl::StatusOr<rules::Officials> officials =
            store_.FindOfficials(call, {asked.lead(), asked.officer()});
        if (!officials.ok()) return done(officials.status());
        absl::StatusOr<std::unique_ptr<v1::Unit>> unit = store_.FindUnit(call, asked.unit());
        if (!unit.ok()) return done(unit.status());
        std::shared_ptr<const v1::Unit> found = *std::move(unit);
        absl::StatusOr<std::vector<std::string>> barred =
            BarredOf(call, asked.case_name(), *officials, {asked.unit()});
        if (!barred.ok()) {
          return store_.resources().RefuseUnlessDone<v1::AssignCaseRequest>(
              call, asked, barred.status(), done, asked.case_name());
        }
        store_.resources().Submit<v1::AssignCaseRequest, v1::AssignCaseResponse>(
            call, asked, {store::LockOf<v1::Assignment>(name)},
            [this, &asked, name, officials = *std::move(officials), found = std::move(found),
             barred = *std::move(barred)](const store::Rows& rows, store::Changes& changes)
                -> absl::StatusOr<v1::AssignCaseResponse> {
              const v1::Assignment* current = rows.Find<v1::Assignment>(name);
              if (found != nullptr &&
                  !rules::RegionsMeet(found->region_code(), rows.case_context().region_code)) {
                return status::InvalidField("unit", "is outside the region of the case");
              }
              ASSIGN_OR_RETURN(auto outcome, rules::AssignCase(current, found.get(), asked,
                                                               ViewOf(rows.case_context(), barred),
                                                               officials, changes.rule_context()));
              v1::AssignCaseResponse answer;
              ASSIGN_OR_RETURN(*answer.mutable_assignment(),
                               Put(std::move(outcome), current, {}, changes));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssignmentService::GetAssignment(grpc::CallbackServerContext* context,
                                                           const v1::GetAssignmentRequest* request,
                                                           v1::GetAssignmentResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetAssignmentRequest& asked) -> absl::StatusOr<v1::GetAssignmentResponse> {
        v1::GetAssignmentResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_assignment(),
                         store_.resources().Get<v1::Assignment>(
                             call, absl::StrCat(asked.case_name(), "/assignment")));
        return answer;
      });
}

grpc::ServerUnaryReactor* AssignmentService::ListAssignments(
    grpc::CallbackServerContext* context, const v1::ListAssignmentsRequest* request,
    v1::ListAssignmentsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::ListAssignmentsRequest& asked)
          -> absl::StatusOr<v1::ListAssignmentsResponse> {
        ASSIGN_OR_RETURN(store::ListQuery query, store_.AssignmentQuery(call, asked));
        ASSIGN_OR_RETURN(auto page, store_.resources().List<v1::Assignment>(call, query));
        v1::ListAssignmentsResponse answer;
        for (v1::Assignment& each : page.items) *answer.add_assignments() = std::move(each);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* AssignmentService::SetTaskForce(grpc::CallbackServerContext* context,
                                                          const v1::SetTaskForceRequest* request,
                                                          v1::SetTaskForceResponse* response) {
  return ChangeAssignment<v1::SetTaskForceRequest>(
      context, request, response, /*removes_first=*/true, rules::SetTaskForce,
      [](const v1::SetTaskForceRequest& asked) {
        std::vector<std::string> names;
        for (const v1::TaskForceMember& member : asked.task_force().members())
          names.push_back(member.official());
        return names;
      });
}

grpc::ServerUnaryReactor* AssignmentService::SetWorkPlan(grpc::CallbackServerContext* context,
                                                         const v1::SetWorkPlanRequest* request,
                                                         v1::SetWorkPlanResponse* response) {
  return ChangeAssignment<v1::SetWorkPlanRequest>(context, request, response,
                                                  /*removes_first=*/false, rules::SetWorkPlan,
                                                  NamesNobody<v1::SetWorkPlanRequest>);
}

grpc::ServerUnaryReactor* AssignmentService::CompleteMeasure(
    grpc::CallbackServerContext* context, const v1::CompleteMeasureRequest* request,
    v1::CompleteMeasureResponse* response) {
  return ChangeAssignment<v1::CompleteMeasureRequest>(
      context, request, response, /*removes_first=*/false, rules::CompleteMeasure,
      NamesNobody<v1::CompleteMeasureRequest>);
}

grpc::ServerUnaryReactor* AssignmentService::OfferHandover(grpc::CallbackServerContext* context,
                                                           const v1::OfferHandoverRequest* request,
                                                           v1::OfferHandoverResponse* response) {
  return ChangeAssignment<v1::OfferHandoverRequest>(
      context, request, response, /*removes_first=*/false, rules::OfferHandover,
      [](const v1::OfferHandoverRequest& asked) {
        return std::vector<std::string>{asked.to_official(), asked.to_unit()};
      });
}

grpc::ServerUnaryReactor* AssignmentService::AcceptHandover(
    grpc::CallbackServerContext* context, const v1::AcceptHandoverRequest* request,
    v1::AcceptHandoverResponse* response) {
  return ChangeAssignment<v1::AcceptHandoverRequest>(context, request, response,
                                                     /*removes_first=*/true, rules::AcceptHandover,
                                                     NamesNobody<v1::AcceptHandoverRequest>);
}

grpc::ServerUnaryReactor* AssignmentService::DeclineHandover(
    grpc::CallbackServerContext* context, const v1::DeclineHandoverRequest* request,
    v1::DeclineHandoverResponse* response) {
  // An offer lets nobody read anything, so nothing is taken away before the commit.
  return ChangeAssignment<v1::DeclineHandoverRequest>(
      context, request, response, /*removes_first=*/false, rules::DeclineHandover,
      NamesNobody<v1::DeclineHandoverRequest>);
}

grpc::ServerUnaryReactor* AssignmentService::WithdrawHandover(
    grpc::CallbackServerContext* context, const v1::WithdrawHandoverRequest* request,
    v1::WithdrawHandoverResponse* response) {
  return ChangeAssignment<v1::WithdrawHandoverRequest>(
      context, request, response, /*removes_first=*/false, rules::WithdrawHandover,
      NamesNobody<v1::WithdrawHandoverRequest>);
}

grpc::ServerUnaryReactor* AssignmentService::GrantExtension(
    grpc::CallbackServerContext* context, const v1::GrantExtensionRequest* request,
    v1::GrantExtensionResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::GrantExtensionRequest& asked,
             rpc::Done<v1::GrantExtensionResponse> done) {
        const std::string case_name(base::RootName(asked.round()));
        const std::string name = absl::StrCat(asked.round(), "/extension");
        // Before registry is asked for anything of the case.
        const auto refuse = [&](absl::Status refusal) {
          store_.resources().RefuseUnlessDone<v1::GrantExtensionRequest>(
              call, asked, std::move(refusal), done, case_name);
        };
        if (auto known = store_.resources().CheckCase(call, case_name); !known.ok())
          return refuse(known.status());
        absl::StatusOr<std::vector<facts::v1::Fact>> facts = parts_.peers->FactsOf(call, case_name);
        if (!facts.ok()) return refuse(facts.status());
        store_.resources().Submit<v1::GrantExtensionRequest, v1::GrantExtensionResponse>(
            call, asked, {store::LockOf<v1::Extension>(name)},
            [this, &asked, name, facts = *std::move(facts)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::GrantExtensionResponse> {
              if (rows.case_context().state == types::v1::CASE_STATE_CLOSED) {
                return redress::rules::Refuse("CASE_CLOSED", rows.case_context().name,
                                              "the case is struck off; reopen it first");
              }
              ASSIGN_OR_RETURN(auto outcome,
                               rules::GrantExtension(rows.Find<v1::Extension>(name), asked, facts,
                                                     *parts_.rule_sets, *parts_.calendar->Get(),
                                                     changes.rule_context()));
              v1::GrantExtensionResponse answer;
              *answer.mutable_extension() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssignmentService::ListDue(grpc::CallbackServerContext* context,
                                                     const v1::ListDueRequest* request,
                                                     v1::ListDueResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListDueRequest& asked) -> absl::StatusOr<v1::ListDueResponse> {
        if (asked.official().empty() == asked.unit().empty()) {
          return status::InvalidFields(
              {{"official", "exactly one of official and unit must be set"},
               {"unit", "exactly one of official and unit must be set"}});
        }
        std::string unit_name = asked.unit();
        if (!asked.official().empty()) {
          ASSIGN_OR_RETURN(const rules::Officials found,
                           store_.FindOfficials(call, {asked.official()}));
          if (found.empty()) return status::NotFound("official");
          unit_name = found.begin()->second.unit();
        }
        ASSIGN_OR_RETURN(const std::unique_ptr<v1::Unit> unit, store_.FindUnit(call, unit_name));
        if (unit == nullptr) return status::NotFound("unit");
        RETURN_IF_ERROR(
            rules::CheckMayAskDue(call.caller, asked.official(), *unit, call.permission));
        const bool unassigned =
            asked.official().empty() && unit->kind() == types::v1::UNIT_KIND_PETITION_OFFICE;
        return parts_.peers->Due(call, asked, unassigned);
      });
}

}  // namespace redress::assignment

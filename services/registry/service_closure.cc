#include "services/registry/rules.h"
#include "services/registry/service.h"

namespace redress::registry {
namespace {

// A gate answers a dry run with the list itself: it may be longer than an error's trailer holds.
template <class Resp>
Resp DryRun(const v1::Case& file, const std::vector<plan::v1::UnmetDuty>& unmet) {
  Resp answer;
  *answer.mutable_case_file() = Shown(file);
  answer.mutable_unmet()->Add(unmet.begin(), unmet.end());
  return answer;
}

}  // namespace

grpc::ServerUnaryReactor* RegistryService::ProposeClosure(grpc::CallbackServerContext* context,
                                                          const v1::ProposeClosureRequest* request,
                                                          v1::ProposeClosureResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::ProposeClosureRequest& asked,
             rpc::Done<v1::ProposeClosureResponse> done) {
        absl::StatusOr<Basis> basis = ReadBasis(call, asked.name());
        if (!basis.ok()) {
          return store_.resources().RefuseUnlessDone<v1::ProposeClosureRequest>(
              call, asked, basis.status(), done, asked.name());
        }
        if (absl::Status named = rules::CheckStandards(basis->case_file, asked); !named.ok()) {
          return done(named);
        }
        absl::StatusOr<plan::v1::ClosingEvaluation> gate = evaluator_.Closing(
            basis->revision, basis->facts, basis->case_file, basis->rounds, rules::ClosureOf(asked),
            Doing(call, asked.name(), facts::v1::FACT_KIND_CLOSURE_PROPOSED));
        if (!gate.ok()) return done(gate.status());
        if (asked.validate_only()) {
          absl::Status state =
              rules::CheckCaseAction(basis->case_file, rules::CaseAction::kPropose);
          if (!state.ok()) return done(state);
          return done(DryRun<v1::ProposeClosureResponse>(
              basis->case_file, {gate->unmet().begin(), gate->unmet().end()}));
        }
        store_.resources().Submit<v1::ProposeClosureRequest, v1::ProposeClosureResponse>(
            call, asked, CaseLocks(asked.name()),
            [&asked, etag = basis->case_file.etag(), gate = *std::move(gate)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::ProposeClosureResponse> {
              const v1::Case* current = rows.Find<v1::Case>(asked.name());
              if (current == nullptr) return status::NotFound("case");
              if (current->etag() != etag) return status::Conflict();
              ASSIGN_OR_RETURN(auto outcome, rules::ProposeClosure(*current, asked, gate,
                                                                   changes.rule_context()));
              v1::ProposeClosureResponse answer;
              const v1::Case& changed = changes.Apply(std::move(outcome));
              SyncAccess(changed, rows, changes);
              *answer.mutable_case_file() = Shown(changed);
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::CloseCase(grpc::CallbackServerContext* context,
                                                     const v1::CloseCaseRequest* request,
                                                     v1::CloseCaseResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::CloseCaseRequest& asked,
             rpc::Done<v1::CloseCaseResponse> done) {
        absl::StatusOr<Basis> basis = ReadBasis(call, asked.name());
        if (!basis.ok()) {
          return store_.resources().RefuseUnlessDone<v1::CloseCaseRequest>(
              call, asked, basis.status(), done, asked.name());
        }
        if (absl::Status state =
                rules::CheckCaseAction(basis->case_file, rules::CaseAction::kApprove);
            !state.ok()) {
          // The answer to a call that was carried out already is found in the store.
          if (asked.validate_only()) return done(state);
        }
        absl::StatusOr<plan::v1::ClosingEvaluation> gate = plan::v1::ClosingEvaluation();
        if (basis->case_file.has_closure()) {
          gate = evaluator_.Closing(basis->revision, basis->facts, basis->case_file, basis->rounds,
                                    basis->case_file.closure(),
                                    Doing(call, asked.name(), facts::v1::FACT_KIND_CASE_CLOSED));
        }
        if (!gate.ok()) return done(gate.status());
        if (asked.validate_only())
          return done(DryRun<v1::CloseCaseResponse>(
              basis->case_file,
              rules::UnmetForClosing(basis->case_file, *gate, call.caller.ToActor())));
        store_.resources().Submit<v1::CloseCaseRequest, v1::CloseCaseResponse>(
            call, asked, CaseLocks(asked.name()),
            [&asked, etag = basis->case_file.etag(), gate = *std::move(gate)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::CloseCaseResponse> {
              const v1::Case* current = rows.Find<v1::Case>(asked.name());
              if (current == nullptr) return status::NotFound("case");
              if (current->etag() != etag) return status::Conflict();
              ASSIGN_OR_RETURN(auto outcome,
                               rules::CloseCase(*current, gate, changes.rule_context()));
              v1::CloseCaseResponse answer;
              const v1::Case& changed = changes.Apply(std::move(outcome));
              SyncAccess(changed, rows, changes);
              *answer.mutable_case_file() = Shown(changed);
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::RejectClosure(grpc::CallbackServerContext* context,
                                                         const v1::RejectClosureRequest* request,
                                                         v1::RejectClosureResponse* response) {
  return ChangeCase(context, request, response, request->name(),
                    [](const v1::Case& current, const v1::RejectClosureRequest&,
                       const rules::Context& rule) { return rules::RejectClosure(current, rule); });
}

grpc::ServerUnaryReactor* RegistryService::ReopenCase(grpc::CallbackServerContext* context,
                                                      const v1::ReopenCaseRequest* request,
                                                      v1::ReopenCaseResponse* response) {
  return ChangeCase(context, request, response, request->name(), rules::ReopenCase);
}

}  // namespace redress::registry

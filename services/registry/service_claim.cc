#include "common/base/ids.h"
#include "services/registry/rules.h"
#include "services/registry/service.h"

namespace redress::registry {

// Each is one rule on one claim of a case; the rule finds the claim.
#define REDRESS_CLAIM_RPC(Name)                                                                  \
  grpc::ServerUnaryReactor* RegistryService::Name(grpc::CallbackServerContext* context,          \
                                                  const v1::Name##Request* request,              \
                                                  v1::Name##Response* response) {                \
    return ChangeCase(context, request, response, std::string(base::RootName(request->claim())), \
                      rules::Name);                                                              \
  }
REDRESS_CLAIM_RPC(RecordInvestigation)
REDRESS_CLAIM_RPC(RecordView)
REDRESS_CLAIM_RPC(RecordPriorConclusion)
REDRESS_CLAIM_RPC(RetractRecord)
REDRESS_CLAIM_RPC(OfferDate)
REDRESS_CLAIM_RPC(SignSettlement)
REDRESS_CLAIM_RPC(WithdrawSettlement)
REDRESS_CLAIM_RPC(PerformSettlement)
#undef REDRESS_CLAIM_RPC

absl::StatusOr<RegistryService::Basis> RegistryService::ReadBasis(const rpc::Call& call,
                                                                  const std::string& case_name) {
  ASSIGN_OR_RETURN(v1::Case file, store_.resources().Get<v1::Case>(call, case_name));
  const std::string revision_name =
      absl::StrCat(file.campaign(), "/planRevisions/", file.plan_revision());
  ASSIGN_OR_RETURN(v1::PlanRevision revision,
                   store_.resources().Get<v1::PlanRevision>(call, revision_name));
  ASSIGN_OR_RETURN(CaseFacts facts, evaluator_.Gather(call, case_name));
  return Basis{std::move(file), std::move(revision), std::move(facts)};
}

grpc::ServerUnaryReactor* RegistryService::ConfirmRecord(grpc::CallbackServerContext* context,
                                                         const v1::ConfirmRecordRequest* request,
                                                         v1::ConfirmRecordResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::ConfirmRecordRequest& asked,
             rpc::Done<v1::ConfirmRecordResponse> done) {
        absl::StatusOr<Basis> basis = ReadBasis(call, asked.name());
        if (!basis.ok()) return done(basis.status());
        absl::StatusOr<rules::LateRecord> record =
            evaluator_.Record(basis->revision, basis->facts, asked.fact_id());
        if (!record.ok()) return done(record.status());
        store_.resources().Submit<v1::ConfirmRecordRequest, v1::ConfirmRecordResponse>(
            call, asked, CaseLocks(asked.name()),
            [&asked, etag = basis->case_file.etag(), record = *std::move(record)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::ConfirmRecordResponse> {
              const v1::Case* current = rows.Find<v1::Case>(asked.name());
              if (current == nullptr) return status::NotFound("case");
              if (current->etag() != etag) return status::Conflict();
              ASSIGN_OR_RETURN(auto outcome, rules::ConfirmRecord(*current, asked, record,
                                                                  changes.rule_context()));
              v1::ConfirmRecordResponse answer;
              *answer.mutable_case_file() = Shown(changes.Apply(std::move(outcome)));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::AppraiseClaim(grpc::CallbackServerContext* context,
                                                         const v1::AppraiseClaimRequest* request,
                                                         v1::AppraiseClaimResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::AppraiseClaimRequest& asked,
             rpc::Done<v1::AppraiseClaimResponse> done) {
        const std::string case_name(base::RootName(asked.claim()));
        absl::StatusOr<Basis> basis = ReadBasis(call, case_name);
        if (!basis.ok()) {
          return store_.resources().RefuseUnlessDone<v1::AppraiseClaimRequest>(
              call, asked, basis.status(), done, case_name);
        }
        absl::StatusOr<std::vector<plan::v1::UnmetDuty>> unmet =
            evaluator_.BeforeAppraisal(basis->revision, basis->facts, asked.claim());
        if (!unmet.ok()) return done(unmet.status());
        store_.resources().Submit<v1::AppraiseClaimRequest, v1::AppraiseClaimResponse>(
            call, asked, CaseLocks(case_name),
            [&asked, case_name, etag = basis->case_file.etag(), unmet = *std::move(unmet)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::AppraiseClaimResponse> {
              const v1::Case* current = rows.Find<v1::Case>(case_name);
              if (current == nullptr) return status::NotFound("case");
              // What the gate decided on has changed since: it must be asked again.
              if (current->etag() != etag) return status::Conflict();
              ASSIGN_OR_RETURN(auto outcome, rules::AppraiseClaim(*current, asked, unmet,
                                                                  changes.rule_context()));
              v1::AppraiseClaimResponse answer;
              *answer.mutable_case_file() = Shown(changes.Apply(std::move(outcome)));
              return answer;
            },
            done);
      });
}

}  // namespace redress::registry

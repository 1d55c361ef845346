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
REDRESS_CLAIM_RPC(WithdrawSettlement)
REDRESS_CLAIM_RPC(PerformSettlement)
#undef REDRESS_CLAIM_RPC

absl::StatusOr<RegistryService::Basis> RegistryService::ReadBasis(const rpc::Call& call,
                                                                  const std::string& case_name) {
  ASSIGN_OR_RETURN(v1::Case file, store_.resources().Get<v1::Case>(call, case_name));
  ASSIGN_OR_RETURN(v1::PlanRevision revision,
                   store_.resources().Get<v1::PlanRevision>(call, RevisionName(file)));
  std::vector<v1::Round> rounds;
  for (int number = 1; number <= file.rounds(); ++number) {
    ASSIGN_OR_RETURN(v1::Round round, store_.resources().Get<v1::Round>(
                                          call, absl::StrCat(case_name, "/rounds/", number)));
    rounds.push_back(std::move(round));
  }
  ASSIGN_OR_RETURN(CaseFacts facts, evaluator_.Gather(call, case_name));
  return Basis{std::move(file), std::move(revision), std::move(rounds), std::move(facts)};
}

std::string RevisionName(const v1::Case& file) {
  return absl::StrCat(file.campaign(), "/planRevisions/", file.plan_revision());
}

facts::v1::Fact Doing(const rpc::Call& call, const std::string& case_name,
                      facts::v1::FactKind kind) {
  facts::v1::Fact doing;
  doing.set_kind(kind);
  doing.set_case_name(case_name);
  *doing.mutable_actor() = call.caller.ToActor();
  return doing;
}

absl::Status RegistryService::CheckPersons(const rpc::Call& call, const facts::v1::Fact& doing) {
  ASSIGN_OR_RETURN(v1::Case file, store_.resources().Get<v1::Case>(call, doing.case_name()));
  ASSIGN_OR_RETURN(v1::PlanRevision revision,
                   store_.resources().Get<v1::PlanRevision>(call, RevisionName(file)));
  ASSIGN_OR_RETURN(const bool apart, evaluator_.KeepsApart(revision, doing.kind()));
  if (!apart) return absl::OkStatus();
  ASSIGN_OR_RETURN(CaseFacts facts, evaluator_.Gather(call, file.name()));
  ASSIGN_OR_RETURN(std::vector<plan::v1::UnmetDuty> unmet,
                   evaluator_.Persons(revision, facts, doing));
  rules::Context context;
  context.lang = call.lang;
  return rules::RefuseUnmet(context, "SECOND_PERSON_NEEDED",
                            "the caller did an act on this case that takes another person", unmet);
}

grpc::ServerUnaryReactor* RegistryService::SignSettlement(grpc::CallbackServerContext* context,
                                                          const v1::SignSettlementRequest* request,
                                                          v1::SignSettlementResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::SignSettlementRequest& asked,
             rpc::Done<v1::SignSettlementResponse> done) {
        const std::string case_name(base::RootName(asked.claim()));
        if (absl::Status known = units_.Check(call, asked); !known.ok()) return done(known);
        facts::v1::Fact doing = Doing(call, case_name, facts::v1::FACT_KIND_SETTLEMENT_SIGNED);
        doing.set_claim(asked.claim());
        if (absl::Status apart = CheckPersons(call, doing); !apart.ok()) return done(apart);
        store_.resources().Submit<v1::SignSettlementRequest, v1::SignSettlementResponse>(
            call, asked, CaseLocks(case_name),
            [&asked, case_name](const store::Rows& rows, store::Changes& changes)
                -> absl::StatusOr<v1::SignSettlementResponse> {
              const v1::Case* current = rows.Find<v1::Case>(case_name);
              if (current == nullptr) return status::NotFound("case");
              ASSIGN_OR_RETURN(auto outcome,
                               rules::SignSettlement(*current, asked, changes.rule_context()));
              v1::SignSettlementResponse answer;
              const v1::Case& changed = changes.Apply(std::move(outcome));
              SyncAccess(changed, rows, changes);
              *answer.mutable_case_file() = Shown(changed);
              return answer;
            },
            done);
      });
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
        facts::v1::Fact doing = Doing(call, case_name, facts::v1::FACT_KIND_CLAIM_APPRAISED);
        doing.set_claim(asked.claim());
        absl::StatusOr<std::vector<plan::v1::UnmetDuty>> persons =
            evaluator_.Persons(basis->revision, basis->facts, doing);
        if (!persons.ok()) return done(persons.status());
        unmet->insert(unmet->end(), persons->begin(), persons->end());
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

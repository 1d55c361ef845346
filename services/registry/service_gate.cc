// What is decided on the facts of all services, outside the transaction: who may do an act after
// what they did before, and the gates of appraisal and closing.
#include "services/registry/service.h"

namespace redress::registry {

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

absl::StatusOr<service::Basis<rules::LateRecord>> RegistryService::LateRecordOf(
    const rpc::Call& call, const v1::ConfirmRecordRequest& asked) {
  ASSIGN_OR_RETURN(const Basis basis, ReadBasis(call, asked.name()));
  ASSIGN_OR_RETURN(rules::LateRecord record,
                   evaluator_.Record(basis.revision, basis.facts, asked.fact_id()));
  return service::Basis<rules::LateRecord>{std::move(record), {service::SeenAs(basis.case_file)}};
}

absl::StatusOr<service::Basis<std::vector<plan::v1::UnmetDuty>>> RegistryService::BeforeAppraisal(
    const rpc::Call& call, const v1::AppraiseClaimRequest& asked) {
  const facts::v1::Fact doing = DoingOn(call, facts::v1::FACT_KIND_CLAIM_APPRAISED, asked);
  ASSIGN_OR_RETURN(const Basis basis, ReadBasis(call, doing.case_name()));
  ASSIGN_OR_RETURN(std::vector<plan::v1::UnmetDuty> unmet,
                   evaluator_.BeforeAppraisal(basis.revision, basis.facts, asked.claim(),
                                              asked.appraisal().decided_on()));
  ASSIGN_OR_RETURN(const std::vector<plan::v1::UnmetDuty> persons,
                   evaluator_.Persons(basis.revision, basis.facts, doing));
  unmet.insert(unmet.end(), persons.begin(), persons.end());
  return service::Basis<std::vector<plan::v1::UnmetDuty>>{std::move(unmet),
                                                          {service::SeenAs(basis.case_file)}};
}

// A gate answers a dry run with the list itself: it may be longer than an error's trailer holds.
template <class Resp>
service::Prepared<Resp> RegistryService::Gated(const v1::Case& seen, rules::CaseAction action,
                                               bool dry_run, std::vector<plan::v1::UnmetDuty> unmet,
                                               GatedRule rule) {
  return {CaseLocks(seen.name()),
          [name = seen.name(), etag = seen.etag(), action, dry_run, unmet = std::move(unmet),
           rule = std::move(rule)](const store::Rows& rows,
                                   store::Changes& changes) -> absl::StatusOr<Resp> {
            const v1::Case* current = rows.Find<v1::Case>(name);
            if (current == nullptr) return status::NotFound("case");
            // What the gate decided on has changed since: it must be asked again.
            if (current->etag() != etag) return status::Conflict();
            Resp answer;
            if (dry_run) {
              RETURN_IF_ERROR(rules::CheckCaseAction(*current, action));
              *answer.mutable_case_file() = *current;
              answer.mutable_unmet()->Add(unmet.begin(), unmet.end());
              return answer;
            }
            ASSIGN_OR_RETURN(rules::Outcome<v1::Case> outcome,
                             rule(*current, changes.rule_context()));
            *answer.mutable_case_file() = changes.Apply(std::move(outcome));
            return answer;
          }};
}

RegistryService::Write<v1::ProposeClosureResponse> RegistryService::ProposeClosure(
    const rpc::Call& call, const v1::ProposeClosureRequest& asked) {
  ASSIGN_OR_RETURN(const Basis basis, ReadBasis(call, asked.name()));
  RETURN_IF_ERROR(rules::CheckStandards(basis.case_file, asked));
  ASSIGN_OR_RETURN(
      plan::v1::ClosingEvaluation gate,
      evaluator_.Closing(basis.revision, basis.facts, basis.case_file, basis.rounds,
                         rules::ClosureOf(asked),
                         Doing(call, asked.name(), facts::v1::FACT_KIND_CLOSURE_PROPOSED)));
  std::vector<plan::v1::UnmetDuty> unmet(gate.unmet().begin(), gate.unmet().end());
  return Gated<v1::ProposeClosureResponse>(
      basis.case_file, rules::CaseAction::kPropose, asked.validate_only(), std::move(unmet),
      [&asked, gate = std::move(gate)](const v1::Case& current, const rules::Context& context) {
        return rules::ProposeClosure(current, asked, gate, context);
      });
}

RegistryService::Write<v1::CloseCaseResponse> RegistryService::CloseCase(
    const rpc::Call& call, const v1::CloseCaseRequest& asked) {
  ASSIGN_OR_RETURN(const Basis basis, ReadBasis(call, asked.name()));
  plan::v1::ClosingEvaluation gate;
  if (basis.case_file.has_closure()) {
    ASSIGN_OR_RETURN(
        gate, evaluator_.Closing(basis.revision, basis.facts, basis.case_file, basis.rounds,
                                 basis.case_file.closure(),
                                 Doing(call, asked.name(), facts::v1::FACT_KIND_CASE_CLOSED)));
  }
  return Gated<v1::CloseCaseResponse>(
      basis.case_file, rules::CaseAction::kApprove, asked.validate_only(),
      rules::UnmetForClosing(basis.case_file, gate, call.caller.ToActor()),
      [gate](const v1::Case& current, const rules::Context& context) {
        return rules::CloseCase(current, gate, context);
      });
}

}  // namespace redress::registry

#include "common/auth/case_scope.h"
#include "common/service/caller.h"
#include "common/status/concealed.h"
#include "services/registry/service.h"

namespace redress::registry {
namespace {

// The caller of the calling service, as a call of their own: what they may is decided as if they
// had asked registry.
rpc::Call OnBehalfOf(const rpc::Call& call, const v1::Caller& caller) {
  rpc::Call theirs = call;
  theirs.caller = service::IdentityOf(caller);
  theirs.reading = std::make_shared<rpc::Reading>();
  return theirs;
}

v1::AccessRefusal RefusalOf(const absl::Status& status) {
  const auto concealed = status::ConcealedIn(status);
  if (concealed && concealed->reason == "WALLED") return v1::ACCESS_REFUSAL_WALLED;
  const std::string reason = status::ReasonOf(status);
  if (reason == "RECUSED") return v1::ACCESS_REFUSAL_RECUSED;
  if (reason == "PART_INSUFFICIENT") return v1::ACCESS_REFUSAL_PART_INSUFFICIENT;
  if (reason == "SECOND_PERSON_NEEDED") return v1::ACCESS_REFUSAL_SECOND_PERSON_NEEDED;
  if (absl::IsPermissionDenied(status)) return v1::ACCESS_REFUSAL_PERMISSION_DENIED;
  return v1::ACCESS_REFUSAL_NOT_FOUND;
}

}  // namespace

absl::StatusOr<bool> AccessService::PayingTakesAnother(const rpc::Call& call,
                                                       const std::string& case_name) {
  ASSIGN_OR_RETURN(v1::Case file, store_.resources().Get<v1::Case>(call, case_name));
  ASSIGN_OR_RETURN(v1::PlanRevision revision,
                   store_.resources().Get<v1::PlanRevision>(call, RevisionName(file)));
  ASSIGN_OR_RETURN(std::vector<facts::v1::FeedEntry> own,
                   environment_.feed_reader().ListCase(case_name, call.deadline));
  CaseFacts facts;
  facts.Add(plan::Feed::kRegistry, own);
  ASSIGN_OR_RETURN(std::vector<plan::v1::UnmetDuty> unmet,
                   evaluator_.Persons(revision, facts,
                                      Doing(call, case_name, facts::v1::FACT_KIND_PAYMENT_MADE)));
  return !unmet.empty();
}

absl::StatusOr<v1::CheckAccessResponse> AccessService::CheckAccess(
    const rpc::Call& call, const v1::CheckAccessRequest& asked) {
  rpc::Call theirs = OnBehalfOf(call, asked.caller());
  theirs.permission = asked.permission();
  ASSIGN_OR_RETURN(auto decisions,
                   store_.gate().Check(theirs, asked.permission(),
                                       {asked.cases().begin(), asked.cases().end()}));
  v1::CheckAccessResponse answer;
  for (int i = 0; i < asked.cases_size(); ++i) {
    v1::AccessDecision& decision = *answer.add_decisions();
    decision.set_case_name(asked.cases(i));
    if (!decisions[i].ok()) {
      decision.set_reason(RefusalOf(decisions[i].status()));
      continue;
    }
    if (asked.permission() == "assistance.pay") {
      ASSIGN_OR_RETURN(const bool another, PayingTakesAnother(theirs, asked.cases(i)));
      if (another) {
        decision.set_reason(v1::ACCESS_REFUSAL_SECOND_PERSON_NEEDED);
        continue;
      }
    }
    const store::CaseContext& known = *decisions[i];
    decision.set_allowed(true);
    decision.set_campaign(known.campaign);
    decision.set_responsible_unit(known.responsible_unit);
    decision.set_region_code(known.region_code);
    decision.set_state(known.state);
    decision.set_lead(known.lead);
    decision.set_officer(known.officer);
    if (known.received_on.has_value()) {
      *decision.mutable_received_on() = redress::rules::DateOf(*known.received_on);
    }
    for (const std::string& claim : known.claims) decision.add_claims(claim);
    for (int role = 1; role <= types::v1::Role_MAX; ++role) {
      if (known.roles.Has(static_cast<types::v1::Role>(role)))
        decision.add_roles(static_cast<types::v1::Role>(role));
    }
  }
  return answer;
}

absl::StatusOr<v1::CheckParticipantsResponse> AccessService::CheckParticipants(
    const rpc::Call& call, const v1::CheckParticipantsRequest& asked) {
  ASSIGN_OR_RETURN(const auto rows,
                   store_.resources().ReadForGate<v1::CaseAccess>(call, {asked.case_name()}));
  if (rows.empty()) return status::NotFound("case");
  v1::CheckParticipantsResponse answer;
  for (const v1::Candidate& candidate : asked.candidates()) {
    if (rules::IsBarred(rows.begin()->second, candidate, store_.wall_hashes().key)) {
      answer.add_barred(candidate.official().empty() ? candidate.unit() : candidate.official());
    }
  }
  return answer;
}

AccessService::Write<v1::RecordMembershipResponse> AccessService::RecordMembership(
    const rpc::Call& call, const v1::RecordMembershipRequest& asked) {
  ASSIGN_OR_RETURN(std::vector<std::string> cases, store_.CasesTouchedBy(call, asked));
  std::vector<store::Lock> locks;
  for (const std::string& name : cases) locks.push_back(store::LockOf<v1::CaseAccess>(name));
  return service::Prepared<v1::RecordMembershipResponse>{
      std::move(locks),
      [this, &asked, cases = std::move(cases)](const store::Rows& rows, store::Changes& changes)
          -> absl::StatusOr<v1::RecordMembershipResponse> {
        for (const std::string& name : cases) {
          const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(name);
          if (access == nullptr) continue;
          v1::CaseAccess next = rules::WallOffMember(*access, asked, store_.wall_hashes());
          if (next.walled_size() != access->walled_size()) changes.Put(std::move(next));
        }
        return v1::RecordMembershipResponse();
      }};
}

AccessService::Write<v1::UpdateCaseAccessResponse> AccessService::UpdateCaseAccess(
    const rpc::Call& call, const v1::UpdateCaseAccessRequest& asked) {
  return service::Prepared<v1::UpdateCaseAccessResponse>{
      CaseLocks(asked.case_name()),
      [this, &asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::UpdateCaseAccessResponse> {
        const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(asked.case_name());
        const v1::Case* file = rows.Find<v1::Case>(asked.case_name());
        if (access == nullptr || file == nullptr) return status::NotFound("case");
        ASSIGN_OR_RETURN(v1::CaseAccess next,
                         rules::UpdateAccess(*access, asked, store_.wall_hashes().key));
        if (next.responsible_unit() != file->responsible_unit()) {
          v1::Case moved = *file;
          moved.set_responsible_unit(next.responsible_unit());
          changes.Put(std::move(moved));
        }
        v1::UpdateCaseAccessResponse answer;
        *answer.mutable_access() = changes.Put(std::move(next));
        return answer;
      }};
}

AccessService::Write<v1::ReconcileCaseAccessResponse> AccessService::ReconcileCaseAccess(
    const rpc::Call& call, const v1::ReconcileCaseAccessRequest& asked) {
  // The access first: it is what the etag speaks of.
  return service::Prepared<v1::ReconcileCaseAccessResponse>{
      {store::LockOf<v1::CaseAccess>(asked.case_name()),
       store::LockOf<v1::Case>(asked.case_name())},
      [this, &asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::ReconcileCaseAccessResponse> {
        const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(asked.case_name());
        const v1::Case* file = rows.Find<v1::Case>(asked.case_name());
        if (access == nullptr || file == nullptr) return status::NotFound("case");
        rules::Reconciled reconciled =
            rules::ReconcileAccess(*access, *file, asked, store_.wall_hashes().key);
        if (!reconciled.differs) return reconciled.found;
        if (reconciled.access.responsible_unit() != file->responsible_unit()) {
          v1::Case moved = *file;
          moved.set_responsible_unit(reconciled.access.responsible_unit());
          changes.Put(std::move(moved));
        }
        changes.Put(std::move(reconciled.access));
        return reconciled.found;
      }};
}

absl::StatusOr<std::unique_ptr<grpc::Service>> AccessService::Build() {
  using A = AccessService;
  return service::Rpcs(environment_.runtime(), store_.resources())
      .Serve(&A::CheckAccess, *this)
      .Serve(&A::CheckParticipants, *this)
      .Write(&A::RecordMembership, *this)
      .Write(&A::UpdateCaseAccess, *this)
      .Write(&A::ReconcileCaseAccess, *this)
      .Build(kAccessService);
}

}  // namespace redress::registry

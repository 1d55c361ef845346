// The rpcs of RegistryService and AccessService. The proto files say what each does; here each is:
// which rows, which rule.
#ifndef REDRESS_SERVICES_REGISTRY_SERVICE_H_
#define REDRESS_SERVICES_REGISTRY_SERVICE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/handle.h"
#include "common/service/unit_register.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/registry/v1/access.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "services/registry/allowance.h"
#include "services/registry/case_facts.h"
#include "services/registry/store.h"

namespace redress::registry {

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// An rpc's signature in the callback API.
#define REDRESS_RPC(Name)                                                                        \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context,                           \
                                 const v1::Name##Request* request, v1::Name##Response* response) \
      override

// Thread-safe. Everything given must outlive it.
class RegistryService final : public v1::RegistryService::CallbackService {
 public:
  // `assignment`: the channel to the service that keeps the register of units and officials.
  RegistryService(service::Environment& environment, RegistryStore& store, CaseEvaluator& evaluator,
                  service::UnitRegister& units, std::shared_ptr<grpc::Channel> assignment)
      : environment_(environment),
        runtime_(environment.runtime()),
        store_(store),
        evaluator_(evaluator),
        units_(units),
        assignment_(assignment::v1::AssignmentService::NewStub(std::move(assignment))) {}

  // service_campaign.cc
  REDRESS_RPC(CreateCampaign);
  REDRESS_RPC(GetCampaign);
  REDRESS_RPC(ListCampaigns);
  REDRESS_RPC(CreatePlanRevision);
  REDRESS_RPC(GetPlanRevision);
  // service.cc
  REDRESS_RPC(GetPetitioner);
  REDRESS_RPC(UpdatePetitioner);
  REDRESS_RPC(RegisterCase);
  REDRESS_RPC(GetCase);
  REDRESS_RPC(GetEntryCriterion);
  REDRESS_RPC(ListCases);
  REDRESS_RPC(CountCases);
  REDRESS_RPC(ListCaseNumbers);
  REDRESS_RPC(SearchCases);
  REDRESS_RPC(AddClaim);
  REDRESS_RPC(RecordNeed);
  REDRESS_RPC(RecuseOfficial);
  REDRESS_RPC(EndRecusal);
  // service_accusation.cc
  REDRESS_RPC(IdentifyAccused);
  REDRESS_RPC(ProposeRevocation);
  REDRESS_RPC(DecideRevocation);
  // service_claim.cc
  REDRESS_RPC(RecordInvestigation);
  REDRESS_RPC(RecordView);
  REDRESS_RPC(RecordPriorConclusion);
  REDRESS_RPC(RetractRecord);
  REDRESS_RPC(ConfirmRecord);
  REDRESS_RPC(AppraiseClaim);
  REDRESS_RPC(OfferDate);
  REDRESS_RPC(SignSettlement);
  REDRESS_RPC(WithdrawSettlement);
  REDRESS_RPC(PerformSettlement);
  // service_round.cc
  REDRESS_RPC(OpenRound);
  REDRESS_RPC(GetRound);
  REDRESS_RPC(ListRounds);
  REDRESS_RPC(SortRound);
  REDRESS_RPC(AcceptRound);
  REDRESS_RPC(RefuseRound);
  REDRESS_RPC(IssueOpinion);
  REDRESS_RPC(ServeDocument);
  REDRESS_RPC(PerformOpinion);
  // service_closure.cc
  REDRESS_RPC(ProposeClosure);
  REDRESS_RPC(CloseCase);
  REDRESS_RPC(RejectClosure);
  REDRESS_RPC(ReopenCase);

 private:
  // A change to one case by one rule: (const Case&, const Req&, const Context&) -> Outcome<Case>.
  template <class Req, class Resp, class Rule>
  grpc::ServerUnaryReactor* ChangeCase(grpc::CallbackServerContext* context, const Req* request,
                                       Resp* response, const std::string& case_name, Rule rule);
  // A change to one round by one rule: (const Round&, const Req&, const Case&, const Context&) ->
  // Outcome<Round>.
  // `kind` is the fact that it publishes.
  template <class Req, class Resp, class Rule>
  grpc::ServerUnaryReactor* ChangeRound(grpc::CallbackServerContext* context, const Req* request,
                                        Resp* response, facts::v1::FactKind kind, Rule rule);

  // Whom an accusation walls off, by assignment's register. UNAVAILABLE (part "assignment") where
  // it cannot answer: without knowing who is to be kept out nothing is let in.
  absl::StatusOr<assignment::v1::ResolveAccusedResponse> Resolve(
      const rpc::Call& call, const std::vector<std::string>& accused,
      const std::string& region_code, const google::type::Date& act_on);

  // The case as it is, its plan revision, and the facts of all services: what a gate decides on,
  // outside the transaction.
  struct Basis {
    v1::Case case_file;
    v1::PlanRevision revision;
    std::vector<v1::Round> rounds;
    CaseFacts facts;
  };
  absl::StatusOr<Basis> ReadBasis(const rpc::Call& call, const std::string& case_name);
  // OK where the campaign's plan takes a case received on that day; else NOT_OF_CAMPAIGN, naming
  // the campaign of the region that does.
  absl::Status CheckAdmission(const rpc::Call& call, const v1::Campaign& campaign,
                              const v1::RegisterCaseRequest& asked);
  // FAILED_PRECONDITION SECOND_PERSON_NEEDED listing every two-person rule that `doing` would
  // break. The other services are asked only where the plan keeps acts of that kind apart.
  absl::Status CheckPersons(const rpc::Call& call, const facts::v1::Fact& doing);

  service::Environment& environment_;
  const rpc::Runtime& runtime_;
  RegistryStore& store_;
  CaseEvaluator& evaluator_;
  service::UnitRegister& units_;
  Allowance candidates_;  // how many known persons somebody is told of
  const std::unique_ptr<assignment::v1::AssignmentService::Stub> assignment_;
};

// Thread-safe.
class AccessService final : public v1::AccessService::CallbackService {
 public:
  AccessService(service::Environment& environment, RegistryStore& store, CaseEvaluator& evaluator)
      : environment_(environment),
        runtime_(environment.runtime()),
        store_(store),
        evaluator_(evaluator) {}
  REDRESS_RPC(CheckAccess);
  REDRESS_RPC(CheckParticipants);
  REDRESS_RPC(RecordMembership);
  REDRESS_RPC(UpdateCaseAccess);
  REDRESS_RPC(ReconcileCaseAccess);

 private:
  // True where the caller did an act on the case that the plan keeps apart from paying. Decided
  // here, from registry's own facts, so that assistance learns nothing of them (invariant 4).
  absl::StatusOr<bool> PayingTakesAnother(const rpc::Call& call, const std::string& case_name);

  service::Environment& environment_;
  const rpc::Runtime& runtime_;
  RegistryStore& store_;
  CaseEvaluator& evaluator_;
};

#undef REDRESS_RPC

// The locks of a write on a case: the case, and its access, which tells the other services where
// the case stands.
std::vector<store::Lock> CaseLocks(const std::string& case_name);

// The plan revision that a case is held to.
std::string RevisionName(const v1::Case& file);

// An act on a case as the rules on persons see it before it is a fact: what is done, by whom.
facts::v1::Fact Doing(const rpc::Call& call, const std::string& case_name,
                      facts::v1::FactKind kind);

// The case as answers show it: without why it was taken on, which its own rpc alone tells
// (invariant 1). Stored answers are answers too.
v1::Case Shown(v1::Case file);

// Brings what the other services are told of a case into line with it; writes only where it
// differs.
void SyncAccess(const v1::Case& file, const store::Rows& rows, store::Changes& changes);

template <class Req, class Resp, class Rule>
grpc::ServerUnaryReactor* RegistryService::ChangeCase(grpc::CallbackServerContext* context,
                                                      const Req* request, Resp* response,
                                                      const std::string& case_name, Rule rule) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this, case_name, rule](const rpc::Call& call, const Req& asked, rpc::Done<Resp> done) {
        if (absl::Status known = units_.Check(call, asked); !known.ok()) return done(known);
        store_.resources().Submit<Req, Resp>(
            call, asked, CaseLocks(case_name),
            [&asked, case_name, rule](const store::Rows& rows,
                                      store::Changes& changes) -> absl::StatusOr<Resp> {
              const v1::Case* current = rows.Find<v1::Case>(case_name);
              if (current == nullptr) return status::NotFound("case");
              const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(case_name);
              if (access == nullptr) return status::NotFound("case");
              absl::StatusOr<rules::Outcome<v1::Case>> decided;
              // Some rules look at who has a part in the case, too.
              if constexpr (std::is_invocable_v<Rule, const v1::Case&, const v1::CaseAccess&,
                                                const Req&, const rules::Context&>) {
                decided = rule(*current, *access, asked, changes.rule_context());
              } else {
                decided = rule(*current, asked, changes.rule_context());
              }
              ASSIGN_OR_RETURN(auto outcome, std::move(decided));
              Resp answer;
              const v1::Case& changed = changes.Apply(std::move(outcome));
              SyncAccess(changed, rows, changes);
              *answer.mutable_case_file() = Shown(changed);
              return answer;
            },
            done);
      });
}

}  // namespace redress::registry

#endif  // REDRESS_SERVICES_REGISTRY_SERVICE_H_

// The rpcs of RegistryService and AccessService. The proto files say what each does; service.cc and
// service_access.cc are their tables.
#ifndef REDRESS_SERVICES_REGISTRY_SERVICE_H_
#define REDRESS_SERVICES_REGISTRY_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/service/rpcs.h"
#include "common/service/unit_register.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/registry/v1/access.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "services/registry/allowance.h"
#include "services/registry/case_facts.h"
#include "services/registry/rules.h"
#include "services/registry/store.h"

namespace redress::registry {

inline constexpr char kRegistryService[] = "redress.registry.v1.RegistryService";
inline constexpr char kAccessService[] = "redress.registry.v1.AccessService";

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// How the rpcs of RegistryService are served. Thread-safe. Everything given must outlive it, and it
// what it builds.
class RegistryService {
 public:
  // `assignment`: the channel to the service that keeps the register of units and officials.
  RegistryService(service::Environment& environment, RegistryStore& store, CaseEvaluator& evaluator,
                  service::UnitRegister& units, std::shared_ptr<grpc::Channel> assignment)
      : environment_(environment),
        store_(store),
        evaluator_(evaluator),
        units_(units),
        assignment_(assignment::v1::AssignmentService::NewStub(std::move(assignment))) {}

  absl::StatusOr<std::unique_ptr<grpc::Service>> Build();

 private:
  template <class Resp>
  using Write = absl::StatusOr<service::Prepared<Resp>>;

  // service_campaign.cc
  Write<v1::CreateCampaignResponse> CreateCampaign(const rpc::Call& call,
                                                   const v1::CreateCampaignRequest& asked);
  Write<v1::CreatePlanRevisionResponse> CreatePlanRevision(
      const rpc::Call& call, const v1::CreatePlanRevisionRequest& asked);
  // service_register.cc
  Write<v1::RegisterCaseResponse> RegisterCase(const rpc::Call& call,
                                               const v1::RegisterCaseRequest& asked);
  // service_person.cc
  absl::StatusOr<v1::GetPetitionerResponse> GetPetitioner(const rpc::Call& call,
                                                          const v1::GetPetitionerRequest& asked);
  Write<v1::UpdatePetitionerResponse> UpdatePetitioner(const rpc::Call& call,
                                                       const v1::UpdatePetitionerRequest& asked);
  // service_cases.cc
  absl::StatusOr<v1::GetEntryCriterionResponse> GetEntryCriterion(
      const rpc::Call& call, const v1::GetEntryCriterionRequest& asked);
  absl::StatusOr<v1::CountCasesResponse> CountCases(const rpc::Call& call,
                                                    const v1::CountCasesRequest& asked);
  absl::StatusOr<v1::ListCaseNumbersResponse> ListCaseNumbers(
      const rpc::Call& call, const v1::ListCaseNumbersRequest& asked);
  // service_accusation.cc
  Write<v1::IdentifyAccusedResponse> IdentifyAccused(const rpc::Call& call,
                                                     const v1::IdentifyAccusedRequest& asked);
  absl::StatusOr<service::Basis<rules::InRegister>> IsRegistered(
      const rpc::Call& call, const v1::RecuseOfficialRequest& asked);
  absl::StatusOr<service::Basis<rules::Replacement>> ReplacementOf(
      const rpc::Call& call, const v1::DecideRevocationRequest& asked);
  Write<v1::ProposeRevocationResponse> ProposeRevocation(const rpc::Call& call,
                                                         const v1::ProposeRevocationRequest& asked);
  // service_gate.cc
  absl::StatusOr<service::Basis<rules::LateRecord>> LateRecordOf(
      const rpc::Call& call, const v1::ConfirmRecordRequest& asked);
  absl::StatusOr<service::Basis<std::vector<plan::v1::UnmetDuty>>> BeforeAppraisal(
      const rpc::Call& call, const v1::AppraiseClaimRequest& asked);
  Write<v1::ProposeClosureResponse> ProposeClosure(const rpc::Call& call,
                                                   const v1::ProposeClosureRequest& asked);
  Write<v1::CloseCaseResponse> CloseCase(const rpc::Call& call, const v1::CloseCaseRequest& asked);

  using GatedRule = std::function<absl::StatusOr<rules::Outcome<v1::Case>>(
      const v1::Case& current, const rules::Context& context)>;
  // A write by a rule that was decided on `seen`; a dry run answers with `unmet`.
  template <class Resp>
  static service::Prepared<Resp> Gated(const v1::Case& seen, rules::CaseAction action, bool dry_run,
                                       std::vector<plan::v1::UnmetDuty> unmet, GatedRule rule);

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
  RegistryStore& store_;
  CaseEvaluator& evaluator_;
  service::UnitRegister& units_;
  Allowance candidates_;  // how many known persons somebody is told of
  const std::unique_ptr<assignment::v1::AssignmentService::Stub> assignment_;
};

// How the rpcs of AccessService are served. Thread-safe. Everything given must outlive it, and it
// what it builds.
class AccessService {
 public:
  AccessService(service::Environment& environment, RegistryStore& store, CaseEvaluator& evaluator)
      : environment_(environment), store_(store), evaluator_(evaluator) {}

  absl::StatusOr<std::unique_ptr<grpc::Service>> Build();

 private:
  template <class Resp>
  using Write = absl::StatusOr<service::Prepared<Resp>>;

  absl::StatusOr<v1::CheckAccessResponse> CheckAccess(const rpc::Call& call,
                                                      const v1::CheckAccessRequest& asked);
  absl::StatusOr<v1::CheckParticipantsResponse> CheckParticipants(
      const rpc::Call& call, const v1::CheckParticipantsRequest& asked);
  Write<v1::RecordMembershipResponse> RecordMembership(const rpc::Call& call,
                                                       const v1::RecordMembershipRequest& asked);
  Write<v1::UpdateCaseAccessResponse> UpdateCaseAccess(const rpc::Call& call,
                                                       const v1::UpdateCaseAccessRequest& asked);
  Write<v1::ReconcileCaseAccessResponse> ReconcileCaseAccess(
      const rpc::Call& call, const v1::ReconcileCaseAccessRequest& asked);
  // True where the caller did an act on the case that the plan keeps apart from paying. Decided
  // here, from registry's own facts, so that assistance learns nothing of them (invariant 4).
  absl::StatusOr<bool> PayingTakesAnother(const rpc::Call& call, const std::string& case_name);

  service::Environment& environment_;
  RegistryStore& store_;
  CaseEvaluator& evaluator_;
};

// The locks of a write on a case: the case, and its access, which tells the other services where
// the case stands.
std::vector<store::Lock> CaseLocks(const std::string& case_name);

// The plan revision that a case is held to.
std::string RevisionName(const v1::Case& file);

// An act on a case as the rules on persons see it before it is a fact: what is done, by whom.
facts::v1::Fact Doing(const rpc::Call& call, const std::string& case_name,
                      facts::v1::FactKind kind);

// The same by a request about a round or a claim of the case.
template <class Req>
facts::v1::Fact DoingOn(const rpc::Call& call, facts::v1::FactKind kind, const Req& asked) {
  if constexpr (requires { asked.claim(); }) {
    facts::v1::Fact doing = Doing(call, std::string(base::RootName(asked.claim())), kind);
    doing.set_claim(asked.claim());
    return doing;
  } else {
    facts::v1::Fact doing = Doing(call, std::string(base::RootName(asked.name())), kind);
    doing.set_round(asked.name());
    return doing;
  }
}

// The case as answers show it: without why it was taken on, which its own rpc alone tells
// (invariant 1). Stored answers are answers too.
v1::Case Shown(v1::Case file);
// The person without whom they were taken to be before, which stays with them, sealed.
v1::Petitioner ShownPerson(v1::Petitioner person);

// What is odd about an identity that was recorded, among the warnings of an answer.
void AddWarnings(const v1::PersonIdentity& identity, std::string_view field, absl::CivilDay today,
                 google::protobuf::RepeatedPtrField<v1::Warning>& warnings);

}  // namespace redress::registry

#endif  // REDRESS_SERVICES_REGISTRY_SERVICE_H_

// The rpcs of AssignmentService. The proto file says what each does; service.cc is their table.
#ifndef REDRESS_SERVICES_ASSIGNMENT_SERVICE_H_
#define REDRESS_SERVICES_ASSIGNMENT_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "common/calendar/source.h"
#include "common/service/rpcs.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "services/assignment/peers.h"
#include "services/assignment/rules.h"
#include "services/assignment/store.h"

namespace redress::assignment {

inline constexpr char kServiceName[] = "redress.assignment.v1.AssignmentService";

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// What the rules are told of a case.
rules::CaseView ViewOf(const store::CaseContext& context, std::vector<std::string> barred);

// How the rpcs of AssignmentService are served. Thread-safe. Everything given must outlive it, and
// it what it builds.
class AssignmentService {
 public:
  struct Parts {
    const rpc::Runtime* runtime = nullptr;
    AssignmentStore* store = nullptr;
    Peers* peers = nullptr;
    const base::Clock* clock = nullptr;
    const calendar::Current* calendar = nullptr;
    const plan::RuleSetTable* rule_sets = nullptr;
  };
  explicit AssignmentService(const Parts& parts) : parts_(parts), store_(*parts.store) {}

  absl::StatusOr<std::unique_ptr<grpc::Service>> Build();

 private:
  template <class Resp>
  using Write = absl::StatusOr<service::Prepared<Resp>>;

  // service_unit.cc
  Write<v1::CreateUnitResponse> CreateUnit(const rpc::Call& call,
                                           const v1::CreateUnitRequest& asked);
  Write<v1::UpdateUnitResponse> UpdateUnit(const rpc::Call& call,
                                           const v1::UpdateUnitRequest& asked);
  Write<v1::CreateOfficialResponse> CreateOfficial(const rpc::Call& call,
                                                   const v1::CreateOfficialRequest& asked);
  Write<v1::UpdateOfficialResponse> UpdateOfficial(const rpc::Call& call,
                                                   const v1::UpdateOfficialRequest& asked);
  absl::StatusOr<v1::ResolveAccusedResponse> ResolveAccused(const rpc::Call& call,
                                                            const v1::ResolveAccusedRequest& asked);
  Write<v1::SetLeadingGroupResponse> SetLeadingGroup(const rpc::Call& call,
                                                     const v1::SetLeadingGroupRequest& asked);
  template <class Req, class Resp>
  Write<Resp> RecordMilestone(const rpc::Call& call, const Req& asked, v1::MilestoneKind kind);
  Write<v1::EnrollUnitResponse> EnrollUnit(const rpc::Call& call,
                                           const v1::EnrollUnitRequest& asked);
  Write<v1::RecordDeploymentResponse> RecordDeployment(const rpc::Call& call,
                                                       const v1::RecordDeploymentRequest& asked);
  Write<v1::RecordImplementingRulesResponse> RecordImplementingRules(
      const rpc::Call& call, const v1::RecordImplementingRulesRequest& asked);
  // service_case.cc
  Write<v1::AssignCaseResponse> AssignCase(const rpc::Call& call,
                                           const v1::AssignCaseRequest& asked);
  Write<v1::SetTaskForceResponse> SetTaskForce(const rpc::Call& call,
                                               const v1::SetTaskForceRequest& asked);
  Write<v1::SetWorkPlanResponse> SetWorkPlan(const rpc::Call& call,
                                             const v1::SetWorkPlanRequest& asked);
  Write<v1::CompleteMeasureResponse> CompleteMeasure(const rpc::Call& call,
                                                     const v1::CompleteMeasureRequest& asked);
  Write<v1::OfferHandoverResponse> OfferHandover(const rpc::Call& call,
                                                 const v1::OfferHandoverRequest& asked);
  Write<v1::AcceptHandoverResponse> AcceptHandover(const rpc::Call& call,
                                                   const v1::AcceptHandoverRequest& asked);
  Write<v1::DeclineHandoverResponse> DeclineHandover(const rpc::Call& call,
                                                     const v1::DeclineHandoverRequest& asked);
  Write<v1::WithdrawHandoverResponse> WithdrawHandover(const rpc::Call& call,
                                                       const v1::WithdrawHandoverRequest& asked);
  Write<v1::GrantExtensionResponse> GrantExtension(const rpc::Call& call,
                                                   const v1::GrantExtensionRequest& asked);
  absl::StatusOr<v1::ListDueResponse> ListDue(const rpc::Call& call,
                                              const v1::ListDueRequest& asked);

  // What a change to an assignment needs before its transaction.
  struct Before {
    rules::Officials officials;
    std::vector<std::string> barred;
    AccessOutbox::Removal removal;
  };
  // The rules on assignments, seen alike.
  template <class Req>
  using AssignmentRule = absl::StatusOr<rules::Outcome<v1::Assignment>> (*)(
      const v1::Assignment* current, const Req& asked, const rules::CaseView& of,
      const rules::Officials& officials, const rules::Context& context);

  // A change to the assignment of one case by one rule. `named`: the officials and units that the
  // request names. With `removes_first` the change may take access away, which is done at registry
  // before the commit.
  template <class Req>
  absl::StatusOr<Before> Prepare(const rpc::Call& call, const Req& asked, bool removes_first,
                                 AssignmentRule<Req> rule, std::vector<std::string> named);
  template <class Resp, class Req>
  Write<Resp> Change(const rpc::Call& call, const Req& asked, AssignmentRule<Req> rule,
                     bool removes_first = false, std::vector<std::string> named = {});
  // Those of the officials and units that may be given no part in the case.
  absl::StatusOr<std::vector<std::string>> BarredOf(const rpc::Call& call,
                                                    const std::string& case_name,
                                                    const rules::Officials& officials,
                                                    const std::vector<std::string>& units);
  // Officials are of units: what is said of those who join or leave an accused one, before it is
  // so.
  absl::Status TellMembership(const rpc::Call& call, const std::string& official,
                              const v1::Official* before, const v1::Official& after);
  rules::Context ContextOf(const rpc::Call& call) const;
  // Puts the assignment, and with it in the outbox what registry has to be told.
  absl::StatusOr<v1::Assignment> Put(rules::Outcome<v1::Assignment> outcome,
                                     const v1::Assignment* before,
                                     const AccessOutbox::Removal& removal, store::Changes& changes);

  // The unit of that name, or null where there is none; INVALID_ARGUMENT on `field` where it is of
  // a region that the caller does not serve.
  absl::StatusOr<std::shared_ptr<const v1::Unit>> FindServedUnit(const rpc::Call& call,
                                                                 const std::string& name,
                                                                 std::string_view field);

  const Parts parts_;
  AssignmentStore& store_;
};

}  // namespace redress::assignment

#endif  // REDRESS_SERVICES_ASSIGNMENT_SERVICE_H_

#include "services/assignment/service.h"

namespace redress::assignment {

absl::StatusOr<std::unique_ptr<grpc::Service>> AssignmentService::Build() {
  using A = AssignmentService;
  return service::Rpcs(*parts_.runtime, store_.resources())
      // service_unit.cc
      .Write(&A::CreateUnit, *this)
      .Get<v1::GetUnitRequest>()
      .List(UnitsOf)
      .Write(&A::UpdateUnit, *this)
      .Write(&A::CreateOfficial, *this)
      .Get<v1::GetOfficialRequest>()
      .List(OfficialsOf)
      .Write(&A::UpdateOfficial, *this)
      .Serve(&A::ResolveAccused, *this)
      .Write(&A::EnrollUnit, *this)
      .Write(&A::RecordDeployment, *this)
      .Write(&A::RecordImplementingRules, *this)
      .Write(&A::SetLeadingGroup, *this)
      .Get<v1::GetLeadingGroupRequest>()
      // service_case.cc
      .Write(&A::AssignCase, *this)
      .Get<v1::GetAssignmentRequest>()
      .List(&AssignmentStore::AssignmentsOf, store_)
      .Write(&A::SetTaskForce, *this)
      .Write(&A::SetWorkPlan, *this)
      .Write(&A::CompleteMeasure, *this)
      .Write(&A::OfferHandover, *this)
      .Write(&A::AcceptHandover, *this)
      .Write(&A::DeclineHandover, *this)
      .Write(&A::WithdrawHandover, *this)
      .Write(&A::GrantExtension, *this)
      .Serve(&A::ListDue, *this)
      .Build(kServiceName);
}

}  // namespace redress::assignment

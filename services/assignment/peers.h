// What assignment asks of other services: the facts of a case and the region of a campaign from
// registry, and what is due from supervision.
#ifndef REDRESS_SERVICES_ASSIGNMENT_PEERS_H_
#define REDRESS_SERVICES_ASSIGNMENT_PEERS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "redress/registry/v1/access.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"

namespace redress::assignment {

// Thread-safe.
class Peers {
 public:
  Peers(std::shared_ptr<grpc::Channel> registry, std::shared_ptr<grpc::Channel> supervision)
      : facts_(facts::v1::FactFeedService::NewStub(registry)),
        access_(registry::v1::AccessService::NewStub(registry)),
        registry_(registry::v1::RegistryService::NewStub(std::move(registry))),
        supervision_(supervision::v1::SupervisionService::NewStub(std::move(supervision))) {}

  // Registry's facts of a case, those without a position too. UNAVAILABLE (part "registry") where
  // it cannot answer.
  absl::StatusOr<std::vector<facts::v1::Fact>> FactsOf(const rpc::Call& call,
                                                       const std::string& case_name);

  // NOT_FOUND where registry has no such campaign; UNAVAILABLE (part "registry") where it cannot
  // answer.
  absl::StatusOr<registry::v1::Campaign> FindCampaign(const rpc::Call& call,
                                                      const std::string& name);

  // The text of the plan revision that a case is held to, by the fact of its registration.
  // NOT_FOUND where registry has no such revision; UNAVAILABLE (part "registry") where it cannot
  // answer.
  absl::StatusOr<std::string> PlanTextOf(const rpc::Call& call, const facts::v1::Fact& registered);

  // Those of the candidates that may be given no part in a case; none where there is no such case.
  // UNAVAILABLE (part "registry") where it cannot answer.
  absl::StatusOr<std::vector<std::string>> Barred(
      const rpc::Call& call, const std::string& case_name,
      const std::vector<registry::v1::Candidate>& candidates);

  // Tells registry what an official belongs to, before that is committed here: whoever is a member
  // of an accused unit is walled off. UNAVAILABLE (part "registry") where it cannot answer.
  absl::Status RecordMembership(const rpc::Call& call,
                                registry::v1::RecordMembershipRequest request);

  // What is pending or overdue from an official or a unit, as supervision has evaluated it;
  // `include_unassigned` adds the cases that nobody has been given. What the caller may not know of
  // is left out before the page is filled. UNAVAILABLE (part "supervision") where it cannot answer.
  absl::StatusOr<v1::ListDueResponse> Due(const rpc::Call& call, const v1::ListDueRequest& request,
                                          bool include_unassigned);

 private:
  std::unique_ptr<facts::v1::FactFeedService::Stub> facts_;
  std::unique_ptr<registry::v1::AccessService::Stub> access_;
  std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
  std::unique_ptr<supervision::v1::SupervisionService::Stub> supervision_;
};

}  // namespace redress::assignment

#endif  // REDRESS_SERVICES_ASSIGNMENT_PEERS_H_

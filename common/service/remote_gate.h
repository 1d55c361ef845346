// Access to cases for every service but registry: asks registry, and fails closed.
#ifndef REDRESS_COMMON_SERVICE_REMOTE_GATE_H_
#define REDRESS_COMMON_SERVICE_REMOTE_GATE_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "common/store/store.h"
#include "redress/registry/v1/access.grpc.pb.h"

namespace redress::service {

// Thread-safe.
class RemoteGate final : public store::AccessGate {
 public:
  explicit RemoteGate(std::shared_ptr<grpc::Channel> registry)
      : stub_(registry::v1::AccessService::NewStub(std::move(registry))) {}

  // One batched CheckAccess. UNAVAILABLE (part "registry") where it cannot answer.
  absl::StatusOr<std::vector<absl::StatusOr<store::CaseContext>>> Check(
      const rpc::Call& call, std::string_view permission,
      const std::vector<std::string>& cases) override;

 private:
  std::unique_ptr<registry::v1::AccessService::Stub> stub_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_REMOTE_GATE_H_

// Whether the units that a record names exist: assignment keeps them. Asked before a write, outside
// its transaction.
#ifndef REDRESS_COMMON_SERVICE_UNIT_REGISTER_H_
#define REDRESS_COMMON_SERVICE_UNIT_REGISTER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/call.h"
#include "google/protobuf/message.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"

namespace redress::service {

// Thread-safe.
class UnitRegister {
 public:
  virtual ~UnitRegister() = default;
  // OK where every unit that `request` names is in the register. INVALID_ARGUMENT naming each field
  // whose unit is not; UNAVAILABLE (part "assignment") where it cannot be asked.
  absl::Status Check(const rpc::Call& call, const google::protobuf::Message& request);

 protected:
  // What Check asks for each unit that it does not know of yet.
  virtual absl::StatusOr<bool> Exists(const rpc::Call& call, const std::string& unit) = 0;

 private:
  absl::Mutex mutex_;
  // Units are never deleted, so one that exists always will.
  std::set<std::string> known_ ABSL_GUARDED_BY(mutex_);
};

// The register of assignment, over a channel to it.
class RemoteUnitRegister final : public UnitRegister {
 public:
  explicit RemoteUnitRegister(std::shared_ptr<grpc::Channel> assignment)
      : stub_(assignment::v1::AssignmentService::NewStub(std::move(assignment))) {}

 protected:
  absl::StatusOr<bool> Exists(const rpc::Call& call, const std::string& unit) override;

 private:
  std::unique_ptr<assignment::v1::AssignmentService::Stub> stub_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_UNIT_REGISTER_H_

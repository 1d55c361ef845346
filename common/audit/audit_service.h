// The audit log at the border of the rpcs: where Handle records readings and denials, and the
// service that auditors read from.
#ifndef REDRESS_COMMON_AUDIT_AUDIT_SERVICE_H_
#define REDRESS_COMMON_AUDIT_AUDIT_SERVICE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "common/audit/audit_log.h"
#include "common/audit/reader.h"
#include "common/rpc/handle.h"
#include "common/rpc/runtime.h"
#include "redress/audit/v1/audit.grpc.pb.h"

namespace redress::audit {

// Records in an AuditLog, which must outlive it. Thread-safe.
class LogSink final : public rpc::AuditSink {
 public:
  explicit LogSink(AuditLog& log) : log_(log) {}

  void Read(const rpc::Call& call, std::vector<std::string> resources,
            std::function<void(absl::Status)> done) override;
  void Denied(const auth::Identity& caller, std::string_view method, std::string_view reason,
              std::string_view resource) override;

 private:
  AuditLog& log_;
};

// AuditService. What the arguments name must outlive the server. Thread-safe.
class AuditService final : public v1::AuditService::CallbackService {
 public:
  AuditService(const rpc::Runtime& runtime, const AuditReader& reader)
      : runtime_(runtime), reader_(reader) {}

  grpc::ServerUnaryReactor* ListAuditEntries(grpc::CallbackServerContext* context,
                                             const v1::ListAuditEntriesRequest* request,
                                             v1::ListAuditEntriesResponse* response) override;
  grpc::ServerUnaryReactor* GetAuditCheckpoint(grpc::CallbackServerContext* context,
                                               const v1::GetAuditCheckpointRequest* request,
                                               v1::GetAuditCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* GetAuditInclusionProof(
      grpc::CallbackServerContext* context, const v1::GetAuditInclusionProofRequest* request,
      v1::GetAuditInclusionProofResponse* response) override;
  grpc::ServerUnaryReactor* GetAuditConsistencyProof(
      grpc::CallbackServerContext* context, const v1::GetAuditConsistencyProofRequest* request,
      v1::GetAuditConsistencyProofResponse* response) override;

 private:
  const rpc::Runtime& runtime_;
  const AuditReader& reader_;
};

}  // namespace redress::audit

#endif  // REDRESS_COMMON_AUDIT_AUDIT_SERVICE_H_

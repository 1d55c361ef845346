// The audit log at the border of the rpcs: where Handle records readings and denials, and the
// service that auditors read from.
#ifndef REDRESS_COMMON_AUDIT_AUDIT_SERVICE_H_
#define REDRESS_COMMON_AUDIT_AUDIT_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/audit/audit_log.h"
#include "common/audit/reader.h"
#include "common/rpc/rpc_service.h"
#include "common/rpc/runtime.h"

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

// Takes the content of those entries off a page that the caller may not know of; their hashes keep
// the log verifiable. An error refuses the page. Thread-safe.
using HideEntries =
    std::function<absl::Status(const rpc::Call& call, v1::ListAuditEntriesResponse& page)>;

// AuditService, thread-safe. What the arguments name must outlive it.
absl::StatusOr<std::unique_ptr<grpc::Service>> MakeAuditService(const rpc::Runtime& runtime,
                                                                const AuditReader& reader,
                                                                HideEntries hide);

}  // namespace redress::audit

#endif  // REDRESS_COMMON_AUDIT_AUDIT_SERVICE_H_

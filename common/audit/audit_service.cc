#include "common/audit/audit_service.h"

#include <utility>

#include "common/status/macros.h"

namespace redress::audit {
namespace {

constexpr char kServiceName[] = "redress.audit.v1.AuditService";

v1::AuditEntry EntryOf(const auth::Identity& caller, std::string_view method) {
  v1::AuditEntry entry;
  entry.set_subject(caller.subject);
  entry.set_official(caller.official);
  entry.set_unit(caller.unit);
  for (const types::v1::Role role : caller.roles) entry.add_roles(role);
  entry.set_service(caller.service);
  entry.set_rpc(std::string(method));
  return entry;
}

}  // namespace

void LogSink::Read(const rpc::Call& call, std::vector<std::string> resources,
                   std::function<void(absl::Status)> done) {
  v1::AuditEntry entry = EntryOf(call.caller, call.method);
  entry.set_outcome(resources.empty() ? v1::AUDIT_OUTCOME_NOTHING_FOUND : v1::AUDIT_OUTCOME_READ);
  // The permission is what the data was needed for, as far as a call says it.
  entry.set_purpose(std::string(call.permission));
  entry.set_trace_id(call.trace.trace_id);
  for (std::string& resource : resources) entry.add_resources(std::move(resource));
  log_.Record(std::move(entry), std::move(done));
}

void LogSink::Denied(const auth::Identity& caller, std::string_view method, std::string_view reason,
                     std::string_view resource) {
  v1::AuditEntry entry = EntryOf(caller, method);
  entry.set_denial_reason(std::string(reason));
  if (!resource.empty()) entry.add_resources(std::string(resource));
  log_.RecordDenial(std::move(entry));
}

absl::StatusOr<std::unique_ptr<grpc::Service>> MakeAuditService(const rpc::Runtime& runtime,
                                                                const AuditReader& reader,
                                                                HideEntries hide) {
  const auto list = [&reader, hide = std::move(hide)](const rpc::Call& call,
                                                      const v1::ListAuditEntriesRequest& asked)
      -> absl::StatusOr<v1::ListAuditEntriesResponse> {
    ASSIGN_OR_RETURN(v1::ListAuditEntriesResponse page,
                     reader.ListAuditEntries(asked, call.deadline));
    RETURN_IF_ERROR(hide(call, page));
    return page;
  };
  return rpc::RpcService::Create(
      runtime, kServiceName,
      {{"ListAuditEntries", rpc::ServeBy(std::function(list))},
       {"GetAuditCheckpoint", rpc::ServeBy(reader, &AuditReader::GetAuditCheckpoint)},
       {"GetAuditInclusionProof", rpc::ServeBy(reader, &AuditReader::GetAuditInclusionProof)},
       {"GetAuditConsistencyProof", rpc::ServeBy(reader, &AuditReader::GetAuditConsistencyProof)}});
}

}  // namespace redress::audit

#include "common/service/unit_register.h"

#include "common/rpc/channel.h"
#include "common/rules/record_checks.h"
#include "common/status/macros.h"

namespace redress::service {

absl::Status UnitRegister::Check(const rpc::Call& call, const google::protobuf::Message& request) {
  rules::FieldErrors errors;
  for (const rules::NamedUnit& named : rules::UnitsNamedIn(request)) {
    {
      absl::MutexLock lock(&mutex_);
      if (known_.contains(named.unit)) continue;
    }
    ASSIGN_OR_RETURN(const bool exists, Exists(call, named.unit));
    if (!exists) {
      errors.Add(named.field, "is no unit of the register");
      continue;
    }
    absl::MutexLock lock(&mutex_);
    known_.insert(named.unit);
  }
  return errors.ToStatus();
}

absl::StatusOr<bool> RemoteUnitRegister::Exists(const rpc::Call& call, const std::string& unit) {
  grpc::ClientContext context;
  rpc::Continue(call, context);
  assignment::v1::GetUnitRequest request;
  request.set_name(unit);
  assignment::v1::GetUnitResponse response;
  const grpc::Status answered = stub_->GetUnit(&context, request, &response);
  if (answered.error_code() == grpc::StatusCode::NOT_FOUND) return false;
  RETURN_IF_ERROR(rpc::PeerStatus("assignment", answered));
  return true;
}

}  // namespace redress::service

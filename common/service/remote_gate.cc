#include "common/service/remote_gate.h"

#include "common/auth/case_scope.h"
#include "common/rpc/channel.h"
#include "common/rules/rules.h"
#include "common/service/caller.h"
#include "common/status/error.h"

namespace redress::service {

absl::StatusOr<std::vector<absl::StatusOr<store::CaseContext>>> RemoteGate::Check(
    const rpc::Call& call, std::string_view permission, const std::vector<std::string>& cases) {
  registry::v1::CheckAccessRequest request;
  *request.mutable_caller() = CallerOf(call.caller);
  request.set_permission(std::string(permission));
  for (const std::string& name : cases) request.add_cases(name);

  grpc::ClientContext context;
  rpc::Continue(call, context);
  registry::v1::CheckAccessResponse response;
  const grpc::Status answered = stub_->CheckAccess(&context, request, &response);
  if (!answered.ok()) return rpc::PeerStatus("registry", answered);
  if (response.decisions_size() != static_cast<int>(cases.size())) {
    return absl::InternalError("registry decided on another number of cases than asked");
  }
  std::vector<absl::StatusOr<store::CaseContext>> decisions;
  decisions.reserve(cases.size());
  for (registry::v1::AccessDecision& decision : *response.mutable_decisions()) {
    if (!decision.allowed() && decision.reason() == registry::v1::ACCESS_REFUSAL_UNSPECIFIED) {
      return absl::InternalError("registry refused access without a reason");
    }
    if (!decision.allowed()) {
      decisions.emplace_back(
          auth::ToStatus({static_cast<auth::AccessReason>(decision.reason()), {}}, permission));
      continue;
    }
    store::CaseContext known;
    known.name = decision.case_name();
    known.campaign = decision.campaign();
    known.region_code = decision.region_code();
    known.responsible_unit = decision.responsible_unit();
    known.lead = decision.lead();
    known.officer = decision.officer();
    known.state = decision.state();
    if (rules::IsSet(decision.received_on())) {
      known.received_on = rules::DayOf(decision.received_on());
    }
    known.claims.assign(decision.claims().begin(), decision.claims().end());
    for (int role : decision.roles()) known.roles.Add(static_cast<types::v1::Role>(role));
    decisions.emplace_back(std::move(known));
  }
  return decisions;
}

}  // namespace redress::service

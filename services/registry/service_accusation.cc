// Accusations: whom they wall off, and how a wrong registration is taken back.
#include <optional>

#include "common/rpc/channel.h"
#include "services/registry/service.h"

namespace redress::registry {

absl::StatusOr<assignment::v1::ResolveAccusedResponse> RegistryService::Resolve(
    const rpc::Call& call, const std::vector<std::string>& accused, const std::string& region_code,
    const google::type::Date& act_on) {
  assignment::v1::ResolveAccusedRequest request;
  for (const std::string& who : accused) request.add_accused(who);
  request.set_region_code(region_code);
  if (redress::rules::IsSet(act_on)) *request.mutable_act_on() = act_on;
  grpc::ClientContext context;
  rpc::Continue(call, context);
  assignment::v1::ResolveAccusedResponse response;
  RETURN_IF_ERROR(
      rpc::PeerStatus("assignment", assignment_->ResolveAccused(&context, request, &response)));
  if (response.accused_size() != static_cast<int>(accused.size())) {
    return absl::InternalError("assignment resolved another number of those accused than asked");
  }
  return response;
}

RegistryService::Write<v1::IdentifyAccusedResponse> RegistryService::IdentifyAccused(
    const rpc::Call& call, const v1::IdentifyAccusedRequest& asked) {
  ASSIGN_OR_RETURN(const store::CaseContext known,
                   store_.resources().CheckCase(call, asked.name()));
  ASSIGN_OR_RETURN(assignment::v1::ResolveAccusedResponse resolved,
                   Resolve(call, {asked.accused().begin(), asked.accused().end()},
                           known.region_code, asked.act_on()));
  return service::Prepared<v1::IdentifyAccusedResponse>{
      CaseLocks(asked.name()),
      [this, &asked, caller = call.caller, resolved = std::move(resolved)](
          const store::Rows& rows,
          store::Changes& changes) -> absl::StatusOr<v1::IdentifyAccusedResponse> {
        const v1::Case* file = rows.Find<v1::Case>(asked.name());
        const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(asked.name());
        if (file == nullptr || access == nullptr) return status::NotFound("case");
        if (!rules::IsAccusation(*file)) {
          return redress::rules::Refuse("NOT_AN_ACCUSATION", asked.name(),
                                        "the case is no accusation; a petition is answered");
        }
        if (!rules::AccusesUnregistered(*file)) {
          return redress::rules::Refuse("NOBODY_UNREGISTERED", asked.name(),
                                        "everybody accused was in the register when the case was "
                                        "registered; nobody is left to be identified");
        }
        ASSIGN_OR_RETURN(v1::CaseAccess walled, rules::WallOff(*access, resolved, "accused", caller,
                                                               store_.wall_hashes()));
        changes.Put(std::move(walled));
        v1::IdentifyAccusedResponse answer;
        *answer.mutable_case_file() = changes.Put(*file);
        return answer;
      }};
}

absl::StatusOr<service::Basis<rules::Replacement>> RegistryService::ReplacementOf(
    const rpc::Call& call, const v1::DecideRevocationRequest& asked) {
  ASSIGN_OR_RETURN(const v1::Case file, store_.resources().Get<v1::Case>(call, asked.name()));
  rules::Replacement replacement;
  if (file.has_revocation()) {
    const absl::StatusOr<v1::Case> other =
        store_.resources().Get<v1::Case>(call, file.revocation().replaced_by());
    if (!other.ok() && !absl::IsNotFound(other.status()) &&
        !absl::IsPermissionDenied(other.status())) {
      return other.status();
    }
    replacement.goes_on = other.ok() && rules::MayReplace(*other);
  }
  return service::Basis<rules::Replacement>{replacement, {service::SeenAs(file)}};
}

absl::StatusOr<service::Basis<rules::InRegister>> RegistryService::IsRegistered(
    const rpc::Call& call, const v1::RecuseOfficialRequest& asked) {
  ASSIGN_OR_RETURN(const store::CaseContext known,
                   store_.resources().CheckCase(call, asked.name()));
  ASSIGN_OR_RETURN(const assignment::v1::ResolveAccusedResponse resolved,
                   Resolve(call, {asked.official()}, known.region_code, {}));
  return service::Basis<rules::InRegister>{{resolved.accused(0).registered()}};
}

RegistryService::Write<v1::ProposeRevocationResponse> RegistryService::ProposeRevocation(
    const rpc::Call& call, const v1::ProposeRevocationRequest& asked) {
  absl::StatusOr<v1::Case> other = store_.resources().Get<v1::Case>(call, asked.replaced_by());
  if (!other.ok() && !absl::IsNotFound(other.status()) &&
      !absl::IsPermissionDenied(other.status())) {
    return other.status();
  }
  std::optional<v1::Case> replacement;
  if (other.ok()) replacement = *std::move(other);
  return service::Prepared<v1::ProposeRevocationResponse>{
      CaseLocks(asked.name()),
      [&asked, replacement = std::move(replacement)](
          const store::Rows& rows,
          store::Changes& changes) -> absl::StatusOr<v1::ProposeRevocationResponse> {
        const v1::Case* current = rows.Find<v1::Case>(asked.name());
        if (current == nullptr) return status::NotFound("case");
        ASSIGN_OR_RETURN(auto outcome,
                         rules::ProposeRevocation(*current, asked,
                                                  replacement.has_value() ? &*replacement : nullptr,
                                                  changes.rule_context()));
        v1::ProposeRevocationResponse answer;
        *answer.mutable_case_file() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

}  // namespace redress::registry

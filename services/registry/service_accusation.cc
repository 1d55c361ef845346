// Accusations: whom they wall off, and how a wrong registration is taken back.
#include <optional>

#include "common/rpc/channel.h"
#include "services/registry/rules.h"
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

grpc::ServerUnaryReactor* RegistryService::IdentifyAccused(
    grpc::CallbackServerContext* context, const v1::IdentifyAccusedRequest* request,
    v1::IdentifyAccusedResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::IdentifyAccusedRequest& asked,
             rpc::Done<v1::IdentifyAccusedResponse> done) {
        const auto refuse = [&](absl::Status refusal) {
          store_.resources().RefuseUnlessDone<v1::IdentifyAccusedRequest>(
              call, asked, std::move(refusal), done, asked.name());
        };
        absl::StatusOr<store::CaseContext> known = store_.resources().CheckCase(call, asked.name());
        if (!known.ok()) return refuse(known.status());
        absl::StatusOr<assignment::v1::ResolveAccusedResponse> resolved =
            Resolve(call, {asked.accused().begin(), asked.accused().end()}, known->region_code,
                    asked.act_on());
        if (!resolved.ok()) return refuse(resolved.status());
        store_.resources().Submit<v1::IdentifyAccusedRequest, v1::IdentifyAccusedResponse>(
            call, asked, CaseLocks(asked.name()),
            [this, &asked, caller = call.caller, resolved = *std::move(resolved)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::IdentifyAccusedResponse> {
              const v1::Case* file = rows.Find<v1::Case>(asked.name());
              const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(asked.name());
              if (file == nullptr || access == nullptr) return status::NotFound("case");
              if (!rules::IsAccusation(*file)) {
                return redress::rules::Refuse("NOT_AN_ACCUSATION", asked.name(),
                                              "the case is no accusation; a petition is answered");
              }
              ASSIGN_OR_RETURN(v1::CaseAccess walled, rules::WallOff(*access, resolved, "accused",
                                                                     caller, store_.wall_hashes()));
              changes.Put(std::move(walled));
              v1::IdentifyAccusedResponse answer;
              *answer.mutable_case_file() = Shown(changes.Put(*file));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::ProposeRevocation(
    grpc::CallbackServerContext* context, const v1::ProposeRevocationRequest* request,
    v1::ProposeRevocationResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::ProposeRevocationRequest& asked,
             rpc::Done<v1::ProposeRevocationResponse> done) {
        absl::StatusOr<v1::Case> other =
            store_.resources().Get<v1::Case>(call, asked.replaced_by());
        if (!other.ok() && !absl::IsNotFound(other.status()) &&
            !absl::IsPermissionDenied(other.status())) {
          return store_.resources().RefuseUnlessDone<v1::ProposeRevocationRequest>(
              call, asked, other.status(), done, asked.name());
        }
        std::optional<v1::Case> replacement;
        if (other.ok()) replacement = *std::move(other);
        store_.resources().Submit<v1::ProposeRevocationRequest, v1::ProposeRevocationResponse>(
            call, asked, CaseLocks(asked.name()),
            [&asked, replacement = std::move(replacement)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::ProposeRevocationResponse> {
              const v1::Case* current = rows.Find<v1::Case>(asked.name());
              if (current == nullptr) return status::NotFound("case");
              ASSIGN_OR_RETURN(auto outcome, rules::ProposeRevocation(
                                                 *current, asked,
                                                 replacement.has_value() ? &*replacement : nullptr,
                                                 changes.rule_context()));
              v1::ProposeRevocationResponse answer;
              *answer.mutable_case_file() = Shown(changes.Apply(std::move(outcome)));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::DecideRevocation(
    grpc::CallbackServerContext* context, const v1::DecideRevocationRequest* request,
    v1::DecideRevocationResponse* response) {
  return ChangeCase(context, request, response, request->name(), rules::DecideRevocation);
}

}  // namespace redress::registry

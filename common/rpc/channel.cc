#include "common/rpc/channel.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/files.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"

namespace redress::rpc {

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& target,
                                                           const TlsFiles& tls,
                                                           const std::string& server_name) {
  grpc::SslCredentialsOptions options;
  ASSIGN_OR_RETURN(options.pem_root_certs, base::ReadFile(tls.ca));
  if (!tls.certificate.empty()) {
    ASSIGN_OR_RETURN(options.pem_cert_chain, base::ReadFile(tls.certificate));
    ASSIGN_OR_RETURN(options.pem_private_key, vault::ReadSecretFile(tls.key));
  }
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  // A peer that restarts should be found again within a second, not after the default two minutes
  // of backoff.
  // The least time that an attempt is given: a TLS handshake on a busy machine may take long.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  if (!server_name.empty()) arguments.SetSslTargetNameOverride(server_name);
  return grpc::CreateCustomChannel(target, grpc::SslCredentials(options), arguments);
}

absl::StatusOr<std::map<std::string, std::string>> ParsePeers(std::string_view peers) {
  std::map<std::string, std::string> parsed;
  for (absl::string_view pair :
       absl::StrSplit(absl::string_view(peers.data(), peers.size()), ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> halves =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (halves.first.empty() || halves.second.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a peer is given as name=host:port, not as \"", pair, "\""));
    }
    parsed[halves.first] = halves.second;
  }
  return parsed;
}

void Continue(const Call& call, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(call.deadline));
  context.AddMetadata(std::string(log::kTraceparent),
                      log::FormatTraceparent(log::ChildOf(call.trace)));
  context.AddMetadata("accept-language", std::string(call.lang));
}

absl::Status PeerStatus(std::string_view part, const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return absl::OkStatus();
    // The peer's trouble is not the caller's fault: none of these says anything about the request.
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::CANCELLED:
      return redress::status::Unavailable(part);
    default:
      return redress::status::FromGrpc(status);
  }
}

}  // namespace redress::rpc

// Channels to other services, over mutual TLS, and what every outgoing call carries.
#ifndef REDRESS_COMMON_RPC_CHANNEL_H_
#define REDRESS_COMMON_RPC_CHANNEL_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/server.h"

namespace redress::rpc {

// A channel that shows our certificate and accepts only peers that our CA has certified under
// `server_name` (where it is not empty; the host of `target` otherwise). `target` may be several
// addresses, "ipv4:127.0.0.1:7401,127.0.0.1:7501": calls are spread over those that answer.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& target,
                                                           const TlsFiles& tls,
                                                           const std::string& server_name = "");

// "registry=127.0.0.1:7401,assignment=127.0.0.1:7402" -> name -> address. INVALID_ARGUMENT where it
// is malformed.
absl::StatusOr<std::map<std::string, std::string>> ParsePeers(std::string_view peers);

// Deadline and trace of `call`, for a call made in its course.
void Continue(const Call& call, grpc::ClientContext& context);

// What a caller is told of a failed call to another service: UNAVAILABLE naming the part where it
// could not answer; its own error, details kept, where it refused.
absl::Status PeerStatus(std::string_view part, const grpc::Status& status);

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_CHANNEL_H_

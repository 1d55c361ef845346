// From a gRPC call to an identity. The only part of this library that knows gRPC.
#ifndef REDRESS_COMMON_AUTH_PEER_H_
#define REDRESS_COMMON_AUTH_PEER_H_

#include <map>

#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/auth/token.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/string_ref.h"

namespace redress::auth {

// The caller of a call: by client certificate if it has a SAN URI of ours
//   redress://service/<name>        -> ROLE_SERVICE
//   redress://county/<region code>/<unit id>  -> ROLE_COUNTY_PLATFORM for that region, of that
//   unit:
//     where the unit is accused, so is its machine; without a unit it reads no accusation
// and otherwise by the bearer token in `authorization`. A certificate of ours wins over a token: a
// service that passes a token on still acts as itself. The server must be set up to verify client
// certificates against its CA (request-and-verify), which this function cannot check.
// UNAUTHENTICATED with reason CREDENTIALS_MISSING, CERTIFICATE_INVALID (more than one of our URIs,
// or a malformed one), or a reason of TokenVerifier::Verify. Thread-safe.
absl::StatusOr<Identity> IdentifyPeer(
    const grpc::AuthContext& auth_context,
    const std::multimap<grpc::string_ref, grpc::string_ref>& metadata,
    const TokenVerifier& verifier);

absl::StatusOr<Identity> IdentifyPeer(const grpc::ServerContextBase& context,
                                      const TokenVerifier& verifier);

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_PEER_H_

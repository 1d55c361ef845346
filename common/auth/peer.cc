#include "common/auth/peer.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/auth/case_scope.h"
#include "common/status/error.h"
#include "grpc/grpc_security_constants.h"

namespace redress::auth {
namespace {

constexpr std::string_view kScheme = "redress://";
constexpr std::string_view kService = "redress://service/";
constexpr std::string_view kCounty = "redress://county/";
constexpr std::string_view kBearer = "bearer ";

absl::Status BadCertificate() { return status::Unauthenticated("CERTIFICATE_INVALID"); }

bool IsServiceName(std::string_view name) {
  return !name.empty() && name.size() <= 32 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return absl::ascii_islower(c); });
}

bool IsUnitId(std::string_view id) {
  return !id.empty() && id.size() <= 63 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
}

// The machine behind a URI of ours.
absl::StatusOr<Identity> Machine(std::string_view uri) {
  Identity identity;
  identity.kind = Identity::Kind::kMachine;
  if (uri.starts_with(kService)) {
    const std::string name(uri.substr(kService.size()));
    if (!IsServiceName(name)) return BadCertificate();
    identity.service = name;
    identity.subject = "service/" + name;
    identity.roles = {types::v1::ROLE_SERVICE};
    return identity;
  }
  if (uri.starts_with(kCounty)) {
    // The region, and the unit that the platform belongs to: it is walled off as that unit is.
    const std::string_view rest = uri.substr(kCounty.size());
    const size_t slash = rest.find('/');
    const std::string region(rest.substr(0, slash));
    if (RegionPrefix(region).empty()) return BadCertificate();
    if (slash != std::string_view::npos) {
      if (!IsUnitId(rest.substr(slash + 1))) return BadCertificate();
      identity.unit = "units/" + std::string(rest.substr(slash + 1));
    }
    identity.region = region;
    identity.subject = "county/" + region;
    identity.roles = {types::v1::ROLE_COUNTY_PLATFORM};
    return identity;
  }
  return BadCertificate();
}

// The URIs of ours in the peer's verified certificate.
std::vector<std::string> OurUris(const grpc::AuthContext& context) {
  std::vector<std::string> uris;
  for (const grpc::string_ref& value : context.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
    std::string uri(value.data(), value.size());
    if (std::string_view(uri).starts_with(kScheme)) uris.push_back(std::move(uri));
  }
  return uris;
}

}  // namespace

absl::StatusOr<Identity> IdentifyPeer(
    const grpc::AuthContext& auth_context,
    const std::multimap<grpc::string_ref, grpc::string_ref>& metadata,
    const TokenVerifier& verifier) {
  const std::vector<std::string> uris = OurUris(auth_context);
  if (uris.size() > 1) return BadCertificate();
  if (uris.size() == 1) return Machine(uris.front());

  const auto [begin, end] = metadata.equal_range("authorization");
  if (begin == end) return status::Unauthenticated("CREDENTIALS_MISSING");
  if (std::next(begin) != end) return status::Unauthenticated("TOKEN_MALFORMED");
  std::string_view value(begin->second.data(), begin->second.size());
  // RFC 6750; the scheme's case does not matter (RFC 7235).
  if (value.size() <= kBearer.size() ||
      !std::equal(kBearer.begin(), kBearer.end(), value.begin(), [](char want, char got) {
        return want == absl::ascii_tolower(static_cast<unsigned char>(got));
      })) {
    return status::Unauthenticated("CREDENTIALS_MISSING");
  }
  value.remove_prefix(kBearer.size());
  return verifier.Verify(value);
}

absl::StatusOr<Identity> IdentifyPeer(const grpc::ServerContextBase& context,
                                      const TokenVerifier& verifier) {
  const std::shared_ptr<const grpc::AuthContext> auth_context = context.auth_context();
  if (auth_context == nullptr) return status::Unauthenticated("CREDENTIALS_MISSING");
  return IdentifyPeer(*auth_context, context.client_metadata(), verifier);
}

}  // namespace redress::auth

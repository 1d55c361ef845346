// JSON Web Tokens through libjwt: decoding and signing, no policy. Internal to token.cc.
//
// libjwt's objects are not safe to share between threads: each call makes its own.
#ifndef REDRESS_COMMON_AUTH_JWT_H_
#define REDRESS_COMMON_AUTH_JWT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace redress::auth {

// What a token says. Absent numbers are nullopt, absent texts empty; a claim of the wrong type
// counts as absent.
struct JwtClaims {
  std::string iss, aud, sub, official, unit, region;
  std::optional<int64_t> iat, nbf, exp;
  std::vector<std::string> roles;
};

// The header of a token, before anything is verified.
struct JwtHeader {
  bool is_es256 = false;
  std::string kid;
};

// True if `token` looks like one: three non-empty base64url parts, at most 8 KiB. The last part may
// be empty, so that unsigned tokens are told apart from rubbish.
bool LooksLikeJwt(std::string_view token);

// Reads the header; nullopt if the token does not parse. Verifies nothing.
std::optional<JwtHeader> PeekHeader(const std::string& token);

// Verifies the signature (ES256 with `public_pem`) and reads the claims; nullopt if it does not
// hold.
std::optional<JwtClaims> DecodeVerified(const std::string& token, const std::string& public_pem);

// Signs with ES256. INTERNAL if libjwt refuses.
absl::StatusOr<std::string> Sign(const JwtClaims& claims, const std::string& kid,
                                 const std::string& private_pem);

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_JWT_H_

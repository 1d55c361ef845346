// Signed tokens (JWT, RFC 7519) of people and apps: ES256 only.
//
// A token has the header `alg: ES256` and `kid`, and the claims iss, aud ("redress"), sub, iat,
// nbf, exp, official, unit, region and roles (names of redress.types.v1.Role). The roles of
// machines (ROLE_SERVICE, ROLE_COUNTY_PLATFORM) come from client certificates alone; a token with
// one of them is refused. Times here are machine time, never a simulated clock.
#ifndef REDRESS_COMMON_AUTH_TOKEN_H_
#define REDRESS_COMMON_AUTH_TOKEN_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/auth/identity.h"

namespace redress::auth {

inline constexpr char kAudience[] = "redress";
inline constexpr absl::Duration kMaxTokenLifetime = absl::Hours(24);
inline constexpr absl::Duration kClockSkew = absl::Seconds(30);

struct TokenVerifierOptions {
  // The folder of public keys, `<kid>.pem` (EC P-256). Read again when it changes, looked at no
  // more than once a second: adding a file adds a key, removing one ends its tokens.
  std::string key_directory;
  // The `iss` that tokens must carry. Required.
  std::string issuer;
  // The most verified tokens remembered (by SHA-256), least recently used out first.
  size_t cache_size = 4096;
  std::function<absl::Time()> now = absl::Now;
};

// Thread-safe.
class TokenVerifier {
 public:
  // FAILED_PRECONDITION, with the way out, if the folder is missing, holds no key or a file that is
  // not a P-256 public key, or if no issuer is given.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Create(TokenVerifierOptions options);
  ~TokenVerifier();

  // Who the token speaks for. Every failure is UNAUTHENTICATED; its ErrorInfo reason is one of
  // TOKEN_MALFORMED, TOKEN_ALGORITHM, TOKEN_KEY_UNKNOWN, TOKEN_SIGNATURE, TOKEN_ISSUER,
  // TOKEN_AUDIENCE, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_LIFETIME, TOKEN_CLAIMS. No part of
  // the token is in it.
  absl::StatusOr<Identity> Verify(std::string_view token) const;

  // The number of remembered tokens; for metrics and tests.
  size_t cached() const;

 private:
  struct State;
  explicit TokenVerifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Signs tokens, for ctl, the sample and tests. Thread-safe; immutable after loading.
class TokenIssuer {
 public:
  // Reads a PEM private key (EC P-256) from a secret file (mode 0600 or stricter).
  // FAILED_PRECONDITION otherwise.
  static absl::StatusOr<std::unique_ptr<const TokenIssuer>> Load(
      const std::string& private_key_path, std::string kid, std::string issuer);
  ~TokenIssuer();

  // A token for `identity`, valid from `now` for `lifetime`. INVALID_ARGUMENT if the lifetime is
  // not within (0, 24 h], the subject is empty, or a role is missing or a machine's.
  absl::StatusOr<std::string> Issue(const Identity& identity, absl::Time now,
                                    absl::Duration lifetime) const;

 private:
  TokenIssuer(std::string pem, std::string kid, std::string issuer);

  std::string pem_;
  const std::string kid_;
  const std::string issuer_;
};

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_TOKEN_H_

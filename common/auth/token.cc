#include "common/auth/token.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>
#include <list>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/jwt.h"
#include "common/auth/keyring.h"
#include "common/base/digest.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"

namespace redress::auth {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);
constexpr RoleSet kMachineRoles{types::v1::ROLE_SERVICE, types::v1::ROLE_COUNTY_PLATFORM};

absl::Status Refuse(std::string_view reason) { return status::Unauthenticated(reason); }

// The person a token speaks for, and until when.
struct Verified {
  Identity identity;
  absl::Time expires;
};

absl::StatusOr<Verified> Judge(const JwtClaims& claims, const std::string& issuer, absl::Time now) {
  if (claims.iss != issuer) return Refuse("TOKEN_ISSUER");
  if (claims.aud != kAudience) return Refuse("TOKEN_AUDIENCE");
  if (!claims.iat.has_value() || !claims.nbf.has_value() || !claims.exp.has_value() ||
      claims.sub.empty()) {
    return Refuse("TOKEN_CLAIMS");
  }
  const absl::Time issued = absl::FromUnixSeconds(*claims.iat);
  const absl::Time not_before = absl::FromUnixSeconds(*claims.nbf);
  const absl::Time expires = absl::FromUnixSeconds(*claims.exp);
  if (expires <= issued || expires - issued > kMaxTokenLifetime) return Refuse("TOKEN_LIFETIME");
  if (now >= expires + kClockSkew) return Refuse("TOKEN_EXPIRED");
  if (issued > now + kClockSkew || not_before > now + kClockSkew) {
    return Refuse("TOKEN_NOT_YET_VALID");
  }
  Verified verified;
  verified.expires = expires;
  Identity& identity = verified.identity;
  identity.kind = Identity::Kind::kPerson;
  identity.subject = claims.sub;
  identity.person = PersonOf(claims.sub);
  identity.official = claims.official;
  identity.unit = claims.unit;
  identity.region = claims.region;
  for (const std::string& name : claims.roles) {
    Role role;
    // A token with a role that is unknown or a machine's is refused whole: it was not made for us.
    if (!types::v1::Role_Parse(name, &role) || role == types::v1::ROLE_UNSPECIFIED ||
        kMachineRoles.Has(role)) {
      return Refuse("TOKEN_CLAIMS");
    }
    identity.roles.push_back(role);
  }
  if (identity.roles.empty()) return Refuse("TOKEN_CLAIMS");
  // Walls, recusals and floors of two persons know officials: whoever acts on cases is one.
  const bool acts_on_cases =
      std::any_of(identity.roles.begin(), identity.roles.end(), [](Role role) {
        return role != types::v1::ROLE_AUDITOR && role != types::v1::ROLE_OPERATOR;
      });
  if (acts_on_cases && identity.official.empty()) return Refuse("TOKEN_CLAIMS");
  return verified;
}

}  // namespace

struct TokenVerifier::State {
  struct Entry {
    std::string digest;
    std::shared_ptr<const PublicKey> key;
    Verified verified;
  };

  // The keys, read again if the folder has changed; drops what was verified with keys now gone.
  std::shared_ptr<const KeySet> Keys(absl::Time now) {
    std::shared_ptr<const KeySet> old;
    {
      absl::MutexLock lock(&mutex);
      // A clock that was set back must not stop the looking.
      if (absl::AbsDuration(now - looked) < kLookInterval) return keys;
      looked = now;
      old = keys;
    }
    if (Fingerprint(options.key_directory) == old->fingerprint) return old;
    std::shared_ptr<const KeySet> fresh = ReadKeys(options.key_directory, old.get());
    absl::MutexLock lock(&mutex);
    keys = fresh;
    for (auto it = entries.begin(); it != entries.end();) {
      const auto key = fresh->keys.find(it->key->kid);
      const bool stays = key != fresh->keys.end() && key->second == it->key;
      if (!stays) by_digest.erase(it->digest);
      it = stays ? std::next(it) : entries.erase(it);
    }
    return fresh;
  }

  // What is remembered of a token, if its key is still there and it has not expired.
  bool Recall(const std::string& digest, const KeySet& current, absl::Time now,
              Identity* identity) {
    absl::MutexLock lock(&mutex);
    const auto found = by_digest.find(digest);
    if (found == by_digest.end()) return false;
    const auto entry = found->second;
    const auto key = current.keys.find(entry->key->kid);
    if (key == current.keys.end() || key->second != entry->key ||
        now >= entry->verified.expires + kClockSkew) {
      entries.erase(entry);
      by_digest.erase(found);
      return false;
    }
    entries.splice(entries.begin(), entries, entry);
    *identity = entry->verified.identity;
    return true;
  }

  void Remember(std::string digest, std::shared_ptr<const PublicKey> key, Verified verified) {
    absl::MutexLock lock(&mutex);
    if (options.cache_size == 0 || by_digest.contains(digest)) return;
    // Read again in the meantime: the key may be gone.
    const auto current = keys->keys.find(key->kid);
    if (current == keys->keys.end() || current->second != key) return;
    while (entries.size() >= options.cache_size) {
      by_digest.erase(entries.back().digest);
      entries.pop_back();
    }
    entries.push_front({digest, std::move(key), std::move(verified)});
    by_digest.emplace(std::move(digest), entries.begin());
  }

  TokenVerifierOptions options;
  absl::Mutex mutex;
  std::shared_ptr<const KeySet> keys ABSL_GUARDED_BY(mutex);
  absl::Time looked ABSL_GUARDED_BY(mutex);
  std::list<Entry> entries ABSL_GUARDED_BY(mutex);  // most recently used first
  absl::flat_hash_map<std::string, std::list<Entry>::iterator> by_digest ABSL_GUARDED_BY(mutex);
};

TokenVerifier::TokenVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
TokenVerifier::~TokenVerifier() = default;

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Create(TokenVerifierOptions options) {
  if (options.issuer.empty()) {
    return absl::FailedPreconditionError(
        "no token issuer is given; tokens without one are refused");
  }
  auto state = std::make_unique<State>();
  std::shared_ptr<const KeySet> keys = ReadKeys(options.key_directory, nullptr);
  RETURN_IF_ERROR(keys->problem);
  {
    absl::MutexLock lock(&state->mutex);
    state->looked = options.now();
    state->keys = std::move(keys);
  }
  state->options = std::move(options);
  return std::unique_ptr<TokenVerifier>(new TokenVerifier(std::move(state)));
}

absl::StatusOr<Identity> TokenVerifier::Verify(std::string_view token) const {
  if (!LooksLikeJwt(token)) return Refuse("TOKEN_MALFORMED");
  const absl::Time now = state_->options.now();
  const std::shared_ptr<const KeySet> keys = state_->Keys(now);
  std::string digest = base::Sha256(token);
  Identity remembered;
  if (state_->Recall(digest, *keys, now, &remembered)) return remembered;

  const std::string text(token);
  const std::optional<JwtHeader> header = PeekHeader(text);
  if (!header.has_value()) return Refuse("TOKEN_MALFORMED");
  if (!header->is_es256) return Refuse("TOKEN_ALGORITHM");
  const auto key = keys->keys.find(header->kid);
  if (key == keys->keys.end()) return Refuse("TOKEN_KEY_UNKNOWN");
  const std::optional<JwtClaims> claims = DecodeVerified(text, key->second->pem);
  if (!claims.has_value()) return Refuse("TOKEN_SIGNATURE");
  ASSIGN_OR_RETURN(Verified verified, Judge(*claims, state_->options.issuer, now));
  Identity identity = verified.identity;
  state_->Remember(std::move(digest), key->second, std::move(verified));
  return identity;
}

size_t TokenVerifier::cached() const {
  absl::MutexLock lock(&state_->mutex);
  return state_->entries.size();
}

absl::StatusOr<std::unique_ptr<const TokenIssuer>> TokenIssuer::Load(
    const std::string& private_key_path, std::string kid, std::string issuer) {
  ASSIGN_OR_RETURN(std::string pem, vault::ReadSecretFile(private_key_path));
  if (!IsP256PrivateKey(pem)) {
    OPENSSL_cleanse(pem.data(), pem.size());
    return absl::FailedPreconditionError(absl::StrCat(
        private_key_path,
        " is not a private key on P-256 in PEM form; make one with: (umask 077; openssl genpkey "
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ",
        private_key_path, ")"));
  }
  if (kid.empty() || issuer.empty()) {
    OPENSSL_cleanse(pem.data(), pem.size());
    return absl::FailedPreconditionError("a token issuer needs a key id and an issuer's name");
  }
  std::unique_ptr<const TokenIssuer> result(
      new TokenIssuer(pem, std::move(kid), std::move(issuer)));
  OPENSSL_cleanse(pem.data(), pem.size());
  return result;
}

TokenIssuer::TokenIssuer(std::string pem, std::string kid, std::string issuer)
    : pem_(std::move(pem)), kid_(std::move(kid)), issuer_(std::move(issuer)) {}

TokenIssuer::~TokenIssuer() { OPENSSL_cleanse(pem_.data(), pem_.size()); }

absl::StatusOr<std::string> TokenIssuer::Issue(const Identity& identity, absl::Time now,
                                               absl::Duration lifetime) const {
  if (lifetime <= absl::ZeroDuration() || lifetime > kMaxTokenLifetime) {
    return absl::InvalidArgumentError("a token lives for more than zero and at most 24 hours");
  }
  if (identity.subject.empty() || identity.roles.empty()) {
    return absl::InvalidArgumentError("a token needs a subject and at least one role");
  }
  JwtClaims claims;
  for (Role role : identity.roles) {
    if (!types::v1::Role_IsValid(role) || role == types::v1::ROLE_UNSPECIFIED ||
        kMachineRoles.Has(role)) {
      return absl::InvalidArgumentError(
          "a token carries roles of people; machines have client certificates");
    }
    claims.roles.push_back(types::v1::Role_Name(role));
  }
  claims.iss = issuer_;
  claims.aud = kAudience;
  claims.sub = identity.subject;
  claims.official = identity.official;
  claims.unit = identity.unit;
  claims.region = identity.region;
  claims.iat = absl::ToUnixSeconds(now);
  claims.nbf = claims.iat;
  claims.exp = absl::ToUnixSeconds(now + lifetime);
  if (*claims.exp - *claims.iat > absl::ToInt64Seconds(kMaxTokenLifetime)) --*claims.exp;
  return Sign(claims, kid_, pem_);
}

}  // namespace redress::auth

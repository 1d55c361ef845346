#include "common/auth/jwt.h"

#include <jwt.h>
#include <openssl/err.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace redress::auth {
namespace {

constexpr size_t kMaxTokenSize = 8192;

struct FreeJwt {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using JwtPtr = std::unique_ptr<jwt_t, FreeJwt>;
using TextPtr = std::unique_ptr<char, FreeText>;

const unsigned char* Bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

JwtPtr Decode(const std::string& token, const std::string* pem) {
  jwt_t* raw = nullptr;
  const int failed =
      pem == nullptr ? jwt_decode(&raw, token.c_str(), nullptr, 0)
                     : jwt_decode(&raw, token.c_str(), Bytes(*pem), static_cast<int>(pem->size()));
  // A refused signature leaves errors in the thread's OpenSSL queue, where TLS would find them.
  ERR_clear_error();
  return failed == 0 ? JwtPtr(raw) : nullptr;
}

std::string Text(jwt_t* jwt, const char* name) {
  const char* const value = jwt_get_grant(jwt, name);
  return value == nullptr ? std::string() : std::string(value);
}

std::optional<int64_t> Number(jwt_t* jwt, const char* name) {
  // jwt_get_grant_int takes texts and fractions for zero, so the JSON itself is read.
  const TextPtr json(jwt_get_grants_json(jwt, name));
  int64_t value = 0;
  if (json == nullptr || !absl::SimpleAtoi(json.get(), &value)) return std::nullopt;
  return value;
}

// The texts of a JSON list; empty if it is anything else.
std::vector<std::string> Texts(jwt_t* jwt, const char* name) {
  const TextPtr json(jwt_get_grants_json(jwt, name));
  google::protobuf::ListValue list;
  if (json == nullptr || !google::protobuf::util::JsonStringToMessage(json.get(), &list).ok()) {
    return {};
  }
  std::vector<std::string> texts;
  for (const google::protobuf::Value& value : list.values()) {
    if (value.kind_case() != google::protobuf::Value::kStringValue) return {};
    texts.push_back(value.string_value());
  }
  return texts;
}

}  // namespace

bool LooksLikeJwt(std::string_view token) {
  if (token.empty() || token.size() > kMaxTokenSize) return false;
  int dots = 0;
  size_t part = 0;
  for (char c : token) {
    if (c == '.') {
      if (part == 0) return false;
      ++dots;
      part = 0;
      continue;
    }
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') return false;
    ++part;
  }
  return dots == 2;
}

std::optional<JwtHeader> PeekHeader(const std::string& token) {
  const JwtPtr jwt = Decode(token, nullptr);
  if (jwt == nullptr) return std::nullopt;
  JwtHeader header;
  // Without a key libjwt forgets the algorithm, so the header itself is asked.
  const char* const alg = jwt_get_header(jwt.get(), "alg");
  header.is_es256 = alg != nullptr && std::strcmp(alg, "ES256") == 0;
  if (const char* kid = jwt_get_header(jwt.get(), "kid"); kid != nullptr) header.kid = kid;
  return header;
}

std::optional<JwtClaims> DecodeVerified(const std::string& token, const std::string& public_pem) {
  const JwtPtr jwt = Decode(token, &public_pem);
  if (jwt == nullptr || jwt_get_alg(jwt.get()) != JWT_ALG_ES256) return std::nullopt;
  JwtClaims claims;
  claims.iss = Text(jwt.get(), "iss");
  claims.aud = Text(jwt.get(), "aud");
  claims.sub = Text(jwt.get(), "sub");
  claims.official = Text(jwt.get(), "official");
  claims.unit = Text(jwt.get(), "unit");
  claims.region = Text(jwt.get(), "region");
  claims.iat = Number(jwt.get(), "iat");
  claims.nbf = Number(jwt.get(), "nbf");
  claims.exp = Number(jwt.get(), "exp");
  claims.roles = Texts(jwt.get(), "roles");
  return claims;
}

absl::StatusOr<std::string> Sign(const JwtClaims& claims, const std::string& kid,
                                 const std::string& private_pem) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) return absl::InternalError("libjwt: cannot make a token");
  const JwtPtr jwt(raw);
  google::protobuf::Struct roles;
  auto& list = *(*roles.mutable_fields())["roles"].mutable_list_value();
  for (const std::string& role : claims.roles) list.add_values()->set_string_value(role);
  std::string json;
  bool good = google::protobuf::util::MessageToJsonString(roles, &json).ok() &&
              jwt_add_grants_json(raw, json.c_str()) == 0 &&
              jwt_add_header(raw, "kid", kid.c_str()) == 0;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) good = good && jwt_add_grant(raw, name, value.c_str()) == 0;
  };
  add("iss", claims.iss);
  add("aud", claims.aud);
  add("sub", claims.sub);
  add("official", claims.official);
  add("unit", claims.unit);
  add("region", claims.region);
  const auto add_number = [&](const char* name, std::optional<int64_t> value) {
    if (value.has_value()) good = good && jwt_add_grant_int(raw, name, *value) == 0;
  };
  add_number("iat", claims.iat);
  add_number("nbf", claims.nbf);
  add_number("exp", claims.exp);
  good = good && jwt_set_alg(raw, JWT_ALG_ES256, Bytes(private_pem),
                             static_cast<int>(private_pem.size())) == 0;
  const TextPtr token(good ? jwt_encode_str(raw) : nullptr);
  ERR_clear_error();
  if (token == nullptr) return absl::InternalError("libjwt: cannot sign a token");
  return std::string(token.get());
}

}  // namespace redress::auth

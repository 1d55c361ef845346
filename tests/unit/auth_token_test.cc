#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jwt.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/token.h"
#include "common/status/error.h"

namespace redress::auth {
namespace {

namespace fs = std::filesystem;
namespace t = redress::types::v1;
using testing::HasSubstr;
using testing::Not;

struct KeyPair {
  std::string private_pem;
  std::string public_pem;
};

std::string ReadBio(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

KeyPair PemOf(EVP_PKEY* key) {
  KeyPair pair;
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  pair.private_pem = ReadBio(bio);
  bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key);
  pair.public_pem = ReadBio(bio);
  EVP_PKEY_free(key);
  return pair;
}

KeyPair NewEcKey(const char* curve = "P-256") { return PemOf(EVP_EC_gen(curve)); }

// A token made claim by claim, to make wrong ones.
class Forge {
 public:
  explicit Forge(absl::Time now) {
    jwt_new(&jwt_);
    const long issued = absl::ToUnixSeconds(now);
    Set("iss", "test").Set("aud", "redress").Set("sub", "me").Kid("k1");
    Set("iat", issued).Set("nbf", issued).Set("exp", issued + 3600);
    Set("official", "officials/lead");
    Json(R"({"roles":["ROLE_LEAD"]})");
  }
  ~Forge() { jwt_free(jwt_); }
  Forge(const Forge&) = delete;

  Forge& Set(const char* name, const char* value) {
    jwt_del_grants(jwt_, name);
    jwt_add_grant(jwt_, name, value);
    return *this;
  }
  Forge& Set(const char* name, long value) {
    jwt_del_grants(jwt_, name);
    jwt_add_grant_int(jwt_, name, value);
    return *this;
  }
  Forge& Drop(const char* name) {
    jwt_del_grants(jwt_, name);
    return *this;
  }
  Forge& Json(const char* json) {
    jwt_add_grants_json(jwt_, json);
    return *this;
  }
  Forge& Kid(const char* kid) {
    jwt_del_headers(jwt_, "kid");
    if (kid != nullptr) jwt_add_header(jwt_, "kid", kid);
    return *this;
  }
  std::string Sign(jwt_alg_t alg, const std::string& key) {
    jwt_set_alg(jwt_, alg,
                key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data()),
                static_cast<int>(key.size()));
    char* const text = jwt_encode_str(jwt_);
    std::string token = text == nullptr ? "" : text;
    std::free(text);
    return token;
  }

 private:
  jwt_t* jwt_ = nullptr;
};

class TokenTest : public testing::Test {
 protected:
  TokenTest() {
    std::string pattern = (fs::temp_directory_path() / "redress_token_XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    fs::create_directory(Keys());
    WriteKey("k1", key_.public_pem);
  }
  ~TokenTest() override { fs::remove_all(directory_); }

  std::string Keys() const { return directory_ + "/keys"; }
  void WriteKey(const std::string& kid, const std::string& pem) {
    // As an operator should: written aside, then renamed.
    const std::string path = Keys() + "/" + kid + ".pem";
    std::ofstream(path + ".new") << pem;
    fs::rename(path + ".new", path);
  }
  std::string Write(const std::string& name, const std::string& content, mode_t mode = 0600) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << content;
    chmod(path.c_str(), mode);
    return path;
  }

  TokenVerifierOptions Options(size_t cache_size = 4096) {
    TokenVerifierOptions options;
    options.key_directory = Keys();
    options.issuer = "test";
    options.cache_size = cache_size;
    options.now = [this] { return absl::FromUnixMicros(now_micros_.load()); };
    return options;
  }
  std::unique_ptr<TokenVerifier> Verifier(size_t cache_size = 4096) {
    auto verifier = TokenVerifier::Create(Options(cache_size));
    EXPECT_TRUE(verifier.ok()) << verifier.status();
    return *std::move(verifier);
  }
  absl::Time Now() const { return absl::FromUnixMicros(now_micros_.load()); }
  void Pass(absl::Duration duration) { now_micros_ += absl::ToInt64Microseconds(duration); }

  std::unique_ptr<const TokenIssuer> Issuer(const KeyPair& key, const std::string& kid) {
    auto issuer = TokenIssuer::Load(Write(kid + "-private.pem", key.private_pem), kid, "test");
    EXPECT_TRUE(issuer.ok()) << issuer.status();
    return *std::move(issuer);
  }
  static Identity Lead() {
    Identity identity;
    identity.subject = "me";
    identity.official = "officials/1";
    identity.unit = "units/1";
    identity.region = "411625103";
    identity.roles = {t::ROLE_LEAD, t::ROLE_UNIT_HEAD};
    return identity;
  }
  // The reason that a token is refused for; "OK" if it is not.
  static std::string Reason(const TokenVerifier& verifier, const std::string& token) {
    const auto identity = verifier.Verify(token);
    if (identity.ok()) return "OK";
    EXPECT_EQ(identity.status().code(), absl::StatusCode::kUnauthenticated);
    if (token.size() > 20) {
      EXPECT_THAT(identity.status().ToString(), Not(HasSubstr(token.substr(0, 20))));
    }
    return status::ReasonOf(identity.status());
  }
  std::string Signed(Forge& forge) { return forge.Sign(JWT_ALG_ES256, key_.private_pem); }

  const KeyPair key_ = NewEcKey();
  std::string directory_;
  std::atomic<int64_t> now_micros_{absl::ToUnixMicros(absl::FromUnixSeconds(1800000000))};
};

TEST_F(TokenTest, IssuesAndVerifies) {
  const auto verifier = Verifier();
  const auto token = Issuer(key_, "k1")->Issue(Lead(), Now(), absl::Hours(8));
  ASSERT_TRUE(token.ok()) << token.status();
  for (int i = 0; i < 2; ++i) {  // verified, then remembered
    const auto identity = verifier->Verify(*token);
    ASSERT_TRUE(identity.ok()) << identity.status();
    EXPECT_EQ(identity->kind, Identity::Kind::kPerson);
    EXPECT_EQ(identity->subject, "me");
    EXPECT_EQ(identity->official, "officials/1");
    EXPECT_EQ(identity->unit, "units/1");
    EXPECT_EQ(identity->region, "411625103");
    EXPECT_EQ(identity->roles, (std::vector<Role>{t::ROLE_LEAD, t::ROLE_UNIT_HEAD}));
    EXPECT_EQ(verifier->cached(), 1u);
  }
}

TEST_F(TokenTest, TheIssuerRefusesWhatNoTokenMayHold) {
  const auto issuer = Issuer(key_, "k1");
  const auto code = [&](const Identity& identity, absl::Duration lifetime) {
    return issuer->Issue(identity, Now(), lifetime).status().code();
  };
  EXPECT_EQ(code(Lead(), absl::Hours(24)), absl::StatusCode::kOk);
  EXPECT_EQ(code(Lead(), absl::Hours(25)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Lead(), absl::ZeroDuration()), absl::StatusCode::kInvalidArgument);
  Identity identity = Lead();
  identity.roles = {};
  EXPECT_EQ(code(identity, absl::Hours(1)), absl::StatusCode::kInvalidArgument);
  for (Role role : {t::ROLE_SERVICE, t::ROLE_COUNTY_PLATFORM, t::ROLE_UNSPECIFIED}) {
    identity.roles = {t::ROLE_LEAD, role};
    EXPECT_EQ(code(identity, absl::Hours(1)), absl::StatusCode::kInvalidArgument);
  }
  identity = Lead();
  identity.subject = "";
  EXPECT_EQ(code(identity, absl::Hours(1)), absl::StatusCode::kInvalidArgument);
}

TEST_F(TokenTest, IssuerKeysMustBePrivateFiles) {
  const auto load = [&](const std::string& path) {
    return TokenIssuer::Load(path, "k1", "test").status();
  };
  const absl::Status open = load(Write("open.pem", key_.private_pem, 0644));
  EXPECT_EQ(open.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(open.message()), HasSubstr("chmod 600"));
  EXPECT_EQ(load(directory_ + "/none.pem").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(load(Write("public.pem", key_.public_pem)).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(load(Write("p384.pem", NewEcKey("P-384").private_pem)).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(TokenIssuer::Load(Write("k.pem", key_.private_pem), "", "test").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(TokenTest, TheVerifierNeedsItsKeys) {
  const auto code = [this] { return TokenVerifier::Create(Options()).status(); };
  EXPECT_TRUE(code().ok());
  WriteKey("k2", "rubbish");
  EXPECT_THAT(std::string(code().message()), HasSubstr("k2.pem is not a public key on P-256"));
  WriteKey("k2", NewEcKey("P-384").public_pem);
  EXPECT_EQ(code().code(), absl::StatusCode::kFailedPrecondition);
  WriteKey("k2", PemOf(EVP_RSA_gen(2048)).public_pem);
  EXPECT_EQ(code().code(), absl::StatusCode::kFailedPrecondition);
  // A private key here is a mistake that must be seen.
  WriteKey("k2", NewEcKey().private_pem);
  EXPECT_EQ(code().code(), absl::StatusCode::kFailedPrecondition);
  fs::remove(Keys() + "/k2.pem");
  fs::remove(Keys() + "/k1.pem");
  EXPECT_THAT(std::string(code().message()), HasSubstr("no token key"));
  fs::remove_all(Keys());
  EXPECT_THAT(std::string(code().message()), HasSubstr("cannot read the folder"));
  TokenVerifierOptions options = Options();
  options.issuer = "";
  EXPECT_EQ(TokenVerifier::Create(options).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(TokenTest, OnlyEs256IsAccepted) {
  const auto verifier = Verifier();
  EXPECT_EQ(Reason(*verifier, Forge(Now()).Sign(JWT_ALG_ES256, key_.private_pem)), "OK");
  EXPECT_EQ(Reason(*verifier, Forge(Now()).Sign(JWT_ALG_NONE, "")), "TOKEN_ALGORITHM");
  // The classic confusion: the public key, known to everybody, used as an HMAC secret.
  EXPECT_EQ(Reason(*verifier, Forge(Now()).Sign(JWT_ALG_HS256, key_.public_pem)),
            "TOKEN_ALGORITHM");
  EXPECT_EQ(Reason(*verifier, Forge(Now()).Sign(JWT_ALG_HS512, key_.public_pem)),
            "TOKEN_ALGORITHM");
  EXPECT_EQ(
      Reason(*verifier, Forge(Now()).Sign(JWT_ALG_RS256, PemOf(EVP_RSA_gen(2048)).private_pem)),
      "TOKEN_ALGORITHM");
  EXPECT_EQ(Reason(*verifier, Forge(Now()).Sign(JWT_ALG_ES384, NewEcKey("P-384").private_pem)),
            "TOKEN_ALGORITHM");
  // A signed token whose header is exchanged for "none".
  const std::string good = Forge(Now()).Sign(JWT_ALG_ES256, key_.private_pem);
  const std::string none = absl::WebSafeBase64Escape(R"({"alg":"none","kid":"k1"})");
  const std::string rest = good.substr(good.find('.'));
  EXPECT_NE(Reason(*verifier, none + rest), "OK");
  EXPECT_NE(Reason(*verifier, none + rest.substr(0, rest.rfind('.') + 1)), "OK");
}

TEST_F(TokenTest, TamperedTokensAreRefused) {
  const auto verifier = Verifier();
  const std::string token = Forge(Now()).Sign(JWT_ALG_ES256, key_.private_pem);
  // Another key under the same id.
  EXPECT_EQ(Reason(*verifier, Forge(Now()).Sign(JWT_ALG_ES256, NewEcKey().private_pem)),
            "TOKEN_SIGNATURE");
  // A claim exchanged under an old signature.
  const std::string other =
      Forge(Now()).Set("sub", "somebody").Sign(JWT_ALG_ES256, key_.private_pem);
  const std::string payload = other.substr(0, other.rfind('.'));
  EXPECT_EQ(Reason(*verifier, payload + token.substr(token.rfind('.'))), "TOKEN_SIGNATURE");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string bad = token;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    // The last character of a part has bits that decode to nothing.
    const bool last = i + 1 == token.size() || token[i + 1] == '.';
    if (token[i] != '.' && !last) {
      EXPECT_NE(Reason(*verifier, bad), "OK") << i;
    }
  }
  for (size_t i = 0; i + 1 < token.size(); i += 7) {
    EXPECT_NE(Reason(*verifier, token.substr(0, i)), "OK");
  }
}

TEST_F(TokenTest, RubbishIsMalformed) {
  const auto verifier = Verifier();
  for (const std::string& rubbish :
       {std::string(), std::string("a"), std::string("a.b"), std::string(".."),
        std::string("a.b.c.d"), std::string("a b.c.d"), std::string("ä.b.c"),
        std::string("a\0b.c.d", 7), std::string("a.b.c"), std::string("e30.e30.e30"),
        std::string(100000, 'a'), "e30." + std::string(9000, 'a') + ".e30"}) {
    const std::string reason = Reason(*verifier, rubbish);
    EXPECT_TRUE(reason == "TOKEN_MALFORMED" || reason == "TOKEN_ALGORITHM") << reason;
  }
}

TEST_F(TokenTest, EveryClaimIsChecked) {
  const auto verifier = Verifier();
  const long now = absl::ToUnixSeconds(Now());
  using Change = std::function<void(Forge&)>;
  const struct {
    const char* what;
    Change change;
    const char* reason;
  } kCases[] = {
      {"good", [](Forge&) {}, "OK"},
      {"no kid", [](Forge& f) { f.Kid(nullptr); }, "TOKEN_KEY_UNKNOWN"},
      {"unknown kid", [](Forge& f) { f.Kid("k9"); }, "TOKEN_KEY_UNKNOWN"},
      {"kid as path", [](Forge& f) { f.Kid("../keys/k1"); }, "TOKEN_KEY_UNKNOWN"},
      {"no iss", [](Forge& f) { f.Drop("iss"); }, "TOKEN_ISSUER"},
      {"other iss", [](Forge& f) { f.Set("iss", "tes"); }, "TOKEN_ISSUER"},
      {"no aud", [](Forge& f) { f.Drop("aud"); }, "TOKEN_AUDIENCE"},
      {"other aud", [](Forge& f) { f.Set("aud", "other"); }, "TOKEN_AUDIENCE"},
      {"aud list", [](Forge& f) { f.Drop("aud").Json(R"({"aud":["redress"]})"); },
       "TOKEN_AUDIENCE"},
      {"no sub", [](Forge& f) { f.Drop("sub"); }, "TOKEN_CLAIMS"},
      {"nobody's post", [](Forge& f) { f.Drop("official"); }, "TOKEN_CLAIMS"},
      {"an auditor without a post",
       [](Forge& f) { f.Drop("official").Drop("roles").Json(R"({"roles":["ROLE_AUDITOR"]})"); },
       "OK"},
      {"no exp", [](Forge& f) { f.Drop("exp"); }, "TOKEN_CLAIMS"},
      {"no nbf", [](Forge& f) { f.Drop("nbf"); }, "TOKEN_CLAIMS"},
      {"no iat", [](Forge& f) { f.Drop("iat"); }, "TOKEN_CLAIMS"},
      {"exp as text", [](Forge& f) { f.Set("exp", "9999999999"); }, "TOKEN_CLAIMS"},
      {"exp as fraction", [](Forge& f) { f.Drop("exp").Json(R"({"exp":1.5})"); }, "TOKEN_CLAIMS"},
      {"just expired", [&](Forge& f) { f.Set("iat", now - 3600).Set("exp", now - 30); },
       "TOKEN_EXPIRED"},
      {"expired within skew", [&](Forge& f) { f.Set("iat", now - 3600).Set("exp", now - 29); },
       "OK"},
      {"nbf ahead", [&](Forge& f) { f.Set("nbf", now + 31); }, "TOKEN_NOT_YET_VALID"},
      {"nbf within skew", [&](Forge& f) { f.Set("nbf", now + 30); }, "OK"},
      {"iat ahead", [&](Forge& f) { f.Set("iat", now + 31); }, "TOKEN_NOT_YET_VALID"},
      {"a day", [&](Forge& f) { f.Set("exp", now + 86400); }, "OK"},
      {"more than a day", [&](Forge& f) { f.Set("exp", now + 86401); }, "TOKEN_LIFETIME"},
      {"for ever", [&](Forge& f) { f.Set("exp", 9223372036854775807L); }, "TOKEN_LIFETIME"},
      {"negative", [&](Forge& f) { f.Set("exp", now - 1); }, "TOKEN_LIFETIME"},
      {"since ever", [&](Forge& f) { f.Set("iat", -9223372036854775807L); }, "TOKEN_LIFETIME"},
      {"no roles", [](Forge& f) { f.Drop("roles"); }, "TOKEN_CLAIMS"},
      {"empty roles", [](Forge& f) { f.Drop("roles").Json(R"({"roles":[]})"); }, "TOKEN_CLAIMS"},
      {"roles as text", [](Forge& f) { f.Set("roles", "ROLE_LEAD"); }, "TOKEN_CLAIMS"},
      {"roles as numbers", [](Forge& f) { f.Drop("roles").Json(R"({"roles":[3]})"); },
       "TOKEN_CLAIMS"},
      {"unknown role", [](Forge& f) { f.Drop("roles").Json(R"({"roles":["ROLE_KING"]})"); },
       "TOKEN_CLAIMS"},
      {"no role at all",
       [](Forge& f) { f.Drop("roles").Json(R"({"roles":["ROLE_UNSPECIFIED"]})"); }, "TOKEN_CLAIMS"},
      {"a machine's role",
       [](Forge& f) { f.Drop("roles").Json(R"({"roles":["ROLE_LEAD","ROLE_SERVICE"]})"); },
       "TOKEN_CLAIMS"},
      {"the county's role",
       [](Forge& f) { f.Drop("roles").Json(R"({"roles":["ROLE_COUNTY_PLATFORM"]})"); },
       "TOKEN_CLAIMS"},
  };
  for (const auto& c : kCases) {
    Forge forge(Now());
    c.change(forge);
    EXPECT_EQ(Reason(*verifier, Signed(forge)), c.reason) << c.what;
  }
}

TEST_F(TokenTest, KeysRotateWithoutRestart) {
  const auto verifier = Verifier();
  const std::string old = *Issuer(key_, "k1")->Issue(Lead(), Now(), absl::Hours(8));
  EXPECT_EQ(Reason(*verifier, old), "OK");
  const KeyPair next = NewEcKey();
  const std::string fresh = *Issuer(next, "k2")->Issue(Lead(), Now(), absl::Hours(8));
  EXPECT_EQ(Reason(*verifier, fresh), "TOKEN_KEY_UNKNOWN");
  WriteKey("k2", next.public_pem);
  // The folder is looked at no more than once a second.
  EXPECT_EQ(Reason(*verifier, fresh), "TOKEN_KEY_UNKNOWN");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(*verifier, fresh), "OK");
  EXPECT_EQ(Reason(*verifier, old), "OK");
  EXPECT_EQ(verifier->cached(), 2u);
  // Removing a key ends its tokens, remembered ones too.
  fs::remove(Keys() + "/k1.pem");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(*verifier, old), "TOKEN_KEY_UNKNOWN");
  EXPECT_EQ(verifier->cached(), 1u);
  EXPECT_EQ(Reason(*verifier, fresh), "OK");
}

TEST_F(TokenTest, AKeyReplacedUnderItsIdEndsTheOldTokens) {
  const auto verifier = Verifier();
  const std::string token = *Issuer(key_, "k1")->Issue(Lead(), Now(), absl::Hours(8));
  EXPECT_EQ(Reason(*verifier, token), "OK");
  WriteKey("k1", NewEcKey().public_pem);
  Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(*verifier, token), "TOKEN_SIGNATURE");
  EXPECT_EQ(verifier->cached(), 0u);
}

TEST_F(TokenTest, ABrokenFolderDeniesAndRecovers) {
  const auto verifier = Verifier();
  const std::string token = *Issuer(key_, "k1")->Issue(Lead(), Now(), absl::Hours(8));
  EXPECT_EQ(Reason(*verifier, token), "OK");
  WriteKey("k2", "rubbish");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(*verifier, token), "OK");
  fs::rename(Keys(), Keys() + "-away");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(*verifier, token), "TOKEN_KEY_UNKNOWN");
  fs::rename(Keys() + "-away", Keys());
  Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(*verifier, token), "OK");
  // A clock set back must not stop the looking.
  fs::remove(Keys() + "/k1.pem");
  Pass(-absl::Seconds(20));
  EXPECT_EQ(Reason(*verifier, token), "TOKEN_KEY_UNKNOWN");
}

TEST_F(TokenTest, RememberedTokensExpire) {
  const auto verifier = Verifier();
  const std::string token = *Issuer(key_, "k1")->Issue(Lead(), Now(), absl::Minutes(10));
  EXPECT_EQ(Reason(*verifier, token), "OK");
  Pass(absl::Minutes(10) + absl::Seconds(29));
  EXPECT_EQ(Reason(*verifier, token), "OK");
  EXPECT_EQ(verifier->cached(), 1u);
  Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(*verifier, token), "TOKEN_EXPIRED");
  EXPECT_EQ(verifier->cached(), 0u);
}

TEST_F(TokenTest, TheCacheIsBoundedAndOnlyHoldsGoodTokens) {
  const auto verifier = Verifier(/*cache_size=*/3);
  const auto issuer = Issuer(key_, "k1");
  std::vector<std::string> tokens;
  for (int i = 0; i < 5; ++i) {
    tokens.push_back(*issuer->Issue(Lead(), Now(), absl::Hours(1) + absl::Seconds(i)));
  }
  for (const std::string& token : tokens) EXPECT_EQ(Reason(*verifier, token), "OK");
  EXPECT_EQ(verifier->cached(), 3u);
  for (const std::string& token : tokens) EXPECT_EQ(Reason(*verifier, token), "OK");
  EXPECT_EQ(Reason(*verifier, Forge(Now()).Sign(JWT_ALG_NONE, "")), "TOKEN_ALGORITHM");
  EXPECT_EQ(verifier->cached(), 3u);
  const auto without = Verifier(/*cache_size=*/0);
  EXPECT_EQ(Reason(*without, tokens[0]), "OK");
  EXPECT_EQ(without->cached(), 0u);
}

TEST_F(TokenTest, ManyThreadsWhileKeysChange) {
  const auto verifier = Verifier(/*cache_size=*/8);
  const auto issuer = Issuer(key_, "k1");
  std::vector<std::string> tokens;
  for (int i = 0; i < 16; ++i) {
    tokens.push_back(*issuer->Issue(Lead(), Now(), absl::Hours(1) + absl::Seconds(i)));
  }
  const std::string other = NewEcKey().public_pem;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&, n] {
      for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(verifier->Verify(tokens[(i * 7 + n) % tokens.size()]).ok());
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    WriteKey(absl::StrCat("k", 2 + i % 3), other);
    if (i % 3 == 2) fs::remove(Keys() + "/k2.pem");
    Pass(absl::Seconds(1));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(verifier->cached(), 8u);
}

}  // namespace
}  // namespace redress::auth

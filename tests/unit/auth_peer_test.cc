#include "common/auth/peer.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"

namespace redress::auth {
namespace {

namespace fs = std::filesystem;
namespace t = redress::types::v1;

using KeyPtr = std::shared_ptr<EVP_PKEY>;
using CertificatePtr = std::shared_ptr<X509>;
using Metadata = std::multimap<std::string, std::string>;

KeyPtr NewKey() { return KeyPtr(EVP_EC_gen("P-256"), EVP_PKEY_free); }

std::string ReadBio(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string PrivatePem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return ReadBio(bio);
}

std::string PublicPem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key);
  return ReadBio(bio);
}

std::string CertificatePem(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return ReadBio(bio);
}

// A certificate for `key`; signed by `ca`, or by itself as a CA where that is null. `san` as in
// OpenSSL's configuration, for example "URI:redress://service/visits".
CertificatePtr NewCertificate(const KeyPtr& key, const std::string& name, const std::string& san,
                              X509* ca, const KeyPtr& ca_key) {
  CertificatePtr certificate(X509_new(), X509_free);
  static int serial = 0;
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), ca == nullptr ? subject : X509_get_subject_name(ca));
  const auto extend = [&](int nid, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, ca == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!san.empty()) extend(NID_subject_alt_name, san);
  X509_sign(certificate.get(), ca_key.get(), EVP_sha256());
  return certificate;
}

// Answers every call with OK and, as trailing metadata, who the server thinks calls.
class WhoAmI final : public grpc::CallbackGenericService {
 public:
  explicit WhoAmI(const TokenVerifier* verifier) : verifier_(verifier) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    class Reactor final : public grpc::ServerGenericBidiReactor {
     public:
      void OnDone() override { delete this; }
    };
    auto* reactor = new Reactor();
    const auto identity = IdentifyPeer(*context, *verifier_);
    if (identity.ok()) {
      context->AddTrailingMetadata("subject", identity->subject);
      reactor->Finish(grpc::Status::OK);
    } else {
      reactor->Finish({grpc::StatusCode::UNAUTHENTICATED, status::ReasonOf(identity.status())});
    }
    return reactor;
  }

 private:
  const TokenVerifier* const verifier_;
};

class PeerTest : public testing::Test {
 protected:
  PeerTest() {
    std::string pattern = (fs::temp_directory_path() / "redress_peer_XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    fs::create_directory(directory_ + "/keys");
    const KeyPtr key = NewKey();
    std::ofstream(directory_ + "/keys/k1.pem") << PublicPem(key.get());
    const std::string path = directory_ + "/private.pem";
    std::ofstream(path) << PrivatePem(key.get());
    chmod(path.c_str(), 0600);
    TokenVerifierOptions options;
    options.key_directory = directory_ + "/keys";
    options.issuer = "test";
    verifier_ = *TokenVerifier::Create(options);
    Identity identity;
    identity.subject = "a clerk";
    identity.official = "officials/clerk";
    identity.region = "411625103";
    identity.roles = {t::ROLE_OFFICE_CLERK};
    const auto issuer = TokenIssuer::Load(path, "k1", "test");
    token_ = *(*issuer)->Issue(identity, absl::Now(), absl::Hours(1));

    ca_key_ = NewKey();
    ca_ = NewCertificate(ca_key_, "test CA", "", nullptr, ca_key_);
    const KeyPtr server_key = NewKey();
    grpc::SslServerCredentialsOptions server(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
    server.pem_root_certs = CertificatePem(ca_.get());
    server.pem_key_cert_pairs.push_back(
        {PrivatePem(server_key.get()),
         CertificatePem(
             NewCertificate(server_key, "localhost", "DNS:localhost", ca_.get(), ca_key_).get())});
    service_ = std::make_unique<WhoAmI>(verifier_.get());
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(server), &port);
    builder.RegisterCallbackGenericService(service_.get());
    server_ = builder.BuildAndStart();
    target_ = "127.0.0.1:" + std::to_string(port);
  }
  ~PeerTest() override {
    server_->Shutdown();
    fs::remove_all(directory_);
  }

  // Who the server takes us for, with a client certificate of this SAN (none if empty) and
  // metadata; or "!" and the reason for which it refuses.
  std::string Call(const std::string& san, const Metadata& metadata, bool other_ca = false) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = CertificatePem(ca_.get());
    if (!san.empty()) {
      const KeyPtr key = NewKey();
      const KeyPtr signer = other_ca ? NewKey() : ca_key_;
      options.pem_private_key = PrivatePem(key.get());
      options.pem_cert_chain =
          CertificatePem(NewCertificate(key, "client", san, ca_.get(), signer).get());
    }
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    grpc::GenericStub stub(
        grpc::CreateCustomChannel(target_, grpc::SslCredentials(options), arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    grpc::Slice empty;
    grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> finished;
    stub.UnaryCall(&context, "/test/WhoAmI", {}, &request, &response,
                   [&](grpc::Status status) { finished.set_value(std::move(status)); });
    const grpc::Status status = finished.get_future().get();
    const auto subject = context.GetServerTrailingMetadata().find("subject");
    if (subject != context.GetServerTrailingMetadata().end()) {
      return std::string(subject->second.data(), subject->second.size());
    }
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return "!handshake";
    return "!" + status.error_message();
  }

  std::string directory_;
  std::unique_ptr<TokenVerifier> verifier_;
  std::string token_;
  KeyPtr ca_key_;
  CertificatePtr ca_;
  std::unique_ptr<WhoAmI> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

TEST_F(PeerTest, PeopleComeWithATokenOverRealTls) {
  EXPECT_EQ(Call("", {{"authorization", "Bearer " + token_}}), "a clerk");
  EXPECT_EQ(Call("", {{"authorization", "bearer " + token_}}), "a clerk");
  EXPECT_EQ(Call("", {}), "!CREDENTIALS_MISSING");
  EXPECT_EQ(Call("", {{"authorization", "Basic " + token_}}), "!CREDENTIALS_MISSING");
  EXPECT_EQ(Call("", {{"authorization", "Bearer "}}), "!CREDENTIALS_MISSING");
  EXPECT_EQ(Call("", {{"authorization", token_}}), "!CREDENTIALS_MISSING");
  EXPECT_EQ(Call("", {{"authorization", "Bearer x"}}), "!TOKEN_MALFORMED");
  EXPECT_EQ(Call("", {{"authorization", "Bearer " + token_ + "x"}}), "!TOKEN_SIGNATURE");
  // Two tokens: which is meant is not ours to guess.
  EXPECT_EQ(Call("", {{"authorization", "Bearer " + token_}, {"authorization", "Bearer x"}}),
            "!TOKEN_MALFORMED");
}

TEST_F(PeerTest, MachinesComeWithACertificateOverRealTls) {
  EXPECT_EQ(Call("URI:redress://service/visits", {}), "service/visits");
  EXPECT_EQ(Call("URI:redress://county/411600", {}), "county/411600");
  EXPECT_EQ(Call("DNS:localhost,URI:redress://service/registry", {}), "service/registry");
  // A certificate of ours wins over a token that is passed on.
  EXPECT_EQ(Call("URI:redress://service/visits", {{"authorization", "Bearer " + token_}}),
            "service/visits");
  // A certificate without a name of ours leaves the token to speak.
  EXPECT_EQ(Call("URI:https://example.org/", {{"authorization", "Bearer " + token_}}), "a clerk");
  EXPECT_EQ(Call("URI:https://example.org/", {}), "!CREDENTIALS_MISSING");
  // A name of ours in the wrong place is not a URI.
  EXPECT_EQ(Call("DNS:redress.service.visits", {}), "!CREDENTIALS_MISSING");
  EXPECT_EQ(Call("URI:redress://service/visits", {}, /*other_ca=*/true), "!handshake");
}

TEST_F(PeerTest, AmbiguousOrMalformedCertificatesAreRefused) {
  for (const char* san :
       {"URI:redress://service/visits,URI:redress://service/registry",
        "URI:redress://service/visits,URI:redress://county/411600", "URI:redress://service/",
        "URI:redress://service/Visits", "URI:redress://service/a/b", "URI:redress://county/",
        "URI:redress://county/4116x", "URI:redress://county/000000", "URI:redress://other/x",
        "URI:redress://"}) {
    // Whatever token comes along.
    EXPECT_EQ(Call(san, {{"authorization", "Bearer " + token_}}), "!CERTIFICATE_INVALID") << san;
  }
}

// A context as gRPC makes it of a verified certificate, to look at the whole identity.
class Context final : public grpc::AuthContext {
 public:
  explicit Context(std::string uri) : uri_(std::move(uri)) {}
  bool IsPeerAuthenticated() const override { return true; }
  std::vector<grpc::string_ref> GetPeerIdentity() const override { return {}; }
  std::string GetPeerIdentityPropertyName() const override { return ""; }
  std::vector<grpc::string_ref> FindPropertyValues(const std::string& name) const override {
    if (name != "peer_uri") return {};
    return {grpc::string_ref(uri_.data(), uri_.size())};
  }
  grpc::AuthPropertyIterator begin() const override { return End(); }
  grpc::AuthPropertyIterator end() const override { return End(); }
  void AddProperty(const std::string&, const grpc::string_ref&) override {}
  bool SetPeerIdentityPropertyName(const std::string&) override { return false; }

 private:
  struct End final : grpc::AuthPropertyIterator {};

  std::string uri_;
};

TEST_F(PeerTest, MachineIdentitiesAreComplete) {
  const auto service = IdentifyPeer(Context("redress://service/assistance"), {}, *verifier_);
  ASSERT_TRUE(service.ok());
  EXPECT_EQ(service->kind, Identity::Kind::kMachine);
  EXPECT_EQ(service->service, "assistance");
  EXPECT_EQ(service->roles, std::vector<Role>{t::ROLE_SERVICE});
  EXPECT_EQ(service->region, "");
  EXPECT_EQ(service->official, "");
  const auto county = IdentifyPeer(Context("redress://county/411600"), {}, *verifier_);
  ASSERT_TRUE(county.ok());
  EXPECT_EQ(county->kind, Identity::Kind::kMachine);
  EXPECT_EQ(county->region, "411600");
  EXPECT_EQ(county->service, "");
  EXPECT_EQ(county->roles, std::vector<Role>{t::ROLE_COUNTY_PLATFORM});
  EXPECT_EQ(county->unit, "");
  const auto of_unit =
      IdentifyPeer(Context("redress://county/411600/county-office"), {}, *verifier_);
  ASSERT_TRUE(of_unit.ok());
  EXPECT_EQ(of_unit->unit, "units/county-office");
  EXPECT_EQ(of_unit->region, "411600");
  EXPECT_EQ(of_unit->subject, "county/411600");
  for (const char* odd : {"redress://county/411600/", "redress://county/411600/a/b",
                          "redress://county/411600/A", "redress://county//a"}) {
    EXPECT_FALSE(IdentifyPeer(Context(odd), {}, *verifier_).ok()) << odd;
  }
}

}  // namespace
}  // namespace redress::auth

// Replicas of the registry as its binary builds them, on one database, with keys of their own; and
// a writer that puts any resources through a replica's store.
#ifndef REDRESS_TESTS_INTEGRATION_REGISTRY_WORLD_H_
#define REDRESS_TESTS_INTEGRATION_REGISTRY_WORLD_H_

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/audit/schema.h"
#include "common/base/ids.h"
#include "common/facts/schema.h"
#include "common/service/environment.h"
#include "common/store/schema.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "services/registry/schema.h"
#include "services/registry/store.h"
#include "tests/integration/probe_service.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::registry::testing {

template <class T>
T Required(absl::StatusOr<T> value) {
  if (!value.ok()) {
    ADD_FAILURE() << value.status();
    std::abort();
  }
  return *std::move(value);
}

// What is to be written together.
struct Resources {
  std::vector<v1::Campaign> campaigns;
  std::vector<v1::PlanRevision> plans;
  std::vector<v1::Case> cases;
  std::vector<v1::CaseAccess> accesses;
  std::vector<v1::Petitioner> persons;
};

// Puts what was set before, whatever it is asked for; rows that exist are replaced.
class Writer {
 public:
  Writer(const rpc::Runtime& runtime, store::Store& store)
      : service_(redress::testing::ProbeService(
            runtime, "redress.registry.v1.RegistryService",
            {{"CreateCampaign",
              redress::testing::Writes<v1::CreateCampaignRequest, v1::CreateCampaignResponse>(
                  [&store]() -> store::Store& { return store; },
                  [this](const auto&) { return Locks(); },
                  [this](const auto&, const store::Rows&,
                         store::Changes& changes) -> absl::StatusOr<v1::CreateCampaignResponse> {
                    Put(changes);
                    return v1::CreateCampaignResponse();
                  })}})) {}
  Resources resources;
  grpc::Service* service() { return service_.get(); }

 private:
  std::vector<store::Lock> Locks() const {
    std::vector<store::Lock> locks;
    for (const auto& person : resources.persons) {
      locks.push_back(store::LockOf<v1::Petitioner>(person.name()));
    }
    return locks;
  }
  void Put(store::Changes& changes) const {
    for (const auto& campaign : resources.campaigns) changes.Put(campaign);
    for (const auto& plan : resources.plans) changes.Put(plan);
    for (const auto& file : resources.cases) changes.Put(file);
    for (const auto& access : resources.accesses) changes.Put(access);
    for (const auto& person : resources.persons) changes.Put(person);
  }

  const std::unique_ptr<grpc::Service> service_;
};

class RegistryWorld {
 public:
  explicit RegistryWorld(int replicas = 1)
      : database_(db::Combine({Schema(), facts::Schema(), audit::Schema(), store::Schema()})) {
    MakeKeys();
    EXPECT_TRUE(database_.admin()
                    .Execute("INSERT INTO deployment (id, mode) VALUES (1, 'sample')", {})
                    .ok());
    const db::Endpoint user = database_.RestrictedUser(
        absl::StrCat(std::string(Grants()), std::string(facts::Grants()),
                     std::string(audit::Grants()), std::string(store::Grants())));
    Write("password", user.password);
    service::Flags flags;
    flags.token_keys = keys_ / "tokens";
    flags.token_issuer = "test";
    flags.master_keys = keys_ / "master";
    flags.blind_index_key = keys_ / "blind.key";
    flags.page_key = keys_ / "page.key";
    flags.feed_key = keys_ / "feed.pem";
    flags.calendar = REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt";
    flags.rules = REDRESS_SOURCE_DIR "/seeds/rules";
    // Nobody is there: what is tested here asks no other service.
    flags.peers = "assignment=127.0.0.1:1,visits=127.0.0.1:1,assistance=127.0.0.1:1";
    flags.tls_cert = flags.tls_ca = keys_ / "self.pem";
    flags.tls_key = keys_ / "self.key";
    flags.mode = "sample";
    flags.database.socket = user.socket;
    flags.database.user = user.user;
    flags.database.name = user.database;
    flags.database.password_file = keys_ / "password";
    for (int i = 0; i < replicas; ++i) {
      environments_.push_back(Required(service::Environment::Create("registry", flags)));
      stores_.push_back(Required(RegistryStore::Open(*environments_.back())));
    }
    Serve();
  }
  ~RegistryWorld() {
    server_->Shutdown();
    server_.reset();
    stores_.clear();
    environments_.clear();
    std::filesystem::remove_all(keys_);
  }

  RegistryStore& store(int replica = 0) { return *stores_[replica]; }
  service::Environment& environment(int replica = 0) { return *environments_[replica]; }
  ::redress::testing::TestDatabase& database() { return database_; }

  // A call by somebody, with a token of their own.
  std::unique_ptr<grpc::ClientContext> As(const auth::Identity& who) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata(
        "authorization",
        absl::StrCat("Bearer ", Required(issuer_->Issue(who, absl::Now(), absl::Minutes(10)))));
    return context;
  }

  absl::Status Put(Resources resources) {
    writer_->resources = std::move(resources);
    auth::Identity head;
    head.subject = head.official = "officials/head";
    head.region = "430626";
    head.roles = {types::v1::ROLE_OFFICE_HEAD};
    const auto context = As(head);
    v1::CreateCampaignRequest request;
    request.mutable_campaign()->mutable_display_name()->set_zh("活动");
    request.mutable_campaign()->set_region_code("430626");
    request.set_plan_text("plan");
    request.set_request_id(base::NewUuid(absl::Now()));
    v1::CreateCampaignResponse response;
    const grpc::Status status =
        v1::RegistryService::NewStub(channel_)->CreateCampaign(context.get(), request, &response);
    if (status.ok()) return absl::OkStatus();
    return absl::UnknownError(status.error_message());
  }

 private:
  void Write(const std::string& name, const std::string& content) {
    std::ofstream(keys_ / name) << content;
    chmod((keys_ / name).c_str(), 0600);
  }
  void WritePem(const std::string& name, EVP_PKEY* pair, bool whole) {
    BIO* out = BIO_new_file((keys_ / name).c_str(), "w");
    if (whole) {
      PEM_write_bio_PrivateKey(out, pair, nullptr, nullptr, 0, nullptr, nullptr);
    } else {
      PEM_write_bio_PUBKEY(out, pair);
    }
    BIO_free(out);
    chmod((keys_ / name).c_str(), 0600);
  }
  // One that signs itself, for channels that nothing answers.
  void MakeCertificate() {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, pair);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("registry"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, pair, EVP_sha256());
    WritePem("self.key", pair, true);
    BIO* out = BIO_new_file((keys_ / "self.pem").c_str(), "w");
    PEM_write_bio_X509(out, certificate);
    BIO_free(out);
    X509_free(certificate);
    EVP_PKEY_free(pair);
  }
  void MakeKeys() {
    std::string pattern = std::filesystem::temp_directory_path() / "redress-keys.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    keys_ = pattern;
    std::filesystem::create_directory(keys_ / "tokens");
    std::filesystem::create_directory(keys_ / "master");
    const auto random = [] { return absl::BytesToHexString(base::RandomBytes(32)); };
    Write("master/m1.key", random());
    Write("master/current", "m1");
    Write("blind.key", random());
    Write("page.key", random());
    EVP_PKEY* signer = EVP_EC_gen("P-256");
    WritePem("signer.pem", signer, true);
    WritePem("tokens/k1.pem", signer, false);
    EVP_PKEY_free(signer);
    EVP_PKEY* feed = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    WritePem("feed.pem", feed, true);
    EVP_PKEY_free(feed);
    MakeCertificate();
    issuer_ = Required(auth::TokenIssuer::Load(keys_ / "signer.pem", "k1", "test"));
  }
  void Serve() {
    service::Environment& environment = *environments_[0];
    ASSERT_TRUE(environment.methods()
                    .Add(*google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                        v1::RegistryService::service_full_name()))
                    .ok());
    writer_ = std::make_unique<Writer>(environment.runtime(), stores_[0]->resources());
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(writer_->service());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  }

  std::filesystem::path keys_;
  ::redress::testing::TestDatabase database_;
  std::unique_ptr<const auth::TokenIssuer> issuer_;
  std::vector<std::unique_ptr<service::Environment>> environments_;
  std::vector<std::unique_ptr<RegistryStore>> stores_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace redress::registry::testing

#endif  // REDRESS_TESTS_INTEGRATION_REGISTRY_WORLD_H_

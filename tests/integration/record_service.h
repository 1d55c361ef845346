// A service over a real database, served to real clients with real tokens, for the integration
// tests of a record service. Only registry is missing: the gate decides on access rows that the
// test sets, by the same auth::Decide.
#ifndef REDRESS_TESTS_INTEGRATION_RECORD_SERVICE_H_
#define REDRESS_TESTS_INTEGRATION_RECORD_SERVICE_H_

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/audit/audit_service.h"
#include "common/audit/reader.h"
#include "common/audit/schema.h"
#include "common/auth/case_scope.h"
#include "common/auth/token.h"
#include "common/base/ids.h"
#include "common/facts/feed.h"
#include "common/facts/schema.h"
#include "common/log/log.h"
#include "common/rpc/handle.h"
#include "common/rules/rules.h"
#include "common/service/record_instance.h"
#include "common/service/unit_register.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "common/store/schema.h"
#include "common/store/store.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::testing {

// Thread-safe.
class TestGate final : public store::AccessGate {
 public:
  struct Known {
    store::CaseContext context;
    auth::AccessRow access;
  };
  void Set(Known known) {
    absl::MutexLock lock(&mutex_);
    cases_[known.context.name] = std::move(known);
  }
  void SetState(const std::string& name, types::v1::CaseState state) {
    absl::MutexLock lock(&mutex_);
    cases_[name].context.state = state;
  }
  // From now on it cannot answer.
  void Break() {
    absl::MutexLock lock(&mutex_);
    broken_ = true;
  }

  absl::StatusOr<std::vector<absl::StatusOr<store::CaseContext>>> Check(
      const rpc::Call& call, std::string_view permission,
      const std::vector<std::string>& cases) override {
    absl::MutexLock lock(&mutex_);
    if (broken_) return status::Unavailable("registry");
    std::vector<absl::StatusOr<store::CaseContext>> decisions;
    for (const std::string& name : cases) {
      const auto it = cases_.find(name);
      if (it == cases_.end()) {
        decisions.emplace_back(status::NotFound("case"));
        continue;
      }
      const auth::Decision decision = auth::Decide(call.caller, permission, it->second.access);
      if (!decision.allowed()) {
        decisions.emplace_back(auth::ToStatus(decision, permission));
        continue;
      }
      store::CaseContext context = it->second.context;
      context.roles = decision.roles;
      decisions.emplace_back(std::move(context));
    }
    return decisions;
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, Known> cases_ ABSL_GUARDED_BY(mutex_);
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
};

// Two units exist. Thread-safe.
class TestUnits final : public service::UnitRegister {
 public:
  // From now on it cannot be asked.
  void Break() { broken_ = true; }

 protected:
  absl::StatusOr<bool> Exists(const rpc::Call& call, const std::string& unit) override {
    if (broken_) return status::Unavailable("assignment");
    return unit == "units/town" || unit == "units/justice";
  }

 private:
  std::atomic<bool> broken_ = false;
};

class RecordService {
 public:
  RecordService(const std::string& service, std::vector<db::Migration> schema,
                std::string_view grants)
      : database_(
            db::Combine({std::move(schema), facts::Schema(), audit::Schema(), store::Schema()})),
        clock_(absl::FromCivil(absl::CivilHour(2018, 6, 20, 12), base::Shanghai())),
        rpc_metrics_(metrics_),
        methods_(rpc_metrics_),
        page_tokens_(base::RandomBytes(32)) {
    // A call that succeeds is no news in a test, and would bury what failed.
    EXPECT_TRUE(log::Init(service, log::Level::kWarning).ok());
    MakeKeys();
    // As the service's own user, so that what grants.sql leaves out fails here.
    pool_ = std::make_unique<db::Pool>(database_.RestrictedUser(
        absl::StrCat(std::string(grants), std::string(facts::Grants()),
                     std::string(audit::Grants()), std::string(store::Grants()))));
    audit_log_ = std::make_unique<audit::AuditLog>(*pool_);
    audit_sink_ = std::make_unique<audit::LogSink>(*audit_log_);
    workers_ = std::make_unique<rpc::WorkerPool>(4, 256);
    runtime_.reset(
        new rpc::Runtime{methods_, *tokens_, clock_, *workers_, *workers_, *audit_sink_});
    store::Store::Options options;
    options.service = service;
    options.pool = pool_.get();
    options.master_keys = master_keys_.get();
    options.clock = &clock_;
    options.page_tokens = &page_tokens_;
    options.gate = &gate_;
    store_options_ = options;
    store_ = Required(store::Store::Open(std::move(options)));
  }

  ~RecordService() {
    StopServing();
    workers_.reset();
    store_.reset();
    std::filesystem::remove_all(keys_);
  }

  void Serve(grpc::Service& service, const std::string& full_name) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
    ASSERT_NE(descriptor, nullptr);
    const absl::Status added = methods_.Add(*descriptor);
    ASSERT_TRUE(added.ok()) << added;
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  }

  // To be called before the served service is gone.
  void StopServing() {
    if (server_ != nullptr) server_->Shutdown();
    server_.reset();
  }

  // A case of region 430626103 and unit units/town, received on the twentieth of April, led by
  // officials/lead, with officials/officer on it and officials/staff for assistance.
  void AddCase(const std::string& name, types::v1::CaseState state = types::v1::CASE_STATE_OPEN) {
    TestGate::Known known;
    known.context.name = name;
    known.context.campaign = "campaigns/1";
    known.context.region_code = "430626103";
    known.context.responsible_unit = "units/town";
    known.context.lead = "officials/lead";
    known.context.officer = "officials/officer";
    known.context.state = state;
    known.context.received_on = absl::CivilDay(2018, 4, 20);
    known.context.claims = {name + "/claims/1", name + "/claims/2"};
    known.access.case_name = name;
    known.access.region_code = "430626103";
    known.access.responsible_unit = "units/town";
    known.access.participants = {{"officials/lead", types::v1::PART_LEAD},
                                 {"officials/officer", types::v1::PART_OFFICER},
                                 {"officials/staff", types::v1::PART_ASSISTANCE}};
    gate_.Set(std::move(known));
  }

  // A call by an official with one role.
  std::unique_ptr<grpc::ClientContext> As(const std::string& official, types::v1::Role role) const {
    auth::Identity identity;
    identity.subject = official;
    identity.official = official;
    identity.unit = "units/town";
    identity.region = "430626103";
    identity.roles = {role};
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization",
                         absl::StrCat("Bearer ", Required(issuer_->Issue(identity, absl::Now(),
                                                                         absl::Minutes(10)))));
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return context;
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(10); }
  facts::FactMac Mac() {
    return facts::FactMac(
        Required(store::LoadServiceKey(*pool_, *master_keys_, store_options_.service)));
  }
  // The facts of a case, in the order in which they are to be read.
  std::vector<facts::v1::Fact> FactsOf(const std::string& case_name) {
    std::vector<facts::v1::Fact> facts;
    for (const facts::v1::FeedEntry& entry :
         Required(facts::FeedReader(*pool_, Mac()).ListCase(case_name, Soon()))) {
      facts.emplace_back();
      EXPECT_TRUE(facts.back().ParseFromString(entry.fact()));
    }
    return facts;
  }
  std::multiset<facts::v1::FactKind> KindsOf(const std::string& case_name) {
    std::multiset<facts::v1::FactKind> kinds;
    for (const facts::v1::Fact& fact : FactsOf(case_name)) kinds.insert(fact.kind());
    return kinds;
  }
  // The resources whose reading the audit log holds.
  std::multiset<std::string> Readings() {
    const audit::AuditReader reader(*pool_, nullptr, &clock_);
    std::multiset<std::string> resources;
    const auto page = Required(reader.ListAuditEntries({}, absl::Now() + absl::Seconds(10)));
    for (const auto& logged : page.entries()) {
      audit::v1::AuditEntry entry;
      EXPECT_TRUE(entry.ParseFromString(logged.entry()));
      if (entry.outcome() != audit::v1::AUDIT_OUTCOME_READ) continue;
      resources.insert(entry.resources().begin(), entry.resources().end());
    }
    return resources;
  }

  TestDatabase& database() { return database_; }
  TestGate& gate() { return gate_; }
  store::Store& store() { return *store_; }
  // For a service whose store takes more than the generic one.
  const store::Store::Options& store_options() const { return store_options_; }
  const rpc::Runtime& runtime() const { return *runtime_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  base::SimulatedClock& clock() { return clock_; }

  static std::string NewRequestId() { return base::NewUuid(absl::Now()); }

  template <class T>
  static T Required(absl::StatusOr<T> value) {
    if (!value.ok()) {
      ADD_FAILURE() << value.status();
      std::abort();
    }
    return *std::move(value);
  }

 private:
  static void Write(const std::string& path, const std::string& content) {
    std::ofstream(path) << content;
    chmod(path.c_str(), 0600);
  }

  void MakeKeys() {
    std::string pattern = std::filesystem::temp_directory_path() / "redress-keys.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    keys_ = pattern;
    std::filesystem::create_directory(keys_ / "tokens");
    std::filesystem::create_directory(keys_ / "master");
    Write(keys_ / "master/m1.key", absl::BytesToHexString(base::RandomBytes(32)));
    Write(keys_ / "master/current", "m1");
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    BIO* out = BIO_new_file((keys_ / "signer.pem").c_str(), "w");
    PEM_write_bio_PrivateKey(out, pair, nullptr, nullptr, 0, nullptr, nullptr);
    BIO_free(out);
    chmod((keys_ / "signer.pem").c_str(), 0600);
    out = BIO_new_file((keys_ / "tokens/k1.pem").c_str(), "w");
    PEM_write_bio_PUBKEY(out, pair);
    BIO_free(out);
    EVP_PKEY_free(pair);
    issuer_ = Required(auth::TokenIssuer::Load(keys_ / "signer.pem", "k1", "test"));
    tokens_ = Required(
        auth::TokenVerifier::Create({.key_directory = keys_ / "tokens", .issuer = "test"}));
    master_keys_ = Required(vault::MasterKeys::Load(keys_ / "master"));
  }

  TestDatabase database_;
  base::SimulatedClock clock_;
  metrics::Registry metrics_;
  metrics::RpcMetrics rpc_metrics_;
  rpc::MethodTable methods_;
  page::PageTokens page_tokens_;
  TestGate gate_;
  std::filesystem::path keys_;
  std::unique_ptr<const auth::TokenIssuer> issuer_;
  std::unique_ptr<auth::TokenVerifier> tokens_;
  std::unique_ptr<const vault::MasterKeys> master_keys_;
  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<audit::AuditLog> audit_log_;
  std::unique_ptr<audit::LogSink> audit_sink_;
  std::unique_ptr<rpc::WorkerPool> workers_;
  std::unique_ptr<rpc::Runtime> runtime_;
  store::Store::Options store_options_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A day of 2018, the year of the tests.
inline google::type::Date Day(int month, int day) {
  return rules::DateOf(absl::CivilDay(2018, month, day));
}

// Calls an rpc of a stub: Invoke(service, stub, &Stub::RecordVisit, request, "officials/lead",
// ROLE_LEAD). A request_id that the request asks for and does not have is filled in.
template <class Stub, class Req, class Resp>
absl::StatusOr<Resp> Invoke(RecordService& service, Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            Req request, const std::string& official, types::v1::Role role) {
  if constexpr (requires { request.set_request_id(""); }) {
    if (request.request_id().empty()) request.set_request_id(RecordService::NewRequestId());
  }
  const auto context = service.As(official, role);
  Resp response;
  const grpc::Status status = (stub.*method)(context.get(), request, &response);
  if (!status.ok()) return status::FromGrpc(status);
  return response;
}

// A service that is made from a runtime and a store, and a register of units where it asks for one,
// served beside cases/1. `Api` is the generated
// service.
template <service::MakeService kMake, class Api>
class RecordServiceTest : public ::testing::Test {
 protected:
  using Stub = typename Api::Stub;

  RecordServiceTest(const std::string& name, std::vector<db::Migration> schema,
                    std::string_view grants)
      : records_(name, std::move(schema), grants),
        service_(RecordService::Required(kMake(records_.runtime(), records_.store(), units_))) {
    records_.Serve(*service_, Api::service_full_name());
    stub_ = Api::NewStub(records_.channel());
    records_.AddCase("cases/1");
  }
  ~RecordServiceTest() override { records_.StopServing(); }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const Req& request, const std::string& official, types::v1::Role role) {
    return Invoke(records_, *stub_, method, request, official, role);
  }

  RecordService records_;
  TestUnits units_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace redress::testing

#endif  // REDRESS_TESTS_INTEGRATION_RECORD_SERVICE_H_

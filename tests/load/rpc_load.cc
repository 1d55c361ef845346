// Measures, in one run on one machine: the ceilings that the platform sets (an rpc that does
// nothing, a select by key, the rows of a registration one transaction each), and beside them what
// Redress does, at 1, 8 and 64 in flight.
//
//   tests/with-mariadb build/release/bin/rpc_load [--seconds N] [--cases N] [--only NAME]
//
// Figures compare only within a run. Everything shares the machine's cores: server, database, and
// this client.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iostream>
#include <random>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/audit/schema.h"
#include "common/base/ids.h"
#include "common/db/endpoint.h"
#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/facts/schema.h"
#include "common/status/macros.h"
#include "common/store/schema.h"
#include "common/vault/normal_form.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/sample/v1/sample.grpc.pb.h"
#include "redress/visits/v1/visits.grpc.pb.h"
#include "services/registry/schema.h"
#include "tests/e2e/world.h"
#include "tests/integration/testdb/testdb.h"
#include "tests/load/closed_loop.h"

namespace redress::load {
namespace {

using testing::World;

constexpr int kInFlight[] = {1, 8, 64};

// Measures only what contains this; all where it is empty.
std::string only;

struct Row {
  std::string name;
  int in_flight;
  Result result;
};
std::vector<Row> results;

using BlockingOperation = std::function<std::string(int)>;

void Show(const Row& row) {
  std::printf("%-28s %5d %10.0f %9.2f %9.2f", row.name.c_str(), row.in_flight,
              row.result.per_second, row.result.p50_ms, row.result.p99_ms);
  if (row.result.failed > 0)
    std::printf("   %ld failed: %s", static_cast<long>(row.result.failed),
                row.result.first_failure.c_str());
  std::printf("\n");
  std::fflush(stdout);
}

// Measures one thing at each number in flight. `loop` is ClosedLoop or ClosedLoopBlocking.
template <class Op>
void Measure(const std::string& name, absl::Duration measured,
             Result (*loop)(int, absl::Duration, absl::Duration, const Op&), const Op& operation) {
  if (!absl::StrContains(name, only)) return;
  for (int in_flight : kInFlight) {
    results.push_back({name, in_flight, loop(in_flight, absl::Seconds(1), measured, operation)});
    Show(results.back());
  }
}

double Rate(const std::string& name, int in_flight) {
  for (const Row& row : results) {
    if (row.name == name && row.in_flight == in_flight) return row.result.per_second;
  }
  return 0;
}

// The best rate at any number in flight: what the platform can do.
double Ceiling(const std::string& name) {
  double best = 0;
  for (const Row& row : results) {
    if (row.name == name) best = std::max(best, row.result.per_second);
  }
  return best;
}

// An rpc over the stub's asynchronous interface; `prepare` fills the request.
template <class Req, class Resp, class Async>
Operation Rpc(const testing::Client& client, Async call, std::function<Req(int)> prepare) {
  return [&client, call, prepare](int slot, std::function<void(std::string)> ended) {
    struct InFlight {
      grpc::ClientContext context;
      Req request;
      Resp response;
    };
    auto flight = std::make_shared<InFlight>();
    client.Prepare(flight->context);
    flight->request = prepare(slot);
    call(
        &flight->context, &flight->request, &flight->response,
        [flight, ended](grpc::Status status) { ended(status.ok() ? "" : status.error_message()); });
  };
}

// An rpc that does nothing, served by the same library over the same TLS: the ceiling of any rpc.
class NoopService final : public sample::v1::SampleClockService::CallbackService {
  grpc::ServerUnaryReactor* GetTime(grpc::CallbackServerContext* context,
                                    const sample::v1::GetTimeRequest*,
                                    sample::v1::GetTimeResponse*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// Rows of the sizes and number that RegisterCase writes, in its order, one transaction each.
class RawRegistration {
 public:
  explicit RawRegistration(testing::TestDatabase& database) : pool_(database.pool()) {}

  std::string Write() {
    const std::string id = base::NewUuid(absl::Now());
    const std::string name = absl::StrCat("cases/", id);
    const std::string person = absl::StrCat("petitioners/", id);
    const absl::Status written = db::Transact(
        pool_, absl::Now() + absl::Seconds(10), [&](db::Connection& c) -> absl::Status {
          // The look-up of an earlier answer.
          ASSIGN_OR_RETURN(
              db::Rows rows,
              c.Query("SELECT request_id, caller, fingerprint, response FROM idempotency"
                      " WHERE (request_id, caller) IN ((?, ?))",
                      {base::UuidBytes(id), "clerk"}));
          RETURN_IF_ERROR(db::Insert("data_key", {"subject", "wrapped"})
                              .Row({name, blob(97)})
                              .Row({person, blob(97)})
                              .Run(c));
          RETURN_IF_ERROR(db::Insert("case_access",
                                     {"name", "version", "body", "region_code", "responsible_unit"})
                              .Row({name, 1, blob(230), "430626103000", nullptr})
                              .Run(c));
          RETURN_IF_ERROR(
              db::Insert("case_file", {"name", "version", "body", "registration_number", "campaign",
                                       "region_code", "state", "source", "received_on",
                                       "petitioner", "responsible_unit", "create_time"})
                  .Row({name, 1, blob(560), id, "campaigns/018f0000-0000-7000-8000-000000000000",
                        "430626103000", 1, 1, absl::CivilDay(2018, 4, 9), person, nullptr,
                        absl::Now()})
                  .Run(c));
          RETURN_IF_ERROR(db::Insert("petitioner", {"name", "version", "body", "region_code"})
                              .Row({person, 1, blob(190), "430626103000"})
                              .Run(c));
          RETURN_IF_ERROR(db::Insert("procedure_round",
                                     {"name", "version", "body", "case_name", "number", "state"})
                              .Row({name + "/rounds/1", 1, blob(210), name, 1, 1})
                              .Run(c));
          RETURN_IF_ERROR(
              db::Insert("case_person", {"name", "petitioner"}).Row({name, person}).Run(c));
          RETURN_IF_ERROR(db::Insert("petitioner_index", {"name", "field", "hash", "form"})
                              .Row({person, "full_name", blob(32), vault::kNormalForm})
                              .Row({person, "phone", blob(32), vault::kNormalForm})
                              .Run(c));
          db::InsertBuilder facts("fact", {"fact_id", "case_name", "campaign", "kind", "record",
                                           "record_version", "retracts", "event_date",
                                           "recorded_at", "body", "nonce", "leaf_hash", "mac"});
          db::InsertBuilder pending("fact_pending", {"fact_id", "record"});
          for (int i = 0; i < 3; ++i) {
            const std::string fact_id = base::NewUuid(absl::Now());
            facts.Row({fact_id, name, "campaigns/018f0000-0000-7000-8000-000000000000", 30 + i,
                       name, 1, nullptr, absl::CivilDay(2018, 4, 10), absl::Now(), blob(330),
                       blob(16), blob(32), blob(32)});
            pending.Row({fact_id, name});
          }
          RETURN_IF_ERROR(facts.Run(c));
          RETURN_IF_ERROR(pending.Run(c));
          return db::Insert("idempotency",
                            {"request_id", "caller", "fingerprint", "response", "create_time"})
              .Row({base::UuidBytes(id), "clerk", blob(32), blob(800), absl::Now()})
              .Run(c);
        });
    return written.ok() ? "" : std::string(written.message());
  }

 private:
  static std::string blob(size_t size) { return base::RandomBytes(size); }
  db::Pool& pool_;
};

void MeasureCeilings(const std::vector<std::string>& cases, testing::Cluster& cluster,
                     const testing::Client& anybody, absl::Duration measured) {
  {
    // In this process, but over TLS on loopback like the rest.
    NoopService noop;
    grpc::ServerBuilder builder;
    int port = 0;
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back(
        {cluster.ReadPem("registry/key.pem"), cluster.ReadPem("registry/cert.pem")});
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port);
    builder.RegisterService(&noop);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    grpc::SslCredentialsOptions client_tls;
    client_tls.pem_root_certs = cluster.ReadPem("ca.pem");
    auto channel =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::SslCredentials(client_tls));
    auto stub = sample::v1::SampleClockService::NewStub(channel);
    Measure("ceiling: no-op rpc", measured, ClosedLoop,
            Rpc<sample::v1::GetTimeRequest, sample::v1::GetTimeResponse>(
                anybody, [&](auto... args) { stub->async()->GetTime(args...); },
                [](int) { return sample::v1::GetTimeRequest(); }));
    server->Shutdown();
  }
  db::Endpoint endpoint = testing::TestServer();
  endpoint.database = cluster.DatabaseName("registry");
  db::Pool::Options options;
  options.max_connections = 64;
  {
    db::Pool pool(endpoint, options);
    const BlockingOperation select = [&](int slot) {
      thread_local std::minstd_rand random(slot + 1);
      const std::string& name = cases[random() % cases.size()];
      const absl::Status read = db::Read(pool, absl::InfiniteFuture(), [&](db::Connection& c) {
        return c
            .Query(
                "SELECT t.name, t.version, t.body, k.wrapped FROM case_file t"
                " LEFT JOIN data_key k ON k.subject = t.name WHERE t.name = ?",
                {name})
            .status();
      });
      return read.ok() ? std::string() : std::string(read.message());
    };
    Measure("ceiling: select by key", measured, ClosedLoopBlocking, select);
  }
  testing::TestDatabase scratch(
      db::Combine({registry::Schema(), facts::Schema(), audit::Schema(), store::Schema()}),
      options);
  RawRegistration raw(scratch);
  const BlockingOperation write = [&](int) { return raw.Write(); };
  Measure("ceiling: registration's rows", measured, ClosedLoopBlocking, write);
}

void MeasureRpcs(const World& world, const std::vector<std::string>& cases,
                 absl::Duration measured) {
  auto registry_stub = registry::v1::RegistryService::NewStub(world.clerk().ChannelTo("registry"));
  auto visits_stub = visits::v1::VisitsService::NewStub(world.lead().ChannelTo("visits"));
  std::atomic<size_t> next = 0;
  Measure("GetCase", measured, ClosedLoop,
          Rpc<registry::v1::GetCaseRequest, registry::v1::GetCaseResponse>(
              world.clerk(), [&](auto... args) { registry_stub->async()->GetCase(args...); },
              [&](int) {
                registry::v1::GetCaseRequest request;
                request.set_name(cases[next++ % cases.size()]);
                return request;
              }));
  Measure("RegisterCase", measured, ClosedLoop,
          Rpc<registry::v1::RegisterCaseRequest, registry::v1::RegisterCaseResponse>(
              world.clerk(), [&](auto... args) { registry_stub->async()->RegisterCase(args...); },
              [&](int) { return world.NewCase(); }));
  Measure("RecordVisit", measured, ClosedLoop,
          Rpc<visits::v1::RecordVisitRequest, visits::v1::RecordVisitResponse>(
              world.lead(), [&](auto... args) { visits_stub->async()->RecordVisit(args...); },
              [&](int) { return world.NewVisit(cases[next++ % cases.size()]); }));
  const BlockingOperation life = [&](int) {
    const absl::Status lived = world.UpToClosing();
    return lived.ok() ? std::string() : std::string(lived.message());
  };
  Measure("lifecycle up to closing (18 rpcs)", measured, ClosedLoopBlocking, life);
}

void Summarise() {
  const double get_ceiling =
      1 / (1 / Ceiling("ceiling: no-op rpc") + 1 / Ceiling("ceiling: select by key"));
  std::printf("\nGetCase at 64 against 1/(1/no-op + 1/select): %.2f (to reach: 0.5)\n",
              Rate("GetCase", 64) / get_ceiling);
  std::printf("RegisterCase at 64 against its rows one transaction each: %.2f (to reach: 0.8)\n",
              Rate("RegisterCase", 64) / Ceiling("ceiling: registration's rows"));
}

int Run(int seconds, size_t count) {
  db::OpenDriver();
  // As in production, where what every reading writes would only slow it down.
  testing::Cluster cluster(testing::AllServices(), "info");
  std::printf("idle memory of the five services:");
  int64_t total = 0;
  for (const std::string& service : testing::AllServices()) {
    const int64_t kilobytes = cluster.ResidentKilobytes(service);
    total += kilobytes;
    std::printf(" %s %.0f MB", service.c_str(), static_cast<double>(kilobytes) / 1024);
  }
  std::printf(", together %.0f MB (to reach: 200)\n", static_cast<double>(total) / 1024);
  for (const std::string& service : testing::AllServices()) {
    cluster.Terminate(service);
    const absl::Time begun = absl::Now();
    cluster.Start(service);
    std::printf("%s is ready %.2f s after its start (to reach: 1)\n", service.c_str(),
                absl::ToDoubleSeconds(absl::Now() - begun));
  }

  const World world(cluster);
  std::vector<std::string> cases;
  while (cases.size() < count) {
    absl::StatusOr<std::string> name = world.Register();
    if (!name.ok() || !world.Assign(*name).ok()) {
      std::cerr << "a case could not be registered or assigned: " << name.status() << std::endl;
      return 1;
    }
    cases.push_back(*std::move(name));
  }
  std::printf("\n%-28s %5s %10s %9s %9s\n", "", "at", "per s", "p50 ms", "p99 ms");
  const absl::Duration measured = absl::Seconds(seconds);
  MeasureCeilings(cases, cluster, world.operator_client(), measured);
  MeasureRpcs(world, cases, measured);
  if (only.empty()) Summarise();
  return std::any_of(results.begin(), results.end(),
                     [](const Row& row) { return row.result.failed > 0; })
             ? 1
             : 0;
}

}  // namespace
}  // namespace redress::load

int main(int argc, char** argv) {
  // As the services do.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Measures ceilings and rpcs in one run.");
  int seconds = 5;
  size_t cases = 2000;
  app.add_option("--only", redress::load::only,
                 "Measure only what has this in its name, to look at it with a profiler");
  app.add_option("--seconds", seconds, "How long each figure is measured")
      ->capture_default_str()
      ->check(CLI::Range(1, 600));
  app.add_option("--cases", cases, "How many cases are there to be read")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  CLI11_PARSE(app, argc, argv);
  return redress::load::Run(seconds, cases);
}

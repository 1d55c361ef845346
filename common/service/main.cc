#include "common/service/main.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/audit/audit_service.h"
#include "common/audit/schema.h"
#include "common/base/version.h"
#include "common/db/admin.h"
#include "common/db/endpoint.h"
#include "common/db/errors.h"
#include "common/db/transact.h"
#include "common/facts/schema.h"
#include "common/log/log.h"
#include "common/metrics/exposer.h"
#include "common/options/fact_rule.h"
#include "common/service/shared_services.h"
#include "common/service/watchdog.h"
#include "common/status/macros.h"
#include "common/store/schema.h"
#include "common/store/skip_numbers.h"

namespace redress::service {
namespace {

constexpr int kCannotStart = 1;
constexpr int kWrongFlags = 2;
// For the last answers to be on their way, once all calls are answered.
constexpr absl::Duration kFlush = absl::Milliseconds(250);
// Enough for all connections that are accepted, those to the database, and the files.
constexpr rlim_t kDescriptors = 4096;
// By default each thread that allocates gets a heap of its own, up to eight per processor, and what
// was needed once stays in all of them.
constexpr int kHeaps = 4;

void BoundProcess() {
  mallopt(M_ARENA_MAX, kHeaps);
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < kDescriptors) {
    limit.rlim_cur = std::min(limit.rlim_max, kDescriptors);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

std::vector<db::Migration> AllMigrations(const Spec& spec) {
  return db::Combine({spec.schema, facts::Schema(), audit::Schema(), store::Schema()});
}

absl::Status MigrateDatabase(const Spec& spec, const MigrateFlags& flags) {
  ASSIGN_OR_RETURN(db::Endpoint endpoint, EndpointOf(flags.database));
  ASSIGN_OR_RETURN(std::unique_ptr<db::Connection> connection,
                   db::OpenForMigrations(std::move(endpoint)));
  ASSIGN_OR_RETURN(db::MigrationReport report, db::Migrate(*connection, AllMigrations(spec)));
  RETURN_IF_ERROR(
      connection->Execute("INSERT IGNORE INTO deployment (id, mode) VALUES (1, ?)", {flags.mode})
          .status());
  ASSIGN_OR_RETURN(db::Rows rows, connection->Query("SELECT mode FROM deployment WHERE id = 1"));
  if (rows[0].Text(0) != flags.mode) {
    return absl::FailedPreconditionError(
        absl::StrCat("this database was made for mode ", rows[0].Text(0), " and never changes it"));
  }
  for (const std::string& grants : {spec.grants, std::string(facts::Grants()),
                                    std::string(audit::Grants()), std::string(store::Grants())}) {
    RETURN_IF_ERROR(db::ApplyGrants(*connection, grants, flags.database.name, flags.grant_to));
  }
  RETURN_IF_ERROR(db::ApplyGrants(*connection,
                                  "GRANT SELECT ON ${DATABASE}.schema_version TO ${USER};",
                                  flags.database.name, flags.grant_to));
  std::cout << "redress-" << spec.name << ": " << report.applied.size() << " migrations applied to "
            << flags.database.name << std::endl;
  return absl::OkStatus();
}

absl::Status SkipNumbers(const SkipFlags& flags) {
  ASSIGN_OR_RETURN(const db::Endpoint endpoint, EndpointOf(flags.database));
  ASSIGN_OR_RETURN(const std::unique_ptr<db::Connection> connection,
                   db::Connection::Open(endpoint));
  ASSIGN_OR_RETURN(const std::vector<store::SkippedNumbers> skipped,
                   store::SkipNumbers(*connection, flags.by, flags.reason));
  for (const store::SkippedNumbers& one : skipped) {
    std::cout << (one.counter.empty() ? "(counters to come)" : one.counter) << ": " << one.first
              << " to " << one.last << " are not given" << std::endl;
  }
  return absl::OkStatus();
}

absl::Status CheckDatabase(const Spec& spec, Environment& environment) {
  return db::Read(
      environment.pool(), absl::Now() + absl::Seconds(10),
      [&](db::Connection& connection) -> absl::Status {
        RETURN_IF_ERROR(db::CheckSchema(connection, AllMigrations(spec),
                                        absl::StrCat("redress-", spec.name, " migrate")));
        return store::CheckTables(connection, spec.tables);
      });
}

// The database is absent or refuses this service: waiting alone does not mend it.
bool IsMisdeployed(const absl::Status& status) {
  static constexpr int kNoRights[] = {1044, 1045, 1049, 1698};
  return std::find(std::begin(kNoRights), std::end(kNoRights), db::ErrnoOf(status)) !=
         std::end(kNoRights);
}

// The database may be starting at the same time: a service waits for it, and says so, rather than
// die.
absl::StatusOr<std::unique_ptr<Environment>> CreateWhenDatabaseAnswers(const Spec& spec,
                                                                       const Flags& flags,
                                                                       const sigset_t& signals) {
  bool told = false;
  while (true) {
    absl::StatusOr<std::unique_ptr<Environment>> environment =
        Environment::Create(spec.name, flags);
    const absl::Status& status = environment.status();
    if (!absl::IsUnavailable(status) || IsMisdeployed(status)) return environment;
    if (!told) log::Event(log::Level::kWarning, "waiting_for_database");
    told = true;
    const timespec pause{0, 200'000'000};
    if (sigtimedwait(&signals, nullptr, &pause) > 0) {
      return absl::CancelledError("stopped while waiting for the database");
    }
  }
}

absl::Status Serve(const Spec& spec, const Flags& flags) {
  // Blocked in every thread, so that one place alone takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  ASSIGN_OR_RETURN(std::unique_ptr<Environment> environment,
                   CreateWhenDatabaseAnswers(spec, flags, signals));
  RETURN_IF_ERROR(CheckDatabase(spec, *environment));
  RETURN_IF_ERROR(facts::CheckFactRules());

  std::vector<std::string> names = spec.services;
  names.insert(names.end(), {"redress.facts.v1.FactFeedService", "redress.audit.v1.AuditService",
                             "redress.sample.v1.SampleClockService"});
  for (const std::string& name : names) {
    RETURN_IF_ERROR(environment->methods().Add(
        *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name)));
  }

  ASSIGN_OR_RETURN(std::unique_ptr<Instance> instance, spec.create(*environment));
  ASSIGN_OR_RETURN(
      std::unique_ptr<grpc::Service> feed,
      facts::MakeFeedService(environment->runtime(), environment->feed(), environment->watch_hub(),
                             FeedVisibility(instance->gate())));
  ASSIGN_OR_RETURN(std::unique_ptr<grpc::Service> audit,
                   audit::MakeAuditService(environment->runtime(), environment->audit_reader(),
                                           AuditVisibility(instance->gate())));
  ASSIGN_OR_RETURN(std::unique_ptr<grpc::Service> clock, MakeSampleClockService(*environment));
  std::vector<grpc::Service*> services = instance->services();
  services.insert(services.end(), {feed.get(), audit.get(), clock.get()});

  ASSIGN_OR_RETURN(std::unique_ptr<metrics::Exposer> exposer,
                   metrics::Exposer::Start(flags.metrics, environment->metrics()));
  const rpc::Server::Options options{
      flags.listen, {flags.tls_cert, flags.tls_key, flags.tls_ca}, names};
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> server,
                   rpc::Server::Start(options, environment->runtime(), services));
  environment->StartBackground();
  instance->Start();
  auto watchdog =
      std::make_unique<Watchdog>(environment->pool().endpoint(), environment->metrics(),
                                 [&server](bool serving) { server->SetServing(serving); });
  log::Event(log::Level::kInfo, "serving",
             {{"listen", flags.listen}, {"metrics", flags.metrics}, {"mode", flags.mode}});

  int signal = 0;
  sigwait(&signals, &signal);
  log::Event(log::Level::kInfo, "draining", {{"signal", signal}});
  watchdog.reset();
  server->SetServing(false);
  environment->watch_hub().Drain();
  if (!environment->runtime().calls->Close(absl::Seconds(flags.drain_seconds))) {
    log::Event(log::Level::kWarning, "calls_broken_off");
  }
  instance->Stop();
  server->Drain(kFlush);
  environment->StopBackground();
  server.reset();
  log::Event(log::Level::kInfo, "drained");
  log::Flush();
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv, const Spec& spec) {
  BoundProcess();
  // A call that fails fast does not wait for its channel to connect again; somebody must poll the
  // attempt, and by default gRPC does so every five seconds only. Read once, when gRPC starts.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "100", /*replace=*/0);
  // Debian builds Abseil with the search for deadlocks on, which costs some percent of every call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app(spec.description, absl::StrCat("redress-", spec.name));
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", absl::StrCat("redress ", base::kVersion));
  CLI::App* migrate = app.add_subcommand(
      "migrate", "Bring the database to the schema and grant the service's rights");
  CLI::App* skip =
      app.add_subcommand("skip-numbers",
                         "After a restore, before the service starts: leave numbers out that may "
                         "have been given since the backup");
  CLI::App* serve = app.add_subcommand("serve", "Serve until SIGTERM or SIGINT, then drain");
  Flags flags;
  MigrateFlags migrate_flags;
  AddServeFlags(*serve, flags);
  AddMigrateFlags(*migrate, migrate_flags);
  SkipFlags skip_flags;
  AddSkipFlags(*skip, skip_flags);
  app.footer(
      "Every flag can also be given as an environment variable: --tls-cert as REDRESS_TLS_CERT.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : kWrongFlags;
  }
  if (!migrate->parsed() && !skip->parsed() && !serve->parsed()) {
    std::cerr << app.help();
    return kWrongFlags;
  }
  db::OpenDriver();
  log::Level level = log::Level::kInfo;
  log::ParseLevel(flags.log_level, &level);
  absl::Status status = log::Init(spec.name, level);
  if (status.ok()) {
    status = migrate->parsed() ? MigrateDatabase(spec, migrate_flags)
             : skip->parsed()  ? SkipNumbers(skip_flags)
                               : Serve(spec, flags);
  }
  if (status.ok()) return 0;
  log::Flush();
  std::cerr << "redress-" << spec.name << ": " << status.message() << std::endl;
  return kCannotStart;
}

}  // namespace redress::service

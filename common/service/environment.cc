#include "common/service/environment.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/audit/audit_service.h"
#include "common/db/errors.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"

namespace redress::service {
namespace {

constexpr size_t kCallQueue = rpc::CallGate::kMostCalls;
// Inner rpcs wait for nothing but the database.
constexpr int kInnerWorkers = 4;
// Where a sample's time begins when nobody has set it: the eve of the campaign that is replayed.
const absl::CivilDay kSampleStart(2018, 4, 1);

std::string Trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

absl::StatusOr<db::Endpoint> EndpointOf(const DatabaseFlags& flags) {
  db::Endpoint endpoint;
  endpoint.socket = flags.socket;
  endpoint.host = flags.host;
  endpoint.port = static_cast<uint16_t>(flags.port);
  endpoint.user = flags.user;
  endpoint.database = flags.name;
  endpoint.tls_ca = flags.ca;
  if (flags.socket.empty() && (flags.host.empty() || flags.ca.empty())) {
    return absl::FailedPreconditionError("give --db-socket, or --db-host together with --db-ca");
  }
  if (!flags.password_file.empty()) {
    ASSIGN_OR_RETURN(std::string password, vault::ReadSecretFile(flags.password_file));
    endpoint.password = Trimmed(std::move(password));
  }
  return endpoint;
}

absl::StatusOr<std::unique_ptr<Environment>> Environment::Create(const std::string& service,
                                                                 const Flags& flags) {
  std::unique_ptr<Environment> environment(new Environment(service, flags));
  environment->rpc_metrics_ = std::make_unique<metrics::RpcMetrics>(environment->metrics_);
  environment->methods_ = std::make_unique<rpc::MethodTable>(*environment->rpc_metrics_);
  RETURN_IF_ERROR(environment->OpenCalendar());
  RETURN_IF_ERROR(environment->OpenKeys());
  RETURN_IF_ERROR(environment->OpenDatabase());
  RETURN_IF_ERROR(environment->OpenClock());
  RETURN_IF_ERROR(environment->OpenFacts());
  environment->workers_ = std::make_unique<rpc::WorkerPool>(flags.workers, kCallQueue);
  environment->inner_workers_ = std::make_unique<rpc::WorkerPool>(kInnerWorkers, kCallQueue);
  environment->runtime_.reset(new rpc::Runtime{
      *environment->methods_, *environment->tokens_, *environment->clock_, *environment->workers_,
      *environment->inner_workers_, *environment->audit_sink_});
  return environment;
}

Environment::~Environment() {
  StopBackground();
  workers_.reset();
  inner_workers_.reset();
  db::SetErrorObserver({});  // it counts in our metrics
}

absl::Status Environment::OpenCalendar() {
  metrics::Gauge& last_day = metrics_.AddGauge(
      "redress_calendar_last_day",
      "The last day that the calendar of working days knows, as the Unix time of its beginning.");
  calendar::FileSource::Observer observer;
  observer.taken = [&last_day](const calendar::Calendar& taken) {
    last_day.Set(static_cast<double>(
        absl::ToUnixSeconds(absl::FromCivil(taken.last_day(), base::Shanghai()))));
    log::Event(log::Level::kInfo, "calendar_in_use",
               {{"last_day", calendar::ToText(taken.last_day())}, {"version", taken.version()}});
  };
  observer.refused = [](const absl::Status& why) {
    log::Event(log::Level::kError, "calendar_refused", {{"why", std::string(why.message())}});
  };
  ASSIGN_OR_RETURN(calendar_, calendar::FileSource::Open(flags_.calendar, std::move(observer)));
  return absl::OkStatus();
}

absl::Status Environment::OpenKeys() {
  ASSIGN_OR_RETURN(tokens_, auth::TokenVerifier::Create({.key_directory = flags_.token_keys,
                                                         .issuer = flags_.token_issuer}));
  ASSIGN_OR_RETURN(master_keys_, vault::MasterKeys::Load(flags_.master_keys));
  ASSIGN_OR_RETURN(blind_indexer_, vault::BlindIndexer::Load(flags_.blind_index_key));
  ASSIGN_OR_RETURN(std::string page_key, vault::ReadKeyFile(flags_.page_key));
  page_tokens_ = std::make_unique<page::PageTokens>(std::move(page_key));
  ASSIGN_OR_RETURN(facts::Checkpointer checkpointer,
                   facts::Checkpointer::Load(service_, flags_.feed_key));
  checkpointer_ = std::make_unique<facts::Checkpointer>(std::move(checkpointer));
  ASSIGN_OR_RETURN(facts::Checkpointer audit_checkpointer,
                   facts::Checkpointer::Load(absl::StrCat(service_, ".audit"), flags_.feed_key));
  audit_checkpointer_ = std::make_unique<facts::Checkpointer>(std::move(audit_checkpointer));
  const rpc::TlsFiles tls{flags_.tls_cert, flags_.tls_key, flags_.tls_ca};
  ASSIGN_OR_RETURN(auto addresses, rpc::ParsePeers(flags_.peers));
  for (const auto& [name, address] : addresses) {
    ASSIGN_OR_RETURN(peers_[name], rpc::OpenChannel(address, tls, name));
  }
  return absl::OkStatus();
}

absl::Status Environment::OpenDatabase() {
  ASSIGN_OR_RETURN(db::Endpoint endpoint, EndpointOf(flags_.database));
  metrics::Counter& no_room = metrics_.AddCounter(
      "redress_db_no_room_total", "Statements that failed because the database has no room left.");
  db::SetErrorObserver([&no_room](const db::ServerError& error) {
    if (error.no_room) no_room.Increment();
    log::Event(log::Level::kError, "database_error",
               {{"errno", error.number}, {"statement", error.statement}, {"text", error.text}});
  });
  metrics::Gauge& in_use =
      metrics_.AddGauge("redress_db_connections_in_use", "Connections lent out.");
  metrics::Gauge& idle =
      metrics_.AddGauge("redress_db_connections_idle", "Connections that wait for work.");
  metrics::Histogram& waited = metrics_.AddHistogram(
      "redress_db_wait_seconds", "Time that a statement's caller waited for a connection.");
  metrics::Counter& discarded = metrics_.AddCounter("redress_db_connections_discarded_total",
                                                    "Dead connections thrown away.");
  metrics::Counter& retried =
      metrics_.AddCounter("redress_db_retries_total", "Transactions that were run again.");
  db::Pool::Options options;
  options.max_connections = static_cast<size_t>(flags_.workers) + kInnerWorkers + 12;
  options.observer.size_changed = [&in_use, &idle](int64_t used, int64_t waiting) {
    in_use.Set(static_cast<double>(used));
    idle.Set(static_cast<double>(waiting));
  };
  options.observer.waited = [&waited](absl::Duration took) {
    waited.Observe(absl::ToDoubleSeconds(took));
  };
  options.observer.discarded = [&discarded] { discarded.Increment(); };
  options.observer.retried = [&retried](int) { retried.Increment(); };
  pool_ = std::make_unique<db::Pool>(std::move(endpoint), std::move(options));
  return absl::OkStatus();
}

absl::Status Environment::OpenClock() {
  std::string mode;
  std::optional<absl::Time> simulated;
  RETURN_IF_ERROR(db::Read(
      *pool_, absl::Now() + absl::Seconds(10), [&](db::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(
            db::Rows rows,
            connection.Query("SELECT mode, simulated_now FROM deployment WHERE id = 1"));
        if (rows.empty()) return absl::OkStatus();
        mode = rows[0].Text(0);
        simulated = rows[0].MaybeInstant(1);
        return absl::OkStatus();
      }));
  if (mode != flags_.mode) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the database was made for mode ", mode.empty() ? "none: run `migrate` first" : mode,
        " and never changes it; the service was started with --mode=", flags_.mode));
  }
  if (flags_.mode == "sample") {
    auto clock = std::make_unique<base::SimulatedClock>(
        simulated.value_or(absl::FromCivil(kSampleStart, base::Shanghai())));
    simulated_ = clock.get();
    clock_ = std::move(clock);
  } else {
    clock_ = std::make_unique<base::SystemClock>();
  }
  return absl::OkStatus();
}

absl::Status Environment::OpenFacts() {
  ASSIGN_OR_RETURN(const vault::DataKey service_key,
                   store::LoadServiceKey(*pool_, *master_keys_, service_));
  const facts::FactMac mac(service_key);
  audit_log_ = std::make_unique<audit::AuditLog>(*pool_);
  audit_sink_ = std::make_unique<audit::LogSink>(*audit_log_);
  audit_reader_ =
      std::make_unique<audit::AuditReader>(*pool_, audit_checkpointer_.get(), clock_.get());
  feed_reader_ = std::make_unique<facts::FeedReader>(*pool_, mac);
  feed_ = std::make_unique<facts::Feed>(feed_reader_.get(), checkpointer_.get(), clock_.get());
  watch_hub_ = std::make_unique<facts::WatchHub>(*feed_reader_);
  metrics::Gauge& pending =
      metrics_.AddGauge("redress_facts_pending", "Facts that have no position in the feed yet.");
  metrics::Gauge& size =
      metrics_.AddGauge("redress_facts_positions", "Facts that have a position in the feed.");
  facts::Sequencer::Options options;
  options.gauges = [&pending, &size](const facts::Sequencer::Gauges& gauges) {
    pending.Set(static_cast<double>(gauges.pending));
    size.Set(static_cast<double>(gauges.tree_size));
  };
  options.advanced = [hub = watch_hub_.get()](int64_t) { hub->Notify(); };
  options.failed = [](const absl::Status& status) {
    log::Event(log::Level::kWarning, "sequencing_failed",
               {{"code", absl::StatusCodeToString(status.code())}});
  };
  sequencer_ = std::make_unique<facts::Sequencer>(*pool_, mac, std::move(options));
  damaged_rows_ = &metrics_.AddCounter("redress_rows_damaged_total",
                                       "Readings of a row that is not what was written.");
  metrics::Gauge& stranded = metrics_.AddGauge(
      "redress_facts_without_position", "Facts that had no position in the feed for a minute.");
  metrics::Gauge& forged = metrics_.AddGauge(
      "redress_facts_damaged",
      "Facts that are missing, or are not what this service wrote, and a root that differs.");
  facts::FeedGuard::Options watching;
  watching.found = [&stranded, &forged](const facts::FeedGuard::Findings& found) {
    stranded.Set(static_cast<double>(found.stranded));
    forged.Set(static_cast<double>(found.forged + found.damaged + (found.root_differs ? 1 : 0)));
  };
  watching.changed = [](const facts::FeedGuard::Findings& found, const std::string& where) {
    log::Event(log::Level::kError, "facts_guarded",
               {{"forged", found.forged},
                {"without_position", found.stranded},
                {"damaged", found.damaged},
                {"root_differs", found.root_differs},
                {"where", where}});
  };
  watching.failed = [](const absl::Status& status) {
    log::Event(log::Level::kWarning, "facts_not_guarded",
               {{"code", absl::StatusCodeToString(status.code())}});
  };
  guard_ = std::make_unique<facts::FeedGuard>(*pool_, mac, std::move(watching));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Environment::Peer(const std::string& name) const {
  const auto it = peers_.find(name);
  if (it == peers_.end()) {
    return absl::FailedPreconditionError(absl::StrCat("--peers does not name ", name));
  }
  return it->second;
}

store::Store::Options Environment::StoreOptions() {
  store::Store::Options options;
  options.service = service_;
  options.pool = pool_.get();
  options.master_keys = master_keys_.get();
  options.clock = clock_.get();
  options.page_tokens = page_tokens_.get();
  options.committed = [sequencer = sequencer_.get()](const std::vector<store::Effect>&) {
    sequencer->Notify();
  };
  options.damaged = [damaged = damaged_rows_] { damaged->Increment(); };
  return options;
}

void Environment::StartBackground() {
  sequencer_->Start();
  guard_->Start();
  calendar_->Start();
}

void Environment::StopBackground() {
  if (watch_hub_ != nullptr) watch_hub_->Drain();
  if (guard_ != nullptr) guard_->Stop();
  if (sequencer_ != nullptr) sequencer_->Stop();
  if (audit_log_ != nullptr) audit_log_->Stop();
  if (calendar_ != nullptr) calendar_->Stop();
}

}  // namespace redress::service

// What a service binary is made of, beside its own rules and store: flags, keys, database, clock,
// channels, metrics, audit log, fact feed. Built once at the start; everything in it lives until
// the process has drained.
#ifndef REDRESS_COMMON_SERVICE_ENVIRONMENT_H_
#define REDRESS_COMMON_SERVICE_ENVIRONMENT_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/audit/audit_log.h"
#include "common/audit/reader.h"
#include "common/auth/token.h"
#include "common/base/clock.h"
#include "common/calendar/source.h"
#include "common/db/pool.h"
#include "common/facts/checkpoint.h"
#include "common/facts/feed.h"
#include "common/facts/guard.h"
#include "common/facts/sequencer.h"
#include "common/facts/watch.h"
#include "common/metrics/metrics.h"
#include "common/page/page.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server.h"
#include "common/service/flags.h"
#include "common/store/store.h"
#include "common/vault/blind_index.h"
#include "common/vault/keys.h"

namespace redress::service {

// How the flags name a database. FAILED_PRECONDITION where they name none.
absl::StatusOr<db::Endpoint> EndpointOf(const DatabaseFlags& flags);

// Thread-safe once built.
class Environment {
 public:
  // Loads every key and opens the database. FAILED_PRECONDITION with the way out where something is
  // missing; UNAVAILABLE where the database does not answer.
  static absl::StatusOr<std::unique_ptr<Environment>> Create(const std::string& service,
                                                             const Flags& flags);
  ~Environment();

  const std::string& service() const { return service_; }
  const Flags& flags() const { return flags_; }
  const base::Clock& clock() const { return *clock_; }
  // Null in production mode.
  base::SimulatedClock* simulated_clock() const { return simulated_; }
  // The calendar in use: changes while the service runs.
  const calendar::Current& calendar() const { return calendar_->current(); }
  db::Pool& pool() const { return *pool_; }
  metrics::Registry& metrics() { return metrics_; }
  rpc::MethodTable& methods() { return *methods_; }
  const rpc::Runtime& runtime() const { return *runtime_; }
  audit::AuditLog& audit_log() const { return *audit_log_; }
  const audit::AuditReader& audit_reader() const { return *audit_reader_; }
  const facts::FeedReader& feed_reader() const { return *feed_reader_; }
  const facts::Feed& feed() const { return *feed_; }
  facts::WatchHub& watch_hub() const { return *watch_hub_; }
  const vault::BlindIndexer& blind_indexer() const { return *blind_indexer_; }
  const page::PageTokens& page_tokens() const { return *page_tokens_; }

  // A channel to another service by name, for example "registry". FAILED_PRECONDITION where --peers
  // does not name it.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Peer(const std::string& name) const;

  // Store options with everything filled in but gate and derived rows.
  store::Store::Options StoreOptions();

  // Starts the sequencer, without which nothing gets a position, and watches the calendar's file.
  void StartBackground();
  // Ends it; facts that wait stay in the outbox for the next start.
  void StopBackground();

 private:
  Environment(std::string service, Flags flags)
      : service_(std::move(service)), flags_(std::move(flags)) {}
  absl::Status OpenCalendar();
  absl::Status OpenKeys();
  absl::Status OpenDatabase();
  absl::Status OpenClock();
  absl::Status OpenFacts();

  const std::string service_;
  const Flags flags_;
  metrics::Registry metrics_;
  std::unique_ptr<metrics::RpcMetrics> rpc_metrics_;
  std::unique_ptr<rpc::MethodTable> methods_;
  std::unique_ptr<base::Clock> clock_;
  base::SimulatedClock* simulated_ = nullptr;
  std::unique_ptr<calendar::FileSource> calendar_;
  std::unique_ptr<auth::TokenVerifier> tokens_;
  std::unique_ptr<const vault::MasterKeys> master_keys_;
  std::unique_ptr<const vault::BlindIndexer> blind_indexer_;
  std::unique_ptr<page::PageTokens> page_tokens_;
  std::unique_ptr<facts::Checkpointer> checkpointer_;
  std::unique_ptr<facts::Checkpointer> audit_checkpointer_;
  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<audit::AuditLog> audit_log_;
  std::unique_ptr<rpc::AuditSink> audit_sink_;
  std::unique_ptr<audit::AuditReader> audit_reader_;
  std::unique_ptr<facts::FeedReader> feed_reader_;
  std::unique_ptr<facts::Feed> feed_;
  std::unique_ptr<facts::WatchHub> watch_hub_;
  std::unique_ptr<facts::Sequencer> sequencer_;
  std::unique_ptr<facts::FeedGuard> guard_;
  metrics::Counter* damaged_rows_ = nullptr;
  std::map<std::string, std::shared_ptr<grpc::Channel>> peers_;
  std::unique_ptr<rpc::WorkerPool> workers_;
  std::unique_ptr<rpc::WorkerPool> inner_workers_;
  std::unique_ptr<rpc::Runtime> runtime_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_ENVIRONMENT_H_

#include "common/service/watchdog.h"

#include <malloc.h>

#include <utility>

#include "absl/time/clock.h"
#include "common/log/log.h"

namespace redress::service {
namespace {

// Less than this is soon needed again.
constexpr size_t kWorthTrimming = 64 << 20;

void ReturnFreeMemory() {
  if (mallinfo2().fordblks >= kWorthTrimming) malloc_trim(0);
}

}  // namespace

Watchdog::Watchdog(db::Endpoint endpoint, metrics::Registry& metrics,
                   std::function<void(bool)> serving, Options options)
    : endpoint_(std::move(endpoint)),
      database_up_(metrics.AddGauge(
          "redress_database_up", "1 where the service's database answers, 0 where it does not.")),
      serving_(std::move(serving)),
      options_(options) {
  endpoint_.connect_timeout = options_.patience;
  endpoint_.read_timeout = options_.patience;
  database_up_.Set(1);
  serving_(true);
  thread_ = std::thread([this] { Run(); });
}

Watchdog::~Watchdog() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Watchdog::Run() {
  bool up = true;
  absl::Time trimmed = absl::Now();
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&stopping_), options_.every);
      if (stopping_) return;
    }
    const bool answers = DatabaseAnswers();
    if (answers != up) {
      up = answers;
      log::Event(up ? log::Level::kInfo : log::Level::kError,
                 up ? "database_answers_again" : "database_lost");
      database_up_.Set(up ? 1 : 0);
      serving_(up);
    }
    if (absl::Now() - trimmed >= options_.trim_every) {
      ReturnFreeMemory();
      trimmed = absl::Now();
    }
  }
}

bool Watchdog::DatabaseAnswers() {
  // Twice, since the server may have closed a connection that is nothing but old.
  for (int i = 0; i < 2; ++i) {
    const bool is_new = connection_ == nullptr;
    if (is_new) {
      absl::StatusOr<std::unique_ptr<db::Connection>> opened = db::Connection::Open(endpoint_);
      if (!opened.ok()) return false;
      connection_ = *std::move(opened);
    }
    if (connection_->Query("SELECT mode FROM deployment WHERE id = 1").ok()) return true;
    connection_.reset();
    if (is_new) return false;
  }
  return false;
}

}  // namespace redress::service

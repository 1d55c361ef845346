#include "common/service/watchdog.h"

#include <malloc.h>

#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace redress::service {
namespace {

// Less than this is soon needed again.
constexpr size_t kWorthTrimming = 64 << 20;

void ReturnFreeMemory() {
  if (mallinfo2().fordblks >= kWorthTrimming) malloc_trim(0);
}

}  // namespace

Watchdog::Watchdog(db::Pool& pool, metrics::Registry& metrics, std::function<void(bool)> serving,
                   Options options)
    : pool_(pool),
      database_up_(metrics.AddGauge(
          "redress_database_up", "1 where the service's database answers, 0 where it does not.")),
      serving_(std::move(serving)),
      options_(options) {
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
  const absl::Status asked =
      db::Read(pool_, absl::Now() + options_.patience, [&](db::Connection& connection) {
        return connection.Query("SELECT mode FROM deployment WHERE id = 1").status();
      });
  // Where every connection is in use the database is busy, not away.
  return asked.ok() || absl::IsResourceExhausted(asked);
}

}  // namespace redress::service

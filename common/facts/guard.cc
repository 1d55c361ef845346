#include "common/facts/guard.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/facts/stored.h"
#include "common/status/macros.h"

namespace redress::facts {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(20);
constexpr int64_t kMostLookedAt = 1000;
// A look walks all facts; on a large feed it takes its time, and is made that much less often.
constexpr int kRest = 50;

}  // namespace

absl::StatusOr<FeedSweep::Result> FeedSweep::Step(absl::Time deadline, int64_t limit) {
  if (result_.finished) {
    result_ = Result();
    frontier_ = Frontier();
  }
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    // The head first: every position below it is there, or was deleted.
    ASSIGN_OR_RETURN(const db::Rows head,
                     conn.Query("SELECT size, frontier FROM fact_head WHERE id = 1"));
    const int64_t size = head.empty() ? 0 : head[0].Int(0);
    ASSIGN_OR_RETURN(
        const db::Rows rows,
        conn.Query(absl::StrCat("SELECT p.position, ", kWholeColumns,
                                " FROM fact_position p LEFT JOIN fact f ON f.fact_id = p.fact_id "
                                "WHERE p.position >= ? ORDER BY p.position LIMIT ?"),
                   {frontier_.size(), limit}));
    size_t at = 0;
    for (int64_t due = frontier_.size(), end = std::min(size, due + limit); due < end; ++due) {
      const std::optional<db::Row> row = at < rows.size() && rows[at].Int(0) == due
                                             ? std::optional<db::Row>(rows[at++])
                                             : std::nullopt;
      const bool whole = row && !row->IsNull(1) && FitsAt(mac_, *row, 1);
      if (!whole && result_.damaged++ == 0) result_.first_damaged = due;
      // The root is that of what is there; a damaged entry is counted already.
      const absl::StatusOr<Hash> leaf =
          row && !row->IsNull(1) ? HashFromBytes(StoredAt(*row, 1).leaf_hash) : EmptyRoot();
      frontier_.Append(leaf.value_or(EmptyRoot()));
    }
    if (frontier_.size() < size) return absl::OkStatus();
    result_.finished = true;
    result_.root_differs =
        head.empty() || frontier_.size() != size || frontier_.Serialize() != head[0].Bytes(1);
    return absl::OkStatus();
  }));
  return result_;
}

absl::StatusOr<Unsequenced::Result> Unsequenced::Look(absl::Time now, absl::Time deadline) {
  Result result;
  std::map<std::string, absl::Time> seen;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    result = Result();
    seen.clear();
    ASSIGN_OR_RETURN(
        const db::Rows rows,
        conn.Query(absl::StrCat("SELECT ", kWholeColumns,
                                " FROM fact f LEFT JOIN fact_position p ON p.fact_id = f.fact_id "
                                "WHERE p.position IS NULL LIMIT ?"),
                   {kMostLookedAt}));
    for (const db::Row row : rows) {
      std::string id = row.Text(0);
      if (!FitsAt(mac_, row, 0)) {
        if (result.forged++ == 0) result.example = id;
        continue;
      }
      const auto known = seen_.find(id);
      const absl::Time since = known == seen_.end() ? now : known->second;
      if (now - since >= patience_ && result.stranded++ == 0 && result.example.empty()) {
        result.example = id;
      }
      seen.emplace(std::move(id), since);
    }
    return absl::OkStatus();
  }));
  seen_ = std::move(seen);
  return result;
}

FeedGuard::FeedGuard(db::Pool& pool, FactMac mac, Options options)
    : options_(std::move(options)), sweep_(pool, mac), unsequenced_(pool, std::move(mac)) {}

FeedGuard::~FeedGuard() { Stop(); }

void FeedGuard::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

void FeedGuard::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void FeedGuard::Run() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), options_.pause)) return;
    }
    Turn();
  }
}

void FeedGuard::Turn() {
  const absl::StatusOr<FeedSweep::Result> swept = sweep_.Step(absl::Now() + kTimeout);
  if (!swept.ok()) {
    if (options_.failed) options_.failed(swept.status());
    return;
  }
  // Damage shows at once; that it is gone, only after a whole round.
  if (swept->finished || swept->damaged > findings_.damaged) {
    findings_.damaged = swept->damaged;
    findings_.root_differs = swept->root_differs;
    if (swept->damaged > 0) where_ = absl::StrCat("position ", swept->first_damaged);
    Report();
  }
  const absl::Time began = absl::Now();
  if (began < look_at_) return;
  const absl::StatusOr<Unsequenced::Result> looked = unsequenced_.Look(began, began + kTimeout);
  look_at_ = began + std::max(options_.look, (absl::Now() - began) * kRest);
  if (!looked.ok()) {
    if (options_.failed) options_.failed(looked.status());
    return;
  }
  findings_.forged = looked->forged;
  findings_.stranded = looked->stranded;
  if (!looked->example.empty()) where_ = absl::StrCat("fact ", looked->example);
  Report();
}

void FeedGuard::Report() {
  if (options_.found) options_.found(findings_);
  if (findings_ == reported_) return;
  reported_ = findings_;
  if (options_.changed) options_.changed(findings_, where_);
}

}  // namespace redress::facts

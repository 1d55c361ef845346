#include "common/facts/guard.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/facts/stored.h"
#include "common/status/macros.h"

namespace redress::facts {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(20);
constexpr int64_t kMostLookedAt = 1000;
// How long a turn walks the facts for one without a position, and how many times as long it rests.
constexpr absl::Duration kWalk = absl::Milliseconds(200);
constexpr int kRest = 20;

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

absl::StatusOr<Unsequenced::Result> Unsequenced::Step(absl::Time now, absl::Time deadline,
                                                      int64_t limit) {
  if (result_.finished) result_ = Result();
  std::string last;
  std::vector<std::string> forged;
  std::vector<std::string> unsequenced;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    last.clear();
    forged.clear();
    unsequenced.clear();
    ASSIGN_OR_RETURN(const db::Rows end,
                     conn.Query("SELECT fact_id FROM fact WHERE fact_id > ? ORDER BY fact_id "
                                "LIMIT 1 OFFSET ?",
                                {after_, limit - 1}));
    if (!end.empty()) last = end[0].Text(0);
    std::vector<db::Param> params = {after_};
    if (!last.empty()) params.emplace_back(last);
    ASSIGN_OR_RETURN(
        const db::Rows rows,
        conn.Query(absl::StrCat("SELECT ", kWholeColumns,
                                " FROM fact f LEFT JOIN fact_position p ON p.fact_id = f.fact_id "
                                "WHERE f.fact_id > ? ",
                                last.empty() ? "" : "AND f.fact_id <= ? ",
                                "AND p.position IS NULL LIMIT ", kMostLookedAt),
                   params));
    for (const db::Row row : rows) {
      (FitsAt(mac_, row, 0) ? unsequenced : forged).push_back(row.Text(0));
    }
    return absl::OkStatus();
  }));
  if (result_.forged == 0 && !forged.empty()) result_.example = forged.front();
  result_.forged += static_cast<int64_t>(forged.size());
  for (std::string& id : unsequenced) {
    const auto known = seen_.find(id);
    const absl::Time since = known == seen_.end() ? now : known->second;
    if (now - since >= patience_ && result_.stranded++ == 0 && result_.example.empty()) {
      result_.example = id;
    }
    waiting_.emplace(std::move(id), since);
  }
  after_ = last;
  if (last.empty()) {
    result_.finished = true;
    seen_ = std::exchange(waiting_, {});
  }
  return result_;
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
  if (began < walk_at_) return;
  absl::StatusOr<Unsequenced::Result> walked;
  do {
    walked = unsequenced_.Step(absl::Now(), absl::Now() + kTimeout);
    if (!walked.ok()) {
      if (options_.failed) options_.failed(walked.status());
      return;
    }
  } while (!walked->finished && absl::Now() - began < kWalk);
  const absl::Duration rest = (absl::Now() - began) * kRest;
  walk_at_ = began + (walked->finished ? std::max(options_.look, rest) : rest);
  // As above: what was found before is gone only once a whole round did not find it.
  const bool whole = walked->finished;
  findings_.forged = whole ? walked->forged : std::max(findings_.forged, walked->forged);
  findings_.stranded = whole ? walked->stranded : std::max(findings_.stranded, walked->stranded);
  if (!walked->example.empty()) where_ = absl::StrCat("fact ", walked->example);
  Report();
}

void FeedGuard::Report() {
  if (options_.found) options_.found(findings_);
  if (findings_ == reported_) return;
  reported_ = findings_;
  if (options_.changed) options_.changed(findings_, where_);
}

}  // namespace redress::facts

#include "common/facts/sequencer.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/facts/in_list.h"
#include "common/facts/merkle.h"
#include "common/facts/order.h"
#include "common/facts/stored.h"
#include "common/status/macros.h"

namespace redress::facts {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(20);
constexpr absl::Duration kGaugePeriod = absl::Seconds(1);

// The join is made in this order, so that the outbox is what is walked. The fact's own columns are
// read, which its tag covers; the outbox only says where to look. What has a position already and
// was put into the outbox again would otherwise hold everything up.
std::string SelectPending(const std::string& where) {
  return absl::StrCat(
      "SELECT p.seq, ", kStoredColumns,
      " FROM fact_pending p STRAIGHT_JOIN fact f ON f.fact_id = p.fact_id WHERE NOT EXISTS "
      "(SELECT 1 FROM fact_position q WHERE q.fact_id = p.fact_id) AND ",
      where);
}

// The facts that one batch takes.
struct Taken {
  const FactMac& mac;
  std::vector<PendingFact> facts;
  absl::flat_hash_set<std::string> ids;
};

void Take(const db::Rows& rows, Taken& taken) {
  for (const db::Row row : rows) {
    const StoredFact stored = StoredAt(row, 1);
    absl::StatusOr<Hash> leaf = HashFromBytes(stored.leaf_hash);
    if (!leaf.ok() || !taken.mac.Fits(stored)) continue;
    PendingFact fact;
    fact.fact_id = std::string(stored.fact_id);
    if (!taken.ids.insert(fact.fact_id).second) continue;
    fact.seq = row.Uint(0);
    fact.record = std::string(stored.record);
    fact.record_version = stored.record_version;
    fact.retracts = std::string(stored.retracts);
    fact.leaf = *leaf;
    taken.facts.push_back(std::move(fact));
  }
}

absl::Status TakeWhere(db::Connection& conn, const char* column,
                       const std::vector<db::Param>& values, Taken& taken) {
  return ForEachInList(
      values, [&](const std::string& in_list, absl::Span<const db::Param> part) -> absl::Status {
        ASSIGN_OR_RETURN(
            const db::Rows rows,
            conn.Query(SelectPending(absl::StrCat("p.", column, " IN ", in_list)), part));
        Take(rows, taken);
        return absl::OkStatus();
      });
}

// A full batch may lack what has to stand before its facts: it is taken along.
absl::Status TakePredecessors(db::Connection& conn, Taken& taken) {
  absl::flat_hash_set<std::string> asked_records;
  absl::flat_hash_set<std::string> asked_targets;
  while (true) {
    std::vector<db::Param> records;
    std::vector<db::Param> targets;
    for (const PendingFact& fact : taken.facts) {
      if (asked_records.insert(fact.record).second) records.emplace_back(fact.record);
      if (!fact.retracts.empty() && !taken.ids.contains(fact.retracts) &&
          asked_targets.insert(fact.retracts).second) {
        targets.emplace_back(fact.retracts);
      }
    }
    if (records.empty() && targets.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(TakeWhere(conn, "record", records, taken));
    RETURN_IF_ERROR(TakeWhere(conn, "fact_id", targets, taken));
  }
}

absl::Status Sequence(db::Connection& conn, const FactMac& mac, int64_t limit, Sequenced* result) {
  *result = Sequenced();
  // Locks the head, so that replicas on the same server take turns; what one has taken, the next
  // does not see any more.
  ASSIGN_OR_RETURN(const db::Rows head,
                   conn.Query("SELECT size, frontier FROM fact_head WHERE id = 1 FOR UPDATE"));
  if (head.empty()) return absl::DataLossError("the head of the feed is missing");
  const int64_t size = head[0].Int(0);
  absl::StatusOr<Frontier> frontier = Frontier::Parse(size, head[0].Bytes(1));
  if (!frontier.ok()) return absl::DataLossError("the head of the feed contradicts itself");

  Taken taken{mac, {}, {}};
  uint64_t after = 0;
  bool more = true;
  // Rows that are not ours stay in the outbox; however many there are, what lies behind them moves.
  while (more && static_cast<int64_t>(taken.facts.size()) < limit) {
    ASSIGN_OR_RETURN(const db::Rows pending,
                     conn.Query(SelectPending("p.seq > ? ORDER BY p.seq LIMIT ?"), {after, limit}));
    Take(pending, taken);
    more = static_cast<int64_t>(pending.size()) >= limit;
    if (more) after = pending[pending.size() - 1].Uint(0);
  }
  if (taken.facts.empty()) return absl::OkStatus();
  if (more) RETURN_IF_ERROR(TakePredecessors(conn, taken));

  db::InsertBuilder positions("fact_position", {"position", "fact_id"});
  std::vector<db::Param> done;
  for (const PendingFact& fact : InOrder(std::move(taken.facts))) {
    positions.Row({frontier->size(), fact.fact_id});
    frontier->Append(fact.leaf);
    done.emplace_back(fact.seq);
  }
  // Where row locks are not replicated (Galera), two may get here with the same head: the update of
  // the one row is then the write conflict that lets only one of them commit.
  ASSIGN_OR_RETURN(const uint64_t updated,
                   conn.Execute("UPDATE fact_head SET size = ?, frontier = ? "
                                "WHERE id = 1 AND size = ?",
                                {frontier->size(), frontier->Serialize(), size}));
  if (updated != 1) return absl::AbortedError("another replica was faster");
  RETURN_IF_ERROR(positions.Run(conn));
  RETURN_IF_ERROR(
      ForEachInList(done, [&conn](const std::string& in_list, absl::Span<const db::Param> part) {
        return conn.Execute(absl::StrCat("DELETE FROM fact_pending WHERE seq IN ", in_list), part)
            .status();
      }));
  result->facts = frontier->size() - size;
  result->tree_size = frontier->size();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Sequenced> SequenceBatch(db::Pool& pool, const FactMac& mac, absl::Time deadline,
                                        int64_t limit) {
  bool any = false;
  RETURN_IF_ERROR(db::Read(pool, deadline, [&any](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(const db::Rows rows, conn.Query("SELECT seq FROM fact_pending LIMIT 1"));
    any = !rows.empty();
    return absl::OkStatus();
  }));
  Sequenced result;
  if (!any) return result;
  RETURN_IF_ERROR(db::Transact(pool, deadline, [&mac, limit, &result](db::Connection& conn) {
    return Sequence(conn, mac, limit, &result);
  }));
  return result;
}

Sequencer::Sequencer(db::Pool& pool, FactMac mac, Options options)
    : pool_(pool), mac_(std::move(mac)), options_(std::move(options)) {}

Sequencer::~Sequencer() { Stop(); }

void Sequencer::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

void Sequencer::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Sequencer::Notify() {
  absl::MutexLock lock(&mu_);
  notified_ = true;
}

bool Sequencer::Stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

void Sequencer::Run() {
  while (true) {
    {
      absl::MutexLock lock(&mu_);
      mu_.AwaitWithTimeout(absl::Condition(this, &Sequencer::Woken), options_.poll);
      if (stopping_) return;
      if (notified_) mu_.AwaitWithTimeout(absl::Condition(&stopping_), options_.gather);
      notified_ = false;
    }
    Drain();
    Observe();
  }
}

void Sequencer::Drain() {
  while (!Stopping()) {
    const absl::StatusOr<Sequenced> batch =
        SequenceBatch(pool_, mac_, absl::Now() + kTimeout, options_.batch);
    if (!batch.ok()) {
      if (options_.failed) options_.failed(batch.status());
      return;
    }
    if (batch->facts == 0) return;
    if (options_.advanced) options_.advanced(batch->tree_size);
    if (batch->facts < options_.batch) return;
    Observe();
  }
}

void Sequencer::Observe() {
  if (!options_.gauges || absl::Now() - observed_ < kGaugePeriod) return;
  observed_ = absl::Now();
  Gauges gauges;
  const absl::Status status =
      db::Read(pool_, absl::Now() + kTimeout, [&gauges](db::Connection& conn) -> absl::Status {
        ASSIGN_OR_RETURN(const db::Rows rows,
                         conn.Query("SELECT (SELECT COUNT(*) FROM fact_pending), size "
                                    "FROM fact_head WHERE id = 1"));
        if (rows.empty()) return absl::DataLossError("the head of the feed is missing");
        gauges = {rows[0].Int(0), rows[0].Int(1)};
        return absl::OkStatus();
      });
  if (status.ok()) {
    options_.gauges(gauges);
  } else if (options_.failed) {
    options_.failed(status);
  }
}

}  // namespace redress::facts

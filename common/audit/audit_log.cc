#include "common/audit/audit_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace redress::audit {
namespace {

constexpr char kPart[] = "audit";
// The most resources that one entry of denials names.
constexpr int kMaxDeniedResources = 50;

std::string Serialize(const v1::AuditEntry& entry) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  entry.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// Denials are counted per caller, rpc and reason.
std::string KeyOf(const v1::AuditEntry& entry) {
  return absl::StrCat(entry.subject(), "\n", entry.rpc(), "\n", entry.denial_reason());
}

void SetTime(v1::AuditEntry& entry, absl::Time now) {
  const int64_t micros = absl::ToUnixMicros(now);
  entry.mutable_recorded_at()->set_seconds(micros / 1000000);
  entry.mutable_recorded_at()->set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
}

absl::StatusOr<facts::Frontier> LockHead(db::Connection& conn) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   conn.Query("SELECT size, frontier FROM audit_head WHERE id = 1 FOR UPDATE"));
  if (rows.empty()) return absl::DataLossError("the head of the audit log is missing");
  absl::StatusOr<facts::Frontier> head = facts::Frontier::Parse(rows[0].Int(0), rows[0].Bytes(1));
  if (!head.ok()) return absl::DataLossError("the head of the audit log contradicts itself");
  return head;
}

// False if the head is not `from` any more.
absl::StatusOr<bool> MoveHead(db::Connection& conn, const facts::Frontier& from,
                              const facts::Frontier& to) {
  ASSIGN_OR_RETURN(const uint64_t updated,
                   conn.Execute("UPDATE audit_head SET size = ?, frontier = ? "
                                "WHERE id = 1 AND size = ? AND frontier = ?",
                                {to.size(), to.Serialize(), from.size(), from.Serialize()}));
  return updated == 1;
}

facts::Frontier Extended(facts::Frontier head, const std::vector<facts::Hash>& leaves) {
  for (const facts::Hash& leaf : leaves) head.Append(leaf);
  return head;
}

}  // namespace

AuditLog::AuditLog(db::Pool& pool, Options options)
    : pool_(pool), options_(std::move(options)), thread_([this] { Run(); }) {}

AuditLog::~AuditLog() { Stop(); }

void AuditLog::Record(v1::AuditEntry entry, Done done) {
  if (!entry.has_recorded_at()) SetTime(entry, absl::Now());
  if (entry.count() == 0) entry.set_count(1);
  {
    absl::MutexLock lock(&mu_);
    if (!stopping_ && waiting_.size() < options_.max_waiting) {
      waiting_.push_back({std::move(entry), std::move(done)});
      return;
    }
  }
  if (done) done(status::Unavailable(kPart));
}

absl::Status AuditLog::RecordAndWait(v1::AuditEntry entry) {
  absl::Status result;
  absl::Notification written;
  Record(std::move(entry), [&](const absl::Status& status) {
    result = status;
    written.Notify();
  });
  written.WaitForNotification();
  return result;
}

void AuditLog::RecordDenial(v1::AuditEntry entry) {
  const absl::Time now = absl::Now();
  entry.set_outcome(v1::AUDIT_OUTCOME_DENIED);
  entry.set_count(1);
  SetTime(entry, now);
  std::string key = KeyOf(entry);
  absl::MutexLock lock(&mu_);
  if (stopping_) return;
  auto found = denials_.find(key);
  if (found == denials_.end() && denials_.size() >= options_.max_denials) {
    // Whoever floods us with names must not fill the memory; that it happened stays on record.
    v1::AuditEntry nameless;
    nameless.set_outcome(v1::AUDIT_OUTCOME_DENIED);
    nameless.set_count(1);
    *nameless.mutable_recorded_at() = entry.recorded_at();
    entry = std::move(nameless);
    key = KeyOf(entry);
    found = denials_.find(key);
  }
  if (found != denials_.end()) {
    ++found->second.count;
    // What was asked for is kept of all that the entry will stand for, as far as there is room.
    for (std::string& earlier : *found->second.last.mutable_resources()) {
      const auto& there = entry.resources();
      if (entry.resources_size() < kMaxDeniedResources &&
          std::find(there.begin(), there.end(), earlier) == there.end()) {
        entry.add_resources(std::move(earlier));
      }
    }
    found->second.last = std::move(entry);
    return;
  }
  const absl::Time until = now + options_.denial_window;
  Denials& fresh = denials_[key] = {entry, 0, until};
  fresh.last.clear_resources();
  next_flush_ = std::min(next_flush_, until);
  waiting_.push_back({std::move(entry), nullptr});
}

void AuditLog::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void AuditLog::Run() {
  absl::Time not_before = absl::InfinitePast();
  while (true) {
    std::vector<Waiting> batch;
    {
      absl::MutexLock lock(&mu_);
      mu_.AwaitWithDeadline(absl::Condition(this, &AuditLog::HasWork), next_flush_);
      if (absl::Now() < not_before) {
        mu_.AwaitWithDeadline(absl::Condition(this, &AuditLog::Gathered), not_before);
      }
      FlushDenials(absl::Now());
      batch = TakeBatch();
      if (batch.empty() && stopping_) return;
    }
    if (batch.empty()) continue;
    not_before =
        batch.size() < options_.busy_batch ? absl::InfinitePast() : absl::Now() + options_.gather;
    Commit(std::move(batch));
  }
}

void AuditLog::FlushDenials(absl::Time now) {
  if (now < next_flush_ && !stopping_) return;
  next_flush_ = absl::InfiniteFuture();
  for (auto it = denials_.begin(); it != denials_.end();) {
    Denials& denials = it->second;
    if (now < denials.until && !stopping_) {
      next_flush_ = std::min(next_flush_, denials.until);
      ++it;
      continue;
    }
    if (denials.count > 0) {
      denials.last.set_count(denials.count);
      waiting_.push_back({std::move(denials.last), nullptr});
    }
    denials_.erase(it++);
  }
}

std::vector<AuditLog::Waiting> AuditLog::TakeBatch() {
  const size_t size = std::min(waiting_.size(), options_.max_batch);
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(size);
  std::vector<Waiting> batch(std::make_move_iterator(waiting_.begin()),
                             std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

void AuditLog::Commit(std::vector<Waiting> batch) {
  std::vector<std::string> bodies;
  bodies.reserve(batch.size());
  for (const Waiting& waiting : batch) bodies.push_back(Serialize(waiting.entry));
  const absl::Status written = Write(std::move(bodies));
  if (!written.ok() && options_.failed) options_.failed(written);
  const absl::Status answer = written.ok() ? absl::OkStatus() : status::Unavailable(kPart);
  Gauges gauges;
  {
    absl::MutexLock lock(&mu_);
    for (Waiting& waiting : batch) {
      if (!written.ok() && !waiting.done) Postpone(std::move(waiting.entry));
    }
    gauges = {static_cast<int64_t>(waiting_.size()), head_.size()};
  }
  for (const Waiting& waiting : batch) {
    if (waiting.done) waiting.done(answer);
  }
  if (options_.gauges) options_.gauges(gauges);
}

void AuditLog::Postpone(v1::AuditEntry denial) {
  if (stopping_) return;
  const std::string key = KeyOf(denial);
  const absl::Time until = absl::Now() + options_.timeout;
  Denials& denials = denials_.try_emplace(key, Denials{denial, 0, until}).first->second;
  denials.count += denial.count();
  next_flush_ = std::min(next_flush_, denials.until);
}

absl::Status AuditLog::Write(std::vector<std::string> bodies) {
  const std::string nonces = base::RandomBytes(bodies.size() * facts::kNonceBytes);
  const auto nonce = [&nonces](size_t i) {
    return std::string_view(nonces).substr(i * facts::kNonceBytes, facts::kNonceBytes);
  };
  std::vector<facts::Hash> leaves;
  leaves.reserve(bodies.size());
  for (size_t i = 0; i < bodies.size(); ++i) {
    leaves.push_back(facts::LeafHash(nonce(i), bodies[i]));
  }
  facts::Frontier next;
  RETURN_IF_ERROR(db::Transact(
      pool_, absl::Now() + options_.timeout, [&](db::Connection& conn) -> absl::Status {
        facts::Frontier from = head_;
        next = Extended(from, leaves);
        ASSIGN_OR_RETURN(bool moved, MoveHead(conn, from, next));
        if (!moved) {
          // Another replica wrote since: begin where it ended, with its row locked.
          ASSIGN_OR_RETURN(from, LockHead(conn));
          next = Extended(from, leaves);
          ASSIGN_OR_RETURN(moved, MoveHead(conn, from, next));
          if (!moved) return absl::AbortedError("the head of the audit log moved while locked");
        }
        db::InsertBuilder rows("audit_entry", {"position", "bytes", "nonce", "leaf_hash"});
        for (size_t i = 0; i < bodies.size(); ++i) {
          rows.Row({from.size() + static_cast<int64_t>(i), std::string_view(bodies[i]), nonce(i),
                    facts::AsBytes(leaves[i])});
        }
        return rows.Run(conn);
      }));
  head_ = std::move(next);
  return absl::OkStatus();
}

}  // namespace redress::audit

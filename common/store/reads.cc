#include "common/store/reads.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "common/store/store.h"

namespace redress::store {

using google::protobuf::Message;

ReadQueue::ReadQueue(int threads, size_t queue_limit, size_t max_together, Run run)
    : queue_limit_(queue_limit), max_together_(max_together), run_(std::move(run)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

ReadQueue::~ReadQueue() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    wake_.SignalAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool ReadQueue::Add(PendingRead& read) {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || waiting_.size() >= queue_limit_) return false;
  waiting_.push_back(std::move(read));
  wake_.Signal();
  return true;
}

void ReadQueue::Loop() {
  while (true) {
    std::vector<PendingRead> reads = Take();
    if (reads.empty()) return;  // stopping, and nothing waits
    run_(std::move(reads));
  }
}

std::vector<PendingRead> ReadQueue::Take() {
  absl::MutexLock lock(&mutex_);
  while (waiting_.empty() && !stopping_) wake_.Wait(&mutex_);
  std::vector<PendingRead> taken;
  while (!waiting_.empty() && taken.size() < max_together_ &&
         (taken.empty() || taken.front().table == waiting_.front().table)) {
    taken.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  if (!waiting_.empty()) wake_.Signal();
  return taken;
}

// ---- the store's side

bool Store::ReadsWithGate(const Table& table) const {
  return table.of_case() && table.own_key() && options_.gate != nullptr &&
         options_.gate->local_table() != nullptr;
}

void Store::FetchMessage(const rpc::Call& call, std::string name, Message& into,
                         std::function<void(const absl::Status&)> done) {
  const Table& table = Table::Of(into.GetDescriptor());
  if (!ReadsWithGate(table)) {
    int64_t version = 0;
    return done(GetMessage(call, name, "", into, version));
  }
  PendingRead read{call, &table, std::move(name), &into, std::move(done)};
  if (!reads_->Add(read)) read.done(status::Exhausted("reader"));
}

absl::Status Store::OpenGated(const rpc::Call& call, const Table& table, const std::string& name,
                              const db::Row* row, Message& into, int64_t& version) const {
  const Table& gate = *options_.gate->local_table();
  if (row == nullptr || row->IsNull(table.gate_at()))
    return options_.gate->DecideOn(call, call.permission, nullptr).status();
  const std::string case_name(base::RootName(name));
  const std::unique_ptr<Message> decides(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(gate.type())->New());
  RETURN_IF_ERROR(OpenPlain(gate, case_name, *row, table.gate_at(), table.gate_at() + 2, *decides));
  absl::StatusOr<CaseContext> decided =
      options_.gate->DecideOn(call, call.permission, decides.get());
  if (!decided.ok()) return status::ConcealFor(decided.status(), case_name);
  const CaseContext& context = *decided;
  call.reading->Add(name, context.roles, call.permission);
  return OpenRow(table, *row, into, version);
}

// The row and what the gate decides on, in one statement: a read costs one round trip instead of
// two.
absl::Status Store::GetWithGate(const rpc::Call& call, const Table& table, const std::string& name,
                                Message& into, int64_t& version) {
  const Table& gate = *options_.gate->local_table();
  return db::Read(*options_.pool, call.deadline, [&](db::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(
        const db::Rows rows,
        connection.Query(absl::StrCat(table.SelectWith(gate), " WHERE t.name = ?"), {name}));
    if (rows.empty()) return OpenGated(call, table, name, nullptr, into, version);
    const db::Row row = rows[0];
    return OpenGated(call, table, name, &row, into, version);
  });
}

void Store::RunReads(std::vector<PendingRead> reads) {
  std::erase_if(reads, [](const PendingRead& read) {
    if (read.call.deadline > absl::Now()) return false;
    read.done(status::DeadlineExceeded("the deadline passed before the read was begun"));
    return true;
  });
  if (reads.empty()) return;
  const Table& table = *reads.front().table;
  absl::Time latest = absl::InfinitePast();
  std::vector<db::Param> names;
  for (const PendingRead& read : reads) {
    latest = std::max(latest, read.call.deadline);
    names.emplace_back(read.name);
  }
  // A name may be asked for twice: filled up to a power of two, there are few different statements
  // to keep prepared.
  names.resize(std::bit_ceil(names.size()), names.back());
  const std::string sql =
      absl::StrCat(table.SelectWith(*options_.gate->local_table()), " WHERE t.name IN (",
                   absl::StrJoin(std::vector<std::string>(names.size(), "?"), ", "), ")");
  db::Rows rows;
  const absl::Status read_rows =
      db::Read(*options_.pool, latest, [&](db::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(rows, connection.Query(sql, names));
        return absl::OkStatus();
      });
  if (!read_rows.ok()) {
    for (const PendingRead& read : reads) read.done(read_rows);
    return;
  }
  absl::flat_hash_map<std::string_view, size_t> found;
  for (size_t i = 0; i < rows.size(); ++i) found.emplace(rows[i].Bytes(0), i);
  int64_t version = 0;
  for (const PendingRead& read : reads) {
    const auto at = found.find(read.name);
    if (at == found.end()) {
      read.done(OpenGated(read.call, table, read.name, nullptr, *read.into, version));
      continue;
    }
    const db::Row row = rows[at->second];
    read.done(OpenGated(read.call, table, read.name, &row, *read.into, version));
  }
}

}  // namespace redress::store

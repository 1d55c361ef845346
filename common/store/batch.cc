#include "common/store/batch.h"

#include <algorithm>
#include <set>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/auth/permissions.h"
#include "common/base/ids.h"
#include "common/db/errors.h"
#include "common/db/insert.h"
#include "common/db/marks.h"
#include "common/db/transact.h"
#include "common/facts/append.h"
#include "common/facts/stamp.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/vault/seal.h"

namespace redress::store {
namespace {

constexpr int kDuplicateKey = 1062;
constexpr int kDuplicateRetries = 3;

std::string AnswerAad(const Store::Operation& operation) {
  return vault::RowAad(
      "idempotency",
      absl::StrCat(operation.call.caller.subject, "|", base::UuidText(operation.request_id)),
      "response");
}

}  // namespace

Batch::Batch(Store& store, const std::vector<std::shared_ptr<Store::Operation>>& operations)
    : store_(store), operations_(operations) {}

absl::Status Batch::Run() {
  absl::Time deadline = absl::InfinitePast();
  for (const auto& operation : operations_) deadline = std::max(deadline, operation->call.deadline);
  int duplicates = 0;
  while (true) {
    const absl::Status status =
        db::Transact(*store_.options_.pool, deadline,
                     [&](db::Connection& connection) { return TryOnce(connection); });
    // In a batch the culprit is found by trying each alone.
    if (status.ok() || operations_.size() > 1) return status;
    // A key that exists now and did not when the rows were locked: somebody else made the same row,
    // or the same request, in between. The next attempt sees it.
    if (db::ErrnoOf(status) == kDuplicateKey && duplicates++ < kDuplicateRetries) continue;
    // Many draw from one counter, and each of them wins in the end.
    const bool draws = !operations_.front()->needs.counters.empty();
    if (!draws || !db::IsRetryable(status) || absl::Now() >= deadline) return status;
  }
}

absl::Status Batch::TryOnce(db::Connection& connection) {
  attempts_.clear();
  attempts_.resize(operations_.size());
  wrapped_.clear();
  new_wrapped_.clear();
  counters_.clear();
  drawn_.clear();
  effects_.clear();
  published_ = false;
  for (size_t i = 0; i < operations_.size(); ++i) attempts_[i].operation = operations_[i].get();
  RETURN_IF_ERROR(FindRepeats(connection, /*refused_only=*/false));
  RefuseWithoutAccess();
  RETURN_IF_ERROR(LockRows(connection));
  RETURN_IF_ERROR(LoadKeys(connection));
  RETURN_IF_ERROR(LockCounters(connection));
  RETURN_IF_ERROR(Look(connection));
  Decide();
  // What waited for a row that its own first copy changed, in another batch, is refused by that
  // change; it must get the first one's answer instead.
  if (std::any_of(attempts_.begin(), attempts_.end(),
                  [](const Attempt& attempt) { return !attempt.refusal.ok(); })) {
    RETURN_IF_ERROR(FindRepeats(connection, /*refused_only=*/true));
    RefuseWithoutAccess();
  }
  RETURN_IF_ERROR(WriteRows(connection));
  RETURN_IF_ERROR(WriteCounters(connection));
  RETURN_IF_ERROR(WriteDerived(connection));
  RETURN_IF_ERROR(WriteFacts(connection));
  return WriteAnswers(connection);
}

absl::Status Batch::FindRepeats(db::Connection& connection, bool refused_only) {
  // What is to be written and was committed meanwhile is found by its key, as it is inserted: then
  // the whole transaction, with the numbers that were drawn for it, is undone.
  const auto asks = [&](const Attempt& attempt) {
    return !attempt.operation->validate_only && !(refused_only && attempt.refusal.ok());
  };
  std::vector<db::Param> params;
  std::vector<std::string> conditions;
  for (const Attempt& attempt : attempts_) {
    if (!asks(attempt)) continue;
    conditions.emplace_back("(?, ?)");
    params.emplace_back(attempt.operation->request_id);
    params.emplace_back(attempt.operation->call.caller.subject);
  }
  if (conditions.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      db::Rows rows,
      connection.Query(
          absl::StrCat("SELECT request_id, caller, fingerprint, response FROM idempotency"
                       " WHERE (request_id, caller) IN (",
                       absl::StrJoin(conditions, ", "), ")"),
          params));
  for (const db::Row row : rows) {
    for (Attempt& attempt : attempts_) {
      const Store::Operation& operation = *attempt.operation;
      if (!asks(attempt) || operation.request_id != row.Bytes(0) ||
          operation.call.caller.subject != row.Bytes(1)) {
        continue;
      }
      if (operation.fingerprint != row.Bytes(2)) {
        attempt.refusal = status::InvalidField(
            "request_id", "was used for a different request; use a new one for each change");
        continue;
      }
      ASSIGN_OR_RETURN(attempt.stored_response,
                       vault::Open(*store_.service_key_, row.Bytes(3), AnswerAad(operation)));
      attempt.refusal = absl::OkStatus();
      attempt.is_repeat = true;
    }
  }
  return absl::OkStatus();
}

void Batch::RefuseWithoutAccess() {
  for (Attempt& attempt : attempts_) {
    if (!attempt.is_repeat && !attempt.operation->access.ok()) {
      attempt.refusal = attempt.operation->access;
    }
  }
}

absl::Status Batch::LockRows(db::Connection& connection) {
  // Tables and names in one order everywhere, so that two batches cannot wait for each other.
  std::map<std::string, std::pair<const Table*, std::map<std::string, std::vector<Attempt*>>>>
      wanted;
  for (Attempt& attempt : attempts_) {
    if (attempt.is_repeat || !attempt.refusal.ok()) continue;
    attempt.rows.context_ = attempt.operation->context;
    for (const Lock& lock : attempt.operation->locks) {
      auto& [table, names] = wanted[lock.table->name()];
      table = lock.table;
      names[lock.name].push_back(&attempt);
      attempt.rows.rows_[{lock.table, lock.name}];
    }
  }
  for (auto& [table_name, entry] : wanted) {
    const Table& table = *entry.first;
    std::vector<db::Param> params;
    for (const auto& [name, attempts] : entry.second) params.emplace_back(name);
    ASSIGN_OR_RETURN(
        db::Rows rows,
        connection.Query(absl::StrCat(table.select_to_write(), " WHERE t.name IN ",
                                      db::Marks(params.size()), " ORDER BY t.name FOR UPDATE"),
                         params));
    for (const db::Row row : rows) {
      const std::string name = row.Text(0);
      if (table.own_key() && !row.IsNull(3)) wrapped_[table.SubjectOf(name)] = row.Text(3);
      for (Attempt* attempt : entry.second[name]) {
        Rows::Row& slot = attempt->rows.rows_[{&table, name}];
        slot.message.reset(google::protobuf::MessageFactory::generated_factory()
                               ->GetPrototype(table.type())
                               ->New());
        absl::Status opened = store_.OpenRow(table, row, *slot.message, slot.version);
        if (absl::IsNotFound(opened)) {
          attempt->refusal = opened;
          continue;
        }
        RETURN_IF_ERROR(opened);
        // A row that somebody put back as it was opens; that facts of it are newer gives it away.
        const size_t by_facts = row.size() - 1;
        if (!row.IsNull(by_facts) && row.Int(by_facts) > slot.version) {
          return store_.Damaged(table, name);
        }
      }
    }
  }
  for (Attempt& attempt : attempts_) {
    const Store::Operation& operation = *attempt.operation;
    if (attempt.is_repeat || !attempt.refusal.ok() || operation.etag.empty()) continue;
    if (operation.locks.empty()) continue;
    const Rows::Row& first =
        attempt.rows.rows_[{operation.locks[0].table, operation.locks[0].name}];
    const std::string etag =
        store_.etags_->Of(*operation.locks[0].table, operation.locks[0].name, first.version);
    if (etag != operation.etag) attempt.refusal = status::Conflict();
  }
  return absl::OkStatus();
}

// Keys of cases that are written to but had no row among the locked ones.
absl::Status Batch::LoadKeys(db::Connection& connection) {
  std::set<std::string> missing;
  for (const Attempt& attempt : attempts_) {
    const std::string& case_name = attempt.operation->case_name;
    if (!attempt.is_repeat && attempt.refusal.ok() && !case_name.empty() &&
        !wrapped_.contains(case_name)) {
      missing.insert(case_name);
    }
  }
  if (missing.empty()) return absl::OkStatus();
  std::vector<db::Param> params(missing.begin(), missing.end());
  ASSIGN_OR_RETURN(
      db::Rows rows,
      connection.Query(absl::StrCat("SELECT subject, wrapped FROM data_key WHERE subject IN ",
                                    db::Marks(params.size())),
                       params));
  for (const db::Row row : rows) wrapped_[row.Text(0)] = row.Text(1);
  return absl::OkStatus();
}

// In the order of their names, so that two batches cannot wait for each other.
absl::Status Batch::LockCounters(db::Connection& connection) {
  std::set<std::string> names;
  for (const Attempt& attempt : attempts_) {
    if (attempt.is_repeat || !attempt.refusal.ok()) continue;
    const std::vector<std::string>& counters = attempt.operation->needs.counters;
    names.insert(counters.begin(), counters.end());
  }
  const std::vector<db::Param> params(names.begin(), names.end());
  const auto lock = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(
        const db::Rows rows,
        connection.Query(absl::StrCat("SELECT name, drawn FROM counter WHERE name IN ",
                                      db::Marks(params.size()), " ORDER BY name FOR UPDATE"),
                         params));
    for (const db::Row row : rows) counters_[row.Text(0)] = row.Int(1);
    return absl::OkStatus();
  };
  if (names.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(lock());
  if (counters_.size() < names.size()) {
    for (const std::string& name : names) {
      if (counters_.contains(name)) continue;
      RETURN_IF_ERROR(connection
                          .Execute("INSERT INTO counter (name, drawn)"
                                   " SELECT ?, COALESCE(first.drawn, 0) FROM (SELECT 1) AS one"
                                   " LEFT JOIN counter AS first ON first.name = ''"
                                   " ON DUPLICATE KEY UPDATE drawn = counter.drawn",
                                   {name})
                          .status());
    }
    RETURN_IF_ERROR(lock());
  }
  drawn_ = counters_;
  return absl::OkStatus();
}

absl::Status Batch::Look(db::Connection& connection) {
  for (const Attempt& attempt : attempts_) {
    if (attempt.is_repeat || !attempt.refusal.ok() || !attempt.operation->needs.look) continue;
    RETURN_IF_ERROR(attempt.operation->needs.look(connection));
  }
  return absl::OkStatus();
}

void Batch::Decide() {
  const absl::Time now = store_.options_.clock->Now();
  for (Attempt& attempt : attempts_) {
    if (attempt.is_repeat || !attempt.refusal.ok()) continue;
    const Store::Operation& operation = *attempt.operation;
    const auth::Permission* permission = auth::FindPermission(operation.call.permission);
    attempt.changes.rows_ = &attempt.rows;
    attempt.changes.etags_ = &*store_.etags_;
    attempt.changes.now_ = now;
    attempt.changes.actor_ =
        operation.call.caller.ToActor(operation.context.has_value() ? operation.context->roles
                                      : permission != nullptr       ? permission->roles
                                                                    : auth::RoleSet());
    attempt.changes.lang_ = operation.call.lang;
    attempt.changes.counters_ = &drawn_;
    const std::map<std::string, int64_t> before = drawn_;
    const absl::Cleanup give_back = [&] {
      if (!attempt.writes()) drawn_ = before;
    };
    attempt.refusal = MayChange(attempt);
    if (!attempt.refusal.ok()) continue;
    attempt.refusal = operation.decide(attempt.rows, attempt.changes);
    if (!attempt.refusal.ok()) continue;
    PutWithThem(attempt);
    for (facts::v1::Fact& fact : attempt.changes.facts_) {
      // The row that the record is, or is a part of: the longest name that the record begins with.
      fact.set_record_version(1);
      size_t longest = 0;
      for (const Changes::Write& write : attempt.changes.writes_) {
        const bool holds =
            fact.record() == write.name || absl::StartsWith(fact.record(), write.name + "/");
        if (holds && write.name.size() > longest) {
          longest = write.name.size();
          fact.set_record_version(write.new_version);
        }
      }
    }
    attempt.refusal =
        facts::StampAll(attempt.changes.facts_, *store_.options_.clock, attempt.changes.actor_);
  }
}

absl::StatusOr<std::string> Batch::SealBody(const Table& table, const std::string& name,
                                            const google::protobuf::Message& message,
                                            int64_t version) {
  const std::string aad = vault::RowAad(table.name(), name, "body", version);
  const std::string body = message.SerializeAsString();
  if (!table.own_key()) return vault::Seal(*store_.service_key_, body, aad);
  const std::string subject = table.SubjectOf(name);
  const std::string context = absl::StrCat(store_.options_.service, "|", subject);
  auto it = wrapped_.find(subject);
  if (it == wrapped_.end()) {
    const vault::DataKey fresh = vault::GenerateDataKey();
    it = wrapped_.emplace(subject, store_.options_.master_keys->Wrap(fresh, context)).first;
    new_wrapped_.insert(*it);
    return vault::Seal(fresh, body, aad);
  }
  ASSIGN_OR_RETURN(vault::DataKey key, store_.options_.master_keys->Unwrap(it->second, context));
  return vault::Seal(key, body, aad);
}

absl::Status Batch::WriteRows(db::Connection& connection) {
  std::map<std::string, db::InsertBuilder> inserts;
  std::vector<std::pair<const std::string*, std::vector<db::Param>>> updates;
  for (Attempt& attempt : attempts_) {
    if (!attempt.writes()) continue;
    for (const Changes::Write& write : attempt.changes.writes_) {
      const Table& table = *write.table;
      ASSIGN_OR_RETURN(std::string body,
                       SealBody(table, write.name, *write.message, write.new_version));
      std::vector<db::Param> columns = table.ColumnValues(*write.message);
      std::vector<db::Param> params;
      if (write.old_version == 0) {
        params = {write.name, write.new_version, std::move(body)};
        params.insert(params.end(), columns.begin(), columns.end());
        inserts.try_emplace(table.name(), table.name(), table.insert_columns())
            .first->second.Row(std::move(params));
      } else {
        params = {write.new_version, std::move(body)};
        params.insert(params.end(), columns.begin(), columns.end());
        params.emplace_back(write.name);
        params.emplace_back(write.old_version);
        updates.emplace_back(&table.update(), std::move(params));
      }
    }
  }
  if (!new_wrapped_.empty()) {
    db::InsertBuilder keys("data_key", {"subject", "wrapped"});
    for (const auto& [subject, wrapped] : new_wrapped_) keys.Row({subject, wrapped});
    RETURN_IF_ERROR(keys.Run(connection));
  }
  for (auto& [table, insert] : inserts) RETURN_IF_ERROR(insert.Run(connection));
  for (const auto& [sql, params] : updates) {
    ASSIGN_OR_RETURN(uint64_t changed, connection.Execute(*sql, params));
    if (changed != 1) return absl::InternalError("a locked row changed");
  }
  return absl::OkStatus();
}

absl::Status Batch::WriteCounters(db::Connection& connection) {
  for (const auto& [name, locked] : counters_) {
    const int64_t drawn = drawn_.at(name);
    if (drawn == locked) continue;
    // With its expected value: a lock of this server is none on the other nodes of a cluster.
    ASSIGN_OR_RETURN(uint64_t changed,
                     connection.Execute("UPDATE counter SET drawn = ? WHERE name = ? AND drawn = ?",
                                        {drawn, name, locked}));
    if (changed != 1) return absl::InternalError("a locked counter changed");
  }
  return absl::OkStatus();
}

absl::Status Batch::WriteDerived(db::Connection& connection) {
  for (const Derived& derived : store_.options_.derived) {
    std::vector<std::string> columns = {"name"};
    columns.insert(columns.end(), derived.columns.begin(), derived.columns.end());
    if (derived.form != 0) columns.emplace_back("form");
    db::InsertBuilder insert(derived.table, columns);
    for (Attempt& attempt : attempts_) {
      if (!attempt.writes()) continue;
      for (const Changes::Write& write : attempt.changes.writes_) {
        if (write.table != derived.of) continue;
        if (write.old_version != 0) {
          RETURN_IF_ERROR(
              connection
                  .Execute(absl::StrCat("DELETE FROM ", derived.table, " WHERE name = ?"),
                           {write.name})
                  .status());
        }
        for (std::vector<db::Param>& values : derived.rows(*write.message)) {
          values.insert(values.begin(), db::Param(write.name));
          if (derived.form != 0) values.emplace_back(derived.form);
          insert.Row(std::move(values));
        }
      }
    }
    RETURN_IF_ERROR(insert.Run(connection));
  }
  return absl::OkStatus();
}

absl::Status Batch::WriteFacts(db::Connection& connection) {
  std::vector<facts::v1::Fact> all;
  for (Attempt& attempt : attempts_) {
    if (!attempt.writes()) continue;
    all.insert(all.end(), attempt.changes.facts_.begin(), attempt.changes.facts_.end());
    effects_.insert(effects_.end(), attempt.changes.effects_.begin(),
                    attempt.changes.effects_.end());
  }
  published_ = !all.empty();
  return facts::Append(connection, all, *store_.fact_mac_);
}

absl::Status Batch::WriteAnswers(db::Connection& connection) {
  db::InsertBuilder insert("idempotency",
                           {"request_id", "caller", "fingerprint", "response", "create_time"});
  for (const Attempt& attempt : attempts_) {
    if (!attempt.writes()) continue;
    const Store::Operation& operation = *attempt.operation;
    insert.Row({operation.request_id, operation.call.caller.subject, operation.fingerprint,
                vault::Seal(*store_.service_key_, operation.response_bytes(), AnswerAad(operation)),
                absl::Now()});
  }
  return insert.Run(connection);
}

void Batch::Deliver() {
  for (Attempt& attempt : attempts_) {
    const Store::Operation& operation = *attempt.operation;
    if (!attempt.refusal.ok()) {
      operation.fail(attempt.refusal);
    } else if (attempt.is_repeat) {
      operation.deliver_stored(attempt.stored_response,
                               [&](const google::protobuf::Message& answer) {
                                 return store_.MayShow(operation, answer);
                               });
    } else {
      operation.deliver();
    }
  }
}

absl::Status Batch::Explain(const absl::Status& failure) const {
  if (!status::ReasonOf(failure).empty()) return failure;
  switch (failure.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return status::Unavailable("database");
    case absl::StatusCode::kDeadlineExceeded:
      return status::DeadlineExceeded();
    case absl::StatusCode::kAlreadyExists:
      // Somebody else made the same row first.
      return status::Conflict();
    default:
      return absl::InternalError(failure.message());
  }
}

}  // namespace redress::store

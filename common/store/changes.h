// What a write decides on and what it changes: the case as far as its caller may know it, the
// locked rows, the changes. Plain values, not thread-safe; a rule gets them from Store::Submit.
#ifndef REDRESS_COMMON_STORE_CHANGES_H_
#define REDRESS_COMMON_STORE_CHANGES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/auth/identity.h"
#include "common/rpc/call.h"
#include "common/rules/rules.h"
#include "common/store/etag.h"
#include "common/store/table.h"
#include "google/protobuf/message.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::store {

// What a caller may know of a case that they may act on.
struct CaseContext {
  std::string name;
  std::string campaign;
  std::string region_code;
  std::string responsible_unit;  // empty while unassigned
  std::string lead;              // official; empty while unassigned
  std::string officer;           // official; empty while unassigned
  types::v1::CaseState state = types::v1::CASE_STATE_UNSPECIFIED;
  std::vector<std::string> claims;
  std::optional<absl::CivilDay> received_on;  // by the office; no act of handling is dated earlier
  auth::RoleSet roles;                        // through which the caller may act on this case
};

// Decides on access to cases. Registry decides itself; the others ask it and fail closed.
// Thread-safe.
class AccessGate {
 public:
  virtual ~AccessGate() = default;
  // One answer for each case, in order: the context, or NOT_FOUND or PERMISSION_DENIED as
  // auth::ToStatus gives it. UNAVAILABLE where it cannot be decided.
  virtual absl::StatusOr<std::vector<absl::StatusOr<CaseContext>>> Check(
      const rpc::Call& call, std::string_view permission,
      const std::vector<std::string>& cases) = 0;

  // Where the gate decides from rows of this store's own database, the table of those rows, named
  // by the case: a read then fetches the row and what decides on it in one statement. Null where it
  // decides otherwise.
  virtual const Table* local_table() const { return nullptr; }
  // The same decision as Check, on such a row; `row` is null where there is none. REQUIRES:
  // local_table() is not null.
  virtual absl::StatusOr<CaseContext> DecideOn(const rpc::Call& call, std::string_view permission,
                                               const google::protobuf::Message* row) {
    return absl::InternalError("the gate decides on no rows");
  }
};

// A row to be locked before the rule decides. It need not exist.
struct Lock {
  const Table* table = nullptr;
  std::string name;
};
template <class M>
Lock LockOf(std::string name) {
  return {&Table::Of(M::descriptor()), std::move(name)};
}

// A resource and the version of its row.
template <class M>
struct Versioned {
  M message;
  int64_t version = 0;
};

// The locked rows that a rule decides on.
class Rows {
 public:
  // The row, or nullptr if there is none. The etag is set. REQUIRES: it was locked.
  template <class M>
  const M* Find(const std::string& name) const {
    return static_cast<const M*>(FindMessage(&Table::Of(M::descriptor()), name));
  }
  const google::protobuf::Message* Find(const Table& table, const std::string& name) const {
    return FindMessage(&table, name);
  }
  // What is known of the case that the write is about. REQUIRES: a lock or a scope names a case.
  const CaseContext& case_context() const { return *context_; }
  bool has_case() const { return context_.has_value(); }

 private:
  friend class Store;
  friend class Changes;
  friend class Batch;
  struct Row {
    std::unique_ptr<google::protobuf::Message> message;  // null where there is no such row
    int64_t version = 0;
  };
  const google::protobuf::Message* FindMessage(const Table* table, const std::string& name) const;

  std::map<std::pair<const Table*, std::string>, Row> rows_;
  std::optional<CaseContext> context_;
};

// Something to be done once a write is committed, before it is answered: what, and of whom. The
// service's own to read (Store::Options::committed).
struct Effect {
  std::string subject;
  std::string detail;
};

// What a rule wants written. A rule fills it and has no other effect.
class Changes {
 public:
  // Inserts the resource, or replaces the locked row of that name. Returns it with its new etag,
  // for the answer.
  template <class M>
  const M& Put(M message) {
    return static_cast<const M&>(PutMessage(std::make_unique<M>(std::move(message))));
  }
  // The same for a resource of whatever type.
  const google::protobuf::Message& PutMessage(std::unique_ptr<google::protobuf::Message> message);
  // Publishes a fact; fills what the store knows: id, campaign, case, unit, actor, version,
  // instants. The rule sets the detail, `kind`, `event_date`, `record`, and claim or round or unit
  // where the fact is about one. Returns the fact's id.
  std::string Publish(facts::v1::Fact fact);

  // The next number of a counter: one more than the last that a committed write drew, in the order
  // in which writes are committed. Drawn for good only if this write is committed, so that there is
  // no gap. REQUIRES: Needs::counters names it.
  int64_t Draw(const std::string& counter);

  // The version of the row that a resource, put here, will have.
  int64_t VersionOf(const google::protobuf::Message& put) const;

  // Has `effect` done once this is committed. One whose transaction is undone is never done.
  void AfterCommit(Effect effect) { effects_.push_back(std::move(effect)); }

  // Writes what a rule decided.
  template <class M>
  const M& Apply(rules::Outcome<M> outcome) {
    for (facts::v1::Fact& fact : outcome.facts) Publish(std::move(fact));
    for (const auto& other : outcome.others) {
      std::unique_ptr<google::protobuf::Message> row(other->New());
      row->CopyFrom(*other);
      PutMessage(std::move(row));
    }
    return Put(std::move(outcome.resource));
  }

  // What a pure rule needs to know of the world.
  rules::Context rule_context() const;

  // The business time of the write.
  absl::Time now() const { return now_; }
  // Who writes.
  const types::v1::Actor& actor() const { return actor_; }

 private:
  friend class Store;
  friend class Batch;
  struct Write {
    const Table* table = nullptr;
    std::string name;
    std::unique_ptr<google::protobuf::Message> message;
    int64_t old_version = 0;  // 0: insert
    int64_t new_version = 0;
  };
  bool Puts(const Table& table, const std::string& name) const;

  const Rows* rows_ = nullptr;
  const Etags* etags_ = nullptr;
  absl::Time now_;
  types::v1::Actor actor_;
  std::string_view lang_ = "en";
  std::vector<Write> writes_;
  std::vector<facts::v1::Fact> facts_;
  std::vector<Effect> effects_;
  std::map<std::string, int64_t>* counters_ = nullptr;  // the last number drawn, by counter
};

// What a write needs beside the rows that it locks.
struct Needs {
  // The counters that the rule draws from, by name. Each is one row, locked after all other rows
  // and written with its expected value: a batch takes its numbers at once, and writes that draw
  // from the same counter are committed one batch after another, on all replicas.
  std::vector<std::string> counters;
  // Writes that share a key are never in the same transaction: the later sees what the earlier
  // wrote.
  std::vector<std::string> keys;
  // Reads what the rule looks at beside its locked rows: in the transaction, after all locks, each
  // time that the rule runs. An error is one of the database.
  std::function<absl::Status(db::Connection&)> look;
};

}  // namespace redress::store

#endif  // REDRESS_COMMON_STORE_CHANGES_H_

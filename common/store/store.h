// The one way in which a service writes and reads its resources.
//
// A write is Submit: in one transaction the idempotency look-up, the rows locked in key order, the
// etag check, a pure rule (which may run again), rows, facts, the stored answer, the commit. Writes
// of many callers that wait at the same time share one transaction; that changes nothing a caller
// can see: each is decided for itself, one that is refused writes nothing, and if the transaction
// fails each is tried alone.
//
// Every read and write takes the Call and applies its scope: rows of a case follow access to that
// case, through the AccessGate. There is no way around it here, so there is none in a handler.
#ifndef REDRESS_COMMON_STORE_STORE_H_
#define REDRESS_COMMON_STORE_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/base/clock.h"
#include "common/db/pool.h"
#include "common/facts/mac.h"
#include "common/page/page.h"
#include "common/rpc/call.h"
#include "common/rpc/handle.h"
#include "common/rules/rules.h"
#include "common/status/macros.h"
#include "common/store/changes.h"
#include "common/store/etag.h"
#include "common/store/table.h"
#include "common/vault/keys.h"
#include "google/protobuf/message.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::store {

struct PendingRead;
class ReadQueue;

// Rows of another table that follow from a resource: an index over a repeated field, a blind index.
// Replaced with it.
struct Derived {
  const Table* of = nullptr;
  std::string table;
  std::vector<std::string> columns;  // besides `name`
  std::function<std::vector<std::vector<db::Param>>(const google::protobuf::Message&)> rows;
  // Where it is not zero: the form that the rows have now, kept with each in the column `form`.
  // Rows of an earlier form are made anew by RebuildDerived.
  int form = 0;
};

// A resource that says of another, which has the same name, what others need to know of it. Locked
// with it, and written wherever a write leaves the two out of line, whatever rule made that write.
struct Follows {
  const Table* of = nullptr;
  const Table* table = nullptr;
  // The follower as it is to be.
  std::function<std::unique_ptr<google::protobuf::Message>(
      const google::protobuf::Message& follower, const google::protobuf::Message& of)>
      rule;
};
template <class F, class M>
Follows FollowsBy(F (*rule)(const F& follower, const M& of)) {
  return {&Table::Of(M::descriptor()), &Table::Of(F::descriptor()),
          [rule](const google::protobuf::Message& follower, const google::protobuf::Message& of) {
            return std::make_unique<F>(
                rule(static_cast<const F&>(follower), static_cast<const M&>(of)));
          }};
}

// A case that resources below it are parts of. Locked with each of them; its version moves with
// theirs, so that whoever decided on the case notices.
struct Guards {
  const Table* of = nullptr;
  const Table* table = nullptr;
  // Whether parts may change while the case is as it is.
  std::function<absl::Status(const google::protobuf::Message& guard)> may_change;
};
template <class Part, class M>
Guards GuardedBy(absl::Status (*may_change)(const M& guard)) {
  return {&Table::Of(Part::descriptor()), &Table::Of(M::descriptor()),
          [may_change](const google::protobuf::Message& guard) {
            return may_change(static_cast<const M&>(guard));
          }};
}

// The data key of `service` itself, which is made on first use. Two replicas that start at once get
// the same. DATA_LOSS where it is gone or does not open; others: see db/errors.h.
absl::StatusOr<vault::DataKey> LoadServiceKey(db::Pool& pool, const vault::MasterKeys& master_keys,
                                              const std::string& service);

// A list: what a service adds to the select of a table. The texts are constants of its store file;
// values are parameters.
struct ListQuery {
  std::string where = "TRUE";
  std::vector<db::Param> params;
  std::string order_column = "name";  // promoted; ties are broken by name
  bool descending = true;
  int page_size = 0;
  std::string page_token;
  const google::protobuf::Message* request = nullptr;  // what the page token is bound to
};

template <class M>
struct Page {
  std::vector<M> items;
  std::string next_page_token;
};

// Thread-safe.
class Store {
 public:
  struct Options {
    std::string service;
    db::Pool* pool = nullptr;
    const vault::MasterKeys* master_keys = nullptr;
    const base::Clock* clock = nullptr;
    const page::PageTokens* page_tokens = nullptr;
    AccessGate* gate = nullptr;  // null only where no resource is of a case
    // Facts were committed, or what was put off until after the commit is to be done. On the thread
    // of the write, before it is answered.
    std::function<void(const std::vector<Effect>&)> committed = [](const std::vector<Effect>&) {};
    std::function<void()> damaged = [] {};  // a row was found that is not what was written
    std::vector<Derived> derived;
    std::vector<Follows> follows;
    std::vector<Guards> guards;
    int writers = 3;
    int readers = 2;
    size_t max_batch = 64;
    size_t max_reads = 32;  // in one statement
    size_t queue_limit = 4096;
  };
  // Loads, or on first use makes, the service's own data key. Everything that `options` points to
  // must outlive the store.
  static absl::StatusOr<std::unique_ptr<Store>> Open(Options options);
  ~Store();

  // A rule, which fills an answer of a type known from the rpc. It may run again.
  using FillAnswer =
      std::function<absl::Status(const Rows&, Changes&, google::protobuf::Message& answer)>;

  // Writes. A repeat of a request_id gets the earlier answer; where the caller has lost access to
  // the case since, or that cannot be decided now, it tells that it was done (the name and etag of
  // then) and shows nothing else. `request` has a request_id, perhaps an etag (of the first lock's
  // row) and validate_only. `locks` are the rows that the rule looks at; `case_name`, where it is
  // not empty, is the case that they belong to (taken from the locks otherwise). Fails with what
  // `fill` refuses with, or what every record keeps (rules::CheckRecord); ABORTED on an etag
  // mismatch or where races persist; UNAVAILABLE where the database is away (also when it is not
  // known whether the commit took place: repeating the call with the same request_id tells);
  // INVALID_ARGUMENT where the request_id was used for something else.
  // `request` must live until the answer is sent.
  void Submit(const rpc::Call& call, const google::protobuf::Message& request,
              std::vector<Lock> locks, FillAnswer fill, rpc::Answer answer,
              std::string case_name = "", Needs needs = {});

  // What tells one request from another: a digest of its type and all its fields but the
  // request_id, keyed, since whoever reads the database could otherwise guess what a short request
  // said.
  std::string FingerprintOf(const google::protobuf::Message& request) const;

  // One resource. NOT_FOUND, also where the caller may not know of it.
  template <class M>
  absl::StatusOr<M> Get(const rpc::Call& call, const std::string& name) {
    ASSIGN_OR_RETURN(Versioned<M> found, GetVersioned<M>(call, name));
    return std::move(found.message);
  }
  // The same with the version of its row, which only this service may know (Etags).
  template <class M>
  absl::StatusOr<Versioned<M>> GetVersioned(const rpc::Call& call, const std::string& name) {
    Versioned<M> found;
    RETURN_IF_ERROR(GetMessage(call, name, "", found.message, found.version));
    return found;
  }
  // The same without holding a thread meanwhile: what several calls ask for at the same time is
  // read in one statement. `then` is called once, on a thread of the store or before Fetch returns;
  // it must not block.
  template <class M>
  void Fetch(const rpc::Call& call, std::string name, std::function<void(absl::StatusOr<M>)> then) {
    auto message = std::make_shared<M>();
    FetchMessage(call, std::move(name), *message,
                 [message, then = std::move(then)](const absl::Status& status) {
                   if (!status.ok()) return then(status);
                   then(std::move(*message));
                 });
  }
  // The same into a message of whatever type, which must outlive the call of `done`.
  void FetchMessage(const rpc::Call& call, std::string name, google::protobuf::Message& into,
                    std::function<void(const absl::Status&)> done);
  // One resource that is no case's own, read in the course of handling a case: access follows that
  // case.
  template <class M>
  absl::StatusOr<M> GetFor(const rpc::Call& call, const std::string& case_name,
                           const std::string& name) {
    M message;
    int64_t version = 0;
    RETURN_IF_ERROR(GetMessage(call, name, case_name, message, version));
    return message;
  }
  // A page of resources; those of cases that the caller may not see are left out before it is
  // filled, so that it is short at the end of the list alone (page/fill.h). So is a row that is
  // damaged: it is counted and logged, Get says DATA_LOSS, and the others are listed.
  template <class M>
  absl::StatusOr<Page<M>> List(const rpc::Call& call, const ListQuery& query) {
    std::string next;
    ASSIGN_OR_RETURN(std::vector<std::unique_ptr<google::protobuf::Message>> found,
                     ListMessages(call, Table::Of(M::descriptor()), query, next));
    Page<M> page;
    page.next_page_token = std::move(next);
    page.items.reserve(found.size());
    for (auto& message : found) page.items.push_back(std::move(static_cast<M&>(*message)));
    return page;
  }
  // The same for the resources of whatever table. `next`: the token of the page after it.
  absl::StatusOr<std::vector<std::unique_ptr<google::protobuf::Message>>> ListMessages(
      const rpc::Call& call, const Table& table, const ListQuery& query, std::string& next);
  // How many rows a list query has, before access to each is confirmed; for queries whose predicate
  // holds the scope.
  absl::StatusOr<int64_t> Count(const rpc::Call& call, const Table& table, const ListQuery& query);

  // Rows by name, those that exist, for an AccessGate to decide on: the gate cannot be asked
  // whether the gate may read. Only for tables that hold nothing personal; aborts for any other.
  template <class M>
  absl::StatusOr<std::map<std::string, M>> ReadForGate(const rpc::Call& call,
                                                       const std::vector<std::string>& names) {
    ASSIGN_OR_RETURN(auto each, ReadEachForGate<M>(call, names));
    std::map<std::string, M> rows;
    for (auto& [name, row] : each) {
      if (!row.ok()) return row.status();
      rows.emplace(name, *std::move(row));
    }
    return rows;
  }
  // The same where a row that is damaged (DATA_LOSS) must not take the others down.
  template <class M>
  absl::StatusOr<std::map<std::string, absl::StatusOr<M>>> ReadEachForGate(
      const rpc::Call& call, const std::vector<std::string>& names) {
    std::map<std::string, absl::StatusOr<M>> rows;
    RETURN_IF_ERROR(ReadRowsForGate(
        call, Table::Of(M::descriptor()), names,
        [&](const std::string& name) -> google::protobuf::Message& {
          return *rows.insert_or_assign(name, M()).first->second;
        },
        [&](const std::string& name, absl::Status damage) {
          rows.insert_or_assign(name, std::move(damage));
        }));
    return rows;
  }

  // Access to one case, for methods that read or write no row of it themselves.
  absl::StatusOr<CaseContext> CheckCase(const rpc::Call& call, const std::string& case_name);

  db::Pool& pool() const { return *options_.pool; }
  const base::Clock& clock() const { return *options_.clock; }

  // Makes rows of earlier forms anew, some hundred resources in a transaction, until none is left;
  // DEADLINE_EXCEEDED where some are left then, which another call makes. For the start of a
  // service, before it serves: as rows are made with its keys, no migration can do it. Returns the
  // number of resources. Safe on several replicas at once.
  absl::StatusOr<int64_t> RebuildDerived(absl::Time deadline);

  // Deletes a thousand stored answers that are older than two days, and returns their number. A
  // thread of the store does so every ten minutes.
  absl::StatusOr<int64_t> PurgeAnswers(absl::Time deadline);

  struct Operation;

 private:
  explicit Store(Options options);

  void Enqueue(std::shared_ptr<Operation> operation);
  // Adds the rows that follow or guard those that a write locks.
  void LockWithThem(std::vector<Lock>& locks) const;
  void WriterLoop();
  void PurgeLoop();
  std::vector<std::shared_ptr<Operation>> TakeBatch();
  void RunBatch(std::vector<std::shared_ptr<Operation>> batch);

  absl::Status GetMessage(const rpc::Call& call, const std::string& name,
                          const std::string& case_name, google::protobuf::Message& into,
                          int64_t& version);
  struct ListedRow;
  absl::StatusOr<std::vector<ListedRow>> FetchRows(const rpc::Call& call, const Table& table,
                                                   const ListQuery& query,
                                                   const page::Cursor& after, int limit) const;
  absl::StatusOr<std::vector<bool>> ConfirmRows(const rpc::Call& call, const Table& table,
                                                std::vector<ListedRow>& rows) const;
  // Whether the caller reads the case in a role that the call is for: who has accepted a handover
  // has no offer any more, and has lost nothing.
  bool StillReads(const rpc::Call& call, const std::string& case_name);
  // Whether the caller of a repeated write may be shown the answer of then.
  bool MayShow(const Operation& operation, const google::protobuf::Message& answer);
  absl::Status GetWithGate(const rpc::Call& call, const Table& table, const std::string& name,
                           google::protobuf::Message& into, int64_t& version);
  // Whether a resource of this table can be read together with what decides on access to it.
  bool ReadsWithGate(const Table& table) const;
  // Decides and opens; `row` is one of SelectWith, null where there is none.
  absl::Status OpenGated(const rpc::Call& call, const Table& table, const std::string& name,
                         const db::Row* row, google::protobuf::Message& into,
                         int64_t& version) const;

  void RunReads(std::vector<PendingRead> reads);
  // Opens what is sealed under the service's own key; version, body and promoted columns begin at
  // `first` and `first_column`.
  absl::Status OpenPlain(const Table& table, std::string_view name, const db::Row& row,
                         size_t first, size_t first_column, google::protobuf::Message& into) const;
  // The message in an opened body, if the row's promoted columns are those of the message.
  absl::Status ParseBody(const Table& table, std::string_view name, const std::string& body,
                         const db::Row& row, size_t first_column,
                         google::protobuf::Message& into) const;
  // What a reader of a row is told that does not open; it is noted.
  absl::Status Damaged(const Table& table, std::string_view name) const;
  absl::Status ReadRowsForGate(
      const rpc::Call& call, const Table& table, const std::vector<std::string>& names,
      const std::function<google::protobuf::Message&(const std::string&)>& slot,
      const std::function<void(const std::string&, absl::Status)>& damaged);
  absl::Status OpenRow(const Table& table, const db::Row& row, google::protobuf::Message& into,
                       int64_t& version) const;

  friend class Batch;
  Options options_;
  std::optional<vault::DataKey> service_key_;
  std::optional<facts::FactMac> fact_mac_;
  std::optional<vault::DataKey> fingerprint_key_;  // derived from it
  std::optional<Etags> etags_;
  struct Queue;
  std::unique_ptr<Queue> queue_;
  std::unique_ptr<ReadQueue> reads_;
};

// One write that waits or runs. Made by Submit.
struct Store::Operation {
  rpc::Call call;
  std::string request_id;   // 16 bytes; empty with validate_only
  std::string fingerprint;  // see FingerprintOf
  std::string etag;
  bool validate_only = false;
  std::vector<Lock> locks;
  std::string case_name;
  Needs needs;
  std::optional<CaseContext> context;
  absl::Status access;  // not OK: the caller may not act on the case, or it cannot be decided

  // Runs the rule and keeps its response.
  std::function<absl::Status(const Rows&, Changes&)> decide;
  std::function<std::string()> response_bytes;
  std::function<void()> deliver;
  // `may_show` says whether the stored answer may be shown; otherwise it is cut to name and etag.
  using MayShow = std::function<bool(const google::protobuf::Message& answer)>;
  std::function<void(const std::string& bytes, const MayShow& may_show)> deliver_stored;
  std::function<void(const absl::Status&)> fail;
};

namespace internal {
// Reads request_id, etag and validate_only off a request; INVALID_ARGUMENT where it has none of the
// first.
absl::Status FillFromRequest(const google::protobuf::Message& request, Store::Operation& operation);
// Leaves the name and the etag of the resources in an answer, and nothing else.
void KeepNameAndEtag(google::protobuf::Message& answer);
// What every record keeps (common/rules/record_checks.h), with what is known of the case.
absl::Status CheckRecord(const google::protobuf::Message& request, const Rows& rows);
}  // namespace internal

}  // namespace redress::store

#endif  // REDRESS_COMMON_STORE_STORE_H_

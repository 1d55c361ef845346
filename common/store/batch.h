// Some writes in one transaction. Part of Store.
#ifndef REDRESS_COMMON_STORE_BATCH_H_
#define REDRESS_COMMON_STORE_BATCH_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/store/store.h"

namespace redress::store {

// Thread-compatible. Lives for one RunBatch.
class Batch {
 public:
  Batch(Store& store, const std::vector<std::shared_ptr<Store::Operation>>& operations);

  // One transaction, repeated where the database asks for it. On failure nothing was written (or,
  // with OutcomeUnknown, it is not known) and no caller was answered.
  absl::Status Run();

  // Answers every caller. REQUIRES: Run returned OK.
  void Deliver();

  // True if facts were written.
  bool published() const { return published_; }
  // What is to be done now that it is committed.
  const std::vector<Effect>& effects() const { return effects_; }

  // What a caller is told of a failed transaction.
  absl::Status Explain(const absl::Status& failure) const;

 private:
  // One operation's state within an attempt.
  struct Attempt {
    Store::Operation* operation = nullptr;
    Rows rows;
    Changes changes;
    absl::Status refusal;         // not OK: refused; nothing of it is written
    std::string stored_response;  // of an earlier call with the same request_id
    bool is_repeat = false;
    bool writes() const { return refusal.ok() && !is_repeat && !operation->validate_only; }
  };

  absl::Status TryOnce(db::Connection& connection);
  // Marks those of the attempts for which an answer is stored; with `refused_only`, looks at none
  // that is to be written.
  absl::Status FindRepeats(db::Connection& connection, bool refused_only);
  // What is no repeat needs access to its case.
  void RefuseWithoutAccess();
  absl::Status LockRows(db::Connection& connection);
  absl::Status LockCounters(db::Connection& connection);
  absl::Status Look(db::Connection& connection);
  absl::Status LoadKeys(db::Connection& connection);
  void Decide();
  // Whether the parts of a case that an attempt locks may change.
  absl::Status MayChange(const Attempt& attempt) const;
  // Puts what follows or guards the resources that an attempt writes.
  void PutWithThem(Attempt& attempt) const;
  absl::Status WriteRows(db::Connection& connection);
  absl::Status WriteCounters(db::Connection& connection);
  absl::Status WriteDerived(db::Connection& connection);
  absl::Status WriteFacts(db::Connection& connection);
  absl::Status WriteAnswers(db::Connection& connection);
  absl::StatusOr<std::string> SealBody(const Table& table, const std::string& name,
                                       const google::protobuf::Message& message, int64_t version);

  Store& store_;
  const std::vector<std::shared_ptr<Store::Operation>>& operations_;
  std::vector<Attempt> attempts_;
  std::map<std::string, std::string> wrapped_;      // data keys that exist, by subject
  std::map<std::string, std::string> new_wrapped_;  // made in this attempt
  std::map<std::string, int64_t> counters_;         // as locked
  std::map<std::string, int64_t> drawn_;            // as the rules left them
  std::vector<Effect> effects_;
  bool published_ = false;
};

}  // namespace redress::store

#endif  // REDRESS_COMMON_STORE_BATCH_H_

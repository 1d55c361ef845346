// What a service method knows about the call that it serves.
#ifndef REDRESS_COMMON_RPC_CALL_H_
#define REDRESS_COMMON_RPC_CALL_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/hide.h"
#include "common/auth/identity.h"
#include "common/auth/mask.h"
#include "common/log/trace.h"

namespace redress::rpc {

// Collects what a call reads of whom, and under which roles, so that the answer is masked and the
// reading recorded without any handler having to remember it: the store adds, the completion of the
// call takes. Thread-safe.
class Reading {
 public:
  // `resource` was read; it may be shown as far as `roles` need. Several readings show only what
  // all of them allow.
  void Add(std::string_view resource, auth::RoleSet roles, std::string_view permission);

  // The call searches: that is recorded even where nothing is found, or nothing is shown.
  void Searched();

  bool searched() const;
  std::vector<std::string> resources() const;
  // The kinds of personal data that may be shown; nothing where nothing was added.
  auth::PiiKinds visible() const;
  // What else may be told of a person, by the roles of every reading; nullopt where nothing was
  // added.
  std::optional<auth::ToldSet> told() const;

  // A refusal of this call names `resource`, from which the caller learns that it exists: a reading
  // that is recorded before the refusal is sent.
  void AddToRefusal(std::string_view resource);
  std::vector<std::string> in_refusal() const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> resources_ ABSL_GUARDED_BY(mutex_);
  std::optional<auth::PiiKinds> visible_ ABSL_GUARDED_BY(mutex_);
  std::optional<auth::ToldSet> told_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> in_refusal_ ABSL_GUARDED_BY(mutex_);
  bool searched_ ABSL_GUARDED_BY(mutex_) = false;
};

// One call. Cheap to copy: completions that outlive the method keep a copy. `method` and
// `permission` point into the method table, which lives as long as the process serves.
struct Call {
  auth::Identity caller;
  std::string_view method;      // "redress.registry.v1.RegistryService/GetCase"
  std::string_view permission;  // "cases.get"
  absl::Time deadline;          // machine time
  log::TraceContext trace;
  std::string_view lang;  // "zh" or "en"
  // Becomes true when the caller has gone; null where nobody can go.
  std::shared_ptr<const std::atomic<bool>> gone;
  std::shared_ptr<Reading> reading = std::make_shared<Reading>();

  // False where nobody waits for the answer any more: nothing is to be begun for it.
  bool Wanted(absl::Time now) const {
    return now < deadline && (gone == nullptr || !gone->load(std::memory_order_relaxed));
  }
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_CALL_H_

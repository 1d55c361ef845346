// How a change of who works on a case reaches registry, which keeps access to cases: what is taken
// away first, what is given last, and nothing lost if either service dies in between.
//
//   Remove      before the commit: takes away at registry what the old holders had, after noting
//               in `access_intent` what to give back if the commit never happens.
//   Told        in the transaction: what is to be done after it. The change itself lies in the
//               outbox table `access_change`.
//   Committed   after the commit and before the answer: tells registry, and forgets the intent.
//   background  deletes what registry confirmed, tells it what it could not be told then, and
//               gives back what intents without a commit took away.
//
// README.md of this folder has the table of crash points. Thread-safe.
#ifndef REDRESS_SERVICES_ASSIGNMENT_ACCESS_OUTBOX_H_
#define REDRESS_SERVICES_ASSIGNMENT_ACCESS_OUTBOX_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "redress/assignment/v1/resources.pb.h"
#include "redress/registry/v1/access.grpc.pb.h"

namespace redress::assignment {

// The service's own call, by its own right: it acts for nobody.
rpc::Call OwnCall(absl::Time deadline);

class AccessOutbox {
 public:
  struct Options {
    std::shared_ptr<grpc::Channel> registry;
    // How long a change may take from Remove to its commit. Longer than any call's deadline; what
    // is not committed by then is given back.
    absl::Duration lease = absl::Seconds(15);
    // How often the background looks for what is left over.
    absl::Duration period = absl::Seconds(1);
    std::function<void(int64_t)> pending = [](int64_t) {};  // how many changes wait for registry
    std::function<void()> refused = [] {};  // registry refused one: somebody became barred
  };
  explicit AccessOutbox(Options options);
  ~AccessOutbox();

  // Bound to its store after that was opened, before anything else.
  void Bind(store::Store& store) { store_ = &store; }

  // A removal that was made and waits for its commit.
  struct Removal {
    std::string attempt;  // empty: nothing had to be taken away
    absl::Time commit_by = absl::InfiniteFuture();
    registry::v1::UpdateCaseAccessRequest removed;
  };
  // Takes away what `change.remove` names. `request_id` (16 bytes) and `call.caller.subject` are
  // those of the write that follows. ABORTED where another change of the case is under way, or was
  // committed since `change` was worked out;
  // UNAVAILABLE where registry cannot answer: nothing is changed then, or is given back soon.
  absl::StatusOr<Removal> Remove(const rpc::Call& call, const std::string& request_id,
                                 const std::string& case_name,
                                 const registry::v1::UpdateCaseAccessRequest& change);

  // What is to be done after the commit of a write that has put a change of this case into the
  // outbox.
  static store::Effect Told(const std::string& case_name, const Removal& removal) {
    return {case_name, removal.attempt};
  }
  // Does it: tells registry of the changes, and forgets their intents.
  void Committed(const std::vector<store::Effect>& changes);

  // Tells registry of every change of these cases that waits, in order; their rows are left to the
  // background, which deletes many in one commit. UNAVAILABLE where registry cannot answer.
  absl::Status Apply(const std::vector<std::string>& cases, absl::Time deadline);
  // One round of the background: what was confirmed, whatever waits, and intents whose lease has
  // run out.
  absl::Status Sweep(absl::Time deadline);

  // True where `caller` has had just this request, by its request_id (16 bytes), committed.
  absl::StatusOr<bool> IsRepeat(const google::protobuf::Message& request,
                                const std::string& request_id, const std::string& caller,
                                absl::Time deadline);

  void Start();
  void Stop();

 private:
  struct Intent {
    std::string case_name;
    std::string attempt;
    std::string request_id;
    std::string caller;
    registry::v1::UpdateCaseAccessRequest removed;
    absl::Time lease_until;
  };

  absl::StatusOr<std::vector<Intent>> FindIntents(const std::string& where,
                                                  std::vector<db::Param> params,
                                                  absl::Time deadline);
  absl::Status ForgetIntent(const std::string& case_name, const std::string& attempt,
                            absl::Time deadline);
  // The fingerprint of the request that `caller` has had committed under this request_id; empty
  // where there is none.
  absl::StatusOr<std::string> CommittedAs(const std::string& request_id, const std::string& caller,
                                          absl::Time deadline);
  absl::Status Settle(const Intent& intent, absl::Time deadline);
  grpc::Status Tell(const registry::v1::UpdateCaseAccessRequest& change, absl::Time deadline);
  // What registry allows of a change that it refuses as a whole.
  grpc::Status TellPiecewise(const registry::v1::UpdateCaseAccessRequest& change,
                             absl::Time deadline);
  // Of what `removed` took or is to take away, what the assignment as committed gives.
  absl::StatusOr<registry::v1::UpdateCaseAccessRequest> StillHeld(
      const registry::v1::UpdateCaseAccessRequest& removed, absl::Time deadline);
  absl::StatusOr<std::vector<v1::AccessChange>> Waiting(const std::vector<std::string>& cases,
                                                        absl::Time deadline);
  absl::Status ForgetTold(absl::Time deadline);
  void Loop();

  const Options options_;
  const std::unique_ptr<registry::v1::AccessService::Stub> registry_;
  store::Store* store_ = nullptr;
  absl::Mutex mutex_;
  absl::CondVar wake_;
  // Names of changes that registry has confirmed and whose rows are there still; the oldest first.
  std::set<std::string> told_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace redress::assignment

#endif  // REDRESS_SERVICES_ASSIGNMENT_ACCESS_OUTBOX_H_

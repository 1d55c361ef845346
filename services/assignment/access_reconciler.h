// Holds who has a part in each case at registry against what is recorded here, case by case, all
// the time. A sealed row that somebody put back, body, version and all, opens as it did on its day:
// what it says is no longer true shows only against another record. Whoever has a part that
// assignment does not give loses it; what is missing is given. Each difference is counted and
// logged.
#ifndef REDRESS_SERVICES_ASSIGNMENT_ACCESS_RECONCILER_H_
#define REDRESS_SERVICES_ASSIGNMENT_ACCESS_RECONCILER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
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
#include "common/facts/feed.h"
#include "common/store/store.h"
#include "redress/registry/v1/access.grpc.pb.h"

namespace redress::assignment {

// Thread-safe. What the options name must outlive it.
class AccessReconciler {
 public:
  struct Options {
    std::shared_ptr<grpc::Channel> registry;
    const facts::FeedReader* facts = nullptr;
    absl::Duration pause = absl::Seconds(1);  // between two steps
    absl::Duration rest = absl::Seconds(30);  // between two rounds
    int at_once = 10;                         // cases in a step
    std::function<void()> differed = [] {};   // access was not as recorded, and was put right
    std::function<void()> behind = [] {};     // an assignment is older than its facts
  };
  AccessReconciler(store::Store& store, Options options);
  ~AccessReconciler();

  // The next cases in the order of their names, and from the beginning again. Cases whose access
  // is changing at the moment are left for the next round. UNAVAILABLE where registry cannot
  // answer; the others are those of the store.
  absl::Status Step(absl::Time deadline);

  void Start();
  void Stop();

 private:
  absl::Status Reconcile(const std::string& case_name, absl::Time deadline);
  // True if a change of this case's access is under way.
  absl::StatusOr<bool> IsChanging(const std::string& case_name, absl::Time deadline);
  absl::StatusOr<registry::v1::ReconcileCaseAccessResponse> Ask(
      registry::v1::ReconcileCaseAccessRequest request, absl::Time deadline);
  void Loop();

  store::Store& store_;
  const Options options_;
  const std::unique_ptr<registry::v1::AccessService::Stub> registry_;
  std::string after_;             // of the thread alone; empty where a round begins
  std::set<std::string> behind_;  // of the thread alone: cases whose assignment was told of already
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace redress::assignment

#endif  // REDRESS_SERVICES_ASSIGNMENT_ACCESS_RECONCILER_H_

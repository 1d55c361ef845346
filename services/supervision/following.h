// The threads of supervision: one follower for each feed, and one that evaluates, goes on with a
// rebuild, and refreshes the metrics.
#ifndef REDRESS_SERVICES_SUPERVISION_FOLLOWING_H_
#define REDRESS_SERVICES_SUPERVISION_FOLLOWING_H_

#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/facts/follower.h"
#include "services/supervision/oversight.h"
#include "services/supervision/projection.h"

namespace redress::supervision {

// Thread-safe. Everything given must outlive it.
class Following {
 public:
  // The channel of each feed's service by its name, and the keys that sign their checkpoints as far
  // as they are known.
  Following(Projection& projection, Oversight& oversight,
            std::map<std::string, std::shared_ptr<grpc::Channel>> channels,
            std::map<std::string, facts::VerifyingKey> keys = {});
  ~Following();

  void Start();
  // Ends all threads. May be called again.
  void Stop();

 private:
  void Work();
  // What is done at each turn. Returns true if there is more to do at once.
  bool Turn();
  void Wake();
  std::unique_ptr<facts::Follower> MakeFollower(const std::string& service);
  // Begins anew each stream that is ahead of what is stored, as after a rebuild was begun, here or
  // in another process: the stream by itself would notice at its next entry only.
  void RestartStreamsAhead(absl::Time deadline);

  Projection& projection_;
  Oversight& oversight_;
  const std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  const std::map<std::string, facts::VerifyingKey> keys_;
  // By service. Once started, of the worker thread alone until that has ended.
  std::map<std::string, std::unique_ptr<facts::Follower>> followers_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time evaluated_ = absl::InfinitePast();  // of the worker thread alone, as those below
  absl::Time counted_ = absl::InfinitePast();
  absl::Time scored_ = absl::InfinitePast();
  std::thread worker_;
};

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_FOLLOWING_H_

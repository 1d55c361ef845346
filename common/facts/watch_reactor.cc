#include "common/facts/watch_reactor.h"

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/status/error.h"
#include "common/status/grpc.h"

namespace redress::facts {
namespace {

grpc::Status ToWire(const absl::Status& status, const WatchReader& reader) {
  return status::ToGrpc(status, reader.trace_id, reader.lang);
}

// Between a hub and a gRPC stream. At most one write is under way, and the end waits for it. gRPC
// is never called with the lock held, since it may call back at once.
class Reactor final : public WatchReactor, public WatchSink {
 public:
  static WatchReactor* Begin(WatchHub& hub, const v1::WatchFactsRequest& request, Visible visible,
                             WatchReader reader, std::string subject) {
    auto reactor = std::make_shared<Reactor>(hub, std::move(reader));
    reactor->self_ = reactor;
    WatchReactor* const result = reactor.get();
    absl::StatusOr<std::shared_ptr<WatchHub::Watch>> watch =
        hub.Start(request.first_position(), std::move(visible), reactor, std::move(subject));
    if (watch.ok()) {
      // Not needed before a write was done or the call cancelled, and gRPC reports neither before
      // the reactor was returned to it.
      reactor->watch_ = *std::move(watch);
    } else {
      reactor->End(watch.status());
    }
    return result;
  }

  Reactor(WatchHub& hub, WatchReader reader) : hub_(hub), reader_(std::move(reader)) {}

  void OnBatch(v1::WatchFactsResponse batch) override {
    {
      absl::MutexLock lock(&mu_);
      if (ending_) return;
      writing_ = true;
    }
    batch_ = std::move(batch);
    StartWrite(&batch_);
  }

  void OnEnd(absl::Status status) override { End(std::move(status)); }

  void OnWriteDone(bool ok) override {
    bool finish = false;
    {
      absl::MutexLock lock(&mu_);
      writing_ = false;
      finish = ending_;
    }
    if (finish) return Finish(ToWire(status_, reader_));
    if (ok) return hub_.Ready(watch_);
    OnCancel();
  }

  void OnCancel() override {
    if (watch_ != nullptr) hub_.Cancel(watch_);
    End(status::Cancelled());
  }

  void OnDone() override {
    watch_.reset();  // which keeps its sink
    const std::shared_ptr<Reactor> last = std::move(self_);
  }

 private:
  void End(absl::Status status) {
    {
      absl::MutexLock lock(&mu_);
      if (ending_) return;
      status_ = std::move(status);  // read only after `ending_` was seen
      ending_ = true;
      if (writing_) return;
    }
    Finish(ToWire(status_, reader_));
  }

  WatchHub& hub_;
  const WatchReader reader_;
  std::shared_ptr<Reactor> self_;
  std::shared_ptr<WatchHub::Watch> watch_;
  v1::WatchFactsResponse batch_;
  absl::Status status_;
  absl::Mutex mu_;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool ending_ ABSL_GUARDED_BY(mu_) = false;
};

class Refusal final : public WatchReactor {
 public:
  Refusal(const absl::Status& status, const WatchReader& reader) { Finish(ToWire(status, reader)); }
  void OnDone() override { delete this; }
};

}  // namespace

WatchReactor* StartWatch(WatchHub& hub, const v1::WatchFactsRequest& request, Visible visible,
                         WatchReader reader, std::string subject) {
  return Reactor::Begin(hub, request, std::move(visible), std::move(reader), std::move(subject));
}

WatchReactor* RefuseWatch(const absl::Status& status, const WatchReader& reader) {
  return new Refusal(status, reader);
}

}  // namespace redress::facts

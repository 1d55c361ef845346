// Handle: how every unary rpc is served. Who calls, may they, is the request well formed, is there
// time left, do it, mask and record what it shows, answer. Streams use Admit and keep their own
// reactor.
//
// The method comes in one of two forms:
//   absl::StatusOr<Resp> fn(const Call&, const Req&)          most methods; may block on the
//   database void fn(const Call&, const Req&, Done<Resp>)              writes that wait to be
//   combined, and hold no thread meanwhile
#ifndef REDRESS_COMMON_RPC_HANDLE_H_
#define REDRESS_COMMON_RPC_HANDLE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "common/rpc/call.h"
#include "common/rpc/runtime.h"
#include "common/status/error.h"

namespace redress::rpc {

// Who calls and until when; authorised, the request valid, the deadline not passed. The method's
// deadline counts from when the call `arrived`. DEADLINE_EXCEEDED, CANCELLED, UNAUTHENTICATED,
// PERMISSION_DENIED (both recorded), INVALID_ARGUMENT naming every bad field. Thread-safe.
absl::StatusOr<Call> Admit(const Runtime& runtime, const Method& method,
                           grpc::CallbackServerContext& context,
                           const google::protobuf::Message& request, const log::TraceContext& trace,
                           absl::Time arrived);

// Records that a call was refused, with the true reason where the caller is told another (Conceal).
// Does nothing for any other failure.
void RecordDenial(AuditSink& audit, const Call& call, const absl::Status& failure);

// The trace context and the language of a call, for answers that are given before it is admitted.
log::TraceContext TraceOf(const grpc::ServerContextBase& context);
std::string_view LanguageOf(const grpc::ServerContextBase& context);

namespace internal {

// Lives until the answer has left; gRPC owns it. Gives back what the call holds of the server's
// bounds, and knows whether the caller is still there.
class Reactor final : public grpc::ServerUnaryReactor {
 public:
  Reactor(std::shared_ptr<CallGate> gate, std::shared_ptr<Answers> answers)
      : gate_(std::move(gate)), answers_(std::move(answers)), entry_(gate_->Enter()) {}

  CallGate::Entry entry() const { return entry_; }
  std::shared_ptr<const std::atomic<bool>> gone() const { return gone_; }

  void OnCancel() override { gone_->store(true, std::memory_order_relaxed); }
  void OnDone() override;

 private:
  const std::shared_ptr<CallGate> gate_;
  const std::shared_ptr<Answers> answers_;
  const CallGate::Entry entry_;
  const std::shared_ptr<std::atomic<bool>> gone_ = std::make_shared<std::atomic<bool>>(false);
};

// The end of a call: exactly one Finish, whoever gets there first. Owned by the copies of Done.
class Completion {
 public:
  Completion(const Runtime& runtime, const Method& method, grpc::CallbackServerContext* context,
             google::protobuf::Message* response);
  // A method that lost its completion would leave the client waiting: answers INTERNAL.
  ~Completion();

  CallGate::Entry entry() const { return entry_; }
  absl::Time arrived() const { return started_; }
  std::shared_ptr<const std::atomic<bool>> gone() const { return gone_; }
  void Admitted(const Call& call) { call_ = call; }
  // Masks the response, records the reading where something personal stays visible, then finishes.
  void Succeed();
  void Fail(const absl::Status& status);
  // Records first what the refusal lets the caller know of.
  static void FailAfterAudit(std::shared_ptr<Completion> self, const absl::Status& status);

  grpc::ServerUnaryReactor* reactor() const { return reactor_; }
  google::protobuf::Message* response() const { return response_; }
  const log::TraceContext& trace() const { return trace_; }

  static void FinishAfterAudit(std::shared_ptr<Completion> self);

 private:
  void Finish(const absl::Status& status);
  // What the caller may be told of persons in this answer.
  auth::ToldSet Told() const;

  const Runtime& runtime_;
  const Method& method_;
  grpc::CallbackServerContext* const context_;  // valid until Finish, as are the next two
  Reactor* const reactor_;
  google::protobuf::Message* const response_;
  const absl::Time started_;
  const CallGate::Entry entry_;
  const std::shared_ptr<const std::atomic<bool>> gone_;
  log::TraceContext trace_;
  std::string_view lang_;
  Call call_;
  std::atomic<bool> finished_ = false;
};

// Runs `fn`; a throw becomes INTERNAL and a log line.
void Guarded(Completion& completion, const std::function<void()>& fn);

}  // namespace internal

// The completion of a call. Copyable; the first call wins, later ones do nothing. Thread-safe.
template <class Resp>
class Done {
 public:
  explicit Done(std::shared_ptr<internal::Completion> completion)
      : completion_(std::move(completion)) {}

  void operator()(const absl::Status& failure) const {
    internal::Completion::FailAfterAudit(completion_, failure);
  }
  void operator()(Resp&& response) const {
    static_cast<Resp*>(completion_->response())->Swap(&response);
    internal::Completion::FinishAfterAudit(completion_);
  }
  void operator()(absl::StatusOr<Resp>&& result) const {
    if (result.ok()) {
      (*this)(std::move(result).value());
    } else {
      (*this)(result.status());
    }
  }

 private:
  std::shared_ptr<internal::Completion> completion_;
};

// Serves one unary rpc on the worker pool.
template <class Req, class Resp, class Fn>
grpc::ServerUnaryReactor* Handle(const Runtime& runtime, grpc::CallbackServerContext* context,
                                 const Req* request, Resp* response, Fn fn) {
  const Method& method = runtime.methods.For(Req::descriptor());
  auto completion = std::make_shared<internal::Completion>(runtime, method, context, response);
  grpc::ServerUnaryReactor* reactor = completion->reactor();
  if (completion->entry() == CallGate::Entry::kClosed) {
    completion->Fail(status::Unavailable("server"));
    return reactor;
  }
  if (completion->entry() == CallGate::Entry::kFull) {
    completion->Fail(status::Exhausted("server"));
    return reactor;
  }
  auto run = [&runtime, &method, context, request, completion, fn = std::move(fn)] {
    internal::Guarded(*completion, [&] {
      absl::StatusOr<Call> call =
          Admit(runtime, method, *context, *request, completion->trace(), completion->arrived());
      if (!call.ok()) return completion->Fail(call.status());
      call->gone = completion->gone();
      completion->Admitted(*call);
      Done<Resp> done(completion);
      if constexpr (std::is_invocable_v<Fn, const Call&, const Req&, Done<Resp>>) {
        fn(*call, *request, done);
      } else {
        done(fn(*call, *request));
      }
    });
  };
  // While all workers wait for another service, that service must still get what it asks here.
  WorkerPool& workers = method.policy.inner() ? runtime.inner_workers : runtime.workers;
  if (!workers.TrySubmit(std::move(run))) completion->Fail(absl::ResourceExhaustedError(""));
  return reactor;
}

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_HANDLE_H_

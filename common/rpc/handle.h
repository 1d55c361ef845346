// Handle: how every unary rpc is served. Who calls, may they, is the request well formed, is there
// time left, do it, mask and record what it shows, answer. Streams use Admit and keep their own
// reactor. A service whose rpcs are values (rpc_service.h) is served by the same steps.
//
// The method comes in one of two forms:
// - most methods, which may block on the database:
//     absl::StatusOr<Resp> fn(const Call&, const Req&)
// - writes that wait to be combined, and hold no thread meanwhile:
//     void fn(const Call&, const Req&, Done<Resp>)
#ifndef REDRESS_COMMON_RPC_HANDLE_H_
#define REDRESS_COMMON_RPC_HANDLE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "common/rpc/call.h"
#include "common/rpc/runtime.h"
#include "common/status/error.h"

namespace redress::rpc {

// The reason of an answer to bytes that are no such request, or to text that is not UTF-8.
inline constexpr std::string_view kRequestUnreadable = "REQUEST_UNREADABLE";

// Who calls and until when; authorised, the request valid, the deadline not passed. The method's
// deadline counts from when the call `arrived`. DEADLINE_EXCEEDED, CANCELLED, UNAUTHENTICATED,
// PERMISSION_DENIED (both recorded), INVALID_ARGUMENT naming every bad field, or REQUEST_UNREADABLE
// where `request` is null: what came is no such message. Thread-safe.
absl::StatusOr<Call> Admit(const Runtime& runtime, const Method& method,
                           grpc::CallbackServerContext& context,
                           const google::protobuf::Message* request, const log::TraceContext& trace,
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
  // The answer is `response`, which gRPC encodes.
  Completion(const Runtime& runtime, const Method& method, grpc::CallbackServerContext* context,
             google::protobuf::Message* response);
  // The answer is a message like `prototype`, which is encoded into `wire`.
  Completion(const Runtime& runtime, const Method& method, grpc::CallbackServerContext* context,
             const google::protobuf::Message& prototype, grpc::ByteBuffer* wire);
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
  Completion(const Runtime& runtime, const Method& method, grpc::CallbackServerContext* context,
             std::unique_ptr<google::protobuf::Message> own_response,
             google::protobuf::Message* response, grpc::ByteBuffer* wire);
  void Finish(const absl::Status& status);
  // What the caller may be told of persons in this answer.
  auth::ToldSet Told() const;
  // Writes the answer into `wire_`. INTERNAL where it cannot be encoded.
  absl::Status Encode();

  const Runtime& runtime_;
  const Method& method_;
  grpc::CallbackServerContext* const context_;  // valid until Finish, as are the next two
  Reactor* const reactor_;
  const std::unique_ptr<google::protobuf::Message> own_response_;  // null where gRPC has it
  google::protobuf::Message* const response_;
  grpc::ByteBuffer* const wire_;  // null where gRPC encodes
  const absl::Time started_;
  const CallGate::Entry entry_;
  const std::shared_ptr<const std::atomic<bool>> gone_;
  log::TraceContext trace_;
  std::string_view lang_;
  Call call_;
  std::atomic<bool> finished_ = false;
};

// Admits the call on a worker and runs `fn`; a throw becomes INTERNAL and a log line. `read` gives
// the request, null where it cannot be read; the request lives as long as `read`.
void Run(const Runtime& runtime, const Method& method, grpc::CallbackServerContext* context,
         std::shared_ptr<Completion> completion,
         std::function<const google::protobuf::Message*()> read,
         std::function<void(const Call&, const google::protobuf::Message&)> fn);

}  // namespace internal

// The completion of a call. Copyable; the first call wins, later ones do nothing. Thread-safe.
class Answer {
 public:
  // `request`: kept alive until then; null where gRPC keeps it.
  explicit Answer(std::shared_ptr<internal::Completion> completion,
                  std::shared_ptr<const google::protobuf::Message> request = nullptr)
      : completion_(std::move(completion)), request_(std::move(request)) {}

  // The answer to be filled, by one thread, before Send.
  google::protobuf::Message& response() const { return *completion_->response(); }
  void Send() const { internal::Completion::FinishAfterAudit(completion_); }
  void Fail(const absl::Status& failure) const {
    internal::Completion::FailAfterAudit(completion_, failure);
  }

 private:
  std::shared_ptr<internal::Completion> completion_;
  std::shared_ptr<const google::protobuf::Message> request_;
};

// The same for an answer of a type that is known.
template <class Resp>
class Done {
 public:
  explicit Done(Answer answer) : answer_(std::move(answer)) {}

  const Answer& answer() const { return answer_; }
  void operator()(const absl::Status& failure) const { answer_.Fail(failure); }
  void operator()(Resp&& response) const {
    static_cast<Resp&>(answer_.response()).Swap(&response);
    answer_.Send();
  }
  void operator()(absl::StatusOr<Resp>&& result) const {
    if (result.ok()) {
      (*this)(std::move(result).value());
    } else {
      (*this)(result.status());
    }
  }

 private:
  Answer answer_;
};

// Serves an admitted call by a function in one of the two forms.
template <class Req, class Resp, class Fn>
void Answered(const Fn& fn, const Call& call, const Req& request, Answer answer) {
  Done<Resp> done(std::move(answer));
  if constexpr (std::is_invocable_v<Fn, const Call&, const Req&, Done<Resp>>) {
    fn(call, request, done);
  } else {
    done(fn(call, request));
  }
}

// Serves one unary rpc on the worker pool.
template <class Req, class Resp, class Fn>
grpc::ServerUnaryReactor* Handle(const Runtime& runtime, grpc::CallbackServerContext* context,
                                 const Req* request, Resp* response, Fn fn) {
  const Method& method = runtime.methods.For(Req::descriptor());
  auto completion = std::make_shared<internal::Completion>(runtime, method, context, response);
  grpc::ServerUnaryReactor* reactor = completion->reactor();
  internal::Run(
      runtime, method, context, completion, [request] { return request; },
      [completion, fn = std::move(fn)](const Call& call, const google::protobuf::Message& asked) {
        Answered<Req, Resp>(fn, call, static_cast<const Req&>(asked), Answer(completion));
      });
  return reactor;
}

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_HANDLE_H_

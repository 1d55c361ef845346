// How every rpc is served. Who calls, may they, is the request well formed, is there time left, do
// it, mask and record what it shows, answer. Services declare their rpcs as values (rpc_service.h),
// which are served by these steps; streams are admitted by the same and keep a reactor of their
// own.
#ifndef REDRESS_COMMON_RPC_HANDLE_H_
#define REDRESS_COMMON_RPC_HANDLE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>
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

// The same for a stream. A refusal is counted and logged here, since no answer of ours ends it.
absl::StatusOr<Call> AdmitStream(const Runtime& runtime, const Method& method,
                                 grpc::CallbackServerContext& context,
                                 const google::protobuf::Message* request,
                                 const log::TraceContext& trace);

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
  google::protobuf::Message& response() const { return *response_; }
  const log::TraceContext& trace() const { return trace_; }

  static void FinishAfterAudit(std::shared_ptr<Completion> self);

 private:
  void Finish(const absl::Status& status);
  // What the caller may be told of persons in this answer.
  auth::ToldSet Told() const;
  // Writes the answer into `wire_`. INTERNAL where it cannot be encoded.
  absl::Status Encode();

  const Runtime& runtime_;
  const Method& method_;
  grpc::CallbackServerContext* const context_;  // valid until Finish, as is the next
  Reactor* const reactor_;
  const std::unique_ptr<google::protobuf::Message> response_;
  grpc::ByteBuffer* const wire_;  // valid until Finish
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
  // `request` is kept alive until then.
  Answer(std::shared_ptr<internal::Completion> completion,
         std::shared_ptr<const google::protobuf::Message> request)
      : completion_(std::move(completion)), request_(std::move(request)) {}

  // The answer to be filled, by one thread, before Send.
  google::protobuf::Message& response() const { return completion_->response(); }
  void Send() const { internal::Completion::FinishAfterAudit(completion_); }
  void Fail(const absl::Status& failure) const {
    internal::Completion::FailAfterAudit(completion_, failure);
  }

 private:
  std::shared_ptr<internal::Completion> completion_;
  std::shared_ptr<const google::protobuf::Message> request_;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_HANDLE_H_

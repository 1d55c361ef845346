#include "common/rpc/handle.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>
#include <exception>
#include <string>

#include "common/auth/peer.h"
#include "common/auth/permissions.h"
#include "common/log/log.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "common/status/messages.h"
#include "common/validate/validate.h"

namespace redress::rpc {
namespace {

// Below this much time left a call cannot be answered anyhow.
constexpr absl::Duration kTooLate = absl::Milliseconds(2);

std::string_view MetadataValue(const grpc::ServerContextBase& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find(key);
  return it == metadata.end() ? std::string_view()
                              : std::string_view(it->second.data(), it->second.size());
}

absl::Status StillWanted(const grpc::CallbackServerContext& context, absl::Time deadline) {
  if (context.IsCancelled()) return status::Cancelled();
  if (deadline - absl::Now() < kTooLate) return status::DeadlineExceeded();
  return absl::OkStatus();
}

absl::Status Unreadable() {
  return status::Error(absl::StatusCode::kInvalidArgument, kRequestUnreadable,
                       "the request cannot be read");
}

}  // namespace

void RecordDenial(AuditSink& audit, const Call& call, const absl::Status& failure) {
  if (const auto concealed = status::ConcealedIn(failure)) {
    audit.Denied(call.caller, call.method, concealed->reason, concealed->resource);
  } else if (absl::IsPermissionDenied(failure)) {
    audit.Denied(call.caller, call.method, status::ReasonOf(failure), "");
  }
}

log::TraceContext TraceOf(const grpc::ServerContextBase& context) {
  return log::FromHeader(MetadataValue(context, log::kTraceparent.data()));
}

std::string_view LanguageOf(const grpc::ServerContextBase& context) {
  return status::PickLanguage(MetadataValue(context, "accept-language"));
}

absl::StatusOr<Call> Admit(const Runtime& runtime, const Method& method,
                           grpc::CallbackServerContext& context,
                           const google::protobuf::Message* request, const log::TraceContext& trace,
                           absl::Time arrived) {
  Call call;
  call.deadline = absl::FromChrono(context.deadline());
  if (method.policy.deadline_ms() > 0) {
    call.deadline =
        std::min(call.deadline, arrived + absl::Milliseconds(method.policy.deadline_ms()));
  }
  // First, and again at the end: nothing is begun that nobody waits for.
  if (absl::Status wanted = StillWanted(context, call.deadline); !wanted.ok()) return wanted;
  absl::StatusOr<auth::Identity> caller = auth::IdentifyPeer(context, runtime.tokens);
  if (!caller.ok()) {
    runtime.audit.Denied({}, method.full_name, status::ReasonOf(caller.status()), "");
    return caller.status();
  }
  runtime.connections->Known(context.peer());
  // Before validation, so that whoever may not call learns nothing about what a valid request looks
  // like.
  if (!auth::Permits(*caller, method.policy.permission())) {
    runtime.audit.Denied(*caller, method.full_name, status::kPermissionDenied, "");
    return status::Denied(method.policy.permission());
  }
  if (request == nullptr) return Unreadable();
  if (absl::Status valid = validate::Validate(*request, runtime.clock.Today()); !valid.ok()) {
    return valid;
  }
  if (absl::Status wanted = StillWanted(context, call.deadline); !wanted.ok()) return wanted;
  call.caller = std::move(*caller);
  call.method = method.full_name;
  call.permission = method.policy.permission();
  call.lang = LanguageOf(context);
  call.trace = trace;
  return call;
}

absl::StatusOr<Call> AdmitStream(const Runtime& runtime, const Method& method,
                                 grpc::CallbackServerContext& context,
                                 const google::protobuf::Message* request,
                                 const log::TraceContext& trace) {
  const absl::Time arrived = absl::Now();
  absl::StatusOr<Call> call = Admit(runtime, method, context, request, trace, arrived);
  if (call.ok()) return call;
  method.metrics->Started();
  method.metrics->Handled(call.status().code(), absl::Now() - arrived);
  log::Event(log::Level::kInfo, "rpc", trace,
             {{"method", method.full_name},
              {"code", absl::StatusCodeToString(call.status().code())},
              {"reason", status::ReasonOf(call.status())}});
  return call;
}

namespace internal {

void Reactor::OnDone() {
  answers_->Return(this);
  if (entry_ == CallGate::Entry::kEntered) gate_->Leave();
  delete this;
}

Completion::Completion(const Runtime& runtime, const Method& method,
                       grpc::CallbackServerContext* context,
                       const google::protobuf::Message& prototype, grpc::ByteBuffer* wire)
    : runtime_(runtime),
      method_(method),
      context_(context),
      reactor_(new Reactor(runtime.calls, runtime.answers)),
      response_(prototype.New()),
      wire_(wire),
      started_(absl::Now()),
      entry_(reactor_->entry()),
      gone_(reactor_->gone()),
      trace_(TraceOf(*context)),
      lang_(LanguageOf(*context)) {
  method_.metrics->Started();
}

Completion::~Completion() {
  if (!finished_.load()) {
    log::Event(log::Level::kError, "completion_lost", trace_, {{"method", method_.full_name}});
    Finish(absl::InternalError("the completion was lost"));
  }
}

void Completion::FinishAfterAudit(std::shared_ptr<Completion> self) {
  if (self->finished_.load()) return;
  // The answer to a write shows nothing personal: whoever needs it reads it, and that is recorded.
  const bool reads = self->method_.policy.audit() == options::v1::AUDIT_READ;
  const auth::PiiKinds visible = reads ? self->call_.reading->visible() : auth::PiiKinds();
  auth::HideFrom(self->response_.get(), self->Told());
  const bool shows = auth::MaskMessage(self->response_.get(), visible);
  if (!shows && !self->call_.reading->searched()) return self->Finish(absl::OkStatus());
  Completion& completion = *self;
  completion.runtime_.audit.Read(completion.call_, completion.call_.reading->resources(),
                                 [self = std::move(self)](absl::Status recorded) {
                                   if (recorded.ok()) return self->Finish(absl::OkStatus());
                                   self->response_->Clear();
                                   self->Finish(status::Unavailable("audit log"));
                                 });
}

auth::ToldSet Completion::Told() const {
  if (const std::optional<auth::ToldSet> told = call_.reading->told()) return *told;
  return auth::ToldTo(call_.caller.roles, call_.permission);
}

void Completion::FailAfterAudit(std::shared_ptr<Completion> self, const absl::Status& failure) {
  std::vector<std::string> named = self->call_.reading->in_refusal();
  if (named.empty() || self->finished_.load()) return self->Fail(failure);
  Completion& completion = *self;
  completion.runtime_.audit.Read(
      completion.call_, std::move(named), [self = std::move(self), failure](absl::Status recorded) {
        self->Fail(recorded.ok() ? failure : status::Unavailable("audit log"));
      });
}

void Completion::Fail(const absl::Status& failure) {
  if (absl::IsResourceExhausted(failure) && status::ReasonOf(failure).empty()) {
    return Finish(status::Exhausted("worker pool"));
  }
  if (absl::IsUnavailable(failure) && status::ReasonOf(failure).empty()) {
    return Finish(status::Unavailable("server"));
  }
  if (!call_.method.empty()) RecordDenial(runtime_.audit, call_, failure);
  Finish(failure.ok() ? absl::InternalError("a failure without an error") : failure);
}

void Completion::Finish(const absl::Status& result) {
  if (finished_.exchange(true)) return;
  absl::Status outcome = result;
  if (outcome.ok() &&
      !runtime_.answers->Take(reactor_, call_.caller.subject,
                              static_cast<int64_t>(response_->ByteSizeLong()), absl::Now(),
                              [context = context_] { context->TryCancel(); })) {
    outcome = status::Exhausted("answers");
  }
  if (outcome.ok()) outcome = Encode();
  const absl::Duration took = absl::Now() - started_;
  method_.metrics->Handled(outcome.code(), took);
  const bool failed = !outcome.ok();
  const log::Level level =
      absl::IsInternal(outcome) || absl::IsUnknown(outcome) || absl::IsDataLoss(outcome)
          ? log::Level::kError
      : failed || method_.mutates ? log::Level::kInfo
                                  : log::Level::kDebug;
  if (log::Enabled(level)) {
    const std::string reason = status::ReasonOf(outcome);
    // The text of an error without a reason is ours alone; it goes to the log and never to the
    // client.
    log::Event(level, "rpc", trace_,
               {{"method", method_.full_name},
                {"code", absl::StatusCodeToString(outcome.code())},
                {"reason", reason},
                {"detail", reason.empty() ? outcome.message() : absl::string_view()},
                {"took_ms", took}});
  }
  if (failed) {
    response_->Clear();
    reactor_->Finish(status::ToGrpc(outcome, trace_.trace_id, lang_));
  } else {
    reactor_->Finish(grpc::Status::OK);
  }
}

absl::Status Completion::Encode() {
  bool owned = false;
  const grpc::Status encoded =
      grpc::SerializationTraits<google::protobuf::Message>::Serialize(*response_, wire_, &owned);
  return encoded.ok() ? absl::OkStatus() : absl::InternalError(encoded.error_message());
}

void Run(const Runtime& runtime, const Method& method, grpc::CallbackServerContext* context,
         std::shared_ptr<Completion> completion,
         std::function<const google::protobuf::Message*()> read,
         std::function<void(const Call&, const google::protobuf::Message&)> fn) {
  if (completion->entry() == CallGate::Entry::kClosed) {
    return completion->Fail(status::Unavailable("server"));
  }
  if (completion->entry() == CallGate::Entry::kFull) {
    return completion->Fail(status::Exhausted("server"));
  }
  // While all workers wait for another service, that service must still get what it asks here.
  WorkerPool& workers = method.policy.inner() ? runtime.inner_workers : runtime.workers;
  const bool submitted = workers.TrySubmit(
      [&runtime, &method, context, completion, read = std::move(read), fn = std::move(fn)] {
        try {
          const google::protobuf::Message* request = read();
          absl::StatusOr<Call> call =
              Admit(runtime, method, *context, request, completion->trace(), completion->arrived());
          if (!call.ok()) return completion->Fail(call.status());
          call->gone = completion->gone();
          completion->Admitted(*call);
          fn(*call, *request);
        } catch (const std::exception& e) {
          completion->Fail(absl::InternalError(e.what()));
        }
      });
  if (!submitted) completion->Fail(absl::ResourceExhaustedError(""));
}

}  // namespace internal
}  // namespace redress::rpc

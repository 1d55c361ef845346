#include "clients/ctl/caller.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/ctl/schema.h"
#include "common/base/view.h"
#include "common/rpc/channel.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"

namespace redress::ctl {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Where neither the .proto nor the caller names one.
constexpr absl::Duration kDefaultDeadline = absl::Seconds(10);
constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

// A file that the profile names is the caller's to mend: a usage error.
absl::Status AsUsage(const absl::Status& status) {
  return status.ok() ? status : absl::InvalidArgumentError(status.message());
}

}  // namespace

Caller::Caller(const Profile& profile, Options options)
    : profile_(profile), options_(std::move(options)) {}

absl::StatusOr<std::string> Caller::Token() {
  if (!token_) {
    absl::StatusOr<std::string> text = vault::ReadSecretFile(profile_.token_file);
    if (!text.ok()) return AsUsage(text.status());
    token_ = std::string(absl::StripAsciiWhitespace(*text));
  }
  return *token_;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Caller::ChannelTo(std::string_view service) {
  if (const auto found = channels_.find(service); found != channels_.end()) return found->second;
  const auto address = profile_.addresses.find(service);
  if (address == profile_.addresses.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no address of ", base::AbslView(service),
                     " is known: name a profile (--profile, REDRESS_PROFILE) or give --address ",
                     base::AbslView(service), "=host:port"));
  }
  if (profile_.ca.empty()) {
    return absl::InvalidArgumentError("no CA is known: name it in the profile or by --ca FILE");
  }
  const rpc::TlsFiles tls{profile_.client_cert, profile_.client_key, profile_.ca};
  // Every service's certificate names the service, so that none can stand in for another.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel =
      rpc::OpenChannel(address->second, tls, std::string(service));
  if (!channel.ok()) return AsUsage(channel.status());
  channels_.emplace(service, *channel);
  return channel;
}

absl::Status Caller::Prepare(grpc::ClientContext& context, std::optional<absl::Duration> deadline) {
  if (!profile_.token_file.empty()) {
    ASSIGN_OR_RETURN(const std::string token, Token());
    context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  }
  context.AddMetadata("accept-language", std::string(LangCode(options_.lang)));
  context.AddMetadata(std::string(log::kTraceparent), log::FormatTraceparent(log::ChildOf(trace_)));
  if (deadline) context.set_deadline(absl::ToChronoTime(absl::Now() + *deadline));
  called_ = true;
  return absl::OkStatus();
}

absl::Status Caller::Once(grpc::Channel& channel, const MethodDescriptor& method,
                          const Message& request, Message* response) {
  grpc::ClientContext context;
  absl::Duration deadline = DeadlineOf(method);
  if (deadline == absl::ZeroDuration()) deadline = kDefaultDeadline;
  RETURN_IF_ERROR(Prepare(context, options_.timeout.value_or(deadline)));

  const grpc::Slice sent(request.SerializeAsString());
  const grpc::ByteBuffer request_bytes(&sent, 1);
  grpc::ByteBuffer response_bytes;
  std::promise<grpc::Status> answered;
  grpc::GenericStub stub(
      std::shared_ptr<grpc::ChannelInterface>(&channel, [](grpc::ChannelInterface*) {}));
  stub.UnaryCall(&context, WireName(method), grpc::StubOptions(), &request_bytes, &response_bytes,
                 [&answered](grpc::Status status) { answered.set_value(std::move(status)); });
  const grpc::Status status = answered.get_future().get();
  if (!status.ok()) return redress::status::FromGrpc(status);
  grpc::ProtoBufferReader reader(&response_bytes);
  if (!reader.status().ok() || !response->ParseFromZeroCopyStream(&reader)) {
    return redress::status::Internal("the answer cannot be read");
  }
  return absl::OkStatus();
}

absl::Status Caller::Unary(std::string_view service, const MethodDescriptor& method,
                           const Message& request, Message* response) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, ChannelTo(service));
  absl::Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    response->Clear();
    const absl::Status status = Once(*channel, method, request, response);
    // Repeating is safe: reads change nothing, and writes carry a request_id.
    if (status.code() != absl::StatusCode::kUnavailable) return status;
    if (attempt >= options_.attempts) {
      // Where nobody answered, gRPC's own words say little.
      return redress::status::ReasonOf(status).empty() ? redress::status::Unavailable(service)
                                                       : status;
    }
    if (options_.on_retry) options_.on_retry(service, attempt);
    absl::SleepFor(std::min(redress::status::RetryAfterOf(status).value_or(pause), kLongestPause));
    pause *= 2;
  }
}

}  // namespace redress::ctl

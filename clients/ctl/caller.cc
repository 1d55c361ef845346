#include "clients/ctl/caller.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "clients/ctl/errors.h"
#include "clients/ctl/schema.h"
#include "common/base/version.h"
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
constexpr absl::Duration kGoodToHave = absl::Seconds(2);
constexpr absl::Duration kDefaultDeadline = absl::Seconds(10);
constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

// Whether somebody answered who does not prove to be the service, which will not change by itself.
bool IsStranger(const absl::Status& status) {
  return absl::StrContains(status.message(), "handshake failed") ||
         absl::StrContains(status.message(), "not in peer certificate");
}

}  // namespace

Caller::Caller(const Profile& profile, Options options)
    : profile_(profile), options_(std::move(options)) {}

absl::StatusOr<std::string> Caller::Token() {
  if (!token_) {
    absl::StatusOr<std::string> text = vault::ReadSecretFile(profile_.token_file);
    if (!text.ok()) return FileUsage(text.status());
    token_ = std::string(absl::StripAsciiWhitespace(*text));
  }
  return *token_;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Caller::ChannelTo(std::string_view service) {
  if (const auto found = channels_.find(service); found != channels_.end()) return found->second;
  const auto address = profile_.addresses.find(service);
  if (address == profile_.addresses.end()) {
    const std::string flag = absl::StrCat("--address ", base::AbslView(service), "=host:port");
    return Usage(
        absl::StrCat("不知道 ", base::AbslView(service),
                     " 的地址：请指定配置文件（--profile、REDRESS_PROFILE），或用 ", flag),
        absl::StrCat("no address of ", base::AbslView(service),
                     " is known: name a profile (--profile, REDRESS_PROFILE) or give ", flag));
  }
  if (profile_.ca.empty()) {
    return Usage("没有 CA 证书：请写在配置文件中，或用 --ca 文件",
                 "no CA is known: name it in the profile or by --ca FILE");
  }
  const rpc::TlsFiles tls{profile_.client_cert, profile_.client_key, profile_.ca};
  // Every service's certificate names the service, so that none can stand in for another.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel =
      rpc::OpenChannel(address->second, tls, std::string(service));
  if (!channel.ok()) return FileUsage(channel.status());
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
  failed_ = true;  // until it is known better
  return absl::OkStatus();
}

absl::Status Caller::Once(grpc::Channel& channel, const MethodDescriptor& method,
                          const Message& request, Message* response,
                          std::optional<absl::Duration> timeout) {
  grpc::ClientContext context;
  absl::Duration deadline = DeadlineOf(method);
  if (deadline == absl::ZeroDuration()) deadline = kDefaultDeadline;
  RETURN_IF_ERROR(Prepare(context, timeout.value_or(deadline)));

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

// What gRPC itself says, where no service has said anything.
absl::Status Caller::InOurWords(std::string_view service, const MethodDescriptor& method,
                                const absl::Status& status) const {
  if (absl::IsUnimplemented(status)) {
    return Bilingual(
        absl::StatusCode::kUnimplemented,
        absl::StrCat(base::AbslView(service), " 的版本比本程序（", base::kVersion, "）旧，不支持 ",
                     method.name(), "：请升级该服务，或使用与其版本相同的 redress-ctl"),
        absl::StrCat(base::AbslView(service), " is older than this redress-ctl (", base::kVersion,
                     ") and does not know ", method.name(),
                     ": upgrade the service, or use the redress-ctl of its version"));
  }
  const std::string message(status.message());
  const size_t last = message.find("last error: ");
  const std::string cause(absl::StripPrefix(
      last == std::string::npos ? message : message.substr(last + 12), "UNKNOWN: "));
  if (absl::IsDeadlineExceeded(status)) return redress::status::DeadlineExceeded();
  if (!absl::IsUnavailable(status)) return status;
  if (IsStranger(status)) {
    const auto address = profile_.addresses.find(service);
    const std::string where = address == profile_.addresses.end() ? "" : address->second;
    return Usage(absl::StrCat(where, " 未能证明自己是 ", base::AbslView(service),
                              "：请检查地址（--address）和 CA 证书（--ca）。原因：", cause),
                 absl::StrCat(where, " does not prove that it is ", base::AbslView(service),
                              ": check the address (--address) and the CA (--ca). Cause: ", cause));
  }
  return redress::status::Error(absl::StatusCode::kUnavailable, redress::status::kUnavailable,
                                "a part that is needed cannot answer",
                                {{"part", std::string(service)}, {"cause", cause}});
}

absl::Status Caller::Try(std::string_view service, const MethodDescriptor& method,
                         const Message& request, Message* response) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, ChannelTo(service));
  const absl::Status status = Once(*channel, method, request, response, kGoodToHave);
  failed_ = false;
  return status;
}

absl::Status Caller::Unary(std::string_view service, const MethodDescriptor& method,
                           const Message& request, Message* response) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, ChannelTo(service));
  absl::Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    response->Clear();
    const absl::Status status = Once(*channel, method, request, response, options_.timeout);
    failed_ = !status.ok();
    if (status.ok() || !redress::status::ReasonOf(status).empty()) {
      // Repeating is safe: reads change nothing, and writes carry a request_id.
      if (!absl::IsUnavailable(status) || attempt >= options_.attempts) return status;
    } else if (!absl::IsUnavailable(status) || IsStranger(status) || attempt >= options_.attempts) {
      return InOurWords(service, method, status);
    }
    if (options_.on_retry) options_.on_retry(service, attempt);
    absl::SleepFor(std::min(redress::status::RetryAfterOf(status).value_or(pause), kLongestPause));
    pause *= 2;
  }
}

}  // namespace redress::ctl

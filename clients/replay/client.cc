#include "clients/replay/client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/ctl/errors.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/token_key.h"
#include "common/auth/token.h"
#include "common/base/view.h"
#include "common/rpc/channel.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"

namespace redress::replay {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kTokenLifetime = absl::Hours(12);
constexpr absl::Duration kDefaultDeadline = absl::Seconds(10);
// A service that is started anew serves within seconds.
constexpr absl::Duration kPatience = absl::Seconds(30);
// Of a call that is answered, but not as it is to be.
constexpr int kAttempts = 8;
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

const std::map<const google::protobuf::Descriptor*, const MethodDescriptor*>& Methods() {
  static const auto* const methods = [] {
    auto* map = new std::map<const google::protobuf::Descriptor*, const MethodDescriptor*>();
    for (const google::protobuf::ServiceDescriptor* service : ctl::AllServices()) {
      for (int i = 0; i < service->method_count(); ++i) {
        map->emplace(service->method(i)->input_type(), service->method(i));
      }
    }
    return map;
  }();
  return *methods;
}

absl::StatusOr<const MethodDescriptor*> MethodFor(const Message& request) {
  const auto found = Methods().find(request.GetDescriptor());
  if (found == Methods().end()) {
    return absl::InternalError(
        absl::StrCat("no method takes a ", request.GetDescriptor()->full_name()));
  }
  return found->second;
}

bool Unanswered(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

// What may be otherwise in a moment. A part in a case that was just given takes that moment to
// reach registry: until then the case is as if it were not there.
bool MayPass(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsResourceExhausted(status) || absl::IsNotFound(status) ||
         status::ReasonOf(status) == "PART_INSUFFICIENT";
}

absl::Status ProfileLacks(const std::string& zh, const std::string& en) {
  return ctl::Usage(absl::StrCat(zh, "。请使用 deploy/up 为示例安装写好的配置。"),
                    absl::StrCat(en,
                                 "; use a profile that deploy/up wrote for a sample "
                                 "installation"));
}

absl::StatusOr<std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>>> OpenChannels(
    const ctl::Profile& profile) {
  std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> channels;
  if (profile.ca.empty()) {
    return ProfileLacks("配置中没有 `ca`", "the profile names no `ca`");
  }
  const rpc::TlsFiles tls{profile.client_cert, profile.client_key, profile.ca};
  for (const std::string_view service : ctl::kServices) {
    const auto address = profile.addresses.find(service);
    if (address == profile.addresses.end()) {
      const std::string zh = absl::StrCat("配置中没有 ", base::AbslView(service), " 的地址");
      const std::string en =
          absl::StrCat("the profile has no address of ", base::AbslView(service));
      return ProfileLacks(zh, en);
    }
    ASSIGN_OR_RETURN(auto channel, rpc::OpenChannel(address->second, tls, std::string(service)));
    channels.emplace(service, std::move(channel));
  }
  return channels;
}

absl::StatusOr<std::string> TokenOf(const auth::TokenIssuer& issuer, const SampleOfficial& official,
                                    const Sample& sample) {
  auth::Identity identity;
  identity.subject = official.id;
  identity.official = official.name();
  identity.unit = "units/" + official.unit;
  identity.region = sample.FindUnit(official.unit)->region_code;
  identity.roles = official.roles;
  return issuer.Issue(identity, absl::Now(), kTokenLifetime);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::ForPeople(const ctl::Profile& profile,
                                                          const std::string& token_issuer,
                                                          const Sample& sample, ctl::Lang lang) {
  std::unique_ptr<Client> client(new Client());
  client->lang_ = lang;
  if (profile.issuer_key.empty()) {
    return ProfileLacks(
        "配置中没有 `issuer_key`，也没有 --issuer-key，不能以示例中的干部身份办理",
        "neither --issuer-key nor the profile names a key, so nobody of the sample can be "
        "spoken for");
  }
  ASSIGN_OR_RETURN(client->channels_, OpenChannels(profile));
  ASSIGN_OR_RETURN(const std::string pem, vault::ReadSecretFile(profile.issuer_key));
  ASSIGN_OR_RETURN(const std::string kid, ctl::KeyIdOf(pem));
  ASSIGN_OR_RETURN(const auto issuer,
                   auth::TokenIssuer::Load(profile.issuer_key, kid, token_issuer));
  for (SampleOfficial official : sample.officials()) {
    if (official.id == "operator") official.roles = {types::v1::ROLE_OPERATOR};
    if (official.roles.empty()) continue;
    ASSIGN_OR_RETURN(client->tokens_[official.id], TokenOf(*issuer, official, sample));
  }
  return client;
}

absl::StatusOr<std::unique_ptr<Client>> Client::ForMachine(const ctl::Profile& profile,
                                                           ctl::Lang lang) {
  std::unique_ptr<Client> client(new Client());
  client->lang_ = lang;
  if (profile.client_cert.empty() || profile.client_key.empty()) {
    return ProfileLacks("配置中没有县级平台的 `client_cert` 和 `client_key`",
                        "the profile names no `client_cert` and `client_key` of a county "
                        "platform");
  }
  ASSIGN_OR_RETURN(client->channels_, OpenChannels(profile));
  return client;
}

absl::StatusOr<std::unique_ptr<Message>> Client::AnswerTo(const Message& request) {
  ASSIGN_OR_RETURN(const MethodDescriptor* method, MethodFor(request));
  return ctl::NewMessage(*method->output_type());
}

absl::Status Client::Call(const std::string& caller, const Message& request,
                          Message& response) const {
  ASSIGN_OR_RETURN(const MethodDescriptor* method, MethodFor(request));
  return CallAt(ctl::HomeOf(*method), caller, request, response);
}

absl::Status Client::CallAt(std::string_view service, const std::string& caller,
                            const Message& request, Message& response) const {
  ASSIGN_OR_RETURN(const MethodDescriptor* method, MethodFor(request));
  const auto channel = channels_.find(service);
  if (channel == channels_.end()) {
    return absl::InternalError(absl::StrCat("no such service: ", base::AbslView(service)));
  }
  const absl::Time give_up = absl::Now() + kPatience;
  absl::Duration pause = kFirstPause;
  for (int answered = 0;;) {
    response.Clear();
    absl::Status status = Once(*channel->second, caller, *method, request, response);
    if (Unanswered(status)) {
      if (absl::Now() > give_up) return status;
      ++unanswered_;
    } else if (status.ok() || !MayPass(status) || ++answered == kAttempts) {
      return status;
    }
    absl::SleepFor(std::min(status::RetryAfterOf(status).value_or(pause), kLongestPause));
    pause *= 2;
  }
}

absl::Status Client::Once(grpc::Channel& channel, const std::string& caller,
                          const MethodDescriptor& method, const Message& request,
                          Message& response) const {
  grpc::ClientContext context;
  if (!caller.empty()) {
    const auto token = tokens_.find(caller);
    if (token == tokens_.end()) {
      return absl::InternalError(absl::StrCat("nobody of the sample is called ", caller));
    }
    context.AddMetadata("authorization", "Bearer " + token->second);
  }
  context.AddMetadata("accept-language", std::string(ctl::LangCode(lang_)));
  absl::Duration deadline = ctl::DeadlineOf(method);
  if (deadline == absl::ZeroDuration()) deadline = kDefaultDeadline;
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));

  const grpc::Slice sent(request.SerializeAsString());
  const grpc::ByteBuffer request_bytes(&sent, 1);
  grpc::ByteBuffer response_bytes;
  std::promise<grpc::Status> answered;
  grpc::GenericStub stub(
      std::shared_ptr<grpc::ChannelInterface>(&channel, [](grpc::ChannelInterface*) {}));
  stub.UnaryCall(&context, ctl::WireName(method), grpc::StubOptions(), &request_bytes,
                 &response_bytes,
                 [&answered](grpc::Status status) { answered.set_value(std::move(status)); });
  const grpc::Status status = answered.get_future().get();
  if (!status.ok()) return status::FromGrpc(status);
  grpc::ProtoBufferReader reader(&response_bytes);
  if (!reader.status().ok() || !response.ParseFromZeroCopyStream(&reader)) {
    return absl::InternalError("the answer cannot be read");
  }
  return absl::OkStatus();
}

}  // namespace redress::replay

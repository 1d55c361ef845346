#include "common/rpc/server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/files.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"
#include "grpc/health/v1/health.pb.h"

namespace redress::rpc {
namespace {

// Half-open connections are noticed, and a client may not ping more often than this makes sense.
constexpr int kKeepaliveMillis = 60'000;
constexpr int kMaxMessageBytes = 4 * 1024 * 1024;
// What gRPC itself may take, for connections, calls and buffers; under pressure it closes what is
// idle and refuses what is new.
constexpr size_t kTransportBytes = 256 << 20;
// For gRPC to take note of closed connections.
constexpr absl::Duration kShutdown = absl::Seconds(1);
constexpr int kStreamsOfConnection = 256;
constexpr int kHandshakeMillis = 10'000;
constexpr int kIdleMillis = 10 * 60'000;
// An old connection is asked to end, so that callers spread over the servers that there are. The
// longest stream (WatchHub::Options::max_age) ends within the grace.
constexpr int kAgeMillis = 60 * 60'000;
constexpr int kAgeGraceMillis = 35 * 60'000;

// Protobuf names the field of a text that is not UTF-8, and nothing of its value, but in lines that
// are not ours.
void LogProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  log::Event(level >= google::protobuf::LOGLEVEL_FATAL ? log::Level::kError : log::Level::kWarning,
             "protobuf", {{"text", message}});
}

void InitPluginsOnce() {
  static const bool done = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    google::protobuf::SetLogHandler(&LogProtobuf);
    // Reflection clients list methods from descriptors; without this one the health service has
    // none.
    return grpc::health::v1::HealthCheckRequest::descriptor() != nullptr;
  }();
  (void)done;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options,
                                                      const Runtime& runtime,
                                                      const std::vector<grpc::Service*>& services) {
  InitPluginsOnce();
  ASSIGN_OR_RETURN(std::string ca, base::ReadFile(options.tls.ca));
  ASSIGN_OR_RETURN(std::string certificate, base::ReadFile(options.tls.certificate));
  ASSIGN_OR_RETURN(std::string key, vault::ReadSecretFile(options.tls.key));

  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = ca;
  tls.pem_key_cert_pairs.push_back({key, certificate});

  std::unique_ptr<Server> server(new Server());
  ASSIGN_OR_RETURN(server->listener_, Listener::Open(options.listen));
  server->guard_ = std::make_shared<ChannelzGuard>(runtime.tokens);
  const std::shared_ptr<grpc::ServerCredentials> credentials = grpc::SslServerCredentials(tls);
  credentials->SetAuthMetadataProcessor(server->guard_);
  grpc::ServerBuilder builder;
  std::unique_ptr<Listener::Acceptor> acceptor =
      builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials);
  builder.SetResourceQuota(grpc::ResourceQuota("redress").Resize(kTransportBytes));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsOfConnection);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kAgeMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kAgeGraceMillis);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot serve on ", options.listen));
  }
  server->service_names_ = options.service_names;
  server->SetServing(false);
  server->listener_->Start(std::move(acceptor), runtime.connections);
  return server;
}

Server::~Server() {
  if (server_ != nullptr) Drain(absl::ZeroDuration());
}

void Server::SetServing(bool serving) {
  for (const std::string& name : service_names_) {
    server_->GetHealthCheckService()->SetServingStatus(name, serving);
  }
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void Server::Drain(absl::Duration grace) {
  if (server_ == nullptr) return;
  listener_->Stop();
  server_->GetHealthCheckService()->Shutdown();
  // gRPC answers CANCELLED to whatever arrives once its shutdown has begun. So calls are answered
  // by us as long as there is time, and then no connection is left for another one.
  absl::SleepFor(grace);
  listener_->CloseConnections();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + kShutdown));
  server_->Wait();
  server_.reset();
}

}  // namespace redress::rpc

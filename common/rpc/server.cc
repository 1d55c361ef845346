#include "common/rpc/server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/files.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"
#include "grpc/health/v1/health.pb.h"

namespace redress::rpc {
namespace {

// Half-open connections are noticed, and a client may not ping more often than this makes sense.
constexpr int kKeepaliveMillis = 60'000;
constexpr int kMaxMessageBytes = 4 * 1024 * 1024;

void InitPluginsOnce() {
  static const bool done = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    // Reflection clients list methods from descriptors; without this one the health service has
    // none.
    return grpc::health::v1::HealthCheckRequest::descriptor() != nullptr;
  }();
  (void)done;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options,
                                                      const std::vector<grpc::Service*>& services) {
  InitPluginsOnce();
  ASSIGN_OR_RETURN(std::string ca, base::ReadFile(options.tls.ca));
  ASSIGN_OR_RETURN(std::string certificate, base::ReadFile(options.tls.certificate));
  ASSIGN_OR_RETURN(std::string key, vault::ReadSecretFile(options.tls.key));

  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = ca;
  tls.pem_key_cert_pairs.push_back({key, certificate});

  std::unique_ptr<Server> server(new Server());
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen, grpc::SslServerCredentials(tls), &server->port_);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || server->port_ == 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options.listen, ": is the port in use?"));
  }
  server->service_names_ = options.service_names;
  server->SetServing(false);
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
  server_->GetHealthCheckService()->Shutdown();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  server_.reset();
}

}  // namespace redress::rpc

#include "common/rpc/channelz_guard.h"

#include <string_view>

#include "common/auth/peer.h"
#include "common/auth/permissions.h"
#include "common/status/error.h"
#include "common/status/grpc.h"

namespace redress::rpc {
namespace {

constexpr std::string_view kChannelz = "/grpc.channelz.";
constexpr std::string_view kPermission = "channelz.read";

}  // namespace

grpc::Status ChannelzGuard::Process(const InputMetadata& metadata, grpc::AuthContext* context,
                                    OutputMetadata* consumed, OutputMetadata* response) {
  const auto path = metadata.find(":path");
  if (path == metadata.end() ||
      !std::string_view(path->second.data(), path->second.size()).starts_with(kChannelz)) {
    return grpc::Status::OK;
  }
  const absl::StatusOr<auth::Identity> caller = auth::IdentifyPeer(*context, metadata, tokens_);
  if (!caller.ok()) return status::ToGrpc(caller.status(), "", "en");
  if (!auth::Permits(*caller, kPermission)) {
    return status::ToGrpc(status::Denied(kPermission), "", "en");
  }
  return grpc::Status::OK;
}

}  // namespace redress::rpc

// channelz shows every connection of a server and from where it comes: it is the operator's.
#ifndef REDRESS_COMMON_RPC_CHANNELZ_GUARD_H_
#define REDRESS_COMMON_RPC_CHANNELZ_GUARD_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include "common/auth/token.h"

namespace redress::rpc {

// Refuses calls to channelz by anybody but an operator: UNAUTHENTICATED, PERMISSION_DENIED. All
// other calls pass; they are judged where they are handled. `tokens` must outlive it. Thread-safe.
class ChannelzGuard final : public grpc::AuthMetadataProcessor {
 public:
  explicit ChannelzGuard(const auth::TokenVerifier& tokens) : tokens_(tokens) {}

  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* context,
                       OutputMetadata* consumed, OutputMetadata* response) override;

 private:
  const auth::TokenVerifier& tokens_;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_CHANNELZ_GUARD_H_

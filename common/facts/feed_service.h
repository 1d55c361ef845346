// FactFeedService over gRPC: ListFacts, GetCheckpoint and the proofs through rpc::Handle,
// WatchFacts through rpc::Admit and a WatchHub.
#ifndef REDRESS_COMMON_FACTS_FEED_SERVICE_H_
#define REDRESS_COMMON_FACTS_FEED_SERVICE_H_

#include <functional>

#include <grpcpp/grpcpp.h>

#include "common/facts/feed.h"
#include "common/facts/watch.h"
#include "common/facts/watch_reactor.h"
#include "common/rpc/handle.h"
#include "redress/facts/v1/feed.grpc.pb.h"

namespace redress::facts {

// The service. What the arguments name must outlive the server. Thread-safe.
class FeedService final : public v1::FactFeedService::CallbackService {
 public:
  // What a caller may see of a case, or of the whole feed where `case_name` is empty; or why
  // nothing. An empty Visible means everything. Called on a worker thread for a case, and on an
  // event thread, where it must not block, for the whole feed.
  using Visibility =
      std::function<absl::StatusOr<Visible>(const rpc::Call&, const std::string& case_name)>;
  // REQUIRES: `visibility` is not empty.
  FeedService(const rpc::Runtime& runtime, const Feed& feed, WatchHub& hub, Visibility visibility);

  grpc::ServerUnaryReactor* ListFacts(grpc::CallbackServerContext* context,
                                      const v1::ListFactsRequest* request,
                                      v1::ListFactsResponse* response) override;
  WatchReactor* WatchFacts(grpc::CallbackServerContext* context,
                           const v1::WatchFactsRequest* request) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* GetInclusionProof(grpc::CallbackServerContext* context,
                                              const v1::GetInclusionProofRequest* request,
                                              v1::GetInclusionProofResponse* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(grpc::CallbackServerContext* context,
                                                const v1::GetConsistencyProofRequest* request,
                                                v1::GetConsistencyProofResponse* response) override;

 private:
  const rpc::Runtime& runtime_;
  const Feed& feed_;
  WatchHub& hub_;
  const Visibility visibility_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_FEED_SERVICE_H_

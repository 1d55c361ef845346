// FactFeedService over gRPC.
#ifndef REDRESS_COMMON_FACTS_FEED_SERVICE_H_
#define REDRESS_COMMON_FACTS_FEED_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/facts/feed.h"
#include "common/facts/watch.h"
#include "common/rpc/rpc_service.h"

namespace redress::facts {

// What a caller may see of a case, or of the whole feed where `case_name` is empty; or why nothing.
// An empty Visible means everything. Called on a worker thread for a case, and on an event thread,
// where it must not block, for the whole feed.
using Visibility =
    std::function<absl::StatusOr<Visible>(const rpc::Call&, const std::string& case_name)>;

// The service, thread-safe. What the arguments name must outlive the server. `visibility` is not
// empty. INTERNAL where it is not the service of the .proto.
absl::StatusOr<std::unique_ptr<grpc::Service>> MakeFeedService(const rpc::Runtime& runtime,
                                                               const Feed& feed, WatchHub& hub,
                                                               Visibility visibility);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_FEED_SERVICE_H_

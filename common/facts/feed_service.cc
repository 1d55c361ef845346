#include "common/facts/feed_service.h"

#include <utility>

#include "common/facts/watch_reactor.h"
#include "common/status/macros.h"

namespace redress::facts {
namespace {

constexpr char kServiceName[] = "redress.facts.v1.FactFeedService";

}  // namespace

absl::StatusOr<std::unique_ptr<grpc::Service>> MakeFeedService(const rpc::Runtime& runtime,
                                                               const Feed& feed, WatchHub& hub,
                                                               Visibility visibility) {
  const auto list = [&feed, visibility](const rpc::Call& call, const v1::ListFactsRequest& asked)
      -> absl::StatusOr<v1::ListFactsResponse> {
    ASSIGN_OR_RETURN(const Visible visible, visibility(call, asked.case_name()));
    return feed.ListFacts(asked, call.deadline, visible);
  };
  const auto watch = [&runtime, &hub, visibility](const rpc::StreamCall& call,
                                                  const v1::WatchFactsRequest& asked) {
    const WatchReader reader{call.trace_id, call.lang};
    if (!call.admitted.ok()) return RefuseWatch(call.admitted.status(), reader);
    absl::StatusOr<Visible> visible = visibility(*call.admitted, "");
    if (!visible.ok()) {
      rpc::RecordDenial(runtime.audit, *call.admitted, visible.status());
      return RefuseWatch(visible.status(), reader);
    }
    return StartWatch(hub, asked, *std::move(visible), reader, call.admitted->caller.subject);
  };
  return rpc::RpcService::Create(
      runtime, kServiceName,
      {{"ListFacts", rpc::ServeBy(std::function(list))},
       {"GetCheckpoint", rpc::ServeBy(feed, &Feed::GetCheckpoint)},
       {"GetInclusionProof", rpc::ServeBy(feed, &Feed::GetInclusionProof)},
       {"GetConsistencyProof", rpc::ServeBy(feed, &Feed::GetConsistencyProof)}},
      {{"WatchFacts", rpc::StreamBy(std::function(watch))}});
}

}  // namespace redress::facts

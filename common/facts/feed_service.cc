#include "common/facts/feed_service.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/status/macros.h"

namespace redress::facts {

FeedService::FeedService(const rpc::Runtime& runtime, const Feed& feed, WatchHub& hub,
                         Visibility visibility)
    : runtime_(runtime), feed_(feed), hub_(hub), visibility_(std::move(visibility)) {}

grpc::ServerUnaryReactor* FeedService::ListFacts(grpc::CallbackServerContext* context,
                                                 const v1::ListFactsRequest* request,
                                                 v1::ListFactsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListFactsRequest& req) -> absl::StatusOr<v1::ListFactsResponse> {
        ASSIGN_OR_RETURN(Visible visible, visibility_(call, req.case_name()));
        return feed_.ListFacts(req, call.deadline, visible);
      });
}

WatchReactor* FeedService::WatchFacts(grpc::CallbackServerContext* context,
                                      const v1::WatchFactsRequest* request) {
  const rpc::Method& method = runtime_.methods.For(v1::WatchFactsRequest::descriptor());
  const log::TraceContext trace = rpc::TraceOf(*context);
  const WatchReader reader{trace.trace_id, rpc::LanguageOf(*context)};
  const absl::StatusOr<rpc::Call> call =
      rpc::Admit(runtime_, method, *context, request, trace, absl::Now());
  if (!call.ok()) return RefuseWatch(call.status(), reader);
  absl::StatusOr<Visible> visible = visibility_(*call, "");
  if (!visible.ok()) {
    rpc::RecordDenial(runtime_.audit, *call, visible.status());
    return RefuseWatch(visible.status(), reader);
  }
  return StartWatch(hub_, *request, *std::move(visible), reader, call->caller.subject);
}

grpc::ServerUnaryReactor* FeedService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                     const v1::GetCheckpointRequest* request,
                                                     v1::GetCheckpointResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetCheckpointRequest& req) {
                       return feed_.GetCheckpoint(req, call.deadline);
                     });
}

grpc::ServerUnaryReactor* FeedService::GetInclusionProof(
    grpc::CallbackServerContext* context, const v1::GetInclusionProofRequest* request,
    v1::GetInclusionProofResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetInclusionProofRequest& req) {
                       return feed_.GetInclusionProof(req, call.deadline);
                     });
}

grpc::ServerUnaryReactor* FeedService::GetConsistencyProof(
    grpc::CallbackServerContext* context, const v1::GetConsistencyProofRequest* request,
    v1::GetConsistencyProofResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetConsistencyProofRequest& req) {
                       return feed_.GetConsistencyProof(req, call.deadline);
                     });
}

}  // namespace redress::facts

#include "services/supervision/service.h"

namespace redress::supervision {

grpc::ServerUnaryReactor* SupervisionService::GetOverview(grpc::CallbackServerContext* context,
                                                          const v1::GetOverviewRequest* request,
                                                          v1::GetOverviewResponse* response) {
  return Answer(context, request, response, &Answers::Overview);
}

grpc::ServerUnaryReactor* SupervisionService::ListStatuses(grpc::CallbackServerContext* context,
                                                           const v1::ListStatusesRequest* request,
                                                           v1::ListStatusesResponse* response) {
  return Answer(context, request, response, &Answers::Statuses);
}

grpc::ServerUnaryReactor* SupervisionService::GetCaseEvaluation(
    grpc::CallbackServerContext* context, const v1::GetCaseEvaluationRequest* request,
    v1::GetCaseEvaluationResponse* response) {
  return Answer(context, request, response, &Answers::CaseEvaluation);
}

grpc::ServerUnaryReactor* SupervisionService::GetLedger(grpc::CallbackServerContext* context,
                                                        const v1::GetLedgerRequest* request,
                                                        v1::GetLedgerResponse* response) {
  return Answer(context, request, response, &Answers::Ledger);
}

grpc::ServerUnaryReactor* SupervisionService::ListOverdue(grpc::CallbackServerContext* context,
                                                          const v1::ListOverdueRequest* request,
                                                          v1::ListOverdueResponse* response) {
  return Answer(context, request, response, &Answers::Overdue);
}

grpc::ServerUnaryReactor* SupervisionService::GetScorecard(grpc::CallbackServerContext* context,
                                                           const v1::GetScorecardRequest* request,
                                                           v1::GetScorecardResponse* response) {
  return Answer(context, request, response, &Answers::Scorecard);
}

grpc::ServerUnaryReactor* SupervisionService::ListScorecards(
    grpc::CallbackServerContext* context, const v1::ListScorecardsRequest* request,
    v1::ListScorecardsResponse* response) {
  return Answer(context, request, response, &Answers::Scorecards);
}

grpc::ServerUnaryReactor* SupervisionService::GetProjection(grpc::CallbackServerContext* context,
                                                            const v1::GetProjectionRequest* request,
                                                            v1::GetProjectionResponse* response) {
  return Answer(context, request, response, &Answers::ProjectionState);
}

grpc::ServerUnaryReactor* SupervisionService::RebuildProjection(
    grpc::CallbackServerContext* context, const v1::RebuildProjectionRequest* request,
    v1::RebuildProjectionResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::RebuildProjectionRequest& asked,
             rpc::Done<v1::RebuildProjectionResponse> done) {
        // Through the store for the sake of request_id alone: a repeated call begins no second
        // rebuild. Beginning one that is under way changes nothing, so `decide` may run again.
        store_.Submit<v1::RebuildProjectionRequest, v1::RebuildProjectionResponse>(
            call, asked, {},
            [this, call](const store::Rows&, store::Changes&) { return answers_.Rebuild(call); },
            done);
      });
}

grpc::ServerUnaryReactor* SupervisionService::ProposeFeedRestore(
    grpc::CallbackServerContext* context, const v1::ProposeFeedRestoreRequest* request,
    v1::ProposeFeedRestoreResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::ProposeFeedRestoreRequest& asked,
                            rpc::Done<v1::ProposeFeedRestoreResponse> done) {
                       // Through the store for the sake of request_id alone, as a rebuild is.
                       store_.Submit<v1::ProposeFeedRestoreRequest, v1::ProposeFeedRestoreResponse>(
                           call, asked, {},
                           [this, call, &asked](const store::Rows&, store::Changes&) {
                             return answers_.ProposeRestore(call, asked);
                           },
                           done);
                     });
}

grpc::ServerUnaryReactor* SupervisionService::AcceptFeedRestore(
    grpc::CallbackServerContext* context, const v1::AcceptFeedRestoreRequest* request,
    v1::AcceptFeedRestoreResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::AcceptFeedRestoreRequest& asked,
                            rpc::Done<v1::AcceptFeedRestoreResponse> done) {
                       // Through the store for the sake of request_id alone, as a rebuild is.
                       store_.Submit<v1::AcceptFeedRestoreRequest, v1::AcceptFeedRestoreResponse>(
                           call, asked, {},
                           [this, call, &asked](const store::Rows&, store::Changes&) {
                             return answers_.AcceptRestore(call, asked);
                           },
                           done);
                     });
}

}  // namespace redress::supervision

// The rpcs of SupervisionService. The proto file says what each does, answers.h how.
#ifndef REDRESS_SERVICES_SUPERVISION_SERVICE_H_
#define REDRESS_SERVICES_SUPERVISION_SERVICE_H_

#include "common/rpc/handle.h"
#include "common/status/macros.h"
#include "common/store/store.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "services/supervision/answers.h"

namespace redress::supervision {

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// Thread-safe. Everything given must outlive it.
class SupervisionService final : public v1::SupervisionService::CallbackService {
 public:
  SupervisionService(const rpc::Runtime& runtime, Answers& answers, store::Store& store)
      : runtime_(runtime), answers_(answers), store_(store) {}

  // An rpc's signature in the callback API.
#define REDRESS_RPC(Name)                                                                        \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context,                           \
                                 const v1::Name##Request* request, v1::Name##Response* response) \
      override
  REDRESS_RPC(GetOverview);
  REDRESS_RPC(ListStatuses);
  REDRESS_RPC(GetCaseEvaluation);
  REDRESS_RPC(GetLedger);
  REDRESS_RPC(ListOverdue);
  REDRESS_RPC(GetScorecard);
  REDRESS_RPC(ListScorecards);
  REDRESS_RPC(GetProjection);
  REDRESS_RPC(RebuildProjection);
  REDRESS_RPC(ProposeFeedRestore);
  REDRESS_RPC(AcceptFeedRestore);
#undef REDRESS_RPC

 private:
  // Serves a reading by a method of Answers; a feed that is not what was followed of it shows in
  // every one.
  template <class Req, class Resp>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const Req* request,
                                   Resp* response,
                                   absl::StatusOr<Resp> (Answers::*method)(const rpc::Call&,
                                                                           const Req&)) {
    return rpc::Handle(runtime_, context, request, response,
                       [&answers = answers_, method](const rpc::Call& call,
                                                     const Req& asked) -> absl::StatusOr<Resp> {
                         ASSIGN_OR_RETURN(Resp answer, (answers.*method)(call, asked));
                         RETURN_IF_ERROR(answers.AddWarnings(call, *answer.mutable_warnings()));
                         return answer;
                       });
  }

  const rpc::Runtime& runtime_;
  Answers& answers_;
  store::Store& store_;
};

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_SERVICE_H_

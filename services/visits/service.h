// The rpcs of VisitsService. The proto file says what each does; here each is: which rows, which
// rule.
#ifndef REDRESS_SERVICES_VISITS_SERVICE_H_
#define REDRESS_SERVICES_VISITS_SERVICE_H_

#include <vector>

#include "common/rpc/handle.h"
#include "common/service/unit_register.h"
#include "common/store/store.h"
#include "google/protobuf/descriptor.h"
#include "redress/visits/v1/visits.grpc.pb.h"

namespace redress::visits {

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// The messages that visits stores.
std::vector<const google::protobuf::Descriptor*> StoredTypes();

// An rpc's signature in the callback API.
#define REDRESS_VISITS_RPC(Name)                                                                 \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context,                           \
                                 const v1::Name##Request* request, v1::Name##Response* response) \
      override

// Thread-safe. Everything given must outlive it.
class VisitsService final : public v1::VisitsService::CallbackService {
 public:
  VisitsService(const rpc::Runtime& runtime, store::Store& store, service::UnitRegister& units)
      : runtime_(runtime), store_(store), units_(units) {}

  REDRESS_VISITS_RPC(RecordVisit);
  REDRESS_VISITS_RPC(GetVisit);
  REDRESS_VISITS_RPC(ListVisits);
  REDRESS_VISITS_RPC(ListDiary);
  REDRESS_VISITS_RPC(CompleteFollowUp);
  REDRESS_VISITS_RPC(WantVisits);
  REDRESS_VISITS_RPC(AnnounceHearing);
  REDRESS_VISITS_RPC(RecordHearing);
  REDRESS_VISITS_RPC(AdjournHearing);
  REDRESS_VISITS_RPC(DeclineHearing);
  REDRESS_VISITS_RPC(GetHearing);
  REDRESS_VISITS_RPC(ListHearings);

 private:
  // A write under one lock. `lock`: const Req& -> store::Lock; `decide`: (const Req&, const
  // store::Rows&, store::Changes&) -> StatusOr<Resp>.
  template <class Req, class Resp, class LockFn, class Decide>
  grpc::ServerUnaryReactor* Write(grpc::CallbackServerContext* context, const Req* request,
                                  Resp* response, LockFn lock, Decide decide);
  // A change to one hearing by one rule: (const CaseView&, const Hearing&, const Req&, const
  // Context&) -> Outcome<Hearing>.
  template <class Req, class Resp, class Rule>
  grpc::ServerUnaryReactor* ChangeHearing(grpc::CallbackServerContext* context, const Req* request,
                                          Resp* response, Rule rule);

  const rpc::Runtime& runtime_;
  store::Store& store_;
  service::UnitRegister& units_;
};

#undef REDRESS_VISITS_RPC

}  // namespace redress::visits

#endif  // REDRESS_SERVICES_VISITS_SERVICE_H_

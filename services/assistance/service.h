// The rpcs of AssistanceService. The proto file says what each does; here each is: which rows,
// which rule. Of the case, the rules are told its name and campaign and nothing else.
#ifndef REDRESS_SERVICES_ASSISTANCE_SERVICE_H_
#define REDRESS_SERVICES_ASSISTANCE_SERVICE_H_

#include <string>
#include <vector>

#include "common/rpc/handle.h"
#include "common/store/store.h"
#include "google/protobuf/descriptor.h"
#include "redress/assistance/v1/assistance.grpc.pb.h"

namespace redress::assistance {

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// The messages that assistance stores.
std::vector<const google::protobuf::Descriptor*> StoredTypes();

// An rpc's signature in the callback API.
#define REDRESS_ASSISTANCE_RPC(Name)                                                             \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context,                           \
                                 const v1::Name##Request* request, v1::Name##Response* response) \
      override

// Thread-safe. Everything given must outlive it.
class AssistanceService final : public v1::AssistanceService::CallbackService {
 public:
  AssistanceService(const rpc::Runtime& runtime, store::Store& store)
      : runtime_(runtime), store_(store) {}

  REDRESS_ASSISTANCE_RPC(RecordSurvey);
  REDRESS_ASSISTANCE_RPC(GetSurvey);
  REDRESS_ASSISTANCE_RPC(ListSurveys);
  REDRESS_ASSISTANCE_RPC(OpenAssistanceFile);
  REDRESS_ASSISTANCE_RPC(GetAssistanceFile);
  REDRESS_ASSISTANCE_RPC(ListAssistanceFiles);
  REDRESS_ASSISTANCE_RPC(PlanAssistance);
  REDRESS_ASSISTANCE_RPC(CompleteAssistanceMeasure);
  REDRESS_ASSISTANCE_RPC(FailAssistanceMeasure);
  REDRESS_ASSISTANCE_RPC(RecordPayment);
  REDRESS_ASSISTANCE_RPC(EndAssistance);

 private:
  // A change to one file by one rule: (const AssistanceFile&, const Req&, const Context&) ->
  // Outcome<AssistanceFile>. `file_of`: const Req& -> its name.
  template <class Req, class Resp, class FileOf, class Rule>
  grpc::ServerUnaryReactor* ChangeFile(grpc::CallbackServerContext* context, const Req* request,
                                       Resp* response, FileOf file_of, Rule rule);

  const rpc::Runtime& runtime_;
  store::Store& store_;
};

#undef REDRESS_ASSISTANCE_RPC

}  // namespace redress::assistance

#endif  // REDRESS_SERVICES_ASSISTANCE_SERVICE_H_

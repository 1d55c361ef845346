#include "services/visits/service.h"

#include "services/visits/rules.h"
#include "services/visits/store.h"

namespace redress {

template <>
visits::rules::CaseView service::ViewOf(const store::CaseContext& known) {
  return {known.name, known.campaign, known.state,
          known.lead, known.claims,   known.responsible_unit};
}

namespace visits {

std::vector<const google::protobuf::Descriptor*> StoredTypes() {
  return {v1::Visit::descriptor(), v1::VisitWish::descriptor(), v1::Hearing::descriptor()};
}

absl::StatusOr<std::unique_ptr<grpc::Service>> MakeService(const rpc::Runtime& runtime,
                                                           store::Store& store,
                                                           service::UnitRegister& units) {
  return service::Rpcs(runtime, store, &units)
      .Get<v1::GetVisitRequest>()
      .List(VisitsOf)
      .List(DiaryOf)
      .Write(rules::RecordVisit)
      .Write(rules::CompleteFollowUp)
      .Write(rules::WantVisits)
      .Get<v1::GetHearingRequest>()
      .List(HearingsOf)
      .Write(rules::AnnounceHearing)
      .Write(rules::RecordHearing)
      .Write(rules::AdjournHearing)
      .Write(rules::DeclineHearing)
      .Build(kServiceName);
}

}  // namespace visits
}  // namespace redress

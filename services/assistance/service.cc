#include "services/assistance/service.h"

#include "services/assistance/rules.h"
#include "services/assistance/store.h"

namespace redress {

// All that the rules are told of the case: not what became of it (invariant 4).
template <>
assistance::rules::CaseView service::ViewOf(const store::CaseContext& known) {
  return {known.name, known.campaign, known.responsible_unit};
}

namespace assistance {

std::vector<const google::protobuf::Descriptor*> StoredTypes() {
  return {v1::HouseholdSurvey::descriptor(), v1::AssistanceFile::descriptor()};
}

absl::StatusOr<std::unique_ptr<grpc::Service>> MakeService(const rpc::Runtime& runtime,
                                                           store::Store& store,
                                                           service::UnitRegister& units) {
  return service::Rpcs(runtime, store, &units)
      .Get<v1::GetSurveyRequest>()
      .List(SurveysOf)
      .Write(rules::RecordSurvey)
      .Get<v1::GetAssistanceFileRequest>()
      .List(FilesIn)
      .Write(rules::OpenFile)
      .Write(rules::Plan)
      .Write(rules::CompleteMeasure)
      .Write(rules::FailMeasure)
      .Write(rules::RecordPayment)
      .Write(rules::End)
      .Build(kServiceName);
}

}  // namespace assistance
}  // namespace redress

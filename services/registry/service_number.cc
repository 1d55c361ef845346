// What cases are called: the lookup behind every client that takes and shows registration numbers.
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/service.h"

namespace redress::registry {

grpc::ServerUnaryReactor* RegistryService::ListCaseNumbers(
    grpc::CallbackServerContext* context, const v1::ListCaseNumbersRequest* request,
    v1::ListCaseNumbersResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::ListCaseNumbersRequest& asked)
          -> absl::StatusOr<v1::ListCaseNumbersResponse> {
        if (asked.names().empty() && asked.registration_numbers().empty()) {
          return status::InvalidField("names",
                                      "at least one of names and registration_numbers must be set");
        }
        ASSIGN_OR_RETURN(
            std::vector<v1::CaseNumber> found,
            store_.NumbersOf(asked.names(), asked.registration_numbers(), call.deadline));
        v1::ListCaseNumbersResponse answer;
        // A number that leads nowhere may be tried by somebody who guesses: that is recorded.
        if (found.empty()) {
          call.reading->Searched();
          return answer;
        }
        std::vector<std::string> names;
        for (const v1::CaseNumber& number : found) names.push_back(number.name());
        ASSIGN_OR_RETURN(auto decisions, store_.gate().Check(call, call.permission, names));
        for (size_t i = 0; i < found.size(); ++i) {
          if (decisions.at(i).ok()) {
            *answer.add_numbers() = std::move(found[i]);
          } else {
            // Whoever is walled off is not told, and that they asked is recorded.
            rpc::RecordDenial(runtime_.audit, call, decisions.at(i).status());
          }
        }
        return answer;
      });
}

}  // namespace redress::registry

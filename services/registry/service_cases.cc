// What is read of cases beyond the rows themselves: why one was taken on, how many there are, and
// what they are called.
#include "services/registry/service.h"

namespace redress::registry {

absl::StatusOr<v1::GetEntryCriterionResponse> RegistryService::GetEntryCriterion(
    const rpc::Call& call, const v1::GetEntryCriterionRequest& asked) {
  ASSIGN_OR_RETURN(v1::Case file, store_.resources().Get<v1::Case>(call, asked.name()));
  v1::GetEntryCriterionResponse answer;
  answer.set_entry_criterion(file.entry_criterion());
  return answer;
}

absl::StatusOr<v1::CountCasesResponse> RegistryService::CountCases(
    const rpc::Call& call, const v1::CountCasesRequest& asked) {
  ASSIGN_OR_RETURN(store::ListQuery query, store_.CasePredicate(call, asked.filter()));
  v1::CountCasesResponse answer;
  ASSIGN_OR_RETURN(int64_t count,
                   store_.resources().Count(call, store::Table::Of(v1::Case::descriptor()), query));
  answer.set_count(count);
  return answer;
}

// The lookup behind every client that takes and shows registration numbers.
absl::StatusOr<v1::ListCaseNumbersResponse> RegistryService::ListCaseNumbers(
    const rpc::Call& call, const v1::ListCaseNumbersRequest& asked) {
  if (asked.names().empty() && asked.registration_numbers().empty()) {
    return status::InvalidField("names",
                                "at least one of names and registration_numbers must be set");
  }
  ASSIGN_OR_RETURN(std::vector<v1::CaseNumber> found,
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
      rpc::RecordDenial(environment_.runtime().audit, call, decisions.at(i).status());
    }
  }
  return answer;
}

}  // namespace redress::registry

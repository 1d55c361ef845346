// The registration numbers of cases, and the cases of registration numbers.
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "services/registry/store.h"

namespace redress::registry {

absl::StatusOr<std::vector<v1::CaseNumber>> RegistryStore::NumbersOf(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    const google::protobuf::RepeatedPtrField<std::string>& registration_numbers,
    absl::Time deadline) const {
  std::vector<std::string> conditions;
  std::vector<db::Param> params;
  const auto add = [&](const char* column, const std::vector<std::string>& values) {
    if (values.empty()) return;
    conditions.push_back(absl::StrCat(
        column, " IN (", absl::StrJoin(std::vector<std::string>(values.size(), "?"), ", "), ")"));
    params.insert(params.end(), values.begin(), values.end());
  };
  std::vector<std::string> upper;
  for (const std::string& number : registration_numbers) {
    upper.push_back(absl::AsciiStrToUpper(number));
  }
  add("name", std::vector<std::string>(names.begin(), names.end()));
  add("registration_number", upper);
  std::vector<v1::CaseNumber> found;
  RETURN_IF_ERROR(
      db::Read(environment_.pool(), deadline, [&](db::Connection& connection) -> absl::Status {
        found.clear();
        ASSIGN_OR_RETURN(
            db::Rows rows,
            connection.Query(absl::StrCat("SELECT name, registration_number FROM case_file WHERE ",
                                          absl::StrJoin(conditions, " OR "), " ORDER BY name"),
                             params));
        for (const db::Row row : rows) {
          found.emplace_back();
          found.back().set_name(row.Text(0));
          found.back().set_registration_number(row.Text(1));
        }
        return absl::OkStatus();
      }));
  return found;
}

}  // namespace redress::registry

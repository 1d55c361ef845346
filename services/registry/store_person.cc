#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "services/registry/rules.h"
#include "services/registry/store.h"

namespace redress::registry {

std::optional<store::ListQuery> RegistryStore::ReadableCases(const rpc::Call& call,
                                                             std::string_view region_code) const {
  rpc::Call reading = call;
  reading.permission = "petitioners.get";
  absl::StatusOr<store::ListQuery> query = CasePredicate(reading, v1::CaseFilter());
  if (!query.ok()) return std::nullopt;
  // The codes that OfficeOf gives this office for.
  std::string office = rules::OfficeOf(region_code);
  const auto padded = [&office](size_t size) {
    office.resize(std::max(size, office.size()), '0');
    return office;
  };
  absl::StrAppend(&query->where, " AND (t.region_code = ? OR t.region_code LIKE ?)");
  query->params.emplace_back(padded(6));
  query->params.emplace_back(absl::StrCat(padded(9), "%"));
  return *std::move(query);
}

absl::Status RegistryStore::FindKnown(db::Connection& connection, const rpc::Call& call,
                                      std::string_view region_code,
                                      const v1::PersonIdentity& identity,
                                      KnownPerson& found) const {
  found = KnownPerson();
  std::optional<store::ListQuery> query = ReadableCases(call, region_code);
  if (!query.has_value()) return absl::OkStatus();
  const vault::BlindIndexer& indexer = environment_.blind_indexer();
  const std::string region = IndexRegion(region_code);
  const std::string id =
      indexer.Index(region, "national_id", vault::ValueKind::kNationalId, identity.national_id());
  const std::string name =
      indexer.Index(region, "full_name", vault::ValueKind::kName, identity.full_name());
  const std::string phone =
      indexer.Index(region, "phone", vault::ValueKind::kPhone, identity.phone());
  // An empty hash is nobody's.
  query->params.emplace_back(id);
  query->params.emplace_back(name);
  query->params.emplace_back(phone);
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      connection.Query(absl::StrCat("SELECT c.petitioner, t.name FROM case_person c"
                                    " JOIN case_file t ON t.name = c.name WHERE ",
                                    query->where,
                                    " AND c.petitioner IN ("
                                    "SELECT i.name FROM petitioner_index i"
                                    " WHERE i.hash = ? AND i.field = 'national_id'"
                                    " UNION SELECT i.name FROM petitioner_index i"
                                    " JOIN petitioner_index j ON j.name = i.name"
                                    " WHERE i.hash = ? AND i.field = 'full_name'"
                                    " AND j.hash = ? AND j.field = 'phone')"
                                    " ORDER BY t.create_time DESC, t.name DESC LIMIT 1"),
                       query->params));
  if (!rows.empty()) found = {rows[0].Text(0), rows[0].Text(1)};
  return absl::OkStatus();
}

absl::Status RegistryStore::FindCaseOf(db::Connection& connection, const rpc::Call& call,
                                       std::string_view region_code, const std::string& petitioner,
                                       KnownPerson& found) const {
  found = KnownPerson();
  std::optional<store::ListQuery> query = ReadableCases(call, region_code);
  if (!query.has_value()) return absl::OkStatus();
  query->params.emplace_back(petitioner);
  ASSIGN_OR_RETURN(const db::Rows rows,
                   connection.Query(absl::StrCat("SELECT t.name FROM case_person c"
                                                 " JOIN case_file t ON t.name = c.name WHERE ",
                                                 query->where, " AND c.petitioner = ? LIMIT 1"),
                                    query->params));
  if (!rows.empty()) found = {petitioner, rows[0].Text(0)};
  return absl::OkStatus();
}

std::vector<std::string> RegistryStore::KeysOf(const v1::PersonIdentity& identity,
                                               std::string_view region_code) const {
  const vault::BlindIndexer& indexer = environment_.blind_indexer();
  const std::string region = IndexRegion(region_code);
  std::vector<std::string> keys;
  const std::string id =
      indexer.Index(region, "national_id", vault::ValueKind::kNationalId, identity.national_id());
  const std::string name =
      indexer.Index(region, "full_name", vault::ValueKind::kName, identity.full_name());
  const std::string phone =
      indexer.Index(region, "phone", vault::ValueKind::kPhone, identity.phone());
  if (!id.empty()) keys.push_back(absl::StrCat("person|", id));
  if (!name.empty() && !phone.empty()) keys.push_back(absl::StrCat("person|", name, "|", phone));
  return keys;
}

absl::StatusOr<std::vector<std::string>> RegistryStore::CasesOf(const std::string& petitioner,
                                                                absl::Time deadline) const {
  std::vector<std::string> cases;
  RETURN_IF_ERROR(
      db::Read(environment_.pool(), deadline, [&](db::Connection& connection) -> absl::Status {
        cases.clear();
        ASSIGN_OR_RETURN(
            const db::Rows rows,
            connection.Query("SELECT name FROM case_person WHERE petitioner = ? ORDER BY name",
                             {petitioner}));
        for (const db::Row row : rows) cases.push_back(row.Text(0));
        return absl::OkStatus();
      }));
  return cases;
}

}  // namespace redress::registry

// Opens stored rows, and reads them by their names.
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/store/store.h"
#include "common/vault/seal.h"

namespace redress::store {

using google::protobuf::Message;

absl::Status Store::Damaged(const Table& table, std::string_view name) const {
  options_.damaged();
  log::Event(log::Level::kError, "sealed_row_damaged",
             {{"table", table.name()}, {"name", std::string(name)}});
  return status::Error(absl::StatusCode::kDataLoss, "SEALED_DATA_DAMAGED",
                       "a stored row is not what was written");
}

absl::Status Store::ParseBody(const Table& table, std::string_view name, const std::string& body,
                              const db::Row& row, size_t first_column, Message& into) const {
  if (!into.ParseFromString(body)) return absl::DataLossError("a sealed body does not parse");
  if (!table.ColumnsFit(into, row, first_column)) return Damaged(table, name);
  return absl::OkStatus();
}

absl::Status Store::OpenPlain(const Table& table, std::string_view name, const db::Row& row,
                              size_t first, size_t first_column, Message& into) const {
  const int64_t version = row.Int(first);
  const absl::StatusOr<std::string> body = vault::Open(
      *service_key_, row.Bytes(first + 1), vault::RowAad(table.name(), name, "body", version));
  if (!body.ok()) return Damaged(table, name);
  RETURN_IF_ERROR(ParseBody(table, name, *body, row, first_column, into));
  table.SetEtag(into, etags_->Of(table, name, version));
  return absl::OkStatus();
}

absl::Status Store::OpenRow(const Table& table, const db::Row& row, Message& into,
                            int64_t& version) const {
  const std::string name = row.Text(0);
  version = row.Int(1);
  if (!table.own_key()) return OpenPlain(table, name, row, 1, Table::kFirstColumn, into);
  const std::string subject = table.SubjectOf(name);
  if (row.IsNull(3)) return status::NotFound(table.name());  // the person was erased
  ASSIGN_OR_RETURN(
      vault::DataKey key,
      options_.master_keys->Unwrap(row.Bytes(3), absl::StrCat(options_.service, "|", subject)));
  const absl::StatusOr<std::string> body =
      vault::Open(key, row.Bytes(2), vault::RowAad(table.name(), name, "body", version));
  if (!body.ok()) return Damaged(table, name);
  RETURN_IF_ERROR(ParseBody(table, name, *body, row, Table::kFirstColumn, into));
  table.SetEtag(into, etags_->Of(table, name, version));
  return absl::OkStatus();
}

absl::Status Store::GetMessage(const rpc::Call& call, const std::string& name,
                               const std::string& case_name, Message& into, int64_t& version) {
  const Table& table = Table::Of(into.GetDescriptor());
  const std::string scope = !case_name.empty() ? case_name
                            : table.of_case()  ? std::string(base::RootName(name))
                                               : "";
  if (case_name.empty() && ReadsWithGate(table))
    return GetWithGate(call, table, name, into, version);
  if (!scope.empty()) {
    ASSIGN_OR_RETURN(CaseContext context, CheckCase(call, scope));
    call.reading->Add(name, context.roles, call.permission);
  }
  return db::Read(*options_.pool, call.deadline, [&](db::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(db::Rows rows,
                     connection.Query(absl::StrCat(table.select(), " WHERE t.name = ?"), {name}));
    if (rows.empty()) return status::NotFound(table.name());
    return OpenRow(table, rows[0], into, version);
  });
}

absl::Status Store::ReadRowsForGate(
    const rpc::Call& call, const Table& table, const std::vector<std::string>& names,
    const std::function<Message&(const std::string&)>& slot,
    const std::function<void(const std::string&, absl::Status)>& damaged) {
  // A table with a key of its own holds personal data: reading it past the gate would be the very
  // leak it guards against.
  if (table.own_key()) std::abort();
  if (names.empty()) return absl::OkStatus();
  return db::Read(*options_.pool, call.deadline, [&](db::Connection& connection) -> absl::Status {
    const std::vector<std::string> marks(names.size(), "?");
    ASSIGN_OR_RETURN(db::Rows rows,
                     connection.Query(absl::StrCat(table.select(), " WHERE t.name IN (",
                                                   absl::StrJoin(marks, ", "), ")"),
                                      std::vector<db::Param>(names.begin(), names.end())));
    for (const db::Row row : rows) {
      int64_t version = 0;
      const absl::Status opened = OpenRow(table, row, slot(row.Text(0)), version);
      if (absl::IsDataLoss(opened)) {
        damaged(row.Text(0), opened);
      } else {
        RETURN_IF_ERROR(opened);
      }
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<int64_t> Store::Count(const rpc::Call& call, const Table& table,
                                     const ListQuery& query) {
  int64_t count = 0;
  RETURN_IF_ERROR(
      db::Read(*options_.pool, call.deadline, [&](db::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(db::Rows rows,
                         connection.Query(absl::StrCat("SELECT COUNT(*) FROM ", table.name(),
                                                       " t WHERE (", query.where, ")"),
                                          query.params));
        count = rows[0].Int(0);
        return absl::OkStatus();
      }));
  return count;
}

}  // namespace redress::store

// Lists: pages that are filled after access to each row was confirmed.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/page/fill.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/store/store.h"

namespace redress::store {

using google::protobuf::Message;

// A row as it was found, before anybody has confirmed that the caller may see it.
struct Store::ListedRow {
  std::string name;
  page::Cursor key;
  std::unique_ptr<Message> message;  // null where the person was erased
  auth::RoleSet roles;               // through which the caller sees it
};

absl::StatusOr<std::vector<Store::ListedRow>> Store::FetchRows(const rpc::Call& call,
                                                               const Table& table,
                                                               const ListQuery& query,
                                                               const page::Cursor& after,
                                                               int limit) const {
  const bool by_name = query.order_column == "name";
  const char* direction = query.descending ? " DESC" : " ASC";
  const char* beyond = query.descending ? "<" : ">";
  // The cursor's column is read as text so that any promoted type continues where it stopped.
  std::string sql = absl::StrCat(
      absl::StrReplaceAll(table.select(), {{" FROM ", absl::StrCat(", CAST(t.", query.order_column,
                                                                   " AS CHAR) FROM ")}}),
      " WHERE (", query.where, ")");
  std::vector<db::Param> params = query.params;
  if (!after.empty()) {
    if (after.size() != (by_name ? 1 : 2)) {
      return status::InvalidField("page_token", "is not of this list");
    }
    if (by_name) {
      absl::StrAppend(&sql, " AND t.name ", beyond, " ?");
    } else {
      absl::StrAppend(&sql, " AND (t.", query.order_column, ", t.name) ", beyond, " (?, ?)");
    }
    for (const std::string& part : after) params.emplace_back(part);
  }
  absl::StrAppend(&sql, " ORDER BY t.", query.order_column, direction);
  if (!by_name) absl::StrAppend(&sql, ", t.name", direction);
  absl::StrAppend(&sql, " LIMIT ?");
  params.emplace_back(limit);

  std::vector<ListedRow> found;
  RETURN_IF_ERROR(
      db::Read(*options_.pool, call.deadline, [&](db::Connection& connection) -> absl::Status {
        found.clear();
        ASSIGN_OR_RETURN(const db::Rows rows, connection.Query(sql, params));
        for (const db::Row row : rows) {
          ListedRow& listed = found.emplace_back();
          listed.name = row.Text(0);
          listed.key =
              by_name ? page::Cursor{listed.name}
                      : page::Cursor{row.IsNull(row.size() - 1) ? "" : row.Text(row.size() - 1),
                                     listed.name};
          std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()
                                               ->GetPrototype(table.type())
                                               ->New());
          int64_t version = 0;
          const absl::Status opened = OpenRow(table, row, *message, version);
          // Erased, or damaged, which OpenRow has noted.
          if (absl::IsNotFound(opened) || absl::IsDataLoss(opened)) continue;
          RETURN_IF_ERROR(opened);
          listed.message = std::move(message);
        }
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::vector<bool>> Store::ConfirmRows(const rpc::Call& call, const Table& table,
                                                     std::vector<ListedRow>& rows) const {
  std::vector<bool> seen;
  for (const ListedRow& row : rows) seen.push_back(row.message != nullptr);
  if (!table.of_case()) return seen;

  // The predicate may have let a case through that the caller may not see; each is confirmed.
  std::vector<std::string> cases;
  for (const ListedRow& row : rows) cases.emplace_back(base::RootName(row.name));
  std::sort(cases.begin(), cases.end());
  cases.erase(std::unique(cases.begin(), cases.end()), cases.end());
  ASSIGN_OR_RETURN(const auto decisions, options_.gate->Check(call, call.permission, cases));
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto at =
        std::lower_bound(cases.begin(), cases.end(), base::RootName(rows[i].name)) - cases.begin();
    const absl::StatusOr<CaseContext>& decision = decisions[at];
    if (decision.ok()) {
      rows[i].roles = decision->roles;
    } else {
      seen[i] = false;
    }
  }
  return seen;
}

absl::StatusOr<std::vector<std::unique_ptr<Message>>> Store::ListMessages(const rpc::Call& call,
                                                                          const Table& table,
                                                                          const ListQuery& query,
                                                                          std::string& next) {
  const std::string predicate = page::PredicateHash(
      *query.request,
      absl::StrCat(call.caller.subject, "|", call.caller.region, "|", call.caller.unit));
  ASSIGN_OR_RETURN(page::Cursor after, options_.page_tokens->Decode(predicate, query.page_token));
  ASSIGN_OR_RETURN(
      page::Filled<ListedRow> page,
      page::Fill<ListedRow>(
          *options_.page_tokens, std::move(after), page::ClampPageSize(query.page_size),
          [&](const page::Cursor& from, int limit) {
            return FetchRows(call, table, query, from, limit);
          },
          [](const ListedRow& row) { return row.key; },
          [&](std::vector<ListedRow>& rows) { return ConfirmRows(call, table, rows); }));
  if (!page.next.empty()) next = options_.page_tokens->Encode(predicate, page.next);
  std::vector<std::unique_ptr<Message>> shown;
  for (ListedRow& row : page.rows) {
    if (table.of_case()) call.reading->Add(row.name, row.roles, call.permission);
    shown.push_back(std::move(row.message));
  }
  return shown;
}

}  // namespace redress::store

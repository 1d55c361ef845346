#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/store/store.h"

namespace redress::store {
namespace {

constexpr int64_t kAtOnce = 200;

}  // namespace

absl::StatusOr<int64_t> Store::RebuildDerived(absl::Time deadline) {
  int64_t rebuilt = 0;
  for (const Derived& derived : options_.derived) {
    if (derived.form == 0) continue;
    const Table& table = *derived.of;
    std::vector<std::string> columns = {"name"};
    columns.insert(columns.end(), derived.columns.begin(), derived.columns.end());
    columns.emplace_back("form");
    bool more = true;
    while (more && absl::Now() < deadline) {
      int64_t done = 0;
      const auto rebuild_some = [&](db::Connection& connection) -> absl::Status {
        done = 0;
        ASSIGN_OR_RETURN(const db::Rows old,
                         connection.Query(absl::StrCat("SELECT DISTINCT name FROM ", derived.table,
                                                       " WHERE form < ? ORDER BY name LIMIT ?"),
                                          {derived.form, kAtOnce}));
        std::vector<db::Param> names;
        for (const db::Row row : old) names.emplace_back(row.Text(0));
        if (names.empty()) return absl::OkStatus();
        const std::string marks = absl::StrJoin(std::vector<std::string>(names.size(), "?"), ", ");
        // Locked, so that nobody changes a resource between its reading and its rows.
        ASSIGN_OR_RETURN(const db::Rows rows,
                         connection.Query(absl::StrCat(table.select(), " WHERE t.name IN (", marks,
                                                       ") ORDER BY t.name FOR UPDATE"),
                                          names));
        RETURN_IF_ERROR(connection
                            .Execute(absl::StrCat("DELETE FROM ", derived.table, " WHERE name IN (",
                                                  marks, ")"),
                                     names)
                            .status());
        db::InsertBuilder insert(derived.table, columns);
        const std::unique_ptr<google::protobuf::Message> message(
            google::protobuf::MessageFactory::generated_factory()
                ->GetPrototype(table.type())
                ->New());
        for (const db::Row row : rows) {
          message->Clear();
          int64_t version = 0;
          const absl::Status opened = OpenRow(table, row, *message, version);
          if (absl::IsNotFound(opened)) continue;  // erased: nothing may lead there any more
          RETURN_IF_ERROR(opened);
          for (std::vector<db::Param>& values : derived.rows(*message)) {
            values.insert(values.begin(), db::Param(row.Text(0)));
            values.emplace_back(derived.form);
            insert.Row(std::move(values));
          }
        }
        done = static_cast<int64_t>(names.size());
        return insert.Run(connection);
      };
      RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, rebuild_some));
      rebuilt += done;
      more = done == kAtOnce;
    }
  }
  return rebuilt;
}

}  // namespace redress::store

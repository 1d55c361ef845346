#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/insert.h"
#include "common/db/marks.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/store/store.h"

namespace redress::store {
namespace {

constexpr int64_t kAtOnce = 200;

std::vector<db::Param> ParamsOf(const std::set<std::string>& names) {
  return std::vector<db::Param>(names.begin(), names.end());
}

// The names of resources, in order, whose rows have an earlier form.
absl::StatusOr<std::set<std::string>> NextOfEarlierForm(db::Connection& connection,
                                                        const Derived& derived,
                                                        const std::string& after) {
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      connection.Query(absl::StrCat("SELECT DISTINCT name FROM ", derived.table,
                                    " WHERE form < ? AND name > ? ORDER BY name LIMIT ?"),
                       {derived.form, after, kAtOnce}));
  std::set<std::string> names;
  for (const db::Row row : rows) names.insert(row.Text(0));
  return names;
}

}  // namespace

absl::StatusOr<int64_t> Store::RebuildDerived(absl::Time deadline) {
  int64_t rebuilt = 0;
  for (const Derived& derived : options_.derived) {
    if (derived.form == 0) continue;
    const Table& table = *derived.of;
    std::vector<std::string> columns = {"name"};
    columns.insert(columns.end(), derived.columns.begin(), derived.columns.end());
    columns.emplace_back("form");
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(table.type())->New());
    std::set<std::string> names;
    std::string after;
    bool finished = false;
    const auto rebuild_some = [&](db::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(names, NextOfEarlierForm(connection, derived, after));
      if (names.empty()) return absl::OkStatus();
      // Locked, so that nobody changes a resource between its reading and its rows.
      ASSIGN_OR_RETURN(
          const db::Rows rows,
          connection.Query(absl::StrCat(table.select(), " WHERE t.name IN ",
                                        db::Marks(names.size()), " ORDER BY t.name FOR UPDATE"),
                           ParamsOf(names)));
      std::set<std::string> replaced = names;
      db::InsertBuilder insert(derived.table, columns);
      for (const db::Row row : rows) {
        message->Clear();
        int64_t version = 0;
        const absl::Status opened = OpenRow(table, row, *message, version);
        if (absl::IsNotFound(opened)) continue;  // erased: nothing may lead there any more
        if (!opened.ok()) {
          // It alone stays as it was: the service starts, and whoever reads it is told.
          log::Event(log::Level::kError, "resource_damaged",
                     {{"table", table.name()}, {"name", row.Bytes(0)}});
          replaced.erase(row.Text(0));
          continue;
        }
        for (std::vector<db::Param>& values : derived.rows(*message)) {
          values.insert(values.begin(), db::Param(row.Text(0)));
          values.emplace_back(derived.form);
          insert.Row(std::move(values));
        }
      }
      if (replaced.empty()) return absl::OkStatus();
      RETURN_IF_ERROR(connection
                          .Execute(absl::StrCat("DELETE FROM ", derived.table, " WHERE name IN ",
                                                db::Marks(replaced.size())),
                                   ParamsOf(replaced))
                          .status());
      return insert.Run(connection);
    };
    while (!finished && absl::Now() < deadline) {
      RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, rebuild_some));
      finished = names.empty();
      rebuilt += static_cast<int64_t>(names.size());
      if (!finished) after = *names.rbegin();
    }
    // A search over rows of two forms misses people, so nobody may search yet.
    if (!finished) {
      return absl::DeadlineExceededError(absl::StrCat("the rows of ", derived.table,
                                                      " have an earlier form in part; ", rebuilt,
                                                      " were made anew, another start goes on"));
    }
  }
  return rebuilt;
}

}  // namespace redress::store

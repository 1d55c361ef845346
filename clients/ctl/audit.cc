// `audit list`: who read what, and who was denied.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "clients/ctl/command.h"
#include "clients/ctl/schema.h"
#include "common/status/macros.h"
#include "redress/audit/v1/audit.pb.h"

namespace redress::ctl {
namespace {

constexpr int32_t kPage = 1000;
constexpr Text kHidden = {"不可见，仅有哈希", "not shown, hash only"};
constexpr Text kWhoseLog = {"服务", "which service's log"};

struct ListFlags {
  std::string service = "registry";
  int64_t first_position = -1;
  int64_t limit = 100;
};

absl::StatusOr<int> List(Session& session, const ListFlags& flags) {
  audit::v1::ListAuditEntriesRequest request;
  audit::v1::ListAuditEntriesResponse response;
  const auto& method = *FindMethod("AuditService/ListAuditEntries");
  int64_t position = flags.first_position;
  if (position < 0) {
    // The newest entries are the ones that are asked for.
    request.set_page_size(1);
    RETURN_IF_ERROR(session.caller().Unary(flags.service, method, request, &response));
    position = std::max<int64_t>(0, response.tree_size() - flags.limit);
  }
  const auto& type = *audit::v1::AuditEntry::descriptor();
  std::vector<std::string> headings = {FieldLabel("position", session.lang())};
  std::vector<const google::protobuf::FieldDescriptor*> columns;
  for (const char* name : {"recorded_at", "outcome", "subject", "unit", "rpc", "resources",
                           "denial_reason", "count", "trace_id"}) {
    columns.push_back(type.FindFieldByName(name));
    headings.push_back(FieldLabel(*columns.back(), session.lang()));
  }
  Table table(std::move(headings), {true});
  int64_t left = flags.limit;
  while (left > 0) {
    request.set_first_position(position);
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, kPage)));
    RETURN_IF_ERROR(session.caller().Unary(flags.service, method, request, &response));
    if (response.entries().empty()) break;
    for (const audit::v1::AuditLogEntry& logged : response.entries()) {
      if (logged.entry().empty()) {
        // About a case that is walled off from the caller.
        if (session.json()) session.WriteJson(logged, true);
        std::vector<Cell> cells(columns.size() + 1);
        cells[0].text = absl::StrCat(logged.position());
        cells[2].text = session.Say(kHidden);
        table.Add(std::move(cells));
        continue;
      }
      audit::v1::AuditEntry entry;
      if (!entry.ParseFromString(logged.entry())) {
        return absl::DataLossError("an entry of the audit log cannot be read");
      }
      if (session.json()) session.WriteJson(entry, true);
      std::vector<Cell> cells = {{absl::StrCat(logged.position())}};
      for (const auto* column : columns) {
        cells.push_back(
            {FieldText(entry, *column, session.lang()),
             entry.outcome() == audit::v1::AUDIT_OUTCOME_DENIED ? Tone::kBad : Tone::kPlain});
      }
      table.Add(std::move(cells));
    }
    position += response.entries_size();
    left -= response.entries_size();
  }
  if (!session.json()) session.out() << RenderTable(table, session.view());
  return kExitOk;
}

}  // namespace

void AddAuditCommands(Session& session) {
  const auto list = std::make_shared<ListFlags>();
  CLI::App& list_app = session.AddCommand(
      "audit list",
      {"查阅和拒绝的记录，最新的在后", "Who read or was denied what, the newest last"},
      "--service registry --limit 50", [list](Session& running) { return List(running, *list); });
  session.AddService(list_app, list->service, kWhoseLog);
  list_app
      .add_option("--first-position", list->first_position,
                  session.Say({"起始位置", "begin at a position, not with the newest"}))
      ->check(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max()));
  list_app.add_option("--limit", list->limit, session.Say({"最多行数", "most rows"}))
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->capture_default_str();
}

}  // namespace redress::ctl

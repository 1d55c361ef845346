#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/calendar/calendar.h"
#include "common/db/insert.h"
#include "common/db/marks.h"
#include "common/facts/in_list.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/supervision/store.h"

namespace redress::supervision::sql {
namespace {

// Where something has no due date, it comes last.
const absl::CivilDay kNever(9999, 12, 31);

// A condition with its parameters.
struct Where {
  std::string sql = "TRUE";
  std::vector<db::Param> params;

  void And(std::string_view condition, std::vector<db::Param> values = {}) {
    absl::StrAppend(&sql, " AND (", std::string(condition), ")");
    for (db::Param& value : values) params.push_back(std::move(value));
  }
};

// The rows within a scope; `official` empty where the table has no such column.
void AndScope(const rules::Scope& scope, bool has_official, Where& where) {
  if (scope.all) return;
  std::vector<std::string> parts;
  std::vector<db::Param> params;
  if (!scope.region_prefix.empty()) {
    parts.emplace_back("region_code LIKE ?");
    params.emplace_back(absl::StrCat(scope.region_prefix, "%"));
  }
  if (!scope.unit.empty()) {
    parts.emplace_back("unit = ?");
    params.emplace_back(scope.unit);
  }
  if (has_official && !scope.official.empty()) {
    parts.emplace_back("official = ?");
    params.emplace_back(scope.official);
  }
  where.And(parts.empty() ? "FALSE" : absl::StrJoin(parts, " OR "), std::move(params));
}

// Leaves out what may be an accusation, but for the cases named.
void AndAccusations(const std::vector<std::string>& allowed, Where& where) {
  if (allowed.empty()) return where.And("accusation = 0");
  where.And(absl::StrCat("accusation = 0 OR root IN ", db::Marks(allowed.size())),
            std::vector<db::Param>(allowed.begin(), allowed.end()));
}

}  // namespace

absl::Status WriteResults(db::Connection& conn, const std::vector<RootResult>& results) {
  std::vector<db::Param> answered, unanswered;
  std::vector<SetAside> set_aside;
  db::InsertBuilder waiting("evaluated_root", {"root", "campaign", "kind", "stale", "retry_after"});
  db::InsertBuilder roots("evaluated_root",
                          {"root", "campaign", "kind", "stale", "next_change_at", "evaluated_on",
                           "registered_on", "state", "region_code", "accusation", "unit"});
  db::InsertBuilder statuses(
      "requirement_status",
      {"root", "subject", "requirement", "clause", "campaign", "state", "due", "due_order",
       "met_on", "overdue_since", "official", "unit", "next_change_at", "region_code", "accusation",
       "about_people", "visits_missed", "body"});
  db::InsertBuilder aside("evaluated_root", {"root", "campaign", "kind", "stale", "retry_after",
                                             "region_code", "accusation", "unit"});
  for (const RootResult& r : results) {
    if (r.set_aside) {
      const SetAside& s = *r.set_aside;
      set_aside.push_back(s);
      unanswered.emplace_back(r.root.name);
      aside.Row({r.root.name, r.root.campaign, static_cast<int>(r.root.kind), 1, r.retry_after,
                 s.region_code, s.accusation ? 1 : 0, s.unit});
      continue;
    }
    if (r.retry_after) {
      waiting.Row({r.root.name, r.root.campaign, static_cast<int>(r.root.kind), 1, r.retry_after});
      continue;
    }
    answered.emplace_back(r.root.name);
    roots.Row({r.root.name, r.root.campaign, static_cast<int>(r.root.kind), 0, r.next_change_at,
               r.evaluated_on, r.registered_on, static_cast<int>(r.state), r.region_code,
               r.accusation ? 1 : 0, r.unit});
    for (const StatusRow& s : r.statuses) {
      statuses.Row({r.root.name, s.subject, s.requirement, s.clause, r.root.campaign,
                    static_cast<int>(s.state), s.due, s.due.value_or(kNever), s.met_on,
                    s.overdue_since, s.official, s.unit, s.next_change_at, r.region_code,
                    r.accusation ? 1 : 0, s.about_people ? 1 : 0, s.visits_missed, s.body});
    }
  }
  const auto forget = [&conn](const std::string& table, const std::vector<db::Param>& of) {
    return facts::ForEachInList(
        of, [&](const std::string& in_list, absl::Span<const db::Param> part) -> absl::Status {
          return conn.Execute(absl::StrCat("DELETE FROM ", table, " WHERE root IN ", in_list), part)
              .status();
        });
  };
  RETURN_IF_ERROR(forget("requirement_status", answered));
  RETURN_IF_ERROR(forget("requirement_status", unanswered));
  RETURN_IF_ERROR(forget("set_aside", answered));
  RETURN_IF_ERROR(WriteSetAside(conn, set_aside));
  // No state is known of what is set aside, so it is in no count of states.
  RETURN_IF_ERROR(
      aside
          .Suffix("ON DUPLICATE KEY UPDATE stale = 1, retry_after = VALUES(retry_after),"
                  " next_change_at = NULL, registered_on = NULL, region_code = VALUES(region_code),"
                  " accusation = GREATEST(accusation, VALUES(accusation)), unit = VALUES(unit)")
          .Run(conn));
  RETURN_IF_ERROR(
      waiting.Suffix("ON DUPLICATE KEY UPDATE retry_after = VALUES(retry_after)").Run(conn));
  RETURN_IF_ERROR(
      roots
          .Suffix("ON DUPLICATE KEY UPDATE stale = 0, retry_after = NULL,"
                  " next_change_at = VALUES(next_change_at), evaluated_on = VALUES(evaluated_on),"
                  " registered_on = VALUES(registered_on), state = VALUES(state),"
                  " region_code = VALUES(region_code), accusation = VALUES(accusation),"
                  " unit = VALUES(unit)")
          .Run(conn));
  return statuses.Run(conn);
}

absl::StatusOr<std::vector<ListedStatus>> ListStatuses(db::Connection& conn,
                                                       const StatusQuery& query) {
  Where where;
  AndScope(query.scope, /*has_official=*/true, where);
  if (!query.campaign.empty()) where.And("campaign = ?", {query.campaign});
  if (!query.case_name.empty()) where.And("root = ?", {query.case_name});
  const std::string nobody = "official = '' AND unit = '' AND root LIKE 'cases/%'";
  if (!query.official.empty()) {
    where.And(
        query.include_unassigned ? absl::StrCat("official = ? OR (", nobody, ")") : "official = ?",
        {query.official});
  }
  if (!query.unit.empty()) {
    where.And(query.include_unassigned ? absl::StrCat("unit = ? OR (", nobody, ")") : "unit = ?",
              {query.unit});
  }
  if (!query.states.empty()) {
    where.And(absl::StrCat("state IN ", db::Marks(query.states.size())),
              std::vector<db::Param>(query.states.begin(), query.states.end()));
  }
  if (query.until) where.And("due <= ?", {*query.until});
  if (query.without_need) where.And("about_people = 0", {});
  const std::string day = query.by_overdue ? "overdue_since" : "due_order";
  if (!query.after.empty()) {
    if (query.after.size() != 4) return status::InvalidField("page_token", "is not of this list");
    where.And(absl::StrCat("(", day, ", root, subject, requirement) > (?, ?, ?, ?)"),
              std::vector<db::Param>(query.after.begin(), query.after.end()));
  }
  where.params.emplace_back(query.limit);
  ASSIGN_OR_RETURN(
      db::Rows rows,
      conn.Query(absl::StrCat("SELECT ", day,
                              ", root, subject, requirement, body FROM requirement_status WHERE ",
                              where.sql, " ORDER BY ", day, ", root, subject, requirement LIMIT ?"),
                 where.params));
  std::vector<ListedStatus> listed;
  for (const db::Row row : rows) {
    ListedStatus& item = listed.emplace_back();
    item.root = row.Text(1);
    item.key = {calendar::ToText(row.Day(0)), row.Text(1), row.Text(2), row.Text(3)};
    const std::string_view body = row.Bytes(4);
    item.damaged = !item.status.ParseFromArray(body.data(), static_cast<int>(body.size()));
  }
  return listed;
}

absl::StatusOr<std::vector<StatusCount>> CountStatuses(
    db::Connection& conn, const rules::Scope& scope, const std::string& campaign,
    const std::vector<std::string>& accusations) {
  Where where;
  AndScope(scope, /*has_official=*/true, where);
  AndAccusations(accusations, where);
  if (!campaign.empty()) where.And("campaign = ?", {campaign});
  ASSIGN_OR_RETURN(
      db::Rows rows,
      conn.Query(absl::StrCat("SELECT campaign, requirement, MAX(clause), state, unit,"
                              " MAX(about_people), COUNT(*), SUM(visits_missed) FROM"
                              " requirement_status WHERE ",
                              where.sql, " GROUP BY campaign, requirement, state, unit"),
                 where.params));
  std::vector<StatusCount> counts;
  for (const db::Row row : rows) {
    counts.push_back({row.Text(0), row.Text(1), row.Text(2),
                      static_cast<plan::v1::RequirementState>(row.Int(3)), row.Text(4), row.Bool(5),
                      row.Int(6), row.Int(7)});
  }
  return counts;
}

absl::StatusOr<std::vector<CaseCount>> CountCasesByState(
    db::Connection& conn, const rules::Scope& scope, const std::string& campaign,
    const std::vector<std::string>& accusations) {
  Where where;
  where.And("kind = ? AND registered_on IS NOT NULL", {static_cast<int>(rules::RootKind::kCase)});
  AndScope(scope, /*has_official=*/false, where);
  AndAccusations(accusations, where);
  if (!campaign.empty()) where.And("campaign = ?", {campaign});
  ASSIGN_OR_RETURN(
      db::Rows rows,
      conn.Query(absl::StrCat("SELECT campaign, state, COUNT(*) FROM evaluated_root WHERE ",
                              where.sql, " GROUP BY campaign, state"),
                 where.params));
  std::vector<CaseCount> counts;
  for (const db::Row row : rows) {
    counts.push_back({row.Text(0), static_cast<types::v1::CaseState>(row.Int(1)), row.Int(2)});
  }
  return counts;
}

}  // namespace redress::supervision::sql

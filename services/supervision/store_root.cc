#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/calendar/calendar.h"
#include "common/db/insert.h"
#include "common/facts/in_list.h"
#include "common/status/macros.h"
#include "services/supervision/store.h"

namespace redress::supervision::sql {

absl::Status MarkStale(db::Connection& conn, const std::vector<rules::Root>& roots) {
  db::InsertBuilder rows("evaluated_root", {"root", "campaign", "kind", "stale"});
  for (const rules::Root& root : roots) {
    rows.Row({root.name, root.campaign, static_cast<int>(root.kind), 1});
  }
  return rows.Suffix("ON DUPLICATE KEY UPDATE stale = 1, retry_after = NULL").Run(conn);
}

absl::Status MarkCampaignStale(db::Connection& conn, const std::string& campaign) {
  return conn
      .Execute("UPDATE evaluated_root SET stale = 1, retry_after = NULL WHERE campaign = ?",
               {campaign})
      .status();
}

absl::Status RetryCampaign(db::Connection& conn, const std::string& campaign) {
  return conn
      .Execute("UPDATE evaluated_root SET retry_after = NULL WHERE campaign = ? AND stale = 1",
               {campaign})
      .status();
}

absl::StatusOr<std::vector<rules::Root>> StaleRoots(db::Connection& conn, absl::CivilDay today,
                                                    absl::Time now, int limit) {
  std::vector<rules::Root> roots;
  const auto take = [&roots](const db::Rows& rows) {
    for (const db::Row row : rows) {
      roots.push_back({row.Text(0), row.Text(1), static_cast<rules::RootKind>(row.Int(2))});
    }
  };
  ASSIGN_OR_RETURN(db::Rows stale,
                   conn.Query("SELECT root, campaign, kind FROM evaluated_root WHERE stale = 1 AND"
                              " (retry_after IS NULL OR retry_after <= ?) ORDER BY root LIMIT ?",
                              {now, limit}));
  take(stale);
  if (static_cast<int>(roots.size()) >= limit) return roots;
  ASSIGN_OR_RETURN(db::Rows due, conn.Query("SELECT root, campaign, kind FROM evaluated_root WHERE"
                                            " next_change_at <= ? AND stale = 0 LIMIT ?",
                                            {today, limit - static_cast<int>(roots.size())}));
  take(due);
  return roots;
}

absl::StatusOr<int64_t> CountStale(db::Connection& conn) {
  ASSIGN_OR_RETURN(
      db::Rows rows,
      conn.Query("SELECT COUNT(*) FROM evaluated_root r WHERE r.stale = 1 AND NOT EXISTS"
                 " (SELECT 1 FROM set_aside s WHERE s.root = r.root)"));
  return rows[0].Int(0);
}

absl::StatusOr<int64_t> CountCases(db::Connection& conn) {
  ASSIGN_OR_RETURN(db::Rows rows, conn.Query("SELECT COUNT(*) FROM evaluated_root WHERE kind = ?",
                                             {static_cast<int>(rules::RootKind::kCase)}));
  return rows[0].Int(0);
}

absl::StatusOr<std::vector<ListedRoot>> ListRoots(db::Connection& conn, const RootPage& page) {
  std::string sql =
      "SELECT r.root, r.campaign, r.kind, r.region_code, r.accusation,"
      " COALESCE(r.registered_on, DATE '9999-12-31') FROM evaluated_root r WHERE r.campaign = ?";
  std::vector<db::Param> params = {page.campaign};
  if (page.kind) {
    absl::StrAppend(&sql, " AND r.kind = ?");
    params.emplace_back(static_cast<int>(*page.kind));
  }
  if (!page.region_prefix.empty()) {
    absl::StrAppend(&sql, " AND r.region_code LIKE ?");
    params.emplace_back(absl::StrCat(page.region_prefix, "%"));
  }
  if (!page.unit.empty()) {
    absl::StrAppend(&sql,
                    " AND EXISTS (SELECT 1 FROM followed_fact f WHERE f.campaign = r.campaign AND"
                    " f.unit = ? AND f.root = r.root)");
    params.emplace_back(page.unit);
  }
  if (!page.after_key.empty()) {
    const std::pair<std::string, std::string> after =
        absl::StrSplit(page.after_key, absl::MaxSplits('|', 1));
    absl::StrAppend(&sql, " AND (COALESCE(r.registered_on, DATE '9999-12-31'), r.root) > (?, ?)");
    params.emplace_back(after.first);
    params.emplace_back(after.second);
  }
  absl::StrAppend(&sql, " ORDER BY 6, r.root LIMIT ?");
  params.emplace_back(page.limit);
  ASSIGN_OR_RETURN(db::Rows rows, conn.Query(sql, params));
  std::vector<ListedRoot> roots;
  for (const db::Row row : rows) {
    ListedRoot& listed = roots.emplace_back();
    listed.root = {row.Text(0), row.Text(1), static_cast<rules::RootKind>(row.Int(2))};
    listed.region_code = row.Text(3);
    listed.accusation = row.Bool(4);
    listed.key = absl::StrCat(calendar::ToText(row.Day(5)), "|", listed.root.name);
  }
  return roots;
}

absl::StatusOr<std::vector<rules::Root>> RootsNamed(db::Connection& conn,
                                                    const std::vector<std::string>& names) {
  std::vector<rules::Root> roots;
  const std::vector<db::Param> values(names.begin(), names.end());
  RETURN_IF_ERROR(facts::ForEachInList(
      values, [&](const std::string& in_list, absl::Span<const db::Param> part) -> absl::Status {
        ASSIGN_OR_RETURN(
            db::Rows rows,
            conn.Query(
                absl::StrCat("SELECT root, campaign, kind FROM evaluated_root WHERE root IN ",
                             in_list),
                part));
        for (const db::Row row : rows) {
          roots.push_back({row.Text(0), row.Text(1), static_cast<rules::RootKind>(row.Int(2))});
        }
        return absl::OkStatus();
      }));
  return roots;
}

absl::StatusOr<std::string> CampaignOf(db::Connection& conn, const std::string& root) {
  ASSIGN_OR_RETURN(db::Rows rows,
                   conn.Query("SELECT campaign FROM evaluated_root WHERE root = ?", {root}));
  return rows.empty() ? std::string() : rows[0].Text(0);
}

absl::StatusOr<std::vector<std::string>> ListCampaigns(db::Connection& conn) {
  ASSIGN_OR_RETURN(db::Rows rows,
                   conn.Query("SELECT root FROM evaluated_root WHERE kind = ? ORDER BY root",
                              {static_cast<int>(rules::RootKind::kCampaign)}));
  std::vector<std::string> campaigns;
  for (const db::Row row : rows) campaigns.push_back(row.Text(0));
  return campaigns;
}

absl::StatusOr<std::vector<std::string>> ListAccusations(db::Connection& conn,
                                                         const std::string& campaign) {
  ASSIGN_OR_RETURN(db::Rows rows, conn.Query("SELECT root FROM evaluated_root WHERE campaign = ?"
                                             " AND kind = ? AND accusation = 1 ORDER BY root",
                                             {campaign, static_cast<int>(rules::RootKind::kCase)}));
  std::vector<std::string> cases;
  for (const db::Row row : rows) cases.push_back(row.Text(0));
  return cases;
}

absl::Status WriteSetAside(db::Connection& conn, const std::vector<SetAside>& rows) {
  db::InsertBuilder insert("set_aside", {"root", "campaign", "kind", "cause", "region_code", "unit",
                                         "official", "accusation"});
  for (const SetAside& row : rows) {
    insert.Row({row.root.name, row.root.campaign, static_cast<int>(row.root.kind),
                static_cast<int>(row.cause), row.region_code, row.unit, row.official,
                row.accusation ? 1 : 0});
  }
  return insert
      .Suffix(
          "ON DUPLICATE KEY UPDATE cause = VALUES(cause), region_code = VALUES(region_code),"
          " unit = VALUES(unit), official = VALUES(official), accusation = VALUES(accusation)")
      .Run(conn);
}

absl::StatusOr<std::vector<SetAside>> ListSetAside(db::Connection& conn,
                                                   const std::string& campaign) {
  std::string sql =
      "SELECT root, campaign, kind, cause, region_code, unit, official, accusation FROM set_aside";
  std::vector<db::Param> params;
  if (!campaign.empty()) {
    absl::StrAppend(&sql, " WHERE campaign IN (?, '')");
    params.emplace_back(campaign);
  }
  ASSIGN_OR_RETURN(db::Rows rows, conn.Query(absl::StrCat(sql, " ORDER BY root"), params));
  std::vector<SetAside> found;
  for (const db::Row row : rows) {
    found.push_back({{row.Text(0), row.Text(1), static_cast<rules::RootKind>(row.Int(2))},
                     static_cast<rules::Cause>(row.Int(3)),
                     row.Text(4),
                     row.Text(5),
                     row.Text(6),
                     row.Bool(7)});
  }
  return found;
}

}  // namespace redress::supervision::sql

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/calendar/calendar.h"
#include "common/db/insert.h"
#include "common/facts/in_list.h"
#include "common/status/macros.h"
#include "services/supervision/store.h"

namespace redress::supervision::sql {
namespace {

constexpr int kForgetAtOnce = 5000;

}  // namespace

absl::Status AddFeeds(db::Connection& conn, const std::vector<std::string>& services) {
  db::InsertBuilder rows("feed_position", {"service", "position", "tree_size", "frontier"});
  for (const std::string& service : services) rows.Row({service, 0, 0, ""});
  return rows.Suffix("ON DUPLICATE KEY UPDATE service = VALUES(service)").Run(conn);
}

absl::StatusOr<std::vector<FeedState>> ReadFeeds(db::Connection& conn) {
  ASSIGN_OR_RETURN(db::Rows rows,
                   conn.Query("SELECT service, position, tree_size, rebuild_to FROM feed_position"
                              " ORDER BY service"));
  std::vector<FeedState> feeds;
  for (const db::Row row : rows) {
    feeds.push_back({row.Text(0), row.Int(1), row.Int(2), row.Int(3), std::nullopt});
  }
  ASSIGN_OR_RETURN(const std::vector<v1::FeedContradiction> contradictions,
                   ListContradictions(conn));
  for (const v1::FeedContradiction& found : contradictions) {
    for (FeedState& feed : feeds) {
      if (feed.service == found.service()) feed.contradiction = found;
    }
  }
  return feeds;
}

absl::StatusOr<Rebuilding> LockProjection(db::Connection& conn) {
  ASSIGN_OR_RETURN(db::Rows rows,
                   conn.Query("SELECT rebuilding FROM projection WHERE id = 1 FOR UPDATE"));
  if (rows.empty()) return absl::DataLossError("the row of the projection is missing");
  return static_cast<Rebuilding>(rows[0].Int(0));
}

absl::StatusOr<Rebuilding> ReadRebuilding(db::Connection& conn) {
  ASSIGN_OR_RETURN(db::Rows rows, conn.Query("SELECT rebuilding FROM projection WHERE id = 1"));
  if (rows.empty()) return absl::DataLossError("the row of the projection is missing");
  return static_cast<Rebuilding>(rows[0].Int(0));
}

absl::Status SetRebuilding(db::Connection& conn, Rebuilding rebuilding) {
  return conn
      .Execute("UPDATE projection SET rebuilding = ? WHERE id = 1", {static_cast<int>(rebuilding)})
      .status();
}

absl::StatusOr<std::string> ReadCalendarVersion(db::Connection& conn) {
  ASSIGN_OR_RETURN(db::Rows rows,
                   conn.Query("SELECT calendar_version FROM projection WHERE id = 1"));
  if (rows.empty()) return absl::DataLossError("the row of the projection is missing");
  return rows[0].Text(0);
}

absl::Status ChangeCalendarVersion(db::Connection& conn, const std::string& version) {
  RETURN_IF_ERROR(
      conn.Execute("UPDATE projection SET calendar_version = ? WHERE id = 1", {version}).status());
  return conn.Execute("UPDATE evaluated_root SET stale = 1, retry_after = NULL").status();
}

bool IsReadable(const facts::v1::Fact& fact) {
  const auto is_id = [](std::string_view text, size_t most) {
    return text.size() <= most && std::all_of(text.begin(), text.end(), absl::ascii_isprint);
  };
  return calendar::FromProto(fact.event_date()).ok() && fact.kind() >= 0 &&
         fact.kind() <= std::numeric_limits<uint16_t>::max() && is_id(fact.fact_id(), 36) &&
         is_id(fact.retracts(), 36) && is_id(fact.campaign(), 150) && is_id(fact.unit(), 150) &&
         is_id(rules::OwnerOf(fact), 150) && is_id(fact.case_name(), 320);
}

absl::StatusOr<facts::Frontier> ReadFrontier(db::Connection& conn, const std::string& service) {
  ASSIGN_OR_RETURN(
      db::Rows rows,
      conn.Query("SELECT position, frontier FROM feed_position WHERE service = ?", {service}));
  if (rows.empty()) return absl::NotFoundError("the feed is not followed");
  return facts::Frontier::Parse(rows[0].Int(0), rows[0].Bytes(1));
}

absl::Status WriteFrontier(db::Connection& conn, const std::string& service,
                           const facts::Frontier& frontier, int64_t tree_size) {
  return conn
      .Execute(
          "UPDATE feed_position SET position = ?, tree_size = ?, frontier = ? WHERE service = ?",
          {frontier.size(), tree_size, frontier.Serialize(), service})
      .status();
}

absl::Status InsertFacts(db::Connection& conn, const std::string& service,
                         const std::vector<Followed>& facts) {
  db::InsertBuilder rows("followed_fact", {"service", "position", "fact_id", "root", "campaign",
                                           "unit", "kind", "event_date", "retracts", "body"});
  for (const Followed& followed : facts) {
    const facts::v1::Fact& fact = followed.fact;
    ASSIGN_OR_RETURN(absl::CivilDay day, calendar::FromProto(fact.event_date()));
    rows.Row({service, followed.position, fact.fact_id(),
              followed.root ? followed.root->name : std::string(), fact.campaign(),
              rules::OwnerOf(fact), static_cast<int>(fact.kind()), day,
              fact.retracts().empty() ? db::Param(nullptr) : db::Param(fact.retracts()),
              followed.bytes});
  }
  return rows.Run(conn);
}

absl::Status NoteRebuildTarget(db::Connection& conn) {
  return conn.Execute("UPDATE feed_position SET rebuild_to = GREATEST(rebuild_to, position)")
      .status();
}

absl::StatusOr<bool> ForgetSome(db::Connection& conn) {
  bool left = false;
  for (const char* table : {"requirement_status", "evaluated_root", "set_aside", "followed_fact"}) {
    ASSIGN_OR_RETURN(uint64_t deleted,
                     conn.Execute(absl::StrCat("DELETE FROM ", table, " LIMIT ", kForgetAtOnce)));
    left |= deleted == kForgetAtOnce;
  }
  return left;
}

absl::Status ResetPositions(db::Connection& conn) {
  return conn.Execute("UPDATE feed_position SET position = 0, frontier = ''").status();
}

absl::StatusOr<std::map<std::string, FactSet>> LoadFacts(db::Connection& conn,
                                                         const std::vector<std::string>& roots) {
  std::map<std::string, FactSet> found;
  for (const std::string& root : roots) found[root];
  std::vector<db::Param> values;
  for (const auto& [root, facts] : found) values.emplace_back(root);
  RETURN_IF_ERROR(facts::ForEachInList(
      values, [&](const std::string& in_list, absl::Span<const db::Param> part) -> absl::Status {
        ASSIGN_OR_RETURN(db::Rows rows,
                         conn.Query(absl::StrCat("SELECT root, service, position, body FROM "
                                                 "followed_fact WHERE root IN ",
                                                 in_list),
                                    part));
        for (const db::Row row : rows) {
          auto fact = std::make_unique<facts::v1::Fact>();
          const std::string_view body = row.Bytes(3);
          const std::optional<plan::Feed> feed = plan::FeedOf(row.Bytes(1));
          FactSet& set = found[row.Text(0)];
          if (!feed || !fact->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
            set.damaged = true;
            continue;
          }
          set.known.push_back({fact.get(), *feed, row.Int(2)});
          set.facts.push_back(std::move(fact));
        }
        return absl::OkStatus();
      }));
  return found;
}

}  // namespace redress::supervision::sql

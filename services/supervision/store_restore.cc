#include "services/supervision/store.h"
#include "common/db/rows.h"
#include "common/status/macros.h"
#include "google/protobuf/util/time_util.h"

namespace redress::supervision::sql {
namespace {

using google::protobuf::util::TimeUtil;

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(timestamp));
}

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

}  // namespace

absl::StatusOr<bool> PutContradiction(db::Connection& conn, const v1::FeedContradiction& found) {
  ASSIGN_OR_RETURN(
      const uint64_t changed,
      conn.Execute("INSERT INTO feed_contradiction (service, since, known_size, known_root,"
                   " feed_size, feed_root) VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                   " known_size = VALUES(known_size), known_root = VALUES(known_root),"
                   " feed_size = VALUES(feed_size), feed_root = VALUES(feed_root)",
                   {found.service(), TimeOf(found.since()), found.known_size(), found.known_root(),
                    found.feed_size(), found.feed_root()}));
  return changed == 1;  // 2 is an update
}

absl::StatusOr<bool> DropContradiction(db::Connection& conn, const std::string& service) {
  ASSIGN_OR_RETURN(const uint64_t changed,
                   conn.Execute("DELETE FROM feed_contradiction WHERE service = ?", {service}));
  return changed == 1;
}

absl::StatusOr<std::vector<v1::FeedContradiction>> ListContradictions(db::Connection& conn) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   conn.Query("SELECT service, since, known_size, known_root, feed_size, feed_root"
                              " FROM feed_contradiction ORDER BY service"));
  std::vector<v1::FeedContradiction> found;
  for (const db::Row row : rows) {
    v1::FeedContradiction& one = found.emplace_back();
    one.set_service(row.Text(0));
    *one.mutable_since() = TimestampOf(row.Instant(1));
    one.set_known_size(row.Int(2));
    one.set_known_root(row.Text(3));
    one.set_feed_size(row.Int(4));
    one.set_feed_root(row.Text(5));
  }
  return found;
}

absl::Status InsertRestore(db::Connection& conn, const v1::FeedRestore& restore) {
  return conn
      .Execute(
          "INSERT INTO feed_restore (name, service, known_size, known_root, restored_size,"
          " restored_root, proposed_by, proposed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          {restore.name(), restore.service(), restore.known_size(), restore.known_root(),
           restore.restored_size(), restore.restored_root(), restore.proposed_by(),
           TimeOf(restore.proposed_at())})
      .status();
}

absl::StatusOr<std::vector<v1::FeedRestore>> ListRestores(db::Connection& conn) {
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      conn.Query("SELECT name, service, known_size, known_root, restored_size, restored_root,"
                 " proposed_by, proposed_at, accepted_by, accepted_at FROM feed_restore"
                 " ORDER BY proposed_at DESC, name DESC"));
  std::vector<v1::FeedRestore> restores;
  for (const db::Row row : rows) {
    v1::FeedRestore& restore = restores.emplace_back();
    restore.set_name(row.Text(0));
    restore.set_service(row.Text(1));
    restore.set_known_size(row.Int(2));
    restore.set_known_root(row.Text(3));
    restore.set_restored_size(row.Int(4));
    restore.set_restored_root(row.Text(5));
    restore.set_proposed_by(row.Text(6));
    *restore.mutable_proposed_at() = TimestampOf(row.Instant(7));
    restore.set_accepted_by(row.MaybeText(8).value_or(""));
    if (const auto accepted = row.MaybeInstant(9)) {
      *restore.mutable_accepted_at() = TimestampOf(*accepted);
    }
  }
  return restores;
}

absl::Status AcceptRestore(db::Connection& conn, const v1::FeedRestore& restore) {
  return conn
      .Execute("UPDATE feed_restore SET accepted_by = ?, accepted_at = ? WHERE name = ?",
               {restore.accepted_by(), TimeOf(restore.accepted_at()), restore.name()})
      .status();
}

absl::Status SetRebuildTarget(db::Connection& conn, const std::string& service, int64_t size) {
  return conn
      .Execute("UPDATE feed_position SET rebuild_to = ?, tree_size = ? WHERE service = ?",
               {size, size, service})
      .status();
}

}  // namespace redress::supervision::sql

// What becomes of a feed that is not the one that was followed.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "google/protobuf/util/time_util.h"
#include "services/supervision/projection.h"

namespace redress::supervision {
namespace {

google::protobuf::Timestamp Now(const base::Clock& clock) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(clock.Now()));
}

}  // namespace

absl::Status Projection::NoteContradiction(const std::string& service,
                                           const facts::Contradiction& found, absl::Time deadline) {
  v1::FeedContradiction note;
  note.set_service(service);
  *note.mutable_since() = Now(*options_.clock);
  note.set_known_size(found.known_size);
  note.set_known_root(found.known_root);
  note.set_feed_size(found.checkpoint.tree_size());
  note.set_feed_root(found.checkpoint.root());
  bool is_new = false;
  RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    is_new = false;
    // What is being forgotten is contradicted by nothing; it may be an accepted restore.
    ASSIGN_OR_RETURN(const sql::Rebuilding rebuilding, sql::ReadRebuilding(conn));
    if (rebuilding == sql::Rebuilding::kForgetting) return absl::OkStatus();
    ASSIGN_OR_RETURN(is_new, sql::PutContradiction(conn, note));
    return absl::OkStatus();
  }));
  if (is_new) {
    log::Event(log::Level::kError, "feed_contradicted",
               {{"feed", service},
                {"known_size", note.known_size()},
                {"feed_size", note.feed_size()},
                {"why", std::string(found.status.message())}});
  }
  return absl::OkStatus();
}

absl::Status Projection::NoteVerified(const std::string& service, absl::Time deadline) {
  bool was_noted = false;
  RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(was_noted, sql::DropContradiction(conn, service));
    return absl::OkStatus();
  }));
  if (was_noted) log::Event(log::Level::kWarning, "feed_verified_again", {{"feed", service}});
  return absl::OkStatus();
}

absl::StatusOr<v1::FeedRestore> Projection::ProposeRestore(const std::string& service,
                                                           const std::string& root,
                                                           const std::string& person,
                                                           absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  v1::FeedRestore proposed;
  RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    RETURN_IF_ERROR(sql::LockProjection(conn).status());
    ASSIGN_OR_RETURN(const std::vector<v1::FeedContradiction> contradictions,
                     sql::ListContradictions(conn));
    ASSIGN_OR_RETURN(proposed, rules::ProposeRestore(contradictions, service, root, person));
    ASSIGN_OR_RETURN(const std::vector<v1::FeedRestore> restores, sql::ListRestores(conn));
    for (const v1::FeedRestore& earlier : restores) {
      if (earlier.service() == service && earlier.accepted_by().empty() &&
          earlier.proposed_by() == person && earlier.restored_root() == root) {
        proposed = earlier;
        return absl::OkStatus();
      }
    }
    const absl::Time now = options_.clock->Now();
    proposed.set_name(absl::StrCat("feedRestores/", base::NewUuid(now)));
    *proposed.mutable_proposed_at() = Now(*options_.clock);
    return sql::InsertRestore(conn, proposed);
  }));
  log::Event(log::Level::kWarning, "feed_restore_proposed",
             {{"feed", service}, {"name", proposed.name()}});
  return proposed;
}

absl::StatusOr<v1::FeedRestore> Projection::AcceptRestore(const std::string& name,
                                                          const std::string& person,
                                                          absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  v1::FeedRestore accepted;
  RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(const sql::Rebuilding rebuilding, sql::LockProjection(conn));
    ASSIGN_OR_RETURN(const std::vector<v1::FeedRestore> restores, sql::ListRestores(conn));
    const v1::FeedRestore* proposed = nullptr;
    for (const v1::FeedRestore& restore : restores) {
      if (restore.name() == name) proposed = &restore;
    }
    if (proposed == nullptr) return status::NotFound("feed restore");
    if (proposed->accepted_by() == person) {
      accepted = *proposed;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::vector<v1::FeedContradiction> contradictions,
                     sql::ListContradictions(conn));
    ASSIGN_OR_RETURN(accepted, rules::AcceptRestore(contradictions, *proposed, person));
    *accepted.mutable_accepted_at() = Now(*options_.clock);
    RETURN_IF_ERROR(sql::AcceptRestore(conn, accepted));
    RETURN_IF_ERROR(sql::DropContradiction(conn, accepted.service()).status());
    if (rebuilding == sql::Rebuilding::kNo) RETURN_IF_ERROR(sql::NoteRebuildTarget(conn));
    RETURN_IF_ERROR(sql::SetRebuildTarget(conn, accepted.service(), accepted.restored_size()));
    return sql::SetRebuilding(conn, sql::Rebuilding::kForgetting);
  }));
  {
    absl::MutexLock heard(&heard_mutex_);
    heard_.erase(accepted.service());
  }
  log::Event(log::Level::kWarning, "feed_restore_accepted",
             {{"feed", accepted.service()}, {"name", accepted.name()}});
  return accepted;
}

}  // namespace redress::supervision

#include "services/assignment/access_outbox.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "common/base/digest.h"
#include "common/base/ids.h"
#include "common/db/marks.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "services/assignment/rules.h"

namespace redress::assignment {
namespace {

// How long an answer may wait for registry after the commit; the background goes on after that.
constexpr absl::Duration kAfterCommit = absl::Seconds(2);
constexpr size_t kSweepCases = 200;
constexpr size_t kForgottenAtOnce = 500;

std::vector<db::Param> ParamsOf(const std::vector<std::string>& values) {
  return std::vector<db::Param>(values.begin(), values.end());
}

// The request_id of a part of a change: the same part of the same change always has the same.
std::string PartId(const std::string& request_id, int part) {
  const std::string text = absl::StrCat(request_id, "#", part);
  std::string hash = base::Sha256(text);
  hash.resize(16);
  hash[6] = static_cast<char>((hash[6] & 0x0f) | 0x80);
  hash[8] = static_cast<char>((hash[8] & 0x3f) | 0x80);
  return base::UuidText(hash);
}

bool IsRefusal(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::FAILED_PRECONDITION ||
         status.error_code() == grpc::StatusCode::NOT_FOUND ||
         status.error_code() == grpc::StatusCode::INVALID_ARGUMENT;
}

}  // namespace

rpc::Call OwnCall(absl::Time deadline) {
  rpc::Call call;
  call.caller.kind = auth::Identity::Kind::kMachine;
  call.caller.subject = "service/assignment";
  call.caller.roles = {types::v1::ROLE_SERVICE};
  call.permission = "access.check";
  call.reading = std::make_shared<rpc::Reading>();
  call.deadline = deadline;
  call.lang = "en";
  return call;
}

AccessOutbox::AccessOutbox(Options options)
    : options_(std::move(options)),
      registry_(registry::v1::AccessService::NewStub(options_.registry)) {}

AccessOutbox::~AccessOutbox() { Stop(); }

grpc::Status AccessOutbox::Tell(const registry::v1::UpdateCaseAccessRequest& change,
                                absl::Time deadline) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  registry::v1::UpdateCaseAccessResponse response;
  return registry_->UpdateCaseAccess(&context, change, &response);
}

grpc::Status AccessOutbox::TellPiecewise(const registry::v1::UpdateCaseAccessRequest& change,
                                         absl::Time deadline) {
  std::vector<registry::v1::UpdateCaseAccessRequest> parts(1);
  *parts[0].mutable_remove() = change.remove();
  if (!change.responsible_unit().empty())
    parts.emplace_back().set_responsible_unit(change.responsible_unit());
  for (const registry::v1::Participant& participant : change.add())
    *parts.emplace_back().add_add() = participant;
  for (size_t i = 0; i < parts.size(); ++i) {
    parts[i].set_case_name(change.case_name());
    parts[i].set_request_id(PartId(change.request_id(), static_cast<int>(i)));
    const grpc::Status told = Tell(parts[i], deadline);
    if (told.ok()) continue;
    if (!IsRefusal(told)) return told;
    // Somebody became barred after they were given the part: the wall stands, the case is named,
    // and the office hands the part over.
    options_.refused();
    log::Event(log::Level::kError, "access_change_refused",
               {{"case", change.case_name()}, {"part", static_cast<int64_t>(i)}});
  }
  return grpc::Status::OK;
}

absl::StatusOr<std::string> AccessOutbox::CommittedAs(const std::string& request_id,
                                                      const std::string& caller,
                                                      absl::Time deadline) {
  std::string fingerprint;
  RETURN_IF_ERROR(
      db::Read(store_->pool(), deadline, [&](db::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(db::Rows rows, connection.Query("SELECT fingerprint FROM idempotency"
                                                         " WHERE request_id = ? AND caller = ?",
                                                         {request_id, caller}));
        fingerprint = rows.empty() ? "" : rows[0].Bytes(0);
        return absl::OkStatus();
      }));
  return fingerprint;
}

absl::StatusOr<bool> AccessOutbox::IsRepeat(const google::protobuf::Message& request,
                                            const std::string& request_id,
                                            const std::string& caller, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::string fingerprint, CommittedAs(request_id, caller, deadline));
  return !fingerprint.empty() && fingerprint == store_->FingerprintOf(request);
}

absl::StatusOr<std::vector<AccessOutbox::Intent>> AccessOutbox::FindIntents(
    const std::string& where, std::vector<db::Param> params, absl::Time deadline) {
  std::vector<Intent> intents;
  RETURN_IF_ERROR(
      db::Read(store_->pool(), deadline, [&](db::Connection& connection) -> absl::Status {
        intents.clear();
        ASSIGN_OR_RETURN(
            db::Rows rows,
            connection.Query(
                absl::StrCat("SELECT case_name, attempt, request_id, caller, removed, lease_until"
                             " FROM access_intent WHERE ",
                             where, " ORDER BY lease_until LIMIT 200"),
                params));
        for (const db::Row row : rows) {
          Intent& intent = intents.emplace_back();
          intent.case_name = row.Text(0);
          intent.attempt = row.Text(1);
          intent.request_id = row.Text(2);
          intent.caller = row.Text(3);
          if (!intent.removed.ParseFromString(row.Text(4)))
            return absl::DataLossError("an access intent is damaged");
          intent.lease_until = row.Instant(5);
        }
        return absl::OkStatus();
      }));
  return intents;
}

absl::Status AccessOutbox::ForgetIntent(const std::string& case_name, const std::string& attempt,
                                        absl::Time deadline) {
  return db::Transact(store_->pool(), deadline, [&](db::Connection& connection) {
    return connection
        .Execute("DELETE FROM access_intent WHERE case_name = ? AND attempt = ?",
                 {case_name, attempt})
        .status();
  });
}

absl::StatusOr<AccessOutbox::Removal> AccessOutbox::Remove(
    const rpc::Call& call, const std::string& request_id, const std::string& case_name,
    const registry::v1::UpdateCaseAccessRequest& change) {
  if (change.remove().empty()) return Removal();
  // What was given before must have arrived, or it would be given again after this has taken it
  // away.
  RETURN_IF_ERROR(Apply({case_name}, call.deadline));
  ASSIGN_OR_RETURN(std::vector<Intent> open,
                   FindIntents("case_name = ?", {case_name}, call.deadline));
  if (!open.empty()) {
    if (open[0].lease_until > absl::Now()) return status::Conflict();
    RETURN_IF_ERROR(Settle(open[0], call.deadline));
  }

  Removal removal;
  const std::string attempt = base::NewUuid(absl::Now());
  removal.attempt = base::UuidBytes(attempt);
  *removal.removed.mutable_remove() = change.remove();
  removal.removed.set_case_name(case_name);
  removal.removed.set_request_id(attempt);
  const absl::Time lease_until = absl::Now() + options_.lease;
  removal.commit_by = lease_until - options_.lease / 3;
  const absl::Status noted =
      db::Transact(store_->pool(), call.deadline, [&](db::Connection& connection) {
        return connection
            .Execute(
                "INSERT INTO access_intent (case_name, attempt, request_id, caller, removed, "
                "lease_until)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                {case_name, removal.attempt, request_id, call.caller.subject,
                 removal.removed.SerializeAsString(), lease_until})
            .status();
      });
  if (absl::IsAlreadyExists(noted)) return status::Conflict();
  if (!noted.ok()) return status::Unavailable("database");

  // From here on nothing else takes a part away in this case. What was committed before may have:
  // whoever holds a part no more must not be given it back.
  ASSIGN_OR_RETURN(const registry::v1::UpdateCaseAccessRequest held,
                   StillHeld(removal.removed, call.deadline));
  if (held.remove_size() != removal.removed.remove_size()) {
    RETURN_IF_ERROR(ForgetIntent(case_name, removal.attempt, call.deadline));
    return status::Conflict();
  }

  const grpc::Status told = Tell(removal.removed, call.deadline);
  if (told.ok()) return removal;
  if (IsRefusal(told)) {
    // Registry says that it did nothing.
    RETURN_IF_ERROR(ForgetIntent(case_name, removal.attempt, call.deadline));
  } else {
    // It may have been taken away or not; the background gives it back when the lease has run out.
    log::Event(log::Level::kWarning, "access_removal_unanswered", {{"case", case_name}});
  }
  return rpc::PeerStatus("registry", told);
}

absl::StatusOr<registry::v1::UpdateCaseAccessRequest> AccessOutbox::StillHeld(
    const registry::v1::UpdateCaseAccessRequest& removed, absl::Time deadline) {
  const absl::StatusOr<v1::Assignment> now = store_->Get<v1::Assignment>(
      OwnCall(deadline), absl::StrCat(removed.case_name(), "/assignment"));
  if (!now.ok() && !absl::IsNotFound(now.status())) return now.status();
  return rules::StillHeld(now.ok() ? &*now : nullptr, removed);
}

void AccessOutbox::Committed(const std::vector<store::Effect>& changes) {
  if (changes.empty()) return;
  const absl::Time deadline = absl::Now() + kAfterCommit;
  std::vector<std::string> cases;
  for (const store::Effect& change : changes) cases.push_back(change.subject);
  const absl::Status applied = Apply(cases, deadline);
  if (!applied.ok()) {
    log::Event(log::Level::kWarning, "access_change_waits",
               {{"code", absl::StatusCodeToString(applied.code())},
                {"cases", static_cast<int64_t>(cases.size())}});
  }
  for (const store::Effect& change : changes) {
    // The background forgets it otherwise.
    if (!change.detail.empty()) ForgetIntent(change.subject, change.detail, deadline).IgnoreError();
  }
}

absl::StatusOr<std::vector<v1::AccessChange>> AccessOutbox::Waiting(
    const std::vector<std::string>& cases, absl::Time deadline) {
  const v1::ListAssignmentsRequest unused;
  store::ListQuery query;
  query.where = absl::StrCat("t.case_name IN ", db::Marks(cases.size()));
  query.params = ParamsOf(cases);
  query.order_column = "number";
  query.descending = false;
  query.page_size = 1000;
  query.request = &unused;
  ASSIGN_OR_RETURN(store::Page<v1::AccessChange> page,
                   store_->List<v1::AccessChange>(OwnCall(deadline), query));
  return std::move(page.items);
}

absl::Status AccessOutbox::Apply(const std::vector<std::string>& cases, absl::Time deadline) {
  if (cases.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<v1::AccessChange> waiting, Waiting(cases, deadline));
  {
    absl::MutexLock lock(&mutex_);
    std::erase_if(waiting,
                  [this](const v1::AccessChange& change) { return told_.contains(change.name()); });
  }
  absl::Status failed;
  std::set<std::string> stuck;  // cases whose earlier change did not arrive: their later ones wait
  // In rounds: the earliest change of each case, all at once.
  while (!waiting.empty()) {
    struct Asked {
      grpc::ClientContext context;
      registry::v1::UpdateCaseAccessResponse response;
      grpc::Status status;
      v1::AccessChange change;
    };
    std::vector<std::unique_ptr<Asked>> round;
    std::vector<v1::AccessChange> later;
    std::set<std::string> taken;
    for (v1::AccessChange& change : waiting) {
      if (stuck.contains(change.case_name())) continue;
      if (!taken.insert(change.case_name()).second) {
        later.push_back(std::move(change));
        continue;
      }
      round.push_back(std::make_unique<Asked>());
      round.back()->change = std::move(change);
    }
    if (round.empty()) break;
    absl::BlockingCounter open(static_cast<int>(round.size()));
    for (const std::unique_ptr<Asked>& asked : round) {
      Asked* raw = asked.get();
      raw->context.set_deadline(absl::ToChronoTime(deadline));
      registry_->async()->UpdateCaseAccess(&raw->context, &raw->change.change(), &raw->response,
                                           [raw, &open](grpc::Status status) {
                                             raw->status = std::move(status);
                                             open.DecrementCount();
                                           });
    }
    open.Wait();
    std::vector<std::string> arrived;
    for (const std::unique_ptr<Asked>& asked : round) {
      grpc::Status told = asked->status;
      if (!told.ok() && IsRefusal(told)) told = TellPiecewise(asked->change.change(), deadline);
      if (told.ok()) {
        arrived.push_back(asked->change.name());
      } else {
        stuck.insert(asked->change.case_name());
        failed = rpc::PeerStatus("registry", told);
      }
    }
    {
      absl::MutexLock lock(&mutex_);
      told_.insert(arrived.begin(), arrived.end());
    }
    waiting = std::move(later);
  }
  return failed;
}

// The oldest first: while a change has its row, so have the later ones of its case, and whoever
// starts anew tells them in order.
absl::Status AccessOutbox::ForgetTold(absl::Time deadline) {
  while (true) {
    std::vector<std::string> names;
    {
      absl::MutexLock lock(&mutex_);
      for (auto it = told_.begin(); it != told_.end() && names.size() < kForgottenAtOnce; ++it)
        names.push_back(*it);
    }
    if (names.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(db::Transact(store_->pool(), deadline, [&](db::Connection& connection) {
      return connection
          .Execute(
              absl::StrCat("DELETE FROM access_change WHERE name IN ", db::Marks(names.size())),
              ParamsOf(names))
          .status();
    }));
    absl::MutexLock lock(&mutex_);
    for (const std::string& name : names) told_.erase(name);
  }
}

// The order matters: a commit that is found after access was given back takes it away again.
absl::Status AccessOutbox::Settle(const Intent& intent, absl::Time deadline) {
  uint64_t claimed = 0;
  RETURN_IF_ERROR(
      db::Transact(store_->pool(), deadline, [&](db::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(
            claimed, connection.Execute("UPDATE access_intent SET lease_until = ?"
                                        " WHERE case_name = ? AND attempt = ? AND lease_until = ?",
                                        {absl::Now() + options_.lease, intent.case_name,
                                         intent.attempt, intent.lease_until}));
        return absl::OkStatus();
      }));
  if (claimed != 1) return status::Conflict();  // another replica settles it
  ASSIGN_OR_RETURN(const std::string committed,
                   CommittedAs(intent.request_id, intent.caller, deadline));
  if (committed.empty()) {
    ASSIGN_OR_RETURN(const registry::v1::UpdateCaseAccessRequest held,
                     StillHeld(intent.removed, deadline));
    if (held.remove().empty()) return ForgetIntent(intent.case_name, intent.attempt, deadline);
    registry::v1::UpdateCaseAccessRequest back;
    back.set_case_name(intent.case_name);
    *back.mutable_add() = held.remove();
    back.set_request_id(base::NewUuid(absl::Now()));
    grpc::Status told = Tell(back, deadline);
    if (!told.ok() && IsRefusal(told)) told = TellPiecewise(back, deadline);
    RETURN_IF_ERROR(rpc::PeerStatus("registry", told));
    ASSIGN_OR_RETURN(const std::string after_all,
                     CommittedAs(intent.request_id, intent.caller, deadline));
    if (!after_all.empty()) {
      registry::v1::UpdateCaseAccessRequest again = intent.removed;
      again.set_request_id(base::NewUuid(absl::Now()));
      RETURN_IF_ERROR(rpc::PeerStatus("registry", Tell(again, deadline)));
    } else {
      log::Event(log::Level::kWarning, "access_given_back", {{"case", intent.case_name}});
    }
  }
  return ForgetIntent(intent.case_name, intent.attempt, deadline);
}

absl::Status AccessOutbox::Sweep(absl::Time deadline) {
  RETURN_IF_ERROR(ForgetTold(deadline));
  std::vector<std::string> cases;
  int64_t pending = 0;
  RETURN_IF_ERROR(
      db::Read(store_->pool(), deadline, [&](db::Connection& connection) -> absl::Status {
        cases.clear();
        ASSIGN_OR_RETURN(
            db::Rows rows,
            connection.Query("SELECT case_name, COUNT(*) FROM access_change GROUP BY case_name"));
        pending = 0;
        for (const db::Row row : rows) {
          pending += row.Int(1);
          if (cases.size() < kSweepCases) cases.push_back(row.Text(0));
        }
        return absl::OkStatus();
      }));
  options_.pending(pending);
  absl::Status failed = Apply(cases, deadline);
  ASSIGN_OR_RETURN(std::vector<Intent> lapsed,
                   FindIntents("lease_until < ?", {absl::Now()}, deadline));
  for (const Intent& intent : lapsed) failed.Update(Settle(intent, deadline));
  return failed;
}

void AccessOutbox::Loop() {
  bool well = true;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (!stopping_) wake_.WaitWithTimeout(&mutex_, options_.period);
      if (stopping_) break;
    }
    const absl::Status swept = Sweep(absl::Now() + absl::Seconds(5));
    if (well && !swept.ok()) {
      log::Event(log::Level::kWarning, "access_sweep_failed",
                 {{"code", absl::StatusCodeToString(swept.code())}});
    }
    well = swept.ok();
  }
  // What stays is told again after the next start, to no effect.
  ForgetTold(absl::Now() + absl::Seconds(2)).IgnoreError();
}

void AccessOutbox::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void AccessOutbox::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    wake_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace redress::assignment

#include "services/assignment/access_reconciler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "redress/assignment/v1/resources.pb.h"
#include "services/assignment/access_outbox.h"
#include "services/assignment/rules.h"

namespace redress::assignment {
namespace {

constexpr absl::Duration kStep = absl::Seconds(20);

bool Differs(const registry::v1::ReconcileCaseAccessResponse& found) {
  return !found.surplus().empty() || !found.missing().empty() || found.unit_differed() ||
         found.record_differed();
}

}  // namespace

AccessReconciler::AccessReconciler(store::Store& store, Options options)
    : store_(store),
      options_(std::move(options)),
      registry_(registry::v1::AccessService::NewStub(options_.registry)) {}

AccessReconciler::~AccessReconciler() { Stop(); }

absl::StatusOr<bool> AccessReconciler::IsChanging(const std::string& case_name,
                                                  absl::Time deadline) {
  bool changing = false;
  RETURN_IF_ERROR(db::Read(store_.pool(), deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     conn.Query("SELECT EXISTS (SELECT 1 FROM access_change WHERE case_name = ?)"
                                " OR EXISTS (SELECT 1 FROM access_intent WHERE case_name = ?)",
                                {case_name, case_name}));
    changing = rows[0].Bool(0);
    return absl::OkStatus();
  }));
  return changing;
}

absl::StatusOr<registry::v1::ReconcileCaseAccessResponse> AccessReconciler::Ask(
    registry::v1::ReconcileCaseAccessRequest request, absl::Time deadline) {
  request.set_request_id(base::NewUuid(absl::Now()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  registry::v1::ReconcileCaseAccessResponse response;
  const grpc::Status asked = registry_->ReconcileCaseAccess(&context, request, &response);
  if (!asked.ok()) return rpc::PeerStatus("registry", asked);
  return response;
}

absl::Status AccessReconciler::Reconcile(const std::string& case_name, absl::Time deadline) {
  const std::string name = absl::StrCat(case_name, "/assignment");
  ASSIGN_OR_RETURN(const bool changing, IsChanging(case_name, deadline));
  if (changing) return absl::OkStatus();
  const auto read = [&] { return store_.GetVersioned<v1::Assignment>(OwnCall(deadline), name); };
  const absl::StatusOr<store::Versioned<v1::Assignment>> row = read();
  // A row that does not open is not believed, but who has a part by the facts is known.
  if (!row.ok() && !absl::IsDataLoss(row.status())) return row.status();
  std::vector<facts::v1::Fact> facts;
  ASSIGN_OR_RETURN(const std::vector<facts::v1::FeedEntry> entries,
                   options_.facts->ListCase(case_name, deadline));
  for (const facts::v1::FeedEntry& entry : entries) {
    if (!facts.emplace_back().ParseFromString(entry.fact())) {
      return absl::DataLossError("a fact does not parse");
    }
  }
  rules::KnownParts known = rules::PartsKnown(case_name, row.ok() ? &row->message : nullptr,
                                              row.ok() ? row->version : 0, facts);
  if (known.row_is_behind) {
    options_.behind();
    if (behind_.insert(case_name).second) {
      log::Event(log::Level::kError, "assignment_behind_its_facts", {{"case", case_name}});
    }
  } else {
    behind_.erase(case_name);
  }
  known.request.set_validate_only(true);
  ASSIGN_OR_RETURN(const registry::v1::ReconcileCaseAccessResponse looked,
                   Ask(known.request, deadline));
  if (!Differs(looked)) return absl::OkStatus();
  // What registry was found with is older than any change that began since: then nothing is put
  // right now, since the difference may be that change.
  ASSIGN_OR_RETURN(const bool began, IsChanging(case_name, deadline));
  const absl::StatusOr<store::Versioned<v1::Assignment>> again = read();
  if (began || again.ok() != row.ok() || (row.ok() && again->version != row->version)) {
    return absl::OkStatus();
  }
  known.request.set_validate_only(false);
  known.request.set_etag(looked.etag());
  ASSIGN_OR_RETURN(const registry::v1::ReconcileCaseAccessResponse found,
                   Ask(known.request, deadline));
  if (!Differs(found)) return absl::OkStatus();
  options_.differed();
  log::Event(log::Level::kError, "access_differed",
             {{"case", case_name},
              {"surplus", static_cast<int64_t>(found.surplus_size())},
              {"missing", static_cast<int64_t>(found.missing_size())},
              {"unit", found.unit_differed()},
              {"record", found.record_differed()}});
  return absl::OkStatus();
}

absl::Status AccessReconciler::Step(absl::Time deadline) {
  std::vector<std::string> cases;
  RETURN_IF_ERROR(db::Read(store_.pool(), deadline, [&](db::Connection& conn) -> absl::Status {
    cases.clear();
    ASSIGN_OR_RETURN(const db::Rows rows,
                     conn.Query("SELECT name FROM assignment WHERE name > ? ORDER BY name LIMIT ?",
                                {after_, options_.at_once}));
    for (const db::Row row : rows) cases.emplace_back(base::RootName(row.Text(0)));
    after_ = static_cast<int>(rows.size()) < options_.at_once ? "" : rows[rows.size() - 1].Text(0);
    return absl::OkStatus();
  }));
  absl::Status failed;
  for (const std::string& case_name : cases) {
    // One that cannot be held against anything keeps none of the others from it.
    const absl::Status status = Reconcile(case_name, deadline);
    if (status.ok() || absl::IsNotFound(status) || absl::IsAborted(status)) continue;
    failed = status;
  }
  return failed;
}

void AccessReconciler::Loop() {
  while (true) {
    {
      const absl::Duration pause = after_.empty() ? options_.rest : options_.pause;
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause)) return;
    }
    const absl::Status status = Step(absl::Now() + kStep);
    if (!status.ok()) {
      log::Event(log::Level::kWarning, "access_not_reconciled",
                 {{"code", absl::StatusCodeToString(status.code())}});
    }
  }
}

void AccessReconciler::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Loop(); });
}

void AccessReconciler::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace redress::assignment

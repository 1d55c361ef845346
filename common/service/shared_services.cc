#include "common/service/shared_services.h"

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/auth/hide.h"
#include "common/auth/permissions.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/rpc/rpc_service.h"
#include "common/rules/rules.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "redress/sample/v1/sample.pb.h"

namespace redress::service {
namespace {

constexpr size_t kCasesAtOnce = 1000;  // as many as CheckAccess takes

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// A sample whose clock stands at the end of all dates would be of no use for good.
constexpr int kLastYear = 2100;

absl::StatusOr<sample::v1::SetTimeResponse> SetTime(Environment& environment, const rpc::Call& call,
                                                    const sample::v1::SetTimeRequest& asked) {
  base::SimulatedClock* clock = environment.simulated_clock();
  if (clock == nullptr) {
    return status::Error(absl::StatusCode::kFailedPrecondition, "NOT_A_SAMPLE",
                         "a production database has no simulated clock");
  }
  const absl::Time now =
      absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(asked.now()));
  if (base::DayAt(now).year() > kLastYear) {
    rules::FieldErrors errors;
    errors.Add("now", absl::StrCat("must not be after the year ", kLastYear,
                                   ": the simulated clock never goes back"));
    return errors.ToStatus();
  }
  // On disk first: after a restart no fact may be dated before one that was recorded.
  RETURN_IF_ERROR(db::Transact(environment.pool(), call.deadline, [&](db::Connection& connection) {
    return connection
        .Execute(
            "UPDATE deployment SET simulated_now = GREATEST(COALESCE(simulated_now, ?), ?)"
            " WHERE id = 1",
            {now, now})
        .status();
  }));
  if (!clock->AdvanceTo(now)) {
    return status::Error(absl::StatusCode::kFailedPrecondition, "CLOCK_GOES_FORWARD_ONLY",
                         "the simulated clock never goes back");
  }
  sample::v1::SetTimeResponse answer;
  *answer.mutable_now() = ToTimestamp(clock->Now());
  return answer;
}

}  // namespace

facts::Visibility FeedVisibility(store::AccessGate* gate) {
  return [gate](const rpc::Call& call,
                const std::string& case_name) -> absl::StatusOr<facts::Visible> {
    // Services see everything.
    if (call.caller.Has(types::v1::ROLE_SERVICE)) return facts::Visible();
    if (!case_name.empty()) {
      if (gate == nullptr) return status::NotFound("case");
      ASSIGN_OR_RETURN(auto decisions, gate->Check(call, call.permission, {case_name}));
      if (!decisions.at(0).ok()) {
        return status::ConcealFor(decisions.at(0).status(), case_name);
      }
      const auth::ToldSet told = auth::ToldTo(decisions.at(0)->roles);
      return facts::Visible(
          [told](const facts::v1::Fact& fact) { return auth::MaySeeFact(told, fact.kind()); });
    }
    // A county platform sees what concerns campaigns and units; the facts of cases reach it as
    // hashes, which keep the feed verifiable.
    if (!auth::Permits(call.caller.roles, "facts.watch")) return status::Denied("facts.watch");
    return facts::Visible([](const facts::v1::Fact& fact) { return fact.case_name().empty(); });
  };
}

audit::HideEntries AuditVisibility(store::AccessGate* gate) {
  return [gate](const rpc::Call& call, audit::v1::ListAuditEntriesResponse& page) -> absl::Status {
    if (gate == nullptr) return absl::OkStatus();
    // The entries about each case, by their index.
    std::map<std::string, std::vector<int>> about;
    for (int i = 0; i < page.entries_size(); ++i) {
      audit::v1::AuditEntry entry;
      // What cannot be read cannot be judged; whoever verifies the log finds it by its hash.
      if (!entry.ParseFromString(page.entries(i).entry())) continue;
      for (const std::string& resource : entry.resources()) {
        const std::string_view root = base::RootName(resource);
        if (root.starts_with("cases/")) about[std::string(root)].push_back(i);
      }
    }
    std::vector<std::string> cases;
    for (auto it = about.begin(); it != about.end();) {
      cases.push_back(it->first);
      if (++it != about.end() && cases.size() < kCasesAtOnce) continue;
      ASSIGN_OR_RETURN(const auto decisions, gate->Check(call, call.permission, cases));
      for (size_t i = 0; i < cases.size(); ++i) {
        const std::optional<status::Concealed> concealed =
            status::ConcealedIn(decisions.at(i).status());
        if (!concealed.has_value() || concealed->reason != "WALLED") continue;
        for (const int index : about[cases[i]]) {
          page.mutable_entries(index)->clear_entry();
          page.mutable_entries(index)->clear_nonce();
        }
      }
      cases.clear();
    }
    return absl::OkStatus();
  };
}

absl::StatusOr<std::unique_ptr<grpc::Service>> MakeSampleClockService(Environment& environment) {
  return rpc::RpcService::Create(
      environment.runtime(), "redress.sample.v1.SampleClockService",
      {{"SetTime",
        rpc::ServeBy(std::function(
            [&environment](const rpc::Call& call, const sample::v1::SetTimeRequest& asked) {
              return SetTime(environment, call, asked);
            }))},
       {"GetTime", rpc::ServeBy(std::function(
                       [&environment](const rpc::Call&, const sample::v1::GetTimeRequest&)
                           -> absl::StatusOr<sample::v1::GetTimeResponse> {
                         sample::v1::GetTimeResponse answer;
                         *answer.mutable_now() = ToTimestamp(environment.clock().Now());
                         return answer;
                       }))}});
}

}  // namespace redress::service

#include "common/service/shared_services.h"

#include "common/auth/hide.h"
#include "common/auth/permissions.h"
#include "common/db/transact.h"
#include "common/rpc/rpc_service.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "redress/sample/v1/sample.pb.h"

namespace redress::service {
namespace {

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

absl::StatusOr<sample::v1::SetTimeResponse> SetTime(Environment& environment, const rpc::Call& call,
                                                    const sample::v1::SetTimeRequest& asked) {
  base::SimulatedClock* clock = environment.simulated_clock();
  if (clock == nullptr) {
    return status::Error(absl::StatusCode::kFailedPrecondition, "NOT_A_SAMPLE",
                         "a production database has no simulated clock");
  }
  const absl::Time now =
      absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(asked.now()));
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

facts::FeedService::Visibility FeedVisibility(store::AccessGate* gate) {
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

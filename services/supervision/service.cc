#include "services/supervision/service.h"

#include <functional>

#include "common/status/macros.h"

namespace redress::supervision {
namespace {

// A reading. A feed that is not what was followed of it shows in every one.
template <class Req, class Resp>
std::function<absl::StatusOr<Resp>(const rpc::Call&, const Req&)> Warned(
    Answers& answers, absl::StatusOr<Resp> (Answers::*method)(const rpc::Call&, const Req&)) {
  return [&answers, method](const rpc::Call& call, const Req& asked) -> absl::StatusOr<Resp> {
    ASSIGN_OR_RETURN(Resp answer, (answers.*method)(call, asked));
    RETURN_IF_ERROR(answers.AddWarnings(call, *answer.mutable_warnings()));
    return answer;
  };
}

template <class Req, class Resp>
std::function<absl::StatusOr<Resp>(const rpc::Call&, const Req&)> By(
    Answers& answers, absl::StatusOr<Resp> (Answers::*method)(const rpc::Call&, const Req&)) {
  return std::bind_front(method, std::ref(answers));
}

}  // namespace

absl::StatusOr<std::unique_ptr<grpc::Service>> MakeService(const rpc::Runtime& runtime,
                                                           Answers& answers, store::Store& store) {
  return service::Rpcs(runtime, store)
      .Serve(Warned(answers, &Answers::Overview))
      .Serve(Warned(answers, &Answers::Statuses))
      .Serve(Warned(answers, &Answers::CaseEvaluation))
      .Serve(Warned(answers, &Answers::Ledger))
      .Serve(Warned(answers, &Answers::Overdue))
      .Serve(Warned(answers, &Answers::Scorecard))
      .Serve(Warned(answers, &Answers::Scorecards))
      .Serve(Warned(answers, &Answers::ProjectionState))
      .Once(By(answers, &Answers::Rebuild))
      .Once(By(answers, &Answers::ProposeRestore))
      .Once(By(answers, &Answers::AcceptRestore))
      .Build(kServiceName);
}

}  // namespace redress::supervision

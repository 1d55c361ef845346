// The rpcs of AssignmentService. The proto files say what each does; here each is: which rows,
// which rule.
#ifndef REDRESS_SERVICES_ASSIGNMENT_SERVICE_H_
#define REDRESS_SERVICES_ASSIGNMENT_SERVICE_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/calendar/source.h"
#include "common/rpc/handle.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "services/assignment/peers.h"
#include "services/assignment/rules.h"
#include "services/assignment/store.h"

namespace redress::assignment {

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// What the rules are told of a case.
rules::CaseView ViewOf(const store::CaseContext& context, std::vector<std::string> barred);

// An rpc's signature in the callback API.
#define REDRESS_RPC(Name)                                                                        \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context,                           \
                                 const v1::Name##Request* request, v1::Name##Response* response) \
      override

// Thread-safe. Everything given must outlive it.
class AssignmentService final : public v1::AssignmentService::CallbackService {
 public:
  struct Parts {
    const rpc::Runtime* runtime = nullptr;
    AssignmentStore* store = nullptr;
    store::AccessGate* gate = nullptr;
    Peers* peers = nullptr;
    const base::Clock* clock = nullptr;
    const calendar::Current* calendar = nullptr;
    const plan::RuleSetTable* rule_sets = nullptr;
  };
  explicit AssignmentService(const Parts& parts)
      : parts_(parts), runtime_(*parts.runtime), store_(*parts.store) {}

  // service_unit.cc
  REDRESS_RPC(CreateUnit);
  REDRESS_RPC(GetUnit);
  REDRESS_RPC(ListUnits);
  REDRESS_RPC(UpdateUnit);
  REDRESS_RPC(CreateOfficial);
  REDRESS_RPC(GetOfficial);
  REDRESS_RPC(ListOfficials);
  REDRESS_RPC(UpdateOfficial);
  REDRESS_RPC(ResolveAccused);
  REDRESS_RPC(EnrollUnit);
  REDRESS_RPC(RecordDeployment);
  REDRESS_RPC(RecordImplementingRules);
  REDRESS_RPC(SetLeadingGroup);
  REDRESS_RPC(GetLeadingGroup);
  // service.cc
  REDRESS_RPC(AssignCase);
  REDRESS_RPC(GetAssignment);
  REDRESS_RPC(ListAssignments);
  REDRESS_RPC(SetTaskForce);
  REDRESS_RPC(SetWorkPlan);
  REDRESS_RPC(CompleteMeasure);
  REDRESS_RPC(OfferHandover);
  REDRESS_RPC(AcceptHandover);
  REDRESS_RPC(DeclineHandover);
  REDRESS_RPC(WithdrawHandover);
  REDRESS_RPC(GrantExtension);
  REDRESS_RPC(ListDue);

 private:
  // What a change to an assignment needs before its transaction.
  struct Prepared {
    rules::Officials officials;
    std::vector<std::string> barred;
    AccessOutbox::Removal removal;
  };
  // The rules on assignments, seen alike.
  template <class Req>
  using AssignmentRule = std::function<absl::StatusOr<rules::Outcome<v1::Assignment>>(
      const v1::Assignment* current, const Req& asked, const rules::CaseView& of,
      const rules::Officials& officials, const rules::Context& context)>;

  // A change to the assignment of one case by one rule. `named`: the officials and units that the
  // request names. With `removes_first` the change may take access away, which is done at registry
  // before the commit.
  template <class Req, class Resp>
  grpc::ServerUnaryReactor* ChangeAssignment(
      grpc::CallbackServerContext* context, const Req* request, Resp* response, bool removes_first,
      AssignmentRule<Req> rule, std::function<std::vector<std::string>(const Req&)> named);
  template <class Req>
  absl::StatusOr<Prepared> Prepare(const rpc::Call& call, const Req& asked, bool removes_first,
                                   const AssignmentRule<Req>& rule, std::vector<std::string> named);
  // Those of the officials and units that may be given no part in the case.
  absl::StatusOr<std::vector<std::string>> BarredOf(const rpc::Call& call,
                                                    const std::string& case_name,
                                                    const rules::Officials& officials,
                                                    const std::vector<std::string>& units);
  // Officials are of units: what is said of those who join or leave an accused one, before it is
  // so.
  absl::Status TellMembership(const rpc::Call& call, const std::string& official,
                              const v1::Official* before, const v1::Official& after);
  rules::Context ContextOf(const rpc::Call& call) const;
  // Puts the assignment, and with it in the outbox what registry has to be told.
  absl::StatusOr<v1::Assignment> Put(rules::Outcome<v1::Assignment> outcome,
                                     const v1::Assignment* before,
                                     const AccessOutbox::Removal& removal, store::Changes& changes);

  // The unit of that name, or null where there is none; INVALID_ARGUMENT on `field` where it is of
  // a region that the caller does not serve.
  absl::StatusOr<std::shared_ptr<const v1::Unit>> FindServedUnit(const rpc::Call& call,
                                                                 const std::string& name,
                                                                 std::string_view field);
  template <class Req, class Resp>
  grpc::ServerUnaryReactor* RecordMilestone(grpc::CallbackServerContext* context,
                                            const Req* request, Resp* response,
                                            v1::MilestoneKind kind);

  const Parts parts_;
  const rpc::Runtime& runtime_;
  AssignmentStore& store_;
};

#undef REDRESS_RPC

// True for a call that is to change nothing.
template <class Req>
bool ValidatesOnly(const Req& asked) {
  if constexpr (requires { asked.validate_only(); }) return asked.validate_only();
  return false;
}

template <class Req>
absl::StatusOr<AssignmentService::Prepared> AssignmentService::Prepare(
    const rpc::Call& call, const Req& asked, bool removes_first, const AssignmentRule<Req>& rule,
    std::vector<std::string> named) {
  Prepared prepared;
  const std::string request_id = base::UuidBytes(asked.request_id());
  // A call that only validates has no stored answer to be given. The store gives one, as far as the
  // caller may still see the case.
  if (!ValidatesOnly(asked)) {
    ASSIGN_OR_RETURN(
        const bool repeated,
        store_.outbox().IsRepeat(asked, request_id, call.caller.subject, call.deadline));
    if (repeated) return prepared;
  }
  if (!removes_first && named.empty()) return prepared;
  // Registry is asked about nobody on behalf of somebody who may not act on the case.
  rpc::Call quiet = call;
  quiet.reading = std::make_shared<rpc::Reading>();
  ASSIGN_OR_RETURN(const store::CaseContext known,
                   store_.resources().CheckCase(quiet, asked.case_name()));
  std::vector<std::string> units;
  std::erase_if(named, [&](const std::string& name) {
    if (!name.starts_with("units/")) return name.empty();
    units.push_back(name);
    return true;
  });
  absl::StatusOr<v1::Assignment> current = absl::NotFoundError("");
  if (removes_first) {
    current = store_.resources().Get<v1::Assignment>(
        quiet, absl::StrCat(asked.case_name(), "/assignment"));
    if (!current.ok() && !absl::IsNotFound(current.status())) return current.status();
  }
  if (current.ok() && current->has_open_handover()) {
    named.push_back(current->open_handover().to_official());
    units.push_back(current->open_handover().to_unit());
  }
  ASSIGN_OR_RETURN(prepared.officials, store_.FindOfficials(call, named));
  ASSIGN_OR_RETURN(prepared.barred, BarredOf(call, asked.case_name(), prepared.officials, units));
  // A first run of the rule, on what is there now, tells what would be taken away. Whether it is
  // allowed is decided in the transaction; here a refusal only means that nothing is to be taken
  // away.
  if (!current.ok()) return prepared;
  if (!asked.etag().empty() && asked.etag() != current->etag()) return prepared;
  const auto outcome =
      rule(&*current, asked, ViewOf(known, prepared.barred), prepared.officials, ContextOf(call));
  if (!outcome.ok()) return prepared;
  ASSIGN_OR_RETURN(prepared.removal,
                   store_.outbox().Remove(call, request_id, asked.case_name(),
                                          rules::RemovedFirst(rules::AccessChangeBetween(
                                              &*current, outcome->resource))));
  return prepared;
}

template <class Req, class Resp>
grpc::ServerUnaryReactor* AssignmentService::ChangeAssignment(
    grpc::CallbackServerContext* context, const Req* request, Resp* response, bool removes_first,
    AssignmentRule<Req> rule, std::function<std::vector<std::string>(const Req&)> named) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this, removes_first, rule = std::move(rule), named = std::move(named)](
          const rpc::Call& call, const Req& asked, rpc::Done<Resp> done) {
        absl::StatusOr<Prepared> prepared =
            Prepare<Req>(call, asked, removes_first, rule, named(asked));
        if (!prepared.ok()) return done(prepared.status());
        const std::string name = absl::StrCat(asked.case_name(), "/assignment");
        store_.resources().Submit<Req, Resp>(
            call, asked, {store::LockOf<v1::Assignment>(name)},
            [this, &asked, name, rule, prepared = *std::move(prepared)](
                const store::Rows& rows, store::Changes& changes) -> absl::StatusOr<Resp> {
              const v1::Assignment* current = rows.Find<v1::Assignment>(name);
              ASSIGN_OR_RETURN(auto outcome,
                               rule(current, asked, ViewOf(rows.case_context(), prepared.barred),
                                    prepared.officials, changes.rule_context()));
              Resp answer;
              ASSIGN_OR_RETURN(*answer.mutable_assignment(),
                               Put(std::move(outcome), current, prepared.removal, changes));
              return answer;
            },
            done);
      });
}

}  // namespace redress::assignment

#endif  // REDRESS_SERVICES_ASSIGNMENT_SERVICE_H_

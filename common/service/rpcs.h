// The rpcs of a service as values. What happens around a rule is the same for all and is written
// here once; a service declares which rule, resource or query is behind which rpc:
//
//   Rpcs rpcs(runtime, store);
//   rpcs.Get<v1::GetVisitRequest>().List(VisitsOf).Write(rules::RecordVisit);
//   return rpcs.Build("redress.visits.v1.VisitsService");
//
// The name of an rpc is that of its request without the word Request, and the resource of an answer
// is its field of that type, so neither is said again. What cannot be made out aborts or fails the
// start: the first test finds it.
//
// The signature of a rule is its declaration. It takes, in any order and number:
//   const R&         the request
//   const M&         a resource, locked; NOT_FOUND where there is none
//   const M*         a resource, locked; null where there is none
//   const Context&   who asks, today, new ids
//   const View&      what the rules may know of the case (ViewOf)
// and returns StatusOr<Outcome<M>>. The name of a locked resource is in the request: in the field
// whose resource pattern is that of the table, or the case's own where there is one for each case.
// The etag of a request is that of the first resource which its rule takes.
#ifndef REDRESS_COMMON_SERVICE_RPCS_H_
#define REDRESS_COMMON_SERVICE_RPCS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/rpc_service.h"
#include "common/rules/rules.h"
#include "common/service/unit_register.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/store/store.h"
#include "google/protobuf/message.h"

namespace redress::service {

// What a service's rules are told of a case: each service specialises it for its own view.
template <class View>
View ViewOf(const store::CaseContext& known);

namespace internal {

// Where a request names a resource.
class NameInRequest {
 public:
  // Aborts where `request` names none of `table`.
  NameInRequest(const google::protobuf::Descriptor& request, const store::Table& table);
  const store::Table& table() const { return *table_; }
  std::string In(const google::protobuf::Message& request) const;

 private:
  const store::Table* table_;
  const google::protobuf::FieldDescriptor* field_;
  std::string suffix_;  // of the one resource that each case has; empty: the field holds the name
  bool root_ = false;   // the case that the field's name lies below
};

// What is known of a write before it is asked for. Immutable.
struct WritePlan {
  std::vector<NameInRequest> rows;                                  // in the order of the rule
  const google::protobuf::FieldDescriptor* case_field = nullptr;    // null where it is of no case
  const google::protobuf::FieldDescriptor* answer_field = nullptr;  // of the answer

  WritePlan(const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& answer,
            const google::protobuf::Descriptor& resource,
            const std::vector<const google::protobuf::Descriptor*>& taken);
};

// One run of a rule.
struct Run {
  const WritePlan& plan;
  const google::protobuf::Message& request;
  const store::Rows& rows;
  store::Changes& changes;
};

template <class T>
inline constexpr bool kIsMessage = std::is_base_of_v<google::protobuf::Message, T>;
template <class T>
concept WriteRequest = kIsMessage<T> && requires(const T& message) {
  message.request_id();
};
template <class T>
concept Resource = kIsMessage<T> && !WriteRequest<T>;

// How an argument of a rule is come by. `missing`: the table of the resource that there is not.
template <class Arg>
struct Argument;
template <class View>
struct Argument<const View&> {
  explicit Argument(const Run& run) : value(ViewOf<View>(run.rows.case_context())) {}
  const View& get() const { return value; }
  const store::Table* missing = nullptr;
  View value;
};
template <>
struct Argument<const rules::Context&> {
  explicit Argument(const Run& run) : value(run.changes.rule_context()) {}
  const rules::Context& get() const { return value; }
  const store::Table* missing = nullptr;
  rules::Context value;
};
template <WriteRequest Req>
struct Argument<const Req&> {
  explicit Argument(const Run& run) : value(static_cast<const Req&>(run.request)) {}
  const Req& get() const { return value; }
  const store::Table* missing = nullptr;
  const Req& value;
};
template <Resource M>
struct Argument<const M*> {
  explicit Argument(const Run& run) {
    const store::Table& table = store::Table::Of(M::descriptor());
    for (const NameInRequest& row : run.plan.rows) {
      if (&row.table() == &table) value = run.rows.Find<M>(row.In(run.request));
    }
  }
  const M* get() const { return value; }
  const store::Table* missing = nullptr;
  const M* value = nullptr;
};
template <Resource M>
struct Argument<const M&> {
  explicit Argument(const Run& run) : row(run) {
    if (row.value == nullptr) missing = &store::Table::Of(M::descriptor());
  }
  const M& get() const { return *row.value; }
  const store::Table* missing = nullptr;
  Argument<const M*> row;
};

// The request among the arguments of a rule, and the resources.
template <class... Args>
struct Signature;
template <class First, class... Rest>
struct Signature<First, Rest...> {
  using Plain = std::remove_cvref_t<std::remove_pointer_t<First>>;
  static const google::protobuf::Descriptor* Request() {
    if constexpr (WriteRequest<Plain>) {
      return Plain::descriptor();
    } else {
      return Signature<Rest...>::Request();
    }
  }
  static void AddResources(std::vector<const google::protobuf::Descriptor*>& into) {
    if constexpr (Resource<Plain>) into.push_back(Plain::descriptor());
    Signature<Rest...>::AddResources(into);
  }
};
template <>
struct Signature<> {
  static const google::protobuf::Descriptor* Request() { return nullptr; }
  static void AddResources(std::vector<const google::protobuf::Descriptor*>& into) {}
};

// The answer of the rpc that takes `request`.
const google::protobuf::Descriptor& AnswerTo(const google::protobuf::Descriptor& request);

template <class M, class... Args>
absl::Status RunRule(absl::StatusOr<rules::Outcome<M>> (*rule)(Args...), const Run& run,
                     google::protobuf::Message& answer) {
  std::tuple<Argument<Args>...> arguments{Argument<Args>(run)...};
  return std::apply(
      [&](const auto&... each) -> absl::Status {
        const store::Table* missing = nullptr;
        ((missing = missing == nullptr ? each.missing : missing), ...);
        if (missing != nullptr) return status::NotFound(missing->name());
        ASSIGN_OR_RETURN(rules::Outcome<M> outcome, rule(each.get()...));
        answer.GetReflection()
            ->MutableMessage(&answer, run.plan.answer_field)
            ->CopyFrom(run.changes.Apply(std::move(outcome)));
        return absl::OkStatus();
      },
      arguments);
}

}  // namespace internal

// Collects the rpcs of one service. For one thread; what it builds is thread-safe. Everything given
// must outlive what it builds.
class Rpcs {
 public:
  // `units`: where the units that a write names are looked up before it; null where none names any.
  Rpcs(const rpc::Runtime& runtime, store::Store& store, UnitRegister* units = nullptr)
      : runtime_(runtime), store_(store), units_(units) {}

  // One resource by its name. Several that are asked for at once are read together.
  template <class Req>
  Rpcs& Get() {
    return AddGet(*Req::descriptor());
  }
  // A page of resources. A list of a case that shows nothing tells the case that may be read from
  // one that may not.
  template <class Req>
  Rpcs& List(store::ListQuery (*query)(const Req&)) {
    return AddList(*Req::descriptor(), [query](const google::protobuf::Message& request) {
      return query(static_cast<const Req&>(request));
    });
  }
  template <class Req>
  Rpcs& List(absl::StatusOr<store::ListQuery> (*query)(const Req&)) {
    return AddList(*Req::descriptor(), [query](const google::protobuf::Message& request) {
      return query(static_cast<const Req&>(request));
    });
  }
  // A write by a rule, in one transaction.
  template <class M, class... Args>
  Rpcs& Write(absl::StatusOr<rules::Outcome<M>> (*rule)(Args...)) {
    using Of = internal::Signature<Args...>;
    std::vector<const google::protobuf::Descriptor*> taken;
    Of::AddResources(taken);
    return AddWrite(*Of::Request(), *M::descriptor(), taken,
                    [rule](const internal::Run& run, google::protobuf::Message& answer) {
                      return internal::RunRule(rule, run, answer);
                    });
  }

  // Whatever else answers: a reading that is no row of this service.
  template <class Req, class Resp>
  Rpcs& Serve(std::function<absl::StatusOr<Resp>(const rpc::Call&, const Req&)> fn) {
    return Add(*Req::descriptor(), rpc::ServeBy(std::move(fn)));
  }
  // An act that writes no row of this service, done once for a request_id: a repeat gets the answer
  // of then. `fn` may run again before it is answered.
  template <class Req, class Resp>
  Rpcs& Once(std::function<absl::StatusOr<Resp>(const rpc::Call&, const Req&)> fn) {
    return Add(*Req::descriptor(), [&store = store_, fn = std::move(fn)](
                                       const rpc::Call& call,
                                       const google::protobuf::Message& request,
                                       rpc::Answer answer) {
      store.SubmitRule(
          call, request, {},
          [call, fn, &request](const store::Rows&, store::Changes&,
                               google::protobuf::Message& into) -> absl::Status {
            ASSIGN_OR_RETURN(static_cast<Resp&>(into), fn(call, static_cast<const Req&>(request)));
            return absl::OkStatus();
          },
          std::move(answer));
    });
  }

  // The gRPC service. INTERNAL where these are not exactly its rpcs.
  absl::StatusOr<std::unique_ptr<grpc::Service>> Build(const std::string& full_name);

 private:
  using Query =
      std::function<absl::StatusOr<store::ListQuery>(const google::protobuf::Message& request)>;
  using Rule = std::function<absl::Status(const internal::Run&, google::protobuf::Message& answer)>;

  Rpcs& AddGet(const google::protobuf::Descriptor& request);
  Rpcs& AddList(const google::protobuf::Descriptor& request, Query query);
  Rpcs& AddWrite(const google::protobuf::Descriptor& request,
                 const google::protobuf::Descriptor& resource,
                 const std::vector<const google::protobuf::Descriptor*>& taken, Rule rule);
  // Aborts where the rpc has one already.
  Rpcs& Add(const google::protobuf::Descriptor& request, rpc::Serve serve);

  const rpc::Runtime& runtime_;
  store::Store& store_;
  UnitRegister* const units_;
  std::map<std::string, rpc::Serve> rpcs_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_RPCS_H_

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
//   const B&         what was read for it before its transaction (Basis)
// and returns StatusOr<Outcome<M>>. The name of a locked resource is in the request: in the field
// whose resource pattern is that of the table, or the case's own where there is one for each case.
// The etag of a request is that of the first resource which its rule takes.
//
// Whatever refuses a write before its rule runs, a repeat of one that was done is answered with the
// answer of then: no stage comes before that.
#ifndef REDRESS_COMMON_SERVICE_RPCS_H_
#define REDRESS_COMMON_SERVICE_RPCS_H_

#include <concepts>
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

// A resource as somebody saw it.
struct Seen {
  const store::Table* table = nullptr;
  std::string name;
  std::string etag;
};
template <class M>
Seen SeenAs(const M& resource) {
  const store::Table& table = store::Table::Of(M::descriptor());
  return {&table, table.NameOf(resource), resource.etag()};
}

// What a rule decides on besides its rows, read before its transaction from wherever it is. The
// write is ABORTED where a resource that it was read from, and that the write locks, has changed by
// then.
template <class B>
struct Basis {
  B value;
  std::vector<Seen> seen = {};
};

// A write that no rule's signature describes. `decide` has no other effect than its changes, and
// may run again.
template <class Resp>
struct Prepared {
  std::vector<store::Lock> locks;
  std::function<absl::StatusOr<Resp>(const store::Rows&, store::Changes&)> decide;
  store::Needs needs = {};
};

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
  const google::protobuf::FieldDescriptor* answer_field = nullptr;  // of the answer

  WritePlan(const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& answer,
            const google::protobuf::Descriptor& resource,
            const std::vector<const google::protobuf::Descriptor*>& taken);
};

// A basis, whose type the rule knows.
struct Before {
  std::shared_ptr<const void> value;  // null where the rule takes none
  std::vector<Seen> seen;
};

// One run of a rule.
struct Run {
  const WritePlan& plan;
  const google::protobuf::Message& request;
  const store::Rows& rows;
  store::Changes& changes;
  const void* basis;
};

template <class T>
inline constexpr bool kIsMessage = std::is_base_of_v<google::protobuf::Message, T>;
template <class T>
concept WriteRequest = kIsMessage<T> && requires(const T& message) {
  message.request_id();
};
template <class T>
concept Resource = kIsMessage<T> && !WriteRequest<T>;

// How an argument of a rule is come by; `B` is the type of its basis, void where it has none.
// `missing`: the table of the resource that there is not.
template <class Arg, class B>
struct Argument;
template <class View, class B>
struct Argument<const View&, B> {
  explicit Argument(const Run& run) : value(ViewOf<View>(run.rows.case_context())) {}
  const View& get() const { return value; }
  const store::Table* missing = nullptr;
  View value;
};
template <class B>
struct Argument<const rules::Context&, B> {
  explicit Argument(const Run& run) : value(run.changes.rule_context()) {}
  const rules::Context& get() const { return value; }
  const store::Table* missing = nullptr;
  rules::Context value;
};
template <class B>
struct Argument<const B&, B> {
  explicit Argument(const Run& run) : value(static_cast<const B*>(run.basis)) {}
  const B& get() const { return *value; }
  const store::Table* missing = nullptr;
  const B* value;
};
template <WriteRequest Req, class B>
struct Argument<const Req&, B> {
  explicit Argument(const Run& run) : value(static_cast<const Req&>(run.request)) {}
  const Req& get() const { return value; }
  const store::Table* missing = nullptr;
  const Req& value;
};
template <class M, class B>
requires Resource<M> &&(!std::same_as<M, B>)struct Argument<const M*, B> {
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
template <class M, class B>
requires Resource<M> &&(!std::same_as<M, B>)struct Argument<const M&, B> {
  explicit Argument(const Run& run) : row(run) {
    if (row.value == nullptr) missing = &store::Table::Of(M::descriptor());
  }
  const M& get() const { return *row.value; }
  const store::Table* missing = nullptr;
  Argument<const M*, B> row;
};

// The request among the arguments of a rule, and the resources but its basis `B`.
template <class B, class... Args>
struct Signature {
  using Asked = void;
  static void AddResources(std::vector<const google::protobuf::Descriptor*>& into) {}
};
template <class B, class First, class... Rest>
struct Signature<B, First, Rest...> {
  using Plain = std::remove_cvref_t<std::remove_pointer_t<First>>;
  using Asked =
      std::conditional_t<WriteRequest<Plain>, Plain, typename Signature<B, Rest...>::Asked>;
  static void AddResources(std::vector<const google::protobuf::Descriptor*>& into) {
    if constexpr (Resource<Plain> && !std::is_same_v<Plain, B>) into.push_back(Plain::descriptor());
    Signature<B, Rest...>::AddResources(into);
  }
};

// The type of the basis in what a reader returns: absl::Status (a check alone, void) or
// StatusOr<Basis<B>>.
template <class Result>
struct BasisIn;
template <>
struct BasisIn<absl::Status> {
  using Type = void;
};
template <class B>
struct BasisIn<absl::StatusOr<Basis<B>>> {
  using Type = B;
};

// The answer of the rpc that takes `request`.
const google::protobuf::Descriptor& AnswerTo(const google::protobuf::Descriptor& request);

template <class B, class M, class... Args>
absl::Status RunRule(absl::StatusOr<rules::Outcome<M>> (*rule)(Args...), const Run& run,
                     google::protobuf::Message& answer) {
  std::tuple<Argument<Args, B>...> arguments{Argument<Args, B>(run)...};
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
    return AddList(*Req::descriptor(),
                   [query](const rpc::Call&, const google::protobuf::Message& request) {
                     return query(static_cast<const Req&>(request));
                   });
  }
  template <class Req>
  Rpcs& List(absl::StatusOr<store::ListQuery> (*query)(const Req&)) {
    return AddList(*Req::descriptor(),
                   [query](const rpc::Call&, const google::protobuf::Message& request) {
                     return query(static_cast<const Req&>(request));
                   });
  }
  // The same for a query that depends on who asks.
  template <class T, class Req>
  Rpcs& List(absl::StatusOr<store::ListQuery> (T::*query)(const rpc::Call&, const Req&) const,
             const T& by) {
    return AddList(*Req::descriptor(),
                   [query, &by](const rpc::Call& call, const google::protobuf::Message& request) {
                     return (by.*query)(call, static_cast<const Req&>(request));
                   });
  }

  // How resources of a type are shown, in whatever answer of the rpcs declared after this: what is
  // stored and not shown is taken out.
  template <class M>
  Rpcs& Show(M (*shown)(M)) {
    shown_[M::descriptor()] = [shown](google::protobuf::Message& message) {
      M& stored = static_cast<M&>(message);
      stored = shown(std::move(stored));
    };
    return *this;
  }

  // A write by a rule, in one transaction. `Req` is said where the rule takes no request.
  template <class Req = void, class M, class... Args>
  Rpcs& Write(absl::StatusOr<rules::Outcome<M>> (*rule)(Args...)) {
    return AddRule<Req, void>(rule, {});
  }
  // The same after `before`, (const Call&, const Req&) -> absl::Status, a check, or ->
  // absl::StatusOr <Basis<B>>, what the rule decides on.
  template <class Req = void, class M, class... Args, class Fn>
  Rpcs& Write(absl::StatusOr<rules::Outcome<M>> (*rule)(Args...), Fn before) {
    using InRule = typename internal::Signature<void, Args...>::Asked;
    using Asked = std::conditional_t<std::is_void_v<Req>, InRule, Req>;
    using Result = std::invoke_result_t<Fn, const rpc::Call&, const Asked&>;
    using B = typename internal::BasisIn<Result>::Type;
    return AddRule<Req, B>(
        rule,
        [before = std::move(before)](const rpc::Call& call, const google::protobuf::Message& asked)
            -> absl::StatusOr<internal::Before> {
          if constexpr (std::is_void_v<B>) {
            RETURN_IF_ERROR(before(call, static_cast<const Asked&>(asked)));
            return internal::Before();
          } else {
            ASSIGN_OR_RETURN(Basis<B> basis, before(call, static_cast<const Asked&>(asked)));
            return internal::Before{std::make_shared<const B>(std::move(basis.value)),
                                    std::move(basis.seen)};
          }
        });
  }
  // A write that is prepared by hand: what `prepare` refuses is refused like any rule's refusal.
  template <class Req, class Resp>
  Rpcs& Write(std::function<absl::StatusOr<Prepared<Resp>>(const rpc::Call&, const Req&)> prepare) {
    return AddPrepared(
        *Req::descriptor(),
        [prepare = std::move(prepare)](
            const rpc::Call& call,
            const google::protobuf::Message& asked) -> absl::StatusOr<PreparedWrite> {
          ASSIGN_OR_RETURN(Prepared<Resp> made, prepare(call, static_cast<const Req&>(asked)));
          return PreparedWrite{
              std::move(made.locks),
              [decide = std::move(made.decide)](const store::Rows& rows, store::Changes& changes,
                                                google::protobuf::Message& answer) -> absl::Status {
                ASSIGN_OR_RETURN(static_cast<Resp&>(answer), decide(rows, changes));
                return absl::OkStatus();
              },
              std::move(made.needs)};
        });
  }
  template <class T, class Req, class Resp>
  Rpcs& Write(absl::StatusOr<Prepared<Resp>> (T::*prepare)(const rpc::Call&, const Req&), T& by) {
    return Write<Req, Resp>([prepare, &by](const rpc::Call& call, const Req& asked) {
      return (by.*prepare)(call, asked);
    });
  }

  // Whatever else answers: a reading that is no row of this service.
  template <class Req, class Resp>
  Rpcs& Serve(std::function<absl::StatusOr<Resp>(const rpc::Call&, const Req&)> fn) {
    return Add(*Req::descriptor(), rpc::ServeBy(std::move(fn)));
  }
  template <class T, class Req, class Resp>
  Rpcs& Serve(absl::StatusOr<Resp> (T::*fn)(const rpc::Call&, const Req&), T& by) {
    return Serve<Req, Resp>(
        [fn, &by](const rpc::Call& call, const Req& asked) { return (by.*fn)(call, asked); });
  }
  // An act that writes no row of this service, done once for a request_id: a repeat gets the answer
  // of then. `fn` may run again before it is answered.
  template <class Req, class Resp>
  Rpcs& Once(std::function<absl::StatusOr<Resp>(const rpc::Call&, const Req&)> fn) {
    return Add(*Req::descriptor(), [&store = store_, fn = std::move(fn)](
                                       const rpc::Call& call,
                                       const google::protobuf::Message& request,
                                       rpc::Answer answer) {
      store.Submit(
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
  using Query = std::function<absl::StatusOr<store::ListQuery>(
      const rpc::Call&, const google::protobuf::Message& request)>;
  using Rule = std::function<absl::Status(const internal::Run&, google::protobuf::Message& answer)>;
  using Reader = std::function<absl::StatusOr<internal::Before>(
      const rpc::Call&, const google::protobuf::Message& request)>;
  using Shown = std::function<void(google::protobuf::Message&)>;
  struct PreparedWrite {
    std::vector<store::Lock> locks;
    store::Store::FillAnswer fill;
    store::Needs needs;
  };
  using Prepare = std::function<absl::StatusOr<PreparedWrite>(
      const rpc::Call&, const google::protobuf::Message& request)>;

  template <class Req, class B, class M, class... Args>
  Rpcs& AddRule(absl::StatusOr<rules::Outcome<M>> (*rule)(Args...), Reader before) {
    using Of = internal::Signature<B, Args...>;
    using Asked = std::conditional_t<std::is_void_v<Req>, typename Of::Asked, Req>;
    std::vector<const google::protobuf::Descriptor*> taken;
    Of::AddResources(taken);
    return AddWrite(*Asked::descriptor(), *M::descriptor(), taken, std::move(before),
                    [rule](const internal::Run& run, google::protobuf::Message& answer) {
                      return internal::RunRule<B>(rule, run, answer);
                    });
  }
  Rpcs& AddGet(const google::protobuf::Descriptor& request);
  Rpcs& AddList(const google::protobuf::Descriptor& request, Query query);
  Rpcs& AddWrite(const google::protobuf::Descriptor& request,
                 const google::protobuf::Descriptor& resource,
                 const std::vector<const google::protobuf::Descriptor*>& taken, Reader before,
                 Rule rule);
  Rpcs& AddPrepared(const google::protobuf::Descriptor& request, Prepare prepare);
  // Aborts where the rpc has one already.
  Rpcs& Add(const google::protobuf::Descriptor& request, rpc::Serve serve);
  // How resources of that type are shown; does nothing where they are shown as they are.
  Shown ShownOf(const google::protobuf::Descriptor& type) const;

  const rpc::Runtime& runtime_;
  store::Store& store_;
  UnitRegister* const units_;
  std::map<std::string, rpc::Serve> rpcs_;
  std::map<const google::protobuf::Descriptor*, Shown> shown_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_RPCS_H_

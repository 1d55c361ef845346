#include "common/base/ids.h"
#include "services/registry/rules.h"
#include "services/registry/service.h"

namespace redress::registry {

// A round is a part of its case: the case's version moves with it, so that a gate that was asked
// about the case notices.
template <class Req, class Resp, class Rule>
grpc::ServerUnaryReactor* RegistryService::ChangeRound(grpc::CallbackServerContext* context,
                                                       const Req* request, Resp* response,
                                                       facts::v1::FactKind kind, Rule rule) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this, kind, rule](const rpc::Call& call, const Req& asked, rpc::Done<Resp> done) {
        const std::string case_name(base::RootName(asked.name()));
        if (absl::Status known = units_.Check(call, asked); !known.ok()) return done(known);
        facts::v1::Fact doing = Doing(call, case_name, kind);
        doing.set_round(asked.name());
        if (absl::Status apart = CheckPersons(call, doing); !apart.ok()) return done(apart);
        store_.resources().Submit<Req, Resp>(
            call, asked,
            {store::LockOf<v1::Round>(asked.name()), store::LockOf<v1::Case>(case_name)},
            [&asked, case_name, rule](const store::Rows& rows,
                                      store::Changes& changes) -> absl::StatusOr<Resp> {
              const v1::Round* round = rows.Find<v1::Round>(asked.name());
              const v1::Case* file = rows.Find<v1::Case>(case_name);
              if (round == nullptr || file == nullptr) return status::NotFound("round");
              RETURN_IF_ERROR(rules::CheckCaseAction(*file, rules::CaseAction::kChange));
              ASSIGN_OR_RETURN(auto outcome, rule(*round, asked, *file, changes.rule_context()));
              changes.Put(v1::Case(*file));
              Resp answer;
              *answer.mutable_round() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

#define REDRESS_ROUND_RPC(Name, kind)                                                   \
  grpc::ServerUnaryReactor* RegistryService::Name(grpc::CallbackServerContext* context, \
                                                  const v1::Name##Request* request,     \
                                                  v1::Name##Response* response) {       \
    return ChangeRound(                                                                 \
        context, request, response, facts::v1::kind,                                    \
        [](const v1::Round& round, const v1::Name##Request& asked, const v1::Case&,     \
           const rules::Context& rule) { return rules::Name(round, asked, rule); });    \
  }
REDRESS_ROUND_RPC(SortRound, FACT_KIND_SORTED)
REDRESS_ROUND_RPC(AcceptRound, FACT_KIND_ACCEPTED)
REDRESS_ROUND_RPC(RefuseRound, FACT_KIND_NOT_ACCEPTED)
REDRESS_ROUND_RPC(IssueOpinion, FACT_KIND_OPINION_ISSUED)
#undef REDRESS_ROUND_RPC

grpc::ServerUnaryReactor* RegistryService::ServeDocument(grpc::CallbackServerContext* context,
                                                         const v1::ServeDocumentRequest* request,
                                                         v1::ServeDocumentResponse* response) {
  return ChangeRound(context, request, response, facts::v1::FACT_KIND_DOCUMENT_SERVED,
                     rules::ServeDocument);
}

grpc::ServerUnaryReactor* RegistryService::PerformOpinion(grpc::CallbackServerContext* context,
                                                          const v1::PerformOpinionRequest* request,
                                                          v1::PerformOpinionResponse* response) {
  return ChangeRound(context, request, response, facts::v1::FACT_KIND_OPINION_PERFORMED,
                     rules::PerformOpinion);
}

grpc::ServerUnaryReactor* RegistryService::OpenRound(grpc::CallbackServerContext* context,
                                                     const v1::OpenRoundRequest* request,
                                                     v1::OpenRoundResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::OpenRoundRequest& asked,
             rpc::Done<v1::OpenRoundResponse> done) {
        store_.resources().Submit<v1::OpenRoundRequest, v1::OpenRoundResponse>(
            call, asked, {store::LockOf<v1::Case>(asked.name())},
            [&asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::OpenRoundResponse> {
              const v1::Case* file = rows.Find<v1::Case>(asked.name());
              if (file == nullptr) return status::NotFound("case");
              ASSIGN_OR_RETURN(auto outcome,
                               rules::OpenRound(*file, asked, changes.rule_context()));
              v1::Case next = *file;
              next.set_rounds(file->rounds() + 1);
              changes.Put(std::move(next));
              v1::OpenRoundResponse answer;
              *answer.mutable_round() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::GetRound(grpc::CallbackServerContext* context,
                                                    const v1::GetRoundRequest* request,
                                                    v1::GetRoundResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetRoundRequest& asked) -> absl::StatusOr<v1::GetRoundResponse> {
        v1::GetRoundResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_round(),
                         store_.resources().Get<v1::Round>(call, asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* RegistryService::ListRounds(grpc::CallbackServerContext* context,
                                                      const v1::ListRoundsRequest* request,
                                                      v1::ListRoundsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListRoundsRequest& asked) -> absl::StatusOr<v1::ListRoundsResponse> {
        RETURN_IF_ERROR(store_.resources().CheckCase(call, asked.parent()).status());
        store::ListQuery query;
        query.where = "t.case_name = ?";
        query.params = {asked.parent()};
        query.order_column = "number";
        query.descending = false;
        query.page_size = asked.page_size();
        query.page_token = asked.page_token();
        query.request = &asked;
        ASSIGN_OR_RETURN(auto page, store_.resources().List<v1::Round>(call, query));
        v1::ListRoundsResponse answer;
        for (v1::Round& round : page.items) *answer.add_rounds() = std::move(round);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

}  // namespace redress::registry

#include "services/visits/service.h"

#include "common/rules/rules.h"
#include "common/service/list.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "google/protobuf/util/time_util.h"
#include "services/visits/rules.h"
#include "services/visits/store.h"

namespace redress::visits {
namespace {

rules::CaseView ViewOf(const store::CaseContext& context) {
  return {context.name, context.campaign, context.state,
          context.lead, context.claims,   context.responsible_unit};
}

}  // namespace

std::vector<const google::protobuf::Descriptor*> StoredTypes() {
  return {v1::Visit::descriptor(), v1::VisitWish::descriptor(), v1::Hearing::descriptor()};
}

template <class Req, class Resp, class LockFn, class Decide>
grpc::ServerUnaryReactor* VisitsService::Write(grpc::CallbackServerContext* context,
                                               const Req* request, Resp* response, LockFn lock,
                                               Decide decide) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this, lock, decide](const rpc::Call& call, const Req& asked, rpc::Done<Resp> done) {
        if (absl::Status known = units_.Check(call, asked); !known.ok()) return done(known);
        // The request lives as long as the call.
        store_.Submit<Req, Resp>(
            call, asked, {lock(asked)},
            [&asked, decide](const store::Rows& rows, store::Changes& changes) {
              return decide(asked, rows, changes);
            },
            done);
      });
}

template <class Req, class Resp, class Rule>
grpc::ServerUnaryReactor* VisitsService::ChangeHearing(grpc::CallbackServerContext* context,
                                                       const Req* request, Resp* response,
                                                       Rule rule) {
  return Write(
      context, request, response,
      [](const Req& asked) { return store::LockOf<v1::Hearing>(asked.name()); },
      [rule](const Req& asked, const store::Rows& rows,
             store::Changes& changes) -> absl::StatusOr<Resp> {
        const v1::Hearing* current = rows.Find<v1::Hearing>(asked.name());
        if (current == nullptr) return status::NotFound("hearing");
        ASSIGN_OR_RETURN(auto outcome, rule(ViewOf(rows.case_context()), *current, asked,
                                            changes.rule_context()));
        Resp answer;
        *answer.mutable_hearing() = changes.Apply(std::move(outcome));
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::RecordVisit(grpc::CallbackServerContext* context,
                                                     const v1::RecordVisitRequest* request,
                                                     v1::RecordVisitResponse* response) {
  return Write(
      context, request, response,
      [](const v1::RecordVisitRequest& asked) {
        return store::LockOf<v1::VisitWish>(rules::WishName(asked.parent()));
      },
      [](const v1::RecordVisitRequest& asked, const store::Rows& rows,
         store::Changes& changes) -> absl::StatusOr<v1::RecordVisitResponse> {
        const v1::VisitWish* wish = rows.Find<v1::VisitWish>(rules::WishName(asked.parent()));
        ASSIGN_OR_RETURN(
            rules::RecordedVisit recorded,
            rules::RecordVisit(ViewOf(rows.case_context()), wish, asked, changes.rule_context()));
        *recorded.visit.mutable_create_time() =
            google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
                absl::ToUnixMicros(changes.now()));
        for (facts::v1::Fact& fact : recorded.facts) changes.Publish(std::move(fact));
        if (recorded.wish.has_value()) changes.Put(*std::move(recorded.wish));
        v1::RecordVisitResponse answer;
        *answer.mutable_visit() = changes.Put(std::move(recorded.visit));
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::GetVisit(grpc::CallbackServerContext* context,
                                                  const v1::GetVisitRequest* request,
                                                  v1::GetVisitResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetVisitRequest& asked) -> absl::StatusOr<v1::GetVisitResponse> {
        v1::GetVisitResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_visit(), store_.Get<v1::Visit>(call, asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::ListVisits(grpc::CallbackServerContext* context,
                                                    const v1::ListVisitsRequest* request,
                                                    v1::ListVisitsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListVisitsRequest& asked) -> absl::StatusOr<v1::ListVisitsResponse> {
        ASSIGN_OR_RETURN(auto page, store_.List<v1::Visit>(call, VisitsOf(asked)));
        // Nothing found, or nothing that the caller may know of: the answer must tell them apart.
        if (page.items.empty()) {
          RETURN_IF_ERROR(store_.CheckCase(call, asked.parent()).status());
        }
        v1::ListVisitsResponse answer;
        for (v1::Visit& visit : page.items) *answer.add_visits() = std::move(visit);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::ListDiary(grpc::CallbackServerContext* context,
                                                   const v1::ListDiaryRequest* request,
                                                   v1::ListDiaryResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListDiaryRequest& asked) -> absl::StatusOr<v1::ListDiaryResponse> {
        ::redress::rules::FieldErrors errors;
        errors.NotBefore("to_date", asked.to_date(), asked.from_date(), "from_date");
        RETURN_IF_ERROR(errors.ToStatus());
        ASSIGN_OR_RETURN(auto page, store_.List<v1::Visit>(call, DiaryOf(asked)));
        v1::ListDiaryResponse answer;
        for (v1::Visit& visit : page.items) *answer.add_visits() = std::move(visit);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::CompleteFollowUp(
    grpc::CallbackServerContext* context, const v1::CompleteFollowUpRequest* request,
    v1::CompleteFollowUpResponse* response) {
  return Write(
      context, request, response,
      [](const v1::CompleteFollowUpRequest& asked) {
        return store::LockOf<v1::Visit>(asked.name());
      },
      [](const v1::CompleteFollowUpRequest& asked, const store::Rows& rows,
         store::Changes& changes) -> absl::StatusOr<v1::CompleteFollowUpResponse> {
        const v1::Visit* current = rows.Find<v1::Visit>(asked.name());
        if (current == nullptr) return status::NotFound("visit");
        RETURN_IF_ERROR(
            rules::CheckCase(ViewOf(rows.case_context()), rules::CaseAction::kCompleteFollowUp));
        ASSIGN_OR_RETURN(auto outcome,
                         rules::CompleteFollowUp(*current, asked, changes.rule_context()));
        v1::CompleteFollowUpResponse answer;
        *answer.mutable_visit() = changes.Apply(std::move(outcome));
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::WantVisits(grpc::CallbackServerContext* context,
                                                    const v1::WantVisitsRequest* request,
                                                    v1::WantVisitsResponse* response) {
  return Write(
      context, request, response,
      [](const v1::WantVisitsRequest& asked) {
        return store::LockOf<v1::VisitWish>(rules::WishName(asked.parent()));
      },
      [](const v1::WantVisitsRequest& asked, const store::Rows& rows,
         store::Changes& changes) -> absl::StatusOr<v1::WantVisitsResponse> {
        const v1::VisitWish* wish = rows.Find<v1::VisitWish>(rules::WishName(asked.parent()));
        ASSIGN_OR_RETURN(auto outcome, rules::WantVisits(ViewOf(rows.case_context()), wish, asked,
                                                         changes.rule_context()));
        v1::WantVisitsResponse answer;
        *answer.mutable_visit_wish() = changes.Apply(std::move(outcome));
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::AnnounceHearing(grpc::CallbackServerContext* context,
                                                         const v1::AnnounceHearingRequest* request,
                                                         v1::AnnounceHearingResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::AnnounceHearingRequest& asked,
             rpc::Done<v1::AnnounceHearingResponse> done) {
        store_.Submit<v1::AnnounceHearingRequest, v1::AnnounceHearingResponse>(
            call, asked, {},
            [&asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::AnnounceHearingResponse> {
              ASSIGN_OR_RETURN(auto outcome, rules::AnnounceHearing(ViewOf(rows.case_context()),
                                                                    asked, changes.rule_context()));
              v1::AnnounceHearingResponse answer;
              *answer.mutable_hearing() = changes.Apply(std::move(outcome));
              return answer;
            },
            done, asked.parent());
      });
}

grpc::ServerUnaryReactor* VisitsService::RecordHearing(grpc::CallbackServerContext* context,
                                                       const v1::RecordHearingRequest* request,
                                                       v1::RecordHearingResponse* response) {
  return ChangeHearing(context, request, response, rules::RecordHearing);
}

grpc::ServerUnaryReactor* VisitsService::AdjournHearing(grpc::CallbackServerContext* context,
                                                        const v1::AdjournHearingRequest* request,
                                                        v1::AdjournHearingResponse* response) {
  return ChangeHearing(context, request, response, rules::AdjournHearing);
}

grpc::ServerUnaryReactor* VisitsService::DeclineHearing(grpc::CallbackServerContext* context,
                                                        const v1::DeclineHearingRequest* request,
                                                        v1::DeclineHearingResponse* response) {
  return ChangeHearing(context, request, response, rules::DeclineHearing);
}

grpc::ServerUnaryReactor* VisitsService::GetHearing(grpc::CallbackServerContext* context,
                                                    const v1::GetHearingRequest* request,
                                                    v1::GetHearingResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetHearingRequest& asked) -> absl::StatusOr<v1::GetHearingResponse> {
        v1::GetHearingResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_hearing(), store_.Get<v1::Hearing>(call, asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* VisitsService::ListHearings(grpc::CallbackServerContext* context,
                                                      const v1::ListHearingsRequest* request,
                                                      v1::ListHearingsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListHearingsRequest& asked) -> absl::StatusOr<v1::ListHearingsResponse> {
        ASSIGN_OR_RETURN(auto page, store_.List<v1::Hearing>(call, HearingsOf(asked)));
        if (page.items.empty()) {
          RETURN_IF_ERROR(store_.CheckCase(call, asked.parent()).status());
        }
        v1::ListHearingsResponse answer;
        for (v1::Hearing& hearing : page.items) *answer.add_hearings() = std::move(hearing);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

}  // namespace redress::visits

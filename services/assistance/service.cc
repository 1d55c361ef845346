#include "services/assistance/service.h"

#include "common/rules/rules.h"
#include "common/service/list.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/assistance/rules.h"
#include "services/assistance/store.h"

namespace redress::assistance {
namespace {

// All that the rules are told of the case: not what became of it (invariant 4).
rules::CaseView ViewOf(const store::CaseContext& context) {
  return {context.name, context.campaign};
}

}  // namespace

std::vector<const google::protobuf::Descriptor*> StoredTypes() {
  return {v1::HouseholdSurvey::descriptor(), v1::AssistanceFile::descriptor()};
}

template <class Req, class Resp, class FileOf, class Rule>
grpc::ServerUnaryReactor* AssistanceService::ChangeFile(grpc::CallbackServerContext* context,
                                                        const Req* request, Resp* response,
                                                        FileOf file_of, Rule rule) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this, file_of, rule](const rpc::Call& call, const Req& asked, rpc::Done<Resp> done) {
        // The request lives as long as the call.
        store_.Submit<Req, Resp>(
            call, asked, {store::LockOf<v1::AssistanceFile>(file_of(asked))},
            [&asked, file_of, rule](const store::Rows& rows,
                                    store::Changes& changes) -> absl::StatusOr<Resp> {
              const v1::AssistanceFile* current = rows.Find<v1::AssistanceFile>(file_of(asked));
              if (current == nullptr) return status::NotFound("assistance_file");
              ASSIGN_OR_RETURN(auto outcome, rule(*current, asked, changes.rule_context()));
              Resp answer;
              *answer.mutable_assistance_file() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssistanceService::RecordSurvey(grpc::CallbackServerContext* context,
                                                          const v1::RecordSurveyRequest* request,
                                                          v1::RecordSurveyResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::RecordSurveyRequest& asked,
             rpc::Done<v1::RecordSurveyResponse> done) {
        store_.Submit<v1::RecordSurveyRequest, v1::RecordSurveyResponse>(
            call, asked, {},
            [&asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::RecordSurveyResponse> {
              ASSIGN_OR_RETURN(auto outcome, rules::RecordSurvey(ViewOf(rows.case_context()), asked,
                                                                 changes.rule_context()));
              v1::RecordSurveyResponse answer;
              *answer.mutable_survey() = changes.Apply(std::move(outcome));
              return answer;
            },
            done, asked.parent());
      });
}

grpc::ServerUnaryReactor* AssistanceService::GetSurvey(grpc::CallbackServerContext* context,
                                                       const v1::GetSurveyRequest* request,
                                                       v1::GetSurveyResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetSurveyRequest& asked) -> absl::StatusOr<v1::GetSurveyResponse> {
        v1::GetSurveyResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_survey(),
                         store_.Get<v1::HouseholdSurvey>(call, asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* AssistanceService::ListSurveys(grpc::CallbackServerContext* context,
                                                         const v1::ListSurveysRequest* request,
                                                         v1::ListSurveysResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListSurveysRequest& asked) -> absl::StatusOr<v1::ListSurveysResponse> {
        ASSIGN_OR_RETURN(auto page, store_.List<v1::HouseholdSurvey>(call, SurveysOf(asked)));
        // Nothing found, or nothing that the caller may know of: the answer must tell them apart.
        if (page.items.empty()) {
          RETURN_IF_ERROR(store_.CheckCase(call, asked.parent()).status());
        }
        v1::ListSurveysResponse answer;
        for (v1::HouseholdSurvey& survey : page.items) *answer.add_surveys() = std::move(survey);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* AssistanceService::OpenAssistanceFile(
    grpc::CallbackServerContext* context, const v1::OpenAssistanceFileRequest* request,
    v1::OpenAssistanceFileResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::OpenAssistanceFileRequest& asked,
             rpc::Done<v1::OpenAssistanceFileResponse> done) {
        store_.Submit<v1::OpenAssistanceFileRequest, v1::OpenAssistanceFileResponse>(
            call, asked, {store::LockOf<v1::AssistanceFile>(rules::FileName(asked.parent()))},
            [&asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::OpenAssistanceFileResponse> {
              const v1::AssistanceFile* current =
                  rows.Find<v1::AssistanceFile>(rules::FileName(asked.parent()));
              ASSIGN_OR_RETURN(auto outcome, rules::OpenFile(ViewOf(rows.case_context()), current,
                                                             asked, changes.rule_context()));
              v1::OpenAssistanceFileResponse answer;
              *answer.mutable_assistance_file() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssistanceService::GetAssistanceFile(
    grpc::CallbackServerContext* context, const v1::GetAssistanceFileRequest* request,
    v1::GetAssistanceFileResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetAssistanceFileRequest& asked)
                         -> absl::StatusOr<v1::GetAssistanceFileResponse> {
                       v1::GetAssistanceFileResponse answer;
                       ASSIGN_OR_RETURN(
                           *answer.mutable_assistance_file(),
                           store_.Get<v1::AssistanceFile>(call, rules::FileName(asked.parent())));
                       return answer;
                     });
}

grpc::ServerUnaryReactor* AssistanceService::ListAssistanceFiles(
    grpc::CallbackServerContext* context, const v1::ListAssistanceFilesRequest* request,
    v1::ListAssistanceFilesResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::ListAssistanceFilesRequest& asked)
                         -> absl::StatusOr<v1::ListAssistanceFilesResponse> {
                       ASSIGN_OR_RETURN(auto page,
                                        store_.List<v1::AssistanceFile>(call, FilesIn(asked)));
                       v1::ListAssistanceFilesResponse answer;
                       for (v1::AssistanceFile& file : page.items) {
                         *answer.add_assistance_files() = std::move(file);
                       }
                       answer.set_next_page_token(page.next_page_token);
                       return answer;
                     });
}

grpc::ServerUnaryReactor* AssistanceService::PlanAssistance(
    grpc::CallbackServerContext* context, const v1::PlanAssistanceRequest* request,
    v1::PlanAssistanceResponse* response) {
  return ChangeFile(
      context, request, response,
      [](const v1::PlanAssistanceRequest& asked) { return rules::FileName(asked.parent()); },
      rules::Plan);
}

grpc::ServerUnaryReactor* AssistanceService::CompleteAssistanceMeasure(
    grpc::CallbackServerContext* context, const v1::CompleteAssistanceMeasureRequest* request,
    v1::CompleteAssistanceMeasureResponse* response) {
  return ChangeFile(
      context, request, response,
      [](const v1::CompleteAssistanceMeasureRequest& asked) {
        return rules::FileOfMeasure(asked.measure());
      },
      rules::CompleteMeasure);
}

grpc::ServerUnaryReactor* AssistanceService::FailAssistanceMeasure(
    grpc::CallbackServerContext* context, const v1::FailAssistanceMeasureRequest* request,
    v1::FailAssistanceMeasureResponse* response) {
  return ChangeFile(
      context, request, response,
      [](const v1::FailAssistanceMeasureRequest& asked) {
        return rules::FileOfMeasure(asked.measure());
      },
      rules::FailMeasure);
}

grpc::ServerUnaryReactor* AssistanceService::RecordPayment(grpc::CallbackServerContext* context,
                                                           const v1::RecordPaymentRequest* request,
                                                           v1::RecordPaymentResponse* response) {
  return ChangeFile(
      context, request, response,
      [](const v1::RecordPaymentRequest& asked) { return rules::FileOfMeasure(asked.measure()); },
      rules::RecordPayment);
}

grpc::ServerUnaryReactor* AssistanceService::EndAssistance(grpc::CallbackServerContext* context,
                                                           const v1::EndAssistanceRequest* request,
                                                           v1::EndAssistanceResponse* response) {
  return ChangeFile(
      context, request, response,
      [](const v1::EndAssistanceRequest& asked) { return rules::FileName(asked.parent()); },
      rules::End);
}

}  // namespace redress::assistance

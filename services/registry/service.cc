#include "services/registry/service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/auth/case_scope.h"
#include "common/base/ids.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "services/registry/rules.h"

namespace redress::registry {
namespace {

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

bool SpeaksFor(const v1::Case& file, const std::string& petitioner) {
  if (file.petitioner() == petitioner) return true;
  return std::find(file.representatives().begin(), file.representatives().end(), petitioner) !=
         file.representatives().end();
}

}  // namespace

v1::Case Shown(v1::Case file) {
  file.clear_entry_criterion();
  return file;
}

std::vector<store::Lock> CaseLocks(const std::string& case_name) {
  return {store::LockOf<v1::Case>(case_name), store::LockOf<v1::CaseAccess>(case_name)};
}

void SyncAccess(const v1::Case& file, const store::Rows& rows, store::Changes& changes) {
  const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(file.name());
  if (access == nullptr) return;
  v1::CaseAccess next = rules::InLine(*access, file);
  if (!google::protobuf::util::MessageDifferencer::Equals(next, *access))
    changes.Put(std::move(next));
}

grpc::ServerUnaryReactor* RegistryService::GetPetitioner(grpc::CallbackServerContext* context,
                                                         const v1::GetPetitionerRequest* request,
                                                         v1::GetPetitionerResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetPetitionerRequest& asked) -> absl::StatusOr<v1::GetPetitionerResponse> {
        ASSIGN_OR_RETURN(v1::Case file, store_.resources().Get<v1::Case>(call, asked.case_name()));
        if (!SpeaksFor(file, asked.name())) return status::NotFound("petitioner");
        v1::GetPetitionerResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_petitioner(), store_.resources().GetFor<v1::Petitioner>(
                                                           call, asked.case_name(), asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* RegistryService::UpdatePetitioner(
    grpc::CallbackServerContext* context, const v1::UpdatePetitionerRequest* request,
    v1::UpdatePetitionerResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::UpdatePetitionerRequest& asked,
             rpc::Done<v1::UpdatePetitionerResponse> done) {
        store_.resources().Submit<v1::UpdatePetitionerRequest, v1::UpdatePetitionerResponse>(
            call, asked,
            {store::LockOf<v1::Petitioner>(asked.name()),
             store::LockOf<v1::Case>(asked.case_name())},
            [&asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::UpdatePetitionerResponse> {
              const v1::Case* file = rows.Find<v1::Case>(asked.case_name());
              const v1::Petitioner* person = rows.Find<v1::Petitioner>(asked.name());
              if (file == nullptr || person == nullptr || !SpeaksFor(*file, asked.name())) {
                return status::NotFound("petitioner");
              }
              v1::Petitioner next = *person;
              *next.mutable_identity() = asked.identity();
              v1::UpdatePetitionerResponse answer;
              *answer.mutable_petitioner() = changes.Put(std::move(next));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::RegisterCase(grpc::CallbackServerContext* context,
                                                        const v1::RegisterCaseRequest* request,
                                                        v1::RegisterCaseResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::RegisterCaseRequest& asked,
             rpc::Done<v1::RegisterCaseResponse> done) {
        // Whoever registers may register only in the region that they serve.
        if (!auth::RegionCovers(call.caller.region, asked.region_code())) {
          return done(status::InvalidField("region_code", "is outside the region that you serve"));
        }
        absl::StatusOr<v1::Campaign> campaign =
            store_.resources().Get<v1::Campaign>(call, asked.campaign());
        if (!campaign.ok()) return done(campaign.status());
        const absl::Time now = environment_.clock().Now();
        rules::RegistrationNames names;
        names.case_name = absl::StrCat("cases/", base::NewUuid(now));
        names.petitioner = asked.petitioner().empty()
                               ? absl::StrCat("petitioners/", base::NewUuid(now))
                               : asked.petitioner();
        for (int i = 0; i < asked.representatives_size(); ++i) {
          names.representatives.push_back(absl::StrCat("petitioners/", base::NewUuid(now)));
        }
        absl::StatusOr<std::string> number = store_.NextRegistrationNumber(
            asked.region_code(), static_cast<int>(base::DayAt(now).year()), call.deadline);
        if (!number.ok()) return done(number.status());
        names.registration_number = *std::move(number);

        std::vector<store::Lock> locks;
        if (!asked.petitioner().empty())
          locks.push_back(store::LockOf<v1::Petitioner>(asked.petitioner()));
        store_.resources().Submit<v1::RegisterCaseRequest, v1::RegisterCaseResponse>(
            call, asked, std::move(locks),
            [&asked, campaign = *std::move(campaign), names = std::move(names)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::RegisterCaseResponse> {
              if (!asked.petitioner().empty() &&
                  rows.Find<v1::Petitioner>(asked.petitioner()) == nullptr) {
                return status::NotFound("petitioner");
              }
              ASSIGN_OR_RETURN(rules::Registration made,
                               rules::Register(campaign, asked, names, changes.rule_context()));
              *made.case_file.mutable_create_time() = ToTimestamp(changes.now());
              for (v1::Petitioner& person : made.new_persons) {
                *person.mutable_create_time() = ToTimestamp(changes.now());
                changes.Put(std::move(person));
              }
              v1::RegisterCaseResponse answer;
              *answer.mutable_case_file() = Shown(changes.Put(std::move(made.case_file)));
              *answer.mutable_round() = changes.Put(std::move(made.round));
              changes.Put(std::move(made.access));
              for (facts::v1::Fact& fact : made.facts) changes.Publish(std::move(fact));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::GetCase(grpc::CallbackServerContext* context,
                                                   const v1::GetCaseRequest* request,
                                                   v1::GetCaseResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetCaseRequest& asked,
                            rpc::Done<v1::GetCaseResponse> done) {
                       store_.resources().Fetch<v1::Case>(
                           call, asked.name(), [done](absl::StatusOr<v1::Case> file) {
                             if (!file.ok()) return done(file.status());
                             v1::GetCaseResponse answer;
                             *answer.mutable_case_file() = Shown(*std::move(file));
                             done(std::move(answer));
                           });
                     });
}

grpc::ServerUnaryReactor* RegistryService::GetEntryCriterion(
    grpc::CallbackServerContext* context, const v1::GetEntryCriterionRequest* request,
    v1::GetEntryCriterionResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetEntryCriterionRequest& asked)
                         -> absl::StatusOr<v1::GetEntryCriterionResponse> {
                       ASSIGN_OR_RETURN(v1::Case file,
                                        store_.resources().Get<v1::Case>(call, asked.name()));
                       v1::GetEntryCriterionResponse answer;
                       answer.set_entry_criterion(file.entry_criterion());
                       return answer;
                     });
}

grpc::ServerUnaryReactor* RegistryService::ListCases(grpc::CallbackServerContext* context,
                                                     const v1::ListCasesRequest* request,
                                                     v1::ListCasesResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListCasesRequest& asked) -> absl::StatusOr<v1::ListCasesResponse> {
        ASSIGN_OR_RETURN(store::ListQuery query, store_.CasePredicate(call, asked.filter()));
        query.page_size = asked.page_size();
        query.page_token = asked.page_token();
        query.request = &asked;
        ASSIGN_OR_RETURN(store::Page<v1::Case> page,
                         store_.resources().List<v1::Case>(call, query));
        v1::ListCasesResponse answer;
        for (v1::Case& file : page.items) {
          *answer.add_cases() = Shown(std::move(file));
        }
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* RegistryService::CountCases(grpc::CallbackServerContext* context,
                                                      const v1::CountCasesRequest* request,
                                                      v1::CountCasesResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::CountCasesRequest& asked) -> absl::StatusOr<v1::CountCasesResponse> {
        ASSIGN_OR_RETURN(store::ListQuery query, store_.CasePredicate(call, asked.filter()));
        v1::CountCasesResponse answer;
        ASSIGN_OR_RETURN(int64_t count, store_.resources().Count(
                                            call, store::Table::Of(v1::Case::descriptor()), query));
        answer.set_count(count);
        return answer;
      });
}

grpc::ServerUnaryReactor* RegistryService::SearchCases(grpc::CallbackServerContext* context,
                                                       const v1::SearchCasesRequest* request,
                                                       v1::SearchCasesResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::SearchCasesRequest& asked) -> absl::StatusOr<v1::SearchCasesResponse> {
        if (asked.registration_number().empty() && asked.full_name().empty() &&
            asked.national_id().empty() && asked.phone().empty()) {
          return status::InvalidField(
              "registration_number",
              "at least one of registration_number, full_name, national_id and phone must be set");
        }
        ASSIGN_OR_RETURN(store::ListQuery query, store_.CasePredicate(call, asked.filter()));
        store_.NarrowToSearch(call, asked, query);
        query.page_size = asked.page_size();
        query.page_token = asked.page_token();
        query.request = &asked;
        ASSIGN_OR_RETURN(store::Page<v1::Case> page,
                         store_.resources().List<v1::Case>(call, query));
        v1::SearchCasesResponse answer;
        for (v1::Case& file : page.items) {
          *answer.add_cases() = Shown(std::move(file));
        }
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* RegistryService::AddClaim(grpc::CallbackServerContext* context,
                                                    const v1::AddClaimRequest* request,
                                                    v1::AddClaimResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::AddClaimRequest& asked,
             rpc::Done<v1::AddClaimResponse> done) {
        store_.resources().Submit<v1::AddClaimRequest, v1::AddClaimResponse>(
            call, asked, CaseLocks(asked.name()),
            [&asked](const store::Rows& rows,
                     store::Changes& changes) -> absl::StatusOr<v1::AddClaimResponse> {
              const v1::Case* current = rows.Find<v1::Case>(asked.name());
              const v1::CaseAccess* access = rows.Find<v1::CaseAccess>(asked.name());
              if (current == nullptr || access == nullptr) return status::NotFound("case");
              ASSIGN_OR_RETURN(auto outcome,
                               rules::AddClaim(*current, asked, changes.rule_context()));
              ASSIGN_OR_RETURN(v1::CaseAccess walled,
                               rules::WallOff(*access, asked.claim().accused()));
              v1::AddClaimResponse answer;
              *answer.mutable_case_file() = Shown(changes.Apply(std::move(outcome)));
              walled.add_claims(answer.case_file().claims().rbegin()->name());
              changes.Put(std::move(walled));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::RecordNeed(grpc::CallbackServerContext* context,
                                                      const v1::RecordNeedRequest* request,
                                                      v1::RecordNeedResponse* response) {
  return ChangeCase(context, request, response, request->name(), rules::RecordNeed);
}

grpc::ServerUnaryReactor* RegistryService::RecuseOfficial(grpc::CallbackServerContext* context,
                                                          const v1::RecuseOfficialRequest* request,
                                                          v1::RecuseOfficialResponse* response) {
  return ChangeCase(context, request, response, request->name(), rules::RecuseOfficial);
}

grpc::ServerUnaryReactor* RegistryService::EndRecusal(grpc::CallbackServerContext* context,
                                                      const v1::EndRecusalRequest* request,
                                                      v1::EndRecusalResponse* response) {
  return ChangeCase(context, request, response, request->name(), rules::EndRecusal);
}

}  // namespace redress::registry

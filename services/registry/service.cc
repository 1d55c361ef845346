#include "services/registry/service.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/case_scope.h"
#include "common/base/ids.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "services/registry/rules.h"

namespace redress::registry {
namespace {

using KnownPerson = RegistryStore::KnownPerson;

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// Who a person was taken to be before stays with them, sealed.
v1::Petitioner ShownPerson(v1::Petitioner person) {
  person.clear_earlier();
  return person;
}

void AddWarnings(const v1::PersonIdentity& identity, std::string_view field, absl::CivilDay today,
                 google::protobuf::RepeatedPtrField<v1::Warning>& warnings) {
  for (v1::Warning& warning : rules::LookAt(identity, field, today)) {
    *warnings.Add() = std::move(warning);
  }
}

rules::RegistrationNames NamesFor(const v1::RegisterCaseRequest& asked, absl::Time now) {
  rules::RegistrationNames names;
  names.case_name = absl::StrCat("cases/", base::NewUuid(now));
  names.petitioner = asked.petitioner().empty() ? absl::StrCat("petitioners/", base::NewUuid(now))
                                                : asked.petitioner();
  for (int i = 0; i < asked.representatives_size(); ++i) {
    names.representatives.push_back(absl::StrCat("petitioners/", base::NewUuid(now)));
  }
  names.year = static_cast<int>(base::DayAt(now).year());
  return names;
}

// Publishes on every case of a person that their identity was corrected. Each case's version moves
// with it, so that no gate decides on the earlier identity.
void PublishCorrection(const std::vector<std::string>& cases, const std::string& petitioner,
                       const store::Rows& rows, store::Changes& changes) {
  const rules::Context context = changes.rule_context();
  for (const std::string& name : cases) {
    const v1::Case* file = rows.Find<v1::Case>(name);
    if (file == nullptr || !rules::SpeaksFor(*file, petitioner)) continue;
    facts::v1::Fact fact =
        ::redress::rules::NewFact(context, name, ::redress::rules::DateOf(context.today));
    fact.set_campaign(file->campaign());
    fact.set_unit(file->responsible_unit());
    fact.mutable_identity_corrected();
    ::redress::rules::SetKind(fact);
    changes.Publish(std::move(fact));
    changes.Put(*file);
  }
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
        if (!rules::SpeaksFor(file, asked.name())) return status::NotFound("petitioner");
        ASSIGN_OR_RETURN(v1::Petitioner person, store_.resources().GetFor<v1::Petitioner>(
                                                    call, asked.case_name(), asked.name()));
        // A case that another office registered is no way to a person of this one.
        if (!rules::IsOfOffice(person, file)) return status::NotFound("petitioner");
        v1::GetPetitionerResponse answer;
        *answer.mutable_petitioner() = ShownPerson(std::move(person));
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
        absl::StatusOr<std::vector<std::string>> cases =
            store_.CasesOf(asked.name(), call.deadline);
        if (!cases.ok()) return done(cases.status());
        if (std::find(cases->begin(), cases->end(), asked.case_name()) == cases->end()) {
          cases->push_back(asked.case_name());
        }
        std::vector<store::Lock> locks = {store::LockOf<v1::Petitioner>(asked.name())};
        for (const std::string& name : *cases) locks.push_back(store::LockOf<v1::Case>(name));
        store_.resources().Submit<v1::UpdatePetitionerRequest, v1::UpdatePetitionerResponse>(
            call, asked, std::move(locks),
            [&asked, cases = *std::move(cases)](const store::Rows& rows, store::Changes& changes)
                -> absl::StatusOr<v1::UpdatePetitionerResponse> {
              const v1::Case* file = rows.Find<v1::Case>(asked.case_name());
              const v1::Petitioner* person = rows.Find<v1::Petitioner>(asked.name());
              if (file == nullptr || person == nullptr || !rules::SpeaksFor(*file, asked.name()) ||
                  !rules::IsOfOffice(*person, *file)) {
                return status::NotFound("petitioner");
              }
              const rules::Context world = changes.rule_context();
              ASSIGN_OR_RETURN(v1::Petitioner next,
                               rules::CorrectIdentity(*person, asked, world, changes.now()));
              v1::UpdatePetitionerResponse answer;
              AddWarnings(next.identity(), "identity", world.today, *answer.mutable_warnings());
              if (next.earlier_size() == person->earlier_size()) {
                *answer.mutable_petitioner() = ShownPerson(*person);
                return answer;
              }
              PublishCorrection(cases, asked.name(), rows, changes);
              *answer.mutable_petitioner() = ShownPerson(changes.Put(std::move(next)));
              return answer;
            },
            done, asked.case_name());
      });
}

grpc::ServerUnaryReactor* RegistryService::RegisterCase(grpc::CallbackServerContext* context,
                                                        const v1::RegisterCaseRequest* request,
                                                        v1::RegisterCaseResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::RegisterCaseRequest& asked,
             rpc::Done<v1::RegisterCaseResponse> done) {
        const auto refuse = [&](absl::Status refusal) {
          store_.resources().RefuseUnlessDone<v1::RegisterCaseRequest>(call, asked,
                                                                       std::move(refusal), done);
        };
        // Whoever registers may register only in the region that they serve.
        if (!auth::RegionCovers(call.caller.region, asked.region_code())) {
          return refuse(
              status::InvalidField("region_code", "is outside the region that you serve"));
        }
        absl::StatusOr<v1::Campaign> campaign =
            store_.resources().Get<v1::Campaign>(call, asked.campaign());
        if (!campaign.ok()) return done(campaign.status());
        if (!auth::RegionCovers(campaign->region_code(), asked.region_code())) {
          return refuse(
              status::InvalidField("region_code", "is outside the region of the campaign"));
        }
        if (absl::Status taken = CheckAdmission(call, *campaign, asked); !taken.ok()) {
          return refuse(std::move(taken));
        }
        std::optional<assignment::v1::ResolveAccusedResponse> accused;
        if (rules::IsAccusation(asked)) {
          absl::StatusOr<assignment::v1::ResolveAccusedResponse> resolved = Resolve(
              call, rules::AccusedIn(asked), asked.region_code(), rules::EarliestAct(asked));
          if (!resolved.ok()) return refuse(resolved.status());
          accused = *std::move(resolved);
        }
        rules::RegistrationNames names = NamesFor(asked, environment_.clock().Now());

        std::vector<store::Lock> locks;
        store::Needs needs;
        needs.counters = {rules::CounterOf(asked.region_code(), names.year)};
        // Looked up in the transaction, behind the counter that every registration of the office
        // draws from: of six clerks who register the same person at once, five are asked.
        auto known = std::make_shared<KnownPerson>();
        if (!asked.petitioner().empty()) {
          locks.push_back(store::LockOf<v1::Petitioner>(asked.petitioner()));
          needs.look = [this, call, &asked, known](db::Connection& connection) {
            return store_.FindCaseOf(connection, call, asked.region_code(), asked.petitioner(),
                                     *known);
          };
        } else if (!asked.is_somebody_else()) {
          needs.keys = store_.KeysOf(asked.new_petitioner(), asked.region_code());
          needs.look = [this, call, &asked, known](db::Connection& connection) {
            return store_.FindKnown(connection, call, asked.region_code(), asked.new_petitioner(),
                                    *known);
          };
        }
        store_.resources().Submit<v1::RegisterCaseRequest, v1::RegisterCaseResponse>(
            call, asked, std::move(locks),
            [this, call, &asked, known, campaign = *std::move(campaign), names = std::move(names),
             accused = std::move(accused)](const store::Rows& rows, store::Changes& changes)
                -> absl::StatusOr<v1::RegisterCaseResponse> {
              if (!asked.petitioner().empty()) {
                const v1::Petitioner* person = rows.Find<v1::Petitioner>(asked.petitioner());
                // A name alone opens nobody: the caller handles a case of theirs.
                if (person == nullptr || known->case_name.empty() ||
                    rules::OfficeOf(person->region_code()) !=
                        rules::OfficeOf(asked.region_code())) {
                  return status::NotFound("petitioner");
                }
              } else if (!known->petitioner.empty()) {
                const absl::Duration wait = candidates_.Take(call.caller.subject, absl::Now());
                if (wait > absl::ZeroDuration()) return status::Exhausted("known persons", wait);
                call.reading->AddToRefusal(known->petitioner);
                call.reading->AddToRefusal(known->case_name);
                return rules::KnownAlready(known->petitioner, known->case_name);
              }
              rules::RegistrationNames drawn = names;
              drawn.number = changes.Draw(rules::CounterOf(asked.region_code(), names.year));
              ASSIGN_OR_RETURN(rules::Registration made,
                               rules::Register(campaign, asked, drawn, changes.rule_context()));
              if (accused.has_value()) {
                ASSIGN_OR_RETURN(made.access,
                                 rules::WallOff(made.access, *accused, "claims.accused",
                                                call.caller, store_.wall_hashes()));
              }
              *made.case_file.mutable_create_time() = ToTimestamp(changes.now());
              for (v1::Petitioner& person : made.new_persons) {
                *person.mutable_create_time() = ToTimestamp(changes.now());
                changes.Put(std::move(person));
              }
              v1::RegisterCaseResponse answer;
              const absl::CivilDay today = changes.rule_context().today;
              AddWarnings(asked.new_petitioner(), "new_petitioner", today,
                          *answer.mutable_warnings());
              for (int i = 0; i < asked.representatives_size(); ++i) {
                AddWarnings(asked.representatives(i), absl::StrCat("representatives[", i, "]"),
                            today, *answer.mutable_warnings());
              }
              *answer.mutable_case_file() = Shown(changes.Put(std::move(made.case_file)));
              *answer.mutable_round() = changes.Put(std::move(made.round));
              changes.Put(std::move(made.access));
              for (facts::v1::Fact& fact : made.facts) changes.Publish(std::move(fact));
              return answer;
            },
            done, "", std::move(needs));
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
        call.reading->Searched();
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
  return ChangeCase(context, request, response, request->name(), rules::AddClaim);
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

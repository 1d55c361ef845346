// Persons: who they are, through a case of theirs.
#include <algorithm>

#include "services/registry/service.h"

namespace redress::registry {
namespace {

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

void AddWarnings(const v1::PersonIdentity& identity, std::string_view field, absl::CivilDay today,
                 google::protobuf::RepeatedPtrField<v1::Warning>& warnings) {
  for (v1::Warning& warning : rules::LookAt(identity, field, today)) {
    *warnings.Add() = std::move(warning);
  }
}

absl::StatusOr<v1::GetPetitionerResponse> RegistryService::GetPetitioner(
    const rpc::Call& call, const v1::GetPetitionerRequest& asked) {
  ASSIGN_OR_RETURN(v1::Case file, store_.resources().Get<v1::Case>(call, asked.case_name()));
  if (!rules::SpeaksFor(file, asked.name())) return status::NotFound("petitioner");
  ASSIGN_OR_RETURN(v1::Petitioner person, store_.resources().GetFor<v1::Petitioner>(
                                              call, asked.case_name(), asked.name()));
  // A case that another office registered is no way to a person of this one.
  if (!rules::IsOfOffice(person, file)) return status::NotFound("petitioner");
  v1::GetPetitionerResponse answer;
  *answer.mutable_petitioner() = ShownPerson(std::move(person));
  return answer;
}

RegistryService::Write<v1::UpdatePetitionerResponse> RegistryService::UpdatePetitioner(
    const rpc::Call& call, const v1::UpdatePetitionerRequest& asked) {
  ASSIGN_OR_RETURN(std::vector<std::string> cases, store_.CasesOf(asked.name(), call.deadline));
  if (std::find(cases.begin(), cases.end(), asked.case_name()) == cases.end()) {
    cases.push_back(asked.case_name());
  }
  std::vector<store::Lock> locks = {store::LockOf<v1::Petitioner>(asked.name())};
  for (const std::string& name : cases) locks.push_back(store::LockOf<v1::Case>(name));
  return service::Prepared<v1::UpdatePetitionerResponse>{
      std::move(locks),
      [&asked, cases = std::move(cases)](const store::Rows& rows, store::Changes& changes)
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
          *answer.mutable_petitioner() = *person;
          return answer;
        }
        PublishCorrection(cases, asked.name(), rows, changes);
        *answer.mutable_petitioner() = changes.Put(std::move(next));
        return answer;
      }};
}

}  // namespace redress::registry

// The registration of a case.
#include <optional>

#include "absl/time/clock.h"
#include "common/auth/case_scope.h"
#include "common/base/ids.h"
#include "services/registry/service.h"

namespace redress::registry {
namespace {

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

}  // namespace

RegistryService::Write<v1::RegisterCaseResponse> RegistryService::RegisterCase(
    const rpc::Call& call, const v1::RegisterCaseRequest& asked) {
  // Whoever registers may register only in the region that they serve.
  if (!auth::RegionCovers(call.caller.region, asked.region_code())) {
    return status::InvalidField("region_code", "is outside the region that you serve");
  }
  ASSIGN_OR_RETURN(v1::Campaign campaign,
                   store_.resources().Get<v1::Campaign>(call, asked.campaign()));
  if (!auth::RegionCovers(campaign.region_code(), asked.region_code())) {
    return status::InvalidField("region_code", "is outside the region of the campaign");
  }
  RETURN_IF_ERROR(CheckAdmission(call, campaign, asked));
  std::optional<assignment::v1::ResolveAccusedResponse> accused;
  if (rules::IsAccusation(asked)) {
    ASSIGN_OR_RETURN(accused, Resolve(call, rules::AccusedIn(asked), asked.region_code(),
                                      rules::EarliestAct(asked)));
  }
  rules::RegistrationNames names = NamesFor(asked, environment_.clock().Now());

  std::vector<store::Lock> locks;
  store::Needs needs;
  needs.counters = {rules::CounterOf(asked, names.year)};
  // Looked up in the transaction, behind the counter that every registration of the office
  // draws from: of six clerks who register the same person at once, five are asked.
  auto known = std::make_shared<RegistryStore::KnownPerson>();
  if (!asked.petitioner().empty()) {
    locks.push_back(store::LockOf<v1::Petitioner>(asked.petitioner()));
    needs.look = [this, call, &asked, known](db::Connection& connection) {
      return store_.FindCaseOf(connection, call, asked.region_code(), asked.petitioner(), *known);
    };
  } else if (!asked.is_somebody_else()) {
    needs.keys = store_.KeysOf(asked.new_petitioner(), asked.region_code());
    needs.look = [this, call, &asked, known](db::Connection& connection) {
      return store_.FindKnown(connection, call, asked.region_code(), asked.new_petitioner(),
                              *known);
    };
  }
  return service::Prepared<v1::RegisterCaseResponse>{
      std::move(locks),
      [this, call, &asked, known, campaign = std::move(campaign), names = std::move(names),
       accused = std::move(accused)](const store::Rows& rows, store::Changes& changes)
          -> absl::StatusOr<v1::RegisterCaseResponse> {
        if (!asked.petitioner().empty()) {
          const v1::Petitioner* person = rows.Find<v1::Petitioner>(asked.petitioner());
          // A name alone opens nobody: the caller handles a case of theirs.
          if (person == nullptr || known->case_name.empty() ||
              rules::OfficeOf(person->region_code()) != rules::OfficeOf(asked.region_code())) {
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
        drawn.number = changes.Draw(rules::CounterOf(asked, names.year));
        ASSIGN_OR_RETURN(rules::Registration made,
                         rules::Register(campaign, asked, drawn, changes.rule_context()));
        if (accused.has_value()) {
          ASSIGN_OR_RETURN(made.access, rules::WallOff(made.access, *accused, "claims.accused",
                                                       call.caller, store_.wall_hashes()));
        }
        for (v1::Petitioner& person : made.new_persons) changes.Put(std::move(person));
        v1::RegisterCaseResponse answer;
        const absl::CivilDay today = changes.rule_context().today;
        AddWarnings(asked.new_petitioner(), "new_petitioner", today, *answer.mutable_warnings());
        for (int i = 0; i < asked.representatives_size(); ++i) {
          AddWarnings(asked.representatives(i), absl::StrCat("representatives[", i, "]"), today,
                      *answer.mutable_warnings());
        }
        *answer.mutable_case_file() = changes.Put(std::move(made.case_file));
        *answer.mutable_round() = changes.Put(std::move(made.round));
        changes.Put(std::move(made.access));
        for (facts::v1::Fact& fact : made.facts) changes.Publish(std::move(fact));
        return answer;
      },
      std::move(needs)};
}

}  // namespace redress::registry

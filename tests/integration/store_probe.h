// A service of a few rpcs over the generic store, whose rules do what a test wants, to see what the
// store makes of it.
#ifndef REDRESS_TESTS_INTEGRATION_STORE_PROBE_H_
#define REDRESS_TESTS_INTEGRATION_STORE_PROBE_H_

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/ids.h"
#include "common/status/error.h"
#include "common/store/store.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/integration/probe_service.h"

namespace redress::testing {

namespace r = redress::registry::v1;

// A new case as the tables want it.
inline r::Case NewCase(const std::string& name, absl::Time now) {
  r::Case file;
  file.set_name(name);
  file.set_registration_number(name);
  file.set_campaign("campaigns/1");
  file.set_region_code("430626103");
  file.set_state(types::v1::CASE_STATE_OPEN);
  file.set_source(types::v1::CASE_SOURCE_LETTER);
  *file.mutable_received_on() = rules::DateOf(absl::CivilDay(2018, 6, 18));
  file.set_petitioner("petitioners/1");
  file.mutable_create_time()->set_seconds(absl::ToUnixSeconds(now));
  return file;
}

// Uses its stores in turn, as replicas of a service are.
class Probe {
 public:
  Probe(const rpc::Runtime& runtime, std::vector<store::Store*> stores)
      : stores_(std::move(stores)),
        service_(ProbeService(runtime, "redress.registry.v1.RegistryService",
                              {{"AddClaim", Write(&Probe::AddClaim)},
                               {"OpenRound", Write(&Probe::OpenRound)},
                               {"ProposeClosure", Write(&Probe::ProposeClosure)},
                               {"GetCase", Read(&Probe::GetCase)},
                               {"GetRound", Read(&Probe::GetRound)},
                               {"ListCases", Read(&Probe::ListCases)}})) {}

  grpc::Service* service() { return service_.get(); }

  // Runs in the rule of AddClaim, each time that it runs. Set before serving.
  std::function<absl::Status(const r::AddClaimRequest&)> in_rule = [](const auto&) {
    return absl::OkStatus();
  };

 private:
  // Adds the claim to the case, which it makes where there is none.
  absl::StatusOr<r::AddClaimResponse> AddClaim(const r::AddClaimRequest& asked,
                                               const store::Rows& rows, store::Changes& changes) {
    RETURN_IF_ERROR(in_rule(asked));
    const r::Case* found = rows.Find<r::Case>(asked.name());
    rules::Outcome<r::Case> outcome{
        found == nullptr ? NewCase(asked.name(), changes.now()) : *found, {}};
    r::Claim& claim = *outcome.resource.add_claims();
    claim.set_name(absl::StrCat(asked.name(), "/claims/", outcome.resource.claims_size()));
    claim.set_statement(asked.claim().statement());
    const rules::Context world = changes.rule_context();
    facts::v1::Fact fact = rules::NewFact(world, claim.name(), rules::DateOf(world.today));
    fact.set_claim(claim.name());
    fact.mutable_claim_registered()->set_claim_kind(asked.claim().kind());
    rules::SetKind(fact);
    outcome.facts.push_back(std::move(fact));
    r::AddClaimResponse answer;
    *answer.mutable_case_file() = changes.Apply(std::move(outcome));
    return answer;
  }

  // Adds a round to the case.
  absl::StatusOr<r::OpenRoundResponse> OpenRound(const r::OpenRoundRequest& asked,
                                                 const store::Rows& rows, store::Changes& changes) {
    const r::Case* found = rows.Find<r::Case>(asked.name());
    if (found == nullptr) return status::NotFound("case");
    r::Case file = *found;
    file.set_rounds(file.rounds() + 1);
    r::Round round;
    round.set_case_name(file.name());
    round.set_number(file.rounds());
    round.set_name(absl::StrCat(file.name(), "/rounds/", file.rounds()));
    round.set_state(r::ROUND_STATE_OPENED);
    changes.Put(std::move(file));
    r::OpenRoundResponse answer;
    *answer.mutable_round() = changes.Put(std::move(round));
    return answer;
  }

  // Moves the case on, or tells what it would be.
  absl::StatusOr<r::ProposeClosureResponse> ProposeClosure(const r::ProposeClosureRequest& asked,
                                                           const store::Rows& rows,
                                                           store::Changes& changes) {
    const r::Case* found = rows.Find<r::Case>(asked.name());
    if (found == nullptr) return status::NotFound("case");
    const rules::Context world = changes.rule_context();
    rules::Outcome<r::Case> outcome{*found, {}};
    outcome.resource.set_state(types::v1::CASE_STATE_CLOSING);
    outcome.facts.push_back(rules::NewFact(world, found->name(), rules::DateOf(world.today)));
    outcome.facts[0].mutable_closure_proposed()->set_standard(asked.standard());
    rules::SetKind(outcome.facts[0]);
    r::ProposeClosureResponse answer;
    *answer.mutable_case_file() = changes.Apply(std::move(outcome));
    return answer;
  }

  absl::StatusOr<r::GetCaseResponse> GetCase(const rpc::Call& call,
                                             const r::GetCaseRequest& asked) {
    r::GetCaseResponse answer;
    ASSIGN_OR_RETURN(*answer.mutable_case_file(), Next().Get<r::Case>(call, asked.name()));
    return answer;
  }

  absl::StatusOr<r::GetRoundResponse> GetRound(const rpc::Call& call,
                                               const r::GetRoundRequest& asked) {
    r::GetRoundResponse answer;
    ASSIGN_OR_RETURN(*answer.mutable_round(), Next().Get<r::Round>(call, asked.name()));
    return answer;
  }

  // By name, from the first.
  absl::StatusOr<r::ListCasesResponse> ListCases(const rpc::Call& call,
                                                 const r::ListCasesRequest& asked) {
    store::ListQuery query;
    query.descending = false;
    query.page_size = asked.page_size();
    query.page_token = asked.page_token();
    query.request = &asked;
    ASSIGN_OR_RETURN(store::Page<r::Case> page, Next().List<r::Case>(call, query));
    r::ListCasesResponse answer;
    for (r::Case& file : page.items) *answer.add_cases() = std::move(file);
    answer.set_next_page_token(page.next_page_token);
    return answer;
  }

  // Every write decides on the case that it names.
  template <class Req, class Resp>
  rpc::Serve Write(absl::StatusOr<Resp> (Probe::*rule)(const Req&, const store::Rows&,
                                                       store::Changes&)) {
    return Writes<Req, Resp>(
        [this]() -> store::Store& { return Next(); },
        [](const Req& asked) {
          return std::vector<store::Lock>{store::LockOf<r::Case>(asked.name())};
        },
        [this, rule](const Req& asked, const store::Rows& rows, store::Changes& changes) {
          return (this->*rule)(asked, rows, changes);
        });
  }

  template <class Req, class Resp>
  rpc::Serve Read(absl::StatusOr<Resp> (Probe::*read)(const rpc::Call&, const Req&)) {
    return rpc::ServeBy(std::function([this, read](const rpc::Call& call, const Req& asked) {
      return (this->*read)(call, asked);
    }));
  }

  store::Store& Next() { return *stores_[turn_++ % stores_.size()]; }

  const std::vector<store::Store*> stores_;
  std::atomic<size_t> turn_ = 0;
  const std::unique_ptr<grpc::Service> service_;
};

}  // namespace redress::testing

#endif  // REDRESS_TESTS_INTEGRATION_STORE_PROBE_H_

// What the rules on claims share. For the rules alone.
#ifndef REDRESS_SERVICES_REGISTRY_CLAIM_CHANGE_H_
#define REDRESS_SERVICES_REGISTRY_CLAIM_CHANGE_H_

#include <memory>
#include <string>
#include <string_view>

#include "services/registry/rules.h"

namespace redress::registry::rules::internal {

// A change to one claim of an open case: the claim to fill in, within the outcome.
struct ClaimChange {
  Outcome<v1::Case> outcome;
  v1::Claim* claim = nullptr;
};
// FAILED_PRECONDITION CASE_STATE, NOT_FOUND.
absl::StatusOr<std::unique_ptr<ClaimChange>> ChangeClaim(const v1::Case& current,
                                                         std::string_view name);

facts::v1::Fact ClaimFact(const Context& context, const v1::Claim& claim,
                          const google::type::Date& on);

// Publishes `fact` and returns its id.
std::string Publish(ClaimChange& change, facts::v1::Fact fact);

}  // namespace redress::registry::rules::internal

#endif  // REDRESS_SERVICES_REGISTRY_CLAIM_CHANGE_H_

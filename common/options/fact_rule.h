// The rule of each kind of fact, as kinds.proto states it beside the kind (options.v1.fact).
// Thread-safe; what is returned lives as long as the process.
#ifndef REDRESS_COMMON_FACT_RULE_FACT_RULE_H_
#define REDRESS_COMMON_FACT_RULE_FACT_RULE_H_

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/options/v1/fact_rule.pb.h"

namespace redress::facts {

// One more than the largest kind.
inline constexpr int kKinds = v1::FactKind_MAX + 1;

// The rule of a kind; an empty one for what is no kind.
const options::v1::FactRule& RuleOf(v1::FactKind kind);

// Whether the rule of the kind has the trait.
bool Has(v1::FactKind kind, options::v1::FactTrait trait);

// The message of the kind's detail; null for what is no kind.
const google::protobuf::Descriptor* DetailOf(v1::FactKind kind);

// INTERNAL, naming each, where a kind leaves out any of what FactRule asks of all kinds, or has no
// detail. A service asks at its start: a kind without a rule would be seen and scored by nobody.
absl::Status CheckFactRules(
    const google::protobuf::EnumDescriptor& kinds = *v1::FactKind_descriptor());

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACT_RULE_FACT_RULE_H_

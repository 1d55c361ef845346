#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::DateOf;
using ::redress::rules::NewFact;
using ::redress::rules::SetKind;

// OK, or INVALID_ARGUMENT that says where in the file what is not the next of the campaign stands.
absl::Status CheckIsNext(const plan::Plan& plan, const std::string& id, int revision) {
  std::vector<status::FieldViolation> violations;
  const auto wrong = [&](const plan::Mistake& at, plan::Say say, const std::string& value) {
    violations.push_back({"plan_text", plan::Describe(plan::SaidAt(at, say, {value}))});
  };
  if (!id.empty() && plan.id() != id) wrong(plan.id_at(), plan::Say::kNotOfCampaign, id);
  if (plan.revision() != revision) {
    wrong(plan.revision_at(), plan::Say::kNotNextRevision, absl::StrCat(revision));
  }
  return violations.empty() ? absl::OkStatus() : status::InvalidFields(violations);
}

void SetPlan(const plan::Plan& plan, int revision, v1::Campaign& campaign) {
  campaign.set_plan_id(plan.id());
  campaign.set_plan_revision(revision);
  *campaign.mutable_starts_on() = plan.proto().starts_on();
  *campaign.mutable_ends_on() = plan.proto().ends_on();
}

}  // namespace

absl::StatusOr<Outcome<v1::Campaign>> StartCampaign(const v1::Campaign& asked,
                                                    const plan::Plan& plan, const std::string& name,
                                                    const Context& context) {
  if (absl::Status next = CheckIsNext(plan, "", 1); !next.ok()) return next;
  Outcome<v1::Campaign> outcome;
  outcome.resource = asked;
  outcome.resource.set_name(name);
  SetPlan(plan, 1, outcome.resource);
  facts::v1::Fact fact = NewFact(context, name, DateOf(context.today));
  fact.set_campaign(name);
  fact.mutable_campaign_started()->set_plan_revision(1);
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Campaign>> RevisePlan(const v1::Campaign& current,
                                                 const plan::Plan& plan, const Context& context) {
  const int number = current.plan_revision() + 1;
  if (absl::Status next = CheckIsNext(plan, current.plan_id(), number); !next.ok()) return next;
  Outcome<v1::Campaign> outcome;
  outcome.resource = current;
  SetPlan(plan, number, outcome.resource);
  facts::v1::Fact fact = NewFact(context, absl::StrCat(current.name(), "/planRevisions/", number),
                                 DateOf(context.today));
  fact.set_campaign(current.name());
  fact.mutable_plan_revised()->set_plan_revision(number);
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::registry::rules

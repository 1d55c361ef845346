#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "common/page/mask.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

using ::redress::rules::DateOf;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;

constexpr int kGroupAheadDays = 366;

std::string IdOr(const std::string& id, const Context& context) {
  return id.empty() ? context.new_id() : id;
}

void CheckText(std::string_view field, const types::v1::LocalizedText& text, FieldErrors& errors) {
  if (text.zh().empty()) errors.Add(absl::StrCat(base::AbslView(field), ".zh"), "must be set");
}

// "enrolled" for MILESTONE_KIND_ENROLLED, "deployment-held", "rules-issued".
std::string KindSlug(v1::MilestoneKind kind) {
  std::string name = v1::MilestoneKind_Name(kind).substr(std::string("MILESTONE_KIND_").size());
  absl::AsciiStrToLower(&name);
  return absl::StrReplaceAll(name, {{"_", "-"}});
}

}  // namespace

absl::StatusOr<Outcome<v1::Unit>> CreateUnit(const v1::Unit& asked, const v1::Unit* superior,
                                             const Context& context, const std::string& id) {
  FieldErrors errors;
  CheckText("unit.display_name", asked.display_name(), errors);
  if (!asked.superior().empty() && superior == nullptr)
    errors.Add("unit.superior", "is not registered");
  RETURN_IF_ERROR(errors.ToStatus());
  Outcome<v1::Unit> outcome{asked, {}};
  outcome.resource.set_name(absl::StrCat("units/", IdOr(id, context)));
  return outcome;
}

absl::StatusOr<v1::Unit> Changed(const v1::Unit& current, const v1::UpdateUnitRequest& request) {
  v1::Unit changed = current;
  RETURN_IF_ERROR(page::ApplyMask(request.unit(), request.update_mask(), &changed));
  return changed;
}

absl::StatusOr<v1::Official> Changed(const v1::Official& current,
                                     const v1::UpdateOfficialRequest& request) {
  v1::Official changed = current;
  RETURN_IF_ERROR(page::ApplyMask(request.official(), request.update_mask(), &changed));
  return changed;
}

absl::StatusOr<Outcome<v1::Unit>> UpdateUnit(v1::Unit changed,
                                             const std::vector<const v1::Unit*>& above) {
  FieldErrors errors;
  CheckText("unit.display_name", changed.display_name(), errors);
  if (!changed.superior().empty() && above.empty()) {
    errors.Add("unit.superior", "is not registered");
  }
  // A unit that reviewed its own opinions would be no review (Reg. 35), however many stand between.
  if (changed.superior() == changed.name()) {
    errors.Add("unit.superior", "must be another unit");
  } else if (std::any_of(above.begin(), above.end(),
                         [&](const v1::Unit* unit) { return unit->name() == changed.name(); })) {
    errors.Add("unit.superior", "has this unit above itself");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  return Outcome<v1::Unit>{std::move(changed), {}};
}

absl::StatusOr<Outcome<v1::Official>> CreateOfficial(const v1::Official& asked,
                                                     const v1::Unit* unit, const Context& context,
                                                     const std::string& id) {
  FieldErrors errors;
  CheckText("official.title", asked.title(), errors);
  if (unit == nullptr) errors.Add("official.unit", "is not registered");
  RETURN_IF_ERROR(errors.ToStatus());
  Outcome<v1::Official> outcome{asked, {}};
  outcome.resource.set_name(absl::StrCat("officials/", IdOr(id, context)));
  outcome.resource.clear_past_units();
  return outcome;
}

absl::StatusOr<Outcome<v1::Official>> UpdateOfficial(const v1::Official& current,
                                                     v1::Official changed, const v1::Unit* unit,
                                                     const Context& context) {
  FieldErrors errors;
  CheckText("official.title", changed.title(), errors);
  if (unit == nullptr) errors.Add("official.unit", "is not registered");
  RETURN_IF_ERROR(errors.ToStatus());
  // Where somebody was stays known: an accusation against a unit walls off its members of then.
  if (changed.unit() != current.unit()) {
    v1::PastUnit& past = *changed.add_past_units();
    past.set_unit(current.unit());
    *past.mutable_until() = DateOf(context.today);
  }
  return Outcome<v1::Official>{std::move(changed), {}};
}

std::string MilestoneName(std::string_view unit, std::string_view campaign,
                          v1::MilestoneKind kind) {
  return absl::StrCat(base::AbslView(unit), "/milestones/",
                      base::AbslView(base::LastSegment(campaign)), "-", KindSlug(kind));
}

absl::StatusOr<Outcome<v1::UnitMilestone>> RecordMilestone(
    const v1::UnitMilestone* existing, const v1::UnitMilestone* enrolled, const v1::Unit& of,
    const registry::v1::Campaign& campaign, v1::MilestoneKind kind,
    const google::type::Date& reached_on, const Context& context) {
  const std::string& unit = of.name();
  if (existing != nullptr) {
    return Refuse("MILESTONE_RECORDED", existing->name(), "is recorded already");
  }
  if (kind != v1::MILESTONE_KIND_ENROLLED && enrolled == nullptr) {
    return Refuse("UNIT_NOT_ENROLLED", unit, "enrol the unit in the campaign first");
  }
  FieldErrors errors;
  if (kind == v1::MILESTONE_KIND_ENROLLED) {
    errors.NotBefore("reached_on", reached_on, campaign.starts_on(), "the campaign's first day");
    if (IsSet(campaign.ends_on()) && DayOf(reached_on) > DayOf(campaign.ends_on())) {
      errors.Add("reached_on", "must not be after the campaign's last day");
    }
  } else {
    errors.NotBefore("reached_on", reached_on, enrolled->reached_on(), "the enrolment");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  Outcome<v1::UnitMilestone> outcome;
  v1::UnitMilestone& milestone = outcome.resource;
  milestone.set_name(MilestoneName(unit, campaign.name(), kind));
  milestone.set_unit(unit);
  milestone.set_campaign(campaign.name());
  milestone.set_kind(kind);
  *milestone.mutable_reached_on() = reached_on;

  facts::v1::Fact fact = NewFact(context, milestone.name(), reached_on);
  fact.set_campaign(campaign.name());
  fact.set_unit(unit);
  switch (kind) {
    case v1::MILESTONE_KIND_ENROLLED:
      fact.mutable_unit_enrolled()->set_unit_kind(of.kind());
      break;
    case v1::MILESTONE_KIND_DEPLOYMENT_HELD:
      fact.mutable_deployment_held();
      break;
    default:
      fact.mutable_implementing_rules_issued();
      break;
  }
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

std::vector<std::string> NamesOf(const v1::LeadingGroup& group) {
  std::vector<std::string> names = {group.leader(), group.office_head(), group.liaison()};
  names.insert(names.end(), group.deputies().begin(), group.deputies().end());
  names.insert(names.end(), group.members().begin(), group.members().end());
  return names;
}

absl::StatusOr<Outcome<v1::LeadingGroup>> SetLeadingGroup(const v1::SetLeadingGroupRequest& request,
                                                          const registry::v1::Campaign& campaign,
                                                          const Officials& officials,
                                                          const Context& context) {
  const v1::LeadingGroup& asked = request.leading_group();
  FieldErrors errors;
  const auto check = [&](const std::string& field, const std::string& name) {
    const auto it = officials.find(name);
    if (it == officials.end()) {
      errors.Add(absl::StrCat("leading_group.", field), "is not registered");
    } else if (!it->second.active()) {
      errors.Add(absl::StrCat("leading_group.", field), "has left the office");
    }
  };
  check("leader", asked.leader());
  check("office_head", asked.office_head());
  check("liaison", asked.liaison());
  std::set<std::string> counted = {asked.leader()};
  const auto check_each = [&](const std::string& field,
                              const google::protobuf::RepeatedPtrField<std::string>& names) {
    for (int i = 0; i < names.size(); ++i) {
      const std::string at = absl::StrCat(field, "[", i, "]");
      check(at, names[i]);
      if (!counted.insert(names[i]).second) {
        errors.Add(absl::StrCat("leading_group.", at), "is named twice");
      }
    }
  };
  check_each("deputies", asked.deputies());
  check_each("members", asked.members());
  if (IsSet(campaign.starts_on())) {
    // A group may well be formed before its campaign begins, and not years before.
    errors.NotBefore("leading_group.set_on", asked.set_on(),
                     DateOf(DayOf(campaign.starts_on()) - kGroupAheadDays),
                     "a year ahead of the campaign's first day");
  }
  RETURN_IF_ERROR(errors.ToStatus());

  Outcome<v1::LeadingGroup> outcome{asked, {}};
  outcome.resource.set_name(absl::StrCat(request.campaign(), "/leadingGroup"));
  facts::v1::Fact fact = NewFact(context, outcome.resource.name(), asked.set_on());
  fact.set_campaign(request.campaign());
  facts::v1::LeadingGroupSet& detail = *fact.mutable_leading_group_set();
  detail.set_deputies(asked.deputies_size());
  detail.set_members(asked.members_size());
  detail.set_has_office_head(!asked.office_head().empty());
  detail.set_has_liaison(!asked.liaison().empty());
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::assignment::rules

#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/calendar/calendar.h"
#include "common/plan/fact_kinds.h"
#include "services/supervision/rules.h"

namespace redress::supervision::rules {
namespace {

using plan::v1::Test;

bool Names(const Test& test, bool (*wanted)(facts::v1::FactKind)) {
  switch (test.test_case()) {
    case Test::kFact:
      return wanted(test.fact().kind());
    case Test::kAbsent:
      return wanted(test.absent().kind());
    case Test::kAll:
    case Test::kAny: {
      const auto& group = test.has_all() ? test.all() : test.any();
      for (const Test& part : group.tests()) {
        if (Names(part, wanted)) return true;
      }
      return false;
    }
    default:
      return false;
  }
}

bool IsAboutNeed(facts::v1::FactKind kind) {
  return plan::IsAssistance(kind) || kind == facts::v1::FACT_KIND_ASSISTANCE_NEED_FOUND;
}

bool IsOfPresence(facts::v1::FactKind kind) {
  return !auth::MaySeeFact({options::v1::TELLS_CLAIM, options::v1::TELLS_HOUSEHOLD}, kind);
}

bool IsVisit(facts::v1::FactKind kind) { return kind == facts::v1::FACT_KIND_VISIT_HELD; }

}  // namespace

std::optional<Root> RootOf(const facts::v1::Fact& fact) {
  if (fact.campaign().empty()) return std::nullopt;
  switch (plan::SubjectOf(fact.kind())) {
    case plan::v1::SUBJECT_KIND_CAMPAIGN:
      return Root{fact.campaign(), fact.campaign(), RootKind::kCampaign};
    case plan::v1::SUBJECT_KIND_UNIT:
    case plan::v1::SUBJECT_KIND_FINDING:
      if (fact.unit().empty()) return std::nullopt;
      return Root{absl::StrCat(fact.campaign(), "/", fact.unit()), fact.campaign(),
                  RootKind::kUnit};
    case plan::v1::SUBJECT_KIND_CASE:
    case plan::v1::SUBJECT_KIND_CLAIM:
    case plan::v1::SUBJECT_KIND_ROUND:
      if (fact.case_name().empty()) return std::nullopt;
      return Root{fact.case_name(), fact.campaign(), RootKind::kCase};
    default:
      return std::nullopt;
  }
}

std::string_view UnitOfRoot(std::string_view root) {
  return root.substr(base::RootName(root).size() + 1);
}

const std::string& OwnerOf(const facts::v1::Fact& fact) {
  return fact.unit().empty() ? fact.actor().unit() : fact.unit();
}

int CampaignRevision(const std::vector<plan::KnownFact>& campaign_facts) {
  int newest = 0;
  for (const plan::KnownFact& known : campaign_facts) {
    newest = std::max({newest, known.fact->campaign_started().plan_revision(),
                       known.fact->plan_revised().plan_revision()});
  }
  return newest;
}

std::vector<plan::KnownFact> AsOf(const std::vector<plan::KnownFact>& campaign_facts,
                                  absl::CivilDay as_of, const plan::AsKnown& as_known) {
  std::vector<plan::KnownFact> then;
  for (const plan::KnownFact& known : campaign_facts) {
    const auto day = calendar::FromProto(known.fact->event_date());
    if (as_known.Knows(known) && day.ok() && *day <= as_of) then.push_back(known);
  }
  return then;
}

int RevisionOf(RootKind kind, const std::vector<plan::KnownFact>& own,
               const std::vector<plan::KnownFact>& campaign_facts) {
  if (kind != RootKind::kCase) return CampaignRevision(campaign_facts);
  bool registered = false;
  int revision = 0;
  for (const plan::KnownFact& known : own) {
    registered |= known.fact->has_case_registered();
    revision = std::max(revision, known.fact->case_registered().plan_revision());
  }
  if (!registered) return 0;
  return revision > 0 ? revision : CampaignRevision(campaign_facts);
}

std::string_view CauseName(Cause cause) {
  switch (cause) {
    case Cause::kNoRuleSet:
      return "no_rule_set";
    case Cause::kRecordDamaged:
      return "record_damaged";
    case Cause::kPlanUnusable:
      return "plan_unusable";
    case Cause::kContradictory:
      return "contradictory";
    default:
      return "not_storable";
  }
}

Cause CauseOf(const absl::Status& failure) {
  switch (failure.code()) {
    case absl::StatusCode::kFailedPrecondition:
      return Cause::kNoRuleSet;
    case absl::StatusCode::kDataLoss:
      return Cause::kRecordDamaged;
    case absl::StatusCode::kNotFound:
      return Cause::kPlanUnusable;
    case absl::StatusCode::kInvalidArgument:
      return Cause::kContradictory;
    default:
      return Cause::kNotStorable;
  }
}

Place PlaceOf(const std::vector<plan::KnownFact>& own) {
  Place place;
  const facts::v1::Fact* latest = nullptr;
  for (const plan::KnownFact& known : own) {
    const facts::v1::Fact& fact = *known.fact;
    if (fact.has_case_registered()) place.region_code = fact.case_registered().region_code();
    if (!fact.has_assigned()) continue;
    if (latest != nullptr && fact.recorded_at().seconds() < latest->recorded_at().seconds()) {
      continue;
    }
    latest = &fact;
    place.unit = fact.unit();
    place.lead = fact.assigned().lead();
  }
  return place;
}

bool IsAboutPeople(const plan::v1::Requirement& requirement) {
  return requirement.has_sealed() || Names(requirement.applies(), IsAboutNeed) ||
         Names(requirement.satisfied(), IsAboutNeed);
}

bool IsVisitCadence(const plan::v1::Requirement& requirement) {
  for (const plan::v1::DueRule& due : requirement.due()) {
    if (due.has_cadence()) return Names(requirement.satisfied(), IsVisit);
  }
  return false;
}

bool MayShow(const plan::v1::Requirement& requirement, auth::ToldSet told) {
  return told.Has(options::v1::TELLS_HOUSEHOLD) || !IsAboutPeople(requirement);
}

bool TellsOfVisits(const plan::v1::Requirement& requirement) {
  return Names(requirement.satisfied(), IsOfPresence);
}

bool MayLookBackTo(absl::CivilDay day, absl::CivilDay today, auth::ToldSet told) {
  return told.Has(options::v1::TELLS_PERSON) || day >= today || (day + 1).day() == 1;
}

bool MayCountFrom(absl::CivilDay day, auth::ToldSet told) {
  return told.Has(options::v1::TELLS_PERSON) || day.day() == 1;
}

void LeaveOutDays(plan::v1::RequirementStatus& status) {
  status.clear_met_on();
  status.clear_facts();
  status.clear_explanation();
  status.clear_arithmetic();
  // That somebody wants no visits is theirs to say.
  if (status.has_cadence()) status.mutable_cadence()->clear_suspended();
}

}  // namespace redress::supervision::rules

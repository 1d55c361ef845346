#include "clients/replay/campaign.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/replay/random.h"
#include "clients/replay/script.h"
#include "clients/replay/workdays.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::replay {
namespace {

namespace a = assignment::v1;

// Collects the events of the organisation, in their order.
class Organiser {
 public:
  template <class Request>
  Event& Add(Day day, Slot slot, std::string_view caller, std::string id, Request request) {
    Event event;
    event.day = day;
    event.slot = slot;
    event.order = static_cast<int>(events_.size());
    event.id = std::move(id);
    event.caller = std::string(caller);
    event.request = std::make_shared<Request>(std::move(request));
    events_.push_back(std::move(event));
    return events_.back();
  }
  std::vector<Event> Take() { return std::move(events_); }

 private:
  std::vector<Event> events_;
};

void AddUnitsAndOfficials(const Sample& sample, Organiser& organiser) {
  const Day day(2018, 4, 2);
  for (const SampleUnit& unit : sample.units()) {
    a::CreateUnitRequest request;
    request.set_unit_id(unit.id);
    *request.mutable_unit()->mutable_display_name() = unit.title;
    request.mutable_unit()->set_kind(unit.kind);
    request.mutable_unit()->set_region_code(unit.region_code);
    if (!unit.superior.empty()) request.mutable_unit()->set_superior("units/" + unit.superior);
    organiser.Add(day, Slot::kOpening, "operator", "unit/" + unit.id, std::move(request));
  }
  for (const SampleOfficial& official : sample.officials()) {
    a::CreateOfficialRequest request;
    request.set_official_id(official.id);
    *request.mutable_official()->mutable_title() = official.title;
    request.mutable_official()->set_unit("units/" + official.unit);
    request.mutable_official()->set_principal_leader(official.principal);
    request.mutable_official()->set_active(true);
    organiser.Add(day, Slot::kMorning, "operator", "official/" + official.id, std::move(request));
  }
}

void AddCampaign(const CampaignOptions& options, const Sample& sample, Organiser& organiser) {
  registry::v1::CreateCampaignRequest create;
  create.mutable_campaign()->mutable_display_name()->set_zh("2018年“三到位一处理”集中行动");
  create.mutable_campaign()->mutable_display_name()->set_en("Three in place, 2018");
  create.mutable_campaign()->set_region_code(sample.FindUnit("township")->region_code);
  create.set_plan_text(options.plan_text);
  organiser.Add(Day(2018, 4, 16), Slot::kOpening, "operator", "campaign", std::move(create)).binds =
      kCampaignPlaceholder;

  a::SetLeadingGroupRequest request;
  request.set_campaign(kCampaignPlaceholder);
  a::LeadingGroup& group = *request.mutable_leading_group();
  group.set_leader("officials/party-secretary");
  group.add_deputies("officials/mayor");
  group.add_deputies("officials/deputy-secretary");
  for (const SampleOfficial* lead : sample.OfficialsWith(types::v1::ROLE_LEAD)) {
    if (!lead->principal && lead->id != "deputy-secretary") group.add_members(lead->name());
  }
  group.set_office_head("officials/general-office-head");
  group.set_liaison("officials/petition-office-head");
  *group.mutable_set_on() = DateOf(Day(2018, 4, 17));
  organiser.Add(Day(2018, 4, 17), Slot::kMorning, "operator", "leading-group", std::move(request));
}

// Whom the campaign binds, and how each begins it: most in April, a few late, one never.
void AddBeginnings(const CampaignOptions& options, const Sample& sample, const Workdays& days,
                   Organiser& organiser) {
  for (const SampleUnit& unit : sample.units()) {
    if (unit.kind != types::v1::UNIT_KIND_DEPARTMENT &&
        unit.kind != types::v1::UNIT_KIND_COMMITTEE &&
        unit.kind != types::v1::UNIT_KIND_PETITION_OFFICE) {
      continue;
    }
    a::EnrollUnitRequest enrol;
    enrol.set_unit(unit.name());
    enrol.set_campaign(kCampaignPlaceholder);
    *enrol.mutable_reached_on() = DateOf(Day(2018, 4, 18));
    organiser.Add(Day(2018, 4, 18), Slot::kMorning, "petition-office-clerk", "enrol/" + unit.id,
                  std::move(enrol));
    if (unit.kind != types::v1::UNIT_KIND_DEPARTMENT) continue;
    const std::string head = sample.OfficialsOf(unit.id, types::v1::ROLE_UNIT_HEAD).front()->id;
    Random random(options.seed, "unit/" + unit.id);
    a::RecordDeploymentRequest meeting;
    meeting.set_unit(unit.name());
    meeting.set_campaign(kCampaignPlaceholder);
    const Day met = days.From(Day(2018, 4, 19) +
                              (random.Chance(12) ? random.Between(12, 20) : random.Between(0, 7)));
    *meeting.mutable_reached_on() = DateOf(met);
    organiser.Add(met, Slot::kAfternoon, head, "deployment/" + unit.id, std::move(meeting));
    if (random.Chance(8)) continue;  // no rules of its own, all year
    a::RecordImplementingRulesRequest rules;
    rules.set_unit(unit.name());
    rules.set_campaign(kCampaignPlaceholder);
    const Day issued = days.From(met + (random.Chance(20) ? random.Between(10, 25) : 1));
    *rules.mutable_reached_on() = DateOf(issued);
    organiser.Add(issued, Slot::kAfternoon, head, "rules/" + unit.id, std::move(rules));
  }
}

}  // namespace

std::vector<Event> MakeOrganisation(const CampaignOptions& options, const Sample& sample,
                                    const calendar::Calendar& calendar) {
  Organiser organiser;
  AddUnitsAndOfficials(sample, organiser);
  AddCampaign(options, sample, organiser);
  AddBeginnings(options, sample, Workdays(calendar), organiser);
  return organiser.Take();
}

std::vector<Event> MakeCampaign(const CampaignOptions& options, const Sample& sample,
                                const calendar::Calendar& calendar) {
  std::vector<Event> events = MakeOrganisation(options, sample, calendar);
  const Workdays days(calendar);
  for (int number = 1; number <= options.cases; ++number) {
    const CaseProfile profile = DrawProfile(options.seed, number, sample, calendar);
    std::vector<Event> of_case = Script(options.seed, profile, sample, days).Write();
    events.insert(events.end(), std::make_move_iterator(of_case.begin()),
                  std::make_move_iterator(of_case.end()));
  }
  std::stable_sort(events.begin(), events.end(), Before);
  return events;
}

}  // namespace redress::replay

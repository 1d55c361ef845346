// Registration, sorting, the five-ones and who holds them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/replay/script.h"
#include "redress/assignment/v1/assignment.pb.h"

namespace redress::replay {
namespace {

const Day kHandDownDue(2018, 4, 30);

types::v1::Department DepartmentOf(std::string_view unit) {
  if (unit == "social-security-station") return types::v1::DEPARTMENT_HUMAN_RESOURCES;
  if (unit == "civil-affairs-office") return types::v1::DEPARTMENT_CIVIL_AFFAIRS;
  if (unit == "justice-office") return types::v1::DEPARTMENT_JUSTICE;
  if (unit == "health-centre") return types::v1::DEPARTMENT_HEALTH;
  if (unit == "agriculture-station") return types::v1::DEPARTMENT_AGRICULTURE;
  if (unit == "school-district") return types::v1::DEPARTMENT_EDUCATION;
  if (unit == "land-office") return types::v1::DEPARTMENT_LAND;
  return types::v1::DEPARTMENT_OTHER;
}

}  // namespace

void Script::Register() {
  registry::v1::RegisterCaseRequest request;
  request.set_campaign(kCampaignPlaceholder);
  request.set_region_code(profile_.committee->region_code);
  request.set_source(profile_.source);
  *request.mutable_received_on() = DateOf(profile_.received);
  request.set_prominent(profile_.prominent);
  *request.mutable_new_petitioner() = profile_.petitioner;
  for (const auto& person : profile_.representatives) *request.add_representatives() = person;
  for (const auto& claim : profile_.claims) *request.add_claims() = claim;
  request.set_entry_criterion(profile_.criterion);
  const bool in_person = profile_.source == types::v1::CASE_SOURCE_IN_PERSON;
  Event& event = Add(profile_.registered, Slot::kOpening,
                     in_person ? "petition-office-receptionist" : "petition-office-clerk",
                     "register", std::move(request));
  event.binds = Case();
  if (Tells(Story::kAccusation)) event.story = story();
}

void Script::Sort() {
  dates_.sorted = profile_.late_acceptance && random_.Chance(50)
                      ? days_.From(profile_.received + random_.Between(18, 23))
                      : std::max(profile_.registered,
                                 WorkBetween(profile_.received + 2, profile_.received + 10));
  registry::v1::SortRoundRequest request;
  request.set_name(Round());
  request.set_route(Tells(Story::kAccusation) ? types::v1::ROUTE_PARTY_DISCIPLINE
                                              : types::v1::ROUTE_PETITION_PROCEDURE);
  *request.mutable_sorted_on() = DateOf(dates_.sorted);
  Add(dates_.sorted, Slot::kMorning, "petition-office-clerk", "sort", std::move(request));
}

void Script::Assign() {
  const bool by_fixed_day = profile_.handed_down() && profile_.registered <= kHandDownDue;
  const Day due = by_fixed_day ? kHandDownDue : profile_.registered + 10;
  if (!Tells(Story::kNeverAssigned)) {
    dates_.assigned = profile_.late_assignment
                          ? days_.From(due + random_.Between(2, 14))
                          : days_.From(profile_.registered + random_.Between(0, 1));
  }
  dates_.task_force = days_.From(dates_.assigned + random_.Between(0, 2));
  dates_.work_plan = days_.From(dates_.task_force + random_.Between(0, 3));
  if (!profile_.late_assignment && !Tells(Story::kNeverAssigned)) {
    dates_.work_plan = std::max(dates_.assigned, std::min(dates_.work_plan, days_.UpTo(due)));
    dates_.task_force = std::min(dates_.task_force, dates_.work_plan);
  }
  assignment::v1::AssignCaseRequest request;
  request.set_case_name(Case());
  request.set_lead(profile_.lead->name());
  request.set_unit(profile_.unit->name());
  request.set_officer(profile_.officer->name());
  *request.mutable_assigned_on() = DateOf(dates_.assigned);
  Event& event =
      Add(dates_.assigned, Slot::kMorning, "petition-office-clerk", "assign", std::move(request));
  if (Tells(Story::kNeverAssigned)) {
    event.story = story();
    return;
  }
  SetTaskForce(dates_.task_force, false);
}

void Script::SetTaskForce(Day day, bool with_aides) {
  assignment::v1::SetTaskForceRequest request;
  request.set_case_name(Case());
  assignment::v1::TaskForce& force = *request.mutable_task_force();
  *force.mutable_set_on() = DateOf(day);
  const auto add = [&](const SampleOfficial& official, bool assistance) {
    assignment::v1::TaskForceMember& member = *force.add_members();
    member.set_official(official.name());
    member.set_department(DepartmentOf(official.unit));
    member.set_assistance(assistance);
  };
  add(*profile_.officer, false);
  for (const SampleOfficial* other :
       sample_.OfficialsOf(profile_.unit->id, types::v1::ROLE_CASE_OFFICER)) {
    if (other != profile_.officer) add(*other, false);
  }
  if (with_aides) {
    for (const SampleOfficial* aide : sample_.OfficialsWith(types::v1::ROLE_ASSISTANCE_STAFF)) {
      add(*aide, true);
    }
  }
  Add(day, Slot::kNoon, lead_, "task-force", std::move(request));
}

void Script::SetWorkPlan() {
  assignment::v1::SetWorkPlanRequest request;
  request.set_case_name(Case());
  assignment::v1::WorkPlan& plan = *request.mutable_work_plan();
  *plan.mutable_set_on() = DateOf(dates_.work_plan);
  // In the order in which the work is done, so the words are taken as they stand.
  const std::vector<std::string>& measures = sample_.Words("measure");
  const int count = random_.Between(3, static_cast<int>(measures.size()));
  for (int i = 0; i < count; ++i) {
    assignment::v1::PlannedMeasure& measure = *plan.add_measures();
    measure.set_description(measures[static_cast<size_t>(i)]);
    *measure.mutable_due_on() = DateOf(dates_.work_plan + 20 * (i + 1));
  }
  const std::vector<std::string>& goals = sample_.Words("goal");
  for (int i = random_.Between(1, static_cast<int>(goals.size())); i > 0; --i) {
    plan.add_goals(goals[static_cast<size_t>(i - 1)]);
  }
  Add(dates_.work_plan, Slot::kAfternoon, profile_.officer->id, "work-plan", std::move(request));
}

void Script::CompleteMeasures() {
  int measures = 0;
  for (const Event& event : events_) {
    const auto* plan = dynamic_cast<const assignment::v1::SetWorkPlanRequest*>(event.request.get());
    if (plan != nullptr) measures = plan->work_plan().measures_size();
  }
  for (int i = 0; i < measures; ++i) {
    if (random_.Chance(profile_.closes ? 8 : 40)) continue;  // never recorded as done
    const Day due = dates_.work_plan + 20 * (i + 1);
    const Day done =
        std::max(dates_.work_plan, days_.From(due - random_.Between(1, 12) +
                                              (random_.Chance(10) ? random_.Between(12, 25) : 0)));
    assignment::v1::CompleteMeasureRequest request;
    request.set_case_name(Case());
    request.set_measure(i + 1);
    *request.mutable_done_on() = DateOf(done);
    Add(done, Slot::kEvening, profile_.officer->id, "measure", std::move(request));
  }
}

void Script::HandOver() {
  if (!Tells(Story::kHandoverAccepted) && !Tells(Story::kHandoverDeclined)) return;
  const auto offer = [&](Day day, const std::string& to, const std::string& reason) {
    assignment::v1::OfferHandoverRequest request;
    request.set_case_name(Case());
    request.set_part(types::v1::PART_LEAD);
    request.set_to_official("officials/" + to);
    request.set_reason(reason);
    Add(day, Slot::kMorning, "petition-office-clerk", "offer", std::move(request)).story = story();
  };
  const auto accept = [&](Day day, const std::string& who) {
    assignment::v1::AcceptHandoverRequest request;
    request.set_case_name(Case());
    Add(day, Slot::kAfternoon, who, "accept-handover", std::move(request)).story = story();
    lead_ = who;
  };
  const Day first = days_.From(dates_.work_plan + 3);
  if (Tells(Story::kHandoverAccepted)) {
    offer(first, "party-secretary", "市统一交办的突出问题，应由主要领导包案。");
    accept(days_.After(first), "party-secretary");
    return;
  }
  const std::string declines = lead_ == "deputy-secretary" ? "congress-chair" : "deputy-secretary";
  const std::string accepts =
      lead_ == "publicity-member" ? "organisation-member" : "publicity-member";
  offer(first, declines, "现包案领导分工调整。");
  assignment::v1::DeclineHandoverRequest request;
  request.set_case_name(Case());
  request.set_reason("本人参与过原处理，不宜包案。");
  Add(days_.After(first), Slot::kAfternoon, declines, "decline-handover", std::move(request))
      .story = story();
  const Day second = days_.After(days_.After(first));
  offer(second, accepts, "现包案领导分工调整，前一拟接手人已说明理由不接。");
  accept(days_.After(second), accepts);
}

}  // namespace redress::replay

// Help for a household in need. It neither waits for the case nor ends with it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/replay/script.h"
#include "redress/assistance/v1/assistance.pb.h"

namespace redress::replay {
namespace {

namespace a = assistance::v1;

struct MeasureWords {
  a::MeasureKind kind;
  types::v1::Department department;
  const char* aide;
  const char* fund;
  const char* policy;
  int64_t amount_fen;
  const char* description;
  bool near_term;
};

constexpr MeasureWords kMeasures[] = {
    {a::MEASURE_KIND_SUBSISTENCE_RELIEF, types::v1::DEPARTMENT_CIVIL_AFFAIRS,
     "civil-affairs-office-aide", "2082001", "国务院令第649号", 240000, "临时生活救助", true},
    {a::MEASURE_KIND_MEDICAL_RELIEF, types::v1::DEPARTMENT_HEALTH, "health-centre-aide", "2101301",
     "国办发〔2015〕30号", 560000, "住院费用救助", true},
    {a::MEASURE_KIND_EMPLOYMENT, types::v1::DEPARTMENT_HUMAN_RESOURCES,
     "social-security-station-aide", "", "国发〔2018〕39号", 0, "免费技能培训和岗位推荐", false},
    {a::MEASURE_KIND_LEGAL_AID, types::v1::DEPARTMENT_JUSTICE, "justice-office-aide", "",
     "国务院令第385号", 0, "指派律师提供法律援助", true},
};

std::string Measure(const std::string& case_name, int number) {
  return absl::StrCat(case_name, "/assistanceFile/measures/", number);
}

}  // namespace

void Script::Assist() {
  if (!profile_.assists()) return;
  const std::string& officer = profile_.officer->id;
  const std::string told = story();
  const Day found = days_.After(dates_.heard);
  registry::v1::RecordNeedRequest need;
  need.set_name(Case());
  *need.mutable_found_on() = DateOf(found);
  Add(found, Slot::kMorning, officer, "need", std::move(need));

  const bool late = profile_.story == Story::kNone && random_.Chance(35);
  const Day surveyed =
      days_.From(found + (late ? random_.Between(17, 26) : random_.Between(3, 11)));
  a::RecordSurveyRequest survey;
  survey.set_parent(Case());
  a::HouseholdSurvey& household = *survey.mutable_survey();
  *household.mutable_surveyed_on() = DateOf(surveyed);
  if (Tells(Story::kSurveyDeclined)) {
    household.set_declined(true);
    *household.mutable_decline()->mutable_signed_note() =
        Evidence("survey-note", types::v1::EVIDENCE_KIND_SIGNED_NOTE, surveyed);
    Add(surveyed, Slot::kAfternoon, officer, "survey-declined", std::move(survey)).story = told;
    return;
  }
  household.set_by_visit(true);
  household.set_neighbours_asked(random_.Chance(30));
  household.set_consent_to_ask_neighbours(household.neighbours_asked());
  household.set_household_size(random_.Between(1, 6));
  household.set_livelihood("务农为主，农闲打零工，收入不稳定。");
  household.add_needs(a::NEED_KIND_SUBSISTENCE);
  household.add_needs(a::NEED_KIND_MEDICAL);
  household.add_needs(a::NEED_KIND_EMPLOYMENT);
  household.set_wishes("希望有稳定的零工，孩子能安心上学。");
  Add(surveyed, Slot::kAfternoon, officer, "survey", std::move(survey)).story = told;

  a::OpenAssistanceFileRequest open;
  open.set_parent(Case());
  const Day opened = days_.From(surveyed + 2);
  *open.mutable_opened_on() = DateOf(opened);
  Add(opened, Slot::kMorning, officer, "open-file", std::move(open));
  // From here on the departments work with the officer.
  SetTaskForce(opened, true);

  const auto plan = [&](Day day, const std::vector<int>& measures) {
    a::PlanAssistanceRequest request;
    request.set_parent(Case());
    a::AssistancePlan& agreed = *request.mutable_plan();
    *agreed.mutable_planned_on() = DateOf(day);
    agreed.set_agreed_with_person(true);
    agreed.set_near_term("先解决眼前的生活和就医困难。");
    agreed.set_long_term("通过培训和就业取得稳定收入。");
    agreed.set_legal_aid_offered(true);
    for (const int index : measures) {
      const MeasureWords& words = kMeasures[index];
      a::NewMeasure& measure = *agreed.add_measures();
      measure.set_kind(words.kind);
      measure.set_department(words.department);
      measure.set_funding_source(words.fund);
      measure.set_policy_basis(words.policy);
      measure.set_amount_fen(words.amount_fen);
      *measure.mutable_due_on() = DateOf(day + (words.near_term ? 30 : 90));
      measure.set_description(words.description);
      measure.set_near_term(words.near_term);
    }
    Add(day, Slot::kNoon, "civil-affairs-office-aide", "plan-assistance", std::move(request))
        .story = told;
  };
  const auto pay = [&](Day day, int number, const MeasureWords& words) {
    a::RecordPaymentRequest request;
    request.set_measure(Measure(Case(), number));
    a::Payment& payment = *request.mutable_payment();
    payment.set_amount_fen(words.amount_fen);
    *payment.mutable_paid_on() = DateOf(day);
    payment.set_policy_basis(words.policy);
    payment.set_funding_source(words.fund);
    payment.set_voucher(absl::StrCat("2018-", profile_.number, "-", number));
    Add(day, Slot::kNoon, words.aide, "pay", std::move(request)).story = told;
  };
  const auto complete = [&](Day day, int number, const MeasureWords& words) {
    a::CompleteAssistanceMeasureRequest request;
    request.set_measure(Measure(Case(), number));
    *request.mutable_done_on() = DateOf(day);
    Add(day, Slot::kAfternoon, words.aide, "assistance-measure", std::move(request));
  };

  std::vector<int> chosen = {0, 2};
  if (random_.Chance(50)) chosen.push_back(3);
  if (Tells(Story::kAssistance) || Tells(Story::kAssistanceFailed)) chosen = {0, 1, 2, 3};
  const Day planned = days_.From(surveyed + random_.Between(5, 13));
  plan(planned, chosen);
  Day last = planned;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const MeasureWords& words = kMeasures[chosen[i]];
    const int number = static_cast<int>(i) + 1;
    const Day day =
        days_.From(planned + (words.near_term ? random_.Between(8, 26) : random_.Between(60, 86)));
    if (Tells(Story::kAssistanceFailed) && words.kind == a::MEASURE_KIND_EMPLOYMENT) {
      a::FailAssistanceMeasureRequest fail;
      fail.set_measure(Measure(Case(), number));
      *fail.mutable_failed_on() = DateOf(day);
      fail.set_reason("培训班人数不足，没有开班。");
      Add(day, Slot::kNoon, words.aide, "assistance-measure-failed", std::move(fail)).story = told;
      const Day anew = days_.From(day + 5);
      plan(anew, {chosen[i]});
      const Day done = days_.From(anew + random_.Between(30, 60));
      complete(done, static_cast<int>(chosen.size()) + 1, words);
      last = std::max(last, done);
      continue;
    }
    if (words.amount_fen > 0) pay(day, number, words);
    complete(day, number, words);
    last = std::max(last, day);
  }
  if (profile_.story == Story::kNone && random_.Chance(50)) return;  // help goes on
  a::EndAssistanceRequest end;
  end.set_parent(Case());
  const Day ended = days_.From(last + 10);
  *end.mutable_ended_on() = DateOf(ended);
  end.set_reason(a::END_REASON_GOALS_REACHED);
  Add(ended, Slot::kAfternoon, "civil-affairs-office-aide", "end-assistance", std::move(end));
}

}  // namespace redress::replay

// What the first cases are examples of, told by the facts that the services recorded of them.
#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/replay/profile.h"
#include "clients/replay/reading.h"
#include "common/status/macros.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::replay {
namespace {

using facts::v1::Fact;
using facts::v1::FactKind;

struct Told {
  Story story;
  std::string_view zh;  // in English as StoryName says
  std::initializer_list<FactKind> by;
};

const Told kTold[] = {
    {Story::kHandoverAccepted,
     "移交被接受",
     {facts::v1::FACT_KIND_HANDOVER_OFFERED, facts::v1::FACT_KIND_HANDOVER_ACCEPTED}},
    {Story::kHandoverDeclined,
     "移交被退回",
     {facts::v1::FACT_KIND_HANDOVER_OFFERED, facts::v1::FACT_KIND_HANDOVER_DECLINED,
      facts::v1::FACT_KIND_HANDOVER_ACCEPTED}},
    {Story::kVisitDeclined,
     "谢绝走访",
     {facts::v1::FACT_KIND_VISIT_DECLINED, facts::v1::FACT_KIND_VISITS_WANTED}},
    {Story::kHearingAdjourned,
     "听证改期",
     {facts::v1::FACT_KIND_HEARING_ANNOUNCED, facts::v1::FACT_KIND_HEARING_ADJOURNED,
      facts::v1::FACT_KIND_HEARING_HELD}},
    {Story::kHearingDeclined,
     "谢绝听证",
     {facts::v1::FACT_KIND_HEARING_ANNOUNCED, facts::v1::FACT_KIND_HEARING_DECLINED}},
    {Story::kClosingRefused,
     "结案先未获准",
     {facts::v1::FACT_KIND_HEARING_HELD, facts::v1::FACT_KIND_OPINION_PERFORMED,
      facts::v1::FACT_KIND_CLOSURE_PROPOSED, facts::v1::FACT_KIND_CASE_CLOSED}},
    {Story::kFourEyes,
     "提请人不得批准",
     {facts::v1::FACT_KIND_CLOSURE_PROPOSED, facts::v1::FACT_KIND_CASE_CLOSED}},
    {Story::kHolidayService, "节假日送达", {facts::v1::FACT_KIND_DOCUMENT_SERVED}},
    {Story::kRefusalWitnessed, "见证拒收", {facts::v1::FACT_KIND_DOCUMENT_SERVED}},
    {Story::kExtension,
     "延长办理期限",
     {facts::v1::FACT_KIND_ACCEPTED, facts::v1::FACT_KIND_EXTENSION_GRANTED,
      facts::v1::FACT_KIND_OPINION_ISSUED}},
    {Story::kSettlement,
     "调解和解",
     {facts::v1::FACT_KIND_SETTLEMENT_SIGNED, facts::v1::FACT_KIND_SETTLEMENT_PERFORMED,
      facts::v1::FACT_KIND_CASE_CLOSED}},
    {Story::kSettlementTwice,
     "和解协议撤回",
     {facts::v1::FACT_KIND_SETTLEMENT_SIGNED, facts::v1::FACT_KIND_SETTLEMENT_WITHDRAWN,
      facts::v1::FACT_KIND_SETTLEMENT_PERFORMED}},
    {Story::kReopened,
     "重新办理",
     {facts::v1::FACT_KIND_CASE_CLOSED, facts::v1::FACT_KIND_CASE_REOPENED}},
    {Story::kAppraisalRefused,
     "甄别先未获准",
     {facts::v1::FACT_KIND_VIEWS_OBTAINED, facts::v1::FACT_KIND_CLAIM_APPRAISED}},
    {Story::kAccusation,
     "检举控告",
     {facts::v1::FACT_KIND_SORTED, facts::v1::FACT_KIND_NOT_ACCEPTED}},
    {Story::kAssistance,
     "困难帮扶",
     {facts::v1::FACT_KIND_SURVEYED, facts::v1::FACT_KIND_ASSISTANCE_PLANNED,
      facts::v1::FACT_KIND_PAYMENT_MADE, facts::v1::FACT_KIND_ASSISTANCE_ENDED}},
    {Story::kAssistanceFailed,
     "帮扶措施未落实",
     {facts::v1::FACT_KIND_ASSISTANCE_PLANNED, facts::v1::FACT_KIND_ASSISTANCE_MEASURE_FAILED}},
    {Story::kSurveyDeclined, "谢绝入户调查", {facts::v1::FACT_KIND_SURVEY_DECLINED}},
    {Story::kNeverAssigned, "无人包案", {facts::v1::FACT_KIND_ASSIGNED}},
    {Story::kLeftOpen, "久拖未答", {facts::v1::FACT_KIND_OPINION_ISSUED}},
    {Story::kClosureRejected,
     "结案被退回",
     {facts::v1::FACT_KIND_CLOSURE_PROPOSED, facts::v1::FACT_KIND_CASE_CLOSED}},
};

bool Tells(const Told& told, const Fact& fact, const Reading& reading) {
  if (std::find(told.by.begin(), told.by.end(), fact.kind()) == told.by.end()) return false;
  const facts::v1::DocumentServed& served = fact.document_served();
  switch (told.story) {
    case Story::kHolidayService:
      return reading.IsDayOff(fact.event_date());
    case Story::kRefusalWitnessed:
      return served.mode() == types::v1::SERVICE_MODE_REFUSAL_WITNESSED;
    default:
      return true;
  }
}

}  // namespace

absl::StatusOr<Section> StoriesOf(Reading& reading, const Runner& runner) {
  Section section;
  section.id = "stories";
  section.title = reading.In({"示例信访事项，以所记事实为据", "The examples, by their facts"});
  section.columns = {reading.In({"信访事项", "case"}), reading.In({"示例", "example of"}),
                     reading.In({"事实", "facts"})};
  section.right = {false, false, false};
  section.whole = true;
  for (const Told& told : kTold) {
    // The case with the story's number is the first that tells it.
    const std::string name = runner.NameOf(CasePlaceholder(static_cast<int>(told.story)));
    if (name.empty()) continue;  // registered after the day until which is replayed
    ASSIGN_OR_RETURN(const auto known, reading.FactsOf(name));
    std::vector<std::tuple<std::string, int64_t, std::string>> found;  // when, recorded, what
    for (const auto& [id, fact] : known) {
      if (Tells(told, fact, reading)) {
        found.emplace_back(reading.Date(fact.event_date()), fact.recorded_at().seconds(),
                           reading.Describe(fact));
      }
    }
    std::sort(found.begin(), found.end());
    const std::string facts = absl::StrJoin(
        found, "; ", [](std::string* out, const auto& fact) { *out += std::get<2>(fact); });
    section.rows.push_back({reading.Title(name), reading.In({told.zh, StoryName(told.story)}),
                            facts.empty() ? reading.NoRecord() : facts});
  }
  return section;
}

absl::StatusOr<Section> DutiesAsOf(Reading& reading, Day day) {
  Section section;
  section.id = "duties";
  section.title = reading.In({"职责履行情况，截至 ", "Duties as of "}) + absl::FormatCivilTime(day);
  section.columns = {reading.In({"要求", "duty"}),          reading.In({"条款", "clause"}),
                     reading.In({"按时", "on time"}),       reading.In({"逾期后完成", "late"}),
                     reading.In({"逾期未完成", "overdue"}), reading.In({"未到期", "pending"})};
  section.right = {false, false, true, true, true, true};
  supervision::v1::GetOverviewRequest request;
  request.set_campaign(reading.campaign());
  *request.mutable_as_of() = DateOf(day);
  supervision::v1::GetOverviewResponse answer;
  RETURN_IF_ERROR(reading.people().Call(kReader, request, answer));
  struct Line {
    std::string requirement;
    std::string clause;
    int64_t count[plan::v1::RequirementState_ARRAYSIZE] = {};
  };
  std::vector<Line> lines;
  Line all{reading.In({"合计", "all"}), "", {}};
  for (const supervision::v1::RequirementCount& count : answer.requirements()) {
    if (lines.empty() || lines.back().requirement != count.requirement()) {
      lines.push_back({count.requirement(), count.clause(), {}});
    }
    lines.back().count[count.state()] += count.statuses();
    all.count[count.state()] += count.statuses();
  }
  // In the order of the plan: P2 before P10.
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    const int of_a = std::atoi(a.requirement.c_str() + 1);
    const int of_b = std::atoi(b.requirement.c_str() + 1);
    return of_a != of_b ? of_a < of_b : a.requirement < b.requirement;
  });
  lines.push_back(all);
  for (const Line& line : lines) {
    std::vector<std::string> row = {line.requirement, line.clause};
    for (const plan::v1::RequirementState state :
         {plan::v1::REQUIREMENT_STATE_MET, plan::v1::REQUIREMENT_STATE_MET_LATE,
          plan::v1::REQUIREMENT_STATE_OVERDUE, plan::v1::REQUIREMENT_STATE_PENDING}) {
      row.push_back(absl::StrCat(line.count[state]));
    }
    section.rows.push_back(std::move(row));
  }
  return section;
}

}  // namespace redress::replay

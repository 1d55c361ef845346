// What this service says to people, in their languages.
#include "common/status/messages.h"
#include "common/status/descriptions.h"
#include "services/assignment/service.h"

namespace redress::assignment {
namespace {

constexpr status::Message kMessages[] = {
    {"CASE_CLOSED", "信访事项已结案销号，不能变更",
     "The case is struck off; nothing about it can be changed"},
    {"CASE_CLOSING", "信访事项已提请结案，不能落实包案",
     "The closure of the case is proposed; it cannot be assigned"},
    {"ALREADY_ASSIGNED", "信访事项已落实包案，变更责任人请使用移交",
     "The case is assigned already; use a handover"},
    {"NOT_ASSIGNED", "信访事项尚未落实包案", "The case has not been assigned yet"},
    {"HANDOVER_OPEN", "已有待答复的移交", "A handover is open already"},
    {"NO_OPEN_HANDOVER", "没有待答复的移交", "No handover is open"},
    {"NOT_OFFERED_TO_YOU", "该移交不是向您提出的", "The handover was not offered to you"},
    {"NOT_OFFERED_BY_YOU", "该移交不是由您提出的", "The handover was not offered by you"},
    {"ASSIGNEE_UNKNOWN", "所指定的单位或人员未登记", "A unit or official named is not registered"},
    {"ASSIGNEE_INACTIVE", "所指定的人员已离任", "An official named has left the office"},
    {"ASSIGNEE_BARRED", "所指定的单位或人员不能承担本案职责",
     "A unit or official named may be given no part in this case"},
    {"OFFICER_NOT_OF_UNIT", "具体责任人须为责任单位人员",
     "The case officer must be of the responsible unit"},
    {"SAME_PERSON", "包案领导与具体责任人不能为同一人",
     "Lead and case officer must be two persons"},
    {"HOLDS_PART", "该人员已承担此项职责", "The official holds this part already"},
    {"CASE_NOT_ASSIGNABLE", "信访事项不能这样落实包案", "The case cannot be assigned like this"},
    {"NO_WORK_PLAN", "尚未制定工作方案", "There is no work plan yet"},
    {"MEASURE_DONE", "该措施已登记完成", "The measure is recorded as done already"},
    {"MILESTONE_RECORDED", "该事项已登记", "This is recorded already"},
    {"UNIT_NOT_ENROLLED", "该单位尚未纳入集中行动", "The unit is not enrolled in the campaign"},
    {"NOT_EXTENDABLE", "该办理程序不能延期", "The period of this round cannot be extended"},
    {"EXTENSION_GRANTED", "办理期限已延长过一次", "The period was extended once already"},
    {"EXTENSION_TOO_LATE", "办理期限已届满，不能再延期",
     "The period has run out and cannot be extended"},
    {"ROUND_NOT_ACCEPTED", "该事项尚未受理", "The round is not accepted"},
    {"OPINION_ISSUED", "处理意见已出具", "The handling opinion is issued already"},
};

constexpr status::Description kDescriptions[] = {
    {"the campaign's first day", "集中行动的首日"},
    {"a year ahead of the campaign's first day", "集中行动首日的前一年"},
    {"must not be after the campaign's last day", "不得晚于集中行动的末日"},
    {"is outside the region of the case", "不在该信访事项的地区内"},
    {"is of another region than the unit", "与该单位不属同一地区"},
    {"name an official who is registered", "请指定已登记的人员"},
    {"has left the office; name somebody who holds one", "已离任，请指定在任人员"},
    {"may be given no part in this case; name somebody else", "不能承担本案职责，请另行指定人员"},
    {"may be given no part in this case; name another unit", "不能承担本案职责，请另行指定单位"},
    {"may be given no part in this case", "不能承担本案职责"},
    {"the case officer must be of the responsible unit", "具体责任人须为责任单位人员"},
    {"lead and case officer must be two persons", "包案领导与具体责任人不能为同一人"},
    {"name a unit that is registered", "请指定已登记的单位"},
    {"must be PART_LEAD or PART_OFFICER; a task force is changed by SetTaskForce",
     "须为 PART_LEAD 或 PART_OFFICER；工作专班用 SetTaskForce 变更"},
    {"goes with the officer's part: the case officer is of the responsible unit",
     "随具体责任人一并变更：具体责任人须为责任单位人员"},
    {"holds this part already", "已承担此项职责"},
    {"must be at most {0} ({1})", "最多为 {0}（{1}）"},
    {"the acceptance", "受理日期"},
    {"the approval", "批准日期"},
    {"must be another unit", "须为另一单位"},
    {"has this unit above itself", "是本单位的下级单位"},
    {"the assignment", "落实包案日期"},
    {"the plan that it replaces", "所替换方案的日期"},
    {"the enrolment", "纳入集中行动的日期"},
    {"the task force that it replaces", "所替换专班的日期"},
    {"the day on which the plan is made", "制定方案的日期"},
    {"the plan has measures 1 to {0}", "方案的措施编号为 1 至 {0}"},
    {"the work plan", "工作方案的日期"},
    {"exactly one of official and unit must be set", "official 与 unit 须填写且只填写一项"},
    {"the period ran out on {0}; an extension must be approved and recorded before that ({1})",
     "办理期限已于 {0} 届满，延期须在届满前批准并录入（{1}）"},
    {"the case is struck off; reopen it first", "信访事项已结案销号，须先恢复办理"},
    {"its closure is proposed; have that approved or rejected first",
     "信访事项已提请结案，须先批准或退回"},
    {"the case has its five-ones; use a handover", "信访事项已落实“五个一”，变更责任人请使用移交"},
    {"assign the case first", "请先落实包案"},
    {"a handover is open; it must be answered or withdrawn first",
     "已有待答复的移交，须先答复或撤回"},
    {"only whoever offered it, or the petition office, can withdraw it",
     "只有提出移交的人员或信访办可以撤回"},
    {"enrol the unit in the campaign first", "请先将该单位纳入集中行动"},
    {"set the work plan first", "请先制定工作方案"},
};

}  // namespace

void RegisterMessages() {
  status::RegisterMessages(kMessages);
  status::RegisterDescriptions(kDescriptions);
}

}  // namespace redress::assignment

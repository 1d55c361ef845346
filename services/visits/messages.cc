// What this service says to people, in their languages.
#include "common/status/messages.h"
#include "common/status/descriptions.h"
#include "services/visits/service.h"

namespace redress::visits {
namespace {

constexpr status::Message kMessages[] = {
    {"CASE_CLOSED", "信访事项已结案，不能再登记走访或听证",
     "The case is closed: no new visit or hearing can be recorded"},
    {"VISITS_NOT_WANTED", "信访人已谢绝走访，本人重新提出前不再上门",
     "The petitioner declined visits; none is made until they ask again"},
    {"VISIT_WISH_STATE", "信访人未谢绝走访，无需恢复", "Visits are wanted anyhow"},
    {"FOLLOW_UP_DONE", "该承诺事项已登记完成", "The follow-up is recorded as done already"},
    {"HEARING_STATE", "听证会当前状态不允许此操作", "The hearing's state does not allow this"},
};

constexpr status::Description kDescriptions[] = {
    {"must be before the day of the hearing", "须早于听证会当日"},
    {"must say who the third party is, or their unit must", "须写明第三方人员的姓名或其单位"},
    {"the case is closed; to {0}, have it reopened first",
     "信访事项已结案；如需 {0}，请先恢复办理"},
    {"is recorded once the hearing was held", "听证会召开后方可登记"},
    {"a relative or neighbour takes part only with the petitioner's written consent",
     "亲属、邻里参加须经信访人书面同意"},
    {"must name at least one third party: a lawyer, counsellor or expert (三(五))",
     "须至少有一名第三方人员：律师、心理咨询师或专家（三(五)）"},
    {"the day that it is planned for, unless it is adjourned first",
     "计划召开的日期（改期须先登记）"},
    {"the announcement or the last adjournment", "公告或最近一次改期的日期"},
    {"is the day that it is planned for already", "与原定日期相同"},
    {"must be set for a visit that was held", "已开展的走访必须填写"},
    {"must be written for a visit that was held", "已开展的走访须写明情况"},
    {"applies only to a visit that was declined", "仅适用于信访人谢绝的走访"},
    {"must have the transcript that was kept", "须附所留存的笔录"},
    {"must be you, as the lead: that the petitioner declined is recorded by the lead",
     "须由包案领导本人登记信访人谢绝的情况"},
    {"must be you: whoever made the visit records it", "须为您本人：走访由走访人登记"},
    {"must be proven: by a note that the petitioner signed, or by a witness from outside the "
     "responsible unit",
     "须有信访人签字的说明，或责任单位以外人员的见证"},
    {"must be SIGNED_NOTE", "须为 SIGNED_NOTE（本人签字说明）"},
    {"must be TRANSCRIPT", "须为 TRANSCRIPT（笔录）"},
    {"must be after the day on which it is announced, so that everybody can come",
     "须晚于公告之日，以便各方参加"},
    {"is needed where an announcement is entered on the day of the hearing or later",
     "在听证当日或之后补登公告的，须附公告凭证"},
    {"must be after today, so that everybody can be told", "须晚于今日，以便通知各方"},
    {"is recorded by the lead of this case", "由本信访事项的包案领导登记"},
    {"is needed where neither the petitioner nor a representative took part: their signed note "
     "that it be held without them",
     "信访人或其代表未参加的，须附其签字同意缺席举行的说明"},
    {"is for a hearing without the petitioner", "仅适用于信访人未参加的听证"},
    {"can be signed only by a petitioner who took part", "信访人未参加的，不能签字确认记录"},
    {"the hearing", "听证日期"},
    {"the visit", "走访日期"},
    {"applies only to a visit that was held", "仅适用于已开展的走访"},
    {"cannot be known of a visit that was not arranged", "走访未约定，无从填写"},
    {"must be you, or the lead of this case for whom you write",
     "须为您本人，或由您代为登记的本案包案领导"},
    {"is no follow-up of this visit", "不是本次走访的承诺事项"},
    {"the day they declined", "谢绝走访的日期"},
    {"the petitioner declined visits on {0}; none is due until they ask again, which is recorded "
     "first",
     "信访人已于 {0} 谢绝走访；本人重新提出并登记前不再走访"},
    {"from_date", "起始日期"},
};

}  // namespace

void RegisterMessages() {
  status::RegisterMessages(kMessages);
  status::RegisterDescriptions(kDescriptions);
}

}  // namespace redress::visits

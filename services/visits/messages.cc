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
    {"the case is closed; to {0}, have it reopened first", "信访事项已结案；如需 {0}，请先恢复办理"},
    {"the announcement", "公告日期"},
    {"is recorded once the hearing was held", "听证会召开后方可登记"},
    {"a relative or neighbour takes part only with the petitioner's written consent",
     "亲属、邻里参加须经信访人书面同意"},
    {"must name at least one third party: a lawyer, counsellor or expert (三(五))",
     "须至少有一名第三方人员：律师、心理咨询师或专家（三(五)）"},
    {"the day that it is planned for, unless it is adjourned first",
     "计划召开的日期（改期须先登记）"},
    {"the adjournment", "改期登记日期"},
    {"the announcement or the last adjournment", "公告或最近一次改期的日期"},
    {"is the day that it is planned for already", "与原定日期相同"},
    {"must be set for a visit that was held", "已开展的走访必须填写"},
    {"must be written for a visit that was held", "已开展的走访须写明情况"},
    {"the petitioner must have consented in writing to pictures", "拍照须经信访人书面同意"},
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

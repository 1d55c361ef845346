// What this service says to people, in their languages.
#include "common/status/messages.h"
#include "common/status/descriptions.h"
#include "services/assistance/service.h"

namespace redress::assistance {
namespace {

constexpr status::Message kMessages[] = {
    {"ASSISTANCE_STATE", "帮扶档案当前状态不允许此操作",
     "The assistance file's state does not allow this"},
    {"MEASURE_STATE", "帮扶措施当前状态不允许此操作", "The measure's state does not allow this"},
    {"PLAN_NOT_AGREED", "帮扶计划须与本人共同商定", "The plan must be agreed with the person"},
    {"GOALS_NOT_REACHED", "计划的帮扶措施尚未完成", "What was planned is not done"},
    {"PAYMENT_NOT_PLANNED", "该措施没有资金安排", "The measure has no amount to be paid from"},
    {"PAYMENT_EXCEEDS_MEASURE", "支付超出该措施的资金安排",
     "The payment exceeds what the measure has"},
};

constexpr status::Description kDescriptions[] = {
    {"must be proven: by a note that the petitioner signed, or by a witness from outside the "
     "responsible unit",
     "须有证明：本人签字的说明，或者责任单位以外的见证人"},
    {"must be SIGNED_NOTE", "须为 SIGNED_NOTE（本人签字说明）"},
    {"is for PERSON_DECLINED", "仅用于本人谢绝（PERSON_DECLINED）"},
    {"is for a survey that was declined", "仅用于本人谢绝的调查"},
    {"must be set where an amount is", "填写金额时必须填写"},
    {"the plan", "计划日期"},
    {"the opening of the file", "建档日期"},
    {"the last that was done or paid", "最近一次落实或支付的日期"},
    {"record it as done or failed first", "请先登记为已落实或未落实"},
    {"no measure was done; give the reason that applies", "没有已落实的措施，请选择相应的原因"},
    {"the day on which assistance ended", "帮扶结束的日期"},
    {"the plan before", "前一计划的日期"},
    {"the measure's plan", "措施的计划日期"},
    {"must be the policy that the measure rests on", "须为该措施所依据的政策"},
    {"must be the fund that the measure is paid from", "须为该措施的资金来源"},
    {"cannot be told of a survey that was declined", "调查已被谢绝，无从填写"},
    {"must be told of a survey that was made", "已开展的调查必须填写"},
    {"neighbours may be asked only with the person's written consent",
     "向邻里了解情况须经本人书面同意"},
};

}  // namespace

void RegisterMessages() {
  status::RegisterMessages(kMessages);
  status::RegisterDescriptions(kDescriptions);
}

}  // namespace redress::assistance

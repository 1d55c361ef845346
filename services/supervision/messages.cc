// What this service says to people, in their languages.
#include "common/status/messages.h"
#include "common/status/descriptions.h"
#include "services/supervision/service.h"

namespace redress::supervision {
namespace {

constexpr status::Message kMessages[] = {
    {"CASE_SET_ASIDE",
     "该信访事项暂无法评估：有记录损坏，或方案没有适用于该日的规则集，请运维人员查看日志",
     "The case could not be evaluated: a record of it is damaged, or no rule set of its plan "
     "covers it. "
     "The operator's log says why"},
    {"FEED_CONTRADICTED", "某服务的事实与以往所跟踪的不一致，须先查明或由两人接受恢复，方可重建",
     "A feed is not the one that was followed; clear that up, or let two persons accept it, first"},
    {"FEED_DAMAGED", "该服务自己发现其事实已损坏，不能作为恢复来接受",
     "The feed itself says that it is damaged; that is no restore"},
    {"FEED_NOT_CONTRADICTED", "该服务的事实与所跟踪的一致，没有需要接受的恢复",
     "The feed is the one that was followed; there is no restore to accept"},
    {"RESTORE_ACCEPTED", "该恢复已被接受", "This restore was accepted already"},
    {"RESTORE_NEEDS_SECOND_PERSON", "提出恢复的人不得自己接受，须由另一人接受",
     "Who proposed a restore does not accept it; another person does"},
    {"RESTORE_OUTDATED", "该服务的事实不是（或不再是）所要接受的内容，请重新查看读模型的进度",
     "The feed is not, or no longer, what is to be accepted; look at the projection again"},
    {"UNIT_NOT_ENROLLED", "该单位未纳入本次集中行动，没有考核得分",
     "The unit is not enrolled in this campaign, so it has no scorecard"},
    {"NO_SCORE_RULES", "该方案没有考核规则", "The campaign's plan has no score rules"},
};

constexpr status::Description kDescriptions[] = {
    {"must be a whole, real date", "须为完整、真实的日期"},
    {"must be today, a later day or the last day of a month",
     "须为当日、以后的日期或者某月的最后一日"},
    {"must be the first day of a month", "须为某月的第一日"},
    {"is for services only", "仅供各服务之间使用"},
    {"must not be before period_start", "不得早于 period_start"},
};

}  // namespace

void RegisterMessages() {
  status::RegisterMessages(kMessages);
  status::RegisterDescriptions(kDescriptions);
}

}  // namespace redress::supervision

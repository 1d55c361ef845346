// What this service says to people, in their languages.
#include "common/status/messages.h"
#include "common/status/descriptions.h"
#include "services/supervision/service.h"

namespace redress::supervision {
namespace {

constexpr status::Message kMessages[] = {
    {"CALENDAR_TOO_SHORT", "工作日历未覆盖所需日期，请补充 seeds/calendar",
     "The calendar of working days does not reach far enough"},
    {"NO_SCORE_RULES", "该方案没有考核规则", "The campaign's plan has no score rules"},
};

constexpr status::Description kDescriptions[] = {
    {"must be a whole, real date", "须为完整、真实的日期"},
    {"must not be before period_start", "不得早于 period_start"},
};

}  // namespace

void RegisterMessages() {
  status::RegisterMessages(kMessages);
  status::RegisterDescriptions(kDescriptions);
}

}  // namespace redress::supervision

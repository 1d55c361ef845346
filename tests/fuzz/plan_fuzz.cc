// libFuzzer on plan parsing: whatever the bytes, Load returns a plan or its mistakes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "common/plan/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const rules = [] {
    auto parsed =
        redress::plan::RuleSetTable::Parse({R"pb(id: "2005"
                                                 title { zh: "x" }
                                                 in_force_from { year: 2005 month: 5 day: 1 }
                                                 clocks {
                                                   name: "handling"
                                                   clause: "x"
                                                   days: 60
                                                   count: DAY_COUNT_STATUTORY
                                                   max_extension_days: 30
                                                 })pb"});
    if (!parsed.ok()) std::abort();
    return new redress::plan::RuleSetTable(*parsed);
  }();
  std::vector<redress::plan::Mistake> mistakes;
  const auto plan = redress::plan::Load(std::string_view(reinterpret_cast<const char*>(data), size),
                                        *rules, &mistakes);
  if (plan.ok() != mistakes.empty()) std::abort();
  return 0;
}

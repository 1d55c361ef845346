#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/plan/plan.h"
#include "gtest/gtest.h"

namespace redress::plan {
namespace {

std::shared_ptr<const Plan> SeedPlan() {
  const auto rules = RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules");
  EXPECT_TRUE(rules.ok()) << rules.status();
  if (!rules.ok()) return nullptr;
  auto plan = LoadFile(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb", *rules);
  EXPECT_TRUE(plan.ok()) << plan.status().message();
  return plan.ok() ? *plan : nullptr;
}

TEST(PlanSeedsTest, Encodes2018PlanFromP1ToP23) {
  const auto plan = SeedPlan();
  ASSERT_NE(plan, nullptr);
  std::set<std::string> rows;
  for (const auto& requirement : plan->proto().requirements()) {
    EXPECT_FALSE(requirement.clause().empty()) << requirement.id();
    EXPECT_FALSE(requirement.title().zh().empty()) << requirement.id();
    EXPECT_FALSE(requirement.title().en().empty()) << requirement.id();
    rows.insert(requirement.id().substr(0, requirement.id().find('.')));
  }
  for (int row = 1; row <= 23; ++row) {
    EXPECT_EQ(rows.count(absl::StrCat("P", row)), 1u) << row;
  }
  std::set<int> standards;
  for (const auto& rule : plan->proto().closing()) standards.insert(rule.standard());
  EXPECT_EQ(standards, (std::set<int>{1, 2, 3, 4, 5, 8}));
  EXPECT_EQ(plan->proto().entry_criteria_size(), 5);
  EXPECT_EQ(plan->proto().stages_size(), 3);
  EXPECT_EQ(plan->proto().recorded_late_after_working_days(), 3);
}

TEST(PlanSeedsTest, RuleSetsHoldTheirClocks) {
  const auto rules = RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules");
  ASSERT_TRUE(rules.ok());
  const auto days = [&](const char* set, const std::string& clock) {
    for (const auto& rule : rules->Find(set)->clocks()) {
      if (rule.name() == clock) return rule.days();
    }
    return 0;
  };
  for (const char* set : {"2005", "2022"}) {
    EXPECT_EQ(days(set, "acceptance"), 15);
    EXPECT_EQ(days(set, "handling"), 60);
    EXPECT_EQ(days(set, "review"), 30);
    EXPECT_EQ(days(set, "review_request"), 30);
    EXPECT_EQ(days(set, "reexamination"), 30);
    EXPECT_EQ(days(set, "reexamination_request"), 30);
  }
  EXPECT_EQ(days("2005", "objection"), 0);
  EXPECT_EQ(days("2022", "objection"), 5);
  EXPECT_EQ(rules->Find("1999"), nullptr);
}

TEST(PlanSeedsTest, TheHashFollowsTextAndRules) {
  const auto one = SeedPlan();
  const auto two = SeedPlan();
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->hash(), two->hash());
  EXPECT_EQ(one->hash().size(), 64u);
}

TEST(PlanSeedsTest, TheExampleInTheReadmeLoads) {
  std::ifstream in(REDRESS_SOURCE_DIR "/common/plan/README.md");
  std::ostringstream readme;
  readme << in.rdbuf();
  const std::string text = readme.str();
  const std::string fence = "```textproto\n";
  const size_t begin = text.find(fence) + fence.size();
  const size_t end = text.find("```", begin);
  ASSERT_NE(end, std::string::npos);
  const auto rules = RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules");
  const auto plan = Load(text.substr(begin, end - begin), *rules);
  EXPECT_TRUE(plan.ok()) << plan.status().message();
}

}  // namespace
}  // namespace redress::plan

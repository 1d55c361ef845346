// A campaign's plan: what is loaded is the next revision of that campaign's plan, and it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/plan/texts.h"
#include "common/status/descriptions.h"
#include "common/status/error.h"
#include "services/registry/rules.h"
#include "tests/unit/plan_facts.h"

namespace redress::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

rules::Context By(const std::string& person) {
  rules::Context context;
  context.today = absl::CivilDay(2018, 5, 2);
  context.actor.set_official(person);
  context.new_id = [] { return "018f0000-0000-7000-8000-000000000001"; };
  return context;
}

std::shared_ptr<const plan::Plan> PlanFile(const std::string& id, int revision) {
  plan::v1::Plan file = plan::testing::SeedPlan()->proto();
  file.set_id(id);
  file.set_revision(revision);
  auto loaded = plan::Load(file.DebugString(), plan::testing::TestRules());
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return *loaded;
}

std::vector<std::string> Wrong(const absl::Status& status) {
  std::vector<std::string> found;
  for (const auto& violation : status::FieldViolationsOf(status)) {
    found.push_back(violation.field + " " + violation.description);
  }
  return found;
}

TEST(RegistryCampaignTest, ACampaignStartsUnderAFirstRevision) {
  v1::Campaign asked;
  asked.set_region_code("430626103");
  const auto started =
      rules::StartCampaign(asked, *PlanFile("harvest", 1), "campaigns/1", By("officials/a"));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(started->resource.plan_id(), "harvest");
  EXPECT_EQ(started->resource.plan_revision(), 1);
  EXPECT_TRUE(redress::rules::IsSet(started->resource.starts_on()));
  EXPECT_TRUE(redress::rules::IsSet(started->resource.ends_on()));
  ASSERT_EQ(started->facts.size(), 1u);
  EXPECT_EQ(started->facts[0].kind(), facts::v1::FACT_KIND_CAMPAIGN_STARTED);
  EXPECT_THAT(
      Wrong(rules::StartCampaign(asked, *PlanFile("harvest", 2), "campaigns/1", By("officials/a"))
                .status()),
      ElementsAre(HasSubstr("revision: the next revision of this campaign's plan is 1")));
}

TEST(RegistryCampaignTest, ARevisionIsTheNextOfThatPlanAndPublished) {
  v1::Campaign current;
  current.set_name("campaigns/1");
  current.set_plan_id("harvest");
  current.set_plan_revision(4);
  const auto revised = rules::RevisePlan(current, *PlanFile("harvest", 5), By("officials/a"));
  ASSERT_TRUE(revised.ok()) << revised.status();
  EXPECT_EQ(revised->resource.plan_revision(), 5);
  ASSERT_EQ(revised->facts.size(), 1u);
  const facts::v1::Fact& fact = revised->facts[0];
  EXPECT_EQ(fact.kind(), facts::v1::FACT_KIND_PLAN_REVISED);
  EXPECT_EQ(fact.campaign(), "campaigns/1");
  EXPECT_EQ(fact.record(), "campaigns/1/planRevisions/5");
  EXPECT_EQ(fact.plan_revised().plan_revision(), 5);
  for (const int revision : {1, 4, 6}) {
    const auto refused =
        rules::RevisePlan(current, *PlanFile("other", revision), By("officials/a")).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Wrong(refused),
                ElementsAre("plan_text line 1, column 1, id: the campaign's plan is `harvest`; a "
                            "revision keeps its id",
                            "plan_text line 2, column 1, revision: the next revision of this "
                            "campaign's plan is 5"));
  }
  plan::RegisterTexts();
  EXPECT_EQ(status::InChinese("line 2, column 1, revision: the next revision of this campaign's "
                              "plan is 5"),
            "第 2 行第 1 列，revision：本集中行动方案的下一版本号为 5");
}

}  // namespace
}  // namespace redress::registry

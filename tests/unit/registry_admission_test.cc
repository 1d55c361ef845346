// Which cases a campaign takes, by the day on which they were received.
#include "gmock/gmock.h"
#include "tests/unit/registry_case.h"

namespace redress::registry::testing {
namespace {

using rules::Admission;
using ::testing::ElementsAre;

plan::v1::Plan Plan(const std::string& more) {
  return Text<plan::v1::Plan>(absl::StrCat(
      "starts_on { year: 2018 month: 4 day: 1 } ends_on { year: 2018 month: 12 day: 31 } ", more));
}

const std::vector<plan::v1::RuleSet>& RuleSets() {
  static const auto* const sets = new std::vector<plan::v1::RuleSet>{
      Text<plan::v1::RuleSet>(R"(id: "2005" in_force_from { year: 2005 month: 5 day: 1 }
                                 in_force_until { year: 2022 month: 4 day: 30 })"),
      Text<plan::v1::RuleSet>(R"(id: "2022" in_force_from { year: 2022 month: 5 day: 1 })")};
  return *sets;
}

TEST(RegistryAdmissionTest, Table) {
  const std::string since = R"(
      rule_sets: "2005"
      entry_criteria { since { year: 2017 month: 6 day: 1 } }
      entry_criteria { since { year: 2017 month: 1 day: 1 } })";
  const std::string open = R"(rule_sets: "2005" entry_criteria { }
                              entry_criteria { since { year: 2017 month: 1 day: 1 } })";
  const struct Row {
    const char* what;
    std::string plan;
    absl::CivilDay received;
    Admission::Verdict verdict;
    absl::CivilDay day;
  } rows[] = {
      {"the day before the earliest criterion", since, absl::CivilDay(2016, 12, 31),
       Admission::kTooEarly, absl::CivilDay(2017, 1, 1)},
      {"its first day", since, absl::CivilDay(2017, 1, 1), Admission::kTaken,
       absl::CivilDay(2017, 1, 1)},
      {"before the campaign began", since, absl::CivilDay(2018, 3, 31), Admission::kTaken,
       absl::CivilDay(2018, 3, 31)},
      {"the plan's last day", since, absl::CivilDay(2018, 12, 31), Admission::kTaken,
       absl::CivilDay(2018, 12, 31)},
      {"the day after it", since, absl::CivilDay(2019, 1, 1), Admission::kTooLate,
       absl::CivilDay(2018, 12, 31)},
      {"twenty years ago", since, absl::CivilDay(1998, 5, 1), Admission::kTooEarly,
       absl::CivilDay(2017, 1, 1)},
      {"a criterion that reaches back for ever", open, absl::CivilDay(2006, 5, 1),
       Admission::kTaken, absl::CivilDay(2006, 5, 1)},
      {"but to no day without a rule set", open, absl::CivilDay(2005, 4, 30), Admission::kNoRuleSet,
       absl::CivilDay(2005, 4, 30)},
      {"only rule sets that the plan names count", "rule_sets: \"2022\"",
       absl::CivilDay(2018, 5, 1), Admission::kNoRuleSet, absl::CivilDay(2018, 5, 1)},
  };
  for (const Row& row : rows) {
    const Admission made = rules::AdmissionOf(Plan(row.plan), RuleSets(), row.received);
    EXPECT_EQ(made.verdict, row.verdict) << row.what;
    EXPECT_EQ(made.day, row.day) << row.what;
  }
}

TEST(RegistryAdmissionTest, TheRefusalNamesTheCampaignThatTakesIt) {
  const absl::Status refused = rules::RefuseAdmission(
      {Admission::kTooLate, absl::CivilDay(2018, 12, 31)}, "campaigns/1", "campaigns/2");
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "NOT_OF_CAMPAIGN");
  EXPECT_THAT(SubjectsOf(refused), ElementsAre("campaigns/1", "campaigns/2"));
  EXPECT_EQ(status::ErrorInfoOf(refused)->metadata().at("campaign"), "campaigns/2");
  EXPECT_THAT(SubjectsOf(rules::RefuseAdmission({Admission::kTooEarly, absl::CivilDay(2017, 1, 1)},
                                                "campaigns/1", "")),
              ElementsAre("campaigns/1"));
}

}  // namespace
}  // namespace redress::registry::testing

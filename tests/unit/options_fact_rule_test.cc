// Each kind of fact has a whole rule, and one without is found before a service starts.
#include "common/options/fact_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/files.h"
#include "google/protobuf/descriptor.pb.h"

namespace redress::facts {
namespace {

namespace o = options::v1;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(FactRuleTest, EveryKindHasAWholeRule) {
  EXPECT_TRUE(CheckFactRules().ok()) << CheckFactRules();
}

TEST(FactRuleTest, AKindWithoutARuleIsNamedWithWhatItLacks) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("kinds.proto");
  auto* kinds = file.add_enum_type();
  kinds->set_name("Kinds");
  const auto add = [&](const char* name, int number) {
    auto* value = kinds->add_value();
    value->set_name(name);
    value->set_number(number);
    return value->mutable_options()->MutableExtension(o::fact);
  };
  add("NOT_SAID", 0);
  add("WHOLE", v1::FACT_KIND_VISIT_HELD)->CopyFrom(RuleOf(v1::FACT_KIND_VISIT_HELD));
  o::FactRule* half = add("HALF", v1::FACT_KIND_ASSIGNED);
  half->CopyFrom(RuleOf(v1::FACT_KIND_ASSIGNED));
  half->clear_ranking();
  add("NO_DETAIL", 9999)->CopyFrom(RuleOf(v1::FACT_KIND_ASSIGNED));
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  const auto* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  const absl::Status status = CheckFactRules(*built->enum_type(0));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("HALF (ranking); NO_DETAIL (detail)"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("WHOLE")));
}

// The table that newcomers read: "| 24 | DEPLOYMENT_HELD | assignment † | … |".
TEST(FactRuleTest, TheReadmeSaysTheSame) {
  const auto text = base::ReadFile(REDRESS_SOURCE_DIR "/protos/redress/facts/v1/README.md");
  ASSERT_TRUE(text.ok()) << text.status();
  std::map<std::string, std::pair<std::string, std::string>> listed;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    int number = 0;
    if (cells.size() < 4 || !absl::SimpleAtoi(absl::StripPrefix(cells[0], "| "), &number)) continue;
    listed[cells[1]] = {std::to_string(number), cells[2]};
  }
  const auto& kinds = *v1::FactKind_descriptor();
  EXPECT_EQ(listed.size(), static_cast<size_t>(kinds.value_count() - 1));
  for (int i = 1; i < kinds.value_count(); ++i) {
    const auto kind = static_cast<v1::FactKind>(kinds.value(i)->number());
    const o::FactRule& rule = RuleOf(kind);
    const std::string name(absl::StripPrefix(kinds.value(i)->name(), "FACT_KIND_"));
    const std::string mark = rule.recording() == o::RECORDING_PLANNED ? " †" : "";
    EXPECT_EQ(listed[name], std::pair(std::to_string(kind), rule.publisher() + mark)) << name;
  }
}

TEST(FactRuleTest, WhatIsNoKindHasAnEmptyRule) {
  for (const int number : {-1, 0, 29, kKinds, 1 << 30}) {
    const auto kind = static_cast<v1::FactKind>(number);
    EXPECT_EQ(RuleOf(kind).about(), o::FACT_SUBJECT_UNSPECIFIED) << number;
    EXPECT_FALSE(Has(kind, o::FACT_TRAIT_ANSWER)) << number;
    EXPECT_EQ(DetailOf(kind), nullptr) << number;
  }
}

TEST(FactRuleTest, WhatAPetitionerBringsAboutIsNeitherCountedNorScored) {
  const auto& kinds = *v1::FactKind_descriptor();
  for (int i = 1; i < kinds.value_count(); ++i) {
    const auto kind = static_cast<v1::FactKind>(kinds.value(i)->number());
    const o::FactRule& rule = RuleOf(kind);
    if (Has(kind, o::FACT_TRAIT_DECLINE) || Has(kind, o::FACT_TRAIT_REQUEST)) {
      EXPECT_EQ(rule.ranking(), o::RANKING_NEVER) << kinds.value(i)->name();
    }
    if (rule.ranking() == o::RANKING_NEVER) {
      // That there is a petition may begin a duty; nothing else of it is read.
      EXPECT_TRUE(rule.scoring() == o::SCORING_NEVER || rule.scoring() == o::SCORING_BEGINS)
          << kinds.value(i)->name();
    }
  }
}

}  // namespace
}  // namespace redress::facts

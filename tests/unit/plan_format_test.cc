// Files that are no plan, characters that nobody sees, and what every mistake says in Chinese.
#include <algorithm>
#include <set>

#include "common/plan/texts.h"
#include "common/status/descriptions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using ::testing::HasSubstr;

std::vector<Mistake> MistakesOf(const std::string& text) {
  std::vector<Mistake> mistakes;
  EXPECT_FALSE(Load(text, TestRules(), &mistakes).ok());
  return mistakes;
}

TEST(PlanFormatTest, WhatIsNoPlanIsNamedPlainlyAndAlone) {
  using std::string_literals::operator""s;
  const std::string seed = SeedPlan()->proto().DebugString();
  std::string utf16 = "\xff\xfe"s;
  std::string utf16_without_mark;
  for (const char c : seed.substr(0, 300)) {
    utf16 += c;
    utf16 += '\0';
    utf16_without_mark += c;
    utf16_without_mark += '\0';
  }
  const struct {
    std::string text;
    Say say;
    int line;
    int column;
  } rows[] = {
      {"", Say::kEmpty, 1, 1},
      {" \n\t\n", Say::kEmpty, 1, 1},
      {"\xe3\x80\x80\n", Say::kEmpty, 1, 1},
      {"\xef\xbb\xbf" + seed, Say::kByteOrderMark, 1, 1},
      {utf16, Say::kUtf16, 1, 1},
      {utf16_without_mark, Say::kUtf16, 1, 2},
      {"id: \"x\"\nrev\0ision"s, Say::kBinary, 2, 4},
      {"id: \"x\"\ntitle { zh: \"\xd5\xfb\" }", Say::kNotUtf8, 2, 14},
      {"{\"id\": \"x\"}", Say::kJson, 1, 1},
      {"\n  [1]", Say::kJson, 2, 3},
      {"---\nid: x\n", Say::kYaml, 1, 1},
      {"id: \"x\"\ntitle:\n  zh: \"x\"\n", Say::kYaml, 1, 1},
      {"id: \"x\"\nrule_sets:\n- \"2005\"\n", Say::kYaml, 1, 1},
      {"<plan/>", Say::kXml, 1, 1},
  };
  for (const auto& row : rows) {
    const auto mistakes = MistakesOf(row.text);
    ASSERT_EQ(mistakes.size(), 1u) << Describe(mistakes);
    EXPECT_EQ(mistakes[0].say, row.say) << Describe(mistakes);
    EXPECT_EQ(mistakes[0].line, row.line) << Describe(mistakes);
    EXPECT_EQ(mistakes[0].column, row.column) << Describe(mistakes);
  }
}

TEST(PlanFormatTest, WhatNobodySeesIsNamedWithItsPlace) {
  std::string seed = SeedPlan()->proto().DebugString();
  for (const char* invisible : {"\xe2\x80\x8b", "\xe2\x80\xae", "\xe2\x81\xa6", "\xef\xbb\xbf",
                                "\xc2\xad", "\x01", "\xc2\x85", "\xe3\x85\xa4"}) {
    const auto mistakes = MistakesOf(absl::StrCat("# a", invisible, "\n", seed));
    ASSERT_FALSE(mistakes.empty());
    EXPECT_EQ(mistakes[0].say, Say::kInvisible);
    EXPECT_EQ(mistakes[0].line, 1);
    EXPECT_EQ(mistakes[0].column, 4);
    EXPECT_THAT(mistakes[0].message, HasSubstr("U+"));
  }
  // Written as an escape it is there all the same.
  for (const char* escape : {"\\u200b", "\\342\\200\\256", "\\x01"}) {
    std::string text = seed;
    text.replace(text.find("title {\n  zh: \"") + 15, 0, escape);
    const auto mistakes = MistakesOf(text);
    ASSERT_EQ(mistakes.size(), 1u) << Describe(mistakes);
    EXPECT_EQ(mistakes[0].say, Say::kInvisibleEscaped);
    EXPECT_EQ(mistakes[0].field, "title.zh");
  }
  // Blanks are no Chinese.
  v1::Plan blank = SeedPlan()->proto();
  blank.mutable_title()->set_zh("\xe3\x80\x80 ");
  EXPECT_EQ(MistakesOf(blank.DebugString())[0].say, Say::kNeedsChinese);
  // Rare characters and their variants are seen.
  v1::Plan rare = SeedPlan()->proto();
  rare.mutable_title()->set_zh("𠮷𤭢葛󠄀");
  EXPECT_TRUE(Load(rare.DebugString(), TestRules()).ok());
  // Full-width signs outside quotes are the mistake of whoever writes Chinese.
  const auto wide = MistakesOf("id： \"x\"\n");
  EXPECT_TRUE(std::any_of(wide.begin(), wide.end(), [](const Mistake& mistake) {
    return mistake.say == Say::kNotAscii && mistake.column == 3;
  })) << Describe(wide);
}

// Every text has Chinese with the same slots, and errors that carry it answer in Chinese.
TEST(PlanFormatTest, NoTextLacksItsChinese) {
  RegisterTexts();
  std::set<std::string_view> seen;
  for (size_t i = 0; i < AllTexts().size(); ++i) {
    const status::Description& text = AllTexts()[i];
    EXPECT_TRUE(seen.insert(text.en).second) << text.en;
    const bool chinese = std::any_of(text.zh.begin(), text.zh.end(), [](char c) {
      return static_cast<unsigned char>(c) >= 0xe4 && static_cast<unsigned char>(c) <= 0xe9;
    });
    EXPECT_TRUE(chinese) << text.en;
    std::vector<std::string> values;
    for (const char* slot : {"{0}", "{1}", "{2}"}) {
      EXPECT_EQ(text.en.find(slot) == std::string_view::npos,
                text.zh.find(slot) == std::string_view::npos)
          << text.en;
      values.push_back(absl::StrCat("value", values.size()));
    }
    Mistake mistake;
    mistake.line = 3;
    mistake.column = 14;
    mistake.message = InEnglish(static_cast<Say>(i), values);
    EXPECT_EQ(status::InChinese(Describe(mistake)),
              absl::StrCat("第 3 行第 14 列：", InChinese(static_cast<Say>(i), values)));
    mistake.field = "requirements[3].due[0].clock";
    EXPECT_EQ(status::InChinese(Describe(mistake)),
              absl::StrCat("第 3 行第 14 列，requirements[3].due[0].clock：",
                           InChinese(static_cast<Say>(i), values)));
  }
}

// A few codes, so that the table cannot slip against the list of codes.
TEST(PlanFormatTest, CodesSayWhatTheyMean) {
  EXPECT_EQ(InEnglish(Say::kEmpty, {}), "the file is empty");
  EXPECT_THAT(InEnglish(Say::kMissing, {"x"}), HasSubstr("`x` is missing"));
  EXPECT_THAT(InEnglish(Say::kNoKind, {}), HasSubstr("the kind of fact is missing"));
  EXPECT_THAT(InEnglish(Say::kNoClockName, {}), HasSubstr("name of the clock"));
  EXPECT_THAT(InEnglish(Say::kDueKnownWhenDone, {}), HasSubstr("nobody can be late"));
  EXPECT_THAT(InEnglish(Say::kPetitionersField, {"x"}), HasSubstr("petitioner agrees"));
  EXPECT_THAT(InEnglish(Say::kNoClosing, {}), HasSubstr("how a case is closed"));
  EXPECT_THAT(InEnglish(Say::kNoRequirement, {"x"}), HasSubstr("no requirement"));
  EXPECT_THAT(InEnglish(Say::kNotRecorded, {"x", "y"}), HasSubstr("stays pending"));
  EXPECT_THAT(InEnglish(Say::kNoClosingYet, {"x", "y"}), HasSubstr("can be closed by"));
}

TEST(PlanFormatTest, TheLoaderWarnsOfWhatCannotBeRecordedYet) {
  const auto& warnings = SeedPlan()->warnings();
  const auto has = [&](const char* text) {
    return std::any_of(warnings.begin(), warnings.end(), [&](const Mistake& warning) {
      return warning.message.find(text) != std::string::npos;
    });
  };
  EXPECT_TRUE(has("`P2.first` stays pending"));
  EXPECT_TRUE(has("`P18` stays pending"));
  EXPECT_TRUE(has("`P9.return` stays pending"));
  EXPECT_FALSE(has("`P5.site`"));
  EXPECT_TRUE(has("closed by `CLOSING_STANDARD_EXHAUSTED`"));
  EXPECT_FALSE(has("closed by `CLOSING_STANDARD_ANSWERED`"));
  for (const Mistake& warning : warnings) {
    EXPECT_GT(warning.line, 1);
    EXPECT_FALSE(warning.zh.empty());
  }
}

}  // namespace
}  // namespace redress::plan::testing

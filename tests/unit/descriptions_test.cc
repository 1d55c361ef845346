// What Redress says of a field, a duty or a state is there in Chinese too: the sources are read for
// the texts that they report, as a translator would.
#include "common/status/descriptions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/status/error.h"
#include "common/status/messages.h"

namespace redress {

namespace registry {
void RegisterMessages();
}
namespace assignment {
void RegisterMessages();
}
namespace visits {
void RegisterMessages();
}
namespace assistance {
void RegisterMessages();
}
namespace supervision {
void RegisterMessages();
}

namespace status {
namespace {

using ::testing::IsEmpty;

class DescriptionsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    registry::RegisterMessages();
    assignment::RegisterMessages();
    visits::RegisterMessages();
    assistance::RegisterMessages();
    supervision::RegisterMessages();
  }
};

std::string ReadAll(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// From an opening parenthesis to the one that closes it; parentheses in literals do not count.
std::string_view Arguments(std::string_view source, size_t open) {
  int depth = 0;
  bool quoted = false;
  for (size_t at = open; at < source.size(); ++at) {
    const char c = source[at];
    if (quoted) {
      if (c == '\\') ++at;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return source.substr(open, at - open);
    }
  }
  return source.substr(open);
}

// String literals; those that only white space divides are one.
std::vector<std::string> Literals(const std::string& code) {
  static const std::regex kLiteral(R"re("((?:[^"\\]|\\.)*)")re");
  std::vector<std::string> literals;
  size_t end = std::string::npos;
  for (std::sregex_iterator it(code.begin(), code.end(), kLiteral), none; it != none; ++it) {
    const size_t at = static_cast<size_t>(it->position());
    const bool joined =
        end != std::string::npos && code.find_first_not_of(" \n", end) == at && !literals.empty();
    if (joined) {
      literals.back() += (*it)[1].str();
    } else {
      literals.push_back((*it)[1].str());
    }
    end = at + static_cast<size_t>(it->length());
  }
  return literals;
}

// What the calls of `sink` in the services and in what is common to them say.
std::set<std::string> Said(const std::regex& sink) {
  static const std::regex kNamed(R"(\bk[A-Z]\w+)");
  std::set<std::string> said;
  for (const char* folder : {"services", "common"}) {
    const std::filesystem::path root = std::filesystem::path(REDRESS_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const std::string extension = entry.path().extension();
      if (extension != ".cc" && extension != ".h") continue;
      // The plan's checker speaks to whoever writes a plan file, by line and column.
      if (entry.path().string().find("/common/plan/") != std::string::npos) continue;
      const std::string source = ReadAll(entry.path());
      for (std::sregex_iterator it(source.begin(), source.end(), sink), none; it != none; ++it) {
        const size_t open = static_cast<size_t>(it->position() + it->length()) - 1;
        const std::string arguments(Arguments(source, open));
        std::string texts = arguments;
        // A text that is said more than once has a name.
        for (std::sregex_iterator name(arguments.begin(), arguments.end(), kNamed), last;
             name != last; ++name) {
          const size_t text = source.find(name->str() + " =");
          if (text != std::string::npos)
            texts += source.substr(text, source.find(";\n", text) - text);
        }
        for (std::string& literal : Literals(texts)) said.insert(std::move(literal));
      }
    }
  }
  return said;
}

bool IsSentence(const std::string& text) {
  return text.find(' ') != std::string::npos &&
         std::any_of(text.begin(), text.end(), [](char c) { return absl::ascii_isalpha(c); }) &&
         text.find('=') == std::string::npos && text.find('?') == std::string::npos;
}

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

TEST_F(DescriptionsTest, WhatIsReportedHasItsChineseText) {
  const std::regex sink(
      R"((errors\.Add|\.NotBefore|obstacles\.Add|InvalidFields?|violations\.push_back|violations_\.push_back|Report|barred\.push_back|open\.push_back|in_the_way\.push_back)\()");
  const std::vector<Description> catalogue = AllDescriptions();
  std::vector<std::string> missing;
  int found = 0;
  for (const std::string& text : Said(sink)) {
    if (!IsSentence(text)) continue;
    ++found;
    const std::string piece = Trimmed(text);
    if (std::none_of(catalogue.begin(), catalogue.end(), [&](const Description& entry) {
          return entry.en.find(piece) != std::string_view::npos;
        })) {
      missing.push_back(text);
    }
  }
  EXPECT_THAT(missing, IsEmpty());
  EXPECT_GT(found, 90);  // or the sources are read no more
}

TEST_F(DescriptionsTest, EveryRefusalHasItsMessage) {
  const std::regex sink(
      R"((Refuse|Unmet|obstacles\.Add|RefuseUnmet|Unauthenticated|status::Error)\()");
  const std::regex reason("[A-Z][A-Z_]{4,}");
  std::vector<std::string> missing;
  int found = 0;
  for (const std::string& text : Said(sink)) {
    if (!std::regex_match(text, reason) || text == "STATE" || text == "ASSIGNEE") continue;
    ++found;
    const absl::Status refused = Error(absl::StatusCode::kFailedPrecondition, text, "untranslated");
    if (MessageFor(refused, "zh") == "untranslated") missing.push_back(text);
  }
  EXPECT_THAT(missing, IsEmpty());
  EXPECT_GT(found, 30);
}

TEST_F(DescriptionsTest, EveryEntryKeepsItsValuesAndIsChinese) {
  for (const Description& entry : AllDescriptions()) {
    for (const char* slot : {"{0}", "{1}", "{2}", "{3}"}) {
      EXPECT_EQ(entry.en.find(slot) == std::string_view::npos,
                entry.zh.find(slot) == std::string_view::npos)
          << entry.en;
    }
    EXPECT_TRUE(std::any_of(entry.zh.begin(), entry.zh.end(), [](char c) {
      return static_cast<unsigned char>(c) >= 0xe3;
    })) << entry.en;
  }
}

TEST_F(DescriptionsTest, ValuesArePutWhereTheyBelong) {
  EXPECT_EQ(InChinese("must be set"), "必须填写");
  EXPECT_EQ(InChinese("must have at least 1 item"), "至少须有1 项");
  EXPECT_EQ(InChinese("must have at most 256 characters"), "最多只能有256 个字符");
  EXPECT_EQ(InChinese("must be between 1 and 365"), "须在 1 与 365 之间");
  EXPECT_EQ(InChinese("must not be before the signing (2018-06-20)"),
            "不得早于签订日期（2018-06-20）");
  EXPECT_EQ(InChinese("must be ACCEPTANCE_NOTICE"), "须为 ACCEPTANCE_NOTICE（受理告知书）");
  EXPECT_EQ(InChinese("must be HANDLING_OPINION"), "须为 HANDLING_OPINION");
  EXPECT_EQ(InChinese("something nobody has put into Chinese"),
            "something nobody has put into Chinese");
  EXPECT_EQ(InChinese(""), "");
}

TEST_F(DescriptionsTest, AnErrorSpeaksTheReadersLanguage) {
  absl::Status bad = InvalidFields({{"claims[1].statement", "must be set"}, {"x", "is odd"}});
  Localize(bad, "en");
  EXPECT_EQ(FieldViolationsOf(bad)[0].description, "must be set");
  Localize(bad, "zh");
  EXPECT_EQ(FieldViolationsOf(bad)[0].field, "claims[1].statement");
  EXPECT_EQ(FieldViolationsOf(bad)[0].description, "必须填写");
  EXPECT_EQ(FieldViolationsOf(bad)[1].description, "is odd");
  // Where the one thing in the way is the whole error, its message says it.
  absl::Status refused = Unmet("NOTHING_TO_PERFORM", "the opinion promises nothing",
                               {{"STATE", "cases/1/rounds/1", "the opinion promises nothing"}});
  Localize(refused, "zh");
  EXPECT_EQ(ViolationsOf(refused)[0].subject, "cases/1/rounds/1");
  EXPECT_EQ(ViolationsOf(refused)[0].description, LocalizedTextOf(refused));
  EXPECT_EQ(ViolationsOf(refused)[0].description, "处理意见没有需履行的事项");
}

}  // namespace
}  // namespace status
}  // namespace redress

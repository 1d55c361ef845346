// What people read in Chinese is official Chinese: full-width punctuation, and the words that the
// regulations use. Reads the sources themselves, so that a text that is added later is looked at.
#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace redress {
namespace {

namespace fs = std::filesystem;

struct Literal {
  std::string where;
  std::string text;
};

// U+3000 to U+9FFF and U+FF00 on: Han, and the punctuation that goes with it.
bool WideAt(std::string_view text, size_t i) {
  const auto byte = static_cast<unsigned char>(text[i]);
  return byte >= 0xe3;
}

bool WideBefore(std::string_view text, size_t i) {
  while (i > 0) {
    --i;
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return WideAt(text, i);
  }
  return false;
}

bool IsChinese(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (WideAt(text, i)) return true;
  }
  return false;
}

// "description=核对清单,due_on=2018-05-20", "键=值,…": a list as it is typed, whose commas stay.
bool DividesPairs(std::string_view text, size_t comma) {
  size_t i = comma + 1;
  if (text.substr(i, 3) == "…") return true;
  while (i < text.size() && (std::islower(static_cast<unsigned char>(text[i])) || text[i] == '_')) {
    ++i;
  }
  return i > comma + 1 && i < text.size() && text[i] == '=';
}

// The string literals of a C++ file, or the Chinese texts of a plan.
std::vector<Literal> LiteralsOf(const fs::path& path) {
  std::vector<Literal> literals;
  std::ifstream file(path);
  const bool plan = path.extension() == ".txtpb";
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const size_t begins = line.find_first_not_of(' ');
    if (begins == std::string::npos || line.compare(begins, 2, "//") == 0) continue;
    for (size_t open = line.find('"'); open != std::string::npos;) {
      size_t close = open + 1;
      while (close < line.size() && line[close] != '"') close += line[close] == '\\' ? 2 : 1;
      if (close >= line.size()) break;
      const std::string text = line.substr(open + 1, close - open - 1);
      const bool wanted = !plan || (open >= 4 && line.compare(open - 4, 4, "zh: ") == 0);
      if (wanted && IsChinese(text)) {
        literals.push_back({path.string() + ":" + std::to_string(number), text});
      }
      open = line.find('"', close + 1);
    }
  }
  return literals;
}

std::vector<Literal> AllLiterals() {
  std::vector<Literal> all;
  for (const char* folder : {"clients", "common", "services", "seeds/plans"}) {
    const fs::path root = fs::path(REDRESS_SOURCE_DIR) / folder;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string extension = entry.path().extension();
      if (extension != ".cc" && extension != ".h" && extension != ".txtpb") continue;
      for (Literal& literal : LiteralsOf(entry.path())) all.push_back(std::move(literal));
    }
  }
  return all;
}

TEST(ChineseTextsTest, HaveFullWidthPunctuation) {
  const std::vector<Literal> all = AllLiterals();
  EXPECT_GT(all.size(), 900u) << "where are the texts?";
  for (const Literal& literal : all) {
    const std::string& text = literal.text;
    for (size_t i = 0; i < text.size(); ++i) {
      constexpr std::string_view kMarks = ",;:?!";
      if (kMarks.find(text[i]) == std::string_view::npos) continue;
      if (text[i] == ',' && DividesPairs(text, i)) continue;
      if (text.compare(i, 7, ":端口") == 0) continue;  // HOST:PORT, as it is typed
      const bool after = WideBefore(text, i);
      // A comma before Han divides Chinese as well, and so does whatever a text goes on with.
      const bool divides = text[i] == ',' || (i == 0 && text[i] != '?' && text[i] != '!');
      const bool before = divides && i + 1 < text.size() && WideAt(text, i + 1);
      EXPECT_FALSE(after || before)
          << literal.where << ": \"" << text[i] << "\" in \"" << text << "\"";
    }
  }
}

TEST(ChineseTextsTest, UseTheWordsOfTheRegulations) {
  // What was said, and what is said now.
  constexpr std::array<std::array<std::string_view, 2>, 16> kWords = {{
      {"案件", "信访事项"},
      {"迟办", "逾期办结"},
      {"合理但缺乏依据", "事由合理但缺乏法律依据"},
      {"分流", "分类处理（转送、交办）"},
      {"程序轮次", "办理程序"},
      {"评判", "评估"},
      {"列入标准", "纳入情形"},
      {"承诺期限", "限期化解日期"},
      {"被投诉对象", "被检举控告的单位或人员"},
      {"计分卡", "考核得分表"},
      {"听证延期", "听证改期"},
      {"隔离", "回避、不得查看"},
      {"干事", "工作人员"},
      {"整条线", "全流程"},
      {"措施未成", "措施未落实"},
      {"对象(诉求)", "诉求类别"},
  }};
  for (const Literal& literal : AllLiterals()) {
    for (const auto& [said, now] : kWords) {
      EXPECT_EQ(literal.text.find(said), std::string::npos)
          << literal.where << ": \"" << literal.text << "\": " << said << " is " << now;
    }
  }
}

}  // namespace
}  // namespace redress

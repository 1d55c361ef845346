#include "common/rules/waiver.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "common/base/utf8.h"

namespace redress::rules {
namespace {

// Traditional forms of the characters that the words below are written with.
constexpr std::pair<char32_t, char32_t> kSimplified[] = {
    {U'棄', U'弃'}, {U'訪', U'访'}, {U'訴', U'诉'}, {U'權', U'权'}, {U'復', U'复'},
    {U'複', U'复'}, {U'覆', U'复'}, {U'議', U'议'}, {U'舉', U'举'}, {U'報', U'报'},
    {U'罷', U'罢'}, {U'進', U'进'}, {U'准', U'准'}, {U'準', U'准'}, {U'許', U'许'},
    {U'鬧', U'闹'}, {U'終', U'终'}, {U'結', U'结'}, {U'為', U'为'},
};

// The letters of a text alone: no blanks, marks or invisible characters between them, one width,
// one case, simplified.
std::u32string LettersOf(std::string_view text) {
  std::u32string letters;
  while (!text.empty()) {
    const size_t length = base::Utf8SequenceLength(text);
    if (length == 0) break;
    char32_t rune = static_cast<unsigned char>(text[0]);
    if (length > 1) rune &= 0xFFu >> (length + 1);
    for (size_t k = 1; k < length; ++k) {
      rune = rune << 6 | (static_cast<unsigned char>(text[k]) & 0x3Fu);
    }
    text.remove_prefix(length);
    if (rune >= 0xFF01 && rune <= 0xFF5E) rune -= 0xFEE0;  // full width
    if (rune < 0x80) {
      if (absl::ascii_isalnum(static_cast<unsigned char>(rune))) {
        letters += static_cast<char32_t>(absl::ascii_tolower(static_cast<unsigned char>(rune)));
      }
      continue;
    }
    const bool ideograph = (rune >= 0x3400 && rune <= 0x9FFF) || rune >= 0x20000;
    if (!ideograph) continue;
    for (const auto& [traditional, simplified] : kSimplified) {
      if (rune == traditional) rune = simplified;
    }
    letters += rune;
  }
  return letters;
}

// Whoever writes one of these means it.
constexpr std::u32string_view kPlain[] = {
    U"息诉",
    U"息访",
    U"罢访",
    U"罢诉",
    U"停访",
    U"停诉",
    U"弃访",
    U"撤访",
    U"撤诉",
    U"一次性了结",
    U"撤销信访",
    U"撤销上访",
    U"撤销投诉",
    U"不上访",
    U"不信访",
    U"不闹访",
    U"稳控",
    U"waive",
    U"nofurtherpetition",
    U"neverpetition",
    U"notpetition",
    U"stoppetition",
    U"ceasepetition",
    U"withdrawthepetition",
    U"giveuptheright",
    U"renounce",
    U"relinquish",
    U"dropthepetition",
    U"dropthecase",
    U"dropthecomplaint",
    U"nottocomplain",
    U"notcomplain",
    U"nofurthercomplain",
    U"nevercomplain",
};

// Giving up, and soon after it what is given up: any right, or petitioning and suit.
constexpr std::u32string_view kGivingUp[] = {U"放弃", U"弃权", U"撤回"};
constexpr std::u32string_view kRefraining[] = {
    U"不再", U"不得", U"不能", U"不准", U"不许",   U"不会",   U"不去", U"不到", U"不进京", U"停止",
    U"终止", U"永不", U"不予", U"不向", U"承诺不", U"保证不", U"禁止", U"杜绝", U"以不",
};
constexpr std::u32string_view kRights[] = {U"权利", U"权益", U"主张", U"请求权",
                                           U"异议", U"诉求", U"追索", U"索赔"};
// What help or money is made to hang on: petitioning once more.
constexpr std::u32string_view kConditions[] = {U"若", U"如再", U"一旦", U"倘", U"凡再"};
constexpr std::u32string_view kAgain[] = {U"上访", U"进京", U"赴京", U"上京", U"越级"};
constexpr std::u32string_view kConsequences[] = {
    U"则", U"作废", U"退还", U"退回", U"取消", U"停发", U"追回",
};
constexpr std::u32string_view kPetitioning[] = {
    U"上访",     U"信访",     U"进京",     U"越级",     U"申诉",     U"投诉",  U"控告", U"检举",
    U"举报",     U"起诉",     U"诉讼",     U"复查",     U"复核",     U"复议",  U"赴京", U"上京",
    U"走访",     U"部门反映", U"机关反映", U"上级反映", U"12345",    U"12388", U"追究", U"追责",
    U"反映问题", U"找政府",   U"提出诉求", U"提出异议", U"主张权利",
};
constexpr size_t kNear = 14;  // letters from the one word to the other

bool HasAny(std::u32string_view text, absl::Span<const std::u32string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::u32string_view word) {
    return text.find(word) != std::u32string_view::npos;
  });
}

// One of `words` with one of `what` soon after it.
bool HasNear(std::u32string_view text, absl::Span<const std::u32string_view> words,
             absl::Span<const std::u32string_view> what) {
  for (const std::u32string_view word : words) {
    for (size_t at = text.find(word); at != std::u32string_view::npos;
         at = text.find(word, at + 1)) {
      if (HasAny(text.substr(at + word.size(), kNear), what)) return true;
    }
  }
  return false;
}

}  // namespace

bool WaivesRights(std::string_view text) {
  const std::u32string letters = LettersOf(text);
  return HasAny(letters, kPlain) || HasNear(letters, kGivingUp, kRights) ||
         HasNear(letters, kGivingUp, kPetitioning) || HasNear(letters, kRefraining, kPetitioning) ||
         HasNear(letters, kConditions, kAgain) || HasNear(letters, kAgain, kConsequences);
}

void CheckNoWaiver(std::string_view field, std::string_view text, FieldErrors& errors) {
  if (WaivesRights(text)) {
    errors.Add(field,
               "must not speak of giving up petitioning, review or suit: nobody can agree to that");
  }
}

}  // namespace redress::rules

#include "common/vault/normal_form.h"

#include <algorithm>
#include <iterator>

#include "common/base/runes.h"
#include "common/base/utf8.h"

namespace redress::vault {
namespace {

constexpr std::string_view kChina = "86";
// An area code without its 0, and a number; a mobile number.
constexpr size_t kLongestDomestic = 11;

// Full-width letters, digits and signs become half-width, and Latin letters lower case.
char32_t Fold(char32_t rune) {
  if (rune >= 0xff01 && rune <= 0xff5e) rune -= 0xfee0;
  return rune >= 'A' && rune <= 'Z' ? rune - 'A' + 'a' : rune;
}

bool IsInterpunct(char32_t rune) {
  static constexpr char32_t kDots[] = {'.',    0xb7,   0x387,  0x16eb, 0x2022, 0x2024, 0x2027,
                                       0x2218, 0x2219, 0x22c5, 0x25cf, 0x2e31, 0x2e33, 0x3002,
                                       0x30fb, 0x318d, 0xff61, 0xff65, 0xfe52};
  return std::find(std::begin(kDots), std::end(kDots), rune) != std::end(kDots);
}

bool IsVariationSelector(char32_t rune) {
  return (rune >= 0xfe00 && rune <= 0xfe0f) || (rune >= 0xe0100 && rune <= 0xe01ef);
}

bool Counts(ValueKind kind, char32_t rune) {
  switch (kind) {
    case ValueKind::kName:
      return !base::IsBlank(rune) && !base::IsHidden(rune) && !base::IsControl(rune) &&
             !IsInterpunct(rune) && !IsVariationSelector(rune);
    case ValueKind::kNationalId:
      return (rune >= '0' && rune <= '9') || rune == 'x';
    case ValueKind::kPhone:
      return rune >= '0' && rune <= '9';
  }
  return false;
}

// "+86 138…", "0086 138…", "86138…" are "138…"; "0731-8888…" and "+86 731 8888…" are "7318888…".
std::string Domestic(std::string digits) {
  if (digits.starts_with("00")) digits.erase(0, 2);
  if (digits.starts_with(kChina) && digits.size() > kLongestDomestic) {
    digits.erase(0, kChina.size());
  }
  if (digits.starts_with("0") && digits.size() > 1) digits.erase(0, 1);
  return digits;
}

}  // namespace

std::string NormalForm(ValueKind kind, std::string_view value) {
  std::string form;
  form.reserve(value.size());
  while (!value.empty()) {
    const size_t length = base::Utf8SequenceLength(value);
    if (length == 0) {
      value.remove_prefix(1);
      continue;
    }
    const char32_t rune = Fold(base::RuneAt(value, length));
    if (Counts(kind, rune)) base::AppendRune(rune, form);
    value.remove_prefix(length);
  }
  return kind == ValueKind::kPhone ? Domestic(std::move(form)) : form;
}

}  // namespace redress::vault

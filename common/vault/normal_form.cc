#include "common/vault/normal_form.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <utility>

#include "common/base/runes.h"
#include "common/base/utf8.h"

namespace redress::vault {
namespace {

constexpr std::string_view kChina = "86";
// An area code without its 0, and a number; a mobile number.
constexpr size_t kLongestDomestic = 11;

// The value in Unicode's form NFKC with letters folded to one case: full-width letters are
// half-width, and a compatibility ideograph or radical is the ideograph that it looks like.
// Source: Unicode Standard Annex 15.
std::string Folded(std::string_view value) {
  std::string valid;
  while (!value.empty()) {
    const size_t length = base::Utf8SequenceLength(value);
    valid.append(value.substr(0, length));
    value.remove_prefix(std::max<size_t>(length, 1));
  }
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(valid.data()),
                   static_cast<utf8proc_ssize_t>(valid.size()), &mapped,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT |
                                                  UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(mapped, &std::free);
  // It fails where there is no memory only: the text was checked.
  if (length < 0) std::abort();
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<size_t>(length));
}

bool IsInterpunct(char32_t rune) {
  // 0x307 is what NFKC leaves of a dot that stands alone (U+02D9).
  static constexpr char32_t kDots[] = {'.',    0xb7,   0x307,  0x387,  0x1427, 0x16eb,
                                       0x2022, 0x2024, 0x2027, 0x2218, 0x2219, 0x22c5,
                                       0x25cf, 0x25e6, 0x2e31, 0x2e33, 0x3002, 0x30fb,
                                       0x318d, 0xff61, 0xff65, 0xfe52, 0x10101};
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
  const std::string folded = Folded(value);
  std::string form;
  form.reserve(folded.size());
  for (std::string_view rest = folded; !rest.empty();) {
    const size_t length = base::Utf8SequenceLength(rest);
    const char32_t rune = base::RuneAt(rest, length);
    if (Counts(kind, rune)) base::AppendRune(rune, form);
    rest.remove_prefix(length);
  }
  return kind == ValueKind::kPhone ? Domestic(std::move(form)) : form;
}

}  // namespace redress::vault

// The one form of what people write in many ways and mean as one: what a blind index is made of.
// Pure functions.
#ifndef REDRESS_COMMON_VAULT_NORMAL_FORM_H_
#define REDRESS_COMMON_VAULT_NORMAL_FORM_H_

#include <string>
#include <string_view>

namespace redress::vault {

// Goes up whenever a normal form changes: indexes of an earlier form are then made anew.
inline constexpr int kNormalForm = 4;

// What a value is, which decides what in it does not count.
enum class ValueKind {
  // A person's name: blanks, interpuncts in all the shapes that input methods and card readers give
  // them, and characters that cannot be seen do not count; characters that Unicode holds for
  // compatibility only (full-width letters, ideographs coded twice) are the ordinary ones, and
  // letters lower case.
  kName,
  // A citizen identity number (GB 11643): its digits and X, in either width and case.
  kNationalId,
  // A telephone number: its digits, without China's country code and the 0 before an area code.
  kPhone,
};

// Empty where nothing of the value counts. Bytes that are not UTF-8 do not count.
std::string NormalForm(ValueKind kind, std::string_view value);

}  // namespace redress::vault

#endif  // REDRESS_COMMON_VAULT_NORMAL_FORM_H_

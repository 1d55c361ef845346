#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/auth/case_scope.h"
#include "common/page/mask.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/vault/normal_form.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::FieldErrors;

// The first two digits of GB/T 2260: provinces, and the three for whom residence permits are made.
constexpr int kProvinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                              35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                              53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
constexpr size_t kIdSize = 18;
constexpr int kEarliestBirth = 1900;

int Number(std::string_view digits) {
  int number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

// ISO 7064 MOD 11-2, as GB 11643 has it.
char CheckDigit(std::string_view id) {
  int sum = 0;
  int weight = 1;
  for (size_t i = kIdSize - 1; i-- > 0;) {
    weight = weight * 2 % 11;
    sum += weight * (id[i] - '0');
  }
  return "10x98765432"[sum % 11];
}

void Warn(std::string field, const char* zh, const char* en, std::vector<v1::Warning>& warnings) {
  v1::Warning& warning = warnings.emplace_back();
  warning.set_field(std::move(field));
  warning.mutable_text()->set_zh(zh);
  warning.mutable_text()->set_en(en);
}

}  // namespace

std::string OfficeOf(std::string_view region_code) {
  constexpr size_t kTownship = 9;
  return auth::RegionPrefix(region_code.substr(0, kTownship));
}

std::string CounterOf(const v1::RegisterCaseRequest& request, int year) {
  return absl::StrCat("registrations/", request.region_code().substr(0, 9), "/", year,
                      IsAccusation(request) ? "/accusations" : "");
}

bool SpeaksFor(const v1::Case& file, std::string_view petitioner) {
  return file.petitioner() == petitioner ||
         std::find(file.representatives().begin(), file.representatives().end(), petitioner) !=
             file.representatives().end();
}

bool IsOfOffice(const v1::Petitioner& person, const v1::Case& file) {
  return OfficeOf(person.region_code()) == OfficeOf(file.region_code());
}

std::vector<v1::Warning> LookAt(const v1::PersonIdentity& identity, std::string_view field,
                                absl::CivilDay today) {
  std::vector<v1::Warning> warnings;
  const std::string id = vault::NormalForm(vault::ValueKind::kNationalId, identity.national_id());
  if (id.size() != kIdSize) return warnings;
  const std::string path = absl::StrCat(std::string(field), ".national_id");
  const std::string_view text = id;
  if (std::find(std::begin(kProvinces), std::end(kProvinces), Number(text.substr(0, 2))) ==
      std::end(kProvinces)) {
    Warn(path, "前两位不是现有的省级行政区划代码", "its first two digits are no province's",
         warnings);
  }
  const int year = Number(text.substr(6, 4));
  const int month = Number(text.substr(10, 2));
  const int day = Number(text.substr(12, 2));
  const absl::CivilDay birth(year, month, day);
  if (birth.year() != year || birth.month() != month || birth.day() != day ||
      year < kEarliestBirth || birth > today) {
    Warn(path, "其中的出生日期不成立", "the birth date in it cannot be", warnings);
  }
  if (text.back() != CheckDigit(text)) {
    Warn(path, "校验码不符，可能有一位抄错",
         "its check digit does not fit: one of them may be miscopied", warnings);
  }
  return warnings;
}

absl::StatusOr<v1::Petitioner> CorrectIdentity(const v1::Petitioner& current,
                                               const v1::UpdatePetitionerRequest& request,
                                               const Context& context, absl::Time now) {
  v1::PersonIdentity next = current.identity();
  if (absl::Status applied = page::ApplyMask(request.identity(), request.update_mask(), &next);
      !applied.ok()) {
    return applied;
  }
  FieldErrors errors;
  if (next.full_name().empty()) errors.Add("identity.full_name", "must be set");
  RETURN_IF_ERROR(errors.ToStatus());
  v1::Petitioner changed = current;
  if (google::protobuf::util::MessageDifferencer::Equals(next, current.identity())) return changed;
  v1::EarlierIdentity& earlier = *changed.add_earlier();
  *earlier.mutable_identity() = current.identity();
  earlier.mutable_corrected_at()->set_seconds(absl::ToUnixSeconds(now));
  *earlier.mutable_corrected_by() = context.actor;
  *changed.mutable_identity() = std::move(next);
  return changed;
}

absl::Status KnownAlready(std::string_view petitioner, std::string_view case_name) {
  return status::Unmet(
      "KNOWN_PERSON", "the office may know this person",
      {{"STATE", std::string(petitioner),
        "look at who it is; then set petitioner where it is the same person, or is_somebody_else "
        "where it is not"}},
      {{"petitioner", std::string(petitioner)}, {"case", std::string(case_name)}});
}

}  // namespace redress::registry::rules

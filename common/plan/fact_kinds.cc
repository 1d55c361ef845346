#include "common/plan/fact_kinds.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "redress/options/v1/names.pb.h"

namespace redress::plan {

using facts::v1::FactKind;

v1::SubjectKind SubjectOf(FactKind kind) {
  switch (facts::RuleOf(kind).about()) {
    case options::v1::FACT_SUBJECT_CAMPAIGN:
      return v1::SUBJECT_KIND_CAMPAIGN;
    case options::v1::FACT_SUBJECT_UNIT:
      return v1::SUBJECT_KIND_UNIT;
    case options::v1::FACT_SUBJECT_CASE:
      return v1::SUBJECT_KIND_CASE;
    case options::v1::FACT_SUBJECT_CLAIM:
      return v1::SUBJECT_KIND_CLAIM;
    case options::v1::FACT_SUBJECT_ROUND:
      return v1::SUBJECT_KIND_ROUND;
    default:
      return v1::SUBJECT_KIND_UNSPECIFIED;
  }
}

bool Sees(v1::SubjectKind subject, FactKind kind) {
  const v1::SubjectKind about = SubjectOf(kind);
  if (about == v1::SUBJECT_KIND_UNSPECIFIED) return false;
  if (about == v1::SUBJECT_KIND_CAMPAIGN) return subject != v1::SUBJECT_KIND_UNSPECIFIED;
  switch (subject) {
    case v1::SUBJECT_KIND_UNIT:
    case v1::SUBJECT_KIND_FINDING:
      return about == v1::SUBJECT_KIND_UNIT;
    case v1::SUBJECT_KIND_CASE:
    case v1::SUBJECT_KIND_CLAIM:
    case v1::SUBJECT_KIND_ROUND:
      return about == v1::SUBJECT_KIND_CASE || about == v1::SUBJECT_KIND_CLAIM ||
             about == v1::SUBJECT_KIND_ROUND;
    default:
      return false;
  }
}

types::v1::LocalizedText NameOf(FactKind kind) {
  types::v1::LocalizedText name;
  const auto* value = facts::v1::FactKind_descriptor()->FindValueByNumber(kind);
  if (value == nullptr || kind == facts::v1::FACT_KIND_UNSPECIFIED) return name;
  name.set_zh(value->options().GetExtension(options::v1::value_zh));
  name.set_en(absl::StrReplaceAll(absl::AsciiStrToLower(ShortName(kind)), {{"_", " "}}));
  return name;
}

std::string ShortName(FactKind kind) {
  constexpr std::string_view kPrefix = "FACT_KIND_";
  const std::string& name = FactKind_Name(kind);
  return name.size() > kPrefix.size() ? name.substr(kPrefix.size()) : name;
}

bool IsAnswer(FactKind kind) { return facts::Has(kind, options::v1::FACT_TRAIT_ANSWER); }

bool IsAssistance(FactKind kind) { return facts::Has(kind, options::v1::FACT_TRAIT_ASSISTANCE); }

bool IsDecline(FactKind kind) { return facts::Has(kind, options::v1::FACT_TRAIT_DECLINE); }

bool IsSettlement(FactKind kind) { return facts::Has(kind, options::v1::FACT_TRAIT_SETTLEMENT); }

bool IsRequestOfPetitioner(FactKind kind) {
  return facts::Has(kind, options::v1::FACT_TRAIT_REQUEST);
}

FactKind RequestFor(FactKind kind) {
  if (IsRequestOfPetitioner(kind)) return kind;
  if (kind == facts::v1::FACT_KIND_REVIEW_DECIDED) return facts::v1::FACT_KIND_REVIEW_REQUESTED;
  if (kind == facts::v1::FACT_KIND_REEXAMINATION_DECIDED)
    return facts::v1::FACT_KIND_REEXAMINATION_REQUESTED;
  return facts::v1::FACT_KIND_UNSPECIFIED;
}

bool MayStandBesideHelp(FactKind kind) {
  return facts::Has(kind, options::v1::FACT_TRAIT_BESIDE_ASSISTANCE) || IsAssistance(kind) ||
         SubjectOf(kind) == v1::SUBJECT_KIND_CAMPAIGN || SubjectOf(kind) == v1::SUBJECT_KIND_UNIT;
}

bool IsPetitionersChoice(std::string_view field) { return field == "petitioner_agrees"; }

bool IsPetitionersPart(std::string_view field) {
  return field == "petitioner_present" || field == "minutes_signed";
}

}  // namespace redress::plan

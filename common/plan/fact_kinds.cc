#include "common/plan/fact_kinds.h"

namespace redress::plan {

using namespace facts::v1;  // NOLINT(google-build-using-namespace): this file is a table of kinds.

v1::SubjectKind SubjectOf(FactKind kind) {
  switch (kind) {
    case FACT_KIND_CAMPAIGN_STARTED:
    case FACT_KIND_LEADING_GROUP_SET:
    case FACT_KIND_CAMPAIGN_SUMMARISED:
    case FACT_KIND_PLAN_REVISED:
      return v1::SUBJECT_KIND_CAMPAIGN;
    case FACT_KIND_UNIT_ENROLLED:
    case FACT_KIND_DEPLOYMENT_HELD:
    case FACT_KIND_IMPLEMENTING_RULES_ISSUED:
    case FACT_KIND_SCREENING_REPORTED:
    case FACT_KIND_INSPECTED:
    case FACT_KIND_FINDING_OPENED:
    case FACT_KIND_FINDING_RECTIFIED:
    case FACT_KIND_BULLETIN_ISSUED:
    case FACT_KIND_SCORED:
    case FACT_KIND_SCORE_APPEALED:
    case FACT_KIND_SCORE_APPEAL_DECIDED:
      return v1::SUBJECT_KIND_UNIT;
    case FACT_KIND_CLAIM_REGISTERED:
    case FACT_KIND_INVESTIGATED:
    case FACT_KIND_PETITIONER_HEARD:
    case FACT_KIND_VIEWS_OBTAINED:
    case FACT_KIND_CLAIM_APPRAISED:
    case FACT_KIND_DATE_OFFERED:
    case FACT_KIND_PRIOR_CONCLUSION_RECORDED:
    case FACT_KIND_SETTLEMENT_SIGNED:
    case FACT_KIND_SETTLEMENT_WITHDRAWN:
    case FACT_KIND_SETTLEMENT_PERFORMED:
    case FACT_KIND_RECONSIDERATION_DECIDED:
    case FACT_KIND_LEGAL_CHANNEL_ACCEPTED:
      return v1::SUBJECT_KIND_CLAIM;
    case FACT_KIND_ROUND_OPENED:
    case FACT_KIND_SORTED:
    case FACT_KIND_ACCEPTED:
    case FACT_KIND_NOT_ACCEPTED:
    case FACT_KIND_OPINION_ISSUED:
    case FACT_KIND_DOCUMENT_SERVED:
    case FACT_KIND_EXTENSION_GRANTED:
    case FACT_KIND_REVIEW_REQUESTED:
    case FACT_KIND_REVIEW_DECIDED:
    case FACT_KIND_REEXAMINATION_REQUESTED:
    case FACT_KIND_REEXAMINATION_DECIDED:
    case FACT_KIND_CLOCK_PAUSED:
    case FACT_KIND_CLOCK_RESUMED:
    case FACT_KIND_OPINION_PERFORMED:
      return v1::SUBJECT_KIND_ROUND;
    default:
      return FactKind_IsValid(kind) && kind != FACT_KIND_UNSPECIFIED ? v1::SUBJECT_KIND_CASE
                                                                     : v1::SUBJECT_KIND_UNSPECIFIED;
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

std::string ShortName(FactKind kind) {
  constexpr std::string_view kPrefix = "FACT_KIND_";
  const std::string& name = FactKind_Name(kind);
  return name.size() > kPrefix.size() ? name.substr(kPrefix.size()) : name;
}

const google::protobuf::Descriptor* DetailOf(FactKind kind) {
  const auto* field = Fact::descriptor()->FindFieldByNumber(kind);
  if (field == nullptr || field->real_containing_oneof() == nullptr) return nullptr;
  return field->message_type();
}

bool IsAnswer(FactKind kind) {
  return kind == FACT_KIND_OPINION_ISSUED || kind == FACT_KIND_NOT_ACCEPTED;
}

bool IsAssistance(FactKind kind) {
  return kind == FACT_KIND_ASSISTANCE_NEED_FOUND ||
         (kind >= FACT_KIND_SURVEYED && kind <= FACT_KIND_ASSISTANCE_ENDED);
}

bool IsDecline(FactKind kind) {
  return kind == FACT_KIND_VISIT_DECLINED || kind == FACT_KIND_HEARING_DECLINED ||
         kind == FACT_KIND_SURVEY_DECLINED;
}

bool IsSettlement(FactKind kind) {
  return kind == FACT_KIND_SETTLEMENT_SIGNED || kind == FACT_KIND_SETTLEMENT_WITHDRAWN ||
         kind == FACT_KIND_SETTLEMENT_PERFORMED;
}

bool IsRequestOfPetitioner(FactKind kind) {
  return kind == FACT_KIND_REVIEW_REQUESTED || kind == FACT_KIND_REEXAMINATION_REQUESTED ||
         kind == FACT_KIND_VISITS_WANTED || kind == FACT_KIND_RECONSIDERATION_DECIDED ||
         kind == FACT_KIND_LEGAL_CHANNEL_ACCEPTED;
}

FactKind RequestFor(FactKind kind) {
  if (IsRequestOfPetitioner(kind)) return kind;
  if (kind == FACT_KIND_REVIEW_DECIDED) return FACT_KIND_REVIEW_REQUESTED;
  if (kind == FACT_KIND_REEXAMINATION_DECIDED) return FACT_KIND_REEXAMINATION_REQUESTED;
  return FACT_KIND_UNSPECIFIED;
}

bool MayStandBesideHelp(FactKind kind) {
  switch (kind) {
    case FACT_KIND_SURVEY_DECLINED:
    case FACT_KIND_CASE_REGISTERED:
    case FACT_KIND_CLAIM_REGISTERED:
    case FACT_KIND_ROUND_OPENED:
    case FACT_KIND_INVESTIGATED:
    case FACT_KIND_PETITIONER_HEARD:
    case FACT_KIND_ASSIGNED:
    case FACT_KIND_HANDOVER_ACCEPTED:
    case FACT_KIND_TASK_FORCE_SET:
    case FACT_KIND_WORK_PLAN_SET:
    case FACT_KIND_MEASURE_DONE:
    case FACT_KIND_CONSULTED:
    case FACT_KIND_INSTRUCTION_ASKED:
    case FACT_KIND_INSTRUCTION_ANSWERED:
    case FACT_KIND_VISIT_HELD:
      return true;
    default:
      return IsAssistance(kind) || SubjectOf(kind) == v1::SUBJECT_KIND_CAMPAIGN ||
             SubjectOf(kind) == v1::SUBJECT_KIND_UNIT;
  }
}

bool IsPetitionersChoice(std::string_view field) { return field == "petitioner_agrees"; }

bool IsPetitionersPart(std::string_view field) {
  return field == "petitioner_present" || field == "minutes_signed";
}

}  // namespace redress::plan

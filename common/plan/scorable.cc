#include "common/plan/scorable.h"

#include <algorithm>

namespace redress::plan {
namespace {

using namespace facts::v1;  // NOLINT(google-build-using-namespace): this file is a table of kinds.

struct ScorableField {
  FactKind kind;
  std::string_view field;
  Reading reading;
};

// No field that says where, how often, or how a matter turned out: nil_report, source, claims,
// region_code, place, exists, category, outcome, reason, mode, days, upheld, agreed_with_person.
constexpr ScorableField kFields[] = {
    {FACT_KIND_LEADING_GROUP_SET, "deputies", Reading::kEvidence},
    {FACT_KIND_LEADING_GROUP_SET, "members", Reading::kEvidence},
    {FACT_KIND_LEADING_GROUP_SET, "has_office_head", Reading::kEvidence},
    {FACT_KIND_LEADING_GROUP_SET, "has_liaison", Reading::kEvidence},
    {FACT_KIND_CAMPAIGN_SUMMARISED, "meeting_held", Reading::kEvidence},
    {FACT_KIND_UNIT_ENROLLED, "unit_kind", Reading::kSituation},
    {FACT_KIND_SCREENING_REPORTED, "screening_round", Reading::kEvidence},
    {FACT_KIND_FINDING_OPENED, "rectify_by", Reading::kDate},
    {FACT_KIND_CASE_REGISTERED, "received_on", Reading::kDate},
    {FACT_KIND_ROUND_OPENED, "received_on", Reading::kDate},
    {FACT_KIND_ROUND_OPENED, "round_kind", Reading::kSituation},
    {FACT_KIND_INVESTIGATED, "on_site", Reading::kEvidence},
    {FACT_KIND_INVESTIGATED, "documents", Reading::kEvidence},
    {FACT_KIND_INVESTIGATED, "consultation", Reading::kEvidence},
    {FACT_KIND_INVESTIGATED, "evidence_items", Reading::kEvidence},
    {FACT_KIND_INVESTIGATED, "fresh_evidence", Reading::kEvidence},
    {FACT_KIND_PETITIONER_HEARD, "by_lead", Reading::kEvidence},
    {FACT_KIND_PETITIONER_HEARD, "transcript_kept", Reading::kEvidence},
    {FACT_KIND_VIEWS_OBTAINED, "views", Reading::kEvidence},
    {FACT_KIND_CLAIM_APPRAISED, "fresh_evidence", Reading::kEvidence},
    {FACT_KIND_SORTED, "route", Reading::kSituation},
    {FACT_KIND_OPINION_ISSUED, "remedy_stated", Reading::kEvidence},
    {FACT_KIND_DOCUMENT_SERVED, "document_kind", Reading::kWhich},
    {FACT_KIND_DOCUMENT_SERVED, "receipt_kept", Reading::kEvidence},
    {FACT_KIND_DOCUMENT_SERVED, "remedy_stated", Reading::kEvidence},
    {FACT_KIND_EXTENSION_GRANTED, "petitioner_told", Reading::kEvidence},
    {FACT_KIND_EXTENSION_GRANTED, "days", Reading::kDate},
    {FACT_KIND_ASSIGNED, "lead_is_principal", Reading::kEvidence},
    {FACT_KIND_TASK_FORCE_SET, "members", Reading::kEvidence},
    {FACT_KIND_TASK_FORCE_SET, "departments", Reading::kWhich},
    {FACT_KIND_WORK_PLAN_SET, "measures", Reading::kEvidence},
    {FACT_KIND_WORK_PLAN_SET, "goals", Reading::kEvidence},
    {FACT_KIND_WORK_PLAN_SET, "last_due", Reading::kDate},
    {FACT_KIND_VISIT_HELD, "by_lead", Reading::kEvidence},
    {FACT_KIND_VISIT_HELD, "diary_written", Reading::kEvidence},
    {FACT_KIND_HEARING_ANNOUNCED, "hearing_kind", Reading::kWhich},
    {FACT_KIND_HEARING_ANNOUNCED, "planned_on", Reading::kDate},
    {FACT_KIND_HEARING_HELD, "hearing_kind", Reading::kWhich},
    {FACT_KIND_HEARING_HELD, "third_parties", Reading::kEvidence},
    {FACT_KIND_HEARING_HELD, "minutes_kept", Reading::kEvidence},
    {FACT_KIND_SURVEYED, "by_visit", Reading::kEvidence},
    {FACT_KIND_ASSISTANCE_PLANNED, "near_term_considered", Reading::kEvidence},
    {FACT_KIND_ASSISTANCE_PLANNED, "long_term_considered", Reading::kEvidence},
    {FACT_KIND_ASSISTANCE_PLANNED, "legal_aid_offered", Reading::kEvidence},
};

}  // namespace

bool IsScorableAct(FactKind kind) {
  switch (kind) {
    case FACT_KIND_LEADING_GROUP_SET:
    case FACT_KIND_CAMPAIGN_SUMMARISED:
    case FACT_KIND_DEPLOYMENT_HELD:
    case FACT_KIND_IMPLEMENTING_RULES_ISSUED:
    case FACT_KIND_SCREENING_REPORTED:
    case FACT_KIND_FINDING_RECTIFIED:
    case FACT_KIND_INVESTIGATED:
    case FACT_KIND_PETITIONER_HEARD:
    case FACT_KIND_VIEWS_OBTAINED:
    case FACT_KIND_CLAIM_APPRAISED:
    case FACT_KIND_DATE_OFFERED:
    case FACT_KIND_PRIOR_CONCLUSION_RECORDED:
    case FACT_KIND_SORTED:
    case FACT_KIND_ACCEPTED:
    case FACT_KIND_NOT_ACCEPTED:
    case FACT_KIND_OPINION_ISSUED:
    case FACT_KIND_DOCUMENT_SERVED:
    case FACT_KIND_EXTENSION_GRANTED:
    case FACT_KIND_ASSIGNED:
    case FACT_KIND_TASK_FORCE_SET:
    case FACT_KIND_WORK_PLAN_SET:
    case FACT_KIND_CONSULTED:
    case FACT_KIND_INSTRUCTION_ASKED:
    case FACT_KIND_VISIT_HELD:
    case FACT_KIND_HEARING_ANNOUNCED:
    case FACT_KIND_HEARING_HELD:
    case FACT_KIND_SURVEYED:
    case FACT_KIND_ASSISTANCE_FILE_OPENED:
    case FACT_KIND_ASSISTANCE_PLANNED:
      return true;
    default:
      return false;
  }
}

bool MayBeginScoredDuty(FactKind kind) {
  switch (kind) {
    case FACT_KIND_CAMPAIGN_STARTED:
    case FACT_KIND_UNIT_ENROLLED:
    case FACT_KIND_FINDING_OPENED:
    case FACT_KIND_CASE_REGISTERED:
    case FACT_KIND_CLAIM_REGISTERED:
    case FACT_KIND_ROUND_OPENED:
    case FACT_KIND_ASSISTANCE_NEED_FOUND:
    case FACT_KIND_INSTRUCTION_ANSWERED:
      return true;
    // A duty that refusing makes would be one that refusing costs or earns.
    case FACT_KIND_NOT_ACCEPTED:
    case FACT_KIND_DATE_OFFERED:
      return false;
    default:
      return IsScorableAct(kind);
  }
}

bool IsPetition(FactKind kind) {
  return kind == FACT_KIND_CASE_REGISTERED || kind == FACT_KIND_CLAIM_REGISTERED ||
         kind == FACT_KIND_ROUND_OPENED;
}

bool IsScorableField(FactKind kind, std::string_view field, Reading reading) {
  return std::any_of(std::begin(kFields), std::end(kFields), [&](const ScorableField& listed) {
    if (listed.kind != kind || listed.field != field) return false;
    if (listed.reading == Reading::kDate || reading == Reading::kDate) {
      return listed.reading == reading;
    }
    return listed.reading <= reading;
  });
}

bool IsLapse(FactKind kind) {
  return kind == FACT_KIND_FINDING_OPENED || kind == FACT_KIND_VISIT_NOT_ARRANGED;
}

bool GrowsWithCases(FactKind kind) { return kind == FACT_KIND_VISIT_NOT_ARRANGED; }

}  // namespace redress::plan

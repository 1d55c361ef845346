#include <algorithm>
#include <set>

#include "common/calendar/calendar.h"
#include "services/supervision/rules.h"

namespace redress::supervision::rules {
namespace {

using facts::v1::Fact;

std::optional<absl::CivilDay> DayOf(const google::type::Date& date) {
  const absl::StatusOr<absl::CivilDay> day = calendar::FromProto(date);
  if (!day.ok()) return std::nullopt;
  return *day;
}

// Applies the facts of a case one after another, in the order of an evaluation.
class Reader {
 public:
  void Read(const Fact& fact);
  CaseSummary Take() {
    summary_.measures_done = static_cast<int>(done_.size());
    return std::move(summary_);
  }

 private:
  void StrikeOff(const Fact& fact, types::v1::ClosingStandard standard);
  void Put(types::v1::Part part, const std::string& official);

  CaseSummary summary_;
  std::set<int> done_;
};

void Reader::StrikeOff(const Fact& fact, types::v1::ClosingStandard standard) {
  summary_.state = types::v1::CASE_STATE_CLOSED;
  summary_.struck_off_on = DayOf(fact.event_date());
  summary_.standard = standard;
}

void Reader::Put(types::v1::Part part, const std::string& official) {
  if (part == types::v1::PART_LEAD) summary_.lead = official;
  if (part == types::v1::PART_OFFICER) summary_.officer = official;
}

void Reader::Read(const Fact& fact) {
  switch (fact.detail_case()) {
    case Fact::kCaseRegistered:
      summary_.registered_on = DayOf(fact.event_date());
      summary_.registration_number = fact.case_registered().registration_number();
      summary_.region_code = fact.case_registered().region_code();
      if (summary_.state == types::v1::CASE_STATE_UNSPECIFIED) {
        summary_.state = types::v1::CASE_STATE_OPEN;
      }
      break;
    case Fact::kClaimRegistered:
      summary_.claims.push_back(
          {fact.claim(), fact.claim_registered().claim_subject(), types::v1::CATEGORY_UNSPECIFIED});
      summary_.accusation |=
          fact.claim_registered().claim_kind() == types::v1::CLAIM_KIND_ACCUSATION;
      break;
    case Fact::kClaimAppraised:
      for (ClaimSummary& claim : summary_.claims) {
        if (claim.name == fact.claim()) claim.category = fact.claim_appraised().category();
      }
      break;
    case Fact::kAssistanceNeedFound:
      summary_.assist = true;
      break;
    case Fact::kAssigned:
      summary_.unit = fact.unit();
      summary_.lead = fact.assigned().lead();
      summary_.officer = fact.assigned().officer();
      break;
    case Fact::kHandoverAccepted:
      if (!fact.unit().empty()) summary_.unit = fact.unit();
      Put(fact.handover_accepted().part(), fact.handover_accepted().to_official());
      break;
    case Fact::kReturnDecided:
      if (fact.return_decided().consented()) {
        summary_.unit.clear();
        summary_.lead.clear();
        summary_.officer.clear();
      }
      break;
    case Fact::kWorkPlanSet:
      summary_.measures_planned = fact.work_plan_set().measures();
      summary_.time_limit = DayOf(fact.work_plan_set().last_due());
      break;
    case Fact::kMeasureDone:
      done_.insert(fact.measure_done().measure());
      break;
    case Fact::kClosureProposed:
      if (summary_.state == types::v1::CASE_STATE_OPEN) {
        summary_.state = types::v1::CASE_STATE_CLOSING;
      }
      break;
    case Fact::kCaseClosed:
      StrikeOff(fact, fact.case_closed().standard());
      break;
    case Fact::kCaseMerged:
    case Fact::kRegistrationRevoked:
      StrikeOff(fact, types::v1::CLOSING_STANDARD_UNSPECIFIED);
      break;
    case Fact::kCaseReopened:
      summary_.state = types::v1::CASE_STATE_OPEN;
      summary_.struck_off_on.reset();
      summary_.standard = types::v1::CLOSING_STANDARD_UNSPECIFIED;
      break;
    default:
      break;
  }
}

// Counts the duties on a claim that may be seen: its own, those of its case, and those of the
// rounds that cover it.
void CountDuties(const plan::Evaluation& evaluation, auth::ToldSet told, v1::LedgerRow& row) {
  const std::string& claim = row.claim();
  std::set<std::string_view> others;  // rounds that do not cover it
  for (const plan::SeenFact& seen : evaluation.seen) {
    const Fact& fact = *evaluation.facts[static_cast<size_t>(seen.fact)].fact;
    const auto& covered = fact.round_opened().claims();
    if (!covered.empty() && std::find(covered.begin(), covered.end(), claim) == covered.end()) {
      others.insert(fact.round());
    }
  }
  int overdue = 0, recorded_late = 0, unconfirmed = 0;
  for (const plan::Status& status : evaluation.statuses) {
    const plan::Subject& subject = evaluation.subjects[static_cast<size_t>(status.subject)];
    if (subject.kind == plan::v1::SUBJECT_KIND_CLAIM && subject.name != claim) continue;
    if (others.contains(subject.name)) continue;
    // One more that is overdue would tell that the household is in need.
    if (!MayShow(evaluation.plan->proto().requirements(status.requirement), told)) continue;
    overdue += status.state == plan::v1::REQUIREMENT_STATE_OVERDUE ? 1 : 0;
    recorded_late += status.recorded_late ? 1 : 0;
    unconfirmed += status.unconfirmed ? 1 : 0;
  }
  row.set_overdue(overdue);
  row.set_recorded_late(recorded_late);
  row.set_unconfirmed(unconfirmed);
}

}  // namespace

CaseSummary Summarise(const plan::Evaluation& evaluation) {
  Reader reader;
  for (const plan::SeenFact& seen : evaluation.seen) {
    reader.Read(*evaluation.facts[static_cast<size_t>(seen.fact)].fact);
  }
  return reader.Take();
}

bool MayBeAccusation(const std::vector<plan::KnownFact>& known) {
  return std::any_of(known.begin(), known.end(), [](const plan::KnownFact& f) {
    return f.fact->claim_registered().claim_kind() == types::v1::CLAIM_KIND_ACCUSATION;
  });
}

std::vector<v1::LedgerRow> LedgerRows(const std::string& case_name, const CaseSummary& summary,
                                      const plan::Evaluation& evaluation, auth::ToldSet told) {
  std::vector<v1::LedgerRow> rows;
  if (!summary.registered_on) return rows;
  v1::LedgerRow row;
  row.set_case_name(case_name);
  row.set_registration_number(summary.registration_number);
  row.set_assist(summary.assist);
  row.set_measures_planned(summary.measures_planned);
  row.set_measures_done(summary.measures_done);
  row.set_lead(summary.lead);
  row.set_unit(summary.unit);
  row.set_officer(summary.officer);
  if (summary.time_limit) *row.mutable_time_limit() = calendar::ToProto(*summary.time_limit);
  *row.mutable_registered_on() = calendar::ToProto(*summary.registered_on);
  if (summary.struck_off_on) {
    *row.mutable_struck_off_on() = calendar::ToProto(*summary.struck_off_on);
  }
  row.set_standard(summary.standard);
  for (const ClaimSummary& claim : summary.claims) {
    v1::LedgerRow& of_claim = rows.emplace_back(row);
    of_claim.set_claim(claim.name);
    of_claim.set_claim_subject(claim.subject);
    of_claim.set_category(claim.category);
    CountDuties(evaluation, told, of_claim);
  }
  return rows;
}

}  // namespace redress::supervision::rules

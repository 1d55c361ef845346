#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/rules/rules.h"
#include "services/registry/floor.h"
#include "services/registry/rules.h"

namespace redress::registry::floor {
namespace {

using facts::v1::Fact;
using ::redress::rules::DayOf;
using types::v1::ClosingStandard;
namespace f = facts::v1;

std::string_view SubjectOf(const Fact& fact) {
  return fact.round().empty() ? fact.claim() : fact.round();
}

void AddSettlement(const Basis& basis, const v1::Claim& claim,
                   std::vector<plan::v1::UnmetDuty>& unmet) {
  const Record& record = *basis.record;
  const Fact* signing = record.Latest(f::FACT_KIND_SETTLEMENT_SIGNED, claim.name());
  const Fact* withdrawn = record.Latest(f::FACT_KIND_SETTLEMENT_WITHDRAWN, claim.name(), signing);
  if (signing == nullptr || withdrawn != nullptr ||
      !signing->settlement_signed().petitioner_signed() ||
      !signing->settlement_signed().unit_signed() ||
      !signing->settlement_signed().outside_witness() ||
      signing->settlement_signed().undertakings() == 0) {
    unmet.push_back(
        Duty("floor.settlement.signed", "条例33条", claim.name(),
             "调解/和解协议由双方签字、责任单位以外人员见证并写明履行事项，且未撤回",
             "an agreement in force: signed by both sides, witnessed from outside, with "
             "what is undertaken",
             "签订协议并登记", "have it signed and record it"));
    return;
  }
  const absl::CivilDay last = WindowStart(*signing) + rules::kWithdrawalDays;
  if (basis.today <= last) {
    plan::v1::UnmetDuty duty = Duty(
        "floor.settlement.window", "条例33条", claim.name(), "协议登记后七日内可以撤回，期限未满",
        "seven days since the agreement was signed and recorded, in which either side may "
        "withdraw",
        "等待期限届满", "wait until they are over");
    *duty.mutable_not_before() = ::redress::rules::DateOf(last + 1);
    unmet.push_back(std::move(duty));
  }
  const Fact* performed = record.Latest(f::FACT_KIND_SETTLEMENT_PERFORMED, claim.name(), signing);
  if (performed == nullptr ||
      performed->settlement_performed().signing_fact() != signing->fact_id()) {
    unmet.push_back(Duty("floor.settlement.performed", "条例33条", claim.name(),
                         "现行协议签订后已全部履行",
                         "every undertaking of the agreement in force performed since its signing",
                         "履行协议事项并登记", "perform them and record it"));
  }
}

// Reviews and re-examinations that nobody decided, and rounds that were opened and not finished.
bool HasUndecided(const Basis& basis, const std::vector<std::string>& rounds) {
  const Record& record = *basis.record;
  const auto undecided = [&](f::FactKind asked, f::FactKind decided, const std::string& round) {
    const Fact* request = record.Latest(asked, round);
    return request != nullptr && record.Latest(decided, "", request) == nullptr;
  };
  for (const std::string& round : rounds) {
    if (undecided(f::FACT_KIND_REVIEW_REQUESTED, f::FACT_KIND_REVIEW_DECIDED, round) ||
        undecided(f::FACT_KIND_REEXAMINATION_REQUESTED, f::FACT_KIND_REEXAMINATION_DECIDED,
                  round)) {
      return true;
    }
    const bool refused = record.Latest(f::FACT_KIND_NOT_ACCEPTED, round) != nullptr;
    if (AnswerIn(record, round).served == nullptr && !refused) return true;
  }
  return false;
}

// The first day on which a window of `days` from `start` is over, and the year that the calendar
// lacks, or 0.
std::pair<absl::CivilDay, int> WindowOver(const Basis& basis, absl::CivilDay start, int days) {
  const calendar::LastDay last = basis.calendar->RollForward(calendar::ToDayNumber(start + days));
  return {calendar::FromDayNumber(last.latest()) + 1, last.missing_year};
}

void AddAnswered(const Basis& basis, const v1::Claim& claim,
                 std::vector<plan::v1::UnmetDuty>& unmet) {
  const Record& record = *basis.record;
  const std::vector<std::string> rounds = RoundsOf(basis, claim.name());
  bool handled = false;
  bool performed = true;
  absl::CivilDay over = absl::CivilDay::min();
  int calendar_missing = 0;
  for (const std::string& round : rounds) {
    const Answer answer = AnswerIn(record, round);
    if (answer.served == nullptr) continue;
    const types::v1::RoundKind kind = answer.opened == nullptr
                                          ? types::v1::ROUND_KIND_HANDLING
                                          : answer.opened->round_opened().round_kind();
    handled |= kind == types::v1::ROUND_KIND_HANDLING;
    if (answer.opinion->opinion_issued().performance_due()) {
      performed &= record.Latest(f::FACT_KIND_OPINION_PERFORMED, round, answer.opinion) != nullptr;
    }
    if (kind == types::v1::ROUND_KIND_REEXAMINATION) continue;
    const int days =
        kind == types::v1::ROUND_KIND_REVIEW ? basis.reexamination_days : basis.review_days;
    const auto [day, year] = WindowOver(basis, WindowStart(*answer.served), days);
    if (day > over) std::tie(over, calendar_missing) = std::make_pair(day, year);
  }
  if (!handled) {
    unmet.push_back(Duty("floor.answered.served", "条例32条", claim.name(),
                         "处理意见书已送达并告知复查复核途径",
                         "the handling opinion served, with the remedy stated and a receipt",
                         "出具处理意见书并送达", "issue the opinion and serve it"));
    return;
  }
  if (!performed) {
    unmet.push_back(Duty("floor.answered.performed", "条例32条", claim.name(),
                         "处理意见承诺的事项已履行", "what the opinion promised performed",
                         "履行承诺事项并登记", "perform it and record it"));
  }
  if (HasUndecided(basis, rounds)) {
    unmet.push_back(Duty("floor.answered.undecided", "条例35条、36条", claim.name(),
                         "复查、复核或新一轮办理均已作出意见",
                         "no review, re-examination or further round undecided",
                         "等待作出意见并送达", "wait for the opinion"));
  }
  if (basis.today < over) {
    plan::v1::UnmetDuty duty = Duty(
        "floor.answered.window", "条例35条", claim.name(), "自送达并登记之日起申请复查的期限已满",
        "the time to ask for a review over, from the service and its recording", "等待期限届满",
        "wait until it is over");
    *duty.mutable_not_before() = ::redress::rules::DateOf(over);
    duty.set_calendar_missing(calendar_missing);
    unmet.push_back(std::move(duty));
  }
}

// A standard whose own record is missing. This version cannot keep it yet.
void AddOwnRecord(std::string_view id, std::string_view clause, const v1::Claim& claim,
                  std::string_view title_zh, std::string_view title_en,
                  std::vector<plan::v1::UnmetDuty>& unmet) {
  unmet.push_back(Duty(id, clause, claim.name(), title_zh, title_en,
                       "本版本尚不能登记该材料，请按其他结案标准办理",
                       "this version keeps no record of it yet; close by another standard"));
}

void AddClaim(const Basis& basis, const v1::Claim& claim, ClosingStandard standard,
              std::vector<plan::v1::UnmetDuty>& unmet) {
  const Record& record = *basis.record;
  switch (standard) {
    case types::v1::CLOSING_STANDARD_SETTLEMENT:
      return AddSettlement(basis, claim, unmet);
    case types::v1::CLOSING_STANDARD_ANSWERED:
      return AddAnswered(basis, claim, unmet);
    case types::v1::CLOSING_STANDARD_EXHAUSTED: {
      const std::vector<std::string> rounds = RoundsOf(basis, claim.name());
      if (std::none_of(rounds.begin(), rounds.end(), [&](const std::string& round) {
            return record.Latest(f::FACT_KIND_REEXAMINATION_DECIDED, round) != nullptr;
          })) {
        AddOwnRecord("floor.exhausted.reexamination", "四(二)2(4)b", claim, "复核意见已作出",
                     "the re-examination decided", unmet);
      }
      return;
    }
    case types::v1::CLOSING_STANDARD_RECONSIDERATION: {
      const Fact* decided = record.Latest(f::FACT_KIND_RECONSIDERATION_DECIDED, claim.name());
      if (decided == nullptr || !decided->reconsideration_decided().decision_kept()) {
        AddOwnRecord("floor.reconsideration.decision", "四(二)2(4)c", claim,
                     "行政复议决定已作出并存卷", "the decision of the reconsideration on file",
                     unmet);
      }
      return;
    }
    case types::v1::CLOSING_STANDARD_LEGAL_CHANNEL: {
      const Fact* accepted = record.Latest(f::FACT_KIND_LEGAL_CHANNEL_ACCEPTED, claim.name());
      if (accepted == nullptr || !accepted->legal_channel_accepted().notice_kept()) {
        AddOwnRecord("floor.legal_channel.notice", "四(二)2(4)d", claim, "法律途径受理通知书已存卷",
                     "the acceptance notice of the legal channel on file", unmet);
      }
      return;
    }
    default:
      // LAWFUL never closes a claim, and whatever else there may be has no floor to stand on.
      unmet.push_back(Duty("floor.standard", "四(二)2(4)", claim.name(), "诉求的结案标准",
                           "a standard that closes a claim", "选择其他结案标准",
                           "choose another standard"));
  }
}

}  // namespace

Answer AnswerIn(const Record& record, const std::string& round) {
  Answer answer;
  answer.opened = record.Latest(f::FACT_KIND_ROUND_OPENED, round);
  answer.opinion = record.Latest(f::FACT_KIND_OPINION_ISSUED, round);
  for (const Fact* fact : record.facts()) {
    if (fact->kind() != f::FACT_KIND_DOCUMENT_SERVED || fact->round() != round) continue;
    const f::DocumentServed& served = fact->document_served();
    const bool last_level =
        served.document_kind() == types::v1::DOCUMENT_KIND_REEXAMINATION_OPINION;
    const bool opinion = served.document_kind() == types::v1::DOCUMENT_KIND_HANDLING_OPINION ||
                         served.document_kind() == types::v1::DOCUMENT_KIND_REVIEW_OPINION ||
                         last_level;
    if (opinion && answer.opinion != nullptr && served.receipt_kept() &&
        (served.remedy_stated() || last_level)) {
      answer.served = fact;
    }
  }
  return answer;
}

plan::v1::UnmetDuty Duty(std::string_view id, std::string_view clause, std::string_view subject,
                         std::string_view title_zh, std::string_view title_en,
                         std::string_view remedy_zh, std::string_view remedy_en) {
  plan::v1::UnmetDuty duty;
  duty.set_id(std::string(id));
  duty.set_clause(std::string(clause));
  duty.set_subject(std::string(subject));
  duty.mutable_title()->set_zh(std::string(title_zh));
  duty.mutable_title()->set_en(std::string(title_en));
  duty.mutable_remedy()->set_zh(std::string(remedy_zh));
  duty.mutable_remedy()->set_en(std::string(remedy_en));
  return duty;
}

absl::CivilDay RecordedOn(const Fact& fact) {
  return base::DayAt(absl::FromUnixSeconds(fact.recorded_at().seconds()));
}

absl::CivilDay WindowStart(const Fact& fact) {
  return std::max(DayOf(fact.event_date()), RecordedOn(fact));
}

std::vector<std::string> RoundsOf(const Basis& basis, std::string_view claim) {
  std::vector<std::string> names;
  for (const v1::Round& round : basis.rounds) {
    if (std::find(round.claims().begin(), round.claims().end(), claim) != round.claims().end()) {
      names.push_back(round.name());
    }
  }
  return names;
}

Record::Record(plan::FactView facts) {
  std::vector<plan::KnownFact> known(facts.begin(), facts.end());
  const auto key = [](const plan::KnownFact& one) {
    // What has no position yet is the newest of its instant.
    const int64_t position = one.position < 0 ? std::numeric_limits<int64_t>::max() : one.position;
    return std::make_tuple(one.fact->recorded_at().seconds(), one.fact->recorded_at().nanos(),
                           position, one.fact->record_version());
  };
  std::stable_sort(known.begin(), known.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  // A retraction may itself be taken back by a later one: the latest are judged first.
  std::set<std::string_view> taken_back;
  for (auto it = known.rbegin(); it != known.rend(); ++it) {
    if (!it->fact->retracts().empty() && !taken_back.contains(it->fact->fact_id())) {
      taken_back.insert(it->fact->retracts());
    }
  }
  for (const plan::KnownFact& one : known) {
    if (!one.fact->retracts().empty() || taken_back.contains(one.fact->fact_id())) continue;
    order_[one.fact] = facts_.size();
    facts_.push_back(one.fact);
  }
}

bool Record::Follows(const Fact& fact, const Fact& other) const {
  return order_.at(&fact) > order_.at(&other) &&
         DayOf(fact.event_date()) >= DayOf(other.event_date());
}

const Fact* Record::Latest(facts::v1::FactKind kind, std::string_view subject,
                           const Fact* after) const {
  for (auto it = facts_.rbegin(); it != facts_.rend(); ++it) {
    const Fact& fact = **it;
    if (fact.kind() != kind || (!subject.empty() && SubjectOf(fact) != subject)) continue;
    if (after == nullptr || Follows(fact, *after)) return &fact;
  }
  return nullptr;
}

std::map<std::string, ClosingStandard> StandardsOf(const v1::Case& file,
                                                   const v1::Closure& closure) {
  std::map<std::string, ClosingStandard> standards;
  for (const v1::Claim& claim : file.claims()) standards[claim.name()] = closure.standard();
  for (const v1::ClaimStandard& one : closure.claim_standards()) {
    standards[one.claim()] = one.standard();
  }
  return standards;
}

void Merge(const plan::v1::ClosingEvaluation& of_standard,
           const std::map<std::string, ClosingStandard>& standards,
           plan::v1::ClosingEvaluation& closing) {
  for (const plan::v1::UnmetDuty& duty : of_standard.unmet()) {
    const auto claim = standards.find(duty.subject());
    const bool evidence = duty.id().starts_with("closing.");
    if (evidence && claim != standards.end() && claim->second != of_standard.standard()) continue;
    if (std::none_of(closing.unmet().begin(), closing.unmet().end(),
                     [&](const plan::v1::UnmetDuty& known) {
                       return known.id() == duty.id() && known.subject() == duty.subject();
                     })) {
      *closing.add_unmet() = duty;
    }
  }
  for (const std::string& fact : of_standard.basis()) {
    const auto& basis = closing.basis();
    if (std::find(basis.begin(), basis.end(), fact) == basis.end()) closing.add_basis(fact);
  }
}

void AddUnmet(const std::vector<plan::v1::UnmetDuty>& unmet, plan::v1::ClosingEvaluation& closing) {
  constexpr absl::string_view kFloor = "floor.", kPlan = "closing.";
  for (const plan::v1::UnmetDuty& duty : unmet) {
    const absl::string_view name = absl::StripPrefix(duty.id(), kFloor);
    const bool known = std::any_of(
        closing.unmet().begin(), closing.unmet().end(), [&](const plan::v1::UnmetDuty& asked) {
          return asked.subject() == duty.subject() && absl::StripPrefix(asked.id(), kPlan) == name;
        });
    if (!known) *closing.add_unmet() = duty;
  }
}

bool AppliesTo(const plan::v1::RuleSet& set, const plan::v1::Plan& plan, const v1::Case& file) {
  const auto& named = plan.rule_sets();
  if (std::find(named.begin(), named.end(), set.id()) == named.end()) return false;
  if (!::redress::rules::IsSet(file.received_on())) return false;
  const absl::CivilDay received = DayOf(file.received_on());
  return received >= DayOf(set.in_force_from()) &&
         (!set.has_in_force_until() || received <= DayOf(set.in_force_until()));
}

std::vector<plan::v1::UnmetDuty> Unmet(const Basis& basis,
                                       const std::map<std::string, ClosingStandard>& standards) {
  std::vector<plan::v1::UnmetDuty> unmet;
  for (const v1::Claim& claim : basis.file->claims()) {
    const auto standard = standards.find(claim.name());
    AddClaim(
        basis, claim,
        standard == standards.end() ? types::v1::CLOSING_STANDARD_UNSPECIFIED : standard->second,
        unmet);
  }
  return unmet;
}

}  // namespace redress::registry::floor

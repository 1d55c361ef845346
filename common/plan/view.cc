#include "common/plan/view.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "common/rules/person.h"

namespace redress::plan::internal {
namespace {

using facts::v1::Fact;

std::array<uint8_t, kKinds> MakeSubjectTable() {
  std::array<uint8_t, kKinds> table{};
  for (int kind = 0; kind < kKinds; ++kind) {
    table[static_cast<size_t>(kind)] =
        static_cast<uint8_t>(SubjectOf(static_cast<facts::v1::FactKind>(kind)));
  }
  return table;
}
const std::array<uint8_t, kKinds> kSubjectTable = MakeSubjectTable();

// The detail whose number is the fact's kind; nullptr where the fact carries none or another.
const google::protobuf::Message* DetailIn(const Fact& fact) {
  if (static_cast<int>(fact.detail_case()) != static_cast<int>(fact.kind())) return nullptr;
  static const auto* const fields = [] {
    auto* table = new std::array<const google::protobuf::FieldDescriptor*, kKinds>();
    for (int kind = 0; kind < kKinds; ++kind) {
      (*table)[static_cast<size_t>(kind)] = Fact::descriptor()->FindFieldByNumber(kind);
    }
    return table;
  }();
  const auto* field = (*fields)[static_cast<size_t>(fact.kind())];
  return &Fact::GetReflection()->GetMessage(fact, field);
}

int16_t IndexOf(std::vector<std::string_view>* names, std::string_view name) {
  if (name.empty()) return -1;
  for (size_t i = 0; i < names->size(); ++i) {
    if ((*names)[i] == name) return static_cast<int16_t>(i);
  }
  names->push_back(name);
  return static_cast<int16_t>(names->size() - 1);
}

bool IsRealDate(const google::type::Date& d) {
  return d.year() >= 1 && d.year() <= 9999 && d.month() >= 1 && d.month() <= 12 && d.day() >= 1 &&
         d.day() <= 31;
}

// The order of time, after what brings their subjects into being: a case is registered long after
// much of what its paper file tells. Facts of one day are ordered by when they were recorded; ids,
// which are ordered by time themselves, settle the rest, so that the order does not depend on the
// input's.
bool Earlier(const Seen& a, const Seen& b) {
  if (a.registers != b.registers) return a.registers;
  if (a.day != b.day) return a.day < b.day;
  if (a.recorded_seconds != b.recorded_seconds) return a.recorded_seconds < b.recorded_seconds;
  if (a.recorded_nanos != b.recorded_nanos) return a.recorded_nanos < b.recorded_nanos;
  return a.fact->fact_id() < b.fact->fact_id();
}

// The civil day of an instant in Asia/Shanghai, eight hours ahead of UTC all through the years in
// which records are made.
DayNumber ShanghaiDay(int64_t seconds) {
  const int64_t local = seconds + 8 * 3600;
  const int64_t day = local / 86400;
  return static_cast<DayNumber>(local % 86400 < 0 ? day - 1 : day);
}

}  // namespace

bool Registers(int kind) {
  switch (kind) {
    case facts::v1::FACT_KIND_CAMPAIGN_STARTED:
    case facts::v1::FACT_KIND_UNIT_ENROLLED:
    case facts::v1::FACT_KIND_CASE_REGISTERED:
    case facts::v1::FACT_KIND_CLAIM_REGISTERED:
    case facts::v1::FACT_KIND_ROUND_OPENED:
    case facts::v1::FACT_KIND_FINDING_OPENED:
      return true;
    default:
      return false;
  }
}

v1::SubjectKind SubjectOfFast(int kind) {
  return static_cast<v1::SubjectKind>(kSubjectTable[static_cast<size_t>(kind)]);
}

void View::CollectRetractions(FactView facts, const AsKnown& as_known) {
  retractions_.clear();
  for (const KnownFact& known : facts) {
    if (!known.fact->retracts().empty() && as_known.Knows(known)) {
      retractions_.push_back({known.fact, false});
    }
  }
  if (retractions_.size() < 2) return;
  // A retraction may itself be taken back by a later one; the latest are judged first.
  std::sort(retractions_.begin(), retractions_.end(), [](const Retraction& a, const Retraction& b) {
    const auto key = [](const Fact& f) {
      return std::make_tuple(f.recorded_at().seconds(), f.recorded_at().nanos(),
                             std::string_view(f.fact_id()));
    };
    return key(*a.fact) > key(*b.fact);
  });
  for (size_t i = 0; i < retractions_.size(); ++i) {
    if (retractions_[i].void_) continue;
    for (size_t j = i + 1; j < retractions_.size(); ++j) {
      retractions_[j].void_ |= retractions_[j].fact->fact_id() == retractions_[i].fact->retracts();
    }
  }
}

bool View::IsRetracted(const Fact& fact) const {
  for (const Retraction& retraction : retractions_) {
    if (!retraction.void_ && retraction.fact->retracts() == fact.fact_id() &&
        retraction.fact->kind() == fact.kind()) {
      return true;
    }
  }
  return false;
}

// As with retractions, what matters is whether a confirmation is known, not its day: it speaks of a
// record, and what was confirmed in October holds for September too.
void View::CollectConfirmations(FactView facts, const AsKnown& as_known) {
  confirmations_.clear();
  for (const KnownFact& known : facts) {
    const Fact& fact = *known.fact;
    if (fact.kind() != facts::v1::FACT_KIND_RECORD_CONFIRMED || !fact.has_record_confirmed() ||
        !fact.retracts().empty() || !as_known.Knows(known) || IsRetracted(fact)) {
      continue;
    }
    confirmations_.push_back(&fact);
  }
}

// Nobody confirms what they recorded themselves, whatever let the confirmation be recorded.
bool View::IsConfirmed(const Fact& fact) const {
  return std::any_of(confirmations_.begin(), confirmations_.end(), [&](const Fact* confirmation) {
    return confirmation->record_confirmed().confirmed_fact() == fact.fact_id() &&
           !rules::SamePerson(confirmation->actor(), fact.actor());
  });
}

void View::MarkLate(Seen& seen) const {
  seen.recorded_day = ShanghaiDay(seen.recorded_seconds);
  // Where the calendar lacks a year: only what is late whatever that year says.
  seen.late = seen.recorded_day > seen.day &&
              seen.recorded_day >= calendar_.AddWorkingDays(seen.day, late_after_ + 1).latest();
  seen.unconfirmed = seen.late && !IsConfirmed(*seen.fact);
  seen.believed_from = seen.unconfirmed ? seen.recorded_day : seen.day;
}

absl::Status View::Fill(FactView facts, DayNumber as_of, const AsKnown& as_known) {
  seen_.clear();
  next_known_day_ = kNoDay;
  if (facts.size() > static_cast<size_t>(std::numeric_limits<int16_t>::max())) {
    return absl::InvalidArgumentError("too many facts about one subject");
  }
  CollectRetractions(facts, as_known);
  CollectConfirmations(facts, as_known);
  has_late_ = has_unconfirmed_ = false;
  std::string_view one_case, one_unit;
  for (size_t i = 0; i < facts.size(); ++i) {
    const Fact& fact = *facts[i].fact;
    if (!as_known.Knows(facts[i]) || !fact.retracts().empty()) continue;
    const int kind = fact.kind();
    if (kind <= 0 || kind >= kKinds) continue;
    const v1::SubjectKind about = SubjectOfFast(kind);
    if (about == v1::SUBJECT_KIND_UNSPECIFIED || !IsRealDate(fact.event_date())) continue;
    if (!retractions_.empty() && IsRetracted(fact)) continue;
    if (about == v1::SUBJECT_KIND_UNIT) {
      if (!one_unit.empty() && one_unit != fact.unit()) {
        return absl::InvalidArgumentError("the facts are about more than one unit");
      }
      one_unit = fact.unit();
    } else if (about != v1::SUBJECT_KIND_CAMPAIGN) {
      if (!one_case.empty() && one_case != fact.case_name()) {
        return absl::InvalidArgumentError("the facts are about more than one case");
      }
      one_case = fact.case_name();
    }
    const google::type::Date& date = fact.event_date();
    const DayNumber day = calendar::DayNumberOf(date.year(), date.month(), date.day());
    if (day > as_of) {
      if (next_known_day_ == kNoDay || day < next_known_day_) next_known_day_ = day;
      continue;
    }
    Seen& seen = seen_.emplace_back();
    seen.fact = &fact;
    seen.detail = DetailIn(fact);
    seen.recorded_seconds = fact.recorded_at().seconds();
    seen.recorded_nanos = fact.recorded_at().nanos();
    seen.day = day;
    seen.input = static_cast<int32_t>(i);
    seen.kind = static_cast<int16_t>(kind);
    seen.registers = Registers(kind);
    MarkLate(seen);
    // Until it may be believed it excuses nobody; then it may.
    if (seen.believed_from > as_of &&
        (next_known_day_ == kNoDay || seen.believed_from < next_known_day_)) {
      next_known_day_ = seen.believed_from;
    }
    has_late_ |= seen.late;
    has_unconfirmed_ |= seen.unconfirmed;
  }
  if (!one_case.empty() && !one_unit.empty()) {
    return absl::InvalidArgumentError("the facts are about a case and about a unit");
  }
  if (!std::is_sorted(seen_.begin(), seen_.end(), Earlier)) {
    std::sort(seen_.begin(), seen_.end(), Earlier);
  }
  // The same fact may have come twice, once from a feed and once from a list of a case's facts.
  seen_.erase(std::unique(seen_.begin(), seen_.end(),
                          [](const Seen& a, const Seen& b) {
                            return a.day == b.day && a.recorded_seconds == b.recorded_seconds &&
                                   a.recorded_nanos == b.recorded_nanos &&
                                   a.fact->fact_id() == b.fact->fact_id();
                          }),
              seen_.end());
  IndexSubjects();
  BucketByKind();
  return absl::OkStatus();
}

void View::IndexSubjects() {
  claims_.clear();
  rounds_.clear();
  findings_.clear();
  coverage_.clear();
  for (Seen& seen : seen_) {
    const Fact& fact = *seen.fact;
    if (fact.kind() == facts::v1::FACT_KIND_FINDING_OPENED) {
      seen.finding = IndexOf(&findings_, fact.fact_id());
    } else if (fact.kind() == facts::v1::FACT_KIND_FINDING_RECTIFIED && seen.detail != nullptr) {
      seen.finding = IndexOf(&findings_, fact.finding_rectified().finding());
    } else {
      seen.claim = IndexOf(&claims_, fact.claim());
      seen.round = IndexOf(&rounds_, fact.round());
    }
  }
  coverage_.resize(rounds_.size());
  for (const Seen& seen : seen_) {
    if (seen.kind != facts::v1::FACT_KIND_ROUND_OPENED || seen.round < 0) continue;
    Coverage& coverage = coverage_[static_cast<size_t>(seen.round)];
    for (const std::string& claim : seen.fact->round_opened().claims()) {
      coverage.all = false;
      const auto at = std::find(claims_.begin(), claims_.end(), claim);
      if (at != claims_.end()) {
        coverage.claims.push_back(static_cast<int16_t>(at - claims_.begin()));
      }
    }
  }
}

bool View::Covers(int16_t round, int16_t claim) const {
  if (round < 0 || claim < 0) return true;
  const Coverage& coverage = coverage_[static_cast<size_t>(round)];
  return coverage.all ||
         std::find(coverage.claims.begin(), coverage.claims.end(), claim) != coverage.claims.end();
}

void View::BucketByKind() {
  begin_.fill(0);
  for (const Seen& seen : seen_) ++begin_[static_cast<size_t>(seen.kind) + 1];
  for (size_t kind = 1; kind < begin_.size(); ++kind) {
    begin_[kind] = static_cast<uint16_t>(begin_[kind] + begin_[kind - 1]);
  }
  order_.resize(seen_.size());
  std::array<uint16_t, kKinds + 1> next = begin_;
  for (size_t i = 0; i < seen_.size(); ++i) {
    order_[next[static_cast<size_t>(seen_[i].kind)]++] = static_cast<int16_t>(i);
  }
}

bool View::Visible(const Scope& scope, const Seen& f) const {
  const v1::SubjectKind about = SubjectOfFast(f.kind);
  switch (scope.kind) {
    case v1::SUBJECT_KIND_CLAIM:
      if (about == v1::SUBJECT_KIND_ROUND) return Covers(f.round, scope.index);
      // A fact about the case that names a claim is about that claim only.
      return f.claim < 0 ? about != v1::SUBJECT_KIND_CLAIM : f.claim == scope.index;
    case v1::SUBJECT_KIND_ROUND:
      if (about == v1::SUBJECT_KIND_ROUND) return f.round == scope.index;
      if (about == v1::SUBJECT_KIND_CLAIM) return Covers(scope.index, f.claim);
      return true;
    case v1::SUBJECT_KIND_FINDING:
      return f.finding < 0 || f.finding == scope.index;
    default:
      return true;
  }
}

bool View::Related(const Seen& a, const Seen& b) const {
  const v1::SubjectKind about = SubjectOfFast(a.kind);
  if (about != SubjectOfFast(b.kind)) return true;
  switch (about) {
    case v1::SUBJECT_KIND_CLAIM:
      return a.claim == b.claim;
    case v1::SUBJECT_KIND_ROUND:
      return a.round == b.round;
    case v1::SUBJECT_KIND_UNIT:
      return a.finding == b.finding;
    default:
      return true;
  }
}

}  // namespace redress::plan::internal

// The evaluator: (plan, calendar, facts, as_of, as_known) -> statuses with reasons and
// next_change_at. Pure: no I/O, no clock, no randomness; the same input gives the same output.
//
// The closure gate, to-do lists, overdue alerts, the ledger, scorecards and metrics all read its
// answer, so that they cannot disagree. Source: plan clauses P1-P23; Reg. 22-23, 31-36.
#ifndef REDRESS_COMMON_PLAN_EVALUATOR_H_
#define REDRESS_COMMON_PLAN_EVALUATOR_H_

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/calendar/calendar.h"
#include "common/plan/plan.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/plan/v1/plan.pb.h"

namespace redress::plan {

// The services whose feeds carry facts.
enum class Feed : uint8_t {
  kRegistry = 0,
  kAssignment = 1,
  kVisits = 2,
  kAssistance = 3,
  kSupervision = 4
};
inline constexpr int kFeeds = 5;
// "registry", ... and back; nullopt for another name.
std::string_view FeedName(Feed feed);
std::optional<Feed> FeedOf(std::string_view service);

// A fact and where it stands. The fact must outlive every Evaluation made from it.
struct KnownFact {
  const facts::v1::Fact* fact = nullptr;
  Feed feed = Feed::kRegistry;
  int64_t position = -1;  // -1: the fact has no position yet; known only under Everything().
};
using FactView = absl::Span<const KnownFact>;

// Which facts are taken into account: in each feed those with a position below the limit.
class AsKnown {
 public:
  // All facts given, those without a position too.
  static AsKnown Everything() { return AsKnown(); }
  // By service name; feeds that are not named are not known at all. INVALID_ARGUMENT for a name
  // that is no feed's.
  static absl::StatusOr<AsKnown> At(const std::map<std::string, int64_t>& limits);

  bool Knows(const KnownFact& f) const {
    return everything_ || (f.position >= 0 && f.position < limit_[static_cast<size_t>(f.feed)]);
  }

 private:
  bool everything_ = true;
  std::array<int64_t, kFeeds> limit_{};
};

// A day that may be missing.
inline constexpr calendar::DayNumber kNoDay = calendar::Calendar::kUnknown;
inline std::optional<absl::CivilDay> DayOrNone(calendar::DayNumber day) {
  if (day == kNoDay) return std::nullopt;
  return calendar::FromDayNumber(day);
}

// The last day that a date can be written for.
inline constexpr calendar::DayNumber kEndOfTime = 2932896;  // 9999-12-31

// How a due date came about. kNoDay where a day is missing.
struct Arithmetic {
  calendar::DayNumber base = kNoDay;
  calendar::DayNumber unrolled = kNoDay;
  calendar::DayNumber due = kNoDay;
  int32_t days = 0;
  int32_t paused_days = 0;
  int32_t extension_days = 0;
  int16_t rule_set = -1;     // index in the plan's rule sets
  int16_t clock = -1;        // index in that rule set's clocks
  int16_t due_rule = -1;     // index in the requirement's due rules
  int16_t missing_year = 0;  // that the calendar lacks to say which day `due` rolls to; 0: none
  uint8_t count = 0;         // v1::DayCount
  bool paused_now = false;
  bool late_extension_refused = false;

  void SetDue(const calendar::LastDay& last) {
    due = last.day;
    missing_year = static_cast<int16_t>(last.missing_year);
  }
};

// The periods of a cadence. Those that are over lie in Evaluation::met and Evaluation::missed.
struct CadencePeriods {
  calendar::DayNumber current_first = kNoDay;
  calendar::DayNumber current_last = kNoDay;
  int32_t met_begin = 0;
  int32_t met = 0;
  int32_t missed_begin = 0;
  int32_t missed_count = 0;
  bool current_met = false;
  bool suspended = false;
};

// One answer, without any string; indexes point into the Evaluation and the plan.
struct Status {
  static constexpr int kMostFacts = 6;
  int16_t requirement = 0;  // index in plan.proto().requirements()
  int16_t subject = 0;      // index in Evaluation::subjects
  v1::RequirementState state = v1::REQUIREMENT_STATE_UNSPECIFIED;
  calendar::DayNumber due = kNoDay;
  calendar::DayNumber met_on = kNoDay;
  calendar::DayNumber overdue_since = kNoDay;
  calendar::DayNumber next_change_at = kNoDay;
  int16_t bound_fact = -1;  // index of the fact that says who is bound, or -1
  // The year whose calendar is missing, so that there is no verdict yet; 0: the verdict stands.
  int16_t calendar_missing = 0;
  // The year whose calendar is missing to say when a window lapses that is waited for; 0: none.
  int16_t window_missing = 0;
  uint8_t facts_used = 0;
  bool is_cadence = false;
  // A fact that it rests on was recorded later than the plan allows.
  bool recorded_late = false;
  // It is met in time by such a fact alone, which nobody else of the office has confirmed.
  bool unconfirmed = false;
  // It is met by a hearing recorded late, which no gate takes before it is confirmed.
  bool not_for_gates = false;
  std::array<int16_t, kMostFacts>
      facts{};  // indexes in the FactView given, the decisive ones first
  Arithmetic arithmetic;
  CadencePeriods cadence;
};

// A period of a cadence that was owed and fulfilled.
struct MetPeriod {
  calendar::Span span;
  int16_t fact = -1;  // index in the FactView given
  bool recorded_late = false;
  bool unconfirmed = false;
};

// A fact that an evaluation took into account.
struct SeenFact {
  int16_t fact = -1;  // index in the FactView given
  bool recorded_late = false;
  bool unconfirmed = false;
};

// A subject of an evaluation.
struct Subject {
  v1::SubjectKind kind = v1::SUBJECT_KIND_UNSPECIFIED;
  std::string_view name;  // points into a fact
};

// All answers about one case, unit or campaign. A reusable buffer: pass the same one again and
// nothing is allocated. It refers to the facts and to the plan, which must outlive it.
struct Evaluation {
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<const calendar::Calendar> calendar;
  FactView facts;
  calendar::DayNumber as_of = kNoDay;
  int16_t rule_set = -1;  // index in the plan's rule sets; -1 where none is in force
  std::vector<Subject> subjects;
  std::vector<Status> statuses;
  std::vector<MetPeriod> met;          // of cadences
  std::vector<calendar::Span> missed;  // of cadences
  // The facts that were taken into account: first what brings subjects into being, then the rest,
  // each in the order of time.
  std::vector<SeenFact> seen;
  // The first day on which any answer can change without a new fact.
  calendar::DayNumber next_change_at = kNoDay;

  const v1::Requirement& RequirementOf(const Status& status) const;
  std::string_view SubjectName(const Status& status) const {
    return subjects[static_cast<size_t>(status.subject)].name;
  }
  // The first status of a requirement for a subject; nullptr where there is none.
  const Status* Find(std::string_view requirement, std::string_view subject) const;
  // The official and the unit bound, as far as facts say; else empty.
  std::string_view BoundOfficial(const Status& status) const;
  std::string_view BoundUnit(const Status& status) const;
};

// Evaluates cases one after another without allocating. Not thread-safe: one for each thread.
class Evaluator {
 public:
  Evaluator(std::shared_ptr<const Plan> plan, std::shared_ptr<const calendar::Calendar> calendar);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // Evaluates everything that the facts are about. Give it the facts of one case (its claims and
  // rounds included), or of one unit (its findings included), or of the campaign; the campaign's
  // facts may be added to any of them. Facts may come in any order. A subject exists from the fact
  // that registers it (CASE_REGISTERED, CLAIM_REGISTERED, ROUND_OPENED, UNIT_ENROLLED,
  // CAMPAIGN_STARTED, FINDING_OPENED) on.
  //
  // Facts that `as_known` does not know, that lie after `as_of`, or that a known fact retracts are
  // as if never recorded. Where the calendar ends, answers are provisional and say so.
  // FAILED_PRECONDITION if none of the plan's rule sets was in force when the case was received;
  // INVALID_ARGUMENT for facts of more than one case or unit, or too many.
  absl::Status Evaluate(FactView facts, absl::CivilDay as_of, const AsKnown& as_known,
                        Evaluation* out);

  // Whether the case may be closed by a standard, on the same terms: every unmet evidence item and
  // every unmet requirement that gates closing, with its clause, subject and remedy; what the
  // latest reopening asks for anew; and the facts that the answer rests on. NOT_FOUND if the plan
  // does not have the standard; FAILED_PRECONDITION if the facts hold no registered case or it has
  // no claim.
  absl::StatusOr<v1::ClosingEvaluation> EvaluateClosing(FactView facts,
                                                        types::v1::ClosingStandard standard,
                                                        absl::CivilDay as_of,
                                                        const AsKnown& as_known);

 private:
  struct Scratch;
  std::shared_ptr<const Plan> plan_;
  std::shared_ptr<const calendar::Calendar> calendar_;
  std::unique_ptr<Scratch> scratch_;
};

// What is to be done about a hearing that no gate takes yet (Status::not_for_gates).
types::v1::LocalizedText ConfirmRemedy();

// One evaluation by itself.
absl::StatusOr<Evaluation> Evaluate(std::shared_ptr<const Plan> plan,
                                    std::shared_ptr<const calendar::Calendar> calendar,
                                    FactView facts, absl::CivilDay as_of, const AsKnown& as_known);

// "2018-04-20 + 15 days = 2018-05-05, rolled to the next working day 2018-05-07", in both
// languages. Made on demand.
types::v1::LocalizedText Explain(const Evaluation& evaluation, const Status& status);

v1::RequirementStatus ToProto(const Evaluation& evaluation, const Status& status);
// With statuses that do not apply only where `with_not_applicable`.
v1::Evaluation ToProto(const Evaluation& evaluation, bool with_not_applicable = false);

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_EVALUATOR_H_

// Runs the compiled tests and due rules of a plan over a view of facts. Internal to this library.
#ifndef REDRESS_COMMON_PLAN_ENGINE_H_
#define REDRESS_COMMON_PLAN_ENGINE_H_

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

#include "common/calendar/calendar.h"
#include "common/plan/evaluator.h"
#include "common/plan/program.h"
#include "common/plan/view.h"

namespace redress::plan::internal {

using calendar::LastDay;

// Whether a test holds as of the day asked about, and since which day; kNoDay: since ever.
struct Result {
  bool holds = false;
  DayNumber since = kNoDay;
};

// The first of the windows that a test waits for, if it does.
struct Window {
  // The first day on which it can have lapsed; kNoDay: nothing is waited for.
  DayNumber not_before = kNoDay;
  // The year that the calendar lacks to say when exactly; 0 where it is certain.
  int missing_year = 0;
};

// The facts that an answer rests on: indexes in the view. Full means that later ones are left out.
struct Uses {
  std::array<int16_t, 24> facts{};
  int count = 0;
  void Add(int16_t fact) {
    for (int i = 0; i < count; ++i) {
      if (facts[static_cast<size_t>(i)] == fact) return;
    }
    if (count < static_cast<int>(facts.size())) facts[static_cast<size_t>(count++)] = fact;
  }
};

// Which facts can prove something.
enum class Trust : uint8_t {
  kAll,        // every fact
  kConfirmed,  // none that was recorded late and is not confirmed
  kGate,       // no hearing so recorded; and what a reopening asks for anew only after it
};

class Engine {
 public:
  Engine(const Program& program, const calendar::Calendar& calendar)
      : program_(program), calendar_(calendar), view_(calendar, program.recorded_late_after) {}

  View& view() { return view_; }
  const View& view() const { return view_; }

  // Begins an evaluation of what the view holds, judged as of a day. `known_until`: the last day of
  // the facts that are looked at, later than `as_of` where duties ended before. `rule_set` is an
  // index, or -1.
  void Start(DayNumber as_of, DayNumber known_until, int16_t rule_set) {
    as_of_ = judged_on_ = as_of;
    known_until_ = known_until;
    rule_set_ = rule_set;
    reopening_ = -1;
    anew_.reset();
  }
  // From now on, where a gate asks, facts of these kinds prove something only if they happened and
  // were recorded after the reopening (an index in the view).
  void AskAnew(int16_t reopening, const std::bitset<kKinds>& kinds) {
    reopening_ = reopening;
    anew_ = kinds;
  }
  bool IsAnew(const Seen& f) const;

  // Answers one requirement for one subject. `registered` is the day from which the subject exists.
  // Appends the periods of a cadence to `out`.
  void Answer(int16_t requirement, const Scope& scope, DayNumber registered, Status* status,
              Evaluation* out);

  // True if a gate may take the requirement as met for the subject; only for one that is met.
  bool HoldsForGate(int16_t requirement, const Scope& scope);

  // Answers one evidence item: true if it does not apply or is proven. `window` becomes what it
  // waits for.
  bool Proven(const EvidenceOp& item, const Scope& scope, Uses* uses, Window* window);

  // True if the requirement's due rules need a clock that the rule set in force does not have.
  const ClockOp* ClockOf(int16_t name) const;

 private:
  struct Event {
    int16_t fact;
    uint8_t type;
  };
  // Days on which a requirement applied, up to but without `to`.
  struct Applied {
    DayNumber from;
    DayNumber to;
  };
  static constexpr DayNumber kOpen = INT32_MAX;

  // engine.cc
  bool InView(const Seen& f) const {
    const DayNumber until = as_of_ == judged_on_ ? known_until_ : as_of_;
    return (by_recording_ ? f.believed_from : f.day) <= until && view_.Visible(scope_, f);
  }
  bool Proves(const Seen& f) const;
  bool HoldAll(const Range& conditions, const Seen& f) const;
  bool Matches(const FactTestOp& test, int16_t fact) const;
  bool IsLatest(const FactTestOp& test, int16_t fact) const;
  Result EvalFact(const FactTestOp& test, Uses* uses) const;
  Result EvalLapse(const LapseOp& lapse, Uses* uses);
  Result Eval(int32_t node, Uses* uses);
  int16_t FindAnchor(const AnchorOp& anchor) const;
  DayNumber AnchorDay(const AnchorOp& anchor, int16_t fact) const;
  LastDay Add(DayNumber base, int32_t days, v1::DayCount count) const;
  LastDay Roll(LastDay counted, v1::DayCount count) const;
  void Await(const LastDay& last);
  void Judge(const Result& satisfied, bool can_hold, Status* status);
  void Changes(DayNumber day);
  const DueOp* ChooseDue(const RequirementOp& requirement, Arithmetic* arithmetic);
  void MarkRecords(const RequirementOp& requirement, Uses* uses, Status* status);
  void FindBound(const RequirementOp& requirement, Status* status) const;
  void Finish(const Uses& uses, Status* status) const;

  // applied.cc
  bool AppliesOn(int32_t node, DayNumber day, DayNumber* next);
  void CollectApplied(const RequirementOp& requirement, DayNumber registered);
  const DueOp* FellDue(const RequirementOp& requirement, DayNumber registered, Uses* uses,
                       Status* status);

  // due.cc
  void ComputeDue(const DueOp& due, Uses* uses, Status* status);
  void ComputeClock(const DueOp& due, Uses* uses, Arithmetic* arithmetic);
  void Collect(int32_t fact_test, uint8_t type);
  void SortEvents();

  // cadence.cc
  void ComputeCadence(const RequirementOp& requirement, const DueOp& due, Uses* uses,
                      Status* status, Evaluation* out);
  void CollectMatches(int32_t node, std::vector<int16_t>* matches) const;

  const Program& program_;
  const calendar::Calendar& calendar_;
  View view_;
  Scope scope_;
  DayNumber as_of_ = 0;
  DayNumber judged_on_ = 0;
  DayNumber known_until_ = 0;
  DayNumber next_ = kNoDay;
  int16_t rule_set_ = -1;
  Window window_;
  Trust trust_ = Trust::kAll;
  // Facts that may not be believed yet count from the day of their recording.
  bool by_recording_ = false;
  int16_t reopening_ = -1;
  std::bitset<kKinds> anew_;
  std::vector<Applied> applied_;
  std::vector<DayNumber> days_;
  std::vector<Event> events_;
  std::vector<int16_t> open_pauses_;
  std::vector<int16_t> matches_;
};

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_ENGINE_H_

// Runs the compiled tests and due rules of a plan over a view of facts. Internal to this library.
#ifndef REDRESS_COMMON_PLAN_ENGINE_H_
#define REDRESS_COMMON_PLAN_ENGINE_H_

#include <array>
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

class Engine {
 public:
  Engine(const Program& program, const calendar::Calendar& calendar)
      : program_(program), calendar_(calendar) {}

  View& view() { return view_; }
  const View& view() const { return view_; }

  // Begins an evaluation of what the view holds. `rule_set` is an index, or -1.
  void Start(DayNumber as_of, int16_t rule_set) {
    as_of_ = as_of;
    rule_set_ = rule_set;
  }

  // Answers one requirement for one subject. `registered` is the day from which the subject exists.
  // Appends the periods of a cadence to `out`.
  void Answer(int16_t requirement, const Scope& scope, DayNumber registered, Status* status,
              Evaluation* out);

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

  // engine.cc
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
  void FindBound(const RequirementOp& requirement, Status* status) const;
  void Finish(const Uses& uses, Status* status) const;

  // due.cc
  void ComputeDue(const DueOp& due, Uses* uses, Status* status);
  void ComputeClock(const DueOp& due, Uses* uses, Arithmetic* arithmetic);
  void Collect(int32_t fact_test, uint8_t type);
  void SortEvents();

  // cadence.cc
  void ComputeCadence(const RequirementOp& requirement, const DueOp& due, DayNumber start,
                      Uses* uses, Status* status, Evaluation* out);
  void CollectMatches(int32_t node, std::vector<int16_t>* matches) const;

  const Program& program_;
  const calendar::Calendar& calendar_;
  View view_;
  Scope scope_;
  DayNumber as_of_ = 0;
  DayNumber next_ = kNoDay;
  int16_t rule_set_ = -1;
  Window window_;
  std::vector<Event> events_;
  std::vector<int16_t> open_pauses_;
  std::vector<int16_t> matches_;
};

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_ENGINE_H_

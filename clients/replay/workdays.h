// Days on which an office works, for the making of believable dates. Pure.
#ifndef REDRESS_CLIENTS_REPLAY_WORKDAYS_H_
#define REDRESS_CLIENTS_REPLAY_WORKDAYS_H_

#include "clients/replay/event.h"
#include "common/calendar/calendar.h"

namespace redress::replay {

// Does not own the calendar.
class Workdays {
 public:
  explicit Workdays(const calendar::Calendar& calendar) : calendar_(calendar) {}

  bool Is(Day day) const { return calendar_.IsWorkingDay(day); }
  // `day`, or the next working day.
  Day From(Day day) const {
    while (!Is(day)) ++day;
    return day;
  }
  // `day`, or the last working day before it.
  Day UpTo(Day day) const {
    while (!Is(day)) --day;
    return day;
  }
  // The first working day after `day`.
  Day After(Day day) const { return From(day + 1); }

 private:
  const calendar::Calendar& calendar_;
};

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_WORKDAYS_H_

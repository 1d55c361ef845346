// One act of the replayed campaign: who calls what and when. Pure.
//
// Events are made before any service answers, so they speak of resources by placeholders:
// "campaigns/@1", "cases/@17", "cases/@17/hearings/@1". The answer to the event that `binds` a
// placeholder tells what it stands for.
#ifndef REDRESS_CLIENTS_REPLAY_EVENT_H_
#define REDRESS_CLIENTS_REPLAY_EVENT_H_

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"

namespace redress::replay {

using Day = absl::CivilDay;

// The times of day at which something happens. Within one time, events of different cases are
// independent; those of one case happen in their order.
enum class Slot { kOpening, kMorning, kNoon, kAfternoon, kEvening };

struct Event {
  Day day;
  Slot slot = Slot::kMorning;
  // 0: the organisation. Otherwise the number of the case.
  int case_number = 0;
  // Its place among the events of its case.
  int order = 0;
  // Names the event in this campaign, for example "case/17/appraise/1".
  std::string id;
  // The id of the official who calls; "operator" for the operator.
  std::string caller;
  std::shared_ptr<google::protobuf::Message> request;
  // The placeholder that the answer gives a name to; empty where it gives none.
  std::string binds;
  // The reason that the service is to refuse with; empty where it is to accept.
  std::string refusal;
  // What it is an example of, for the tests and the report; empty for everyday work.
  std::string story;
};

// By time, then registrations before all else (so that numbers are given in one order), then by
// case and order.
bool Before(const Event& a, const Event& b);

// 09:00, 10:00, 12:00, 15:00, 17:00 of a day in Asia/Shanghai.
absl::Time InstantOf(Day day, Slot slot);

google::type::Date DateOf(Day day);
Day DayOf(const google::type::Date& date);

// "cases/@17", "campaigns/@1".
std::string CasePlaceholder(int case_number);
inline constexpr char kCampaignPlaceholder[] = "campaigns/@1";

// Replaces every placeholder in the text fields of `message`. `lookup` gives the name for a
// placeholder, or an empty text. FAILED_PRECONDITION, naming it, for one without a name.
using Lookup = std::function<std::string(const std::string& placeholder)>;
absl::Status Resolve(const Lookup& lookup, google::protobuf::Message& message);

// The name in an answer that a placeholder stands for: of the case, the campaign, the hearing, …
std::string NameIn(const google::protobuf::Message& answer);

// All texts in a message, for the tests.
std::vector<std::string> TextsOf(const google::protobuf::Message& message);

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_EVENT_H_

// What the rules of all services share. A rule is a pure function: (what is, what is asked,
// Context) -> Outcome or refusal. It reads no clock, makes no id and touches no database; the
// Context brings what it needs of these.
#ifndef REDRESS_COMMON_RULES_RULES_H_
#define REDRESS_COMMON_RULES_RULES_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/message.h"
#include "google/type/date.pb.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::rules {

struct Context {
  absl::CivilDay today;                 // in Asia/Shanghai
  types::v1::Actor actor;               // who asks
  std::function<std::string()> new_id;  // a fresh UUIDv7
  std::string_view lang = "en";         // of who asks: "zh" or "en"
};

// The text in the language of who asks; in Chinese, which every text has, where there is no other.
std::string In(const Context& context, const types::v1::LocalizedText& text);

// What a rule decided: the resource as it is to be from now on, the facts that this publishes, and
// other resources that change with it.
template <class M>
struct Outcome {
  M resource;
  std::vector<facts::v1::Fact> facts;
  std::vector<std::shared_ptr<const google::protobuf::Message>> others = {};
};

// A fact with its id, date and proving record, ready for its detail. `record` is the resource name
// of the record that proves it; the case follows from it. Set kind and detail with SetDetail.
facts::v1::Fact NewFact(const Context& context, std::string_view record,
                        const google::type::Date& on);

// Sets the kind that belongs to the detail which was filled in: kind and detail's field number are
// the same.
void SetKind(facts::v1::Fact& fact);

// FAILED_PRECONDITION with one violation of type STATE: what stands in the way, and what to do.
absl::Status Refuse(std::string_view reason, std::string_view subject, std::string_view remedy);

// True where `day` is set.
bool IsSet(const google::type::Date& day);
// REQUIRES: both are set and real dates.
absl::CivilDay DayOf(const google::type::Date& day);
google::type::Date DateOf(absl::CivilDay day);

// Collects what is wrong with a request beyond the rules beside its fields, so that every bad field
// is named at once.
class FieldErrors {
 public:
  void Add(std::string_view field, std::string_view description);
  // An event may not be dated before what it follows from; a date that is not set is not compared.
  void NotBefore(std::string_view field, const google::type::Date& event,
                 const google::type::Date& earlier, std::string_view what);
  // OK, or INVALID_ARGUMENT naming every field.
  absl::Status ToStatus() const;

 private:
  std::vector<std::pair<std::string, std::string>> errors_;
};

}  // namespace redress::rules

#endif  // REDRESS_COMMON_RULES_RULES_H_

// A plan in the form that the evaluator runs on: flat arrays, ids resolved to indexes, fields to
// descriptors. Internal to this library. -1 stands for "none" wherever an index is meant.
#ifndef REDRESS_COMMON_PLAN_PROGRAM_H_
#define REDRESS_COMMON_PLAN_PROGRAM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "common/calendar/calendar.h"
#include "common/plan/evaluator.h"
#include "common/plan/fact_kinds.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "redress/plan/v1/plan.pb.h"

namespace redress::plan::internal {

using calendar::DayNumber;

// A range of indexes into one of the arrays below.
struct Range {
  int32_t begin = 0;
  int32_t end = 0;
  bool empty() const { return begin == end; }
};

enum class Compare : uint8_t { kEquals, kDiffers, kAtLeast, kAtMost, kOneOf, kContains };

// One condition. Booleans and enum values are numbers.
struct Condition {
  const google::protobuf::FieldDescriptor* field = nullptr;
  Compare compare = Compare::kEquals;
  int64_t number = 0;
  std::string text;
  std::vector<int64_t> numbers;
  std::vector<std::string> texts;
};

struct FactTestOp {
  int16_t kind = 0;
  int16_t at_least_kind = 0;
  int16_t not_before = 0;
  int16_t undone_by = 0;
  int32_t at_least = 1;
  const google::protobuf::FieldDescriptor* at_least_field = nullptr;
  bool latest = false;
  DayNumber on_or_before = kNoDay;
  DayNumber on_or_after = kNoDay;
  Range where;  // in conditions
  Range among;  // in conditions
};

struct AnchorOp {
  int32_t fact_test = -1;
  const google::protobuf::FieldDescriptor* date_field = nullptr;
  bool from_latest = false;
};

struct LapseOp {
  AnchorOp from;
  int32_t days = 0;
  v1::DayCount count = v1::DAY_COUNT_CALENDAR;
  int16_t clock = -1;  // in clock_names
  int16_t unless = 0;
};

enum class NodeType : uint8_t { kFact, kAbsent, kAll, kAny, kLapse };

struct Node {
  NodeType type = NodeType::kFact;
  int32_t index = -1;  // of a fact test or lapse
  Range children;      // in `children`, for kAll and kAny
};

struct DueOp {
  v1::DueRule::RuleCase type = v1::DueRule::RULE_NOT_SET;
  int32_t when = -1;         // node
  DayNumber fixed = kNoDay;  // of kFixed and kScreeningRound
  AnchorOp from;             // of kAfter, kClock, kBefore, kOnField
  int32_t days = 0;          // of kAfter and of a cadence by days
  v1::DayCount count = v1::DAY_COUNT_UNSPECIFIED;
  int16_t clock = -1;      // in clock_names
  int32_t paused_by = -1;  // fact tests, of kClock
  int32_t resumed_by = -1;
  int32_t extended_by = -1;
  const google::protobuf::FieldDescriptor* extension_field = nullptr;
  v1::CadenceStep step = v1::CADENCE_STEP_UNSPECIFIED;  // of kCadence
  DayNumber not_before = kNoDay;
  DayNumber until = kNoDay;
  int32_t stopped_by = -1;  // fact tests
  int32_t restarted_by = -1;
  int32_t suspended_by = -1;
  int32_t cadence_resumed_by = -1;
};

struct RequirementOp {
  v1::SubjectKind subject = v1::SUBJECT_KIND_UNSPECIFIED;
  v1::BoundRole bound = v1::BOUND_ROLE_UNSPECIFIED;
  int32_t applies = -1;    // node
  int32_t satisfied = -1;  // node
  bool sealed = false;
  bool gates_closing = false;
  bool can_hold = true;  // facts that can be recorded could fulfil it
  Range applies_kinds;   // in kinds: those that `applies` reads
  Range due;             // in dues
};

struct EvidenceOp {
  int32_t applies = -1;    // node
  int32_t satisfied = -1;  // node
};

struct ClosingOp {
  Range for_each_claim;        // in evidence
  Range for_case;              // in evidence
  int16_t together_with = -1;  // in closing
};

struct ScoreOp {
  Range among;  // in conditions
  Range good;   // in conditions
  std::vector<int16_t> requirements;
};

struct ClockOp {
  int16_t index = -1;  // in the rule set's clocks; -1: this rule set has no such clock
  int32_t days = 0;
  v1::DayCount count = v1::DAY_COUNT_UNSPECIFIED;
  int32_t max_extension_days = 0;
};

struct RuleSetOp {
  v1::RuleSet proto;
  DayNumber from = kNoDay;
  DayNumber until = kNoDay;
  std::vector<ClockOp> clocks;  // by clock name
};

struct Program {
  int32_t recorded_late_after = 0;  // working days
  std::vector<std::string> clock_names;
  std::vector<RuleSetOp> rule_sets;
  std::vector<Condition> conditions;
  std::vector<FactTestOp> fact_tests;
  std::vector<LapseOp> lapses;
  std::vector<Node> nodes;
  std::vector<int32_t> children;
  std::vector<DueOp> dues;
  std::vector<RequirementOp> requirements;
  std::vector<EvidenceOp> evidence;
  std::vector<ClosingOp> closing;
  std::vector<int16_t> kinds;
  std::vector<int16_t> duties_end_with;
  std::vector<ScoreOp> score;  // by score rule
  // Requirements by the kind of their subject, so that each subject visits only its own.
  std::vector<int16_t> by_subject[v1::SubjectKind_MAX + 1];
};

// Compiles a plan that has no mistakes, with the rule sets that it names in their order.
Program Compile(const v1::Plan& plan, const RuleSetTable& rules);

// A number, boolean or enum value of a detail, as a number.
int64_t Number(const google::protobuf::FieldDescriptor& field,
               const google::protobuf::Message& detail);

// True if the detail meets the condition; false for a fact without its detail.
bool Holds(const Condition& condition, const google::protobuf::Message* detail);

// The number of a field's value as a condition sees it, parsed from text: a boolean, a number or an
// enum value's full name. False if it is none.
bool ParseValue(const google::protobuf::FieldDescriptor& field, const std::string& text,
                int64_t* number);

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_PROGRAM_H_

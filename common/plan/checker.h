// Finds every mistake in a plan or rule set that could be read. Internal to this library.
#ifndef REDRESS_COMMON_PLAN_CHECKER_H_
#define REDRESS_COMMON_PLAN_CHECKER_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/calendar/calendar.h"
#include "common/plan/plan.h"
#include "common/plan/text.h"
#include "common/plan/texts.h"
#include "google/protobuf/message.h"
#include "redress/plan/v1/plan.pb.h"

namespace redress::plan::internal {

// A place in the text: a message, with the path to it. A field that the text does not have stands
// where the message that should have it begins; the file as a whole begins at line 0.
class Place {
 public:
  using Tree = google::protobuf::TextFormat::ParseInfoTree;

  Place(const Tree* tree, std::string path, int line, int column)
      : tree_(tree), path_(std::move(path)), line_(line), column_(column) {}

  // The place of a message field; `index` -1 for one that is not repeated.
  Place Of(const google::protobuf::Message& message, const std::string& field,
           int index = -1) const;
  const std::string& path() const { return path_; }
  int line() const { return line_; }
  int column() const { return column_; }

 private:
  const Tree* tree_;  // nullptr where the text does not have it
  std::string path_;
  int line_;
  int column_;
};

class Checker {
 public:
  // `warnings` may be nullptr.
  Checker(const RuleSetTable* rules, const ReadText* read, std::vector<Mistake>* mistakes,
          std::vector<Mistake>* warnings = nullptr)
      : rules_(rules), read_(read), mistakes_(mistakes), warnings_(warnings) {}

  void CheckPlan(const v1::Plan& plan);
  void CheckRuleSet(const v1::RuleSet& set);

 private:
  using Message = google::protobuf::Message;
  using Day = std::optional<absl::CivilDay>;

  Place Root() const { return Place(read_->tree.get(), "", 0, 0); }
  using Values = std::vector<std::string>;

  void Wrong(const Place& place, Say say, const Values& values = {});
  // The same, about something left out; silent if it could not be read.
  void Missing(const Place& at, const Message& message, const std::string& field,
               Say say = Say::kMissing);
  void Warn(const Place& place, Say say, const Values& values);
  // A value that stands twice in a list is wrong where it stands again.
  template <typename List, typename Show>
  void CheckTwice(const Place& at, const Message& message, const std::string& field,
                  const List& list, Show show);

  // checker.cc
  void CheckText(const Place& at, const Message& message, const std::string& field,
                 const types::v1::LocalizedText& text);
  void CheckClause(const Place& at, const Message& message, const std::string& clause);
  void CheckId(const Place& at, const Message& message, const std::string& id,
               std::set<std::string>* seen);
  Day CheckDate(const Place& at, const Message& message, const std::string& field, bool has,
                const google::type::Date& date, bool required);
  void CheckRuleSets(const Place& at, const v1::Plan& plan, Day from, Day to);
  void CheckSchedule(const Place& at, const v1::Plan& plan);
  void CheckRetention(const Place& at, const v1::Plan& plan);
  // Invisible characters that are written as escapes.
  void CheckEscapes(const Message& message);
  void CheckVisible(const Place& at, const Message& message);
  void CheckSeparateActs(const Place& at, const v1::Plan& plan);

  // checker_requirement.cc
  void CheckRequirement(const Place& at, const v1::Requirement& requirement);
  void CheckDue(const Place& at, const v1::Requirement& requirement, int index);
  void CheckClock(const Place& at, v1::SubjectKind subject, const v1::Clock& clock);
  void CheckCadence(const Place& at, const v1::Requirement& requirement,
                    const v1::Cadence& cadence);
  void CheckClockName(const Place& at, const Message& message, const std::string& field,
                      const std::string& name);

  // checker_conditions.cc
  void CheckTest(const Place& at, v1::SubjectKind subject, const v1::Test& test);
  void CheckFactTest(const Place& at, v1::SubjectKind subject, const v1::FactTest& test);
  void CheckAnchor(const Place& at, v1::SubjectKind subject, const v1::Anchor& anchor,
                   bool needs_date_field);
  void CheckKind(const Place& at, const Message& message, const std::string& field,
                 v1::SubjectKind subject, facts::v1::FactKind kind, bool required);
  void CheckCondition(const Place& at, facts::v1::FactKind kind,
                      const v1::FieldCondition& condition);
  void CheckCompatible(const Place& at, const v1::FactTest& test);
  const google::protobuf::FieldDescriptor* CheckField(const Place& at, const Message& message,
                                                      const std::string& label,
                                                      facts::v1::FactKind kind,
                                                      const std::string& name);

  // checker_closing.cc
  void CheckClosing(const Place& at, const v1::Plan& plan);
  void CheckEvidence(const Place& at, v1::SubjectKind subject, const v1::EvidenceItem& item,
                     std::set<std::string>* seen);
  void CheckFloors(const Place& at, const v1::ClosingRule& rule);
  bool IsWindow(const v1::Lapse& lapse, int days) const;

  // checker_score.cc
  void CheckScore(const Place& at, const v1::Plan& plan);
  void CheckScoreRule(const Place& at, const v1::ScoreRule& rule);
  void CheckQuality(const Place& at, const v1::QualityShare& quality);
  void CheckScoredRequirement(const Place& at, const Message& message, int index,
                              const std::string& id);

  // checker_choice.cc: what no duty may hang on.
  void CheckChoice(const Place& at, const v1::Requirement& requirement);
  void CheckHelp(const Place& at, const v1::Plan& plan);

  // checker_order.cc: what cannot be kept, and what cannot be recorded yet.
  void CheckPossible(const Place& at, const v1::Requirement& requirement);
  void CheckGroup(const Place& at, const v1::TestGroup& group, bool all);
  void CheckOrder(const Place& at, const v1::Plan& plan);
  void WarnOfUnrecorded(const Place& at, const v1::Plan& plan);

  const RuleSetTable* rules_;
  const ReadText* read_;
  std::vector<Mistake>* mistakes_;
  std::vector<Mistake>* warnings_;
  Day starts_on_;
  Day ends_on_;
  std::set<std::string> stages_;
  std::set<std::string> screening_rounds_;
  std::map<std::string, const v1::Requirement*> requirements_;
  std::set<std::string> clocks_;
  std::vector<const v1::RuleSet*> rule_sets_;  // those that the plan names
  bool clocks_known_ = false;
  bool gating_ = false;  // what is checked now decides whether a case may be closed
};

template <typename List, typename Show>
void Checker::CheckTwice(const Place& at, const Message& message, const std::string& field,
                         const List& list, Show show) {
  std::set<std::string> seen;
  for (int i = 0; i < list.size(); ++i) {
    const std::string value = show(list[i]);
    if (!seen.insert(value).second) Wrong(at.Of(message, field, i), Say::kTwiceInList, {value});
  }
}

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_CHECKER_H_

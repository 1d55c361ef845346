#include "common/plan/mentions.h"

#include <algorithm>

namespace redress::plan::internal {
namespace {

class Walk {
 public:
  Walk(Part part, const Visit& visit) : part_(part), visit_(visit) {}

  void Fact(const Place& at, const v1::FactTest& test, As as) const {
    Say(at.Of(test, "kind"), test.kind(), as, &test);
    for (int i = 0; i < test.where_size(); ++i) {
      Condition(at.Of(test, "where", i), test.kind(), test.where(i), as);
    }
    for (int i = 0; i < test.among_size(); ++i) {
      Condition(at.Of(test, "among", i), test.kind(), test.among(i), as);
    }
    if (test.has_at_least_from()) {
      const Place place = at.Of(test, "at_least_from");
      Say(place, test.at_least_from().kind(), As::kCount, nullptr);
      Field(place, test.at_least_from().kind(), As::kCount, test.at_least_from().field(), nullptr);
    }
    Say(at.Of(test, "not_before"), test.not_before(), As::kNotBefore, nullptr);
    Say(at.Of(test, "undone_by"), test.undone_by(), As::kUndoneBy, nullptr);
  }

  void Anchor(const Place& at, const v1::Anchor& anchor) const {
    Fact(at.Of(anchor, "fact"), anchor.fact(), As::kFrom);
    Field(at.Of(anchor, "date_field"), anchor.fact().kind(), As::kFrom, anchor.date_field(),
          nullptr);
  }

  void Test(const Place& at, const v1::Test& test) const {
    switch (test.test_case()) {
      case v1::Test::kFact:
        return Fact(at.Of(test, "fact"), test.fact(), As::kFact);
      case v1::Test::kAbsent:
        return Fact(at.Of(test, "absent"), test.absent(), As::kAbsent);
      case v1::Test::kAll:
      case v1::Test::kAny: {
        const bool all = test.test_case() == v1::Test::kAll;
        const v1::TestGroup& group = all ? test.all() : test.any();
        const Place place = at.Of(test, all ? "all" : "any");
        for (int i = 0; i < group.tests_size(); ++i) {
          Test(place.Of(group, "tests", i), group.tests(i));
        }
        return;
      }
      case v1::Test::kLapsed: {
        const Place place = at.Of(test, "lapsed");
        Anchor(place.Of(test.lapsed(), "from"), test.lapsed().from());
        return Say(place.Of(test.lapsed(), "unless"), test.lapsed().unless(), As::kUnless, nullptr);
      }
      default:
        return;
    }
  }

  void Field(const Place& place, facts::v1::FactKind kind, As as, const std::string& field,
             const v1::FieldCondition* condition) const {
    if (!field.empty()) visit_({kind, part_, as, nullptr, field, condition, &place});
  }

 private:
  void Say(const Place& place, facts::v1::FactKind kind, As as, const v1::FactTest* test) const {
    if (kind == facts::v1::FACT_KIND_UNSPECIFIED) return;
    visit_({kind, part_, as, test, "", nullptr, &place});
  }
  void Condition(const Place& place, facts::v1::FactKind kind, const v1::FieldCondition& condition,
                 As as) const {
    Field(place, kind, as, condition.field(), &condition);
  }

  const Part part_;
  const Visit& visit_;
};

void EachInDue(const Place& at, const v1::DueRule& due, const Visit& visit) {
  if (due.has_when()) EachMention(at.Of(due, "when"), due.when(), Part::kWhen, visit);
  const Walk walk(Part::kDue, visit);
  switch (due.rule_case()) {
    case v1::DueRule::kAfter:
      return walk.Anchor(at.Of(due, "after").Of(due.after(), "from"), due.after().from());
    case v1::DueRule::kBefore:
      return walk.Anchor(at.Of(due, "before"), due.before());
    case v1::DueRule::kOnField:
      return walk.Anchor(at.Of(due, "on_field"), due.on_field());
    case v1::DueRule::kClock: {
      const v1::Clock& clock = due.clock();
      const Place place = at.Of(due, "clock");
      walk.Anchor(place.Of(clock, "from"), clock.from());
      const Walk pauses(Part::kClock, visit);
      if (clock.has_paused_by()) {
        pauses.Fact(place.Of(clock, "paused_by"), clock.paused_by(), As::kFact);
      }
      if (clock.has_resumed_by()) {
        pauses.Fact(place.Of(clock, "resumed_by"), clock.resumed_by(), As::kFact);
      }
      if (!clock.has_extended_by()) return;
      const Walk extension(Part::kExtend, visit);
      extension.Fact(place.Of(clock, "extended_by"), clock.extended_by(), As::kFact);
      return extension.Field(place.Of(clock, "extension_field"), clock.extended_by().kind(),
                             As::kCount, clock.extension_field(), nullptr);
    }
    case v1::DueRule::kCadence: {
      const v1::Cadence& cadence = due.cadence();
      const Place place = at.Of(due, "cadence");
      const auto fact = [&](const char* field, bool has, const v1::FactTest& test, Part part) {
        if (has) Walk(part, visit).Fact(place.Of(cadence, field), test, As::kFact);
      };
      fact("stopped_by", cadence.has_stopped_by(), cadence.stopped_by(), Part::kStop);
      fact("restarted_by", cadence.has_restarted_by(), cadence.restarted_by(), Part::kStop);
      fact("suspended_by", cadence.has_suspended_by(), cadence.suspended_by(), Part::kSuspend);
      return fact("resumed_by", cadence.has_resumed_by(), cadence.resumed_by(), Part::kResume);
    }
    default:
      return;
  }
}

}  // namespace

void EachMention(const Place& at, const v1::Test& test, Part part, const Visit& visit) {
  Walk(part, visit).Test(at, test);
}

void EachMention(const Place& at, const v1::Requirement& requirement, const Visit& visit) {
  if (requirement.has_applies()) {
    EachMention(at.Of(requirement, "applies"), requirement.applies(), Part::kApplies, visit);
  }
  if (requirement.has_satisfied()) {
    EachMention(at.Of(requirement, "satisfied"), requirement.satisfied(), Part::kSatisfied, visit);
  }
  for (int i = 0; i < requirement.due_size(); ++i) {
    EachInDue(at.Of(requirement, "due", i), requirement.due(i), visit);
  }
}

bool Needs(const v1::Test& test, const std::function<bool(const v1::Test& leaf)>& wanted) {
  const auto needs = [&](const v1::Test& child) { return Needs(child, wanted); };
  switch (test.test_case()) {
    case v1::Test::kFact:
      return !test.fact().has_at_least_from() && wanted(test);
    case v1::Test::kLapsed:
      return wanted(test);
    case v1::Test::kAll:
      return std::any_of(test.all().tests().begin(), test.all().tests().end(), needs);
    case v1::Test::kAny:
      return !test.any().tests().empty() &&
             std::all_of(test.any().tests().begin(), test.any().tests().end(), needs);
    default:
      return false;
  }
}

bool NeedsFact(const v1::Test& test, const std::function<bool(const v1::FactTest&)>& wanted) {
  return Needs(test, [&](const v1::Test& leaf) {
    const v1::FactTest& fact = leaf.has_lapsed() ? leaf.lapsed().from().fact() : leaf.fact();
    return !fact.has_at_least_from() && wanted(fact);
  });
}

bool Asks(const v1::FactTest& test, const std::string& field, const std::string& value) {
  return std::any_of(test.where().begin(), test.where().end(), [&](const v1::FieldCondition& c) {
    if (c.field() != field) return false;
    switch (c.condition_case()) {
      case v1::FieldCondition::kEquals:
        return c.equals() == value;
      case v1::FieldCondition::kDiffers:
        return value == "true" && c.differs() == "false";
      case v1::FieldCondition::kOneOf:
        return c.one_of().values_size() == 1 && c.one_of().values(0) == value;
      default:
        return false;
    }
  });
}

}  // namespace redress::plan::internal

// What nobody can keep: duties that wait for each other, that end when they are done, or that are
// due only once done; and what nobody can record yet.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/plan/checker.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/mentions.h"
#include "common/plan/program.h"
#include "common/plan/recorded.h"

namespace redress::plan::internal {
namespace {

using Kind = facts::v1::FactKind;
using Kinds = std::set<Kind>;

const Place kNowhere(nullptr, "", 0, 0);

// The fact that a due rule starts from or ends with; nullptr for a day that needs none.
const v1::FactTest* AnchorOf(const v1::DueRule& due) {
  switch (due.rule_case()) {
    case v1::DueRule::kAfter:
      return &due.after().from().fact();
    case v1::DueRule::kClock:
      return &due.clock().from().fact();
    case v1::DueRule::kBefore:
      return &due.before().fact();
    case v1::DueRule::kOnField:
      return &due.on_field().fact();
    default:
      return nullptr;
  }
}

bool IsSubset(const google::protobuf::RepeatedPtrField<v1::FieldCondition>& some,
              const google::protobuf::RepeatedPtrField<v1::FieldCondition>& all) {
  std::set<std::string> texts;
  for (const v1::FieldCondition& condition : all) texts.insert(condition.ShortDebugString());
  return std::all_of(some.begin(), some.end(), [&](const v1::FieldCondition& condition) {
    return texts.count(condition.ShortDebugString()) > 0;
  });
}

// True if a fact that meets `given` makes the test hold by itself.
bool FulfilledBy(const v1::Test& test, const v1::FactTest& given) {
  const auto child = [&](const v1::Test& t) { return FulfilledBy(t, given); };
  switch (test.test_case()) {
    case v1::Test::kFact: {
      const v1::FactTest& fact = test.fact();
      return fact.kind() == given.kind() && fact.at_least() <= 1 && !fact.has_at_least_from() &&
             !fact.latest() && !fact.has_on_or_before() && !fact.has_on_or_after() &&
             (fact.not_before() == 0 || fact.not_before() == given.not_before()) &&
             (fact.undone_by() == 0 || fact.undone_by() == given.undone_by()) &&
             IsSubset(fact.where(), given.where());
    }
    case v1::Test::kAll:
      return std::all_of(test.all().tests().begin(), test.all().tests().end(), child);
    case v1::Test::kAny:
      return std::any_of(test.any().tests().begin(), test.any().tests().end(), child);
    default:
      return false;
  }
}

// Kinds of which there must be no fact at all for the test to hold.
void Excluded(const v1::Test& test, Kinds* kinds) {
  if (test.has_absent()) {
    const v1::FactTest& fact = test.absent();
    const bool any = fact.where().empty() && fact.among().empty() && fact.at_least() <= 1 &&
                     !fact.has_at_least_from() && fact.not_before() == 0 && fact.undone_by() == 0 &&
                     !fact.has_on_or_before() && !fact.has_on_or_after();
    if (any) kinds->insert(fact.kind());
  }
  if (!test.has_all()) return;
  for (const v1::Test& child : test.all().tests()) Excluded(child, kinds);
}

// The kinds without which the requirement cannot be fulfilled.
Kinds NeededBy(const v1::Requirement& requirement) {
  Kinds mentioned, needed;
  EachMention(kNowhere, requirement, [&](const Mention& mention) {
    if (mention.field.empty() && mention.part == Part::kSatisfied) mentioned.insert(mention.kind);
  });
  for (const Kind kind : mentioned) {
    const bool must = NeedsFact(requirement.satisfied(), [kind](const v1::FactTest& test) {
      return test.kind() == kind || test.not_before() == kind;
    });
    if (must) needed.insert(kind);
  }
  return needed;
}

// Which kind must come before, or waits for, which, and by which requirement.
struct Graph {
  std::map<Kind, std::map<Kind, int>> edges;

  void Add(Kind from, Kind to, int requirement) {
    if (from != to && from != 0 && to != 0) edges[from].emplace(to, requirement);
  }
  // A way from `from` to `to`, both included; empty if there is none.
  std::vector<Kind> Way(Kind from, Kind to, Kinds* seen) const {
    if (from == to) return {to};
    if (!seen->insert(from).second) return {};
    const auto found = edges.find(from);
    if (found == edges.end()) return {};
    for (const auto& [next, requirement] : found->second) {
      std::vector<Kind> way = Way(next, to, seen);
      if (way.empty()) continue;
      way.insert(way.begin(), from);
      return way;
    }
    return {};
  }
};

// What comes before what: by `before`, and by `not_before` of facts that are needed.
Graph Precedence(const v1::Plan& plan) {
  Graph graph;
  for (int i = 0; i < plan.requirements_size(); ++i) {
    const v1::Requirement& requirement = plan.requirements(i);
    const Kinds needed = NeededBy(requirement);
    for (const Kind kind : needed) {
      const bool before = !requirement.due().empty() &&
                          std::all_of(requirement.due().begin(), requirement.due().end(),
                                      [](const v1::DueRule& due) { return due.has_before(); });
      for (const v1::DueRule& due : requirement.due()) {
        if (before) graph.Add(kind, due.before().fact().kind(), i);
      }
    }
    EachMention(kNowhere, requirement, [&](const Mention& mention) {
      const bool asked = mention.part == Part::kSatisfied && mention.as == As::kFact;
      if (!asked || mention.test == nullptr || needed.count(mention.kind) == 0) return;
      if (needed.count(mention.test->not_before()) == 0) return;
      graph.Add(mention.test->not_before(), mention.kind, i);
    });
  }
  return graph;
}

// What has no due date before what.
Graph Waiting(const v1::Plan& plan) {
  Graph graph;
  Kinds free;
  for (int i = 0; i < plan.requirements_size(); ++i) {
    const v1::Requirement& requirement = plan.requirements(i);
    for (const Kind kind : NeededBy(requirement)) {
      if (requirement.due().empty()) free.insert(kind);
      for (const v1::DueRule& due : requirement.due()) {
        const v1::FactTest* anchor = due.has_before() ? nullptr : AnchorOf(due);
        if (anchor == nullptr || anchor->kind() == kind) free.insert(kind);
        if (anchor != nullptr) graph.Add(kind, anchor->kind(), i);
      }
    }
  }
  for (const Kind kind : free) graph.edges.erase(kind);
  return graph;
}

std::string Unrecorded(const v1::Test& test) {
  std::vector<std::string> names;
  EachMention(kNowhere, test, Part::kSatisfied, [&](const Mention& mention) {
    const bool there =
        mention.as != As::kAbsent && mention.as != As::kUnless && mention.as != As::kUndoneBy;
    if (!mention.field.empty() || !there || IsRecorded(mention.kind)) return;
    const std::string name = ShortName(mention.kind);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  });
  return absl::StrJoin(names, ", ");
}

}  // namespace

void Checker::CheckCompatible(const Place& at, const v1::FactTest& test) {
  const auto* detail = DetailOf(test.kind());
  if (detail == nullptr) return;
  struct Allowed {
    std::optional<std::set<std::string>> values;
    std::set<std::string> excluded;
    int64_t least = 0, most = std::numeric_limits<int64_t>::max();  // every number is a count
  };
  std::map<std::string, Allowed> fields;
  const auto narrow = [&](const v1::FieldCondition& condition) {
    Allowed& allowed = fields[condition.field()];
    const auto among = [&](std::set<std::string> values) {
      if (!allowed.values) {
        allowed.values = std::move(values);
        return;
      }
      std::set<std::string> both;
      std::set_intersection(values.begin(), values.end(), allowed.values->begin(),
                            allowed.values->end(), std::inserter(both, both.begin()));
      allowed.values = std::move(both);
    };
    switch (condition.condition_case()) {
      case v1::FieldCondition::kEquals:
        return among({condition.equals()});
      case v1::FieldCondition::kOneOf:
        return among({condition.one_of().values().begin(), condition.one_of().values().end()});
      case v1::FieldCondition::kDiffers:
        allowed.excluded.insert(condition.differs());
        return;
      case v1::FieldCondition::kAtLeast:
        allowed.least = std::max(allowed.least, condition.at_least());
        return;
      case v1::FieldCondition::kAtMost:
        allowed.most = std::min(allowed.most, condition.at_most());
        return;
      default:
        return;
    }
  };
  for (const v1::FieldCondition& condition : test.where()) narrow(condition);
  for (const v1::FieldCondition& condition : test.among()) narrow(condition);
  for (auto& [name, allowed] : fields) {
    const auto* field = detail->FindFieldByName(name);
    if (field == nullptr) continue;  // reported already
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL && !allowed.values) {
      allowed.values = std::set<std::string>{"false", "true"};
    }
    bool none = allowed.least > allowed.most;
    if (allowed.values && !allowed.values->empty()) {
      none |= std::all_of(allowed.values->begin(), allowed.values->end(),
                          [&, &allowed = allowed](const std::string& value) {
                            int64_t number = allowed.least;
                            const bool counts =
                                field->cpp_type() !=
                                    google::protobuf::FieldDescriptor::CPPTYPE_STRING &&
                                field->enum_type() == nullptr && ParseValue(*field, value, &number);
                            return allowed.excluded.count(value) > 0 ||
                                   (counts && (number < allowed.least || number > allowed.most));
                          });
    }
    none |= allowed.values && allowed.values->empty() && test.where_size() + test.among_size() > 1;
    if (none) Wrong(at, Say::kContradictory, {name});
  }
}

void Checker::CheckGroup(const Place& at, const v1::TestGroup& group, bool all) {
  CheckTwice(at, group, "tests", group.tests(),
             [](const v1::Test& test) { return test.ShortDebugString(); });
  if (!all) return;
  Kinds excluded;
  std::set<std::string> absent;
  for (const v1::Test& test : group.tests()) {
    Excluded(test, &excluded);
    if (test.has_absent()) absent.insert(test.absent().ShortDebugString());
  }
  for (int i = 0; i < group.tests_size(); ++i) {
    const v1::FactTest& fact = group.tests(i).fact();
    if (!group.tests(i).has_fact()) continue;
    if (excluded.count(fact.kind()) == 0 && absent.count(fact.ShortDebugString()) == 0) continue;
    Wrong(at.Of(group, "tests", i), Say::kBothThereAndNot, {ShortName(fact.kind())});
  }
}

void Checker::CheckPossible(const Place& at, const v1::Requirement& requirement) {
  if (!requirement.has_satisfied()) return;
  for (int i = 0; i < requirement.due_size(); ++i) {
    const v1::FactTest* anchor = AnchorOf(requirement.due(i));
    if (anchor != nullptr && FulfilledBy(requirement.satisfied(), *anchor)) {
      Wrong(at.Of(requirement, "due", i), Say::kDueKnownWhenDone);
    }
  }
  Kinds excluded;
  if (requirement.has_applies()) Excluded(requirement.applies(), &excluded);
  for (const Kind kind : excluded) {
    const bool ends = NeedsFact(requirement.satisfied(), [kind](const v1::FactTest& test) {
      return test.kind() == kind || test.not_before() == kind;
    });
    if (ends) Wrong(at.Of(requirement, "applies"), Say::kEndsWhenDone, {ShortName(kind)});
  }
}

void Checker::CheckOrder(const Place& at, const v1::Plan& plan) {
  std::set<Kinds> told;  // each circle once
  for (const Graph& graph : {Precedence(plan), Waiting(plan)}) {
    for (const auto& [from, edges] : graph.edges) {
      for (const auto& [to, requirement] : edges) {
        Kinds seen;
        const std::vector<Kind> way = graph.Way(to, from, &seen);
        if (way.empty() || !told.insert(Kinds(way.begin(), way.end())).second) continue;
        const std::string circle = absl::StrJoin(
            way, ", ", [](std::string* out, Kind kind) { out->append(ShortName(kind)); });
        Wrong(at.Of(plan, "requirements", requirement), Say::kWaitForEachOther, {circle});
      }
    }
  }
}

void Checker::WarnOfUnrecorded(const Place& at, const v1::Plan& plan) {
  for (int i = 0; i < plan.requirements_size(); ++i) {
    const v1::Requirement& requirement = plan.requirements(i);
    const Place place = at.Of(plan, "requirements", i);
    if (requirement.has_satisfied() && !CanHold(requirement.satisfied())) {
      Warn(place, Say::kNotRecorded, {requirement.id(), Unrecorded(requirement.satisfied())});
    } else if (requirement.has_applies() && !CanHold(requirement.applies())) {
      Warn(place, Say::kNeverApplies, {requirement.id(), Unrecorded(requirement.applies())});
    } else {
      for (const v1::DueRule& due : requirement.due()) {
        const v1::FactTest* anchor = AnchorOf(due);
        if (anchor == nullptr || IsRecorded(anchor->kind())) continue;
        Warn(place, Say::kNoDueYet, {requirement.id(), ShortName(anchor->kind())});
        break;
      }
    }
  }
  for (int i = 0; i < plan.closing_size(); ++i) {
    const v1::ClosingRule& rule = plan.closing(i);
    for (const v1::EvidenceItem& item : rule.for_each_claim()) {
      if (item.has_applies() || CanHold(item.satisfied())) continue;
      Warn(at.Of(plan, "closing", i), Say::kNoClosingYet,
           {types::v1::ClosingStandard_Name(rule.standard()), Unrecorded(item.satisfied())});
      break;
    }
  }
}

}  // namespace redress::plan::internal

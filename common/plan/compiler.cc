#include <algorithm>

#include "absl/strings/numbers.h"
#include "common/plan/program.h"

namespace redress::plan::internal {
namespace {

using google::protobuf::FieldDescriptor;

DayNumber DayOf(const google::type::Date& date) {
  return calendar::DayNumberOf(date.year(), date.month(), date.day());
}

// The kinds of facts that a test reads.
void CollectKinds(const v1::Test& test, std::vector<int16_t>* kinds) {
  const auto of_fact = [kinds](const v1::FactTest& fact) {
    for (const int kind :
         {static_cast<int>(fact.kind()), static_cast<int>(fact.undone_by()),
          static_cast<int>(fact.not_before()), static_cast<int>(fact.at_least_from().kind())}) {
      if (kind != 0) kinds->push_back(static_cast<int16_t>(kind));
    }
  };
  switch (test.test_case()) {
    case v1::Test::kFact:
      return of_fact(test.fact());
    case v1::Test::kAbsent:
      return of_fact(test.absent());
    case v1::Test::kLapsed:
      of_fact(test.lapsed().from().fact());
      if (test.lapsed().unless() != 0)
        kinds->push_back(static_cast<int16_t>(test.lapsed().unless()));
      return;
    default:
      for (const v1::Test& child : (test.has_all() ? test.all() : test.any()).tests()) {
        CollectKinds(child, kinds);
      }
  }
}

class Compiler {
 public:
  Compiler(const v1::Plan& plan, const RuleSetTable& rules) : plan_(plan), rules_(rules) {}

  Program Run() {
    out_.recorded_late_after = plan_.recorded_late_after_working_days();
    for (const auto kind : plan_.duties_end_with()) {
      out_.duties_end_with.push_back(static_cast<int16_t>(kind));
    }
    for (int i = 0; i < plan_.requirements_size(); ++i) {
      const RequirementOp op = OfRequirement(plan_.requirements(i));
      out_.requirements.push_back(op);
      out_.by_subject[op.subject].push_back(static_cast<int16_t>(i));
    }
    for (const v1::ClosingRule& rule : plan_.closing()) {
      ClosingOp op;
      op.for_each_claim = OfEvidence(rule.for_each_claim());
      op.for_case = OfEvidence(rule.for_case());
      for (int i = 0; i < plan_.closing_size(); ++i) {
        if (rule.together_with() != types::v1::CLOSING_STANDARD_UNSPECIFIED &&
            plan_.closing(i).standard() == rule.together_with()) {
          op.together_with = static_cast<int16_t>(i);
        }
      }
      out_.closing.push_back(op);
    }
    for (const v1::ScoreRule& rule : plan_.score().rules()) {
      ScoreOp op;
      if (rule.has_quality()) {
        op.among = OfConditions(rule.quality().kind(), rule.quality().among());
        op.good = OfConditions(rule.quality().kind(), rule.quality().good());
      }
      for (int i = 0; i < plan_.requirements_size(); ++i) {
        const std::string& id = plan_.requirements(i).id();
        const auto& named =
            rule.has_on_time() ? rule.on_time().requirements() : rule.lapses().requirements();
        if (std::find(named.begin(), named.end(), id) != named.end()) {
          op.requirements.push_back(static_cast<int16_t>(i));
        }
      }
      out_.score.push_back(std::move(op));
    }
    // Last, when all names of clocks are known.
    for (const std::string& id : plan_.rule_sets()) out_.rule_sets.push_back(OfRuleSet(id));
    return std::move(out_);
  }

 private:
  RuleSetOp OfRuleSet(const std::string& id) {
    RuleSetOp op;
    op.proto = *rules_.Find(id);
    op.from = DayOf(op.proto.in_force_from());
    op.until = op.proto.has_in_force_until() ? DayOf(op.proto.in_force_until()) : INT32_MAX;
    for (const std::string& name : out_.clock_names) {
      ClockOp clock;
      for (int i = 0; i < op.proto.clocks_size(); ++i) {
        const v1::RuleClock& rule = op.proto.clocks(i);
        if (rule.name() != name) continue;
        clock.index = static_cast<int16_t>(i);
        clock.days = rule.days();
        clock.count = rule.count();
        clock.max_extension_days = rule.max_extension_days();
      }
      op.clocks.push_back(clock);
    }
    return op;
  }

  int16_t OfClockName(const std::string& name) {
    const auto found = std::find(out_.clock_names.begin(), out_.clock_names.end(), name);
    const auto index = found - out_.clock_names.begin();
    if (found == out_.clock_names.end()) out_.clock_names.push_back(name);
    return static_cast<int16_t>(index);
  }

  Range OfConditions(facts::v1::FactKind kind,
                     const google::protobuf::RepeatedPtrField<v1::FieldCondition>& conditions) {
    Range range{static_cast<int32_t>(out_.conditions.size()), 0};
    for (const v1::FieldCondition& condition : conditions) {
      Condition op;
      op.field = DetailOf(kind)->FindFieldByName(condition.field());
      const auto value = [&op](const std::string& text) {
        if (op.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          op.text = text;
        } else {
          ParseValue(*op.field, text, &op.number);
        }
      };
      switch (condition.condition_case()) {
        case v1::FieldCondition::kEquals:
          op.compare = Compare::kEquals;
          value(condition.equals());
          break;
        case v1::FieldCondition::kDiffers:
          op.compare = Compare::kDiffers;
          value(condition.differs());
          break;
        case v1::FieldCondition::kContains:
          op.compare = Compare::kContains;
          value(condition.contains());
          break;
        case v1::FieldCondition::kAtLeast:
          op.compare = Compare::kAtLeast;
          op.number = condition.at_least();
          break;
        case v1::FieldCondition::kAtMost:
          op.compare = Compare::kAtMost;
          op.number = condition.at_most();
          break;
        default:
          op.compare = Compare::kOneOf;
          for (const std::string& text : condition.one_of().values()) {
            value(text);
            op.numbers.push_back(op.number);
            op.texts.push_back(op.text);
          }
      }
      out_.conditions.push_back(std::move(op));
    }
    range.end = static_cast<int32_t>(out_.conditions.size());
    return range;
  }

  int32_t OfFactTest(const v1::FactTest& test) {
    FactTestOp op;
    op.kind = static_cast<int16_t>(test.kind());
    op.at_least = std::max(test.at_least(), 1);
    if (test.has_at_least_from()) {
      op.at_least_kind = static_cast<int16_t>(test.at_least_from().kind());
      op.at_least_field =
          DetailOf(test.at_least_from().kind())->FindFieldByName(test.at_least_from().field());
    }
    op.latest = test.latest();
    op.not_before = static_cast<int16_t>(test.not_before());
    op.undone_by = static_cast<int16_t>(test.undone_by());
    if (test.has_on_or_before()) op.on_or_before = DayOf(test.on_or_before());
    if (test.has_on_or_after()) op.on_or_after = DayOf(test.on_or_after());
    op.where = OfConditions(test.kind(), test.where());
    op.among = OfConditions(test.kind(), test.among());
    out_.fact_tests.push_back(op);
    return static_cast<int32_t>(out_.fact_tests.size()) - 1;
  }

  AnchorOp OfAnchor(const v1::Anchor& anchor) {
    AnchorOp op;
    op.fact_test = OfFactTest(anchor.fact());
    if (!anchor.date_field().empty()) {
      op.date_field = DetailOf(anchor.fact().kind())->FindFieldByName(anchor.date_field());
    }
    op.from_latest = anchor.from_latest();
    return op;
  }

  int32_t OfLapse(const v1::Lapse& lapse) {
    LapseOp op;
    op.from = OfAnchor(lapse.from());
    op.unless = static_cast<int16_t>(lapse.unless());
    if (lapse.length_case() == v1::Lapse::kClock) {
      op.clock = OfClockName(lapse.clock());
    } else if (lapse.length_case() == v1::Lapse::kDays) {
      op.days = lapse.days();
    } else {
      op.days = lapse.working_days();
      op.count = v1::DAY_COUNT_WORKING;
    }
    out_.lapses.push_back(op);
    return static_cast<int32_t>(out_.lapses.size()) - 1;
  }

  int32_t OfTest(const v1::Test& test) {
    Node node;
    switch (test.test_case()) {
      case v1::Test::kFact:
        node.index = OfFactTest(test.fact());
        break;
      case v1::Test::kAbsent:
        node.type = NodeType::kAbsent;
        node.index = OfFactTest(test.absent());
        break;
      case v1::Test::kLapsed:
        node.type = NodeType::kLapse;
        node.index = OfLapse(test.lapsed());
        break;
      default: {
        const bool all = test.test_case() == v1::Test::kAll;
        node.type = all ? NodeType::kAll : NodeType::kAny;
        std::vector<int32_t> children;
        for (const v1::Test& child : (all ? test.all() : test.any()).tests()) {
          children.push_back(OfTest(child));
        }
        node.children.begin = static_cast<int32_t>(out_.children.size());
        out_.children.insert(out_.children.end(), children.begin(), children.end());
        node.children.end = static_cast<int32_t>(out_.children.size());
      }
    }
    out_.nodes.push_back(node);
    return static_cast<int32_t>(out_.nodes.size()) - 1;
  }

  DueOp OfDue(const v1::DueRule& due) {
    DueOp op;
    op.type = due.rule_case();
    if (due.has_when()) op.when = OfTest(due.when());
    const auto test = [this](bool has, const v1::FactTest& t) { return has ? OfFactTest(t) : -1; };
    switch (due.rule_case()) {
      case v1::DueRule::kFixed:
        op.fixed = DayOf(due.fixed());
        break;
      case v1::DueRule::kScreeningRound:
        for (const v1::ScreeningRound& round : plan_.screening_rounds()) {
          if (round.id() == due.screening_round()) op.fixed = DayOf(round.due_on());
        }
        break;
      case v1::DueRule::kAfter:
        op.from = OfAnchor(due.after().from());
        op.days = due.after().days();
        op.count = due.after().count();
        break;
      case v1::DueRule::kClock: {
        const v1::Clock& clock = due.clock();
        op.clock = OfClockName(clock.name());
        op.from = OfAnchor(clock.from());
        op.paused_by = test(clock.has_paused_by(), clock.paused_by());
        op.resumed_by = test(clock.has_resumed_by(), clock.resumed_by());
        op.extended_by = test(clock.has_extended_by(), clock.extended_by());
        if (clock.has_extended_by()) {
          op.extension_field =
              DetailOf(clock.extended_by().kind())->FindFieldByName(clock.extension_field());
        }
        break;
      }
      case v1::DueRule::kBefore:
        op.from = OfAnchor(due.before());
        break;
      case v1::DueRule::kOnField:
        op.from = OfAnchor(due.on_field());
        break;
      default: {
        const v1::Cadence& cadence = due.cadence();
        op.step = cadence.step();
        op.days = cadence.days();
        if (cadence.has_not_before()) op.not_before = DayOf(cadence.not_before());
        if (cadence.has_until()) op.until = DayOf(cadence.until());
        op.stopped_by = test(cadence.has_stopped_by(), cadence.stopped_by());
        op.restarted_by = test(cadence.has_restarted_by(), cadence.restarted_by());
        op.suspended_by = test(cadence.has_suspended_by(), cadence.suspended_by());
        op.cadence_resumed_by = test(cadence.has_resumed_by(), cadence.resumed_by());
      }
    }
    return op;
  }

  RequirementOp OfRequirement(const v1::Requirement& requirement) {
    RequirementOp op;
    op.subject = requirement.subject();
    op.bound = requirement.bound();
    op.sealed = requirement.has_sealed();
    op.gates_closing = requirement.gates_closing();
    if (requirement.has_applies()) op.applies = OfTest(requirement.applies());
    op.applies_kinds.begin = static_cast<int32_t>(out_.kinds.size());
    if (requirement.has_applies()) CollectKinds(requirement.applies(), &out_.kinds);
    op.applies_kinds.end = static_cast<int32_t>(out_.kinds.size());
    if (requirement.has_satisfied()) op.satisfied = OfTest(requirement.satisfied());
    op.due.begin = static_cast<int32_t>(out_.dues.size());
    for (const v1::DueRule& due : requirement.due()) out_.dues.push_back(OfDue(due));
    op.due.end = static_cast<int32_t>(out_.dues.size());
    return op;
  }

  Range OfEvidence(const google::protobuf::RepeatedPtrField<v1::EvidenceItem>& items) {
    Range range{static_cast<int32_t>(out_.evidence.size()), 0};
    for (const v1::EvidenceItem& item : items) {
      EvidenceOp op;
      if (item.has_applies()) op.applies = OfTest(item.applies());
      op.satisfied = OfTest(item.satisfied());
      out_.evidence.push_back(op);
    }
    range.end = static_cast<int32_t>(out_.evidence.size());
    return range;
  }

  const v1::Plan& plan_;
  const RuleSetTable& rules_;
  Program out_;
};

}  // namespace

bool ParseValue(const FieldDescriptor& field, const std::string& text, int64_t* number) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      *number = text == "true" ? 1 : 0;
      return text == "true" || text == "false";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = field.enum_type()->FindValueByName(text);
      if (value != nullptr) *number = value->number();
      return value != nullptr;
    }
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::SimpleAtoi(text, number);
    default:
      return false;
  }
}

Program Compile(const v1::Plan& plan, const RuleSetTable& rules) {
  return Compiler(plan, rules).Run();
}

}  // namespace redress::plan::internal

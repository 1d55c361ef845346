#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/plan/engine.h"
#include "common/plan/evaluator.h"
#include "common/plan/scratch.h"
#include "common/status/macros.h"

namespace redress::plan {
namespace {

using internal::ClosingOp;
using internal::Engine;
using internal::Program;
using internal::Scope;
using internal::Uses;

// "settlement" for CLOSING_STANDARD_SETTLEMENT.
std::string StandardName(types::v1::ClosingStandard standard) {
  std::string name = types::v1::ClosingStandard_Name(standard);
  name.erase(0, std::string_view("CLOSING_STANDARD_").size());
  for (char& c : name) c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return name;
}

// Fact ids in the order in which they were first used.
class Basis {
 public:
  explicit Basis(v1::ClosingEvaluation* out) : out_(out) {}
  void Add(const std::string& id) {
    if (std::find(out_->basis().begin(), out_->basis().end(), id) == out_->basis().end()) {
      out_->add_basis(id);
    }
  }

 private:
  v1::ClosingEvaluation* out_;
};

bool IsUnmet(const Status& status) {
  return status.state == v1::REQUIREMENT_STATE_PENDING ||
         status.state == v1::REQUIREMENT_STATE_OVERDUE;
}

// Judges the evidence of one standard: for each claim, then for the case.
void JudgeStandard(const v1::ClosingRule& rule, const ClosingOp& op, const Program& program,
                   const Evaluation& evaluation, Engine* engine, Basis* basis,
                   v1::ClosingEvaluation* out) {
  const auto judge = [&](const v1::EvidenceItem& item, int32_t index, const Scope& scope,
                         std::string_view subject) {
    Uses uses;
    internal::Window window;
    if (engine->Proven(program.evidence[static_cast<size_t>(index)], scope, &uses, &window)) {
      for (int i = 0; i < uses.count; ++i) {
        basis->Add(engine->view().At(uses.facts[static_cast<size_t>(i)]).fact->fact_id());
      }
      return;
    }
    v1::UnmetDuty* unmet = out->add_unmet();
    unmet->set_id(absl::StrCat("closing.", StandardName(rule.standard()), ".", item.id()));
    unmet->set_clause(item.clause());
    unmet->set_subject(std::string(subject));
    *unmet->mutable_title() = item.title();
    *unmet->mutable_remedy() = item.remedy();
    if (window.not_before != kNoDay) {
      *unmet->mutable_not_before() = calendar::ToProto(calendar::FromDayNumber(window.not_before));
      unmet->set_calendar_missing(window.missing_year);
    }
  };
  for (const Subject& subject : evaluation.subjects) {
    if (subject.kind != v1::SUBJECT_KIND_CLAIM) continue;
    const auto& names = engine->view().claims();
    const auto index = std::find(names.begin(), names.end(), subject.name) - names.begin();
    for (int i = 0; i < rule.for_each_claim_size(); ++i) {
      judge(rule.for_each_claim(i), op.for_each_claim.begin + i,
            {v1::SUBJECT_KIND_CLAIM, static_cast<int16_t>(index)}, subject.name);
    }
  }
  for (int i = 0; i < rule.for_case_size(); ++i) {
    judge(rule.for_case(i), op.for_case.begin + i, {v1::SUBJECT_KIND_CASE, -1},
          evaluation.subjects.front().name);
  }
}

}  // namespace

absl::StatusOr<v1::ClosingEvaluation> Evaluator::EvaluateClosing(
    FactView facts, types::v1::ClosingStandard standard, absl::CivilDay as_of,
    const AsKnown& as_known) {
  const Program& program = plan_->program();
  const auto& rules = plan_->proto().closing();
  int chosen = -1;
  for (int i = 0; i < rules.size(); ++i) {
    if (rules[i].standard() == standard && standard != types::v1::CLOSING_STANDARD_UNSPECIFIED) {
      chosen = i;
    }
  }
  if (chosen < 0) {
    return absl::NotFoundError(absl::StrCat("the plan has no closing standard ",
                                            types::v1::ClosingStandard_Name(standard)));
  }
  Evaluation& evaluation = scratch_->evaluation;
  RETURN_IF_ERROR(Evaluate(facts, as_of, as_known, &evaluation));
  const bool has_case =
      !evaluation.subjects.empty() && evaluation.subjects.front().kind == v1::SUBJECT_KIND_CASE;
  const bool has_claim =
      std::any_of(evaluation.subjects.begin(), evaluation.subjects.end(),
                  [](const Subject& subject) { return subject.kind == v1::SUBJECT_KIND_CLAIM; });
  if (!has_case || !has_claim) {
    return absl::FailedPreconditionError("the facts hold no registered case with a claim");
  }
  v1::ClosingEvaluation out;
  out.set_standard(standard);
  Basis basis(&out);
  for (const Status& status : evaluation.statuses) {
    const v1::Requirement& requirement = evaluation.RequirementOf(status);
    if (!requirement.gates_closing()) continue;
    if (!program.requirements[static_cast<size_t>(status.requirement)].can_hold) continue;
    if (!IsUnmet(status)) {
      for (size_t i = 0; i < status.facts_used; ++i) {
        basis.Add(facts[static_cast<size_t>(status.facts[i])].fact->fact_id());
      }
      continue;
    }
    v1::UnmetDuty* unmet = out.add_unmet();
    unmet->set_id(requirement.id());
    unmet->set_clause(requirement.clause());
    unmet->set_subject(std::string(evaluation.SubjectName(status)));
    *unmet->mutable_title() = requirement.title();
    *unmet->mutable_remedy() =
        requirement.has_remedy() ? requirement.remedy() : requirement.title();
    unmet->set_calendar_missing(status.window_missing);
  }
  Engine& engine = scratch_->engine;
  const ClosingOp& op = program.closing[static_cast<size_t>(chosen)];
  JudgeStandard(rules[chosen], op, program, evaluation, &engine, &basis, &out);
  if (op.together_with >= 0) {
    JudgeStandard(rules[op.together_with], program.closing[static_cast<size_t>(op.together_with)],
                  program, evaluation, &engine, &basis, &out);
  }
  return out;
}

}  // namespace redress::plan

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/plan/anew.h"
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

// A claim as a scope; the case for what is no claim.
Scope ScopeOf(const Subject& subject, const internal::View& view) {
  const auto index_in = [&subject](const std::vector<std::string_view>& names) {
    return static_cast<int16_t>(std::find(names.begin(), names.end(), subject.name) -
                                names.begin());
  };
  if (subject.kind == v1::SUBJECT_KIND_CLAIM) return {subject.kind, index_in(view.claims())};
  if (subject.kind == v1::SUBJECT_KIND_ROUND) return {subject.kind, index_in(view.rounds())};
  return {v1::SUBJECT_KIND_CASE, -1};
}

// What the latest reopening asks for, and is not done since.
void JudgeReopening(const internal::Reopening& reopening, const v1::ClosingRule& rule,
                    const Evaluation& evaluation, const Engine& engine, Basis* basis,
                    v1::ClosingEvaluation* out) {
  const internal::View& view = engine.view();
  for (const internal::AskedAnew& asked : reopening.acts) {
    for (const Subject& subject : evaluation.subjects) {
      if (subject.kind != v1::SUBJECT_KIND_CLAIM) continue;
      if (!asked.claim.empty() && asked.claim != subject.name) continue;
      const Scope scope = ScopeOf(subject, view);
      const std::string* proof = nullptr;
      for (int32_t i = 0; i < view.size() && proof == nullptr; ++i) {
        const internal::Seen& f = view.At(i);
        if (internal::Does(asked.act, *f.fact) && view.Visible(scope, f) && engine.IsAnew(f)) {
          proof = &f.fact->fact_id();
        }
      }
      if (proof != nullptr) {
        basis->Add(*proof);
        continue;
      }
      v1::UnmetDuty* unmet = out->add_unmet();
      unmet->set_id(absl::StrCat("closing.anew.", std::string(asked.act.id)));
      unmet->set_clause(rule.clause());
      unmet->set_subject(std::string(subject.name));
      unmet->mutable_title()->set_zh(std::string(asked.act.zh));
      unmet->mutable_title()->set_en(std::string(asked.act.en));
      unmet->mutable_remedy()->set_zh(std::string(asked.act.remedy_zh));
      unmet->mutable_remedy()->set_en(std::string(asked.act.remedy_en));
    }
  }
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
    for (int i = 0; i < rule.for_each_claim_size(); ++i) {
      judge(rule.for_each_claim(i), op.for_each_claim.begin + i, ScopeOf(subject, engine->view()),
            subject.name);
    }
  }
  for (int i = 0; i < rule.for_case_size(); ++i) {
    judge(rule.for_case(i), op.for_case.begin + i, {v1::SUBJECT_KIND_CASE, -1},
          evaluation.subjects.front().name);
  }
}

}  // namespace

types::v1::LocalizedText ConfirmRemedy() {
  types::v1::LocalizedText text;
  text.set_zh("听证（调解）系补录：由信访办其他人员核对公告凭证和信访人签字的笔录后予以确认");
  text.set_en(
      "the hearing was recorded late: have somebody else of the office confirm the proof of its"
      " announcement and the minutes that the petitioner signed");
  return text;
}

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
  Engine& engine = scratch_->engine;
  const internal::Reopening reopening = internal::LatestReopening(engine.view(), facts);
  if (reopening.fact >= 0) engine.AskAnew(reopening.fact, reopening.kinds);
  for (const Status& status : evaluation.statuses) {
    const v1::Requirement& requirement = evaluation.RequirementOf(status);
    if (!requirement.gates_closing()) continue;
    if (!program.requirements[static_cast<size_t>(status.requirement)].can_hold) continue;
    const Scope scope =
        ScopeOf(evaluation.subjects[static_cast<size_t>(status.subject)], engine.view());
    const bool counts = status.state == v1::REQUIREMENT_STATE_NOT_APPLICABLE || status.is_cadence ||
                        engine.HoldsForGate(status.requirement, scope);
    if (!IsUnmet(status) && counts) {
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
    *unmet->mutable_remedy() = status.not_for_gates       ? ConfirmRemedy()
                               : requirement.has_remedy() ? requirement.remedy()
                                                          : requirement.title();
    unmet->set_calendar_missing(status.window_missing);
  }
  JudgeReopening(reopening, rules[chosen], evaluation, engine, &basis, &out);
  const ClosingOp& op = program.closing[static_cast<size_t>(chosen)];
  JudgeStandard(rules[chosen], op, program, evaluation, &engine, &basis, &out);
  if (op.together_with >= 0) {
    JudgeStandard(rules[op.together_with], program.closing[static_cast<size_t>(op.together_with)],
                  program, evaluation, &engine, &basis, &out);
  }
  return out;
}

}  // namespace redress::plan

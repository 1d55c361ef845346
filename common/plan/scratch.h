// What an Evaluator keeps between evaluations. Internal to this library.
#ifndef REDRESS_COMMON_PLAN_SCRATCH_H_
#define REDRESS_COMMON_PLAN_SCRATCH_H_

#include "common/plan/engine.h"
#include "common/plan/evaluator.h"

namespace redress::plan {

struct Evaluator::Scratch {
  Scratch(const internal::Program& program, const calendar::Calendar& calendar)
      : engine(program, calendar) {}
  internal::Engine engine;
  Evaluation evaluation;  // of EvaluateClosing
};

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_SCRATCH_H_

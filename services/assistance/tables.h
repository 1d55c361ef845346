// The transition tables of assistance and the names that they are printed with. For the rules
// alone.
#ifndef REDRESS_SERVICES_ASSISTANCE_TABLES_H_
#define REDRESS_SERVICES_ASSISTANCE_TABLES_H_

#include "common/fsm/fsm.h"
#include "common/fsm/print.h"
#include "common/status/macros.h"
#include "redress/assistance/v1/resources.pb.h"
#include "services/assistance/rules.h"

namespace redress::assistance::rules::internal {

enum class FileAction { kOpen, kPlan, kComplete, kFail, kPay, kEnd };

// A household may come into need again: an ended file is opened again rather than refused.
constexpr fsm::Transition<v1::AssistanceState, FileAction> kFileMoves[] = {
    {v1::ASSISTANCE_STATE_OPEN, FileAction::kPlan, v1::ASSISTANCE_STATE_PLANNED},
    {v1::ASSISTANCE_STATE_OPEN, FileAction::kEnd, v1::ASSISTANCE_STATE_ENDED},
    {v1::ASSISTANCE_STATE_PLANNED, FileAction::kPlan, v1::ASSISTANCE_STATE_PLANNED},
    {v1::ASSISTANCE_STATE_PLANNED, FileAction::kComplete, v1::ASSISTANCE_STATE_PLANNED},
    {v1::ASSISTANCE_STATE_PLANNED, FileAction::kFail, v1::ASSISTANCE_STATE_PLANNED},
    {v1::ASSISTANCE_STATE_PLANNED, FileAction::kPay, v1::ASSISTANCE_STATE_PLANNED},
    {v1::ASSISTANCE_STATE_PLANNED, FileAction::kEnd, v1::ASSISTANCE_STATE_ENDED},
    {v1::ASSISTANCE_STATE_ENDED, FileAction::kOpen, v1::ASSISTANCE_STATE_OPEN},
};
inline constexpr fsm::Table kFiles(v1::ASSISTANCE_STATE_OPEN, kFileMoves);
static_assert(kFiles.Deterministic());

enum class MeasureAction { kComplete, kFail, kPay, kSupersede };

// What is done may be paid for later.
constexpr fsm::Transition<v1::MeasureState, MeasureAction> kMeasureMoves[] = {
    {v1::MEASURE_STATE_PLANNED, MeasureAction::kComplete, v1::MEASURE_STATE_DONE},
    {v1::MEASURE_STATE_PLANNED, MeasureAction::kFail, v1::MEASURE_STATE_FAILED},
    {v1::MEASURE_STATE_PLANNED, MeasureAction::kPay, v1::MEASURE_STATE_PLANNED},
    {v1::MEASURE_STATE_PLANNED, MeasureAction::kSupersede, v1::MEASURE_STATE_SUPERSEDED},
    {v1::MEASURE_STATE_DONE, MeasureAction::kPay, v1::MEASURE_STATE_DONE},
};
inline constexpr fsm::Table kMeasures(v1::MEASURE_STATE_PLANNED, kMeasureMoves);
static_assert(kMeasures.Deterministic());

// The state after the action, or FAILED_PRECONDITION ASSISTANCE_STATE, MEASURE_STATE.
absl::StatusOr<v1::AssistanceState> Next(const v1::AssistanceFile& file, FileAction action);
absl::StatusOr<v1::MeasureState> Next(const v1::AssistanceMeasure& measure, MeasureAction action);

// Measures that are not done yet are superseded as of a day.
void SupersedeOpen(v1::AssistanceFile& file, const google::type::Date& on);

// The file with one more fact.
Outcome<v1::AssistanceFile> With(v1::AssistanceFile file, facts::v1::Fact fact);

}  // namespace redress::assistance::rules::internal

#endif  // REDRESS_SERVICES_ASSISTANCE_TABLES_H_

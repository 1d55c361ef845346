// What is said of the mistakes in a plan or rule set, and of what a plan asks in vain: each text
// has a code, English and Chinese. Pure tables, thread-safe.
#ifndef REDRESS_COMMON_PLAN_TEXTS_H_
#define REDRESS_COMMON_PLAN_TEXTS_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "common/status/descriptions.h"

namespace redress::plan {

enum class Say {
  // the file
  kEmpty,
  kByteOrderMark,
  kUtf16,
  kNotUtf8,
  kBinary,
  kJson,
  kYaml,
  kXml,
  kInvisible,
  kInvisibleEscaped,
  kNoField,
  kFieldTwice,
  kExclusive,
  kNoValue,
  kNoBoolean,
  kOutOfRange,
  kTextExpected,
  kNumberExpected,
  kNameExpected,
  kSymbolExpected,
  kQuoteOpen,
  kNotAscii,
  kTooDeep,
  kUnreadable,
  // what every message has
  kMissing,
  kNeedsChinese,
  kNoClause,
  kIdForm,
  kIdTwice,
  kNoRealDate,
  kEndsBeforeStart,
  kTwiceInList,
  // the plan's frame
  kRevision,
  kRecordedLateLimit,
  kRecordedLateTooLong,
  kRuleSetTwice,
  kNoRuleSet,
  kRuleSetsOverlap,
  kNoRuleSetOn,
  kCriterionTwice,
  kBeforePlan,
  kAfterPlan,
  kRecordClassTwice,
  kYears,
  kOnlyMergingEnds,
  kTwoRuleSets,
  kClockTwice,
  kClockDays,
  kExtensionDays,
  kWorkingNotExtended,
  kNotOfCampaign,
  kNotNextRevision,
  // acts of two persons
  kSameAct,
  kActNotOfCase,
  kActNotRecorded,
  kPairTwice,
  // tests
  kNoKind,
  kUnknownKind,
  kKindMissing,
  kAssistanceGates,
  kNotSeen,
  kNoSuchField,
  kNoFields,
  kNoCondition,
  kNotComparable,
  kIsList,
  kIsNoList,
  kIsNoNumber,
  kIsNoDate,
  kNoValues,
  kHoldsId,
  kNoRound,
  kNotBoolean,
  kNotOneOf,
  kNotNumber,
  kAmongWithoutLatest,
  kNegative,
  kTwoCounts,
  kNoDayBetween,
  kNoAnchor,
  kNoTests,
  kWindowLength,
  kNoWindowLength,
  kEmptyTest,
  // requirements
  kNoClockName,
  kNoClock,
  kPauseAndResume,
  kExtensionField,
  kNotExtensible,
  kCadenceDays,
  kDaysWithoutStep,
  kCadenceEnd,
  kRestartWithoutStop,
  kSuspendAndResume,
  kCadenceEvidence,
  kCadenceGates,
  kWhenLast,
  kNoWhen,
  kOutsidePlan,
  kDays,
  kCadenceAndOther,
  kBeforeField,
  kNoDueDay,
  kNoBound,
  kNoStage,
  kNoEvidence,
  kSealedDue,
  kGateOutsideCase,
  // what cannot be kept
  kDueKnownWhenDone,
  kEndsWhenDone,
  kWaitForEachOther,
  kWindowNeverLapses,
  kOfItself,
  kBothThereAndNot,
  kContradictory,
  // what no duty may hang on
  kPetitionersField,
  kPetitionersAct,
  kNotAskedByAll,
  kPetitionersPart,
  kSettlementDuty,
  kOnlyByDecline,
  kHelpTied,
  kHelpTiedThrough,
  // closing
  kNoClosing,
  kStandardTwice,
  kNoAnswer,
  kNeverAlone,
  kNoOtherStandard,
  kOtherNeverAlone,
  kFloorSigned,
  kFloorCooling,
  kFloorPerformed,
  kFloorReexamined,
  kFloorReconsidered,
  kFloorChannel,
  kFloorServed,
  kFloorWindow,
  // scores
  kNoRequirement,
  kNotDue,
  kScoredKind,
  kScoredField,
  kScoredAbsence,
  kScoredRefusal,
  kScoredWorse,
  kPoints,
  kCapWithoutLapses,
  kNoCap,
  kNoScorableAct,
  kLapsesOfWhat,
  kNoLapse,
  kSuppress,
  kNoMeasure,
  kBands,
  // warnings
  kNotRecorded,
  kNeverApplies,
  kNoDueYet,
  kNoClosingYet,
};

// Everything that can be said, in the order of Say. Slots are {0}, {1}, … in both languages.
absl::Span<const status::Description> AllTexts();

// The text in each language with its slots filled.
std::string InEnglish(Say say, absl::Span<const std::string> values);
std::string InChinese(Say say, absl::Span<const std::string> values);

// Makes the texts known to common/status, so that errors that carry them answer in Chinese too.
// Meant for start-up.
void RegisterTexts();

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_TEXTS_H_

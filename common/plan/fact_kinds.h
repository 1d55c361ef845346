// What the loader and the evaluator ask about a kind of fact, answered from its rule in kinds.proto
// (common/options): whom it is about, which requirement sees it, and what no duty may hang on.
// Pure, thread-safe.
#ifndef REDRESS_COMMON_PLAN_FACT_KINDS_H_
#define REDRESS_COMMON_PLAN_FACT_KINDS_H_

#include <string>
#include <string_view>

#include "common/options/fact_rule.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/plan/v1/plan.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::plan {

// What facts of a kind are about; UNSPECIFIED for what is no kind. Facts about
// findings are about a unit.
v1::SubjectKind SubjectOf(facts::v1::FactKind kind);

// True if a requirement about `subject` sees facts of that kind.
bool Sees(v1::SubjectKind subject, facts::v1::FactKind kind);

// What a kind is called: 走访 and "visit held" for FACT_KIND_VISIT_HELD. Empty for what is no kind.
types::v1::LocalizedText NameOf(facts::v1::FactKind kind);

// As a plan names it: "VISIT_HELD" for FACT_KIND_VISIT_HELD.
std::string ShortName(facts::v1::FactKind kind);

using facts::DetailOf;
using facts::kKinds;

// True if a fact of that kind is a claim's written answer: an opinion, or a reasoned
// non-acceptance.
bool IsAnswer(facts::v1::FactKind kind);

// True for facts about assistance, which never gates closing (invariant 4).
bool IsAssistance(facts::v1::FactKind kind);

// True if the petitioner did not want a visit, a hearing or a survey.
bool IsDecline(facts::v1::FactKind kind);
// True for facts about an agreement with the petitioner.
bool IsSettlement(facts::v1::FactKind kind);
// True for what a petitioner asks for, of us or of a court or another organ: such a fact exists
// because they chose to ask.
bool IsRequestOfPetitioner(facts::v1::FactKind kind);
// The request without which there is never a fact of that kind: a review is decided where one was
// asked for. The kind itself where it is a request; UNSPECIFIED where nobody needs to ask.
facts::v1::FactKind RequestFor(facts::v1::FactKind kind);

// True for what a duty about assistance may name beside it: never what ends a petition, an
// agreement, or what the petitioner chose (invariant 4). What is not listed may not.
bool MayStandBesideHelp(facts::v1::FactKind kind);

// True for a field that says what a petitioner agreed to: no duty may hang on it.
bool IsPetitionersChoice(std::string_view field);
// True for a field of a hearing that says what the petitioner did there: a duty may ask for it
// only beside their refusal.
bool IsPetitionersPart(std::string_view field);

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_FACT_KINDS_H_

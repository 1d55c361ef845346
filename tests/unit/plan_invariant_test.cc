// What a plan cannot say (the design's invariants 1, 2, 4, 5): by its schema, and by its loader.
#include <functional>
#include <set>

#include "common/plan/scorable.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using ::testing::HasSubstr;

void Walk(const Descriptor* message, std::set<const Descriptor*>* seen,
          const std::function<void(const FieldDescriptor&)>& visit) {
  if (!seen->insert(message).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    visit(*message->field(i));
    if (message->field(i)->message_type() != nullptr) {
      Walk(message->field(i)->message_type(), seen, visit);
    }
  }
}

TEST(PlanInvariantTest, TheSchemaHasNoWordForAPersonOrForCountingPetitions) {
  std::set<const Descriptor*> seen;
  int fields = 0;
  for (const Descriptor* top :
       {v1::Plan::descriptor(), v1::RuleSet::descriptor(), v1::Evaluation::descriptor(),
        v1::Scorecard::descriptor(), v1::ClosingEvaluation::descriptor()}) {
    Walk(top, &seen, [&](const FieldDescriptor& field) {
      ++fields;
      for (const char* word :
           {"person",    "petitioner",   "citizen",   "name_of", "address",
            "location",  "risk",         "mood",      "belief",  "attitude",
            "phone",     "id_card",      "stability", "label",   "petition_count",
            "petitions", "closing_rate", "agreement", "raters",  "waiver"}) {
        EXPECT_EQ(field.name().find(word), std::string::npos) << field.full_name();
      }
    });
  }
  EXPECT_GT(fields, 150);
}

TEST(PlanInvariantTest, ADutyBindsAUnitOrAnOfficial) {
  for (int i = 0; i < v1::BoundRole_descriptor()->value_count(); ++i) {
    EXPECT_EQ(v1::BoundRole_descriptor()->value(i)->name().find("PETITIONER"), std::string::npos);
  }
  for (int i = 0; i < v1::SubjectKind_descriptor()->value_count(); ++i) {
    EXPECT_EQ(v1::SubjectKind_descriptor()->value(i)->name().find("PETITIONER"), std::string::npos);
  }
}

// The mistakes of the seed plan after a change to its message.
std::string After(const std::function<void(v1::Plan*)>& change) {
  v1::Plan plan = SeedPlan()->proto();
  change(&plan);
  std::vector<Mistake> mistakes;
  if (Load(plan.DebugString(), TestRules(), &mistakes).ok()) return "";
  return Describe(mistakes);
}

v1::Test FactOf(facts::v1::FactKind kind) {
  v1::Test test;
  test.mutable_fact()->set_kind(kind);
  return test;
}

TEST(PlanInvariantTest, TheSeedPlanSurvivesBeingPrinted) {
  EXPECT_EQ(After([](v1::Plan*) {}), "");
}

TEST(PlanInvariantTest, EveryClosingNeedsEveryClaimsAnswer) {
  constexpr char kRefusal[] = "no closing without an answer to every claim";
  EXPECT_THAT(After([](v1::Plan* plan) { plan->mutable_closing(0)->clear_for_each_claim(); }),
              HasSubstr(kRefusal));
  // An answer as one alternative of several is none.
  EXPECT_THAT(After([](v1::Plan* plan) {
                auto* items = plan->mutable_closing(0)->mutable_for_each_claim();
                while (items->size() > 1) items->RemoveLast();
                auto* any = items->Mutable(0)->mutable_satisfied()->mutable_any();
                any->clear_tests();
                *any->add_tests() = FactOf(facts::v1::FACT_KIND_OPINION_ISSUED);
                *any->add_tests() = FactOf(facts::v1::FACT_KIND_SETTLEMENT_SIGNED);
              }),
              HasSubstr(kRefusal));
  // An answer for some claims only is none.
  EXPECT_THAT(After([](v1::Plan* plan) {
                auto* items = plan->mutable_closing(0)->mutable_for_each_claim();
                while (items->size() > 1) items->RemoveLast();
                *items->Mutable(0)->mutable_applies() =
                    FactOf(facts::v1::FACT_KIND_CLAIM_APPRAISED);
              }),
              HasSubstr(kRefusal));
  // Asking that there be no answer is no answer.
  EXPECT_THAT(After([](v1::Plan* plan) {
                auto* items = plan->mutable_closing(0)->mutable_for_each_claim();
                while (items->size() > 1) items->RemoveLast();
                items->Mutable(0)->mutable_satisfied()->mutable_absent()->set_kind(
                    facts::v1::FACT_KIND_OPINION_ISSUED);
              }),
              HasSubstr(kRefusal));
}

TEST(PlanInvariantTest, AnUnlawfulActNeverClosesAlone) {
  EXPECT_THAT(After([](v1::Plan* plan) {
                for (auto& rule : *plan->mutable_closing()) rule.clear_together_with();
              }),
              HasSubstr("never closes a case alone"));
  EXPECT_THAT(After([](v1::Plan* plan) {
                for (auto& rule : *plan->mutable_closing()) {
                  if (rule.standard() == types::v1::CLOSING_STANDARD_LAWFUL)
                    rule.set_together_with(rule.standard());
                }
              }),
              HasSubstr("names no other standard"));
}

TEST(PlanInvariantTest, NoScoreOnPetitionsClosingsAgreementsOrResults) {
  const auto on_time = [](const std::string& id) {
    return After([&](v1::Plan* plan) {
      plan->mutable_score()->mutable_rules(0)->mutable_on_time()->add_requirements(id);
    });
  };
  EXPECT_EQ(on_time("P9.sorting"), "");
  EXPECT_THAT(on_time("P16"), HasSubstr("depends on CASE_CLOSED: only acts of a unit"));
  EXPECT_THAT(on_time("P1"), HasSubstr("depends on CASE_REGISTERED: only acts of a unit"));
  EXPECT_THAT(on_time("P17.basis"), HasSubstr("depends on CASE_REOPENED"));
  EXPECT_THAT(on_time("P99"), HasSubstr("there is no requirement `P99`"));
  const auto quality = [](facts::v1::FactKind kind, const char* field, const char* value) {
    return After([&](v1::Plan* plan) {
      auto* share = plan->mutable_score()->mutable_rules(0)->mutable_quality();
      share->set_kind(kind);
      auto* good = share->add_good();
      good->set_field(field);
      good->set_equals(value);
    });
  };
  EXPECT_THAT(quality(facts::v1::FACT_KIND_CASE_CLOSED, "standard", "CLOSING_STANDARD_SETTLEMENT"),
              HasSubstr("no act of a unit"));
  EXPECT_THAT(quality(facts::v1::FACT_KIND_CASE_REGISTERED, "prominent", "true"),
              HasSubstr("no act of a unit"));
  EXPECT_THAT(quality(facts::v1::FACT_KIND_REVIEW_REQUESTED, "x", "true"),
              HasSubstr("no act of a unit"));
  EXPECT_THAT(
      quality(facts::v1::FACT_KIND_OPINION_ISSUED, "outcome", "CLAIM_OUTCOME_NOT_SUPPORTED"),
      HasSubstr("never scored"));
  EXPECT_THAT(quality(facts::v1::FACT_KIND_CLAIM_APPRAISED, "category", "CATEGORY_EXPLAIN"),
              HasSubstr("never scored"));
  for (const auto kind :
       {facts::v1::FACT_KIND_CASE_REGISTERED, facts::v1::FACT_KIND_REVIEW_REQUESTED,
        facts::v1::FACT_KIND_CASE_REOPENED, facts::v1::FACT_KIND_ROUND_OPENED}) {
    EXPECT_THAT(After([&](v1::Plan* plan) {
                  plan->mutable_score()->mutable_rules(0)->mutable_lapses()->set_kind(kind);
                }),
                HasSubstr("is no lapse of a unit"));
  }
  EXPECT_THAT(After([](v1::Plan* plan) {
                plan->mutable_score()->mutable_rules(0)->mutable_ratings()->set_suppress_below(4);
              }),
              HasSubstr("at least 5"));
}

TEST(PlanInvariantTest, NoDutyHangsOnWhatAPetitionerAgreesTo) {
  EXPECT_THAT(After([](v1::Plan* plan) {
                auto* fact = plan->mutable_requirements(0)->mutable_satisfied()->mutable_fact();
                fact->Clear();
                fact->set_kind(facts::v1::FACT_KIND_DATE_OFFERED);
                auto* where = fact->add_where();
                where->set_field("petitioner_agrees");
                where->set_equals("true");
              }),
              HasSubstr("no duty may depend on what a petitioner agrees to"));
}

TEST(PlanInvariantTest, AssistanceNeverGatesClosing) {
  EXPECT_THAT(After([](v1::Plan* plan) {
                for (auto& requirement : *plan->mutable_requirements()) {
                  if (requirement.id() == "P11.plan") requirement.set_gates_closing(true);
                }
              }),
              HasSubstr("assistance never decides"));
  EXPECT_THAT(After([](v1::Plan* plan) {
                auto* item = plan->mutable_closing(0)->add_for_case();
                *item = plan->closing(0).for_each_claim(0);
                item->set_id("ended");
                *item->mutable_satisfied() = FactOf(facts::v1::FACT_KIND_ASSISTANCE_ENDED);
              }),
              HasSubstr("assistance never decides"));
}

TEST(PlanInvariantTest, EveryKindOfFactHasASubjectAndIsNoActAndLapseAtOnce) {
  const auto* kinds = facts::v1::FactKind_descriptor();
  for (int i = 0; i < kinds->value_count(); ++i) {
    const auto kind = static_cast<facts::v1::FactKind>(kinds->value(i)->number());
    if (kind == facts::v1::FACT_KIND_UNSPECIFIED) continue;
    EXPECT_NE(SubjectOf(kind), v1::SUBJECT_KIND_UNSPECIFIED) << kinds->value(i)->name();
    EXPECT_FALSE(IsScorableAct(kind) && IsLapse(kind)) << kinds->value(i)->name();
  }
}

}  // namespace
}  // namespace redress::plan::testing

// What a plan may not score (invariant 2), wherever a kind or a field can stand in a rule.
#include "tests/unit/plan_text.h"

namespace redress::plan::testing {
namespace {

void ExpectScored(const std::string& duty, Say say, const std::string& subject = "CASE") {
  ExpectRefused(duty,
                kHead + Answered() + Duty(duty, "R", subject) +
                    "score { version: \"1\" rules { id: \"S\" clause: \"x\" title { zh: \"x\" } "
                    "centipoints: 100 on_time { requirements: \"R\" } } }",
                say);
}

TEST(PlanMisuseScoreTest, OnlyActsOfAUnitAreScoredWhereverAKindCanStand) {
  const std::string due = After("CASE_REGISTERED");
  const char* const never[] = {"CASE_MERGED",
                               "CASE_CLOSED",
                               "CASE_REOPENED",
                               "CLOSURE_PROPOSED",
                               "CASE_ARCHIVED",
                               "REVIEW_REQUESTED",
                               "REVIEW_DECIDED",
                               "REEXAMINATION_REQUESTED",
                               "REEXAMINATION_DECIDED",
                               "VISIT_DECLINED",
                               "HEARING_DECLINED",
                               "SURVEY_DECLINED",
                               "VISITS_WANTED",
                               "PAYMENT_MADE",
                               "ASSISTANCE_ENDED",
                               "OPINION_PERFORMED",
                               "FOLLOW_UP_DONE",
                               "IDENTITY_CORRECTED",
                               "RECORD_CONFIRMED",
                               "LEGAL_CHANNEL_ACCEPTED",
                               "RECONSIDERATION_DECIDED",
                               "SETTLEMENT_SIGNED",
                               "SETTLEMENT_PERFORMED",
                               "VISIT_NOT_ARRANGED",
                               "HANDOVER_DECLINED"};
  for (const char* kind : never) {
    ExpectScored(Done(kind) + due, Say::kScoredKind);
    ExpectScored(Applies(kind) + Done("VISIT_HELD") + due, Say::kScoredKind);
    ExpectScored(absl::StrCat("applies { absent ", One(kind), "} ", Done("VISIT_HELD"), due),
                 Say::kScoredKind);
    ExpectScored(Done("VISIT_HELD") + After(kind), Say::kScoredKind);
    ExpectScored(Done("VISIT_HELD") + Before(kind), Say::kScoredKind);
    ExpectScored(
        absl::StrCat("satisfied { fact { kind: FACT_KIND_VISIT_HELD not_before: FACT_KIND_", kind,
                     " } } ", due),
        Say::kScoredKind);
    ExpectScored(absl::StrCat("satisfied { fact { kind: FACT_KIND_VISIT_HELD undone_by: FACT_KIND_",
                              kind, " } } ", due),
                 Say::kScoredKind);
    ExpectScored(absl::StrCat(Done("VISIT_HELD"), "due { when { ", Has(kind),
                              " } fixed { year: 2018 month: 5 day: 1 } } ", due),
                 Say::kScoredKind);
    ExpectScored(
        absl::StrCat("applies { lapsed { from { ", Has("OPINION_ISSUED"),
                     " } days: 5 unless: FACT_KIND_", kind, " } } ", Done("VISIT_HELD"), due),
        Say::kScoredKind);
    ExpectScored(absl::StrCat("satisfied { any { tests { ", Has("VISIT_HELD"), " } tests { ",
                              Has(kind), " } } } ", due),
                 Say::kScoredKind);
    ExpectScored(
        absl::StrCat(Done("VISIT_HELD"), "due { cadence { step: CADENCE_STEP_MONTH stopped_by ",
                     One(kind), "} }"),
        Say::kScoredKind);
    ExpectScored(
        absl::StrCat(Done("VISIT_HELD"),
                     "due { cadence { step: CADENCE_STEP_MONTH until { year: 2018 month: 9 "
                     "day: 30 } suspended_by ",
                     One(kind), " resumed_by ", One(kind), "} }"),
        Say::kScoredKind);
    ExpectScored(absl::StrCat(Done("OPINION_ISSUED"), "due { clock { name: \"handling\" from { ",
                              Has("ACCEPTED"), " } paused_by ", One(kind), " resumed_by ",
                              One("CLOCK_RESUMED"), "} }"),
                 Say::kScoredKind);
  }
  // How many petitions there are, and again.
  for (const char* test :
       {"fact { kind: FACT_KIND_CLAIM_REGISTERED at_least: 3 }",
        "fact { kind: FACT_KIND_ROUND_OPENED at_least: 2 }",
        "absent { kind: FACT_KIND_ROUND_OPENED }",
        "fact { kind: FACT_KIND_VISIT_HELD not_before: FACT_KIND_REVIEW_REQUESTED }"}) {
    ExpectScored(absl::StrCat("applies { ", test, " } ", Done("VISIT_HELD"), due),
                 Say::kScoredKind);
  }
  ExpectScored(
      "satisfied { fact { kind: FACT_KIND_VISIT_HELD at_least_from { kind: "
      "FACT_KIND_CASE_REGISTERED field: \"claims\" } } } " +
          due,
      Say::kScoredKind);
  // Where from, how often, what became of it.
  for (const char* test :
       {"fact { kind: FACT_KIND_CASE_REGISTERED where { field: \"source\" equals: "
        "\"CASE_SOURCE_HANDED_DOWN_CITY\" } }",
        "fact { kind: FACT_KIND_CASE_REGISTERED where { field: \"claims\" at_least: 2 } }",
        "fact { kind: FACT_KIND_CASE_REGISTERED where { field: \"prominent\" equals: \"true\" } }",
        "fact { kind: FACT_KIND_ROUND_OPENED where { field: \"round_kind\" equals: "
        "\"ROUND_KIND_REVIEW\" } }",
        "fact { kind: FACT_KIND_CLAIM_APPRAISED where { field: \"category\" equals: "
        "\"CATEGORY_EXPLAIN\" } }",
        "fact { kind: FACT_KIND_OPINION_ISSUED where { field: \"outcome\" equals: "
        "\"CLAIM_OUTCOME_SUPPORTED\" } }",
        "fact { kind: FACT_KIND_CLAIM_REGISTERED where { field: \"claim_kind\" equals: "
        "\"CLAIM_KIND_ACCUSATION\" } }",
        "fact { kind: FACT_KIND_PRIOR_CONCLUSION_RECORDED where { field: \"exists\" equals: "
        "\"true\" "
        "} }",
        "fact { kind: FACT_KIND_VISIT_HELD where { field: \"place\" equals: \"VISIT_PLACE_HOME\" } "
        "}",
        "fact { kind: FACT_KIND_CLAIM_APPRAISED latest: true among { field: \"category\" equals: "
        "\"CATEGORY_EXPLAIN\" } }"}) {
    ExpectScored(absl::StrCat("applies { ", test, " } ", Done("WORK_PLAN_SET"), due),
                 Say::kScoredField);
    ExpectScored(absl::StrCat(Done("WORK_PLAN_SET"), "due { when { ", test,
                              " } fixed { year: 2018 month: 5 day: 1 } } ", due),
                 Say::kScoredField);
    ExpectScored(absl::StrCat(Done("WORK_PLAN_SET"), "due { after { from { ", test,
                              " } days: 1 count: DAY_COUNT_CALENDAR } }"),
                 Say::kScoredField);
  }
  ExpectScored(
      "satisfied { fact { kind: FACT_KIND_SORTED where { field: \"route\" equals: "
      "\"ROUTE_LITIGATION\" } } } " +
          due,
      Say::kScoredField);
  ExpectScored(
      "satisfied { fact { kind: FACT_KIND_ASSISTANCE_PLANNED where { field: "
      "\"agreed_with_person\" equals: \"true\" } } } " +
          due,
      Say::kScoredField);
  // Refusing, doing nothing, doing worse.
  ExpectScored(Done("NOT_ACCEPTED") + due, Say::kScoredRefusal);
  ExpectScored(
      "satisfied { fact { kind: FACT_KIND_DOCUMENT_SERVED where { field: \"document_kind\" "
      "equals: \"DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE\" } } } " +
          due,
      Say::kScoredRefusal);
  ExpectScored("satisfied { absent { kind: FACT_KIND_ACCEPTED } } " + due, Say::kScoredAbsence);
  ExpectScored(
      "satisfied { fact { kind: FACT_KIND_INVESTIGATED where { field: \"on_site\" equals: "
      "\"false\" } } } " +
          due,
      Say::kScoredWorse);
  ExpectScored(
      "satisfied { fact { kind: FACT_KIND_INVESTIGATED where { field: \"evidence_items\" "
      "at_most: 0 } } } " +
          due,
      Say::kScoredWorse);
  ExpectScored(
      "satisfied { fact { kind: FACT_KIND_SCREENING_REPORTED where { field: \"nil_report\" "
      "equals: \"true\" } } } due { fixed { year: 2018 month: 5 day: 8 } }",
      Say::kScoredField, "UNIT");
}

void ExpectRule(const std::string& rule, Say say) {
  ExpectRefused(rule,
                absl::StrCat(kHead, Answered(), Duty(Done("VISIT_HELD") + After("ASSIGNED")),
                             "score { version: \"1\" rules { id: \"S\" clause: \"x\" title { zh: "
                             "\"x\" } centipoints: 100 ",
                             rule, " } }"),
                say);
}

TEST(PlanMisuseScoreTest, ScoreRulesReadNothingElse) {
  for (const char* kind :
       {"CASE_REGISTERED", "CASE_CLOSED", "NOT_ACCEPTED", "DATE_OFFERED", "PAYMENT_MADE",
        "FOLLOW_UP_DONE", "REVIEW_DECIDED", "CASE_ARCHIVED", "VISIT_DECLINED"}) {
    ExpectRule(absl::StrCat("quality { kind: FACT_KIND_", kind,
                            " good { field: \"x\" equals: \"true\" } }"),
               Say::kNoScorableAct);
  }
  const auto quality = [](const std::string& kind, const std::string& list,
                          const std::string& condition) {
    const std::string good =
        list == "good" ? "" : "good { field: \"receipt_kept\" equals: \"true\" }";
    return absl::StrCat("quality { kind: FACT_KIND_", kind, " ", list, " { ", condition, " } ",
                        good, " }");
  };
  ExpectRule(quality("OPINION_ISSUED", "good",
                     "field: \"outcome\" equals: \"CLAIM_OUTCOME_NOT_SUPPORTED\""),
             Say::kScoredField);
  ExpectRule(quality("DOCUMENT_SERVED", "good",
                     "field: \"document_kind\" equals: \"DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE\""),
             Say::kScoredField);
  ExpectRule(quality("DOCUMENT_SERVED", "among",
                     "field: \"mode\" equals: \"SERVICE_MODE_REFUSAL_WITNESSED\""),
             Say::kScoredField);
  ExpectRule(quality("HEARING_HELD", "good", "field: \"petitioner_present\" equals: \"true\""),
             Say::kScoredField);
  ExpectRule(quality("HEARING_HELD", "good", "field: \"social_participants\" at_least: 1"),
             Say::kScoredField);
  ExpectRule(quality("VISIT_HELD", "good", "field: \"place\" equals: \"VISIT_PLACE_OFFICE\""),
             Say::kScoredField);
  ExpectRule(quality("EXTENSION_GRANTED", "good", "field: \"days\" at_most: 30"),
             Say::kScoredField);
  ExpectRule(quality("DOCUMENT_SERVED", "good", "field: \"receipt_kept\" equals: \"false\""),
             Say::kScoredWorse);
  // Deductions have a most.
  ExpectRule("lapses { requirements: \"R\" }", Say::kNoCap);
  ExpectRule("lapses { kind: FACT_KIND_FINDING_OPENED }", Say::kNoCap);
  ExpectRule("at_most_centipoints: 50 lapses { kind: FACT_KIND_FINDING_OPENED }", Say::kNoCap);
  for (const char* kind : {"CASE_REGISTERED", "CASE_REOPENED", "CLOSURE_BASIS_LOST",
                           "REVIEW_REQUESTED", "ROUND_OPENED", "SETTLEMENT_WITHDRAWN"}) {
    ExpectRule(absl::StrCat("at_most_centipoints: 100 lapses { kind: FACT_KIND_", kind, " }"),
               Say::kNoLapse);
  }
  ExpectRule("on_time { requirements: \"R\" requirements: \"R\" }", Say::kTwiceInList);
  ExpectRule("at_most_centipoints: 100 lapses { requirements: \"R\" requirements: \"R\" }",
             Say::kTwiceInList);
}

}  // namespace
}  // namespace redress::plan::testing

// Plans written against petitioners are refused when they are loaded, each with the reason: duties
// that hang on what a petitioner chooses, help that is tied to closing, closings below the floor,
// rules that nobody can keep.
#include "absl/strings/str_replace.h"
#include "tests/unit/plan_text.h"

namespace redress::plan::testing {
namespace {

// A record that is made late takes a second person: a plan may ask for it sooner, never excuse it.
TEST(PlanMisuseTest, NoPlanExcusesLateRecords) {
  const auto of = [](int days) {
    return absl::StrCat(
        absl::StrReplaceAll(kHead, {{"_working_days: 3", absl::StrCat("_working_days: ", days)}}),
        Answered(), Duty(Done("ASSIGNED")));
  };
  ExpectGood(of(1));
  ExpectGood(of(10));
  ExpectRefused("11 days", of(11), Say::kRecordedLateTooLong);
  ExpectRefused("1000 days", of(1000), Say::kRecordedLateTooLong);
}

TEST(PlanMisuseTest, NoDutyHangsOnWhatAPetitionerChooses) {
  for (const char* kind : {"SETTLEMENT_SIGNED", "SETTLEMENT_WITHDRAWN", "SETTLEMENT_PERFORMED"}) {
    const Say say = Say::kSettlementDuty;
    ExpectDuty(Applies(kind) + Done("VISIT_HELD"), say);
    ExpectDuty(absl::StrCat("applies { absent ", One(kind), "} ", Done("VISIT_HELD")), say);
    ExpectDuty(Done("VISIT_HELD") + After(kind), say);
    ExpectDuty(Done("VISIT_HELD") + Before(kind), say);
    ExpectDuty(absl::StrCat("satisfied { any { tests { ", Has(kind), " } tests { ",
                            Has("VISIT_HELD"), " } } }"),
               say);
    ExpectDuty(absl::StrCat("satisfied { absent ", One(kind), "}"), say);
    ExpectDuty(absl::StrCat("satisfied { fact { kind: FACT_KIND_VISIT_HELD not_before: FACT_KIND_",
                            kind, " } }"),
               say);
    ExpectDuty(absl::StrCat("satisfied { fact { kind: FACT_KIND_VISIT_HELD undone_by: FACT_KIND_",
                            kind, " } }"),
               say);
    ExpectDuty(absl::StrCat(Done("VISIT_HELD"), "due { when { ", Has(kind),
                            " } fixed { year: 2018 month: 5 day: 1 } } due { fixed { year: 2018 "
                            "month: 6 day: 1 } }"),
               say);
    ExpectDuty(
        absl::StrCat(Done("VISIT_HELD"),
                     "due { cadence { step: CADENCE_STEP_HALF_MONTH stopped_by ", One(kind), "} }"),
        say);
    ExpectDuty(absl::StrCat("satisfied { lapsed { from { ", Has("CASE_REGISTERED"),
                            " } days: 5 unless: FACT_KIND_", kind, " } }"),
               say);
  }
  ExpectDuty(Done("SETTLEMENT_SIGNED"), Say::kSettlementDuty);
  ExpectDuty("gates_closing: true " + Done("SETTLEMENT_SIGNED"), Say::kSettlementDuty);
  for (const char* kind : {"VISIT_DECLINED", "HEARING_DECLINED", "SURVEY_DECLINED"}) {
    ExpectDuty(Done(kind), Say::kOnlyByDecline);
    ExpectDuty(Applies(kind) + Done("VISIT_HELD"), Say::kPetitionersAct);
    ExpectDuty(Done("VISIT_HELD") + After(kind), Say::kPetitionersAct);
    ExpectDuty(absl::StrCat("satisfied { absent ", One(kind), "}"), Say::kPetitionersAct);
    ExpectDuty(
        absl::StrCat(Done("VISIT_HELD"),
                     "due { cadence { step: CADENCE_STEP_HALF_MONTH stopped_by ", One(kind), "} }"),
        Say::kPetitionersAct);
  }
  for (const char* kind : {"REVIEW_REQUESTED", "REEXAMINATION_REQUESTED", "VISITS_WANTED"}) {
    ExpectDuty(Done(kind), Say::kPetitionersAct);
    ExpectDuty(absl::StrCat("satisfied { absent ", One(kind), "}"), Say::kPetitionersAct);
    ExpectDuty(absl::StrCat("satisfied { lapsed { from { ", Has("OPINION_ISSUED"),
                            " } days: 5 unless: FACT_KIND_", kind, " } }"),
               Say::kPetitionersAct);
  }
  ExpectDuty(
      "satisfied { fact { kind: FACT_KIND_DATE_OFFERED where { field: \"petitioner_agrees\" "
      "equals: \"true\" } } }",
      Say::kPetitionersField);
  for (const char* kind : {"REVIEW_REQUESTED", "LEGAL_CHANNEL_ACCEPTED"}) {
    EXPECT_EQ(Load(kHead + Answered() + Duty(Done(kind))).size(), 1u) << "one fault, said once";
  }
  // A court or another organ acts because the petitioner turned to it.
  for (const char* kind : {"LEGAL_CHANNEL_ACCEPTED", "RECONSIDERATION_DECIDED"}) {
    ExpectDuty(Done(kind), Say::kPetitionersAct);
    ExpectDuty(absl::StrCat("satisfied { any { tests { ", Has("VISIT_HELD"), " } tests { ",
                            Has(kind), " } } }"),
               Say::kPetitionersAct);
    ExpectDuty(absl::StrCat("satisfied { absent ", One(kind), "}"), Say::kPetitionersAct);
    ExpectGood(kHead + Answered() + Duty(Applies(kind) + Done("VISIT_HELD") + After(kind)));
  }
  // A review is decided where one was asked for, and a duty of all cases cannot wait for it.
  for (const char* kind : {"REVIEW_DECIDED", "REEXAMINATION_DECIDED"}) {
    ExpectDuty(Done(kind), Say::kNotAskedByAll);
    ExpectDuty("gates_closing: true " + Done(kind), Say::kNotAskedByAll);
    ExpectDuty(Applies("OPINION_ISSUED") + Done(kind), Say::kNotAskedByAll);
    ExpectDuty(absl::StrCat("satisfied { all { tests { ", Has("VISIT_HELD"), " } tests { ",
                            Has(kind), " } } }"),
               Say::kNotAskedByAll);
    ExpectDuty(absl::StrCat("satisfied { fact { kind: FACT_KIND_VISIT_HELD not_before: FACT_KIND_",
                            kind, " } }"),
               Say::kNotAskedByAll);
    ExpectDuty(absl::StrCat("satisfied { lapsed { from { ", Has(kind),
                            " } days: 5 unless: FACT_KIND_CLOCK_PAUSED } }"),
               Say::kNotAskedByAll);
    ExpectGood(kHead + Answered() + Duty(Applies(kind) + Done("VISIT_HELD") + After(kind)));
    ExpectGood(kHead + Answered() +
               Duty(absl::StrCat("satisfied { any { tests { ", Has("VISIT_HELD"), " } tests { ",
                                 Has(kind), " } } }")));
  }
  ExpectDuty(
      "satisfied { fact { kind: FACT_KIND_VISIT_HELD not_before: FACT_KIND_REVIEW_REQUESTED } }",
      Say::kNotAskedByAll);
  ExpectDuty(Applies("REEXAMINATION_REQUESTED") + Done("REVIEW_DECIDED"), Say::kNotAskedByAll);
  // Nobody has to come to a hearing, nor to sign its minutes.
  for (const char* field : {"petitioner_present", "minutes_signed"}) {
    const std::string held = absl::StrCat("fact { kind: FACT_KIND_HEARING_HELD where { field: \"",
                                          field, "\" equals: \"true\" } }");
    ExpectDuty(absl::StrCat("satisfied { ", held, " }"), Say::kPetitionersPart);
    ExpectDuty(absl::StrCat("satisfied { any { tests { ", held, " } tests { all { tests { ", held,
                            " } tests { ", Has("VISIT_HELD"), " } } } } }"),
               Say::kPetitionersPart);
    ExpectGood(kHead + Answered() +
               Duty(absl::StrCat("satisfied { any { tests { ", held, " } tests { ",
                                 Has("HEARING_DECLINED"), " } } }")));
  }
  // What stands for the petitioner is no misuse.
  ExpectGood(kHead + Answered() +
             Duty(Applies("SETTLEMENT_SIGNED") + Done("SETTLEMENT_PERFORMED") +
                  "due { on_field { fact { kind: FACT_KIND_SETTLEMENT_SIGNED } date_field: "
                  "\"last_due\" from_latest: true } }"));
  ExpectGood(kHead + Answered() +
             Duty(absl::StrCat("satisfied { any { tests { ", Has("HEARING_HELD"), " } tests { ",
                               Has("HEARING_DECLINED"), " } } }")));
  ExpectGood(
      kHead + Answered() +
      Duty(Applies("REVIEW_REQUESTED") + Done("REVIEW_DECIDED") + After("REVIEW_REQUESTED")));
}

TEST(PlanMisuseTest, HelpIsTiedToNothingThatEndsAPetition) {
  const char* const ends[] = {
      "CASE_CLOSED",    "CASE_REOPENED",     "CLOSURE_PROPOSED",     "CLOSURE_BASIS_LOST",
      "CASE_ARCHIVED",  "SETTLEMENT_SIGNED", "SETTLEMENT_PERFORMED", "SETTLEMENT_WITHDRAWN",
      "VISIT_DECLINED", "HEARING_DECLINED",  "REVIEW_REQUESTED",     "REEXAMINATION_DECIDED",
      "OPINION_ISSUED", "HEARING_HELD",      "CASE_MERGED"};
  const char* const helps[] = {"PAYMENT_MADE", "ASSISTANCE_ENDED", "ASSISTANCE_MEASURE_DONE",
                               "ASSISTANCE_PLANNED", "SURVEYED"};
  for (const char* end : ends) {
    for (const char* help : helps) {
      for (const std::string& body : {
               Done(help) + After(end),
               Done(help) + Before(end),
               Applies(end) + Done(help),
               Applies(help) + Done(end),
               Done(end) + After(help),
               absl::StrCat("satisfied { fact { kind: FACT_KIND_", help, " not_before: FACT_KIND_",
                            end, " } }"),
               absl::StrCat("satisfied { fact { kind: FACT_KIND_", help, " undone_by: FACT_KIND_",
                            end, " } }"),
               absl::StrCat("satisfied { any { tests { ", Has(help), " } tests { ", Has(end),
                            " } } }"),
               absl::StrCat(Done(help), "due { cadence { step: CADENCE_STEP_MONTH stopped_by ",
                            One(end), "} }"),
               absl::StrCat("applies { lapsed { from { ", Has(help),
                            " } days: 3 unless: FACT_KIND_", end, " } } ", Done("VISIT_HELD")),
           }) {
        ExpectDuty(body, Say::kHelpTied);
      }
    }
  }
  // Through another duty: help is due after the task force, which is due after the closing.
  ExpectRefused("two duties",
                kHead + Answered() + Duty(Done("PAYMENT_MADE") + After("TASK_FORCE_SET"), "A") +
                    Duty(Done("TASK_FORCE_SET") + After("CASE_CLOSED"), "B"),
                Say::kHelpTiedThrough);
  ExpectRefused("three duties",
                kHead + Answered() + Duty(Done("PAYMENT_MADE") + After("TASK_FORCE_SET"), "A") +
                    Duty(Done("TASK_FORCE_SET") + Before("MEASURE_DONE"), "B") +
                    Duty(Applies("CASE_CLOSED") + Done("MEASURE_DONE"), "C"),
                Say::kHelpTiedThrough);
  ExpectRefused("closing after help",
                kHead + Answered() + Duty(Done("CASE_CLOSED") + After("MEASURE_DONE"), "A") +
                    Duty(Done("MEASURE_DONE") + After("PAYMENT_MADE"), "B"),
                Say::kHelpTiedThrough);
  ExpectGood(
      kHead + Answered() +
      Duty(Applies("ASSISTANCE_NEED_FOUND") + Done("SURVEYED") + After("ASSISTANCE_NEED_FOUND")));
}

TEST(PlanMisuseTest, DutiesEndWithMergingAndNothingElse) {
  for (const char* kind : {"CASE_CLOSED", "SETTLEMENT_SIGNED", "REGISTRATION_REVOKED",
                           "VISIT_DECLINED", "CASE_ARCHIVED", "NOT_ACCEPTED"}) {
    ExpectRefused(
        kind,
        absl::StrCat(kHead, Answered(), Duty(Done("VISIT_HELD")),
                     "duties_end_with: FACT_KIND_CASE_MERGED duties_end_with: FACT_KIND_", kind),
        Say::kOnlyMergingEnds);
  }
  ExpectRefused("twice",
                kHead + Answered() + Duty(Done("VISIT_HELD")) +
                    "duties_end_with: FACT_KIND_CASE_MERGED duties_end_with: FACT_KIND_CASE_MERGED",
                Say::kTwiceInList);
}

void ExpectClosing(const std::string& standard, const std::string& items, Say say) {
  ExpectRefused(standard + " " + items, kHead + Duty(Done("VISIT_HELD")) + Closing(standard, items),
                say);
}

TEST(PlanMisuseTest, SettlementsKeepTheirFloor) {
  const std::string answer = Item("answer", Has("OPINION_ISSUED"));
  const std::string signing =
      "fact { kind: FACT_KIND_SETTLEMENT_SIGNED undone_by: FACT_KIND_SETTLEMENT_WITHDRAWN where { "
      "field: \"petitioner_signed\" equals: \"true\" } where { field: \"unit_signed\" equals: "
      "\"true\" } where { field: \"outside_witness\" equals: \"true\" } }";
  const std::string cooling =
      Item("cooling", Window(Has("SETTLEMENT_SIGNED"), "days: 7", "SETTLEMENT_WITHDRAWN"));
  const std::string performed =
      Item("performed",
           "fact { kind: FACT_KIND_SETTLEMENT_PERFORMED not_before: FACT_KIND_SETTLEMENT_SIGNED "
           "undone_by: FACT_KIND_SETTLEMENT_WITHDRAWN }");
  const std::string sign = Item("signed", signing);
  ExpectGood(kHead + Duty(Done("VISIT_HELD")) +
             Closing("SETTLEMENT", answer + sign + cooling + performed));
  // A settlement that is closed by an answer alone.
  for (const Say say : {Say::kFloorSigned, Say::kFloorCooling, Say::kFloorPerformed}) {
    ExpectClosing("SETTLEMENT", answer, say);
  }
  ExpectClosing("SETTLEMENT", sign + cooling + performed, Say::kNoAnswer);
  const auto without = [&](const std::string& part) {
    std::string text = signing;
    text.erase(text.find(part), part.size());
    return Item("signed", text);
  };
  for (const char* part : {"undone_by: FACT_KIND_SETTLEMENT_WITHDRAWN",
                           "where { field: \"outside_witness\" equals: \"true\" }",
                           "where { field: \"petitioner_signed\" equals: \"true\" }",
                           "where { field: \"unit_signed\" equals: \"true\" }"}) {
    ExpectClosing("SETTLEMENT", answer + without(part) + cooling + performed, Say::kFloorSigned);
  }
  std::string no_witness = signing;
  no_witness.replace(no_witness.find("witness\" equals: \"true\""), 23,
                     "witness\" equals: \"false\"");
  ExpectClosing("SETTLEMENT", answer + Item("signed", no_witness) + cooling + performed,
                Say::kFloorSigned);
  ExpectClosing("SETTLEMENT",
                answer +
                    Item("signed", absl::StrCat("any { tests { ", signing, " } tests { ",
                                                Has("OPINION_ISSUED"), " } }")) +
                    cooling + performed,
                Say::kFloorSigned);
  ExpectClosing("SETTLEMENT",
                answer + Item("signed", signing, "applies { " + Has("SETTLEMENT_SIGNED") + " }") +
                    cooling + performed,
                Say::kFloorSigned);
  // Windows that are shorter, or of another signing, or kept open by something else.
  for (const std::string& window : {
           Window(Has("SETTLEMENT_SIGNED"), "days: 6", "SETTLEMENT_WITHDRAWN"),
           Window(Has("SETTLEMENT_SIGNED"), "working_days: 1", "SETTLEMENT_WITHDRAWN"),
           Window(Has("SETTLEMENT_SIGNED"), "days: 7", "REVIEW_REQUESTED"),
           Window(Has("OPINION_ISSUED"), "days: 7", "SETTLEMENT_WITHDRAWN"),
           absl::StrCat("lapsed { from { ", Has("SETTLEMENT_SIGNED"),
                        " } days: 7 unless: FACT_KIND_SETTLEMENT_WITHDRAWN }"),
           Window(
               "fact { kind: FACT_KIND_SETTLEMENT_SIGNED on_or_before { year: 2018 month: 5 day: "
               "1 } }",
               "days: 7", "SETTLEMENT_WITHDRAWN"),
       }) {
    ExpectClosing("SETTLEMENT", answer + sign + Item("cooling", window) + performed,
                  Say::kFloorCooling);
  }
  for (const char* fact :
       {"fact { kind: FACT_KIND_SETTLEMENT_PERFORMED }",
        "fact { kind: FACT_KIND_SETTLEMENT_PERFORMED not_before: FACT_KIND_SETTLEMENT_SIGNED }",
        "fact { kind: FACT_KIND_OPINION_PERFORMED not_before: FACT_KIND_SETTLEMENT_SIGNED }"}) {
    ExpectClosing("SETTLEMENT", answer + sign + cooling + Item("performed", fact),
                  Say::kFloorPerformed);
  }
}

TEST(PlanMisuseTest, EveryStandardKeepsItsFloor) {
  const std::string answer = Item("answer", Has("OPINION_ISSUED"));
  // As many answers as were planned, which may be none.
  ExpectClosing("EXHAUSTED",
                Item("answer",
                     "fact { kind: FACT_KIND_OPINION_ISSUED at_least_from { kind: "
                     "FACT_KIND_WORK_PLAN_SET field: \"goals\" } }"),
                Say::kNoAnswer);
  ExpectClosing("EXHAUSTED", answer, Say::kFloorReexamined);
  ExpectClosing("EXHAUSTED", answer + Item("review", Has("REVIEW_DECIDED")), Say::kFloorReexamined);
  ExpectClosing("EXHAUSTED",
                answer + Item("reexamined",
                              absl::StrCat("any { tests { ", Has("REVIEW_DECIDED"), " } tests { ",
                                           Has("REEXAMINATION_DECIDED"), " } }")),
                Say::kFloorReexamined);
  ExpectClosing("EXHAUSTED", answer + Item("asked", Has("REEXAMINATION_REQUESTED")),
                Say::kFloorReexamined);
  ExpectClosing("RECONSIDERATION", answer, Say::kFloorReconsidered);
  ExpectClosing("RECONSIDERATION", answer + Item("decided", Has("RECONSIDERATION_DECIDED")),
                Say::kFloorReconsidered);
  ExpectClosing("LEGAL_CHANNEL", answer, Say::kFloorChannel);
  ExpectClosing("LEGAL_CHANNEL", answer + Item("advice", Has("SORTED")), Say::kFloorChannel);
  ExpectClosing("LEGAL_CHANNEL",
                answer + Item("channel",
                              "fact { kind: FACT_KIND_LEGAL_CHANNEL_ACCEPTED where { field: "
                              "\"notice_kept\" equals: \"false\" } }"),
                Say::kFloorChannel);
  ExpectClosing("ANSWERED", answer, Say::kFloorServed);
  ExpectClosing("ANSWERED", answer + Item("served", kServed), Say::kFloorWindow);
  for (const std::string& window : {
           Window(kServed, "days: 29", "REVIEW_REQUESTED"),
           Window(kServed, "days: 30", "REEXAMINATION_REQUESTED"),
           Window(kServed, "clock: \"sorting\"", "REVIEW_REQUESTED"),
           Window(Has("OPINION_ISSUED"), "days: 30", "REVIEW_REQUESTED"),
           Window(Has("DOCUMENT_SERVED"), "days: 30", "REVIEW_REQUESTED"),
       }) {
    ExpectClosing("ANSWERED", Item("served", kServed) + Item("window", window), Say::kFloorWindow);
  }
  ExpectGood(kHead + Duty(Done("VISIT_HELD")) +
             Closing("ANSWERED", Item("window", Window(kServed, "clock: \"review_request\"",
                                                       "REVIEW_REQUESTED"))));
  ExpectClosing("LAWFUL", answer, Say::kNeverAlone);
  ExpectRefused("together",
                kHead + Duty(Done("VISIT_HELD")) +
                    Closing("LAWFUL", answer + "together_with: CLOSING_STANDARD_LAWFUL"),
                Say::kNoOtherStandard);
  // What is proven for the case only is proven for none of its claims.
  std::string for_case = Item("answer", Has("OPINION_ISSUED"));
  for_case.replace(0, 14, "for_case");
  ExpectClosing("EXHAUSTED", for_case, Say::kNoAnswer);
  // A good answer needs no agreement, and no refusal.
  ExpectClosing("ANSWERED",
                Item("window", Window(kServed, "days: 30", "REVIEW_REQUESTED")) +
                    Item("agreed", Has("SETTLEMENT_SIGNED")),
                Say::kSettlementDuty);
  ExpectClosing("ANSWERED",
                Item("window", Window(kServed, "days: 30", "REVIEW_REQUESTED")) +
                    Item("declined", Has("VISIT_DECLINED")),
                Say::kOnlyByDecline);
}

TEST(PlanMisuseTest, RulesThatNobodyCanKeep) {
  ExpectDuty(Done("VISIT_HELD") + After("VISIT_HELD"), Say::kDueKnownWhenDone);
  ExpectDuty(Done("VISIT_HELD") + Before("VISIT_HELD"), Say::kDueKnownWhenDone);
  ExpectDuty(
      Done("WORK_PLAN_SET") +
          "due { on_field { fact { kind: FACT_KIND_WORK_PLAN_SET } date_field: \"last_due\" } }",
      Say::kDueKnownWhenDone);
  ExpectDuty("applies { absent { kind: FACT_KIND_VISIT_HELD } } " + Done("VISIT_HELD"),
             Say::kEndsWhenDone);
  ExpectDuty(
      "satisfied { fact { kind: FACT_KIND_VISIT_HELD not_before: FACT_KIND_HEARING_HELD } } " +
          Before("HEARING_HELD"),
      Say::kWaitForEachOther);
  ExpectRefused("before each other",
                kHead + Answered() + Duty(Done("VISIT_HELD") + Before("HEARING_HELD"), "A") +
                    Duty(Done("HEARING_HELD") + Before("VISIT_HELD"), "B"),
                Say::kWaitForEachOther);
  ExpectRefused("a circle of three",
                kHead + Answered() + Duty(Done("VISIT_HELD") + Before("HEARING_HELD"), "A") +
                    Duty(Done("HEARING_HELD") + Before("CONSULTED"), "B") +
                    Duty(Done("CONSULTED") + Before("VISIT_HELD"), "C"),
                Say::kWaitForEachOther);
  ExpectRefused("after each other",
                kHead + Answered() + Duty(Done("VISIT_HELD") + After("HEARING_HELD"), "A") +
                    Duty(Done("HEARING_HELD") + After("VISIT_HELD"), "B"),
                Say::kWaitForEachOther);
  ExpectDuty("applies { lapsed { from { " + Has("REVIEW_REQUESTED") +
                 " } days: 3 unless: FACT_KIND_REVIEW_REQUESTED } } " + Done("VISIT_HELD"),
             Say::kWindowNeverLapses);
  ExpectDuty("satisfied { fact { kind: FACT_KIND_VISIT_HELD not_before: FACT_KIND_VISIT_HELD } }",
             Say::kOfItself);
  ExpectDuty("satisfied { all { tests { " + Has("VISIT_HELD") +
                 " } tests { absent { kind: FACT_KIND_VISIT_HELD } } } }",
             Say::kBothThereAndNot);
  for (const char* where :
       {"where { field: \"by_lead\" equals: \"true\" } where { field: \"by_lead\" equals: "
        "\"false\" }",
        "where { field: \"by_lead\" equals: \"true\" } where { field: \"by_lead\" differs: "
        "\"true\" }",
        "where { field: \"by_lead\" differs: \"true\" } where { field: \"by_lead\" differs: "
        "\"false\" }",
        "where { field: \"place\" equals: \"VISIT_PLACE_HOME\" } where { field: \"place\" one_of { "
        "values: \"VISIT_PLACE_OFFICE\" } }"}) {
    ExpectDuty(absl::StrCat("satisfied { fact { kind: FACT_KIND_VISIT_HELD ", where, " } }"),
               Say::kContradictory);
  }
  ExpectDuty(
      "satisfied { fact { kind: FACT_KIND_TASK_FORCE_SET where { field: \"members\" at_least: "
      "5 } where { field: \"members\" at_most: 4 } } }",
      Say::kContradictory);
  ExpectDuty("satisfied { any { tests { " + Has("VISIT_HELD") + " } tests { " + Has("VISIT_HELD") +
                 " } } }",
             Say::kTwiceInList);
  ExpectDuty(
      "satisfied { fact { kind: FACT_KIND_VISIT_HELD where { field: \"place\" one_of { values: "
      "\"VISIT_PLACE_HOME\" values: \"VISIT_PLACE_HOME\" } } } }",
      Say::kTwiceInList);
  ExpectGood(kHead + Answered() +
             Duty("satisfied { all { tests { " + Has("VISIT_HELD") + " } tests { " +
                  Has("HEARING_HELD") + " } } } " + After("HEARING_HELD")));
}

TEST(PlanMisuseTest, TwoActsThatTakeTwoPersons) {
  const auto with = [](const std::string& acts) {
    return kHead + Answered() + Duty(Done("VISIT_HELD")) + acts;
  };
  const std::string pair =
      "separate_acts { clause: \"x\" one: FACT_KIND_PAYMENT_MADE other: FACT_KIND_OPINION_ISSUED }";
  ExpectGood(with(pair));
  const auto plan = plan::Load(with(pair), TestRules());
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ((*plan)->separate_acts().size(), 1);
  EXPECT_EQ((*plan)->separate_acts().Get(0).one(), facts::v1::FACT_KIND_PAYMENT_MADE);
  ExpectRefused(
      "no clause",
      with("separate_acts { one: FACT_KIND_PAYMENT_MADE other: FACT_KIND_OPINION_ISSUED }"),
      Say::kNoClause);
  ExpectRefused("one only", with("separate_acts { clause: \"x\" one: FACT_KIND_PAYMENT_MADE }"),
                Say::kKindMissing);
  ExpectRefused("the same",
                with("separate_acts { clause: \"x\" one: FACT_KIND_PAYMENT_MADE other: "
                     "FACT_KIND_PAYMENT_MADE }"),
                Say::kSameAct);
  ExpectRefused("of a unit",
                with("separate_acts { clause: \"x\" one: FACT_KIND_PAYMENT_MADE other: "
                     "FACT_KIND_UNIT_ENROLLED }"),
                Say::kActNotOfCase);
  ExpectRefused("not recorded",
                with("separate_acts { clause: \"x\" one: FACT_KIND_PAYMENT_MADE other: "
                     "FACT_KIND_CASE_MERGED }"),
                Say::kActNotRecorded);
  ExpectRefused("twice",
                with(pair + "separate_acts { clause: \"y\" one: FACT_KIND_OPINION_ISSUED other: "
                            "FACT_KIND_PAYMENT_MADE }"),
                Say::kPairTwice);
  EXPECT_GE(SeedPlan()->separate_acts().size(), 5);
}

}  // namespace
}  // namespace redress::plan::testing

// The rules of the registry on closure, retraction, procedure rounds and registration numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <utility>

#include "services/registry/rules.h"
#include "tests/unit/registry_case.h"

namespace redress::registry {
namespace {

using testing::By;
using testing::Case;
using testing::CaseIn;
using testing::Duty;
using ::testing::ElementsAre;
using testing::FieldsOf;
using testing::KindsOf;
using testing::On;
using testing::ReasonOf;
using testing::SubjectsOf;
using testing::Text;
using types::v1::CASE_STATE_CLOSED;
using types::v1::CASE_STATE_CLOSING;
using types::v1::CASE_STATE_OPEN;

// ---- closure

plan::v1::ClosingEvaluation Met() {
  return Text<plan::v1::ClosingEvaluation>("basis: 'f1' basis: 'f2'");
}
plan::v1::ClosingEvaluation Unmet() {
  plan::v1::ClosingEvaluation gate = Met();
  *gate.add_unmet() = Duty("P9.visit", "三(三)");
  *gate.add_unmet() = Duty("P17.served", "四(二)2");
  return gate;
}
v1::ProposeClosureRequest Propose() {
  return Text<v1::ProposeClosureRequest>("standard: CLOSING_STANDARD_SETTLEMENT");
}
v1::Case Proposed() { return rules::ProposeClosure(Case(), Propose(), Met(), By())->resource; }
v1::Case Closed() { return rules::CloseCase(Proposed(), Met(), By("officials/head"))->resource; }

TEST(ClosureTest, EveryUnmetDutyIsListed) {
  for (const absl::Status& refused :
       {rules::ProposeClosure(Case(), Propose(), Unmet(), By()).status(),
        rules::CloseCase(Proposed(), Unmet(), By("officials/head")).status()}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(refused));
    EXPECT_EQ(ReasonOf(refused), "CASE_NOT_CLOSABLE");
    EXPECT_THAT(SubjectsOf(refused), ElementsAre("P9.visit (三(三)) cases/1/claims/1",
                                                 "P17.served (四(二)2) cases/1/claims/1"));
  }
  EXPECT_TRUE(rules::RefuseUnmet(By(), "ANY", "any", {}).ok());
}

TEST(ClosureTest, DutiesAreNamedInTheLanguageOfWhoAsks) {
  plan::v1::UnmetDuty duty;
  duty.set_id("P9.visit");
  duty.mutable_title()->set_zh("走访信访人");
  duty.mutable_title()->set_en("visit the petitioner");
  duty.mutable_remedy()->set_zh("登记一次走访");
  const auto says = [&](std::string_view lang) {
    rules::Context context = By();
    context.lang = lang;
    return status::ViolationsOf(rules::RefuseUnmet(context, "ANY", "any", {duty}))[0].description;
  };
  EXPECT_EQ(says("zh"), "走访信访人 — 登记一次走访");
  EXPECT_EQ(says("en"), "visit the petitioner — 登记一次走访");  // a plan may have Chinese alone
  duty.mutable_remedy()->set_en("record a visit");
  EXPECT_EQ(says("en"), "visit the petitioner — record a visit");
}

TEST(ClosureTest, ProposedByOneApprovedByAnother) {
  const auto proposed = rules::ProposeClosure(Case(), Propose(), Met(), By());
  ASSERT_TRUE(proposed.ok());
  EXPECT_EQ(proposed->resource.state(), CASE_STATE_CLOSING);
  EXPECT_EQ(proposed->resource.closure().proposal_fact(), proposed->facts[0].fact_id());
  EXPECT_TRUE(proposed->resource.entry_criterion() != 0);
  const auto own = rules::CloseCase(proposed->resource, Unmet(), By());
  EXPECT_EQ(ReasonOf(own.status()), "CASE_NOT_CLOSABLE");
  EXPECT_EQ(SubjectsOf(own.status()).back(), "P17.four_eyes (四(二)2(4)) cases/1");
  EXPECT_EQ(SubjectsOf(own.status()).size(), 3u);
  const auto closed = rules::CloseCase(proposed->resource, Met(), By("officials/head"));
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->resource.state(), CASE_STATE_CLOSED);
  EXPECT_EQ(closed->resource.entry_criterion(), types::v1::ENTRY_CRITERION_UNSPECIFIED);
  EXPECT_THAT(closed->resource.closure().basis(), ElementsAre("f1", "f2"));
  EXPECT_THAT(KindsOf(closed->facts), ElementsAre(facts::v1::FACT_KIND_CASE_CLOSED));
  EXPECT_EQ(closed->facts[0].case_closed().proposed_by().official(), "officials/clerk");
  EXPECT_EQ(closed->facts[0].case_closed().standard(), types::v1::CLOSING_STANDARD_SETTLEMENT);
}

TEST(ClosureTest, ARejectedProposalIsTakenBack) {
  const v1::Case proposed = Proposed();
  const auto rejected = rules::RejectClosure(proposed, By("officials/head"));
  ASSERT_TRUE(rejected.ok());
  EXPECT_EQ(rejected->resource.state(), CASE_STATE_OPEN);
  EXPECT_FALSE(rejected->resource.has_closure());
  EXPECT_THAT(KindsOf(rejected->facts), ElementsAre(facts::v1::FACT_KIND_CLOSURE_PROPOSED));
  EXPECT_EQ(rejected->facts[0].retracts(), proposed.closure().proposal_fact());
}

TEST(ClosureTest, ReopeningKeepsWhatWas) {
  v1::Case file = Closed();
  for (int times = 1; times <= 2; ++times) {
    const auto reopened = rules::ReopenCase(
        file, Text<v1::ReopenCaseRequest>("reason: REOPEN_REASON_NEW_EVIDENCE"), By());
    ASSERT_TRUE(reopened.ok());
    EXPECT_EQ(reopened->resource.state(), CASE_STATE_OPEN);
    EXPECT_FALSE(reopened->resource.has_closure());
    ASSERT_EQ(reopened->resource.past_closures_size(), times);
    EXPECT_EQ(reopened->resource.past_closures(times - 1).reopen_reason(),
              facts::v1::REOPEN_REASON_NEW_EVIDENCE);
    EXPECT_THAT(reopened->resource.past_closures(times - 1).basis(), ElementsAre("f1", "f2"));
    EXPECT_THAT(KindsOf(reopened->facts), ElementsAre(facts::v1::FACT_KIND_CASE_REOPENED));
    const auto again = rules::ProposeClosure(reopened->resource, Propose(), Met(), By());
    file = rules::CloseCase(again->resource, Met(), By("officials/head"))->resource;
  }
}

TEST(ClosureTest, EachActionInItsStateOnly) {
  const v1::ReopenCaseRequest reopen;
  for (const auto state : {CASE_STATE_OPEN, CASE_STATE_CLOSING, CASE_STATE_CLOSED}) {
    const v1::Case file = CaseIn(state);
    EXPECT_EQ(rules::ProposeClosure(file, Propose(), Met(), By()).ok(), state == CASE_STATE_OPEN);
    EXPECT_EQ(rules::CloseCase(file, Met(), By()).ok(), state == CASE_STATE_CLOSING);
    EXPECT_EQ(rules::RejectClosure(file, By()).ok(), state == CASE_STATE_CLOSING);
    EXPECT_EQ(rules::ReopenCase(file, reopen, By()).ok(), state == CASE_STATE_CLOSED);
  }
}

// ---- retraction

v1::Case WithRecords(v1::Case file) {
  v1::Claim& claim = *file.mutable_claims(0);
  claim.add_investigations()->set_fact_id("f1");
  claim.add_views()->set_fact_id("f9");
  return file;
}
v1::RetractRecordRequest Retract(const std::string& fact) {
  return Text<v1::RetractRecordRequest>("claim: 'cases/1/claims/1' fact_id: '" + fact + "'");
}

TEST(RetractRecordTest, MarksTheRecordAndPublishesTheRetraction) {
  const v1::Case file = WithRecords(Case());
  const auto investigation = rules::RetractRecord(file, Retract("f1"), By());
  ASSERT_TRUE(investigation.ok());
  EXPECT_TRUE(investigation->resource.claims(0).investigations(0).retracted());
  EXPECT_THAT(KindsOf(investigation->facts), ElementsAre(facts::v1::FACT_KIND_INVESTIGATED));
  EXPECT_EQ(investigation->facts[0].retracts(), "f1");
  const auto view = rules::RetractRecord(file, Retract("f9"), By());
  ASSERT_TRUE(view.ok());
  EXPECT_THAT(KindsOf(view->facts), ElementsAre(facts::v1::FACT_KIND_VIEWS_OBTAINED));
  EXPECT_TRUE(absl::IsNotFound(rules::RetractRecord(file, Retract("f2"), By()).status()));
  EXPECT_TRUE(absl::IsNotFound(
      rules::RetractRecord(investigation->resource, Retract("f1"), By()).status()));
  EXPECT_EQ(
      ReasonOf(rules::RetractRecord(WithRecords(CaseIn(CASE_STATE_CLOSING)), Retract("f1"), By())
                   .status()),
      "CASE_STATE");
}

TEST(RetractRecordTest, AClosureThatStoodOnItLosesItsBasis) {
  const v1::Case closed = WithRecords(Closed());
  const auto lost = rules::RetractRecord(closed, Retract("f1"), By());
  ASSERT_TRUE(lost.ok());
  EXPECT_EQ(lost->resource.state(), CASE_STATE_CLOSED);
  EXPECT_THAT(KindsOf(lost->facts), ElementsAre(facts::v1::FACT_KIND_INVESTIGATED,
                                                facts::v1::FACT_KIND_CLOSURE_BASIS_LOST));
  EXPECT_EQ(lost->facts[1].closure_basis_lost().lost_fact(), "f1");
  EXPECT_EQ(lost->facts[1].record(), "cases/1");
  // It did not stand on the view.
  EXPECT_THAT(KindsOf(rules::RetractRecord(closed, Retract("f9"), By())->facts),
              ElementsAre(facts::v1::FACT_KIND_VIEWS_OBTAINED));
}

// ---- rounds

v1::Round Round(v1::RoundState state, const std::string& more = "") {
  v1::Round round = Text<v1::Round>(
      "name: 'cases/1/rounds/1' case_name: 'cases/1' number: 1 kind: ROUND_KIND_HANDLING"
      " route: ROUTE_PETITION_PROCEDURE " +
      On("received_on", 5) + more);
  round.set_state(state);
  return round;
}
v1::SortRoundRequest Sort(int day = 6) {
  return Text<v1::SortRoundRequest>("route: ROUTE_PETITION_PROCEDURE " + On("sorted_on", day));
}
v1::AcceptRoundRequest Accept(int day = 7) {
  return Text<v1::AcceptRoundRequest>("notice { kind: DOCUMENT_KIND_ACCEPTANCE_NOTICE " +
                                      On("issued_on", day) + "}");
}
v1::RefuseRoundRequest Refusal(int day = 7) {
  return Text<v1::RefuseRoundRequest>(
      "reason: NOT_ACCEPTED_REASON_OTHER_UNIT notice { kind: DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE " +
      On("issued_on", day) + "}");
}
v1::IssueOpinionRequest Opinion(const std::string& kind = "DOCUMENT_KIND_HANDLING_OPINION",
                                int day = 9, bool remedy = true) {
  return Text<v1::IssueOpinionRequest>(
      "outcome: CLAIM_OUTCOME_SUPPORTED performance_due: true opinion { kind: " + kind +
      (remedy ? " remedy_stated: true " : " ") + On("issued_on", day) + "}");
}
v1::ServeDocumentRequest Serve(const std::string& kind, int day, const std::string& more = "") {
  return Text<v1::ServeDocumentRequest>("document_kind: " + kind + " receipt { " +
                                        On("served_on", day) + more + "}");
}
v1::PerformOpinionRequest Perform(int day = 15) {
  return Text<v1::PerformOpinionRequest>(On("performed_on", day));
}
v1::Round Accepted() {
  return rules::AcceptRound(Round(v1::ROUND_STATE_SORTED), Accept(), Case(), By())->resource;
}
v1::Round Decided() { return rules::IssueOpinion(Accepted(), Opinion(), Case(), By())->resource; }

constexpr char kHandlingOpinion[] = "DOCUMENT_KIND_HANDLING_OPINION";
constexpr char kNotice[] = "DOCUMENT_KIND_ACCEPTANCE_NOTICE";

TEST(OpenRoundTest, IsNeverReceivedBeforeItsCase) {
  v1::Case of = Case();
  of.mutable_received_on()->set_year(2018);
  of.mutable_received_on()->set_month(6);
  of.mutable_received_on()->set_day(2);
  const auto opened = [&of](int year, int month, int day) {
    v1::OpenRoundRequest request;
    request.set_kind(types::v1::ROUND_KIND_REVIEW);
    request.mutable_received_on()->set_year(year);
    request.mutable_received_on()->set_month(month);
    request.mutable_received_on()->set_day(day);
    return rules::OpenRound(of, request, By()).status();
  };
  EXPECT_TRUE(opened(2018, 6, 2).ok());
  EXPECT_THAT(FieldsOf(opened(2018, 6, 1)), ElementsAre("received_on"));
  EXPECT_THAT(FieldsOf(opened(1990, 6, 3)), ElementsAre("received_on"));
}

TEST(OpenRoundTest, IsNumberedOnAndHasClaimsOfItsCase) {
  auto request = Text<v1::OpenRoundRequest>("kind: ROUND_KIND_REVIEW " + On("received_on", 3));
  const auto all = rules::OpenRound(Case(), request, By());
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->resource.name(), "cases/1/rounds/2");
  EXPECT_EQ(all->resource.claims_size(), 2);
  EXPECT_EQ(all->facts[0].round_opened().round_kind(), types::v1::ROUND_KIND_REVIEW);
  request.add_claims("cases/1/claims/2");
  EXPECT_TRUE(all->facts[0].round_opened().claims().empty()) << "it covers all";
  const auto one = rules::OpenRound(Case(), request, By());
  EXPECT_THAT(one->resource.claims(), ElementsAre("cases/1/claims/2"));
  EXPECT_THAT(one->facts[0].round_opened().claims(), ElementsAre("cases/1/claims/2"));
  request.add_claims("cases/1/claims/2");
  EXPECT_THAT(FieldsOf(rules::OpenRound(Case(), request, By()).status()), ElementsAre("claims[1]"));
  request.mutable_claims()->RemoveLast();
  request.add_claims("cases/2/claims/1");
  EXPECT_THAT(FieldsOf(rules::OpenRound(Case(), request, By()).status()), ElementsAre("claims[1]"));
  request.mutable_claims()->RemoveLast();
  EXPECT_EQ(ReasonOf(rules::OpenRound(CaseIn(CASE_STATE_CLOSED), request, By()).status()),
            "CASE_STATE");
  // A review asked for in time is taken down beside a proposed closure, which it then bars.
  EXPECT_TRUE(rules::OpenRound(CaseIn(types::v1::CASE_STATE_CLOSING), request, By()).ok());
  request.set_kind(types::v1::ROUND_KIND_HANDLING);
  EXPECT_EQ(
      ReasonOf(rules::OpenRound(CaseIn(types::v1::CASE_STATE_CLOSING), request, By()).status()),
      "CASE_STATE");
}

TEST(RoundTest, EachActionInItsStateOnly) {
  for (int number = v1::ROUND_STATE_OPENED; number <= v1::ROUND_STATE_SERVED; ++number) {
    const auto state = static_cast<v1::RoundState>(number);
    const v1::Round round =
        Round(state, absl::StrCat("performance_due: true documents { kind: ", kHandlingOpinion, " ",
                                  On("issued_on", 9), "}"));
    const struct {
      absl::Status status;
      v1::RoundState from;
    } kTable[] = {
        {rules::SortRound(round, Sort(), By()).status(), v1::ROUND_STATE_OPENED},
        {rules::AcceptRound(round, Accept(), Case(), By()).status(), v1::ROUND_STATE_SORTED},
        {rules::RefuseRound(round, Refusal(), Case(), By()).status(), v1::ROUND_STATE_SORTED},
        {rules::IssueOpinion(round, Opinion(), Case(), By()).status(), v1::ROUND_STATE_ACCEPTED},
        {rules::PerformOpinion(round, Perform(), Case(), By()).status(), v1::ROUND_STATE_SERVED},
    };
    for (const auto& row : kTable) {
      EXPECT_EQ(row.status.ok(), row.from == state) << v1::RoundState_Name(state) << row.status;
      EXPECT_EQ(ReasonOf(row.status), row.from == state ? "" : "ROUND_STATE");
    }
    EXPECT_EQ(rules::CheckRoundAction(round, rules::RoundAction::kServe).ok(),
              state >= v1::ROUND_STATE_ACCEPTED && state <= v1::ROUND_STATE_DECIDED);
  }
}

TEST(RoundTest, NothingIsDatedBeforeWhatItFollowsFrom) {
  const v1::Round sorted = Round(v1::ROUND_STATE_SORTED);
  EXPECT_THAT(FieldsOf(rules::SortRound(Round(v1::ROUND_STATE_OPENED), Sort(4), By()).status()),
              ElementsAre("sorted_on"));
  EXPECT_THAT(FieldsOf(rules::AcceptRound(sorted, Accept(4), Case(), By()).status()),
              ElementsAre("notice.issued_on"));
  EXPECT_THAT(FieldsOf(rules::RefuseRound(sorted, Refusal(4), Case(), By()).status()),
              ElementsAre("notice.issued_on"));
  EXPECT_THAT(
      FieldsOf(
          rules::IssueOpinion(Accepted(), Opinion(kHandlingOpinion, 6), Case(), By()).status()),
      ElementsAre("opinion.issued_on"));
  EXPECT_THAT(
      FieldsOf(rules::ServeDocument(Decided(), Serve(kHandlingOpinion, 8), Case(), By()).status()),
      ElementsAre("receipt.served_on"));
  const v1::Round served =
      rules::ServeDocument(Decided(), Serve(kHandlingOpinion, 9), Case(), By())->resource;
  EXPECT_THAT(FieldsOf(rules::PerformOpinion(served, Perform(8), Case(), By()).status()),
              ElementsAre("performed_on"));
}

TEST(RoundTest, AnotherChannelIsNotAccepted) {
  v1::Round round = Round(v1::ROUND_STATE_SORTED);
  round.set_route(types::v1::ROUTE_LITIGATION);
  EXPECT_EQ(ReasonOf(rules::AcceptRound(round, Accept(), Case(), By()).status()),
            "ROUTE_NOT_PETITION");
  const auto refused = rules::RefuseRound(round, Refusal(), Case(), By());
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->resource.state(), v1::ROUND_STATE_NOT_ACCEPTED);
  EXPECT_EQ(refused->facts[0].not_accepted().reason(), facts::v1::NOT_ACCEPTED_REASON_OTHER_UNIT);
}

TEST(RoundTest, TheDocumentIsOfTheRoundsKindAndTellsTheRemedy) {
  const struct {
    const char* round;
    const char* document;
    bool remedy;
    std::vector<std::string> fields;
  } kTable[] = {
      {"ROUND_KIND_HANDLING", kHandlingOpinion, true, {}},
      {"ROUND_KIND_HANDLING", kHandlingOpinion, false, {"opinion.remedy_stated"}},
      {"ROUND_KIND_HANDLING", "DOCUMENT_KIND_REVIEW_OPINION", true, {"opinion.kind"}},
      {"ROUND_KIND_REVIEW", "DOCUMENT_KIND_REVIEW_OPINION", true, {}},
      {"ROUND_KIND_REVIEW", kHandlingOpinion, false, {"opinion.kind", "opinion.remedy_stated"}},
      // After the last level there is nothing left to state.
      {"ROUND_KIND_REEXAMINATION", "DOCUMENT_KIND_REEXAMINATION_OPINION", false, {}},
  };
  for (const auto& row : kTable) {
    v1::Round round = Accepted();
    round.MergeFrom(Text<v1::Round>(std::string("kind: ") + row.round));
    const auto issued =
        rules::IssueOpinion(round, Opinion(row.document, 9, row.remedy), Case(), By());
    EXPECT_EQ(issued.ok(), row.fields.empty()) << row.round << row.document;
    EXPECT_EQ(FieldsOf(issued.status()), row.fields);
  }
  auto notice = Accept();
  notice.mutable_notice()->set_kind(types::v1::DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE);
  EXPECT_THAT(
      FieldsOf(rules::AcceptRound(Round(v1::ROUND_STATE_SORTED), notice, Case(), By()).status()),
      ElementsAre("notice.kind"));
}

// Reg. 35, 36: the superior organ answers. The petition office records it, and no handling opinion.
TEST(RoundTest, TheUnitWhoseOpinionIsAskedAboutDoesNotAnswer) {
  const auto from = [](const std::string& unit, types::v1::Role role) {
    rules::Context context = By("officials/x");
    context.actor.set_unit(unit);
    context.actor.set_role(role);
    return context;
  };
  const rules::Context own = from("units/town", types::v1::ROLE_UNIT_HEAD);
  const rules::Context office = from("units/office", types::v1::ROLE_OFFICE_HEAD);
  for (const char* kind : {"REVIEW", "REEXAMINATION"}) {
    const auto of_kind = [&](v1::RoundState state) {
      v1::Round round = Round(state);
      round.MergeFrom(Text<v1::Round>(absl::StrCat("kind: ROUND_KIND_", kind)));
      return round;
    };
    const auto opinion = Opinion(absl::StrCat("DOCUMENT_KIND_", kind, "_OPINION"));
    const v1::Round sorted = of_kind(v1::ROUND_STATE_SORTED);
    const v1::Round accepted = of_kind(v1::ROUND_STATE_ACCEPTED);
    for (const absl::Status& refused :
         {rules::AcceptRound(sorted, Accept(), Case(), own).status(),
          rules::RefuseRound(sorted, Refusal(), Case(), own).status(),
          rules::IssueOpinion(accepted, opinion, Case(), own).status()}) {
      EXPECT_EQ(ReasonOf(refused), "ROUND_OF_SUPERIOR") << refused;
    }
    EXPECT_TRUE(rules::AcceptRound(sorted, Accept(), Case(), office).ok());
    EXPECT_TRUE(rules::RefuseRound(sorted, Refusal(), Case(), office).ok());
    EXPECT_TRUE(rules::IssueOpinion(accepted, opinion, Case(), office).ok());
  }
  EXPECT_EQ(ReasonOf(rules::IssueOpinion(Accepted(), Opinion(), Case(), office).status()),
            "ROUND_OF_UNIT");
  EXPECT_TRUE(rules::IssueOpinion(Accepted(), Opinion(), Case(), own).ok());
}

TEST(ServeDocumentTest, WhatWasNotIssuedCannotBeServedNorTwice) {
  EXPECT_EQ(
      ReasonOf(
          rules::ServeDocument(Accepted(), Serve(kHandlingOpinion, 10), Case(), By()).status()),
      "DOCUMENT_NOT_ISSUED");
  const auto served = rules::ServeDocument(Decided(), Serve(kHandlingOpinion, 10), Case(), By());
  ASSERT_TRUE(served.ok()) << served.status();
  EXPECT_EQ(served->resource.state(), v1::ROUND_STATE_SERVED);
  EXPECT_EQ(served->facts[0].document_served().document_kind(),
            types::v1::DOCUMENT_KIND_HANDLING_OPINION);
  EXPECT_TRUE(served->facts[0].document_served().remedy_stated());
  EXPECT_EQ(
      ReasonOf(rules::ServeDocument(served->resource, Serve(kHandlingOpinion, 11), Case(), By())
                   .status()),
      "DOCUMENT_SERVED");
}

TEST(ServeDocumentTest, ANoticeServedLateLeavesTheRoundWhereItIs) {
  const v1::Round served =
      rules::ServeDocument(Decided(), Serve(kHandlingOpinion, 10), Case(), By())->resource;
  for (const v1::Round& round : {Accepted(), Decided(), served}) {
    const auto late = rules::ServeDocument(round, Serve(kNotice, 18), Case(), By());
    ASSERT_TRUE(late.ok()) << late.status();
    EXPECT_EQ(late->resource.state(), round.state());
    EXPECT_TRUE(late->resource.documents(0).has_receipt());
  }
}

TEST(ServeDocumentTest, ARefusalIsWitnessedFromOutside) {
  const auto serve = [](const std::string& witnesses) {
    return rules::ServeDocument(
               Decided(),
               Serve(kHandlingOpinion, 10, "mode: SERVICE_MODE_REFUSAL_WITNESSED " + witnesses),
               Case(), By())
        .status();
  };
  EXPECT_THAT(FieldsOf(serve("")), ElementsAre("receipt.witness_units"));
  EXPECT_THAT(FieldsOf(serve("witness_units: 'units/a' witness_units: 'units/town' ")),
              ElementsAre("receipt.witness_units[1]"));
  EXPECT_TRUE(serve("witness_units: 'units/a' witness_units: 'units/b' ").ok());
  EXPECT_TRUE(rules::ServeDocument(Decided(),
                                   Serve(kHandlingOpinion, 10, "mode: SERVICE_MODE_IN_PERSON "),
                                   Case(), By())
                  .ok());
}

TEST(PerformOpinionTest, OnceAndOnlyWhatIsDue) {
  v1::Round served =
      rules::ServeDocument(Decided(), Serve(kHandlingOpinion, 10), Case(), By())->resource;
  const auto performed = rules::PerformOpinion(served, Perform(), Case(), By());
  ASSERT_TRUE(performed.ok());
  EXPECT_EQ(performed->resource.state(), v1::ROUND_STATE_SERVED);
  EXPECT_EQ(ReasonOf(rules::PerformOpinion(performed->resource, Perform(), Case(), By()).status()),
            "OPINION_PERFORMED");
  served.set_performance_due(false);
  EXPECT_EQ(ReasonOf(rules::PerformOpinion(served, Perform(), Case(), By()).status()),
            "NOTHING_TO_PERFORM");
}

// ---- registration numbers

TEST(RegistrationNumberTest, ReadsAsWritten) {
  for (const char* region : {"430626", "430626103", "430626103201"}) {
    for (int number : {1, 42, 99999, 100000}) {
      const std::string text = rules::RegistrationNumber(region, 2018, number);
      EXPECT_TRUE(rules::IsRegistrationNumber(text)) << text;
    }
  }
  EXPECT_EQ(rules::RegistrationNumber("430626103201", 2018, 42).substr(0, 20),
            "430626103-2018-00042");
}

TEST(RegistrationNumberTest, EveryWrongCharacterAndEverySwapIsDetected) {
  for (const char* region : {"430626", "430626103", "411600000"}) {
    for (int number = 1; number < 3000; number += 37) {
      const std::string right = rules::RegistrationNumber(region, 2018 + number % 7, number);
      for (size_t i = 0; i < right.size(); ++i) {
        for (const char c : std::string("0123456789ABXZ- ")) {
          std::string wrong = right;
          if (wrong[i] == c) continue;
          wrong[i] = c;
          EXPECT_FALSE(rules::IsRegistrationNumber(wrong)) << right << " as " << wrong;
        }
        if (i + 1 < right.size() && right[i] != right[i + 1]) {
          std::string swapped = right;
          std::swap(swapped[i], swapped[i + 1]);
          EXPECT_FALSE(rules::IsRegistrationNumber(swapped)) << right << " as " << swapped;
        }
      }
    }
  }
}

TEST(RegistrationNumberTest, IsNothingElse) {
  const std::string right = rules::RegistrationNumber("430626103", 2018, 42);
  std::string small = right;
  small.back() = static_cast<char>(std::tolower(static_cast<unsigned char>(small.back())));
  EXPECT_TRUE(rules::IsRegistrationNumber(small));
  for (const std::string& text :
       {std::string(), std::string("-"), right + " ", " " + right, right.substr(1),
        right.substr(0, right.size() - 1), "x" + right, right + right}) {
    EXPECT_FALSE(rules::IsRegistrationNumber(text)) << text;
  }
}

}  // namespace
}  // namespace redress::registry

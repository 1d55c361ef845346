// Scorecards: every point traced, nothing counted that may not be.
#include "common/plan/score.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

const calendar::Span kHalfYear{absl::CivilDay(2018, 4, 1), absl::CivilDay(2018, 9, 30)};

v1::ScoreLine Line(const v1::Scorecard& card, const std::string& rule) {
  for (const auto& line : card.lines()) {
    if (line.rule() == rule) return line;
  }
  return {};
}

// A case assigned to units/1, its three musts partly in time.
FactBook Case() {
  FactBook book;
  book.Open(D(4, 20));
  book.Add("ASSIGNED", D(4, 21), "lead: 'officials/1' officer: 'officials/2'");
  book.Add("INVESTIGATED", D(5, 1), "on_site: true evidence_items: 1");
  book.Add("PETITIONER_HEARD", D(5, 12), "by_lead: true transcript_kept: true");
  book.Add("CLAIM_APPRAISED", D(5, 10), "category: CATEGORY_EXPLAIN");
  book.Add("VISIT_HELD", D(5, 20), "by_lead: true diary_written: true");
  book.Add("DOCUMENT_SERVED", D(5, 2),
           "document_kind: DOCUMENT_KIND_ACCEPTANCE_NOTICE receipt_kept: true");
  book.Add("DOCUMENT_SERVED", D(5, 3), "document_kind: DOCUMENT_KIND_ACCEPTANCE_NOTICE");
  return book;
}

v1::Scorecard ScoreOf(const std::vector<const FactBook*>& books, absl::CivilDay as_of = D(10, 1),
                      std::optional<RatingAggregate> ratings = std::nullopt,
                      const std::string& unit = "units/1", calendar::Span period = kHalfYear) {
  std::vector<Evaluation> evaluations;
  for (const FactBook* book : books) evaluations.push_back(AsOf(SeedPlan(), *book, as_of));
  std::vector<const Evaluation*> pointers;
  for (const Evaluation& evaluation : evaluations) pointers.push_back(&evaluation);
  auto card = Score(*SeedPlan(), pointers, unit, period, ratings);
  EXPECT_TRUE(card.ok()) << card.status();
  return card.ok() ? *card : v1::Scorecard();
}

TEST(PlanScoreTest, SharesOfDutiesInTime) {
  const FactBook book = Case();
  const auto card = ScoreOf({&book});
  // P5.site in time; P5.heard two days late; P5.views and P6.prior never.
  const auto musts = Line(card, "S2");
  EXPECT_EQ(musts.total(), 4);
  EXPECT_EQ(musts.good(), 1);
  EXPECT_EQ(musts.max_centipoints(), 2000);
  EXPECT_EQ(musts.centipoints(), 500);
  EXPECT_EQ(musts.traces_size(), 4);
  for (const auto& trace : musts.traces()) {
    EXPECT_EQ(trace.good(), trace.requirement() == "P5.site");
    EXPECT_EQ(trace.subject(), FactBook::kClaim);
    EXPECT_EQ(*calendar::FromProto(trace.date()), D(5, 10));
    EXPECT_GE(trace.facts_size(), 1);
  }
  int total = 0;
  for (const auto& line : card.lines()) total += line.centipoints();
  EXPECT_EQ(card.centipoints(), total);
  EXPECT_EQ(card.score_version(), "2018-1");
}

TEST(PlanScoreTest, EachPeriodOfACadenceIsADuty) {
  const FactBook book = Case();
  const auto visits = Line(ScoreOf({&book}), "S3");
  // Nine half months from 05-16 to 09-30, of which one was visited; and the hearing, due 09-30.
  EXPECT_EQ(visits.total(), 10);
  EXPECT_EQ(visits.good(), 1);
  EXPECT_EQ(visits.traces(0).facts_size(), 1);
}

TEST(PlanScoreTest, QualityOfActs) {
  const FactBook book = Case();
  const auto served = Line(ScoreOf({&book}), "S5");
  EXPECT_EQ(served.total(), 2);
  EXPECT_EQ(served.good(), 1);
  EXPECT_EQ(served.centipoints(), 500);
  EXPECT_EQ(served.traces(0).subject(), FactBook::kRound);
}

TEST(PlanScoreTest, NothingToMeasureIsNeitherGoodNorBad) {
  const FactBook book = Case();
  const auto card = ScoreOf({&book});
  EXPECT_EQ(Line(card, "S6").total(), 0);
  EXPECT_EQ(Line(card, "S6").max_centipoints(), 0);
  EXPECT_EQ(Line(card, "S8").max_centipoints(), 0);
}

TEST(PlanScoreTest, LapsesCostPointsUpToAMost) {
  FactBook unit;
  unit.Add("UNIT_ENROLLED", D(4, 20), "unit_kind: UNIT_KIND_DEPARTMENT");
  for (int i = 0; i < 3; ++i)
    unit.Add("FINDING_OPENED", D(6, 1) + i, "rectify_by { year: 2018 month: 6 day: 30 }");
  EXPECT_EQ(Line(ScoreOf({&unit}), "L1").centipoints(), -600);
  for (int i = 0; i < 20; ++i)
    unit.Add("FINDING_OPENED", D(7, 1), "rectify_by { year: 2018 month: 7 day: 30 }");
  EXPECT_EQ(Line(ScoreOf({&unit}), "L1").centipoints(), -2000);
  EXPECT_EQ(Line(ScoreOf({&unit}), "S7").total(), 23);
}

TEST(PlanScoreTest, RatingsCountOnlyAsAMeanOfEnough) {
  const FactBook book = Case();
  EXPECT_EQ(Line(ScoreOf({&book}, D(10, 1), RatingAggregate{4, 900}), "S8").max_centipoints(), 0);
  EXPECT_EQ(Line(ScoreOf({&book}, D(10, 1), RatingAggregate{5, 900}), "S8").centipoints(), 900);
  // How many rated changes nothing.
  EXPECT_EQ(ScoreOf({&book}, D(10, 1), RatingAggregate{5, 900}).SerializeAsString(),
            ScoreOf({&book}, D(10, 1), RatingAggregate{5000, 900}).SerializeAsString());
}

TEST(PlanScoreTest, PetitionsClosingsAndAgreementsChangeNothing) {
  FactBook book = Case();
  const std::string before = ScoreOf({&book}).SerializeAsString();
  book.Add("REVIEW_REQUESTED", D(8, 1));
  book.Add("REEXAMINATION_REQUESTED", D(8, 20));
  book.Add("SETTLEMENT_SIGNED", D(8, 21),
           "petitioner_signed: true unit_signed: true outside_witness: true");
  book.Add("DATE_OFFERED", D(8, 22), "petitioner_agrees: true");
  EXPECT_EQ(ScoreOf({&book}).SerializeAsString(), before);
  // Closing ends the cadence, so compare the rules that closing could otherwise touch.
  FactBook closed = Case();
  closed.Add("CASE_CLOSED", D(9, 30), "standard: CLOSING_STANDARD_SETTLEMENT");
  const auto one = ScoreOf({&book}), two = ScoreOf({&closed});
  for (const char* rule : {"S1", "S2", "S4", "S5", "S6", "S7", "L1", "L2"}) {
    EXPECT_EQ(Line(one, rule).SerializeAsString(), Line(two, rule).SerializeAsString()) << rule;
  }
}

TEST(PlanScoreTest, OnlyTheUnitsOwnDutiesInThePeriod) {
  const FactBook book = Case();
  EXPECT_EQ(ScoreOf({&book}, D(10, 1), std::nullopt, "units/2").duties_due(), 0);
  EXPECT_EQ(ScoreOf({&book}, D(10, 1), std::nullopt, "units/1", {D(4, 1), D(4, 19)}).duties_due(),
            0);
  // A duty that may still be done in time says nothing.
  EXPECT_EQ(Line(ScoreOf({&book}, D(5, 9)), "S2").total(), 0);
  const auto card = ScoreOf({&book});
  EXPECT_EQ(card.band(), card.duties_due() >= 20 ? "some" : "few");
  EXPECT_EQ(card.band_title().zh(), card.duties_due() >= 20 ? "中" : "少");
}

TEST(PlanScoreTest, TwoRunsGiveOneResultAndFaultsAreTold) {
  const FactBook book = Case();
  EXPECT_EQ(ScoreOf({&book}).SerializeAsString(), ScoreOf({&book}).SerializeAsString());
  EXPECT_EQ(Score(*SeedPlan(), {}, "units/1", {D(5, 2), D(5, 1)}, std::nullopt).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto without =
      PlanWith(Requirement("CASE", "satisfied { fact { kind: FACT_KIND_ASSIGNED } }"));
  EXPECT_EQ(Score(*without, {}, "units/1", kHalfYear, std::nullopt).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace redress::plan::testing

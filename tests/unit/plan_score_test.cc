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
  FactBook unit;
  unit.Add("UNIT_ENROLLED", D(4, 20), "unit_kind: UNIT_KIND_COMMITTEE");
  unit.Add("SCREENING_REPORTED", D(6, 20), "screening_round: 'x'");
  // P2.first, and five months of P2.rolling of which one is over by then and was reported.
  EXPECT_EQ(ScoreOf({&unit}, D(7, 1)).duties_due(), 2);
  EXPECT_EQ(ScoreOf({&unit}, D(9, 1)).duties_due(), 4);
}

TEST(PlanScoreTest, QualityOfActs) {
  const FactBook book = Case();
  const auto served = Line(ScoreOf({&book}), "S5");
  // One of two papers of the case was served without a receipt: the case is not good.
  EXPECT_EQ(served.total(), 1);
  EXPECT_EQ(served.good(), 0);
  EXPECT_EQ(served.traces(0).subject(), FactBook::kRound);
  // Further good papers thin nothing out.
  FactBook more = Case();
  for (int i = 0; i < 20; ++i) {
    more.Add("DOCUMENT_SERVED", D(5, 4),
             "document_kind: DOCUMENT_KIND_ACCEPTANCE_NOTICE receipt_kept: true");
  }
  EXPECT_EQ(Line(ScoreOf({&more}), "S5").centipoints(), served.centipoints());
  EXPECT_EQ(Line(ScoreOf({&more}), "S5").total(), 1);
}

// A unit that adds claims, and does everything about them in time, gains nothing by it.
TEST(PlanScoreTest, ClaimsThatAUnitAddsThinNothingOut) {
  const auto card = [](int claims) {
    FactBook book = Case();
    for (int i = 2; i < 2 + claims; ++i) {
      const std::string claim = absl::StrCat("cases/1/claims/", i);
      book.Add("CLAIM_REGISTERED", D(4, 22), "", claim);
      book.Add("INVESTIGATED", D(4, 23), "on_site: true evidence_items: 1", claim);
      book.Add("PETITIONER_HEARD", D(4, 23), "by_lead: true transcript_kept: true", claim);
      book.Add("VIEWS_OBTAINED", D(4, 23), "views: 1", claim);
      book.Add("PRIOR_CONCLUSION_RECORDED", D(4, 23), "", claim);
      book.Add("CLAIM_APPRAISED", D(5, 10), "category: CATEGORY_EXPLAIN", claim);
    }
    return ScoreOf({&book});
  };
  const auto plain = card(0);
  const auto many = card(20);
  EXPECT_EQ(Line(many, "S2").total(), Line(plain, "S2").total());
  EXPECT_EQ(Line(many, "S2").centipoints(), Line(plain, "S2").centipoints());
  EXPECT_EQ(many.duties_due(), plain.duties_due());
  EXPECT_LE(many.centipoints(), plain.centipoints());
}

// Twice the cases with the same work give the same card: more petitions never cost more.
TEST(PlanScoreTest, LapsesThatGrowWithCasesAreTakenAsAShare) {
  std::vector<FactBook> books(12);
  std::vector<const FactBook*> some, all;
  for (size_t i = 0; i < books.size(); ++i) {
    books[i] = Case();
    books[i].Add("VISIT_NOT_ARRANGED", D(6, 1));
    all.push_back(&books[i]);
    if (i < 6) some.push_back(&books[i]);
  }
  const auto few = Line(ScoreOf(some), "L2"), many = Line(ScoreOf(all), "L2");
  EXPECT_EQ(few.total(), 6);
  EXPECT_EQ(many.total(), 12);
  EXPECT_LT(few.centipoints(), 0);
  EXPECT_EQ(few.centipoints(), many.centipoints());
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

// The rules of the registry on cases and claims; those on access, closure and rounds have files of
// their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::KindsOf;
using testing::On;
using testing::ReasonOf;
using testing::SubjectsOf;
using testing::Text;
using types::v1::CASE_STATE_CLOSED;
using types::v1::CASE_STATE_CLOSING;
using types::v1::CASE_STATE_OPEN;

constexpr char kClaim[] = "cases/1/claims/1";
constexpr char kClaimField[] = "claim: 'cases/1/claims/1' ";

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(RegistryStatesTest, GoldenStateActionRole) {
  const std::string path = REDRESS_SOURCE_DIR "/tests/unit/golden/registry_states.md";
  const std::string actual = rules::CaseStateTable() + "\n" + rules::RoundStateTable();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << actual;
  EXPECT_EQ(actual, ReadFile(path)) << "if this is meant, run the test with UPDATE_GOLDEN=1";
}

TEST(RegistryStatesTest, TheReadmeShowsTheTables) {
  const std::string readme = ReadFile(REDRESS_SOURCE_DIR "/services/registry/README.md");
  EXPECT_THAT(readme, HasSubstr(rules::CaseStateTable()));
  EXPECT_THAT(readme, HasSubstr(rules::RoundStateTable()));
}

// ---- registration

v1::Campaign Campaign() {
  return Text<v1::Campaign>("name: 'campaigns/1' plan_revision: 2 region_code: '430626'");
}

rules::RegistrationNames Names() {
  return {"cases/1", 42, 2018, "petitioners/1", {"petitioners/2"}};
}

v1::RegisterCaseRequest Registration(const std::string& more) {
  v1::RegisterCaseRequest request = Text<v1::RegisterCaseRequest>(
      "campaign: 'campaigns/1' region_code: '430626103' source: CASE_SOURCE_LETTER prominent: true"
      " entry_criterion: ENTRY_CRITERION_CAPITAL " +
      On("received_on", 18));
  request.MergeFrom(Text<v1::RegisterCaseRequest>(more));
  return request;
}

constexpr char kGrievance[] =
    "claims { kind: CLAIM_KIND_GRIEVANCE subject: CLAIM_SUBJECT_LAND statement: '甲' } ";
constexpr char kSuggestion[] =
    "claims { kind: CLAIM_KIND_SUGGESTION subject: CLAIM_SUBJECT_JUSTICE statement: '乙' } ";

TEST(RegisterTest, MakesTheCaseItsRoundItsAccessAndItsPersons) {
  const auto made =
      rules::Register(Campaign(),
                      Registration(std::string("new_petitioner { full_name: '某甲' }"
                                               " representatives { full_name: '某乙' } ") +
                                   kGrievance + kSuggestion),
                      Names(), By());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->case_file.state(), CASE_STATE_OPEN);
  EXPECT_EQ(made->case_file.plan_revision(), 2);
  EXPECT_EQ(made->case_file.registration_number(),
            rules::RegistrationNumber("430626103", 2018, 42));
  EXPECT_EQ(made->case_file.petitioner(), "petitioners/1");
  EXPECT_THAT(made->case_file.representatives(), ElementsAre("petitioners/2"));
  EXPECT_EQ(made->case_file.claims(1).name(), "cases/1/claims/2");
  EXPECT_EQ(made->case_file.entry_criterion(), types::v1::ENTRY_CRITERION_CAPITAL);
  ASSERT_EQ(made->new_persons.size(), 2u);
  EXPECT_EQ(made->new_persons[0].identity().full_name(), "某甲");
  EXPECT_EQ(made->new_persons[1].name(), "petitioners/2");
  EXPECT_EQ(made->round.name(), "cases/1/rounds/1");
  EXPECT_EQ(made->round.state(), v1::ROUND_STATE_OPENED);
  EXPECT_THAT(made->round.claims(), ElementsAre("cases/1/claims/1", "cases/1/claims/2"));
  EXPECT_THAT(made->access.walled(), IsEmpty());
  EXPECT_EQ(made->case_file.registered_by().official(), By().actor.official());
  EXPECT_EQ(made->access.state(), CASE_STATE_OPEN);
  EXPECT_THAT(made->access.claims(), ElementsAre("cases/1/claims/1", "cases/1/claims/2"));
  EXPECT_THAT(
      KindsOf(made->facts),
      ElementsAre(facts::v1::FACT_KIND_CASE_REGISTERED, facts::v1::FACT_KIND_CLAIM_REGISTERED,
                  facts::v1::FACT_KIND_CLAIM_REGISTERED, facts::v1::FACT_KIND_ROUND_OPENED));
  for (const facts::v1::Fact& fact : made->facts) {
    EXPECT_EQ(fact.campaign(), "campaigns/1");
    // Facts tell nobody who complains, of what, against whom, or why it counts.
    for (const char* secret : {"某甲", "甲", "CRITERION"}) {
      EXPECT_EQ(fact.DebugString().find(secret), std::string::npos);
    }
  }
}

TEST(RegisterTest, ExactlyOnePetitionerAndAccusedWithAccusationsOnly) {
  const struct {
    std::string request;
    std::vector<std::string> fields;
  } kTable[] = {
      {std::string(kGrievance), {"petitioner"}},
      {std::string("petitioner: 'petitioners/9' new_petitioner { full_name: '某' } ") + kGrievance,
       {"petitioner"}},
      {std::string("petitioner: 'petitioners/9' ") + kGrievance, {}},
      {std::string("new_petitioner { full_name: '某' } ") + kGrievance, {}},
      {"petitioner: 'petitioners/9' claims { kind: CLAIM_KIND_ACCUSATION statement: '丙' }",
       {"claims[0].accused"}},
      {std::string("petitioner: 'petitioners/9' ") + kGrievance +
           "claims { kind: CLAIM_KIND_SUGGESTION accused: 'units/town' }",
       {"claims[1].accused"}},
      {"claims { kind: CLAIM_KIND_ACCUSATION } claims { accused: 'units/town' }",
       {"petitioner", "claims[0].accused", "claims[1].kind", "claims[1].accused"}},
      // An accusation is a case of its own.
      {std::string("petitioner: 'petitioners/9' ") + kGrievance +
           "claims { kind: CLAIM_KIND_ACCUSATION accused: 'units/town' }",
       {"claims[0].kind"}},
      {"petitioner: 'petitioners/9' claims { kind: CLAIM_KIND_ACCUSATION accused: 'units/town' }"
       "claims { kind: CLAIM_KIND_ACCUSATION accused_unregistered: '某人' }",
       {}},
      {std::string("petitioner: 'petitioners/9' ") +
           "claims { kind: CLAIM_KIND_GRIEVANCE accused_unregistered: '某人' act_on { year: 2018 } "
           "}",
       {"claims[0].accused", "claims[0].act_on"}},
  };
  for (const auto& row : kTable) {
    const auto made = rules::Register(Campaign(), Registration(row.request), Names(), By());
    EXPECT_EQ(made.ok(), row.fields.empty()) << row.request << made.status();
    EXPECT_EQ(FieldsOf(made.status()), row.fields) << row.request;
  }
}

TEST(RegisterTest, AKnownPetitionerIsNotMadeAgain) {
  const auto made = rules::Register(
      Campaign(), Registration(std::string("petitioner: 'petitioners/1' ") + kGrievance), Names(),
      By());
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->new_persons, IsEmpty());
  EXPECT_EQ(made->case_file.petitioner(), "petitioners/1");
}

TEST(AddClaimTest, IsNumberedOnAndRefusedUnlessOpen) {
  const auto request =
      Text<v1::AddClaimRequest>("claim { kind: CLAIM_KIND_GRIEVANCE statement: '丁' }");
  const auto added = rules::AddClaim(Case(), request, By());
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_EQ(added->resource.claims(2).name(), "cases/1/claims/3");
  EXPECT_THAT(KindsOf(added->facts), ElementsAre(facts::v1::FACT_KIND_CLAIM_REGISTERED));
  EXPECT_EQ(added->facts[0].claim(), "cases/1/claims/3");
  for (const auto state : {CASE_STATE_CLOSING, CASE_STATE_CLOSED}) {
    EXPECT_EQ(ReasonOf(rules::AddClaim(CaseIn(state), request, By()).status()), "CASE_STATE");
  }
  EXPECT_THAT(FieldsOf(rules::AddClaim(
                           Case(), Text<v1::AddClaimRequest>("claim { accused: 'units/a' }"), By())
                           .status()),
              ElementsAre("claim.accused"));
}

// Invariant 6: what came into a case with an accusation would leave everybody's sight with it.
TEST(AddClaimTest, NoAccusationIsAddedToACaseAndNothingToAnAccusation) {
  const auto accusation = Text<v1::AddClaimRequest>(
      "claim { kind: CLAIM_KIND_ACCUSATION statement: '丁' accused: 'units/office' }");
  const auto grievance =
      Text<v1::AddClaimRequest>("claim { kind: CLAIM_KIND_GRIEVANCE statement: '丁' }");
  v1::Case accused = Case();
  for (v1::Claim& claim : *accused.mutable_claims()) {
    claim.set_kind(types::v1::CLAIM_KIND_ACCUSATION);
  }
  EXPECT_EQ(ReasonOf(rules::AddClaim(Case(), accusation, By()).status()), "ACCUSATION_OF_ITS_OWN");
  EXPECT_EQ(ReasonOf(rules::AddClaim(accused, accusation, By()).status()), "ACCUSATION_OF_ITS_OWN");
  EXPECT_EQ(ReasonOf(rules::AddClaim(accused, grievance, By()).status()), "ACCUSATION_OF_ITS_OWN");
}

TEST(RecordNeedTest, Once) {
  const auto request = Text<v1::RecordNeedRequest>(On("found_on", 3));
  const auto found = rules::RecordNeed(Case(), request, By());
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->resource.assistance_needed());
  EXPECT_EQ(found->facts[0].event_date().day(), 3);
  EXPECT_EQ(ReasonOf(rules::RecordNeed(found->resource, request, By()).status()), "NEED_RECORDED");
}

// ---- claims

v1::RecordInvestigationRequest Investigation(const std::string& how) {
  return Text<v1::RecordInvestigationRequest>(kClaimField + ("investigation { " + how) +
                                              On("done_on", 10) + " findings: '查明' }");
}

TEST(RecordInvestigationTest, SaysHowAndCountsItsEvidence) {
  EXPECT_THAT(FieldsOf(rules::RecordInvestigation(Case(), Investigation(""), By()).status()),
              ElementsAre("investigation.on_site"));
  for (const char* how : {"on_site: true ", "documents: true ", "consultation: true "}) {
    EXPECT_TRUE(rules::RecordInvestigation(Case(), Investigation(how), By()).ok()) << how;
  }
  const auto recorded = rules::RecordInvestigation(
      Case(), Investigation("on_site: true retracted: true evidence { " + On("dated", 9) + "} "),
      By());
  ASSERT_TRUE(recorded.ok());
  const v1::Investigation& added = recorded->resource.claims(0).investigations(0);
  EXPECT_FALSE(added.retracted());
  EXPECT_EQ(added.recorded_by().official(), "officials/clerk");
  EXPECT_EQ(added.fact_id(), recorded->facts[0].fact_id());
  EXPECT_EQ(recorded->facts[0].kind(), facts::v1::FACT_KIND_INVESTIGATED);
  EXPECT_EQ(recorded->facts[0].investigated().evidence_items(), 1);
  auto elsewhere = Investigation("on_site: true ");
  elsewhere.set_claim("cases/1/claims/9");
  EXPECT_TRUE(absl::IsNotFound(rules::RecordInvestigation(Case(), elsewhere, By()).status()));
}

TEST(RecordViewTest, IsNotTheResponsibleUnitsOwn) {
  const auto own =
      Text<v1::RecordViewRequest>(std::string(kClaimField) + "view { from_unit: 'units/town' }");
  EXPECT_THAT(FieldsOf(rules::RecordView(Case(), own, By()).status()),
              ElementsAre("view.from_unit"));
}

TEST(RecordViewTest, CountsTheViewsThatStand) {
  const auto request = Text<v1::RecordViewRequest>(kClaimField + ("view { " + On("given_on", 9)) +
                                                   "from_unit: 'units/justice' }");
  EXPECT_EQ(rules::RecordView(Case(), request, By())->facts[0].views_obtained().views(), 1);
  v1::Case one = Case();
  one.mutable_claims(0)->add_views()->set_retracted(true);
  one.mutable_claims(0)->add_views()->set_fact_id("f");
  const auto second = rules::RecordView(one, request, By());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->facts[0].views_obtained().views(), 2);
}

TEST(RecordPriorConclusionTest, NothingIsSaidOfOneThatDoesNotExist) {
  const auto refused = rules::RecordPriorConclusion(
      Case(),
      Text<v1::RecordPriorConclusionRequest>(
          kClaimField + std::string("prior_conclusion { summary: 'x' concluded_on { year: 2017 "
                                    "month: 3 day: 1 } }")),
      By());
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre("prior_conclusion.concluded_on", "prior_conclusion.summary"));
}

TEST(RecordPriorConclusionTest, WithDateAndSummaryAndOnce) {
  const auto refused = rules::RecordPriorConclusion(
      Case(),
      Text<v1::RecordPriorConclusionRequest>(kClaimField +
                                             std::string("prior_conclusion { exists: true }")),
      By());
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre("prior_conclusion.concluded_on", "prior_conclusion.summary"));
  const auto none =
      Text<v1::RecordPriorConclusionRequest>(kClaimField + std::string("prior_conclusion { }"));
  const auto recorded = rules::RecordPriorConclusion(Case(), none, By());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_FALSE(recorded->facts[0].prior_conclusion_recorded().exists());
  EXPECT_EQ(ReasonOf(rules::RecordPriorConclusion(recorded->resource, none, By()).status()),
            "PRIOR_CONCLUSION_RECORDED");
}

v1::AppraiseClaimRequest Appraisal(const std::string& text) {
  return Text<v1::AppraiseClaimRequest>(kClaimField + ("appraisal { " + text) +
                                        On("decided_on", 19) + "}");
}

TEST(AppraiseClaimTest, ListsEveryMissingDutyWithItsClause) {
  const auto refused =
      rules::AppraiseClaim(Case(), Appraisal("category: CATEGORY_RESOLVE "),
                           {Duty("P5.views", "三(二)"), Duty("P6.prior", "三(四)")}, By());
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_EQ(ReasonOf(refused.status()), "CLAIM_NOT_APPRAISABLE");
  EXPECT_THAT(SubjectsOf(refused.status()), ElementsAre("P5.views (三(二)) cases/1/claims/1",
                                                        "P6.prior (三(四)) cases/1/claims/1"));
}

TEST(AppraiseClaimTest, AnEarlierConclusionIsRepeatedOnFreshEvidenceOnly) {
  const auto repeat = Appraisal("category: CATEGORY_EXPLAIN repeats_prior: true ");
  v1::Case file = Case();
  v1::Claim& claim = *file.mutable_claims(0);
  *claim.mutable_prior_conclusion() =
      Text<v1::PriorConclusion>("exists: true " + On("concluded_on", 5));
  const auto refused = rules::AppraiseClaim(file, repeat, {Duty("P5.views", "三(二)")}, By());
  EXPECT_THAT(SubjectsOf(refused.status()),
              ElementsAre("P5.views (三(二)) cases/1/claims/1",
                          "P6.fresh_evidence (三(二)) cases/1/claims/1"));
  // Evidence of the same day is not newer, and what was taken back does not count.
  *claim.add_investigations() = Text<v1::Investigation>("evidence { " + On("dated", 5) + "}");
  *claim.add_investigations() =
      Text<v1::Investigation>("retracted: true evidence { " + On("dated", 9) + "}");
  EXPECT_EQ(ReasonOf(rules::AppraiseClaim(file, repeat, {}, By()).status()),
            "CLAIM_NOT_APPRAISABLE");
  EXPECT_TRUE(rules::AppraiseClaim(file, Appraisal("category: CATEGORY_RESOLVE "), {}, By()).ok());
  *claim.add_investigations() = Text<v1::Investigation>("evidence { " + On("dated", 6) + "}");
  const auto appraised = rules::AppraiseClaim(file, repeat, {}, By());
  ASSERT_TRUE(appraised.ok()) << appraised.status();
  EXPECT_TRUE(appraised->facts[0].claim_appraised().fresh_evidence());
  EXPECT_EQ(appraised->resource.claims(0).category(), types::v1::CATEGORY_EXPLAIN);
  const auto again =
      rules::AppraiseClaim(appraised->resource, Appraisal("category: CATEGORY_RESOLVE "), {}, By());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->facts[0].claim_appraised().revision(), 2);
  EXPECT_EQ(again->resource.claims(0).appraisals_size(), 2);
}

TEST(AppraiseClaimTest, TheHouseholdsNeedIsNoCategoryOfAClaim) {
  for (const char* category : {"", "category: CATEGORY_ASSIST "}) {
    EXPECT_THAT(FieldsOf(rules::AppraiseClaim(Case(), Appraisal(category), {}, By()).status()),
                ElementsAre("appraisal.category"));
  }
}

TEST(OfferDateTest, ForWhatIsToBeResolved) {
  const auto offer = [](int by) {
    return Text<v1::OfferDateRequest>(kClaimField + ("date_offer { " + On("offered_on", 10)) +
                                      On("resolve_by", by) + "petitioner_agrees: true }");
  };
  v1::Case file = Case();
  EXPECT_THAT(FieldsOf(rules::OfferDate(file, offer(9), By()).status()),
              ElementsAre("date_offer.resolve_by"));
  file.mutable_claims(0)->set_category(types::v1::CATEGORY_EXPLAIN);
  EXPECT_EQ(ReasonOf(rules::OfferDate(file, offer(11), By()).status()), "CLAIM_NOT_RESOLVABLE");
  v1::Case before = file;
  before.mutable_claims(0)->add_appraisals()->set_category(types::v1::CATEGORY_RESOLVE);
  EXPECT_TRUE(rules::OfferDate(before, offer(11), By()).ok()) << "it is owed one still";
  file.mutable_claims(0)->set_category(types::v1::CATEGORY_RESOLVE);
  const auto offered = rules::OfferDate(file, offer(11), By());
  ASSERT_TRUE(offered.ok());
  EXPECT_TRUE(offered->facts[0].date_offered().petitioner_agrees());
}

TEST(ClaimRulesTest, NothingIsRecordedUnlessTheCaseIsOpen) {
  for (const auto state : {CASE_STATE_CLOSING, CASE_STATE_CLOSED}) {
    v1::Case file = CaseIn(state);
    const auto claim = std::string(kClaimField);
    const absl::Status refusals[] = {
        rules::RecordInvestigation(file, Investigation("on_site: true "), By()).status(),
        rules::RecordView(
            file, Text<v1::RecordViewRequest>(claim + "view { from_unit: 'units/justice' }"), By())
            .status(),
        rules::RecordPriorConclusion(file, Text<v1::RecordPriorConclusionRequest>(claim), By())
            .status(),
        rules::AppraiseClaim(file, Appraisal("category: CATEGORY_RESOLVE "), {}, By()).status(),
        rules::OfferDate(file, Text<v1::OfferDateRequest>(claim), By()).status(),
        rules::RecordNeed(file, {}, By()).status(),
    };
    for (const absl::Status& refusal : refusals) EXPECT_EQ(ReasonOf(refusal), "CASE_STATE");
  }
}

}  // namespace
}  // namespace redress::registry

// One root that cannot be evaluated is set aside alone: every answer says so, and answers the rest.
#include <gmock/gmock.h>

#include <fstream>

#include "services/supervision/oversight.h"
#include "tests/integration/supervision_world.h"

namespace redress::supervision::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SupervisionSetAsideTest : public World {
 protected:
  // Two cases of one unit, both overdue by June.
  void StartTwo() {
    feeds_.Start();
    for (const char* name : {"cases/1", "cases/2"}) {
      feeds_.Register(name, D(4, 10));
      feeds_.Assign(name, D(4, 12));
    }
    Advance(D(6, 10));
  }
  void Sql(const std::string& statement) {
    const auto done = database_.admin().Execute(statement);
    ASSERT_TRUE(done.ok()) << done.status();
  }
  // Replaces the stored bytes of the fact that registered a case.
  void Damage(const std::string& root) {
    Sql(absl::StrCat("UPDATE followed_fact SET body = 'no fact' WHERE root = '", root,
                     "' AND kind = ", facts::v1::FACT_KIND_CASE_REGISTERED));
    Sql(absl::StrCat("UPDATE evaluated_root SET stale = 1 WHERE root = '", root, "'"));
  }
  template <class Response>
  std::vector<std::string> Names(const absl::StatusOr<Response>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return {"failed"};
    EXPECT_EQ(answer->set_aside().count(), answer->set_aside().names_size());
    return {answer->set_aside().names().begin(), answer->set_aside().names().end()};
  }
  absl::StatusOr<v1::GetLedgerResponse> Ledger(const rpc::Call& call) {
    v1::GetLedgerRequest request;
    request.set_campaign(kCampaign);
    return answers_->Ledger(call, request);
  }
  absl::StatusOr<v1::ListOverdueResponse> Overdue(absl::CivilDay day) {
    v1::ListOverdueRequest request;
    request.set_campaign(kCampaign);
    *request.mutable_as_of() = calendar::ToProto(day);
    return answers_->Overdue(Clerk("overdue.list"), request);
  }
  absl::StatusOr<v1::GetOverviewResponse> Overview(const rpc::Call& call, absl::CivilDay day) {
    v1::GetOverviewRequest request;
    request.set_campaign(kCampaign);
    *request.mutable_as_of() = calendar::ToProto(day);
    return answers_->Overview(call, request);
  }
  absl::StatusOr<v1::ListStatusesResponse> List() {
    v1::ListStatusesRequest request;
    request.set_campaign(kCampaign);
    return answers_->Statuses(Clerk("statuses.list"), request);
  }
  // Every answer tells of `names`, and the ledger still has `rows` rows.
  void ExpectTold(const std::vector<std::string>& names, int rows) {
    const auto ledger = Ledger(Clerk("ledger.list"));
    EXPECT_EQ(Names(ledger), names);
    EXPECT_EQ(ledger->rows_size(), rows);
    EXPECT_EQ(Names(Overdue(D(6, 10))), names);
    EXPECT_EQ(Names(Overdue(D(6, 9))), names);
    EXPECT_EQ(Names(Overview(Clerk("overview.get"), D(6, 10))), names);
    EXPECT_EQ(Names(Overview(Clerk("overview.get"), D(6, 9))), names);
    const auto statuses = List();
    EXPECT_EQ(Names(statuses), names);
    for (const auto& status : statuses->statuses()) {
      for (const std::string& name : names) EXPECT_THAT(status.subject(), Not(HasSubstr(name)));
    }
    v1::GetScorecardRequest request;
    request.set_campaign(kCampaign);
    request.set_unit(kUnitA);
    *request.mutable_period_end() = calendar::ToProto(D(6, 10));
    const auto card = answers_->Scorecard(Clerk("scorecards.get"), request);
    ASSERT_TRUE(card.ok()) << card.status();
    EXPECT_GT(card->scorecard().duties_due(), 0);
    v1::ListScorecardsRequest all;
    all.set_campaign(kCampaign);
    *all.mutable_period_end() = calendar::ToProto(D(6, 10));
    EXPECT_TRUE(answers_->Scorecards(Clerk("scorecards.list"), all).ok());
  }
  int CasesSetAsideInScore() {
    return scores_.CardOf(kCampaign, kUnitA, std::nullopt, D(6, 10), D(6, 10), Soon())
        ->cases_set_aside();
  }
  std::string CauseOf(const std::string& case_name) {
    v1::GetCaseEvaluationRequest request;
    request.set_case_name(case_name);
    const auto answer = answers_->CaseEvaluation(Clerk("evaluations.get"), request);
    if (answer.ok()) return "";
    EXPECT_EQ(status::ReasonOf(answer.status()), "CASE_SET_ASIDE") << answer.status();
    return status::ErrorInfoOf(answer.status())->metadata().at("cause");
  }
};

TEST_F(SupervisionSetAsideTest, NothingIsSetAsideWhereAllIsWell) {
  StartTwo();
  DeliverAll();
  ExpectTold({}, 2);
  EXPECT_EQ(CasesSetAsideInScore(), 0);
  EXPECT_EQ(CauseOf("cases/1"), "");
}

TEST_F(SupervisionSetAsideTest, ACaseOfADayWithoutARuleSet) {
  StartTwo();
  facts::v1::Fact old = Feeds::Make(
      "CASE_REGISTERED", D(4, 11),
      absl::StrCat("source: CASE_SOURCE_IN_PERSON claims: 1 plan_revision: 1 region_code: \"",
                   kRegion, "\" received_on { year: 1998 month: 5 day: 1 }"),
      "cases/9", "");
  feeds_.Publish("registry", std::move(old));
  feeds_.Assign("cases/9", D(4, 12));
  DeliverAll();
  ExpectTold({"cases/9"}, 2);
  EXPECT_EQ(CasesSetAsideInScore(), 1);
  EXPECT_EQ(CauseOf("cases/9"), "no_rule_set");
  EXPECT_EQ(CauseOf("cases/1"), "");
}

TEST_F(SupervisionSetAsideTest, ADamagedFactAndItsRepair) {
  StartTwo();
  DeliverAll();
  Settle();
  Damage("cases/1");
  ExpectTold({"cases/1"}, 1);
  EXPECT_EQ(CauseOf("cases/1"), "record_damaged");
  // No stale row of it raises an alarm.
  auto rows =
      database_.admin().Query("SELECT COUNT(*) FROM requirement_status WHERE root = 'cases/1'");
  EXPECT_EQ((*rows)[0].Int(0), 0);
  EXPECT_EQ(projection_->Read(Soon())->stale, 0) << "it does not wait to be evaluated";

  const auto& entries = feeds_.of("assignment");
  for (const char* service : {"registry", "assignment"}) {
    for (const auto& entry : feeds_.of(service)) {
      facts::v1::Fact fact;
      ASSERT_TRUE(fact.ParseFromString(entry.fact()));
      const auto done = database_.admin().Execute(
          "UPDATE followed_fact SET body = ? WHERE service = ? AND position = ?",
          {entry.fact(), service, entry.position()});
      ASSERT_TRUE(done.ok()) << done.status();
    }
  }
  ASSERT_FALSE(entries.empty());
  Sql("UPDATE evaluated_root SET retry_after = NULL");
  ExpectTold({}, 2);
}

TEST_F(SupervisionSetAsideTest, ADamagedAnswerIsMadeAnew) {
  StartTwo();
  DeliverAll();
  Settle();
  const int before = List()->statuses_size();
  Sql("UPDATE requirement_status SET body = 'no status' WHERE root = 'cases/1' LIMIT 1");
  const auto once = List();
  EXPECT_THAT(Names(once), ElementsAre("cases/1"));
  EXPECT_EQ(once->statuses_size(), before - 1);
  const auto again = List();
  EXPECT_THAT(Names(again), IsEmpty());
  EXPECT_EQ(again->statuses_size(), before);
}

TEST_F(SupervisionSetAsideTest, AnEntryThatIsNoFactDoesNotHoldUpItsFeed) {
  StartTwo();
  feeds_.PublishBytes("registry", "\xff\xff\xff no fact");
  facts::v1::Fact dateless = Feeds::Make("CASE_CLOSED", D(5, 1), "", "cases/1", "");
  dateless.mutable_event_date()->set_month(13);
  feeds_.Publish("registry", std::move(dateless));
  feeds_.Register("cases/3", D(4, 10));
  DeliverAll();
  ExpectTold({"feeds/registry/7", "feeds/registry/8"}, 3);
}

TEST_F(SupervisionSetAsideTest, APlanThatDoesNotExist) {
  StartTwo();
  feeds_.Publish("registry", "CASE_REGISTERED", D(4, 11),
                 absl::StrCat("source: CASE_SOURCE_IN_PERSON claims: 1 plan_revision: 7 "
                              "region_code: \"",
                              kRegion, "\" received_on { year: 2018 month: 4 day: 11 }"),
                 "cases/9");
  DeliverAll();
  ExpectTold({"cases/9"}, 2);
  EXPECT_EQ(CauseOf("cases/9"), "plan_unusable");
  // While registry is away nothing is judged: that passes.
  registry_away_ = true;
  Sql("UPDATE evaluated_root SET retry_after = NULL");
  EXPECT_THAT(Names(List()), ElementsAre("cases/9"));
}

TEST_F(SupervisionSetAsideTest, ADateAtTheEndOfTime) {
  StartTwo();
  feeds_.Publish("assistance", "ASSISTANCE_PLANNED", D(5, 1),
                 "measures: 1 last_due { year: 9999 month: 12 day: 31 }", "cases/1");
  feeds_.Publish("registry", "ASSISTANCE_NEED_FOUND", D(4, 20), "", "cases/1");
  feeds_.Publish("registry", "ROUND_OPENED", D(5, 2),
                 "round_kind: ROUND_KIND_REVIEW received_on { year: 1990 month: 1 day: 1 }",
                 "cases/2");
  DeliverAll();
  ExpectTold({}, 2);
}

TEST_F(SupervisionSetAsideTest, WhoMayNotKnowOfACaseIsToldNothing) {
  StartTwo();
  feeds_.Register("cases/3", D(4, 10), "CLAIM_KIND_ACCUSATION");
  feeds_.Assign("cases/3", D(4, 12));
  DeliverAll();
  Settle();
  Damage("cases/2");
  Damage("cases/3");
  gate_.barred = {"cases/3"};
  EXPECT_THAT(Names(List()), ElementsAre("cases/2"));
  const auto of_b = CallBy(Person(types::v1::ROLE_UNIT_HEAD, "officials/b", kUnitB), "ledger.list");
  EXPECT_THAT(Names(Ledger(of_b)), IsEmpty());
  const auto of_a = CallBy(Person(types::v1::ROLE_UNIT_HEAD, "officials/a", kUnitA), "ledger.list");
  EXPECT_THAT(Names(Ledger(of_a)), ElementsAre("cases/2"));

  metrics::Registry registry;
  Oversight oversight(registry, pool_, clock_, *projection_, scores_);
  ASSERT_TRUE(oversight.RefreshCounts(Soon()).ok());
  EXPECT_THAT(registry.Expose(), HasSubstr("redress_cases_set_aside{campaign=\"campaigns/c\","
                                           "cause=\"record_damaged\"}"));
}

// ---- the calendar

class SupervisionCalendarTest : public SupervisionSetAsideTest {
 protected:
  // The seed's table as if it ended with 2018.
  static std::shared_ptr<const calendar::Calendar> Until2018() {
    std::ifstream file(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt");
    std::string text, line;
    while (std::getline(file, line) && line != "year 2019") absl::StrAppend(&text, line, "\n");
    return *calendar::Calendar::Parse(text);
  }
  const std::shared_ptr<const calendar::Calendar> whole_ = calendar_.Get();
};

TEST_F(SupervisionCalendarTest, AnsweredBeyondItsEndAndJudgedOnceTheYearIsAdded) {
  calendar_.Set(Until2018());
  StartTwo();
  feeds_.Publish("registry", "ACCEPTED", D(11, 20));  // 60 days end on 2019-01-19, rolled to 01-21
  Advance(absl::CivilDay(2019, 1, 25));
  DeliverAll();
  const auto handling = [this]() -> plan::v1::RequirementStatus {
    v1::ListStatusesRequest request;
    request.set_case_name("cases/1");
    for (const auto& status : Statuses(Clerk("statuses.list"), request)) {
      if (status.calendar_missing() != 0 || status.due().year() == 2019) return status;
    }
    return {};
  };
  EXPECT_EQ(handling().state(), plan::v1::REQUIREMENT_STATE_PENDING);
  EXPECT_EQ(handling().calendar_missing(), 2019);
  EXPECT_EQ(*calendar::FromProto(handling().due()), absl::CivilDay(2019, 1, 19));
  const std::string requirement = handling().requirement();
  const auto overdue = Overdue(absl::CivilDay(2019, 1, 25));
  ASSERT_TRUE(overdue.ok()) << overdue.status();
  for (const auto& status : overdue->statuses()) {
    EXPECT_NE(status.requirement(), requirement);
  }
  const auto before = Ledger(Clerk("ledger.list"));
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->calendar_version(), calendar_.Get()->version());

  // No fact comes and the clock stands: the year alone is new.
  calendar_.Set(whole_);
  EXPECT_EQ(StateOf(requirement), "OVERDUE 2019-01-22");
  const auto after = Ledger(Clerk("ledger.list"));
  EXPECT_NE(after->calendar_version(), before->calendar_version());
  const auto state = answers_->ProjectionState(Clerk("projections.get"), {});
  EXPECT_EQ(*calendar::FromProto(state->calendar_last_day()), whole_->last_day());
  EXPECT_EQ(state->calendar_version(), whole_->version());
}

TEST_F(SupervisionCalendarTest, ARestartWithAnotherCalendarJudgesAnewToo) {
  calendar_.Set(Until2018());
  StartTwo();
  feeds_.Publish("registry", "ACCEPTED", D(11, 20));
  Advance(absl::CivilDay(2019, 1, 25));
  DeliverAll();
  Settle();
  EXPECT_EQ(projection_->Read(Soon())->stale, 0);
  calendar_.Set(whole_);
  projection_ = Open();
  bool settled = false;
  ASSERT_TRUE(projection_->EvaluateSome(Soon(), &settled).ok());
  EXPECT_FALSE(settled) << "every root is evaluated anew";
}

}  // namespace
}  // namespace redress::supervision::testing

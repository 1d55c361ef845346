// What supervision answers, to whom: lists and paging, the ledger as of any day, scores and their
// traces, and what accusations and scopes keep back.
#include <gmock/gmock.h>

#include "common/base/ids.h"
#include "tests/integration/supervision_world.h"

namespace redress::supervision::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using types::v1::ROLE_CASE_OFFICER;
using types::v1::ROLE_INSPECTOR;
using types::v1::ROLE_LEAD;
using types::v1::ROLE_OPERATOR;
using types::v1::ROLE_UNIT_HEAD;

class SupervisionAnswersTest : public World {
 protected:
  v1::GetLedgerResponse Ledger(const rpc::Call& call, absl::CivilDay as_of, bool closed = false,
                               const std::string& unit = "") {
    v1::GetLedgerRequest request;
    request.set_campaign(kCampaign);
    request.set_unit(unit);
    request.set_include_closed(closed);
    *request.mutable_as_of() = calendar::ToProto(as_of);
    auto answer = answers_->Ledger(call, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::GetLedgerResponse();
  }
  static std::vector<std::string> CasesOf(const v1::GetLedgerResponse& ledger) {
    std::vector<std::string> cases;
    for (const auto& row : ledger.rows()) cases.push_back(row.case_name());
    return cases;
  }
  v1::ListOverdueResponse Overdue(const rpc::Call& call, absl::CivilDay as_of) {
    v1::ListOverdueRequest request;
    request.set_campaign(kCampaign);
    request.set_page_size(1000);
    *request.mutable_as_of() = calendar::ToProto(as_of);
    auto answer = answers_->Overdue(call, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::ListOverdueResponse();
  }
  static std::set<std::string> RootsOf(const std::vector<plan::v1::RequirementStatus>& statuses) {
    std::set<std::string> roots;
    for (const auto& status : statuses) {
      roots.insert(std::string(base::RootName(status.subject())));
    }
    return roots;
  }
};

TEST_F(SupervisionAnswersTest, TheLedgerIsAsOfAnyDay) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  feeds_.Assign("cases/1", D(4, 12));
  feeds_.Equip("cases/1", D(4, 14));
  feeds_.Publish("assignment", "MEASURE_DONE", D(5, 2), "measure: 1");
  feeds_.Publish("registry", "CLAIM_APPRAISED", D(5, 10), "category: CATEGORY_RESOLVE");
  feeds_.Publish(
      "assignment", "HANDOVER_ACCEPTED", D(6, 1),
      "part: PART_LEAD from_official: \"officials/lead\" to_official: \"officials/next\"",
      "cases/1", kUnitA);
  feeds_.Publish("registry", "CASE_CLOSED", D(9, 20), "standard: CLOSING_STANDARD_ANSWERED");
  Advance(D(10, 10));
  DeliverAll();
  const rpc::Call call = Clerk("ledger.list");

  EXPECT_THAT(Ledger(call, D(4, 9)).rows(), IsEmpty());
  const auto may = Ledger(call, D(5, 5));
  ASSERT_THAT(may.rows(), SizeIs(1));
  const v1::LedgerRow& row = may.rows(0);
  EXPECT_EQ(row.registration_number(), "R-cases/1");
  EXPECT_EQ(row.claim(), "cases/1/claims/1");
  EXPECT_EQ(row.claim_subject(), types::v1::CLAIM_SUBJECT_LAND);
  EXPECT_EQ(row.category(), types::v1::CATEGORY_UNSPECIFIED);
  EXPECT_EQ(row.measures_planned(), 2);
  EXPECT_EQ(row.measures_done(), 1);
  EXPECT_EQ(row.lead(), "officials/lead");
  EXPECT_EQ(row.unit(), kUnitA);
  EXPECT_EQ(row.officer(), "officials/officer");
  EXPECT_EQ(row.time_limit().month(), 9);
  EXPECT_EQ(row.registered_on().day(), 10);
  EXPECT_EQ(row.claim_text(), "") << "no personal data enters supervision";
  EXPECT_GT(may.as_known_size(), 0);

  const auto july = Ledger(call, D(7, 1));
  EXPECT_EQ(july.rows(0).category(), types::v1::CATEGORY_RESOLVE);
  EXPECT_EQ(july.rows(0).lead(), "officials/next");
  EXPECT_GT(july.rows(0).overdue(), may.rows(0).overdue());

  EXPECT_THAT(Ledger(call, D(10, 1)).rows(), IsEmpty()) << "struck off";
  const auto all = Ledger(call, D(10, 1), /*closed=*/true);
  EXPECT_EQ(all.rows(0).struck_off_on().day(), 20);
  EXPECT_EQ(all.rows(0).standard(), types::v1::CLOSING_STANDARD_ANSWERED);
}

TEST_F(SupervisionAnswersTest, TheLedgerIsPagedInOrderOfRegistration) {
  feeds_.Start();
  for (int i = 5; i > 0; --i) {
    feeds_.Register(absl::StrCat("cases/", i), D(4, 10 + i));
    feeds_.Assign(absl::StrCat("cases/", i), D(4, 20), i % 2 == 0 ? kUnitA : kUnitB);
  }
  Advance(D(5, 1));
  DeliverAll();
  v1::GetLedgerRequest request;
  request.set_campaign(kCampaign);
  request.set_page_size(2);
  std::vector<std::string> seen;
  int pages = 0;
  do {
    auto page = answers_->Ledger(Clerk("ledger.list"), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& row : page->rows()) seen.push_back(row.case_name());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, ElementsAre("cases/1", "cases/2", "cases/3", "cases/4", "cases/5"));
  EXPECT_EQ(pages, 3);

  EXPECT_THAT(CasesOf(Ledger(Clerk("ledger.list"), D(5, 1), false, kUnitA)),
              ElementsAre("cases/2", "cases/4"));
  // The head of a unit has that unit's ledger, whatever is asked for.
  const rpc::Call head = CallBy(Person(ROLE_UNIT_HEAD, "officials/head", kUnitA), "ledger.list");
  EXPECT_THAT(CasesOf(Ledger(head, D(5, 1))), ElementsAre("cases/2", "cases/4"));
  // What registry does not confirm is not there.
  gate_.barred = {"cases/2"};
  EXPECT_THAT(CasesOf(Ledger(head, D(5, 1))), ElementsAre("cases/4"));
  gate_.away = true;
  EXPECT_EQ(answers_->Ledger(head, request).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(SupervisionAnswersTest, StatusesArePagedByDueDateAndFiltered) {
  feeds_.Start();
  for (int i = 1; i <= 4; ++i) {
    const std::string name = absl::StrCat("cases/", i);
    feeds_.Register(name, D(4, 10 + i));
    if (i < 4) {
      feeds_.Assign(name, D(4, 20), i == 1 ? kUnitA : kUnitB,
                    i == 1 ? "officials/lead" : "officials/other");
    }
  }
  Advance(D(5, 25));
  DeliverAll();
  v1::ListStatusesRequest request;
  request.set_campaign(kCampaign);
  request.set_page_size(1000);
  const auto whole = Statuses(Clerk("statuses.list"), request);
  ASSERT_GT(whole.size(), 30u);
  request.set_page_size(7);
  const auto paged = Statuses(Clerk("statuses.list"), request);
  ASSERT_EQ(paged.size(), whole.size());
  int last = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(paged[i].SerializeAsString(), whole[i].SerializeAsString());
    const int due = whole[i].has_due() ? whole[i].due().month() * 100 + whole[i].due().day() : 9999;
    EXPECT_GE(due, last);
    last = due;
  }
  // A token is bound to its question and its caller.
  auto first = answers_->Statuses(Clerk("statuses.list"), request);
  request.set_page_token(first->next_page_token());
  request.set_unit(kUnitA);
  EXPECT_EQ(answers_->Statuses(Clerk("statuses.list"), request).status().code(),
            absl::StatusCode::kInvalidArgument);

  v1::ListStatusesRequest of_unit;
  of_unit.set_unit(kUnitA);
  of_unit.add_states(plan::v1::REQUIREMENT_STATE_OVERDUE);
  for (const auto& status : Statuses(Clerk("statuses.list"), of_unit)) {
    EXPECT_EQ(status.bound_unit(), kUnitA);
    EXPECT_EQ(status.state(), plan::v1::REQUIREMENT_STATE_OVERDUE);
  }
  *of_unit.mutable_until() = calendar::ToProto(D(4, 30));
  of_unit.clear_states();
  for (const auto& status : Statuses(Clerk("statuses.list"), of_unit)) {
    EXPECT_LE(*calendar::FromProto(status.due()), D(4, 30));
  }
  // A case that nobody was given stays on somebody's list: the office's.
  v1::ListStatusesRequest of_lead;
  of_lead.set_official("officials/lead");
  EXPECT_THAT(RootsOf(Statuses(Service("statuses.list"), of_lead)), ElementsAre("cases/1"));
  of_lead.set_include_unassigned(true);
  EXPECT_THAT(RootsOf(Statuses(Service("statuses.list"), of_lead)), ::testing::Contains("cases/4"));
}

// Invariant 6: a page of one tells nobody that something was left out of it, and neither does its
// token; whoever a service asks for is told what they would be told themselves.
TEST_F(SupervisionAnswersTest, PagesAreFullWhateverIsLeftOut) {
  feeds_.Start();
  for (int i = 1; i <= 3; ++i) feeds_.Register(absl::StrCat("cases/", i), D(4, 10 + i));
  Advance(D(5, 25));
  DeliverAll();
  gate_.barred = {"cases/1", "cases/3"};
  v1::ListStatusesRequest clerks;
  clerks.set_campaign(kCampaign);
  v1::ListStatusesRequest for_them = clerks;
  registry::v1::Caller& them = *for_them.mutable_on_behalf_of();
  them.set_official("officials/clerk");
  them.set_unit("units/office");
  them.set_region_code("430626103");
  them.add_roles(types::v1::ROLE_OFFICE_CLERK);
  for_them.set_permission("due.list");
  EXPECT_EQ(answers_->Statuses(Clerk("statuses.list"), for_them).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto page_by_page = [&](const rpc::Call& call, v1::ListStatusesRequest request) {
    request.set_page_size(1);
    std::set<std::string> roots;
    do {
      const auto page = answers_->Statuses(call, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_EQ(page->statuses_size(), 1);
      for (const auto& status : page->statuses()) roots.emplace(base::RootName(status.subject()));
      EXPECT_EQ(page->next_page_token().find("cases"), std::string::npos);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return roots;
  };
  for (const auto& roots : {page_by_page(Clerk("statuses.list"), clerks),
                            page_by_page(Service("statuses.list"), for_them)}) {
    EXPECT_EQ(roots.count("cases/1") + roots.count("cases/3"), 0u);
    EXPECT_EQ(roots.count("cases/2"), 1u);
  }
  v1::ListOverdueRequest overdue;
  overdue.set_campaign(kCampaign);
  overdue.set_page_size(1);
  for (const bool today : {true, false}) {
    if (!today) *overdue.mutable_as_of() = calendar::ToProto(D(5, 20));
    overdue.clear_page_token();
    do {
      const auto page = answers_->Overdue(Clerk("overdue.list"), overdue);
      ASSERT_TRUE(page.ok()) << page.status();
      ASSERT_EQ(page->statuses_size(), 1);
      EXPECT_THAT(page->statuses(0).subject(), ::testing::Not(::testing::StartsWith("cases/1")));
      overdue.set_page_token(page->next_page_token());
    } while (!overdue.page_token().empty());
  }
}

TEST_F(SupervisionAnswersTest, EachRoleSeesItsOwn) {
  feeds_.Start();
  for (int i = 1; i <= 3; ++i) {
    const std::string name = absl::StrCat("cases/", i);
    feeds_.Register(name, D(4, 10), "CLAIM_KIND_GRIEVANCE", i == 3 ? "411623102000" : kRegion);
    feeds_.Assign(name, D(4, 12), i == 1 ? kUnitA : kUnitB,
                  i == 1 ? "officials/lead" : "officials/other");
  }
  Advance(D(6, 1));
  DeliverAll();
  const auto seen = [this](const rpc::Call& call) {
    v1::ListStatusesRequest request;
    std::set<std::string> cases;
    for (const std::string& root : RootsOf(Statuses(call, request))) {
      if (IsCase(root)) cases.insert(root);
    }
    return cases;
  };
  EXPECT_THAT(seen(CallBy(Person(ROLE_LEAD, "officials/lead"), "statuses.list")),
              ElementsAre("cases/1"));
  for (const auto& status :
       Statuses(CallBy(Person(ROLE_LEAD, "officials/lead"), "statuses.list"), {})) {
    EXPECT_EQ(status.bound_official(), "officials/lead");
  }
  EXPECT_THAT(seen(CallBy(Person(ROLE_CASE_OFFICER, "officials/officer"), "statuses.list")),
              SizeIs(3));
  EXPECT_THAT(seen(CallBy(Person(ROLE_UNIT_HEAD, "officials/h", kUnitB), "statuses.list")),
              ElementsAre("cases/2", "cases/3"));
  EXPECT_THAT(seen(CallBy(Person(ROLE_INSPECTOR), "statuses.list")),
              ElementsAre("cases/1", "cases/2"));
  EXPECT_THAT(
      seen(CallBy(Person(ROLE_INSPECTOR, "officials/i", "units/i", "411623"), "statuses.list")),
      SizeIs(3));
  EXPECT_THAT(
      seen(CallBy(Person(ROLE_INSPECTOR, "officials/i", "units/i", "410100"), "statuses.list")),
      IsEmpty());
  EXPECT_EQ(answers_->Statuses(CallBy(Person(ROLE_OPERATOR), "statuses.list"), {}).status().code(),
            absl::StatusCode::kPermissionDenied);
  v1::GetOverviewRequest elsewhere;
  elsewhere.set_campaign(kCampaign);
  EXPECT_EQ(answers_
                ->Overview(CallBy(Person(ROLE_INSPECTOR, "officials/i", "units/i", "410100"),
                                  "overview.get"),
                           elsewhere)
                .status()
                .code(),
            absl::StatusCode::kNotFound);
}

TEST_F(SupervisionAnswersTest, OverdueAsOfAPastDayEqualsWhatWasSaidThen) {
  feeds_.Start();
  for (int i = 1; i <= 3; ++i) feeds_.Register(absl::StrCat("cases/", i), D(4, 10 + i));
  feeds_.Assign("cases/1", D(4, 12));
  DeliverAll();
  Advance(D(6, 20));
  const auto then = Overdue(Clerk("overdue.list"), D(6, 20));
  EXPECT_GT(then.statuses_size(), 5);
  Advance(D(9, 30));
  const auto now = Overdue(Clerk("overdue.list"), D(9, 30));
  EXPECT_GT(now.statuses_size(), then.statuses_size());
  const auto again = Overdue(Clerk("overdue.list"), D(6, 20));
  ASSERT_EQ(again.statuses_size(), then.statuses_size());
  for (int i = 0; i < then.statuses_size(); ++i) {
    EXPECT_EQ(again.statuses(i).DebugString(), then.statuses(i).DebugString());
    if (i > 0) {
      EXPECT_LE(*calendar::FromProto(then.statuses(i - 1).overdue_since()),
                *calendar::FromProto(then.statuses(i).overdue_since()));
    }
  }
}

TEST_F(SupervisionAnswersTest, NoAnswerTellsAnInspectorTheDayOfAVisitByMovingTheDay) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  feeds_.Assign("cases/1", D(4, 12));
  Advance(D(7, 20));
  DeliverAll();
  const auto field_of = [](const absl::Status& refused) {
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << refused;
    return std::string(refused.message());
  };
  const auto person = Person(ROLE_INSPECTOR);
  for (const bool day_by_day : {true, false}) {
    const auto day = calendar::ToProto(day_by_day ? D(6, 29) : D(6, 30));
    v1::GetOverviewRequest overview;
    v1::GetCaseEvaluationRequest evaluation;
    v1::GetLedgerRequest ledger;
    v1::ListOverdueRequest overdue;
    v1::GetScorecardRequest card;
    v1::ListScorecardsRequest cards;
    overview.set_campaign(kCampaign);
    ledger.set_campaign(kCampaign);
    overdue.set_campaign(kCampaign);
    card.set_campaign(kCampaign);
    card.set_unit(kUnitA);
    cards.set_campaign(kCampaign);
    evaluation.set_case_name("cases/1");
    *overview.mutable_as_of() = *evaluation.mutable_as_of() = *ledger.mutable_as_of() =
        *overdue.mutable_as_of() = *card.mutable_period_end() = *cards.mutable_period_end() = day;
    const std::vector<absl::Status> answers = {
        answers_->Overview(CallBy(person, "overview.get"), overview).status(),
        answers_->CaseEvaluation(CallBy(person, "evaluations.get"), evaluation).status(),
        answers_->Ledger(CallBy(person, "ledger.list"), ledger).status(),
        answers_->Overdue(CallBy(person, "overdue.list"), overdue).status(),
        answers_->Scorecard(CallBy(person, "scorecards.get"), card).status(),
        answers_->Scorecards(CallBy(person, "scorecards.list"), cards).status()};
    for (const absl::Status& answer : answers) {
      if (day_by_day) {
        EXPECT_THAT(field_of(answer), ::testing::HasSubstr("last day of a month"));
      } else {
        EXPECT_TRUE(answer.ok()) << answer;
      }
    }
    *card.mutable_period_start() = calendar::ToProto(day_by_day ? D(5, 2) : D(5, 1));
    *card.mutable_period_end() = calendar::ToProto(D(6, 30));
    const absl::Status answer =
        answers_->Scorecard(CallBy(person, "scorecards.get"), card).status();
    EXPECT_EQ(answer.ok(), !day_by_day) << answer;
  }
}

TEST_F(SupervisionAnswersTest, AnEvaluationExplainsItself) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  DeliverAll();
  Advance(D(6, 1));
  v1::GetCaseEvaluationRequest request;
  request.set_case_name("cases/1");
  *request.mutable_as_of() = calendar::ToProto(D(4, 15));
  auto answer = answers_->CaseEvaluation(Clerk("evaluations.get"), request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->evaluation().plan(), "2018-three-in-place");
  EXPECT_EQ(answer->evaluation().as_of().day(), 15);
  bool explained = false;
  for (const auto& status : answer->evaluation().statuses()) {
    if (status.requirement() != "P3") continue;
    explained = true;
    EXPECT_EQ(status.state(), plan::v1::REQUIREMENT_STATE_PENDING);
    EXPECT_EQ(status.explanation().en(), "2018-04-10 + 10 days = 2018-04-20");
    EXPECT_THAT(status.clause(), ::testing::HasSubstr("三(一)"));
  }
  EXPECT_TRUE(explained);
  *request.mutable_as_of() = calendar::ToProto(D(4, 9));
  EXPECT_EQ(answers_->CaseEvaluation(Clerk("evaluations.get"), request).status().code(),
            absl::StatusCode::kNotFound);
  gate_.barred = {"cases/1"};
  EXPECT_EQ(answers_->CaseEvaluation(Clerk("evaluations.get"), {request}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(SupervisionAnswersTest, EveryPointOfAScoreTracesToItsFacts) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  feeds_.Assign("cases/1", D(4, 12));
  feeds_.Equip("cases/1", D(4, 14));
  feeds_.Register("cases/2", D(4, 10));
  feeds_.Assign("cases/2", D(5, 12));  // too late
  feeds_.Publish("visits", "VISIT_NOT_ARRANGED", D(5, 20), "", "cases/2", kUnitA);
  Advance(D(6, 30));
  DeliverAll();
  v1::GetScorecardRequest request;
  request.set_campaign(kCampaign);
  request.set_unit(kUnitA);
  request.set_explain(true);
  *request.mutable_period_end() = calendar::ToProto(D(6, 30));
  auto answer = answers_->Scorecard(Clerk("scorecards.get"), request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const plan::v1::Scorecard card = answer->scorecard();
  EXPECT_EQ(card.period().first().month(), 4);
  EXPECT_GT(card.duties_due(), 0);
  std::set<std::string> known;
  for (const char* service : kServices) {
    for (const auto& entry : feeds_.of(service)) {
      facts::v1::Fact fact;
      fact.ParseFromString(entry.fact());
      known.insert(fact.fact_id());
    }
  }
  int points = 0, most = 0, traces = 0;
  for (const auto& line : card.lines()) {
    points += line.centipoints();
    most += line.max_centipoints();
    if (line.rule() != "S8") {
      EXPECT_EQ(line.total(), line.traces_size()) << line.rule();
    }
    for (const auto& trace : line.traces()) {
      ++traces;
      for (const auto& fact : trace.facts()) EXPECT_TRUE(known.contains(fact));
    }
    if (line.rule() == "L2") {
      // One visit that was not arranged: its share of the duties due, of ten points at most.
      EXPECT_EQ(line.centipoints(), -(2000 + card.duties_due()) / (2 * card.duties_due()));
    }
  }
  EXPECT_EQ(points, card.centipoints());
  EXPECT_EQ(most, card.max_centipoints());
  EXPECT_GT(traces, 0);

  request.set_explain(false);
  answer = answers_->Scorecard(Clerk("scorecards.get"), request);
  for (const auto& line : answer->scorecard().lines()) EXPECT_EQ(line.traces_size(), 0);
  EXPECT_EQ(answer->scorecard().centipoints(), card.centipoints());

  // Another unit's card is not for the head of this one; one's own is the same card.
  const rpc::Call head = CallBy(Person(ROLE_UNIT_HEAD, "officials/head", kUnitA), "scorecards.get");
  EXPECT_EQ(answers_->Scorecard(head, request)->scorecard().centipoints(), card.centipoints());
  request.set_unit(kUnitB);
  EXPECT_EQ(answers_->Scorecard(head, request).status().code(), absl::StatusCode::kNotFound);
  request.set_unit("units/not-enrolled");
  EXPECT_EQ(status::ReasonOf(answers_->Scorecard(Clerk("scorecards.get"), request).status()),
            "UNIT_NOT_ENROLLED");
  v1::ListScorecardsRequest list;
  list.set_campaign(kCampaign);
  *list.mutable_period_end() = calendar::ToProto(D(6, 30));
  EXPECT_EQ(answers_->Scorecards(Clerk("scorecards.list"), list)->scorecards_size(), 2);
  EXPECT_EQ(answers_->Scorecards(head, list)->scorecards_size(), 1);
}

TEST_F(SupervisionAnswersTest, AnAccusationIsCountedForWhomRegistryConfirmsIt) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  feeds_.Register("cases/2", D(4, 10), "CLAIM_KIND_ACCUSATION");
  for (const char* name : {"cases/1", "cases/2"}) feeds_.Assign(name, D(4, 30));
  Advance(D(6, 1));
  DeliverAll();
  const auto cases = [this](const rpc::Call& call, absl::CivilDay as_of) {
    v1::GetOverviewRequest request;
    request.set_campaign(kCampaign);
    *request.mutable_as_of() = calendar::ToProto(as_of);
    auto overview = answers_->Overview(call, request);
    EXPECT_TRUE(overview.ok()) << overview.status();
    int64_t count = 0, p3 = 0;
    for (const auto& state : overview->cases()) count += state.cases();
    for (const auto& entry : overview->requirements()) {
      if (entry.requirement() == "P3") p3 += entry.statuses();
    }
    EXPECT_EQ(count, p3);
    return count;
  };
  const rpc::Call inspector = CallBy(Person(ROLE_INSPECTOR), "overview.get");
  const rpc::Call head = CallBy(Person(ROLE_UNIT_HEAD, "officials/h", kUnitA), "overview.get");
  // Lists show it to the inspector too, and a total that differs from a list would tell of it.
  for (const absl::CivilDay day : {D(6, 1), D(5, 31)}) {
    EXPECT_EQ(cases(Clerk("overview.get"), day), 2);
    EXPECT_EQ(cases(inspector, day), 2);
    EXPECT_EQ(cases(head, day), 1);
  }
  // Not for somebody of the office, or an inspector, whom it concerns.
  gate_.barred = {"cases/2"};
  for (const absl::CivilDay day : {D(6, 1), D(5, 31)}) {
    EXPECT_EQ(cases(Clerk("overview.get"), day), 1);
    EXPECT_EQ(cases(inspector, day), 1);
  }
  EXPECT_THAT(CasesOf(Ledger(Clerk("ledger.list"), D(6, 1))), ElementsAre("cases/1"));

  v1::GetScorecardRequest request;
  request.set_campaign(kCampaign);
  request.set_unit(kUnitA);
  request.set_explain(true);
  *request.mutable_period_end() = calendar::ToProto(D(6, 1));
  gate_.barred.clear();
  auto card = answers_->Scorecard(Clerk("scorecards.get"), request);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_THAT(card->DebugString(), ::testing::HasSubstr("cases/1"));
  EXPECT_THAT(card->DebugString(), ::testing::Not(::testing::HasSubstr("cases/2")));
  // Whoever is recused from a case reads nothing of it here either.
  gate_.barred = {"cases/1"};
  card = answers_->Scorecard(Clerk("scorecards.get"), request);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_THAT(card->DebugString(), ::testing::Not(::testing::HasSubstr("cases/1")));
}

}  // namespace
}  // namespace redress::supervision::testing

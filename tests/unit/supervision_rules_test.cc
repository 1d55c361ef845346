// The rules of supervision, without a database.
#include "services/supervision/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/error.h"
#include "tests/unit/plan_facts.h"

namespace redress::supervision::rules {
namespace {

using plan::testing::AsOf;
using plan::testing::D;
using plan::testing::FactBook;
using plan::testing::SeedPlan;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using types::v1::Role;

TEST(SupervisionRoot, FollowsTheSubjectOfTheFact) {
  FactBook book;
  EXPECT_EQ(RootOf(book.Add("CASE_REGISTERED", D(4, 1)))->name, "cases/1");
  EXPECT_EQ(RootOf(book.Add("CLAIM_APPRAISED", D(4, 1)))->kind, RootKind::kCase);
  EXPECT_EQ(RootOf(book.Add("ACCEPTED", D(4, 1)))->name, "cases/1");
  const auto unit = RootOf(book.Add("UNIT_ENROLLED", D(4, 1)));
  EXPECT_EQ(unit->name, "campaigns/1/units/1");
  EXPECT_EQ(unit->kind, RootKind::kUnit);
  EXPECT_EQ(UnitOfRoot(unit->name), "units/1");
  EXPECT_EQ(RootOf(book.Add("FINDING_OPENED", D(4, 1)))->kind, RootKind::kUnit);
  EXPECT_EQ(RootOf(book.Add("CAMPAIGN_STARTED", D(4, 1)))->name, "campaigns/1");
  EXPECT_FALSE(RootOf(facts::v1::Fact()).has_value());
}

TEST(SupervisionRoot, ACaseKeepsTheRevisionOfItsRegistration) {
  FactBook campaign, own;
  campaign.Add("CAMPAIGN_STARTED", D(4, 1), "plan_revision: 3");
  EXPECT_EQ(RevisionOf(RootKind::kCase, own.known(), campaign.known()), 0) << "not registered yet";
  own.Add("CASE_REGISTERED", D(4, 2), "plan_revision: 2");
  EXPECT_EQ(RevisionOf(RootKind::kCase, own.known(), campaign.known()), 2);
  EXPECT_EQ(RevisionOf(RootKind::kUnit, {}, campaign.known()), 3);
  EXPECT_EQ(RevisionOf(RootKind::kUnit, {}, {}), 0);
  // Units and the campaign follow the newest revision, as of any day the one in force then.
  campaign.Add("PLAN_REVISED", D(6, 1), "plan_revision: 4");
  EXPECT_EQ(RevisionOf(RootKind::kUnit, {}, campaign.known()), 4);
  EXPECT_EQ(RevisionOf(RootKind::kCampaign, {}, campaign.known()), 4);
  EXPECT_EQ(RevisionOf(RootKind::kCase, own.known(), campaign.known()), 2);
  const auto then = rules::AsOf(campaign.known(), D(5, 31), plan::AsKnown::Everything());
  EXPECT_EQ(RevisionOf(RootKind::kUnit, {}, then), 3);
}

TEST(SupervisionRequirement, WhatIsAboutPeopleInThePlanOf2018) {
  std::vector<std::string> people, visits;
  for (const auto& requirement : SeedPlan()->proto().requirements()) {
    if (IsAboutPeople(requirement)) people.push_back(requirement.id());
    if (IsVisitCadence(requirement)) visits.push_back(requirement.id());
  }
  EXPECT_THAT(people, ElementsAre("P11.survey", "P11.plan", "P11.file", "P11.measures", "P11.hr",
                                  "P11.civil", "P11.justice", "P12"));
  EXPECT_THAT(visits, ElementsAre("P10.visit"));
}

// Who is in need, and on which day somebody was at home, is not for an inspector.
TEST(SupervisionRequirement, AnInspectorIsToldOfNoNeedAndOfNoDayOfAVisit) {
  const auth::ToldSet inspector = auth::ToldTo({types::v1::ROLE_INSPECTOR});
  const auth::ToldSet clerk = auth::ToldTo({types::v1::ROLE_OFFICE_CLERK});
  std::vector<std::string> of_visits;
  for (const auto& requirement : SeedPlan()->proto().requirements()) {
    EXPECT_TRUE(MayShow(requirement, clerk)) << requirement.id();
    EXPECT_EQ(MayShow(requirement, inspector), !IsAboutPeople(requirement)) << requirement.id();
    if (TellsOfVisits(requirement)) of_visits.push_back(requirement.id());
  }
  EXPECT_THAT(of_visits, ::testing::IsSupersetOf({"P5.heard", "P10.visit"}));

  plan::v1::RequirementStatus status;
  status.set_state(plan::v1::REQUIREMENT_STATE_MET);
  status.mutable_due()->set_year(2018);
  status.mutable_met_on()->set_year(2018);
  status.add_facts("f");
  status.mutable_arithmetic()->set_days(15);
  status.mutable_cadence()->set_suspended(true);
  status.mutable_cadence()->set_periods_met(2);
  LeaveOutDays(status);
  EXPECT_EQ(status.state(), plan::v1::REQUIREMENT_STATE_MET);
  EXPECT_TRUE(status.has_due());
  EXPECT_FALSE(status.has_met_on() || status.has_arithmetic() || status.facts_size() > 0);
  EXPECT_FALSE(status.cadence().suspended());
  EXPECT_EQ(status.cadence().periods_met(), 2);
}

TEST(SupervisionCase, IsSummarisedInTheOrderOfTime) {
  FactBook book;
  book.Open(D(4, 10));
  book.Add("ASSIGNED", D(4, 12), "lead: \"officials/a\" officer: \"officials/o\"");
  book.Add("HANDOVER_ACCEPTED", D(5, 1), "part: PART_LEAD to_official: \"officials/b\"");
  book.Add("WORK_PLAN_SET", D(4, 14), "measures: 3 last_due { year: 2018 month: 8 day: 1 }");
  book.Add("MEASURE_DONE", D(4, 20), "measure: 1");
  book.Add("MEASURE_DONE", D(4, 21), "measure: 1");
  book.Add("ASSISTANCE_NEED_FOUND", D(4, 22));
  const auto proposed = book.Add("CLOSURE_PROPOSED", D(6, 1));
  CaseSummary summary = Summarise(AsOf(SeedPlan(), book, D(4, 30)));
  EXPECT_EQ(summary.lead, "officials/a");
  EXPECT_EQ(summary.unit, "units/1");
  EXPECT_EQ(summary.measures_planned, 3);
  EXPECT_EQ(summary.measures_done, 1) << "done twice is done";
  EXPECT_TRUE(summary.assist);
  EXPECT_EQ(summary.time_limit, absl::CivilDay(2018, 8, 1));
  EXPECT_EQ(summary.state, types::v1::CASE_STATE_OPEN);
  EXPECT_EQ(Summarise(AsOf(SeedPlan(), book, D(6, 2))).lead, "officials/b");
  EXPECT_EQ(Summarise(AsOf(SeedPlan(), book, D(6, 2))).state, types::v1::CASE_STATE_CLOSING);
  book.Retract(proposed, D(6, 3));
  EXPECT_EQ(Summarise(AsOf(SeedPlan(), book, D(6, 3))).state, types::v1::CASE_STATE_OPEN);
  book.Add("CASE_CLOSED", D(7, 1), "standard: CLOSING_STANDARD_ANSWERED");
  EXPECT_EQ(Summarise(AsOf(SeedPlan(), book, D(7, 1))).struck_off_on, absl::CivilDay(2018, 7, 1));
  book.Add("CASE_REOPENED", D(7, 9), "reason: REOPEN_REASON_NOT_PERFORMED");
  summary = Summarise(AsOf(SeedPlan(), book, D(7, 9)));
  EXPECT_EQ(summary.state, types::v1::CASE_STATE_OPEN);
  EXPECT_FALSE(summary.struck_off_on.has_value());
  EXPECT_FALSE(Summarise(AsOf(SeedPlan(), book, D(4, 9))).registered_on.has_value());
}

TEST(SupervisionCase, ARetractedAccusationIsStillTreatedAsOne) {
  FactBook book;
  const auto claim = book.Add("CLAIM_REGISTERED", D(4, 1), "claim_kind: CLAIM_KIND_ACCUSATION");
  book.Retract(claim, D(4, 2));
  EXPECT_TRUE(MayBeAccusation(book.known()));
}

const auth::ToldSet kClerk = auth::ToldTo({types::v1::ROLE_OFFICE_CLERK});

TEST(SupervisionLedger, CountsNothingThatTellsWhoIsInNeed) {
  const auto overdue = [](bool in_need, auth::ToldSet told) {
    FactBook book;
    book.Open(D(4, 10));
    if (in_need) book.Add("ASSISTANCE_NEED_FOUND", D(4, 12));
    const auto evaluation = AsOf(SeedPlan(), book, D(6, 30));
    return LedgerRows("cases/1", Summarise(evaluation), evaluation, told)[0].overdue();
  };
  const auth::ToldSet inspector = auth::ToldTo({types::v1::ROLE_INSPECTOR});
  EXPECT_GT(overdue(true, kClerk), overdue(false, kClerk)) << "the survey is overdue";
  EXPECT_EQ(overdue(true, inspector), overdue(false, inspector));
}

TEST(SupervisionLedger, HasOneRowForEachClaimWithItsOwnOverdue) {
  FactBook book;
  book.Open(D(4, 10));
  book.Add("CLAIM_REGISTERED", D(4, 10), "claim_kind: CLAIM_KIND_GRIEVANCE", "cases/1/claims/2");
  const auto evaluation = AsOf(SeedPlan(), book, D(6, 30));
  const auto rows = LedgerRows("cases/1", Summarise(evaluation), evaluation, kClerk);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].claim(), "cases/1/claims/1");
  EXPECT_EQ(rows[1].claim(), "cases/1/claims/2");
  EXPECT_GT(rows[1].overdue(), 0);
}

// A paper file: what happened before the case was entered.
TEST(SupervisionLedger, ShowsACaseThatWasEnteredAfterItsActs) {
  FactBook book;
  book.Add("CLAIM_APPRAISED", D(9, 20), "category: CATEGORY_EXPLAIN");
  book.Add("ASSIGNED", D(9, 18), "lead: 'officials/a' officer: 'officials/c'");
  book.Add("HANDOVER_ACCEPTED", D(10, 8), "part: PART_LEAD to_official: 'officials/b'");
  book.Open(D(11, 26));
  const auto evaluation = AsOf(SeedPlan(), book, D(11, 26));
  const auto rows = LedgerRows("cases/1", Summarise(evaluation), evaluation, kClerk);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].category(), types::v1::CATEGORY_EXPLAIN);
  EXPECT_EQ(rows[0].lead(), "officials/b");
}

TEST(SupervisionLedger, CountsWhatRestsOnLateRecords) {
  FactBook book;
  book.Open(D(4, 10));
  const auto& assigned =
      plan::testing::RecordedOn(book.Add("INVESTIGATED", D(4, 20), "evidence_items: 1"), D(6, 1));
  const auto row = [&book] {
    const auto evaluation = AsOf(SeedPlan(), book, D(6, 30));
    return LedgerRows("cases/1", Summarise(evaluation), evaluation, kClerk)[0];
  };
  EXPECT_EQ(row().recorded_late(), 1);
  EXPECT_EQ(row().unconfirmed(), 1);
  plan::testing::RecordedOn(
      book.Add("RECORD_CONFIRMED", D(6, 2), "confirmed_fact: '" + assigned.fact_id() + "'"),
      D(6, 2), "officials/2");
  EXPECT_EQ(row().recorded_late(), 1);
  EXPECT_EQ(row().unconfirmed(), 0);
}

auth::Identity By(Role role) {
  auth::Identity caller;
  caller.official = "officials/me";
  caller.unit = "units/mine";
  caller.region = "411623000000";
  caller.roles = {role};
  return caller;
}

TEST(SupervisionScope, IsThatOfTheRole) {
  EXPECT_TRUE(ScopeOf(By(types::v1::ROLE_SERVICE), "statuses.list").all);
  const Scope clerk = ScopeOf(By(types::v1::ROLE_OFFICE_CLERK), "statuses.list");
  EXPECT_EQ(clerk.region_prefix, "411623");
  EXPECT_TRUE(Within(clerk, "411623101000", "", ""));
  EXPECT_FALSE(Within(clerk, "411624101000", "units/mine", "officials/me"));
  const Scope lead = ScopeOf(By(types::v1::ROLE_LEAD), "statuses.list");
  EXPECT_TRUE(Within(lead, "411623101000", "", "officials/me"));
  EXPECT_FALSE(Within(lead, "411623101000", "units/mine", "officials/other"));
  const Scope head = ScopeOf(By(types::v1::ROLE_UNIT_HEAD), "ledger.list");
  EXPECT_TRUE(Within(head, "", "units/mine", ""));
  EXPECT_FALSE(Within(head, "411623101000", "", ""));
  for (const Role role : {types::v1::ROLE_AUDITOR, types::v1::ROLE_OPERATOR,
                          types::v1::ROLE_ASSISTANCE_STAFF, types::v1::ROLE_UNSPECIFIED}) {
    EXPECT_TRUE(ScopeOf(By(role), "statuses.list").none());
  }
  EXPECT_TRUE(ScopeOf(By(types::v1::ROLE_LEAD), "ledger.list").none());
}

// A duty of a visit is met on the day of the visit: by asking day by day that day would be found.
TEST(SupervisionRequirement, WhoeverIsToldNoDayLooksBackMonthByMonth) {
  const auth::ToldSet inspector = auth::ToldTo({types::v1::ROLE_INSPECTOR});
  const auth::ToldSet county = auth::ToldTo({types::v1::ROLE_COUNTY_PLATFORM});
  const auth::ToldSet head = auth::ToldTo({types::v1::ROLE_UNIT_HEAD});
  const absl::CivilDay today = D(9, 15);
  for (const absl::CivilDay day : {D(9, 14), D(9, 1), D(8, 30), D(2, 27)}) {
    EXPECT_FALSE(MayLookBackTo(day, today, inspector)) << day;
    EXPECT_FALSE(MayLookBackTo(day, today, county)) << day;
    EXPECT_TRUE(MayLookBackTo(day, today, head)) << day;
  }
  for (const absl::CivilDay day : {D(9, 15), D(9, 16), D(8, 31), D(2, 28)}) {
    EXPECT_TRUE(MayLookBackTo(day, today, inspector)) << day;
  }
  EXPECT_TRUE(MayLookBackTo(absl::CivilDay(2016, 2, 29), today, inspector));
  EXPECT_FALSE(MayLookBackTo(absl::CivilDay(2016, 2, 28), today, inspector));
  EXPECT_TRUE(MayCountFrom(D(8, 1), inspector));
  EXPECT_FALSE(MayCountFrom(D(8, 2), inspector));
  EXPECT_TRUE(MayCountFrom(D(8, 2), head));
}

TEST(SupervisionTally, NoCountOfPeopleIsFoundFromTheOthers) {
  using Cells = std::map<int, int64_t>;
  EXPECT_EQ(ToldCells({}), Cells());
  EXPECT_EQ(ToldCells({{1, 4}}), Cells());
  EXPECT_EQ(ToldCells({{1, 5}}), (Cells{{1, 5}}));
  EXPECT_EQ(ToldCells({{1, 0}, {2, 9}}), (Cells{{2, 9}}));
  // Of 3, 12 and 20 the total is known from a sister duty: 3 alone kept back would be computed.
  EXPECT_EQ(ToldCells({{1, 3}, {2, 12}, {3, 20}}), (Cells{{3, 20}}));
  // 2 and 4 are six together: enough.
  EXPECT_EQ(ToldCells({{1, 2}, {2, 4}, {3, 20}}), (Cells{{3, 20}}));
  EXPECT_EQ(ToldCells({{1, 1}, {2, 2}, {3, 6}, {4, 20}}), (Cells{{4, 20}}));
}

TEST(SupervisionTally, CountsOfPeopleCarryNoUnitAndAreSuppressedBelowFive) {
  const auto overdue = plan::v1::REQUIREMENT_STATE_OVERDUE;
  Tally tally(/*one_unit=*/false);
  tally.AddStatuses("P3", "x", overdue, "units/1", false, 2);
  tally.AddStatuses("P11.survey", "x", overdue, "units/1", true, 4);
  v1::GetOverviewResponse overview;
  tally.Fill(overview);
  ASSERT_EQ(overview.requirements_size(), 1);
  EXPECT_EQ(overview.requirements(0).requirement(), "P3");
  EXPECT_EQ(overview.units(0).overdue(), 2);
  tally.AddStatuses("P11.survey", "x", overdue, "units/2", true, 1);
  // One household that is done leaves nothing to tell: the total is known.
  Tally with_one = tally;
  with_one.AddStatuses("P11.survey", "x", plan::v1::REQUIREMENT_STATE_MET, "units/2", true, 1);
  overview.Clear();
  with_one.Fill(overview);
  EXPECT_EQ(overview.requirements_size(), 1);
  overview.Clear();
  tally.Fill(overview);
  EXPECT_EQ(overview.requirements_size(), 2);
  EXPECT_EQ(overview.units_size(), 1);

  Tally own(/*one_unit=*/true);
  own.AddStatuses("P11.survey", "x", overdue, "units/1", true, 50);
  overview.Clear();
  own.Fill(overview);
  EXPECT_THAT(overview.requirements(), IsEmpty());
}

TEST(SupervisionScore, CardsOfSeveralRevisionsAreCountedByTheNewest) {
  const auto& rules = SeedPlan()->proto().score();
  const auto card = [&rules](int good, int total, int lapses) {
    plan::v1::Scorecard c;
    c.set_unit("units/1");
    c.set_duties_due(total);
    for (const auto& rule : rules.rules()) {
      auto& line = *c.add_lines();
      line.set_rule(rule.id());
      if (rule.id() == "S1") {
        line.set_good(good);
        line.set_total(total);
        line.set_max_centipoints(rule.centipoints());
        line.set_centipoints(rule.centipoints() * good / total);
      }
      if (rule.id() == "L1") {
        line.set_total(lapses);
        line.set_centipoints(-rule.centipoints() * lapses);
      }
    }
    return c;
  };
  const auto merged = Merge(*SeedPlan(), {card(1, 2, 1), card(18, 18, 2)});
  EXPECT_EQ(merged.lines(0).good(), 19);
  EXPECT_EQ(merged.lines(0).total(), 20);
  EXPECT_EQ(merged.lines(0).centipoints(), 2375);
  EXPECT_EQ(merged.duties_due(), 20);
  EXPECT_EQ(merged.band(), "some");
  EXPECT_EQ(merged.centipoints(), 2375 - 600);
  EXPECT_EQ(merged.max_centipoints(), 2500);
}

v1::FeedContradiction Contradicted(int64_t feed_size, const std::string& feed_root) {
  v1::FeedContradiction found;
  found.set_service("registry");
  found.set_known_size(30);
  found.set_known_root("known");
  found.set_feed_size(feed_size);
  found.set_feed_root(feed_root);
  return found;
}

TEST(SupervisionRestore, OnlyWhatTheFeedIsNowCanBeProposed) {
  const auto refused = [](const std::vector<v1::FeedContradiction>& known,
                          const std::string& service, const std::string& root) {
    return status::ReasonOf(ProposeRestore(known, service, root, "a").status());
  };
  const v1::FeedContradiction found = Contradicted(20, "now");
  EXPECT_EQ(refused({}, "registry", "now"), "FEED_NOT_CONTRADICTED");
  EXPECT_EQ(refused({found}, "visits", "now"), "FEED_NOT_CONTRADICTED");
  EXPECT_EQ(refused({found}, "registry", "then"), "RESTORE_OUTDATED");
  EXPECT_EQ(refused({Contradicted(0, "")}, "registry", ""), "FEED_DAMAGED");
  const auto proposed = ProposeRestore({found}, "registry", "now", "a");
  ASSERT_TRUE(proposed.ok());
  EXPECT_EQ(proposed->known_size(), 30);
  EXPECT_EQ(proposed->restored_size(), 20);
  EXPECT_EQ(proposed->restored_root(), "now");
  EXPECT_EQ(proposed->proposed_by(), "a");
}

TEST(SupervisionRestore, AnotherPersonAcceptsWhatIsStillSo) {
  const v1::FeedRestore proposed =
      *ProposeRestore({Contradicted(20, "now")}, "registry", "now", "a");
  const auto refused = [](const std::vector<v1::FeedContradiction>& known,
                          const v1::FeedRestore& restore, const std::string& person) {
    return status::ReasonOf(AcceptRestore(known, restore, person).status());
  };
  const v1::FeedContradiction found = Contradicted(20, "now");
  EXPECT_EQ(refused({found}, proposed, "a"), "RESTORE_NEEDS_SECOND_PERSON");
  EXPECT_EQ(refused({found}, proposed, ""), "RESTORE_NEEDS_SECOND_PERSON");
  EXPECT_EQ(refused({}, proposed, "b"), "FEED_NOT_CONTRADICTED");
  EXPECT_EQ(refused({Contradicted(20, "other")}, proposed, "b"), "RESTORE_OUTDATED");
  EXPECT_EQ(refused({Contradicted(19, "less")}, proposed, "b"), "RESTORE_OUTDATED");
  EXPECT_EQ(refused({Contradicted(21, "")}, proposed, "b"), "RESTORE_OUTDATED");
  ASSERT_TRUE(AcceptRestore({found}, proposed, "b").ok());
  EXPECT_EQ(AcceptRestore({found}, proposed, "b")->accepted_by(), "b");
  // It goes on meanwhile; whether it goes on from what was accepted shows when it is followed.
  EXPECT_TRUE(AcceptRestore({Contradicted(25, "later")}, proposed, "b").ok());
  v1::FeedRestore again = proposed;
  again.set_accepted_by("b");
  EXPECT_EQ(refused({found}, again, "c"), "RESTORE_ACCEPTED");
}

}  // namespace
}  // namespace redress::supervision::rules

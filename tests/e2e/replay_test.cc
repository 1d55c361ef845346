// The campaign of 2018, replayed by the real program through the five real services: the same seed
// gives the same result, whatever dies meanwhile, and the report shows what a campaign is made of.
#include <algorithm>
#include <fstream>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "redress/sample/v1/sample.grpc.pb.h"
#include "tests/e2e/program.h"
#include "tests/e2e/replayed.h"

namespace redress::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kSeed[] = "2018";

// Replays from nothing to the end, undisturbed.
Replayed ReplayOnce(const std::string& seed) {
  Cluster cluster(AllServices(), "info");
  Program replay(ReplayCommand(cluster.WriteProfiles(), seed));
  EXPECT_EQ(replay.Wait(), 0) << replay.errors();
  return WhatIsThere(cluster, replay.output());
}

// What an undisturbed replay gives; replayed once for all tests.
const Replayed& Undisturbed() {
  static const auto* const replayed = new Replayed(ReplayOnce(kSeed));
  return *replayed;
}

void ExpectSame(const Replayed& replayed, const Replayed& expected) {
  EXPECT_EQ(replayed.facts, expected.facts);
  EXPECT_EQ(replayed.rows, expected.rows);
  EXPECT_EQ(replayed.statuses, expected.statuses);
  EXPECT_EQ(replayed.report, expected.report);
}

// The one row of the examples that tells `story`.
std::string FactsOfStory(const std::string& story) {
  for (const auto& row : TableOf(Undisturbed(), "stories")) {
    if (row.at("example of") == story) return row.at("facts");
  }
  ADD_FAILURE() << "the report has no example of " << story;
  return "";
}

int64_t Count(const std::string& text) { return std::stoll(text); }

TEST(ReplayTest, SameSeedSameResult) {
  ExpectSame(ReplayOnce(kSeed), Undisturbed());
  ASSERT_THAT(Undisturbed().statuses, Not(IsEmpty()));
}

TEST(ReplayTest, AnotherSeedGivesAnotherResult) {
  const Replayed other = ReplayOnce("7");
  EXPECT_NE(other.facts, Undisturbed().facts);
  EXPECT_NE(other.statuses, Undisturbed().statuses);
  for (const char* table : {"ledger-2018-06-20", "ledger-2018-09-30", "ledger-2018-10-10",
                            "overdue-2018-10-10", "scorecards", "facts"}) {
    EXPECT_NE(TableOf(other, table), TableOf(Undisturbed(), table)) << table;
  }
}

// Whoever follows the tour of a README finds the cases that it names: in the whole campaign, as
// deploy/up replays it.
TEST(ReplayTest, TheReadmesNameCasesOfTheCampaign) {
  Cluster cluster(AllServices(), "info");
  std::vector<std::string> command = ReplayCommand(cluster.WriteProfiles(), kSeed);
  std::erase_if(command, [](const std::string& flag) { return flag.starts_with("--cases="); });
  Program replay(command);
  ASSERT_EQ(replay.Wait(), 0) << replay.errors();
  const auto rows =
      cluster.Database("registry")->Query("SELECT registration_number FROM case_file");
  ASSERT_TRUE(rows.ok()) << rows.status();
  std::set<std::string> there;
  for (const db::Row row : *rows) there.insert(row.Text(0));
  static const std::regex kNumber(R"(430626103-2018-\d+-[0-9A-Z])");
  for (const char* readme : {"/README.md", "/README.zh-CN.md"}) {
    std::ostringstream text;
    text << std::ifstream(std::string(REDRESS_SOURCE_DIR) + readme).rdbuf();
    const std::string said = text.str();
    std::set<std::string> numbers;
    for (std::sregex_iterator it(said.begin(), said.end(), kNumber), none; it != none; ++it) {
      numbers.insert(it->str());
    }
    EXPECT_GE(numbers.size(), 3u) << readme;
    for (const std::string& number : numbers) {
      EXPECT_TRUE(there.contains(number)) << readme << " names " << number;
    }
  }
}

// Each service dies at two moments, in the middle of whatever it does then: the replay tells how
// far it is, and goes on meanwhile.
TEST(ReplayTest, NothingIsLostOrDoneTwiceWhereEachServiceIsKilled) {
  Cluster cluster(AllServices(), "info");
  Program replay(ReplayCommand(cluster.WriteProfiles(), kSeed));
  const std::vector<std::string> dying = {"registry", "assistance", "assignment", "visits",
                                          "supervision"};
  size_t deaths = 0;
  for (std::optional<std::string> line; (line = replay.NextErrorLine()).has_value();) {
    if (!absl::StrContains(*line, "%") || absl::StrContains(*line, "100%")) continue;
    const std::string& service = dying[deaths++ % dying.size()];
    cluster.Kill(service);
    cluster.Start(service);
  }
  ASSERT_EQ(replay.Wait(), 0) << replay.errors();
  EXPECT_GE(deaths, dying.size()) << replay.errors();
  EXPECT_THAT(replay.errors(), HasSubstr("were repeated")) << "no call met a service that was away";
  ExpectSame(WhatIsThere(cluster, replay.output()), Undisturbed());
}

// Runs that end early, with the clocks uneven, or by force are gone on with.
TEST(ReplayTest, AReplayThatWasKilledGoesOn) {
  Cluster cluster(AllServices(), "info");
  const std::string profiles = cluster.WriteProfiles();
  const std::vector<std::string> command = ReplayCommand(profiles, kSeed);
  std::vector<std::string> check = command;
  check.emplace_back("--fresh-check");
  EXPECT_EQ(Program(check).Wait(), 0);

  std::vector<std::string> begin = command;
  begin.emplace_back("--until=2018-05-10");
  Program begun(begin);
  ASSERT_EQ(begun.Wait(), 0) << begun.errors();
  // As an interruption leaves it between two times of day.
  sample::v1::SetTimeRequest next;
  *next.mutable_now() = google::protobuf::util::TimeUtil::SecondsToTimestamp(
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilHour(2018, 5, 11, 9), base::Shanghai())));
  const Client keeper =
      cluster.Person({.official = "officials/operator", .roles = {types::v1::ROLE_OPERATOR}});
  ASSERT_TRUE(keeper.Call(&sample::v1::SampleClockService::Stub::SetTime, next, "registry").ok());

  Program killed(command);
  std::optional<std::string> line;
  while ((line = killed.NextErrorLine()).has_value() && !absl::StrContains(*line, "50%")) {
  }
  killed.Kill();
  ASSERT_TRUE(line.has_value()) << killed.errors();
  EXPECT_EQ(Program(check).Wait(), 3);

  Program resumed(command);
  ASSERT_EQ(resumed.Wait(), 0) << resumed.errors();
  EXPECT_THAT(resumed.errors(), HasSubstr("events in"));
  Program again(command);
  ASSERT_EQ(again.Wait(), 0) << again.errors();
  EXPECT_EQ(again.errors(), "the campaign was replayed before\n");

  Program in_chinese(ReplayCommand(profiles, kSeed, "zh", "text"));
  ASSERT_EQ(in_chinese.Wait(), 0) << in_chinese.errors();
  EXPECT_EQ(in_chinese.errors(), "此前已重演\n");
  for (const char* told : {"台账，截至 2018-09-30", "移交被退回", "退回移交 2018-", "核验通过",
                           "行（--rows 0 全部显示）"}) {
    EXPECT_THAT(in_chinese.output(), HasSubstr(told));
  }

  // Refusals are answers, not records: each run shows its own. All else is the same.
  Replayed replayed = WhatIsThere(cluster, again.output());
  EXPECT_EQ(replayed.facts, Undisturbed().facts);
  EXPECT_EQ(replayed.rows, Undisturbed().rows);
  EXPECT_EQ(replayed.statuses, Undisturbed().statuses);
  const std::vector<std::string> tables = TablesOf(Undisturbed());
  EXPECT_THAT(tables, ::testing::Contains("refusals"));
  for (const std::string& table : tables) {
    if (table == "refusals") continue;
    EXPECT_EQ(TableOf(replayed, table), TableOf(Undisturbed(), table)) << table;
  }
  EXPECT_THAT(TablesOf(replayed), Not(::testing::Contains("refusals")));
}

TEST(ReplayTest, ShowsHandoversVisitsHearingsAndHelp) {
  EXPECT_THAT(FactsOfStory("handover accepted"), HasSubstr("handover accepted 2018-"));
  const std::string declined = FactsOfStory("handover declined");
  EXPECT_THAT(declined, HasSubstr("handover declined 2018-"));
  EXPECT_LT(declined.find("handover declined"), declined.find("handover accepted"));
  EXPECT_THAT(FactsOfStory("visit declined"), HasSubstr("visit declined 2018-"));
  EXPECT_THAT(FactsOfStory("hearing adjourned"), HasSubstr("hearing held 2018-"));
  EXPECT_THAT(FactsOfStory("hearing declined"), HasSubstr("hearing declined 2018-"));
  EXPECT_THAT(FactsOfStory("assistance"), HasSubstr("assistance planned 2018-"));
  EXPECT_THAT(FactsOfStory("service on a holiday"),
              HasSubstr("document served 2018-06-18 (day off)"));
  for (const auto& row : TableOf(Undisturbed(), "stories")) {
    EXPECT_EQ(row.at("facts") == "no record", row.at("example of") == "left open")
        << row.at("example of");
  }
}

TEST(ReplayTest, ShowsThatMostIsOnTimeAndSomeIsLate) {
  const auto all = TableOf(Undisturbed(), "duties").back();
  EXPECT_GT(Count(all.at("on time")), 5 * Count(all.at("late")));
  EXPECT_GT(Count(all.at("late")), 0);
  EXPECT_GT(Count(all.at("overdue")), 0);
  for (const char* day : {"2018-06-20", "2018-09-30", "2018-10-10"}) {
    const Table overdue = TableOf(Undisturbed(), absl::StrCat("overdue-", day));
    EXPECT_THAT(overdue, Not(IsEmpty())) << day;
    for (const auto& row : overdue) EXPECT_LE(row.at("overdue since"), day);
    EXPECT_THAT(TableOf(Undisturbed(), absl::StrCat("ledger-", day)), Not(IsEmpty())) << day;
  }
}

TEST(ReplayTest, ShowsAClosingThatIsRefusedWithItsListAndAllowedLater) {
  std::string name;
  for (const auto& row : TableOf(Undisturbed(), "stories")) {
    if (row.at("example of") == "closing refused") name = row.at("case");
  }
  ASSERT_NE(name, "");
  std::vector<std::string> unmet;
  std::string refused_on;
  for (const auto& row : TableOf(Undisturbed(), "refusals")) {
    if (!absl::StartsWith(row.at("case"), name)) continue;
    EXPECT_EQ(row.at("act"), "propose the closure");
    EXPECT_NE(row.at("remedy"), "");
    refused_on = row.at("date");
    unmet.push_back(row.at("duty and clause"));
  }
  EXPECT_THAT(unmet,
              UnorderedElementsAre("P10.hearing (三(五))", "closing.answered.performed (条例32条)",
                                   "closing.answered.performed (条例32条)",
                                   "closing.answered.window (条例35条)",
                                   "closing.answered.window (条例35条)"));
  int claims = 0;
  for (const auto& row : TableOf(Undisturbed(), "ledger-2018-10-10")) {
    if (!absl::StartsWith(row.at("number"), name)) continue;
    ++claims;
    EXPECT_GT(row.at("struck off"), refused_on);
    EXPECT_EQ(row.at("standard"), "answered");
  }
  EXPECT_EQ(claims, 2);
}

// Every line's points follow from its traces, every trace names its facts, and the lines add up to
// the card's points.
TEST(ReplayTest, ExplainsAScorecardDownToItsFacts) {
  const auto card = TableOf(Undisturbed(), "scorecards").at(0);
  const Table lines = TableOf(Undisturbed(), "scorecard-lines");
  const Table traces = TableOf(Undisturbed(), "scorecard-traces");
  double points = 0;
  int explained = 0;
  for (const auto& line : lines) {
    points += std::stod(line.at("points"));
    const auto traces_of = [&](const std::string& counts) {
      return std::count_if(traces.begin(), traces.end(), [&](const auto& trace) {
        return trace.at("rule") == line.at("rule") &&
               (counts.empty() || trace.at("counts") == counts);
      });
    };
    EXPECT_EQ(traces_of(""), Count(line.at("total"))) << line.at("rule");
    EXPECT_EQ(traces_of("good"), Count(line.at("good"))) << line.at("rule");
  }
  EXPECT_NEAR(points, std::stod(card.at("points")), 0.001);
  for (const auto& trace : traces) {
    const bool recorded = trace.at("facts") != "no record";
    explained += recorded;
    // What was done well was recorded; only what was left undone has no fact.
    EXPECT_TRUE(recorded || trace.at("counts") == "not good") << trace.at("duty");
    EXPECT_TRUE(!recorded || absl::StrContains(trace.at("facts"), "2018-")) << trace.at("facts");
  }
  EXPECT_GT(explained, 80);  // a case counts once for each duty and act
}

TEST(ReplayTest, CountsTheFactsOfEachServiceAndVerifiesTheirTrees) {
  const Table table = TableOf(Undisturbed(), "facts");
  ASSERT_EQ(table.size(), 5U);
  for (size_t i = 0; i < 4; ++i) {
    const std::string& service = table[i].at("service");
    EXPECT_EQ(table[i].at("verdict"), "verified") << service;
    int64_t facts = 0;
    for (const auto& [kind, count] : Undisturbed().facts) {
      if (absl::StartsWith(kind, service + " ")) facts += count;
    }
    EXPECT_EQ(Count(table[i].at("facts")), facts) << service;
    EXPECT_EQ(Undisturbed().rows.at(service + ".fact_position"), facts) << service;
  }
}

}  // namespace
}  // namespace redress::testing

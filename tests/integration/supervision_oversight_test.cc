// The metrics of oversight: their names and labels, what they count, and what they must not show.
#include <gmock/gmock.h>

#include "services/supervision/oversight.h"
#include "tests/integration/supervision_world.h"

namespace redress::supervision::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SupervisionOversightTest : public World {
 protected:
  std::string Metrics() {
    EXPECT_TRUE(oversight_.RefreshCounts(Soon()).ok());
    EXPECT_TRUE(oversight_.RefreshScores(Soon()).ok());
    return registry_.Expose();
  }

  metrics::Registry registry_;
  Oversight oversight_{registry_, pool_, clock_, *projection_, scores_};
};

TEST_F(SupervisionOversightTest, CountsDutiesOfUnits) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  feeds_.Assign("cases/1", D(4, 12));
  feeds_.Publish("registry", "CLAIM_APPRAISED", D(4, 22), "category: CATEGORY_EXPLAIN");
  feeds_.Register("cases/2", D(4, 10));
  Advance(D(6, 10));
  DeliverAll();
  Settle();
  const std::string text = Metrics();
  // Dashboards and alerts depend on every word of this.
  EXPECT_THAT(
      registry_.Describe(),
      ElementsAre(
          "redress_cases gauge campaign,state", "redress_feed_contradicted gauge feed",
          "redress_feed_lag_entries gauge feed", "redress_feed_position gauge feed",
          "redress_overdue gauge campaign,requirement,unit", "redress_projection_stale gauge",
          "redress_requirements gauge campaign,requirement,state,unit",
          "redress_score gauge campaign,unit", "redress_visits_missed gauge campaign,unit"));
  EXPECT_THAT(text, HasSubstr("redress_cases{campaign=\"campaigns/c\",state=\"open\"} 2"));
  EXPECT_THAT(text, HasSubstr("redress_overdue{campaign=\"campaigns/c\",requirement=\"P3\","
                              "unit=\"units/a\"} 1"));
  EXPECT_THAT(text, HasSubstr("redress_overdue{campaign=\"campaigns/c\",requirement=\"P3\","
                              "unit=\"unassigned\"} 1"));
  EXPECT_THAT(text, HasSubstr("redress_visits_missed{campaign=\"campaigns/c\",unit=\"units/a\"} "));
  EXPECT_THAT(text, HasSubstr("redress_score{campaign=\"campaigns/c\",unit=\"units/a\"} "));
  EXPECT_THAT(text, HasSubstr("redress_feed_position{feed=\"registry\"} 8"));
  EXPECT_THAT(text, HasSubstr("redress_feed_lag_entries{feed=\"visits\"} 0"));
  EXPECT_THAT(text, Not(HasSubstr("cases/")));
  EXPECT_THAT(text, Not(HasSubstr("officials/")));

  projection_->Heard("visits", 12);
  EXPECT_THAT(Metrics(), HasSubstr("redress_feed_lag_entries{feed=\"visits\"} 12"));
}

TEST_F(SupervisionOversightTest, PeopleInNeedAreNotCountedByUnitNorBelowFive) {
  feeds_.Start();
  const auto add = [this](int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string name = absl::StrCat("cases/", i);
      feeds_.Register(name, D(4, 10));
      feeds_.Assign(name, D(4, 12));
      feeds_.Publish("registry", "ASSISTANCE_NEED_FOUND", D(4, 15), "", name);
    }
    DeliverAll();
    Settle();
  };
  Advance(D(4, 20));
  add(0, 4);
  EXPECT_THAT(Metrics(), Not(HasSubstr("P11")));
  add(4, 5);
  const std::string text = Metrics();
  EXPECT_THAT(text, HasSubstr("redress_requirements{campaign=\"campaigns/c\",requirement=\""
                              "P11.survey\",state=\"pending\",unit=\"\"} 5"));
  // Counts of the same by unit would tell who is in need.
  size_t at = 0;
  while ((at = text.find("requirement=\"P11", at)) != std::string::npos) {
    EXPECT_THAT(text.substr(at, text.find('\n', at) - at), HasSubstr("unit=\"\""));
    ++at;
  }
}

TEST_F(SupervisionOversightTest, AnAccusationIsInNoCount) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10), "CLAIM_KIND_ACCUSATION");
  feeds_.Assign("cases/1", D(4, 12));
  Advance(D(6, 10));
  DeliverAll();
  Settle();
  const std::string text = Metrics();
  EXPECT_THAT(text, Not(HasSubstr("state=\"open\"")));
  EXPECT_THAT(text, Not(HasSubstr("requirement=\"P3\"")));
}

}  // namespace
}  // namespace redress::supervision::testing

// Invariant 2: a unit is never scored by how many petitions there are, where, or again, nor by what
// petitioners choose; and a unit's card does not fall because people petition.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using RegistryStub = registry::v1::RegistryService::Stub;
using SupervisionStub = supervision::v1::SupervisionService::Stub;

constexpr char kHeld[] = "satisfied { fact { kind: FACT_KIND_VISIT_HELD } } ";

class Invariant2 : public MisuseTest {
 protected:
  static void CannotScore(const std::string& what, const std::string& body) {
    Head()
        .Tries("scores units by " + what, &RegistryStub::CreatePlanRevision,
               Revision(Duty(body), Scored()))
        .IsRefused(absl::StatusCode::kInvalidArgument)
        .Naming("score.rules[0].on_time.requirements[0]: `M1` depends on");
  }
  // Waits until supervision knows who leads the case.
  static bool IsFollowed(const std::string& name) {
    supervision::v1::GetLedgerRequest request;
    request.set_campaign(world().campaign());
    request.set_page_size(1000);
    for (const absl::Time until = absl::Now() + absl::Seconds(20); absl::Now() < until;
         absl::SleepFor(absl::Milliseconds(50))) {
      const auto ledger = Clerk().client().Call(&SupervisionStub::GetLedger, request);
      if (!ledger.ok()) continue;
      for (const supervision::v1::LedgerRow& row : ledger->rows()) {
        if (row.case_name() == name && !row.lead().empty()) return true;
      }
    }
    return false;
  }
};

TEST_F(Invariant2, APlanScoresWhatAUnitDoes) {
  registry::v1::CreatePlanRevisionRequest revision =
      Revision(Duty(absl::StrCat(kHeld, kSoon)), Scored());
  revision.set_validate_only(true);
  Head()
      .Tries("scores units by visits made in time", &RegistryStub::CreatePlanRevision, revision)
      .Succeeds();
}

TEST_F(Invariant2, NoPlanScoresPetitionsOrWhatPetitionersChoose) {
  for (const char* kind : {"CASE_REOPENED", "CASE_CLOSED", "CASE_MERGED", "REVIEW_REQUESTED",
                           "REEXAMINATION_REQUESTED", "SETTLEMENT_SIGNED", "SETTLEMENT_WITHDRAWN",
                           "VISIT_DECLINED", "HEARING_DECLINED", "PAYMENT_MADE"}) {
    const std::string fact = "fact { kind: FACT_KIND_" + std::string(kind) + " }";
    const std::string absent = "absent { kind: FACT_KIND_" + std::string(kind) + " }";
    const std::string named(kind);
    CannotScore(named + " having come about", "satisfied { " + fact + " } " + kSoon);
    CannotScore(named + " not having come about", "satisfied { " + absent + " } " + kSoon);
    CannotScore("cases with " + named, absl::StrCat("applies { ", fact, " } ", kHeld, kSoon));
    CannotScore("cases without " + named, absl::StrCat("applies { ", absent, " } ", kHeld, kSoon));
    CannotScore("what follows " + named, absl::StrCat(kHeld, "due { after { from { ", fact,
                                                      " } days: 5 count: DAY_COUNT_CALENDAR } }"));
    CannotScore("visits undone by " + named,
                "satisfied { fact { kind: FACT_KIND_VISIT_HELD undone_by: FACT_KIND_" + named +
                    " } } " + kSoon);
  }
  CannotScore("how often somebody petitions again",
              absl::StrCat("satisfied { absent { kind: FACT_KIND_ROUND_OPENED } } ", kSoon));
  CannotScore("where a petition came from",
              absl::StrCat("applies { fact { kind: FACT_KIND_CASE_REGISTERED where { field: "
                           "\"source\" equals: \"CASE_SOURCE_HANDED_DOWN_CITY\" } } } ",
                           kHeld, kSoon));
  CannotScore("how many claims a petition has",
              absl::StrCat("applies { fact { kind: FACT_KIND_CASE_REGISTERED where { field: "
                           "\"claims\" at_least: 2 } } } ",
                           kHeld, kSoon));
}

TEST_F(Invariant2, ACardDoesNotFallBecausePeoplePetition) {
  const auto petition = [] {
    const std::string name = Clerk()
                                 .Tries("registers a petition that the unit has to answer",
                                        &RegistryStub::RegisterCase, world().NewCase())
                                 .Succeeds()
                                 .case_file()
                                 .name();
    EXPECT_TRUE(world().Assign(name).ok());
    return name;
  };
  supervision::v1::GetScorecardRequest request;
  request.set_campaign(world().campaign());
  request.set_unit(kResponsibleUnit);
  *request.mutable_period_end() = world().Today();
  const auto card = [&] {
    return Head()
        .Tries("reads the unit's card", &SupervisionStub::GetScorecard, request)
        .Succeeds()
        .scorecard();
  };
  const std::string handled = world().Register().value_or("cases/none");
  EXPECT_TRUE(world().DoAllDuties(handled).ok());
  ASSERT_TRUE(IsFollowed(handled));
  const plan::v1::Scorecard before = card();
  ASSERT_GT(before.max_centipoints(), 0) << "nothing was to be had yet";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(IsFollowed(petition()));
  const plan::v1::Scorecard after = card();
  // Points are shares of what was to be had.
  EXPECT_GE(int64_t{after.centipoints()} * before.max_centipoints(),
            int64_t{before.centipoints()} * after.max_centipoints());
  for (const plan::v1::ScoreLine& line : after.lines()) EXPECT_GE(line.centipoints(), 0);
}

}  // namespace
}  // namespace redress::testing

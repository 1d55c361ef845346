// Facts about a case as the floor of the registry reads them.
#ifndef REDRESS_TESTS_UNIT_REGISTRY_BOOK_H_
#define REDRESS_TESTS_UNIT_REGISTRY_BOOK_H_

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rules/rules.h"
#include "services/registry/floor.h"
#include "tests/unit/registry_case.h"

namespace redress::registry::testing {

using types::v1::ClosingStandard;

inline constexpr char kClaim[] = "cases/1/claims/1";
inline constexpr char kRound[] = "cases/1/rounds/1";

inline const calendar::Calendar& Calendar() {
  static const auto* const calendar = new std::shared_ptr<const calendar::Calendar>(
      *calendar::Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt"));
  return **calendar;
}

// Facts about cases/1, in the order in which they are recorded: each on the day that it happened
// unless said otherwise.
class Book {
 public:
  Book() { file_ = Text<v1::Case>("name: 'cases/1' claims { name: 'cases/1/claims/1' }"); }

  // In June 2018; a day above 30 is in July.
  static absl::CivilDay June(int day) { return absl::CivilDay(2018, 6, 1) + (day - 1); }

  facts::v1::Fact& Add(const std::string& kind, int day, const std::string& more = "",
                       int recorded = 0) {
    auto& fact = facts_.emplace_back(Text<facts::v1::Fact>(more));
    EXPECT_TRUE(facts::v1::FactKind_Parse("FACT_KIND_" + kind, &kind_));
    fact.set_kind(kind_);
    fact.set_fact_id(absl::StrCat("f", facts_.size()));
    fact.set_case_name("cases/1");
    if (fact.actor().official().empty()) fact.mutable_actor()->set_official("officials/lead");
    *fact.mutable_event_date() = ::redress::rules::DateOf(June(day));
    // Noon in Shanghai, one second later for each.
    const absl::Time at = absl::FromCivil(absl::CivilHour(June(recorded == 0 ? day : recorded)) + 4,
                                          absl::UTCTimeZone());
    fact.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(at) +
                                            static_cast<int64_t>(facts_.size()));
    return fact;
  }
  facts::v1::Fact& OfClaim(const std::string& kind, int day, const std::string& detail = "",
                           int recorded = 0, const std::string& claim = kClaim) {
    return Add(kind, day, "claim: '" + claim + "' " + detail, recorded);
  }
  facts::v1::Fact& OfRound(const std::string& kind, int day, const std::string& detail = "",
                           int recorded = 0, const std::string& round = kRound) {
    return Add(kind, day, "round: '" + round + "' " + detail, recorded);
  }

  facts::v1::SettlementSigned& Sign(int day, int recorded = 0) {
    facts::v1::Fact& fact = OfClaim("SETTLEMENT_SIGNED", day,
                                    "settlement_signed { petitioner_signed: true unit_signed: true "
                                    "outside_witness: true undertakings: 1 }",
                                    recorded);
    signing_ = fact.fact_id();
    return *fact.mutable_settlement_signed();
  }
  void Perform(int day, const std::string& signing = "") {
    OfClaim(
        "SETTLEMENT_PERFORMED", day,
        "settlement_performed { signing_fact: '" + (signing.empty() ? signing_ : signing) + "' }");
  }
  void Withdraw(int day) { OfClaim("SETTLEMENT_WITHDRAWN", day); }
  void OpenRound(int number, int day, const std::string& kind = "HANDLING",
                 std::vector<std::string> claims = {kClaim}) {
    const std::string name = absl::StrCat("cases/1/rounds/", number);
    v1::Round& round = rounds_.emplace_back();
    round.set_name(name);
    for (const std::string& claim : claims) round.add_claims(claim);
    OfRound("ROUND_OPENED", day, "round_opened { round_kind: ROUND_KIND_" + kind + " }", 0, name);
  }
  void Answer(int number, int day, const std::string& detail = "", int recorded = 0,
              const std::string& document = "HANDLING") {
    const std::string name = absl::StrCat("cases/1/rounds/", number);
    OfRound("OPINION_ISSUED", day, "opinion_issued { remedy_stated: true " + detail + "}", recorded,
            name);
    OfRound("DOCUMENT_SERVED", day,
            "document_served { document_kind: DOCUMENT_KIND_" + document +
                "_OPINION receipt_kept: true remedy_stated: true }",
            recorded, name);
  }
  std::vector<std::string> Unmet(ClosingStandard standard, int today) const {
    return Ids(today, [&](const floor::Basis& basis) {
      return floor::Unmet(basis, {{kClaim, standard}, {"cases/1/claims/2", standard}});
    });
  }
  std::vector<plan::KnownFact> Known() const {
    std::vector<plan::KnownFact> known;
    int64_t position = 0;
    for (const facts::v1::Fact& fact : facts_) {
      known.push_back({&fact, plan::Feed::kRegistry, position++});
    }
    return known;
  }
  v1::Case& file() { return file_; }

 private:
  template <class Judge>
  std::vector<std::string> Ids(int today, Judge judge) const {
    const std::vector<plan::KnownFact> known = Known();
    const floor::Record record(known);
    floor::Basis basis;
    basis.file = &file_;
    basis.rounds = rounds_;
    basis.record = &record;
    basis.today = June(today);
    basis.calendar = &Calendar();
    std::vector<std::string> ids;
    for (const plan::v1::UnmetDuty& duty : judge(basis)) {
      EXPECT_FALSE(duty.clause().empty());
      EXPECT_FALSE(duty.title().zh().empty());
      EXPECT_FALSE(duty.remedy().zh().empty());
      ids.push_back(duty.id());
    }
    return ids;
  }

  v1::Case file_;
  std::vector<v1::Round> rounds_;
  std::deque<facts::v1::Fact> facts_;
  std::string signing_;
  facts::v1::FactKind kind_ = facts::v1::FACT_KIND_UNSPECIFIED;
};

}  // namespace redress::registry::testing

#endif  // REDRESS_TESTS_UNIT_REGISTRY_BOOK_H_

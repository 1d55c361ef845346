// Two persons for two acts, and hearings that nobody was told of in time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/unit/registry_book.h"

namespace redress::registry {
namespace {

using testing::Book;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using testing::Text;

// ---- two persons

std::vector<std::string> Persons(const Book& book, const std::string& acts,
                                 const facts::v1::Fact* doing) {
  plan::v1::Plan plan = Text<plan::v1::Plan>(acts);
  const std::vector<plan::KnownFact> known = book.Known();
  std::vector<std::string> ids;
  for (const auto& duty : floor::UnmetPersons(floor::Record(known), plan.separate_acts(), doing)) {
    ids.push_back(duty.id());
  }
  return ids;
}
constexpr char kAcceptDecide[] =
    "separate_acts { clause: '三(四)' one: FACT_KIND_ACCEPTED other: FACT_KIND_OPINION_ISSUED }";

TEST(FloorPersons, OnePersonDoesNotDoBothActs) {
  Book book;
  book.OfRound("ACCEPTED", 1, "actor { official: 'officials/a' }");
  book.OfRound("OPINION_ISSUED", 2, "actor { official: 'officials/a' }");
  EXPECT_THAT(Persons(book, kAcceptDecide, nullptr),
              ElementsAre("floor.two_persons.ACCEPTED.OPINION_ISSUED"));
  EXPECT_THAT(Persons(book, "", nullptr), IsEmpty());
  // In another round it is another act.
  book.OfRound("OPINION_ISSUED", 3, "actor { official: 'officials/b' }");
  book.OfRound("OPINION_ISSUED", 4, "actor { official: 'officials/a' }", 0, "cases/1/rounds/2");
  EXPECT_THAT(Persons(book, kAcceptDecide, nullptr), IsEmpty());
}

TEST(FloorPersons, WhatIsBeingDoneCounts) {
  Book book;
  book.OfClaim("CLAIM_APPRAISED", 1, "actor { official: 'officials/a' }");
  const auto doing = Text<facts::v1::Fact>(
      "kind: FACT_KIND_CASE_CLOSED case_name: 'cases/1' actor { official: 'officials/a' }");
  const char* const acts =
      "separate_acts { clause: 'x' one: FACT_KIND_CASE_CLOSED other: FACT_KIND_CLAIM_APPRAISED }";
  EXPECT_THAT(Persons(book, acts, &doing),
              ElementsAre("floor.two_persons.CASE_CLOSED.CLAIM_APPRAISED"));
  EXPECT_THAT(Persons(book, acts, nullptr), IsEmpty());
}

TEST(FloorPersons, WhoeverPaidDoesNotSignAndHelpNeverGatesClosing) {
  Book book;
  book.Add("PAYMENT_MADE", 1, "actor { official: 'officials/a' }");
  book.Add("PAYMENT_MADE", 2, "actor { official: 'officials/b' }");
  const auto doing = [](const std::string& kind) {
    return Text<facts::v1::Fact>("kind: FACT_KIND_" + kind +
                                 " case_name: 'cases/1' claim: 'cases/1/claims/1' "
                                 "actor { official: 'officials/a' }");
  };
  const facts::v1::Fact sign = doing("SETTLEMENT_SIGNED");
  EXPECT_THAT(Persons(book, "", &sign),
              ElementsAre("floor.two_persons.SETTLEMENT_SIGNED.PAYMENT_MADE"));
  book.OfClaim("SETTLEMENT_SIGNED", 3, "actor { official: 'officials/a' }");
  const facts::v1::Fact close = doing("CASE_CLOSED");
  EXPECT_THAT(Persons(book, "", &close), IsEmpty());
}

TEST(FloorPersons, OnePersonInTwoPostsIsOnePerson) {
  const std::string person(32, 'a');
  Book book;
  book.OfRound("ACCEPTED", 1, "actor { official: 'officials/a' person: '" + person + "' }");
  book.OfRound("OPINION_ISSUED", 2, "actor { official: 'officials/b' person: '" + person + "' }");
  EXPECT_THAT(Persons(book, kAcceptDecide, nullptr),
              ElementsAre("floor.two_persons.ACCEPTED.OPINION_ISSUED"));
}

TEST(FloorPersons, AnActIsNotRefusedForAnotherPairsFault) {
  Book book;
  book.OfRound("ACCEPTED", 1, "actor { official: 'officials/a' }");
  book.OfRound("OPINION_ISSUED", 2, "actor { official: 'officials/a' }");
  for (const char* official : {"officials/a", "officials/b"}) {
    const auto pay = Text<facts::v1::Fact>(absl::StrCat(
        "kind: FACT_KIND_PAYMENT_MADE case_name: 'cases/1' actor { official: '", official, "' }"));
    EXPECT_THAT(Persons(book, kAcceptDecide, &pay), IsEmpty());
  }
}

// What a plan does not keep apart costs no question to the other services.
TEST(FloorPersons, ActsThatNothingKeepsApartAreNotLookedAt) {
  const auto plan = Text<plan::v1::Plan>(kAcceptDecide);
  for (const auto& [kind, apart] : {std::pair(facts::v1::FACT_KIND_ACCEPTED, true),
                                    std::pair(facts::v1::FACT_KIND_OPINION_ISSUED, true),
                                    std::pair(facts::v1::FACT_KIND_SETTLEMENT_SIGNED, true),
                                    std::pair(facts::v1::FACT_KIND_PAYMENT_MADE, true),
                                    std::pair(facts::v1::FACT_KIND_SORTED, false)}) {
    EXPECT_EQ(floor::KeepsApart(plan.separate_acts(), kind), apart);
  }
}

// ---- hearings

std::vector<std::string> Counting(const Book& book) {
  std::vector<std::string> kinds;
  const std::vector<plan::KnownFact> known = book.Known();
  for (const plan::KnownFact& fact : floor::CountingFacts(known)) {
    kinds.push_back(fact.fact->fact_id());
  }
  return kinds;
}

TEST(FloorHearing, CountsWhereItWasAnnouncedBeforeItsDay) {
  Book book;
  book.Add("HEARING_ANNOUNCED", 1, "record: 'h'");
  book.Add("HEARING_HELD", 9, "record: 'h'");
  EXPECT_THAT(Counting(book), ElementsAre("f1", "f2"));
}

TEST(FloorHearing, EnteredAfterwardsItCountsOnceOthersLookedAtThePapers) {
  Book book;
  book.Add("HEARING_ANNOUNCED", 1, "record: 'h'", /*recorded=*/20);
  book.Add("HEARING_HELD", 9, "record: 'h'", /*recorded=*/20);
  EXPECT_THAT(Counting(book), ElementsAre("f1"));
  book.Add("RECORD_CONFIRMED", 21,
           "record_confirmed { confirmed_fact: 'f1' } actor { official: 'officials/other' }");
  EXPECT_THAT(Counting(book), Not(Contains("f2")));
  book.Add("RECORD_CONFIRMED", 21, "record_confirmed { confirmed_fact: 'f2' }");
  EXPECT_THAT(Counting(book), Not(Contains("f2"))) << "by the one who recorded it";
  book.Add("RECORD_CONFIRMED", 21,
           "record_confirmed { confirmed_fact: 'f2' } actor { official: 'officials/other' }");
  EXPECT_THAT(Counting(book), IsSupersetOf({"f1", "f2"}));
}

TEST(FloorHearing, MovedToThePastItWasNotAnnounced) {
  Book book;
  book.Add("HEARING_ANNOUNCED", 1, "record: 'h'");
  book.Add("HEARING_ADJOURNED", 2, "record: 'h'", /*recorded=*/20);
  book.Add("HEARING_HELD", 9, "record: 'h'", /*recorded=*/20);
  EXPECT_THAT(Counting(book), Not(Contains("f3")));
  Book never;
  never.Add("HEARING_HELD", 9, "record: 'h'");
  EXPECT_THAT(Counting(never), IsEmpty());
}

}  // namespace
}  // namespace redress::registry

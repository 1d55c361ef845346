// What may become a fact, and that no fact has room for free text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/facts/stamp.h"
#include "common/status/error.h"
#include "google/protobuf/descriptor.h"
#include "tests/unit/facts_sample.h"

namespace redress::facts {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::testing::Contains;
using testing::Instant;
using testing::Retraction;
using testing::Visit;

std::vector<std::string> BadFields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : status::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

class FactsStampTest : public ::testing::Test {
 protected:
  absl::Status StampIt(v1::Fact& fact) {
    types::v1::Actor actor;
    actor.set_official("officials/clerk");
    actor.set_unit("units/office");
    actor.set_role(types::v1::ROLE_OFFICE_CLERK);
    std::vector<v1::Fact> facts = {fact};
    const absl::Status stamped = StampAll(facts, clock_, actor);
    fact = facts[0];
    return stamped;
  }

  base::SimulatedClock clock_{Instant(2018, 5, 14, 9)};  // a Monday
};

TEST_F(FactsStampTest, FillsWhatTheServiceKnows) {
  v1::Fact fact = Visit("cases/1", "1", 1);
  fact.clear_fact_id();
  fact.clear_actor();
  fact.clear_recorded_at();
  ASSERT_TRUE(StampIt(fact).ok());
  EXPECT_TRUE(base::IsUuid(fact.fact_id()));
  EXPECT_EQ(fact.recorded_at().seconds(), absl::ToUnixSeconds(Instant(2018, 5, 14, 9)));
  EXPECT_EQ(fact.actor().official(), "officials/clerk");
}

TEST_F(FactsStampTest, NeedsNoCalendar) {
  for (const absl::CivilDay day : {absl::CivilDay(1998, 5, 1), absl::CivilDay(2027, 1, 4)}) {
    ASSERT_TRUE(clock_.AdvanceTo(Instant(2031, 5, 14, 9)));
    v1::Fact fact = Visit("cases/1", "1", 1);
    *fact.mutable_event_date() = calendar::ToProto(day);
    EXPECT_TRUE(StampIt(fact).ok()) << day;
  }
}

TEST_F(FactsStampTest, RefusesTheFutureByTheDateInShanghai) {
  v1::Fact fact = Visit("cases/1", "1", 1);
  *fact.mutable_event_date() = calendar::ToProto(absl::CivilDay(2018, 5, 15));
  const absl::Status future = StampIt(fact);
  EXPECT_EQ(future.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(BadFields(future), Contains("event_date"));
  // 23:30 of the 14th in UTC is the 15th in Shanghai.
  ASSERT_TRUE(clock_.AdvanceTo(
      absl::FromCivil(absl::CivilMinute(2018, 5, 14, 23, 30), absl::UTCTimeZone())));
  EXPECT_TRUE(StampIt(fact).ok());
}

TEST_F(FactsStampTest, RefusesDatesThatAreNone) {
  v1::Fact fact = Visit("cases/1", "1", 1);
  fact.mutable_event_date()->set_day(0);
  EXPECT_THAT(BadFields(StampIt(fact)), Contains("event_date"));
  fact.clear_event_date();
  EXPECT_THAT(BadFields(StampIt(fact)), Contains("event_date"));
}

TEST(FactsCheckTest, NamesEveryFault) {
  EXPECT_TRUE(CheckFact(Visit("cases/1", "1", 1)).ok());
  const std::vector<std::pair<std::string, std::function<void(v1::Fact&)>>> faults = {
      {"fact_id", [](v1::Fact& f) { f.set_fact_id("7"); }},
      {"kind", [](v1::Fact& f) { f.set_kind(v1::FACT_KIND_CASE_CLOSED); }},
      {"kind", [](v1::Fact& f) { f.set_kind(v1::FACT_KIND_UNSPECIFIED); }},
      {"kind", [](v1::Fact& f) { f.set_kind(static_cast<v1::FactKind>(9999)); }},
      {"kind", [](v1::Fact& f) { f.clear_detail(); }},
      {"campaign", [](v1::Fact& f) { f.clear_campaign(); }},
      {"claim", [](v1::Fact& f) { f.set_claim("cases/2/claims/1"); }},
      {"round", [](v1::Fact& f) { f.clear_case_name(), f.set_round("cases/1/rounds/1"); }},
      {"event_date", [](v1::Fact& f) { f.clear_event_date(); }},
      {"recorded_at", [](v1::Fact& f) { f.clear_recorded_at(); }},
      {"record", [](v1::Fact& f) { f.clear_record(); }},
      {"record_version", [](v1::Fact& f) { f.set_record_version(0); }},
      {"actor.official", [](v1::Fact& f) { f.clear_actor(); }},
      {"retracts", [](v1::Fact& f) { f.set_retracts("x"); }},
      {"unit", [](v1::Fact& f) { f.set_unit("the justice office"); }},
      {"unit", [](v1::Fact& f) { f.set_unit("司法所"); }},
      {"record", [](v1::Fact& f) { f.set_record(std::string(161, 'x')); }},
      {"actor.unit", [](v1::Fact& f) { f.mutable_actor()->set_unit("a b"); }},
      {"case_closed.basis",
       [](v1::Fact& f) {
         f.set_kind(v1::FACT_KIND_CASE_CLOSED);
         f.mutable_case_closed()->add_basis("she said so");
       }},
      {"visit_held", [](v1::Fact& f) { f.set_retracts(base::NewUuid(Instant(2018, 5, 14))); }},
  };
  for (const auto& [field, spoil] : faults) {
    v1::Fact fact = Visit("cases/1", "1", 1);
    spoil(fact);
    const absl::Status status = CheckFact(fact);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << field;
    EXPECT_THAT(BadFields(status), Contains(field));
  }
  v1::Fact many = Visit("cases/1", "1", 0);
  many.clear_campaign();
  EXPECT_EQ(BadFields(CheckFact(many)).size(), 2u);
}

TEST(FactsCheckTest, RetractionHasNoDetailOrAnEmptyOne) {
  const v1::Fact visit = Visit("cases/1", "1", 1);
  v1::Fact retraction = Retraction(visit, 2);
  EXPECT_TRUE(CheckFact(retraction).ok());
  retraction.mutable_visit_held();
  EXPECT_TRUE(CheckFact(retraction).ok());
  retraction.mutable_visit_declined();
  EXPECT_FALSE(CheckFact(retraction).ok());
}

TEST(FactsCheckTest, UnknownFieldsAreRefused) {
  v1::Fact fact = Visit("cases/1", "1", 1);
  fact.GetReflection()->MutableUnknownFields(&fact)->AddLengthDelimited(999, "anything");
  EXPECT_FALSE(CheckFact(fact).ok());
}

// Invariants 1 and 7 of domain.md: a fact holds ids, codes and dates. A string field may be added
// here only if it is the name or id of something.
TEST(FactsSchemaTest, NoDetailHasRoomForFreeText) {
  const std::set<std::string> ids = {
      "redress.facts.v1.ScreeningReported.screening_round",
      "redress.facts.v1.CaseRegistered.region_code",
      "redress.facts.v1.CaseRegistered.registration_number",
      "redress.facts.v1.CaseMerged.into_case",
      "redress.facts.v1.CaseClosed.basis",
      "redress.facts.v1.ClosureBasisLost.lost_fact",
      "redress.facts.v1.RecordConfirmed.confirmed_fact",
      "redress.facts.v1.SettlementPerformed.signing_fact",
      "redress.facts.v1.Assigned.lead",
      "redress.facts.v1.Assigned.officer",
      "redress.facts.v1.HandoverOffered.from_official",
      "redress.facts.v1.HandoverOffered.to_official",
      "redress.facts.v1.HandoverAccepted.from_official",
      "redress.facts.v1.HandoverAccepted.to_official",
      "redress.facts.v1.HandoverDeclined.from_official",
      "redress.facts.v1.HandoverDeclined.to_official",
      "redress.facts.v1.HandoverWithdrawn.from_official",
      "redress.facts.v1.HandoverWithdrawn.to_official",
      "redress.facts.v1.AssistanceMeasureDone.measure",
      "redress.facts.v1.AssistanceMeasureFailed.measure",
      "redress.facts.v1.PaymentMade.measure",
      "redress.facts.v1.FindingRectified.finding",
      "redress.types.v1.Actor.official",
      "redress.types.v1.Actor.unit",
      "redress.facts.v1.Fact.fact_id",
      "redress.facts.v1.Fact.campaign",
      "redress.facts.v1.Fact.case_name",
      "redress.facts.v1.Fact.claim",
      "redress.facts.v1.Fact.round",
      "redress.facts.v1.Fact.unit",
      "redress.facts.v1.Fact.record",
      "redress.facts.v1.Fact.retracts",
      "redress.facts.v1.RoundOpened.claims",
      "redress.types.v1.Actor.person",
  };
  const std::set<std::string> closed = {"google.type.Date", "google.protobuf.Timestamp"};
  std::set<std::string> found;
  std::set<const Descriptor*> seen;
  const std::function<void(const Descriptor*)> walk = [&](const Descriptor* message) {
    if (!seen.insert(message).second || closed.count(message->full_name()) != 0) return;
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      EXPECT_NE(field->type(), FieldDescriptor::TYPE_BYTES) << field->full_name();
      EXPECT_FALSE(field->is_map()) << field->full_name();
      if (field->type() == FieldDescriptor::TYPE_STRING) found.insert(field->full_name());
      if (field->message_type() != nullptr) walk(field->message_type());
    }
  };
  walk(v1::Fact::descriptor());
  for (const std::string& field : found) EXPECT_EQ(ids.count(field), 1u) << field;
}

TEST(FactsSchemaTest, KindsAreTheNumbersOfDetails) {
  const auto* detail = v1::Fact::descriptor()->FindOneofByName("detail");
  const auto* kinds = v1::FactKind_descriptor();
  EXPECT_EQ(detail->field_count(), kinds->value_count() - 1);
  for (int i = 0; i < detail->field_count(); ++i) {
    EXPECT_TRUE(v1::FactKind_IsValid(detail->field(i)->number())) << detail->field(i)->name();
  }
}

}  // namespace
}  // namespace redress::facts

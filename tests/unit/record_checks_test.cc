// What every record keeps, in all services: not dated before the receipt of the case, pictures and
// recordings with consent, units by their names.
#include "common/rules/record_checks.h"
#include "common/options/conventions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/assistance/v1/assistance.pb.h"
#include "redress/options/v1/options.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

template <class M>
M Text(const std::string& text) {
  M message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) {
    ADD_FAILURE() << "does not parse: " << text;
    std::abort();
  }
  return message;
}

std::string On(const std::string& field, int month, int day) {
  return absl::StrCat(field, " { year: 2018 month: ", month, " day: ", day, " } ");
}

std::vector<std::string> BadFields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : status::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

const absl::CivilDay kReceived(2018, 6, 10);

TEST(RecordChecks, AHashIsOfAFile) {
  const std::string zeros(64, '0');
  const std::string file(64, '7');
  const auto bad = [](const std::string& sha256, const std::string& consent) {
    return BadFields(CheckRecord(Text<visits::v1::RecordVisitRequest>(absl::StrCat(
                                     "visit { evidence { kind: EVIDENCE_KIND_PICTURE sha256: '",
                                     sha256, "' consent_sha256: '", consent, "' } }")),
                                 std::nullopt));
  };
  const std::string empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  EXPECT_THAT(bad(file, std::string(64, '8')), IsEmpty());
  EXPECT_THAT(bad(zeros, empty),
              ElementsAre("visit.evidence[0].sha256", "visit.evidence[0].consent_sha256"));
  EXPECT_THAT(bad(file, file), ElementsAre("visit.evidence[0].consent_sha256"));
}

TEST(RecordChecks, NoActOfHandlingIsDatedBeforeTheReceiptInAnyService) {
  const auto sign = Text<registry::v1::SignSettlementRequest>(absl::StrCat(
      "settlement { ", On("signed_on", 6, 9), "document { ", On("dated", 6, 10), "} }"));
  EXPECT_THAT(BadFields(CheckRecord(sign, kReceived)), ElementsAre("settlement.signed_on"));
  // What proves the act is no older than it can be.
  const auto old = Text<registry::v1::SignSettlementRequest>(absl::StrCat(
      "settlement { ", On("signed_on", 6, 10), "document { ", On("dated", 6, 9), "} }"));
  EXPECT_THAT(BadFields(CheckRecord(old, kReceived)), ElementsAre("settlement.document.dated"));
  const auto declined = Text<visits::v1::RecordVisitRequest>(absl::StrCat(
      "visit { ", On("visited_on", 6, 12), "decline { signed_note { ", On("dated", 6, 9), "} } }"));
  EXPECT_THAT(BadFields(CheckRecord(declined, kReceived)),
              ElementsAre("visit.decline.signed_note.dated"));
  const auto visit =
      Text<visits::v1::RecordVisitRequest>(absl::StrCat("visit { ", On("visited_on", 5, 12), "}"));
  EXPECT_THAT(BadFields(CheckRecord(visit, kReceived)), ElementsAre("visit.visited_on"));
  const auto announced = Text<visits::v1::AnnounceHearingRequest>(
      absl::StrCat("hearing { ", On("announced_on", 6, 1), On("planned_on", 7, 1), "}"));
  EXPECT_THAT(BadFields(CheckRecord(announced, kReceived)), ElementsAre("hearing.announced_on"));
  const auto plan = Text<assignment::v1::SetWorkPlanRequest>(
      absl::StrCat("work_plan { ", On("set_on", 6, 9), "}"));
  EXPECT_THAT(BadFields(CheckRecord(plan, kReceived)), ElementsAre("work_plan.set_on"));
  const auto paid = Text<assistance::v1::RecordPaymentRequest>(
      absl::StrCat("payment { ", On("paid_on", 6, 9), "}"));
  EXPECT_THAT(BadFields(CheckRecord(paid, kReceived)), ElementsAre("payment.paid_on"));
  // On the day itself, and where nothing is known of a receipt.
  EXPECT_TRUE(CheckRecord(paid, absl::CivilDay(2018, 6, 9)).ok());
  EXPECT_TRUE(CheckRecord(paid, std::nullopt).ok());
}

TEST(RecordChecks, WhatARecordRestsOnMayBeOlder) {
  const auto prior = Text<registry::v1::RecordPriorConclusionRequest>(
      absl::StrCat("prior_conclusion { exists: true ", On("concluded_on", 2, 1), "}"));
  EXPECT_TRUE(CheckRecord(prior, kReceived).ok());
  const auto evidence = Text<registry::v1::RecordInvestigationRequest>(absl::StrCat(
      "investigation { ", On("done_on", 6, 11), "evidence { ", On("dated", 2, 1), "} }"));
  EXPECT_TRUE(CheckRecord(evidence, kReceived).ok());
}

TEST(RecordChecks, PicturesAndRecordingsNeedConsentWhereverEvidenceIsTaken) {
  const auto piece = [](const std::string& kind, bool consent) {
    return absl::StrCat("{ kind: EVIDENCE_KIND_", kind, consent ? " consent_sha256: 'ab'" : "",
                        " }");
  };
  for (const char* kind : {"PICTURE", "RECORDING"}) {
    const auto investigation = Text<registry::v1::RecordInvestigationRequest>(
        absl::StrCat("investigation { evidence ", piece("DOCUMENT", false), " evidence ",
                     piece(kind, false), " evidence ", piece(kind, true), " }"));
    EXPECT_THAT(BadFields(CheckRecord(investigation, std::nullopt)),
                ElementsAre("investigation.evidence[1].consent_sha256"));
    const auto receipt = Text<registry::v1::ServeDocumentRequest>(
        absl::StrCat("receipt { proof ", piece(kind, false), " }"));
    EXPECT_THAT(BadFields(CheckRecord(receipt, std::nullopt)),
                ElementsAre("receipt.proof.consent_sha256"));
    const auto visit = Text<visits::v1::RecordVisitRequest>(
        absl::StrCat("visit { evidence ", piece(kind, false), " }"));
    EXPECT_THAT(BadFields(CheckRecord(visit, std::nullopt)),
                ElementsAre("visit.evidence[0].consent_sha256"));
    const auto hearing =
        Text<visits::v1::RecordHearingRequest>(absl::StrCat("signed_minutes ", piece(kind, false)));
    EXPECT_THAT(BadFields(CheckRecord(hearing, std::nullopt)),
                ElementsAre("signed_minutes.consent_sha256"));
  }
  EXPECT_TRUE(CheckRecord(Text<visits::v1::RecordVisitRequest>(
                              absl::StrCat("visit { evidence ", piece("TRANSCRIPT", false), " }")),
                          std::nullopt)
                  .ok());
}

TEST(RecordChecks, WhatTheServerSetsIsNotLookedAt) {
  const auto round = Text<registry::v1::AcceptRoundRequest>(
      absl::StrCat("notice { ", On("issued_on", 6, 12), " receipt { ", On("served_on", 1, 1),
                   " proof { kind: EVIDENCE_KIND_PICTURE } witness_units: 'units/x' } }"));
  EXPECT_TRUE(CheckRecord(round, kReceived).ok());
  EXPECT_THAT(UnitsNamedIn(round), IsEmpty());
}

TEST(RecordChecks, EveryUnitThatIsNamedIsFound) {
  const auto serve = Text<registry::v1::ServeDocumentRequest>(
      "name: 'cases/1/rounds/1' receipt { witness_units: 'units/a' witness_units: 'units/b' }");
  std::vector<std::string> named;
  for (const NamedUnit& unit : UnitsNamedIn(serve)) {
    named.push_back(absl::StrCat(unit.field, "=", unit.unit));
  }
  EXPECT_THAT(named,
              ElementsAre("receipt.witness_units[0]=units/a", "receipt.witness_units[1]=units/b"));
  EXPECT_THAT(
      UnitsNamedIn(Text<visits::v1::DeclineHearingRequest>("decline { witness_unit: 'units/a' }")),
      testing::SizeIs(1));
  EXPECT_THAT(UnitsNamedIn(Text<visits::v1::RecordHearingRequest>(
                  "participants { kind: PARTICIPANT_KIND_CHAIR unit: 'units/a' }")),
              testing::SizeIs(1));
}

TEST(RecordChecks, OutsideIsAnotherThanAResponsibleUnit) {
  const auto refused = [](const char* unit, const char* responsible) {
    FieldErrors errors;
    CheckOutside("witness", unit, responsible, errors);
    return !errors.ToStatus().ok();
  };
  EXPECT_FALSE(refused("units/a", "units/town"));
  EXPECT_TRUE(refused("units/town", "units/town"));
  EXPECT_TRUE(refused("units/a", "")) << "nobody is responsible yet: it may be anybody's own";
  EXPECT_FALSE(refused("", "units/town"));
}

// All dates of acts in the requests of the record services, so that whoever adds one sees that it
// is held to the receipt; what is exempt is listed here by its name.
TEST(RecordChecks, EveryActIsHeldToTheReceipt) {
  std::set<std::string> exempt;
  const std::function<void(const google::protobuf::Descriptor*, std::set<std::string>&)> walk =
      [&](const google::protobuf::Descriptor* type, std::set<std::string>& seen) {
        if (!seen.insert(std::string(type->full_name())).second) return;
        for (int i = 0; i < type->field_count(); ++i) {
          const auto* field = type->field(i);
          const auto& rule = options::RuleOf(*field);
          if (rule.output_only() || field->message_type() == nullptr) continue;
          if (rule.not_future()) {
            // A message with this date alone, a day before the receipt.
            std::unique_ptr<google::protobuf::Message> one(
                google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
            auto* date = static_cast<google::type::Date*>(
                one->GetReflection()->MutableMessage(one.get(), field));
            *date = DateOf(kReceived - 1);
            if (CheckRecord(*one, kReceived).ok()) exempt.insert(std::string(field->full_name()));
          }
          walk(field->message_type(), seen);
        }
      };
  std::set<std::string> seen;
  for (const auto* file : {registry::v1::RegisterCaseRequest::descriptor()->file(),
                           visits::v1::RecordVisitRequest::descriptor()->file(),
                           assignment::v1::AssignCaseRequest::descriptor()->file(),
                           assistance::v1::RecordSurveyRequest::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) walk(file->message_type(i), seen);
  }
  EXPECT_THAT(exempt, UnorderedElementsAre("redress.types.v1.EvidenceRef.dated",
                                           "redress.registry.v1.PriorConclusion.concluded_on"));
}

}  // namespace
}  // namespace redress::rules

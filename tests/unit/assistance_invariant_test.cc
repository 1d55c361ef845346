// Invariant 4: assistance is never tied to dropping a petition. A walk over the whole schema, and
// over what the rules are told. (That a case's state changes nothing is tested on the running
// service, in assistance_store_test.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "common/options/conventions.h"
#include "google/protobuf/descriptor.h"
#include "redress/assistance/v1/assistance.pb.h"
#include "redress/assistance/v1/resources.pb.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/options/v1/options.pb.h"
#include "services/assistance/rules.h"

namespace redress::assistance {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

std::vector<const FileDescriptor*> Files() {
  return {v1::AssistanceFile::descriptor()->file(), v1::RecordSurveyRequest::descriptor()->file()};
}

std::vector<const FieldDescriptor*> AllFields() {
  std::vector<const FieldDescriptor*> fields;
  std::set<const Descriptor*> seen;
  std::vector<const Descriptor*> left;
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->message_type_count(); ++i) left.push_back(file->message_type(i));
  }
  // Messages of other packages that a field leads to count as well.
  while (!left.empty()) {
    const Descriptor* type = left.back();
    left.pop_back();
    if (!seen.insert(type).second) continue;
    for (int i = 0; i < type->nested_type_count(); ++i) left.push_back(type->nested_type(i));
    for (int i = 0; i < type->field_count(); ++i) {
      fields.push_back(type->field(i));
      if (type->field(i)->message_type() != nullptr) left.push_back(type->field(i)->message_type());
    }
  }
  return fields;
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  const auto add_enum = [&](const EnumDescriptor* type) {
    names.push_back(type->name());
    for (int i = 0; i < type->value_count(); ++i) names.push_back(type->value(i)->name());
  };
  for (const FieldDescriptor* field : AllFields()) {
    names.push_back(field->name());
    names.push_back(field->containing_type()->name());
    // The roles of callers are the whole system's, not this service's.
    if (field->enum_type() != nullptr && field->enum_type() != types::v1::Role_descriptor()) {
      add_enum(field->enum_type());
    }
  }
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->enum_type_count(); ++i) add_enum(file->enum_type(i));
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        names.push_back(file->service(i)->method(j)->name());
      }
    }
  }
  for (std::string& name : names) {
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return names;
}

TEST(AssistanceInvariantTest, NoNameInTheSchemaTiesHelpToThePetition) {
  const std::vector<std::string> names = AllNames();
  ASSERT_GT(names.size(), 100u);
  for (const std::string& name : names) {
    for (const char* word :
         {"petition",  "settle_", "settlement", "agreement", "waive",      "waiver",     "withdraw",
          "drop",      "clos",    "reopen",     "complaint", "claim",      "appraisal",  "category",
          "opinion",   "promise", "undertak",   "commit",    "condition",  "stop",       "silence",
          "in_return", "reward",  "penal",      "stability", "visit_wish", "case_state", "outcome",
          "rating",    "score",   "conduct",    "behavi",    "attitude",   "mindset",    "suspend",
          "revoke",    "recover"}) {
      EXPECT_EQ(name.find(word), std::string::npos) << name << " says " << word;
    }
  }
}

TEST(AssistanceInvariantTest, NoFieldHoldsATypeOrNameOfTheCaseBesideTheCaseItself) {
  for (const FieldDescriptor* field : AllFields()) {
    const FileDescriptor* file = field->message_type() != nullptr ? field->message_type()->file()
                                 : field->enum_type() != nullptr  ? field->enum_type()->file()
                                                                  : nullptr;
    if (file != nullptr) {
      // Its own words, the shared Actor, Role and Department, what proves a decline, and dates.
      EXPECT_TRUE(file->package() == "redress.assistance.v1" || file->package() == "google.type" ||
                  field->message_type() == types::v1::Actor::descriptor() ||
                  field->message_type() == types::v1::ProofOfDecline::descriptor() ||
                  field->message_type() == types::v1::EvidenceRef::descriptor() ||
                  field->enum_type() == types::v1::EvidenceKind_descriptor() ||
                  field->enum_type() == types::v1::Role_descriptor() ||
                  field->enum_type() == types::v1::Department_descriptor())
          << field->full_name();
    }
    // A resource name may be the case, and what belongs to assistance.
    const std::string& resource = options::RuleOf(*field).resource();
    if (resource.empty()) continue;
    const bool witness = field->full_name() == "redress.types.v1.ProofOfDecline.witness_unit";
    EXPECT_TRUE(resource == "cases/*" || resource == "cases/*/surveys/*" || witness ||
                resource == "cases/*/assistanceFile/measures/*")
        << field->full_name();
  }
}

TEST(AssistanceInvariantTest, AssistanceEndsForReasonsOfItsOwn) {
  const EnumDescriptor* reasons = v1::EndReason_descriptor();
  std::vector<std::string> names;
  for (int i = 0; i < reasons->value_count(); ++i) names.push_back(reasons->value(i)->name());
  EXPECT_THAT(names,
              ::testing::ElementsAre("END_REASON_UNSPECIFIED", "END_REASON_GOALS_REACHED",
                                     "END_REASON_PERSON_DECLINED", "END_REASON_NO_LONGER_ELIGIBLE",
                                     "END_REASON_OTHER_PROVIDER"));
}

// The rules cannot depend on what they are not told: a CaseView is three names and nothing else.
// The unit is told so that a witness is from outside it.
TEST(AssistanceInvariantTest, TheRulesAreToldThreeNamesOfTheCase) {
  struct ThreeNames {
    std::string name;
    std::string campaign;
    std::string unit;
  };
  static_assert(sizeof(rules::CaseView) == sizeof(ThreeNames));
  static_assert(std::is_same_v<decltype(rules::CaseView::name), std::string>);
  static_assert(std::is_same_v<decltype(rules::CaseView::campaign), std::string>);
  static_assert(std::is_same_v<decltype(rules::CaseView::responsible_unit), std::string>);
  const auto [name, campaign, unit] = rules::CaseView{"cases/1", "campaigns/1", "units/1"};
  EXPECT_EQ(name, "cases/1");
  EXPECT_EQ(campaign, "campaigns/1");
  EXPECT_EQ(unit, "units/1");
}

TEST(AssistanceInvariantTest, FactsCarryNoAmountAndNoNeed) {
  for (const Descriptor* type :
       {facts::v1::Surveyed::descriptor(), facts::v1::SurveyDeclined::descriptor(),
        facts::v1::AssistanceFileOpened::descriptor(), facts::v1::AssistancePlanned::descriptor(),
        facts::v1::AssistanceMeasureDone::descriptor(),
        facts::v1::AssistanceMeasureFailed::descriptor(), facts::v1::PaymentMade::descriptor(),
        facts::v1::AssistanceEnded::descriptor()}) {
    for (int i = 0; i < type->field_count(); ++i) {
      for (const char* word : {"amount", "fen", "need", "livelihood", "reason", "size"}) {
        EXPECT_EQ(type->field(i)->name().find(word), std::string::npos)
            << type->field(i)->full_name();
      }
    }
  }
}

TEST(AssistanceInvariantTest, WhatAHouseholdLivesOnAndLacksIsPersonalAndNoColumn) {
  const std::set<std::string> personal = {"household_size", "livelihood",  "needs",
                                          "wishes",         "near_term",   "long_term",
                                          "amount_fen",     "description", "failure_reason"};
  for (const FieldDescriptor* field : AllFields()) {
    const bool pii = field->options().HasExtension(options::v1::pii);
    EXPECT_FALSE(pii && field->options().HasExtension(options::v1::column)) << field->full_name();
    if (field->type() == FieldDescriptor::TYPE_BOOL) continue;  // near_term of a measure: a flag
    EXPECT_TRUE(pii || !personal.contains(field->name())) << field->full_name();
  }
}

}  // namespace
}  // namespace redress::assistance

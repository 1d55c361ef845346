// The eight invariants of the design, as far as a schema can keep or break them: what no message,
// column, metric, score or fact may be able to say. The names of the tests are the invariants.
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/permissions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/options/v1/options.pb.h"
#include "redress/plan/v1/plan.pb.h"
#include "tests/unit/schema_offences.h"
#include "tests/unit/schema_walk.h"
#include "tests/unit/schema_words.h"

namespace redress::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> FilesBelow(const std::string& folder, const std::string& extension) {
  std::vector<fs::path> found;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(REDRESS_SOURCE_DIR) / folder)) {
    if (entry.is_regular_file() && entry.path().extension() == extension) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Every .proto of the tree, as it is linked; one that is on disk and not linked is a failure.
const Files& All() {
  static const auto* const files = [] {
    auto* const all = new Files();
    for (const fs::path& path : FilesBelow("protos/redress", ".proto")) {
      const std::string name =
          fs::relative(path, fs::path(REDRESS_SOURCE_DIR) / "protos").generic_string();
      const FileDescriptor* file =
          google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
      if (file == nullptr) {
        ADD_FAILURE() << name << " is not linked";
      } else {
        all->push_back(file);
      }
    }
    return all;
  }();
  return *files;
}

const Descriptor* Message(const std::string& full_name) {
  for (const Descriptor* message : MessagesOf(All())) {
    if (message->full_name() == full_name) return message;
  }
  ADD_FAILURE() << "no message " << full_name;
  return nullptr;
}

std::vector<std::string> FieldNames(const std::string& full_name) {
  std::vector<std::string> names;
  const Descriptor* message = Message(full_name);
  for (int i = 0; message != nullptr && i < message->field_count(); ++i) {
    names.push_back(message->field(i)->name());
  }
  return names;
}

std::vector<std::string> ValueNames(const std::string& full_name) {
  std::vector<std::string> names;
  for (const EnumDescriptor* type : EnumsOf(All())) {
    if (type->full_name() != full_name) continue;
    for (int i = 0; i < type->value_count(); ++i) names.push_back(type->value(i)->name());
  }
  EXPECT_THAT(names, Not(IsEmpty())) << full_name;
  return names;
}

plan::v1::Plan SeedPlan() {
  plan::v1::Plan plan;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      ReadText(fs::path(REDRESS_SOURCE_DIR) / "seeds/plans/2018-three-in-place.txtpb"), &plan));
  return plan;
}

// The walk sees everything, or it proves nothing.
TEST(SchemaInvariants, TheWalkReachesEveryPackage) {
  EXPECT_GE(All().size(), 17u);
  EXPECT_GT(MessagesOf(All()).size(), 250u);
  EXPECT_GT(EnumsOf(All()).size(), 30u);
  EXPECT_GT(MethodsOf(All()).size(), 90u);
  EXPECT_EQ(Message("redress.registry.v1.Case")->options().GetExtension(options::v1::table).name(),
            "case_file");
}

TEST(SchemaInvariants, Invariant1NothingSaysWhereAPetitionerIsOrWhomTheyKnowOrHowRiskyTheyAre) {
  EXPECT_THAT(ForbiddenNames(All()), IsEmpty());
  int files = 0;
  for (const char* folder : {"common", "services"}) {
    for (const fs::path& path : FilesBelow(folder, ".sql")) {
      ++files;
      EXPECT_THAT(ForbiddenNamesInSql(ReadText(path)), IsEmpty()) << path;
    }
  }
  EXPECT_GE(files, 8);
}

// Names of metrics and of their labels stand in the code, as do reasons of errors.
TEST(SchemaInvariants, Invariant1NoMetricAndNoErrorReasonSaysSo) {
  static const std::regex metric("\"(redress_[a-z0-9_]+)\"");
  static const std::regex reason("\"([A-Z][A-Z0-9]+(_[A-Z0-9]+)+)\"");
  int metrics = 0;
  for (const char* folder : {"common", "services"}) {
    for (const fs::path& path : FilesBelow(folder, ".cc")) {
      const std::string text = ReadText(path);
      for (const std::regex* names : {&metric, &reason}) {
        for (auto it = std::sregex_iterator(text.begin(), text.end(), *names);
             it != std::sregex_iterator(); ++it) {
          metrics += names == &metric ? 1 : 0;
          EXPECT_EQ(ForbiddenIn((*it)[1].str()), "") << path << ": " << (*it)[1];
          EXPECT_THAT((*it)[1].str(), Not(HasSubstr("criterion"))) << path;
        }
      }
    }
  }
  EXPECT_GE(metrics, 7);
}

TEST(SchemaInvariants, Invariant1TheEntryCriterionIsNoFilterColumnFactOrLedgerField) {
  EXPECT_THAT(
      EntryCriterionBeyond(All(), {"redress.registry.v1.Case.entry_criterion",
                                   "redress.registry.v1.RegisterCaseRequest.entry_criterion",
                                   "redress.registry.v1.GetEntryCriterionResponse.entry_criterion",
                                   // The list to choose from, in a plan: about no case.
                                   "redress.plan.v1.Plan.entry_criteria",
                                   "redress.plan.v1.EntryCriterionRule.criterion"}),
      IsEmpty());
  // Wherever it is said of a case it is personal data of its own kind, so that every mask knows it.
  for (const char* message : {"Case", "RegisterCaseRequest", "GetEntryCriterionResponse"}) {
    const FieldDescriptor* field =
        Message(absl::StrCat("redress.registry.v1.", message))->FindFieldByName("entry_criterion");
    EXPECT_EQ(field->options().GetExtension(options::v1::pii).kind(),
              options::v1::PII_KIND_ENTRY_CRITERION);
  }
  for (const char* folder : {"common", "services"}) {
    for (const fs::path& path : FilesBelow(folder, ".sql")) {
      EXPECT_THAT(ReadText(path), Not(HasSubstr("criterion"))) << path;
    }
  }
  // The office alone.
  EXPECT_EQ(auth::FindPermission("cases.readCriterion")->roles,
            (auth::RoleSet{types::v1::ROLE_OFFICE_CLERK, types::v1::ROLE_OFFICE_HEAD}));
}

TEST(SchemaInvariants, Invariant2AScoreIsMadeOfTimelinessQualityLapsesAndRatingsOnly) {
  EXPECT_THAT(FieldNames("redress.plan.v1.ScoreRule"),
              UnorderedElementsAre("id", "clause", "title", "centipoints", "on_time", "quality",
                                   "lapses", "ratings", "at_most_centipoints"));
  // No rule of the seed plan counts registrations, claims, closings or agreements.
  const plan::v1::Plan plan = SeedPlan();
  EXPECT_GT(plan.score().rules_size(), 0);
  for (const plan::v1::ScoreRule& rule : plan.score().rules()) {
    for (const char* kind : {"CASE_REGISTERED", "CLAIM_REGISTERED", "CASE_CLOSED", "CASE_REOPENED",
                             "SETTLEMENT", "REVIEW_REQUESTED", "CASE_MERGED"}) {
      EXPECT_THAT(rule.DebugString(), Not(HasSubstr(absl::StrCat("FACT_KIND_", kind))));
    }
  }
}

TEST(SchemaInvariants, Invariant3PetitioningCannotBeExpressedAsMisconduct) {
  // LAWFUL is about an act and lives in a sealed record, so no claim can carry it.
  EXPECT_THAT(ValueNames("redress.types.v1.Category"),
              UnorderedElementsAre("CATEGORY_UNSPECIFIED", "CATEGORY_RESOLVE", "CATEGORY_EXPLAIN",
                                   "CATEGORY_ASSIST"));
  for (const EnumDescriptor* type : EnumsOf(All())) {
    if (type->name() == "EntryCriterion") continue;  // sealed; see invariant 1
    for (int i = 0; i < type->value_count(); ++i) {
      for (const std::string& word : WordsOf(type->value(i)->name())) {
        EXPECT_THAT(word, Not(::testing::AnyOf("gathering", "gathered", "organised", "organising",
                                               "repeated", "escalated", "escalating", "misconduct",
                                               "offence", "offender", "warned", "warning")))
            << type->value(i)->full_name();
      }
    }
  }
  const plan::v1::Plan plan = SeedPlan();
  // A sealed requirement: it has no facts, no due date, and gates nothing.
  for (const plan::v1::Requirement& requirement : plan.requirements()) {
    if (requirement.id() != "P12") continue;
    EXPECT_TRUE(requirement.has_sealed());
    EXPECT_FALSE(requirement.gates_closing());
    EXPECT_EQ(requirement.due_size(), 0);
  }
}

TEST(SchemaInvariants, Invariant4AssistanceIsNeverTiedToAPetition) {
  EXPECT_THAT(AssistanceTiedToPetitions(All()), IsEmpty());
  for (const char* field : {"policy_basis", "funding_source"}) {
    const FieldDescriptor* cited = Message("redress.assistance.v1.Payment")->FindFieldByName(field);
    ASSERT_NE(cited, nullptr);
    EXPECT_TRUE(cited->options().GetExtension(options::v1::rule).required()) << field;
  }
  const plan::v1::Plan plan = SeedPlan();
  for (const plan::v1::Requirement& requirement : plan.requirements()) {
    if (absl::StartsWith(requirement.id(), "P11")) {
      EXPECT_FALSE(requirement.gates_closing()) << requirement.id();
    }
  }
  for (const plan::v1::ClosingRule& closing : plan.closing()) {
    EXPECT_THAT(closing.DebugString(), Not(HasSubstr("ASSISTANCE")));
    EXPECT_THAT(closing.DebugString(), Not(HasSubstr("PAYMENT")));
  }
}

TEST(SchemaInvariants, Invariant5ASettlementHasNoPlaceForAWaiver) {
  EXPECT_THAT(FieldNames("redress.registry.v1.Settlement"),
              UnorderedElementsAre("signed_on", "petitioner_signed", "unit_signed", "witness_unit",
                                   "document", "terms", "withdrawn_on", "performed_on", "fact_id",
                                   "undertakings", "recorded_on", "signed_by"));
  EXPECT_THAT(FieldNames("redress.registry.v1.Undertaking"),
              UnorderedElementsAre("number", "kind", "amount_fen", "due_on", "performed_on"));
  EXPECT_THAT(ValueNames("redress.registry.v1.UndertakingKind"),
              ::testing::Each(Not(::testing::ContainsRegex("WAIV|PETITION|WITHDRAW|SILEN"))));
  for (const char* required : {"signed_on", "witness_unit", "document"}) {
    EXPECT_TRUE(Message("redress.registry.v1.Settlement")
                    ->FindFieldByName(required)
                    ->options()
                    .GetExtension(options::v1::rule)
                    .required())
        << required;
  }
}

TEST(SchemaInvariants, Invariant6NobodyIsToldWhomAnAccusationIsAgainst) {
  const auto tells = [](const FieldDescriptor* field) {
    return field->name() == "accused" || field->name() == "walled" || field->name() == "recused" ||
           field->name() == "barred";
  };
  int to_services = 0;
  for (const MethodDescriptor* method : MethodsOf(All())) {
    const std::vector<const FieldDescriptor*> shown = FieldsBelow(method->output_type());
    if (std::none_of(shown.begin(), shown.end(), tells)) continue;
    ++to_services;
    const auto& policy = method->options().GetExtension(options::v1::policy);
    EXPECT_EQ(auth::FindPermission(policy.permission())->roles,
              auth::RoleSet{types::v1::ROLE_SERVICE})
        << method->full_name();
  }
  EXPECT_EQ(to_services, 3);
  for (const Descriptor* message : MessagesOf(All())) {
    if (!absl::EndsWith(message->name(), "Filter")) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      EXPECT_FALSE(tells(message->field(i))) << message->field(i)->full_name();
    }
  }
}

TEST(SchemaInvariants, Invariant7PersonalDataIsNeverAColumnOrUnmarkedOrInAFact) {
  EXPECT_THAT(PersonalDataInTheClear(All()), IsEmpty());
  EXPECT_THAT(UnmarkedFreeText(All()), IsEmpty());
  EXPECT_THAT(TextInFacts(Message("redress.facts.v1.Fact")), IsEmpty());
}

// Every id of a person and every mark that a household is in need says so (options.v1.tells).
TEST(SchemaInvariants, Invariant7WhatTellsOfAPersonIsMarked) {
  EXPECT_THAT(UnmarkedTelling(All()), IsEmpty());
}

TEST(SchemaInvariants, Invariant8AVisitThatThePetitionerDeclinesIsTheDutyDone) {
  EXPECT_THAT(ValueNames("redress.visits.v1.VisitOutcome"), Contains("VISIT_OUTCOME_DECLINED"));
  const plan::v1::Plan plan = SeedPlan();
  int cadences = 0;
  for (const plan::v1::Requirement& requirement : plan.requirements()) {
    if (requirement.id() != "P10.visit") continue;
    ++cadences;
    EXPECT_EQ(requirement.due(0).cadence().suspended_by().kind(),
              facts::v1::FACT_KIND_VISIT_DECLINED);
    EXPECT_EQ(requirement.due(0).cadence().resumed_by().kind(), facts::v1::FACT_KIND_VISITS_WANTED);
  }
  EXPECT_EQ(cadences, 1);
  // No record of a case holds a single rating: a handler could read it there.
  for (const Descriptor* message : MessagesOf(All())) {
    if (absl::StartsWith(message->full_name(), "redress.plan.")) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      EXPECT_THAT(WordsOf(message->field(i)->name()), Not(Contains("rating")))
          << message->field(i)->full_name();
    }
  }
}

TEST(SchemaInvariants, EveryRpcHasAPolicyAndEveryRequestHasBounds) {
  EXPECT_THAT(RpcsWithoutPolicy(All()), IsEmpty());
  EXPECT_THAT(UnboundedRequests(All()), IsEmpty());
}

// ---- the walker itself: a schema that breaks every rule is found out

class BadSchema : public ::testing::Test {
 protected:
  // A file as bad as `text` says, beside the real ones.
  const FileDescriptor* Build(const std::string& text) {
    google::protobuf::FileDescriptorProto proto;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &proto));
    proto.set_syntax("proto3");
    return pool_.BuildFile(proto);
  }

  google::protobuf::DescriptorPool pool_{google::protobuf::DescriptorPool::generated_pool()};
};

TEST_F(BadSchema, ForbiddenNamesOfEveryKindAreFound) {
  const FileDescriptor* bad = Build(R"pb(
    name: "bad.proto"
    package: "bad"
    message_type {
      name: "PetitionerRisk"
      field { name: "last_seen" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
      field { name: "innocent" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
      nested_type {
        name: "Inner"
        field { name: "associates" number: 1 type: TYPE_STRING label: LABEL_REPEATED }
      }
      enum_type {
        name: "Kind"
        value { name: "KIND_RINGLEADER" number: 0 }
      }
    }
    service {
      name: "S"
      method {
        name: "TrackPetitioner"
        input_type: ".bad.PetitionerRisk"
        output_type: ".bad.PetitionerRisk"
      }
    })pb");
  ASSERT_NE(bad, nullptr);
  const Offences offences = ForbiddenNames({bad});
  EXPECT_THAT(offences, Contains(HasSubstr("bad.PetitionerRisk has risk")));
  EXPECT_THAT(offences, Contains(HasSubstr("last_seen")));
  EXPECT_THAT(offences, Contains(HasSubstr("bad.PetitionerRisk.Inner.associates")));
  EXPECT_THAT(offences, Contains(HasSubstr("RINGLEADER")));
  EXPECT_THAT(offences, Contains(HasSubstr("bad.S.TrackPetitioner has track")));
  EXPECT_EQ(offences.size(), 5u);
  EXPECT_THAT(ForbiddenNamesInSql("CREATE TABLE visit (\n  gps VARCHAR(9) -- location\n);"),
              UnorderedElementsAre(HasSubstr("gps has gps")));
}

TEST_F(BadSchema, APolicyThatIsMissingOrUnknownIsFound) {
  const FileDescriptor* bad = Build(R"pb(
    name: "bad.proto"
    package: "redress.bad.v1"
    dependency: "redress/options/v1/options.proto"
    message_type {
      name: "R"
      field {
        name: "request_id"
        number: 1
        type: TYPE_STRING
        label: LABEL_OPTIONAL
        options {
          [redress.options.v1.rule] { max_runes: 9 }
        }
      }
    }
    service {
      name: "S"
      method { name: "A" input_type: ".redress.bad.v1.R" output_type: ".redress.bad.v1.R" }
      method {
        name: "B"
        input_type: ".redress.bad.v1.R"
        output_type: ".redress.bad.v1.R"
        options {
          [redress.options.v1.policy] { permission: "no.such" deadline_ms: 1 }
        }
      }
    })pb");
  ASSERT_NE(bad, nullptr);
  EXPECT_THAT(RpcsWithoutPolicy({bad}),
              ::testing::AllOf(Contains(HasSubstr("S.A needs no known permission")),
                               Contains(HasSubstr("S.B needs no known permission: no.such")),
                               Contains(HasSubstr("S.B shares its request")),
                               Contains(HasSubstr("request_id is not a required UUID"))));
}

TEST_F(BadSchema, PersonalDataInAColumnAFactOrAnUnsealedRowIsFound) {
  const FileDescriptor* bad = Build(R"pb(
    name: "bad.proto"
    package: "bad"
    dependency: "redress/options/v1/options.proto"
    dependency: "redress/types/v1/types.proto"
    message_type {
      name: "M"
      options {
        [redress.options.v1.table] { name: "m" resource: "cases/*" }
      }
      field {
        name: "full_name"
        number: 1
        type: TYPE_STRING
        label: LABEL_OPTIONAL
        options {
          [redress.options.v1.pii] { kind: PII_KIND_NAME }
          [redress.options.v1.column]: "n"
        }
      }
      field { name: "remarks" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
      field {
        name: "why"
        number: 3
        type: TYPE_ENUM
        type_name: ".redress.types.v1.EntryCriterion"
        label: LABEL_OPTIONAL
        options {
          [redress.options.v1.column]: "why"
        }
      }
      field {
        name: "number"
        number: 5
        type: TYPE_STRING
        label: LABEL_OPTIONAL
        options {
          [redress.options.v1.rule] { pattern: ".{1,60}" }
        }
      }
      field {
        name: "essay"
        number: 4
        type: TYPE_STRING
        label: LABEL_OPTIONAL
        options {
          [redress.options.v1.rule] { max_runes: 3000000 }
        }
      }
    }
    service {
      name: "S"
      method { name: "A" input_type: ".bad.M" output_type: ".bad.M" }
    })pb");
  ASSERT_NE(bad, nullptr);
  EXPECT_THAT(PersonalDataInTheClear({bad}),
              ::testing::AllOf(Contains(HasSubstr("bad.M.full_name is personal and a column")),
                               Contains(HasSubstr("bad.M holds personal data"))));
  EXPECT_THAT(UnmarkedFreeText({bad}),
              ::testing::AllOf(Contains(HasSubstr("bad.M.remarks")),
                               Contains(HasSubstr("bad.M.number has a pattern"))));
  EXPECT_THAT(UnboundedRequests({bad}), Contains(HasSubstr("bad.M.essay may have 3000000")));
  EXPECT_THAT(TextInFacts(bad->message_type(0)),
              ::testing::AllOf(Contains(HasSubstr("bad.M.full_name is personal")),
                               Contains(HasSubstr("bad.M.remarks is text")),
                               Contains(HasSubstr("bad.M.why tells the entry criterion"))));
  EXPECT_THAT(EntryCriterionBeyond({bad}, {}), Contains(HasSubstr("bad.M.why is a column")));
}

TEST_F(BadSchema, AssistanceThatAsksForSomethingInReturnIsFound) {
  const FileDescriptor* bad = Build(R"pb(
    name: "bad.proto"
    package: "redress.assistance.v9"
    dependency: "redress/types/v1/types.proto"
    message_type {
      name: "Payment"
      field { name: "condition" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
      field {
        name: "state"
        number: 2
        type: TYPE_ENUM
        type_name: ".redress.types.v1.CaseState"
        label: LABEL_OPTIONAL
      }
    })pb");
  ASSERT_NE(bad, nullptr);
  EXPECT_EQ(AssistanceTiedToPetitions({bad}).size(), 2u);
}

TEST(SchemaWords, IdentifiersOfEveryStyleAreSplitAlike) {
  for (const char* name :
       {"visit_place", "VisitPlace", "visitPlace", "VISIT_PLACE", "visit.place"}) {
    EXPECT_THAT(WordsOf(name), ::testing::ElementsAre("visit", "place")) << name;
  }
  EXPECT_THAT(WordsOf("GPSPosition"), ::testing::ElementsAre("gps", "position"));
  EXPECT_EQ(ForbiddenIn("restored_by"), "");
  EXPECT_NE(ForbiddenIn("isTracked"), "");
}

}  // namespace
}  // namespace redress::testing

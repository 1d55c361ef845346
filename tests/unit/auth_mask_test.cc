#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/auth/mask.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/text_format.h"
#include "redress/facts/v1/facts.pb.h"

namespace redress::auth {
namespace {

namespace pb = google::protobuf;
namespace o = redress::options::v1;
namespace t = redress::types::v1;
using testing::HasSubstr;
using testing::Not;

void AddField(pb::DescriptorProto* type, const char* name, pb::FieldDescriptorProto::Type kind,
              o::PiiKind pii, bool repeated = false, const char* type_name = nullptr) {
  pb::FieldDescriptorProto* field = type->add_field();
  field->set_name(name);
  field->set_number(type->field_size());
  field->set_type(kind);
  field->set_label(repeated ? pb::FieldDescriptorProto::LABEL_REPEATED
                            : pb::FieldDescriptorProto::LABEL_OPTIONAL);
  if (type_name != nullptr) field->set_type_name(type_name);
  if (pii != o::PII_KIND_UNSPECIFIED) {
    field->mutable_options()->MutableExtension(o::pii)->set_kind(pii);
  }
}

// A message type with a field of every kind, nested, repeated, in a map and in a cycle.
class MaskTest : public testing::Test {
 protected:
  using F = pb::FieldDescriptorProto;

  MaskTest() : pool_(pb::DescriptorPool::generated_pool()) {
    pb::FileDescriptorProto file;
    file.set_name("mask_test.proto");
    file.set_package("mask");
    file.set_syntax("proto3");
    file.add_dependency("redress/options/v1/options.proto");
    file.add_dependency("redress/types/v1/types.proto");
    file.add_dependency("google/protobuf/any.proto");
    pb::DescriptorProto* person = file.add_message_type();
    person->set_name("Person");
    AddField(person, "id", F::TYPE_STRING, o::PII_KIND_UNSPECIFIED);
    AddField(person, "name", F::TYPE_STRING, o::PII_KIND_NAME);
    AddField(person, "national_id", F::TYPE_STRING, o::PII_KIND_NATIONAL_ID);
    AddField(person, "contacts", F::TYPE_STRING, o::PII_KIND_CONTACT, true);
    AddField(person, "address", F::TYPE_STRING, o::PII_KIND_ADDRESS);
    AddField(person, "income", F::TYPE_INT64, o::PII_KIND_HOUSEHOLD);
    AddField(person, "photo", F::TYPE_BYTES, o::PII_KIND_NARRATIVE);
    pb::DescriptorProto* file_type = file.add_message_type();
    file_type->set_name("CaseFile");
    AddField(file_type, "name", F::TYPE_STRING, o::PII_KIND_UNSPECIFIED);
    AddField(file_type, "statement", F::TYPE_STRING, o::PII_KIND_NARRATIVE);
    AddField(file_type, "criterion", F::TYPE_ENUM, o::PII_KIND_ENTRY_CRITERION, false,
             ".redress.types.v1.EntryCriterion");
    AddField(file_type, "petitioner", F::TYPE_MESSAGE, o::PII_KIND_UNSPECIFIED, false,
             ".mask.Person");
    AddField(file_type, "representatives", F::TYPE_MESSAGE, o::PII_KIND_UNSPECIFIED, true,
             ".mask.Person");
    AddField(file_type, "household", F::TYPE_MESSAGE, o::PII_KIND_HOUSEHOLD, true, ".mask.Person");
    AddField(file_type, "parent", F::TYPE_MESSAGE, o::PII_KIND_UNSPECIFIED, false,
             ".mask.CaseFile");
    AddField(file_type, "extra", F::TYPE_MESSAGE, o::PII_KIND_UNSPECIFIED, false,
             ".google.protobuf.Any");
    AddField(file_type, "by_role", F::TYPE_MESSAGE, o::PII_KIND_UNSPECIFIED, true,
             ".mask.CaseFile.ByRoleEntry");
    pb::DescriptorProto* entry = file_type->add_nested_type();
    entry->set_name("ByRoleEntry");
    entry->mutable_options()->set_map_entry(true);
    AddField(entry, "key", F::TYPE_STRING, o::PII_KIND_UNSPECIFIED);
    AddField(entry, "value", F::TYPE_MESSAGE, o::PII_KIND_UNSPECIFIED, false, ".mask.Person");
    pb::DescriptorProto* plain = file.add_message_type();
    plain->set_name("Plain");
    AddField(plain, "text", F::TYPE_STRING, o::PII_KIND_UNSPECIFIED);
    AddField(plain, "self", F::TYPE_MESSAGE, o::PII_KIND_UNSPECIFIED, false, ".mask.Plain");
    // The pool keeps a reference, so the descriptors live as long as the fixture.
    file_ = pool_.BuildFile(file);
  }

  std::unique_ptr<pb::Message> Make(const char* type, const std::string& text) {
    const pb::Descriptor* const descriptor = file_->FindMessageTypeByName(type);
    std::unique_ptr<pb::Message> message(factory_.GetPrototype(descriptor)->New());
    EXPECT_TRUE(pb::TextFormat::ParseFromString(text, message.get())) << text;
    return message;
  }

  static std::string Text(const pb::Message& message) {
    pb::TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    printer.SetUseUtf8StringEscaping(true);
    std::string text;
    printer.PrintToString(message, &text);
    return text;
  }

  std::string Masked(const char* type, const std::string& text, PiiKinds visible) {
    const auto message = Make(type, text);
    MaskMessage(message.get(), visible);
    return Text(*message);
  }

  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
  const pb::FileDescriptor* file_ = nullptr;
};

TEST_F(MaskTest, MasksByKind) {
  EXPECT_EQ(Masked("Person", R"(id: "p1" name: "欧阳某某" national_id: "41162519800101123X"
                                contacts: "13800001234" contacts: "010-1" address: "某村 1 号"
                                income: 12000 photo: "abc")",
                   {}),
            "id: \"p1\" name: \"欧**\" national_id: \"****123X\" contacts: \"****1234\" contacts: "
            "\"****\" address: \"…\" ");
  EXPECT_EQ(Masked("CaseFile", R"(name: "cases/1" statement: "s" criterion: 1)", {}),
            "name: \"cases/1\" statement: \"…\" ");
}

TEST_F(MaskTest, NamesKeepTheirFirstCharacterOnly) {
  EXPECT_EQ(Masked("Person", "name: \"张\"", {}), "name: \"张**\" ");
  EXPECT_EQ(Masked("Person", "name: \"A\"", {}), "name: \"A**\" ");
  EXPECT_EQ(Masked("Person", "name: \"\"", {}), "");
  // A character outside the basic plane.
  EXPECT_EQ(Masked("Person", "name: \"𠮷田\"", {}), "name: \"𠮷**\" ");
  EXPECT_EQ(Masked("Person", "contacts: \"微信号一二三四五\"", {}), "contacts: \"****二三四五\" ");
  EXPECT_EQ(Masked("Person", "contacts: \"1234567\"", {}), "contacts: \"****\" ");
  EXPECT_EQ(Masked("Person", "contacts: \"\"", {}), "contacts: \"\" ");
}

TEST_F(MaskTest, VisibleKindsStay) {
  const std::string person = R"(name: "张某" national_id: "41162519800101123X" income: 5)";
  EXPECT_EQ(Masked("Person", person, {o::PII_KIND_NAME}),
            "name: \"张某\" national_id: \"****123X\" ");
  EXPECT_EQ(Masked("Person", person, {o::PII_KIND_HOUSEHOLD, o::PII_KIND_NATIONAL_ID}),
            "name: \"张**\" national_id: \"41162519800101123X\" income: 5 ");
  EXPECT_EQ(Masked("CaseFile", "criterion: 1", {o::PII_KIND_ENTRY_CRITERION}),
            "criterion: ENTRY_CRITERION_CAPITAL ");
}

TEST_F(MaskTest, WalksNestedRepeatedMapsAndCycles) {
  const std::string text = R"(
      petitioner { name: "张某" } representatives { name: "李某" } representatives { name: "王某" }
      household { name: "赵某" } parent { statement: "s" parent { petitioner { name: "钱某" } } }
      by_role { key: "witness" value { name: "孙某" } })";
  const std::string masked = Masked("CaseFile", text, {});
  EXPECT_EQ(masked,
            "petitioner { name: \"张**\" } representatives { name: \"李**\" } representatives { "
            "name: \"王**\" } parent { statement: \"…\" parent { petitioner { name: \"钱**\" } } } "
            "by_role { key: \"witness\" value { name: \"孙**\" } } ");
}

TEST_F(MaskTest, AnyCannotBeLookedIntoAndIsCleared) {
  const auto message = Make("CaseFile", "name: \"cases/1\"");
  pb::Any any;
  any.set_type_url("type.googleapis.com/x");
  any.set_value("张某");
  const pb::FieldDescriptor* const field = message->GetDescriptor()->FindFieldByName("extra");
  message->GetReflection()
      ->MutableMessage(message.get(), field)
      ->ParseFromString(any.SerializeAsString());
  EXPECT_TRUE(HasPii(*message));
  MaskMessage(message.get(), {o::PII_KIND_NAME});
  EXPECT_THAT(message->SerializeAsString(), Not(HasSubstr("张某")));
}

TEST_F(MaskTest, SaysWhetherSomethingWasRevealed) {
  const auto revealed = [this](const char* text, PiiKinds visible) {
    return MaskMessage(Make("CaseFile", text).get(), visible);
  };
  EXPECT_FALSE(revealed("name: \"cases/1\"", {o::PII_KIND_NAME}));
  EXPECT_FALSE(revealed("petitioner { name: \"张某\" }", {}));
  EXPECT_FALSE(revealed("petitioner { name: \"张某\" }", {o::PII_KIND_NARRATIVE}));
  EXPECT_TRUE(revealed("petitioner { name: \"张某\" }", {o::PII_KIND_NAME}));
  EXPECT_TRUE(revealed("household { id: \"x\" }", {o::PII_KIND_HOUSEHOLD}));
  EXPECT_TRUE(revealed("parent { criterion: 2 }", {o::PII_KIND_ENTRY_CRITERION}));
}

TEST_F(MaskTest, HasPiiLooksAtContent) {
  EXPECT_FALSE(HasPii(*Make("CaseFile", "name: \"cases/1\" parent { name: \"cases/2\" }")));
  EXPECT_TRUE(HasPii(*Make("CaseFile", "parent { by_role { key: \"a\" value { name: \"x\" } } }")));
  EXPECT_FALSE(HasPii(*Make("Plain", "text: \"x\" self { text: \"y\" }")));
}

TEST_F(MaskTest, RedactedHidesEverythingPersonal) {
  const auto message = Make("CaseFile", R"(name: "cases/1" statement: "村里的地" criterion: 1
      petitioner { id: "p1" name: "张某" national_id: "41162519800101123X"
      contacts: "13800001234" income: 7 })");
  const std::string before = message->SerializeAsString();
  EXPECT_EQ(Redacted(*message),
            "name: \"cases/1\" statement: \"[personal]\" petitioner { id: \"p1\" name: "
            "\"[personal]\" national_id: \"[personal]\" contacts: \"[personal]\" }");
  EXPECT_EQ(message->SerializeAsString(), before);
  EXPECT_EQ(Redacted(*Make("Plain", "text: \"x\"")), "text: \"x\"");
}

TEST_F(MaskTest, GeneratedMessagesAreWalkedFromManyThreads) {
  facts::v1::Fact fact;
  fact.set_case_name("cases/1");
  const std::string before = fact.SerializeAsString();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        facts::v1::Fact copy = fact;
        // Facts carry ids and codes, never personal data (domain.md section 4).
        ASSERT_FALSE(MaskMessage(&copy, {}));
        ASSERT_EQ(copy.SerializeAsString(), before);
        ASSERT_FALSE(HasPii(copy));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(MaskForTest, RolesSeeWhatTheyNeed) {
  const auto sees = [](Role role) { return MaskFor(RoleSet{role}); };
  for (Role role : {t::ROLE_INSPECTOR, t::ROLE_AUDITOR, t::ROLE_OPERATOR, t::ROLE_SERVICE,
                    t::ROLE_COUNTY_PLATFORM, t::ROLE_UNSPECIFIED}) {
    EXPECT_TRUE(sees(role).empty()) << t::Role_Name(role);
  }
  EXPECT_TRUE(sees(t::ROLE_OFFICE_CLERK).Has(o::PII_KIND_NATIONAL_ID));
  EXPECT_FALSE(sees(t::ROLE_LEAD).Has(o::PII_KIND_NATIONAL_ID));
  EXPECT_TRUE(sees(t::ROLE_LEAD).Has(o::PII_KIND_NARRATIVE));
  // The household, not the accusation.
  EXPECT_TRUE(sees(t::ROLE_ASSISTANCE_STAFF).Has(o::PII_KIND_HOUSEHOLD));
  EXPECT_FALSE(sees(t::ROLE_ASSISTANCE_STAFF).Has(o::PII_KIND_NARRATIVE));
  EXPECT_FALSE(sees(t::ROLE_UNIT_HEAD).Has(o::PII_KIND_CONTACT));
  // Roles add up.
  EXPECT_TRUE(MaskFor({t::ROLE_ASSISTANCE_STAFF, t::ROLE_UNIT_HEAD}).Has(o::PII_KIND_NARRATIVE));
}

TEST(MaskForTest, TheEntryCriterionIsForTheOfficeOnThatCallOnly) {
  for (int r = t::Role_MIN; r <= t::Role_MAX; ++r) {
    const Role role = static_cast<Role>(r);
    EXPECT_FALSE(MaskFor(RoleSet{role}).Has(o::PII_KIND_ENTRY_CRITERION));
    EXPECT_FALSE(MaskFor(RoleSet{role}, "cases.get").Has(o::PII_KIND_ENTRY_CRITERION));
    EXPECT_EQ(MaskFor(RoleSet{role}, "cases.readCriterion").Has(o::PII_KIND_ENTRY_CRITERION),
              role == t::ROLE_OFFICE_CLERK || role == t::ROLE_OFFICE_HEAD);
  }
}

}  // namespace
}  // namespace redress::auth

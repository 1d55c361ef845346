// Invariants 1, 7 and 8 in the schema of visits: what cannot be said about a petitioner, and that
// free text and names are personal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "redress/options/v1/options.pb.h"
#include "redress/visits/v1/resources.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::visits {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

std::vector<const FileDescriptor*> Files() {
  return {v1::Visit::descriptor()->file(), v1::RecordVisitRequest::descriptor()->file()};
}

// Every name that the schema has: messages, fields, enums and their values, rpcs; lower case.
std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  const auto add_enum = [&](const EnumDescriptor* type) {
    names.push_back(type->name());
    for (int i = 0; i < type->value_count(); ++i) names.push_back(type->value(i)->name());
  };
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* type = file->message_type(i);
      names.push_back(type->name());
      for (int j = 0; j < type->field_count(); ++j) names.push_back(type->field(j)->name());
      for (int j = 0; j < type->enum_type_count(); ++j) add_enum(type->enum_type(j));
    }
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

TEST(VisitsInvariantTest, NothingRecordsWhereAPetitionerIsOrWhatTheyAreLike) {
  for (const std::string& name : AllNames()) {
    for (const char* word :
         {"address",     "location",   "latitude",   "longitude", "whereabouts", "route",
          "travel",      "gps",        "mood",       "emotion",   "attitude",    "mindset",
          "belief",      "religion",   "opinion_of", "risk",      "stability",   "danger",
          "label",       "ringleader", "vexatious",  "watch",     "escort",      "persuade",
          "return_home", "contacts",   "associates", "score",     "rating"}) {
      EXPECT_EQ(name.find(word), std::string::npos) << name << " says " << word;
    }
  }
}

TEST(VisitsInvariantTest, APlaceIsAKindOfPlace) {
  const FieldDescriptor* place = v1::Visit::descriptor()->FindFieldByName("place");
  ASSERT_EQ(place->type(), FieldDescriptor::TYPE_ENUM);
  EXPECT_EQ(place->enum_type()->value_count(), 4);  // office, home, agreed, and not said
}

TEST(VisitsInvariantTest, FreeTextIsPersonal) {
  // Names, ids, hashes, tokens; everything else that is text may name people.
  const std::vector<std::string> coded = {
      "name",     "etag",   "case_name",  "official",   "heard_claims",    "witness_unit",
      "campaign", "parent", "request_id", "page_token", "next_page_token", "unit"};
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* type = file->message_type(i);
      for (int j = 0; j < type->field_count(); ++j) {
        const FieldDescriptor* field = type->field(j);
        if (field->type() != FieldDescriptor::TYPE_STRING) continue;
        if (std::find(coded.begin(), coded.end(), field->name()) != coded.end()) continue;
        EXPECT_TRUE(field->options().HasExtension(options::v1::pii)) << field->full_name();
      }
    }
  }
}

TEST(VisitsInvariantTest, PersonalDataIsNeverAColumn) {
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* type = file->message_type(i);
      for (int j = 0; j < type->field_count(); ++j) {
        const auto& field_options = type->field(j)->options();
        EXPECT_FALSE(field_options.HasExtension(options::v1::pii) &&
                     field_options.HasExtension(options::v1::column))
            << type->field(j)->full_name();
      }
    }
  }
}

TEST(VisitsInvariantTest, OnlyThePetitionersWordStopsVisits) {
  // No rpc sets the wish but the two that record what the petitioner said.
  const auto* service = v1::RecordVisitRequest::descriptor()->file()->service(0);
  std::vector<std::string> touching;
  for (int i = 0; i < service->method_count(); ++i) {
    const Descriptor* request = service->method(i)->input_type();
    for (int j = 0; j < request->field_count(); ++j) {
      EXPECT_NE(request->field(j)->message_type(), v1::VisitWish::descriptor());
    }
    const Descriptor* response = service->method(i)->output_type();
    if (response->FindFieldByName("visit_wish") != nullptr) {
      touching.push_back(service->method(i)->name());
    }
  }
  EXPECT_THAT(touching, ::testing::ElementsAre("WantVisits"));
}

}  // namespace
}  // namespace redress::visits

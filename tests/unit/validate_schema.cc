#include "tests/unit/validate_schema.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdlib>
#include <iostream>

#include "google/type/date.pb.h"
#include "redress/options/v1/options.pb.h"

namespace redress::validate::testing_schema {
namespace {

constexpr std::string_view kSchema = R"pb(
  enum_type {
    name: "Kind"
    value { name: "KIND_UNSPECIFIED" number: 0 }
    value { name: "KIND_SUGGESTION" number: 1 }
    value { name: "KIND_GRIEVANCE" number: 5 }
  }
  message_type {
    name: "Claim"
    field {
      name: "statement"
      number: 1
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { required: true max_runes: 200 }
      }
    }
  }
  message_type {
    name: "Case"
    field {
      name: "kind"
      number: 1
      type: TYPE_ENUM
      type_name: ".schema.Kind"
      options {
        [redress.options.v1.rule] { required: true }
      }
    }
    field {
      name: "claims"
      number: 2
      type: TYPE_MESSAGE
      type_name: ".schema.Claim"
      label: LABEL_REPEATED
    }
  }
  message_type {
    name: "Request"
    field {
      name: "request_id"
      number: 1
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { required: true uuid: true }
      }
    }
    field {
      name: "parent"
      number: 2
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { resource: "cases/*/claims/*" }
      }
    }
    field {
      name: "code"
      number: 3
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { pattern: "[A-Z]\\d+" }
      }
    }
    field {
      name: "month"
      number: 4
      type: TYPE_INT32
      options {
        [redress.options.v1.rule] { min: 1 max: 12 }
      }
    }
    field { name: "note" number: 5 type: TYPE_STRING }
    field {
      name: "short"
      number: 6
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { max_runes: 20 }
      }
    }
    field { name: "ratio" number: 7 type: TYPE_DOUBLE }
    field { name: "tags" number: 8 type: TYPE_STRING label: LABEL_REPEATED }
    field {
      name: "labels"
      number: 10
      type: TYPE_MESSAGE
      type_name: ".schema.Request.LabelsEntry"
      label: LABEL_REPEATED
    }
    field {
      name: "rows"
      number: 11
      type: TYPE_MESSAGE
      type_name: ".schema.Request.RowsEntry"
      label: LABEL_REPEATED
    }
    field {
      name: "on"
      number: 12
      type: TYPE_MESSAGE
      type_name: ".google.type.Date"
      options {
        [redress.options.v1.rule] { not_future: true }
      }
    }
    field { name: "due" number: 13 type: TYPE_MESSAGE type_name: ".google.type.Date" }
    field {
      name: "at"
      number: 14
      type: TYPE_MESSAGE
      type_name: ".google.protobuf.Timestamp"
      options {
        [redress.options.v1.rule] { not_future: true }
      }
    }
    field { name: "wait" number: 15 type: TYPE_MESSAGE type_name: ".google.protobuf.Duration" }
    field { name: "blob" number: 16 type: TYPE_BYTES }
    field { name: "kind" number: 17 type: TYPE_ENUM type_name: ".schema.Kind" }
    field {
      name: "state"
      number: 18
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { output_only: true }
      }
    }
    field {
      name: "case"
      number: 19
      type: TYPE_MESSAGE
      type_name: ".schema.Case"
      options {
        [redress.options.v1.rule] { required: true }
      }
    }
    field {
      name: "by_name"
      number: 20
      type: TYPE_STRING
      oneof_index: 0
      options {
        [redress.options.v1.rule] { required: true }
      }
    }
    field {
      name: "by_number"
      number: 21
      type: TYPE_INT64
      oneof_index: 0
      options {
        [redress.options.v1.rule] { required: true }
      }
    }
    field {
      name: "maybe"
      number: 22
      type: TYPE_INT32
      oneof_index: 1
      proto3_optional: true
      options {
        [redress.options.v1.rule] { min: 1 max: 5 }
      }
    }
    field {
      name: "who"
      number: 23
      type: TYPE_STRING
      options {
        [redress.options.v1.pii] { kind: PII_KIND_NAME }
      }
    }
    oneof_decl { name: "subject" }
    oneof_decl { name: "_maybe" }
    nested_type {
      name: "LabelsEntry"
      field { name: "key" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
      field { name: "value" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
      options { map_entry: true }
    }
    nested_type {
      name: "RowsEntry"
      field { name: "key" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL }
      field {
        name: "value"
        number: 2
        type: TYPE_MESSAGE
        type_name: ".schema.Claim"
        label: LABEL_OPTIONAL
      }
      options { map_entry: true }
    }
  }
  message_type {
    name: "Lists"
    field {
      name: "pair"
      number: 1
      type: TYPE_INT64
      label: LABEL_REPEATED
      options {
        [redress.options.v1.rule] { min_items: 2 min: 1 max: 10 }
      }
    }
    field {
      name: "some"
      number: 2
      type: TYPE_STRING
      label: LABEL_REPEATED
      options {
        [redress.options.v1.rule] { min_items: 1 max_items: 2 max_runes: 3 }
      }
    }
  }
  message_type {
    name: "Subject"
    field {
      name: "title"
      number: 1
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { required: true max_runes: 5 }
      }
    }
    field {
      name: "claims"
      number: 2
      type: TYPE_MESSAGE
      type_name: ".schema.Claim"
      label: LABEL_REPEATED
      options {
        [redress.options.v1.rule] { required: true }
      }
    }
    field { name: "claim" number: 3 type: TYPE_MESSAGE type_name: ".schema.Claim" }
    field {
      name: "region"
      number: 4
      type: TYPE_STRING
      options {
        [redress.options.v1.rule] { required: true immutable: true }
      }
    }
  }
  message_type {
    name: "UpdateRequest"
    field {
      name: "subject"
      number: 1
      type: TYPE_MESSAGE
      type_name: ".schema.Subject"
      options {
        [redress.options.v1.rule] { required: true }
      }
    }
    field {
      name: "update_mask"
      number: 2
      type: TYPE_MESSAGE
      type_name: ".google.protobuf.FieldMask"
    }
  }
  message_type {
    name: "Node"
    field { name: "note" number: 1 type: TYPE_STRING }
    field { name: "inner" number: 2 type: TYPE_MESSAGE type_name: ".schema.Node" }
    field {
      name: "children"
      number: 3
      type: TYPE_MESSAGE
      type_name: ".schema.Node"
      label: LABEL_REPEATED
    }
    field { name: "tags" number: 4 type: TYPE_STRING label: LABEL_REPEATED }
  }
)pb";

}  // namespace

SchemaFile::SchemaFile(std::string_view name, std::string_view body)
    : pool_(
          new google::protobuf::DescriptorPool(google::protobuf::DescriptorPool::generated_pool())),
      factory_(new google::protobuf::DynamicMessageFactory(pool_)) {
  // Generated types that the file imports are used as they are.
  factory_->SetDelegateToGeneratedFactory(true);
  // Descriptors of generated types register themselves when they are first asked for.
  google::protobuf::FileDescriptorProto file;
  if (!google::protobuf::TextFormat::ParseFromString(std::string(body), &file)) std::abort();
  file.set_name(std::string(name));
  file.set_package("schema");
  file.set_syntax("proto3");
  file.add_dependency(google::type::Date::descriptor()->file()->name());
  file.add_dependency(google::protobuf::Timestamp::descriptor()->file()->name());
  file.add_dependency(google::protobuf::Duration::descriptor()->file()->name());
  file.add_dependency(google::protobuf::FieldMask::descriptor()->file()->name());
  file.add_dependency(options::v1::FieldRule::descriptor()->file()->name());
  for (auto& message : *file.mutable_message_type()) {
    for (auto& field : *message.mutable_field()) {
      if (!field.has_label()) {
        field.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
      }
    }
  }
  file_ = pool_->BuildFile(file);
  if (file_ == nullptr) std::abort();
}

std::unique_ptr<google::protobuf::Message> SchemaFile::Make(std::string_view type,
                                                            std::string_view text) const {
  const auto* descriptor = file_->FindMessageTypeByName(std::string(type));
  if (descriptor == nullptr) std::abort();
  std::unique_ptr<google::protobuf::Message> message(factory_->GetPrototype(descriptor)->New());
  if (!google::protobuf::TextFormat::ParseFromString(std::string(text), message.get())) {
    std::cerr << "not a " << type << ": " << text << "\n";
    std::abort();
  }
  return message;
}

const SchemaFile& Schema() {
  static const SchemaFile* const schema = new SchemaFile("schema.proto", kSchema);
  return *schema;
}

}  // namespace redress::validate::testing_schema

// Message types for the tests of common/page, made at run time.
#ifndef REDRESS_TESTS_UNIT_PAGE_SCHEMA_H_
#define REDRESS_TESTS_UNIT_PAGE_SCHEMA_H_

#include <memory>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include "tests/unit/validate_schema.h"

namespace redress::page::testing_schema {

inline const validate::testing_schema::SchemaFile& File() {
  static const auto* const file = new validate::testing_schema::SchemaFile("page.proto", R"pb(
    message_type {
      name: "Place"
      field { name: "street" number: 1 type: TYPE_STRING }
      field { name: "city" number: 2 type: TYPE_STRING }
      field {
        name: "checked"
        number: 3
        type: TYPE_BOOL
        options {
          [redress.options.v1.rule] { output_only: true }
        }
      }
    }
    message_type {
      name: "Resource"
      field { name: "name" number: 1 type: TYPE_STRING }
      field { name: "etag" number: 2 type: TYPE_STRING }
      field { name: "title" number: 3 type: TYPE_STRING }
      field { name: "size" number: 4 type: TYPE_INT64 }
      field {
        name: "state"
        number: 5
        type: TYPE_STRING
        options {
          [redress.options.v1.rule] { output_only: true }
        }
      }
      field { name: "tags" number: 6 type: TYPE_STRING label: LABEL_REPEATED }
      field { name: "place" number: 7 type: TYPE_MESSAGE type_name: ".schema.Place" }
      field {
        name: "labels"
        number: 8
        type: TYPE_MESSAGE
        type_name: ".schema.Resource.LabelsEntry"
        label: LABEL_REPEATED
      }
      field {
        name: "region"
        number: 11
        type: TYPE_STRING
        options {
          [redress.options.v1.rule] { immutable: true }
        }
      }
      field { name: "left" number: 9 type: TYPE_STRING oneof_index: 0 }
      field { name: "right" number: 10 type: TYPE_STRING oneof_index: 0 }
      oneof_decl { name: "side" }
      nested_type {
        name: "LabelsEntry"
        field { name: "key" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
        field { name: "value" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
        options { map_entry: true }
      }
    }
    message_type {
      name: "ListRequest"
      field { name: "filter" number: 1 type: TYPE_STRING }
      field { name: "page_size" number: 2 type: TYPE_INT32 }
      field { name: "page_token" number: 3 type: TYPE_STRING }
    }
  )pb");
  return *file;
}

inline std::unique_ptr<google::protobuf::Message> Make(std::string_view type,
                                                       std::string_view text) {
  return File().Make(type, text);
}

// On one line.
inline std::string Text(const google::protobuf::Message& message) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.PrintToString(message, &text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace redress::page::testing_schema

#endif  // REDRESS_TESTS_UNIT_PAGE_SCHEMA_H_

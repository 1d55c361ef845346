// Message types with rules of every sort, made at run time, for the tests and the benchmark of
// common/validate.
#ifndef REDRESS_TESTS_UNIT_VALIDATE_SCHEMA_H_
#define REDRESS_TESTS_UNIT_VALIDATE_SCHEMA_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

namespace redress::validate::testing_schema {

// A file of package "schema" in its own pool. Never destroyed before the process ends, since
// compiled rules are kept by descriptor.
class SchemaFile {
 public:
  // `body`: a google.protobuf.FileDescriptorProto in text format, without name, package and syntax.
  SchemaFile(std::string_view name, std::string_view body);

  const google::protobuf::FileDescriptor* file() const { return file_; }

  // A message of a type of the file, from text format.
  std::unique_ptr<google::protobuf::Message> Make(std::string_view type,
                                                  std::string_view text) const;

 private:
  google::protobuf::DescriptorPool* pool_;
  google::protobuf::DynamicMessageFactory* factory_;
  const google::protobuf::FileDescriptor* file_;
};

// The types Request, Case, Claim, Lists and Node.
const SchemaFile& Schema();

}  // namespace redress::validate::testing_schema

#endif  // REDRESS_TESTS_UNIT_VALIDATE_SCHEMA_H_

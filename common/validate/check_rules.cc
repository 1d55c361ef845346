#include <set>

#include "common/validate/program.h"
#include "common/validate/validate.h"

namespace redress::validate {
namespace {

using google::protobuf::Descriptor;

void Collect(const Descriptor* type, std::set<std::string>* problems) {
  for (std::string& problem : internal::Programs::Get().Problems(type)) {
    problems->insert(std::move(problem));
  }
  for (int i = 0; i < type->nested_type_count(); ++i) Collect(type->nested_type(i), problems);
}

}  // namespace

void Warm(const Descriptor& message) { internal::Programs::Get().For(&message); }

std::vector<std::string> CheckRules(const google::protobuf::FileDescriptor& file) {
  std::set<std::string> problems;
  for (int i = 0; i < file.message_type_count(); ++i) Collect(file.message_type(i), &problems);
  return {problems.begin(), problems.end()};
}

std::vector<std::string> CheckRules(const google::protobuf::ServiceDescriptor& service) {
  std::set<std::string> problems;
  for (int i = 0; i < service.method_count(); ++i) {
    Collect(service.method(i)->input_type(), &problems);
  }
  return {problems.begin(), problems.end()};
}

}  // namespace redress::validate

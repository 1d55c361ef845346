#include "tests/e2e/misuse/misuse.h"

#include <iostream>

#include "common/status/error.h"

namespace redress::testing {

Cluster* MisuseTest::cluster_ = nullptr;
World* MisuseTest::world_ = nullptr;

void MisuseTest::SetUpTestSuite() {
  cluster_ = new Cluster();
  world_ = new World(*cluster_);
}

void MisuseTest::TearDownTestSuite() {
  delete world_;
  delete cluster_;
}

Who MisuseTest::Somebody(const std::string& name, const std::string& official,
                         const std::string& unit, std::vector<types::v1::Role> roles,
                         const std::string& region) {
  return {name,
          cluster().Person(
              {.official = official, .unit = unit, .region = region, .roles = std::move(roles)})};
}

std::string Told(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::string told = absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                                  status::ReasonOf(status), ": ", status.message());
  for (const status::FieldViolation& field : status::FieldViolationsOf(status)) {
    absl::StrAppend(&told, "; ", field.field, " ", field.description);
  }
  for (const status::Violation& violation : status::ViolationsOf(status)) {
    absl::StrAppend(&told, "; ", violation.type, " ", violation.subject, " ",
                    violation.description);
  }
  return told;
}

void Record(const std::string& attempt, const absl::Status& answer) {
  std::cout << attempt << " | " << Told(answer) << std::endl;
}

std::string RpcOf(const google::protobuf::Descriptor& request) {
  const google::protobuf::FileDescriptor& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      const google::protobuf::MethodDescriptor& method = *file.service(s)->method(m);
      if (method.input_type() == &request) {
        return absl::StrCat(file.service(s)->name(), ".", method.name());
      }
    }
  }
  return std::string(request.full_name());
}

}  // namespace redress::testing

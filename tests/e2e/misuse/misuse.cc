#include "tests/e2e/misuse/misuse.h"

#include <iostream>

#include "absl/strings/str_replace.h"
#include "common/base/files.h"
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

registry::v1::CreatePlanRevisionRequest MisuseTest::Revision(const std::string& duties,
                                                             const std::string& score_rules) {
  const absl::StatusOr<std::string> plan =
      base::ReadFile(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb");
  EXPECT_TRUE(plan.ok()) << plan.status();
  registry::v1::CreatePlanRevisionRequest request;
  request.set_campaign(world().campaign());
  request.set_plan_text(absl::StrCat(
      absl::StrReplaceAll(*plan, {{"\nrevision: 1\n", "\nrevision: 2\n"},
                                  {"version: \"2018-1\"\n",
                                   absl::StrCat("version: \"2018-2\"\n", score_rules, "\n")}}),
      "\n", duties));
  return request;
}

std::string MisuseTest::Duty(const std::string& body, const std::string& subject) {
  return absl::StrCat("requirements { id: \"M1\" clause: \"一\" subject: SUBJECT_KIND_", subject,
                      " bound: BOUND_ROLE_RESPONSIBLE_UNIT stage: \"advance\""
                      " title { zh: \"新增责任\" en: \"A further duty\" } ",
                      body, " }");
}

std::string MisuseTest::Scored() {
  return "rules { id: \"M1\" clause: \"一\" centipoints: 100 title { zh: \"新增得分\" en: \"A "
         "further rule\" } on_time { requirements: \"M1\" } }";
}

std::string Told(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::string told = absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                                  status::ReasonOf(status), ": ", status.message());
  for (const status::FieldViolation& field : status::FieldViolationsOf(status)) {
    absl::StrAppend(&told, "; ", field.field, " ", field.description);
  }
  for (const status::Violation& violation : status::ViolationsOf(status)) {
    absl::StrAppend(&told, "; ", violation.type, " ", violation.Label(), " ",
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

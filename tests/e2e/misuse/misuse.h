// Misuse, as a lawyer reads it: who tries what, by which rpc, and what the system answers. One file
// for each invariant of domain.md; each line of a test is printed as it is tried, so that the
// output of a run is the record of what was attempted:
//
//   the accused clerk | opens the case | RegistryService.GetCase | NOT_FOUND
//
//   class Wall : public MisuseTest {};
//   TEST_F(Wall, TheAccusedDoesNotSeeIt) {
//     const Who accused = Somebody("the accused clerk", "officials/a", kOffice, ROLE_OFFICE_CLERK);
//     accused.Tries("opens the case", &RegistryStub::GetCase, request)
//         .IsRefused(absl::StatusCode::kNotFound);
//     clerk().Tries("opens the case", &RegistryStub::GetCase, request).Succeeds();
//   }
//
// All tests of a file share one township (tests/e2e/world.h). For one thread.
#ifndef REDRESS_TESTS_E2E_MISUSE_MISUSE_H_
#define REDRESS_TESTS_E2E_MISUSE_MISUSE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/types/v1/types.pb.h"
#include "tests/e2e/cluster.h"
#include "tests/e2e/world.h"

namespace redress::testing {

// When a duty of a plan is due that is about something else.
inline constexpr char kSoon[] =
    "due { after { from { fact { kind: FACT_KIND_CASE_REGISTERED } } days: 5 count: "
    "DAY_COUNT_CALENDAR } }";

// Code, reason, message and violations of a refusal: all that a caller is told.
std::string Told(const absl::Status& status);

// What the system answered to one attempt.
template <class Resp>
class Answered {
 public:
  Answered(std::string attempt, absl::StatusOr<Resp> answer)
      : attempt_(std::move(attempt)), answer_(std::move(answer)) {}

  // It was done. The answer; an empty one where it was not.
  Resp Succeeds() const {
    EXPECT_TRUE(answer_.ok()) << attempt_ << ": " << answer_.status();
    return answer_.ok() ? *answer_ : Resp();
  }
  // It was refused with this code, and the reason where one is given.
  const Answered& IsRefused(absl::StatusCode code, const std::string& reason = "") const;
  // It was refused, and the refusal names this: a field, a duty, its clause, or a way out.
  const Answered& Naming(const std::string& text) const;
  // Word for word what `other` was answered: the two cannot be told apart.
  template <class Other>
  const Answered& LooksLike(const Answered<Other>& other) const {
    EXPECT_EQ(Told(answer_.status()), Told(other.status())) << attempt_;
    return *this;
  }

  absl::Status status() const { return answer_.status(); }

 private:
  const std::string attempt_;
  const absl::StatusOr<Resp> answer_;
};

// One line of the record.
void Record(const std::string& attempt, const absl::Status& answer);
// "RegistryService.GetCase" for GetCaseRequest of redress.registry.v1.
std::string RpcOf(const google::protobuf::Descriptor& request);

// Somebody who tries.
class Who {
 public:
  Who(std::string name, Client client) : name_(std::move(name)), client_(std::move(client)) {}

  // `what` in plain words. `at`: the service, for rpcs that every service has.
  template <class Stub, class Req, class Resp>
  Answered<Resp> Tries(const std::string& what,
                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                       const Req& request, const std::string& at = "") const {
    absl::StatusOr<Resp> answer = client_.Call(method, request, at);
    const std::string attempt = absl::StrCat(name_, " | ", what, " | ", RpcOf(*Req::descriptor()));
    Record(attempt, answer.status());
    return Answered<Resp>(attempt, std::move(answer));
  }

  const Client& client() const { return client_; }

 private:
  std::string name_;
  Client client_;
};

class MisuseTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  // A person with a token, in the township unless another region is given.
  static Who Somebody(const std::string& name, const std::string& official, const std::string& unit,
                      std::vector<types::v1::Role> roles, const std::string& region = kTownship);
  // The people of the township.
  static Who Clerk() { return {"the clerk of the petition office", world().clerk()}; }
  static Who Head() { return {"the head of the petition office", world().head()}; }
  static Who Lead() { return {"the lead official", world().lead()}; }
  static Who UnitHead() { return {"the head of the responsible unit", world().unit_head()}; }
  static Who Operator() { return {"the operator", world().operator_client()}; }
  static Who County() { return {"the county platform", cluster().County()}; }

  // The next revision of the township's plan, with more duties, and rules by which units are
  // scored.
  static registry::v1::CreatePlanRevisionRequest Revision(const std::string& duties,
                                                          const std::string& score_rules = "");
  // A duty of the plan; `body` says when it applies, what satisfies it and when it is due.
  static std::string Duty(const std::string& body, const std::string& subject = "CASE");
  // Puts that duty into the score.
  static std::string Scored();

  static Cluster& cluster() { return *cluster_; }
  static const World& world() { return *world_; }
  // For the last test of a file, which moves the clock.
  static World& world_to_move() { return *world_; }

 private:
  static Cluster* cluster_;
  static World* world_;
};

template <class Resp>
const Answered<Resp>& Answered<Resp>::IsRefused(absl::StatusCode code,
                                                const std::string& reason) const {
  EXPECT_EQ(answer_.status().code(), code) << attempt_ << ": " << Told(answer_.status());
  if (!reason.empty()) {
    EXPECT_NE(Told(answer_.status()).find(absl::StrCat(" ", reason, ":")), std::string::npos)
        << attempt_ << ": " << Told(answer_.status());
  }
  return *this;
}

template <class Resp>
const Answered<Resp>& Answered<Resp>::Naming(const std::string& text) const {
  EXPECT_NE(Told(answer_.status()).find(text), std::string::npos)
      << attempt_ << ": " << Told(answer_.status());
  return *this;
}

}  // namespace redress::testing

#endif  // REDRESS_TESTS_E2E_MISUSE_MISUSE_H_

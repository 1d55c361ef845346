// A small township on a fresh cluster, and the main line of a case through it: what the
// measurements run on.
#ifndef REDRESS_TESTS_LOAD_WORLD_H_
#define REDRESS_TESTS_LOAD_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/visits/v1/visits.pb.h"
#include "tests/e2e/cluster.h"

namespace redress::load {

// Thread-safe once made.
class World {
 public:
  // Loads the 2018 plan, a department and its officials. Ends the process where that fails.
  explicit World(testing::Cluster& cluster);

  const testing::Client& clerk() const { return clerk_; }
  const testing::Client& operator_client() const { return operator_; }
  const testing::Client& lead() const { return lead_; }

  // A case like many: one claim, a petitioner with name, telephone and address.
  registry::v1::RegisterCaseRequest NewCase() const;
  // A visit of the lead, on which the petitioner is heard.
  visits::v1::RecordVisitRequest NewVisit(const std::string& case_name) const;

  absl::StatusOr<std::string> Register() const;
  absl::Status Assign(const std::string& case_name) const;
  // Register, assign, everything that the plan wants before an appraisal, appraise, answer, settle,
  // close by two people, list.
  absl::Status WholeLife() const;

 private:
  testing::Client operator_;
  testing::Client clerk_;
  testing::Client head_;
  testing::Client lead_;
  testing::Client unit_head_;
  std::string campaign_;
};

}  // namespace redress::load

#endif  // REDRESS_TESTS_LOAD_WORLD_H_

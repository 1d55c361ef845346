// A small township on a fresh cluster, and the main line of a case through it, step by step: what
// the end-to-end tests and the measurements run on.
#ifndef REDRESS_TESTS_E2E_WORLD_H_
#define REDRESS_TESTS_E2E_WORLD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/visits/v1/visits.pb.h"
#include "tests/e2e/cluster.h"

namespace redress::testing {

// Where everything happens, and the units and officials that there are.
inline constexpr char kTownship[] = "430626103000";
inline constexpr char kOffice[] = "units/petition-office";
inline constexpr char kResponsibleUnit[] = "units/land-station";
inline constexpr char kOutsideUnit[] = "units/justice-station";
inline constexpr char kLead[] = "officials/lead";
inline constexpr char kNextLead[] = "officials/next-lead";
inline constexpr char kOfficer[] = "officials/officer";

// A day of 2018.
google::type::Date On(int month, int day);

// It begins on the tenth of April 2018. Thread-safe once made, but for LetWithdrawalsLapse.
class World {
 public:
  // Loads the 2018 plan, two departments with their officials, and the petition office. Ends the
  // process where that fails.
  explicit World(Cluster& cluster);

  const Client& clerk() const { return clerk_; }
  const Client& head() const { return head_; }
  const Client& operator_client() const { return operator_; }
  const Client& lead() const { return lead_; }
  const Client& unit_head() const { return unit_head_; }
  const std::string& campaign() const { return campaign_; }

  // What the services' clocks say, or a day so much later.
  google::type::Date Today(int days_later = 0) const;

  // A case like many: one claim, a petitioner with name, telephone and address.
  registry::v1::RegisterCaseRequest NewCase() const;
  // A visit of the lead, on which the petitioner is heard.
  visits::v1::RecordVisitRequest NewVisit(const std::string& case_name) const;

  absl::StatusOr<std::string> Register() const;
  absl::Status Assign(const std::string& case_name) const;
  // The team and the work plan.
  absl::Status Equip(const std::string& case_name) const;
  absl::Status Visit(const std::string& case_name) const;
  // On site; a view from another unit; that there is no earlier conclusion.
  absl::Status Investigate(const std::string& case_name, int days_ago = 0) const;
  absl::Status ObtainViews(const std::string& case_name) const;
  absl::Status RecordPrior(const std::string& case_name) const;
  absl::Status Appraise(const std::string& case_name) const;
  absl::Status OfferDate(const std::string& case_name) const;
  // The first procedure round, from sorting to both documents served.
  absl::Status Answer(const std::string& case_name) const;
  // An agreement that is signed and performed, today. It can be withdrawn from for seven days.
  absl::Status Settle(const std::string& case_name) const;
  // Moves the clock until no agreement signed so far can be withdrawn from. Not thread-safe.
  void LetWithdrawalsLapse();
  absl::Status Propose(const std::string& case_name) const;
  absl::Status Close(const std::string& case_name) const;

  // All that the plan wants of a registered case before it may be closed, but for the lapse of the
  // days in which its agreement can be withdrawn from.
  absl::Status DoAllDuties(const std::string& case_name) const;
  // Register, all duties, what the gate before closing says, list.
  absl::Status UpToClosing() const;

 private:
  Cluster& cluster_;
  absl::CivilDay today_ = absl::CivilDay(2018, 4, 10);  // as the clock shows it
  Client operator_;
  Client clerk_;
  Client head_;
  Client lead_;
  Client unit_head_;
  std::string campaign_;
};

}  // namespace redress::testing

#endif  // REDRESS_TESTS_E2E_WORLD_H_

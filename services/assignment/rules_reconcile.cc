#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

// Who leads and who works on the case by its facts.
struct Holders {
  std::string lead;
  std::string officer;
};

Holders HoldersOf(const std::vector<facts::v1::Fact>& facts) {
  std::set<std::string> retracted;
  for (const facts::v1::Fact& fact : facts) {
    if (!fact.retracts().empty()) retracted.insert(fact.retracts());
  }
  Holders holders;
  for (const facts::v1::Fact& fact : facts) {
    if (!fact.retracts().empty() || retracted.contains(fact.fact_id())) continue;
    if (fact.has_assigned()) holders = {fact.assigned().lead(), fact.assigned().officer()};
    if (!fact.has_handover_accepted()) continue;
    const facts::v1::HandoverAccepted& handover = fact.handover_accepted();
    if (handover.part() == types::v1::PART_LEAD) holders.lead = handover.to_official();
    if (handover.part() == types::v1::PART_OFFICER) holders.officer = handover.to_official();
  }
  return holders;
}

// The latest version of the assignment's row that a fact was written with.
int64_t VersionByFacts(const std::string& record, const std::vector<facts::v1::Fact>& facts) {
  int64_t version = 0;
  for (const facts::v1::Fact& fact : facts) {
    if (fact.record() == record || absl::StartsWith(fact.record(), record + "/")) {
      version = std::max(version, fact.record_version());
    }
  }
  return version;
}

void Add(registry::v1::ReconcileCaseAccessRequest& request, const std::string& official,
         types::v1::Part part) {
  if (official.empty()) return;
  registry::v1::Participant& participant = *request.add_participants();
  participant.set_official(official);
  participant.set_part(part);
}

}  // namespace

KnownParts PartsKnown(const std::string& case_name, const v1::Assignment* assignment,
                      int64_t version, const std::vector<facts::v1::Fact>& facts) {
  KnownParts known;
  known.request.set_case_name(case_name);
  known.row_is_behind = assignment == nullptr ||
                        version < VersionByFacts(absl::StrCat(case_name, "/assignment"), facts);
  if (known.row_is_behind) {
    const Holders holders = HoldersOf(facts);
    Add(known.request, holders.lead, types::v1::PART_LEAD);
    Add(known.request, holders.officer, types::v1::PART_OFFICER);
    return known;
  }
  *known.request.mutable_participants() = AccessChangeBetween(nullptr, *assignment).add();
  known.request.set_responsible_unit(assignment->unit());
  return known;
}

}  // namespace redress::assignment::rules

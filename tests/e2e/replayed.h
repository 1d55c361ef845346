// What the services hold after a replay, in a form in which two replays can be compared: without
// the ids, which are random, and with the cases by their order instead of their numbers, of which a
// registry that is killed skips some.
#ifndef REDRESS_TESTS_E2E_REPLAYED_H_
#define REDRESS_TESTS_E2E_REPLAYED_H_

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/cluster.h"

namespace redress::testing {

// A plain value.
struct Replayed {
  // The whole JSON report.
  std::string report;
  // "registry FACT_KIND_CASE_CLOSED" -> how many.
  std::map<std::string, int64_t> facts;
  // "registry.case_file" -> how many rows; of all tables that hold what was done.
  std::map<std::string, int64_t> rows;
  // Every requirement as supervision holds it at the end.
  std::vector<std::string> statuses;
};

// The command of a replay on a cluster, whose profiles must have been written to `profiles`.
std::vector<std::string> ReplayCommand(const std::string& profiles, const std::string& seed,
                                       const std::string& lang = "en",
                                       const std::string& output = "json");

// What is there after a replay that printed `json`. Waits until supervision has evaluated it all.
Replayed WhatIsThere(const Cluster& cluster, std::string json);

// The ids of the tables in the report.
std::vector<std::string> TablesOf(const Replayed& replayed);
// A table of the report: its rows, by the names of its columns.
using Table = std::vector<std::map<std::string, std::string>>;
// Fails the test, and is empty, where the report has no table with this id.
Table TableOf(const Replayed& replayed, const std::string& id);

}  // namespace redress::testing

#endif  // REDRESS_TESTS_E2E_REPLAYED_H_

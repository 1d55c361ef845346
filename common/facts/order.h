// The order in which facts get their positions. Pure, thread-safe.
#ifndef REDRESS_COMMON_FACTS_ORDER_H_
#define REDRESS_COMMON_FACTS_ORDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "common/facts/merkle.h"

namespace redress::facts {

// A fact without a position, as far as its order is concerned.
struct PendingFact {
  uint64_t seq = 0;  // unique
  std::string fact_id;
  std::string record;
  int64_t record_version = 0;
  std::string retracts;  // empty if it takes nothing back
  Hash leaf = {};
};

// Sorts so that facts of one record stand by record_version, a retraction stands after the fact
// that it takes back if that is among them, and everything else by seq. Demands that contradict
// each other (a retraction with a lower version than its target's, in one record) are met as far as
// possible: the retraction then comes late, never early.
std::vector<PendingFact> InOrder(std::vector<PendingFact> facts);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_ORDER_H_

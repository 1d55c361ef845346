// Publishes facts: writes them in the transaction of the record that proves them.
//
//   ASSIGN_OR_RETURN(…)                     // lock, decide, write rows
//   RETURN_IF_ERROR(facts::Append(conn, facts));
//   … commit; then sequencer.Notify().
//
// The facts have no position yet: a sequencer gives them one soon after the commit.
#ifndef REDRESS_COMMON_FACTS_APPEND_H_
#define REDRESS_COMMON_FACTS_APPEND_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/db/connection.h"
#include "common/facts/mac.h"
#include "redress/facts/v1/facts.pb.h"

namespace redress::facts {

// Writes stamped facts (see stamp.h) and their places in the outbox: two statements for any number
// of facts, one more if there are retractions among them. No facts: OK, nothing is sent.
//
// FAILED_PRECONDITION: the connection is in no transaction. INVALID_ARGUMENT: a fact does not pass
// CheckFact, or retracts what is not a fact of this database of the same kind, case, claim, round
// and unit, or is itself a retraction. ALREADY_EXISTS: a fact id is used already, or the fact is
// retracted already. DATA_LOSS (FACT_DAMAGED): what is retracted was not written by this service.
// Others: see db/errors.h. After a failure the caller rolls back. Thread-safe for distinct
// connections.
absl::Status Append(db::Connection& conn, absl::Span<const v1::Fact> facts, const FactMac& mac);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_APPEND_H_

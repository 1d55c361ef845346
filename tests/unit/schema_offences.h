// What a schema must not have beyond forbidden words: rpcs without a policy, requests without
// bounds, personal data in the clear, help tied to petitions. Pure. Thread-safe.
#ifndef REDRESS_TESTS_UNIT_SCHEMA_OFFENCES_H_
#define REDRESS_TESTS_UNIT_SCHEMA_OFFENCES_H_

#include <set>
#include <string>

#include "tests/unit/schema_walk.h"
#include "tests/unit/schema_words.h"

namespace redress::testing {

// A policy with a known permission and a deadline on every rpc; a request message of its own.
Offences RpcsWithoutPolicy(const Files& files);
// Strings, lists and bytes in requests that may be of any length, or longer than any text needs.
Offences UnboundedRequests(const Files& files);
// A personal field that is promoted to a column, is an identifier in the clear, or lies in a row
// that is not sealed under the key of a case or a petitioner.
Offences PersonalDataInTheClear(const Files& files);
// Free text that nobody has marked as personal (invariant 7).
Offences UnmarkedFreeText(const Files& files);
// Ids of persons, and marks that a household is in need, that do not say so (options.v1.tells).
Offences UnmarkedTelling(const Files& files);
// Free text, personal data or an entry criterion anywhere in `fact`.
Offences TextInFacts(const Descriptor* fact);
// Uses of the entry criterion beyond those three that invariant 1 allows.
Offences EntryCriterionBeyond(const Files& files, const std::set<std::string>& allowed);
// Fields of the assistance messages by which help could be tied to petitions (invariant 4).
Offences AssistanceTiedToPetitions(const Files& files);

}  // namespace redress::testing

#endif  // REDRESS_TESTS_UNIT_SCHEMA_OFFENCES_H_

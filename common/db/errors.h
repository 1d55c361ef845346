// What goes wrong in the database, as absl::Status.
//
// A status made here carries a fixed message and payloads, never text of the server: that text may
// quote a value ("Duplicate entry '…'"), and values can be personal data. The server's number is
// kept for decisions (ErrnoOf), the name of a key, constraint or column for naming the field
// (ObjectOf).
//
//   server number                         code                 notes
//   1062                                  ALREADY_EXISTS       ObjectOf: the key
//   1213, 1205, 1020                      UNAVAILABLE          IsRetryable; not for the observer
//   4025 (CHECK, also bad JSON)           INTERNAL             a rule was missing above
//   1048, 1264, 1292, 1366, 1364          INTERNAL             a validation was missing above
//   1406                                  INVALID_ARGUMENT     ObjectOf: the column
//   1451, 1452                            FAILED_PRECONDITION  ObjectOf: the constraint
//   1969, 3024                            DEADLINE_EXCEEDED    connection stays usable
//   1317, 1927, 2002, 2003, 2005, 2006, 2013, 2026, 2055, 1040, 1047, 1053, 1203, 1226, 1290, 1836,
//   4031                                  UNAVAILABLE          most are IsConnectionLost
//   1243, 2057                            UNAVAILABLE          a kept statement went stale; lost
//   1021, 1114, 1037, 1038, 1041, 1135,
//   1206, 1637, 1878                      UNAVAILABLE          no room on disk, in memory, in a
//   table 3, 1005, 1026, 1030                   UNAVAILABLE          if the text says that no space
//   is left 1044, 1045, 1049, 1698                UNAVAILABLE          no database, or none for us
//   1142, 1143, 1227; 1054, 1146          INTERNAL             deployment or schema is wrong:
//   migrate any other                             INTERNAL
//
// Thread-safe.
#ifndef REDRESS_COMMON_DB_ERRORS_H_
#define REDRESS_COMMON_DB_ERRORS_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace redress::db {

// The status for a server (or client library) error; all that are UNAVAILABLE tell a caller the
// same. `text` is used only to find what is concerned.
absl::Status StatusFromServer(int number, std::string_view text);

// The server's error number, or 0 if `status` did not come from the database.
int ErrnoOf(const absl::Status& status);

// The name of the key (1062), constraint (4025, 1451, 1452) or column (1406, 1048, 1264, 1366,
// 1292) concerned, without its table; empty if unknown. Never a value.
std::string ObjectOf(const absl::Status& status);

// True for a deadlock, a lock wait timeout, or a certification conflict: running the transaction
// again from its start may succeed.
bool IsRetryable(const absl::Status& status);

// True if the connection is gone (or the node left the cluster): the connection must not be used
// again.
bool IsConnectionLost(const absl::Status& status);

// True if the connection was lost while COMMIT was under way: the transaction may or may not have
// been applied. Only somebody who can look (idempotency by request_id) may repeat it.
bool OutcomeUnknown(const absl::Status& status);

// Adds the mark that OutcomeUnknown reads.
void MarkOutcomeUnknown(absl::Status& status);

// What an operator may see of a server error.
struct ServerError {
  int number = 0;
  std::string_view sqlstate;
  std::string_view statement;  // with placeholders, hence without values; empty for connecting
  std::string_view text;       // the server's text if its kind cannot quote a value, else empty
  bool no_room = false;        // on its disk, in its memory, or in a table
};

// Called for every error that becomes INTERNAL or UNAVAILABLE, conflicts excepted, from the thread
// that saw it. Set it once, in main, before threads; an empty function (the default) drops them.
void SetErrorObserver(std::function<void(const ServerError&)> observer);

// Tells the observer, if the error's kind concerns it.
void ReportServerError(int number, std::string_view sqlstate, std::string_view statement,
                       std::string_view text);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_ERRORS_H_

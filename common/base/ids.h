// Ids and random bytes. Ids are made by the service, never by the database: UUIDv7 (RFC 9562),
// time-ordered so that inserts are local, random so that replicas never meet.
#ifndef REDRESS_COMMON_BASE_IDS_H_
#define REDRESS_COMMON_BASE_IDS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace redress::base {

// `count` bytes from the operating system's generator (through OpenSSL). Aborts if there is no
// entropy. Thread-safe.
std::string RandomBytes(size_t count);

// A UUIDv7 in canonical lower-case form, 36 characters. Those of one process and one millisecond
// sort in the order of their making. Thread-safe.
std::string NewUuid(absl::Time now);

// True for a UUID of any version in canonical form, upper or lower case.
bool IsUuid(std::string_view text);

// The 16 bytes of a canonical UUID, and back. UuidBytes requires IsUuid(text); UuidText requires 16
// bytes.
std::string UuidBytes(std::string_view text);
std::string UuidText(std::string_view bytes);

// The part of a resource name after its last slash: "cases/1/claims/2" -> "2"; the whole of a name
// without one.
std::string_view LastSegment(std::string_view name);

// The first two segments of a resource name: "cases/1/claims/2" -> "cases/1".
std::string_view RootName(std::string_view name);

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_IDS_H_

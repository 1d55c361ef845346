#include "common/db/param.h"

#include "absl/strings/str_format.h"

namespace redress::db {
namespace {

// What DATE and DATETIME hold.
constexpr absl::CivilDay kFirst(1, 1, 1);
constexpr absl::CivilDay kLast(9999, 12, 31);

}  // namespace

Param::Param(absl::CivilDay day) {
  if (day < kFirst || day > kLast) {
    value_ = OutOfRange();
    return;
  }
  value_ = absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

Param::Param(absl::Time instant) {
  const absl::TimeZone::CivilInfo info = absl::UTCTimeZone().At(instant);
  const absl::CivilDay day(info.cs);
  if (instant == absl::InfiniteFuture() || instant == absl::InfinitePast() || day < kFirst ||
      day > kLast) {
    value_ = OutOfRange();
    return;
  }
  value_ = absl::StrFormat("%04d-%02d-%02d %02d:%02d:%02d.%06d", info.cs.year(), info.cs.month(),
                           info.cs.day(), info.cs.hour(), info.cs.minute(), info.cs.second(),
                           absl::ToInt64Microseconds(info.subsecond));
}

}  // namespace redress::db

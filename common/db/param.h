// A value bound to a `?` of a statement. Constructors are implicit so that a call reads
//   conn.Query("SELECT body FROM cases WHERE id = ? AND due < ?", {id, today});
// Owns its bytes. Thread-compatible.
#ifndef REDRESS_COMMON_DB_PARAM_H_
#define REDRESS_COMMON_DB_PARAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace redress::db {

class Param {
 public:
  // A day or instant that DATE or DATETIME cannot hold; a statement with it is refused.
  struct OutOfRange {};
  using Value = std::variant<std::monostate, int64_t, uint64_t, double, std::string, OutOfRange>;

  Param() = default;        // NULL
  Param(std::nullptr_t) {}  // NOLINT: implicit by design, as all below
  Param(std::nullopt_t) {}  // NOLINT
  Param(const char* text) : value_(std::string(text)) {}         // NOLINT
  Param(std::string_view bytes) : value_(std::string(bytes)) {}  // NOLINT
#ifndef ABSL_USES_STD_STRING_VIEW
  Param(absl::string_view bytes) : value_(std::string(bytes)) {}  // NOLINT
#endif
  Param(std::string bytes) : value_(std::move(bytes)) {}  // NOLINT
  Param(double number) : value_(number) {}                // NOLINT
  // DATE.
  Param(absl::CivilDay day);  // NOLINT
  // DATETIME(6) in UTC; anything below a microsecond is cut off.
  Param(absl::Time instant);  // NOLINT

  template <typename T>
  requires std::is_integral_v<T> Param(T number) {  // NOLINT
    if constexpr (std::is_signed_v<T>) {
      value_ = static_cast<int64_t>(number);
    } else {
      value_ = static_cast<uint64_t>(number);
    }
  }

  // NULL if there is none.
  template <typename T>
  Param(const std::optional<T>& value) {  // NOLINT
    if (value.has_value()) *this = Param(*value);
  }

  const Value& value() const { return value_; }

 private:
  Value value_;
};

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_PARAM_H_

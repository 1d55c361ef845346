// Structured logs: one JSON line per event, for machines first.
//
//   {"ts":"2018-05-20T01:02:03.000004Z","level":"info","service":"registry","event":"rpc",
//    "trace_id":"…","span_id":"…","method":"/redress.registry.v1.RegistryService/GetCase","ms":1.25}
//
// A line never holds a payload, a token or personal data. A warning or error outside of a call that
// repeats itself is written once in ten seconds, and counted. Thread-safe; before Init: to stderr.
#ifndef REDRESS_COMMON_LOG_LOG_H_
#define REDRESS_COMMON_LOG_LOG_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/log/trace.h"

namespace redress::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error"; false for anything else.
bool ParseLevel(std::string_view text, Level* level);
std::string_view LevelName(Level level);

// One key and value of an event. Values are views: the field must not outlive the expression.
struct Field {
  using Value = std::variant<std::string_view, int64_t, uint64_t, double, bool>;

  template <class T>
  requires std::convertible_to<T, std::string_view> Field(std::string_view k, const T& v)
      : key(k), value(std::string_view(v)) {}
  Field(std::string_view k, absl::string_view v)
      : key(k), value(std::string_view(v.data(), v.size())) {}
  Field(std::string_view k, bool v) : key(k), value(v) {}
  template <std::signed_integral T>
  Field(std::string_view k, T v) : key(k), value(static_cast<int64_t>(v)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Field(std::string_view k, T v)
      : key(k), value(static_cast<uint64_t>(v)) {}
  template <std::floating_point T>
  Field(std::string_view k, T v) : key(k), value(static_cast<double>(v)) {}
  // A duration is written as a number of milliseconds; end its key with "_ms".
  Field(std::string_view k, absl::Duration v) : key(k), value(absl::ToDoubleMilliseconds(v)) {}

  std::string_view key;
  Value value;
};

// Sends the events from `level` up to `sink`: "stderr" or the path of a file that is appended to.
// INVALID_ARGUMENT if the file cannot be opened. May be called again (tests do).
absl::Status Init(std::string_view service, Level level, std::string_view sink = "stderr");

// True if events of this level are written; lets a caller skip costly fields.
bool Enabled(Level level);

// Writes one event. `event` is a fixed snake_case name, never a sentence with values in it.
void Event(Level level, std::string_view event, std::initializer_list<Field> fields = {});
void Event(Level level, std::string_view event, const TraceContext& trace,
           std::initializer_list<Field> fields = {});
void Event(Level level, std::string_view event, const TraceContext& trace,
           absl::Span<const Field> fields);

// Flushes the sink; call it before exit.
void Flush();

// The line, without its newline, that Event would write.
std::string FormatEvent(absl::Time ts, Level level, std::string_view service,
                        std::string_view event, const TraceContext& trace,
                        absl::Span<const Field> fields);

// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD; control characters,
// U+2028 and U+2029 are escaped.
void AppendJsonString(std::string* out, std::string_view text);

}  // namespace redress::log

#endif  // REDRESS_COMMON_LOG_LOG_H_

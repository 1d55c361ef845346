// The trace context that follows one request through the services (W3C Trace Context, version 00).
// It is passed explicitly; nothing here is thread-local. Plain values, thread-compatible.
#ifndef REDRESS_COMMON_LOG_TRACE_H_
#define REDRESS_COMMON_LOG_TRACE_H_

#include <optional>
#include <string>
#include <string_view>

namespace redress::log {

// Name of the metadata key, as gRPC wants it.
inline constexpr std::string_view kTraceparent = "traceparent";

struct TraceContext {
  std::string trace_id;  // 32 lower-case hexadecimal digits, not all zero; empty: no trace
  std::string span_id;   // 16 lower-case hexadecimal digits, not all zero
  bool sampled = true;

  bool empty() const { return trace_id.empty(); }
};

// A new trace with random ids.
TraceContext NewTrace();

// A new span in the trace of `parent`; a new trace if that is empty.
TraceContext ChildOf(const TraceContext& parent);

// Strict: "00-<32 hex>-<16 hex>-<2 hex>", lower case, no zero ids. A later version is read by its
// first four parts, as the recommendation asks; version ff and anything else gives nullopt.
std::optional<TraceContext> ParseTraceparent(std::string_view header);

// The context of a call: a child of the header's span, or a new trace if the header is not valid.
TraceContext FromHeader(std::string_view header);

// "00-…-…-01"; empty for an empty context.
std::string FormatTraceparent(const TraceContext& trace);

}  // namespace redress::log

#endif  // REDRESS_COMMON_LOG_TRACE_H_

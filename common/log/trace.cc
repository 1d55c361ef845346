#include "common/log/trace.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/ids.h"

namespace redress::log {
namespace {

bool IsHex(std::string_view text) {
  for (const char c : text) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

std::string NewId(size_t bytes) {
  std::string id;
  do {
    id = absl::BytesToHexString(base::RandomBytes(bytes));
  } while (IsZero(id));
  return id;
}

}  // namespace

TraceContext NewTrace() { return {NewId(16), NewId(8), true}; }

TraceContext ChildOf(const TraceContext& parent) {
  if (parent.empty()) return NewTrace();
  return {parent.trace_id, NewId(8), parent.sampled};
}

std::optional<TraceContext> ParseTraceparent(std::string_view header) {
  constexpr size_t kLength = 55;
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  const std::string_view version = header.substr(0, 2);
  const std::string_view trace = header.substr(3, 32);
  const std::string_view span = header.substr(36, 16);
  const std::string_view flags = header.substr(53, 2);
  if (!IsHex(version) || !IsHex(trace) || !IsHex(span) || !IsHex(flags)) return std::nullopt;
  if (version == "ff" || IsZero(trace) || IsZero(span)) return std::nullopt;
  if (header.size() > kLength && (version == "00" || header[kLength] != '-')) return std::nullopt;
  const char low = flags[1];
  const int nibble = low <= '9' ? low - '0' : low - 'a' + 10;
  return TraceContext{std::string(trace), std::string(span), (nibble & 1) != 0};
}

TraceContext FromHeader(std::string_view header) {
  const auto parent = ParseTraceparent(header);
  return parent ? ChildOf(*parent) : NewTrace();
}

std::string FormatTraceparent(const TraceContext& trace) {
  if (trace.empty()) return "";
  return absl::StrCat("00-", trace.trace_id, "-", trace.span_id, trace.sampled ? "-01" : "-00");
}

}  // namespace redress::log

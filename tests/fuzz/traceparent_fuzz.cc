// What comes in metadata before anybody is authenticated: trace context and language.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/log/trace.h"
#include "common/status/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const redress::log::TraceContext trace = redress::log::FromHeader(text);
  // Whatever came in, what goes on is well formed.
  if (!redress::log::ParseTraceparent(redress::log::FormatTraceparent(trace)).has_value())
    std::abort();
  const std::string_view language = redress::status::PickLanguage(text);
  if (language != "zh" && language != "en") std::abort();
  return 0;
}

// Page tokens: whatever the bytes, Decode returns a cursor that Encode would make again, or
// INVALID_ARGUMENT.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/page/page.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const tokens = new redress::page::PageTokens(std::string(32, 'k'));
  const std::string predicate(32, 'p');
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cursor = tokens->Decode(predicate, text);
  if (!cursor.ok() && !absl::IsInvalidArgument(cursor.status())) std::abort();
  if (cursor.ok() && !cursor->empty() && tokens->Encode(predicate, *cursor) != text) std::abort();
  return 0;
}

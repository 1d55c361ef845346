#include "common/db/marks.h"

namespace redress::db {

std::string Marks(size_t count) {
  std::string marks = "(?";
  for (size_t i = 1; i < count; ++i) marks += ", ?";
  return marks + ")";
}

}  // namespace redress::db

#include "common/store/etag.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace redress::store {

std::string Etags::Of(const Table& table, std::string_view name, int64_t version) const {
  const std::string mac =
      vault::Mac(key_, absl::StrCat(table.name(), "|", std::string(name), "|", version));
  return absl::BytesToHexString(mac.substr(0, 8));
}

}  // namespace redress::store

#include "common/auth/wall.h"

namespace redress::auth {

std::string HeadsKey(std::string_view unit) {
  return "heads/" + std::string(unit.substr(unit.find('/') + 1));
}

std::vector<std::string> WallKeys(const Identity& caller, const WallHash& hash) {
  if (caller.Has(types::v1::ROLE_SERVICE)) return {};
  std::vector<std::string> keys;
  const auto add = [&](std::string_view key) {
    keys.push_back(hash ? hash(key) : std::string(key));
  };
  if (!caller.official.empty()) add(caller.official);
  if (caller.unit.empty()) {
    add(kUnboundKey);
    return keys;
  }
  add(caller.unit);
  if (caller.Has(types::v1::ROLE_UNIT_HEAD) || caller.Has(types::v1::ROLE_OFFICE_HEAD)) {
    add(HeadsKey(caller.unit));
  }
  return keys;
}

}  // namespace redress::auth

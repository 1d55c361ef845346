// The wall around an accusation (Reg. 30): by which keys a caller is kept from it. A case keeps the
// keys of those whom it walls off; a caller who has one of them sees nothing of it. Pure.
//
//   officials/x   the person
//   units/u       whoever calls as of that unit, a machine by its certificate too
//   heads/u       whoever calls as the head of that unit: walled off where one of it is accused
//   unbound       whoever is bound to no unit, and could be of the accused's
#ifndef REDRESS_COMMON_AUTH_WALL_H_
#define REDRESS_COMMON_AUTH_WALL_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/auth/identity.h"

namespace redress::auth {

// Makes of a key what is stored of it, so that nobody reads in a database whom a case accuses.
// Empty where keys are compared as they are.
using WallHash = std::function<std::string(std::string_view key)>;

// The key of callers without a unit. Every accusation is walled off from them.
inline constexpr std::string_view kUnboundKey = "unbound";

// The key of the heads of `unit` ("units/u").
std::string HeadsKey(std::string_view unit);

// The keys of a caller, hashed. A service has none: it asks for a caller whom it has confirmed, or
// follows the facts to evaluate them; what each service may call is its certificate's.
std::vector<std::string> WallKeys(const Identity& caller, const WallHash& hash = {});

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_WALL_H_

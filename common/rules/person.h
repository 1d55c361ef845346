// Whether two acts are one natural person's: for every floor of two persons. Pure.
#ifndef REDRESS_COMMON_RULES_PERSON_H_
#define REDRESS_COMMON_RULES_PERSON_H_

#include "redress/types/v1/types.pb.h"

namespace redress::rules {

// True if both acts are of one account, in whatever posts, or of one post, by whatever accounts:
// neither makes two persons of one. True also where nothing tells them apart.
inline bool SamePerson(const types::v1::Actor& a, const types::v1::Actor& b) {
  if (!a.person().empty() && a.person() == b.person()) return true;
  if (a.official().empty() && b.official().empty()) return a.person().empty() || b.person().empty();
  return a.official() == b.official();
}

}  // namespace redress::rules

#endif  // REDRESS_COMMON_RULES_PERSON_H_

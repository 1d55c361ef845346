// Texts that would have somebody give up the right to petition. No record has a place for one;
// where words may be written, the plain ones are refused. Source: domain.md section 1 (4, 5);
// Reg. 33.
#ifndef REDRESS_COMMON_RULES_WAIVER_H_
#define REDRESS_COMMON_RULES_WAIVER_H_

#include <string_view>

#include "common/rules/rules.h"

namespace redress::rules {

// True if `text` speaks of giving up petitioning, review or suit, in Chinese or English, whatever
// blanks, punctuation, width or traditional forms it is written with. A floor against the plain
// words, not a judge of every wording. Thread-safe.
bool WaivesRights(std::string_view text);

// Adds the field where its text does.
void CheckNoWaiver(std::string_view field, std::string_view text, FieldErrors& errors);

}  // namespace redress::rules

#endif  // REDRESS_COMMON_RULES_WAIVER_H_

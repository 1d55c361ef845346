// What a reopening asks for anew before the case may be closed again. Internal to this library.
//
// A case that is reopened and closed on the papers of its first closing was not reopened at all:
// what the reason asks for is done after it, and recorded after it. Holds in code, under every
// plan. Source: domain.md section 4, "Floors"; plan 四(二)2(4); Reg. 36.
#ifndef REDRESS_COMMON_PLAN_ANEW_H_
#define REDRESS_COMMON_PLAN_ANEW_H_

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "common/plan/evaluator.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/view.h"

namespace redress::plan::internal {

// One act to be done anew.
struct Act {
  std::string_view id;
  std::vector<facts::v1::FactKind> kinds;  // any of these is the act
  std::string_view zh, en;                 // what is asked for
  std::string_view remedy_zh, remedy_en;
};

struct AskedAnew {
  Act act;
  std::string_view claim;  // empty: for each claim
};

struct Reopening {
  int16_t fact = -1;  // the latest reopening, an index in the view; -1: there is none
  // Facts of these kinds no longer count for closing unless they came after it.
  std::bitset<kKinds> kinds;
  std::vector<AskedAnew> acts;
};

// What the latest reopening among the facts asks for. `facts` are those given to the evaluation,
// retracted ones among them: what was lost is what is to be done anew.
Reopening LatestReopening(const View& view, FactView facts);

// True if the fact does what the act asks for: of served papers, those that answer the claim.
bool Does(const Act& act, const facts::v1::Fact& fact);

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_ANEW_H_

// The transition tables of visits and the names that they are printed with. For the rules alone.
#ifndef REDRESS_SERVICES_VISITS_TABLES_H_
#define REDRESS_SERVICES_VISITS_TABLES_H_

#include "common/fsm/fsm.h"
#include "common/fsm/print.h"
#include "redress/visits/v1/resources.pb.h"
#include "services/visits/rules.h"

namespace redress::visits::rules::internal {

enum class HearingAction { kAdjourn, kRecord, kDecline };

constexpr fsm::Transition<v1::HearingState, HearingAction> kHearingMoves[] = {
    {v1::HEARING_STATE_ANNOUNCED, HearingAction::kAdjourn, v1::HEARING_STATE_ANNOUNCED},
    {v1::HEARING_STATE_ANNOUNCED, HearingAction::kRecord, v1::HEARING_STATE_HELD},
    {v1::HEARING_STATE_ANNOUNCED, HearingAction::kDecline, v1::HEARING_STATE_DECLINED},
};
inline constexpr fsm::Table kHearings(v1::HEARING_STATE_ANNOUNCED, kHearingMoves);
static_assert(kHearings.Deterministic());

const fsm::Names<v1::HearingState>& HearingStates();
const fsm::Names<HearingAction>& HearingActions();

enum class WishState { kWanted, kNotWanted };
enum class WishAction { kVisit, kReceive, kDecline, kMiss, kWant };

// kVisit is a visit at home or an agreed place, kReceive one at the office: whoever comes is heard.
constexpr fsm::Transition<WishState, WishAction> kWishMoves[] = {
    {WishState::kWanted, WishAction::kVisit, WishState::kWanted},
    {WishState::kWanted, WishAction::kReceive, WishState::kWanted},
    {WishState::kWanted, WishAction::kDecline, WishState::kNotWanted},
    {WishState::kWanted, WishAction::kMiss, WishState::kWanted},
    {WishState::kNotWanted, WishAction::kReceive, WishState::kNotWanted},
    {WishState::kNotWanted, WishAction::kDecline, WishState::kNotWanted},
    {WishState::kNotWanted, WishAction::kWant, WishState::kWanted},
};
inline constexpr fsm::Table kWishes(WishState::kWanted, kWishMoves);
static_assert(kWishes.Deterministic());

const fsm::Names<WishState>& WishStates();
const fsm::Names<WishAction>& WishActions();

}  // namespace redress::visits::rules::internal

#endif  // REDRESS_SERVICES_VISITS_TABLES_H_

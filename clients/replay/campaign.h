// The whole replayed campaign as a list of events. Pure: the same seed and sample give the same
// events, whatever machine or compiler.
#ifndef REDRESS_CLIENTS_REPLAY_CAMPAIGN_H_
#define REDRESS_CLIENTS_REPLAY_CAMPAIGN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "clients/replay/event.h"
#include "clients/replay/profile.h"
#include "clients/replay/sample.h"
#include "common/calendar/calendar.h"

namespace redress::replay {

// As many cases as there are stories to be told, and one more.
inline constexpr int kFewestCases = kStories + 1;
inline constexpr int kMostCases = 2000;

struct CampaignOptions {
  uint64_t seed = 2018;
  int cases = 100;
  std::string plan_text;  // the plan file
};

// In the order in which they happen (see Before). REQUIRES: kFewestCases <= cases <= kMostCases.
std::vector<Event> MakeCampaign(const CampaignOptions& options, const Sample& sample,
                                const calendar::Calendar& calendar);

// The units and officials, the leading group, and how units begin in April. Part of MakeCampaign.
std::vector<Event> MakeOrganisation(const CampaignOptions& options, const Sample& sample,
                                    const calendar::Calendar& calendar);

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_CAMPAIGN_H_

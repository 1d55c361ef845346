// Which campaign is meant where none is named. Pure.
#ifndef REDRESS_CLIENTS_CTL_CAMPAIGN_H_
#define REDRESS_CLIENTS_CTL_CAMPAIGN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/ctl/labels.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::ctl {

// The name of the only campaign of the first page of a list. INVALID_ARGUMENT about `field`, the
// field that wants it, where there is none, or, with their names, where there are several.
absl::StatusOr<std::string> TheOnlyCampaign(const registry::v1::ListCampaignsResponse& first_page,
                                            std::string_view field, Lang lang);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_CAMPAIGN_H_

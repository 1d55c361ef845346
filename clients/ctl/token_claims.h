// What a token says of its holder, as far as ctl needs it. Nothing is verified: that is the
// services' business.
#ifndef REDRESS_CLIENTS_CTL_TOKEN_CLAIMS_H_
#define REDRESS_CLIENTS_CTL_TOKEN_CLAIMS_H_

#include <string>
#include <string_view>

namespace redress::ctl {

// The official that a token speaks for, "officials/party-secretary"; empty where it names none or
// cannot be read.
std::string OfficialOf(std::string_view token);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_TOKEN_CLAIMS_H_

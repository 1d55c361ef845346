// Where the services are and who calls: read from a small file, completed by flags.
//
// The file has one `key = value` per line; a value may stand in double quotes, in which \" and
// \\ are escapes; a line that begins with # is a comment. Keys: the names of the five services
// (host:port), `ca`, `token_file`, `client_cert`, `client_key`, `issuer_key` (for `token issue`),
// `public_keys` (a folder with <service>/feed-signing.pub.pem, for `audit verify`), `campaign`
// (used where a command needs one and none is given) and `lang`. A path that is not absolute is
// relative to the file.
#ifndef REDRESS_CLIENTS_CTL_PROFILE_H_
#define REDRESS_CLIENTS_CTL_PROFILE_H_

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace redress::ctl {

inline constexpr std::array<std::string_view, 5> kServices = {"registry", "assignment", "visits",
                                                              "assistance", "supervision"};

bool IsService(std::string_view name);

// A plain value.
struct Profile {
  std::string folder;  // of the file; what `audit verify` keeps lies there. Empty without a file
  std::map<std::string, std::string, std::less<>> addresses;  // service -> host:port
  std::string ca;
  std::string token_file;
  std::string client_cert;
  std::string client_key;
  std::string issuer_key;
  std::string public_keys;
  std::string campaign;
  std::string lang;  // "zh", "en" or empty
};

// Reads the text of a profile; `folder` is what its paths are relative to. INVALID_ARGUMENT, with
// every bad line, for unknown keys and malformed lines.
absl::StatusOr<Profile> ParseProfile(std::string_view text, std::string_view folder);

// Reads a file. INVALID_ARGUMENT, naming the file and the way out, where it cannot be read.
absl::StatusOr<Profile> LoadProfile(const std::string& path);

// Applies "registry=host:port". INVALID_ARGUMENT for what is not that.
absl::Status SetAddress(Profile& profile, std::string_view assignment);

// $REDRESS_PROFILE, or ~/.config/redress/profile if there is such a file, or nothing.
std::string DefaultProfilePath();

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_PROFILE_H_

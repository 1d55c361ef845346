// The id under which services know a token issuer's key.
#ifndef REDRESS_CLIENTS_CTL_TOKEN_KEY_H_
#define REDRESS_CLIENTS_CTL_TOKEN_KEY_H_

#include <string>

#include "absl/status/statusor.h"

namespace redress::ctl {

// The first 16 hexadecimal digits of the SHA-256 of the public key (DER, SubjectPublicKeyInfo) that
// belongs to a private key in PEM: the name of its file in the folder of trusted keys, as
// deploy/lib/pki.sh makes it. INVALID_ARGUMENT if there is no such key.
absl::StatusOr<std::string> KeyIdOf(const std::string& pem);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_TOKEN_KEY_H_

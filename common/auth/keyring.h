// The public keys that tokens are verified with, read from a folder and read again when it changes.
// Internal to TokenVerifier.
#ifndef REDRESS_COMMON_AUTH_KEYRING_H_
#define REDRESS_COMMON_AUTH_KEYRING_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace redress::auth {

// One public key. Immutable.
struct PublicKey {
  std::string kid;
  std::string pem;
};

// The keys of one moment. A key that did not change keeps its object when the folder is read again,
// so that "verified with a key that is still there" is a comparison of pointers.
struct KeySet {
  std::map<std::string, std::shared_ptr<const PublicKey>, std::less<>> keys;
  // What the folder looked like: names, sizes, times and inodes of its files.
  std::string fingerprint;
  // The first thing wrong with the folder; OK if nothing is. A bad file's key is left out, so its
  // tokens are refused; a folder that cannot be read leaves no key at all.
  absl::Status problem;
};

// What the folder looks like now; cheap, reads no file.
std::string Fingerprint(const std::string& directory);

// Reads the folder. `previous` may be null.
std::shared_ptr<const KeySet> ReadKeys(const std::string& directory, const KeySet* previous);

// True if `pem` begins with a public (or private) key on the curve P-256.
bool IsP256PublicKey(const std::string& pem);
bool IsP256PrivateKey(const std::string& pem);

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_KEYRING_H_

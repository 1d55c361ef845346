// The keys and certificates of a test process, and what its helpers need to give up.
#ifndef REDRESS_TESTS_E2E_KEYS_H_
#define REDRESS_TESTS_E2E_KEYS_H_

#include <string>

#include "absl/status/status.h"

namespace redress::testing {

// End the process with a message: where these are used, no test could go on.
[[noreturn]] void Die(const std::string& what);
void Must(const absl::Status& status, const std::string& doing);
std::string MustRead(const std::string& path);

// A new folder, which the caller removes.
std::string TemporaryFolder(const std::string& what);

// Made once for the whole process, by the script that makes them in production; removed at its
// end. Thread-safe.
class Keys {
 public:
  static const Keys& Get();
  ~Keys();
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  std::string Pki(const std::string& path) const;
  std::string Key(const std::string& path) const;
  // The id of the key that signs tokens: the name of the one public key.
  std::string TokenKeyId() const;

 private:
  Keys();
  const std::string folder_;
};

}  // namespace redress::testing

#endif  // REDRESS_TESTS_E2E_KEYS_H_

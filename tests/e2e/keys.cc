#include "tests/e2e/keys.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/base/files.h"

namespace redress::testing {

void Die(const std::string& what) {
  std::cerr << "Cluster: " << what << std::endl;
  std::exit(1);
}

void Must(const absl::Status& status, const std::string& doing) {
  if (!status.ok()) Die(absl::StrCat(doing, ": ", status.ToString()));
}

std::string MustRead(const std::string& path) {
  absl::StatusOr<std::string> text = base::ReadFile(path);
  Must(text.status(), absl::StrCat("reading ", path));
  return *std::move(text);
}

std::string TemporaryFolder(const std::string& what) {
  const char* base = std::getenv("TMPDIR");
  std::string pattern = absl::StrCat(base == nullptr ? "/tmp" : base, "/redress-", what, ".XXXXXX");
  if (mkdtemp(pattern.data()) == nullptr) Die("no temporary folder can be made");
  return pattern;
}

const Keys& Keys::Get() {
  static const Keys keys;
  return keys;
}

Keys::Keys() : folder_(TemporaryFolder("keys")) {
  const std::string command =
      absl::StrCat("bash '", REDRESS_SOURCE_DIR, "/deploy/lib/pki.sh' make '", folder_, "' >&2");
  if (std::system(command.c_str()) != 0) Die("deploy/lib/pki.sh make failed");
}

Keys::~Keys() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Keys::Pki(const std::string& path) const {
  return absl::StrCat(folder_, "/pki/", path);
}

std::string Keys::Key(const std::string& path) const {
  return absl::StrCat(folder_, "/keys/", path);
}

std::string Keys::TokenKeyId() const {
  for (const auto& entry : std::filesystem::directory_iterator(Pki("issuer/public"))) {
    return entry.path().stem().string();
  }
  Die("no token key was made");
}

}  // namespace redress::testing

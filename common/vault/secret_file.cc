#include "common/vault/secret_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/vault/keys.h"

namespace redress::vault {
namespace {

constexpr off_t kMaxSecretBytes = 64 * 1024;

// Closes a descriptor at the end of a scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

bool IsHexKey(const std::string& text) {
  if (text.size() != 2 * DataKey::kSize) return false;
  for (char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read the secret file ", path, ": ", std::strerror(errno),
                     "; create it, readable by its owner only (mode 0600)"));
  }
  // The open file is judged, not the path, so that it cannot be exchanged in between.
  struct stat info;
  if (fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  if ((info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the secret file ", path, " has mode 0", absl::Hex((info.st_mode >> 6) & 7),
                     absl::Hex((info.st_mode >> 3) & 7), absl::Hex(info.st_mode & 7),
                     "; others can reach it: chmod 600 ", path));
  }
  if (info.st_size > kMaxSecretBytes) {
    return absl::FailedPreconditionError(absl::StrCat("the secret file ", path, " is too large"));
  }
  std::string content(static_cast<size_t>(info.st_size), '\0');
  size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = read(file.fd, content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      OPENSSL_cleanse(content.data(), content.size());
      return absl::FailedPreconditionError(absl::StrCat("cannot read the secret file ", path));
    }
    filled += static_cast<size_t>(got);
  }
  return content;
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  absl::StatusOr<std::string> content = ReadSecretFile(path);
  if (!content.ok()) return content.status();
  std::string text(absl::StripAsciiWhitespace(*content));
  std::string key;
  if (IsHexKey(text)) {
    key = absl::HexStringToBytes(text);
  } else if (!absl::Base64Unescape(text, &key) || key.size() != DataKey::kSize) {
    OPENSSL_cleanse(key.data(), key.size());
    key.clear();
  }
  OPENSSL_cleanse(text.data(), text.size());
  OPENSSL_cleanse(content->data(), content->size());
  if (key.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the key file ", path,
                     " does not hold 32 bytes in hexadecimal or base64; make one with: (umask 077; "
                     "openssl rand -hex 32 > ",
                     path, ")"));
  }
  return key;
}

}  // namespace redress::vault

#include "common/auth/keyring.h"

#include <dirent.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace redress::auth {
namespace {

constexpr std::string_view kSuffix = ".pem";
constexpr off_t kMaxKeyBytes = 16 * 1024;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;
using BioPtr = std::unique_ptr<BIO, FreeBio>;

// The names `<kid>.pem` of a folder, sorted; false if it cannot be read.
bool ListKeyFiles(const std::string& directory, std::map<std::string, struct stat>* files) {
  const std::unique_ptr<DIR, CloseDirectory> dir(opendir(directory.c_str()));
  if (dir == nullptr) return false;
  while (const dirent* entry = readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() <= kSuffix.size() || name.front() == '.' || !name.ends_with(kSuffix)) continue;
    struct stat info;
    const std::string path = absl::StrCat(directory, "/", entry->d_name);
    if (stat(path.c_str(), &info) == 0) files->emplace(name, info);
  }
  return true;
}

std::string FingerprintOf(const std::map<std::string, struct stat>& files) {
  std::string text;
  for (const auto& [name, info] : files) {
    absl::StrAppend(&text, name, "|", info.st_size, "|", info.st_mtim.tv_sec, ".",
                    info.st_mtim.tv_nsec, "|", info.st_ino, "\n");
  }
  return text;
}

bool IsP256(const KeyPtr& key) {
  char group[64];
  size_t size = 0;
  const bool is_p256 = key != nullptr &&
                       EVP_PKEY_get_group_name(key.get(), group, sizeof(group), &size) == 1 &&
                       std::strcmp(group, "prime256v1") == 0;
  ERR_clear_error();
  return is_p256;
}

// A key that is protected by a passphrase is refused rather than asked about on a terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

}  // namespace

bool IsP256PublicKey(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return IsP256(KeyPtr(PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassphrase, nullptr)));
}

bool IsP256PrivateKey(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return IsP256(KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr)));
}

std::string Fingerprint(const std::string& directory) {
  std::map<std::string, struct stat> files;
  if (!ListKeyFiles(directory, &files)) return "unreadable";
  return FingerprintOf(files);
}

std::shared_ptr<const KeySet> ReadKeys(const std::string& directory, const KeySet* previous) {
  auto set = std::make_shared<KeySet>();
  std::map<std::string, struct stat> files;
  if (!ListKeyFiles(directory, &files)) {
    set->fingerprint = "unreadable";
    set->problem = absl::FailedPreconditionError(
        absl::StrCat("cannot read the folder of token keys ", directory,
                     "; create it and put a public key <kid>.pem (EC P-256) into it"));
    return set;
  }
  // Taken before the files are read: a change in between is seen at the next look.
  set->fingerprint = FingerprintOf(files);
  for (const auto& [name, info] : files) {
    const std::string path = absl::StrCat(directory, "/", name);
    std::string pem;
    if (S_ISREG(info.st_mode) && info.st_size <= kMaxKeyBytes) {
      std::ifstream file(path, std::ios::binary);
      pem.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    if (!IsP256PublicKey(pem)) {
      if (set->problem.ok()) {
        set->problem = absl::FailedPreconditionError(absl::StrCat(
            path,
            " is not a public key on P-256 in PEM form; write one with: openssl pkey -in "
            "private.pem -pubout -out ",
            path));
      }
      continue;
    }
    const std::string kid = name.substr(0, name.size() - kSuffix.size());
    std::shared_ptr<const PublicKey> key;
    if (previous != nullptr) {
      const auto old = previous->keys.find(kid);
      if (old != previous->keys.end() && old->second->pem == pem) key = old->second;
    }
    if (key == nullptr) key = std::make_shared<const PublicKey>(PublicKey{kid, std::move(pem)});
    set->keys.emplace(kid, std::move(key));
  }
  if (set->keys.empty() && set->problem.ok()) {
    set->problem =
        absl::FailedPreconditionError(absl::StrCat("no token key in ", directory,
                                                   "; put a public key <kid>.pem (EC P-256) "
                                                   "into it"));
  }
  return set;
}

}  // namespace redress::auth

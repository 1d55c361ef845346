#include "common/vault/keys.h"

#include <openssl/crypto.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/vault/seal.h"
#include "common/vault/secret_file.h"

namespace redress::vault {
namespace {

// A wrapped key: version, length of the master key's id, the id, the sealed data key.
constexpr char kWrapVersion = 1;
constexpr size_t kMaxIdSize = 64;
constexpr size_t kSealedKeySize = kSealOverhead + DataKey::kSize;

bool IsKeyId(std::string_view id) {
  if (id.empty() || id.size() > kMaxIdSize) return false;
  for (char c : id) {
    if (!absl::ascii_islower(static_cast<unsigned char>(c)) &&
        !absl::ascii_isdigit(static_cast<unsigned char>(c)) && c != '.' && c != '_' && c != '-') {
      return false;
    }
  }
  return true;
}

absl::Status NoMasterKeys(const std::string& directory, const std::string& what) {
  return absl::FailedPreconditionError(absl::StrCat(
      "master keys in ", directory, ": ", what, "; make a key with: (umask 077; mkdir -p ",
      directory, "; openssl rand -hex 32 > ", directory, "/m1.key; echo m1 > ", directory,
      "/current). Keep a copy elsewhere: without it nothing sealed can be read again"));
}

std::string WrapAad(std::string_view id, std::string_view context) {
  return RowAad("redress.wrap", id, context);
}

// The parts of a wrapped key; the views point into it.
struct Wrapped {
  std::string_view id;
  std::string_view sealed;
};

absl::Status Damaged() {
  return status::Error(absl::StatusCode::kDataLoss, "SEALED_DATA_DAMAGED",
                       "a stored value cannot be opened");
}

absl::StatusOr<Wrapped> Parse(std::string_view blob) {
  if (blob.size() < 2 || blob[0] != kWrapVersion) return Damaged();
  const size_t id_size = static_cast<unsigned char>(blob[1]);
  if (blob.size() != 2 + id_size + kSealedKeySize) return Damaged();
  const Wrapped parts{blob.substr(2, id_size), blob.substr(2 + id_size)};
  if (!IsKeyId(parts.id)) return Damaged();
  return parts;
}

}  // namespace

absl::StatusOr<DataKey> DataKey::FromBytes(std::string_view bytes) {
  if (bytes.size() != kSize) return absl::InvalidArgumentError("a data key has 32 bytes");
  DataKey key;
  std::memcpy(key.bytes_, bytes.data(), kSize);
  key.set_ = true;
  return key;
}

DataKey::DataKey(DataKey&& other) noexcept { *this = std::move(other); }

DataKey& DataKey::operator=(DataKey&& other) noexcept {
  if (this == &other) return *this;
  std::memcpy(bytes_, other.bytes_, kSize);
  set_ = std::exchange(other.set_, false);
  OPENSSL_cleanse(other.bytes_, kSize);
  return *this;
}

DataKey::~DataKey() { OPENSSL_cleanse(bytes_, kSize); }

DataKey GenerateDataKey() {
  std::string bytes = base::RandomBytes(DataKey::kSize);
  DataKey key;
  std::memcpy(key.bytes_, bytes.data(), DataKey::kSize);
  key.set_ = true;
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

absl::StatusOr<std::unique_ptr<const MasterKeys>> MasterKeys::Load(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(directory, error)) return NoMasterKeys(directory, "no such directory");
  std::unique_ptr<MasterKeys> keys(new MasterKeys());
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const fs::path& path = it->path();
    if (path.extension() != ".key") continue;
    const std::string id = path.stem().string();
    if (!IsKeyId(id)) {
      return NoMasterKeys(directory, absl::StrCat("\"", path.filename().string(),
                                                  "\" is no key id (a-z, 0-9, '.', '_', '-')"));
    }
    ASSIGN_OR_RETURN(std::string bytes, ReadKeyFile(path.string()));
    absl::StatusOr<DataKey> key = DataKey::FromBytes(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    if (!key.ok()) return key.status();
    keys->keys_.insert_or_assign(id, *std::move(key));
  }
  if (error) return NoMasterKeys(directory, error.message());
  if (keys->keys_.empty()) return NoMasterKeys(directory, "no file <id>.key");
  std::ifstream current(fs::path(directory) / "current");
  std::string line;
  if (!current || !std::getline(current, line)) {
    return NoMasterKeys(directory, "no file `current` that holds the id of the key to use");
  }
  keys->current_ = std::string(absl::StripAsciiWhitespace(line));
  if (!keys->keys_.contains(keys->current_)) {
    return NoMasterKeys(directory, "`current` names a key that has no file");
  }
  return keys;
}

std::string MasterKeys::Wrap(const DataKey& key, std::string_view context) const {
  std::string wrapped;
  wrapped.reserve(2 + current_.size() + kSealedKeySize);
  wrapped.push_back(kWrapVersion);
  wrapped.push_back(static_cast<char>(current_.size()));
  wrapped.append(current_);
  const std::string_view plain(reinterpret_cast<const char*>(key.data()),
                               key.empty() ? 0 : DataKey::kSize);
  wrapped.append(Seal(keys_.find(current_)->second, plain, WrapAad(current_, context)));
  return wrapped;
}

absl::StatusOr<DataKey> MasterKeys::Unwrap(std::string_view wrapped,
                                           std::string_view context) const {
  ASSIGN_OR_RETURN(const Wrapped parts, Parse(wrapped));
  const auto master = keys_.find(parts.id);
  if (master == keys_.end()) {
    // The id comes out of the database, so it is not repeated in an error.
    return status::Error(absl::StatusCode::kFailedPrecondition, "MASTER_KEY_MISSING",
                         "a data key is wrapped with a master key that is not loaded");
  }
  ASSIGN_OR_RETURN(std::string bytes,
                   Open(master->second, parts.sealed, WrapAad(parts.id, context)));
  absl::StatusOr<DataKey> key = DataKey::FromBytes(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

absl::StatusOr<std::string> MasterKeys::WrappedBy(std::string_view wrapped) {
  ASSIGN_OR_RETURN(const Wrapped parts, Parse(wrapped));
  return std::string(parts.id);
}

}  // namespace redress::vault

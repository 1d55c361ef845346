#include "common/facts/checkpoint.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace redress::facts {
namespace {

constexpr size_t kPublicKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kKeyIdBytes = 8;

using Key = std::shared_ptr<EVP_PKEY>;

absl::StatusOr<Key> ReadKey(std::string_view pem, bool is_private) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  // A password callback that gives none: an encrypted key is an error, not a prompt.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* raw = is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr)
                             : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr);
  Key key(raw, &EVP_PKEY_free);
  if (raw == nullptr || EVP_PKEY_id(raw) != EVP_PKEY_ED25519) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a ", is_private ? "private" : "public", " Ed25519 key in PEM"));
  }
  return key;
}

absl::StatusOr<std::string> KeyIdOf(const Key& key) {
  std::array<uint8_t, kPublicKeyBytes> bytes;
  size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &size) != 1 || size != bytes.size()) {
    return absl::InvalidArgumentError("the key has no public part");
  }
  const std::string digest =
      base::Sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return absl::BytesToHexString({digest.data(), static_cast<size_t>(kKeyIdBytes)});
}

// What is signed: the message without its signature.
std::string SignedBytes(const v1::Checkpoint& checkpoint) {
  v1::Checkpoint bare = checkpoint;
  bare.clear_signature();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    bare.SerializeToCodedStream(&coded);
  }
  return bytes;
}

const uint8_t* Octets(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

}  // namespace

absl::StatusOr<Checkpointer> Checkpointer::FromPem(std::string service, std::string_view pem) {
  if (service.empty()) return absl::InvalidArgumentError("a checkpoint names its service");
  Checkpointer result;
  result.service_ = std::move(service);
  ASSIGN_OR_RETURN(result.key_, ReadKey(pem, /*is_private=*/true));
  ASSIGN_OR_RETURN(result.key_id_, KeyIdOf(result.key_));
  return result;
}

absl::StatusOr<Checkpointer> Checkpointer::Load(std::string service, const std::string& key_file) {
  ASSIGN_OR_RETURN(std::string pem, vault::ReadSecretFile(key_file));
  absl::StatusOr<Checkpointer> result = FromPem(std::move(service), pem);
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!result.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(key_file, ": ", result.status().message()));
  }
  return result;
}

absl::StatusOr<v1::Checkpoint> Checkpointer::Sign(int64_t tree_size, const Hash& root,
                                                  absl::Time now) const {
  v1::Checkpoint checkpoint;
  checkpoint.set_service(service_);
  checkpoint.set_tree_size(tree_size);
  checkpoint.set_root(std::string(AsBytes(root)));
  const int64_t micros = absl::ToUnixMicros(now);
  checkpoint.mutable_signed_at()->set_seconds(micros / 1000000);
  checkpoint.mutable_signed_at()->set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
  checkpoint.set_key_id(key_id_);

  const std::string bytes = SignedBytes(checkpoint);
  std::string signature(kSignatureBytes, '\0');
  size_t size = signature.size();
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free);
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &size,
                     Octets(bytes), bytes.size()) != 1 ||
      size != signature.size()) {
    return absl::InternalError("signing a checkpoint failed");
  }
  checkpoint.set_signature(std::move(signature));
  return checkpoint;
}

absl::StatusOr<VerifyingKey> VerifyingKey::FromPem(std::string_view pem) {
  VerifyingKey result;
  ASSIGN_OR_RETURN(result.key_, ReadKey(pem, /*is_private=*/false));
  ASSIGN_OR_RETURN(result.key_id_, KeyIdOf(result.key_));
  return result;
}

absl::Status VerifyCheckpoint(const v1::Checkpoint& checkpoint, const VerifyingKey& key) {
  if (checkpoint.service().empty() || checkpoint.tree_size() < 0 ||
      checkpoint.root().size() != kHashBytes || !checkpoint.has_signed_at() ||
      checkpoint.signature().size() != kSignatureBytes) {
    return absl::InvalidArgumentError("the checkpoint is not whole");
  }
  if (checkpoint.key_id() != key.key_id()) {
    return absl::FailedPreconditionError(absl::StrCat("the checkpoint was signed by key ",
                                                      absl::CHexEscape(checkpoint.key_id()),
                                                      ", not by ", key.key_id()));
  }
  const std::string bytes = SignedBytes(checkpoint);
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free);
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.key_.get()) != 1 ||
      EVP_DigestVerify(context.get(), Octets(checkpoint.signature()), checkpoint.signature().size(),
                       Octets(bytes), bytes.size()) != 1) {
    return absl::DataLossError("the signature does not fit the checkpoint");
  }
  return absl::OkStatus();
}

}  // namespace redress::facts

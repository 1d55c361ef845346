#include "common/page/page.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/digest.h"
#include "common/base/view.h"
#include "common/status/error.h"

namespace redress::page {
namespace {

constexpr char kVersion = 1;
constexpr size_t kMacBytes = 16;  // HMAC-SHA-256 truncated as RFC 2104 section 5 allows
constexpr size_t kMaxTokenChars = 4096;

void AppendSized(std::string* out, std::string_view part) {
  uint64_t size = part.size();
  do {
    const char low = static_cast<char>(size & 0x7f);
    size >>= 7;
    out->push_back(size > 0 ? static_cast<char>(low | 0x80) : low);
  } while (size > 0);
  out->append(part);
}

bool TakeSized(std::string_view* in, std::string* part) {
  uint64_t size = 0;
  for (int shift = 0;; shift += 7) {
    if (in->empty() || shift > 28) return false;
    const unsigned char c = static_cast<unsigned char>(in->front());
    in->remove_prefix(1);
    size |= static_cast<uint64_t>(c & 0x7f) << shift;
    if ((c & 0x80) == 0) break;
  }
  if (size > in->size()) return false;
  part->assign(in->substr(0, size));
  in->remove_prefix(size);
  return true;
}

std::string Mac(std::string_view key, std::string_view predicate, std::string_view body) {
  std::string message;
  AppendSized(&message, predicate);
  message.append(body);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), out,
           &size) == nullptr) {
    std::abort();  // out of memory: there is no token without its proof
  }
  return std::string(reinterpret_cast<char*>(out), kMacBytes);
}

absl::Status BadToken() {
  return status::InvalidField("page_token", "must be a token that this list returned");
}

}  // namespace

int ClampPageSize(int64_t requested, int default_size, int max_size) {
  if (requested <= 0) return std::min(default_size, max_size);
  return static_cast<int>(std::min<int64_t>(requested, max_size));
}

std::string PredicateHash(const google::protobuf::Message& request, std::string_view scope) {
  std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  const google::protobuf::Descriptor* type = copy->GetDescriptor();
  for (const char* name : {"page_size", "page_token"}) {
    if (const auto* field = type->FindFieldByName(name)) {
      copy->GetReflection()->ClearField(copy.get(), field);
    }
  }
  std::string body;
  {
    google::protobuf::io::StringOutputStream stream(&body);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // maps in the order of their keys
    copy->SerializeToCodedStream(&coded);
  }
  std::string text;
  AppendSized(&text, type->full_name());
  AppendSized(&text, scope);
  text.append(body);
  return base::Sha256(text);
}

PageTokens::PageTokens(std::string key) : key_(std::move(key)) {
  if (key_.size() < 32) std::abort();
}

std::string PageTokens::Encode(std::string_view predicate_hash, const Cursor& cursor) const {
  std::string body(1, kVersion);
  for (const std::string& part : cursor) AppendSized(&body, part);
  return absl::WebSafeBase64Escape(body + Mac(key_, predicate_hash, body));
}

absl::StatusOr<Cursor> PageTokens::Decode(std::string_view predicate_hash,
                                          std::string_view token) const {
  if (token.empty()) return Cursor();
  std::string bytes;
  if (token.size() > kMaxTokenChars ||
      !absl::WebSafeBase64Unescape(base::AbslView(token), &bytes) ||
      bytes.size() <= kMacBytes + 1) {
    return BadToken();
  }
  std::string_view body = std::string_view(bytes).substr(0, bytes.size() - kMacBytes);
  const std::string_view mac = std::string_view(bytes).substr(body.size());
  const std::string expected = Mac(key_, predicate_hash, body);
  if (CRYPTO_memcmp(mac.data(), expected.data(), kMacBytes) != 0 || body[0] != kVersion) {
    return BadToken();
  }
  body.remove_prefix(1);
  Cursor cursor;
  while (!body.empty()) {
    if (!TakeSized(&body, &cursor.emplace_back())) return BadToken();
  }
  return cursor;
}

}  // namespace redress::page

#include "common/page/page.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/digest.h"
#include "common/base/view.h"
#include "common/status/error.h"
#include "common/vault/blind_index.h"
#include "common/vault/seal.h"

namespace redress::page {
namespace {

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

// A token's length tells nothing of a row: bodies are filled up to a multiple of this.
constexpr size_t kPadding = 64;

vault::DataKey KeyFrom(const std::string& secret) {
  if (secret.size() < 32) std::abort();
  return *vault::DataKey::FromBytes(base::Sha256("redress page tokens|" + secret));
}

std::string Serialize(const Cursor& cursor) {
  std::string body;
  for (const std::string& part : cursor) AppendSized(&body, part);
  return body;
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

PageTokens::PageTokens(std::string key) : key_(KeyFrom(key)) {}

std::string PageTokens::Encode(std::string_view predicate_hash, const Cursor& cursor) const {
  std::string body;
  AppendSized(&body, Serialize(cursor));
  body.append((kPadding - body.size() % kPadding) % kPadding, '\0');
  return absl::WebSafeBase64Escape(vault::Seal(key_, body, predicate_hash));
}

absl::StatusOr<Cursor> PageTokens::Decode(std::string_view predicate_hash,
                                          std::string_view token) const {
  if (token.empty()) return Cursor();
  std::string bytes;
  if (token.size() > kMaxTokenChars ||
      !absl::WebSafeBase64Unescape(base::AbslView(token), &bytes)) {
    return BadToken();
  }
  const absl::StatusOr<std::string> body = vault::Open(key_, bytes, predicate_hash);
  if (!body.ok()) return BadToken();
  std::string_view padded = *body;
  std::string parts;
  if (!TakeSized(&padded, &parts)) return BadToken();
  std::string_view left = parts;
  Cursor cursor;
  while (!left.empty()) {
    if (!TakeSized(&left, &cursor.emplace_back())) return BadToken();
  }
  return cursor;
}

bool PageTokens::MayStopAt(const Cursor& cursor) const {
  const std::string mark = vault::BlindIndex(key_, "stop", Serialize(cursor));
  return static_cast<unsigned char>(mark[0]) < 4;
}

}  // namespace redress::page

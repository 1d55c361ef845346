#include "common/status/messages.h"

#include <cstdlib>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "common/base/view.h"
#include "common/status/descriptions.h"
#include "common/status/error.h"

namespace redress::status {
namespace {

using base::AbslView;

constexpr Message kCommon[] = {
    {kInvalidFields, "请求中有不符合要求的内容，请按明细逐项改正。",
     "Some fields are not acceptable; correct each one as listed."},
    {kEtagMismatch, "该记录已被他人修改，请重新读取后再试。",
     "Somebody else has changed this record; read it again and retry."},
    {kNotFound, "没有找到该记录，或者您无权查看。",
     "There is no such record, or you may not see it."},
    {kAlreadyExists, "该记录已经存在。", "This record exists already."},
    {kUnavailable,
     "所需的服务暂时无法应答（{part}），请稍后再试；写入请用原来的 request_id 重试，不会重复办理。",
     "A part that is needed cannot answer at the moment ({part}); try again later, a write with "
     "the "
     "same request_id, which does it once."},
    {kExhausted, "系统繁忙（{part}），未开始办理，请稍后再试。",
     "The system is busy ({part}); nothing was begun, try again later."},
    {kPermissionDenied, "您没有办理此事的权限（{permission}）。",
     "You may not do this; it needs the permission {permission}."},
    {kDeadlineExceeded, "未能在规定时间内完成，请稍后再试。",
     "This could not be done in the time allowed; try again later."},
    {kCancelled, "调用已取消。", "The call was cancelled."},
    {kInternal, "系统内部错误，请将编号 {trace_id} 告知管理员。",
     "Internal error; tell the operator the id {trace_id}."},
    {"REQUEST_UNREADABLE", "请求无法读取：内容已损坏，或其中有不是 UTF-8 的文字。",
     "The request cannot be read: it is damaged, or holds text that is not UTF-8."},
    {"ABORTED", "同时有他人在改动同一记录，请稍后再试。",
     "Somebody else was changing the same record; try again."},
    {"CREDENTIALS_MISSING", "没有说明是谁在调用：需要令牌或客户端证书。",
     "Nobody says who calls: a token or a client certificate is needed."},
    {"CERTIFICATE_INVALID", "客户端证书不能证明调用者的身份。",
     "The client certificate does not prove who calls."},
    {"TOKEN_MALFORMED", "令牌不完整，或不是本系统的令牌。",
     "The token is not whole, or is no token of this system."},
    {"TOKEN_ALGORITHM", "令牌的签名算法不被接受。",
     "The token is signed by an algorithm that is not accepted."},
    {"TOKEN_KEY_UNKNOWN", "令牌由未知的密钥签发。", "The token is signed by an unknown key."},
    {"TOKEN_SIGNATURE", "令牌的签名不对。", "The token's signature is wrong."},
    {"TOKEN_ISSUER", "令牌的签发者不被接受。", "The token's issuer is not accepted."},
    {"TOKEN_AUDIENCE", "令牌不是发给本系统的。", "The token is not meant for this system."},
    {"TOKEN_EXPIRED", "令牌已经过期。", "The token has expired."},
    {"TOKEN_NOT_YET_VALID", "令牌尚未生效。", "The token is not valid yet."},
    {"TOKEN_LIFETIME", "令牌的有效期过长。", "The token lives longer than it may."},
    {"RECUSED", "您在本案中应当回避。", "You are recused from this case (Reg. 28)."},
    {"SECOND_PERSON_NEEDED", "您已在本案办理了须与此事分开的事项，须由他人办理。",
     "You did an act on this case that takes another person than this one; have somebody else do "
     "it."},
    {"PART_INSUFFICIENT", "您在本案中承担的职责不能办理此事。",
     "Your part in this case does not allow this."},
    {"FACT_EXISTS", "该编号的记录已经存在。", "A record with this id exists already."},
    {"FACT_RETRACTED_ALREADY", "该记录已被撤回。", "This record is retracted already."},
    {"FACT_DAMAGED", "存储的事实与当初写入的不一致，不能据以办理，请告知管理员。",
     "A stored fact is not what was written; nothing may rest on it. Tell the operator."},
    {"NO_SIGNING_KEY", "未配置签名密钥，不能出具检查点。",
     "No signing key is configured, so there is no checkpoint."},
    {"MASTER_KEY_MISSING", "所需的主密钥未装载，请告知管理员。",
     "A master key that is needed is not loaded; tell the operator."},
    {"SEALED_DATA_DAMAGED", "封存的数据无法打开，请告知管理员。",
     "Sealed data cannot be opened; tell the operator."},
    {"NOT_A_SAMPLE", "正式环境没有模拟时钟。", "A production installation has no simulated clock."},
    {"CLOCK_GOES_FORWARD_ONLY", "模拟时钟不能倒退。", "The simulated clock never goes back."},
    {"TOKEN_CLAIMS", "令牌缺少身份、角色或时间。", "The token lacks a subject, a role or a time."},
};

struct Catalogue {
  absl::Mutex mutex;
  absl::flat_hash_map<std::string_view, Message> messages ABSL_GUARDED_BY(mutex);

  Catalogue() {
    for (const Message& m : kCommon) messages[m.reason] = m;
  }
};

Catalogue& TheCatalogue() {
  static Catalogue* const catalogue = new Catalogue();
  return *catalogue;
}

// The parts that an error names as missing or busy.
constexpr std::pair<std::string_view, std::string_view> kParts[] = {
    {"answers", "应答缓存"},     {"assignment", "包案服务"}, {"assistance", "帮扶服务"},
    {"audit log", "审计日志"},   {"database", "数据库"},     {"feed", "记录流"},
    {"projection", "督查汇总"},  {"registry", "登记服务"},   {"server", "服务端"},
    {"supervision", "督查服务"}, {"visits", "走访服务"},     {"worker pool", "处理线程"},
    {"writer", "写入队列"},
};

std::string_view ShownValue(std::string_view key, std::string_view value, std::string_view lang) {
  if (key != "part" || lang != "zh") return value;
  for (const auto& [part, name] : kParts) {
    if (part == value) return name;
  }
  return value;
}

// Fills in {key}; a key that the metadata lacks is left out together with its braces.
std::string Fill(std::string_view text,
                 const google::protobuf::Map<std::string, std::string>& metadata,
                 std::string_view lang) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('{');
    const size_t close = open == std::string_view::npos ? open : text.find('}', open);
    out.append(text.substr(0, close == std::string_view::npos ? text.size() : open));
    if (close == std::string_view::npos) break;
    const auto value = metadata.find(std::string(text.substr(open + 1, close - open - 1)));
    if (value != metadata.end()) out.append(ShownValue(value->first, value->second, lang));
    text.remove_prefix(close + 1);
  }
  return out;
}

// What stands in the way is often all that the error says: then its message has the text.
std::string ChineseOf(const std::string& description, const absl::Status& status,
                      const std::string& message) {
  std::string zh = InChinese(description);
  return zh == description && description == base::StdView(status.message()) ? message : zh;
}

void PutIntoChinese(google::protobuf::Any& any, const absl::Status& status,
                    const std::string& message) {
  google::rpc::BadRequest bad;
  google::rpc::PreconditionFailure unmet;
  if (any.Is<google::rpc::BadRequest>() && any.UnpackTo(&bad)) {
    for (auto& violation : *bad.mutable_field_violations())
      violation.set_description(ChineseOf(violation.description(), status, message));
    any.PackFrom(bad);
  } else if (any.Is<google::rpc::PreconditionFailure>() && any.UnpackTo(&unmet)) {
    for (auto& violation : *unmet.mutable_violations())
      violation.set_description(ChineseOf(violation.description(), status, message));
    any.PackFrom(unmet);
  }
}

}  // namespace

void RegisterMessages(absl::Span<const Message> messages) {
  Catalogue& catalogue = TheCatalogue();
  absl::MutexLock lock(&catalogue.mutex);
  for (const Message& m : messages) catalogue.messages[m.reason] = m;
}

std::string_view PickLanguage(std::string_view accept_language) {
  std::string_view best = "en";
  double best_quality = 0;
  for (absl::string_view item : absl::StrSplit(AbslView(accept_language), ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(item, absl::MaxSplits(';', 1));
    const std::string tag = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts.first));
    double quality = 1;
    const absl::string_view weight = absl::StripAsciiWhitespace(parts.second);
    if (!weight.empty() &&
        (weight.substr(0, 2) != "q=" || !absl::SimpleAtod(weight.substr(2), &quality))) {
      continue;
    }
    const std::string_view primary = std::string_view(tag).substr(0, tag.find('-'));
    if (quality > best_quality && (primary == "zh" || primary == "en")) {
      best = primary == "zh" ? "zh" : "en";
      best_quality = quality;
    }
  }
  return best;
}

std::string MessageFor(const absl::Status& status, std::string_view lang) {
  const auto info = ErrorInfoOf(status);
  if (info) {
    Catalogue& catalogue = TheCatalogue();
    absl::ReaderMutexLock lock(&catalogue.mutex);
    const auto found = catalogue.messages.find(info->reason());
    if (found != catalogue.messages.end()) {
      const std::string_view text = lang == "zh" ? found->second.zh : found->second.en;
      if (!text.empty()) return Fill(text, info->metadata(), lang);
    }
  }
  return std::string(status.message());
}

void Localize(absl::Status& status, std::string_view lang) {
  if (status.ok() || ReasonOf(status).empty()) return;
  google::rpc::LocalizedMessage localized;
  localized.set_locale(lang == "zh" ? "zh" : "en");
  localized.set_message(MessageFor(status, lang));
  google::rpc::Status details = DetailsOf(status);
  google::protobuf::Any* slot = nullptr;
  for (auto& any : *details.mutable_details()) {
    if (any.Is<google::rpc::LocalizedMessage>()) slot = &any;
    if (lang == "zh") PutIntoChinese(any, status, localized.message());
  }
  if (slot == nullptr) slot = details.add_details();
  slot->PackFrom(localized);
  status.SetPayload(AbslView(kPayloadUrl), absl::Cord(details.SerializeAsString()));
}

std::string LocalizedTextOf(const absl::Status& status) {
  const google::rpc::Status details = DetailsOf(status);
  for (const auto& any : details.details()) {
    google::rpc::LocalizedMessage localized;
    if (any.Is<google::rpc::LocalizedMessage>() && any.UnpackTo(&localized)) {
      return localized.message();
    }
  }
  return std::string(status.message());
}

}  // namespace redress::status

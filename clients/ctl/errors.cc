#include "clients/ctl/errors.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/ctl/table.h"
#include "common/base/view.h"
#include "common/status/error.h"
#include "common/status/messages.h"

namespace redress::ctl {
namespace {

constexpr Text kError = {"错误", "Error"};
constexpr Text kRepeat = {"可以安全重试，加上：", "Safe to repeat with: "};
constexpr Text kTrace = {"跟踪号：", "Trace: "};
constexpr Text kOmitted = {"项未列出", "more not shown"};
// The Chinese text of a status that Bilingual made; the English one is its message.
constexpr char kChinesePayload[] = "redress-ctl/zh";
constexpr Text kDetails = {"其他：", "With: "};

// The flag that sets a field: that of the field itself, or of the message or list that holds it.
std::string FlagFor(std::string field, const std::map<std::string, std::string>& flags) {
  // "claims[1].statement" -> "claims.statement": flags know no positions.
  while (true) {
    const size_t open = field.find('[');
    const size_t close = field.find(']', open);
    if (open == std::string::npos || close == std::string::npos) break;
    field.erase(open, close - open + 1);
  }
  while (true) {
    if (const auto found = flags.find(field); found != flags.end()) return found->second;
    const size_t dot = field.rfind('.');
    if (dot == std::string::npos) return "";
    field.resize(dot);
  }
}

// Metadata beyond what is shown in its own place, or named in the text.
std::string OtherMetadata(const google::rpc::ErrorInfo& info, const std::string& shown) {
  std::map<std::string, std::string> sorted(info.metadata().begin(), info.metadata().end());
  sorted.erase("trace_id");
  sorted.erase("omitted_violations");
  std::string text;
  for (const auto& [key, value] : sorted) {
    if (absl::StrContains(shown, value)) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", key, "=", value);
  }
  return text;
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
      return kExitUsage;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitDenied;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return kExitUnavailable;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kOutOfRange:
      return kExitRefused;
    default:
      return kExitInternal;
  }
}

absl::Status Usage(Text text) { return Usage(text.zh, text.en); }

absl::Status Usage(std::string_view zh, std::string_view en) {
  return Bilingual(absl::StatusCode::kInvalidArgument, zh, en);
}

absl::Status Bilingual(absl::StatusCode code, std::string_view zh, std::string_view en) {
  absl::Status status(code, base::AbslView(en));
  status.SetPayload(kChinesePayload, absl::Cord(base::AbslView(zh)));
  return status;
}

absl::Status FileUsage(const absl::Status& status) {
  return Usage(absl::StrCat("文件有问题：", status.message()), base::StdView(status.message()));
}

absl::Status CannotRead(const std::string& path) {
  return Usage("无法读取 " + path, "cannot read " + path);
}

absl::Status CannotWrite(const std::string& path) {
  return Usage("无法写入 " + path, "cannot write " + path);
}

std::string TextIn(const absl::Status& status, Lang lang) {
  const absl::optional<absl::Cord> zh = status.GetPayload(kChinesePayload);
  if (zh && lang == Lang::kZh) return std::string(*zh);
  // A service localizes its errors; those that arise here are still to be.
  absl::Status shown = status;
  if (redress::status::LocalizedTextOf(status) == base::StdView(status.message())) {
    redress::status::Localize(shown, LangCode(lang));
  }
  return redress::status::LocalizedTextOf(shown);
}

std::string RenderError(const absl::Status& status, const ErrorContext& context) {
  const Lang lang = context.lang;
  const std::string reason = redress::status::ReasonOf(status);
  std::string out = Paint(kError.In(lang), Tone::kBad, context.color);
  const std::string message = TextIn(status, lang);
  const std::string colon = lang == Lang::kZh ? "：" : ": ";
  absl::StrAppend(&out, colon, reason.empty() ? "" : reason + colon,
                  message.empty() ? absl::StatusCodeToString(status.code()) : message, "\n");

  for (const auto& violation : redress::status::FieldViolationsOf(status)) {
    const std::string flag = FlagFor(violation.field, context.flags);
    absl::StrAppend(&out, "  - ", violation.field, flag.empty() ? "" : Bracketed(flag, lang), colon,
                    violation.description, "\n");
  }
  for (const auto& violation : redress::status::ViolationsOf(status)) {
    // A duty by its id and clause, then what it is about.
    const std::string duty =
        violation.duty.empty()
            ? ""
            : absl::StrCat(violation.duty, Bracketed(Punctuated(violation.clause, lang), lang),
                           " ");
    const std::string title =
        context.titles == nullptr ? "" : TitleOf(*context.titles, violation.subject, false, lang);
    absl::StrAppend(&out, "  - ", duty, title.empty() ? violation.subject : title, colon,
                    violation.description, "\n");
  }

  std::string trace = context.trace_id;
  if (const std::optional<google::rpc::ErrorInfo> info = redress::status::ErrorInfoOf(status)) {
    if (const auto left_out = info->metadata().find("omitted_violations");
        left_out != info->metadata().end()) {
      absl::StrAppend(&out, "  … ", left_out->second, " ", std::string(kOmitted.In(lang)), "\n");
    }
    if (const std::string other = OtherMetadata(*info, message); !other.empty()) {
      absl::StrAppend(&out, "  ", std::string(kDetails.In(lang)), other, "\n");
    }
    if (const auto found = info->metadata().find("trace_id"); found != info->metadata().end()) {
      trace = found->second;
    }
  }
  if (!context.remedy.empty()) absl::StrAppend(&out, "  ", context.remedy, "\n");
  if (ExitCodeOf(status) == kExitUnavailable && !context.request_id.empty()) {
    absl::StrAppend(&out, "  ", std::string(kRepeat.In(lang)), "--request-id ", context.request_id,
                    "\n");
  }
  if (!trace.empty()) absl::StrAppend(&out, "  ", std::string(kTrace.In(lang)), trace, "\n");
  return out;
}

}  // namespace redress::ctl

#include "clients/ctl/profile.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/ctl/errors.h"
#include "common/base/files.h"
#include "common/base/view.h"

namespace redress::ctl {
namespace {

// "a \"b\"" -> a "b"; a value without quotes stays. False where quotes do not match.
bool Unquote(std::string_view raw, std::string& value) {
  value.clear();
  if (raw.empty() || raw.front() != '"') {
    value = raw;
    return raw.find('"') == std::string_view::npos;
  }
  for (size_t i = 1; i < raw.size(); ++i) {
    if (raw[i] == '"') return i + 1 == raw.size();
    if (raw[i] == '\\' && i + 1 < raw.size()) ++i;
    value.push_back(raw[i]);
  }
  return false;
}

bool LooksLikeAddress(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == address.size()) return false;
  const std::string_view port = address.substr(colon + 1);
  return std::all_of(port.begin(), port.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); });
}

std::string Resolve(std::string_view folder, const std::string& path) {
  if (path.empty() || path.front() == '/' || folder.empty()) return path;
  return absl::StrCat(base::AbslView(folder), "/", path);
}

std::string* TextOf(Profile& profile, std::string_view key, bool& is_path) {
  is_path = true;
  if (key == "ca") return &profile.ca;
  if (key == "token_file") return &profile.token_file;
  if (key == "client_cert") return &profile.client_cert;
  if (key == "client_key") return &profile.client_key;
  if (key == "issuer_key") return &profile.issuer_key;
  if (key == "public_keys") return &profile.public_keys;
  is_path = false;
  if (key == "campaign") return &profile.campaign;
  if (key == "lang") return &profile.lang;
  return nullptr;
}

// INVALID_ARGUMENT for what is no line of a profile.
absl::Status ApplyLine(Profile& profile, std::string_view line, std::string_view folder) {
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    return Usage("不是“键 = 值”的形式", "is not \"key = value\"");
  }
  const std::string key(absl::StripAsciiWhitespace(base::AbslView(line.substr(0, equals))));
  const std::string raw(absl::StripAsciiWhitespace(base::AbslView(line.substr(equals + 1))));
  std::string value;
  if (!Unquote(raw, value)) {
    return Usage(absl::StrCat(key, " 的引号不成对"),
                 absl::StrCat("the quotes of \"", key, "\" do not match"));
  }
  if (IsService(key)) {
    if (!LooksLikeAddress(value)) {
      return Usage(absl::StrCat(key, " 应为 主机:端口"),
                   absl::StrCat("\"", key, "\" is not host:port"));
    }
    profile.addresses[key] = value;
    return absl::OkStatus();
  }
  bool is_path = false;
  std::string* text = TextOf(profile, key, is_path);
  if (text == nullptr) {
    return Usage(absl::StrCat("没有 ", key, " 这个键"),
                 absl::StrCat("\"", key, "\" is not a known key"));
  }
  *text = is_path ? Resolve(folder, value) : value;
  if (key == "lang" && value != "zh" && value != "en") {
    return Usage("lang 只能是 zh 或 en", "\"lang\" is neither zh nor en");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsService(std::string_view name) {
  return std::find(kServices.begin(), kServices.end(), name) != kServices.end();
}

absl::StatusOr<Profile> ParseProfile(std::string_view text, std::string_view folder) {
  Profile profile;
  profile.folder = std::string(folder);
  std::vector<std::string> zh;
  std::vector<std::string> en;
  int number = 0;
  for (absl::string_view raw : absl::StrSplit(base::AbslView(text), '\n')) {
    ++number;
    const absl::string_view line = absl::StripAsciiWhitespace(raw);
    if (line.empty() || line.front() == '#') continue;
    const absl::Status applied = ApplyLine(profile, base::StdView(line), folder);
    if (applied.ok()) continue;
    zh.push_back(absl::StrCat("第 ", number, " 行：", TextIn(applied, Lang::kZh)));
    en.push_back(absl::StrCat("line ", number, ": ", TextIn(applied, Lang::kEn)));
  }
  if (!en.empty()) return Usage(absl::StrJoin(zh, "；"), absl::StrJoin(en, "; "));
  return profile;
}

absl::StatusOr<Profile> LoadProfile(const std::string& path) {
  const absl::StatusOr<std::string> text = base::ReadFile(path);
  if (!text.ok()) {
    return Usage(absl::StrCat("没有配置文件（", text.status().message(),
                              "）；可用 --profile 或 REDRESS_PROFILE 指定另一个"),
                 absl::StrCat("no profile: ", text.status().message(),
                              " (give another one by --profile or REDRESS_PROFILE)"));
  }
  absl::StatusOr<Profile> profile =
      ParseProfile(*text, std::filesystem::path(path).parent_path().string());
  if (!profile.ok()) {
    return Usage(absl::StrCat(path, "：", TextIn(profile.status(), Lang::kZh)),
                 absl::StrCat(path, ": ", TextIn(profile.status(), Lang::kEn)));
  }
  return profile;
}

absl::Status SetAddress(Profile& profile, std::string_view assignment) {
  const size_t equals = assignment.find('=');
  const std::string_view service = assignment.substr(0, std::min(equals, assignment.size()));
  const std::string_view address =
      equals == std::string_view::npos ? "" : assignment.substr(equals + 1);
  if (!IsService(service) || !LooksLikeAddress(address)) {
    const std::string services = absl::StrJoin(
        kServices, ", ", [](std::string* out, std::string_view name) { out->append(name); });
    return Usage(absl::StrCat("--address 应为 服务=主机:端口（服务：", services, "），而不是“",
                              base::AbslView(assignment), "”"),
                 absl::StrCat("--address is given as service=host:port with a service of ",
                              services, ", not as \"", base::AbslView(assignment), "\""));
  }
  profile.addresses[std::string(service)] = address;
  return absl::OkStatus();
}

std::string DefaultProfilePath() {
  if (const char* path = std::getenv("REDRESS_PROFILE"); path != nullptr && *path != '\0') {
    return path;
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr) return "";
  const std::filesystem::path path =
      std::filesystem::path(home) / ".config" / "redress" / "profile";
  std::error_code failed;
  return std::filesystem::exists(path, failed) ? path.string() : "";
}

}  // namespace redress::ctl

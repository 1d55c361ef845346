// `token issue`: signed tokens for people and apps.
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "clients/ctl/command.h"
#include "clients/ctl/token_key.h"
#include "common/auth/token.h"
#include "common/base/digest.h"
#include "common/base/view.h"
#include "common/status/macros.h"
#include "common/vault/secret_file.h"

namespace redress::ctl {
namespace {

struct TokenFlags {
  std::string key, kid, subject, official, unit, region, ttl = "8h", out;
  std::string issuer = "redress";
  std::vector<std::string> roles;
};

// Writes a file that only its owner can read, whole or not at all.
absl::Status WriteSecret(const std::string& path, const std::string& content) {
  const std::string fresh = path + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  bool written =
      file >= 0 && fchmod(file, 0600) == 0 &&
      write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  if (file >= 0) written = close(file) == 0 && written;
  if (!written || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return CannotWrite(path);
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Issue(Session& session, const TokenFlags& flags) {
  const std::string key = flags.key.empty() ? session.profile().issuer_key : flags.key;
  if (key.empty()) {
    return Usage("需要签发者的私钥：--key 文件", "the issuer's private key is needed: --key FILE");
  }
  std::string kid = flags.kid;
  if (kid.empty()) {
    const absl::StatusOr<std::string> pem = vault::ReadSecretFile(key);
    if (!pem.ok()) return FileUsage(pem.status());
    ASSIGN_OR_RETURN(kid, KeyIdOf(*pem));
  }
  auth::Identity identity;
  identity.subject = flags.subject;
  identity.region = flags.region;
  const CaseLookup none;
  ASSIGN_OR_RETURN(identity.official, ExpandName("officials/*", flags.official, "", none));
  ASSIGN_OR_RETURN(identity.unit, ExpandName("units/*", flags.unit, "", none));
  for (const std::string& list : flags.roles) {
    for (const std::string& name :
         std::vector<std::string>(absl::StrSplit(list, ',', absl::SkipEmpty()))) {
      const auto* role = FindEnumValue(*types::v1::Role_descriptor(), name);
      if (role == nullptr) {
        const std::string roles = ChoicesOf(*types::v1::Role_descriptor());
        return Usage(absl::StrCat("--roles：没有“", name, "”这个角色；有 ", roles),
                     absl::StrCat("--roles: \"", name, "\" is not one of ", roles));
      }
      identity.roles.push_back(static_cast<types::v1::Role>(role->number()));
    }
  }
  absl::Duration ttl;
  if (!absl::ParseDuration(flags.ttl, &ttl)) {
    return Usage(absl::StrCat("--ttl 写作 8h 或 90m，不是“", flags.ttl, "”"),
                 absl::StrCat("--ttl is like 8h or 90m, not \"", flags.ttl, "\""));
  }
  const auto issuer = auth::TokenIssuer::Load(key, kid, flags.issuer);
  if (!issuer.ok()) return FileUsage(issuer.status());
  const absl::StatusOr<std::string> token = (*issuer)->Issue(identity, absl::Now(), ttl);
  if (!token.ok()) {
    return Usage(absl::StrCat("签发不了：", token.status().message()),
                 base::StdView(token.status().message()));
  }
  if (flags.out.empty()) {
    session.out() << *token << "\n";
  } else {
    RETURN_IF_ERROR(WriteSecret(flags.out, *token + "\n"));
    const std::string until =
        absl::FormatTime("%Y-%m-%d %H:%M", absl::Now() + ttl, absl::LocalTimeZone());
    session.Note(
        session.lang() == Lang::kZh
            ? absl::StrCat("已写入 ", flags.out, "：", flags.subject, " 的令牌，有效至 ", until)
            : absl::StrCat("Wrote ", flags.out, ": the token of ", flags.subject, ", valid until ",
                           until));
  }
  return kExitOk;
}

}  // namespace

absl::StatusOr<std::string> KeyIdOf(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  // An empty passphrase, so that an encrypted key fails instead of asking on the terminal.
  char no_passphrase[] = "";
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, no_passphrase), EVP_PKEY_free);
  unsigned char* der = nullptr;
  const int size = key == nullptr ? 0 : i2d_PUBKEY(key.get(), &der);
  if (size <= 0) {
    return Usage("私钥文件中没有 PEM 格式的私钥", "the key file holds no private key in PEM");
  }
  const std::string digest =
      base::Sha256Hex({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return digest.substr(0, 16);
}

void AddTokenCommand(Session& session) {
  const auto flags = std::make_shared<TokenFlags>();
  CLI::App& app = session.AddCommand(
      "token issue", {"签发令牌（至多 24 小时）", "Issue a token (for at most 24 hours)"},
      "--key issuer.pem --subject clerk --official petition-office-clerk --unit petition-office "
      "--region 430626 --roles office-clerk --ttl 8h --out clerk.token",
      [flags](Session& running) { return Issue(running, *flags); });
  session.AddFile(
      app, "--key", flags->key,
      {"签发私钥（默认取自配置文件）", "the issuer's private key (default: the profile's)"});
  app.add_option(
      "--kid", flags->kid,
      session.Say({"密钥编号（默认由公钥算出）", "key id (default: computed from the key)"}));
  app.add_option("--issuer", flags->issuer, session.Say({"签发者", "issuer"}))
      ->capture_default_str();
  app.add_option("--subject", flags->subject, session.Say({"主体", "subject"}))->required();
  app.add_option("--official", flags->official, session.Say({"干部", "official"}));
  app.add_option("--unit", flags->unit, session.Say({"单位", "unit"}));
  app.add_option("--region", flags->region, session.Say({"区划代码", "region code"}));
  CLI::Option* roles = app.add_option(
      "--roles", flags->roles, session.Say({"角色，逗号分隔", "roles, separated by commas"}));
  roles->required()->allow_extra_args(false);
  app.add_option("--ttl", flags->ttl, session.Say({"有效期", "how long it is valid"}))
      ->capture_default_str();
  session.AddFile(app, "--out", flags->out,
                  {"写入文件（权限 0600）而不显示", "write to a file (mode 0600) instead"});
}

}  // namespace redress::ctl

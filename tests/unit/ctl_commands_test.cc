// The commands of redress-ctl as declared: every rpc has one, every path in a declaration exists,
// and the command line behaves as the README says. No service runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/ctl/command.h"
#include "clients/ctl/completion.h"
#include "clients/ctl/remedy.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/token_key.h"
#include "common/base/files.h"
#include "common/base/version.h"
#include "common/status/error.h"

namespace redress::ctl {
namespace {

struct Result {
  int code;
  std::string out;
  std::string err;
};

Result Ctl(std::vector<std::string> arguments, Lang lang = Lang::kEn) {
  std::ostringstream out;
  std::ostringstream err;
  Session session({out, err}, lang);
  AddAllCommands(session);
  const int code = session.Run(std::move(arguments));
  return {code, out.str(), err.str()};
}

std::vector<RpcCommand> AllRpcCommands() {
  std::vector<RpcCommand> all;
  for (const auto& commands :
       {CampaignCommands(), CaseCommands(), RoundCommands(), AssignmentCommands(), VisitCommands(),
        AssistanceCommands(), SupervisionCommands()}) {
    all.insert(all.end(), commands.begin(), commands.end());
  }
  return all;
}

class CtlCommands : public testing::Test {
 protected:
  void SetUp() override {
    // Whatever profile this machine has is not the test's.
    setenv("REDRESS_PROFILE", "", 1);
    setenv("HOME", testing::TempDir().c_str(), 1);
  }
};

TEST_F(CtlCommands, EveryRpcHasACommand) {
  std::set<std::string> methods;
  for (const RpcCommand& command : AllRpcCommands()) {
    const auto* method = FindMethod(command.method);
    ASSERT_NE(method, nullptr) << command.method;
    EXPECT_TRUE(methods.insert(method->full_name()).second)
        << command.method << " has two commands";
  }
  // These serve other services, or are behind commands of their own.
  for (const char* other :
       {"redress.registry.v1.AccessService.CheckAccess",
        "redress.registry.v1.AccessService.CheckParticipants",
        "redress.registry.v1.AccessService.RecordMembership",
        "redress.registry.v1.AccessService.UpdateCaseAccess",
        "redress.registry.v1.AccessService.ReconcileCaseAccess",
        "redress.assignment.v1.AssignmentService.ResolveAccused",
        "redress.facts.v1.FactFeedService.ListFacts", "redress.facts.v1.FactFeedService.WatchFacts",
        "redress.facts.v1.FactFeedService.GetCheckpoint",
        "redress.facts.v1.FactFeedService.GetInclusionProof",
        "redress.facts.v1.FactFeedService.GetConsistencyProof",
        "redress.audit.v1.AuditService.ListAuditEntries",
        "redress.audit.v1.AuditService.GetAuditCheckpoint",
        "redress.audit.v1.AuditService.GetAuditInclusionProof",
        "redress.audit.v1.AuditService.GetAuditConsistencyProof",
        "redress.sample.v1.SampleClockService.SetTime",
        "redress.sample.v1.SampleClockService.GetTime", "grpc.health.v1.Health.Check",
        "grpc.health.v1.Health.Watch"}) {
    methods.insert(other);
  }
  for (const auto* service : AllServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_TRUE(methods.count(service->method(i)->full_name()) == 1)
          << service->method(i)->full_name() << " has no command";
    }
  }
}

TEST_F(CtlCommands, EveryColumnExists) {
  for (const RpcCommand& command : AllRpcCommands()) {
    for (const TableSpec& table : command.tables) {
      const auto& answer = *FindMethod(command.method)->output_type();
      const auto* row = FieldPath(answer, table.rows).back()->message_type();
      ASSERT_NE(row, nullptr) << command.words;
      for (std::string_view column : table.columns) {
        std::string paths(column);
        std::istringstream each(paths);
        for (std::string path; std::getline(each, path, '|');) {
          if (!path.empty() && path.back() == '#') path.pop_back();
          // Aborts where the path does not exist.
          EXPECT_FALSE(FieldPath(*row, path).empty()) << command.words;
        }
      }
    }
  }
}

TEST_F(CtlCommands, FlagsOfACommandAreDistinctAndNotGlobal) {
  const std::set<std::string> global = {"profile",     "address",    "ca",      "token-file",
                                        "client-cert", "client-key", "timeout", "lang",
                                        "output",      "from",       "limit",   "help"};
  for (const RpcCommand& command : AllRpcCommands()) {
    std::set<std::string> names;
    for (const RequestFlag& flag :
         FlagsOf(*FindMethod(command.method)->input_type(), command.flags)) {
      if (flag.form == Form::kHidden) continue;
      EXPECT_TRUE(names.insert(flag.name).second) << command.words << " --" << flag.name;
      EXPECT_EQ(global.count(flag.name), 0u) << command.words << " --" << flag.name;
    }
  }
}

TEST_F(CtlCommands, HelpOfEveryCommandHasAnExampleInBothLanguages) {
  for (const RpcCommand& command : AllRpcCommands()) {
    std::vector<std::string> words;
    std::istringstream split{std::string(command.words)};
    for (std::string word; split >> word;) words.push_back(word);
    words.push_back("--help");
    for (Lang lang : {Lang::kEn, Lang::kZh}) {
      const Result help = Ctl(words, lang);
      EXPECT_EQ(help.code, 0);
      EXPECT_TRUE(
          absl::StrContains(help.out, absl::StrCat("  redress-ctl ", std::string(command.words))))
          << help.out;
      EXPECT_TRUE(absl::StrContains(help.out, std::string(command.summary.In(lang)))) << help.out;
    }
  }
}

TEST_F(CtlCommands, UsageErrors) {
  EXPECT_EQ(Ctl({}).code, 2);
  EXPECT_TRUE(absl::StrContains(Ctl({}).err, "Subcommands:"));
  EXPECT_EQ(Ctl({"case"}).code, 2);
  EXPECT_TRUE(absl::StrContains(Ctl({"case"}).err, "register"));
  EXPECT_TRUE(absl::StrContains(Ctl({"case"}).err, "Usage: redress-ctl case"));
  const std::string chinese = Ctl({"case"}, Lang::kZh).err;
  for (const char* heading :
       {"用法：redress-ctl case", "\n选项：\n", "\n子命令：\n", "显示本帮助"}) {
    EXPECT_TRUE(absl::StrContains(chinese, heading)) << heading << " in " << chinese;
  }
  EXPECT_EQ(Ctl({"nonsense"}).code, 2);
  EXPECT_EQ(Ctl({"nonsense"}).err,
            "Error: \"nonsense\" is not understood. Usage: redress-ctl --help\n");
  EXPECT_EQ(Ctl({"case", "get", "--nonsense"}).code, 2);
  EXPECT_EQ(Ctl({"case", "regster"}).err,
            "Error: \"regster\" is not understood; did you mean register? Usage: redress-ctl case "
            "--help\n");
  EXPECT_EQ(Ctl({"case", "list", "--stat", "open"}, Lang::kZh).err,
            "错误：不认识“--stat”，是否想用 --state？用法见 redress-ctl case list --help\n");
  EXPECT_EQ(Ctl({"token", "issue"}, Lang::kZh).err,
            "错误：缺少必填参数：--subject is required。用法见 redress-ctl token issue --help\n");
  EXPECT_EQ(Ctl({"case", "list", "--lang", "fr"}).code, 2);
  EXPECT_TRUE(absl::StrContains(
      Ctl({"--profile", "/first", "case", "list", "--profile", "/second"}).err, "/second"))
      << "the last one counts, so that an alias can be overridden";
  EXPECT_EQ(Ctl({"case", "list", "--profile", "/nonexistent"}).code, 2);
  EXPECT_EQ(Ctl({"case", "list", "--client-cert", "a.pem"}).code, 2);
  const Result unknown = Ctl({"case", "list"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(absl::StrContains(unknown.err, "--address registry=host:port")) << unknown.err;
  const Result choice = Ctl({"case", "list", "--state", "shut"});
  EXPECT_EQ(choice.code, 2);
  EXPECT_TRUE(
      absl::StrContains(choice.err, "filter.state (--state): \"shut\" is not open|closing|closed"))
      << choice.err;
  EXPECT_EQ(Ctl({"call", "registry/Nothing"}).code, 2);
  EXPECT_EQ(Ctl({"call", "FactFeedService/WatchFacts", "--service", "visits"}).code, 2);
  EXPECT_EQ(Ctl({"call", "registry/GetCase", "--data", "{\"nam\": 1}"}).code, 2);
  EXPECT_EQ(Ctl({"health"}).code, 2);
}

TEST_F(CtlCommands, ItsVersion) {
  const Result version = Ctl({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out, absl::StrCat("redress-ctl ", base::kVersion, "\n"));
}

TEST_F(CtlCommands, RemediesNameRolesTokensAndTime) {
  const absl::Status denied = status::Denied("closures.approve");
  EXPECT_EQ(RemedyFor(denied, Lang::kEn), "Roles that hold it: office head");
  EXPECT_EQ(RemedyFor(denied, Lang::kZh), "有此权限的角色：信访办负责人");
  EXPECT_EQ(RemedyFor(status::Denied("nothing.known"), Lang::kEn), "");
  const absl::Status expired = status::Unauthenticated("TOKEN_EXPIRED");
  EXPECT_TRUE(absl::StrContains(RemedyFor(expired, Lang::kEn), "redress-ctl token issue"));
  EXPECT_EQ(TextIn(expired, Lang::kZh), "令牌已经过期。");
  EXPECT_EQ(RemedyFor(status::DeadlineExceeded(), Lang::kEn), "More time: --timeout SECONDS");
  EXPECT_EQ(RemedyFor(status::NotFound("case"), Lang::kEn), "");
}

TEST_F(CtlCommands, AMissingCaIsNamed) {
  const Result result =
      Ctl({"case", "list", "--address", "registry=127.0.0.1:1", "--ca", "/nonexistent/ca.pem"});
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(absl::StrContains(result.err, "/nonexistent/ca.pem")) << result.err;
}

TEST_F(CtlCommands, CompletionKnowsNounsFlagsAndValues) {
  std::ostringstream out;
  std::ostringstream err;
  Session session({out, err}, Lang::kEn);
  AddAllCommands(session);
  const std::string script = BashCompletion(session);
  const std::string path = testing::TempDir() + "/ctl_completion_" + std::to_string(getpid());
  std::ofstream(path) << script
                      << "complete_at() {\n"
                         "  COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=()\n"
                         "  _redress_ctl; echo \"${COMPREPLY[@]}\"\n"
                         "}\n"
                         "complete_at redress-ctl cas\n"
                         "complete_at redress-ctl case re\n"
                         "complete_at redress-ctl case register --so\n"
                         "complete_at redress-ctl case register --source in\n"
                         "complete_at redress-ctl --lang zh close ''\n"
                         "complete_at redress-ctl overdue --output j\n"
                         "complete_at redress-ctl audit verify --public-key " +
                             path.substr(0, path.size() - 1) + "\n";
  std::string answers;
  FILE* bash = popen(("bash " + path + " 2>&1").c_str(), "r");
  ASSERT_NE(bash, nullptr);
  for (int c = 0; (c = std::fgetc(bash)) != EOF;) answers.push_back(static_cast<char>(c));
  EXPECT_EQ(pclose(bash), 0);
  std::remove(path.c_str());
  EXPECT_EQ(answers,
            "case\nrecuse register\n--source\nin-person\n--help -h approve propose reject\njson\n" +
                path + "\n");
}

TEST_F(CtlCommands, TokensAreIssuedForTheKeyAtHand) {
  const std::string folder = testing::TempDir() + "/ctl_token_" + std::to_string(getpid());
  ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
  const std::string key = folder + "/key.pem";
  ASSERT_EQ(std::system(("umask 077; openssl genpkey -algorithm EC -pkeyopt "
                         "ec_paramgen_curve:P-256 -out " +
                         key + " 2>/dev/null")
                            .c_str()),
            0);
  const std::string out = folder + "/clerk.token";
  const Result issued =
      Ctl({"token", "issue", "--key", key, "--subject", "clerk", "--official",
           "petition-office-clerk", "--unit", "petition-office", "--region", "430626", "--roles",
           "office-clerk,ROLE_OFFICE_HEAD", "--ttl", "8h", "--out", out});
  EXPECT_EQ(issued.code, 0) << issued.err;
  EXPECT_EQ(issued.out, "");
  EXPECT_TRUE(absl::StrContains(issued.err, "Wrote " + out + ": the token of clerk, valid until"))
      << issued.err;
  struct stat about {};
  ASSERT_EQ(stat(out.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  const std::string token = base::ReadFile(out).value();
  EXPECT_EQ(std::count(token.begin(), token.end(), '.'), 2);

  // The key id is what openssl makes of the public key, so that it names the file services trust.
  FILE* openssl = popen(
      ("openssl pkey -in " + key + " -pubout -outform DER | openssl dgst -sha256 -r").c_str(), "r");
  ASSERT_NE(openssl, nullptr);
  char digest[17] = {};
  ASSERT_EQ(std::fread(digest, 1, 16, openssl), 16u);
  while (std::fgetc(openssl) != EOF) {
  }
  EXPECT_EQ(pclose(openssl), 0);
  EXPECT_EQ(KeyIdOf(base::ReadFile(key).value()).value(), digest);

  EXPECT_EQ(Ctl({"token", "issue", "--key", key, "--subject", "x", "--roles", "king"}).code, 2);
  EXPECT_EQ(
      Ctl({"token", "issue", "--key", key, "--subject", "x", "--roles", "lead", "--ttl", "48h"})
          .code,
      2);
  EXPECT_EQ(Ctl({"token", "issue", "--subject", "x", "--roles", "lead"}).code, 2) << "no key";
  std::remove(out.c_str());
  std::remove(key.c_str());
  rmdir(folder.c_str());
}

}  // namespace
}  // namespace redress::ctl

// redress-replay: replays the campaign of 2018 with invented cases through the services of a sample
// installation, and shows what they make of it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "clients/ctl/errors.h"
#include "clients/ctl/progress.h"
#include "clients/ctl/start_lang.h"
#include "clients/replay/campaign.h"
#include "clients/replay/client.h"
#include "clients/replay/report.h"
#include "clients/replay/runner.h"
#include "common/base/files.h"
#include "common/status/macros.h"

namespace redress::replay {
namespace {

// The exit codes; part of the interface (see --help).
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNotFresh = 3;

struct Flags {
  std::string profile, issuer_key, county_profile, seeds, plan,
      until = "2018-12-31", output = "text", lang, token_issuer = "redress", public_keys;
  uint64_t seed = 2018;
  int cases = 100;
  int rows = 20;
  int workers = 8;
  bool fresh_check = false;
};

// The folder seeds/ that belongs to this binary: beside the working folder, or above the binary.
std::string FindSeeds() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  std::vector<fs::path> starts = {fs::current_path(ignored),
                                  fs::read_symlink("/proc/self/exe", ignored).parent_path()};
  for (fs::path start : starts) {
    for (; !start.empty(); start = start.parent_path()) {
      if (fs::is_directory(start / "seeds" / "sample", ignored)) return start / "seeds";
      if (start == start.root_path()) break;
    }
  }
  return "seeds";
}

// The first and last day of the replay.
constexpr Day kFirst(2018, 4, 2);
constexpr Day kLast(2018, 12, 31);

std::string CheckDay(const std::string& text, ctl::Lang lang) {
  const absl::StatusOr<Day> day = calendar::FromText(text);
  if (day.ok() && *day >= kFirst && *day <= kLast) return "";
  constexpr ctl::Text kWrong = {"须为 2018-04-02 至 2018-12-31 之间的一天",
                                "is to be a day from 2018-04-02 to 2018-12-31"};
  return std::string(kWrong.In(lang));
}

void Declare(CLI::App& app, Flags& flags, ctl::Lang lang) {
  const auto say = [lang](ctl::Text text) { return std::string(text.In(lang)); };
  app.set_help_flag("-h,--help", say({"显示本帮助", "Print this help"}));
  app.add_option(
         "--profile", flags.profile,
         say({"操作员的配置，由 deploy/up 写成", "The operator's profile, as deploy/up writes it"}))
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--issuer-key", flags.issuer_key,
                 say({"签发令牌的私钥（默认：依配置）",
                      "The private key that signs tokens (default: the profile's)"}))
      ->check(CLI::ExistingFile);
  app.add_option("--county-profile", flags.county_profile,
                 say({"县级平台的配置，用于核验事实（默认：操作员配置旁的 county.toml）",
                      "The county platform's profile, for the verification of the facts (default: "
                      "county.toml beside the operator's)"}));
  app.add_option("--seed", flags.seed,
                 say({"虚构信访事项由此抽取：种子相同，集中行动相同",
                      "What the invented cases are drawn from: same seed, same campaign"}))
      ->capture_default_str();
  app.add_option("--cases", flags.cases, say({"信访事项数", "How many cases"}))
      ->capture_default_str()
      ->check(CLI::Range(kFewestCases, kMostCases));
  app.add_option("--plan", flags.plan,
                 say({"方案文件（默认：seeds/plans/2018-three-in-place.txtpb）",
                      "The plan file (default: seeds/plans/2018-three-in-place.txtpb)"}))
      ->check(CLI::ExistingFile);
  app.add_option("--seeds", flags.seeds,
                 say({"含 sample/、plans/、calendar/ 的文件夹（默认：自行查找）",
                      "The folder with sample/, plans/ and calendar/ (default: found by itself)"}))
      ->check(CLI::ExistingDirectory);
  app.add_option("--until", flags.until, say({"办到这一天结束为止", "Stop at the end of this day"}))
      ->capture_default_str()
      ->check(CLI::Validator([lang](std::string& text) { return CheckDay(text, lang); }, "DATE"));
  app.add_flag("--fresh-check", flags.fresh_check,
               say({"只说明是否尚未重演：退出码 0，已有内容则为 3",
                    "Only tell whether nothing was replayed yet: exit code 0, or 3 where something "
                    "was"}));
  app.add_option("--output", flags.output, say({"text 或 json", "text or json"}))
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--rows", flags.rows,
                 say({"每个表最多显示的行数，0 为全部",
                      "The most rows that are shown of a table; 0 shows all"}))
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  app.add_option("--lang", flags.lang,
                 say({"zh 或 en（默认：依配置，其次依环境）",
                      "zh or en (default: by the profile, then by the environment)"}))
      ->check(CLI::IsMember({"zh", "en"}));
  app.add_option("--workers", flags.workers,
                 say({"同时办理的信访事项数", "How many cases are worked on at once"}))
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  app.add_option("--token-issuer", flags.token_issuer,
                 say({"服务所认的令牌签发者", "The issuer that the services expect in tokens"}))
      ->capture_default_str();
  app.add_option("--public-keys", flags.public_keys,
                 say({"含 <服务>/feed-signing.pub.pem 的文件夹（默认：依配置，"
                      "其次为配置文件夹旁的 keys/）",
                      "Folder with <service>/feed-signing.pub.pem (default: by the profile, then "
                      "keys/ beside the profiles' folder)"}));
  app.footer(
      say({"随时可以再次运行：已办的不会重复，中断的接着办。\n"
           "退出码：0 完成；1 未完成；2 用法或配置有误；3 --fresh-check 发现已重演。",
           "May be run again at any time: what is done already is not done twice, and an "
           "interrupted run goes on.\nExit codes: 0 done; 1 something failed; 2 wrong flags or "
           "profile; 3 --fresh-check found a replayed campaign."}));
}

class Percent {
 public:
  Percent() : tty_(isatty(STDERR_FILENO) != 0), bar_(std::cerr, tty_, "replay") {}
  void Show(size_t done, size_t total, Day day) {
    if (tty_) return bar_.Update(static_cast<int64_t>(done), static_cast<int64_t>(total));
    const size_t percent = total == 0 ? 100 : done * 100 / total;
    if (percent / 10 == shown_ / 10) return;
    shown_ = percent;
    std::cerr << absl::StrFormat("%3d%%  %s\n", static_cast<int>(percent / 10 * 10),
                                 absl::FormatCivilTime(day));
  }

 private:
  const bool tty_;
  ctl::Progress bar_;
  size_t shown_ = 0;
};

// What was done, on standard error: standard output is the report's.
void TellWork(const Runner& runner, const Client& client, absl::Duration took) {
  if (runner.carried_out() == 0) {
    std::cerr << client.In({"此前已重演\n", "the campaign was replayed before\n"});
    return;
  }
  std::cerr << absl::StrFormat("%d%s%.1f%s\n", runner.carried_out(),
                               client.In({" 个事件，用时 ", " events in "}),
                               absl::ToDoubleSeconds(took), client.In({" 秒", " s"}));
  if (client.unanswered() > 0) {
    std::cerr << absl::StrFormat(
        "%d%s\n", client.unanswered(),
        client.In({" 次呼叫因服务无应答而重试", " calls were repeated, since a service was away"}));
  }
}

absl::StatusOr<int> Replay(Flags flags, ctl::Lang& lang) {
  namespace fs = std::filesystem;
  ASSIGN_OR_RETURN(ctl::Profile profile, ctl::LoadProfile(flags.profile));
  if (!flags.issuer_key.empty()) profile.issuer_key = flags.issuer_key;
  if (flags.lang.empty() && !profile.lang.empty()) lang = ctl::LangOf(profile.lang);
  if (flags.seeds.empty()) flags.seeds = FindSeeds();
  if (flags.plan.empty()) flags.plan = flags.seeds + "/plans/2018-three-in-place.txtpb";
  const fs::path profiles = fs::absolute(flags.profile).parent_path();
  if (flags.county_profile.empty()) flags.county_profile = profiles / "county.toml";

  ASSIGN_OR_RETURN(const Day until, calendar::FromText(flags.until));
  ASSIGN_OR_RETURN(const Sample sample, Sample::Load(flags.seeds + "/sample"));
  ASSIGN_OR_RETURN(const auto calendar,
                   calendar::Calendar::Load(flags.seeds + "/calendar/holidays.txt"));
  CampaignOptions options;
  options.seed = flags.seed;
  options.cases = flags.cases;
  ASSIGN_OR_RETURN(options.plan_text, base::ReadFile(flags.plan));
  const std::vector<Event> events = MakeCampaign(options, sample, *calendar);
  ASSIGN_OR_RETURN(const auto client, Client::ForPeople(profile, flags.token_issuer, sample, lang));
  ASSIGN_OR_RETURN(const ctl::Profile county, ctl::LoadProfile(flags.county_profile));
  ASSIGN_OR_RETURN(const auto machine, Client::ForMachine(county, lang));

  std::optional<Percent> percent(std::in_place);
  Runner::Options run;
  run.seed = flags.seed;
  run.workers = flags.workers;
  run.progress = [&](size_t done, size_t total, Day day) { percent->Show(done, total, day); };
  Runner runner(*client, events, std::move(run));
  if (flags.fresh_check) {
    RETURN_IF_ERROR(runner.Find());
    std::cout << (runner.untouched() ? "fresh\n" : "replayed\n");
    return runner.untouched() ? 0 : kNotFresh;
  }
  const absl::Time started = absl::Now();
  RETURN_IF_ERROR(runner.Run(until));
  percent.reset();  // its line is gone before anything else is said
  TellWork(runner, *client, absl::Now() - started);

  ReportOptions asked;
  asked.lang = lang;
  asked.until = until;
  asked.calendar = calendar.get();
  asked.public_keys = !flags.public_keys.empty()     ? flags.public_keys
                      : !profile.public_keys.empty() ? profile.public_keys
                                                     : (profiles.parent_path() / "keys").string();
  ASSIGN_OR_RETURN(const Report report, MakeReport(*client, *machine, sample, runner, asked));
  if (flags.output == "json") {
    report.WriteJson(std::cout);
  } else {
    report.WriteText(std::cout, lang, static_cast<size_t>(flags.rows), isatty(STDOUT_FILENO) != 0);
  }
  return report.verified() ? 0 : kFailed;
}

int Main(const std::vector<std::string>& arguments) {
  Flags flags;
  ctl::Lang lang = ctl::StartLang(arguments);
  constexpr ctl::Text kAbout = {
      "以虚构的信访事项，经示例安装的各项服务重演 2018 年的集中行动。",
      "Replays the campaign of 2018, with invented cases, through the services of a sample "
      "installation."};
  CLI::App app(std::string(kAbout.In(lang)), "redress-replay");
  Declare(app, flags, lang);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  const absl::StatusOr<int> code = Replay(std::move(flags), lang);
  if (code.ok()) return *code;
  ctl::ErrorContext context;
  context.lang = lang;
  context.color = isatty(STDERR_FILENO) != 0;
  std::cerr << ctl::RenderError(code.status(), context);
  return absl::IsInvalidArgument(code.status()) ? kUsage : kFailed;
}

}  // namespace
}  // namespace redress::replay

int main(int argc, char** argv) {
  return redress::replay::Main(std::vector<std::string>(argv + 1, argv + argc));
}

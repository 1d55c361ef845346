// redress-replay: replays the campaign of 2018 with invented cases through the services of a sample
// installation, and shows what they make of it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "clients/ctl/progress.h"
#include "clients/replay/campaign.h"
#include "clients/replay/client.h"
#include "clients/replay/report.h"
#include "clients/replay/runner.h"
#include "common/base/files.h"
#include "common/status/macros.h"

namespace redress::replay {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNotFresh = 3;

struct Flags {
  std::string profile, county_profile, seeds, plan, until = "2018-12-31", output = "text", lang,
                                                    token_issuer = "redress", public_keys;
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

void Declare(CLI::App& app, Flags& flags) {
  app.add_option("--profile", flags.profile, "The operator's profile, as deploy/up writes it")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--county-profile", flags.county_profile,
                 "The county platform's profile, for the verification of the facts (default: "
                 "county.toml beside the operator's)");
  app.add_option("--seed", flags.seed,
                 "What the invented cases are drawn from: same seed, same campaign")
      ->capture_default_str();
  app.add_option("--cases", flags.cases, "How many cases")
      ->capture_default_str()
      ->check(CLI::Range(kFewestCases, kMostCases));
  app.add_option("--plan", flags.plan,
                 "The plan file (default: seeds/plans/2018-three-in-place.txtpb)");
  app.add_option("--seeds", flags.seeds,
                 "The folder with sample/, plans/ and calendar/ (default: found by itself)");
  app.add_option("--until", flags.until, "Stop at the end of this day")->capture_default_str();
  app.add_flag("--fresh-check", flags.fresh_check,
               "Only tell whether nothing was replayed yet: exit code 0, or 3 where something was");
  app.add_option("--output", flags.output, "text or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--rows", flags.rows, "The most rows that are shown of a table; 0 shows all")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  app.add_option("--lang", flags.lang, "zh or en (default: by LANG)")
      ->check(CLI::IsMember({"zh", "en"}));
  app.add_option("--workers", flags.workers, "How many cases are worked on at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  app.add_option("--token-issuer", flags.token_issuer,
                 "The issuer that the services expect in tokens")
      ->capture_default_str();
  app.add_option(
      "--public-keys", flags.public_keys,
      "Folder with <service>/feed-signing.pub.pem (default: keys/ beside the profiles' folder)");
  app.footer(
      "May be run again at any time: what is done already is not done twice, and an interrupted "
      "run "
      "goes on.\nExit codes: 0 done, 1 something failed, 2 wrong flags, 3 --fresh-check found a "
      "replayed campaign.");
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

absl::StatusOr<int> Replay(Flags flags) {
  namespace fs = std::filesystem;
  if (flags.seeds.empty()) flags.seeds = FindSeeds();
  if (flags.plan.empty()) flags.plan = flags.seeds + "/plans/2018-three-in-place.txtpb";
  const fs::path profiles = fs::absolute(flags.profile).parent_path();
  if (flags.county_profile.empty()) flags.county_profile = profiles / "county.toml";
  const ctl::Lang lang = ctl::LangOf(!flags.lang.empty()              ? flags.lang
                                     : std::getenv("LANG") != nullptr ? std::getenv("LANG")
                                                                      : "");

  ASSIGN_OR_RETURN(const ctl::Profile profile, ctl::LoadProfile(flags.profile));
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

  Percent percent;
  Runner::Options run;
  run.seed = flags.seed;
  run.workers = flags.workers;
  run.progress = [&](size_t done, size_t total, Day day) { percent.Show(done, total, day); };
  Runner runner(*client, events, std::move(run));
  if (flags.fresh_check) {
    RETURN_IF_ERROR(runner.Find());
    const bool fresh = !runner.campaign_exists();
    std::cout << (fresh ? "fresh\n" : "replayed\n");
    return fresh ? 0 : kNotFresh;
  }
  const absl::Time started = absl::Now();
  RETURN_IF_ERROR(runner.Run(until));
  std::cerr << (runner.carried_out() == 0
                    ? std::string("the campaign was replayed before\n")
                    : absl::StrFormat("%d events in %.1f s\n", runner.carried_out(),
                                      absl::ToDoubleSeconds(absl::Now() - started)));

  ReportOptions asked;
  asked.lang = lang;
  asked.until = until;
  asked.public_keys = !flags.public_keys.empty()     ? flags.public_keys
                      : !profile.public_keys.empty() ? profile.public_keys
                                                     : (profiles.parent_path() / "keys").string();
  ASSIGN_OR_RETURN(const ctl::Profile county, ctl::LoadProfile(flags.county_profile));
  ASSIGN_OR_RETURN(const auto machine, Client::ForMachine(county, lang));
  ASSIGN_OR_RETURN(const Report report, MakeReport(*client, *machine, sample, runner, asked));
  if (flags.output == "json") {
    report.WriteJson(std::cout);
  } else {
    report.WriteText(std::cout, lang, static_cast<size_t>(flags.rows), isatty(STDOUT_FILENO) != 0);
  }
  return report.verified() ? 0 : kFailed;
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app(
      "Replays the campaign of 2018, with invented cases, through the services of a sample "
      "installation.",
      "redress-replay");
  Declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  const absl::StatusOr<int> code = Replay(std::move(flags));
  if (code.ok()) return *code;
  std::cerr << "redress-replay: " << code.status().message() << "\n";
  return kFailed;
}

}  // namespace
}  // namespace redress::replay

int main(int argc, char** argv) { return redress::replay::Main(argc, argv); }

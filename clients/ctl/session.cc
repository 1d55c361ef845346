#include "clients/ctl/session.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "clients/ctl/remedy.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/token_claims.h"
#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/version.h"
#include "common/base/view.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::ctl {
namespace {

constexpr Text kAbout = {
    "信访事项办理后台的命令行：按方案办理、督促单位和干部按时履职。",
    "The command line of Redress: petitions answered on the merits and on time."};

constexpr Text kFooter = {
    "姓名、编号可以省略前缀（units/petition-office 可写作 petition-office）；信访事项可用登记号。\n"
    "退出码：0 成功；1 被拒绝（条件不足、查无此件、版本冲突）；2 用法或字段有误；3 "
    "未认证或无权限；\n"
    "4 服务无应答或超时（可用同一 --request-id 重试）；5 内部错误。",
    "Names may be short: petition-office for units/petition-office, a registration number for a "
    "case.\n"
    "Exit codes: 0 done; 1 refused (a duty unmet, not found, changed meanwhile); 2 wrong usage or "
    "field;\n"
    "3 not authenticated or not allowed; 4 no answer in time (repeat with the same --request-id);\n"
    "5 internal error."};

// A table's cells are cut here, whether it is read on a terminal or kept: one long cell widens its
// column in every line. The whole is in "wide" and "json".
constexpr size_t kCellWidth = 60;

// How many cases are asked for their numbers in one call, and how many units and officials for
// their titles: a county has fewer.
constexpr int kNumbersAtOnce = 200;
constexpr int32_t kTitlesAtOnce = 1000;

// What the nouns are, for --help.
struct Noun {
  std::string_view word;
  Text summary;
};
constexpr Noun kNouns[] = {
    {"campaign", {"集中行动和方案", "Campaigns and their plans"}},
    {"unit", {"责任单位", "Units"}},
    {"official", {"干部", "Officials"}},
    {"leading-group", {"领导小组", "The leading group of a campaign"}},
    {"deployment", {"动员部署", "How units take up a campaign"}},
    {"petitioner", {"信访人", "Petitioners"}},
    {"case", {"信访事项", "Cases"}},
    {"claim", {"诉求：调查、甄别", "Claims: the three musts, appraisal"}},
    {"settlement", {"调解和解协议", "Settlement agreements"}},
    {"round", {"办理程序和文书", "Procedure rounds and their documents"}},
    {"close", {"结案销号", "Closing by the plan's standards"}},
    {"assignment", {"五个一包案", "Five-ones assignments"}},
    {"handover", {"移交", "Handover of a lead or officer"}},
    {"extension", {"延期", "Extensions of a round"}},
    {"visit", {"下访约访和访情日记", "Visits and the diary"}},
    {"hearing", {"听证会和调解会", "Hearings and mediations"}},
    {"survey", {"入户调查", "Household surveys"}},
    {"assistance", {"困难帮扶", "Assistance files"}},
    {"record", {"补录的核实", "Records made late, confirmed"}},
    {"restore", {"数据恢复的提请与接受", "Restores of a service's data, proposed and accepted"}},
    {"audit", {"查阅记录与核验", "The audit log, and verification of the record"}},
    {"token", {"令牌", "Tokens"}},
    {"sample-clock", {"样本的模拟时钟", "The simulated clock of a sample"}},
    {"projection", {"督查读模型", "The projection that supervision reads"}},
    {"completion", {"命令补全", "Shell completion"}},
};

// How many letters have to be added, dropped or changed to make one word of another.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t before = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = before + (a[i - 1] == b[j - 1] ? 0 : 1);
      before = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

// The known word that was probably meant; empty if none is near.
std::string Closest(std::string_view word, const std::vector<std::string>& known) {
  const std::string_view flag = word.substr(0, word.find('='));
  std::string closest;
  size_t least = flag.size() / 3 + 1;
  for (const std::string& candidate : known) {
    const size_t distance = Distance(flag, candidate);
    if (distance < least) {
      least = distance;
      closest = candidate;
    }
  }
  return closest;
}

// CLI11 writes the headings of --help in English.
class ChineseHelp final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    return absl::StrReplaceAll(CLI::Formatter::make_help(app, std::move(name), mode),
                               {{"Usage: ", "用法："},
                                {"[OPTIONS]", "[选项]"},
                                {"[SUBCOMMAND]", "[子命令]"},
                                {"\nPositionals:\n", "\n位置参数：\n"},
                                {"\nOptions:\n", "\n选项：\n"},
                                {"\nSubcommands:\n", "\n子命令：\n"}});
  }
};

Text NounSummary(std::string_view word) {
  for (const Noun& noun : kNouns) {
    if (noun.word == word) return noun.summary;
  }
  // A noun that --help would say nothing of: the first test finds it.
  std::cerr << "kNouns has no " << word << std::endl;
  std::abort();
}

}  // namespace

Session::Session(Surroundings surroundings, Lang lang)
    : surroundings_(std::move(surroundings)),
      lang_(lang),
      root_(std::string(kAbout.In(lang)), "redress-ctl") {
  if (lang_ == Lang::kZh) root_.formatter(std::make_shared<ChineseHelp>());
  root_.set_help_flag("-h,--help", Say({"显示本帮助", "Print this help"}));
  root_.footer(Say(kFooter));
  root_.set_version_flag("--version", absl::StrCat("redress-ctl ", base::kVersion),
                         Say({"显示版本", "Print the version"}));
  root_.callback([this] { Incomplete(); });
  AddFile(root_, "--profile", profile_path_,
          {"配置文件（默认 $REDRESS_PROFILE 或 ~/.config/redress/profile）",
           "profile file (default: $REDRESS_PROFILE, ~/.config/redress/profile)"});
  root_
      .add_option("--address", addresses_,
                  Say({"服务地址 service=host:port（可重复）",
                       "where a service is: service=host:port (may be repeated)"}))
      ->allow_extra_args(false);
  AddFile(root_, "--ca", ca_, {"CA 证书文件", "CA certificate file"});
  AddFile(root_, "--token-file", token_file_, {"令牌文件", "token file"});
  AddFile(root_, "--client-cert", client_cert_, {"客户端证书", "client certificate"});
  AddFile(root_, "--client-key", client_key_, {"客户端私钥", "client key"});
  root_
      .add_option("--timeout", timeout_seconds_,
                  Say({"每次调用的时限（秒）", "seconds allowed for each call"}))
      ->check(CLI::Range(0.001, 3600.0))
      ->take_last();
  AddChoice(root_, "--lang", lang_name_, {"语言 zh|en", "language: zh|en"}, {"zh", "en"});
  AddChoice(
      root_, "-o,--output", output_,
      {"输出 table|wide|json（wide 不截短单元格）", "output: table|wide|json (wide cuts no cell)"},
      {"table", "wide", "json"});
}

CLI::Option* Session::AddChoice(CLI::App& app, const std::string& names, std::string& value,
                                Text help, std::vector<std::string> choices) {
  CLI::Option* option =
      app.add_option(names, value, Say(help))->check(CLI::IsMember(choices))->take_last();
  SetChoices(option, std::move(choices));
  return option;
}

CLI::Option* Session::AddService(CLI::App& app, std::string& value, Text help) {
  CLI::Option* option =
      AddChoice(app, "--service", value, help, {kServices.begin(), kServices.end()});
  return value.empty() ? option : option->capture_default_str();
}

CLI::Option* Session::AddFile(CLI::App& app, const std::string& names, std::string& value,
                              Text help) {
  CLI::Option* option = app.add_option(names, value, Say(help))->take_last();
  NameFiles(option);
  return option;
}

CLI::App& Session::AddCommand(std::string_view words, Text summary, std::string_view example,
                              Action action) {
  CLI::App* node = &root_;
  std::string path;
  const std::vector<std::string> parts = absl::StrSplit(base::AbslView(words), ' ');
  for (size_t i = 0; i < parts.size(); ++i) {
    absl::StrAppend(&path, path.empty() ? "" : " ", parts[i]);
    CLI::App*& child = nodes_[path];
    if (child == nullptr) {
      const bool last = i + 1 == parts.size();
      child = node->add_subcommand(parts[i],
                                   std::string((last ? summary : NounSummary(parts[i])).In(lang_)));
      child->fallthrough();
      if (!last) child->callback([this] { Incomplete(); });
    }
    node = child;
  }
  std::string footer;
  for (absl::string_view line : absl::StrSplit(base::AbslView(example), '\n')) {
    absl::StrAppend(&footer, footer.empty() ? (lang_ == Lang::kZh ? "例：" : "Example:") : "",
                    "\n  redress-ctl ", base::AbslView(words), line.empty() ? "" : " ", line);
  }
  node->footer(footer);
  node->callback([this, action = std::move(action)] { chosen_ = action; });
  return *node;
}

void Session::Incomplete() {
  // The parts of a command report from the innermost to the outermost; the first one counts.
  if (chosen_) return;
  chosen_ = [](Session& session) -> absl::StatusOr<int> {
    // That of the innermost part.
    session.err() << session.root_.help();
    return kExitUsage;
  };
}

void Session::SetChoices(const CLI::Option* option, std::vector<std::string> choices) {
  choices_[option] = std::move(choices);
}

const std::vector<std::string>& Session::ChoicesOf(const CLI::Option* option) const {
  static const std::vector<std::string> none;
  const auto found = choices_.find(option);
  return found == choices_.end() ? none : found->second;
}

absl::Status Session::Resolve() {
  if (profile_path_.empty()) profile_path_ = DefaultProfilePath();
  if (!profile_path_.empty()) {
    ASSIGN_OR_RETURN(profile_, LoadProfile(profile_path_));
  }
  for (const std::string& address : addresses_) RETURN_IF_ERROR(SetAddress(profile_, address));
  if (!ca_.empty()) profile_.ca = ca_;
  if (!token_file_.empty()) profile_.token_file = token_file_;
  if (!client_cert_.empty()) profile_.client_cert = client_cert_;
  if (!client_key_.empty()) profile_.client_key = client_key_;
  if (profile_.client_cert.empty() != profile_.client_key.empty()) {
    return Usage("客户端证书和私钥须同时给出（--client-cert、--client-key）",
                 "a client certificate and its key go together (--client-cert, --client-key)");
  }
  if (!lang_name_.empty()) profile_.lang = lang_name_;
  if (!profile_.lang.empty()) lang_ = LangOf(profile_.lang);
  error_context_.lang = lang_;
  error_context_.titles = &titles_;
  return absl::OkStatus();
}

absl::Status Session::Misread(const CLI::ParseError& error) {
  // The command as far as it was understood.
  const CLI::App* node = &root_;
  std::string words = "redress-ctl";
  while (!node->get_subcommands().empty()) {
    node = node->get_subcommands().back();
    absl::StrAppend(&words, " ", node->get_name());
  }
  std::vector<std::string> known;
  for (const CLI::App* sub : node->get_subcommands({})) known.push_back(sub->get_name());
  for (const CLI::App* app : {node, static_cast<const CLI::App*>(&root_)}) {
    for (const CLI::Option* option : app->get_options({})) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  }
  std::string zh;
  std::string en;
  // By type: an error of a command carries the command's name in place of its own.
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> left = root_.remaining(/*recurse=*/true);
    // What follows an unknown flag is its value.
    const auto flag = std::find_if(left.begin(), left.end(), [](const std::string& word) {
      return absl::StartsWith(word, "-");
    });
    const std::string unknown = flag != left.end() ? *flag : left.empty() ? "" : left.front();
    zh = absl::StrCat("不认识“", unknown, "”");
    en = absl::StrCat("\"", unknown, "\" is not understood");
    if (const std::string close = Closest(unknown, known); !close.empty()) {
      absl::StrAppend(&zh, "，是否想用 ", close, "？");
      absl::StrAppend(&en, "; did you mean ", close, "?");
    }
  } else {
    const bool required = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
    const bool no_value = dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr;
    const char* lead = required ? "缺少必填参数：" : no_value ? "参数缺少值：" : "参数的值不对：";
    zh = absl::StrCat(lead, error.what());
    en = error.what();
  }
  absl::StrAppend(&zh, absl::EndsWith(zh, "？") ? "" : "。", "用法见 ", words, " --help");
  absl::StrAppend(&en, en.back() == '?' ? " " : ". ", "Usage: ", words, " --help");
  return Usage(zh, en);
}

int Session::Run(std::vector<std::string> arguments) {
  error_context_.color = surroundings_.err_tty && !surroundings_.no_color;
  error_context_.lang = lang_;
  // CLI11 wants them from the last to the first.
  std::reverse(arguments.begin(), arguments.end());
  try {
    root_.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    // --help ends the parsing the same way.
    if (error.get_exit_code() == 0) return root_.exit(error, out(), err());
    err() << RenderError(Misread(error), error_context_);
    return kExitUsage;
  }
  absl::StatusOr<int> code = kExitOk;
  if (const absl::Status resolved = Resolve(); !resolved.ok()) {
    code = resolved;
  } else if (chosen_) {
    code = chosen_(*this);
  }
  out() << std::flush;
  if (code.ok()) return *code;
  if (caller_ != nullptr && caller_->failed()) error_context_.trace_id = caller_->trace_id();
  error_context_.remedy = RemedyFor(code.status(), lang_);
  err() << RenderError(code.status(), error_context_) << std::flush;
  return ExitCodeOf(code.status());
}

Caller& Session::caller() {
  if (caller_ == nullptr) {
    Caller::Options options;
    options.lang = lang_;
    if (timeout_seconds_ > 0) options.timeout = absl::Seconds(timeout_seconds_);
    options.on_retry = [this](std::string_view service, int attempt) {
      constexpr Text kAgain = {" 没有应答，重试第 ", " does not answer; attempt "};
      Note(absl::StrCat(base::AbslView(service), std::string(kAgain.In(lang_)), attempt + 1,
                        lang_ == Lang::kZh ? " 次" : ""));
    };
    caller_ = std::make_unique<Caller>(profile_, std::move(options));
  }
  return *caller_;
}

View Session::view() const {
  return {lang_, surroundings_.out_tty && !surroundings_.no_color,
          output_ == "wide" ? size_t{0} : kCellWidth};
}

absl::StatusOr<std::string> Session::FindCase(const std::string& number) {
  registry::v1::ListCaseNumbersRequest request;
  request.add_registration_numbers(number);
  registry::v1::ListCaseNumbersResponse response;
  RETURN_IF_ERROR(
      caller().Unary("registry", *FindMethod("registry/ListCaseNumbers"), request, &response));
  if (response.numbers_size() == 0) {
    return redress::status::Error(absl::StatusCode::kNotFound, redress::status::kNotFound,
                                  "no case has this registration number",
                                  {{"resource_type", "case"}, {"registration_number", number}});
  }
  // An error calls it by its number as well.
  AddTitles(response, titles_);
  return response.numbers(0).name();
}

View Session::ViewOf(const google::protobuf::Message& response) {
  const auto known = [this](std::string_view service) {
    return profile_.addresses.find(service) != profile_.addresses.end();
  };
  registry::v1::ListCaseNumbersRequest cases;
  bool organisation = false;
  const auto ask_numbers = [&] {
    registry::v1::ListCaseNumbersResponse numbers;
    if (caller().Try("registry", *FindMethod("registry/ListCaseNumbers"), cases, &numbers).ok()) {
      AddTitles(numbers, titles_);
    }
    cases.clear_names();
  };
  for (const std::string& name : ResourcesIn(response)) {
    if (titles_.count(name) > 0) continue;
    if (!absl::StartsWith(name, "cases/")) {
      organisation = true;
    } else if (known("registry")) {
      cases.add_names(name);
      if (cases.names_size() == kNumbersAtOnce) ask_numbers();
    }
  }
  if (cases.names_size() > 0) ask_numbers();
  if (organisation && known("assignment")) {
    assignment::v1::ListUnitsRequest all_units;
    all_units.set_page_size(kTitlesAtOnce);
    assignment::v1::ListUnitsResponse units;
    if (caller().Try("assignment", *FindMethod("assignment/ListUnits"), all_units, &units).ok()) {
      AddTitles(units, lang_, titles_);
    }
    assignment::v1::ListOfficialsRequest all_officials;
    all_officials.set_page_size(kTitlesAtOnce);
    assignment::v1::ListOfficialsResponse officials;
    if (caller()
            .Try("assignment", *FindMethod("assignment/ListOfficials"), all_officials, &officials)
            .ok()) {
      AddTitles(officials, lang_, titles_);
    }
  }
  View shown = view();
  shown.titles = &titles_;
  return shown;
}

std::string Session::OwnOfficial() const {
  if (profile_.token_file.empty()) return "";
  const absl::StatusOr<std::string> token = base::ReadFile(profile_.token_file);
  return token.ok() ? OfficialOf(*token) : "";
}

FieldContext Session::field_context() {
  FieldContext context;
  context.today = base::DayAt(absl::Now());
  context.lang = lang_;
  context.lookup = [this](const std::string& number) { return FindCase(number); };
  return context;
}

void Session::Note(std::string_view text) {
  err() << Paint(text, Tone::kFaint, error_context_.color) << "\n" << std::flush;
}

void Session::WriteJson(const google::protobuf::Message& message, bool compact) {
  const std::string json = ToJson(message, !compact);
  out() << json << (json.empty() || json.back() != '\n' ? "\n" : "");
}

}  // namespace redress::ctl

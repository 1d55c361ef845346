// One run of redress-ctl: its global flags, what they resolve to, and the command that was chosen.
//
// Not thread-safe. What it refers to must outlive it.
#ifndef REDRESS_CLIENTS_CTL_SESSION_H_
#define REDRESS_CLIENTS_CTL_SESSION_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/ctl/caller.h"
#include "clients/ctl/errors.h"
#include "clients/ctl/fields.h"
#include "clients/ctl/labels.h"
#include "clients/ctl/profile.h"
#include "clients/ctl/show.h"

namespace redress::ctl {

// The most rows that a flag may ask for.
inline constexpr int64_t kMostRows = 1'000'000'000;

// Where a run reads its surroundings from.
struct Surroundings {
  std::ostream& out;
  std::ostream& err;
  bool out_tty = false;
  bool err_tty = false;
  bool no_color = false;  // NO_COLOR is set
};

class Session {
 public:
  // What a chosen command does; its value is the exit code.
  using Action = std::function<absl::StatusOr<int>(Session&)>;

  // `lang` is the language of --help, which is written before the flags are read.
  Session(Surroundings surroundings, Lang lang);

  CLI::App& root() { return root_; }

  // The command with these words ("case register"), made with the nouns above it. `example` holds
  // what follows the words, one example a line.
  CLI::App& AddCommand(std::string_view words, Text summary, std::string_view example,
                       Action action);

  // A text in the language of this run.
  std::string Say(Text text) const { return std::string(text.In(lang_)); }

  // An option with a value of a few, or of one of the five services, or with the name of a file.
  // Given twice, as behind an alias, the last one counts.
  CLI::Option* AddChoice(CLI::App& app, const std::string& names, std::string& value, Text help,
                         std::vector<std::string> choices);
  CLI::Option* AddService(CLI::App& app, std::string& value, Text help);
  CLI::Option* AddFile(CLI::App& app, const std::string& names, std::string& value, Text help);

  // What completion offers for an option: values, or the names of files.
  void SetChoices(const CLI::Option* option, std::vector<std::string> choices);
  const std::vector<std::string>& ChoicesOf(const CLI::Option* option) const;
  void NameFiles(const CLI::Option* option) { files_.insert(option); }
  bool NamesFiles(const CLI::Option* option) const { return files_.count(option) > 0; }

  // Parses, resolves the profile, runs the command, shows the error. Returns the exit code.
  int Run(std::vector<std::string> arguments);

  // For commands, while they run.
  Caller& caller();
  const Profile& profile() const { return profile_; }
  Lang lang() const { return lang_; }
  bool json() const { return output_ == "json"; }
  View view() const;
  // The view of an answer: what it names is called as people do, as far as the caller may know it.
  View ViewOf(const google::protobuf::Message& response);
  // The official that the caller's token speaks for; empty where there is none.
  std::string OwnOfficial() const;
  std::ostream& out() { return surroundings_.out; }
  std::ostream& err() { return surroundings_.err; }
  bool err_tty() const { return surroundings_.err_tty; }
  FieldContext field_context();
  // A note beside the result, on standard error.
  void Note(std::string_view text);
  // What an error of this command should mention.
  ErrorContext& error_context() { return error_context_; }
  // Writes a message as JSON (one line where `compact`).
  void WriteJson(const google::protobuf::Message& message, bool compact = false);

 private:
  absl::Status Resolve();
  // What is wrong with a command line that the parser does not understand.
  absl::Status Misread(const CLI::ParseError& error);
  // A noun without a verb: shows what there is.
  void Incomplete();
  absl::StatusOr<std::string> FindCase(const std::string& number);

  Surroundings surroundings_;
  Lang lang_;
  CLI::App root_;
  std::map<std::string, CLI::App*, std::less<>> nodes_;
  std::map<const CLI::Option*, std::vector<std::string>> choices_;
  std::set<const CLI::Option*> files_;
  Action chosen_;

  // Global flags.
  std::string profile_path_;
  std::vector<std::string> addresses_;
  std::string ca_, token_file_, client_cert_, client_key_, lang_name_, output_ = "table";
  double timeout_seconds_ = 0;

  Profile profile_;
  std::unique_ptr<Caller> caller_;
  Titles titles_;
  ErrorContext error_context_;
};

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_SESSION_H_

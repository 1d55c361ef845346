// `completion bash`: the script is made from the commands themselves, so it knows every flag and
// every value that there is.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/ctl/command.h"
#include "clients/ctl/completion.h"

namespace redress::ctl {
namespace {

struct Node {
  std::string path;  // "case register"; empty for the program
  std::vector<std::string> words;
};

std::vector<std::string> FlagNames(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  return names;
}

void Walk(Session& session, CLI::App& app, const std::string& path, std::vector<Node>& nodes,
          std::vector<std::string>& values, std::set<std::string>& files) {
  Node node{path, {}};
  for (CLI::App* sub : app.get_subcommands({})) {
    node.words.push_back(sub->get_name());
    Walk(session, *sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), nodes,
         values, files);
  }
  for (const CLI::Option* option : app.get_options({})) {
    const std::vector<std::string> names = FlagNames(*option);
    node.words.insert(node.words.end(), names.begin(), names.end());
    const std::vector<std::string>& choices = session.ChoicesOf(option);
    if (session.NamesFiles(option)) files.insert(names.begin(), names.end());
    for (const std::string& name : names) {
      if (choices.empty()) continue;
      // The program's own flags may stand behind any command.
      const std::string where = path.empty() ? "*" : absl::StrCat("'", path, "'");
      values.push_back(absl::StrCat("    ", where, "'|", name, "') words='",
                                    absl::StrJoin(choices, " "), "' ;;"));
    }
  }
  std::sort(node.words.begin(), node.words.end());
  nodes.push_back(std::move(node));
}

}  // namespace

std::string BashCompletion(Session& session) {
  std::vector<Node> nodes;
  std::vector<std::string> values;
  std::set<std::string> files;
  Walk(session, session.root(), "", nodes, values, files);
  std::sort(nodes.begin(), nodes.end(),
            [](const Node& a, const Node& b) { return a.path < b.path; });
  std::sort(values.begin(), values.end());
  std::vector<std::string> global;
  for (const CLI::Option* option : session.root().get_options({})) {
    for (std::string& name : FlagNames(*option)) global.push_back(std::move(name));
  }
  std::vector<std::string> paths;
  std::vector<std::string> words;
  for (const Node& node : nodes) {
    words.push_back(
        absl::StrCat("    '", node.path, "') words='", absl::StrJoin(node.words, " "), "' ;;"));
    if (!node.path.empty()) paths.push_back(absl::StrCat("'", node.path, "'"));
  }
  // $path is the longest command that the words so far spell; a flag's value may stand between.
  return absl::StrReplaceAll(
      R"(# bash completion of redress-ctl: source <(redress-ctl completion bash)
_redress_ctl() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local path='' word words=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path${path:+ }$word" in
      @PATHS@) path="$path${path:+ }$word" ;;
    esac
  done
  case "$path|$previous" in
@VALUES@
  esac
  case "$previous" in
    @FILES@)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
  esac
  if [[ -z $words ]]; then
    case "$path" in
@WORDS@
    esac
    [[ $current != -* ]] || words="$words @GLOBAL@"
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _redress_ctl redress-ctl
)",
      {{"@PATHS@", absl::StrJoin(paths, "|")},
       {"@VALUES@", absl::StrJoin(values, "\n")},
       {"@WORDS@", absl::StrJoin(words, "\n")},
       {"@FILES@", absl::StrJoin(files, "|")},
       {"@GLOBAL@", absl::StrJoin(global, " ")}});
}

void AddCompletionCommand(Session& session) {
  session.AddCommand("completion bash",
                     {"输出 bash 补全脚本", "Print the completion script for bash"}, "",
                     [](Session& running) -> absl::StatusOr<int> {
                       running.out() << BashCompletion(running);
                       return kExitOk;
                     });
}

}  // namespace redress::ctl

// redress-ctl: the whole line by hand. See clients/README.md.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "clients/ctl/command.h"
#include "clients/ctl/session.h"

namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// LC_ALL, LC_MESSAGES, LANG: the first that is set, as everywhere.
std::string EnvironmentLang() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (std::string value = Environment(name); !value.empty()) return value;
  }
  return "";
}

// --help is written while the flags are read, so its language is looked up before.
redress::ctl::Lang StartLang(const std::vector<std::string>& arguments) {
  std::string lang = EnvironmentLang();
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--lang" && i + 1 < arguments.size()) lang = arguments[i + 1];
    if (arguments[i].rfind("--lang=", 0) == 0) lang = arguments[i].substr(7);
  }
  return redress::ctl::LangOf(lang);
}

}  // namespace

int main(int argc, char** argv) {
  // What gRPC logs by itself is said better by the error that follows.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  redress::ctl::Surroundings surroundings{std::cout, std::cerr};
  surroundings.out_tty = isatty(STDOUT_FILENO) == 1;
  surroundings.err_tty = isatty(STDERR_FILENO) == 1;
  surroundings.no_color = !Environment("NO_COLOR").empty();
  redress::ctl::Session session(surroundings, StartLang(arguments));
  redress::ctl::AddAllCommands(session);
  return session.Run(arguments);
}

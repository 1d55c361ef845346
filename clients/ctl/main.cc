// redress-ctl: the whole line by hand. See clients/README.md.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "clients/ctl/command.h"
#include "clients/ctl/session.h"
#include "clients/ctl/start_lang.h"

namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
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
  redress::ctl::Session session(surroundings, redress::ctl::StartLang(arguments));
  redress::ctl::AddAllCommands(session);
  return session.Run(arguments);
}

#include "tests/e2e/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "tests/e2e/keys.h"

namespace redress::testing {

Program::Program(std::vector<std::string> command) : stdout_file_(std::tmpfile()) {
  int pipe_ends[2];
  if (stdout_file_ == nullptr || pipe2(pipe_ends, O_CLOEXEC) != 0) Die("no file, or no pipe");
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const int out = fileno(stdout_file_);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) Die("cannot fork");
  if (pid_ == 0) {
    // Between fork and exec only what is safe after a fork of a process with threads.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(out, STDOUT_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  stderr_pipe_ = fdopen(pipe_ends[0], "r");
}

Program::~Program() {
  if (pid_ > 0) Kill();
  std::fclose(stderr_pipe_);
  std::fclose(stdout_file_);
}

std::optional<std::string> Program::NextErrorLine() {
  std::string line;
  int c = 0;
  while ((c = std::fgetc(stderr_pipe_)) != EOF && c != '\n') line += static_cast<char>(c);
  if (c == EOF && line.empty()) return std::nullopt;
  absl::StrAppend(&errors_, line, "\n");
  return line;
}

void Program::Kill() {
  kill(pid_, SIGKILL);
  Wait();
}

int Program::Wait() {
  if (pid_ <= 0) return exit_code_;
  while (NextErrorLine().has_value()) {
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::rewind(stdout_file_);
  char buffer[8192];
  for (size_t got = 0; (got = std::fread(buffer, 1, sizeof(buffer), stdout_file_)) > 0;) {
    output_.append(buffer, got);
  }
  return exit_code_;
}

}  // namespace redress::testing

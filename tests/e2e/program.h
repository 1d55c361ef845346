// A program of ours as somebody runs it: its own process, its output read, its end awaited.
#ifndef REDRESS_TESTS_E2E_PROGRAM_H_
#define REDRESS_TESTS_E2E_PROGRAM_H_

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace redress::testing {

// Not thread-safe.
class Program {
 public:
  // Starts it. What it writes goes to a file, and to whoever asks for the lines of its errors.
  explicit Program(std::vector<std::string> command);
  // Kills it where it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // The next line on its standard error, without the line's end; nothing after the last one.
  std::optional<std::string> NextErrorLine();
  // SIGKILL, and waits for it.
  void Kill();
  // Reads the other errors and waits. Its exit code; 128 and the signal where one ended it.
  int Wait();

  // After Wait: all that it wrote.
  const std::string& output() const { return output_; }
  // The lines that were read so far.
  const std::string& errors() const { return errors_; }

 private:
  pid_t pid_ = -1;
  std::FILE* stdout_file_ = nullptr;
  std::FILE* stderr_pipe_ = nullptr;
  int exit_code_ = -1;
  std::string output_;
  std::string errors_;
};

}  // namespace redress::testing

#endif  // REDRESS_TESTS_E2E_PROGRAM_H_

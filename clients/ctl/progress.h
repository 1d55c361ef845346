// A line on standard error that says how far long work has come. Silent where it is not a terminal.
// Not thread-safe.
#ifndef REDRESS_CLIENTS_CTL_PROGRESS_H_
#define REDRESS_CLIENTS_CTL_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace redress::ctl {

class Progress {
 public:
  // Writes to `err`, which must outlive this.
  Progress(std::ostream& err, bool enabled, std::string label);
  ~Progress();  // removes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `total` 0: not known. Drawn at most ten times a second.
  void Update(int64_t done, int64_t total);

 private:
  std::ostream& err_;
  const bool enabled_;
  const std::string label_;
  absl::Time drawn_ = absl::InfinitePast();
};

// "[######      ] 50% 100/200"; "100" where the total is not known.
std::string ProgressBar(int64_t done, int64_t total, int width);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_PROGRESS_H_

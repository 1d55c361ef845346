#include "clients/ctl/progress.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace redress::ctl {

Progress::Progress(std::ostream& err, bool enabled, std::string label)
    : err_(err), enabled_(enabled), label_(std::move(label)) {}

Progress::~Progress() {
  if (enabled_ && drawn_ != absl::InfinitePast()) err_ << "\r\033[K" << std::flush;
}

void Progress::Update(int64_t done, int64_t total) {
  const absl::Time now = absl::Now();
  if (!enabled_ || now - drawn_ < absl::Milliseconds(100)) return;
  drawn_ = now;
  err_ << "\r\033[K" << label_ << " " << ProgressBar(done, total, 24) << std::flush;
}

std::string ProgressBar(int64_t done, int64_t total, int width) {
  if (total <= 0) return absl::StrCat(done);
  const int64_t shown = std::clamp<int64_t>(done, 0, total);
  const auto filled = static_cast<size_t>(shown * width / total);
  return absl::StrCat("[", std::string(filled, '#'),
                      std::string(static_cast<size_t>(width) - filled, ' '), "] ",
                      shown * 100 / total, "% ", shown, "/", total);
}

}  // namespace redress::ctl

// The calendar in use, which changes while a service runs: a year is added by its file.
#ifndef REDRESS_COMMON_CALENDAR_SOURCE_H_
#define REDRESS_COMMON_CALENDAR_SOURCE_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/calendar/calendar.h"

namespace redress::calendar {

// Holds the calendar of the moment. Whoever computes takes it once and keeps it to the end of what
// is computed. Thread-safe.
class Current {
 public:
  explicit Current(std::shared_ptr<const Calendar> calendar) : calendar_(std::move(calendar)) {}

  std::shared_ptr<const Calendar> Get() const {
    absl::MutexLock lock(&mutex_);
    return calendar_;
  }
  void Set(std::shared_ptr<const Calendar> calendar) {
    absl::MutexLock lock(&mutex_);
    calendar_ = std::move(calendar);
  }

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Calendar> calendar_ ABSL_GUARDED_BY(mutex_);
};

// Keeps a Current in line with a file, which is looked at once a second. Thread-safe.
class FileSource {
 public:
  struct Observer {
    // A table was taken into use: the first, and each later one.
    std::function<void(const Calendar&)> taken = [](const Calendar&) {};
    // A changed file was refused and the table in use stays: what is wrong with it.
    std::function<void(const absl::Status&)> refused = [](const absl::Status&) {};
  };

  // NOT_FOUND or INVALID_ARGUMENT as Calendar::Load.
  static absl::StatusOr<std::unique_ptr<FileSource>> Open(std::string path, Observer observer);
  ~FileSource();

  const Current& current() const { return current_; }

  // Reads the file if it has changed since it was last looked at. A faulty table is refused, and so
  // is one that knows fewer days than the one in use: a copy under way may end at any line.
  void Look();

  // Looks once a second, on a thread of its own, until Stop.
  void Start();
  void Stop();

 private:
  FileSource(std::string path, Observer observer, std::string fingerprint,
             std::shared_ptr<const Calendar> calendar);

  const std::string path_;
  const Observer observer_;
  Current current_;
  absl::Mutex mutex_;
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread watch_;
};

}  // namespace redress::calendar

#endif  // REDRESS_COMMON_CALENDAR_SOURCE_H_

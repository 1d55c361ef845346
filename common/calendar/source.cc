#include "common/calendar/source.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace redress::calendar {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);

// What the file looks like now; cheap, reads nothing of it.
std::string FingerprintOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "unreadable";
  return absl::StrCat(info.st_size, "|", info.st_mtim.tv_sec, ".", info.st_mtim.tv_nsec, "|",
                      info.st_ino);
}

}  // namespace

FileSource::FileSource(std::string path, Observer observer, std::string fingerprint,
                       std::shared_ptr<const Calendar> calendar)
    : path_(std::move(path)),
      observer_(std::move(observer)),
      current_(std::move(calendar)),
      fingerprint_(std::move(fingerprint)) {}

FileSource::~FileSource() { Stop(); }

absl::StatusOr<std::unique_ptr<FileSource>> FileSource::Open(std::string path, Observer observer) {
  // Taken before the file is read: a change in between is seen at the next look.
  std::string fingerprint = FingerprintOf(path);
  absl::StatusOr<std::shared_ptr<const Calendar>> calendar = Calendar::Load(path);
  if (!calendar.ok()) return calendar.status();
  observer.taken(**calendar);
  return std::unique_ptr<FileSource>(new FileSource(std::move(path), std::move(observer),
                                                    std::move(fingerprint), *std::move(calendar)));
}

void FileSource::Look() {
  absl::MutexLock lock(&mutex_);
  std::string fingerprint = FingerprintOf(path_);
  if (fingerprint == fingerprint_) return;
  fingerprint_ = std::move(fingerprint);
  const absl::StatusOr<std::shared_ptr<const Calendar>> read = Calendar::Load(path_);
  if (!read.ok()) return observer_.refused(read.status());
  const std::shared_ptr<const Calendar> old = current_.Get();
  const Calendar& fresh = **read;
  if (fresh.version() == old->version()) return;
  if (fresh.first_day() > old->first_day() || fresh.last_day() < old->last_day()) {
    return observer_.refused(absl::InvalidArgumentError(
        absl::StrCat("the calendar now knows only ", ToText(fresh.first_day()), " to ",
                     ToText(fresh.last_day()), ", less than before; restart if that is meant")));
  }
  current_.Set(*read);
  observer_.taken(fresh);
}

void FileSource::Start() {
  if (watch_.joinable()) return;
  watch_ = std::thread([this] {
    while (true) {
      {
        absl::MutexLock lock(&mutex_);
        if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kLookInterval)) return;
      }
      Look();
    }
  });
}

void FileSource::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (watch_.joinable()) watch_.join();
}

}  // namespace redress::calendar

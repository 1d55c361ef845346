#include "clients/replay/runner.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "clients/replay/random.h"
#include "common/base/view.h"
#include "common/status/macros.h"
#include "common/status/messages.h"
#include "google/protobuf/util/time_util.h"
#include "redress/sample/v1/sample.pb.h"

namespace redress::replay {
namespace {

using google::protobuf::Message;

// Runs `work(0)` … `work(count-1)` on up to `workers` threads; the first failure stops the rest.
absl::Status InParallel(size_t count, int workers,
                        const std::function<absl::Status(size_t)>& work) {
  if (count == 1) return work(0);
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  absl::Status first_failure;
  std::atomic<bool> failed = false;
  const auto loop = [&] {
    for (size_t i = next++; i < count && !failed; i = next++) {
      const absl::Status status = work(i);
      if (status.ok()) continue;
      const std::lock_guard<std::mutex> lock(mutex);
      if (first_failure.ok()) first_failure = status;
      failed = true;
    }
  };
  std::vector<std::thread> threads;
  const size_t wanted = std::min(count, static_cast<size_t>(workers));
  for (size_t i = 1; i < wanted; ++i) threads.emplace_back(loop);
  loop();
  for (std::thread& thread : threads) thread.join();
  return first_failure;
}

void SetRequestId(Message& request, const std::string& id) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field != nullptr) request.GetReflection()->SetString(&request, field, id);
}

std::string Describe(const Event& event, const absl::Status& status) {
  std::string text = absl::StrCat(absl::FormatCivilTime(event.day), " ", event.id, " (",
                                  event.request->GetDescriptor()->name(), " by ", event.caller,
                                  "): ", status::LocalizedTextOf(status));
  const std::string reason = status::ReasonOf(status);
  if (!reason.empty()) absl::StrAppend(&text, " [", reason, "]");
  for (const auto& field : status::FieldViolationsOf(status)) {
    absl::StrAppend(&text, "\n  ", field.field, ": ", field.description);
  }
  for (const auto& violation : status::ViolationsOf(status)) {
    absl::StrAppend(&text, "\n  ", violation.Label(), ": ", violation.description);
  }
  return text;
}

bool AtSameTime(const Event& a, const Event& b) { return a.day == b.day && a.slot == b.slot; }

}  // namespace

Runner::Runner(const Client& client, const std::vector<Event>& events, Options options)
    : client_(client), events_(events), options_(std::move(options)) {}

std::string Runner::NameOf(const std::string& placeholder) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = names_.find(placeholder);
  return found == names_.end() ? "" : found->second;
}

bool Runner::untouched() const {
  return events_.empty() || reached_ < InstantOf(events_.front().day, events_.front().slot);
}

absl::Status Runner::SetClocks(absl::Time now) {
  sample::v1::SetTimeRequest request;
  *request.mutable_now() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now));
  RETURN_IF_ERROR(
      InParallel(ctl::kServices.size(), static_cast<int>(ctl::kServices.size()), [&](size_t i) {
        sample::v1::SetTimeResponse response;
        return client_.CallAt(ctl::kServices[i], "operator", request, response);
      }));
  reached_ = now;
  return absl::OkStatus();
}

absl::Status Runner::Run(Day until) {
  RETURN_IF_ERROR(Find());
  size_t first = 0;
  while (first < events_.size() && events_[first].day <= until) {
    size_t end = first;
    while (end < events_.size() && AtSameTime(events_[first], events_[end])) ++end;
    if (!IsPast(events_[first])) {
      RETURN_IF_ERROR(SetClocks(InstantOf(events_[first].day, events_[first].slot)));
      RETURN_IF_ERROR(RunBatch(first, end));
      options_.progress(end, events_.size(), events_[first].day);
    }
    first = end;
  }
  // Past the last time of day, so that a run that ends here is not taken for one that was
  // interrupted there.
  return SetClocks(std::max(reached_, InstantOf(until, Slot::kEvening) + absl::Hours(1)));
}

absl::Status Runner::RunBatch(size_t first, size_t end) {
  // The organisation, and registrations in their order, so that numbers come out the same; then
  // case by case.
  const auto is_first = [this](size_t i) {
    return events_[i].case_number == 0 ||
           events_[i].binds == CasePlaceholder(events_[i].case_number);
  };
  for (; first < end && is_first(first); ++first) RETURN_IF_ERROR(RunOne(events_[first]));
  if (first == end) return absl::OkStatus();
  std::vector<std::pair<size_t, size_t>> cases;
  for (size_t i = first; i < end;) {
    size_t next = i;
    while (next < end && events_[next].case_number == events_[i].case_number) ++next;
    cases.emplace_back(i, next);
    i = next;
  }
  return InParallel(cases.size(), options_.workers, [&](size_t index) -> absl::Status {
    for (size_t i = cases[index].first; i < cases[index].second; ++i) {
      RETURN_IF_ERROR(RunOne(events_[i]));
    }
    return absl::OkStatus();
  });
}

absl::Status Runner::RunOne(const Event& event) {
  std::unique_ptr<Message> request(event.request->New());
  request->CopyFrom(*event.request);
  if (absl::Status resolved =
          Resolve([this](const std::string& placeholder) { return NameOf(placeholder); }, *request);
      !resolved.ok()) {
    return absl::FailedPreconditionError(Describe(event, resolved));
  }
  SetRequestId(*request, RequestId(options_.seed, event.id));
  ASSIGN_OR_RETURN(std::unique_ptr<Message> answer, Client::AnswerTo(*request));
  const absl::Status status = client_.Call(event.caller, *request, *answer);
  if (!event.refusal.empty()) {
    if (status.ok()) {
      return absl::FailedPreconditionError(
          Describe(event, absl::FailedPreconditionError(client_.In(
                              {"本应不予准许，却被接受", "was accepted, but was to be refused"}))));
    }
    if (status::ReasonOf(status) != event.refusal) {
      return absl::FailedPreconditionError(Describe(event, status));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    refusals_.push_back({&event, status::ViolationsOf(status)});
    ++carried_out_;
    return absl::OkStatus();
  }
  if (!status.ok()) return absl::FailedPreconditionError(Describe(event, status));
  const std::lock_guard<std::mutex> lock(mutex_);
  ++carried_out_;
  if (!event.binds.empty()) names_[event.binds] = NameIn(*answer);
  return absl::OkStatus();
}

}  // namespace redress::replay

#include "common/log/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cmath>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/base/utf8.h"
#include "common/base/view.h"

namespace redress::log {
namespace {

using base::AbslView;

struct Sink {
  std::string service;
  std::shared_ptr<spdlog::logger> logger;
};

std::shared_ptr<spdlog::logger> MakeLogger(std::shared_ptr<spdlog::sinks::sink> sink) {
  auto logger = std::make_shared<spdlog::logger>("redress", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);  // levels are decided by Enabled
  // A line is on its way before the call returns: the last ones before a crash matter most.
  logger->flush_on(spdlog::level::trace);
  return logger;
}

constexpr absl::Duration kQuiet = absl::Seconds(10);
constexpr size_t kMostRemembered = 1024;

// What was written lately, by the line without its time.
class Repeats {
 public:
  struct Line {
    Level level = Level::kWarning;
    std::string event;
    absl::Time written = absl::InfinitePast();
    int64_t left_out = 0;
  };

  // Whether the line is to be written now; then `repeated` is how often it was left out before.
  bool Write(const std::string& line, Level level, std::string_view event, absl::Time now,
             int64_t* repeated) {
    absl::MutexLock lock(&mutex_);
    // Lines that hold something new each time are soon forgotten.
    if (lines_.size() >= kMostRemembered) {
      absl::erase_if(lines_, [now](const auto& entry) {
        return now - entry.second.written >= kQuiet && entry.second.left_out == 0;
      });
      if (lines_.size() >= kMostRemembered) return true;
    }
    Line& known = lines_[line];
    if (now - known.written < kQuiet) {
      ++known.left_out;
      return false;
    }
    *repeated = known.left_out;
    known = {level, std::string(event), now, 0};
    return true;
  }

  // Those that were left out and not told of yet.
  std::vector<Line> TakeLeftOut() {
    absl::MutexLock lock(&mutex_);
    std::vector<Line> lines;
    for (auto& [text, line] : lines_) {
      if (line.left_out == 0) continue;
      lines.push_back(line);
      line.left_out = 0;
    }
    return lines;
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Line> lines_ ABSL_GUARDED_BY(mutex_);
};

struct State {
  std::atomic<Level> level{Level::kInfo};
  Repeats repeats;
  absl::Mutex mutex;
  std::shared_ptr<const Sink> sink ABSL_GUARDED_BY(mutex);

  State()
      : sink(std::make_shared<const Sink>(
            Sink{"redress", MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>())})) {}

  std::shared_ptr<const Sink> Current() {
    absl::ReaderMutexLock lock(&mutex);
    return sink;
  }
};

// Never destroyed: threads may log while the process exits.
State& TheState() {
  static State* const state = new State();
  return *state;
}

void AppendValue(std::string* out, const Field::Value& value) {
  struct Writer {
    std::string* out;
    void operator()(std::string_view v) const { AppendJsonString(out, v); }
    void operator()(int64_t v) const { absl::StrAppend(out, v); }
    void operator()(uint64_t v) const { absl::StrAppend(out, v); }
    void operator()(bool v) const { out->append(v ? "true" : "false"); }
    void operator()(double v) const {
      // JSON has no way to write these.
      if (!std::isfinite(v)) {
        out->append("null");
      } else {
        absl::StrAppend(out, v);
      }
    }
  };
  std::visit(Writer{out}, value);
}

spdlog::level::level_enum SpdLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

bool ParseLevel(std::string_view text, Level* level) {
  for (Level l : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (text == LevelName(l)) {
      *level = l;
      return true;
    }
  }
  return false;
}

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "info";
}

void AppendJsonString(std::string* out, std::string_view text) {
  out->push_back('"');
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const size_t length = base::Utf8SequenceLength(text.substr(i));
    if (length == 0) {
      out->append("\xef\xbf\xbd");
      ++i;
      continue;
    }
    const std::string_view sequence = text.substr(i, length);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(static_cast<char>(c));
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '\t') {
      out->append("\\t");
    } else if (c == '\r') {
      out->append("\\r");
    } else if (c < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(out, "\\u%04x", c);
    } else if (sequence == "\xe2\x80\xa8") {
      out->append("\\u2028");
    } else if (sequence == "\xe2\x80\xa9") {
      out->append("\\u2029");
    } else {
      out->append(sequence);
    }
    i += length;
  }
  out->push_back('"');
}

std::string FormatEvent(absl::Time ts, Level level, std::string_view service,
                        std::string_view event, const TraceContext& trace,
                        absl::Span<const Field> fields) {
  std::string out;
  out.reserve(256);
  absl::StrAppend(&out, "{\"ts\":\"",
                  absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", ts, absl::UTCTimeZone()),
                  "\",\"level\":\"", AbslView(LevelName(level)), "\",\"service\":");
  AppendJsonString(&out, service);
  out.append(",\"event\":");
  AppendJsonString(&out, event);
  if (!trace.empty()) {
    out.append(",\"trace_id\":");
    AppendJsonString(&out, trace.trace_id);
    out.append(",\"span_id\":");
    AppendJsonString(&out, trace.span_id);
  }
  for (const Field& field : fields) {
    out.push_back(',');
    AppendJsonString(&out, field.key);
    out.push_back(':');
    AppendValue(&out, field.value);
  }
  out.push_back('}');
  return out;
}

absl::Status Init(std::string_view service, Level level, std::string_view sink) {
  std::shared_ptr<spdlog::logger> logger;
  try {
    if (sink == "stderr") {
      logger = MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
    } else {
      logger = MakeLogger(std::make_shared<spdlog::sinks::basic_file_sink_mt>(std::string(sink)));
    }
  } catch (const spdlog::spdlog_ex& e) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot log to ", AbslView(sink), ": ", e.what()));
  }
  State& state = TheState();
  state.level.store(level, std::memory_order_relaxed);
  auto next = std::make_shared<const Sink>(Sink{std::string(service), std::move(logger)});
  absl::MutexLock lock(&state.mutex);
  state.sink = std::move(next);
  return absl::OkStatus();
}

bool Enabled(Level level) { return level >= TheState().level.load(std::memory_order_relaxed); }

void Event(Level level, std::string_view event, const TraceContext& trace,
           absl::Span<const Field> fields) {
  if (!Enabled(level)) return;
  const absl::Time now = absl::Now();
  std::vector<Field> with_count;
  if (level >= Level::kWarning && trace.empty()) {
    int64_t repeated = 0;
    const std::string line = FormatEvent(absl::UnixEpoch(), level, "", event, trace, fields);
    if (!TheState().repeats.Write(line, level, event, now, &repeated)) return;
    if (repeated > 0) {
      with_count.assign(fields.begin(), fields.end());
      with_count.emplace_back("repeated", repeated);
      fields = with_count;
    }
  }
  const std::shared_ptr<const Sink> sink = TheState().Current();
  const std::string line = FormatEvent(now, level, sink->service, event, trace, fields);
  sink->logger->log(SpdLevel(level), spdlog::string_view_t(line.data(), line.size()));
}

void Event(Level level, std::string_view event, const TraceContext& trace,
           std::initializer_list<Field> fields) {
  Event(level, event, trace, absl::MakeConstSpan(fields.begin(), fields.size()));
}

void Event(Level level, std::string_view event, std::initializer_list<Field> fields) {
  Event(level, event, TraceContext(), absl::MakeConstSpan(fields.begin(), fields.size()));
}

void Flush() {
  const std::shared_ptr<const Sink> sink = TheState().Current();
  for (const Repeats::Line& left_out : TheState().repeats.TakeLeftOut()) {
    const Field fields[] = {{"repeated", left_out.left_out}};
    const std::string line = FormatEvent(absl::Now(), left_out.level, sink->service, left_out.event,
                                         TraceContext(), fields);
    sink->logger->log(SpdLevel(left_out.level), spdlog::string_view_t(line.data(), line.size()));
  }
  sink->logger->flush();
}

}  // namespace redress::log

#include "common/log/log.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/utf8.h"

namespace redress::log {
namespace {

using ::testing::HasSubstr;

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

// Reads JSON with a parser that is not ours.
google::protobuf::Struct Parse(const std::string& json) {
  google::protobuf::Struct parsed;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &parsed);
  EXPECT_TRUE(status.ok()) << status.ToString() << " in " << json;
  return parsed;
}

TEST(Json, Escapes) {
  EXPECT_EQ(Quoted("plain"), "\"plain\"");
  EXPECT_EQ(Quoted("a\"b\\c\n\t\r"), R"("a\"b\\c\n\t\r")");
  EXPECT_EQ(Quoted(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(Quoted("信访 😀"), "\"信访 😀\"");
  EXPECT_EQ(Quoted("\xe2\x80\xa8"), R"("\u2028")");
}

TEST(Json, ReplacesInvalidUtf8) {
  EXPECT_EQ(Quoted("a\xff z"), "\"a\xef\xbf\xbd z\"");
  EXPECT_EQ(Quoted("\xe4\xbf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");          // cut short
  EXPECT_EQ(Quoted("\xc0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");          // overlong
  EXPECT_EQ(Quoted("\xed\xa0\x80").find('\xed'), std::string::npos);      // surrogate
  EXPECT_EQ(Quoted("\xf4\x90\x80\x80").find('\xf4'), std::string::npos);  // past U+10FFFF
}

TEST(Json, AnyBytesGiveAValidLine) {
  std::mt19937 random(20180401);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const std::string line = FormatEvent(absl::UnixEpoch(), Level::kInfo, "s", "e", {},
                                         std::vector<Field>{{"k", text}, {text, 1}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    for (std::string_view rest = line; !rest.empty();) {
      const size_t length = base::Utf8SequenceLength(rest);
      ASSERT_GT(length, 0u);
      rest.remove_prefix(length);
    }
    const auto parsed = Parse(line);
    EXPECT_EQ(parsed.fields().at("event").string_value(), "e");
  }
}

TEST(Format, WritesEveryType) {
  const std::string line =
      FormatEvent(absl::FromUnixMicros(1526778123000004), Level::kWarning, "registry", "rpc",
                  {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"},
                  std::vector<Field>{{"text", "x"},
                                     {"string", std::string("y")},
                                     {"int", -3},
                                     {"big", std::numeric_limits<uint64_t>::max()},
                                     {"double", 1.5},
                                     {"nan", std::nan("")},
                                     {"yes", true},
                                     {"took_ms", absl::Microseconds(1250)}});
  EXPECT_EQ(line,
            R"({"ts":"2018-05-20T01:02:03.000004Z","level":"warning","service":"registry",)"
            R"("event":"rpc","trace_id":"0af7651916cd43dd8448eb211c80319c",)"
            R"("span_id":"b7ad6b7169203331","text":"x","string":"y","int":-3,)"
            R"("big":18446744073709551615,"double":1.5,"nan":null,"yes":true,"took_ms":1.25})");
}

TEST(Level, Parses) {
  Level level = Level::kInfo;
  EXPECT_TRUE(ParseLevel("error", &level));
  EXPECT_EQ(level, Level::kError);
  EXPECT_FALSE(ParseLevel("loud", &level));
  EXPECT_FALSE(ParseLevel("", &level));
}

TEST(Init, WritesLinesToAFile) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / absl::StrCat("log_test_", getpid(), ".log");
  ASSERT_TRUE(Init("visits", Level::kInfo, file.string()).ok());
  EXPECT_FALSE(Enabled(Level::kDebug));
  Event(Level::kDebug, "not_written");
  Event(Level::kInfo, "started", {{"port", 7001}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 100; ++i) Event(Level::kInfo, "tick", NewTrace(), {{"t", t}, {"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  Flush();
  ASSERT_TRUE(Init("redress", Level::kInfo).ok());
  std::ifstream in(file);
  int lines = 0;
  for (std::string line; std::getline(in, line); ++lines) {
    const auto parsed = Parse(line);
    EXPECT_EQ(parsed.fields().at("service").string_value(), "visits");
    EXPECT_EQ(parsed.fields().at("event").string_value(), lines == 0 ? "started" : "tick");
    EXPECT_EQ(parsed.fields().contains("trace_id"), lines > 0);
  }
  EXPECT_EQ(lines, 401);
  std::filesystem::remove(file);
}

TEST(Init, RefusesAFileThatCannotBeOpened) {
  EXPECT_EQ(Init("x", Level::kInfo, "/proc/none/such.log").code(),
            absl::StatusCode::kInvalidArgument);
}

constexpr std::string_view kHeader = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traceparent, RoundTrips) {
  const auto trace = ParseTraceparent(kHeader);
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(trace->trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(trace->span_id, "b7ad6b7169203331");
  EXPECT_TRUE(trace->sampled);
  EXPECT_EQ(FormatTraceparent(*trace), kHeader);
  EXPECT_EQ(FormatTraceparent({}), "");
}

TEST(Traceparent, IsStrict) {
  for (const char* bad : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                          "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                          "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-zz",
                          "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    EXPECT_FALSE(ParseTraceparent(bad).has_value()) << bad;
  }
  // A later version may have more parts; the flag is the last bit.
  const auto later =
      ParseTraceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02-what");
  ASSERT_TRUE(later.has_value());
  EXPECT_FALSE(later->sampled);
}

TEST(Traceparent, NewIdsAreNew) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const TraceContext trace = NewTrace();
    EXPECT_TRUE(ParseTraceparent(FormatTraceparent(trace)).has_value());
    ids.insert(trace.trace_id);
    ids.insert(trace.span_id);
  }
  EXPECT_EQ(ids.size(), 2000u);
  const TraceContext child = FromHeader(kHeader);
  EXPECT_EQ(child.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_NE(child.span_id, "b7ad6b7169203331");
  EXPECT_EQ(FromHeader("nonsense").trace_id.size(), 32u);
}

TEST(Repeats, TheSameWarningIsWrittenOnceAndCounted) {
  const std::string path =
      absl::StrCat(std::filesystem::temp_directory_path().string(), "/redress-repeats-", getpid());
  ASSERT_TRUE(Init("registry", Level::kInfo, path).ok());
  for (int i = 0; i < 50; ++i) {
    Event(Level::kError, "database_error", {{"errno", 2002}, {"statement", ""}});
    Event(Level::kError, "database_error", {{"errno", 2003}, {"statement", ""}});
    Event(Level::kInfo, "served", {{"n", 1}});
    Event(Level::kError, "rpc",
          TraceContext{"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"},
          {{"code", "INTERNAL"}});
  }
  Flush();
  std::ifstream file(path);
  std::map<std::string, int> lines;
  int left_out = 0;
  for (std::string line; std::getline(file, line);) {
    const auto parsed = Parse(line);
    ++lines[parsed.fields().at("event").string_value()];
    if (parsed.fields().contains("repeated")) {
      left_out += static_cast<int>(parsed.fields().at("repeated").number_value());
    }
  }
  std::filesystem::remove(path);
  ASSERT_TRUE(Init("redress", Level::kInfo).ok());
  // Each of the two once, and what was left out of each at the end.
  EXPECT_EQ(lines["database_error"], 4);
  EXPECT_EQ(left_out, 98);
  EXPECT_EQ(lines["served"], 50) << "what is no warning is never left out";
  EXPECT_EQ(lines["rpc"], 50) << "nor what belongs to one call";
}

}  // namespace
}  // namespace redress::log

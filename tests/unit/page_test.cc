#include "common/page/page.h"
#include "common/page/fill.h"

#include <gmock/gmock.h>
#include <google/protobuf/api.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace redress::page {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const PageTokens& Tokens() {
  static const PageTokens* const tokens = new PageTokens(std::string(32, 'k'));
  return *tokens;
}

TEST(PageSize, IsClamped) {
  EXPECT_EQ(ClampPageSize(0), 50);
  EXPECT_EQ(ClampPageSize(-7), 50);
  EXPECT_EQ(ClampPageSize(1), 1);
  EXPECT_EQ(ClampPageSize(1000), 1000);
  EXPECT_EQ(ClampPageSize(INT64_MAX), 1000);
  EXPECT_EQ(ClampPageSize(0, 20, 10), 10);
  EXPECT_EQ(ClampPageSize(500, 20, 100), 100);
}

TEST(PageToken, RoundTrips) {
  for (const Cursor& cursor :
       {Cursor{"2018-05-20", "0163f2a0"}, Cursor{""}, Cursor{"", "", "x"},
        Cursor{std::string(1000, 'z')}, Cursor{std::string("\0\xff诉", 5)}}) {
    const std::string token = Tokens().Encode("q", cursor);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
              std::string::npos);
    const auto back = Tokens().Decode("q", token);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, cursor);
  }
}

TEST(PageToken, EmptyIsTheFirstPage) {
  const auto first = Tokens().Decode("q", "");
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(*first, IsEmpty());
}

TEST(PageToken, BelongsToItsQueryAndKey) {
  const std::string token = Tokens().Encode("query-1", {"a"});
  const absl::Status other = Tokens().Decode("query-2", token).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::FieldViolationsOf(other)[0].field, "page_token");
  EXPECT_FALSE(PageTokens(std::string(32, 'x')).Decode("query-1", token).ok());
  // The border between query and cursor is not movable.
  EXPECT_FALSE(Tokens().Decode("query-", Tokens().Encode("query", {"-a"})).ok());
}

TEST(PageToken, AnyChangedBitIsRefused) {
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(Tokens().Encode("q", {"2018-05-20", "id"}), &bytes));
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Tokens().Decode("q", absl::WebSafeBase64Escape(changed)).ok()) << bit;
  }
  for (size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(Tokens().Decode("q", absl::WebSafeBase64Escape(bytes.substr(0, size))).ok());
  }
}

TEST(PageToken, GarbageIsRefused) {
  std::mt19937 random(20180520);
  for (int round = 0; round < 5000; ++round) {
    std::string text(1 + random() % 120, '\0');
    for (char& c : text) c = static_cast<char>(random());
    EXPECT_EQ(Tokens().Decode("q", text).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(Tokens().Decode("q", absl::WebSafeBase64Escape(text)).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(Tokens().Decode("q", std::string(100000, 'A')).ok());
}

// A token names nothing, not even by its length, and no two are alike: what a page stopped at is
// nobody's to read.
TEST(PageToken, IsSealed) {
  const std::string due = Tokens().Encode("q", {"2018-05-20", "cases/0163f2a0", "P3"});
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(due, &bytes));
  for (const char* part : {"2018-05-20", "cases/0163f2a0", "P3"}) {
    EXPECT_EQ(bytes.find(part), std::string::npos);
  }
  EXPECT_EQ(due.size(),
            Tokens().Encode("q", {"2018-05-20", "cases/0163f2a0", "P10.hearing"}).size());
  EXPECT_NE(due, Tokens().Encode("q", {"2018-05-20", "cases/0163f2a0", "P3"}));
}

// A list of numbers, of which the caller may see those that `seen` says.
struct List {
  int size = 0;
  std::function<bool(int)> seen;
  int fetched = 0;
  int largest = 0;  // confirmed at once

  absl::StatusOr<Filled<int>> Page(const Cursor& after, int page_size) {
    return Fill<int>(
        Tokens(), after, page_size,
        [&](const Cursor& from, int limit) -> absl::StatusOr<std::vector<int>> {
          std::vector<int> rows;
          for (int i = from.empty() ? 0 : std::stoi(from[0]) + 1;
               i < size && static_cast<int>(rows.size()) < limit; ++i) {
            rows.push_back(i);
          }
          fetched += static_cast<int>(rows.size());
          return rows;
        },
        [](int row) { return Cursor{std::to_string(row)}; },
        [&](std::vector<int>& rows) -> absl::StatusOr<std::vector<bool>> {
          largest = std::max(largest, static_cast<int>(rows.size()));
          std::vector<bool> seen_rows;
          for (int row : rows) seen_rows.push_back(seen(row));
          return seen_rows;
        });
  }
};

// Invariant 6: a page is short at the end alone, whatever was left out of it, and the last page has
// no token.
TEST(FillTest, PagesAreFullWhateverIsLeftOut) {
  std::mt19937 random(20180520);
  for (int round = 0; round < 300; ++round) {
    List list;
    list.size = static_cast<int>(random() % 120);
    const unsigned share = random() % 5;
    std::vector<bool> may(list.size);
    std::vector<int> all;
    for (int i = 0; i < list.size; ++i) {
      may[i] = random() % 4 < share;
      if (may[i]) all.push_back(i);
    }
    list.seen = [&](int row) { return may[row]; };
    const int size = 1 + static_cast<int>(random() % 9);
    std::vector<int> got;
    Cursor after;
    while (true) {
      const auto page = list.Page(after, size);
      ASSERT_TRUE(page.ok());
      got.insert(got.end(), page->rows.begin(), page->rows.end());
      if (page->next.empty()) break;
      ASSERT_EQ(page->rows.size(), static_cast<size_t>(size));
      // The token points at what was shown, not at what was passed over.
      ASSERT_EQ(page->next, Cursor{std::to_string(page->rows.back())});
      ASSERT_LT(got.size(), all.size());  // there is something on the next page
      after = page->next;
    }
    EXPECT_EQ(got, all);
  }
}

TEST(FillTest, TheLargestPageIsConfirmedInTurns) {
  List list;
  list.size = 2 * kMaxPageSize + 1;
  list.seen = [](int) { return true; };
  const auto first = list.Page({}, kMaxPageSize);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->rows.size(), static_cast<size_t>(kMaxPageSize));
  const auto second = list.Page(first->next, kMaxPageSize);
  EXPECT_EQ(second->rows.size(), static_cast<size_t>(kMaxPageSize));
  const auto third = list.Page(second->next, kMaxPageSize);
  EXPECT_EQ(third->rows, std::vector<int>{2 * kMaxPageSize});
  EXPECT_TRUE(third->next.empty());
  list.size = kMaxPageSize;  // exactly one page
  EXPECT_TRUE(list.Page({}, kMaxPageSize)->next.empty());
  EXPECT_LE(list.largest, kMaxPageSize);
}

// One call looks through so many rows and then goes on; where it stops does not tell of one row
// more or less.
TEST(FillTest, ALongWayIsCutWhereASecretSays) {
  List list;
  list.size = 3 * kMaxScanned;
  list.seen = [&](int row) { return row == list.size - 1; };
  Cursor after;
  int calls = 0;
  std::vector<int> got;
  do {
    list.fetched = 0;
    const auto page = list.Page(after, 10);
    ASSERT_TRUE(page.ok());
    EXPECT_LE(list.fetched, kMaxScanned + 2 * kMaxPageSize);
    if (!page->next.empty()) {
      EXPECT_TRUE(Tokens().MayStopAt(page->next));
    }
    got.insert(got.end(), page->rows.begin(), page->rows.end());
    after = page->next;
    ++calls;
  } while (!after.empty());
  EXPECT_EQ(got, std::vector<int>{list.size - 1});
  EXPECT_GT(calls, 1);
  int stops = 0;
  for (int i = 0; i < 64000; ++i) stops += Tokens().MayStopAt({std::to_string(i)});
  EXPECT_GT(stops, 800);
  EXPECT_LT(stops, 1200);
}

TEST(PageTokenDeathTest, NeedsARealKey) { EXPECT_DEATH(PageTokens("short"), ""); }

TEST(Predicate, IgnoresWhereThePageIs) {
  // Any message serves; these have a map and lists.
  google::protobuf::Struct a;
  (*a.mutable_fields())["x"].set_number_value(1);
  (*a.mutable_fields())["y"].set_bool_value(true);
  google::protobuf::Struct b;
  (*b.mutable_fields())["y"].set_bool_value(true);
  (*b.mutable_fields())["x"].set_number_value(1);
  EXPECT_EQ(PredicateHash(a), PredicateHash(b));
  EXPECT_EQ(PredicateHash(a).size(), 32u);
  EXPECT_NE(PredicateHash(a, "officials/1"), PredicateHash(a));
  (*b.mutable_fields())["x"].set_number_value(2);
  EXPECT_NE(PredicateHash(a), PredicateHash(b));
  EXPECT_NE(PredicateHash(google::protobuf::Struct()),
            PredicateHash(google::protobuf::ListValue()));
}

}  // namespace
}  // namespace redress::page

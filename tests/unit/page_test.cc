#include "common/page/page.h"

#include <gmock/gmock.h>
#include <google/protobuf/api.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <random>

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

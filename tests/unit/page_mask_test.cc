#include <gmock/gmock.h>
#include <google/protobuf/field_mask.pb.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/page/mask.h"
#include "common/page/page.h"
#include "common/status/descriptions.h"
#include "common/status/error.h"
#include "tests/unit/page_schema.h"

namespace redress::page {
namespace {

using testing_schema::Make;
using testing_schema::Text;

// The target after an update, in text format; or the violations.
std::string Apply(std::string_view update, const std::vector<std::string>& paths,
                  std::string_view target) {
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  const auto to = Make("Resource", target);
  const absl::Status s = ApplyMask(*Make("Resource", update), mask, to.get());
  if (s.ok()) return Text(*to);
  EXPECT_EQ(s.code(), absl::StatusCode::kInvalidArgument);
  for (const auto& v : status::FieldViolationsOf(s)) {
    EXPECT_NE(status::InChinese(v.description), v.description);
  }
  EXPECT_EQ(Text(*to), Text(*Make("Resource", target)));
  std::string out;
  for (const auto& v : status::FieldViolationsOf(s)) {
    absl::StrAppend(&out, v.field, ": ", v.description, "\n");
  }
  return out;
}

TEST(Mask, CopiesWhatItNames) {
  EXPECT_EQ(Apply("title: 'new' size: 2", {"title"}, "title: 'old' size: 1"),
            "title: \"new\" size: 1");
  EXPECT_EQ(Apply("size: 2", {"title"}, "title: 'old' size: 1"), "size: 1");
  EXPECT_EQ(Apply("tags: 'c'", {"tags"}, "tags: 'a' tags: 'b'"), "tags: \"c\"");
  EXPECT_EQ(Apply("labels { key: 'x' value: 'y' }", {"labels"}, "labels { key: 'a' value: 'b' }"),
            "labels { key: \"x\" value: \"y\" }");
}

TEST(Mask, GoesIntoMessages) {
  EXPECT_EQ(Apply("place { street: 's' city: 'c' }", {"place.street"}, "place { city: 'old' }"),
            "place { street: \"s\" city: \"old\" }");
  EXPECT_EQ(Apply("place { street: 's' }", {"place.street"}, ""), "place { street: \"s\" }");
  EXPECT_EQ(Apply("", {"place.street"}, "place { street: 's' city: 'c' }"),
            "place { city: \"c\" }");
  EXPECT_EQ(Apply("", {"place.street"}, "title: 't'"), "title: \"t\"");
  EXPECT_EQ(Apply("", {"place"}, "place { street: 's' }"), "");
}

TEST(Mask, KeepsWhatTheServerSetsInsideOfMessages) {
  EXPECT_EQ(
      Apply("place { street: 's' checked: false }", {"place"}, "place { city: 'c' checked: true }"),
      "place { street: \"s\" checked: true }");
}

TEST(Mask, EmptyMeansEveryFieldThatIsSet) {
  EXPECT_EQ(Apply("name: 'x/2' etag: 'v9' title: 'new' state: 'hacked'", {},
                  "name: 'x/1' etag: 'v1' title: 'old' size: 1 state: 'OPEN'"),
            "name: \"x/1\" etag: \"v1\" title: \"new\" size: 1 state: \"OPEN\"");
}

TEST(Mask, StarMeansEveryField) {
  EXPECT_EQ(
      Apply("title: 'new'", {"*"}, "name: 'x/1' title: 'old' size: 1 state: 'OPEN' tags: 'a'"),
      "name: \"x/1\" title: \"new\" state: \"OPEN\"");
}

TEST(Mask, HandlesOneofs) {
  EXPECT_EQ(Apply("left: 'l'", {"left"}, "right: 'r'"), "left: \"l\"");
  EXPECT_EQ(Apply("left: 'l'", {"*"}, "right: 'r'"), "left: \"l\"");
  EXPECT_EQ(Apply("right: 'r2'", {"*"}, "right: 'r'"), "right: \"r2\"");
  EXPECT_EQ(Apply("", {"*"}, "right: 'r'"), "");
}

TEST(Mask, RefusesEveryBadPath) {
  EXPECT_EQ(Apply("title: 'x'",
                  {"title", "nope", "state", "name", "tags.x", "title.x", "place.nope", "*", "",
                   "place.checked", "labels.x", "etag"},
                  "title: 'old'"),
            "update_mask.paths[1]: \"nope\" names no field of schema.Resource\n"
            "update_mask.paths[2]: \"state\" is set by the server and cannot be updated\n"
            "update_mask.paths[3]: \"name\" identifies the resource and cannot be updated\n"
            "update_mask.paths[4]: \"tags.x\" must not lead through a list, a map or a value\n"
            "update_mask.paths[5]: \"title.x\" must not lead through a list, a map or a value\n"
            "update_mask.paths[6]: \"place.nope\" names no field of schema.Place\n"
            "update_mask.paths[7]: must be the only path if it is \"*\"\n"
            "update_mask.paths[8]: must be set\n"
            "update_mask.paths[9]: \"place.checked\" is set by the server and cannot be updated\n"
            "update_mask.paths[10]: \"labels.x\" must not lead through a list, a map or a value\n"
            "update_mask.paths[11]: \"etag\" identifies the resource and cannot be updated\n");
}

TEST(Mask, KeepsWhatNeverChanges) {
  EXPECT_EQ(Apply("title: 'new' region: 'r'", {}, "title: 'old' region: 'r'"),
            "title: \"new\" region: \"r\"");
  EXPECT_EQ(Apply("title: 'new'", {"*"}, "title: 'old' region: 'r'"),
            "title: \"new\" region: \"r\"");
  for (const auto& mask : {std::vector<std::string>{}, {"*"}}) {
    EXPECT_EQ(Apply("title: 'new' region: 's'", mask, "title: 'old' region: 'r'"),
              "update_mask: \"region\" never changes once the resource is created\n");
  }
  EXPECT_EQ(Apply("region: 'r'", {"title", "region"}, "title: 'old' region: 'r'"),
            "update_mask.paths[1]: \"region\" never changes once the resource is created\n");
}

TEST(Mask, RefusesAnotherType) {
  const auto to = Make("Place", "");
  EXPECT_EQ(ApplyMask(*Make("Resource", ""), {}, to.get()).code(), absl::StatusCode::kInternal);
}

TEST(Predicate, LeavesOutPageSizeAndToken) {
  const std::string hash = PredicateHash(*Make("ListRequest", "filter: 'f'"));
  EXPECT_EQ(PredicateHash(*Make("ListRequest", "filter: 'f' page_size: 9 page_token: 't'")), hash);
  EXPECT_NE(PredicateHash(*Make("ListRequest", "filter: 'g'")), hash);
}

}  // namespace
}  // namespace redress::page

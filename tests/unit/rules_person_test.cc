#include "common/rules/person.h"

#include <gtest/gtest.h>

namespace redress::rules {
namespace {

types::v1::Actor Of(const std::string& official, const std::string& person) {
  types::v1::Actor actor;
  actor.set_official(official);
  actor.set_person(person);
  return actor;
}

TEST(Person, NeitherTwoPostsNorTwoAccountsMakeTwoOfOne) {
  const struct {
    types::v1::Actor one, other;
    bool same;
  } kTable[] = {
      {Of("officials/a", "p"), Of("officials/a", "p"), true},
      {Of("officials/a", "p"), Of("officials/b", "p"), true},
      {Of("officials/a", "p"), Of("officials/a", "q"), true},
      {Of("officials/a", "p"), Of("officials/b", "q"), false},
      // A machine, or a record from before persons were told apart.
      {Of("officials/a", ""), Of("officials/a", "p"), true},
      {Of("officials/a", ""), Of("officials/b", "p"), false},
      {Of("officials/a", ""), Of("officials/b", ""), false},
      // Nothing tells them apart.
      {Of("", ""), Of("", ""), true},
      {Of("", "p"), Of("", ""), true},
      {Of("", "p"), Of("", "q"), false},
      {Of("", "p"), Of("officials/a", "q"), false},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(SamePerson(row.one, row.other), row.same)
        << row.one.DebugString() << row.other.DebugString();
    EXPECT_EQ(SamePerson(row.other, row.one), row.same);
  }
}

}  // namespace
}  // namespace redress::rules

// What a hand in the database did to a row is noticed when the row is opened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/store_fixture.h"

namespace redress::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(StoreTest, ABodyThatIsMovedIsNotShown) {
  Serve(1, 1);
  for (const char* name : {"cases/1", "cases/2"}) ASSERT_TRUE(Add(Claim(name)).ok());
  r::OpenRoundRequest open;
  open.set_name("cases/3");
  open.set_kind(types::v1::ROUND_KIND_REVIEW);
  *open.mutable_received_on() = rules::DateOf(absl::CivilDay(2018, 6, 18));
  ASSERT_TRUE(Add(Claim("cases/3")).ok());
  for (int i = 0; i < 2; ++i) {
    open.set_request_id(RecordService::NewRequestId());
    ASSERT_TRUE(Invoke(records_, *stub_, &Stub::OpenRound, open, kClerk, ROLE_OFFICE_CLERK).ok());
  }
  const auto swap = [&](const std::string& table, const std::string& a, const std::string& b) {
    const auto rows = records_.database().admin().Query(
        "SELECT body FROM " + table + " WHERE name IN (?, ?) ORDER BY name", {a, b});
    ASSERT_EQ(rows->size(), 2u);
    Execute("UPDATE " + table + " SET body = ? WHERE name = ?", {(*rows)[1].Bytes(0), a});
    Execute("UPDATE " + table + " SET body = ? WHERE name = ?", {(*rows)[0].Bytes(0), b});
  };
  swap("case_file", "cases/1", "cases/2");
  // Under the same key: it is the name that tells them apart.
  swap("procedure_round", "cases/3/rounds/1", "cases/3/rounds/2");
  r::GetRoundRequest get;
  get.set_name("cases/3/rounds/1");
  r::ListCasesRequest list;
  for (const absl::Status& failed :
       {Get("cases/1").status(), Get("cases/2").status(), Add(Claim("cases/1")).status(),
        Invoke(records_, *stub_, &Stub::GetRound, get, kClerk, ROLE_OFFICE_CLERK).status()}) {
    EXPECT_TRUE(absl::IsDataLoss(failed)) << failed;
    EXPECT_EQ(status::ReasonOf(failed), "SEALED_DATA_DAMAGED");
    // Neither which row nor how it was found out.
    EXPECT_TRUE(status::ErrorInfoOf(failed)->metadata().empty());
    EXPECT_THAT(failed.ToString(), Not(HasSubstr("cases/")));
  }
  EXPECT_TRUE(Get("cases/3").ok());
  EXPECT_TRUE(Add(Claim("cases/3")).ok());
  // A list goes on without them.
  const int before = damaged_.load();
  const auto listed = Invoke(records_, *stub_, &Stub::ListCases, list, kClerk, ROLE_OFFICE_CLERK);
  ASSERT_TRUE(listed.ok()) << listed.status();
  std::vector<std::string> names;
  for (const r::Case& file : listed->cases()) names.push_back(file.name());
  EXPECT_THAT(names, ::testing::Contains("cases/3"));
  EXPECT_THAT(names, Not(::testing::Contains("cases/1")));
  EXPECT_EQ(damaged_.load(), before + 2);
}

// An earlier body under the row's own name and key: it is the version that tells them apart.
TEST_F(StoreTest, ABodyOfAnEarlierVersionIsNotShown) {
  Serve(1, 1);
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  const auto earlier =
      records_.database().admin().Query("SELECT body FROM case_file WHERE name = 'cases/1'");
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  Execute("UPDATE case_file SET body = ? WHERE name = 'cases/1'", {(*earlier)[0].Bytes(0)});
  for (const absl::Status& failed : {Get("cases/1").status(), Add(Claim("cases/1")).status()}) {
    EXPECT_TRUE(absl::IsDataLoss(failed)) << failed;
    EXPECT_EQ(status::ReasonOf(failed), "SEALED_DATA_DAMAGED");
  }
  EXPECT_GE(damaged_.load(), 2);
  // A later version under which nothing was sealed.
  ASSERT_TRUE(Add(Claim("cases/2")).ok());
  Execute("UPDATE case_file SET version = version + 1 WHERE name = 'cases/2'");
  EXPECT_TRUE(absl::IsDataLoss(Get("cases/2").status()));
}

// A whole earlier row, version and all, opens; that facts of it are newer gives it away.
TEST_F(StoreTest, NothingIsWrittenOnARowThatIsOlderThanItsFacts) {
  Serve(1, 1);
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  const auto earlier = records_.database().admin().Query(
      "SELECT version, body FROM case_file WHERE name = 'cases/1'");
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  Execute("UPDATE case_file SET version = ?, body = ? WHERE name = 'cases/1'",
          {(*earlier)[0].Int(0), (*earlier)[0].Bytes(1)});
  const int before = damaged_.load();
  for (int i = 0; i < 2; ++i) {
    const absl::Status refused = Add(Claim("cases/1")).status();
    EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
    EXPECT_EQ(status::ReasonOf(refused), "SEALED_DATA_DAMAGED");
  }
  EXPECT_GE(damaged_.load(), before + 2);
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 2u);
  EXPECT_TRUE(Add(Claim("cases/2")).ok()) << "it is that case's alone";
}

// A promoted column decides what lists find; it is what the sealed body says, or the row is
// damaged.
TEST_F(StoreTest, AColumnThatTheBodyDoesNotBearOutIsNoticed) {
  Serve(1, 1);
  int n = 0;
  for (const char* change :
       {"registration_number = 'X'", "campaign = 'campaigns/2'", "region_code = '430626'",
        "state = 3", "source = 5", "received_on = '2018-06-19'", "petitioner = 'petitioners/2'",
        "responsible_unit = 'units/x'", "create_time = create_time + INTERVAL 1 MICROSECOND"}) {
    SCOPED_TRACE(change);
    const std::string name = absl::StrCat("cases/", ++n);
    ASSERT_TRUE(Add(Claim(name)).ok());
    ASSERT_TRUE(Get(name).ok());
    Execute(absl::StrCat("UPDATE case_file SET ", change, " WHERE name = '", name, "'"));
    EXPECT_EQ(status::ReasonOf(Get(name).status()), "SEALED_DATA_DAMAGED");
  }
}

}  // namespace
}  // namespace redress::store

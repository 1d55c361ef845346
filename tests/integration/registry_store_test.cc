// What the registry's own SQL says: that it is the same as auth::Decide, that persons are found and
// forgotten, and that indexes of an earlier form are made anew.
#include "services/registry/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "common/auth/case_scope.h"
#include "common/rules/rules.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "services/registry/rules.h"
#include "tests/integration/registry_world.h"

namespace redress::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RegistryWorld;
using testing::Required;
using ::testing::UnorderedElementsAre;

rpc::Call CallBy(auth::Identity identity, std::string_view permission) {
  rpc::Call call;
  call.caller = std::move(identity);
  call.permission = permission;
  call.deadline = absl::Now() + absl::Seconds(20);
  call.lang = "en";
  return call;
}

v1::Case NewCase(const std::string& name) {
  v1::Case file;
  file.set_name(name);
  file.set_registration_number("N-" + name);
  file.set_campaign("campaigns/1");
  file.set_state(types::v1::CASE_STATE_OPEN);
  file.set_source(types::v1::CASE_SOURCE_LETTER);
  *file.mutable_received_on() = redress::rules::DateOf(absl::CivilDay(2018, 6, 1));
  file.set_petitioner("petitioners/1");
  file.mutable_create_time()->set_seconds(1528000000);
  return file;
}

v1::CaseAccess AccessOf(const v1::Case& file) {
  v1::CaseAccess access;
  access.set_name(file.name());
  access.set_campaign(file.campaign());
  access.set_region_code(file.region_code());
  access.set_responsible_unit(file.responsible_unit());
  access.set_state(file.state());
  return access;
}

TEST(RegistryStoreTest, TheSchemaIsThatOfTheMessages) {
  RegistryWorld world;
  const absl::Status checked = store::CheckTables(world.database().admin(), StoredTypes());
  EXPECT_TRUE(checked.ok()) << checked;
}

// ---- access

// Random cases and callers, from few enough names that they meet.
class RandomWorld {
 public:
  explicit RandomWorld(int seed) : random_(seed) {}

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  template <class T>
  const T& Of(const std::vector<T>& all) {
    return all[Below(static_cast<int>(all.size()))];
  }
  std::string Official() { return Of(officials_); }
  std::string Unit() { return Of(units_); }

  v1::Case Case(int number) {
    v1::Case file = NewCase(absl::StrCat("cases/", number));
    file.set_region_code(Of(regions_));
    if (Below(4) != 0) file.set_responsible_unit(Unit());
    file.set_state(static_cast<types::v1::CaseState>(1 + Below(3)));
    file.set_source(static_cast<types::v1::CaseSource>(1 + Below(3)));
    *file.mutable_received_on() = redress::rules::DateOf(absl::CivilDay(2018, 6, 1 + Below(9)));
    // Some at the very same instant, some a microsecond apart.
    file.mutable_create_time()->set_seconds(1528000000 + Below(3));
    file.mutable_create_time()->set_nanos(Below(3) * 1000);
    return file;
  }
  v1::CaseAccess Access(const v1::Case& file) {
    v1::CaseAccess access = AccessOf(file);
    std::set<std::pair<std::string, int>> parts;
    for (int i = Below(4); i > 0; --i) parts.insert({Official(), 1 + Below(types::v1::Part_MAX)});
    if (Below(4) == 0) parts.insert({Unit(), types::v1::PART_OFFERED});
    for (const auto& [who, part] : parts) {
      v1::Participant& participant = *access.add_participants();
      participant.set_official(who);
      participant.set_part(static_cast<types::v1::Part>(part));
    }
    // Keys of the wall, as a registration has them hashed.
    if (Below(3) == 0) access.add_walled(Official());
    if (Below(6) == 0) access.add_walled(Unit());
    if (Below(6) == 0) access.add_walled(auth::HeadsKey(Unit()));
    if (!access.walled().empty()) access.add_walled(std::string(auth::kUnboundKey));
    if (Below(4) == 0) access.add_recused(Official());
    return access;
  }
  auth::Identity Caller() {
    auth::Identity caller;
    if (Below(8) == 0) {
      caller.kind = auth::Identity::Kind::kMachine;
      caller.subject = "service/visits";
      caller.service = "visits";
      caller.roles = {types::v1::ROLE_SERVICE};
      return caller;
    }
    caller.subject = caller.official = Official();
    if (Below(6) != 0) caller.unit = Unit();
    caller.region = Of(served_);
    for (int i = 1 + Below(2); i > 0; --i) {
      // No token carries the role of a service.
      caller.roles.push_back(static_cast<types::v1::Role>(1 + Below(types::v1::ROLE_SERVICE - 1)));
    }
    return caller;
  }
  v1::CaseFilter Filter() {
    v1::CaseFilter filter;
    switch (Below(9)) {
      case 0:
        filter.set_state(static_cast<types::v1::CaseState>(1 + Below(3)));
        break;
      case 1:
        filter.set_region_prefix("430626");
        break;
      case 2:
        filter.set_responsible_unit(Unit());
        break;
      case 3:
        filter.set_unassigned(true);
        break;
      case 4:
        filter.set_participant(Official());
        break;
      case 5:
        filter.set_source(types::v1::CASE_SOURCE_LETTER);
        *filter.mutable_received_from() = redress::rules::DateOf(absl::CivilDay(2018, 6, 3));
        *filter.mutable_received_to() = redress::rules::DateOf(absl::CivilDay(2018, 6, 6));
        break;
      default:
        break;
    }
    return filter;
  }

 private:
  std::mt19937 random_;
  const std::vector<std::string> officials_ = {"officials/a", "officials/b", "officials/c",
                                               "officials/d"};
  const std::vector<std::string> units_ = {"units/x", "units/y", "units/z"};
  const std::vector<std::string> regions_ = {"430626103", "430626104", "430627101", "411600001"};
  const std::vector<std::string> served_ = {"430626", "430626103", "430600", "411600",
                                            "43",     "",          "4306261"};
};

bool Fits(const v1::CaseFilter& filter, const v1::Case& file, const v1::CaseAccess& access) {
  const auto day = [](const google::type::Date& date) { return redress::rules::DayOf(date); };
  if (filter.state() != 0 && file.state() != filter.state()) return false;
  if (file.region_code().rfind(filter.region_prefix(), 0) != 0) return false;
  if (!filter.responsible_unit().empty() && file.responsible_unit() != filter.responsible_unit())
    return false;
  if (filter.unassigned() && !file.responsible_unit().empty()) return false;
  if (filter.source() != 0 && file.source() != filter.source()) return false;
  if (filter.has_received_from() && day(file.received_on()) < day(filter.received_from()))
    return false;
  if (filter.has_received_to() && day(file.received_on()) > day(filter.received_to())) return false;
  return filter.participant().empty() ||
         std::any_of(access.participants().begin(), access.participants().end(),
                     [&](const auto& participant) {
                       return participant.official() == filter.participant();
                     });
}

auth::AccessRow RowOf(const v1::CaseAccess& access) {
  auth::AccessRow row;
  row.case_name = access.name();
  row.region_code = access.region_code();
  row.responsible_unit = access.responsible_unit();
  for (const auto& participant : access.participants()) {
    row.participants.push_back({participant.official(), participant.part()});
  }
  row.walled.assign(access.walled().begin(), access.walled().end());
  row.recused.assign(access.recused().begin(), access.recused().end());
  return row;
}

TEST(RegistryStoreTest, ListCountGetAndGateSayWhatDecideSays) {
  constexpr int kCases = 150;
  RegistryWorld world;
  const auth::WallHash& hash = world.store().wall_hashes().key;
  RandomWorld random(20180620);
  testing::Resources all;
  std::vector<std::string> names;
  for (int i = 0; i < kCases; ++i) {
    all.cases.push_back(random.Case(i));
    all.accesses.push_back(random.Access(all.cases.back()));
    // Access is in line with its case: who is recused is on the file.
    for (const std::string& recused : all.accesses.back().recused()) {
      all.cases.back().add_recusals()->set_official(recused);
    }
    for (std::string& key : *all.accesses.back().mutable_walled()) key = hash(key);
    names.push_back(all.cases.back().name());
  }
  const absl::Status put = world.Put(all);
  ASSERT_TRUE(put.ok()) << put;
  store::Store& resources = world.store().resources();

  int reached = 0;
  int nothing = 0;
  for (int turn = 0; turn < 400; ++turn) {
    constexpr const char* kPermissions[] = {"cases.list", "cases.count", "cases.search",
                                            "cases.get",  "facts.list",  "handovers.accept"};
    const char* permission = kPermissions[random.Below(6)];
    const rpc::Call call = CallBy(random.Caller(), permission);
    v1::ListCasesRequest request;
    *request.mutable_filter() = random.Filter();

    std::set<std::string> expected;
    for (int i = 0; i < kCases; ++i) {
      if (auth::Decide(call.caller, permission, RowOf(all.accesses[i]), hash).allowed() &&
          Fits(request.filter(), all.cases[i], all.accesses[i])) {
        expected.insert(names[i]);
      }
    }
    const auto predicate = world.store().CasePredicate(call, request.filter());
    if (!predicate.ok()) {
      EXPECT_TRUE(absl::IsPermissionDenied(predicate.status()));
      EXPECT_THAT(expected, IsEmpty());
      ++nothing;
      continue;
    }
    store::ListQuery query = *predicate;
    query.request = &request;
    query.page_size = 1 + random.Below(40);
    std::vector<std::string> listed;
    absl::Time last = absl::InfiniteFuture();
    do {
      const auto page = resources.List<v1::Case>(call, query);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const v1::Case& file : page->items) {
        listed.push_back(file.name());
        const absl::Time created = absl::FromUnixSeconds(file.create_time().seconds()) +
                                   absl::Nanoseconds(file.create_time().nanos());
        EXPECT_LE(created, last);
        last = created;
      }
      query.page_token = page->next_page_token;
    } while (!query.page_token.empty());
    EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()), expected)
        << permission << " " << request.filter().ShortDebugString();
    EXPECT_EQ(listed.size(), expected.size());
    EXPECT_EQ(*resources.Count(call, store::Table::Of(v1::Case::descriptor()), *predicate),
              static_cast<int64_t>(expected.size()));
    reached += static_cast<int>(expected.size());
  }
  EXPECT_GT(reached, 1000);
  EXPECT_GT(nothing, 10);

  for (int turn = 0; turn < 20; ++turn) {
    const rpc::Call call = CallBy(random.Caller(), "cases.get");
    const auto gate = world.store().gate().Check(call, "cases.get", names);
    ASSERT_TRUE(gate.ok()) << gate.status();
    for (int i = 0; i < kCases; ++i) {
      const auth::Decision decision =
          auth::Decide(call.caller, "cases.get", RowOf(all.accesses[i]), hash);
      const absl::Status expected = auth::ToStatus(decision, "cases.get");
      EXPECT_EQ((*gate)[i].status(), expected);
      const auto got = resources.Get<v1::Case>(call, names[i]);
      EXPECT_EQ(got.status(), status::ConcealFor(expected, names[i])) << names[i];
      if (!got.ok()) continue;
      EXPECT_EQ(got->name(), names[i]);
      EXPECT_EQ((*gate)[i]->roles, decision.roles);
    }
    const auto none = resources.Get<v1::Case>(call, "cases/none");
    EXPECT_TRUE(absl::IsNotFound(none.status())) << none.status();
  }

  // What many callers fetch at once is what each would get alone.
  std::vector<std::string> wanted = names;
  wanted.push_back("cases/none");
  constexpr int kReads = 300;
  std::vector<rpc::Call> calls;
  std::vector<std::string> of;
  std::vector<absl::StatusOr<v1::Case>> fetched(kReads, absl::UnknownError("never called"));
  absl::BlockingCounter left(kReads);
  for (int i = 0; i < kReads; ++i) {
    calls.push_back(CallBy(random.Caller(), "cases.get"));
    of.push_back(random.Of(wanted));
  }
  for (int i = 0; i < kReads; ++i) {
    resources.Fetch<v1::Case>(calls[i], of[i], [&, i](absl::StatusOr<v1::Case> file) {
      fetched[i] = std::move(file);
      left.DecrementCount();
    });
  }
  left.Wait();
  int seen = 0;
  for (int i = 0; i < kReads; ++i) {
    const rpc::Call alone = CallBy(calls[i].caller, "cases.get");
    const auto got = resources.Get<v1::Case>(alone, of[i]);
    ASSERT_EQ(fetched[i].status(), got.status()) << of[i];
    EXPECT_EQ(calls[i].reading->resources(), alone.reading->resources());
    if (!got.ok()) continue;
    ++seen;
    EXPECT_EQ(fetched[i]->SerializeAsString(), got->SerializeAsString());
  }
  EXPECT_GT(seen, 20);
  EXPECT_LT(seen, kReads - 20);

  rpc::Call late = CallBy(random.Caller(), "cases.get");
  late.deadline = absl::Now() - absl::Seconds(1);
  absl::Notification told;
  resources.Fetch<v1::Case>(late, names[0], [&](absl::StatusOr<v1::Case> file) {
    EXPECT_TRUE(absl::IsDeadlineExceeded(file.status())) << file.status();
    told.Notify();
  });
  told.WaitForNotification();
}

// ---- searching

TEST(RegistryStoreTest, APersonIsFoundInTheirCountyUntilTheyAreCalledOtherwise) {
  RegistryWorld world;
  testing::Resources all;
  for (const char* name : {"cases/1", "cases/2"}) {
    v1::Case file = NewCase(name);
    file.set_region_code("430626103");
    file.set_registration_number(rules::RegistrationNumber("430626103", 2018, name[6] - '0'));
    all.accesses.push_back(AccessOf(file));
    all.cases.push_back(file);
  }
  all.cases[1].set_petitioner("petitioners/2");
  all.cases[1].add_representatives("petitioners/1");
  v1::Petitioner person;
  person.set_name("petitioners/1");
  person.set_region_code("430626103");
  person.mutable_identity()->set_full_name("某甲");
  person.mutable_identity()->set_national_id("43062619600101001x");
  person.mutable_identity()->set_phone("+86 730 1234567");
  all.persons = {person};
  ASSERT_TRUE(world.Put(all).ok());

  const auto search = [&](const v1::SearchCasesRequest& request, const std::string& region) {
    auth::Identity clerk;
    clerk.subject = clerk.official = "officials/clerk";
    clerk.region = region;
    clerk.roles = {types::v1::ROLE_OFFICE_CLERK};
    const rpc::Call call = CallBy(clerk, "cases.search");
    store::ListQuery query = Required(world.store().CasesFound(call, request));
    query.request = &request;
    std::vector<std::string> found;
    for (const v1::Case& file :
         Required(world.store().resources().List<v1::Case>(call, query)).items) {
      found.push_back(file.name());
    }
    return found;
  };
  v1::SearchCasesRequest request;
  request.set_full_name(" 某甲 ");
  EXPECT_THAT(search(request, "430626"), UnorderedElementsAre("cases/1", "cases/2"));
  EXPECT_THAT(search(request, "430627"), IsEmpty());
  request.set_national_id("43062619600101001X");
  EXPECT_THAT(search(request, "430626"), UnorderedElementsAre("cases/1", "cases/2"));
  std::string number = all.cases[1].registration_number();
  std::transform(number.begin(), number.end(), number.begin(), ::tolower);
  request.set_registration_number(number);
  EXPECT_THAT(search(request, "430626103"), ElementsAre("cases/2"));
  request.set_full_name("某乙");
  EXPECT_THAT(search(request, "430626"), IsEmpty());

  person.mutable_identity()->set_full_name("某乙");
  person.mutable_identity()->clear_phone();
  testing::Resources renamed;
  renamed.persons = {person};
  ASSERT_TRUE(world.Put(renamed).ok());
  EXPECT_THAT(search(request, "430626"), ElementsAre("cases/2"));
  v1::SearchCasesRequest old;
  old.set_full_name("某甲");
  EXPECT_THAT(search(old, "430626"), IsEmpty());
  const auto hashes = world.database().admin().Query("SELECT COUNT(*) FROM petitioner_index");
  EXPECT_EQ((*hashes)[0].Int(0), 2);
}

// What a database holds from before: hashes of another normal form.
TEST(RegistryStoreTest, IndexesOfAnEarlierFormAreMadeAnewAtTheStart) {
  RegistryWorld world;
  testing::Resources all;
  for (int i = 0; i < 450; ++i) {
    v1::Petitioner& person = all.persons.emplace_back();
    person.set_name(absl::StrCat("petitioners/", i));
    person.set_region_code("430626103");
    person.mutable_identity()->set_full_name(absl::StrCat("某", i));
    person.mutable_identity()->set_phone("138 0000-1234");
  }
  ASSERT_TRUE(world.Put(all).ok());
  db::Connection& admin = world.database().admin();
  const auto hashes = [&] {
    std::vector<std::string> found;
    for (const db::Row row : Required(
             admin.Query("SELECT HEX(hash), form FROM petitioner_index ORDER BY name, field"))) {
      found.push_back(absl::StrCat(row.Text(0), " ", row.Int(1)));
    }
    return found;
  };
  const std::vector<std::string> right = hashes();
  EXPECT_EQ(right.size(), 900u);
  ASSERT_TRUE(admin.Execute("UPDATE petitioner_index SET hash = REVERSE(hash), form = 1", {}).ok());
  EXPECT_NE(hashes(), right);
  // An erased person leaves no way to them.
  ASSERT_TRUE(admin.Execute("DELETE FROM data_key WHERE subject = 'petitioners/7'", {}).ok());
  // One that is damaged stays as it is, and holds up nobody.
  ASSERT_TRUE(admin
                  .Execute("UPDATE petitioner SET body = REVERSE(body)"
                           " WHERE name = 'petitioners/8'",
                           {})
                  .ok());
  std::unique_ptr<RegistryStore> again = Required(RegistryStore::Open(world.environment()));
  EXPECT_EQ(hashes().size(), 898u);
  EXPECT_EQ(Required(again->resources().RebuildDerived(absl::Now() + absl::Seconds(9))), 1);
  // Out of time with rows of the earlier form left: the service must not search yet.
  EXPECT_EQ(again->resources().RebuildDerived(absl::InfinitePast()).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  int earlier = 0;
  for (const std::string& hash : hashes()) {
    const bool made_anew = std::find(right.begin(), right.end(), hash) != right.end();
    earlier += made_anew ? 0 : 1;
  }
  EXPECT_EQ(earlier, 2) << "the two hashes of the damaged one";
}

}  // namespace
}  // namespace redress::registry

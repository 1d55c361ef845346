#include "tests/e2e/replayed.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"

namespace redress::testing {
namespace {

using SupervisionStub = supervision::v1::SupervisionService::Stub;

constexpr absl::Duration kPatience = absl::Seconds(20);

// Tables whose rows tell how often something was tried or done anew, not what was done: every
// reading is audited, and `fact_pending` and the two of `access` empty themselves.
bool TellsOfAttempts(const std::string& table) {
  static const auto* const tables =
      new std::set<std::string>({"audit_entry", "fact_pending", "access_change", "access_intent"});
  return tables->contains(table);
}

db::Rows MustQuery(const Cluster& cluster, const std::string& service, const std::string& sql) {
  auto rows = cluster.Database(service)->Query(sql);
  EXPECT_TRUE(rows.ok()) << service << ": " << sql << ": " << rows.status();
  return rows.ok() ? *std::move(rows) : db::Rows();
}

int64_t Number(const Cluster& cluster, const std::string& service, const std::string& sql) {
  const db::Rows rows = MustQuery(cluster, service, sql);
  return rows.size() == 1 ? rows[0].Int(0) : -1;
}

void AwaitZero(const Cluster& cluster, const std::string& service, const std::string& sql) {
  const absl::Time give_up = absl::Now() + kPatience;
  while (Number(cluster, service, sql) != 0) {
    ASSERT_LT(absl::Now(), give_up) << service << ": never zero: " << sql;
    absl::SleepFor(absl::Milliseconds(50));
  }
}

// What a case is called here: names and numbers -> "case 0001", in the order of the numbers.
std::vector<std::pair<std::string, std::string>> CasesByOrder(const Cluster& cluster) {
  std::vector<std::pair<std::string, std::string>> cases;
  int order = 0;
  for (const auto& row :
       MustQuery(cluster, "registry",
                 "SELECT name, registration_number FROM case_file ORDER BY registration_number")) {
    const std::string called = absl::StrCat("case ", absl::Dec(++order, absl::kZeroPad4));
    cases.emplace_back(row.Text(0), called);
    cases.emplace_back(row.Text(1), called);
  }
  return cases;
}

std::vector<std::string> StatusesOf(const Cluster& cluster) {
  std::vector<std::string> all;
  supervision::v1::ListStatusesRequest list;
  list.set_campaign(MustQuery(cluster, "registry", "SELECT name FROM campaign")[0].Text(0));
  list.set_include_unassigned(true);
  list.set_page_size(1000);
  do {
    const auto page = cluster.Service("assignment").Call(&SupervisionStub::ListStatuses, list);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return all;
    for (plan::v1::RequirementStatus status : page->statuses()) {
      status.clear_facts();
      if (!absl::StartsWith(status.subject(), "cases/") &&
          !absl::StartsWith(status.subject(), "units/")) {
        status.clear_subject();
      }
      all.push_back(status.ShortDebugString());
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  return all;
}

google::protobuf::RepeatedPtrField<google::protobuf::Value> SectionsOf(const Replayed& replayed) {
  google::protobuf::Struct report;
  const auto parsed = google::protobuf::util::JsonStringToMessage(replayed.report, &report);
  EXPECT_TRUE(parsed.ok()) << parsed.message();
  return parsed.ok() ? report.fields().at("sections").list_value().values()
                     : google::protobuf::RepeatedPtrField<google::protobuf::Value>();
}

}  // namespace

std::vector<std::string> ReplayCommand(const std::string& profiles, const std::string& seed,
                                       const std::string& lang, const std::string& output) {
  return {absl::StrCat(REDRESS_BINARY_DIR, "/bin/redress-replay"),
          absl::StrCat("--profile=", profiles, "/operator.toml"),
          absl::StrCat("--seeds=", REDRESS_SOURCE_DIR, "/seeds"), absl::StrCat("--seed=", seed),
          // As many as tell every story several times; the whole hundred takes twice as long.
          "--cases=40", absl::StrCat("--lang=", lang), absl::StrCat("--output=", output)};
}

Replayed WhatIsThere(const Cluster& cluster, std::string json) {
  Replayed replayed;
  for (const char* queue : {"access_change", "access_intent"}) {
    AwaitZero(cluster, "assignment", absl::StrCat("SELECT COUNT(*) FROM ", queue));
  }
  AwaitZero(cluster, "supervision", "SELECT COUNT(*) FROM evaluated_root WHERE stale <> 0");
  for (const std::string& service : AllServices()) {
    for (const auto& table : MustQuery(cluster, service, "SHOW TABLES")) {
      const std::string name = table.Text(0);
      if (TellsOfAttempts(name)) continue;
      replayed.rows[absl::StrCat(service, ".", name)] =
          Number(cluster, service, absl::StrCat("SELECT COUNT(*) FROM ", name));
    }
    if (service == "supervision") continue;
    AwaitZero(cluster, service, "SELECT COUNT(*) FROM fact_pending");
    for (const auto& row :
         MustQuery(cluster, service, "SELECT kind, COUNT(*) FROM fact GROUP BY kind")) {
      const auto kind = static_cast<facts::v1::FactKind>(row.Int(0));
      replayed.facts[absl::StrCat(service, " ", facts::v1::FactKind_Name(kind))] = row.Int(1);
    }
  }
  const auto cases = CasesByOrder(cluster);
  replayed.report = absl::StrReplaceAll(json, cases);
  for (const std::string& status : StatusesOf(cluster)) {
    replayed.statuses.push_back(absl::StrReplaceAll(status, cases));
  }
  std::sort(replayed.statuses.begin(), replayed.statuses.end());
  return replayed;
}

std::vector<std::string> TablesOf(const Replayed& replayed) {
  std::vector<std::string> ids;
  for (const auto& section : SectionsOf(replayed)) {
    ids.push_back(section.struct_value().fields().at("id").string_value());
  }
  return ids;
}

Table TableOf(const Replayed& replayed, const std::string& id) {
  for (const auto& value : SectionsOf(replayed)) {
    const auto& section = value.struct_value().fields();
    if (section.at("id").string_value() != id) continue;
    Table table;
    const auto& columns = section.at("columns").list_value();
    for (const auto& row : section.at("rows").list_value().values()) {
      auto& cells = table.emplace_back();
      for (int i = 0; i < columns.values_size(); ++i) {
        cells[columns.values(i).string_value()] = row.list_value().values(i).string_value();
      }
    }
    return table;
  }
  ADD_FAILURE() << "the report has no table " << id;
  return {};
}

}  // namespace redress::testing

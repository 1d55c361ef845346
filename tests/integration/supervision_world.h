// A small world for the tests of supervision: feeds that hold real entries, a simulated clock, a
// database of its own with the service's least rights, and a gate that bars the cases named.
#ifndef REDRESS_TESTS_INTEGRATION_SUPERVISION_WORLD_H_
#define REDRESS_TESTS_INTEGRATION_SUPERVISION_WORLD_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/facts/merkle.h"
#include "common/plan/fact_kinds.h"
#include "common/status/error.h"
#include "google/protobuf/text_format.h"
#include "services/supervision/answers.h"
#include "services/supervision/schema.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::supervision::testing {

inline constexpr char kCampaign[] = "campaigns/c";
inline constexpr char kRegion[] = "411623101000";
inline constexpr char kUnitA[] = "units/a";
inline constexpr char kUnitB[] = "units/b";

inline absl::CivilDay D(int month, int day) { return absl::CivilDay(2018, month, day); }
inline absl::Time NoonOf(absl::CivilDay day) {
  return absl::FromCivil(absl::CivilHour(day) + 12, base::Shanghai());
}
inline absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

// Facts in the order of a feed, with their leaf hashes.
class Feeds {
 public:
  // `kind` without its prefix; `detail` in text format. Not stored anywhere: publish it.
  static facts::v1::Fact Make(const std::string& kind, absl::CivilDay day,
                              const std::string& detail, const std::string& case_name,
                              const std::string& unit) {
    facts::v1::Fact fact;
    facts::v1::FactKind value;
    if (!facts::v1::FactKind_Parse("FACT_KIND_" + kind, &value)) std::abort();
    fact.set_fact_id(base::NewUuid(NoonOf(day)));
    fact.set_kind(value);
    fact.set_campaign(kCampaign);
    fact.set_case_name(case_name);
    fact.set_unit(unit);
    *fact.mutable_event_date() = calendar::ToProto(day);
    fact.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(NoonOf(day)));
    fact.set_record(absl::StrCat(case_name.empty() ? kCampaign : case_name, "/records/1"));
    fact.set_record_version(1);
    fact.mutable_actor()->set_official("officials/x");
    const auto about = plan::SubjectOf(value);
    if (about == plan::v1::SUBJECT_KIND_CLAIM) fact.set_claim(case_name + "/claims/1");
    if (about == plan::v1::SUBJECT_KIND_ROUND) fact.set_round(case_name + "/rounds/1");
    auto* message =
        fact.GetReflection()->MutableMessage(&fact, fact.GetDescriptor()->FindFieldByNumber(value));
    if (!google::protobuf::TextFormat::ParseFromString(detail, message)) std::abort();
    return fact;
  }

  facts::v1::Fact Publish(const std::string& service, facts::v1::Fact fact) {
    PublishBytes(service, fact.SerializeAsString());
    return fact;
  }
  // An entry as it stands in a feed, whatever its bytes are.
  void PublishBytes(const std::string& service, std::string bytes) {
    auto& entries = entries_[service];
    facts::v1::FeedEntry& entry = entries.emplace_back();
    entry.set_position(static_cast<int64_t>(entries.size()) - 1);
    entry.set_fact(std::move(bytes));
    entry.set_nonce("0123456789abcdef");
    entry.set_leaf_hash(std::string(facts::AsBytes(facts::LeafHash(entry.nonce(), entry.fact()))));
  }
  facts::v1::Fact Publish(const std::string& service, const std::string& kind, absl::CivilDay day,
                          const std::string& detail = "", const std::string& case_name = "cases/1",
                          const std::string& unit = "") {
    return Publish(service, Make(kind, day, detail, case_name, unit));
  }
  facts::v1::Fact Retract(const std::string& service, const facts::v1::Fact& target,
                          absl::CivilDay day) {
    facts::v1::Fact fact = target;
    fact.set_fact_id(base::NewUuid(NoonOf(day)));
    fact.set_retracts(target.fact_id());
    fact.clear_detail();
    *fact.mutable_event_date() = calendar::ToProto(day);
    fact.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(NoonOf(day)));
    return Publish(service, std::move(fact));
  }

  // A campaign with two units.
  void Start() {
    Publish("registry", "CAMPAIGN_STARTED", D(4, 1), "plan_revision: 1", "");
    for (const char* unit : {kUnitA, kUnitB}) {
      Publish("assignment", "UNIT_ENROLLED", D(4, 2), "unit_kind: UNIT_KIND_DEPARTMENT", "", unit);
    }
  }
  void Register(const std::string& case_name, absl::CivilDay day,
                const std::string& claim_kind = "CLAIM_KIND_GRIEVANCE",
                const std::string& region = kRegion) {
    const std::string date = calendar::ToProto(day).ShortDebugString();
    Publish("registry", "CASE_REGISTERED", day,
            absl::StrCat("source: CASE_SOURCE_IN_PERSON claims: 1 plan_revision: 1 region_code: \"",
                         region, "\" registration_number: \"R-", case_name, "\" received_on { ",
                         date, " }"),
            case_name);
    Publish("registry", "CLAIM_REGISTERED", day,
            absl::StrCat("claim_kind: ", claim_kind, " claim_subject: CLAIM_SUBJECT_LAND"),
            case_name);
    Publish("registry", "ROUND_OPENED", day,
            absl::StrCat("round_kind: ROUND_KIND_HANDLING received_on { ", date, " }"), case_name);
  }
  void Assign(const std::string& case_name, absl::CivilDay day, const std::string& unit = kUnitA,
              const std::string& lead = "officials/lead") {
    Publish("assignment", "ASSIGNED", day,
            absl::StrCat("lead: \"", lead, "\" officer: \"officials/officer\""), case_name, unit);
  }
  // Everything that P3 asks besides the assignment.
  void Equip(const std::string& case_name, absl::CivilDay day, const std::string& unit = kUnitA) {
    Publish("assignment", "TASK_FORCE_SET", day, "members: 2", case_name, unit);
    Publish("assignment", "WORK_PLAN_SET", day,
            "measures: 2 goals: 1 last_due { year: 2018 month: 9 day: 1 }", case_name, unit);
  }

  const std::vector<facts::v1::FeedEntry>& of(const std::string& service) {
    return entries_[service];
  }

 private:
  std::map<std::string, std::vector<facts::v1::FeedEntry>> entries_;
};

// Allows every case but those barred.
class Gate final : public store::AccessGate {
 public:
  absl::StatusOr<std::vector<absl::StatusOr<store::CaseContext>>> Check(
      const rpc::Call& call, std::string_view permission,
      const std::vector<std::string>& cases) override {
    if (away) return status::Unavailable("registry");
    std::vector<absl::StatusOr<store::CaseContext>> decisions;
    for (const std::string& name : cases) {
      if (barred.contains(name)) {
        decisions.emplace_back(status::NotFound("case"));
      } else {
        store::CaseContext known;
        known.name = name;
        known.roles = auth::RoleSet(call.caller.roles);
        decisions.emplace_back(std::move(known));
      }
    }
    return decisions;
  }

  bool away = false;
  std::set<std::string> barred;
};

inline plan::RuleSetTable SeedRules() {
  return *plan::RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules");
}

class World : public ::testing::Test {
 protected:
  static constexpr const char* kServices[] = {"registry", "assignment", "visits", "assistance"};

  World()
      : database_(Schema()),
        pool_(database_.RestrictedUser(Grants())),
        clock_(NoonOf(D(4, 1))),
        calendar_(*calendar::Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt")),
        plans_(pool_, SeedRules(), Source()),
        reader_(pool_, plans_, calendar_),
        scores_(pool_, reader_, plans_) {
    projection_ = Open();
    answers_ = std::make_unique<Answers>(
        Answers::Parts{pool_, clock_, plans_, *projection_, reader_, scores_, gate_, tokens_});
  }

  Plans::Source Source() {
    Plans::Source source;
    source.plan_text = [this](const PlanKey& key, absl::Time) -> absl::StatusOr<std::string> {
      if (registry_away_) return status::Unavailable("registry");
      if (key.revision > 1) return status::NotFound("plan_revision");
      return base::ReadFile(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb");
    };
    source.region = [this](const std::string& campaign, absl::Time) -> absl::StatusOr<std::string> {
      if (registry_away_) return status::Unavailable("registry");
      if (campaign != kCampaign) return status::NotFound("campaign");
      return std::string(kRegion);
    };
    return source;
  }

  std::unique_ptr<Projection> Open() {
    auto opened = Projection::Open(
        {&pool_, &clock_, &calendar_, &plans_, {std::begin(kServices), std::end(kServices)}},
        Soon());
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }

  // Gives the projection what it has not followed yet of one feed, at most `most` entries at once.
  void Deliver(const std::string& service, size_t most = 1000) {
    const auto& entries = feeds_.of(service);
    while (true) {
      const auto from = projection_->PositionOf(service, Soon());
      ASSERT_TRUE(from.ok()) << from.status();
      if (static_cast<size_t>(*from) == entries.size()) return;
      const size_t end = std::min(entries.size(), static_cast<size_t>(*from) + most);
      facts::FollowedBatch batch;
      batch.entries.assign(entries.begin() + *from, entries.begin() + static_cast<int64_t>(end));
      batch.tree_size = static_cast<int64_t>(entries.size());
      const absl::Status applied = projection_->Apply(service, batch, Soon());
      ASSERT_TRUE(applied.ok()) << applied;
    }
  }
  void DeliverAll(size_t most = 1000) {
    for (const char* service : kServices) Deliver(service, most);
  }
  void Settle() {
    const absl::Status settled = projection_->Settle(Soon());
    ASSERT_TRUE(settled.ok()) << settled;
  }
  void Advance(absl::CivilDay day) { ASSERT_TRUE(clock_.AdvanceTo(NoonOf(day))); }

  // Everything that is projected, as text.
  std::string Dump() {
    std::string text;
    for (const char* sql :
         {"SELECT CONCAT_WS('|', root, campaign, kind, stale, COALESCE(next_change_at, '-'),"
          " COALESCE(registered_on, '-'), state, region_code, accusation, unit) FROM evaluated_root"
          " ORDER BY root",
          "SELECT CONCAT_WS('|', root, subject, requirement, clause, campaign, state,"
          " COALESCE(due, '-'), COALESCE(met_on, '-'), COALESCE(overdue_since, '-'), official,"
          " unit, COALESCE(next_change_at, '-'), visits_missed, HEX(body)) FROM requirement_status"
          " ORDER BY root, subject, requirement",
          "SELECT CONCAT_WS('|', service, position, HEX(frontier)) FROM feed_position ORDER BY"
          " service",
          "SELECT CONCAT_WS('|', service, position, root, unit, HEX(body)) FROM followed_fact"
          " ORDER BY service, position"}) {
      auto rows = database_.admin().Query(sql);
      EXPECT_TRUE(rows.ok()) << rows.status();
      for (const db::Row row : *rows) absl::StrAppend(&text, row.Text(0), "\n");
    }
    return text;
  }

  static auth::Identity Person(types::v1::Role role, const std::string& official = "officials/x",
                               const std::string& unit = "units/office",
                               const std::string& region = "411623101") {
    auth::Identity caller;
    caller.subject = official;
    caller.official = official;
    caller.unit = unit;
    caller.region = region;
    caller.roles = {role};
    return caller;
  }
  static rpc::Call CallBy(auth::Identity caller, std::string_view permission) {
    rpc::Call call;
    call.caller = std::move(caller);
    call.permission = permission;
    call.deadline = Soon();
    return call;
  }
  static rpc::Call Clerk(std::string_view permission) {
    return CallBy(Person(types::v1::ROLE_OFFICE_CLERK), permission);
  }
  static rpc::Call Service(std::string_view permission) {
    auth::Identity caller;
    caller.kind = auth::Identity::Kind::kMachine;
    caller.subject = "service/assignment";
    caller.service = "assignment";
    caller.roles = {types::v1::ROLE_SERVICE};
    return CallBy(std::move(caller), permission);
  }

  std::vector<plan::v1::RequirementStatus> Statuses(const rpc::Call& call,
                                                    v1::ListStatusesRequest request) {
    std::vector<plan::v1::RequirementStatus> all;
    while (true) {
      auto page = answers_->Statuses(call, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return all;
      for (const auto& status : page->statuses()) all.push_back(status);
      if (page->next_page_token().empty()) return all;
      request.set_page_token(page->next_page_token());
    }
  }
  // "OVERDUE 2018-04-21" and the like of one requirement of a case; "" where it is not listed.
  std::string StateOf(const std::string& requirement, const std::string& case_name = "cases/1") {
    v1::ListStatusesRequest request;
    request.set_case_name(case_name);
    for (const auto& status : Statuses(Clerk("statuses.list"), request)) {
      if (status.requirement() != requirement) continue;
      std::string state =
          plan::v1::RequirementState_Name(status.state()).substr(sizeof("REQUIREMENT_STATE_") - 1);
      if (status.has_overdue_since()) {
        absl::StrAppend(&state, " ",
                        calendar::ToText(*calendar::FromProto(status.overdue_since())));
      }
      return state;
    }
    return "";
  }

  redress::testing::TestDatabase database_;
  db::Pool pool_;
  base::SimulatedClock clock_;
  calendar::Current calendar_;
  bool registry_away_ = false;
  Plans plans_;
  Reader reader_;
  Scores scores_;
  Gate gate_;
  page::PageTokens tokens_{std::string(32, 'k')};
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<Answers> answers_;
  Feeds feeds_;
};

}  // namespace redress::supervision::testing

#endif  // REDRESS_TESTS_INTEGRATION_SUPERVISION_WORLD_H_

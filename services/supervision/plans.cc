#include "services/supervision/plans.h"

#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace redress::supervision {

std::shared_ptr<const plan::Plan> Plans::Find(const PlanKey& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = plans_.find(key);
  return found == plans_.end() ? nullptr : found->second;
}

std::string Plans::FindRegion(const std::string& campaign) {
  absl::MutexLock lock(&mutex_);
  const auto found = regions_.find(campaign);
  return found == regions_.end() ? "" : found->second;
}

absl::Status Plans::Compile(const PlanKey& key, const std::string& text) {
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan,
                   plan::Load(text, rules_, nullptr, plan::Duties::kRecorded));
  absl::MutexLock lock(&mutex_);
  plans_.emplace(key, std::move(plan));
  return absl::OkStatus();
}

absl::Status Plans::Load(absl::Time deadline) {
  std::vector<std::pair<PlanKey, std::string>> texts;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    texts.clear();
    ASSIGN_OR_RETURN(db::Rows regions, conn.Query("SELECT name, region_code FROM cached_campaign"));
    ASSIGN_OR_RETURN(db::Rows plans,
                     conn.Query("SELECT campaign, revision, text FROM cached_plan"));
    absl::MutexLock lock(&mutex_);
    for (const db::Row row : regions) regions_[row.Text(0)] = row.Text(1);
    for (const db::Row row : plans) {
      texts.push_back({{row.Text(0), static_cast<int>(row.Int(1))}, row.Text(2)});
    }
    return absl::OkStatus();
  }));
  for (const auto& [key, text] : texts) {
    // A plan whose rule sets are no longer installed stops its own cases, not the service.
    if (absl::Status compiled = Compile(key, text); !compiled.ok()) {
      log::Event(log::Level::kError, "plan_unusable",
                 {{"campaign", key.campaign}, {"revision", key.revision}});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Plans::EnsureRegion(const std::string& campaign, absl::Time deadline) {
  if (std::string known = FindRegion(campaign); !known.empty()) return known;
  ASSIGN_OR_RETURN(std::string region, source_.region(campaign, deadline));
  RETURN_IF_ERROR(db::Transact(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    return db::Insert("cached_campaign", {"name", "region_code"})
        .Row({campaign, region})
        .Suffix("ON DUPLICATE KEY UPDATE region_code = VALUES(region_code)")
        .Run(conn);
  }));
  absl::MutexLock lock(&mutex_);
  regions_[campaign] = region;
  return region;
}

absl::Status Plans::Ensure(const PlanKey& key, absl::Time deadline) {
  RETURN_IF_ERROR(EnsureRegion(key.campaign, deadline).status());
  if (Find(key) != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string text, source_.plan_text(key, deadline));
  RETURN_IF_ERROR(Compile(key, text));
  const absl::Status kept = db::Transact(pool_, deadline, [&](db::Connection& conn) {
    return db::Insert("cached_plan", {"campaign", "revision", "text"})
        .Row({key.campaign, key.revision, text})
        .Run(conn);
  });
  return absl::IsAlreadyExists(kept) ? absl::OkStatus() : kept;
}

}  // namespace redress::supervision

#include "services/supervision/projection.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::supervision {
namespace {

constexpr int64_t kFarBehind = 500;
// A plan that registry could not give is asked for again after the first, what cannot be evaluated
// at all is tried again after the second.
constexpr absl::Duration kPlanPause = absl::Seconds(2);
constexpr absl::Duration kFaultPause = absl::Minutes(1);

const v1::FeedRestore* LastAccepted(const std::vector<v1::FeedRestore>& restores,
                                    const std::string& service) {
  for (const v1::FeedRestore& restore : restores) {
    if (restore.service() == service && !restore.accepted_by().empty()) return &restore;
  }
  return nullptr;
}

}  // namespace

Projection::Projection(Options options)
    : options_(std::move(options)), judge_(*options_.plans, options_.calendar->Get()) {}

absl::StatusOr<std::unique_ptr<Projection>> Projection::Open(Options options, absl::Time deadline) {
  std::unique_ptr<Projection> projection(new Projection(std::move(options)));
  const Options& o = projection->options_;
  RETURN_IF_ERROR(db::Transact(
      *o.pool, deadline, [&](db::Connection& conn) { return sql::AddFeeds(conn, o.services); }));
  RETURN_IF_ERROR(o.plans->Load(deadline));
  return projection;
}

absl::StatusOr<facts::Frontier> Projection::EdgeOf(const std::string& service,
                                                   absl::Time deadline) {
  facts::Frontier edge;
  RETURN_IF_ERROR(db::Read(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(edge, sql::ReadFrontier(conn, service));
    return absl::OkStatus();
  }));
  return edge;
}

absl::StatusOr<int64_t> Projection::PositionOf(const std::string& service, absl::Time deadline) {
  ASSIGN_OR_RETURN(const facts::Frontier edge, EdgeOf(service, deadline));
  return edge.size();
}

absl::Status Projection::Apply(const std::string& service, const facts::FollowedBatch& batch,
                               absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  return db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(const sql::Rebuilding rebuilding, sql::LockProjection(conn));
    if (rebuilding == sql::Rebuilding::kForgetting) {
      return absl::AbortedError("the projection is being forgotten");
    }
    ASSIGN_OR_RETURN(facts::Frontier frontier, sql::ReadFrontier(conn, service));
    ASSIGN_OR_RETURN(const std::vector<v1::FeedRestore> restores, sql::ListRestores(conn));
    const v1::FeedRestore* accepted = LastAccepted(restores, service);
    std::vector<sql::Followed> facts;
    std::vector<sql::SetAside> unreadable;
    std::map<std::string, rules::Root> touched;
    std::set<std::string> campaigns;
    for (const facts::v1::FeedEntry& entry : batch.entries) {
      if (entry.position() < frontier.size()) continue;
      if (entry.position() > frontier.size()) {
        return absl::FailedPreconditionError(
            absl::StrCat("entry ", frontier.size(), " was due, but ", entry.position(), " came"));
      }
      ASSIGN_OR_RETURN(const facts::Hash leaf, facts::HashFromBytes(entry.leaf_hash()));
      frontier.Append(leaf);
      if (accepted != nullptr && frontier.size() == accepted->restored_size() &&
          facts::AsBytes(frontier.Root()) != accepted->restored_root()) {
        return absl::DataLossError("the feed is not the one that was accepted as restored");
      }
      // What we may not see is known by its hash alone.
      if (entry.fact().empty()) continue;
      sql::Followed followed;
      followed.position = entry.position();
      followed.bytes = entry.fact();
      if (!followed.fact.ParseFromString(entry.fact()) || !sql::IsReadable(followed.fact)) {
        const std::string name = absl::StrCat("feeds/", service, "/", entry.position());
        sql::SetAside& row = unreadable.emplace_back();
        row.root = {name, "", rules::RootKind::kUnknown};
        mutex_.AssertHeld();
        Tell(name, row.cause);
        continue;
      }
      followed.root = rules::RootOf(followed.fact);
      facts.push_back(followed);
      if (!followed.root) continue;
      touched.emplace(followed.root->name, *followed.root);
      if (followed.root->kind == rules::RootKind::kCampaign) {
        campaigns.insert(followed.root->name);
      }
    }
    RETURN_IF_ERROR(sql::InsertFacts(conn, service, facts));
    RETURN_IF_ERROR(sql::WriteSetAside(conn, unreadable));
    std::vector<rules::Root> roots;
    for (auto& [name, root] : touched) roots.push_back(root);
    RETURN_IF_ERROR(sql::MarkStale(conn, roots));
    // What is known of a campaign counts for each of its cases and units.
    for (const std::string& campaign : campaigns) {
      RETURN_IF_ERROR(sql::MarkCampaignStale(conn, campaign));
    }
    return sql::WriteFrontier(conn, service, frontier, batch.tree_size);
  });
}

void Projection::Heard(const std::string& service, int64_t tree_size) {
  absl::MutexLock lock(&heard_mutex_);
  heard_[service] = tree_size;
}

void Projection::Tell(const std::string& root, rules::Cause cause) {
  const auto [told, is_new] = told_.emplace(root, cause);
  if (!is_new && told->second == cause) return;
  told->second = cause;
  log::Event(log::Level::kError, "set_aside", {{"root", root}, {"cause", rules::CauseName(cause)}});
}

absl::Status Projection::FollowCalendar(const std::string& version, absl::Time deadline) {
  std::string stored;
  RETURN_IF_ERROR(db::Read(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(stored, sql::ReadCalendarVersion(conn));
    return absl::OkStatus();
  }));
  if (stored == version) return absl::OkStatus();
  absl::MutexLock lock(&mutex_);
  return db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    RETURN_IF_ERROR(sql::LockProjection(conn).status());
    return sql::ChangeCalendarVersion(conn, version);
  });
}

absl::Status Projection::EvaluateRoots(const std::vector<rules::Root>& roots, absl::CivilDay today,
                                       absl::Time deadline, std::set<PlanKey>* wanted) {
  absl::MutexLock lock(&mutex_);
  judge_.Use(options_.calendar->Get());
  return db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    wanted->clear();
    RETURN_IF_ERROR(sql::LockProjection(conn).status());
    ASSIGN_OR_RETURN(auto loaded, Judge::Load(conn, roots));
    std::vector<sql::RootResult> results;
    for (auto& evaluated : loaded) {
      const std::string region = options_.plans->FindRegion(evaluated->root.campaign);
      const PlanKey key = Judge::KeyOf(*evaluated);
      mutex_.AssertHeld();
      const absl::Status status =
          key.revision > 0 && region.empty()
              ? absl::NotFoundError("the campaign is not known here")
              : judge_.Evaluate(*evaluated, today, plan::AsKnown::Everything());
      if (status.ok()) {
        told_.erase(evaluated->root.name);
        results.push_back(ResultOf(*evaluated, today, region));
        continue;
      }
      sql::RootResult& waiting = results.emplace_back();
      waiting.root = evaluated->root;
      if (absl::IsNotFound(status)) {
        // The revision that was in force as of the day, which may be another than that loaded.
        wanted->insert(Judge::KeyOf(*evaluated));
        waiting.retry_after = absl::Now() + kPlanPause;
      } else {
        const rules::Cause cause = rules::CauseOf(status);
        Tell(evaluated->root.name, cause);
        waiting.retry_after = absl::Now() + kFaultPause;
        waiting.set_aside = SetAsideOf(*evaluated, cause, region);
      }
    }
    return sql::WriteResults(conn, results);
  });
}

absl::Status Projection::PutAside(const std::vector<rules::Root>& roots,
                                  const std::optional<PlanKey>& chosen, rules::Cause cause,
                                  absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  return db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    RETURN_IF_ERROR(sql::LockProjection(conn).status());
    ASSIGN_OR_RETURN(auto loaded, Judge::Load(conn, roots));
    std::vector<sql::RootResult> results;
    for (const auto& evaluated : loaded) {
      if (chosen && Judge::KeyOf(*evaluated) != *chosen) continue;
      mutex_.AssertHeld();
      Tell(evaluated->root.name, cause);
      sql::RootResult& result = results.emplace_back();
      result.root = evaluated->root;
      result.retry_after = absl::Now() + kFaultPause;
      result.set_aside =
          SetAsideOf(*evaluated, cause, options_.plans->FindRegion(evaluated->root.campaign));
    }
    return sql::WriteResults(conn, results);
  });
}

absl::Status Projection::EvaluateSome(absl::Time deadline, bool* settled) {
  const absl::CivilDay today = options_.clock->Today();
  RETURN_IF_ERROR(FollowCalendar(options_.calendar->Get()->version(), deadline));
  std::vector<rules::Root> roots;
  RETURN_IF_ERROR(db::Read(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(roots, sql::StaleRoots(conn, today, absl::Now(), kAtOnce));
    return absl::OkStatus();
  }));
  *settled = roots.empty();
  if (roots.empty()) return absl::OkStatus();

  std::set<PlanKey> wanted;
  if (absl::Status stored = EvaluateRoots(roots, today, deadline, &wanted); !stored.ok()) {
    if (IsPassing(stored)) return stored;
    // The answer of one of them cannot be stored. Each by itself, so that it is that one alone.
    for (const rules::Root& root : roots) {
      std::set<PlanKey> of_one;
      stored = EvaluateRoots({root}, today, deadline, &of_one);
      if (IsPassing(stored)) return stored;
      if (!stored.ok()) {
        RETURN_IF_ERROR(PutAside({root}, std::nullopt, rules::Cause::kNotStorable, deadline));
      }
      wanted.merge(of_one);
    }
  }
  // Registry is asked outside the transaction and without the lock: it may take its time.
  for (const PlanKey& key : wanted) {
    const absl::Status known = options_.plans->Ensure(key, deadline);
    if (known.ok()) {
      RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, [&key](db::Connection& conn) {
        return sql::RetryCampaign(conn, key.campaign);
      }));
    } else if (IsPassing(known)) {
      log::Event(log::Level::kWarning, "plan_not_available",
                 {{"campaign", key.campaign},
                  {"revision", key.revision},
                  {"code", absl::StatusCodeToString(known.code())}});
    } else {
      RETURN_IF_ERROR(PutAside(roots, key, rules::Cause::kPlanUnusable, deadline));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<rules::Root>> Projection::EvaluateAnew(
    const std::vector<std::string>& names, absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  std::vector<rules::Root> roots;
  RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    RETURN_IF_ERROR(sql::LockProjection(conn).status());
    ASSIGN_OR_RETURN(roots, sql::RootsNamed(conn, names));
    for (const rules::Root& root : roots) {
      log::Event(log::Level::kError, "status_damaged", {{"root", root.name}});
    }
    return sql::MarkStale(conn, roots);
  }));
  return roots;
}

absl::Status Projection::Settle(absl::Time deadline) {
  bool settled = false;
  while (!settled && absl::Now() < deadline) {
    RETURN_IF_ERROR(EvaluateSome(deadline, &settled));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Projection::FarBehind(absl::Time deadline) {
  ASSIGN_OR_RETURN(State state, Read(deadline));
  return std::any_of(state.feeds.begin(), state.feeds.end(), [](const sql::FeedState& feed) {
    return feed.tree_size - feed.position > kFarBehind;
  });
}

absl::StatusOr<Projection::State> Projection::Read(absl::Time deadline) {
  State state;
  state.calendar = options_.calendar->Get();
  RETURN_IF_ERROR(db::Read(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(state.feeds, sql::ReadFeeds(conn));
    ASSIGN_OR_RETURN(state.restores, sql::ListRestores(conn));
    ASSIGN_OR_RETURN(const sql::Rebuilding rebuilding, sql::ReadRebuilding(conn));
    state.rebuilding = rebuilding != sql::Rebuilding::kNo;
    ASSIGN_OR_RETURN(state.cases, sql::CountCases(conn));
    ASSIGN_OR_RETURN(state.stale, sql::CountStale(conn));
    ASSIGN_OR_RETURN(const auto set_aside, sql::ListSetAside(conn, ""));
    state.set_aside = static_cast<int64_t>(set_aside.size());
    return absl::OkStatus();
  }));
  absl::MutexLock lock(&heard_mutex_);
  for (sql::FeedState& feed : state.feeds) {
    feed.tree_size = std::max({feed.tree_size, feed.position, heard_[feed.service]});
  }
  return state;
}

absl::StatusOr<std::vector<sql::FeedState>> Projection::BeginRebuild(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  std::vector<sql::FeedState> feeds;
  RETURN_IF_ERROR(db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(const sql::Rebuilding rebuilding, sql::LockProjection(conn));
    ASSIGN_OR_RETURN(const std::vector<v1::FeedContradiction> contradictions,
                     sql::ListContradictions(conn));
    if (!contradictions.empty()) {
      return status::Error(absl::StatusCode::kFailedPrecondition, "FEED_CONTRADICTED",
                           "a feed is not the one that was followed");
    }
    if (rebuilding == sql::Rebuilding::kNo) {
      RETURN_IF_ERROR(sql::NoteRebuildTarget(conn));
      RETURN_IF_ERROR(sql::SetRebuilding(conn, sql::Rebuilding::kForgetting));
    }
    ASSIGN_OR_RETURN(feeds, sql::ReadFeeds(conn));
    return absl::OkStatus();
  }));
  for (sql::FeedState& feed : feeds) feed.position = 0;
  return feeds;
}

absl::Status Projection::ContinueRebuild(absl::Time deadline, bool* more) {
  absl::MutexLock lock(&mutex_);
  return db::Transact(*options_.pool, deadline, [&](db::Connection& conn) -> absl::Status {
    *more = false;
    ASSIGN_OR_RETURN(const sql::Rebuilding rebuilding, sql::LockProjection(conn));
    if (rebuilding == sql::Rebuilding::kForgetting) {
      ASSIGN_OR_RETURN(*more, sql::ForgetSome(conn));
      if (*more) return absl::OkStatus();
      RETURN_IF_ERROR(sql::ResetPositions(conn));
      return sql::SetRebuilding(conn, sql::Rebuilding::kFollowing);
    }
    if (rebuilding == sql::Rebuilding::kFollowing) {
      ASSIGN_OR_RETURN(std::vector<sql::FeedState> feeds, sql::ReadFeeds(conn));
      for (const sql::FeedState& feed : feeds) {
        if (feed.position < feed.rebuild_to) return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(std::vector<rules::Root> stale,
                       sql::StaleRoots(conn, options_.clock->Today(), absl::Now(), 1));
      if (!stale.empty()) return absl::OkStatus();
      return sql::SetRebuilding(conn, sql::Rebuilding::kNo);
    }
    return absl::OkStatus();
  });
}

}  // namespace redress::supervision

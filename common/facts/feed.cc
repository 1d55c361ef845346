#include "common/facts/feed.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/db/transact.h"
#include "common/facts/stored.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::facts {
namespace {

constexpr int64_t kDefaultPage = 500;
constexpr int64_t kMaxPage = 2000;

// The entry of a fact whose kWholeColumns begin at column 1; what may not be seen is left out.
absl::StatusOr<v1::FeedEntry> EntryOf(const db::Row& row, int64_t position,
                                      const Visible& visible) {
  v1::FeedEntry entry;
  entry.set_position(position);
  entry.set_leaf_hash(std::string(StoredAt(row, 1).leaf_hash));
  std::string body = row.Text(1 + kBodyAt);
  if (visible) {
    v1::Fact fact;
    if (!fact.ParseFromString(body)) return NotOurs();
    if (!visible(fact)) return entry;
  }
  entry.set_nonce(row.Text(1 + kNonceAt));
  entry.set_fact(std::move(body));
  return entry;
}

// What is shown of an entry that is missing (`row` is null or names no fact) or not ours.
v1::FeedEntry DamagedEntry(const db::Row* row, int64_t position) {
  v1::FeedEntry entry;
  entry.set_position(position);
  entry.set_damaged(true);
  if (row != nullptr && !row->IsNull(1)) {
    entry.set_leaf_hash(std::string(StoredAt(*row, 1).leaf_hash));
  }
  return entry;
}

absl::StatusOr<Frontier> ReadHead(db::Connection& conn) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   conn.Query("SELECT size, frontier FROM fact_head WHERE id = 1"));
  absl::StatusOr<Frontier> parsed =
      rows.empty() ? absl::DataLossError("") : Frontier::Parse(rows[0].Int(0), rows[0].Bytes(1));
  if (!parsed.ok()) return absl::DataLossError("the head of the feed contradicts itself");
  return parsed;
}

}  // namespace

absl::StatusOr<std::vector<v1::FeedEntry>> FeedReader::ListCase(std::string_view case_name,
                                                                absl::Time deadline,
                                                                const Visible& visible) const {
  std::vector<v1::FeedEntry> entries;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    entries.clear();
    ASSIGN_OR_RETURN(
        const db::Rows rows,
        conn.Query(absl::StrCat("SELECT p.position, ", kWholeColumns,
                                " FROM fact f LEFT JOIN fact_position p ON p.fact_id = f.fact_id "
                                "WHERE f.case_name = ? "
                                "ORDER BY p.position IS NULL, p.position, f.recorded_at, f.record, "
                                "f.record_version, f.retracts IS NOT NULL, f.fact_id"),
                   {case_name}));
    entries.reserve(rows.size());
    for (const db::Row row : rows) {
      if (!FitsAt(mac_, row, 1)) return NotOurs();
      ASSIGN_OR_RETURN(v1::FeedEntry entry, EntryOf(row, row.MaybeInt(0).value_or(-1), visible));
      // A case's facts are no stretch of the tree: what may not be seen is left out, since even how
      // many there are would tell.
      if (!entry.fact().empty()) entries.push_back(std::move(entry));
    }
    return absl::OkStatus();
  }));
  return entries;
}

absl::StatusOr<std::vector<v1::FeedEntry>> FeedReader::ListFrom(int64_t first, int64_t limit,
                                                                absl::Time deadline,
                                                                const Visible& visible,
                                                                Damage damage) const {
  std::vector<v1::FeedEntry> entries;
  limit = std::clamp<int64_t>(limit, 1, kMaxEntries);
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    entries.clear();
    // Read first: every position below it is there, or was deleted.
    ASSIGN_OR_RETURN(const Frontier head, ReadHead(conn));
    ASSIGN_OR_RETURN(const db::Rows rows,
                     conn.Query(absl::StrCat("SELECT p.position, ", kWholeColumns,
                                             " FROM fact_position p "
                                             "LEFT JOIN fact f ON f.fact_id = p.fact_id "
                                             "WHERE p.position >= ? ORDER BY p.position LIMIT ?"),
                                {first, limit}));
    size_t bytes = 0;
    size_t at = 0;
    for (int64_t due = first; due < std::min(head.size(), first + limit); ++due) {
      const std::optional<db::Row> row = at < rows.size() && rows[at].Int(0) == due
                                             ? std::optional<db::Row>(rows[at++])
                                             : std::nullopt;
      if (!row || row->IsNull(1) || !FitsAt(mac_, *row, 1)) {
        if (damage == Damage::kRefuse) return entries.empty() ? NotOurs() : absl::OkStatus();
        entries.push_back(DamagedEntry(row ? &*row : nullptr, due));
        continue;
      }
      ASSIGN_OR_RETURN(v1::FeedEntry entry, EntryOf(*row, due, visible));
      bytes += entry.ByteSizeLong();
      if (!entries.empty() && bytes > kMaxBytes) break;
      entries.push_back(std::move(entry));
    }
    return absl::OkStatus();
  }));
  return entries;
}

absl::StatusOr<Frontier> FeedReader::Head(absl::Time deadline) const {
  Frontier frontier;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(frontier, ReadHead(conn));
    return absl::OkStatus();
  }));
  return frontier;
}

absl::StatusOr<int64_t> FeedReader::Size(absl::Time deadline) const {
  ASSIGN_OR_RETURN(const Frontier head, Head(deadline));
  return head.size();
}

absl::StatusOr<v1::ListFactsResponse> Feed::ListFacts(const v1::ListFactsRequest& request,
                                                      absl::Time deadline,
                                                      const Visible& visible) const {
  if (!request.case_name().empty() && (request.first_position() != 0 || request.page_size() != 0)) {
    return status::InvalidField("case_name", "excludes first_position and page_size");
  }
  if (request.first_position() < 0) {
    return status::InvalidField("first_position", "must not be negative");
  }
  v1::ListFactsResponse response;
  ASSIGN_OR_RETURN(const int64_t size, reader_->Size(deadline));
  response.set_tree_size(size);
  std::vector<v1::FeedEntry> entries;
  if (!request.case_name().empty()) {
    ASSIGN_OR_RETURN(entries, reader_->ListCase(request.case_name(), deadline, visible));
  } else {
    const int64_t limit =
        request.page_size() > 0 ? std::min<int64_t>(request.page_size(), kMaxPage) : kDefaultPage;
    ASSIGN_OR_RETURN(entries, reader_->ListFrom(request.first_position(), limit, deadline, visible,
                                                Damage::kShow));
  }
  response.mutable_entries()->Reserve(static_cast<int>(entries.size()));
  for (v1::FeedEntry& entry : entries) *response.add_entries() = std::move(entry);
  return response;
}

absl::StatusOr<v1::GetCheckpointResponse> Feed::GetCheckpoint(
    const v1::GetCheckpointRequest& request, absl::Time deadline) const {
  if (checkpointer_ == nullptr) return NoSigningKey();
  ASSIGN_OR_RETURN(const Frontier head, reader_->Head(deadline));
  v1::GetCheckpointResponse response;
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(), checkpointer_->Sign(head, clock_->Now()));
  return response;
}

absl::StatusOr<v1::GetInclusionProofResponse> Feed::GetInclusionProof(
    const v1::GetInclusionProofRequest& request, absl::Time deadline) const {
  return ProveInclusion(reader_->proofs(), checkpointer_, *clock_, request, deadline);
}

absl::StatusOr<v1::GetConsistencyProofResponse> Feed::GetConsistencyProof(
    const v1::GetConsistencyProofRequest& request, absl::Time deadline) const {
  return ProveConsistency(reader_->proofs(), checkpointer_, *clock_, request, deadline);
}

}  // namespace redress::facts

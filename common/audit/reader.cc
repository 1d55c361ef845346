#include "common/audit/reader.h"

#include <algorithm>
#include <utility>

#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::audit {
namespace {

constexpr int64_t kDefaultPage = 500;
constexpr int64_t kMaxPage = 2000;
constexpr size_t kMaxBytes = 1 << 20;

absl::StatusOr<facts::Frontier> Head(db::Connection& conn) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   conn.Query("SELECT size, frontier FROM audit_head WHERE id = 1"));
  absl::StatusOr<facts::Frontier> head =
      rows.empty() ? absl::DataLossError("")
                   : facts::Frontier::Parse(rows[0].Int(0), rows[0].Bytes(1));
  if (!head.ok()) return absl::DataLossError("the head of the audit log contradicts itself");
  return head;
}

}  // namespace

absl::StatusOr<v1::ListAuditEntriesResponse> AuditReader::ListAuditEntries(
    const v1::ListAuditEntriesRequest& request, absl::Time deadline) const {
  if (request.first_position() < 0) {
    return status::InvalidField("first_position", "must not be negative");
  }
  const int64_t limit =
      request.page_size() > 0 ? std::min<int64_t>(request.page_size(), kMaxPage) : kDefaultPage;
  v1::ListAuditEntriesResponse response;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const facts::Frontier head, Head(conn));
    response.set_tree_size(head.size());
    ASSIGN_OR_RETURN(const db::Rows rows,
                     conn.Query("SELECT position, bytes, nonce, leaf_hash FROM audit_entry "
                                "WHERE position >= ? ORDER BY position LIMIT ?",
                                {request.first_position(), limit}));
    size_t bytes = 0;
    for (const db::Row row : rows) {
      bytes += row.Bytes(1).size();
      if (response.entries_size() > 0 && bytes > kMaxBytes) break;
      v1::AuditLogEntry& entry = *response.add_entries();
      entry.set_position(row.Int(0));
      entry.set_entry(row.Text(1));
      entry.set_nonce(row.Text(2));
      entry.set_leaf_hash(row.Text(3));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::GetAuditCheckpointResponse> AuditReader::GetAuditCheckpoint(
    const v1::GetAuditCheckpointRequest& request, absl::Time deadline) const {
  if (checkpointer_ == nullptr) {
    return status::Error(absl::StatusCode::kFailedPrecondition, "NO_SIGNING_KEY",
                         "this audit log has no signing key");
  }
  facts::Frontier head;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(head, Head(conn));
    return absl::OkStatus();
  }));
  v1::GetAuditCheckpointResponse response;
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(), checkpointer_->Sign(head, clock_->Now()));
  return response;
}

absl::StatusOr<v1::GetAuditInclusionProofResponse> AuditReader::GetAuditInclusionProof(
    const v1::GetAuditInclusionProofRequest& request, absl::Time deadline) const {
  facts::v1::GetInclusionProofRequest asked;
  asked.set_position(request.position());
  asked.set_tree_size(request.tree_size());
  v1::GetAuditInclusionProofResponse response;
  ASSIGN_OR_RETURN(*response.mutable_proof(),
                   facts::ProveInclusion(proofs_, checkpointer_, *clock_, asked, deadline));
  return response;
}

absl::StatusOr<v1::GetAuditConsistencyProofResponse> AuditReader::GetAuditConsistencyProof(
    const v1::GetAuditConsistencyProofRequest& request, absl::Time deadline) const {
  facts::v1::GetConsistencyProofRequest asked;
  asked.set_first_size(request.first_size());
  asked.set_second_size(request.second_size());
  v1::GetAuditConsistencyProofResponse response;
  ASSIGN_OR_RETURN(*response.mutable_proof(),
                   facts::ProveConsistency(proofs_, checkpointer_, *clock_, asked, deadline));
  return response;
}

facts::LogEntry AsLogEntry(const v1::AuditLogEntry& entry) {
  return {entry.position(), entry.entry(), entry.nonce(), entry.leaf_hash()};
}

}  // namespace redress::audit

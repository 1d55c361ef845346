// The answers of AuditService, without gRPC.
#ifndef REDRESS_COMMON_AUDIT_READER_H_
#define REDRESS_COMMON_AUDIT_READER_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/db/pool.h"
#include "common/facts/checkpoint.h"
#include "common/facts/proof_reader.h"
#include "common/facts/verify.h"
#include "redress/audit/v1/audit.pb.h"

namespace redress::audit {

// Thread-safe; what the arguments name must outlive it. Errors: see db/pool.h and db/errors.h.
class AuditReader {
 public:
  // `checkpointer` is that of the audit log (its service is "<service>.audit"); may be null:
  // GetAuditCheckpoint is then FAILED_PRECONDITION.
  AuditReader(db::Pool& pool, const facts::Checkpointer* checkpointer, const base::Clock* clock)
      : pool_(pool),
        checkpointer_(checkpointer),
        clock_(clock),
        proofs_(pool, {"SELECT leaf_hash FROM audit_entry WHERE position >= ? AND position < ? "
                       "ORDER BY position",
                       "SELECT size, frontier FROM audit_head WHERE id = 1"}) {}

  // A page by position; `tree_size` is read before the entries. A page holds at most about 1 MiB.
  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
      const v1::ListAuditEntriesRequest& request, absl::Time deadline) const;
  // FAILED_PRECONDITION without a checkpointer, as GetAuditCheckpoint; see facts/proof_reader.h.
  absl::StatusOr<v1::GetAuditInclusionProofResponse> GetAuditInclusionProof(
      const v1::GetAuditInclusionProofRequest& request, absl::Time deadline) const;
  absl::StatusOr<v1::GetAuditConsistencyProofResponse> GetAuditConsistencyProof(
      const v1::GetAuditConsistencyProofRequest& request, absl::Time deadline) const;
  // DATA_LOSS if the stored head contradicts itself.
  absl::StatusOr<v1::GetAuditCheckpointResponse> GetAuditCheckpoint(
      const v1::GetAuditCheckpointRequest& request, absl::Time deadline) const;

 private:
  db::Pool& pool_;
  const facts::Checkpointer* checkpointer_;
  const base::Clock* clock_;
  const facts::ProofReader proofs_;
};

// An entry as facts::FeedVerifier takes it. The result views into `entry`.
facts::LogEntry AsLogEntry(const v1::AuditLogEntry& entry);

}  // namespace redress::audit

#endif  // REDRESS_COMMON_AUDIT_READER_H_

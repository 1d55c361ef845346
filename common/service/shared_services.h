// The rpcs that every service offers beside its own: its fact feed, its audit log, and the
// simulated clock of samples.
#ifndef REDRESS_COMMON_SERVICE_SHARED_SERVICES_H_
#define REDRESS_COMMON_SERVICE_SHARED_SERVICES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/audit/audit_service.h"
#include "common/facts/feed_service.h"
#include "common/service/environment.h"
#include "common/store/store.h"

namespace redress::service {

// Facts of one case for whoever may act on the case; the whole feed for services and, with the
// facts of cases left as hashes, for the county platform. `gate` may be null where the service
// keeps nothing about cases; it must outlive the result.
facts::Visibility FeedVisibility(store::AccessGate* gate);

// Hides the entries about a case that is walled off from the caller: an auditor of the accused unit
// would read there who looked into the accusation. UNAVAILABLE where that cannot be decided. `gate`
// as above.
audit::HideEntries AuditVisibility(store::AccessGate* gate);

// SampleClockService, thread-safe: FAILED_PRECONDITION in production mode. The environment must
// outlive it.
absl::StatusOr<std::unique_ptr<grpc::Service>> MakeSampleClockService(Environment& environment);

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_SHARED_SERVICES_H_

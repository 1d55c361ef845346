// WatchFacts over gRPC: a thin reactor on a WatchHub.
#ifndef REDRESS_COMMON_FACTS_WATCH_REACTOR_H_
#define REDRESS_COMMON_FACTS_WATCH_REACTOR_H_

#include <grpcpp/grpcpp.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/facts/watch.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

using WatchReactor = grpc::ServerWriteReactor<v1::WatchFactsResponse>;

// Whom the end of a stream is told to: the trace by which the operator finds it, and the language.
struct WatchReader {
  std::string trace_id;
  std::string_view lang = "en";
};

// Starts one WatchFacts stream for a caller that is known and allowed already. The reactor owns
// itself. `subject` names the caller, for the bound on the streams of one. Entries come in order
// without gaps, at most one write is under way, the database is never read on the calling thread.
// The stream ends when the client cancels, with UNAVAILABLE when the hub drains, and with Start's
// errors. The hub must outlive the stream: drain it and shut the server down before it is
// destroyed. Thread-safe.
WatchReactor* StartWatch(WatchHub& hub, const v1::WatchFactsRequest& request, Visible visible,
                         WatchReader reader = {}, std::string subject = "");

// A stream that ends at once with `status` (not OK): the answer to a caller that may not watch.
WatchReactor* RefuseWatch(const absl::Status& status, const WatchReader& reader = {});

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_WATCH_REACTOR_H_

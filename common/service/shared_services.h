// The rpcs that every service offers beside its own: its fact feed, its audit log, and the
// simulated clock of samples.
#ifndef REDRESS_COMMON_SERVICE_SHARED_SERVICES_H_
#define REDRESS_COMMON_SERVICE_SHARED_SERVICES_H_

#include "common/facts/feed_service.h"
#include "common/rpc/handle.h"
#include "common/service/environment.h"
#include "common/store/store.h"
#include "redress/sample/v1/sample.grpc.pb.h"

namespace redress::service {

// Facts of one case for whoever may act on the case; the whole feed for services and, with the
// facts of cases left as hashes, for the county platform. `gate` may be null where the service
// keeps nothing about cases; it must outlive the result.
facts::FeedService::Visibility FeedVisibility(store::AccessGate* gate);

// FAILED_PRECONDITION in production mode. Thread-safe.
class SampleClockServiceImpl final : public sample::v1::SampleClockService::CallbackService {
 public:
  explicit SampleClockServiceImpl(Environment& environment) : environment_(environment) {}

  grpc::ServerUnaryReactor* SetTime(grpc::CallbackServerContext* context,
                                    const sample::v1::SetTimeRequest* request,
                                    sample::v1::SetTimeResponse* response) override;
  grpc::ServerUnaryReactor* GetTime(grpc::CallbackServerContext* context,
                                    const sample::v1::GetTimeRequest* request,
                                    sample::v1::GetTimeResponse* response) override;

 private:
  Environment& environment_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_SHARED_SERVICES_H_

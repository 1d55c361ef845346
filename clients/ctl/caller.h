// Calls to the services: TLS, who calls, language, trace, deadline, and a few repetitions where a
// service does not answer.
//
// Not thread-safe: one command, one thread.
#ifndef REDRESS_CLIENTS_CTL_CALLER_H_
#define REDRESS_CLIENTS_CTL_CALLER_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/ctl/labels.h"
#include "clients/ctl/profile.h"
#include "common/log/trace.h"

namespace redress::ctl {

class Caller {
 public:
  struct Options {
    Lang lang = Lang::kEn;
    // In place of the deadline that the .proto gives each method.
    std::optional<absl::Duration> timeout;
    // How often a call is made at most while the service is UNAVAILABLE.
    int attempts = 4;
    // Told before a call is repeated; may be null.
    std::function<void(std::string_view service, int attempt)> on_retry;
  };

  Caller(const Profile& profile, Options options);

  // One unary call. `service` is one of the five. Errors: those of the service, details kept;
  // INVALID_ARGUMENT where the profile lacks what the call needs (address, CA, token), or where who
  // answers does not prove that it is the service.
  absl::Status Unary(std::string_view service, const google::protobuf::MethodDescriptor& method,
                     const google::protobuf::Message& request, google::protobuf::Message* response);

  // The same for what is only good to have: once, at most for two seconds, and no news where it
  // fails.
  absl::Status Try(std::string_view service, const google::protobuf::MethodDescriptor& method,
                   const google::protobuf::Message& request, google::protobuf::Message* response);

  // For streams: the channel, and a context with all that calls carry.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(std::string_view service);
  absl::Status Prepare(grpc::ClientContext& context, std::optional<absl::Duration> deadline);

  // By which an operator finds this command's calls in the logs.
  const std::string& trace_id() const { return trace_.trace_id; }
  // Whether the last call failed: only then does the trace tell anything about it.
  bool failed() const { return failed_; }

 private:
  absl::Status Once(grpc::Channel& channel, const google::protobuf::MethodDescriptor& method,
                    const google::protobuf::Message& request, google::protobuf::Message* response,
                    std::optional<absl::Duration> timeout);
  absl::Status InOurWords(std::string_view service,
                          const google::protobuf::MethodDescriptor& method,
                          const absl::Status& status) const;
  absl::StatusOr<std::string> Token();

  const Profile& profile_;
  const Options options_;
  const log::TraceContext trace_ = log::NewTrace();
  bool failed_ = false;
  std::optional<std::string> token_;
  std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> channels_;
};

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_CALLER_H_

// Calls as any of the sample's officials. Tokens are made with the issuer's key, which only a
// sample installation hands out.
//
// Thread-safe.
#ifndef REDRESS_CLIENTS_REPLAY_CLIENT_H_
#define REDRESS_CLIENTS_REPLAY_CLIENT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/ctl/labels.h"
#include "clients/ctl/profile.h"
#include "clients/replay/sample.h"

namespace redress::replay {

class Client {
 public:
  // As people, or (with a client certificate in the profile) as that machine. INVALID_ARGUMENT,
  // with the way out, where the profile lacks what is needed.
  static absl::StatusOr<std::unique_ptr<Client>> ForPeople(const ctl::Profile& profile,
                                                           const std::string& token_issuer,
                                                           const Sample& sample, ctl::Lang lang);
  static absl::StatusOr<std::unique_ptr<Client>> ForMachine(const ctl::Profile& profile,
                                                            ctl::Lang lang);

  // One call as the official with this id ("operator": the operator). Repeats what failed for a
  // moment, for half a minute where a service does not answer: that is safe, since reads change
  // nothing and writes carry a request_id. Errors are the service's, details kept.
  absl::Status Call(const std::string& caller, const google::protobuf::Message& request,
                    google::protobuf::Message& response) const;
  // A method that every service has, at one of them.
  absl::Status CallAt(std::string_view service, const std::string& caller,
                      const google::protobuf::Message& request,
                      google::protobuf::Message& response) const;
  // An empty answer to `request`.
  static absl::StatusOr<std::unique_ptr<google::protobuf::Message>> AnswerTo(
      const google::protobuf::Message& request);

  // The language of the caller, for whom the services' errors are put into words.
  ctl::Lang lang() const { return lang_; }
  std::string In(ctl::Text text) const { return std::string(text.In(lang_)); }
  // How many calls were repeated since a service did not answer.
  int64_t unanswered() const { return unanswered_; }

 private:
  Client() = default;
  absl::Status Once(grpc::Channel& channel, const std::string& caller,
                    const google::protobuf::MethodDescriptor& method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message& response) const;

  ctl::Lang lang_ = ctl::Lang::kEn;
  std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> channels_;
  std::map<std::string, std::string, std::less<>> tokens_;  // official -> token
  mutable std::atomic<int64_t> unanswered_ = 0;
};

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_CLIENT_H_

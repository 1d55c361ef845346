#include "common/rpc/runtime.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/auth/permissions.h"
#include "common/options/conventions.h"
#include "common/validate/validate.h"

namespace redress::rpc {

absl::Status MethodTable::Add(const google::protobuf::ServiceDescriptor& service) {
  std::vector<std::string> offences = validate::CheckRules(service);
  for (int i = 0; i < service.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service.method(i);
    const auto& policy = method.options().GetExtension(options::v1::policy);
    const bool streams = method.server_streaming() || method.client_streaming();
    if (policy.permission().empty()) {
      offences.push_back(absl::StrCat(method.full_name(), " has no permission"));
    } else if (auth::FindPermission(policy.permission()) == nullptr) {
      offences.push_back(
          absl::StrCat(method.full_name(), " names no known permission: ", policy.permission()));
    }
    auto entry = std::make_unique<Method>();
    entry->full_name = absl::StrCat(service.full_name(), "/", method.name());
    entry->policy = policy;
    entry->policy.set_deadline_ms(options::DeadlineMs(method));
    entry->mutates = method.input_type()->FindFieldByName("request_id") != nullptr;
    entry->metrics =
        &rpc_metrics_.Method(streams ? metrics::RpcType::kServerStream : metrics::RpcType::kUnary,
                             service.full_name(), method.name());
    validate::Warm(*method.input_type());
    by_name_[entry->full_name] = entry.get();
    if (!methods_.emplace(method.input_type(), std::move(entry)).second) {
      offences.push_back(absl::StrCat(method.full_name(), " shares its request message"));
    }
  }
  if (offences.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(offences, "\n"));
}

const Method& MethodTable::For(const google::protobuf::Descriptor* request) const {
  const auto it = methods_.find(request);
  // A handler for an rpc that was never added would run without a policy.
  if (it == methods_.end()) std::abort();
  return *it->second;
}

const Method* MethodTable::Find(std::string_view full_name) const {
  const auto it = by_name_.find(absl::string_view(full_name.data(), full_name.size()));
  return it == by_name_.end() ? nullptr : it->second;
}

std::vector<const Method*> MethodTable::All() const {
  std::vector<const Method*> all;
  all.reserve(methods_.size());
  for (const auto& [descriptor, method] : methods_) all.push_back(method.get());
  return all;
}

}  // namespace redress::rpc

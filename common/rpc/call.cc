#include "common/rpc/call.h"

#include <algorithm>

namespace redress::rpc {

void Reading::Add(std::string_view resource, auth::RoleSet roles, std::string_view permission) {
  const auth::PiiKinds kinds = auth::MaskFor(roles, permission);
  absl::MutexLock lock(&mutex_);
  if (std::find(resources_.begin(), resources_.end(), resource) == resources_.end()) {
    resources_.emplace_back(resource);
  }
  if (!told_.has_value()) told_ = auth::ToldTo(roles);
  told_->Keep(auth::ToldTo(roles));
  if (!visible_.has_value()) {
    visible_ = kinds;
    return;
  }
  auth::PiiKinds both;
  for (int kind = 1; kind <= options::v1::PiiKind_MAX; ++kind) {
    const auto k = static_cast<options::v1::PiiKind>(kind);
    if (visible_->Has(k) && kinds.Has(k)) both.Add(k);
  }
  visible_ = both;
}

void Reading::Searched() {
  absl::MutexLock lock(&mutex_);
  searched_ = true;
}

bool Reading::searched() const {
  absl::MutexLock lock(&mutex_);
  return searched_;
}

std::vector<std::string> Reading::resources() const {
  absl::MutexLock lock(&mutex_);
  return resources_;
}

std::optional<auth::ToldSet> Reading::told() const {
  absl::MutexLock lock(&mutex_);
  return told_;
}

void Reading::AddToRefusal(std::string_view resource) {
  absl::MutexLock lock(&mutex_);
  if (std::find(in_refusal_.begin(), in_refusal_.end(), resource) == in_refusal_.end()) {
    in_refusal_.emplace_back(resource);
  }
}

std::vector<std::string> Reading::in_refusal() const {
  absl::MutexLock lock(&mutex_);
  return in_refusal_;
}

auth::PiiKinds Reading::visible() const {
  absl::MutexLock lock(&mutex_);
  return visible_.value_or(auth::PiiKinds());
}

}  // namespace redress::rpc

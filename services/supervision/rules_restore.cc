#include "common/status/error.h"
#include "services/supervision/rules.h"

namespace redress::supervision::rules {
namespace {

absl::Status Refuse(std::string_view reason, std::string_view what) {
  return status::Error(absl::StatusCode::kFailedPrecondition, reason, what);
}

absl::Status NotContradicted() {
  return Refuse("FEED_NOT_CONTRADICTED", "the feed is the one that was followed");
}

absl::Status Outdated() {
  return Refuse("RESTORE_OUTDATED", "the feed is not, or no longer, what is to be accepted");
}

}  // namespace

const v1::FeedContradiction* FindContradiction(
    const std::vector<v1::FeedContradiction>& contradictions, std::string_view service) {
  for (const v1::FeedContradiction& found : contradictions) {
    if (found.service() == service) return &found;
  }
  return nullptr;
}

absl::StatusOr<v1::FeedRestore> ProposeRestore(
    const std::vector<v1::FeedContradiction>& contradictions, const std::string& service,
    const std::string& root, const std::string& person) {
  const v1::FeedContradiction* found = FindContradiction(contradictions, service);
  if (found == nullptr) return NotContradicted();
  if (found->feed_root().empty()) {
    return Refuse("FEED_DAMAGED", "the feed itself says that it is damaged");
  }
  if (found->feed_root() != root) return Outdated();
  v1::FeedRestore restore;
  restore.set_service(service);
  restore.set_known_size(found->known_size());
  restore.set_known_root(found->known_root());
  restore.set_restored_size(found->feed_size());
  restore.set_restored_root(found->feed_root());
  restore.set_proposed_by(person);
  return restore;
}

absl::StatusOr<v1::FeedRestore> AcceptRestore(
    const std::vector<v1::FeedContradiction>& contradictions, const v1::FeedRestore& proposed,
    const std::string& person) {
  if (!proposed.accepted_by().empty()) {
    return Refuse("RESTORE_ACCEPTED", "it was accepted already");
  }
  if (person.empty() || person == proposed.proposed_by()) {
    return Refuse("RESTORE_NEEDS_SECOND_PERSON", "who proposed a restore does not accept it");
  }
  const v1::FeedContradiction* found = FindContradiction(contradictions, proposed.service());
  if (found == nullptr) return NotContradicted();
  // A feed that has grown since is held against the accepted root while it is followed.
  const bool fits = found->known_root() == proposed.known_root() &&
                    (found->feed_size() > proposed.restored_size() ||
                     found->feed_root() == proposed.restored_root());
  if (!fits || found->feed_root().empty()) return Outdated();
  v1::FeedRestore accepted = proposed;
  accepted.set_accepted_by(person);
  return accepted;
}

}  // namespace redress::supervision::rules

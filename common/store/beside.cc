// What a write changes beside the rows of its rule: guards and followers.
#include <algorithm>
#include <memory>
#include <string>

#include "common/base/ids.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/store/batch.h"
#include "google/protobuf/util/message_differencer.h"

namespace redress::store {

absl::Status Batch::MayChange(const Attempt& attempt) const {
  for (const Guards& guards : store_.options_.guards) {
    for (const Lock& lock : attempt.operation->locks) {
      if (lock.table != guards.of || attempt.rows.Find(*lock.table, lock.name) == nullptr) continue;
      const google::protobuf::Message* guard =
          attempt.rows.Find(*guards.table, std::string(base::RootName(lock.name)));
      if (guard == nullptr) return status::NotFound(guards.of->name());
      RETURN_IF_ERROR(guards.may_change(*guard));
    }
  }
  return absl::OkStatus();
}

void Batch::PutWithThem(Attempt& attempt) const {
  Changes& changes = attempt.changes;
  // A guard's own followers see that it moved, so guards come first.
  for (const Guards& guards : store_.options_.guards) {
    for (size_t i = 0; i < changes.writes_.size(); ++i) {
      if (changes.writes_[i].table != guards.of) continue;
      const std::string name(base::RootName(changes.writes_[i].name));
      const google::protobuf::Message* guard = attempt.rows.Find(*guards.table, name);
      if (guard == nullptr || changes.Puts(*guards.table, name)) continue;
      std::unique_ptr<google::protobuf::Message> moved(guard->New());
      moved->CopyFrom(*guard);
      changes.PutMessage(std::move(moved));
    }
  }
  for (const Follows& follows : store_.options_.follows) {
    for (size_t i = 0; i < changes.writes_.size(); ++i) {
      if (changes.writes_[i].table != follows.of) continue;
      const std::string name = changes.writes_[i].name;
      // What the rule itself put stands before what was there.
      const auto put = std::find_if(changes.writes_.begin(), changes.writes_.end(),
                                    [&](const Changes::Write& write) {
                                      return write.table == follows.table && write.name == name;
                                    });
      const google::protobuf::Message* follower = put != changes.writes_.end()
                                                      ? put->message.get()
                                                      : attempt.rows.Find(*follows.table, name);
      if (follower == nullptr) continue;
      std::unique_ptr<google::protobuf::Message> next =
          follows.rule(*follower, *changes.writes_[i].message);
      if (!google::protobuf::util::MessageDifferencer::Equals(*next, *follower)) {
        changes.PutMessage(std::move(next));
      }
    }
  }
}

}  // namespace redress::store

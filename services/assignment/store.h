// What assignment reads and writes beyond the generic store: the predicates of its lists, rows that
// several rpcs look up, and the outbox to registry.
#ifndef REDRESS_SERVICES_ASSIGNMENT_STORE_H_
#define REDRESS_SERVICES_ASSIGNMENT_STORE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/assignment/v1/resources.pb.h"
#include "services/assignment/access_outbox.h"
#include "services/assignment/rules.h"

namespace redress::assignment {

// Thread-safe.
class AssignmentStore {
 public:
  // `options` without derived rows; its gate must outlive the store.
  static absl::StatusOr<std::unique_ptr<AssignmentStore>> Open(store::Store::Options options,
                                                               AccessOutbox::Options outbox);

  ~AssignmentStore() { outbox_->Stop(); }

  store::Store& resources() { return *store_; }
  AccessOutbox& outbox() { return *outbox_; }

  // The officials of these names, as far as they exist. Read outside any transaction: an official
  // who leaves their office at this very moment is one who was given the case a moment before.
  // Empty names are skipped.
  absl::StatusOr<rules::Officials> FindOfficials(const rpc::Call& call,
                                                 const std::vector<std::string>& names);
  // The unit, or nullptr.
  absl::StatusOr<std::unique_ptr<v1::Unit>> FindUnit(const rpc::Call& call,
                                                     const std::string& name);

  // The names of the unit and of those above it, from below; empty where it is not registered.
  absl::StatusOr<std::vector<std::string>> FindSuperiors(const rpc::Call& call, std::string name);

  // The officials who were members of a unit on a day or at any time since; who ever were, where
  // the day is not set.
  absl::StatusOr<std::vector<std::string>> MembersSince(const rpc::Call& call,
                                                        const std::string& unit,
                                                        const google::type::Date& since);
  // The principal leaders of a unit.
  absl::StatusOr<std::vector<std::string>> LeadersOf(const rpc::Call& call,
                                                     const std::string& unit);
  // The petition offices and joint-conference offices whose region covers this one.
  absl::StatusOr<std::vector<std::string>> OfficesServing(const rpc::Call& call,
                                                          const std::string& region_code);

  // What ListAssignments selects; values are parameters.
  // Narrowed to what the caller's roles can reach here at all; the gate then confirms each.
  // PERMISSION_DENIED where the caller reaches nothing.
  absl::StatusOr<store::ListQuery> AssignmentsOf(const rpc::Call& call,
                                                 const v1::ListAssignmentsRequest& request) const;

 private:
  AssignmentStore() = default;

  // Destroyed in the reverse order: the outbox outlives the store, whose writers call it.
  std::unique_ptr<AccessOutbox> outbox_;
  std::unique_ptr<store::Store> store_;
};

// What the other lists select.
store::ListQuery UnitsOf(const v1::ListUnitsRequest& request);
store::ListQuery OfficialsOf(const v1::ListOfficialsRequest& request);

// The messages that assignment stores, for CheckTables.
std::vector<const google::protobuf::Descriptor*> StoredTypes();

}  // namespace redress::assignment

#endif  // REDRESS_SERVICES_ASSIGNMENT_STORE_H_

// What registry reads and writes beyond the generic store: the case predicate that list, count and
// search share, blind indexes, registration numbers, and the decision on access. The only SQL of
// the registry stands in store.cc.
#ifndef REDRESS_SERVICES_REGISTRY_STORE_H_
#define REDRESS_SERVICES_REGISTRY_STORE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/service/environment.h"
#include "common/store/store.h"
#include "redress/registry/v1/access.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/registry/v1/resources.pb.h"

namespace redress::registry {

// Decides on access to cases from registry's own tables. Thread-safe.
class LocalGate final : public store::AccessGate {
 public:
  // Bound to its store after that was opened.
  void Bind(store::Store& store) { store_ = &store; }
  absl::StatusOr<std::vector<absl::StatusOr<store::CaseContext>>> Check(
      const rpc::Call& call, std::string_view permission,
      const std::vector<std::string>& cases) override;
  const store::Table* local_table() const override {
    return &store::Table::Of(v1::CaseAccess::descriptor());
  }
  absl::StatusOr<store::CaseContext> DecideOn(const rpc::Call& call, std::string_view permission,
                                              const google::protobuf::Message* row) override;

 private:
  store::Store* store_ = nullptr;
};

// Thread-safe.
class RegistryStore {
 public:
  static absl::StatusOr<std::unique_ptr<RegistryStore>> Open(service::Environment& environment);

  store::Store& resources() { return *store_; }
  LocalGate& gate() { return gate_; }

  // The predicate of ListCases, CountCases and SearchCases: the filter, and what the caller's roles
  // reach. Values are parameters. PERMISSION_DENIED where the caller reaches nothing.
  absl::StatusOr<store::ListQuery> CasePredicate(const rpc::Call& call,
                                                 const v1::CaseFilter& filter) const;
  // Narrows a case predicate to those found by a registration number and by the blind indexes of
  // persons.
  void NarrowToSearch(const rpc::Call& call, const v1::SearchCasesRequest& request,
                      store::ListQuery& query) const;

  // The next registration number of a region and year. Numbers of a block that a stopped process
  // held are never used.
  absl::StatusOr<std::string> NextRegistrationNumber(std::string_view region_code, int year,
                                                     absl::Time deadline);

 private:
  explicit RegistryStore(service::Environment& environment) : environment_(environment) {}
  std::vector<store::Derived> DerivedRows() const;

  struct Block {
    int next = 0;
    int end = 0;
  };

  service::Environment& environment_;
  LocalGate gate_;
  std::unique_ptr<store::Store> store_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::pair<std::string, int>, Block> blocks_ ABSL_GUARDED_BY(mutex_);
};

// The messages that registry stores, for CheckTables.
std::vector<const google::protobuf::Descriptor*> StoredTypes();

}  // namespace redress::registry

#endif  // REDRESS_SERVICES_REGISTRY_STORE_H_

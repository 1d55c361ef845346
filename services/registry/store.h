// What registry reads and writes beyond the generic store: the case predicate that list, count and
// search share, blind indexes, which persons an office knows, and the decision on access. The only
// SQL of the registry stands in store.cc and store_person.cc.
#ifndef REDRESS_SERVICES_REGISTRY_STORE_H_
#define REDRESS_SERVICES_REGISTRY_STORE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/environment.h"
#include "common/store/store.h"
#include "redress/registry/v1/access.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/registry/v1/resources.pb.h"
#include "services/registry/rules.h"

namespace redress::registry {

// Decides on access to cases from registry's own tables. Thread-safe.
class LocalGate final : public store::AccessGate {
 public:
  // Bound to its store after that was opened. `hash`: how keys of the wall are stored.
  void Bind(store::Store& store, auth::WallHash hash) {
    store_ = &store;
    hash_ = std::move(hash);
  }
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
  auth::WallHash hash_;
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
  // Of ListCases and SearchCases. INVALID_ARGUMENT where a search looks for nothing.
  absl::StatusOr<store::ListQuery> CasesListed(const rpc::Call& call,
                                               const v1::ListCasesRequest& asked) const {
    return CasePredicate(call, asked.filter());
  }
  absl::StatusOr<store::ListQuery> CasesFound(const rpc::Call& call,
                                              const v1::SearchCasesRequest& asked) const;
  // How whom a case accuses is stored.
  const rules::WallHashes& wall_hashes() const { return wall_hashes_; }
  // The cases whose wall an official's membership touches: those that accuse one of the units or
  // the official, and, for a principal leader, those that wall off the heads of the last of the
  // units.
  absl::StatusOr<std::vector<std::string>> CasesTouchedBy(
      const rpc::Call& call, const v1::RecordMembershipRequest& request) const;

  // A person whom an office knows, and the newest of their cases that the caller may see.
  struct KnownPerson {
    std::string petitioner;  // empty: nobody
    std::string case_name;
  };
  // Looks, in a transaction, for a person of the office of `region_code` who is `identity`: by the
  // whole identity number, or by name and telephone. Finds nobody through a case that the caller
  // may not see, and nobody for a caller who may not read petitioners.
  absl::Status FindKnown(db::Connection& connection, const rpc::Call& call,
                         std::string_view region_code, const v1::PersonIdentity& identity,
                         KnownPerson& found) const;
  // Whether the caller may see a case of the office of `region_code` that this person is party to.
  absl::Status FindCaseOf(db::Connection& connection, const rpc::Call& call,
                          std::string_view region_code, const std::string& petitioner,
                          KnownPerson& found) const;
  // What two registrations of the same person have in common, keyed; empty where there is nothing
  // to know the person by.
  std::vector<std::string> KeysOf(const v1::PersonIdentity& identity,
                                  std::string_view region_code) const;
  // The cases that a person is party to.
  absl::StatusOr<std::vector<std::string>> CasesOf(const std::string& petitioner,
                                                   absl::Time deadline) const;
  // The cases with these names, and those with these registration numbers, by name: whoever asks.
  absl::StatusOr<std::vector<v1::CaseNumber>> NumbersOf(
      const google::protobuf::RepeatedPtrField<std::string>& names,
      const google::protobuf::RepeatedPtrField<std::string>& registration_numbers,
      absl::Time deadline) const;

 private:
  explicit RegistryStore(service::Environment& environment);
  std::vector<store::Derived> DerivedRows() const;
  // Those of the cases that the caller may read petitioners for, newest first; nullopt where there
  // can be none.
  std::optional<store::ListQuery> ReadableCases(const rpc::Call& call,
                                                std::string_view region_code) const;

  service::Environment& environment_;
  LocalGate gate_;
  const rules::WallHashes wall_hashes_;
  std::unique_ptr<store::Store> store_;
};

// Blind indexes are keyed by county: an office finds those that a township of its county
// registered.
std::string IndexRegion(std::string_view region_code);

// The messages that registry stores, for CheckTables.
std::vector<const google::protobuf::Descriptor*> StoredTypes();

}  // namespace redress::registry

#endif  // REDRESS_SERVICES_REGISTRY_STORE_H_

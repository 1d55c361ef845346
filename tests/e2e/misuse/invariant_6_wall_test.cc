// Invariant 6: whoever is accused, or has an interest, sees nothing of the case and can infer
// nothing of it.
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using RegistryStub = registry::v1::RegistryService::Stub;

class Invariant6 : public MisuseTest {};

TEST_F(Invariant6, WhoIsOfAnotherTownshipCannotTellThatACaseExists) {
  const std::string name = world().Register().value_or("cases/none");
  const Who stranger = Somebody("a clerk of another township", "officials/stranger",
                                "units/other-office", {types::v1::ROLE_OFFICE_CLERK}, "430626999");
  registry::v1::GetCaseRequest open;
  open.set_name(name);
  registry::v1::GetCaseRequest invented;
  invented.set_name("cases/01890000-0000-7000-8000-000000000000");
  Clerk().Tries("opens the case", &RegistryStub::GetCase, open).Succeeds();
  stranger.Tries("opens the case", &RegistryStub::GetCase, open)
      .IsRefused(absl::StatusCode::kNotFound)
      .LooksLike(
          stranger.Tries("opens a case that does not exist", &RegistryStub::GetCase, invented));
}

}  // namespace
}  // namespace redress::testing

// Invariant 3: petitioning is never misconduct. Nobody writes it down as such, closes a case as
// such, or makes a duty of it.
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using RegistryStub = registry::v1::RegistryService::Stub;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class Invariant3 : public MisuseTest {};

TEST_F(Invariant3, NoCaseIsClosedAsAnUnlawfulAct) {
  const std::string name = world().Register().value_or("cases/none");
  registry::v1::ProposeClosureRequest close;
  close.set_name(name);
  close.set_standard(types::v1::CLOSING_STANDARD_LAWFUL);
  for (const Who& who : {Clerk(), Head()}) {
    for (const bool dry : {true, false}) {
      close.set_validate_only(dry);
      who.Tries("proposes to close the petition as an unlawful act", &RegistryStub::ProposeClosure,
                close)
          .IsRefused(kInvalid)
          .Naming("standard");
    }
  }
}

TEST_F(Invariant3, NoClaimIsAppraisedAsAnUnlawfulAct) {
  const std::string name = world().Register().value_or("cases/none");
  for (const absl::Status& done :
       {world().Assign(name), world().Equip(name), world().Visit(name), world().Investigate(name),
        world().ObtainViews(name), world().RecordPrior(name)}) {
    EXPECT_TRUE(done.ok()) << done;
  }
  registry::v1::AppraiseClaimRequest appraise;
  appraise.set_claim(name + "/claims/1");
  *appraise.mutable_appraisal()->mutable_decided_on() = world().Today();
  appraise.mutable_appraisal()->set_reasons("依法处理。");
  // The plan's fourth heading is about an act of somebody, and is no category of a claim.
  for (int category = 0; category <= 9; ++category) {
    if (category != 0 && types::v1::Category_IsValid(category)) {
      EXPECT_EQ(types::v1::Category_Name(category).find("LAW"), std::string::npos);
      continue;
    }
    appraise.mutable_appraisal()->set_category(static_cast<types::v1::Category>(category));
    Lead()
        .Tries("appraises the claim as a matter for the police", &RegistryStub::AppraiseClaim,
               appraise)
        .IsRefused(kInvalid)
        .Naming("category");
  }
}

TEST_F(Invariant3, NoPlanMakesADutyOfIt) {
  // A duty in the same words that is no misuse: what is refused below is refused for its kind.
  registry::v1::CreatePlanRevisionRequest answered =
      Revision(Duty("satisfied { fact { kind: FACT_KIND_VISIT_HELD } }"));
  answered.set_validate_only(true);
  Head()
      .Tries("adds a duty to meet the petitioner", &RegistryStub::CreatePlanRevision, answered)
      .Succeeds();
  for (const char* kind : {"PETITIONER_WARNED", "REFERRED_TO_POLICE", "PETITIONED_AGAIN"}) {
    Head()
        .Tries("adds a duty to record " + std::string(kind), &RegistryStub::CreatePlanRevision,
               Revision(Duty("satisfied { fact { kind: FACT_KIND_" + std::string(kind) + " } }")))
        .IsRefused(kInvalid)
        .Naming("FACT_KIND_" + std::string(kind));
  }
  for (const char* bound : {"BOUND_ROLE_PETITIONER", "BOUND_ROLE_REPRESENTATIVE"}) {
    const std::string duty =
        absl::StrReplaceAll(Duty("satisfied { fact { kind: FACT_KIND_VISIT_HELD } }"),
                            {{"BOUND_ROLE_RESPONSIBLE_UNIT", bound}});
    Head()
        .Tries("binds the petitioner by a duty", &RegistryStub::CreatePlanRevision, Revision(duty))
        .IsRefused(kInvalid)
        .Naming(bound);
  }
  for (const char* asked : {"REVIEW_REQUESTED", "REEXAMINATION_REQUESTED"}) {
    Head()
        .Tries("makes it a duty that nobody asks again: " + std::string(asked),
               &RegistryStub::CreatePlanRevision,
               Revision(Duty("satisfied { absent { kind: FACT_KIND_" + std::string(asked) +
                             " } } " + kSoon)))
        .IsRefused(kInvalid)
        .Naming("what a petitioner does or chooses");
  }
}

}  // namespace
}  // namespace redress::testing

// Invariant 7: a person is opened by nobody who does not handle a case of theirs, is not counted,
// and nothing is written of them where nobody is recorded who reads it.
#include "common/base/ids.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using RegistryStub = registry::v1::RegistryService::Stub;
using FeedStub = facts::v1::FactFeedService::Stub;

class Invariant7 : public MisuseTest {
 protected:
  registry::v1::Case Registered() {
    return Clerk()
        .Tries("registers a case", &RegistryStub::RegisterCase, world().NewCase())
        .Succeeds()
        .case_file();
  }
};

TEST_F(Invariant7, ABarePetitionerIdOpensNobody) {
  const registry::v1::Case file = Registered();
  const Who stranger = Somebody("a clerk of another township", "officials/stranger",
                                "units/other-office", {types::v1::ROLE_OFFICE_CLERK}, "430626999");
  registry::v1::RegisterCaseRequest take = world().NewCase();
  take.clear_new_petitioner();
  take.set_petitioner(file.petitioner());
  take.set_region_code("430626999");
  EXPECT_FALSE(
      stranger.Tries("registers a case of a person by their id", &RegistryStub::RegisterCase, take)
          .status()
          .ok());
  registry::v1::GetPetitionerRequest read;
  read.set_name(file.petitioner());
  read.set_case_name(file.name());
  stranger.Tries("reads the person", &RegistryStub::GetPetitioner, read)
      .IsRefused(absl::StatusCode::kNotFound);
  registry::v1::UpdatePetitionerRequest overwrite;
  overwrite.set_name(file.petitioner());
  overwrite.set_case_name(file.name());
  overwrite.mutable_identity()->set_full_name("某乙");
  overwrite.set_request_id(base::NewUuid(absl::Now()));
  stranger.Tries("renames the person", &RegistryStub::UpdatePetitioner, overwrite)
      .IsRefused(absl::StatusCode::kNotFound);
  EXPECT_EQ(Clerk()
                .Tries("reads the person", &RegistryStub::GetPetitioner, read)
                .Succeeds()
                .petitioner()
                .identity()
                .full_name(),
            world().NewCase().new_petitioner().full_name());
}

TEST_F(Invariant7, NobodyCountsAPersonsPetitions) {
  registry::v1::GetCaseRequest open;
  open.set_name(Registered().name());
  const Who inspector = Somebody("an inspector", "officials/inspector", "units/leading-group",
                                 {types::v1::ROLE_INSPECTOR});
  for (const Who& who : {inspector, County()}) {
    const registry::v1::Case seen =
        who.Tries("looks for whose case it is", &RegistryStub::GetCase, open)
            .Succeeds()
            .case_file();
    EXPECT_EQ(seen.petitioner(), "");
    EXPECT_TRUE(seen.representatives().empty());
  }
}

TEST_F(Invariant7, NothingIsWrittenOfAPersonWhereANumberBelongs) {
  registry::v1::AcceptRoundRequest accept;
  accept.set_name(Registered().name() + "/rounds/1");
  registry::v1::Document& notice = *accept.mutable_notice();
  notice.set_kind(types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE);
  notice.set_document_number("某人 重点稳控");
  *notice.mutable_issued_on() = On(4, 10);
  notice.mutable_content()->set_sha256(std::string(64, 'a'));
  notice.mutable_content()->set_kind(types::v1::EVIDENCE_KIND_DOCUMENT);
  *notice.mutable_content()->mutable_dated() = On(4, 10);
  accept.set_request_id(base::NewUuid(absl::Now()));
  Clerk()
      .Tries("writes a label into a document's number", &RegistryStub::AcceptRound, accept)
      .IsRefused(absl::StatusCode::kInvalidArgument)
      .Naming("notice.document_number");
}

TEST_F(Invariant7, ANameThatCannotBeSeenIsNoName) {
  for (const char* name : {" ", "\u3000", "\u200b", "某\u202e甲", "某\u200d甲"}) {
    registry::v1::RegisterCaseRequest request = world().NewCase();
    request.mutable_new_petitioner()->set_full_name(name);
    Clerk()
        .Tries("registers somebody whose name cannot be seen", &RegistryStub::RegisterCase, request)
        .IsRefused(absl::StatusCode::kInvalidArgument)
        .Naming("new_petitioner.full_name");
  }
}

TEST_F(Invariant7, WhomTheOfficeKnowsIsOfferedToTheOfficeAlone) {
  registry::v1::RegisterCaseRequest first = world().NewCase();
  const registry::v1::Case file =
      Clerk()
          .Tries("registers a person", &RegistryStub::RegisterCase, first)
          .Succeeds()
          .case_file();
  first.set_request_id(base::NewUuid(absl::Now()));
  Clerk()
      .Tries("registers the person once more", &RegistryStub::RegisterCase, first)
      .IsRefused(absl::StatusCode::kFailedPrecondition, "KNOWN_PERSON")
      .Naming(file.petitioner());
}

TEST_F(Invariant7, AnInspectorLearnsFromNoFactWhoIsInNeed) {
  const registry::v1::Case file = Registered();
  registry::v1::RecordNeedRequest need;
  need.set_name(file.name());
  *need.mutable_found_on() = On(4, 10);
  need.set_request_id(base::NewUuid(absl::Now()));
  Clerk().Tries("records the need of a household", &RegistryStub::RecordNeed, need).Succeeds();
  facts::v1::ListFactsRequest list;
  list.set_case_name(file.name());
  const Who inspector = Somebody("an inspector", "officials/inspector", "units/leading-group",
                                 {types::v1::ROLE_INSPECTOR});
  const facts::v1::ListFactsResponse listed =
      inspector.Tries("lists the facts of the case", &FeedStub::ListFacts, list, "registry")
          .Succeeds();
  ASSERT_GT(listed.entries_size(), 0);
  for (const facts::v1::FeedEntry& entry : listed.entries()) {
    facts::v1::Fact fact;
    ASSERT_TRUE(fact.ParseFromString(entry.fact()));
    EXPECT_NE(fact.kind(), facts::v1::FACT_KIND_ASSISTANCE_NEED_FOUND);
  }
  registry::v1::GetCaseRequest open;
  open.set_name(file.name());
  EXPECT_FALSE(inspector.Tries("opens the case", &RegistryStub::GetCase, open)
                   .Succeeds()
                   .case_file()
                   .assistance_needed());
}

}  // namespace
}  // namespace redress::testing

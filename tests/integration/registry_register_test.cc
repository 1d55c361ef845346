// Registration over a real database and real rpcs, on two replicas at once: numbers without gaps,
// who is known already, and that a name alone opens nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "common/store/skip_numbers.h"
#include "services/registry/case_facts.h"
#include "services/registry/rules.h"
#include "services/registry/service.h"
#include "tests/integration/registry_world.h"

namespace redress::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RegistryWorld;
using testing::Required;
using ::testing::SizeIs;
using Stub = v1::RegistryService::Stub;

constexpr char kTown[] = "430626103";
constexpr char kOtherTown[] = "430626104";
// The example of GB 11643.
constexpr char kId[] = "11010519491231002X";

class RegisterTest : public ::testing::Test {
 protected:
  static constexpr int kReplicas = 2;

  RegisterTest() : world_(kReplicas) {
    RegisterMessages();
    v1::Campaign campaign;
    campaign.set_name("campaigns/1");
    campaign.mutable_display_name()->set_zh("活动");
    campaign.set_region_code("430626");
    campaign.set_plan_revision(1);
    testing::Resources resources;
    resources.campaigns = {campaign};
    v1::PlanRevision plan;
    plan.set_name("campaigns/1/planRevisions/1");
    plan.set_campaign("campaigns/1");
    plan.set_number(1);
    plan.set_text(
        Required(base::ReadFile(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb")));
    resources.plans = {plan};
    EXPECT_TRUE(world_.Put(resources).ok());
    for (int i = 0; i < kReplicas; ++i) Serve(i);
  }
  ~RegisterTest() override {
    for (auto& server : servers_) server->Shutdown();
  }

  void Serve(int replica) {
    service::Environment& environment = world_.environment(replica);
    if (replica > 0) {
      ASSERT_TRUE(environment.methods()
                      .Add(*google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                          v1::RegistryService::service_full_name()))
                      .ok());
    }
    evaluators_.push_back(Required(CaseEvaluator::Create(environment)));
    const auto assignment = Required(environment.Peer("assignment"));
    units_.push_back(std::make_unique<service::RemoteUnitRegister>(assignment));
    services_.push_back(std::make_unique<RegistryService>(
        environment, world_.store(replica), *evaluators_.back(), *units_.back(), assignment));
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    rpcs_.push_back(Required(services_.back()->Build()));
    builder.RegisterService(rpcs_.back().get());
    servers_.push_back(builder.BuildAndStart());
    stubs_.push_back(v1::RegistryService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials())));
  }

  static auth::Identity Somebody(const std::string& name, types::v1::Role role,
                                 const std::string& region) {
    auth::Identity who;
    who.subject = who.official = absl::StrCat("officials/", name);
    who.region = region;
    who.roles = {role};
    return who;
  }
  static auth::Identity Clerk(const std::string& name = "clerk",
                              const std::string& region = kTown) {
    return Somebody(name, types::v1::ROLE_OFFICE_CLERK, region);
  }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request, const auth::Identity& who, int replica = 0) {
    const auto context = world_.As(who);
    Resp response;
    const grpc::Status status = (*stubs_[replica].*method)(context.get(), request, &response);
    if (!status.ok()) return status::FromGrpc(status);
    return response;
  }
  absl::StatusOr<v1::RegisterCaseResponse> Register(const v1::RegisterCaseRequest& request,
                                                    const auth::Identity& who, int replica = 0) {
    return Call(&Stub::RegisterCase, request, who, replica);
  }

  static v1::RegisterCaseRequest Petition(const std::string& name,
                                          const std::string& region = kTown) {
    v1::RegisterCaseRequest request;
    request.set_campaign("campaigns/1");
    request.set_region_code(region);
    request.set_source(types::v1::CASE_SOURCE_LETTER);
    *request.mutable_received_on() = redress::rules::DateOf(absl::CivilDay(2018, 4, 1));
    if (!name.empty()) request.mutable_new_petitioner()->set_full_name(name);
    v1::NewClaim& claim = *request.add_claims();
    claim.set_kind(types::v1::CLAIM_KIND_GRIEVANCE);
    claim.set_subject(types::v1::CLAIM_SUBJECT_LAND);
    claim.set_statement("补偿少算");
    request.set_entry_criterion(types::v1::ENTRY_CRITERION_OTHER);
    request.set_request_id(base::NewUuid(absl::Now()));
    return request;
  }
  static v1::RegisterCaseRequest By(const std::string& petitioner,
                                    const std::string& region = kTown) {
    v1::RegisterCaseRequest request = Petition("", region);
    request.set_petitioner(petitioner);
    return request;
  }
  absl::StatusOr<v1::GetPetitionerResponse> Read(const std::string& person,
                                                 const std::string& case_name,
                                                 const auth::Identity& who) {
    v1::GetPetitionerRequest request;
    request.set_name(person);
    request.set_case_name(case_name);
    return Call(&Stub::GetPetitioner, request, who);
  }
  std::vector<std::string> FactsOf(const std::string& case_name) {
    std::vector<std::string> kinds;
    for (const db::Row row : Required(world_.database().admin().Query(
             "SELECT body FROM fact WHERE case_name = ? ORDER BY recorded_at, fact_id",
             {case_name}))) {
      facts::v1::Fact fact;
      EXPECT_TRUE(fact.ParseFromString(row.Text(0)));
      kinds.push_back(facts::v1::FactKind_Name(fact.kind()));
    }
    return kinds;
  }
  int64_t Count(const std::string& from) {
    return Required(world_.database().admin().Query("SELECT COUNT(*) FROM " + from))[0].Int(0);
  }

  RegistryWorld world_;
  std::vector<std::unique_ptr<CaseEvaluator>> evaluators_;
  std::vector<std::unique_ptr<service::UnitRegister>> units_;
  std::vector<std::unique_ptr<RegistryService>> services_;
  std::vector<std::unique_ptr<grpc::Service>> rpcs_;
  std::vector<std::unique_ptr<grpc::Server>> servers_;
  std::vector<std::unique_ptr<Stub>> stubs_;
};

// ---- registration numbers

TEST_F(RegisterTest, NumbersAreInOrderWithoutGapsWhoeverIsRefusedOrRepeats) {
  constexpr int kThreads = 8;
  constexpr int kEach = 12;
  std::vector<std::thread> threads;
  std::atomic<int> registered = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < kEach; ++j) {
        // A village's cases are numbered with its township's.
        v1::RegisterCaseRequest request =
            Petition(absl::StrCat("某", i, "之", j), j % 2 == 0 ? kTown : "430626103201");
        const auth::Identity clerk = Clerk(absl::StrCat("clerk", i));
        if (j % 4 == 3)
          request.mutable_claims(0)->add_accused("units/town");  // refused by the rule
        const auto first = Register(request, clerk, i % kReplicas);
        if (j % 4 == 3) {
          EXPECT_TRUE(absl::IsInvalidArgument(first.status())) << first.status();
          continue;
        }
        ASSERT_TRUE(first.ok()) << first.status();
        ++registered;
        const auto again = Register(request, clerk, (i + 1) % kReplicas);
        ASSERT_TRUE(again.ok()) << again.status();
        EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(Register(Petition("某甲", kOtherTown), Clerk("other", kOtherTown)).ok());
  const auto rows = Required(world_.database().admin().Query(
      "SELECT registration_number, create_time FROM case_file WHERE region_code <> ?"
      " ORDER BY registration_number",
      {kOtherTown}));
  ASSERT_EQ(static_cast<int>(rows.size()), registered.load());
  absl::Time last = absl::InfinitePast();
  int number = 0;
  const int year = static_cast<int>(world_.environment().clock().Today().year());
  for (const db::Row row : rows) {
    EXPECT_EQ(row.Text(0), rules::RegistrationNumber(kTown, year, ++number));
    EXPECT_GE(row.Instant(1), last) << row.Text(0);
    last = row.Instant(1);
  }
  EXPECT_EQ(Required(world_.database().admin().Query(
                "SELECT drawn FROM counter WHERE name LIKE '%430626104%'"))[0]
                .Int(0),
            1);
}

TEST_F(RegisterTest, NumbersGoOnFromThoseOfBefore) {
  const int year = static_cast<int>(world_.environment().clock().Today().year());
  ASSERT_TRUE(world_.database()
                  .admin()
                  .Execute("INSERT INTO counter (name, drawn) VALUES (?, 41)",
                           {rules::CounterOf(Petition("某甲"), year)})
                  .ok());
  const auto made = Register(Petition("某甲"), Clerk());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->case_file().registration_number(), rules::RegistrationNumber(kTown, year, 42));
}

// What may have been given since the backup that was restored is not given again, in no register.
TEST_F(RegisterTest, NumbersBeginAfterThoseThatWereSkipped) {
  const int year = static_cast<int>(world_.environment().clock().Today().year());
  ASSERT_TRUE(store::SkipNumbers(world_.database().admin(), 300, "restored").ok());
  const auto made = Register(Petition("某甲"), Clerk());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->case_file().registration_number(), rules::RegistrationNumber(kTown, year, 301));
}

TEST_F(RegisterTest, ARequestIdInUpperCaseIsTheSame) {
  v1::RegisterCaseRequest request = Petition("某甲");
  const auto first = Register(request, Clerk());
  ASSERT_TRUE(first.ok()) << first.status();
  request.set_request_id(absl::AsciiStrToUpper(request.request_id()));
  const auto again = Register(request, Clerk());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->case_file().name(), first->case_file().name());
}

// Whoever reads the database knows all of a short request but a word, and tries words.
TEST_F(RegisterTest, WhatARequestSaidCannotBeGuessedFromItsFingerprint) {
  v1::RegisterCaseRequest request = Petition("某甲");
  ASSERT_TRUE(Register(request, Clerk()).ok());
  const auto rows = Required(world_.database().admin().Query(
      "SELECT fingerprint FROM idempotency WHERE caller = 'officials/clerk'"));
  ASSERT_EQ(rows.size(), 1u);
  const std::string kept = rows[0].Text(0);
  // Only who has the service's key can tell; all replicas have it.
  EXPECT_EQ(world_.store(1).resources().FingerprintOf(request), kept);
  for (const bool with_id : {true, false}) {
    if (!with_id) request.clear_request_id();
    const std::string bytes = request.SerializeAsString();
    const std::string type = request.GetDescriptor()->full_name();
    for (const std::string& guess : {bytes, bytes + type, type + bytes}) {
      EXPECT_NE(base::Sha256(guess), kept);
    }
  }
}

// ---- who is known already

TEST_F(RegisterTest, OfSixClerksWhoRegisterOnePersonAtOnceFiveAreAsked) {
  for (const bool by_id : {true, false}) {
    std::vector<std::future<absl::StatusOr<v1::RegisterCaseResponse>>> calls;
    std::vector<v1::RegisterCaseRequest> requests;
    const char* const phones[] = {"13800001234",      "138 0000 1234", "+86 138-0000-1234",
                                  "0086 13800001234", "138-0000-1234", "１３８００００１２３４"};
    for (int i = 0; i < 6; ++i) {
      v1::RegisterCaseRequest& request =
          requests.emplace_back(Petition(by_id ? "某甲" : "甲乙·丙丁"));
      if (by_id) request.mutable_new_petitioner()->set_national_id(kId);
      if (!by_id) {
        request.mutable_new_petitioner()->set_phone(phones[i]);
        if (i % 2 == 1) request.mutable_new_petitioner()->set_full_name("甲乙•丙丁");
      }
    }
    for (int i = 0; i < 6; ++i) {
      calls.push_back(std::async(std::launch::async, [&, i] {
        return Register(requests[i], Clerk(absl::StrCat("clerk", i)), i % kReplicas);
      }));
    }
    std::string registered;
    std::vector<int> asked;
    std::set<std::string> named;
    for (int i = 0; i < 6; ++i) {
      const auto answer = calls[i].get();
      if (answer.ok()) {
        EXPECT_EQ(registered, "");
        registered = answer->case_file().petitioner();
        continue;
      }
      EXPECT_EQ(status::ReasonOf(answer.status()), "KNOWN_PERSON") << answer.status();
      named.insert(status::ErrorInfoOf(answer.status())->metadata().at("petitioner"));
      asked.push_back(i);
    }
    ASSERT_EQ(asked.size(), 5u);
    EXPECT_THAT(named, ElementsAre(registered));

    // One says that it is the same person, one that it is not.
    v1::RegisterCaseRequest same = By(registered);
    const auto of_them = Register(same, Clerk());
    ASSERT_TRUE(of_them.ok()) << of_them.status();
    EXPECT_EQ(of_them->case_file().petitioner(), registered);
    v1::RegisterCaseRequest other = requests[asked[0]];
    other.set_is_somebody_else(true);
    const auto of_other = Register(other, Clerk());
    ASSERT_TRUE(of_other.ok()) << of_other.status();
    EXPECT_NE(of_other->case_file().petitioner(), registered);
  }
  // What a refusal tells is a reading.
  EXPECT_GE(Count("audit_entry"), 10);
}

TEST_F(RegisterTest, NobodyIsToldOfPersonsOfOtherOfficesOrOfCasesTheyMayNotSee) {
  v1::RegisterCaseRequest request = Petition("某甲");
  request.mutable_new_petitioner()->set_national_id(kId);
  const auto first = Register(request, Clerk());
  ASSERT_TRUE(first.ok()) << first.status();

  v1::RegisterCaseRequest elsewhere = Petition("某甲", kOtherTown);
  elsewhere.mutable_new_petitioner()->set_national_id(kId);
  EXPECT_TRUE(Register(elsewhere, Clerk("other", kOtherTown)).ok());

  // By name alone nobody is known.
  EXPECT_TRUE(Register(Petition("某甲"), Clerk()).ok());

  // The only case is one from which this very clerk is walled off.
  v1::Case hidden = first->case_file();
  hidden.set_name("cases/hidden");
  hidden.set_registration_number("N-1");
  hidden.set_petitioner("petitioners/hidden");
  v1::Petitioner petitioner;
  petitioner.set_name("petitioners/hidden");
  petitioner.set_region_code(kTown);
  petitioner.mutable_identity()->set_full_name("某乙");
  petitioner.mutable_identity()->set_phone("13900001234");
  v1::CaseAccess access;
  access.set_name("cases/hidden");
  access.set_region_code(kTown);
  access.set_campaign("campaigns/1");
  access.set_state(types::v1::CASE_STATE_OPEN);
  access.add_walled(world_.store().wall_hashes().key("officials/accused"));
  testing::Resources resources;
  resources.cases = {hidden};
  resources.accesses = {access};
  resources.persons = {petitioner};
  ASSERT_TRUE(world_.Put(resources).ok());
  v1::RegisterCaseRequest by_colleague = Petition("某乙");
  by_colleague.mutable_new_petitioner()->set_phone("13900001234");
  EXPECT_EQ(status::ReasonOf(Register(by_colleague, Clerk("colleague")).status()), "KNOWN_PERSON");
  v1::RegisterCaseRequest by_accused = Petition("某乙");
  by_accused.mutable_new_petitioner()->set_phone("13900001234");
  EXPECT_TRUE(Register(by_accused, Clerk("accused")).ok());
}

TEST_F(RegisterTest, WhoTriesOutManyPersonsIsStopped) {
  v1::RegisterCaseRequest request = Petition("某甲");
  request.mutable_new_petitioner()->set_national_id(kId);
  ASSERT_TRUE(Register(request, Clerk()).ok());
  absl::Status last;
  int told = 0;
  for (int i = 0; i < 100 && !absl::IsResourceExhausted(last); ++i) {
    request.set_request_id(base::NewUuid(absl::Now()));
    last = Register(request, Clerk("curious")).status();
    told += status::ReasonOf(last) == "KNOWN_PERSON" ? 1 : 0;
  }
  EXPECT_EQ(told, 60);
  EXPECT_TRUE(absl::IsResourceExhausted(last)) << last;
  EXPECT_EQ(status::ReasonOf(Register(request, Clerk("another")).status()), "KNOWN_PERSON");
}

TEST_F(RegisterTest, AnIdentityNumberThatCannotBeIsRecordedWithAWarning) {
  v1::RegisterCaseRequest request = Petition("某甲");
  request.mutable_new_petitioner()->set_national_id("990101199013450001");
  const auto made = Register(request, Clerk());
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_THAT(made->warnings(), SizeIs(3));
  EXPECT_EQ(made->warnings(0).field(), "new_petitioner.national_id");
}

// ---- a name alone opens nobody

TEST_F(RegisterTest, ABarePetitionerIdOpensNobodyInAnotherTownship) {
  const auto made = Register(Petition("某甲"), Clerk());
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string person = made->case_file().petitioner();

  const auth::Identity stranger = Clerk("stranger", kOtherTown);
  EXPECT_TRUE(absl::IsNotFound(Register(By(person, kOtherTown), stranger).status()));
  // Nor through the office of the county: the person is its township's.
  EXPECT_TRUE(
      absl::IsNotFound(Register(By(person, kOtherTown), Clerk("county", "430626")).status()));
  EXPECT_TRUE(Register(By(person), Clerk("colleague")).ok());
  EXPECT_EQ(Read(person, made->case_file().name(), Clerk())->petitioner().identity().full_name(),
            "某甲");
  EXPECT_TRUE(absl::IsNotFound(Read(person, made->case_file().name(), stranger).status()));
}

TEST_F(RegisterTest, ACaseOfAnotherOfficeIsNoWayToAPerson) {
  const auto made = Register(Petition("某甲"), Clerk());
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string person = made->case_file().petitioner();
  // As a database may hold it from before.
  v1::Case taken = made->case_file();
  taken.set_name("cases/taken");
  taken.set_region_code(kOtherTown);
  taken.set_registration_number("N-1");
  taken.mutable_create_time()->set_seconds(1528000000);
  v1::CaseAccess access;
  access.set_name("cases/taken");
  access.set_region_code(kOtherTown);
  access.set_campaign("campaigns/1");
  access.set_state(types::v1::CASE_STATE_OPEN);
  testing::Resources resources;
  resources.cases = {taken};
  resources.accesses = {access};
  ASSERT_TRUE(world_.Put(resources).ok());

  const auth::Identity stranger = Clerk("stranger", kOtherTown);
  EXPECT_TRUE(absl::IsNotFound(Read(person, "cases/taken", stranger).status()));
  v1::UpdatePetitionerRequest update;
  update.set_name(person);
  update.set_case_name("cases/taken");
  update.mutable_identity()->set_full_name("某丙");
  update.set_request_id(base::NewUuid(absl::Now()));
  EXPECT_TRUE(absl::IsNotFound(Call(&Stub::UpdatePetitioner, update, stranger).status()));
  EXPECT_EQ(Read(person, made->case_file().name(), Clerk())->petitioner().identity().full_name(),
            "某甲");
}

TEST_F(RegisterTest, ACorrectionIsPartialKeptAndPublishedOnEachCase) {
  v1::RegisterCaseRequest request = Petition("某甲");
  request.mutable_new_petitioner()->set_phone("13800001234");
  const auto one = Register(request, Clerk());
  ASSERT_TRUE(one.ok()) << one.status();
  const std::string person = one->case_file().petitioner();
  const auto two = Register(By(person), Clerk());
  ASSERT_TRUE(two.ok()) << two.status();

  v1::UpdatePetitionerRequest update;
  update.set_name(person);
  update.set_case_name(one->case_file().name());
  update.mutable_identity()->set_address("某村");
  update.mutable_update_mask()->add_paths("address");
  update.set_request_id(base::NewUuid(absl::Now()));
  const auto changed = Call(&Stub::UpdatePetitioner, update, Clerk());
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_THAT(changed->petitioner().earlier(), IsEmpty());

  const auto now = Read(person, two->case_file().name(), Clerk());
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_EQ(now->petitioner().identity().full_name(), "某甲");
  EXPECT_EQ(now->petitioner().identity().phone(), "13800001234");
  EXPECT_EQ(now->petitioner().identity().address(), "某村");
  EXPECT_THAT(now->petitioner().earlier(), IsEmpty());
  for (const auto& of : {one, two}) {
    EXPECT_THAT(FactsOf(of->case_file().name()), Contains("FACT_KIND_IDENTITY_CORRECTED"));
  }
  // The same once more is no correction.
  const int64_t facts = Count("fact");
  update.set_request_id(base::NewUuid(absl::Now()));
  ASSERT_TRUE(Call(&Stub::UpdatePetitioner, update, Clerk()).ok());
  EXPECT_EQ(Count("fact"), facts);
  // A name cannot be cleared.
  update.mutable_update_mask()->add_paths("full_name");
  update.set_request_id(base::NewUuid(absl::Now()));
  EXPECT_TRUE(absl::IsInvalidArgument(Call(&Stub::UpdatePetitioner, update, Clerk()).status()));
}

TEST_F(RegisterTest, AnInspectorCannotTellWhosePetitionsTheyAre) {
  v1::RegisterCaseRequest request = Petition("某甲");
  request.add_representatives()->set_full_name("某乙");
  const auto made = Register(request, Clerk());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_NE(made->case_file().petitioner(), "");
  v1::GetCaseRequest get;
  get.set_name(made->case_file().name());
  const auth::Identity inspector = Somebody("who", types::v1::ROLE_INSPECTOR, "430626");
  const auto got = Call(&Stub::GetCase, get, inspector);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->case_file().petitioner(), "");
  EXPECT_THAT(got->case_file().representatives(), IsEmpty());
  EXPECT_THAT(got->case_file().claims(), SizeIs(1));
  const auto listed = Call(&Stub::ListCases, v1::ListCasesRequest(), inspector);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_THAT(listed->cases(), SizeIs(1));
  EXPECT_EQ(listed->cases(0).petitioner(), "");
}

}  // namespace
}  // namespace redress::registry

// Invariant 4: help is never tied to dropping a petition: not by a plan, not in a word of a
// payment, and closing a case changes none of it.
#include "redress/assistance/v1/assistance.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using AssistanceStub = assistance::v1::AssistanceService::Stub;
using RegistryStub = registry::v1::RegistryService::Stub;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kPolicy[] = "国办发〔2015〕30号";
constexpr char kFund[] = "2101301";

class Invariant4 : public MisuseTest {
 protected:
  // Who assists, and signs nothing.
  static Who Helper() {
    return Somebody("the staff for assistance", kOfficer, kResponsibleUnit,
                    {types::v1::ROLE_ASSISTANCE_STAFF, types::v1::ROLE_CASE_OFFICER});
  }
  // An assistance file with one measure, of a case that is assigned. The measure.
  static std::string Helped(const std::string& name) {
    assistance::v1::OpenAssistanceFileRequest open;
    open.set_parent(name);
    *open.mutable_opened_on() = world().Today();
    Helper().Tries("opens the file", &AssistanceStub::OpenAssistanceFile, open).Succeeds();
    assistance::v1::PlanAssistanceRequest request;
    request.set_parent(name);
    assistance::v1::AssistancePlan& plan = *request.mutable_plan();
    *plan.mutable_planned_on() = world().Today();
    plan.set_agreed_with_person(true);
    plan.set_near_term("医疗救助");
    plan.set_long_term("技能培训");
    plan.set_legal_aid_offered(true);
    assistance::v1::NewMeasure& measure = *plan.add_measures();
    measure.set_kind(assistance::v1::MEASURE_KIND_MEDICAL_RELIEF);
    measure.set_department(types::v1::DEPARTMENT_CIVIL_AFFAIRS);
    measure.set_funding_source(kFund);
    measure.set_policy_basis(kPolicy);
    measure.set_amount_fen(500000);
    *measure.mutable_due_on() = world().Today(90);
    measure.set_description("住院费用救助");
    Helper().Tries("plans help", &AssistanceStub::PlanAssistance, request).Succeeds();
    return name + "/assistanceFile/measures/1";
  }
  static assistance::v1::RecordPaymentRequest Pay(const std::string& measure,
                                                  const std::string& voucher) {
    assistance::v1::RecordPaymentRequest request;
    request.set_measure(measure);
    request.mutable_payment()->set_amount_fen(100000);
    *request.mutable_payment()->mutable_paid_on() = world().Today();
    request.mutable_payment()->set_policy_basis(kPolicy);
    request.mutable_payment()->set_funding_source(kFund);
    request.mutable_payment()->set_voucher(voucher);
    return request;
  }
  static assistance::v1::AssistanceFile FileOf(const std::string& name) {
    assistance::v1::GetAssistanceFileRequest get;
    get.set_parent(name);
    return Helper()
        .Tries("reads the file", &AssistanceStub::GetAssistanceFile, get)
        .Succeeds()
        .assistance_file();
  }
};

TEST_F(Invariant4, APlanAsksForHelpWhereThereIsNeed) {
  registry::v1::CreatePlanRevisionRequest revision =
      Revision(Duty("applies { fact { kind: FACT_KIND_ASSISTANCE_NEED_FOUND } } satisfied { fact { "
                    "kind: FACT_KIND_ASSISTANCE_PLANNED } } due { after { from { fact { kind: "
                    "FACT_KIND_ASSISTANCE_NEED_FOUND } } days: 30 count: DAY_COUNT_CALENDAR } }"));
  revision.set_validate_only(true);
  Head()
      .Tries("asks for a plan where need was found", &RegistryStub::CreatePlanRevision, revision)
      .Succeeds();
}

TEST_F(Invariant4, NoPlanTiesHelpToTheEndOfAPetition) {
  for (const std::string end : {"CASE_CLOSED", "CLOSURE_PROPOSED", "SETTLEMENT_SIGNED",
                                "SETTLEMENT_PERFORMED", "CASE_REOPENED", "VISIT_DECLINED"}) {
    for (const std::string help : {"PAYMENT_MADE", "ASSISTANCE_ENDED", "ASSISTANCE_PLANNED"}) {
      const std::string helped = "fact { kind: FACT_KIND_" + help + " }";
      const std::string ended = "fact { kind: FACT_KIND_" + end + " }";
      for (const std::string& body :
           {"applies { " + ended + " } satisfied { " + helped + " } " + kSoon,
            "applies { " + helped + " } satisfied { " + ended + " } " + kSoon,
            "satisfied { " + helped + " } due { after { from { " + ended +
                " } days: 5 count: DAY_COUNT_CALENDAR } }",
            "satisfied { fact { kind: FACT_KIND_" + help + " not_before: FACT_KIND_" + end +
                " } } " + kSoon}) {
        Head()
            .Tries("ties " + help + " to " + end, &RegistryStub::CreatePlanRevision,
                   Revision(Duty(body)))
            .IsRefused(kInvalid)
            .Naming("help is tied to nothing that ends a petition");
      }
    }
  }
}

// The last one: it moves the clock.
TEST_F(Invariant4, NoPaymentSaysWhatItIsForAndClosingChangesNone) {
  const std::string name = world().Register().value_or("cases/none");
  EXPECT_TRUE(world().DoAllDuties(name).ok());
  const std::string measure = Helped(name);
  for (const char* word : {"息访后兑付", "国办发〔2015〕30号，息访", "2018-001 撤诉"}) {
    assistance::v1::RecordPaymentRequest pay = Pay(measure, "2018-001");
    pay.mutable_payment()->set_policy_basis(word);
    Helper()
        .Tries("pays on a condition", &AssistanceStub::RecordPayment, pay)
        .IsRefused(kInvalid)
        .Naming("payment.policy_basis");
    pay = Pay(measure, word);
    Helper()
        .Tries("writes the condition on the voucher", &AssistanceStub::RecordPayment, pay)
        .IsRefused(kInvalid)
        .Naming("payment.voucher");
    pay = Pay(measure, "2018-001");
    pay.mutable_payment()->set_funding_source(word);
    Helper()
        .Tries("pays from another fund", &AssistanceStub::RecordPayment, pay)
        .IsRefused(kInvalid)
        .Naming("payment.funding_source");
  }
  Helper().Tries("pays", &AssistanceStub::RecordPayment, Pay(measure, "2018-001")).Succeeds();
  const assistance::v1::AssistanceFile before = FileOf(name);

  world_to_move().LetWithdrawalsLapse();
  EXPECT_TRUE(world().Propose(name).ok());
  EXPECT_TRUE(world().Close(name).ok());
  EXPECT_EQ(FileOf(name).DebugString(), before.DebugString()) << "closing changed the help";
  Helper()
      .Tries("pays after the case was closed", &AssistanceStub::RecordPayment,
             Pay(measure, "2018-002"))
      .Succeeds();

  const assistance::v1::AssistanceFile paid = FileOf(name);
  registry::v1::ReopenCaseRequest reopen;
  reopen.set_name(name);
  reopen.set_reason(facts::v1::REOPEN_REASON_NOT_PERFORMED);
  Head().Tries("reopens the case", &RegistryStub::ReopenCase, reopen).Succeeds();
  EXPECT_EQ(FileOf(name).DebugString(), paid.DebugString()) << "reopening changed the help";
}

}  // namespace
}  // namespace redress::testing

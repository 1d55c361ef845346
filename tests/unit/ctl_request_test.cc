// How redress-ctl makes requests from flags and files, and shows answers and errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "clients/ctl/campaign.h"
#include "clients/ctl/errors.h"
#include "clients/ctl/fields.h"
#include "clients/ctl/request_flags.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/show.h"
#include "clients/ctl/titles.h"
#include "clients/ctl/token_claims.h"
#include "common/status/error.h"
#include "common/status/messages.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/assistance/v1/assistance.pb.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/sample/v1/sample.pb.h"
#include "redress/supervision/v1/supervision.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::ctl {
namespace {

using ::testing::HasSubstr;
using Given = std::map<std::string, std::vector<std::string>>;

constexpr char kCase[] = "cases/018f3c2e-7b1a-7c00-8000-0123456789ab";

FieldContext Context() {
  FieldContext context;
  context.today = absl::CivilDay(2018, 5, 20);
  context.lookup = [](const std::string&) -> absl::StatusOr<std::string> {
    return std::string(kCase);
  };
  return context;
}

template <typename Request>
absl::Status Apply(const Given& given, Request& request, const std::vector<FlagRule>& rules = {}) {
  return ApplyFlags(FlagsOf(*Request::descriptor(), rules), given, Context(), request);
}

std::set<std::string> NamesOf(const google::protobuf::Descriptor& type,
                              const std::vector<FlagRule>& rules = {}) {
  std::set<std::string> names;
  for (const RequestFlag& flag : FlagsOf(type, rules)) {
    if (flag.form != Form::kHidden) names.insert(flag.name);
  }
  return names;
}

// An update changes what its flags say, whatever they say; a mask that a file brought stays.
TEST(RequestFlags, SayWhatAnUpdateChanges) {
  const auto make = [](const Given& given, assignment::v1::UpdateOfficialRequest request = {}) {
    const std::vector<RequestFlag> flags = FlagsOf(*request.GetDescriptor(), {});
    EXPECT_TRUE(ApplyFlags(flags, given, Context(), request).ok());
    if (!FillUpdateMask(flags, given, request).ok()) return std::string("refused");
    std::vector<std::string> paths(request.update_mask().paths().begin(),
                                   request.update_mask().paths().end());
    std::sort(paths.begin(), paths.end());
    return absl::StrJoin(paths, " ");
  };
  const std::vector<std::string> who = {"party-secretary"};
  EXPECT_EQ(make({{"official", who}, {"active", {"false"}}}), "active");
  EXPECT_EQ(make({{"official", who}, {"title", {"镇长"}}, {"unit", {"township"}}}),
            "title.zh unit");
  EXPECT_EQ(make({{"official", who}}), "refused");
  assignment::v1::UpdateOfficialRequest whole;
  whole.mutable_official()->set_active(true);
  EXPECT_EQ(make({{"official", who}}, whole), "");
  assignment::v1::UpdateOfficialRequest from_file;
  from_file.mutable_update_mask()->add_paths("title");
  EXPECT_EQ(make({{"official", who}, {"active", {"true"}}}, from_file), "title");

  const std::set<std::string> names = NamesOf(*assignment::v1::UpdateUnitRequest::descriptor());
  EXPECT_EQ(names, (std::set<std::string>{"unit", "display-name", "display-name-en", "superior",
                                          "etag", "request-id"}));
  assignment::v1::UpdateUnitRequest cleared;
  const std::vector<RequestFlag> flags = FlagsOf(*cleared.GetDescriptor(), {});
  const Given given = {{"unit", {"township"}}, {"superior", {""}}};
  ASSERT_TRUE(ApplyFlags(flags, given, Context(), cleared).ok());
  ASSERT_TRUE(FillUpdateMask(flags, given, cleared).ok());
  EXPECT_EQ(cleared.unit().superior(), "");
  EXPECT_THAT(cleared.update_mask().paths(), ::testing::ElementsAre("superior"));
}

TEST(RequestFlags, FollowTheDescriptor) {
  EXPECT_EQ(NamesOf(*visits::v1::RecordVisitRequest::descriptor()),
            (std::set<std::string>{"case", "outcome", "visited-on", "place", "official", "account",
                                   "petitioner-asked", "heard-claim", "transcript-kept", "evidence",
                                   "follow-up", "signed-note", "witness-unit", "request-id"}));
  EXPECT_EQ(NamesOf(*assignment::v1::CreateUnitRequest::descriptor()),
            (std::set<std::string>{"display-name", "display-name-en", "kind", "region-code",
                                   "superior", "unit-id", "request-id"}));
  EXPECT_EQ(NamesOf(*registry::v1::CloseCaseRequest::descriptor()),
            (std::set<std::string>{"case", "etag", "request-id", "dry-run"}));
  EXPECT_EQ(NamesOf(*registry::v1::AcceptRoundRequest::descriptor(),
                    {{"notice.kind", "", Form::kHidden, "acceptance-notice"}}),
            (std::set<std::string>{"round", "document-number", "issued-on", "remedy-stated",
                                   "content", "etag", "request-id"}));
}

TEST(RequestFlags, FillARequest) {
  visits::v1::RecordVisitRequest request;
  const absl::Status status =
      Apply({{"case", {"430626103-2018-00042-X"}},
             {"outcome", {"held"}},
             {"visited-on", {"2018-05-10"}},
             {"place", {"上门"}},
             {"official", {"party-secretary"}},
             {"heard-claim", {"1", "2"}},
             {"transcript-kept", {"true"}},
             {"follow-up", {"promise=核对面积, 并答复,due_on=today", R"({"promise": "b"})"}}},
            request);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(request.parent(), kCase);
  const visits::v1::Visit& visit = request.visit();
  EXPECT_EQ(visit.outcome(), visits::v1::VISIT_OUTCOME_HELD);
  EXPECT_EQ(visit.place(), facts::v1::VISIT_PLACE_HOME);
  EXPECT_EQ(visit.visited_on().day(), 10);
  EXPECT_EQ(visit.official(), "officials/party-secretary");
  ASSERT_EQ(visit.heard_claims_size(), 2);
  EXPECT_EQ(visit.heard_claims(1), std::string(kCase) + "/claims/2") << "of the case given";
  EXPECT_TRUE(visit.transcript_kept());
  ASSERT_EQ(visit.follow_ups_size(), 2);
  EXPECT_EQ(visit.follow_ups(0).promise(), "核对面积, 并答复") << "a comma within a value";
  EXPECT_EQ(visit.follow_ups(0).due_on().day(), 20) << "today";
  EXPECT_EQ(visit.follow_ups(1).promise(), "b");
}

TEST(RequestFlags, HiddenDefaultsAndLocalizedTexts) {
  registry::v1::AcceptRoundRequest accept;
  ASSERT_TRUE(Apply({{"round", {"430626103-2018-00042-X/1"}}}, accept,
                    {{"notice.kind", "", Form::kHidden, "acceptance-notice"}})
                  .ok());
  EXPECT_EQ(accept.notice().kind(), types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE);
  EXPECT_EQ(accept.name(), std::string(kCase) + "/rounds/1");

  assignment::v1::CreateUnitRequest unit;
  ASSERT_TRUE(
      Apply({{"display-name", {"国土所"}}, {"display-name-en", {"Land office"}}}, unit).ok());
  EXPECT_EQ(unit.unit().display_name().zh(), "国土所");
  EXPECT_EQ(unit.unit().display_name().en(), "Land office");
}

TEST(RequestFlags, ReportEveryBadFlagAtOnce) {
  visits::v1::RecordVisitRequest request;
  const absl::Status status = Apply(
      {{"outcome", {"maybe"}}, {"visited-on", {"2018-02-30"}}, {"follow-up", {"due=1"}}}, request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  std::set<std::string> fields;
  for (const auto& violation : status::FieldViolationsOf(status)) fields.insert(violation.field);
  EXPECT_EQ(fields,
            (std::set<std::string>{"visit.outcome", "visit.visited_on", "visit.follow_ups"}));
}

TEST(RequestFlags, SayWhatIsWrongInTheReadersLanguage) {
  visits::v1::RecordVisitRequest request;
  FieldContext context = Context();
  const auto said = [&](const std::string& flag, const std::string& value) {
    const absl::Status status =
        ApplyFlags(FlagsOf(*request.GetDescriptor(), {}), {{flag, {value}}}, context, request);
    const auto violations = status::FieldViolationsOf(status);
    return violations.empty() ? "" : violations[0].description;
  };
  EXPECT_EQ(said("visited-on", "2018-02-30"), "\"2018-02-30\" is not a date YYYY-MM-DD, or today");
  EXPECT_TRUE(absl::StartsWith(said("outcome", "maybe"), "\"maybe\" is not held|declined"));
  context.lang = Lang::kZh;
  EXPECT_EQ(said("visited-on", "2018-02-30"), "“2018-02-30”不对，应为日期 YYYY-MM-DD 或 今天");
  EXPECT_TRUE(absl::StartsWith(said("outcome", "maybe"), "“maybe”不对，应为held|declined"));
  EXPECT_TRUE(absl::StartsWith(said("follow-up", "promise=a,due_on=soon"), "due_on：“soon”不对"));
  EXPECT_TRUE(absl::StartsWith(said("follow-up", "promise=a,due_onn=today"), "“due_onn=today”不对"))
      << "a key with a slip is no part of the text before it";
}

TEST(RequestFlags, ALookUpThatFailsWithinARecordIsNoFaultOfTheFlag) {
  FieldContext context = Context();
  context.lookup = [](const std::string&) -> absl::StatusOr<std::string> {
    return absl::UnavailableError("down");
  };
  registry::v1::AddClaimRequest claim;
  EXPECT_EQ(ApplyFlags(FlagsOf(*claim.GetDescriptor(), {}), {{"case", {"430626103-2018-00042-X"}}},
                       context, claim)
                .code(),
            absl::StatusCode::kUnavailable);
}

TEST(RequestFlags, LongTextsAndDigestsFromFiles) {
  const std::string path = testing::TempDir() + "/ctl_statement_" + std::to_string(getpid());
  std::ofstream(path) << "abc";
  registry::v1::AddClaimRequest claim;
  ASSERT_TRUE(Apply({{"statement", {"@" + path}}}, claim).ok());
  EXPECT_EQ(claim.claim().statement(), "abc");
  registry::v1::RecordInvestigationRequest investigation;
  ASSERT_TRUE(
      Apply({{"evidence", {"file=" + path + ",kind=transcript,dated=2018-05-12"}}}, investigation)
          .ok());
  EXPECT_EQ(investigation.investigation().evidence(0).sha256(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(investigation.investigation().evidence(0).kind(), types::v1::EVIDENCE_KIND_TRANSCRIPT);
  std::remove(path.c_str());
  EXPECT_EQ(Apply({{"statement", {"@" + path}}}, claim).code(), absl::StatusCode::kInvalidArgument);
}

TEST(RequestFlags, ATextFileInAnotherEncodingIsNamedWithItsLine) {
  const std::string path = testing::TempDir() + "/ctl_encoding_" + std::to_string(getpid());
  registry::v1::AddClaimRequest claim;
  std::ofstream(path) << "第一行\r\n第二行";
  ASSERT_TRUE(Apply({{"statement", {"@" + path}}}, claim).ok());
  EXPECT_EQ(claim.claim().statement(), "第一行\n第二行");
  std::ofstream(path) << "id: 1\n\xb7\xbd\xb0\xb8\n";  // as GBK has it
  const absl::Status refused = Apply({{"statement", {"@" + path}}}, claim);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("UTF-8"));
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("line 2"));
  std::remove(path.c_str());
}

TEST(RequestFlags, FilesWithAndWithoutTheirMark) {
  const std::string path = testing::TempDir() + "/ctl_file_" + std::to_string(getpid());
  std::ofstream(path) << "abc";
  for (const std::string& given : {path, "@" + path}) {
    registry::v1::CreateCampaignRequest campaign;
    ASSERT_TRUE(Apply({{"plan", {given}}}, campaign, {{"plan_text", "plan", Form::kFile}}).ok());
    EXPECT_EQ(campaign.plan_text(), "abc");
  }
  visits::v1::RecordVisitRequest visit;
  constexpr char kDigest[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const std::string evidence = "file=" + path + ",kind=picture,dated=2018-05-12,consent_sha256=";
  ASSERT_TRUE(Apply({{"evidence", {evidence + "file=" + path, evidence + kDigest}}}, visit).ok());
  ASSERT_EQ(visit.visit().evidence_size(), 2);
  for (const auto& kept : visit.visit().evidence()) {
    EXPECT_EQ(kept.sha256(), kDigest);
    EXPECT_EQ(kept.consent_sha256(), kDigest);
  }
  EXPECT_FALSE(Apply({{"evidence", {"file=/nonexistent,kind=picture"}}}, visit).ok());
  std::remove(path.c_str());
}

TEST(RequestFlags, Amounts) {
  assistance::v1::RecordPaymentRequest payment;
  const auto amount = [&](const char* text) {
    const absl::Status status = Apply({{"amount-fen", {text}}}, payment);
    return status.ok() ? payment.payment().amount_fen() : -1;
  };
  EXPECT_EQ(amount("120050"), 120050);
  EXPECT_EQ(amount("1200.50元"), 120050);
  EXPECT_EQ(amount("1200yuan"), 120000);
  EXPECT_EQ(amount("1200.5元"), 120050);
  EXPECT_EQ(amount("1200.505元"), -1);
  EXPECT_EQ(amount("1200.50"), -1) << "yuan must be said";
}

TEST(RequestFlags, Instants) {
  sample::v1::SetTimeRequest set;
  ASSERT_TRUE(Apply({{"now", {"2018-06-20T17:00:00+08:00"}}}, set).ok());
  EXPECT_EQ(set.now().seconds(), 1529485200);
  ASSERT_TRUE(Apply({{"now", {"2018-06-20"}}}, set).ok());
  EXPECT_EQ(set.now().seconds(), 1529456400) << "09:00 in Shanghai";
}

TEST(Json, MergesUnderFlags) {
  registry::v1::RegisterCaseRequest request;
  request.add_claims()->set_statement("old");
  request.set_region_code("430626");
  ASSERT_TRUE(MergeJson(request, R"({"claims": [{"statement": "a"}, {"statement": "b"}],
                                     "new_petitioner": {"full_name": "某某"}})")
                  .ok());
  ASSERT_EQ(request.claims_size(), 2) << "a list replaces the list";
  EXPECT_EQ(request.region_code(), "430626");
  ASSERT_TRUE(MergeJson(request, R"({"newPetitioner": {"phone": "13800000000"}})").ok());
  EXPECT_EQ(request.new_petitioner().full_name(), "某某") << "messages are merged";
  EXPECT_EQ(request.new_petitioner().phone(), "13800000000");
  ASSERT_TRUE(Apply({{"claim", {"statement=c,kind=grievance"}}}, request).ok());
  ASSERT_EQ(request.claims_size(), 1) << "a flag overrides the file";

  const absl::Status bad = MergeJson(request, R"({"risk_level": 3})");
  EXPECT_EQ(bad.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(bad.message().find("risk_level"), absl::string_view::npos);
}

TEST(Show, RecordInBothLanguages) {
  registry::v1::GetCaseResponse response;
  registry::v1::Case& file = *response.mutable_case_file();
  file.set_name(kCase);
  file.set_registration_number("430626103-2018-00042-X");
  file.set_state(types::v1::CASE_STATE_OPEN);
  file.mutable_received_on()->set_year(2018);
  file.mutable_received_on()->set_month(4);
  file.mutable_received_on()->set_day(10);
  file.set_prominent(true);
  registry::v1::Claim& claim = *file.add_claims();
  claim.set_kind(types::v1::CLAIM_KIND_GRIEVANCE);
  claim.set_subject(types::v1::CLAIM_SUBJECT_LAND);
  EXPECT_EQ(ShowResponse(response, {}, {Lang::kZh}), std::string("资源名    ") + kCase +
                                                         "\n"
                                                         "登记号    430626103-2018-00042-X\n"
                                                         "状态      办理中\n"
                                                         "收到日期  2018-04-10\n"
                                                         "突出      是\n"
                                                         "诉求 1\n"
                                                         "  种类      申诉求决\n"
                                                         "  诉求类别  土地\n");
  EXPECT_EQ(ShowResponse(response, {}, {Lang::kEn}),
            std::string("name                 ") + kCase +
                "\n"
                "registration number  430626103-2018-00042-X\n"
                "state                open\n"
                "received on          2018-04-10\n"
                "prominent            yes\n"
                "claims 1\n"
                "  kind           grievance\n"
                "  claim subject  land\n");
}

// Chinese is read with Chinese punctuation, also what a plan writes otherwise.
TEST(Show, PunctuationOfTheReadersLanguage) {
  supervision::v1::ListOverdueResponse response;
  plan::v1::RequirementStatus& status = *response.add_statuses();
  status.set_clause("三(四); 2005条例22条");
  const TableSpec spec = {"statuses", {"clause"}};
  EXPECT_EQ(ShowTable(response, spec, {Lang::kZh}), "条款\n三（四）；2005条例22条\n");
  EXPECT_EQ(ShowTable(response, spec, {Lang::kEn}), "clause\n三(四); 2005条例22条\n");
  registry::v1::GetCaseResponse file;
  types::v1::Actor& actor =
      *file.mutable_case_file()->add_claims()->add_investigations()->mutable_recorded_by();
  actor.set_official("officials/clerk");
  actor.set_role(types::v1::ROLE_CASE_OFFICER);
  EXPECT_THAT(ShowResponse(file, {}, {Lang::kZh}), HasSubstr("clerk（具体责任人）"));
  EXPECT_THAT(ShowResponse(file, {}, {Lang::kEn}), HasSubstr("clerk (case officer)"));
}

TEST(Show, LedgerTable) {
  supervision::v1::GetLedgerResponse response;
  supervision::v1::LedgerRow& row = *response.add_rows();
  row.set_registration_number("430626103-2018-00042-X");
  row.set_claim_subject(types::v1::CLAIM_SUBJECT_LAND);
  row.set_lead("officials/party-secretary");
  row.set_overdue(2);
  supervision::v1::LedgerRow& second = *response.add_rows();
  second.set_registration_number("430626103-2018-00043-K");
  second.set_claim_text("补偿款未发");
  response.mutable_as_of()->set_year(2018);
  response.mutable_as_of()->set_month(6);
  response.mutable_as_of()->set_day(20);
  const TableSpec spec = {"rows",
                          {"registration_number", "claim_text|claim_subject", "lead", "overdue"}};
  EXPECT_EQ(ShowResponse(response, {spec}, {Lang::kZh}),
            "登记号                  诉求内容    包案领导         逾期\n"
            "430626103-2018-00042-X  土地        party-secretary     2\n"
            "430626103-2018-00043-K  补偿款未发                      0\n"
            "截至：2018-06-20\n");
  EXPECT_EQ(ShowTable(supervision::v1::GetLedgerResponse(), spec, {Lang::kEn}), "(none)\n");
}

TEST(Titles, CasesByNumberUnitsAndOfficialsByTitle) {
  supervision::v1::ListOverdueResponse response;
  plan::v1::RequirementStatus& status = *response.add_statuses();
  status.set_requirement("P13");
  status.set_subject(std::string(kCase) + "/claims/1");
  status.set_bound_official("officials/land-office-head");
  plan::v1::RequirementStatus& other = *response.add_statuses();
  other.set_requirement("P3");
  other.set_subject("cases/unknown");
  other.set_bound_official("officials/clerk-2");
  other.set_bound_unit("units/land-office");
  EXPECT_EQ(ResourcesIn(response),
            (std::set<std::string>{kCase, "cases/unknown", "officials/land-office-head",
                                   "officials/clerk-2", "units/land-office"}));

  registry::v1::ListCaseNumbersResponse numbers;
  numbers.add_numbers()->set_name(kCase);
  numbers.mutable_numbers(0)->set_registration_number("430626103-2018-00042-X");
  assignment::v1::ListOfficialsResponse officials;
  for (const char* name :
       {"officials/land-office-head", "officials/clerk-1", "officials/clerk-2"}) {
    auto& official = *officials.add_officials();
    official.set_name(name);
    official.mutable_title()->set_zh(official.name() == "officials/land-office-head" ? "国土所所长"
                                                                                     : "工作人员");
  }
  Titles titles;
  AddTitles(numbers, titles);
  AddTitles(officials, Lang::kZh, titles);
  View view{Lang::kZh, false, 60};
  view.titles = &titles;
  const TableSpec spec = {"statuses", {"requirement", "subject", "bound_official|bound_unit"}};
  const std::string shown = ShowTable(response, spec, view);
  EXPECT_TRUE(absl::StrContains(shown, "430626103-2018-00042-X/1")) << shown;
  EXPECT_TRUE(absl::StrContains(shown, "国土所所长")) << shown;
  EXPECT_TRUE(absl::StrContains(shown, "工作人员（clerk-2）")) << "two are called so: " << shown;
  EXPECT_TRUE(absl::StrContains(shown, "unknown")) << "what has no title keeps its id: " << shown;
  EXPECT_FALSE(absl::StrContains(shown, "land-office-head")) << shown;
  // What is shown whole can be typed back.
  view.max_cell = 0;
  EXPECT_TRUE(absl::StrContains(ShowTable(response, spec, view), "国土所所长（land-office-head）"));
}

TEST(TokenClaims, TheOfficialWhomATokenSpeaksFor) {
  // {"official":"officials/party-secretary","sub":"x"}
  const std::string payload = "eyJvZmZpY2lhbCI6Im9mZmljaWFscy9wYXJ0eS1zZWNyZXRhcnkiLCJzdWIiOiJ4In0";
  EXPECT_EQ(OfficialOf("head." + payload + ".signature\n"), "officials/party-secretary");
  for (const char* token : {"", "a.b.c", "no token", "head.e30.signature"}) {
    EXPECT_EQ(OfficialOf(token), "") << token;
  }
}

TEST(Show, CutsCellsOfATableAndTheLastOneLater) {
  supervision::v1::GetLedgerResponse response;
  supervision::v1::LedgerRow& row = *response.add_rows();
  row.set_claim_text("补偿款未发，多次催促未果");
  row.set_registration_number("430626103-2018-00042-X");
  const TableSpec spec = {"rows", {"claim_text", "registration_number"}};
  const std::string whole =
      "诉求内容                  登记号\n"
      "补偿款未发，多次催促未果  430626103-2018-00042-X\n";
  EXPECT_EQ(ShowTable(response, spec, {Lang::kZh, false, 0}), whole);
  EXPECT_EQ(ShowTable(response, spec, {Lang::kZh, false, 11}),
            "诉求内容     登记号\n"
            "补偿款未发…  430626103-2018-00042-X\n");
  EXPECT_EQ(ShowTable(response, spec, {Lang::kZh, false, 10}),
            "诉求内容   登记号\n"
            "补偿款未…  430626103-2018-00042-X\n");
}

TEST(Campaign, IsTheOnlyOneOrIsAskedFor) {
  registry::v1::ListCampaignsResponse page;
  const auto problem = [&](Lang lang) {
    const auto violations =
        status::FieldViolationsOf(TheOnlyCampaign(page, "campaign", lang).status());
    return violations.empty() ? "" : violations[0].field + ": " + violations[0].description;
  };
  EXPECT_EQ(problem(Lang::kEn), "campaign: there is no campaign yet (campaign create starts one)");
  registry::v1::Campaign& first = *page.add_campaigns();
  first.set_name("campaigns/a");
  first.mutable_display_name()->set_zh("三到位一处理");
  EXPECT_EQ(TheOnlyCampaign(page, "campaign", Lang::kEn).value(), "campaigns/a");
  page.set_next_page_token("more");
  EXPECT_EQ(problem(Lang::kEn),
            "campaign: there are several campaigns, name one: a (三到位一处理), …");
  page.clear_next_page_token();
  registry::v1::Campaign& second = *page.add_campaigns();
  second.set_name("campaigns/b");
  second.mutable_display_name()->set_zh("回头看");
  EXPECT_EQ(problem(Lang::kZh),
            "campaign: 集中行动不止一个，请指明其一：a（三到位一处理）、b（回头看）");
}

TEST(Campaign, IsDefaultedWhereARequestNeedsOne) {
  const auto needs = [](const google::protobuf::Descriptor& request) {
    for (const RequestFlag& flag : FlagsOf(request, {})) {
      if (flag.needs_campaign()) return flag.name;
    }
    return std::string();
  };
  EXPECT_EQ(needs(*supervision::v1::GetLedgerRequest::descriptor()), "campaign");
  EXPECT_EQ(needs(*registry::v1::RegisterCaseRequest::descriptor()), "campaign");
  EXPECT_EQ(needs(*registry::v1::ListCasesRequest::descriptor()), "") << "a filter is no need";
  EXPECT_EQ(needs(*registry::v1::GetPlanRevisionRequest::descriptor()), "") << "a part of one";
}

TEST(Show, CountsNestedListsAndPoints) {
  registry::v1::ListCasesResponse response;
  registry::v1::Case& file = *response.add_cases();
  file.add_claims()->set_category(types::v1::CATEGORY_RESOLVE);
  file.add_claims()->set_category(types::v1::CATEGORY_EXPLAIN);
  file.add_claims()->set_category(types::v1::CATEGORY_RESOLVE);
  EXPECT_EQ(ShowTable(response, {"cases", {"claims#", "claims.category"}}, {Lang::kEn}),
            "claims  category\n"
            "     3  resolve, explain\n");
  plan::v1::Scorecard card;
  card.set_centipoints(-9050);
  EXPECT_EQ(FieldText(card, *card.GetDescriptor()->FindFieldByName("centipoints"), Lang::kEn),
            "-90.50");
}

}  // namespace
}  // namespace redress::ctl

#include "common/status/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/cord.h"
#include "common/status/macros.h"
#include "common/status/messages.h"

namespace redress::status {
namespace {

using ::testing::HasSubstr;

TEST(Error, CarriesReasonDomainAndMetadata) {
  const absl::Status s = Error(absl::StatusCode::kFailedPrecondition, "CASE_NOT_CLOSABLE",
                               "the case cannot be closed", {{"case", "cases/1"}});
  EXPECT_EQ(s.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(s.message(), "the case cannot be closed");
  EXPECT_EQ(ReasonOf(s), "CASE_NOT_CLOSABLE");
  const auto info = ErrorInfoOf(s);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->domain(), "redress");
  EXPECT_EQ(info->metadata().at("case"), "cases/1");
  const google::rpc::Status details = DetailsOf(s);
  EXPECT_EQ(details.code(), 9);
  EXPECT_EQ(details.message(), "the case cannot be closed");
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
}

TEST(Error, InvalidFieldsListsEveryViolation) {
  const absl::Status s =
      InvalidFields({{"case.claims[1].statement", "must be set"}, {"date", "must be a real date"}});
  EXPECT_EQ(s.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(s), kInvalidFields);
  EXPECT_EQ(s.message(),
            "invalid fields: case.claims[1].statement must be set; date must be a real date");
  const auto violations = FieldViolationsOf(s);
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].field, "case.claims[1].statement");
  EXPECT_EQ(violations[1].description, "must be a real date");
}

TEST(Error, InvalidFieldsKeepsItsMessageShort) {
  std::vector<FieldViolation> many(200,
                                   {"some.rather.long.path", "must have at most 3 characters"});
  const absl::Status s = InvalidFields(many);
  EXPECT_LT(s.message().size(), 200u);
  EXPECT_THAT(std::string(s.message()), HasSubstr("200"));
  EXPECT_EQ(FieldViolationsOf(s).size(), 200u);
}

TEST(Error, UnmetListsEveryDuty) {
  const absl::Status s =
      Unmet("CASE_NOT_CLOSABLE", "two duties are not met",
            {{"DUTY", "cases/1/claims/1", "record the site visit", "P5", "三(二)"},
             {"DUTY", "cases/1", "serve the opinion", "P9", "三(四)"}});
  EXPECT_EQ(s.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(s), "CASE_NOT_CLOSABLE");
  const auto violations = ViolationsOf(s);
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[1].type, "DUTY");
  EXPECT_EQ(violations[1].subject, "cases/1");
  EXPECT_EQ(violations[1].duty, "P9");
  EXPECT_EQ(violations[1].clause, "三(四)");
  EXPECT_EQ(violations[1].Label(), "P9 (三(四)) cases/1");
  EXPECT_EQ(violations[1].description, "serve the opinion");
}

TEST(Error, TheOthersHaveTheirCodes) {
  EXPECT_EQ(Conflict().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(Conflict()), "ETAG_MISMATCH");
  EXPECT_EQ(NotFound("case").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(AlreadyExists("case").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Unauthenticated("TOKEN_EXPIRED").code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(Unauthenticated("TOKEN_EXPIRED")), "TOKEN_EXPIRED");
  EXPECT_EQ(Denied("cases.close").code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ErrorInfoOf(Denied("cases.close"))->metadata().at("permission"), "cases.close");
  EXPECT_EQ(Cancelled().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(DeadlineExceeded().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Internal("neutral").code(), absl::StatusCode::kInternal);
}

TEST(Error, RetryInfoSurvives) {
  EXPECT_EQ(RetryAfterOf(Unavailable("registry", absl::Milliseconds(1500))),
            absl::Milliseconds(1500));
  EXPECT_EQ(RetryAfterOf(Exhausted("worker queue")), absl::Milliseconds(200));
  EXPECT_EQ(Exhausted("worker queue").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryAfterOf(Conflict()), std::nullopt);
}

TEST(Error, PlainStatusHasNoReason) {
  const absl::Status s = absl::InternalError("secret");
  EXPECT_EQ(ReasonOf(s), "");
  EXPECT_FALSE(ErrorInfoOf(s).has_value());
  EXPECT_EQ(DetailsOf(s).code(), 13);
  EXPECT_TRUE(FieldViolationsOf(s).empty());
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
}

TEST(Error, GarbagePayloadIsNotDetails) {
  absl::Status s = absl::NotFoundError("x");
  s.SetPayload(absl::string_view(kPayloadUrl.data(), kPayloadUrl.size()),
               absl::Cord("\xff\xff garbage"));
  EXPECT_EQ(ReasonOf(s), "");
  EXPECT_EQ(DetailsOf(s).message(), "x");
}

TEST(Error, ForeignDomainIsNotOurs) {
  google::rpc::Status details;
  details.set_code(5);
  google::rpc::ErrorInfo info;
  info.set_reason("STOCKOUT");
  info.set_domain("example.com");
  details.add_details()->PackFrom(info);
  EXPECT_EQ(ReasonOf(FromDetails(details)), "");
}

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) return InvalidField("n", "must be even");
  return n / 2;
}

absl::StatusOr<int> Quarter(int n) {
  ASSIGN_OR_RETURN(const int half, Half(n));
  RETURN_IF_ERROR(Half(half).status());
  return half / 2;
}

TEST(Macros, PassErrorsOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(FieldViolationsOf(Quarter(7).status())[0].field, "n");
  EXPECT_EQ(Quarter(6).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Messages, PicksTheLanguage) {
  EXPECT_EQ(PickLanguage("zh-CN,zh;q=0.9,en;q=0.8"), "zh");
  EXPECT_EQ(PickLanguage("en-GB, zh;q=0.5"), "en");
  EXPECT_EQ(PickLanguage("en;q=0.2, ZH-Hans;q=0.7"), "zh");
  EXPECT_EQ(PickLanguage("fr, zh;q=0.1"), "zh");
  EXPECT_EQ(PickLanguage("zh;q=0"), "en");
  EXPECT_EQ(PickLanguage("zh;q=abc"), "en");
  EXPECT_EQ(PickLanguage(""), "en");
  EXPECT_EQ(PickLanguage(";;,,q=1"), "en");
}

TEST(Messages, LocalizesFromTheCatalogue) {
  absl::Status s = Denied("cases.close");
  Localize(s, "zh");
  EXPECT_EQ(LocalizedTextOf(s), "您没有办理此事的权限（cases.close）。");
  EXPECT_EQ(ReasonOf(s), kPermissionDenied);
  Localize(s, "en");
  EXPECT_THAT(LocalizedTextOf(s), HasSubstr("cases.close"));
  int localized = 0;
  const google::rpc::Status details = DetailsOf(s);
  for (const auto& any : details.details()) {
    localized += any.Is<google::rpc::LocalizedMessage>();
  }
  EXPECT_EQ(localized, 1);
}

TEST(Messages, FallsBackToTheEnglishMessage) {
  absl::Status s = Error(absl::StatusCode::kAborted, "NEVER_HEARD_OF", "as it was written");
  Localize(s, "zh");
  EXPECT_EQ(LocalizedTextOf(s), "as it was written");
  absl::Status plain = absl::InternalError("secret");
  Localize(plain, "zh");
  EXPECT_EQ(plain, absl::InternalError("secret"));
}

TEST(Messages, ServicesRegisterTheirOwn) {
  static constexpr Message kMine[] = {
      {"LEAD_REQUIRED", "请先确定包案领导（{unit}，{missing}）。", "Name a lead first ({unit})."}};
  RegisterMessages(kMine);
  const absl::Status s = Error(absl::StatusCode::kFailedPrecondition, "LEAD_REQUIRED", "no lead",
                               {{"unit", "units/7"}});
  EXPECT_EQ(MessageFor(s, "zh"), "请先确定包案领导（units/7，）。");
  EXPECT_EQ(MessageFor(s, "en"), "Name a lead first (units/7).");
}

TEST(Messages, EveryCommonReasonHasBothLanguages) {
  for (std::string_view reason :
       {kInvalidFields, kEtagMismatch, kNotFound, kAlreadyExists, kUnavailable, kExhausted,
        kPermissionDenied, kDeadlineExceeded, kCancelled, kInternal}) {
    const absl::Status s = Error(absl::StatusCode::kUnknown, reason, "fallback");
    EXPECT_NE(MessageFor(s, "zh"), "fallback") << reason;
    EXPECT_NE(MessageFor(s, "en"), "fallback") << reason;
    EXPECT_NE(MessageFor(s, "en"), MessageFor(s, "zh")) << reason;
  }
}

}  // namespace
}  // namespace redress::status

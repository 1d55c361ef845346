#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "common/status/messages.h"

namespace redress::status {
namespace {

TEST(ToGrpc, OkStaysOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(ToGrpc, RoundTripsDetails) {
  const absl::Status s =
      Unmet("CASE_NOT_CLOSABLE", "not yet", {{"DUTY", "P5", "visit the site"}}, {{"k", "v"}});
  const grpc::Status wire = ToGrpc(s, "abc");
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(wire.error_message(), "not yet");
  const absl::Status back = FromGrpc(wire);
  EXPECT_EQ(ReasonOf(back), "CASE_NOT_CLOSABLE");
  EXPECT_EQ(ErrorInfoOf(back)->metadata().at("k"), "v");
  ASSERT_EQ(ViolationsOf(back).size(), 1u);
  EXPECT_EQ(ViolationsOf(back)[0].description, "visit the site");
}

TEST(ToGrpc, InternalTextDoesNotLeak) {
  for (const absl::Status& s :
       {absl::InternalError("table secret"), absl::UnknownError("table secret"),
        absl::DataLossError("table secret")}) {
    const grpc::Status wire = ToGrpc(s, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(wire.error_message(), "internal error");
    EXPECT_EQ(wire.error_details().find("secret"), std::string::npos);
    const absl::Status back = FromGrpc(wire);
    EXPECT_EQ(ReasonOf(back), "INTERNAL");
    EXPECT_EQ(ErrorInfoOf(back)->metadata().at("trace_id"), "0af7651916cd43dd8448eb211c80319c");
  }
}

TEST(ToGrpc, SpeaksTheReadersLanguage) {
  const absl::Status secret = absl::InternalError("secret");
  EXPECT_EQ(LocalizedTextOf(FromGrpc(ToGrpc(secret, "ab12", "zh"))),
            "系统内部错误，请将编号 ab12 告知管理员。");
  EXPECT_EQ(LocalizedTextOf(FromGrpc(ToGrpc(NotFound("case"), "", "en"))),
            "There is no such record, or you may not see it.");
}

TEST(ToGrpc, DeliberateInternalIsShown) {
  EXPECT_EQ(ToGrpc(Internal("the plan cannot be read")).error_message(), "the plan cannot be read");
}

TEST(ToGrpc, EveryErrorHasAReason) {
  const absl::Status back = FromGrpc(ToGrpc(absl::NotFoundError("no such case"), "t"));
  EXPECT_EQ(back.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(back.message(), "no such case");
  EXPECT_EQ(ReasonOf(back), "NOT_FOUND");
}

TEST(ToGrpc, FitsIntoTrailingMetadata) {
  std::vector<FieldViolation> many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(
        {absl::StrCat("case.claims[", i, "].statement"), "must have at most 200 characters"});
  }
  const grpc::Status wire = ToGrpc(InvalidFields(many));
  EXPECT_LE(wire.error_details().size() * 4 / 3 + wire.error_message().size(), 7500u);
  const absl::Status back = FromGrpc(wire);
  const size_t kept = FieldViolationsOf(back).size();
  EXPECT_GT(kept, 30u);
  EXPECT_EQ(ErrorInfoOf(back)->metadata().at("omitted_violations"), absl::StrCat(200 - kept));
  EXPECT_EQ(FieldViolationsOf(back)[0].field, "case.claims[0].statement");

  // What programs read stays beside what people read.
  std::vector<Violation> duties;
  for (int i = 0; i < 200; ++i) {
    duties.push_back({"DUTY", absl::StrCat("cases/1/claims/", i), "record the site visit",
                      absl::StrCat("P", i), "三(二)"});
  }
  const auto shown = ViolationsOf(FromGrpc(ToGrpc(Unmet("CASE_NOT_CLOSABLE", "no", duties))));
  ASSERT_GT(shown.size(), 20u);
  ASSERT_LT(shown.size(), 200u);
  EXPECT_EQ(shown.back().subject, absl::StrCat("cases/1/claims/", shown.size() - 1));
  EXPECT_EQ(shown.back().duty, absl::StrCat("P", shown.size() - 1));

  std::string chinese;
  for (int i = 0; i < 400; ++i) chinese += "诉";
  const std::string cut =
      ToGrpc(Error(absl::StatusCode::kAborted, "LONG", chinese)).error_message();
  EXPECT_LE(cut.size(), 500u);
  EXPECT_EQ((cut.size() - 3) % 3, 0u);
}

TEST(FromGrpc, IgnoresForeignDetails) {
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "m", "\xff\xff")),
            absl::AbortedError("m"));
  // Details of another code do not belong to this status.
  const std::string other = DetailsOf(NotFound("case")).SerializeAsString();
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "m", other)), absl::AbortedError("m"));
}

}  // namespace
}  // namespace redress::status

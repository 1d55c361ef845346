// How redress-ctl shows errors, in both languages, and with which exit code it ends.
#include "clients/ctl/errors.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "common/status/error.h"
#include "common/status/messages.h"

namespace redress::ctl {
namespace {

TEST(Errors, ExitCodes) {
  const std::map<absl::StatusCode, int> codes = {{absl::StatusCode::kOk, 0},
                                                 {absl::StatusCode::kFailedPrecondition, 1},
                                                 {absl::StatusCode::kAborted, 1},
                                                 {absl::StatusCode::kNotFound, 1},
                                                 {absl::StatusCode::kAlreadyExists, 1},
                                                 {absl::StatusCode::kInvalidArgument, 2},
                                                 {absl::StatusCode::kOutOfRange, 1},
                                                 {absl::StatusCode::kUnauthenticated, 3},
                                                 {absl::StatusCode::kPermissionDenied, 3},
                                                 {absl::StatusCode::kUnavailable, 4},
                                                 {absl::StatusCode::kDeadlineExceeded, 4},
                                                 {absl::StatusCode::kResourceExhausted, 4},
                                                 {absl::StatusCode::kCancelled, 4},
                                                 {absl::StatusCode::kInternal, 5},
                                                 {absl::StatusCode::kUnknown, 5},
                                                 {absl::StatusCode::kDataLoss, 5},
                                                 {absl::StatusCode::kUnimplemented, 5}};
  for (const auto& [code, exit_code] : codes) {
    EXPECT_EQ(ExitCodeOf(absl::Status(code, "x")), exit_code) << absl::StatusCodeToString(code);
  }
}

TEST(Errors, NameFieldAndFlag) {
  ErrorContext context;
  context.flags = {{"visit.outcome", "--outcome"}, {"claims", "--claim"}};
  context.trace_id = "abc";
  const std::string text =
      RenderError(status::InvalidFields({{"visit.outcome", "is required"},
                                         {"claims[1].statement", "is too long"},
                                         {"other", "is odd"}}),
                  context);
  EXPECT_TRUE(absl::StartsWith(text, "Error: INVALID_FIELDS: ")) << text;
  EXPECT_TRUE(absl::StrContains(text, "  - visit.outcome (--outcome): is required\n")) << text;
  EXPECT_TRUE(absl::StrContains(text, "  - claims[1].statement (--claim): is too long\n")) << text;
  EXPECT_TRUE(absl::StrContains(text, "  - other: is odd\n")) << text;
  EXPECT_TRUE(absl::EndsWith(text, "  Trace: abc\n")) << text;
}

TEST(Errors, NameClauseAndRemedyInTheReadersLanguage) {
  absl::Status status = status::Unmet(
      "CASE_NOT_CLOSABLE", "the case cannot be closed",
      {{"DUTY", "cases/1", "meet the petitioner", "P13", "四(二)2(1)"}}, {{"unmet", "1"}});
  ErrorContext context;
  context.lang = Lang::kZh;
  const std::string text = RenderError(status, context);
  EXPECT_EQ(text,
            "错误：CASE_NOT_CLOSABLE：the case cannot be closed\n"
            "  - P13（四（二）2（1）） cases/1：meet the petitioner\n"
            "  其他：unmet=1\n");
  // A case that was named by its number is called so.
  const Titles titles = {{"cases/1", "430626103-2018-00042-X"}};
  context.titles = &titles;
  EXPECT_TRUE(absl::StrContains(RenderError(status, context),
                                "P13（四（二）2（1）） 430626103-2018-00042-X：meet"));
}

TEST(Errors, ShowMetadataOnceAndTheRemedyBelow) {
  const absl::Status denied = status::Denied("closures.approve");
  ErrorContext context;
  context.remedy = "Roles that hold it: office head";
  EXPECT_EQ(RenderError(denied, context),
            "Error: PERMISSION_DENIED: You may not do this; it needs the permission "
            "closures.approve.\n"
            "  Roles that hold it: office head\n");
  EXPECT_TRUE(absl::StrContains(RenderError(status::NotFound("unit"), {}), "resource_type=unit"));
}

TEST(Errors, UsageHasBothLanguages) {
  const absl::Status usage = Usage("请用 --ca 文件", "give --ca FILE");
  EXPECT_EQ(ExitCodeOf(usage), 2);
  ErrorContext context;
  EXPECT_EQ(RenderError(usage, context), "Error: give --ca FILE\n");
  context.lang = Lang::kZh;
  EXPECT_EQ(RenderError(usage, context), "错误：请用 --ca 文件\n");
}

TEST(Errors, SayHowToRepeatSafely) {
  ErrorContext context;
  context.request_id = "018f3c2e-7b1a-7c00-8000-0123456789ab";
  EXPECT_TRUE(absl::StrContains(RenderError(status::Unavailable("registry"), context),
                                "--request-id 018f3c2e-7b1a-7c00-8000-0123456789ab"));
  EXPECT_FALSE(absl::StrContains(RenderError(status::NotFound("case"), context), "--request-id"));
}

}  // namespace
}  // namespace redress::ctl

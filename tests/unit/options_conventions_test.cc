// What holds by name where the .proto says nothing, and that what it says goes first.
#include "common/options/conventions.h"

#include <gtest/gtest.h>

#include "redress/assistance/v1/assistance.pb.h"
#include "redress/facts/v1/feed.pb.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::options {
namespace {

const v1::FieldRule& Of(const google::protobuf::Descriptor* type, const char* field) {
  return RuleOf(*type->FindFieldByName(field));
}

TEST(ConventionsTest, FieldsOfTheSameNameKeepTheSameRule) {
  const auto* write = registry::v1::RegisterCaseRequest::descriptor();
  EXPECT_TRUE(Of(write, "request_id").required());
  EXPECT_TRUE(Of(write, "request_id").uuid());
  EXPECT_EQ(Of(registry::v1::AddClaimRequest::descriptor(), "etag").max_runes(), 64u);
  const auto* list = registry::v1::ListCasesRequest::descriptor();
  EXPECT_EQ(Of(list, "page_size").min(), 0);
  EXPECT_EQ(Of(list, "page_size").max(), 2147483647);
  EXPECT_EQ(Of(list, "page_token").max_runes(), 512u);
}

TEST(ConventionsTest, WhatTheFieldSaysGoesFirst) {
  EXPECT_TRUE(Of(registry::v1::Case::descriptor(), "etag").output_only());
  EXPECT_EQ(Of(registry::v1::Case::descriptor(), "etag").max_runes(), 0u);
}

TEST(ConventionsTest, AnRpcHasADeadlineUnlessItStreams) {
  const auto* registry = registry::v1::RegisterCaseRequest::descriptor()->file()->service(0);
  EXPECT_EQ(DeadlineMs(*registry->FindMethodByName("GetCase")), 5000);
  const auto* feed = facts::v1::ListFactsRequest::descriptor()->file()->service(0);
  int streams = 0;
  for (int i = 0; i < feed->method_count(); ++i) {
    const bool stream = feed->method(i)->server_streaming();
    streams += stream ? 1 : 0;
    EXPECT_EQ(DeadlineMs(*feed->method(i)) == 0, stream) << feed->method(i)->full_name();
  }
  EXPECT_GT(streams, 0);
}

}  // namespace
}  // namespace redress::options

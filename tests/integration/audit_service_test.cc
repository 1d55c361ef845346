// What an rpc tells the sink is what the log holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/audit/audit_log.h"
#include "common/audit/audit_service.h"
#include "common/audit/reader.h"
#include "common/audit/schema.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::audit {
namespace {

TEST(AuditServiceTest, TheSinkNamesCallerRpcAndResources) {
  redress::testing::TestDatabase database(Schema());
  base::SystemClock clock;
  {
    AuditLog log(database.pool());
    LogSink sink(log);
    rpc::Call call;
    call.caller.subject = "clerk-01";
    call.caller.official = "officials/1";
    call.caller.unit = "units/office";
    call.caller.roles = {types::v1::ROLE_OFFICE_CLERK, types::v1::ROLE_LEAD};
    call.method = "redress.registry.v1.RegistryService/GetCase";
    call.permission = "cases.get";
    call.trace.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    absl::Notification done;
    sink.Read(call, {"cases/1", "petitioners/2"}, [&](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      done.Notify();
    });
    done.WaitForNotification();
    sink.Denied({}, call.method, "TOKEN_MISSING", "");
  }
  const AuditReader reader(database.pool(), nullptr, &clock);
  const auto page = reader.ListAuditEntries({}, absl::Now() + absl::Seconds(10));
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->entries_size(), 2);
  EXPECT_EQ(page->tree_size(), 2);
  v1::AuditEntry read;
  ASSERT_TRUE(read.ParseFromString(page->entries(0).entry()));
  EXPECT_EQ(read.outcome(), v1::AUDIT_OUTCOME_READ);
  EXPECT_EQ(read.subject(), "clerk-01");
  EXPECT_EQ(read.official(), "officials/1");
  EXPECT_EQ(read.unit(), "units/office");
  EXPECT_EQ(read.roles_size(), 2);
  EXPECT_EQ(read.rpc(), "redress.registry.v1.RegistryService/GetCase");
  EXPECT_EQ(read.purpose(), "cases.get");
  EXPECT_THAT(read.resources(), ::testing::ElementsAre("cases/1", "petitioners/2"));
  EXPECT_EQ(read.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
  v1::AuditEntry denied;
  ASSERT_TRUE(denied.ParseFromString(page->entries(1).entry()));
  EXPECT_EQ(denied.outcome(), v1::AUDIT_OUTCOME_DENIED);
  EXPECT_EQ(denied.denial_reason(), "TOKEN_MISSING");
  EXPECT_TRUE(denied.subject().empty());
  EXPECT_TRUE(absl::IsFailedPrecondition(
      reader.GetAuditCheckpoint({}, absl::Now() + absl::Seconds(10)).status()));
}

}  // namespace
}  // namespace redress::audit

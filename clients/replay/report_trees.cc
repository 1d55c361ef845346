// The facts of each service, checked against the signed size and root of their tree. The county
// platform's certificate sees the facts of cases as hashes: that is enough to verify, and no more
// than it may see.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/replay/reading.h"
#include "common/base/files.h"
#include "common/base/view.h"
#include "common/facts/verify.h"
#include "common/status/macros.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::replay {
namespace {

constexpr int kPageSize = 2000;
constexpr absl::Duration kPatience = absl::Minutes(2);
constexpr absl::Duration kPause = absl::Milliseconds(300);

absl::StatusOr<facts::v1::Checkpoint> CheckpointOf(const Reading& reading,
                                                   std::string_view service) {
  facts::v1::GetCheckpointResponse answer;
  RETURN_IF_ERROR(
      reading.people().CallAt(service, kReader, facts::v1::GetCheckpointRequest(), answer));
  return answer.checkpoint();
}

absl::StatusOr<facts::VerifyReport> Verify(const Reading& reading, std::string_view service,
                                           std::map<std::string, facts::v1::Fact>& seen) {
  const std::string file = absl::StrCat(reading.options().public_keys, "/", base::AbslView(service),
                                        "/feed-signing.pub.pem");
  ASSIGN_OR_RETURN(const std::string pem, base::ReadFile(file));
  ASSIGN_OR_RETURN(const facts::VerifyingKey key, facts::VerifyingKey::FromPem(pem));
  ASSIGN_OR_RETURN(const facts::v1::Checkpoint checkpoint, CheckpointOf(reading, service));
  facts::FeedVerifier verifier(checkpoint, key);
  facts::v1::ListFactsRequest request;
  request.set_page_size(kPageSize);
  for (bool more = true; more;) {
    facts::v1::ListFactsResponse answer;
    RETURN_IF_ERROR(reading.county().CallAt(service, "", request, answer));
    for (const facts::v1::FeedEntry& entry : answer.entries()) {
      verifier.Add(entry);
      facts::v1::Fact fact;
      if (!entry.fact().empty() && fact.ParseFromString(entry.fact())) {
        seen[fact.fact_id()] = std::move(fact);
      }
    }
    request.set_first_position(request.first_position() + answer.entries_size());
    more = answer.entries_size() > 0 && request.first_position() < checkpoint.tree_size();
  }
  return verifier.Finish();
}

}  // namespace

absl::Status AwaitProjection(Reading& reading) {
  const absl::Time deadline = absl::Now() + kPatience;
  std::map<std::string, int64_t> before;
  while (true) {
    // Facts get their positions a moment after they are recorded: once nothing grows, all have.
    std::map<std::string, int64_t> sizes;
    for (const std::string_view service : kRecordServices) {
      ASSIGN_OR_RETURN(const facts::v1::Checkpoint checkpoint, CheckpointOf(reading, service));
      sizes[std::string(service)] = checkpoint.tree_size();
    }
    supervision::v1::GetProjectionResponse projection;
    RETURN_IF_ERROR(
        reading.people().Call(kReader, supervision::v1::GetProjectionRequest(), projection));
    std::map<std::string, int64_t> followed;
    for (const supervision::v1::FeedPosition& feed : projection.feeds()) {
      followed[feed.service()] = feed.position();
    }
    if (!projection.rebuilding() && sizes == before && sizes == followed) return absl::OkStatus();
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          reading.In({"督查服务跟不上事实，原因见其日志",
                      "supervision does not catch up with the facts; its log tells why"}));
    }
    before = std::move(sizes);
    absl::SleepFor(kPause);
  }
}

absl::StatusOr<Trees> VerifyTrees(Reading& reading) {
  Trees trees;
  trees.counts.id = "facts";
  trees.counts.title =
      reading.In({"各服务事实数与默克尔树核验", "Facts of each service, and their tree verified"});
  trees.counts.columns = {reading.In({"服务", "service"}), reading.In({"事实", "facts"}),
                          reading.In({"仅见哈希", "seen as hashes"}),
                          reading.In({"核验", "verdict"})};
  trees.counts.right = {false, true, true, false};
  int64_t all = 0;
  for (const std::string_view service : kRecordServices) {
    ASSIGN_OR_RETURN(const facts::VerifyReport report, Verify(reading, service, trees.facts));
    all += report.entries - report.beyond;
    trees.verified &= report.ok();
    trees.counts.rows.push_back(
        {std::string(service), absl::StrCat(report.entries - report.beyond),
         absl::StrCat(report.hidden),
         report.ok()
             ? reading.In({"核验通过", "verified"})
             : absl::StrCat(std::string(facts::FaultName(report.fault)), ": ", report.detail)});
  }
  trees.counts.rows.push_back({reading.In({"合计", "all"}), absl::StrCat(all), "", ""});
  return trees;
}

}  // namespace redress::replay

// How far an earlier run came, and what the placeholders of its events stand for.
#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/replay/runner.h"
#include "common/status/macros.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/sample/v1/sample.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::replay {
namespace {

constexpr char kClerk[] = "petition-office-clerk";
constexpr int kPageSize = 500;

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

template <class Claims>
bool AccusesSomebody(const Claims& claims) {
  return std::any_of(claims.begin(), claims.end(), [](const auto& claim) {
    return claim.kind() == types::v1::CLAIM_KIND_ACCUSATION;
  });
}

absl::Status SomethingElse(const Client& client, ctl::Text what) {
  constexpr ctl::Text kHolds = {"数据库中不是这次集中行动（",
                                "the database holds something else than this campaign ("};
  constexpr ctl::Text kWayOut = {
      "）：请从空库开始（deploy/up --fresh），或给出当时的种子和信访事项数",
      "): begin with an empty one (deploy/up --fresh), or name the seed and the number of cases "
      "that it was made with"};
  return absl::FailedPreconditionError(
      absl::StrCat(client.In(kHolds), client.In(what), client.In(kWayOut)));
}

}  // namespace

absl::Status Runner::Find() {
  reached_ = absl::InfinitePast();
  for (const std::string_view service : ctl::kServices) {
    sample::v1::GetTimeResponse answer;
    RETURN_IF_ERROR(client_.CallAt(service, "operator", sample::v1::GetTimeRequest(), answer));
    const absl::Time now = absl::FromUnixMicros(
        google::protobuf::util::TimeUtil::TimestampToMicroseconds(answer.now()));
    reached_ = std::max(reached_, now);
  }
  RETURN_IF_ERROR(FindCampaign());
  if (!campaign_exists()) return absl::OkStatus();
  RETURN_IF_ERROR(FindCases());
  return FindHearings();
}

absl::Status Runner::FindCampaign() {
  const auto create = std::find_if(events_.begin(), events_.end(), [](const Event& event) {
    return event.binds == kCampaignPlaceholder;
  });
  if (create == events_.end() || !IsPast(*create)) return absl::OkStatus();
  const auto& asked = static_cast<const registry::v1::CreateCampaignRequest&>(*create->request);
  registry::v1::ListCampaignsRequest request;
  request.set_page_size(kPageSize);
  registry::v1::ListCampaignsResponse answer;
  RETURN_IF_ERROR(client_.Call("operator", request, answer));
  for (const registry::v1::Campaign& campaign : answer.campaigns()) {
    if (!Same(campaign.display_name(), asked.campaign().display_name())) continue;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (names_.contains(kCampaignPlaceholder))
      return SomethingElse(client_, {"这样的集中行动有两个", "two such campaigns"});
    names_[kCampaignPlaceholder] = campaign.name();
  }
  if (!campaign_exists())
    return SomethingElse(client_, {"时钟已过开始之日，却没有集中行动",
                                   "its clock is past the campaign's beginning"});
  return absl::OkStatus();
}

absl::Status Runner::FindCases() {
  // By whether they are accusations, whose numbers are a series of their own.
  std::map<bool, std::vector<registry::v1::Case>> series;
  registry::v1::ListCasesRequest request;
  request.mutable_filter()->set_campaign(NameOf(kCampaignPlaceholder));
  request.set_page_size(kPageSize);
  do {
    registry::v1::ListCasesResponse answer;
    RETURN_IF_ERROR(client_.Call(kClerk, request, answer));
    for (const registry::v1::Case& one : answer.cases()) {
      series[AccusesSomebody(one.claims())].push_back(one);
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  // Numbers were given in the order of the registrations.
  for (auto& [accuses, cases] : series) {
    std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) {
      return a.registration_number() < b.registration_number();
    });
  }
  std::map<bool, size_t> next;
  for (const Event& event : events_) {
    if (event.binds.empty() || event.binds != CasePlaceholder(event.case_number)) continue;
    if (!IsPast(event)) break;
    const auto& asked = static_cast<const registry::v1::RegisterCaseRequest&>(*event.request);
    const bool accuses = AccusesSomebody(asked.claims());
    const std::vector<registry::v1::Case>& cases = series[accuses];
    if (next[accuses] == cases.size())
      return SomethingElse(client_, {"缺一个信访事项", "a case is missing"});
    const registry::v1::Case& found = cases[next[accuses]++];
    if (!Same(found.received_on(), asked.received_on()) ||
        found.region_code() != asked.region_code() || found.source() != asked.source()) {
      return SomethingElse(client_, {found.registration_number(), found.registration_number()});
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    names_[event.binds] = found.name();
  }
  return absl::OkStatus();
}

absl::Status Runner::FindHearings() {
  for (const Event& event : events_) {
    if (event.binds.find("/hearings/") == std::string::npos || !IsPast(event)) continue;
    const auto& asked = static_cast<const visits::v1::AnnounceHearingRequest&>(*event.request);
    visits::v1::ListHearingsRequest request;
    request.set_parent(NameOf(CasePlaceholder(event.case_number)));
    visits::v1::ListHearingsResponse answer;
    RETURN_IF_ERROR(client_.Call(kClerk, request, answer));
    const auto found =
        std::find_if(answer.hearings().begin(), answer.hearings().end(), [&](const auto& hearing) {
          return Same(hearing.announced_on(), asked.hearing().announced_on());
        });
    if (found == answer.hearings().end())
      return SomethingElse(client_, {"缺一次听证", "a hearing is missing"});
    const std::lock_guard<std::mutex> lock(mutex_);
    names_[event.binds] = found->name();
  }
  return absl::OkStatus();
}

}  // namespace redress::replay

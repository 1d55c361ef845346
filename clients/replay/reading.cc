#include "clients/replay/reading.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "common/status/macros.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::replay {
namespace {

constexpr int kPageSize = 500;

// How the part of a case is called that the third segment of a name says.
struct Child {
  std::string_view segment;
  ctl::Text title;
};
constexpr Child kChildren[] = {
    {"claims", {"诉求", "claim "}},
    {"rounds", {"办理程序", "round "}},
};

}  // namespace

Reading::Reading(const Client& people, const Client& county, const Sample& sample,
                 std::string campaign, ReportOptions options)
    : people_(people),
      county_(county),
      sample_(sample),
      campaign_(std::move(campaign)),
      options_(std::move(options)) {}

absl::Status Reading::LearnCases() {
  registry::v1::ListCasesRequest request;
  request.mutable_filter()->set_campaign(campaign_);
  request.set_page_size(kPageSize);
  do {
    registry::v1::ListCasesResponse answer;
    RETURN_IF_ERROR(people_.Call(kReader, request, answer));
    for (const registry::v1::Case& file : answer.cases()) {
      numbers_[file.name()] = file.registration_number();
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

std::vector<std::string> Reading::Numbers() const {
  std::vector<std::string> numbers;
  for (const auto& [name, number] : numbers_) numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string Reading::In(const types::v1::LocalizedText& text) const {
  return options_.lang == ctl::Lang::kEn && !text.en().empty() ? text.en() : text.zh();
}

std::string Reading::Title(const std::string& name) const {
  if (name.empty()) return "-";
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  if (parts.size() == 2 && parts[0] == "units") {
    const SampleUnit* unit = sample_.FindUnit(parts[1]);
    if (unit != nullptr) return In(unit->title);
  }
  if (parts.size() == 2 && parts[0] == "officials") {
    const SampleOfficial* official = sample_.FindOfficial(parts[1]);
    if (official != nullptr) return In(official->title);
  }
  if (name == campaign_) return In({"集中行动", "campaign"});
  if (parts.size() >= 2 && parts[0] == "cases") {
    const auto found = numbers_.find(parts[0] + "/" + parts[1]);
    std::string title = found == numbers_.end() ? In({"信访事项", "case"}) : found->second;
    if (parts.size() < 4) return title;
    for (const Child& child : kChildren) {
      if (parts[2] == child.segment) absl::StrAppend(&title, " ", In(child.title), parts[3]);
    }
    return title;
  }
  return In({"其他", "other"});
}

std::string Reading::ActOf(const Event& event) const {
  const auto& type = *event.request->GetDescriptor();
  if (&type == registry::v1::AppraiseClaimRequest::descriptor()) {
    return In({"甄别诉求", "appraise the claim"});
  }
  if (&type == registry::v1::ProposeClosureRequest::descriptor()) {
    return In({"提请结案", "propose the closure"});
  }
  if (&type == registry::v1::CloseCaseRequest::descriptor()) {
    return In({"批准结案", "approve the closure"});
  }
  return type.name();
}

std::string Reading::Date(const google::type::Date& date) const {
  if (date.year() == 0) return "-";
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

bool Reading::IsDayOff(const google::type::Date& date) const {
  return !options_.calendar->IsWorkingDay(DayOf(date));
}

std::string Reading::Describe(const facts::v1::Fact& fact) const {
  std::string text = absl::StrCat(Label(fact.kind()), " ", Date(fact.event_date()));
  if (IsDayOff(fact.event_date())) absl::StrAppend(&text, In({"（休息日）", " (day off)"}));
  return text;
}

absl::StatusOr<std::map<std::string, facts::v1::Fact>> Reading::FactsOf(
    const std::string& case_name) const {
  std::map<std::string, facts::v1::Fact> facts;
  facts::v1::ListFactsRequest request;
  request.set_case_name(case_name);
  for (const std::string_view service : kRecordServices) {
    facts::v1::ListFactsResponse answer;
    RETURN_IF_ERROR(people_.CallAt(service, kReader, request, answer));
    for (const facts::v1::FeedEntry& entry : answer.entries()) {
      facts::v1::Fact fact;
      if (!entry.fact().empty() && fact.ParseFromString(entry.fact())) {
        facts[fact.fact_id()] = std::move(fact);
      }
    }
  }
  return facts;
}

std::string Reading::Points(int centipoints) {
  const int size = std::abs(centipoints);
  return absl::StrFormat("%s%d.%02d", centipoints < 0 ? "-" : "", size / 100, size % 100);
}

}  // namespace redress::replay

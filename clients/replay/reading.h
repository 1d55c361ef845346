// What the parts of the report share: who reads, in which language, and how names are shown.
// Internal to the report.
#ifndef REDRESS_CLIENTS_REPLAY_READING_H_
#define REDRESS_CLIENTS_REPLAY_READING_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/ctl/labels.h"
#include "clients/replay/client.h"
#include "clients/replay/report.h"
#include "clients/replay/sample.h"
#include "google/type/date.pb.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::replay {

// Reads what the whole office may read.
inline constexpr char kReader[] = "general-office-head";

// The services that publish facts.
inline constexpr std::string_view kRecordServices[] = {"registry", "assignment", "visits",
                                                       "assistance"};

// Not thread-safe.
class Reading {
 public:
  Reading(const Client& people, const Client& county, const Sample& sample, std::string campaign,
          ReportOptions options);

  // Learns the registration numbers.
  absl::Status LearnCases();
  // Those that were learnt, in their order.
  std::vector<std::string> Numbers() const;

  std::string In(ctl::Text text) const { return std::string(text.In(options_.lang)); }
  std::string In(const types::v1::LocalizedText& text) const;
  // "units/land-office" -> "国土所"; "cases/x/claims/1" -> "430626103-2018-00042-X 诉求1".
  std::string Title(const std::string& name) const;
  std::string Date(const google::type::Date& date) const;
  bool IsDayOff(const google::type::Date& date) const;
  // "document served 2018-06-18 (day off), recorded late".
  std::string Describe(const facts::v1::Fact& fact) const;
  std::string NoRecord() const { return In({"无记录", "no record"}); }
  // The facts of a case, by id, from the four feeds.
  absl::StatusOr<std::map<std::string, facts::v1::Fact>> FactsOf(
      const std::string& case_name) const;
  template <class Enum>
  std::string Label(Enum value) const {
    const auto* found =
        google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(static_cast<int>(value));
    return found == nullptr ? "" : ctl::EnumLabel(*found, options_.lang);
  }
  // The act that an event tries: "close", "appraise".
  std::string ActOf(const Event& event) const;
  // "12.50" of 1250.
  static std::string Points(int centipoints);

  const Client& people() const { return people_; }
  const Client& county() const { return county_; }
  const std::string& campaign() const { return campaign_; }
  const ReportOptions& options() const { return options_; }

 private:
  const Client& people_;
  const Client& county_;
  const Sample& sample_;
  const std::string campaign_;
  const ReportOptions options_;
  std::map<std::string, std::string, std::less<>> numbers_;  // case -> registration number
};

// report_stories.cc
absl::StatusOr<Section> StoriesOf(Reading& reading, const Runner& runner);
absl::StatusOr<Section> DutiesAsOf(Reading& reading, Day day);

// report_ledger.cc
absl::StatusOr<Section> LedgerAsOf(Reading& reading, Day day);
absl::StatusOr<Section> OverdueAsOf(Reading& reading, Day day);
Section RefusalsOf(Reading& reading, const std::vector<Refusal>& refusals);

// report_score.cc
struct Scores {
  Section all;
  std::string explained_unit;  // the one with most duties due
};
absl::StatusOr<Scores> ScorecardsUntil(Reading& reading, Day day);
// `facts` of no case, by id; those of cases are asked for.
absl::StatusOr<std::vector<Section>> ExplainScorecard(Reading& reading, const std::string& unit,
                                                      Day day,
                                                      std::map<std::string, facts::v1::Fact> facts);

// report_trees.cc
struct Trees {
  Section counts;
  bool verified = true;
  std::map<std::string, facts::v1::Fact> facts;  // those that the county may see, by id
};
absl::StatusOr<Trees> VerifyTrees(Reading& reading);
absl::Status AwaitProjection(Reading& reading);

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_READING_H_

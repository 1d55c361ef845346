#include "clients/replay/report.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/ctl/table.h"
#include "clients/replay/random.h"
#include "clients/replay/reading.h"
#include "common/status/macros.h"

namespace redress::replay {
namespace {

constexpr size_t kCellWidth = 48;

const Day kReportDays[] = {Day(2018, 6, 20), Day(2018, 9, 30), Day(2018, 10, 10)};

std::string Quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&json, "\\u%04x", c);
    } else {
      json += c;
    }
  }
  return json + "\"";
}

std::string List(const std::vector<std::string>& texts) {
  return absl::StrCat(
      "[",
      absl::StrJoin(texts, ", ",
                    [](std::string* out, const std::string& text) { *out += Quoted(text); }),
      "]");
}

}  // namespace

std::string Report::Digest() const {
  std::string all;
  for (const Section& section : sections_) {
    if (!section.digested) continue;
    absl::StrAppend(&all, section.id, "\n");
    for (const auto& row : section.rows) absl::StrAppend(&all, absl::StrJoin(row, "\t"), "\n");
  }
  std::vector<std::pair<std::string, std::string>> order;
  for (const std::string& number : numbers_) {
    order.emplace_back(number, absl::StrCat("#", order.size() + 1));
  }
  return Sha256Hex(absl::StrReplaceAll(all, order));
}

void Report::WriteText(std::ostream& out, ctl::Lang lang, size_t rows, bool color) const {
  for (const Section& section : sections_) {
    out << ctl::Paint(section.title, ctl::Tone::kHeading, color) << "\n";
    if (!section.note.empty()) out << section.note << "\n";
    ctl::Table table(section.columns, section.right);
    const bool all = rows == 0 || section.whole;
    const size_t shown = all ? section.rows.size() : std::min(rows, section.rows.size());
    for (size_t i = 0; i < shown; ++i) {
      std::vector<ctl::Cell> cells;
      for (const std::string& text : section.rows[i]) cells.push_back({text});
      table.Add(std::move(cells));
    }
    out << table.Render(color, section.whole ? 0 : kCellWidth);
    if (shown < section.rows.size()) {
      const size_t more = section.rows.size() - shown;
      out << (lang == ctl::Lang::kZh
                  ? absl::StrCat("… 另有 ", more, " 行（--rows 0 全部显示）\n")
                  : absl::StrCat("… and ", more, " more (--rows 0 shows all)\n"));
    }
    out << "\n";
  }
  constexpr ctl::Text kDigest = {"台账、逾期与评分摘要（SHA-256）",
                                 "digest of ledger, overdue and scorecards (SHA-256)"};
  out << kDigest.In(lang) << ": " << Digest() << "\n";
}

void Report::WriteJson(std::ostream& out) const {
  out << "{\n  \"digest\": " << Quoted(Digest())
      << ",\n  \"verified\": " << (verified_ ? "true" : "false") << ",\n  \"sections\": [";
  bool first = true;
  for (const Section& section : sections_) {
    out << (first ? "" : ",") << "\n    {\"id\": " << Quoted(section.id)
        << ", \"title\": " << Quoted(section.title) << ", \"note\": " << Quoted(section.note)
        << ", \"columns\": " << List(section.columns) << ", \"rows\": [";
    first = false;
    for (size_t i = 0; i < section.rows.size(); ++i) {
      out << (i == 0 ? "" : ",") << "\n      " << List(section.rows[i]);
    }
    out << "]}";
  }
  out << "\n  ]\n}\n";
}

absl::StatusOr<Report> MakeReport(const Client& people, const Client& county, const Sample& sample,
                                  const Runner& runner, const ReportOptions& options) {
  Reading reading(people, county, sample, runner.NameOf(kCampaignPlaceholder), options);
  Report report;
  if (reading.campaign().empty()) return report;  // it ends before the campaign begins
  RETURN_IF_ERROR(AwaitProjection(reading));
  RETURN_IF_ERROR(reading.LearnCases());
  report.set_numbers(reading.Numbers());
  ASSIGN_OR_RETURN(Section stories, StoriesOf(reading, runner));
  report.Add(std::move(stories));
  if (!runner.refusals().empty()) report.Add(RefusalsOf(reading, runner.refusals()));
  std::optional<Day> last;
  for (const Day day : kReportDays) {
    if (day > options.until) continue;
    last = day;
    ASSIGN_OR_RETURN(Section ledger, LedgerAsOf(reading, day));
    report.Add(std::move(ledger));
    ASSIGN_OR_RETURN(Section overdue, OverdueAsOf(reading, day));
    report.Add(std::move(overdue));
  }
  if (last.has_value()) {
    ASSIGN_OR_RETURN(Section duties, DutiesAsOf(reading, *last));
    report.Add(std::move(duties));
  }
  ASSIGN_OR_RETURN(Trees trees, VerifyTrees(reading));
  ASSIGN_OR_RETURN(Scores scores, ScorecardsUntil(reading, options.until));
  report.Add(std::move(scores.all));
  if (!scores.explained_unit.empty()) {
    ASSIGN_OR_RETURN(
        std::vector<Section> explained,
        ExplainScorecard(reading, scores.explained_unit, options.until, std::move(trees.facts)));
    for (Section& section : explained) report.Add(std::move(section));
  }
  report.Add(std::move(trees.counts));
  report.set_verified(trees.verified);
  return report;
}

}  // namespace redress::replay

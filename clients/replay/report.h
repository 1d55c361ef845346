// What the services make of the replayed campaign: the examples and refusals, ledger and overdue as
// of three days, duties by their state, scorecards with one explained down to its facts, the facts
// of each service and their trees.
//
// Ids differ from run to run, so none is shown: cases stand by their registration numbers, units
// and officials by their titles. The digest is over the tables that the evaluator answers for, with
// the cases by their order: a registry that was killed skips some numbers.
#ifndef REDRESS_CLIENTS_REPLAY_REPORT_H_
#define REDRESS_CLIENTS_REPLAY_REPORT_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/ctl/labels.h"
#include "clients/replay/client.h"
#include "clients/replay/runner.h"
#include "clients/replay/sample.h"
#include "common/calendar/calendar.h"

namespace redress::replay {

// A table of the report. A plain value.
struct Section {
  std::string id;  // for programs
  std::string title;
  std::vector<std::string> columns;
  std::vector<bool> right;
  std::vector<std::vector<std::string>> rows;
  bool digested = false;
  std::string note;    // a line under the title; may be empty
  bool whole = false;  // neither its rows nor its cells are cut
};

class Report {
 public:
  void Add(Section section) { sections_.push_back(std::move(section)); }
  // The registration numbers, in their order.
  void set_numbers(std::vector<std::string> numbers) { numbers_ = std::move(numbers); }
  void set_verified(bool verified) { verified_ = verified; }
  bool verified() const { return verified_; }

  // SHA-256 over the digested tables, all rows.
  std::string Digest() const;
  // At most `rows` rows of a table, all where it is 0 and of tables that are to be whole.
  void WriteText(std::ostream& out, ctl::Lang lang, size_t rows, bool color) const;
  void WriteJson(std::ostream& out) const;

 private:
  std::vector<Section> sections_;
  std::vector<std::string> numbers_;
  bool verified_ = true;
};

struct ReportOptions {
  ctl::Lang lang = ctl::Lang::kEn;
  Day until;                // tables as of later days are left out
  std::string public_keys;  // folder with <service>/feed-signing.pub.pem
  // Not owned.
  const calendar::Calendar* calendar = nullptr;
};

// Waits until supervision has followed every feed, then reads. Errors: those of the services;
// DEADLINE_EXCEEDED where supervision does not catch up within two minutes.
absl::StatusOr<Report> MakeReport(const Client& people, const Client& county, const Sample& sample,
                                  const Runner& runner, const ReportOptions& options);

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_REPORT_H_

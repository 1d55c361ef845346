// Answers as tables and as records, for people. Pure functions.
#ifndef REDRESS_CLIENTS_CTL_SHOW_H_
#define REDRESS_CLIENTS_CTL_SHOW_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "clients/ctl/labels.h"
#include "clients/ctl/table.h"
#include "clients/ctl/titles.h"

namespace redress::ctl {

// How a list of messages is shown.
struct TableSpec {
  // The path of the repeated field in the answer: "cases", "evaluation.statuses". Lists within
  // lists give one row per innermost message.
  std::string_view rows;
  // Paths in a row. "name" shows the last part of a resource name; "claims#" the number of items;
  // "registration_number|case_name" the first of both that is set.
  std::vector<std::string_view> columns;
  // Shown above the table where an answer has several.
  Text title = {};
};

struct View {
  Lang lang = Lang::kEn;
  bool color = false;
  // Cells of a table are cut at so many columns, those of its last column at twice as many; 0:
  // never.
  size_t max_cell = 0;
  // What resources are called; null: by their ids.
  const Titles* titles = nullptr;
};

// A table within the limits of `view`.
std::string RenderTable(const Table& table, const View& view);

// A field as text: dates, instants (in Shanghai), amounts in yuan, points, labels of enums, texts
// in the reader's language. A repeated field gives its items, joined.
std::string FieldText(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor& field, Lang lang);

// The table of `spec`; "(none)" or "（无）" where it has no row.
std::string ShowTable(const google::protobuf::Message& response, const TableSpec& spec,
                      const View& view);

// Every field that is set, one a line, parts indented below their name.
std::string ShowRecord(const google::protobuf::Message& message, const View& view);

// An answer: its tables, then its scalar fields ("as of 2018-06-20"); or, without tables, a record
// of the one message that it holds.
std::string ShowResponse(const google::protobuf::Message& response,
                         const std::vector<TableSpec>& tables, const View& view);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_SHOW_H_

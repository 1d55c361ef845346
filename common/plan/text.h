// Reading protobuf text format so that every mistake is found in one go. Internal to this library.
#ifndef REDRESS_COMMON_PLAN_TEXT_H_
#define REDRESS_COMMON_PLAN_TEXT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/plan/plan.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace redress::plan::internal {

// What came of reading a text.
struct ReadText {
  // Where each field stands.
  std::unique_ptr<google::protobuf::TextFormat::ParseInfoTree> tree;
  // The fields that could not be read, each with its line.
  std::vector<std::pair<std::string, int>> unreadable;
  std::vector<std::string> lines;

  // True if a field of that name could not be read in the message that begins on a line (0: in the
  // whole text).
  bool Unreadable(const std::string& field, int line, int column) const;
};

// A mistake in both languages. What the file as a whole lacks is shown where it begins.
Mistake MistakeAt(int line, int column, std::string field, Say say,
                  const std::vector<std::string>& values);

// False, with the mistake, if the text is no plan at all: empty, binary, of another encoding or
// another format. Invisible characters are mistakes too, but do not end the reading.
bool CheckFormat(std::string_view text, std::vector<Mistake>* mistakes);
// The first invisible character of a text, for example "U+200B", and where it stands; empty if
// there is none. Tabs and the ends of lines are none.
std::string InvisibleIn(std::string_view text, size_t* at);
// True if nothing of the text can be seen.
bool IsBlank(std::string_view text);

// Reads `text` into `message`, going on after a field (or, where there is no telling where one
// ends, a line) that cannot be read as if it were not there. Appends a mistake for each, and for
// each unknown field. False if the text is no plan at all (see CheckFormat).
bool Read(std::string_view text, google::protobuf::Message* message, ReadText* out,
          std::vector<Mistake>* mistakes);

// A file's text; NOT_FOUND if it cannot be read.
absl::StatusOr<std::string> FileText(const std::string& path);

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_TEXT_H_

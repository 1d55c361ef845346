#include "common/db/errors.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "common/status/error.h"

namespace redress::db {
namespace {

constexpr absl::string_view kErrnoUrl = "redress.db/errno";
constexpr absl::string_view kObjectUrl = "redress.db/object";
constexpr absl::string_view kOutcomeUrl = "redress.db/outcome_unknown";

struct Kind {
  int number;
  absl::StatusCode code;
  bool lost;          // the connection must not be used again
  bool text_is_safe;  // the server's text cannot quote a value of ours
  const char* message;
};

constexpr char kConflict[] = "another transaction was in the way";
constexpr char kUnreachable[] = "the database cannot be reached";
constexpr char kDeployment[] = "the database refuses this service";
constexpr char kSchema[] = "the database's schema does not fit this service";
constexpr char kRule[] = "the database refused a value that should have been refused before";
constexpr char kFull[] = "the database has no room left";
constexpr char kReference[] = "another row refers to this one, or the one referred to is absent";
constexpr char kProtocol[] = "the exchange with the database went wrong";

using Code = absl::StatusCode;

// By number, for binary search.
constexpr Kind kKinds[] = {
    {1020, Code::kUnavailable, false, false, kConflict},
    {1021, Code::kUnavailable, false, true, kFull},
    {1037, Code::kUnavailable, false, true, kFull},
    {1038, Code::kUnavailable, false, true, kFull},
    {1040, Code::kUnavailable, false, true, kUnreachable},
    {1041, Code::kUnavailable, false, true, kFull},
    {1044, Code::kUnavailable, false, true, kDeployment},
    {1045, Code::kUnavailable, false, true, kDeployment},
    {1047, Code::kUnavailable, true, true, kUnreachable},
    {1048, Code::kInternal, false, true, kRule},
    {1049, Code::kUnavailable, false, true, kDeployment},
    {1053, Code::kUnavailable, true, true, kUnreachable},
    {1054, Code::kInternal, false, true, kSchema},
    {1062, Code::kAlreadyExists, false, false, "there is such a row already"},
    {1080, Code::kUnavailable, true, true, kUnreachable},
    {1114, Code::kUnavailable, false, true, kFull},
    {1135, Code::kUnavailable, false, true, kUnreachable},
    {1142, Code::kInternal, false, true, kDeployment},
    {1143, Code::kInternal, false, true, kDeployment},
    {1146, Code::kInternal, false, true, kSchema},
    {1153, Code::kInternal, true, true, kProtocol},
    {1158, Code::kUnavailable, true, true, kUnreachable},
    {1159, Code::kUnavailable, true, true, kUnreachable},
    {1160, Code::kUnavailable, true, true, kUnreachable},
    {1161, Code::kUnavailable, true, true, kUnreachable},
    {1180, Code::kUnavailable, true, true, kUnreachable},  // at COMMIT: a cluster lost its quorum
    {1203, Code::kUnavailable, false, true, kUnreachable},
    {1205, Code::kUnavailable, false, false, kConflict},
    {1206, Code::kUnavailable, false, true, kFull},
    {1213, Code::kUnavailable, false, false, kConflict},
    {1226, Code::kUnavailable, false, true, kUnreachable},
    {1227, Code::kInternal, false, true, kDeployment},
    {1243, Code::kUnavailable, true, true, kProtocol},
    {1264, Code::kInternal, false, true, kRule},
    {1290, Code::kUnavailable, false, true, kUnreachable},
    {1292, Code::kInternal, false, false, kRule},
    {1317, Code::kUnavailable, false, true, "the statement was interrupted"},
    {1364, Code::kInternal, false, true, kRule},
    {1366, Code::kInternal, false, false, kRule},
    {1406, Code::kInvalidArgument, false, false, "a value is too long"},
    {1451, Code::kFailedPrecondition, false, false, kReference},
    {1452, Code::kFailedPrecondition, false, false, kReference},
    {1637, Code::kUnavailable, false, true, kFull},
    {1698, Code::kUnavailable, false, true, kDeployment},
    {1836, Code::kUnavailable, false, true, kUnreachable},
    {1878, Code::kUnavailable, false, true, kFull},
    {1927, Code::kUnavailable, true, true, kUnreachable},
    {1969, Code::kDeadlineExceeded, false, false, "the statement took too long"},
    {2000, Code::kInternal, true, true, kProtocol},
    {2002, Code::kUnavailable, true, true, kUnreachable},
    {2003, Code::kUnavailable, true, true, kUnreachable},
    {2005, Code::kUnavailable, true, true, kUnreachable},
    {2006, Code::kUnavailable, true, true, kUnreachable},
    {2013, Code::kUnavailable, true, true, kUnreachable},
    {2014, Code::kInternal, true, true, kProtocol},
    {2020, Code::kInternal, true, true, kProtocol},
    {2026, Code::kUnavailable, true, true, kUnreachable},
    {2027, Code::kInternal, true, true, kProtocol},
    {2055, Code::kUnavailable, true, true, kUnreachable},
    {2057, Code::kUnavailable, true, true, kSchema},
    {3024, Code::kDeadlineExceeded, false, false, "the statement took too long"},
    {4025, Code::kInternal, false, false, kRule},
    {4031, Code::kUnavailable, true, true, kUnreachable},
};

constexpr bool Sorted() {
  for (size_t i = 1; i < std::size(kKinds); ++i) {
    if (kKinds[i - 1].number >= kKinds[i].number) return false;
  }
  return true;
}
static_assert(Sorted());

const Kind& KindOf(int number) {
  static constexpr Kind kOther = {0, Code::kInternal, false, false,
                                  "the database failed in an unforeseen way"};
  const Kind* found =
      std::lower_bound(std::begin(kKinds), std::end(kKinds), number,
                       [](const Kind& kind, int wanted) { return kind.number < wanted; });
  return found != std::end(kKinds) && found->number == number ? *found : kOther;
}

// A transaction was in the way of another, which says nothing of the rows it would have written.
bool IsConflict(int number) { return number == 1020 || number == 1205 || number == 1213; }

// Errors of many causes, of which the text names the one.
int NumberOf(int number, std::string_view text) {
  constexpr int kDiskFull = 1021;
  const bool says_why = number == 3 || number == 1005 || number == 1026 || number == 1030;
  return says_why && text.find("No space left") != std::string_view::npos ? kDiskFull : number;
}

// The last part of a possibly qualified and quoted name at the start of `text`; empty if it does
// not look like a name, so that no value can pass for one.
std::string NameAt(std::string_view text) {
  std::string name;
  for (char c : text) {
    const bool quotes = c == '\'' || c == ',';
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_') {
      name.push_back(c);
    } else if (c == '.') {
      name.clear();
    } else if (c == ' ' || (quotes && !name.empty())) {
      break;
    } else if (!quotes && c != '`') {
      return std::string();
    }
  }
  return name;
}

// Searched from the end: a value, which comes earlier, may contain the same words.
std::string NameAfterLast(std::string_view text, std::string_view words) {
  const size_t at = text.rfind(words);
  return at == std::string_view::npos ? std::string() : NameAt(text.substr(at + words.size()));
}

std::string ObjectIn(int number, std::string_view text) {
  switch (number) {
    case 1062:
      return NameAfterLast(text, " for key ");
    case 1048:
      return NameAfterLast(text, "Column ");
    case 1264:
    case 1292:
    case 1366:
    case 1406:
      return NameAfterLast(text, " for column ");
    case 1451:
    case 1452:
    case 4025:
      return NameAfterLast(text, "CONSTRAINT ");
    default:
      return std::string();
  }
}

std::function<void(const ServerError&)>& Observer() {
  static auto* observer = new std::function<void(const ServerError&)>();
  return *observer;
}

}  // namespace

absl::Status StatusFromServer(int number, std::string_view text) {
  const Kind& kind = KindOf(NumberOf(number, text));
  absl::Status status = kind.code == Code::kUnavailable ? redress::status::Unavailable("database")
                                                        : absl::Status(kind.code, kind.message);
  status.SetPayload(kErrnoUrl, absl::Cord(absl::StrCat(NumberOf(number, text))));
  const std::string object = ObjectIn(number, text);
  if (!object.empty()) status.SetPayload(kObjectUrl, absl::Cord(object));
  return status;
}

int ErrnoOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kErrnoUrl);
  int number = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &number)) return 0;
  return number;
}

std::string ObjectOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kObjectUrl);
  return payload.has_value() ? std::string(*payload) : std::string();
}

bool IsRetryable(const absl::Status& status) { return IsConflict(ErrnoOf(status)); }

bool IsConnectionLost(const absl::Status& status) { return KindOf(ErrnoOf(status)).lost; }

bool OutcomeUnknown(const absl::Status& status) {
  return status.GetPayload(kOutcomeUrl).has_value();
}

void MarkOutcomeUnknown(absl::Status& status) { status.SetPayload(kOutcomeUrl, absl::Cord("1")); }

void SetErrorObserver(std::function<void(const ServerError&)> observer) {
  Observer() = std::move(observer);
}

void ReportServerError(int number, std::string_view sqlstate, std::string_view statement,
                       std::string_view text) {
  const auto& observer = Observer();
  const Kind& kind = KindOf(NumberOf(number, text));
  const bool concerns = kind.code == Code::kInternal || kind.code == Code::kUnavailable;
  if (!observer || !concerns || IsConflict(number)) return;
  ServerError error;
  error.number = number;
  error.sqlstate = sqlstate;
  error.statement = statement;
  error.no_room = kind.message == kFull;
  if (kind.text_is_safe) error.text = text;
  observer(error);
}

}  // namespace redress::db

// Plans and rule sets: read, checked, and compiled once for the evaluator.
//
// Source: docs of the format in README.md of this folder; the meaning is the plan's clauses.
#ifndef REDRESS_COMMON_PLAN_PLAN_H_
#define REDRESS_COMMON_PLAN_PLAN_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/plan/texts.h"
#include "redress/plan/v1/plan.pb.h"

namespace redress::plan {

// Something wrong in a file. Lines and columns count from 1; what is missing stands where the
// message that should have it begins.
struct Mistake {
  int line = 0;
  int column = 0;
  std::string field;  // for example "requirements[3].due[0].clock.name"
  Say say = Say::kUnreadable;
  std::string message;  // in English
  std::string zh;       // in Chinese
};

// "line 12, column 5, requirements[3].clause: ...", one mistake a line.
std::string Describe(const std::vector<Mistake>& mistakes);
// A mistake at the place of another, for what only the loader's caller can tell.
Mistake SaidAt(const Mistake& place, Say say, const std::vector<std::string>& values);
// One mistake as an error's description says it; common/status puts it into Chinese.
std::string Describe(const Mistake& mistake);

// The rule sets that plans may name. Immutable, thread-safe.
class RuleSetTable {
 public:
  // Each text is one RuleSet in protobuf text format. INVALID_ARGUMENT, with every mistake in the
  // message (and in `mistakes` where given), if any is faulty or two have the same id.
  static absl::StatusOr<RuleSetTable> Parse(const std::vector<std::string>& texts,
                                            std::vector<Mistake>* mistakes = nullptr);
  // Every *.txtpb of a folder, in the order of their names. NOT_FOUND if it cannot be read.
  static absl::StatusOr<RuleSetTable> LoadFolder(const std::string& path);

  const std::vector<v1::RuleSet>& sets() const { return sets_; }
  // nullptr where there is none of that id.
  const v1::RuleSet* Find(std::string_view id) const;

 private:
  std::vector<v1::RuleSet> sets_;
};

// What the evaluator runs on; internal to this library.
namespace internal {
struct Program;
}

// Which duties are enforced: all that the plan names, or those alone whose records can be kept (see
// recorded.h), which is what services ask for; the others then stay pending.
enum class Duties { kAll, kRecorded };

// A plan that was found to be free of mistakes. Immutable, thread-safe.
class Plan {
 public:
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  const v1::Plan& proto() const { return proto_; }
  const std::string& id() const { return proto_.id(); }
  int revision() const { return proto_.revision(); }
  // SHA-256 of the text that it was read from and of the rule sets it names, in hex.
  const std::string& hash() const { return hash_; }
  // Where the file gives its id and its revision, for mistakes about them.
  const Mistake& id_at() const { return id_at_; }
  const Mistake& revision_at() const { return revision_at_; }
  // What it asks for in vain, since this version records no such facts (see recorded.h).
  const std::vector<Mistake>& warnings() const { return warnings_; }
  // Acts on one case that one person may not do both.
  const google::protobuf::RepeatedPtrField<v1::SeparateActs>& separate_acts() const {
    return proto_.separate_acts();
  }

  const internal::Program& program() const { return *program_; }

 private:
  friend absl::StatusOr<std::shared_ptr<const Plan>> Load(std::string_view, const RuleSetTable&,
                                                          std::vector<Mistake>*, Duties);
  Plan();
  v1::Plan proto_;
  std::string hash_;
  Mistake id_at_;
  Mistake revision_at_;
  std::vector<Mistake> warnings_;
  std::unique_ptr<const internal::Program> program_;
};

// Reads a plan in protobuf text format, checks it and compiles it. INVALID_ARGUMENT if it has
// mistakes: all of them, with line and field, are in the message, and in `mistakes` where given.
absl::StatusOr<std::shared_ptr<const Plan>> Load(std::string_view text, const RuleSetTable& rules,
                                                 std::vector<Mistake>* mistakes = nullptr,
                                                 Duties duties = Duties::kAll);
// The same from a file. NOT_FOUND if it cannot be read.
absl::StatusOr<std::shared_ptr<const Plan>> LoadFile(const std::string& path,
                                                     const RuleSetTable& rules,
                                                     std::vector<Mistake>* mistakes = nullptr);

}  // namespace redress::plan

#endif  // REDRESS_COMMON_PLAN_PLAN_H_

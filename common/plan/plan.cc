#include "common/plan/plan.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/plan/checker.h"
#include "common/plan/program.h"
#include "common/plan/recorded.h"
#include "common/plan/text.h"
#include "common/status/macros.h"

namespace redress::plan {
namespace {

void Sort(std::vector<Mistake>* mistakes) {
  std::stable_sort(mistakes->begin(), mistakes->end(), [](const Mistake& a, const Mistake& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

absl::Status Refuse(std::string_view what, const std::vector<Mistake>& mistakes) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(what), " has ", mistakes.size(),
                                                 " mistake(s)\n", Describe(mistakes)));
}

}  // namespace

std::string Describe(const std::vector<Mistake>& mistakes) {
  std::string text;
  for (const Mistake& mistake : mistakes) absl::StrAppend(&text, Describe(mistake), "\n");
  return text;
}

Mistake SaidAt(const Mistake& place, Say say, const std::vector<std::string>& values) {
  return internal::MistakeAt(place.line, place.column, place.field, say, values);
}

std::string Describe(const Mistake& mistake) {
  const std::string at = absl::StrCat("line ", mistake.line, ", column ", mistake.column);
  return mistake.field.empty() ? absl::StrCat(at, ": ", mistake.message)
                               : absl::StrCat(at, ", ", mistake.field, ": ", mistake.message);
}

absl::StatusOr<RuleSetTable> RuleSetTable::Parse(const std::vector<std::string>& texts,
                                                 std::vector<Mistake>* mistakes) {
  RuleSetTable table;
  std::vector<Mistake> found;
  for (const std::string& text : texts) {
    v1::RuleSet set;
    internal::ReadText read;
    if (!internal::Read(text, &set, &read, &found)) continue;
    internal::Checker(nullptr, &read, &found).CheckRuleSet(set);
    if (table.Find(set.id()) != nullptr) {
      const internal::Place id = internal::Place(read.tree.get(), "", 1, 1).Of(set, "id");
      found.push_back(
          internal::MistakeAt(id.line(), id.column(), id.path(), Say::kTwoRuleSets, {set.id()}));
    }
    table.sets_.push_back(std::move(set));
  }
  Sort(&found);
  const bool ok = found.empty();
  const absl::Status refusal = ok ? absl::OkStatus() : Refuse("a rule set", found);
  if (mistakes != nullptr) *mistakes = std::move(found);
  if (!ok) return refusal;
  return table;
}

absl::StatusOr<RuleSetTable> RuleSetTable::LoadFolder(const std::string& path) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().extension() == ".txtpb") files.push_back(entry.path().string());
  }
  if (error || files.empty()) {
    return absl::NotFoundError(absl::StrCat("there are no rule sets in ", path));
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(std::string text, internal::FileText(file));
    texts.push_back(std::move(text));
  }
  return Parse(texts);
}

const v1::RuleSet* RuleSetTable::Find(std::string_view id) const {
  for (const v1::RuleSet& set : sets_) {
    if (set.id() == id) return &set;
  }
  return nullptr;
}

Plan::Plan() = default;
Plan::~Plan() = default;

absl::StatusOr<std::shared_ptr<const Plan>> Load(std::string_view text, const RuleSetTable& rules,
                                                 std::vector<Mistake>* mistakes, Duties duties) {
  std::shared_ptr<Plan> plan(new Plan);
  std::vector<Mistake> found;
  internal::ReadText read;
  if (internal::Read(text, &plan->proto_, &read, &found)) {
    internal::Checker(&rules, &read, &found, &plan->warnings_).CheckPlan(plan->proto_);
    const internal::Place file(read.tree.get(), "", 0, 0);
    const auto at = [&](const std::string& field, Mistake* where) {
      const internal::Place place = file.Of(plan->proto_, field);
      *where = {place.line(), place.column(), place.path()};
    };
    at("id", &plan->id_at_);
    at("revision", &plan->revision_at_);
  }
  Sort(&found);
  const bool ok = found.empty();
  const absl::Status refusal = ok ? absl::OkStatus() : Refuse("the plan", found);
  if (mistakes != nullptr) *mistakes = std::move(found);
  if (!ok) return refusal;
  internal::Program program = internal::Compile(plan->proto_, rules);
  if (duties == Duties::kRecorded) {
    for (int i = 0; i < plan->proto_.requirements_size(); ++i) {
      const v1::Requirement& requirement = plan->proto_.requirements(i);
      program.requirements[static_cast<size_t>(i)].can_hold =
          !requirement.has_satisfied() || CanHold(requirement.satisfied());
    }
  }
  plan->program_ = std::make_unique<const internal::Program>(std::move(program));
  std::string hashed = base::Sha256Hex(text);
  for (const internal::RuleSetOp& set : plan->program_->rule_sets) {
    absl::StrAppend(&hashed, "\n", base::Sha256Hex(set.proto.ShortDebugString()));
  }
  plan->hash_ = base::Sha256Hex(hashed);
  return std::shared_ptr<const Plan>(std::move(plan));
}

absl::StatusOr<std::shared_ptr<const Plan>> LoadFile(const std::string& path,
                                                     const RuleSetTable& rules,
                                                     std::vector<Mistake>* mistakes) {
  ASSIGN_OR_RETURN(const std::string text, internal::FileText(path));
  return Load(text, rules, mistakes);
}

}  // namespace redress::plan

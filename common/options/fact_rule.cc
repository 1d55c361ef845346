#include "common/options/fact_rule.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::facts {
namespace {

namespace o = options::v1;
namespace pb = google::protobuf;

using Rules = std::array<const o::FactRule*, kKinds>;

// Read once: evaluations ask for every fact that they look at.
const Rules& AllRules() {
  static const Rules* const rules = [] {
    auto* all = new Rules;
    all->fill(&o::FactRule::default_instance());
    const pb::EnumDescriptor& kinds = *v1::FactKind_descriptor();
    for (int i = 0; i < kinds.value_count(); ++i) {
      (*all)[kinds.value(i)->number()] = &kinds.value(i)->options().GetExtension(o::fact);
    }
    return all;
  }();
  return *rules;
}

}  // namespace

const o::FactRule& RuleOf(v1::FactKind kind) {
  return kind >= 0 && kind < kKinds ? *AllRules()[kind] : o::FactRule::default_instance();
}

bool Has(v1::FactKind kind, o::FactTrait trait) {
  const auto& traits = RuleOf(kind).traits();
  return std::find(traits.begin(), traits.end(), trait) != traits.end();
}

const pb::Descriptor* DetailOf(v1::FactKind kind) {
  const pb::FieldDescriptor* field = v1::Fact::descriptor()->FindFieldByNumber(kind);
  if (field == nullptr || field->real_containing_oneof() == nullptr) return nullptr;
  return field->message_type();
}

absl::Status CheckFactRules(const pb::EnumDescriptor& kinds) {
  std::vector<std::string> missing;
  for (int i = 0; i < kinds.value_count(); ++i) {
    const pb::EnumValueDescriptor& kind = *kinds.value(i);
    if (kind.number() == 0) continue;
    const o::FactRule& rule = kind.options().GetExtension(o::fact);
    std::vector<absl::string_view> parts;
    if (rule.about() == o::FACT_SUBJECT_UNSPECIFIED) parts.push_back("about");
    if (rule.publisher().empty()) parts.push_back("publisher");
    if (rule.recording() == o::RECORDING_UNSPECIFIED) parts.push_back("recording");
    if (rule.scoring() == o::SCORING_UNSPECIFIED) parts.push_back("scoring");
    if (rule.ranking() == o::RANKING_UNSPECIFIED) parts.push_back("ranking");
    if (rule.seen_by() == o::FACT_AUDIENCE_UNSPECIFIED) parts.push_back("seen_by");
    if (DetailOf(static_cast<v1::FactKind>(kind.number())) == nullptr) parts.push_back("detail");
    if (!parts.empty()) {
      missing.push_back(absl::StrCat(kind.name(), " (", absl::StrJoin(parts, ", "), ")"));
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("kinds of fact without a whole rule: ", absl::StrJoin(missing, "; ")));
}

}  // namespace redress::facts

#include "tests/unit/schema_offences.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/permissions.h"
#include "common/options/conventions.h"
#include "redress/options/v1/options.pb.h"
#include "redress/options/v1/tells.pb.h"
#include "tests/unit/schema_words.h"

namespace redress::testing {
namespace {

// Texts that everybody sees: who writes them writes about no person. The file of a plan is read
// whole by the plan's checker.
const std::set<std::string>& ImpersonalTexts() {
  static const auto* const texts = new std::set<std::string>({
      "redress.types.v1.LocalizedText.zh",
      "redress.types.v1.LocalizedText.en",
      "redress.registry.v1.CreateCampaignRequest.plan_text",
      "redress.registry.v1.CreatePlanRevisionRequest.plan_text",
      "redress.registry.v1.PlanRevision.text",
      // Names of fields: others are refused.
      "google.protobuf.FieldMask.paths",
  });
  return *texts;
}
// What somebody might write of a person where nobody is recorded who reads it.
constexpr const char* kSentences[] = {"某人 重点稳控", "重点稳控人员某某", "某人，常去省城。",
                                      "watch this person"};
constexpr uint32_t kDefaultRunes = 256;
constexpr uint32_t kLongestText = 20000;
const options::v1::FieldRule& RuleOf(const FieldDescriptor* field) {
  return options::RuleOf(*field);
}

bool IsPersonal(const FieldDescriptor* field) {
  return field->options().HasExtension(options::v1::pii);
}

bool IsString(const FieldDescriptor* field) {
  return field->type() == FieldDescriptor::TYPE_STRING;
}

bool IsShaped(const FieldDescriptor* field) {
  const options::v1::FieldRule& rule = RuleOf(field);
  return !rule.pattern().empty() || !rule.resource().empty() || rule.uuid();
}
bool HasPersonalField(const Descriptor* message) {
  const std::vector<const FieldDescriptor*> fields = FieldsBelow(message);
  return std::any_of(fields.begin(), fields.end(), IsPersonal);
}
}  // namespace

Offences RpcsWithoutPolicy(const Files& files) {
  Offences offences;
  std::map<const Descriptor*, const MethodDescriptor*> requests;
  for (const MethodDescriptor* method : MethodsOf(files)) {
    if (!absl::StartsWith(method->full_name(), "redress.")) continue;
    const options::v1::MethodPolicy& policy = method->options().GetExtension(options::v1::policy);
    if (auth::FindPermission(policy.permission()) == nullptr) {
      offences.push_back(
          absl::StrCat(method->full_name(), " needs no known permission: ", policy.permission()));
    }
    if (!requests.emplace(method->input_type(), method).second) {
      offences.push_back(absl::StrCat(method->full_name(), " shares its request"));
    }
    const FieldDescriptor* id = method->input_type()->FindFieldByName("request_id");
    if (id != nullptr && !(RuleOf(id).required() && RuleOf(id).uuid())) {
      offences.push_back(absl::StrCat(id->full_name(), " is not a required UUID"));
    }
    // What shows personal data unmasked must be recorded, so only reading rpcs may.
    if (id != nullptr && policy.audit() == options::v1::AUDIT_READ &&
        !absl::StartsWith(method->name(), "Update")) {
      offences.push_back(absl::StrCat(method->full_name(), " writes, but is audited as a reading"));
    }
    const bool reads = absl::StartsWith(method->name(), "Get") ||
                       absl::StartsWith(method->name(), "List") ||
                       absl::StartsWith(method->name(), "Search");
    if (reads && HasPersonalField(method->output_type()) &&
        policy.audit() != options::v1::AUDIT_READ) {
      offences.push_back(
          absl::StrCat(method->full_name(), " shows personal data and is not audited"));
    }
  }
  return offences;
}

Offences UnboundedRequests(const Files& files) {
  Offences offences;
  std::set<const FieldDescriptor*> seen;
  for (const MethodDescriptor* method : MethodsOf(files)) {
    for (const FieldDescriptor* field : FieldsBelow(method->input_type(), /*sent=*/true)) {
      if (!seen.insert(field).second) continue;
      const options::v1::FieldRule& rule = RuleOf(field);
      if (IsString(field)) {
        const uint32_t most = rule.max_runes() == 0 ? kDefaultRunes : rule.max_runes();
        if (most > kLongestText && !ImpersonalTexts().contains(field->full_name())) {
          offences.push_back(absl::StrCat(field->full_name(), " may have ", most, " characters"));
        }
      }
      if (field->is_repeated() && rule.max_items() > 1000) {
        offences.push_back(absl::StrCat(field->full_name(), " may have too many items"));
      }
      if (field->type() == FieldDescriptor::TYPE_BYTES && rule.max_bytes() > (1U << 20)) {
        offences.push_back(absl::StrCat(field->full_name(), " may have too many bytes"));
      }
      if (field->name() == "page_size" && rule.max() <= 0) {
        offences.push_back(absl::StrCat(field->full_name(), " has no limit"));
      }
    }
  }
  return offences;
}

Offences PersonalDataInTheClear(const Files& files) {
  Offences offences;
  for (const Descriptor* message : MessagesOf(files)) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      if (!IsPersonal(field)) continue;
      if (!field->options().GetExtension(options::v1::column).empty()) {
        offences.push_back(absl::StrCat(field->full_name(), " is personal and a column"));
      }
      if (field->options().GetExtension(options::v1::pii).kind() ==
          options::v1::PII_KIND_UNSPECIFIED) {
        offences.push_back(absl::StrCat(field->full_name(), " is personal of no kind"));
      }
    }
    const options::v1::Table& table = message->options().GetExtension(options::v1::table);
    if (!table.name().empty() && table.key_field().empty() && HasPersonalField(message)) {
      offences.push_back(absl::StrCat(message->full_name(),
                                      " holds personal data under a key that no erasure deletes"));
    }
  }
  return offences;
}

Offences UnmarkedFreeText(const Files& files) {
  Offences offences;
  std::set<const FieldDescriptor*> seen;
  const auto check = [&](const FieldDescriptor* field) {
    if (!IsString(field) || IsPersonal(field) || !seen.insert(field).second) return;
    if (ImpersonalTexts().contains(field->full_name())) return;
    if (field->name() == "etag" || field->name() == "page_token") return;
    if (!IsShaped(field)) {
      offences.push_back(absl::StrCat(field->full_name(), " is free text that is not personal"));
      return;
    }
    const std::string& pattern = RuleOf(field).pattern();
    for (const char* sentence : kSentences) {
      if (pattern.empty() || !RE2::FullMatch(sentence, pattern)) continue;
      offences.push_back(absl::StrCat(field->full_name(), " has a pattern that takes sentences"));
      return;
    }
  };
  for (const MethodDescriptor* method : MethodsOf(files)) {
    for (const FieldDescriptor* field : FieldsBelow(method->input_type(), /*sent=*/true)) {
      check(field);
    }
  }
  for (const Descriptor* message : MessagesOf(files)) {
    if (message->options().GetExtension(options::v1::table).name().empty()) continue;
    for (const FieldDescriptor* field : FieldsBelow(message, /*sent=*/true)) check(field);
  }
  return offences;
}

Offences UnmarkedTelling(const Files& files) {
  Offences offences;
  for (const Descriptor* message : MessagesOf(files)) {
    // What somebody sends tells them nothing; facts are shown whole or not at all.
    if (absl::EndsWith(message->name(), "Request")) continue;
    if (absl::StartsWith(message->full_name(), "redress.facts.")) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      const std::string& name = field->name();
      const options::v1::Tells tells = field->options().GetExtension(options::v1::tells);
      if (IsString(field) && (name == "petitioner" || name == "representatives") &&
          tells != options::v1::TELLS_PERSON) {
        offences.push_back(absl::StrCat(field->full_name(), " tells which person it is"));
      }
      if ((name == "assist" || name == "assistance_needed") &&
          tells != options::v1::TELLS_HOUSEHOLD) {
        offences.push_back(absl::StrCat(field->full_name(), " tells of a household's need"));
      }
    }
  }
  return offences;
}

Offences TextInFacts(const Descriptor* fact) {
  // Everything textual in a fact is the name or number of something.
  static const auto* const ids =
      new std::set<std::string>({"fact_id",         "campaign",
                                 "case_name",       "claim",
                                 "round",           "unit",
                                 "record",          "retracts",
                                 "official",        "lead",
                                 "officer",         "from_official",
                                 "to_official",     "into_case",
                                 "basis",           "lost_fact",
                                 "confirmed_fact",  "signing_fact",
                                 "measure",         "finding",
                                 "region_code",     "registration_number",
                                 "screening_round", "person",
                                 "claims"});
  Offences offences;
  for (const FieldDescriptor* field : FieldsBelow(fact)) {
    if (IsPersonal(field)) offences.push_back(absl::StrCat(field->full_name(), " is personal"));
    if (IsString(field) && !ids->contains(field->name())) {
      offences.push_back(absl::StrCat(field->full_name(), " is text"));
    }
    if (field->type() == FieldDescriptor::TYPE_BYTES) {
      offences.push_back(absl::StrCat(field->full_name(), " holds any bytes"));
    }
    if (field->enum_type() != nullptr && field->enum_type()->name() == "EntryCriterion") {
      offences.push_back(absl::StrCat(field->full_name(), " tells the entry criterion"));
    }
    if (absl::StrContains(field->name(), "criterion")) {
      offences.push_back(absl::StrCat(field->full_name(), " tells the entry criterion"));
    }
  }
  return offences;
}

Offences EntryCriterionBeyond(const Files& files, const std::set<std::string>& allowed) {
  Offences offences;
  for (const Descriptor* message : MessagesOf(files)) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      const bool criterion =
          (field->enum_type() != nullptr && field->enum_type()->name() == "EntryCriterion") ||
          absl::StrContains(field->name(), "criterion");
      if (!criterion) continue;
      if (!allowed.contains(field->full_name())) {
        offences.push_back(absl::StrCat(field->full_name(), " tells the entry criterion"));
      }
      if (!field->options().GetExtension(options::v1::column).empty()) {
        offences.push_back(absl::StrCat(field->full_name(), " is a column"));
      }
    }
  }
  return offences;
}

Offences AssistanceTiedToPetitions(const Files& files) {
  static const auto* const words = new std::set<std::string>(
      {"petition",   "petitions",  "petitioning", "settlement", "settlements", "closure",
       "closing",    "close",      "closed",      "withdraw",   "withdrawn",   "withdrawal",
       "drop",       "dropped",    "condition",   "conditions", "conditional", "exchange",
       "commitment", "undertakes", "behaviour",   "claim",      "claims",      "appraisal",
       "outcome",    "agreement"});
  Offences offences;
  for (const Descriptor* message : MessagesOf(files)) {
    if (!absl::StartsWith(message->full_name(), "redress.assistance.")) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      for (const std::string& word : WordsOf(field->name())) {
        if (words->contains(word)) {
          offences.push_back(absl::StrCat(field->full_name(), " could tie help to a petition"));
        }
      }
      const std::string type = field->message_type() != nullptr ? field->message_type()->full_name()
                               : field->enum_type() != nullptr  ? field->enum_type()->full_name()
                                                                : "";
      if (absl::StartsWith(type, "redress.registry.") || absl::StrContains(type, "Closing") ||
          absl::StrContains(type, "Claim") || absl::StrContains(type, "CaseState")) {
        offences.push_back(absl::StrCat(field->full_name(), " refers to the petition: ", type));
      }
    }
  }
  return offences;
}

}  // namespace redress::testing

#include "tests/unit/schema_walk.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/auth/permissions.h"
#include "redress/options/v1/options.pb.h"

namespace redress::testing {
namespace {

using google::protobuf::EnumValueDescriptor;

struct Forbidden {
  const char* words;  // consecutive words of an identifier, joined by "_"
  const char* why;
};

// Words, not syllables: "escort" is forbidden, "restored" is not.
constexpr Forbidden kForbidden[] = {
    {"whereabouts", "where a petitioner is or goes"},
    {"location", "where a petitioner is or goes"},
    {"locations", "where a petitioner is or goes"},
    {"gps", "where a petitioner is or goes"},
    {"latitude", "where a petitioner is or goes"},
    {"longitude", "where a petitioner is or goes"},
    {"geo", "where a petitioner is or goes"},
    {"coordinates", "where a petitioner is or goes"},
    {"itinerary", "where a petitioner is or goes"},
    {"travel", "where a petitioner is or goes"},
    {"travels", "where a petitioner is or goes"},
    {"trip", "where a petitioner is or goes"},
    {"ticket", "where a petitioner is or goes"},
    {"movement", "where a petitioner is or goes"},
    {"movements", "where a petitioner is or goes"},
    {"track", "following a person"},
    {"tracked", "following a person"},
    {"tracking", "following a person"},
    {"tracker", "following a person"},
    {"surveillance", "following a person"},
    {"monitored", "following a person"},
    {"monitoring", "following a person"},
    {"last_seen", "following a person"},
    {"associate", "whom a petitioner knows"},
    {"associates", "whom a petitioner knows"},
    {"acquaintance", "whom a petitioner knows"},
    {"acquaintances", "whom a petitioner knows"},
    {"contacts_of", "whom a petitioner knows"},
    {"accomplice", "whom a petitioner knows"},
    {"accomplices", "whom a petitioner knows"},
    {"social_network", "whom a petitioner knows"},
    {"belief", "what a petitioner believes"},
    {"beliefs", "what a petitioner believes"},
    {"religion", "what a petitioner believes"},
    {"faith", "what a petitioner believes"},
    {"ideology", "what a petitioner believes"},
    {"ideological", "what a petitioner believes"},
    {"political_view", "what a petitioner believes"},
    {"thought", "what a petitioner thinks"},
    {"thoughts", "what a petitioner thinks"},
    {"mindset", "what a petitioner thinks"},
    {"attitude", "what a petitioner feels"},
    {"mood", "what a petitioner feels"},
    {"emotion", "what a petitioner feels"},
    {"emotions", "what a petitioner feels"},
    {"emotional", "what a petitioner feels"},
    {"sentiment", "what a petitioner feels"},
    {"mental", "what a petitioner feels"},
    {"satisfied_with", "what a petitioner feels"},
    {"risk", "an estimate of a person"},
    {"risks", "an estimate of a person"},
    {"risky", "an estimate of a person"},
    {"danger", "an estimate of a person"},
    {"dangerousness", "an estimate of a person"},
    {"stability", "an estimate of a person"},
    {"stabilise", "keeping a person in place"},
    {"stabilize", "keeping a person in place"},
    {"threat_level", "an estimate of a person"},
    {"person_score", "a rating of a person"},
    {"petitioner_score", "a rating of a person"},
    {"person_rating", "a rating of a person"},
    {"petitioner_rating_of", "a rating of a person"},
    {"credit_score", "a rating of a person"},
    {"ringleader", "a label on a person"},
    {"ringleaders", "a label on a person"},
    {"instigator", "a label on a person"},
    {"organiser", "a label on a person"},
    {"organizer", "a label on a person"},
    {"troublemaker", "a label on a person"},
    {"vexatious", "a label on a person"},
    {"abnormal", "a label on a person"},
    {"illegal_petition", "petitioning is never misconduct"},
    {"unlawful_petition", "petitioning is never misconduct"},
    {"blacklist", "a label on a person"},
    {"blacklisted", "a label on a person"},
    {"watchlist", "a label on a person"},
    {"watch_list", "a label on a person"},
    {"key_person", "a label on a person"},
    {"key_persons", "a label on a person"},
    {"person_label", "a label on a person"},
    {"person_tag", "a label on a person"},
    {"controlled", "keeping a person in place"},
    {"control", "keeping a person in place"},
    {"controls", "keeping a person in place"},
    {"detain", "keeping a person in place"},
    {"detained", "keeping a person in place"},
    {"intercept", "keeping a person in place"},
    {"intercepted", "keeping a person in place"},
    {"escort", "keeping a person in place"},
    {"escorted", "keeping a person in place"},
    {"sent_home", "keeping a person in place"},
    {"brought_back", "keeping a person in place"},
    {"persuaded_to_return", "keeping a person in place"},
    {"publicity", "publicising offenders"},
    {"publicise", "publicising offenders"},
    {"publicised", "publicising offenders"},
    {"publicize", "publicising offenders"},
    {"expose", "publicising offenders"},
    {"shame", "publicising offenders"},
    {"audio", "recordings of people"},
    {"video", "recordings of people"},
    {"face", "recordings of people"},
    {"petitions_filed", "counting petitions"},
    {"petition_count", "counting petitions"},
    {"petitions", "counting petitions"},
    {"repeat_petition", "counting petitions"},
    {"repeat_visits_of_petitioner", "counting petitions"},
    {"closing_rate", "a share of closings as a measure of work"},
    {"closure_rate", "a share of closings as a measure of work"},
    {"settlement_rate", "a share of closings as a measure of work"},
    {"agreement_rate", "a share of closings as a measure of work"},
    {"waiver", "giving up the right to petition"},
    {"waive", "giving up the right to petition"},
    {"waives", "giving up the right to petition"},
    {"waived", "giving up the right to petition"},
    {"no_more_petitions", "giving up the right to petition"},
    {"cease_petitioning", "giving up the right to petition"},
};

// Texts of organisations, plans and documents: who writes them writes about no person.
const std::set<std::string>& ImpersonalTexts() {
  static const auto* const texts = new std::set<std::string>({
      "redress.types.v1.LocalizedText.zh",
      "redress.types.v1.LocalizedText.en",
      "redress.registry.v1.CreateCampaignRequest.plan_text",
      "redress.registry.v1.CreatePlanRevisionRequest.plan_text",
      "redress.registry.v1.PlanRevision.text",
      // The number that is printed on a document, and what public money is paid by.
      "redress.registry.v1.Document.document_number",
      "redress.assistance.v1.NewMeasure.funding_source",
      "redress.assistance.v1.NewMeasure.policy_basis",
      "redress.assistance.v1.Payment.funding_source",
      "redress.assistance.v1.Payment.policy_basis",
      "redress.assistance.v1.Payment.voucher",
      "redress.registry.v1.SearchCasesRequest.registration_number",
      // Names of officials and units, as certificates and tokens have them.
      "redress.types.v1.Actor.official",
      "redress.types.v1.Actor.unit",
      "redress.registry.v1.Caller.official",
      "redress.registry.v1.Caller.unit",
  });
  return *texts;
}

constexpr uint32_t kDefaultRunes = 256;
constexpr uint32_t kLongestText = 20000;

const options::v1::FieldRule& RuleOf(const FieldDescriptor* field) {
  return field->options().GetExtension(options::v1::rule);
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

void AddMessages(const Descriptor* message, std::vector<const Descriptor*>& all) {
  all.push_back(message);
  for (int i = 0; i < message->nested_type_count(); ++i) AddMessages(message->nested_type(i), all);
}

void AddFields(const Descriptor* message, bool sent, std::set<const Descriptor*>& seen,
               std::vector<const FieldDescriptor*>& all) {
  if (!seen.insert(message).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (sent && RuleOf(field).output_only()) continue;
    all.push_back(field);
    if (field->message_type() != nullptr) AddFields(field->message_type(), sent, seen, all);
  }
}

bool HasPersonalField(const Descriptor* message) {
  const std::vector<const FieldDescriptor*> fields = FieldsBelow(message);
  return std::any_of(fields.begin(), fields.end(), IsPersonal);
}

}  // namespace

std::vector<std::string> WordsOf(std::string_view identifier) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < identifier.size(); ++i) {
    const auto c = static_cast<unsigned char>(identifier[i]);
    if (!std::isalnum(c)) {
      end_word();
      continue;
    }
    const bool after_small =
        i > 0 && std::islower(static_cast<unsigned char>(identifier[i - 1])) != 0;
    const bool before_small = i > 0 && i + 1 < identifier.size() &&
                              std::isupper(static_cast<unsigned char>(identifier[i - 1])) != 0 &&
                              std::islower(static_cast<unsigned char>(identifier[i + 1])) != 0;
    if (std::isupper(c) && (after_small || before_small)) end_word();
    word.push_back(static_cast<char>(std::tolower(c)));
  }
  end_word();
  return words;
}

std::string ForbiddenIn(std::string_view identifier) {
  const std::string words = absl::StrCat("_", absl::StrJoin(WordsOf(identifier), "_"), "_");
  for (const Forbidden& forbidden : kForbidden) {
    if (absl::StrContains(words, absl::StrCat("_", forbidden.words, "_"))) {
      return absl::StrCat(forbidden.words, ": ", forbidden.why);
    }
  }
  return "";
}

std::vector<const Descriptor*> MessagesOf(const Files& files) {
  std::vector<const Descriptor*> all;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) AddMessages(file->message_type(i), all);
  }
  return all;
}

std::vector<const EnumDescriptor*> EnumsOf(const Files& files) {
  std::vector<const EnumDescriptor*> all;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->enum_type_count(); ++i) all.push_back(file->enum_type(i));
  }
  for (const Descriptor* message : MessagesOf(files)) {
    for (int i = 0; i < message->enum_type_count(); ++i) all.push_back(message->enum_type(i));
  }
  return all;
}

std::vector<const MethodDescriptor*> MethodsOf(const Files& files) {
  std::vector<const MethodDescriptor*> all;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int k = 0; k < file->service(i)->method_count(); ++k) {
        all.push_back(file->service(i)->method(k));
      }
    }
  }
  return all;
}

std::vector<const FieldDescriptor*> FieldsBelow(const Descriptor* message, bool sent) {
  std::set<const Descriptor*> seen;
  std::vector<const FieldDescriptor*> all;
  AddFields(message, sent, seen, all);
  return all;
}

Offences ForbiddenNames(const Files& files) {
  Offences offences;
  const auto check = [&](const std::string& full_name, std::string_view name) {
    if (std::string why = ForbiddenIn(name); !why.empty()) {
      offences.push_back(absl::StrCat(full_name, " has ", why));
    }
  };
  for (const Descriptor* message : MessagesOf(files)) {
    check(message->full_name(), message->name());
    const options::v1::Table& table = message->options().GetExtension(options::v1::table);
    check(message->full_name(), table.name());
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      check(field->full_name(), field->name());
      check(field->full_name(), field->options().GetExtension(options::v1::column));
    }
    for (int i = 0; i < message->oneof_decl_count(); ++i) {
      check(message->oneof_decl(i)->full_name(), message->oneof_decl(i)->name());
    }
  }
  for (const EnumDescriptor* type : EnumsOf(files)) {
    check(type->full_name(), type->name());
    for (int i = 0; i < type->value_count(); ++i) {
      check(type->value(i)->full_name(), type->value(i)->name());
    }
  }
  for (const MethodDescriptor* method : MethodsOf(files)) {
    check(method->full_name(), method->name());
    check(method->full_name(), method->options().GetExtension(options::v1::policy).permission());
  }
  return offences;
}

Offences ForbiddenNamesInSql(std::string_view sql) {
  Offences offences;
  for (absl::string_view line : absl::StrSplit(absl::string_view(sql.data(), sql.size()), '\n')) {
    line = line.substr(0, line.find("--"));
    std::string name;
    for (size_t i = 0; i <= line.size(); ++i) {
      if (i < line.size() &&
          (std::isalnum(static_cast<unsigned char>(line[i])) || line[i] == '_')) {
        name.push_back(line[i]);
        continue;
      }
      if (std::string why = ForbiddenIn(name); !why.empty()) {
        offences.push_back(absl::StrCat(name, " has ", why));
      }
      name.clear();
    }
  }
  return offences;
}

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
    if (!method->server_streaming() && policy.deadline_ms() <= 0) {
      offences.push_back(absl::StrCat(method->full_name(), " has no deadline"));
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
    if (!IsString(field) || IsPersonal(field) || IsShaped(field)) return;
    if (!seen.insert(field).second) return;
    if (ImpersonalTexts().contains(field->full_name())) return;
    if (field->name() == "etag" || field->name() == "page_token") return;
    offences.push_back(absl::StrCat(field->full_name(), " is free text that is not personal"));
  };
  for (const MethodDescriptor* method : MethodsOf(files)) {
    for (const FieldDescriptor* field : FieldsBelow(method->input_type(), /*sent=*/true)) {
      check(field);
    }
  }
  return offences;
}

Offences TextInFacts(const Descriptor* fact) {
  // Everything textual in a fact is the name or number of something.
  static const auto* const ids = new std::set<std::string>(
      {"fact_id",        "campaign",      "case_name",   "claim",       "round",
       "unit",           "record",        "retracts",    "official",    "lead",
       "officer",        "from_official", "to_official", "into_case",   "basis",
       "lost_fact",      "measure",       "finding",     "region_code", "registration_number",
       "screening_round"});
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

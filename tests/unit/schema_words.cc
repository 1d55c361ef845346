#include "tests/unit/schema_words.h"

#include <cctype>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "redress/options/v1/options.pb.h"

namespace redress::testing {
namespace {

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
}  // namespace redress::testing

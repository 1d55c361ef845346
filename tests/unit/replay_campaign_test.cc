#include "clients/replay/campaign.h"

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/replay/random.h"
#include "clients/replay/script.h"
#include "common/base/files.h"
#include "gtest/gtest.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::replay {
namespace {

const Sample& TheSample() {
  static const auto* const sample = [] {
    auto loaded = Sample::Load(REDRESS_SOURCE_DIR "/seeds/sample");
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return new Sample(*std::move(loaded));
  }();
  return *sample;
}

const calendar::Calendar& TheCalendar() {
  static const auto calendar =
      calendar::Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt");
  return **calendar;
}

std::vector<Event> Make(uint64_t seed, int cases) {
  CampaignOptions options;
  options.seed = seed;
  options.cases = cases;
  options.plan_text = "id: \"plan\"";
  return MakeCampaign(options, TheSample(), TheCalendar());
}

const std::vector<Event>& TheCampaign() {
  static const auto* const events = new std::vector<Event>(Make(2018, 100));
  return *events;
}

std::string Print(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) {
    absl::StrAppend(&text, absl::FormatCivilTime(event.day), " ", static_cast<int>(event.slot), " ",
                    event.id, " ", event.caller, " ", event.binds, " ", event.refusal, " ",
                    event.request->ShortDebugString(), "\n");
  }
  return text;
}

// Every date of a request.
void CollectDates(const google::protobuf::Message& message,
                  std::vector<std::pair<std::string, Day>>& dates) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const auto& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                               : reflection.GetMessage(message, field);
      if (inner.GetDescriptor() == google::type::Date::descriptor()) {
        dates.emplace_back(field->name(), DayOf(static_cast<const google::type::Date&>(inner)));
      } else {
        CollectDates(inner, dates);
      }
    }
  }
}

TEST(ReplayCampaignTest, SameSeedSameEvents) {
  EXPECT_EQ(Print(Make(2018, 60)), Print(Make(2018, 60)));
  EXPECT_NE(Print(Make(2018, 60)), Print(Make(2019, 60)));
}

// What compilers and libraries could change shows here: pinned once, the same everywhere.
TEST(ReplayCampaignTest, DrawsTheSameWithEveryCompiler) {
  Random random(2018, "case/1");
  std::string drawn;
  for (int i = 0; i < 8; ++i) absl::StrAppend(&drawn, random.Below(1000), " ");
  EXPECT_EQ(drawn, "178 623 300 876 220 463 313 299 ");
  EXPECT_EQ(std::mt19937_64(5489u)(), 14514284786278117030u);
}

TEST(ReplayCampaignTest, MoreCasesLeaveTheFirstAsTheyWere) {
  const auto of_case = [](const std::vector<Event>& events, int number) {
    std::vector<Event> found;
    for (const Event& event : events) {
      if (event.case_number == number) found.push_back(event);
    }
    return Print(found);
  };
  const std::vector<Event> few = Make(2018, 40);
  for (const int number : {1, 17, 40}) {
    EXPECT_EQ(of_case(few, number), of_case(TheCampaign(), number)) << number;
  }
}

TEST(ReplayCampaignTest, IsOrderedAndWithinTheCampaign) {
  const std::vector<Event>& events = TheCampaign();
  EXPECT_GT(events.size(), 2000u);
  EXPECT_LT(events.size(), 5000u);
  std::set<std::string> ids;
  for (size_t i = 0; i < events.size(); ++i) {
    if (i > 0) {
      EXPECT_FALSE(Before(events[i], events[i - 1])) << events[i].id;
    }
    EXPECT_TRUE(ids.insert(events[i].id).second) << events[i].id;
    EXPECT_GE(events[i].day, Day(2018, 4, 2)) << events[i].id;
    EXPECT_LE(events[i].day, kLastDay) << events[i].id;
  }
}

TEST(ReplayCampaignTest, NothingIsDatedAfterItIsRecorded) {
  const std::set<std::string> ahead = {"due_on", "resolve_by", "planned_on"};
  for (const Event& event : TheCampaign()) {
    std::vector<std::pair<std::string, Day>> dates;
    CollectDates(*event.request, dates);
    for (const auto& [field, day] : dates) {
      if (!ahead.contains(field)) {
        EXPECT_LE(day, event.day) << event.id << " " << field;
      }
    }
  }
}

TEST(ReplayCampaignTest, WorkIsDoneOnWorkingDaysButForTheService) {
  for (const Event& event : TheCampaign()) {
    const bool works = TheCalendar().IsWorkingDay(event.day);
    EXPECT_TRUE(works || event.story == StoryName(Story::kHolidayService))
        << event.id << " " << absl::FormatCivilTime(event.day);
  }
}

TEST(ReplayCampaignTest, NothingIsSpokenOfBeforeItIsBound) {
  std::set<std::string> bound;
  for (const Event& event : TheCampaign()) {
    std::unique_ptr<google::protobuf::Message> request(event.request->New());
    request->CopyFrom(*event.request);
    const absl::Status resolved = Resolve(
        [&](const std::string& placeholder) { return bound.contains(placeholder) ? "x" : ""; },
        *request);
    EXPECT_TRUE(resolved.ok()) << event.id << ": " << resolved;
    if (!event.binds.empty()) {
      EXPECT_TRUE(bound.insert(event.binds).second) << event.binds;
    }
  }
}

TEST(ReplayCampaignTest, EveryStoryIsToldWhateverTheSeed) {
  for (const uint64_t seed : {2018u, 1u, 77u}) {
    std::set<std::string> told;
    for (const Event& event : Make(seed, kFewestCases)) told.insert(event.story);
    for (int story = 1; story <= kStories; ++story) {
      const Story which = static_cast<Story>(story);
      if (which == Story::kLeftOpen) continue;  // told by what does not happen
      EXPECT_TRUE(told.contains(StoryName(which))) << StoryName(which) << " seed " << seed;
    }
  }
}

TEST(ReplayCampaignTest, CasesComeAsInTheCampaign) {
  std::map<types::v1::CaseSource, int> sources;
  int accusations = 0;
  for (const Event& event : TheCampaign()) {
    const auto* request =
        dynamic_cast<const registry::v1::RegisterCaseRequest*>(event.request.get());
    if (request == nullptr) continue;
    ++sources[request->source()];
    for (const auto& claim : request->claims()) {
      const bool accusation = claim.kind() == types::v1::CLAIM_KIND_ACCUSATION;
      accusations += accusation;
      EXPECT_EQ(accusation, claim.accused_size() > 0);
    }
    const bool handed_down = request->source() == types::v1::CASE_SOURCE_HANDED_DOWN_CITY ||
                             request->source() == types::v1::CASE_SOURCE_HANDED_DOWN_COUNTY;
    if (handed_down) {
      EXPECT_LE(event.day, Day(2018, 4, 30)) << event.id;
    }
    if (request->source() == types::v1::CASE_SOURCE_SCREENING) {
      EXPECT_LE(event.day, Day(2018, 5, 8)) << event.id;
    }
  }
  EXPECT_GE(accusations, 2);
  EXPECT_GE(sources[types::v1::CASE_SOURCE_HANDED_DOWN_CITY], 5);
  EXPECT_GE(sources[types::v1::CASE_SOURCE_HANDED_DOWN_COUNTY], 10);
  EXPECT_GE(sources[types::v1::CASE_SOURCE_SCREENING], 25);
  EXPECT_GE(sources[types::v1::CASE_SOURCE_IN_PERSON], 5);
}

TEST(ReplayCampaignTest, TheAccusedHaveNoPart) {
  std::map<int, std::set<std::string>> accused;
  for (const Event& event : TheCampaign()) {
    const auto* request =
        dynamic_cast<const registry::v1::RegisterCaseRequest*>(event.request.get());
    if (request == nullptr) continue;
    for (const auto& claim : request->claims()) {
      accused[event.case_number].insert(claim.accused().begin(), claim.accused().end());
    }
  }
  for (const Event& event : TheCampaign()) {
    const auto found = accused.find(event.case_number);
    if (found == accused.end()) continue;
    const SampleOfficial* caller = TheSample().FindOfficial(event.caller);
    ASSERT_NE(caller, nullptr);
    EXPECT_FALSE(found->second.contains(caller->name())) << event.id;
    EXPECT_FALSE(found->second.contains("units/" + caller->unit)) << event.id;
    const auto* assign =
        dynamic_cast<const assignment::v1::AssignCaseRequest*>(event.request.get());
    if (assign != nullptr) {
      EXPECT_FALSE(found->second.contains(assign->unit())) << event.id;
    }
  }
}

TEST(ReplayCampaignTest, CallersHaveAccounts) {
  for (const Event& event : TheCampaign()) {
    if (event.caller == "operator") continue;
    const SampleOfficial* caller = TheSample().FindOfficial(event.caller);
    ASSERT_NE(caller, nullptr) << event.caller;
    EXPECT_FALSE(caller->roles.empty()) << event.caller;
  }
}

// GB 11643: the weighted sum of a true number is 1 modulo 11.
TEST(ReplayCampaignTest, IdentityNumbersAndTelephonesAreNobodys) {
  int seen = 0;
  for (const Event& event : TheCampaign()) {
    const auto* request =
        dynamic_cast<const registry::v1::RegisterCaseRequest*>(event.request.get());
    if (request == nullptr) continue;
    std::vector<registry::v1::PersonIdentity> persons(request->representatives().begin(),
                                                      request->representatives().end());
    persons.push_back(request->new_petitioner());
    for (const registry::v1::PersonIdentity& person : persons) {
      const std::string& id = person.national_id();
      ASSERT_EQ(id.size(), 18u);
      int sum = 0;
      int weight = 1;
      for (int i = 17; i >= 0; --i) {
        sum += (id[i] == 'X' ? 10 : id[i] - '0') * weight;
        weight = weight * 2 % 11;
      }
      EXPECT_NE(sum % 11, 1) << id;
      EXPECT_EQ(person.phone().substr(0, 2), "12");
      EXPECT_EQ(person.phone().size(), 11u);
      ++seen;
    }
  }
  EXPECT_GE(seen, 100);
}

// The persons and the place of the plan that the campaign is modelled on: hashed, so that they
// stand here neither.
const std::set<std::string>& Forbidden() {
  static const auto* const hashes = new std::set<std::string>({
      "c0fdc8d54d3919366421ff4e",
      "47b0eb3feeffeb850da7ba5e",
      "d57ff9453a914b83f478e036",
      "2d1ea746ffb24676e7c8a545",
      "180dedbfcbc56c26dfe9af2a",
      "175168daefa7333e28e6b143",
      "0f5fae245986f50b8f6c5500",
      "7eb36ad5c5b96e2d0735ebed",
      "5beeb2850b4cae061c5a2bc3",
      "4313969077b531f14ba67be3",
      "be60034e30f6c2a38a08c5c2",
      "adfddcc5a834076ebebe76d5",
      "e52c2c38d3becc44e0695e0f",
      "eeb76f56f59ee30952354918",
      "f4b40daf89b4147450390b12",
  });
  return *hashes;
}

std::vector<std::string> Runes(const std::string& text) {
  std::vector<std::string> runes;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) runes.emplace_back();
    if (!runes.empty()) runes.back() += c;
  }
  return runes;
}

int CountForbidden(const std::string& text) {
  int found = 0;
  const std::vector<std::string> runes = Runes(text);
  for (size_t i = 0; i + 1 < runes.size(); ++i) {
    std::string word = runes[i] + runes[i + 1];
    found += Forbidden().contains(Sha256Hex("redress/" + word).substr(0, 24));
    if (i + 2 < runes.size()) {
      word += runes[i + 2];
      found += Forbidden().contains(Sha256Hex("redress/" + word).substr(0, 24));
    }
  }
  return found;
}

TEST(ReplayCampaignTest, NamesNobodyOfTheRealPlan) {
  std::set<std::string> texts;
  for (const uint64_t seed : {2018u, 1u}) {
    for (const Event& event : Make(seed, 100)) {
      for (std::string& text : TextsOf(*event.request)) texts.insert(std::move(text));
    }
  }
  for (const char* file : {"/seeds/sample/organisation.txt", "/seeds/sample/words.txt"}) {
    const auto text = base::ReadFile(std::string(REDRESS_SOURCE_DIR) + file);
    ASSERT_TRUE(text.ok());
    texts.insert(*text);
  }
  // No name that could be drawn either.
  for (const std::string& surname : TheSample().Words("surname")) {
    for (const std::string& given : TheSample().Words("given")) texts.insert(surname + given);
  }
  for (const std::string& text : texts) EXPECT_EQ(CountForbidden(text), 0) << text.substr(0, 60);
}

TEST(ReplaySampleTest, NamesTheLineThatIsWrong) {
  EXPECT_FALSE(Sample::Load(REDRESS_SOURCE_DIR "/seeds/nowhere").ok());
}

}  // namespace
}  // namespace redress::replay

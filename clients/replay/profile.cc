#include "clients/replay/profile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "clients/replay/random.h"
#include "clients/replay/workdays.h"

namespace redress::replay {
namespace {

using types::v1::CaseSource;

constexpr const char* kStoryNames[] = {
    "",
    "handover accepted",
    "handover declined",
    "visit declined",
    "hearing adjourned",
    "hearing declined",
    "closing refused",
    "four eyes",
    "service on a holiday",
    "refusal witnessed",
    "extension",
    "settlement",
    "settlement withdrawn",
    "reopened",
    "appraisal refused",
    "accusation",
    "assistance",
    "assistance measure failed",
    "survey declined",
    "never assigned",
    "left open",
    "closure rejected",
};

// How many of the cases come in which way: three handed down, four from screening, three others.
void DrawSource(CaseProfile& profile, const Workdays& days, Random& random) {
  const int group = profile.story == Story::kNone ? profile.number % 10 : 0;
  const bool needs_early = profile.story != Story::kNone;
  if (profile.story == Story::kHandoverAccepted) {
    profile.source = types::v1::CASE_SOURCE_HANDED_DOWN_CITY;
    profile.prominent = true;
  } else if (group <= 2 && (!needs_early || random.Chance(50))) {
    const bool city = random.Chance(40);
    profile.source =
        city ? types::v1::CASE_SOURCE_HANDED_DOWN_CITY : types::v1::CASE_SOURCE_HANDED_DOWN_COUNTY;
    profile.prominent = city && random.Chance(70);
  } else if (group <= 6) {
    profile.source = types::v1::CASE_SOURCE_SCREENING;
  } else {
    profile.source =
        random.Pick<CaseSource>({types::v1::CASE_SOURCE_IN_PERSON, types::v1::CASE_SOURCE_IN_PERSON,
                                 types::v1::CASE_SOURCE_LETTER, types::v1::CASE_SOURCE_ONLINE,
                                 types::v1::CASE_SOURCE_PHONE});
  }
  if (profile.handed_down()) {
    profile.registered = days.From(Day(2018, 4, 20) + random.Between(0, 5));
    profile.criterion =
        random.Chance(60)
            ? types::v1::ENTRY_CRITERION_HANDED_DOWN
            : random.Pick<types::v1::EntryCriterion>(
                  {types::v1::ENTRY_CRITERION_CAPITAL, types::v1::ENTRY_CRITERION_PROVINCE_REPEATED,
                   types::v1::ENTRY_CRITERION_CITY_MANY_OR_COLLECTIVE});
  } else if (profile.source == types::v1::CASE_SOURCE_SCREENING) {
    profile.registered = days.From(Day(2018, 5, 2) + random.Between(0, 6));
  } else {
    profile.registered = days.From(Day(2018, 5, 10) + random.Between(0, 115));
  }
  profile.received = profile.registered - random.Between(0, 2);
}

registry::v1::PersonIdentity DrawPerson(const CaseProfile& profile, const Sample& sample,
                                        Random& random) {
  registry::v1::PersonIdentity person;
  person.set_full_name(random.Pick(sample.Words("surname")) + random.Pick(sample.Words("given")));
  person.set_national_id(InvalidNationalId(profile.committee->region_code.substr(0, 6),
                                           random.Between(1940, 1992), random.Between(1, 28999)));
  // No mobile number of eleven digits begins with 12.
  person.set_phone(absl::StrFormat("12%09d", random.Between(0, 999999999)));
  person.set_address(absl::StrCat("青溪镇", profile.committee->title.zh(), "辖区",
                                  random.Between(1, 12), "组", random.Between(1, 80), "号"));
  return person;
}

std::string Fill(const std::string& text, const CaseProfile& profile, Random& random) {
  const std::string& zh = profile.committee->title.zh();
  const size_t suffix = zh.rfind("委会");
  // "云峰村委会" -> "云峰村", "青溪街居委会" -> "青溪街".
  std::string place = zh.substr(0, suffix);
  const std::string residents = "居";
  if (place.ends_with(residents)) place.resize(place.size() - residents.size());
  return absl::StrReplaceAll(text, {{"{village}", place},
                                    {"{n}", absl::StrCat(random.Between(2, 9))},
                                    {"{year}", absl::StrCat(random.Between(2009, 2017))}});
}

void DrawClaims(CaseProfile& profile, const Sample& sample, Random& random) {
  using namespace types::v1;  // NOLINT: the enum's many values
  const bool must_explain =
      profile.story == Story::kVisitDeclined || profile.story == Story::kHearingAdjourned ||
      profile.story == Story::kHearingDeclined || profile.story == Story::kClosingRefused;
  const bool must_resolve =
      profile.story == Story::kSettlement || profile.story == Story::kSettlementTwice ||
      profile.story == Story::kHolidayService || profile.story == Story::kRefusalWitnessed ||
      profile.story == Story::kReopened || profile.story == Story::kFourEyes ||
      profile.story == Story::kClosureRejected;
  const int count = profile.story == Story::kClosingRefused || random.Chance(15) ? 2 : 1;
  ClaimSubject first = CLAIM_SUBJECT_UNSPECIFIED;
  for (int i = 0; i < count; ++i) {
    registry::v1::NewClaim claim;
    const ClaimSubject subject = random.Pick<ClaimSubject>(
        {CLAIM_SUBJECT_LAND, CLAIM_SUBJECT_LAND, CLAIM_SUBJECT_LAND, CLAIM_SUBJECT_RESETTLEMENT,
         CLAIM_SUBJECT_RESETTLEMENT, CLAIM_SUBJECT_LABOUR, CLAIM_SUBJECT_CIVIL_AFFAIRS,
         CLAIM_SUBJECT_CIVIL_AFFAIRS, CLAIM_SUBJECT_ENVIRONMENT, CLAIM_SUBJECT_VILLAGE_AFFAIRS,
         CLAIM_SUBJECT_VILLAGE_AFFAIRS, CLAIM_SUBJECT_INFRASTRUCTURE,
         CLAIM_SUBJECT_EDUCATION_HEALTH, CLAIM_SUBJECT_JUSTICE, CLAIM_SUBJECT_OTHER});
    if (i == 0) first = subject;
    // What one unit cannot answer is a case of its own, so all claims of a case are of one field.
    claim.set_subject(first);
    claim.set_kind(CLAIM_KIND_GRIEVANCE);
    std::string section = "statement." + ClaimSubject_Name(first).substr(14);
    if (profile.story == Story::kAccusation) {
      claim.set_kind(CLAIM_KIND_ACCUSATION);
      claim.set_subject(first = CLAIM_SUBJECT_VILLAGE_AFFAIRS);
      claim.add_accused(profile.committee->name());
      for (const SampleOfficial* head : sample.OfficialsOf(profile.committee->id, ROLE_UNIT_HEAD)) {
        claim.add_accused(head->name());
      }
      section = "statement.accusation";
    } else if (profile.story == Story::kNone && i == 0 && random.Chance(8)) {
      claim.set_kind(CLAIM_KIND_SUGGESTION);
      section = "statement.suggestion";
    }
    claim.set_statement(Fill(random.Pick(sample.Words(section)), profile, random));
    profile.claims.push_back(std::move(claim));
    Category category = random.Chance(62) ? CATEGORY_RESOLVE : CATEGORY_EXPLAIN;
    if (must_explain) category = CATEGORY_EXPLAIN;
    if (must_resolve || (profile.story == Story::kClosingRefused && i == 0)) {
      category = CATEGORY_RESOLVE;
    }
    profile.categories.push_back(category);
  }
}

void DrawPeople(CaseProfile& profile, const Sample& sample, Random& random) {
  const std::string& unit = random.Pick(sample.UnitsFor(profile.claims[0].subject()));
  profile.unit = sample.FindUnit(unit);
  profile.officer = random.Pick(sample.OfficialsOf(unit, types::v1::ROLE_CASE_OFFICER));
  profile.head = sample.OfficialsOf(unit, types::v1::ROLE_UNIT_HEAD).front();
  std::vector<const SampleOfficial*> leads;
  const bool principal = profile.prominent && profile.story != Story::kHandoverAccepted;
  for (const SampleOfficial* lead : sample.OfficialsWith(types::v1::ROLE_LEAD)) {
    if (lead->principal == principal) leads.push_back(lead);
  }
  profile.lead = random.Pick(leads);
}

void DrawHabits(CaseProfile& profile, Random& random) {
  // Stories are told by cases in which all else goes well.
  const bool told = profile.story != Story::kNone;
  const auto falls_behind = [&](int percent) { return random.Chance(percent) && !told; };
  profile.late_assignment = falls_behind(10);
  profile.late_hearing_of_petitioner = falls_behind(15);
  profile.late_acceptance = falls_behind(8);
  profile.late_investigation = falls_behind(12);
  profile.late_opinion = falls_behind(8);
  profile.forgets_date_offer = falls_behind(6);
  profile.visit_misses = told ? 0 : random.Pick<int>({0, 5, 10, 25});
  profile.needs_assistance = falls_behind(9);
  profile.closes = !random.Chance(22);
  switch (profile.story) {
    case Story::kNone:
    case Story::kHandoverAccepted:
    case Story::kHandoverDeclined:
    case Story::kAssistance:
      break;
    case Story::kAccusation:
    case Story::kVisitDeclined:
    case Story::kNeverAssigned:
    case Story::kLeftOpen:
      profile.closes = false;
      break;
    default:
      profile.closes = true;
  }
}

}  // namespace

std::string StoryName(Story story) { return kStoryNames[static_cast<int>(story)]; }

bool CaseProfile::explains() const {
  return std::find(categories.begin(), categories.end(), types::v1::CATEGORY_EXPLAIN) !=
         categories.end();
}

CaseProfile DrawProfile(uint64_t seed, int number, const Sample& sample,
                        const calendar::Calendar& calendar) {
  Random random(seed, absl::StrCat("case/", number));
  const Workdays days(calendar);
  CaseProfile profile;
  profile.number = number;
  // The second accusation, and more settlements and households in need than one.
  if (number <= kStories) {
    profile.story = static_cast<Story>(number);
  } else if (number == kStories + 1) {
    profile.story = Story::kAccusation;
  } else if (number % 9 == 5) {
    profile.story = Story::kSettlement;
  } else if (number % 13 == 6) {
    profile.story = Story::kAssistance;
  } else if (number % 25 == 11) {
    profile.story = Story::kAppraisalRefused;
  }
  DrawSource(profile, days, random);
  profile.committee = random.Pick(sample.UnitsOf(types::v1::UNIT_KIND_COMMITTEE));
  profile.petitioner = DrawPerson(profile, sample, random);
  if (random.Chance(12)) {
    for (int i = random.Between(1, 4); i > 0; --i) {
      profile.representatives.push_back(DrawPerson(profile, sample, random));
    }
  }
  DrawClaims(profile, sample, random);
  DrawPeople(profile, sample, random);
  DrawHabits(profile, random);
  return profile;
}

std::string InvalidNationalId(std::string_view region6, int birth_year, int sequence) {
  // GB 11643: the last character makes the weighted sum 1 modulo 11. Here it is one off.
  const std::string body = absl::StrFormat("%s%04d%02d%02d%03d", std::string(region6), birth_year,
                                           sequence % 12 + 1, sequence % 28 + 1, sequence % 1000);
  int sum = 0;
  int weight = 1;
  for (int i = 16; i >= 0; --i) {
    weight = weight * 2 % 11;
    sum += (body[i] - '0') * weight;
  }
  const int right = (12 - sum % 11) % 11;
  return body + "0123456789X"[(right + 1) % 11];
}

}  // namespace redress::replay

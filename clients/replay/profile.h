// What one invented case is about and how its people work: drawn once, before its events are made.
// Pure.
#ifndef REDRESS_CLIENTS_REPLAY_PROFILE_H_
#define REDRESS_CLIENTS_REPLAY_PROFILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "clients/replay/event.h"
#include "clients/replay/sample.h"
#include "common/calendar/calendar.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/types/v1/types.pb.h"

namespace redress::replay {

// What is told by a case beside everyday work. The first cases have one each.
enum class Story {
  kNone,
  kHandoverAccepted,  // a prominent case goes to a principal leader, as P4 asks
  kHandoverDeclined,  // one leader declines, the next accepts
  kVisitDeclined,     // the petitioner declines visits, and later wants them again
  kHearingAdjourned,  // a hearing is moved to another day
  kHearingDeclined,   // the petitioner does not want the hearing
  kClosingRefused,    // a closing is refused with its list, and allowed when that is done
  kFourEyes,          // who proposed a closing cannot approve it
  kHolidayService,    // an opinion is served on a public holiday
  kRefusalWitnessed,  // service is refused, before witnesses
  kExtension,         // the handling period is extended
  kSettlement,        // an agreement, its seven days, its performance
  kSettlementTwice,   // an agreement is withdrawn within the seven days, a second one holds
  kReopened,          // a closed case is opened again
  kAppraisalRefused,  // an appraisal is refused for want of a must
  kAccusation,        // the accused are walled off; sorted into another channel
  kAssistance,        // survey, plan, measures, payments
  kAssistanceFailed,  // a measure fails, the plan is made anew
  kSurveyDeclined,    // the person does not want the survey
  kNeverAssigned,     // nobody is given the case for months
  kLeftOpen,          // nothing is answered: overdue to the end
  kClosureRejected,   // the head does not approve at first
};
inline constexpr int kStories = static_cast<int>(Story::kClosureRejected);
std::string StoryName(Story story);

struct CaseProfile {
  int number = 0;  // from 1
  Story story = Story::kNone;
  types::v1::CaseSource source = types::v1::CASE_SOURCE_UNSPECIFIED;
  bool prominent = false;
  const SampleUnit* committee = nullptr;
  Day received;
  Day registered;
  registry::v1::PersonIdentity petitioner;
  std::vector<registry::v1::PersonIdentity> representatives;
  std::vector<registry::v1::NewClaim> claims;
  std::vector<types::v1::Category> categories;  // of each claim, after its appraisal
  types::v1::EntryCriterion criterion = types::v1::ENTRY_CRITERION_OTHER;
  const SampleUnit* unit = nullptr;
  const SampleOfficial* lead = nullptr;
  const SampleOfficial* officer = nullptr;
  const SampleOfficial* head = nullptr;
  // Where work falls behind.
  bool late_assignment = false;
  bool late_hearing_of_petitioner = false;
  bool late_acceptance = false;
  bool late_investigation = false;
  bool late_opinion = false;
  bool forgets_date_offer = false;
  int visit_misses = 8;  // percent
  bool closes = true;    // is answered and closed, if time allows

  bool explains() const;
  bool assists() const {
    return story == Story::kAssistance || story == Story::kAssistanceFailed ||
           story == Story::kSurveyDeclined || needs_assistance;
  }
  bool needs_assistance = false;
  bool handed_down() const {
    return source == types::v1::CASE_SOURCE_HANDED_DOWN_COUNTY ||
           source == types::v1::CASE_SOURCE_HANDED_DOWN_CITY;
  }
};

// The same for the same seed and number, whatever else is drawn.
CaseProfile DrawProfile(uint64_t seed, int number, const Sample& sample,
                        const calendar::Calendar& calendar);

// A citizen identity number whose check digit is wrong, so that it can be nobody's.
std::string InvalidNationalId(std::string_view region6, int birth_year, int sequence);

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_PROFILE_H_

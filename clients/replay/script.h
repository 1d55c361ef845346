// Writes the events of one case, from its registration to the end of the year. Pure.
//
// The dates are drawn in the order of the plan's steps, each after what it follows from; what would
// fall after the closing, or after the campaign's last day, is left out.
#ifndef REDRESS_CLIENTS_REPLAY_SCRIPT_H_
#define REDRESS_CLIENTS_REPLAY_SCRIPT_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/replay/event.h"
#include "clients/replay/profile.h"
#include "clients/replay/random.h"
#include "clients/replay/sample.h"
#include "clients/replay/workdays.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::replay {

inline const Day kLastDay(2018, 12, 28);

class Script {
 public:
  // Does not own what it is given; all of it must outlive Write.
  Script(uint64_t seed, const CaseProfile& profile, const Sample& sample, const Workdays& days);

  std::vector<Event> Write();

 private:
  // What the steps settle for those after them.
  struct Dates {
    Day assigned, task_force, work_plan;
    Day sorted, accepted;
    Day heard_due, heard, appraised;
    Day opinion, served, performed;
    Day hearing;  // held or declined; unset where there is none
    bool has_hearing = false;
    Day closing;  // proposed
    bool closes = false;
    Day visits_until;
  };

  // script.cc
  template <class Request>
  Event& Add(Day day, Slot slot, std::string_view caller, std::string_view what, Request request) {
    return AddEvent(day, slot, caller, what, std::make_shared<Request>(std::move(request)));
  }
  Event& AddEvent(Day day, Slot slot, std::string_view caller, std::string_view what,
                  std::shared_ptr<google::protobuf::Message> request);
  std::string Case() const { return CasePlaceholder(profile_.number); }
  std::string Claim(size_t index) const;
  std::string Round(int number = 1) const;
  std::string Text(std::string_view section);
  types::v1::EvidenceRef Evidence(std::string_view what, types::v1::EvidenceKind kind, Day dated);
  std::string Number(std::string_view kind) const;  // of a document
  Day WorkBetween(Day low, Day high);
  bool Tells(Story story) const { return profile_.story == story; }
  std::string story() const { return StoryName(profile_.story); }

  // script_start.cc
  void Register();
  void Sort();
  void Assign();
  void SetTaskForce(Day day, bool with_aides);
  void SetWorkPlan();
  void CompleteMeasures();
  void HandOver();

  // script_claims.cc
  void DrawAppraisal();
  void HearPetitioner();
  void Investigate();
  void Appraise();
  void OfferDates();
  void SettleClaims();

  // script_rounds.cc
  void Accept();
  void RefuseAccusation();
  void IssueOpinion();
  void ServeOpinion();
  void Perform();
  void SecondRound(Day opened);
  registry::v1::Document Paper(types::v1::DocumentKind kind, std::string_view number,
                               std::string_view what, Day issued);
  void AcceptRound(Day day, int round, std::string_view number);
  Event& Serve(Day day, std::string_view what, int round, types::v1::DocumentKind kind,
               types::v1::ServiceMode mode = types::v1::SERVICE_MODE_IN_PERSON);

  // script_visits.cc
  void HoldHearing();
  void Visit();
  visits::v1::RecordVisitRequest VisitOn(Day day);

  // script_assistance.cc
  void Assist();

  // script_closing.cc
  void DrawClosing();
  void Close();
  void CutOff();

  const uint64_t seed_;
  const CaseProfile& profile_;
  const Sample& sample_;
  const Workdays& days_;
  Random random_;
  Dates dates_;
  std::map<std::string, int, std::less<>> counts_;  // of events by what they are
  std::vector<Event> events_;
  std::string lead_;  // who leads now; a handover changes it
};

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_SCRIPT_H_

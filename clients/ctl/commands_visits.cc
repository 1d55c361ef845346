// Visits, the diary, hearings and mediations.
#include "clients/ctl/rpc_command.h"

namespace redress::ctl {
namespace {

const std::vector<std::string_view> kVisitColumns = {
    "name", "visited_on", "outcome", "place", "official", "heard_claims", "follow_ups#", "etag"};
const std::vector<std::string_view> kHearingColumns = {
    "name", "kind", "state", "planned_on", "held_on", "participants#", "etag"};

const TableSpec kVisit = {"visit", kVisitColumns};
const TableSpec kVisits = {"visits", kVisitColumns};
const TableSpec kHearing = {"hearing", kHearingColumns};

}  // namespace

std::vector<RpcCommand> VisitCommands() {
  return {
      {.words = "visit record",
       .method = "visits/RecordVisit",
       .summary = {"记录走访（谢绝、未能安排也要记录）", "Record a visit (declined ones too)"},
       .example =
           "430626103-2018-00042-X --outcome held --visited-on 2018-05-10 --place home "
           "--official party-secretary --account @diary.txt --heard-claim 1 --transcript-kept "
           "--evidence file=transcript.pdf,kind=transcript,dated=2018-05-10 --follow-up "
           "promise=核对面积,due_on=2018-05-25\n430626103-2018-00042-X --outcome declined "
           "--visited-on 2018-05-20 --official party-secretary --signed-note "
           "file=note.pdf,kind=signed-note,dated=2018-05-20",
       .tables = {kVisit}},
      {.words = "visit get",
       .method = "visits/GetVisit",
       .summary = {"查看走访记录", "Show a visit"},
       .example = "430626103-2018-00042-X/018f…"},
      {.words = "visit list",
       .method = "visits/ListVisits",
       .summary = {"列出信访事项的走访", "List the visits of a case"},
       .example = "430626103-2018-00042-X",
       .tables = {kVisits}},
      {.words = "visit diary",
       .method = "visits/ListDiary",
       .summary = {"包案领导的访情日记", "The diary of a lead official"},
       .example = "party-secretary --from-date 2018-05-01 --to-date 2018-05-31",
       .tables = {{"visits",
                   {"visited_on", "case_name", "outcome", "place", "petitioner_asked",
                    "follow_ups#", "name"}}}},
      {.words = "visit follow-up",
       .method = "visits/CompleteFollowUp",
       .summary = {"走访承诺事项已办", "A promise made on a visit was kept"},
       .example = "430626103-2018-00042-X/018f… 1 --done-on 2018-05-22",
       .flags = {{"follow_up", "", Form::kPositional}},
       .tables = {kVisit}},
      {.words = "visit want",
       .method = "visits/WantVisits",
       .summary = {"信访人重新愿意约访", "The petitioner asks for visits again"},
       .example = "430626103-2018-00042-X --asked-on 2018-07-01",
       .tables = {{"visit_wish", {"case_name", "wanted", "since"}}}},
      {.words = "hearing announce",
       .method = "visits/AnnounceHearing",
       .summary = {"公告听证会或调解会", "Announce a hearing or mediation"},
       .example = "430626103-2018-00042-X --kind mediation --announced-on 2018-06-01 --planned-on "
                  "2018-06-12 --topic @topic.txt",
       .flags = {{"hearing.minutes", "", Form::kHidden}, {"hearing.result", "", Form::kHidden}},
       .tables = {kHearing}},
      {.words = "hearing record",
       .method = "visits/RecordHearing",
       .summary = {"记录已举行的听证会或调解会", "Record a hearing that was held"},
       .example = "430626103-2018-00042-X/018f… --held-on 2018-06-12 --participant "
                  "kind=petitioner,consent_given=true --participant kind=lawyer --minutes "
                  "@minutes.txt --result @result.txt --signed-minutes "
                  "file=minutes.pdf,kind=transcript,dated=2018-06-12",
       .tables = {kHearing}},
      {.words = "hearing adjourn",
       .method = "visits/AdjournHearing",
       .summary = {"听证改期", "Adjourn a hearing"},
       .example = "430626103-2018-00042-X/018f… --planned-on 2018-06-20 --adjourned-on 2018-06-11 "
                  "--reason @reason.txt",
       .tables = {kHearing}},
      {.words = "hearing decline",
       .method = "visits/DeclineHearing",
       .summary = {"信访人谢绝听证", "The petitioner declined the hearing"},
       .example = "430626103-2018-00042-X/018f… --declined-on 2018-06-10 --witness-unit "
                  "justice-office",
       .tables = {kHearing}},
      {.words = "hearing get",
       .method = "visits/GetHearing",
       .summary = {"查看听证", "Show a hearing"},
       .example = "430626103-2018-00042-X/018f…"},
      {.words = "hearing list",
       .method = "visits/ListHearings",
       .summary = {"列出听证", "List the hearings of a case"},
       .example = "430626103-2018-00042-X",
       .tables = {{"hearings", kHearingColumns}}},
  };
}

}  // namespace redress::ctl

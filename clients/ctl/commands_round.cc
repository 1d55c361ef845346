// Procedure rounds and their documents.
#include "clients/ctl/rpc_command.h"

namespace redress::ctl {
namespace {

const TableSpec kRound = {"round",
                          {"name", "number", "kind", "state", "route", "received_on", "accepted_on",
                           "outcome", "documents.kind", "etag"}};

}  // namespace

std::vector<RpcCommand> RoundCommands() {
  return {
      {.words = "round open",
       .method = "registry/OpenRound",
       .summary = {"开启一轮程序（办理、复查、复核）",
                   "Open a round: handling, review, re-examination"},
       .example = "430626103-2018-00042-X --kind review --received-on 2018-10-08 --claim 1",
       .tables = {kRound}},
      {.words = "round get",
       .method = "registry/GetRound",
       .summary = {"查看办理程序", "Show a round with its documents"},
       .example = "430626103-2018-00042-X/1"},
      {.words = "round list",
       .method = "registry/ListRounds",
       .summary = {"列出办理程序", "List the rounds of a case"},
       .example = "430626103-2018-00042-X",
       .tables = {{"rounds",
                   {"name", "number", "kind", "state", "route", "received_on", "accepted_on",
                    "outcome", "documents.kind"}}}},
      {.words = "round sort",
       .method = "registry/SortRound",
       .summary = {"分类处理（转送、交办）", "Sort a round into its route (Reg. 31)"},
       .example = "430626103-2018-00042-X/1 --route petition-procedure --sorted-on 2018-04-16",
       .tables = {kRound}},
      {.words = "round accept",
       .method = "registry/AcceptRound",
       .summary = {"出具受理告知书", "Issue the acceptance notice"},
       .example =
           "430626103-2018-00042-X/1 --document-number 某信受〔2018〕1号 --issued-on 2018-04-18 "
           "--content file=notice.pdf,kind=document,dated=2018-04-18",
       .flags = {{"notice.kind", "", Form::kHidden, "acceptance-notice"}},
       .tables = {kRound}},
      {.words = "round refuse",
       .method = "registry/RefuseRound",
       .summary = {"出具不予受理告知书", "Issue the notice of non-acceptance"},
       .example = "430626103-2018-00042-X/1 --reason statutory-channel --document-number "
                  "某信不受〔2018〕1号 --issued-on 2018-04-18 --remedy-stated --content "
                  "file=notice.pdf,kind=document,dated=2018-04-18",
       .flags = {{"notice.kind", "", Form::kHidden, "non-acceptance-notice"}},
       .tables = {kRound}},
      {.words = "round issue",
       .method = "registry/IssueOpinion",
       .summary = {"出具处理（复查、复核）意见书", "Issue the opinion of a round"},
       .example =
           "430626103-2018-00042-X/1 --outcome supported --performance-due --document-number "
           "某信办〔2018〕1号 --issued-on 2018-06-12 --remedy-stated --content "
           "file=opinion.pdf,kind=document,dated=2018-06-12",
       .flags = {{"opinion.kind", "", Form::kFlag, "handling-opinion"}},
       .tables = {kRound}},
      {.words = "round serve",
       .method = "registry/ServeDocument",
       .summary = {"记录送达回执", "Record the service of a document"},
       .example =
           "430626103-2018-00042-X/1 --document-kind handling-opinion --served-on 2018-06-15 "
           "--mode in-person --proof file=receipt.pdf,kind=document,dated=2018-06-15",
       .tables = {kRound}},
      {.words = "round perform",
       .method = "registry/PerformOpinion",
       .summary = {"记录意见履行", "Record that an opinion was performed"},
       .example = "430626103-2018-00042-X/1 --performed-on 2018-08-01",
       .tables = {kRound}},
  };
}

}  // namespace redress::ctl

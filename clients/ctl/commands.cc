#include "clients/ctl/command.h"

namespace redress::ctl {

void AddAllCommands(Session& session) {
  AddRpcCommands(session, CampaignCommands());
  AddRpcCommands(session, AssignmentCommands());
  AddRpcCommands(session, CaseCommands());
  AddRpcCommands(session, RoundCommands());
  AddRpcCommands(session, VisitCommands());
  AddRpcCommands(session, AssistanceCommands());
  AddRpcCommands(session, SupervisionCommands());
  AddWatchCommand(session);
  AddAuditCommands(session);
  AddVerifyCommands(session);
  AddTokenCommand(session);
  AddHealthCommand(session);
  AddClockCommands(session);
  AddCallCommand(session);
  AddCompletionCommand(session);
}

}  // namespace redress::ctl

// Commands that are one rpc: declared, not programmed.
//
// A declaration gives the words, the method, where flags depart from the request's descriptor, and
// which columns are shown. Everything else follows (see command.h).
#ifndef REDRESS_CLIENTS_CTL_RPC_COMMAND_H_
#define REDRESS_CLIENTS_CTL_RPC_COMMAND_H_

#include <google/protobuf/message.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/ctl/labels.h"
#include "clients/ctl/request_flags.h"
#include "clients/ctl/show.h"

namespace redress::ctl {

class Session;

// The values of flags, by their names.
using GivenFlags = std::map<std::string, std::vector<std::string>>;

struct RpcCommand {
  std::string_view words;   // "case register"
  std::string_view method;  // "registry/RegisterCase"
  Text summary;
  std::string_view example;  // what follows the words
  std::vector<FlagRule> flags = {};
  std::vector<TableSpec> tables = {};  // none: the answer as a record
  // In place of tables, where a table does not do.
  std::string (*show)(const google::protobuf::Message& response, const View& view) = nullptr;
  // Fills in flags that were not given, before the request is made.
  void (*prepare)(Session& session, GivenFlags& given) = nullptr;
  // Adds to an answer what another service knows, with the caller's own rights.
  absl::Status (*complete)(Session& session, google::protobuf::Message& response) = nullptr;
};

// The declarations, by service.
std::vector<RpcCommand> CampaignCommands();
std::vector<RpcCommand> CaseCommands();
std::vector<RpcCommand> RoundCommands();
std::vector<RpcCommand> AssignmentCommands();
std::vector<RpcCommand> VisitCommands();
std::vector<RpcCommand> AssistanceCommands();
std::vector<RpcCommand> SupervisionCommands();

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_RPC_COMMAND_H_

// Commands that are one rpc: declared, not programmed.
//
// A declaration gives the words, the method, where flags depart from the request's descriptor, and
// which columns are shown. Everything else follows: flags and --help from the descriptor, a
// request_id for writes, the campaign where there is but one, --from FILE, --dry-run where the
// request has validate_only, pages of a list up to --limit, JSON.
#ifndef REDRESS_CLIENTS_CTL_COMMAND_H_
#define REDRESS_CLIENTS_CTL_COMMAND_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

#include "clients/ctl/rpc_command.h"
#include "clients/ctl/session.h"

namespace redress::ctl {

void AddRpcCommand(Session& session, const RpcCommand& command);
void AddRpcCommands(Session& session, const std::vector<RpcCommand>& commands);

// Calls once, or page by page until `limit` rows (0: all) where the request has a page_token; the
// answers are merged. Tells on standard error where rows are left.
absl::Status CallPaged(Session& session, const std::string& service,
                       const google::protobuf::MethodDescriptor& method,
                       google::protobuf::Message& request, int64_t limit,
                       google::protobuf::Message& response);

// Gives a write an id of its own where it has none. Returns the id; empty for what is no write.
std::string EnsureRequestId(google::protobuf::Message& request);

// An answer of supervision that stands on what was known of a feed before says so, on standard
// error, whatever it shows. True if there was anything to say.
bool NoteWarnings(Session& session, const google::protobuf::Message& response);

// Commands that are more than one rpc.
void AddAuditCommands(Session& session);
void AddVerifyCommands(Session& session);
void AddWatchCommand(Session& session);
void AddTokenCommand(Session& session);
void AddClockCommands(Session& session);
void AddHealthCommand(Session& session);
void AddCallCommand(Session& session);
void AddCompletionCommand(Session& session);

// All of them.
void AddAllCommands(Session& session);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_COMMAND_H_

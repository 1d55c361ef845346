#include "clients/ctl/command.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/ctl/campaign.h"
#include "clients/ctl/progress.h"
#include "clients/ctl/schema.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "common/status/macros.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;

constexpr int64_t kDefaultLimit = 500;
constexpr int32_t kPageSize = 200;

constexpr Text kChecked = {"只作检查，未作改动。", "Only checked; nothing was changed."};
constexpr Text kNothingUnmet = {"没有未完成的事项。", "Nothing is unmet."};
constexpr Text kMore = {"还有更多；用 --limit 0 列出全部。",
                        "There are more; --limit 0 lists all."};

// A command with its derived flags and the places that the parser writes to.
struct Bound {
  RpcCommand command;
  const MethodDescriptor* method = nullptr;
  std::vector<RequestFlag> flags;
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, std::string> booleans;
  std::string from;
  int64_t limit = kDefaultLimit;
};

const FieldDescriptor* Find(const Message& message, const std::string& field) {
  return message.GetDescriptor()->FindFieldByName(field);
}

// The list that a page adds to: the first repeated message.
int RowsIn(const Message& response) {
  const Descriptor& type = *response.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->is_repeated()) {
      return response.GetReflection()->FieldSize(response, type.field(i));
    }
  }
  return 0;
}

bool ValidateOnly(const Message& request) {
  const FieldDescriptor* field = Find(request, "validate_only");
  return field != nullptr && request.GetReflection()->GetBool(request, field);
}

// The one campaign that there is; empty where the caller may not ask, or knows nobody to ask: then
// the service says what is missing. INVALID_ARGUMENT about `field` where there are several.
absl::StatusOr<std::string> OnlyCampaign(Session& session, const std::string& field) {
  constexpr int32_t kMostNamed = 20;
  if (session.profile().addresses.count("registry") == 0) return "";
  registry::v1::ListCampaignsRequest request;
  request.set_page_size(kMostNamed);
  registry::v1::ListCampaignsResponse response;
  const absl::Status asked =
      session.caller().Unary("registry", *FindMethod("registry/ListCampaigns"), request, &response);
  if (absl::IsPermissionDenied(asked)) return "";
  RETURN_IF_ERROR(asked);
  return TheOnlyCampaign(response, field, session.lang());
}

// Where the request needs a campaign and has none: that of the profile, or the only one there is.
absl::Status DefaultCampaign(Session& session, const std::vector<RequestFlag>& flags,
                             const Message& request, GivenFlags& given) {
  for (const RequestFlag& flag : flags) {
    if (!flag.needs_campaign() || given.count(flag.name) > 0 || IsSet(flag, request)) continue;
    std::string campaign = session.profile().campaign;
    if (campaign.empty()) {
      ASSIGN_OR_RETURN(campaign, OnlyCampaign(session, flag.field));
    }
    if (!campaign.empty()) given[flag.name] = {campaign};
  }
  return absl::OkStatus();
}

void ShowAnswer(Session& session, const RpcCommand& command, const Message& request,
                const Message& response, int unmet) {
  if (session.json()) {
    session.WriteJson(response);
    return;
  }
  const View view = session.ViewOf(response);
  const FieldDescriptor* gate = Find(response, "unmet");
  if (gate != nullptr && ValidateOnly(request)) {
    // A gate that was asked what is missing.
    const TableSpec missing = {"unmet",
                               {"id", "clause", "subject", "title", "not_before", "remedy"}};
    session.out() << (unmet > 0
                          ? ShowTable(response, missing, view)
                          : absl::StrCat(std::string(kNothingUnmet.In(session.lang())), "\n"));
  } else if (command.show != nullptr) {
    session.out() << command.show(response, view);
  } else {
    session.out() << ShowResponse(response, command.tables, view);
  }
}

absl::StatusOr<int> RunBound(Session& session, Bound& bound) {
  const std::unique_ptr<Message> request = NewMessage(*bound.method->input_type());
  const std::unique_ptr<Message> response = NewMessage(*bound.method->output_type());
  if (!bound.from.empty()) {
    ASSIGN_OR_RETURN(const std::string json, ReadInput(bound.from));
    RETURN_IF_ERROR(MergeJson(*request, json));
  }
  GivenFlags given;
  for (const auto& [name, values] : bound.values) {
    if (!values.empty()) given[name] = values;
  }
  for (const auto& [name, value] : bound.booleans) {
    if (!value.empty()) given[name] = {value};
  }
  for (const RequestFlag& flag : bound.flags) {
    if (flag.form != Form::kHidden) {
      session.error_context().flags[flag.field] = absl::StrCat("--", flag.name);
    }
  }
  if (bound.command.prepare != nullptr) bound.command.prepare(session, given);
  RETURN_IF_ERROR(DefaultCampaign(session, bound.flags, *request, given));
  RETURN_IF_ERROR(ApplyFlags(bound.flags, given, session.field_context(), *request));
  RETURN_IF_ERROR(FillUpdateMask(bound.flags, given, *request));
  session.error_context().request_id = EnsureRequestId(*request);

  RETURN_IF_ERROR(
      CallPaged(session, HomeOf(*bound.method), *bound.method, *request, bound.limit, *response));
  if (bound.command.complete != nullptr) {
    RETURN_IF_ERROR(bound.command.complete(session, *response));
  }
  const FieldDescriptor* gate = Find(*response, "unmet");
  const int unmet = gate == nullptr ? 0 : response->GetReflection()->FieldSize(*response, gate);
  ShowAnswer(session, bound.command, *request, *response, unmet);
  NoteWarnings(session, *response);
  if (ValidateOnly(*request)) session.Note(kChecked.In(session.lang()));
  return unmet > 0 ? kExitRefused : kExitOk;
}

void AddFlag(Session& session, CLI::App& app, Bound& bound, const RequestFlag& flag) {
  std::string names = absl::StrCat("--", flag.name);
  if (flag.name == "dry-run") absl::StrAppend(&names, ",--validate-only");
  if (flag.form == Form::kPositional || flag.form == Form::kFile) {
    absl::StrAppend(&names, ",", flag.name);
  }
  const std::string help = flag.Help(session.lang());
  if (flag.boolean()) {
    app.add_flag(names, bound.booleans[flag.name], help);
    return;
  }
  CLI::Option* option = app.add_option(names, bound.values[flag.name], help);
  option->allow_extra_args(false)->type_name("");
  if (flag.form == Form::kFile) session.NameFiles(option);
  if (!flag.repeated()) option->expected(1);
  if (flag.leaf().cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    std::vector<std::string> choices;
    for (int i = 1; i < flag.leaf().enum_type()->value_count(); ++i) {
      choices.push_back(EnumChoice(*flag.leaf().enum_type()->value(i)));
    }
    session.SetChoices(option, std::move(choices));
  }
}

}  // namespace

bool NoteWarnings(Session& session, const Message& response) {
  const FieldDescriptor* warnings = Find(response, "warnings");
  if (warnings == nullptr ||
      warnings->message_type() != supervision::v1::FeedContradiction::descriptor()) {
    return false;
  }
  std::set<std::string> noted;
  const auto& reflection = *response.GetReflection();
  for (int i = 0; i < reflection.FieldSize(response, warnings); ++i) {
    const auto& warning = static_cast<const supervision::v1::FeedContradiction&>(
        reflection.GetRepeatedMessage(response, warnings, i));
    if (!noted.insert(warning.service()).second) continue;
    session.Note(session.lang() == Lang::kZh
                     ? absl::StrCat("警示：", warning.service(),
                                    " 的事实与所跟踪的不一致（数据库被恢复或",
                                    "改写？），以上只据其前 ", warning.known_size(), " 条")
                     : absl::StrCat("warning: the feed of ", warning.service(),
                                    " is not the one that was followed (restored or rewritten?); "
                                    "this stands on its first ",
                                    warning.known_size(), " facts as they were"));
  }
  return !noted.empty();
}

std::string EnsureRequestId(Message& request) {
  const FieldDescriptor* field = Find(request, "request_id");
  if (field == nullptr) return "";
  const Reflection& of = *request.GetReflection();
  if (of.GetString(request, field).empty()) {
    of.SetString(&request, field, base::NewUuid(absl::Now()));
  }
  return of.GetString(request, field);
}

absl::Status CallPaged(Session& session, const std::string& service, const MethodDescriptor& method,
                       Message& request, int64_t limit, Message& response) {
  const FieldDescriptor* token = Find(request, "page_token");
  if (token == nullptr) return session.caller().Unary(service, method, request, &response);
  const FieldDescriptor* size = Find(request, "page_size");
  const FieldDescriptor* next = Find(response, "next_page_token");
  const Reflection& of_request = *request.GetReflection();
  Progress progress(session.err(), session.err_tty(), method.name());
  const std::unique_ptr<Message> page(response.New());
  while (true) {
    const int64_t wanted = limit > 0 ? limit - RowsIn(response) : kPageSize;
    of_request.SetInt32(&request, size, static_cast<int32_t>(std::min<int64_t>(wanted, kPageSize)));
    RETURN_IF_ERROR(session.caller().Unary(service, method, request, page.get()));
    std::string next_token = page->GetReflection()->GetString(*page, next);
    page->GetReflection()->ClearField(page.get(), next);
    response.MergeFrom(*page);
    progress.Update(RowsIn(response), 0);
    if (next_token.empty()) return absl::OkStatus();
    if (limit > 0 && RowsIn(response) >= limit) {
      response.GetReflection()->SetString(&response, next, next_token);
      session.Note(kMore.In(session.lang()));
      return absl::OkStatus();
    }
    of_request.SetString(&request, token, next_token);
  }
}

void AddRpcCommand(Session& session, const RpcCommand& command) {
  const auto bound = std::make_shared<Bound>();
  bound->command = command;
  bound->method = FindMethod(command.method);
  // A declaration that names no method is a mistake of the program; a test runs through them all.
  if (bound->method == nullptr) std::abort();
  bound->flags = FlagsOf(*bound->method->input_type(), command.flags);
  CLI::App& app =
      session.AddCommand(command.words, command.summary, command.example,
                         [bound](Session& running) { return RunBound(running, *bound); });
  bool paged = false;
  for (const RequestFlag& flag : bound->flags) {
    paged = paged || flag.name == "page-token";
    // Pages are walked for the caller.
    if (flag.form == Form::kHidden || flag.name == "page-token" || flag.name == "page-size") {
      continue;
    }
    AddFlag(session, app, *bound, flag);
  }
  if (paged) {
    app.add_option("--limit", bound->limit,
                   session.Say({"最多行数；0 为全部", "most rows; 0 for all"}))
        ->check(CLI::Range(int64_t{0}, kMostRows))
        ->capture_default_str();
  }
  session.AddFile(app, "--from", bound->from,
                  {"请求的 JSON 文件（- 为标准输入），其余参数覆盖它",
                   "the request as a JSON file (- for standard input); flags override it"});
}

void AddRpcCommands(Session& session, const std::vector<RpcCommand>& commands) {
  for (const RpcCommand& command : commands) AddRpcCommand(session, command);
}

}  // namespace redress::ctl

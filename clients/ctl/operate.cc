// `health`, `sample-clock` and `call`: for those who run it.
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/ctl/command.h"
#include "clients/ctl/schema.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/calendar/calendar.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/status/messages.h"
#include "google/protobuf/struct.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "redress/sample/v1/sample.pb.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::ctl {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// How far the calendar of working days reaches, and which year it lacks within 90 days.
std::string CalendarNotice(absl::CivilDay last, absl::CivilDay today, Lang lang) {
  const std::string day = calendar::ToText(last);
  if (last - today >= 90) {
    return lang == Lang::kZh ? absl::StrCat("工作日历至 ", day)
                             : absl::StrCat("Working days are known until ", day);
  }
  const auto year = (last + 1).year();
  return lang == Lang::kZh
             ? absl::StrCat("工作日历只到 ", day, "，尚缺 ", year,
                            " 年：请补充 seeds/calendar/holidays.txt，无需重启")
             : absl::StrCat(
                   "Working days are known only until ", day, "; ", year,
                   " is missing: add it to seeds/calendar/holidays.txt, without a restart");
}

absl::StatusOr<int> Health(Session& session) {
  if (session.profile().addresses.empty()) {
    return Usage("不知道任何服务的地址：请用 --profile 或 REDRESS_PROFILE 指定配置文件",
                 "no service's address is known: name a profile by --profile or REDRESS_PROFILE");
  }
  Caller::Options options;
  options.lang = session.lang();
  options.timeout = absl::Seconds(2);
  options.attempts = 1;
  Caller caller(session.profile(), options);
  const MethodDescriptor& check = *FindMethod("Health/Check");
  const Lang lang = session.lang();
  Table table({FieldLabel("service", lang), lang == Lang::kZh ? "地址" : "address",
               FieldLabel("status", lang), lang == Lang::kZh ? "用时(ms)" : "ms"},
              {false, false, false, true});
  google::protobuf::Struct all;
  bool healthy = true;
  for (std::string_view service : kServices) {
    grpc::health::v1::HealthCheckResponse response;
    const absl::Time start = absl::Now();
    const absl::Status status =
        caller.Unary(service, check, grpc::health::v1::HealthCheckRequest(), &response);
    const bool serving =
        status.ok() && response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
    healthy = healthy && serving;
    const std::string shown = status.ok() ? EnumLabel(*response.GetDescriptor()
                                                           ->FindEnumTypeByName("ServingStatus")
                                                           ->FindValueByNumber(response.status()),
                                                      lang)
                                          : redress::status::LocalizedTextOf(status);
    const auto address = session.profile().addresses.find(service);
    table.Add({{std::string(service)},
               {address == session.profile().addresses.end() ? "" : address->second},
               {shown, serving ? Tone::kGood : Tone::kBad},
               {absl::StrCat(absl::ToInt64Milliseconds(absl::Now() - start))}});
    (*all.mutable_fields())[std::string(service)].set_bool_value(serving);
  }
  // Asked of whoever may know how oversight stands; for others it is no part of the answer.
  supervision::v1::GetProjectionResponse projection;
  const bool known = caller
                         .Unary("supervision", *FindMethod("SupervisionService/GetProjection"),
                                supervision::v1::GetProjectionRequest(), &projection)
                         .ok();
  const absl::StatusOr<absl::CivilDay> last = calendar::FromProto(projection.calendar_last_day());
  if (session.json()) {
    if (known && last.ok()) {
      (*all.mutable_fields())["calendar_last_day"].set_string_value(calendar::ToText(*last));
      (*all.mutable_fields())["calendar_version"].set_string_value(projection.calendar_version());
    }
    session.WriteJson(all);
  } else {
    session.out() << RenderTable(table, session.view());
    if (known && last.ok()) {
      session.out() << CalendarNotice(*last, base::SystemClock().Today(), lang) << "\n";
    }
  }
  // Every service may serve, and oversight stand on a feed that is no longer the one it followed.
  if (known && NoteWarnings(session, projection)) healthy = false;
  return healthy ? kExitOk : kExitRefused;
}

// The clock of every service, read or set. Services share no clock: a sample sets all five.
absl::StatusOr<int> Clocks(Session& session, const std::string& service, const std::string& now) {
  sample::v1::SetTimeRequest set;
  const bool setting = !now.empty();
  if (setting) {
    const auto& field = *sample::v1::SetTimeRequest::descriptor()->FindFieldByName("now");
    const absl::Status read = SetFromText(set, field, now, session.field_context());
    if (!read.ok()) return redress::status::InvalidField("now", TextIn(read, session.lang()));
  }
  Table table({FieldLabel("service", session.lang()), FieldLabel("now", session.lang())});
  google::protobuf::Struct all;
  for (std::string_view each : kServices) {
    if (!service.empty() && service != each) continue;
    sample::v1::GetTimeResponse response;
    if (setting) {
      sample::v1::SetTimeResponse answer;
      RETURN_IF_ERROR(
          session.caller().Unary(each, *FindMethod("SampleClockService/SetTime"), set, &answer));
      *response.mutable_now() = answer.now();
    } else {
      RETURN_IF_ERROR(session.caller().Unary(each, *FindMethod("SampleClockService/GetTime"),
                                             sample::v1::GetTimeRequest(), &response));
    }
    const std::string text =
        FieldText(response, *response.GetDescriptor()->FindFieldByName("now"), session.lang());
    table.Add({{std::string(each)}, {text}});
    (*all.mutable_fields())[std::string(each)].set_string_value(text);
  }
  if (session.json()) {
    session.WriteJson(all);
  } else {
    session.out() << RenderTable(table, session.view());
  }
  return kExitOk;
}

struct CallFlags {
  std::string method, data = "{}", service;
};

absl::StatusOr<int> Call(Session& session, const CallFlags& flags) {
  const MethodDescriptor* method = FindMethod(flags.method);
  if (method == nullptr) {
    std::vector<std::string> names;
    for (const auto* service : AllServices()) names.push_back(service->name());
    const std::string services = absl::StrJoin(names, ", ");
    return Usage(absl::StrCat("没有接口“", flags.method, "”；写作 服务/接口，服务有 ", services,
                              "，或五个服务的简名"),
                 absl::StrCat("there is no method \"", flags.method,
                              "\"; it is SERVICE/METHOD with a service of ", services,
                              ", or one of the five by its name"));
  }
  if (method->server_streaming() || method->client_streaming()) {
    return Usage("流式接口不能这样调用，请用 redress-ctl watch",
                 "a stream cannot be called so; see redress-ctl watch");
  }
  const std::string service = flags.service.empty() ? HomeOf(*method) : flags.service;
  if (service.empty()) {
    return Usage("每个服务都有这个接口：请用 --service 指明",
                 "every service has this method: name one by --service");
  }
  const std::unique_ptr<Message> request = NewMessage(*method->input_type());
  const std::unique_ptr<Message> response = NewMessage(*method->output_type());
  std::string data = flags.data;
  if (data.size() > 1 && data.front() == '@') {
    ASSIGN_OR_RETURN(data, ReadInput(data.substr(1)));
  }
  RETURN_IF_ERROR(MergeJson(*request, data));
  session.error_context().request_id = EnsureRequestId(*request);
  RETURN_IF_ERROR(session.caller().Unary(service, *method, *request, response.get()));
  session.WriteJson(*response);
  return kExitOk;
}

}  // namespace

void AddHealthCommand(Session& session) {
  session.AddCommand("health",
                     {"五个服务是否正常；有一个不正常则退出码为 1",
                      "Whether all five services serve; exit code 1 unless they do"},
                     "", Health);
}

void AddClockCommands(Session& session) {
  const auto service = std::make_shared<std::string>();
  const auto now = std::make_shared<std::string>();
  CLI::App& get =
      session.AddCommand("sample-clock get", {"查看各服务的时钟", "Show every service's clock"}, "",
                         [service](Session& running) { return Clocks(running, *service, ""); });
  CLI::App& set = session.AddCommand("sample-clock set",
                                     {"拨快样本的模拟时钟（正式数据库拒绝）",
                                      "Move a sample's clock forward (production refuses)"},
                                     "2018-06-20T17:00:00+08:00", [service, now](Session& running) {
                                       return Clocks(running, *service, *now);
                                     });
  set.add_option("now", *now, session.Say({"时间或日期", "an instant (RFC 3339) or a date"}))
      ->required();
  for (CLI::App* app : {&get, &set}) {
    session.AddService(*app, *service, {"只限一个服务", "only one service"});
  }
}

void AddCallCommand(Session& session) {
  const auto flags = std::make_shared<CallFlags>();
  CLI::App& app = session.AddCommand(
      "call", {"调用任一接口，请求和应答均为 JSON", "Call any rpc, with JSON in and out"},
      "registry/GetCase --data '{\"name\": \"cases/018f…\"}'\n"
      "FactFeedService/GetCheckpoint --service visits",
      [flags](Session& running) { return Call(running, *flags); });
  app.add_option("method", flags->method, session.Say({"服务/接口", "SERVICE/METHOD"}))->required();
  app.add_option("--data", flags->data,
                 session.Say({"请求 JSON，或 @文件", "the request as JSON, or @FILE"}))
      ->capture_default_str();
  session.AddService(
      app, flags->service,
      {"由哪个服务应答（各服务共有的接口）", "who answers, where all have the method"});
}

}  // namespace redress::ctl

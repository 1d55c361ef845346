// `watch`: the facts of a service as they come, or those of one case.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/ctl/command.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/width.h"
#include "common/status/grpc.h"
#include "common/status/macros.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/facts/v1/feed.grpc.pb.h"

namespace redress::ctl {
namespace {

struct WatchFlags {
  std::string service = "registry";
  std::string case_name;
  int64_t first_position = 0;
  bool only_new = false;
  bool once = false;
  int64_t count = 0;
  double interval_seconds = 2;
};

// What a fact is about, the most exact first.
const std::string& SubjectOf(const facts::v1::Fact& fact) {
  for (const std::string* name : {&fact.claim(), &fact.round(), &fact.case_name(), &fact.unit()}) {
    if (!name->empty()) return *name;
  }
  return fact.campaign();
}

void ShowFact(Session& session, std::string_view service, int64_t position,
              const facts::v1::Fact& fact) {
  if (session.json()) {
    session.WriteJson(fact, true);
    session.out() << std::flush;
    return;
  }
  const auto text = [&](const char* field) {
    return FieldText(fact, *facts::v1::Fact::descriptor()->FindFieldByName(field), session.lang());
  };
  const bool retraction = !fact.retracts().empty();
  session.out() << PadRight(service, 12) << PadLeft(position < 0 ? "-" : absl::StrCat(position), 7)
                << "  " << text("event_date") << "  "
                << Paint(PadRight(text("kind"), 24), retraction ? Tone::kBad : Tone::kPlain,
                         session.view().color)
                << " " << SubjectOf(fact)
                << (retraction ? absl::StrCat(" ", FieldLabel("retracts", session.lang()), " ",
                                              fact.retracts())
                               : "")
                << "\n"
                << std::flush;
}

absl::StatusOr<facts::v1::Fact> Parse(const facts::v1::FeedEntry& entry) {
  facts::v1::Fact fact;
  if (!fact.ParseFromString(entry.fact())) return absl::DataLossError("a fact cannot be read");
  return fact;
}

// Follows the feed from `next` on until it breaks or enough was shown.
absl::Status Stream(Session& session, const WatchFlags& flags, int64_t& next, int64_t& shown) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel,
                   session.caller().ChannelTo(flags.service));
  grpc::ClientContext context;
  RETURN_IF_ERROR(session.caller().Prepare(context, std::nullopt));
  facts::v1::WatchFactsRequest request;
  request.set_first_position(next);
  const auto stub = facts::v1::FactFeedService::NewStub(channel);
  const auto reader = stub->WatchFacts(&context, request);
  facts::v1::WatchFactsResponse response;
  while (reader->Read(&response)) {
    for (const facts::v1::FeedEntry& entry : response.entries()) {
      next = entry.position() + 1;
      // An entry that the caller may not see comes as its hash alone.
      if (entry.fact().empty()) continue;
      ASSIGN_OR_RETURN(const facts::v1::Fact fact, Parse(entry));
      ShowFact(session, flags.service, entry.position(), fact);
      if (flags.count > 0 && ++shown >= flags.count) {
        context.TryCancel();
        return absl::OkStatus();
      }
    }
  }
  return redress::status::FromGrpc(reader->Finish());
}

absl::StatusOr<int> WatchService(Session& session, const WatchFlags& flags) {
  int64_t next = flags.first_position;
  if (flags.only_new) {
    facts::v1::ListFactsRequest request;
    request.set_page_size(1);
    facts::v1::ListFactsResponse response;
    RETURN_IF_ERROR(session.caller().Unary(flags.service, *FindMethod("FactFeedService/ListFacts"),
                                           request, &response));
    next = response.tree_size();
  }
  int64_t shown = 0;
  while (true) {
    const int64_t before = next;
    const absl::Status status = Stream(session, flags, next, shown);
    if (flags.count > 0 && shown >= flags.count) return kExitOk;
    // A service that drains or restarts ends the stream; it goes on where it was. One that has
    // given nothing since the last attempt is reported.
    if (!status.ok() && (!absl::IsUnavailable(status) || next == before)) return status;
    absl::SleepFor(absl::Seconds(1));
  }
}

// The facts of a case from the four services that keep records.
absl::StatusOr<int> WatchCase(Session& session, const WatchFlags& flags) {
  ASSIGN_OR_RETURN(const std::string name,
                   ExpandName("cases/*", flags.case_name, "", session.field_context().lookup));
  std::set<std::string> seen;
  int64_t shown = 0;
  while (true) {
    struct Found {
      std::string_view service;
      int64_t position;
      facts::v1::Fact fact;
    };
    std::vector<Found> found;
    for (std::string_view service : kServices) {
      if (service == "supervision") continue;
      facts::v1::ListFactsRequest request;
      request.set_case_name(name);
      facts::v1::ListFactsResponse response;
      RETURN_IF_ERROR(session.caller().Unary(service, *FindMethod("FactFeedService/ListFacts"),
                                             request, &response));
      for (const facts::v1::FeedEntry& entry : response.entries()) {
        ASSIGN_OR_RETURN(facts::v1::Fact fact, Parse(entry));
        if (!seen.insert(fact.fact_id()).second) continue;
        found.push_back({service, entry.position(), std::move(fact)});
      }
    }
    std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
      const auto key = [](const Found& at) {
        return std::pair(at.fact.recorded_at().seconds(), at.fact.recorded_at().nanos());
      };
      return key(a) < key(b);
    });
    for (const Found& at : found) {
      ShowFact(session, at.service, at.position, at.fact);
      if (flags.count > 0 && ++shown >= flags.count) return kExitOk;
    }
    if (flags.once) return kExitOk;
    absl::SleepFor(absl::Seconds(flags.interval_seconds));
  }
}

}  // namespace

void AddWatchCommand(Session& session) {
  const auto flags = std::make_shared<WatchFlags>();
  CLI::App& app = session.AddCommand(
      "watch",
      {"跟踪事实：某服务的事实流（需机器证书），或某一信访事项（--case）",
       "Follow facts: a service's feed (with a machine's certificate), or one case (--case)"},
      "--service registry --first-position 0\n--case 430626103-2018-00042-X --once",
      [flags](Session& running) {
        return flags->case_name.empty() ? WatchService(running, *flags)
                                        : WatchCase(running, *flags);
      });
  session.AddService(app, flags->service, {"服务", "whose feed"});
  app.add_option("--case", flags->case_name, session.Say({"信访事项", "the facts of one case"}));
  app.add_option("--first-position", flags->first_position,
                 session.Say({"起始位置", "begin at this position"}))
      ->check(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max()));
  app.add_flag("--new", flags->only_new, session.Say({"只看此后的事实", "only facts from now on"}));
  app.add_flag("--once", flags->once,
               session.Say({"不再等待（配合 --case）", "do not wait (with --case)"}));
  app.add_option("--count", flags->count, session.Say({"显示若干条后结束", "end after so many"}))
      ->check(CLI::Range(int64_t{1}, kMostRows));
  app.add_option(
         "--interval", flags->interval_seconds,
         session.Say({"查询间隔秒数（配合 --case）", "seconds between looks (with --case)"}))
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
}

}  // namespace redress::ctl

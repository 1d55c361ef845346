// `audit list` and `audit verify`: who read what, and whether the record is what was signed.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "clients/ctl/command.h"
#include "clients/ctl/progress.h"
#include "clients/ctl/schema.h"
#include "common/base/files.h"
#include "common/facts/verify.h"
#include "common/status/macros.h"
#include "google/protobuf/struct.pb.h"
#include "redress/audit/v1/audit.pb.h"

namespace redress::ctl {
namespace {

constexpr int32_t kPage = 1000;
constexpr Text kWhoseLog = {"服务", "which service's log"};

struct VerifyFlags {
  std::string service = "registry";
  std::string log = "facts";
  std::string file, checkpoint, public_key, save;
};

struct ListFlags {
  std::string service = "registry";
  int64_t first_position = -1;
  int64_t limit = 100;
};

facts::v1::FeedEntry AsFeedEntry(const audit::v1::AuditLogEntry& entry) {
  facts::v1::FeedEntry feed;
  feed.set_position(entry.position());
  feed.set_fact(entry.entry());
  feed.set_nonce(entry.nonce());
  feed.set_leaf_hash(entry.leaf_hash());
  return feed;
}

// Where the entries and the checkpoint come from: a service's feed, its audit log, or a file.
class Source {
 public:
  virtual ~Source() = default;
  virtual absl::StatusOr<facts::v1::Checkpoint> GetCheckpoint() = 0;
  // The entries from a position on; none at the end.
  virtual absl::StatusOr<std::vector<facts::v1::FeedEntry>> Next(int64_t position) = 0;
};

class FeedSource final : public Source {
 public:
  FeedSource(Session& session, std::string service)
      : session_(session), service_(std::move(service)) {}

  absl::StatusOr<facts::v1::Checkpoint> GetCheckpoint() override {
    facts::v1::GetCheckpointResponse response;
    RETURN_IF_ERROR(session_.caller().Unary(service_, *FindMethod("FactFeedService/GetCheckpoint"),
                                            facts::v1::GetCheckpointRequest(), &response));
    return response.checkpoint();
  }

  absl::StatusOr<std::vector<facts::v1::FeedEntry>> Next(int64_t position) override {
    facts::v1::ListFactsRequest request;
    request.set_first_position(position);
    request.set_page_size(kPage);
    facts::v1::ListFactsResponse response;
    RETURN_IF_ERROR(session_.caller().Unary(service_, *FindMethod("FactFeedService/ListFacts"),
                                            request, &response));
    return std::vector<facts::v1::FeedEntry>(response.entries().begin(), response.entries().end());
  }

 private:
  Session& session_;
  const std::string service_;
};

class AuditSource final : public Source {
 public:
  AuditSource(Session& session, std::string service)
      : session_(session), service_(std::move(service)) {}

  absl::StatusOr<facts::v1::Checkpoint> GetCheckpoint() override {
    audit::v1::GetAuditCheckpointResponse response;
    RETURN_IF_ERROR(session_.caller().Unary(service_,
                                            *FindMethod("AuditService/GetAuditCheckpoint"),
                                            audit::v1::GetAuditCheckpointRequest(), &response));
    return response.checkpoint();
  }

  absl::StatusOr<std::vector<facts::v1::FeedEntry>> Next(int64_t position) override {
    audit::v1::ListAuditEntriesRequest request;
    request.set_first_position(position);
    request.set_page_size(kPage);
    audit::v1::ListAuditEntriesResponse response;
    RETURN_IF_ERROR(session_.caller().Unary(service_, *FindMethod("AuditService/ListAuditEntries"),
                                            request, &response));
    std::vector<facts::v1::FeedEntry> entries;
    for (const audit::v1::AuditLogEntry& entry : response.entries()) {
      entries.push_back(AsFeedEntry(entry));
    }
    return entries;
  }

 private:
  Session& session_;
  const std::string service_;
};

class FileSource final : public Source {
 public:
  FileSource(std::string file, std::string checkpoint)
      : checkpoint_(checkpoint.empty() ? file + ".checkpoint.json" : std::move(checkpoint)),
        file_(std::move(file)),
        in_(file_, std::ios::binary) {}

  absl::StatusOr<facts::v1::Checkpoint> GetCheckpoint() override {
    if (!in_) return CannotRead(file_);
    ASSIGN_OR_RETURN(const std::string json, ReadInput(checkpoint_));
    facts::v1::Checkpoint checkpoint;
    RETURN_IF_ERROR(MergeJson(checkpoint, json));
    return checkpoint;
  }

  absl::StatusOr<std::vector<facts::v1::FeedEntry>> Next(int64_t position) override {
    std::vector<facts::v1::FeedEntry> entries;
    while (entries.size() < static_cast<size_t>(kPage)) {
      ASSIGN_OR_RETURN(std::optional<facts::v1::FeedEntry> entry, facts::ReadEntry(in_));
      if (!entry) break;
      entries.push_back(*std::move(entry));
    }
    return entries;
  }

 private:
  const std::string checkpoint_;
  const std::string file_;
  std::ifstream in_;
};

absl::StatusOr<facts::VerifyingKey> LoadKey(const Session& session, const VerifyFlags& flags) {
  std::string path = flags.public_key;
  if (path.empty() && !session.profile().public_keys.empty()) {
    path = absl::StrCat(session.profile().public_keys, "/", flags.service, "/feed-signing.pub.pem");
  }
  if (path.empty()) {
    return Usage("没有签名者的公钥，签名证明不了什么：请用 --public-key 文件",
                 "a signature proves nothing without the signer's key: give --public-key FILE");
  }
  ASSIGN_OR_RETURN(const std::string pem, ReadInput(path));
  absl::StatusOr<facts::VerifyingKey> key = facts::VerifyingKey::FromPem(pem);
  if (!key.ok()) return FileUsage(key.status());
  return key;
}

absl::Status Save(std::ofstream& out, const std::vector<facts::v1::FeedEntry>& entries) {
  for (const facts::v1::FeedEntry& entry : entries) RETURN_IF_ERROR(facts::WriteEntry(out, entry));
  return absl::OkStatus();
}

absl::Status OpenSave(const std::string& path, const facts::v1::Checkpoint& checkpoint,
                      std::ofstream& save) {
  save.open(path, std::ios::binary | std::ios::trunc);
  std::ofstream beside(path + ".checkpoint.json", std::ios::trunc);
  beside << ToJson(checkpoint, true) << std::flush;
  if (!save || !beside) return CannotWrite(path);
  return absl::OkStatus();
}

// The verdict as name and value, in the order they are shown.
google::protobuf::Struct Verdict(const facts::v1::Checkpoint& checkpoint,
                                 const facts::VerifyReport& report) {
  google::protobuf::Struct verdict;
  const auto set = [&verdict](const char* name, std::string value) {
    (*verdict.mutable_fields())[name].set_string_value(std::move(value));
  };
  set("log", checkpoint.service());
  set("key_id", checkpoint.key_id());
  set("root", absl::BytesToHexString(checkpoint.root()));
  set("verdict", report.ok() ? "VERIFIED" : std::string(facts::FaultName(report.fault)));
  if (!report.detail.empty()) set("detail", report.detail);
  const auto number = [&verdict](const char* name, int64_t value) {
    (*verdict.mutable_fields())[name].set_number_value(static_cast<double>(value));
  };
  number("tree_size", checkpoint.tree_size());
  number("entries", report.entries);
  number("hidden", report.hidden);
  number("beyond", report.beyond);
  if (report.first_bad_position >= 0) number("first_bad_position", report.first_bad_position);
  return verdict;
}

void ShowVerdict(Session& session, const facts::v1::Checkpoint& checkpoint,
                 const facts::VerifyReport& report) {
  if (session.json()) {
    session.WriteJson(Verdict(checkpoint, report));
    return;
  }
  const Lang lang = session.lang();
  const View view = session.view();
  session.out() << ShowRecord(checkpoint, {lang, view.color, 0});
  constexpr Text kGood = {"核验通过", "Verified"};
  constexpr Text kBad = {"核验不通过", "NOT verified"};
  const std::string place =
      report.first_bad_position < 0
          ? ""
          : absl::StrCat(lang == Lang::kZh ? "（位置 " : " (position ", report.first_bad_position,
                         lang == Lang::kZh ? "）" : ")");
  session.out() << Paint((report.ok() ? kGood : kBad).In(lang),
                         report.ok() ? Tone::kGood : Tone::kBad, view.color);
  if (report.ok()) {
    session.out() << (lang == Lang::kZh
                          ? absl::StrCat("：", report.entries, " 条，其中只见哈希 ", report.hidden,
                                         " 条")
                          : absl::StrCat(": ", report.entries, " entries, ", report.hidden,
                                         " of them by their hash alone"));
  } else {
    session.out() << ": " << facts::FaultName(report.fault) << place << ": " << report.detail;
  }
  session.out() << "\n";
}

absl::StatusOr<int> Verify(Session& session, const VerifyFlags& flags) {
  std::unique_ptr<Source> source;
  if (!flags.file.empty()) {
    source = std::make_unique<FileSource>(flags.file, flags.checkpoint);
  } else if (flags.log == "audit") {
    source = std::make_unique<AuditSource>(session, flags.service);
  } else {
    source = std::make_unique<FeedSource>(session, flags.service);
  }
  ASSIGN_OR_RETURN(const facts::VerifyingKey key, LoadKey(session, flags));
  ASSIGN_OR_RETURN(const facts::v1::Checkpoint checkpoint, source->GetCheckpoint());
  std::ofstream save;
  facts::FeedVerifier verifier(checkpoint, key);
  {
    Progress progress(session.err(), session.err_tty(), "verify");
    int64_t position = 0;
    bool more = true;
    while (more && position < checkpoint.tree_size()) {
      ASSIGN_OR_RETURN(const std::vector<facts::v1::FeedEntry> entries, source->Next(position));
      if (entries.empty()) break;
      // Not before the first entries are there: a refused call leaves no empty file behind.
      if (!flags.save.empty() && !save.is_open()) {
        RETURN_IF_ERROR(OpenSave(flags.save, checkpoint, save));
      }
      if (save.is_open()) RETURN_IF_ERROR(Save(save, entries));
      for (const facts::v1::FeedEntry& entry : entries) {
        more = verifier.Add(entry);
        if (!more) break;
        ++position;
      }
      progress.Update(position, checkpoint.tree_size());
    }
  }
  const facts::VerifyReport report = verifier.Finish();
  ShowVerdict(session, checkpoint, report);
  return report.ok() ? kExitOk : kExitRefused;
}

absl::StatusOr<int> List(Session& session, const ListFlags& flags) {
  audit::v1::ListAuditEntriesRequest request;
  audit::v1::ListAuditEntriesResponse response;
  const auto& method = *FindMethod("AuditService/ListAuditEntries");
  int64_t position = flags.first_position;
  if (position < 0) {
    // The newest entries are the ones that are asked for.
    request.set_page_size(1);
    RETURN_IF_ERROR(session.caller().Unary(flags.service, method, request, &response));
    position = std::max<int64_t>(0, response.tree_size() - flags.limit);
  }
  const auto& type = *audit::v1::AuditEntry::descriptor();
  std::vector<std::string> headings = {FieldLabel("position", session.lang())};
  std::vector<const google::protobuf::FieldDescriptor*> columns;
  for (const char* name : {"recorded_at", "outcome", "subject", "unit", "rpc", "resources",
                           "denial_reason", "count", "trace_id"}) {
    columns.push_back(type.FindFieldByName(name));
    headings.push_back(FieldLabel(name, session.lang()));
  }
  Table table(std::move(headings), {true});
  int64_t left = flags.limit;
  while (left > 0) {
    request.set_first_position(position);
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, kPage)));
    RETURN_IF_ERROR(session.caller().Unary(flags.service, method, request, &response));
    if (response.entries().empty()) break;
    for (const audit::v1::AuditLogEntry& logged : response.entries()) {
      audit::v1::AuditEntry entry;
      if (!entry.ParseFromString(logged.entry())) {
        return absl::DataLossError("an entry of the audit log cannot be read");
      }
      if (session.json()) session.WriteJson(entry, true);
      std::vector<Cell> cells = {{absl::StrCat(logged.position())}};
      for (const auto* column : columns) {
        cells.push_back(
            {FieldText(entry, *column, session.lang()),
             entry.outcome() == audit::v1::AUDIT_OUTCOME_DENIED ? Tone::kBad : Tone::kPlain});
      }
      table.Add(std::move(cells));
    }
    position += response.entries_size();
    left -= response.entries_size();
  }
  if (!session.json()) session.out() << RenderTable(table, session.view());
  return kExitOk;
}

}  // namespace

void AddAuditCommands(Session& session) {
  const auto list = std::make_shared<ListFlags>();
  CLI::App& list_app = session.AddCommand(
      "audit list",
      {"查阅和拒绝的记录，最新的在后", "Who read or was denied what, the newest last"},
      "--service registry --limit 50", [list](Session& running) { return List(running, *list); });
  session.AddService(list_app, list->service, kWhoseLog);
  list_app
      .add_option("--first-position", list->first_position,
                  session.Say({"起始位置", "begin at a position, not with the newest"}))
      ->check(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max()));
  list_app.add_option("--limit", list->limit, session.Say({"最多行数", "most rows"}))
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->capture_default_str();

  const auto verify = std::make_shared<VerifyFlags>();
  CLI::App& verify_app =
      session.AddCommand("audit verify",
                         {"下载全部事实（或查阅记录），按已签名的检查点核验；也可离线核验文件",
                          "Download a service's facts or audit log and verify them against its "
                          "signed checkpoint; or a file, "
                          "offline"},
                         "--service registry --public-key registry.pub.pem --save registry.feed\n"
                         "--file registry.feed --public-key registry.pub.pem",
                         [verify](Session& running) { return Verify(running, *verify); });
  session.AddService(verify_app, verify->service, kWhoseLog);
  session
      .AddChoice(verify_app, "--log", verify->log, {"facts 事实 | audit 查阅记录", "facts | audit"},
                 {"facts", "audit"})
      ->capture_default_str();
  session.AddFile(verify_app, "--file", verify->file,
                  {"离线核验已保存的文件", "verify a saved log, offline"});
  session.AddFile(verify_app, "--checkpoint", verify->checkpoint,
                  {"检查点文件（默认 FILE.checkpoint.json）",
                   "its checkpoint (default: FILE.checkpoint.json)"});
  session.AddFile(verify_app, "--public-key", verify->public_key,
                  {"签名者公钥", "the signer's public key, PEM"});
  session.AddFile(verify_app, "--save", verify->save,
                  {"保存下载的记录", "keep what was downloaded, for offline use"});
}

}  // namespace redress::ctl

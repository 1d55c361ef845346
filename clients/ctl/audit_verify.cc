// `audit verify`, `audit prove` and `audit grown`: whether a record is what was signed, and what it
// was when it was looked at last.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "clients/ctl/command.h"
#include "clients/ctl/progress.h"
#include "clients/ctl/schema.h"
#include "common/base/files.h"
#include "common/facts/proof.h"
#include "common/facts/verify.h"
#include "common/status/macros.h"
#include "google/protobuf/struct.pb.h"
#include "redress/audit/v1/audit.pb.h"

namespace redress::ctl {
namespace {

constexpr int32_t kPage = 1000;
constexpr Text kWhoseLog = {"服务", "which service's log"};
constexpr Text kFromCheckpoint = {
    "以前的检查点文件（默认为配置目录中上次核验的检查点）",
    "an earlier checkpoint (default: that of the last verification, kept beside the profile)"};

struct LogFlags {
  std::string service = "registry";
  std::string log = "facts";
  std::string public_key;
};

struct VerifyFlags : LogFlags {
  std::string file, checkpoint, save, from_checkpoint;
};

struct ProveFlags : LogFlags {
  int64_t position = 0;
  std::string leaf;
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

absl::StatusOr<facts::VerifyingKey> LoadKey(const Session& session, const LogFlags& flags) {
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

// What was verified before, in the profile's folder: a checkpoint, and beside it the leaf hashes.
class Kept {
 public:
  Kept(const Session& session, const VerifyFlags& flags)
      : base_(session.profile().folder.empty()
                  ? ""
                  : absl::StrCat(session.profile().folder, "/verified/", flags.service, ".",
                                 flags.log)) {}

  // The checkpoint that is kept or named, if there is one; only the key's owner's counts.
  absl::StatusOr<std::optional<facts::v1::Checkpoint>> Read(const std::string& named,
                                                            const facts::VerifyingKey& key) {
    const std::string path = named.empty() ? Path() : named;
    if (path.empty() || (named.empty() && !std::filesystem::exists(path))) return std::nullopt;
    ASSIGN_OR_RETURN(const std::string json, ReadInput(path));
    facts::v1::Checkpoint checkpoint;
    RETURN_IF_ERROR(MergeJson(checkpoint, json));
    const absl::Status signature = facts::VerifyCheckpoint(checkpoint, key);
    if (!signature.ok()) {
      return FileUsage(
          absl::InvalidArgumentError(absl::StrCat(path, ": ", std::string(signature.message()))));
    }
    return checkpoint;
  }
  // The leaves of the kept checkpoint; none where another is named.
  std::string Leaves(const std::string& named) const {
    if (!named.empty() || base_.empty()) return "";
    return base::ReadFile(base_ + ".leaves").value_or("");
  }
  // False where the folder cannot be written: what was found stands all the same.
  bool Write(const facts::v1::Checkpoint& checkpoint, const std::string& leaves) const {
    if (base_.empty()) return true;
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(base_).parent_path(), error);
    // The leaves first: a checkpoint without them still tells that something differs.
    return Replace(base_ + ".leaves", leaves) && Replace(Path(), ToJson(checkpoint, true));
  }

 private:
  std::string Path() const { return base_.empty() ? "" : base_ + ".checkpoint.json"; }
  static bool Replace(const std::string& path, const std::string& content) {
    const std::string fresh = path + ".new";
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << content << std::flush;
    if (!out) return false;
    out.close();
    std::error_code error;
    std::filesystem::rename(fresh, path, error);
    return !error;
  }
  const std::string base_;
};

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
  Kept kept(session, flags);
  ASSIGN_OR_RETURN(const std::optional<facts::v1::Checkpoint> earlier,
                   kept.Read(flags.from_checkpoint, key));
  if (earlier) verifier.HoldAgainst(*earlier, kept.Leaves(flags.from_checkpoint));
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
  if (!report.ok()) return kExitRefused;
  // A file may be of any day: only what a service says now is what later answers are held against.
  if (flags.file.empty() && !kept.Write(checkpoint, verifier.leaves())) {
    session.Note(session.Say({"核验结果未能保存在配置目录，下次无从比较",
                              "what was verified could not be kept beside the profile"}));
  }
  return kExitOk;
}

// Shows what a proof came to; nothing was downloaded but the proof.
int ShowProof(Session& session, const facts::v1::Checkpoint& checkpoint, const absl::Status& proven,
              int64_t position) {
  facts::VerifyReport report;
  if (!proven.ok()) {
    report.fault = facts::Fault::kRewritten;
    report.first_bad_position = position;
    report.detail = std::string(proven.message());
  }
  ShowVerdict(session, checkpoint, report);
  return proven.ok() ? kExitOk : kExitRefused;
}

absl::StatusOr<int> Prove(Session& session, const ProveFlags& flags) {
  ASSIGN_OR_RETURN(const facts::VerifyingKey key, LoadKey(session, flags));
  facts::v1::GetInclusionProofResponse proof;
  if (flags.log == "audit") {
    audit::v1::GetAuditInclusionProofRequest request;
    request.set_position(flags.position);
    audit::v1::GetAuditInclusionProofResponse response;
    RETURN_IF_ERROR(session.caller().Unary(
        flags.service, *FindMethod("AuditService/GetAuditInclusionProof"), request, &response));
    proof = response.proof();
  } else {
    facts::v1::GetInclusionProofRequest request;
    request.set_position(flags.position);
    RETURN_IF_ERROR(session.caller().Unary(
        flags.service, *FindMethod("FactFeedService/GetInclusionProof"), request, &proof));
  }
  const facts::v1::Checkpoint& checkpoint = proof.checkpoint();
  RETURN_IF_ERROR(facts::VerifyCheckpoint(checkpoint, key));
  ASSIGN_OR_RETURN(const facts::Hash leaf, facts::HashFromBytes(proof.leaf_hash()));
  ASSIGN_OR_RETURN(const facts::Hash root, facts::HashFromBytes(checkpoint.root()));
  ASSIGN_OR_RETURN(const std::vector<facts::Hash> path, facts::HashesFromBytes(proof.path()));
  const std::string asked = absl::AsciiStrToLower(flags.leaf);
  absl::Status proven =
      facts::VerifyInclusion(leaf, flags.position, checkpoint.tree_size(), path, root);
  if (proven.ok() && !asked.empty() && absl::BytesToHexString(proof.leaf_hash()) != asked) {
    proven = absl::DataLossError("another entry stands at this position");
  }
  if (!session.json()) {
    session.out() << "leaf_hash  " << absl::BytesToHexString(proof.leaf_hash()) << "\n";
  }
  return ShowProof(session, checkpoint, proven, flags.position);
}

absl::StatusOr<int> Grown(Session& session, const VerifyFlags& flags) {
  ASSIGN_OR_RETURN(const facts::VerifyingKey key, LoadKey(session, flags));
  Kept kept(session, flags);
  ASSIGN_OR_RETURN(const std::optional<facts::v1::Checkpoint> earlier,
                   kept.Read(flags.from_checkpoint, key));
  if (!earlier) {
    return Usage("还没有核验过的检查点：先用 audit verify，或用 --from-checkpoint 文件",
                 "nothing was verified before: run audit verify, or give --from-checkpoint FILE");
  }
  facts::v1::GetConsistencyProofResponse proof;
  if (flags.log == "audit") {
    audit::v1::GetAuditConsistencyProofRequest request;
    request.set_first_size(earlier->tree_size());
    audit::v1::GetAuditConsistencyProofResponse response;
    RETURN_IF_ERROR(session.caller().Unary(
        flags.service, *FindMethod("AuditService/GetAuditConsistencyProof"), request, &response));
    proof = response.proof();
  } else {
    facts::v1::GetConsistencyProofRequest request;
    request.set_first_size(earlier->tree_size());
    RETURN_IF_ERROR(session.caller().Unary(
        flags.service, *FindMethod("FactFeedService/GetConsistencyProof"), request, &proof));
  }
  const facts::v1::Checkpoint& checkpoint = proof.checkpoint();
  RETURN_IF_ERROR(facts::VerifyCheckpoint(checkpoint, key));
  ASSIGN_OR_RETURN(const facts::Hash first, facts::HashFromBytes(earlier->root()));
  ASSIGN_OR_RETURN(const facts::Hash root, facts::HashFromBytes(checkpoint.root()));
  ASSIGN_OR_RETURN(const std::vector<facts::Hash> path, facts::HashesFromBytes(proof.path()));
  return ShowProof(
      session, checkpoint,
      facts::VerifyConsistency(earlier->tree_size(), first, checkpoint.tree_size(), root, path),
      -1);
}

void AddLogFlags(Session& session, CLI::App& app, LogFlags& flags) {
  session.AddService(app, flags.service, kWhoseLog);
  session
      .AddChoice(app, "--log", flags.log, {"facts 事实 | audit 查阅记录", "facts | audit"},
                 {"facts", "audit"})
      ->capture_default_str();
  session.AddFile(app, "--public-key", flags.public_key,
                  {"签名者公钥", "the signer's public key, PEM"});
}

}  // namespace

void AddVerifyCommands(Session& session) {
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
  AddLogFlags(session, verify_app, *verify);
  session.AddFile(verify_app, "--file", verify->file,
                  {"离线核验已保存的文件", "verify a saved log, offline"});
  session.AddFile(verify_app, "--checkpoint", verify->checkpoint,
                  {"检查点文件（默认 FILE.checkpoint.json）",
                   "its checkpoint (default: FILE.checkpoint.json)"});
  session.AddFile(verify_app, "--from-checkpoint", verify->from_checkpoint, kFromCheckpoint);
  session.AddFile(verify_app, "--save", verify->save,
                  {"保存下载的记录", "keep what was downloaded, for offline use"});

  const auto prove = std::make_shared<ProveFlags>();
  CLI::App& prove_app = session.AddCommand(
      "audit prove",
      {"证明某一位置的记录在已签名的全部记录之中，不必下载其余记录",
       "Prove that an entry stands at a position of what is signed, without the other entries"},
      "--service registry --position 1200",
      [prove](Session& running) { return Prove(running, *prove); });
  AddLogFlags(session, prove_app, *prove);
  prove_app.add_option("--position", prove->position, session.Say({"位置", "the position"}))
      ->required()
      ->check(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max()));
  prove_app.add_option(
      "--leaf", prove->leaf,
      session.Say({"应有的叶哈希（十六进制）", "the leaf hash it should have, hex"}));

  const auto grown = std::make_shared<VerifyFlags>();
  CLI::App& grown_app = session.AddCommand(
      "audit grown",
      {"证明自上次核验以来只有增加、没有改动，不必下载记录",
       "Prove that a record only grew since it was verified, without downloading it"},
      "--service registry\n--service visits --from-checkpoint visits.feed.checkpoint.json",
      [grown](Session& running) { return Grown(running, *grown); });
  AddLogFlags(session, grown_app, *grown);
  session.AddFile(grown_app, "--from-checkpoint", grown->from_checkpoint, kFromCheckpoint);
}

}  // namespace redress::ctl

#include "common/facts/follower.h"

#include <grpcpp/completion_queue.h>

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/facts/merkle.h"
#include "common/facts/proof.h"
#include "common/status/grpc.h"
#include "common/status/macros.h"
#include "redress/facts/v1/feed.grpc.pb.h"

namespace redress::facts {
namespace {

constexpr absl::Duration kProofTimeout = absl::Seconds(5);

absl::Status CheckEntry(const v1::FeedEntry& entry, int64_t due) {
  if (entry.position() != due) {
    return absl::DataLossError(
        absl::StrCat("entry ", due, " was due, but ", entry.position(), " came"));
  }
  if (entry.damaged()) return absl::DataLossError(absl::StrCat("entry ", due, " is damaged"));
  const absl::StatusOr<Hash> leaf = HashFromBytes(entry.leaf_hash());
  const bool hidden = entry.fact().empty() && entry.nonce().empty();
  if (!leaf.ok() || (!hidden && LeafHash(entry.nonce(), entry.fact()) != *leaf)) {
    return absl::DataLossError(absl::StrCat("entry ", due, " does not fit its hash"));
  }
  return absl::OkStatus();
}

}  // namespace

// One call of WatchFacts, read on the follower's thread, where a wait can have an end.
class Follower::Stream {
 public:
  Stream(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* context, int64_t first,
         absl::Duration stall)
      : stub_(v1::FactFeedService::NewStub(channel)), context_(context), stall_(stall) {
    v1::WatchFactsRequest request;
    request.set_first_position(first);
    call_ = stub_->PrepareAsyncWatchFacts(context_, request, &queue_);
    call_->StartCall(this);
    started_ = Wait();
  }

  ~Stream() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  // False at the end of the stream; Finish says why.
  bool Next(v1::WatchFactsResponse* response) {
    if (!started_) return false;
    call_->Read(response, this);
    return Wait();
  }

  // Cancels the call if it was given up here, while the server goes on.
  absl::Status Finish(bool give_up) {
    if (give_up) context_->TryCancel();
    grpc::Status status;
    call_->Finish(&status, this);
    Wait();
    if (stalled_) return absl::DeadlineExceededError("the feed has fallen silent");
    if (status.ok()) return absl::UnavailableError("the feed was closed");
    return status::FromGrpc(status);
  }

 private:
  // Waits for the one operation that is under way; gives up on the call when it takes too long.
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    const auto deadline = absl::ToChronoTime(absl::Now() + stall_);
    if (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::TIMEOUT) {
      stalled_ = true;
      context_->TryCancel();
      queue_.Next(&tag, &ok);
    }
    return ok;
  }

  grpc::CompletionQueue queue_;
  std::unique_ptr<v1::FactFeedService::Stub> stub_;
  grpc::ClientContext* context_;
  const absl::Duration stall_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::WatchFactsResponse>> call_;
  bool started_ = false;
  bool stalled_ = false;
};

Follower::Follower(std::shared_ptr<grpc::Channel> channel, Options options)
    : channel_(std::move(channel)), options_(std::move(options)) {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

void Follower::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  if (thread_.joinable()) thread_.join();
}

Follower::Lag Follower::lag() const {
  absl::MutexLock lock(&mu_);
  return lag_;
}

void Follower::Run() {
  absl::BitGen random;
  absl::Duration backoff = options_.min_backoff;
  while (true) {
    bool progressed = false;
    const absl::Status status = FollowOnce(&progressed);
    {
      absl::MutexLock lock(&mu_);
      if (stopping_) return;
    }
    Report(/*connected=*/false);
    if (options_.failed) options_.failed(status);
    if (absl::IsDataLoss(status) && options_.contradicted) {
      Contradiction found = contradiction_.value_or(Contradiction());
      found.status = status;
      if (!contradiction_) found.known_size = lag().next_position;
      options_.contradicted(found);
    }
    backoff = progressed ? options_.min_backoff : std::min(backoff * 2, options_.max_backoff);
    // Random, so that the followers of a service that came back do not all come at once.
    const absl::Duration pause = backoff * absl::Uniform(random, 0.5, 1.0);
    absl::MutexLock lock(&mu_);
    if (mu_.AwaitWithTimeout(absl::Condition(&stopping_), pause)) return;
  }
}

absl::Status Follower::Verify(const Frontier& edge) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kProofTimeout));
  if (options_.prepare) options_.prepare(context);
  v1::GetConsistencyProofRequest request;
  request.set_first_size(edge.size());
  v1::GetConsistencyProofResponse proof;
  const grpc::Status asked =
      v1::FactFeedService::NewStub(channel_)->GetConsistencyProof(&context, request, &proof);
  contradiction_ = Contradiction{{}, edge.size(), std::string(AsBytes(edge.Root())), {}};
  if (!asked.ok()) return status::FromGrpc(asked);
  const v1::Checkpoint& checkpoint = proof.checkpoint();
  contradiction_->checkpoint = checkpoint;
  if (checkpoint.service() != options_.service) {
    return absl::DataLossError("the checkpoint is that of another feed");
  }
  if (options_.key) {
    const absl::Status signature = VerifyCheckpoint(checkpoint, *options_.key);
    if (!signature.ok()) return absl::DataLossError(signature.message());
  }
  if (checkpoint.tree_size() < edge.size()) {
    return absl::DataLossError(absl::StrCat("the feed has only ", checkpoint.tree_size(),
                                            " entries, but ", edge.size(), " were followed"));
  }
  const absl::StatusOr<Hash> root = HashFromBytes(checkpoint.root());
  const absl::StatusOr<std::vector<Hash>> path = HashesFromBytes(proof.path());
  if (!root.ok() || !path.ok() ||
      !VerifyConsistency(edge.size(), edge.Root(), checkpoint.tree_size(), *root, *path).ok()) {
    return absl::DataLossError(absl::StrCat("the feed does not go on from the ", edge.size(),
                                            " entries that were followed"));
  }
  contradiction_.reset();
  verified_at_ = absl::Now();
  if (options_.verified) options_.verified();
  return absl::OkStatus();
}

absl::Status Follower::VerifyAgain() {
  if (!options_.edge || absl::Now() - verified_at_ < options_.verify_every) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Frontier edge, options_.edge());
  return Verify(edge);
}

absl::StatusOr<int64_t> Follower::Begin() {
  contradiction_.reset();
  if (!options_.edge) return options_.from();
  ASSIGN_OR_RETURN(const Frontier edge, options_.edge());
  RETURN_IF_ERROR(Verify(edge));
  return edge.size();
}

absl::Status Follower::FollowOnce(bool* progressed) {
  const auto named = [this](const absl::Status& status) {
    return absl::Status(status.code(),
                        absl::StrCat("feed of ", options_.service, ": ", status.message()));
  };
  const absl::StatusOr<int64_t> begin = Begin();
  if (!begin.ok()) return named(begin.status());
  int64_t next = *begin;
  grpc::ClientContext context;
  if (options_.prepare) options_.prepare(context);
  {
    absl::MutexLock lock(&mu_);
    if (stopping_) return absl::CancelledError();
    context_ = &context;
    lag_.next_position = next;
  }
  absl::Status status;
  {
    Stream stream(channel_, &context, next, options_.stall);
    v1::WatchFactsResponse response;
    while (status.ok() && stream.Next(&response)) {
      status = Take(std::move(response), &next);
      if (status.ok()) status = VerifyAgain();
      if (status.ok()) *progressed = true;
    }
    const absl::Status ended = stream.Finish(/*give_up=*/!status.ok());
    if (status.ok()) status = ended;
    absl::MutexLock lock(&mu_);
    context_ = nullptr;
  }
  return named(status);
}

absl::Status Follower::Take(v1::WatchFactsResponse response, int64_t* next) {
  int64_t due = *next;
  for (const v1::FeedEntry& entry : response.entries()) {
    RETURN_IF_ERROR(CheckEntry(entry, due));
    ++due;
  }
  if (response.tree_size() < due) {
    return absl::DataLossError(absl::StrCat("the feed has only ", response.tree_size(),
                                            " entries, but ", due, " were seen before"));
  }
  if (response.entries_size() > 0) {
    FollowedBatch batch;
    batch.tree_size = response.tree_size();
    batch.entries.reserve(static_cast<size_t>(response.entries_size()));
    for (v1::FeedEntry& entry : *response.mutable_entries()) {
      batch.entries.push_back(std::move(entry));
    }
    RETURN_IF_ERROR(options_.apply(batch));
    *next = due;
  }
  {
    absl::MutexLock lock(&mu_);
    lag_.next_position = *next;
    lag_.tree_size = response.tree_size();
    lag_.heard = absl::Now();
  }
  Report(/*connected=*/true);
  return absl::OkStatus();
}

void Follower::Report(bool connected) {
  Lag now;
  {
    absl::MutexLock lock(&mu_);
    lag_.connected = connected;
    now = lag_;
  }
  if (options_.lag) options_.lag(now);
}

}  // namespace redress::facts

#include "common/store/store.h"

#include <algorithm>
#include <deque>
#include <set>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/auth/permissions.h"
#include "common/base/ids.h"
#include "common/db/errors.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/rules/record_checks.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "common/store/batch.h"
#include "common/store/reads.h"
#include "common/vault/derive.h"
#include "common/vault/seal.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/time_util.h"

namespace redress::store {

namespace {

constexpr absl::Duration kPurgeEvery = absl::Minutes(10);
constexpr absl::Duration kAnswersKept = absl::Hours(48);
constexpr int64_t kPurgeBatch = 1000;

// Of a new resource that keeps when it was made.
void SetCreateTime(google::protobuf::Message& message, absl::Time now) {
  const auto* field = message.GetDescriptor()->FindFieldByName("create_time");
  if (field == nullptr) return;
  message.GetReflection()
      ->MutableMessage(&message, field)
      ->CopyFrom(
          google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now)));
}

}  // namespace

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace internal {

absl::Status FillFromRequest(const Message& request, Store::Operation& operation) {
  const google::protobuf::Descriptor* type = request.GetDescriptor();
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  if (const FieldDescriptor* field = type->FindFieldByName("validate_only")) {
    operation.validate_only = reflection.GetBool(request, field);
  }
  if (const FieldDescriptor* field = type->FindFieldByName("etag")) {
    operation.etag = reflection.GetString(request, field);
  }
  const FieldDescriptor* id = type->FindFieldByName("request_id");
  const std::string text = id == nullptr ? "" : reflection.GetString(request, id);
  if (!base::IsUuid(text)) return status::InvalidField("request_id", "must be a UUID");
  operation.request_id = base::UuidBytes(text);
  return absl::OkStatus();
}

void KeepNameAndEtag(Message& answer) {
  const google::protobuf::Reflection& reflection = *answer.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(answer, &set);
  for (const FieldDescriptor* field : set) {
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      reflection.ClearField(&answer, field);
      continue;
    }
    Message& resource = *reflection.MutableMessage(&answer, field);
    std::vector<const FieldDescriptor*> within;
    resource.GetReflection()->ListFields(resource, &within);
    for (const FieldDescriptor* part : within) {
      if (part->name() != "name" && part->name() != "etag") {
        resource.GetReflection()->ClearField(&resource, part);
      }
    }
  }
}

absl::Status CheckRecord(const Message& request, const Rows& rows) {
  return rules::CheckRecord(request,
                            rows.has_case() ? rows.case_context().received_on : std::nullopt);
}

}  // namespace internal

std::string Store::FingerprintOf(const Message& request) const {
  // The same id may be written in either case.
  std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  if (const FieldDescriptor* id = request.GetDescriptor()->FindFieldByName("request_id")) {
    copy->GetReflection()->ClearField(copy.get(), id);
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  return vault::Mac(*fingerprint_key_,
                    absl::StrCat(request.GetDescriptor()->full_name(), "|", bytes));
}

const Message* Rows::FindMessage(const Table* table, const std::string& name) const {
  const auto it = rows_.find({table, name});
  return it == rows_.end() ? nullptr : it->second.message.get();
}

int64_t Changes::VersionOf(const Message& put) const {
  const Table& table = Table::Of(put.GetDescriptor());
  const std::string name = table.NameOf(put);
  for (const Write& write : writes_) {
    if (write.table == &table && write.name == name) return write.new_version;
  }
  return 0;
}

const Message& Changes::PutMessage(std::unique_ptr<Message> message) {
  const Table& table = Table::Of(message->GetDescriptor());
  Write write{&table, table.NameOf(*message), std::move(message), 0};
  if (const auto it = rows_->rows_.find({&table, write.name}); it != rows_->rows_.end()) {
    write.old_version = it->second.version;
  }
  // A version is the instant of the write, so that the versions of facts count nothing: whoever is
  // shown some of the facts of a record does not learn of the others.
  write.new_version = std::max(write.old_version + 1, absl::ToUnixMicros(now_));
  table.SetEtag(*write.message, etags_->Of(table, write.name, write.new_version));
  if (write.old_version == 0) SetCreateTime(*write.message, now_);
  for (Write& earlier : writes_) {
    if (earlier.table == write.table && earlier.name == write.name) {
      earlier.message = std::move(write.message);
      return *earlier.message;
    }
  }
  writes_.push_back(std::move(write));
  return *writes_.back().message;
}

bool Changes::Puts(const Table& table, const std::string& name) const {
  return std::any_of(writes_.begin(), writes_.end(), [&](const Write& write) {
    return write.table == &table && write.name == name;
  });
}

std::string Changes::Publish(facts::v1::Fact fact) {
  if (fact.fact_id().empty()) fact.set_fact_id(base::NewUuid(now_));
  if (absl::StartsWith(fact.record(), "cases/") && fact.case_name().empty()) {
    fact.set_case_name(std::string(base::RootName(fact.record())));
  }
  // Of another case of the same person, say, nothing is known here.
  if (rows_->has_case() &&
      (fact.case_name().empty() || fact.case_name() == rows_->case_context().name)) {
    if (fact.campaign().empty()) fact.set_campaign(rows_->case_context().campaign);
    if (fact.unit().empty()) fact.set_unit(rows_->case_context().responsible_unit);
  }
  facts_.push_back(std::move(fact));
  return facts_.back().fact_id();
}

int64_t Changes::Draw(const std::string& counter) {
  if (counters_ == nullptr || !counters_->contains(counter)) std::abort();
  return ++counters_->at(counter);
}

rules::Context Changes::rule_context() const {
  return {base::DayAt(now_), actor_, [now = now_] { return base::NewUuid(now); }, lang_};
}

// ---- the queue of writes

struct Store::Queue {
  absl::Mutex mutex;
  absl::CondVar wake;
  std::deque<std::shared_ptr<Operation>> waiting ABSL_GUARDED_BY(mutex);
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::vector<std::thread> writers;
  std::thread purger;
};

Store::Store(Options options) : options_(std::move(options)), queue_(std::make_unique<Queue>()) {}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(Options options) {
  std::unique_ptr<Store> store(new Store(std::move(options)));
  ASSIGN_OR_RETURN(
      vault::DataKey key,
      LoadServiceKey(*store->options_.pool, *store->options_.master_keys, store->options_.service));
  store->fingerprint_key_.emplace(vault::DeriveKey(key, "redress fingerprints of requests"));
  store->etags_.emplace(vault::DeriveKey(key, "redress etags"));
  store->service_key_.emplace(std::move(key));
  store->fact_mac_.emplace(*store->service_key_);
  for (int i = 0; i < store->options_.writers; ++i) {
    store->queue_->writers.emplace_back([raw = store.get()] { raw->WriterLoop(); });
  }
  store->reads_ = std::make_unique<ReadQueue>(
      store->options_.readers, store->options_.queue_limit, store->options_.max_reads,
      [raw = store.get()](std::vector<PendingRead> reads) { raw->RunReads(std::move(reads)); });
  store->queue_->purger = std::thread([raw = store.get()] { raw->PurgeLoop(); });
  return store;
}

Store::~Store() {
  reads_.reset();
  {
    absl::MutexLock lock(&queue_->mutex);
    queue_->stopping = true;
    queue_->wake.SignalAll();
  }
  for (std::thread& writer : queue_->writers) writer.join();
  if (queue_->purger.joinable()) queue_->purger.join();
}

absl::StatusOr<vault::DataKey> LoadServiceKey(db::Pool& pool, const vault::MasterKeys& master_keys,
                                              const std::string& service) {
  const std::string context = absl::StrCat(service, "|", std::string(kServiceSubject));
  const std::string fresh = master_keys.Wrap(vault::GenerateDataKey(), context);
  std::optional<vault::DataKey> loaded;
  RETURN_IF_ERROR(db::Transact(
      pool, absl::Now() + absl::Seconds(10), [&](db::Connection& connection) -> absl::Status {
        // Two replicas that start at once must end with the same key: the first insert wins.
        RETURN_IF_ERROR(connection
                            .Execute("INSERT IGNORE INTO data_key (subject, wrapped) VALUES (?, ?)",
                                     {std::string(kServiceSubject), fresh})
                            .status());
        ASSIGN_OR_RETURN(db::Rows rows,
                         connection.Query("SELECT wrapped FROM data_key WHERE subject = ?",
                                          {std::string(kServiceSubject)}));
        if (rows.empty()) return absl::DataLossError("the service's data key is gone");
        ASSIGN_OR_RETURN(vault::DataKey key, master_keys.Unwrap(rows[0].Bytes(0), context));
        loaded.emplace(std::move(key));
        return absl::OkStatus();
      }));
  return *std::move(loaded);
}

void Store::LockWithThem(std::vector<Lock>& locks) const {
  const auto add = [&locks](const Table* table, std::string name) {
    const bool known = std::any_of(locks.begin(), locks.end(), [&](const Lock& lock) {
      return lock.table == table && lock.name == name;
    });
    if (!known) locks.push_back({table, std::move(name)});
  };
  for (const Guards& guards : options_.guards) {
    for (size_t i = 0; i < locks.size(); ++i) {
      if (locks[i].table == guards.of) {
        add(guards.table, std::string(base::RootName(locks[i].name)));
      }
    }
  }
  for (const Follows& follows : options_.follows) {
    for (size_t i = 0; i < locks.size(); ++i) {
      if (locks[i].table == follows.of) add(follows.table, locks[i].name);
    }
  }
}

void Store::Enqueue(std::shared_ptr<Operation> operation) {
  LockWithThem(operation->locks);
  if (operation->case_name.empty()) {
    for (const Lock& lock : operation->locks) {
      if (lock.table->of_case()) {
        operation->case_name = std::string(base::RootName(lock.name));
        break;
      }
    }
  }
  if (!operation->case_name.empty()) {
    absl::StatusOr<CaseContext> context = CheckCase(operation->call, operation->case_name);
    if (context.ok()) {
      operation->context = *std::move(context);
    } else {
      // What was done already is told all the same, by its name.
      operation->access = context.status();
      if (operation->validate_only) return operation->fail(operation->access);
    }
  }
  {
    absl::MutexLock lock(&queue_->mutex);
    if (!queue_->stopping && queue_->waiting.size() < options_.queue_limit) {
      queue_->waiting.push_back(std::move(operation));
      queue_->wake.Signal();
      return;
    }
  }
  operation->fail(status::Exhausted("writer"));
}

// Takes what waits, up to max_batch. What touches the same row or repeats the same request as
// something taken stays for a later batch: it must see the result.
std::vector<std::shared_ptr<Store::Operation>> Store::TakeBatch() {
  absl::MutexLock lock(&queue_->mutex);
  while (queue_->waiting.empty() && !queue_->stopping) queue_->wake.Wait(&queue_->mutex);
  std::vector<std::shared_ptr<Operation>> batch;
  std::set<std::string> touched;
  std::deque<std::shared_ptr<Operation>> left;
  while (!queue_->waiting.empty() && batch.size() < options_.max_batch) {
    std::shared_ptr<Operation> operation = std::move(queue_->waiting.front());
    queue_->waiting.pop_front();
    std::vector<std::string> keys = {operation->request_id};
    if (!operation->case_name.empty()) keys.push_back(operation->case_name);
    for (const Lock& lock_of : operation->locks) keys.push_back(lock_of.name);
    keys.insert(keys.end(), operation->needs.keys.begin(), operation->needs.keys.end());
    if (std::any_of(keys.begin(), keys.end(),
                    [&](const auto& key) { return touched.contains(key); })) {
      left.push_back(std::move(operation));
      // What comes after it for the same rows must not overtake it.
    } else {
      batch.push_back(std::move(operation));
    }
    touched.insert(keys.begin(), keys.end());
  }
  while (!left.empty()) {
    queue_->waiting.push_front(std::move(left.back()));
    left.pop_back();
  }
  if (!queue_->waiting.empty()) queue_->wake.Signal();
  return batch;
}

// Old answers go a thousand at a time, so that no transaction is long.
void Store::PurgeLoop() {
  while (true) {
    {
      absl::MutexLock lock(&queue_->mutex);
      queue_->mutex.AwaitWithTimeout(absl::Condition(&queue_->stopping), kPurgeEvery);
      if (queue_->stopping) return;
    }
    while (true) {
      const absl::StatusOr<int64_t> purged = PurgeAnswers(absl::Now() + absl::Seconds(10));
      if (!purged.ok()) {
        log::Event(log::Level::kWarning, "purge_failed",
                   {{"code", absl::StatusCodeToString(purged.status().code())}});
      }
      if (!purged.ok() || *purged < kPurgeBatch) break;
    }
  }
}

void Store::WriterLoop() {
  while (true) {
    std::vector<std::shared_ptr<Operation>> batch = TakeBatch();
    if (batch.empty()) return;  // stopping, and nothing waits
    RunBatch(std::move(batch));
  }
}

void Store::RunBatch(std::vector<std::shared_ptr<Operation>> operations) {
  std::erase_if(operations, [](const std::shared_ptr<Operation>& operation) {
    const absl::Time now = absl::Now();
    if (operation->call.Wanted(now)) return false;
    operation->fail(
        operation->call.deadline > now
            ? status::Cancelled()
            : status::DeadlineExceeded("the deadline passed before the write was begun"));
    return true;
  });
  if (operations.empty()) return;
  Batch batch(*this, operations);
  const absl::Status committed = batch.Run();
  if (committed.ok()) {
    if (batch.published() || !batch.effects().empty()) options_.committed(batch.effects());
    return batch.Deliver();
  }
  if (operations.size() > 1 && !db::OutcomeUnknown(committed)) {
    // One of them may be to blame; the others must not suffer for it.
    for (std::shared_ptr<Operation>& operation : operations) RunBatch({std::move(operation)});
    return;
  }
  for (const std::shared_ptr<Operation>& operation : operations) {
    operation->fail(batch.Explain(committed));
  }
}

void Store::Submit(const rpc::Call& call, const Message& request, std::vector<Lock> locks,
                   FillAnswer fill, rpc::Answer answer, std::string case_name, Needs needs) {
  auto operation = std::make_shared<Operation>();
  operation->call = call;
  operation->locks = std::move(locks);
  operation->case_name = std::move(case_name);
  operation->needs = std::move(needs);
  std::shared_ptr<Message> response(answer.response().New());
  // The request lives as long as the call.
  operation->decide = [fill = std::move(fill), response, &request](
                          const Rows& rows, Changes& changes) -> absl::Status {
    RETURN_IF_ERROR(internal::CheckRecord(request, rows));
    response->Clear();  // of what an earlier run of the rule left
    return fill(rows, changes, *response);
  };
  operation->response_bytes = [response] { return response->SerializeAsString(); };
  operation->deliver = [response, answer] {
    answer.response().GetReflection()->Swap(&answer.response(), response.get());
    answer.Send();
  };
  operation->deliver_stored = [answer](const std::string& bytes,
                                       const Operation::MayShow& may_show) {
    Message& stored = answer.response();
    if (!stored.ParseFromString(bytes)) {
      return answer.Fail(absl::DataLossError("a stored answer is damaged"));
    }
    if (!may_show(stored)) internal::KeepNameAndEtag(stored);
    answer.Send();
  };
  operation->fail = [answer](const absl::Status& status) { answer.Fail(status); };
  if (absl::Status filled = internal::FillFromRequest(request, *operation); !filled.ok()) {
    return answer.Fail(filled);
  }
  operation->fingerprint = FingerprintOf(request);
  Enqueue(std::move(operation));
}

// ---- reading

absl::StatusOr<CaseContext> Store::CheckCase(const rpc::Call& call, const std::string& case_name) {
  if (options_.gate == nullptr) return absl::InternalError("no gate to cases");
  ASSIGN_OR_RETURN(auto decisions, options_.gate->Check(call, call.permission, {case_name}));
  if (decisions.size() != 1) return absl::InternalError("the gate gave no decision");
  if (!decisions[0].ok()) return status::ConcealFor(decisions[0].status(), case_name);
  return std::move(decisions[0]);
}

bool Store::StillReads(const rpc::Call& call, const std::string& case_name) {
  rpc::Call reading = call;
  reading.permission = "cases.get";
  reading.reading = std::make_shared<rpc::Reading>();
  const absl::StatusOr<CaseContext> known = CheckCase(reading, case_name);
  return known.ok() && auth::Permits(known->roles, call.permission);
}

bool Store::MayShow(const Operation& operation, const Message& answer) {
  if (!operation.case_name.empty()) {
    return operation.access.ok() || StillReads(operation.call, operation.case_name);
  }
  // A write that no case is named for may have made one.
  std::vector<const FieldDescriptor*> set;
  answer.GetReflection()->ListFields(answer, &set);
  for (const FieldDescriptor* field : set) {
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const Message& resource = answer.GetReflection()->GetMessage(answer, field);
    const FieldDescriptor* name = resource.GetDescriptor()->FindFieldByName("name");
    if (name == nullptr || name->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    const std::string text = resource.GetReflection()->GetString(resource, name);
    if (!absl::StartsWith(text, "cases/")) continue;
    return CheckCase(operation.call, std::string(base::RootName(text))).ok();
  }
  return true;
}

absl::StatusOr<int64_t> Store::PurgeAnswers(absl::Time deadline) {
  int64_t purged = 0;
  RETURN_IF_ERROR(
      db::Transact(*options_.pool, deadline, [&](db::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(
            uint64_t rows,
            connection.Execute(
                absl::StrCat("DELETE FROM idempotency WHERE create_time < ? LIMIT ", kPurgeBatch),
                {absl::Now() - kAnswersKept}));
        purged = static_cast<int64_t>(rows);
        return absl::OkStatus();
      }));
  return purged;
}

}  // namespace redress::store

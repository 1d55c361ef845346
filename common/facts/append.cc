#include "common/facts/append.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/calendar/calendar.h"
#include "common/db/errors.h"
#include "common/db/insert.h"
#include "common/facts/in_list.h"
#include "common/facts/merkle.h"
#include "common/facts/stamp.h"
#include "common/facts/stored.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace redress::facts {
namespace {

// The bytes that are stored, hashed and sent: serialised once, here.
std::string Serialize(const v1::Fact& fact) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  fact.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

absl::Time InstantOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

bool SameSubject(const v1::Fact& a, const v1::Fact& b) {
  // A unit may have changed since, as far as it is not the subject itself.
  return a.kind() == b.kind() && a.campaign() == b.campaign() && a.case_name() == b.case_name() &&
         a.claim() == b.claim() && a.round() == b.round() &&
         (!a.case_name().empty() || a.unit() == b.unit());
}

absl::Status CheckTarget(const v1::Fact& retraction, const v1::Fact& target) {
  if (!target.retracts().empty()) {
    return status::InvalidField("retracts", "must not be a retraction itself");
  }
  if (!SameSubject(retraction, target)) {
    return status::InvalidField("retracts", "must be a fact of the same kind and subject");
  }
  return absl::OkStatus();
}

absl::Status CheckRetractions(db::Connection& conn, absl::Span<const v1::Fact> facts,
                              const FactMac& mac) {
  absl::flat_hash_map<std::string, const v1::Fact*> fresh;
  absl::flat_hash_map<std::string, const v1::Fact*> retractions;  // by target, elsewhere
  std::vector<db::Param> stored;
  for (const v1::Fact& fact : facts) fresh[fact.fact_id()] = &fact;
  for (const v1::Fact& fact : facts) {
    if (fact.retracts().empty()) continue;
    if (const auto target = fresh.find(fact.retracts()); target != fresh.end()) {
      RETURN_IF_ERROR(CheckTarget(fact, *target->second));
    } else if (retractions.emplace(fact.retracts(), &fact).second) {
      stored.emplace_back(fact.retracts());
    }
  }
  size_t found = 0;
  RETURN_IF_ERROR(ForEachInList(
      stored, [&](const std::string& in_list, absl::Span<const db::Param> part) -> absl::Status {
        ASSIGN_OR_RETURN(const db::Rows rows,
                         conn.Query(absl::StrCat("SELECT ", kWholeColumns,
                                                 " FROM fact f WHERE f.fact_id IN ", in_list),
                                    part));
        for (const db::Row row : rows) {
          v1::Fact target;
          if (!FitsAt(mac, row, 0) || !target.ParseFromString(row.Text(kBodyAt))) return NotOurs();
          RETURN_IF_ERROR(CheckTarget(*retractions.at(row.Text(0)), target));
          ++found;
        }
        return absl::OkStatus();
      }));
  if (found != stored.size()) {
    return status::InvalidField("retracts", "must be a fact of this service");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Append(db::Connection& conn, absl::Span<const v1::Fact> facts, const FactMac& mac) {
  if (facts.empty()) return absl::OkStatus();
  if (!conn.in_transaction()) {
    return absl::FailedPreconditionError("facts are appended in the transaction of their record");
  }
  for (const v1::Fact& fact : facts) RETURN_IF_ERROR(CheckFact(fact));
  RETURN_IF_ERROR(CheckRetractions(conn, facts, mac));

  const std::string nonces = base::RandomBytes(facts.size() * kNonceBytes);
  db::InsertBuilder rows(
      "fact", {"fact_id", "case_name", "campaign", "kind", "record", "record_version", "retracts",
               "event_date", "recorded_at", "body", "nonce", "leaf_hash", "mac"});
  db::InsertBuilder outbox("fact_pending", {"fact_id", "record"});
  for (size_t i = 0; i < facts.size(); ++i) {
    const v1::Fact& fact = facts[i];
    const std::string_view nonce = std::string_view(nonces).substr(i * kNonceBytes, kNonceBytes);
    std::string body = Serialize(fact);
    const Hash leaf = LeafHash(nonce, body);
    ASSIGN_OR_RETURN(const absl::CivilDay event, calendar::FromProto(fact.event_date()));
    rows.Row({fact.fact_id(), fact.case_name(), fact.campaign(), static_cast<int>(fact.kind()),
              fact.record(), fact.record_version(),
              fact.retracts().empty() ? db::Param(nullptr) : db::Param(fact.retracts()), event,
              InstantOf(fact.recorded_at()), std::move(body), nonce, AsBytes(leaf),
              mac.Of({fact.fact_id(), fact.case_name(), fact.record(), fact.record_version(),
                      fact.retracts(), AsBytes(leaf), ""})});
    outbox.Row({fact.fact_id(), fact.record()});
  }
  absl::Status written = rows.Run(conn);
  if (absl::IsAlreadyExists(written)) {
    return status::Error(
        absl::StatusCode::kAlreadyExists,
        db::ObjectOf(written) == "fact_retracts" ? "FACT_RETRACTED_ALREADY" : "FACT_EXISTS",
        db::ObjectOf(written) == "fact_retracts" ? "a fact is retracted already"
                                                 : "a fact with this id exists already");
  }
  RETURN_IF_ERROR(written);
  return outbox.Run(conn);
}

}  // namespace redress::facts

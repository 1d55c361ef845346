#include <set>
#include <string>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using Parts = std::set<std::pair<std::string, types::v1::Part>>;

Parts PartsOf(const google::protobuf::RepeatedPtrField<v1::Participant>& participants) {
  Parts parts;
  for (const v1::Participant& participant : participants) {
    parts.emplace(participant.official(), participant.part());
  }
  return parts;
}

void Add(google::protobuf::RepeatedPtrField<v1::Participant>& list,
         const std::pair<std::string, types::v1::Part>& who) {
  v1::Participant& participant = *list.Add();
  participant.set_official(who.first);
  participant.set_part(who.second);
}

bool Barred(const v1::CaseAccess& access, const std::string& who, const auth::WallHash& hash) {
  v1::Candidate candidate;
  if (who.starts_with("units/")) {
    candidate.set_unit(who);
  } else {
    candidate.set_official(who);
  }
  return IsBarred(access, candidate, hash);
}

}  // namespace

Reconciled ReconcileAccess(const v1::CaseAccess& current, const v1::Case& file,
                           const v1::ReconcileCaseAccessRequest& request,
                           const auth::WallHash& hash) {
  Reconciled result{InLine(current, file), {}, false};
  result.found.set_record_differed(
      !google::protobuf::util::MessageDifferencer::Equals(result.access, current));
  const Parts had = PartsOf(current.participants());
  const Parts due = PartsOf(request.participants());
  result.access.clear_participants();
  for (const auto& part : had) {
    if (due.contains(part) && !Barred(result.access, part.first, hash)) {
      Add(*result.access.mutable_participants(), part);
    } else {
      Add(*result.found.mutable_surplus(), part);
    }
  }
  for (const auto& part : due) {
    // To whoever is barred nothing is missing: registry refused to give it.
    if (had.contains(part) || Barred(result.access, part.first, hash)) continue;
    Add(*result.found.mutable_missing(), part);
    Add(*result.access.mutable_participants(), part);
  }
  const std::string& unit = request.responsible_unit();
  if (!unit.empty() && unit != current.responsible_unit() && !Barred(result.access, unit, hash)) {
    result.found.set_unit_differed(true);
    result.access.set_responsible_unit(unit);
  }
  result.found.set_etag(current.etag());
  result.differs = !result.found.surplus().empty() || !result.found.missing().empty() ||
                   result.found.unit_differed() || result.found.record_differed();
  // As it was, where nothing differs: the order of participants is no difference.
  if (!result.differs) result.access = current;
  return result;
}

}  // namespace redress::registry::rules

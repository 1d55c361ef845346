#include <set>
#include <string>
#include <utility>

#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

using types::v1::Part;
using Parts = std::set<std::pair<std::string, Part>>;

Parts PartsOf(const v1::Assignment* assignment) {
  Parts parts;
  if (assignment == nullptr) return parts;
  parts.emplace(assignment->lead(), types::v1::PART_LEAD);
  parts.emplace(assignment->officer(), types::v1::PART_OFFICER);
  for (const v1::TaskForceMember& member : assignment->task_force().members()) {
    parts.emplace(member.official(),
                  member.assistance() ? types::v1::PART_ASSISTANCE : types::v1::PART_TASK_FORCE);
  }
  if (assignment->has_open_handover()) {
    parts.emplace(assignment->open_handover().to_official(), types::v1::PART_OFFERED);
    if (!assignment->open_handover().to_unit().empty()) {
      parts.emplace(assignment->open_handover().to_unit(), types::v1::PART_OFFERED);
    }
  }
  return parts;
}

void AddTo(google::protobuf::RepeatedPtrField<registry::v1::Participant>& list,
           const std::pair<std::string, Part>& who) {
  registry::v1::Participant& participant = *list.Add();
  participant.set_official(who.first);
  participant.set_part(who.second);
}

}  // namespace

registry::v1::UpdateCaseAccessRequest AccessChangeBetween(const v1::Assignment* before,
                                                          const v1::Assignment& after) {
  const Parts old_parts = PartsOf(before);
  const Parts new_parts = PartsOf(&after);
  registry::v1::UpdateCaseAccessRequest change;
  for (const auto& part : old_parts) {
    if (!new_parts.contains(part)) AddTo(*change.mutable_remove(), part);
  }
  for (const auto& part : new_parts) {
    if (!old_parts.contains(part)) AddTo(*change.mutable_add(), part);
  }
  if (before == nullptr || before->unit() != after.unit())
    change.set_responsible_unit(after.unit());
  return change;
}

bool IsEmpty(const registry::v1::UpdateCaseAccessRequest& change) {
  return change.remove().empty() && change.add().empty() && change.responsible_unit().empty();
}

registry::v1::UpdateCaseAccessRequest RemovedFirst(
    const registry::v1::UpdateCaseAccessRequest& change) {
  registry::v1::UpdateCaseAccessRequest first;
  for (const registry::v1::Participant& participant : change.remove()) {
    if (participant.part() != types::v1::PART_OFFERED) *first.add_remove() = participant;
  }
  return first;
}

registry::v1::UpdateCaseAccessRequest StillHeld(
    const v1::Assignment* assignment, const registry::v1::UpdateCaseAccessRequest& change) {
  const Parts parts = PartsOf(assignment);
  registry::v1::UpdateCaseAccessRequest held;
  for (const registry::v1::Participant& participant : change.remove()) {
    if (parts.contains({participant.official(), participant.part()}))
      *held.add_remove() = participant;
  }
  return held;
}

}  // namespace redress::assignment::rules

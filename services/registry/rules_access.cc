#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

bool Barred(const v1::CaseAccess& access, const std::string& who) {
  const auto names = [&](const auto& list) {
    return std::find(list.begin(), list.end(), who) != list.end();
  };
  return names(access.walled()) || names(access.recused());
}

}  // namespace

absl::StatusOr<v1::CaseAccess> WallOff(
    const v1::CaseAccess& current, const google::protobuf::RepeatedPtrField<std::string>& accused) {
  v1::CaseAccess access = current;
  std::vector<status::Violation> in_the_way;
  for (const std::string& who : accused) {
    const bool has_part = who == current.responsible_unit() ||
                          std::any_of(current.participants().begin(), current.participants().end(),
                                      [&](const v1::Participant& participant) {
                                        return participant.official() == who;
                                      });
    if (has_part) {
      in_the_way.push_back(
          {"ACCESS", who, "hand the part over before the accusation is registered (Reg. 30)"});
    }
    if (!Barred(access, who)) access.add_walled(who);
  }
  if (!in_the_way.empty()) {
    return status::Unmet("ACCUSED_HAS_PART", "somebody accused has a part in this case",
                         in_the_way);
  }
  return access;
}

absl::StatusOr<v1::CaseAccess> UpdateAccess(const v1::CaseAccess& current,
                                            const v1::UpdateCaseAccessRequest& request) {
  std::vector<status::Violation> barred;
  const auto check = [&](const std::string& who) {
    if (!who.empty() && Barred(current, who)) {
      barred.push_back({"ACCESS", who, "is accused in or recused from this case (Reg. 28, 30)"});
    }
  };
  for (const v1::Participant& participant : request.add()) check(participant.official());
  check(request.responsible_unit());
  if (!barred.empty()) {
    return status::Unmet("ACCESS_BARRED", "somebody may have no part in this case", barred);
  }
  v1::CaseAccess access = current;
  for (const v1::Participant& removed : request.remove()) {
    auto& participants = *access.mutable_participants();
    participants.erase(std::remove_if(participants.begin(), participants.end(),
                                      [&](const v1::Participant& participant) {
                                        return participant.official() == removed.official() &&
                                               participant.part() == removed.part();
                                      }),
                       participants.end());
  }
  for (const v1::Participant& added : request.add()) {
    const bool there = std::any_of(access.participants().begin(), access.participants().end(),
                                   [&](const v1::Participant& participant) {
                                     return participant.official() == added.official() &&
                                            participant.part() == added.part();
                                   });
    if (!there) *access.add_participants() = added;
  }
  if (!request.responsible_unit().empty()) access.set_responsible_unit(request.responsible_unit());
  return access;
}

}  // namespace redress::registry::rules

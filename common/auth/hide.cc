#include "common/auth/hide.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/permissions.h"
#include "common/options/fact_rule.h"
#include "google/protobuf/descriptor.h"

namespace redress::auth {
namespace {

namespace pb = google::protobuf;
namespace t = redress::types::v1;
namespace o = redress::options::v1;
namespace f = redress::facts::v1;

struct Line {
  Role role;
  ToldSet told;
};
constexpr ToldSet kAll{o::TELLS_PERSON, o::TELLS_CLAIM, o::TELLS_HOUSEHOLD};
constexpr Line kLines[] = {
    {t::ROLE_OFFICE_CLERK, kAll},
    {t::ROLE_OFFICE_HEAD, kAll},
    {t::ROLE_LEAD, kAll},
    {t::ROLE_CASE_OFFICER, kAll},
    {t::ROLE_UNIT_HEAD, kAll},
    {t::ROLE_ASSISTANCE_STAFF, {o::TELLS_HOUSEHOLD}},
    {t::ROLE_INSPECTOR, {o::TELLS_CLAIM}},
    {t::ROLE_COUNTY_PLATFORM, {o::TELLS_CLAIM}},
    {t::ROLE_SERVICE, kAll},
};

Tells TellsOf(const pb::FieldDescriptor& field) { return field.options().GetExtension(o::tells); }

// What to look at in messages of one type.
struct Walk {
  std::vector<std::pair<const pb::FieldDescriptor*, Tells>> telling;
  std::vector<const pb::FieldDescriptor*> nested;  // messages with telling fields somewhere below
};

// Whether a type has telling fields anywhere below. `seen` breaks cycles.
bool Reaches(const pb::Descriptor& type, absl::flat_hash_set<const pb::Descriptor*>* seen) {
  if (!seen->insert(&type).second) return false;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (TellsOf(field) != o::TELLS_UNSPECIFIED) return true;
    if (field.message_type() != nullptr && Reaches(*field.message_type(), seen)) return true;
  }
  return false;
}

Walk MakeWalk(const pb::Descriptor& type) {
  Walk walk;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor* const field = type.field(i);
    if (const Tells tells = TellsOf(*field); tells != o::TELLS_UNSPECIFIED) {
      walk.telling.emplace_back(field, tells);
    }
    absl::flat_hash_set<const pb::Descriptor*> seen;
    if (field->message_type() != nullptr && Reaches(*field->message_type(), &seen)) {
      walk.nested.push_back(field);
    }
  }
  return walk;
}

// Made once for each generated type.
class Walks {
 public:
  const Walk& Get(const pb::Descriptor& type) {
    {
      absl::ReaderMutexLock lock(&mutex_);
      if (const auto it = walks_.find(&type); it != walks_.end()) return *it->second;
    }
    auto walk = std::make_unique<const Walk>(MakeWalk(type));
    absl::MutexLock lock(&mutex_);
    return *walks_.try_emplace(&type, std::move(walk)).first->second;
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<const pb::Descriptor*, std::unique_ptr<const Walk>> walks_
      ABSL_GUARDED_BY(mutex_);
};

const Walk& WalkOf(const pb::Descriptor& type) {
  static Walks* const walks = new Walks();
  return walks->Get(type);
}

}  // namespace

ToldSet ToldTo(RoleSet roles) {
  ToldSet told;
  for (const Line& line : kLines) {
    if (roles.Has(line.role)) told.Add(line.told);
  }
  return told;
}

ToldSet ToldTo(RoleSet roles, std::string_view permission) {
  RoleSet acting;
  for (int role = 1; role <= t::Role_MAX; ++role) {
    const auto one = static_cast<Role>(role);
    if (roles.Has(one) && Permits(RoleSet{one}, permission)) acting.Add(one);
  }
  return ToldTo(acting);
}

void HideFrom(pb::Message* message, ToldSet told) {
  if (told == kAll) return;
  const Walk& walk = WalkOf(*message->GetDescriptor());
  const pb::Reflection& reflection = *message->GetReflection();
  for (const auto& [field, tells] : walk.telling) {
    if (!told.Has(tells)) reflection.ClearField(message, field);
  }
  for (const pb::FieldDescriptor* field : walk.nested) {
    if (!field->is_repeated()) {
      if (reflection.HasField(*message, field)) {
        HideFrom(reflection.MutableMessage(message, field), told);
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      HideFrom(reflection.MutableRepeatedMessage(message, field, i), told);
    }
  }
}

bool MaySeeFact(ToldSet told, f::FactKind kind) {
  switch (facts::RuleOf(kind).seen_by()) {
    case o::FACT_AUDIENCE_ALL:
      return true;
    case o::FACT_AUDIENCE_PERSON:
      return told.Has(o::TELLS_PERSON);
    case o::FACT_AUDIENCE_CLAIM:
      return told.Has(o::TELLS_CLAIM);
    case o::FACT_AUDIENCE_HOUSEHOLD:
      return told.Has(o::TELLS_HOUSEHOLD);
    default:
      return false;
  }
}

}  // namespace redress::auth

#include "common/auth/mask.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/permissions.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"

namespace redress::auth {
namespace {

namespace pb = google::protobuf;
namespace t = redress::types::v1;
namespace o = redress::options::v1;

constexpr char kEllipsis[] = "…";
constexpr char kReplaced[] = "[personal]";

// Which kinds a role needs for its work. The entry criterion is dealt with in MaskFor.
struct Line {
  Role role;
  PiiKinds kinds;
};
constexpr PiiKinds kCaseWork{o::PII_KIND_NAME, o::PII_KIND_CONTACT, o::PII_KIND_ADDRESS,
                             o::PII_KIND_NARRATIVE, o::PII_KIND_HOUSEHOLD};
constexpr PiiKinds kOfficeWork{o::PII_KIND_NAME,    o::PII_KIND_NATIONAL_ID, o::PII_KIND_CONTACT,
                               o::PII_KIND_ADDRESS, o::PII_KIND_NARRATIVE,   o::PII_KIND_HOUSEHOLD};
constexpr Line kLines[] = {
    {t::ROLE_OFFICE_CLERK, kOfficeWork},
    {t::ROLE_OFFICE_HEAD, kOfficeWork},
    {t::ROLE_LEAD, kCaseWork},
    {t::ROLE_CASE_OFFICER, kCaseWork},
    // Signs opinions and reports: who it is about and what is said, not how to reach them.
    {t::ROLE_UNIT_HEAD, {o::PII_KIND_NAME, o::PII_KIND_ADDRESS, o::PII_KIND_NARRATIVE}},
    // The household, not the claim.
    {t::ROLE_ASSISTANCE_STAFF,
     {o::PII_KIND_NAME, o::PII_KIND_CONTACT, o::PII_KIND_ADDRESS, o::PII_KIND_HOUSEHOLD}},
};
constexpr RoleSet kPetitionOffice{t::ROLE_OFFICE_CLERK, t::ROLE_OFFICE_HEAD};

// What to look at in messages of one type.
struct Walk {
  struct Personal {
    const pb::FieldDescriptor* field;
    PiiKind kind;
  };
  std::vector<Personal> personal;
  std::vector<const pb::FieldDescriptor*> nested;  // messages with personal fields somewhere below
  bool is_any = false;

  bool empty() const { return personal.empty() && nested.empty() && !is_any; }
};

bool IsAny(const pb::Descriptor& type) {
  return type.well_known_type() == pb::Descriptor::WELLKNOWNTYPE_ANY;
}

// A field marked personal without a kind is still personal: it counts as narrative.
PiiKind KindOf(const pb::FieldDescriptor& field) {
  if (!field.options().HasExtension(o::pii)) return o::PII_KIND_UNSPECIFIED;
  const PiiKind kind = field.options().GetExtension(o::pii).kind();
  return kind == o::PII_KIND_UNSPECIFIED ? o::PII_KIND_NARRATIVE : kind;
}

// Whether a type has personal fields anywhere below. `seen` breaks cycles.
bool Reaches(const pb::Descriptor& type, absl::flat_hash_set<const pb::Descriptor*>* seen) {
  if (!seen->insert(&type).second) return false;
  if (IsAny(type)) return true;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (KindOf(field) != o::PII_KIND_UNSPECIFIED) return true;
    if (field.message_type() != nullptr && Reaches(*field.message_type(), seen)) return true;
  }
  return false;
}

Walk MakeWalk(const pb::Descriptor& type) {
  Walk walk;
  walk.is_any = IsAny(type);
  if (walk.is_any) return walk;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor* const field = type.field(i);
    if (const PiiKind kind = KindOf(*field); kind != o::PII_KIND_UNSPECIFIED) {
      walk.personal.push_back({field, kind});
    } else if (field->message_type() != nullptr) {
      absl::flat_hash_set<const pb::Descriptor*> seen;
      if (Reaches(*field->message_type(), &seen)) walk.nested.push_back(field);
    }
  }
  return walk;
}

// Walks of generated types, made once. Types of other pools may be freed and their address used
// again, so they are never remembered.
class Walks {
 public:
  std::shared_ptr<const Walk> Get(const pb::Descriptor& type) {
    if (type.file()->pool() != pb::DescriptorPool::generated_pool()) {
      return std::make_shared<const Walk>(MakeWalk(type));
    }
    {
      absl::ReaderMutexLock lock(&mutex_);
      if (const auto it = walks_.find(&type); it != walks_.end()) return it->second;
    }
    auto walk = std::make_shared<const Walk>(MakeWalk(type));
    absl::MutexLock lock(&mutex_);
    return walks_.try_emplace(&type, std::move(walk)).first->second;
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<const pb::Descriptor*, std::shared_ptr<const Walk>> walks_
      ABSL_GUARDED_BY(mutex_);
};

std::shared_ptr<const Walk> WalkOf(const pb::Descriptor& type) {
  static Walks* const walks = new Walks();
  return walks->Get(type);
}

bool StartsRune(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

// The first code point and two stars, whatever the length.
std::string MaskName(const std::string& name) {
  size_t end = 1;
  while (end < name.size() && !StartsRune(name[end])) ++end;
  return absl::StrCat(name.substr(0, end), "**");
}

// Stars and the last four code points; of a short number nothing.
std::string MaskNumber(const std::string& number) {
  constexpr size_t kKept = 4;
  constexpr size_t kShortest = 8;
  size_t runes = 0;
  for (char byte : number) runes += StartsRune(byte);
  if (runes < kShortest) return "****";
  size_t start = number.size();
  for (size_t kept = 0; kept < kKept && start > 0;) {
    if (StartsRune(number[--start])) ++kept;
  }
  return absl::StrCat("****", number.substr(start));
}

std::string MaskText(PiiKind kind, const std::string& text) {
  if (text.empty()) return text;
  switch (kind) {
    case o::PII_KIND_NAME:
      return MaskName(text);
    case o::PII_KIND_NATIONAL_ID:
    case o::PII_KIND_CONTACT:
      return MaskNumber(text);
    default:
      return kEllipsis;
  }
}

bool HasContent(const pb::Message& message, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

void MaskField(pb::Message* message, const pb::FieldDescriptor* field, PiiKind kind, bool replace) {
  const pb::Reflection& reflection = *message->GetReflection();
  if (field->type() != pb::FieldDescriptor::TYPE_STRING) {
    reflection.ClearField(message, field);
    return;
  }
  const auto masked = [&](const std::string& text) {
    return replace && !text.empty() ? std::string(kReplaced) : MaskText(kind, text);
  };
  if (!field->is_repeated()) {
    reflection.SetString(message, field, masked(reflection.GetString(*message, field)));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
    reflection.SetRepeatedString(message, field, i,
                                 masked(reflection.GetRepeatedString(*message, field, i)));
  }
}

// Returns whether a personal field with content was left as it is.
bool MaskBelow(pb::Message* message, PiiKinds visible, bool replace) {
  const std::shared_ptr<const Walk> walk = WalkOf(*message->GetDescriptor());
  if (walk->is_any) {
    message->Clear();
    return false;
  }
  bool revealed = false;
  for (const auto& [field, kind] : walk->personal) {
    if (!HasContent(*message, *field)) continue;
    if (visible.Has(kind)) {
      revealed = true;
    } else {
      MaskField(message, field, kind, replace);
    }
  }
  const pb::Reflection& reflection = *message->GetReflection();
  for (const pb::FieldDescriptor* field : walk->nested) {
    if (!HasContent(*message, *field)) continue;
    if (!field->is_repeated()) {
      revealed |= MaskBelow(reflection.MutableMessage(message, field), visible, replace);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      revealed |= MaskBelow(reflection.MutableRepeatedMessage(message, field, i), visible, replace);
    }
  }
  return revealed;
}

bool HasPiiBelow(const pb::Message& message) {
  const std::shared_ptr<const Walk> walk = WalkOf(*message.GetDescriptor());
  if (walk->is_any) return message.ByteSizeLong() > 0;
  for (const auto& personal : walk->personal) {
    if (HasContent(message, *personal.field)) return true;
  }
  const pb::Reflection& reflection = *message.GetReflection();
  for (const pb::FieldDescriptor* field : walk->nested) {
    if (!HasContent(message, *field)) continue;
    if (!field->is_repeated()) {
      if (HasPiiBelow(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HasPiiBelow(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace

PiiKinds MaskFor(RoleSet roles, std::string_view permission) {
  PiiKinds kinds;
  for (const Line& line : kLines) {
    if (roles.Has(line.role)) kinds.Add(line.kinds);
  }
  if (permission == "cases.readCriterion" && roles.Intersects(kPetitionOffice)) {
    kinds.Add(o::PII_KIND_ENTRY_CRITERION);
  }
  return kinds;
}

bool MaskMessage(pb::Message* message, PiiKinds visible) {
  return MaskBelow(message, visible, /*replace=*/false);
}

bool HasPii(const pb::Message& message) { return HasPiiBelow(message); }

std::string Redacted(const pb::Message& message) {
  const std::unique_ptr<pb::Message> copy(message.New());
  copy->CopyFrom(message);
  // Fields that this build does not know may be personal.
  copy->DiscardUnknownFields();
  MaskBelow(copy.get(), PiiKinds{}, /*replace=*/true);
  pb::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(*copy, &text);
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace redress::auth

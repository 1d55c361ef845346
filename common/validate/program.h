// The compiled rules of one message type: a flat list of checks, found once and kept for the
// process. Internal to common/validate. Thread-safe.
#ifndef REDRESS_COMMON_VALIDATE_PROGRAM_H_
#define REDRESS_COMMON_VALIDATE_PROGRAM_H_

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace redress::validate::internal {

struct Program;

enum class Kind : uint8_t {
  kString,
  kBytes,
  kBool,
  kInt32,
  kInt64,
  kUint32,
  kUint64,
  kFloat,
  kDouble,
  kEnum,
  kMessage,
  kDate,       // google.type.Date
  kTimestamp,  // google.protobuf.Timestamp
  kDuration,   // google.protobuf.Duration
  kMap,
};

// All checks of one field.
struct FieldCheck {
  const google::protobuf::FieldDescriptor* field = nullptr;
  Kind kind = Kind::kString;
  bool repeated = false;
  bool presence = false;  // has a "has" bit, so that zero can be set
  bool required = false;
  bool immutable = false;  // of an update it is no part
  bool name = false;       // the name of a person
  bool uuid = false;
  bool not_future = false;
  bool range = false;
  bool dense_enum = false;  // the known values are 0 to max without gaps
  uint32_t max_runes = 0;
  uint32_t max_bytes = 0;
  uint32_t min_items = 0;
  uint32_t max_items = 0;
  int64_t min = 0;
  int64_t max = 0;
  std::unique_ptr<const RE2> pattern;  // null: none
  std::string resource;                // empty: none
  const Program* sub = nullptr;        // of the message; of the entry, for a map
  // Year, month and day of a date; seconds and nanos of an instant or a duration.
  const google::protobuf::FieldDescriptor* parts[3] = {};
};

struct Program {
  std::vector<FieldCheck> fields;
  // The oneofs of which one must be set.
  std::vector<const google::protobuf::OneofDescriptor*> oneofs;
  // The update_mask of a request that updates by mask; null otherwise.
  const google::protobuf::FieldDescriptor* mask = nullptr;
  // Mistakes in the rules of this type: "redress.x.v1.M.field: …".
  std::vector<std::string> problems;
  // This type or one that it contains has problems: nothing can be validated.
  bool broken = false;
};

// Programs by type. Descriptors must live as long as the process.
class Programs {
 public:
  static Programs& Get();

  // The program of a type, compiled at its first use together with those of all types that it
  // contains.
  const Program& For(const google::protobuf::Descriptor* type);

  // The problems of a type and of all types that it contains, each once.
  std::vector<std::string> Problems(const google::protobuf::Descriptor* type);

 private:
  const Program* Compile(const google::protobuf::Descriptor* type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CompileField(const google::protobuf::FieldDescriptor* field, Program* program)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<Program>> programs_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::validate::internal

#endif  // REDRESS_COMMON_VALIDATE_PROGRAM_H_

// The sample data that the replay draws from: an invented township and the words of its cases.
//
// Immutable after loading, thread-safe.
#ifndef REDRESS_CLIENTS_REPLAY_SAMPLE_H_
#define REDRESS_CLIENTS_REPLAY_SAMPLE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "redress/types/v1/types.pb.h"

namespace redress::replay {

struct SampleUnit {
  std::string id;
  types::v1::UnitKind kind = types::v1::UNIT_KIND_UNSPECIFIED;
  std::string region_code;
  std::string superior;  // id; may be empty
  types::v1::LocalizedText title;
  std::string name() const { return "units/" + id; }
};

struct SampleOfficial {
  std::string id;
  std::string unit;  // id
  std::vector<types::v1::Role> roles;
  bool principal = false;
  types::v1::LocalizedText title;
  std::string name() const { return "officials/" + id; }
};

class Sample {
 public:
  // Reads organisation.txt and words.txt of a folder. INVALID_ARGUMENT, naming file and line, for
  // what is malformed or refers to nothing.
  static absl::StatusOr<Sample> Load(const std::string& folder);

  const std::vector<SampleUnit>& units() const { return units_; }
  const std::vector<SampleOfficial>& officials() const { return officials_; }
  // Null if there is none.
  const SampleUnit* FindUnit(std::string_view id) const;
  const SampleOfficial* FindOfficial(std::string_view id) const;
  std::vector<const SampleUnit*> UnitsOf(types::v1::UnitKind kind) const;
  // The officials of a unit who hold a role, in the order of the file.
  std::vector<const SampleOfficial*> OfficialsOf(std::string_view unit, types::v1::Role role) const;
  std::vector<const SampleOfficial*> OfficialsWith(types::v1::Role role) const;
  // The units (ids) that handle what is about `subject`. REQUIRES: it is not UNSPECIFIED.
  const std::vector<std::string>& UnitsFor(types::v1::ClaimSubject subject) const {
    return duties_.at(subject);
  }
  // The choices of a section. REQUIRES: there is such a section.
  const std::vector<std::string>& Words(std::string_view section) const;

 private:
  absl::Status ReadOrganisation(const std::string& path);
  absl::Status ReadWords(const std::string& path);
  absl::Status ReadLine(const std::vector<std::string>& fields);

  std::vector<SampleUnit> units_;
  std::vector<SampleOfficial> officials_;
  std::map<types::v1::ClaimSubject, std::vector<std::string>> duties_;
  std::map<std::string, std::vector<std::string>, std::less<>> words_;
};

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_SAMPLE_H_

// The flags of a request, derived from its descriptor, and the request made from their values.
//
// A field becomes a flag of its name with dashes; parts of a nested message become flags of their
// own; a list is a flag that may be repeated, in the singular. `name`, `parent` and `case_name` are
// called after what they name ("--case", "--round"). Fields that the service sets are left out.
#ifndef REDRESS_CLIENTS_CTL_REQUEST_FLAGS_H_
#define REDRESS_CLIENTS_CTL_REQUEST_FLAGS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/ctl/fields.h"
#include "clients/ctl/labels.h"

namespace redress::ctl {

enum class Form {
  kFlag,
  kPositional,  // may be given without its flag, too
  kFile,        // the value is the name of a file, whose content is meant; without its flag, too
  kHidden,      // no flag: always the value of the rule
};

// Where a command departs from what the descriptor says.
struct FlagRule {
  std::string_view field;      // path in the request: "notice.kind"
  std::string_view flag = "";  // another name
  Form form = Form::kFlag;
  std::string_view value = "";  // used where none is given
};

struct RequestFlag {
  std::string name;   // without dashes
  std::string field;  // path in the request
  std::vector<const google::protobuf::FieldDescriptor*> path;
  Form form = Form::kFlag;
  std::string value;
  bool required = false;

  const google::protobuf::FieldDescriptor& leaf() const { return *path.back(); }
  bool boolean() const;
  bool repeated() const { return leaf().is_repeated(); }
  // The request needs a campaign here; the caller may leave it to the profile, or to there being
  // only one.
  bool needs_campaign() const;
  // One line for --help.
  std::string Help(Lang lang) const;
};

// Requires that every rule names a field. The first field of the request that is a required
// resource name is positional without a rule.
std::vector<RequestFlag> FlagsOf(const google::protobuf::Descriptor& request,
                                 const std::vector<FlagRule>& rules);

// Whether a request holds a value already where a flag puts one.
bool IsSet(const RequestFlag& flag, const google::protobuf::Message& request);

// Sets what the flags say, on top of what `request` holds already. `given` has the values by the
// name of the flag. INVALID_ARGUMENT with every bad flag at once.
absl::Status ApplyFlags(const std::vector<RequestFlag>& flags,
                        const std::map<std::string, std::vector<std::string>>& given,
                        FieldContext context, google::protobuf::Message& request);

// Where the request updates by mask and has none yet: what the flags have said of its resource is
// what is changed, so that `--active=false` and `--superior ""` change something too.
// INVALID_ARGUMENT where nothing is to be changed.
absl::Status FillUpdateMask(const std::vector<RequestFlag>& flags,
                            const std::map<std::string, std::vector<std::string>>& given,
                            google::protobuf::Message& request);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_REQUEST_FLAGS_H_

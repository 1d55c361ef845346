// Requests that break every rule that stands beside their fields (redress.options.v1.rule), and
// what a server must say about them. Knows the rules from their description alone and shares no
// code with common/validate, which it tests. Thread-safe: no state.
#ifndef REDRESS_TESTS_E2E_MALFORMED_H_
#define REDRESS_TESTS_E2E_MALFORMED_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace redress::testing {

struct Malformed {
  std::unique_ptr<google::protobuf::Message> request;
  // Of the fields that must be reported: "case.claims[0].statement". Never empty.
  std::set<std::string> paths;
};

// Up to three requests of a type: with nothing set; with everything too long, too many and too
// large; and with everything of the wrong form, too small or in the future. Empty where such a
// request has nothing that can be wrong. Requires the generated class of the type to be linked; a
// field that cannot be made wrong here fails the running test.
std::vector<Malformed> MalformedRequests(const google::protobuf::Descriptor& type);

}  // namespace redress::testing

#endif  // REDRESS_TESTS_E2E_MALFORMED_H_

// Walks message and rpc descriptors, schema files and metric names, and lists what must not be in
// them: the design's eight invariants, as far as a schema can break them. Pure. Thread-safe.
#ifndef REDRESS_TESTS_UNIT_SCHEMA_WALK_H_
#define REDRESS_TESTS_UNIT_SCHEMA_WALK_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace redress::testing {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

using Files = std::vector<const FileDescriptor*>;
// One line each: what, and why it must not be. Empty: nothing was found.
using Offences = std::vector<std::string>;

// The lower-case words of an identifier: "VisitPlace", "visit_place" and "VISIT_PLACE" have the
// same two.
std::vector<std::string> WordsOf(std::string_view identifier);

// Why an identifier may not exist (invariants 1 and 3); empty if it may.
std::string ForbiddenIn(std::string_view identifier);

// Every message, enum and method of the files, nested ones too.
std::vector<const Descriptor*> MessagesOf(const Files& files);
std::vector<const EnumDescriptor*> EnumsOf(const Files& files);
std::vector<const MethodDescriptor*> MethodsOf(const Files& files);
// The fields that can be reached from a message, each once; `output_only` ones are left out where
// `sent` is set, since whatever a client sends there is ignored.
std::vector<const FieldDescriptor*> FieldsBelow(const Descriptor* message, bool sent = false);

// Names of messages, fields, enums, enum values, rpcs, columns and tables.
Offences ForbiddenNames(const Files& files);
// The same in SQL, comments apart.
Offences ForbiddenNamesInSql(std::string_view sql);

// A policy with a known permission and a deadline on every rpc; a request message of its own.
Offences RpcsWithoutPolicy(const Files& files);
// Strings, lists and bytes in requests that may be of any length, or longer than any text needs.
Offences UnboundedRequests(const Files& files);
// A personal field that is promoted to a column, is an identifier in the clear, or lies in a row
// that is not sealed under the key of a case or a petitioner.
Offences PersonalDataInTheClear(const Files& files);
// Free text that nobody has marked as personal (invariant 7).
Offences UnmarkedFreeText(const Files& files);
// Free text, personal data or an entry criterion anywhere in `fact`.
Offences TextInFacts(const Descriptor* fact);
// Uses of the entry criterion beyond those three that invariant 1 allows.
Offences EntryCriterionBeyond(const Files& files, const std::set<std::string>& allowed);
// Fields of the assistance messages by which help could be tied to petitions (invariant 4).
Offences AssistanceTiedToPetitions(const Files& files);

}  // namespace redress::testing

#endif  // REDRESS_TESTS_UNIT_SCHEMA_WALK_H_

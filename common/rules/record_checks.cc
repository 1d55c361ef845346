#include "common/rules/record_checks.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/options/conventions.h"
#include "google/protobuf/descriptor.h"
#include "google/type/date.pb.h"
#include "redress/options/v1/options.pb.h"
#include "redress/types/v1/evidence.pb.h"

namespace redress::rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const options::v1::FieldRule& RuleOf(const FieldDescriptor& field) {
  return options::RuleOf(field);
}

// What is older than the case by its nature: what a record rests on, not what was done.
bool MayPrecedeReceipt(const FieldDescriptor& field) {
  return field.full_name() == "redress.types.v1.EvidenceRef.dated" ||
         field.full_name() == "redress.registry.v1.PriorConclusion.concluded_on";
}

// Calls `visit` for every field that the client filled in, with its path. What the server sets is
// ignored, whatever the client sent.
using Visitor =
    std::function<void(const Message& of, const FieldDescriptor& field, const std::string& path)>;
void Walk(const Message& message, const std::string& prefix, const Visitor& visit) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (RuleOf(*field).output_only()) continue;
    const std::string path =
        absl::StrCat(prefix, prefix.empty() ? "" : ".", std::string(field->name()));
    visit(message, *field, path);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (!field->is_repeated()) {
      Walk(reflection.GetMessage(message, field), path, visit);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      Walk(reflection.GetRepeatedMessage(message, field, i), absl::StrCat(path, "[", i, "]"),
           visit);
    }
  }
}

bool NeedsConsent(types::v1::EvidenceKind kind) {
  return kind == types::v1::EVIDENCE_KIND_PICTURE || kind == types::v1::EVIDENCE_KIND_RECORDING;
}

// The hash of an empty file, and the one that is typed where there is no file.
bool IsHashOfNothing(std::string_view sha256) {
  return sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" ||
         (!sha256.empty() && sha256.find_first_not_of('0') == std::string_view::npos);
}

void CheckHashes(const types::v1::EvidenceRef& evidence, const std::string& path,
                 FieldErrors& errors) {
  constexpr std::string_view kNothing = "is the hash of nothing; it must be that of the file";
  if (IsHashOfNothing(evidence.sha256())) errors.Add(path + ".sha256", kNothing);
  if (IsHashOfNothing(evidence.consent_sha256())) errors.Add(path + ".consent_sha256", kNothing);
  if (!evidence.consent_sha256().empty() && evidence.consent_sha256() == evidence.sha256()) {
    errors.Add(path + ".consent_sha256", "must be of the consent, not of what was consented to");
  }
}

void CheckConsent(const types::v1::EvidenceRef& evidence, const std::string& path,
                  FieldErrors& errors) {
  if (NeedsConsent(evidence.kind()) && evidence.consent_sha256().empty()) {
    errors.Add(absl::StrCat(path, ".consent_sha256"),
               "a picture or recording needs the petitioner's written consent");
  }
}

}  // namespace

absl::Status CheckRecord(const Message& request, std::optional<absl::CivilDay> received_on) {
  FieldErrors errors;
  Walk(request, "", [&](const Message& of, const FieldDescriptor& field, const std::string& path) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
    const google::protobuf::Reflection& reflection = *of.GetReflection();
    if (field.message_type() == types::v1::EvidenceRef::descriptor()) {
      const int count = field.is_repeated() ? reflection.FieldSize(of, &field) : 1;
      for (int i = 0; i < count; ++i) {
        const Message& one = field.is_repeated() ? reflection.GetRepeatedMessage(of, &field, i)
                                                 : reflection.GetMessage(of, &field);
        const auto& evidence = static_cast<const types::v1::EvidenceRef&>(one);
        const std::string at = field.is_repeated() ? absl::StrCat(path, "[", i, "]") : path;
        CheckConsent(evidence, at, errors);
        CheckHashes(evidence, at, errors);
      }
      if (received_on.has_value() && !field.is_repeated()) {
        const auto& proof =
            static_cast<const types::v1::EvidenceRef&>(reflection.GetMessage(of, &field));
        errors.NotBefore(path + ".dated", proof.dated(), DateOf(*received_on),
                         "the receipt of the case");
      }
    } else if (received_on.has_value() && !field.is_repeated() &&
               field.message_type() == google::type::Date::descriptor() &&
               RuleOf(field).not_future() && !MayPrecedeReceipt(field)) {
      errors.NotBefore(path,
                       static_cast<const google::type::Date&>(reflection.GetMessage(of, &field)),
                       DateOf(*received_on), "the receipt of the case");
    }
  });
  return errors.ToStatus();
}

std::vector<NamedUnit> UnitsNamedIn(const Message& request) {
  std::vector<NamedUnit> units;
  Walk(request, "", [&](const Message& of, const FieldDescriptor& field, const std::string& path) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING ||
        RuleOf(field).resource() != "units/*") {
      return;
    }
    const google::protobuf::Reflection& reflection = *of.GetReflection();
    if (!field.is_repeated()) {
      units.push_back({path, reflection.GetString(of, &field)});
      return;
    }
    for (int i = 0; i < reflection.FieldSize(of, &field); ++i) {
      units.push_back(
          {absl::StrCat(path, "[", i, "]"), reflection.GetRepeatedString(of, &field, i)});
    }
  });
  return units;
}

void CheckOutside(std::string_view field, std::string_view unit, std::string_view responsible_unit,
                  FieldErrors& errors) {
  if (unit.empty()) return;
  if (responsible_unit.empty()) {
    errors.Add(field,
               "cannot be known to be from outside: no unit is responsible for the case yet");
  } else if (unit == responsible_unit) {
    errors.Add(field, "must be from outside the responsible unit");
  }
}

facts::v1::DeclineProof CheckDecline(const types::v1::ProofOfDecline& decline,
                                     std::string_view responsible_unit, const std::string& field,
                                     FieldErrors& errors) {
  if (!decline.has_signed_note() && decline.witness_unit().empty()) {
    errors.Add(field,
               "must be proven: by a note that the petitioner signed, or by a witness from outside "
               "the responsible unit");
    return facts::v1::DECLINE_PROOF_UNSPECIFIED;
  }
  CheckOutside(field + ".witness_unit", decline.witness_unit(), responsible_unit, errors);
  if (!decline.has_signed_note()) return facts::v1::DECLINE_PROOF_OUTSIDE_WITNESS;
  if (decline.signed_note().kind() != types::v1::EVIDENCE_KIND_SIGNED_NOTE) {
    errors.Add(field + ".signed_note.kind", "must be SIGNED_NOTE");
  }
  return facts::v1::DECLINE_PROOF_SIGNED_NOTE;
}

}  // namespace redress::rules

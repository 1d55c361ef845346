#include "common/service/rpcs.h"

#include <cstdlib>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/ids.h"
#include "common/log/log.h"
#include "common/options/conventions.h"
#include "common/status/macros.h"
#include "redress/options/v1/options.pb.h"

namespace redress::service {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr absl::string_view kOneForEachCase = "cases/*/";

// A mistake in a declaration or a .proto.
[[noreturn]] void Mistake(const Descriptor& request, const std::string& what) {
  log::Event(log::Level::kError, "rpc_not_declarable",
             {{"request", request.full_name()}, {"what", what}});
  log::Flush();
  std::abort();
}

// Lives as long as the descriptor.
const std::string& PatternOf(const FieldDescriptor& field) {
  return options::RuleOf(field).resource();
}

bool IsText(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field.is_repeated();
}

// The field that names the case that a request is about, or something of it; null where none does.
const FieldDescriptor* CaseFieldOf(const Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (IsText(field) && absl::StartsWith(PatternOf(field), "cases/*")) return &field;
  }
  return nullptr;
}

std::string TextIn(const Message& message, const FieldDescriptor* field) {
  return message.GetReflection()->GetString(message, field);
}

const FieldDescriptor* EtagOf(const Message& resource) {
  return resource.GetDescriptor()->FindFieldByName("etag");
}

// The one field of an answer that holds what is stored, or a list of it.
const FieldDescriptor& ResourceField(const Descriptor& request, bool list) {
  const Descriptor& answer = internal::AnswerTo(request);
  for (int i = 0; i < answer.field_count(); ++i) {
    const FieldDescriptor& field = *answer.field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field.is_repeated() == list &&
        field.message_type()->options().HasExtension(options::v1::table)) {
      return field;
    }
  }
  Mistake(request, "its answer has no field for a resource");
}

}  // namespace

namespace internal {

NameInRequest::NameInRequest(const Descriptor& request, const store::Table& table)
    : table_(&table), field_(nullptr) {
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (IsText(field) && PatternOf(field) == table.resource()) {
      field_ = &field;
      return;
    }
  }
  // The one resource that each of something has: "campaigns/*/leadingGroup".
  const absl::string_view resource = table.resource();
  const size_t slash = resource.rfind('/');
  if (slash != absl::string_view::npos && resource.substr(slash) != "/*") {
    for (int i = 0; i < request.field_count(); ++i) {
      const FieldDescriptor& field = *request.field(i);
      if (IsText(field) && PatternOf(field) == resource.substr(0, slash)) {
        field_ = &field;
        suffix_ = std::string(resource.substr(slash));
        return;
      }
    }
  }
  field_ = CaseFieldOf(request);
  root_ = true;
  absl::string_view suffix = table.resource();
  const bool own = absl::ConsumePrefix(&suffix, kOneForEachCase) && !absl::StrContains(suffix, "*");
  if (own) suffix_ = absl::StrCat("/", suffix);
  if (field_ == nullptr || (!own && table.resource() != "cases/*")) {
    Mistake(request, absl::StrCat("it names no ", table.resource()));
  }
}

std::string NameInRequest::In(const Message& request) const {
  const std::string named = TextIn(request, field_);
  return (root_ ? std::string(base::RootName(named)) : named) + suffix_;
}

WritePlan::WritePlan(const Descriptor& request, const Descriptor& answer,
                     const Descriptor& resource, const std::vector<const Descriptor*>& taken) {
  for (const Descriptor* type : taken) rows.emplace_back(request, store::Table::Of(type));
  for (int i = 0; i < answer.field_count(); ++i) {
    const FieldDescriptor& field = *answer.field(i);
    if (!field.is_repeated() && field.message_type() == &resource) answer_field = &field;
  }
  if (answer_field == nullptr) {
    Mistake(request, absl::StrCat("its answer has no ", resource.full_name()));
  }
}

const Descriptor& AnswerTo(const Descriptor& request) {
  for (int s = 0; s < request.file()->service_count(); ++s) {
    const auto& service = *request.file()->service(s);
    for (int m = 0; m < service.method_count(); ++m) {
      if (service.method(m)->input_type() == &request) return *service.method(m)->output_type();
    }
  }
  Mistake(request, "no rpc takes it");
}

}  // namespace internal

Rpcs& Rpcs::Add(const Descriptor& request, rpc::Serve serve) {
  const std::string name(absl::StripSuffix(request.name(), "Request"));
  if (!rpcs_.emplace(name, std::move(serve)).second) Mistake(request, "it is declared twice");
  return *this;
}

Rpcs& Rpcs::AddGet(const Descriptor& request) {
  const FieldDescriptor& field = ResourceField(request, /*list=*/false);
  const internal::NameInRequest name(request, store::Table::Of(field.message_type()));
  const Shown shown = ShownOf(*field.message_type());
  return Add(request, [&store = store_, &field, name, shown](
                          const rpc::Call& call, const Message& asked, rpc::Answer answer) {
    Message& into = *answer.response().GetReflection()->MutableMessage(&answer.response(), &field);
    store.FetchMessage(call, name.In(asked), into,
                       [answer, &into, shown](const absl::Status& read) {
                         if (!read.ok()) return answer.Fail(read);
                         shown(into);
                         answer.Send();
                       });
  });
}

Rpcs& Rpcs::AddList(const Descriptor& request, Query query) {
  const FieldDescriptor& field = ResourceField(request, /*list=*/true);
  const store::Table& table = store::Table::Of(field.message_type());
  const FieldDescriptor* token = internal::AnswerTo(request).FindFieldByName("next_page_token");
  const FieldDescriptor* size = request.FindFieldByName("page_size");
  const FieldDescriptor* from = request.FindFieldByName("page_token");
  if (token == nullptr || size == nullptr || from == nullptr) Mistake(request, "it has no pages");
  const FieldDescriptor* parent = CaseFieldOf(request);
  const auto list = [&store = store_, &field, &table, token, size, from, parent, query,
                     shown = ShownOf(*field.message_type())](const rpc::Call& call,
                                                             const Message& asked,
                                                             Message& into) -> absl::Status {
    ASSIGN_OR_RETURN(store::ListQuery wanted, query(call, asked));
    wanted.page_size = asked.GetReflection()->GetInt32(asked, size);
    wanted.page_token = TextIn(asked, from);
    wanted.request = &asked;
    std::string next;
    ASSIGN_OR_RETURN(auto found, store.ListMessages(call, table, wanted, next));
    // Nothing found, or nothing that the caller may know of: the answer must tell them apart.
    if (found.empty() && parent != nullptr) {
      RETURN_IF_ERROR(
          store.CheckCase(call, std::string(base::RootName(TextIn(asked, parent)))).status());
    }
    const google::protobuf::Reflection& reflection = *into.GetReflection();
    for (std::unique_ptr<Message>& item : found) {
      shown(*item);
      reflection.AddAllocatedMessage(&into, &field, item.release());
    }
    reflection.SetString(&into, token, next);
    return absl::OkStatus();
  };
  return Add(request, [list](const rpc::Call& call, const Message& asked, rpc::Answer answer) {
    const absl::Status listed = list(call, asked, answer.response());
    if (listed.ok()) return answer.Send();
    answer.Fail(listed);
  });
}

Rpcs::Shown Rpcs::ShownOf(const Descriptor& type) const {
  const auto found = shown_.find(&type);
  return found == shown_.end() ? [](Message&) {} : found->second;
}

Rpcs& Rpcs::AddPrepared(const Descriptor& request, Prepare prepare) {
  const FieldDescriptor* case_field = CaseFieldOf(request);
  std::vector<std::pair<const FieldDescriptor*, Shown>> shown;
  const Descriptor& answered = internal::AnswerTo(request);
  for (int i = 0; i < answered.field_count(); ++i) {
    const FieldDescriptor& field = *answered.field(i);
    if (field.message_type() == nullptr || field.is_repeated()) continue;
    if (shown_.contains(field.message_type())) {
      shown.emplace_back(&field, ShownOf(*field.message_type()));
    }
  }
  return Add(request, [&store = store_, units = units_, case_field, shown = std::move(shown),
                       prepare = std::move(prepare)](const rpc::Call& call, const Message& asked,
                                                     rpc::Answer answer) {
    const std::string case_name =
        case_field == nullptr ? "" : std::string(base::RootName(TextIn(asked, case_field)));
    const absl::Status known = units == nullptr ? absl::OkStatus() : units->Check(call, asked);
    absl::StatusOr<PreparedWrite> write =
        known.ok() ? prepare(call, asked) : absl::StatusOr<PreparedWrite>(known);
    if (!write.ok()) {
      // Through the store all the same: what was done is told, whatever refuses it now.
      return store.Submit(
          call, asked, {},
          [refusal = write.status()](const store::Rows&, store::Changes&, Message&) {
            return refusal;
          },
          std::move(answer), case_name);
    }
    store.Submit(
        call, asked, std::move(write->locks),
        [fill = std::move(write->fill), shown](const store::Rows& rows, store::Changes& changes,
                                               Message& into) -> absl::Status {
          RETURN_IF_ERROR(fill(rows, changes, into));
          const google::protobuf::Reflection& reflection = *into.GetReflection();
          for (const auto& [field, show] : shown) {
            if (reflection.HasField(into, field)) show(*reflection.MutableMessage(&into, field));
          }
          return absl::OkStatus();
        },
        std::move(answer), case_name, std::move(write->needs));
  });
}

Rpcs& Rpcs::AddWrite(const Descriptor& request, const Descriptor& resource,
                     const std::vector<const Descriptor*>& taken, Reader before, Rule rule) {
  const auto plan = std::make_shared<const internal::WritePlan>(
      request, internal::AnswerTo(request), resource, taken);
  return AddPrepared(
      request,
      [plan, before = std::move(before), rule = std::move(rule)](
          const rpc::Call& call, const Message& asked) -> absl::StatusOr<PreparedWrite> {
        internal::Before basis;
        if (before) {
          ASSIGN_OR_RETURN(basis, before(call, asked));
        }
        PreparedWrite write;
        for (const internal::NameInRequest& row : plan->rows) {
          write.locks.push_back({&row.table(), row.In(asked)});
        }
        // The request lives as long as the call.
        write.fill = [plan, rule, basis = std::move(basis), &asked](const store::Rows& rows,
                                                                    store::Changes& changes,
                                                                    Message& into) -> absl::Status {
          for (const Seen& seen : basis.seen) {
            const Message* now = rows.Find(*seen.table, seen.name);
            if (now != nullptr && TextIn(*now, EtagOf(*now)) != seen.etag) {
              return status::Conflict();
            }
          }
          return rule(internal::Run{*plan, asked, rows, changes, basis.value.get()}, into);
        };
        return write;
      });
}

absl::StatusOr<std::unique_ptr<grpc::Service>> Rpcs::Build(const std::string& full_name) {
  return rpc::RpcService::Create(runtime_, full_name, std::move(rpcs_));
}

}  // namespace redress::service

#include "common/store/table.h"

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/ids.h"
#include "common/status/macros.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "redress/options/v1/options.pb.h"

namespace redress::store {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

[[noreturn]] void Mistake(const Descriptor* type, const std::string& what) {
  std::cerr << "the table options of " << type->full_name() << " are wrong: " << what << std::endl;
  std::abort();
}

bool IsDate(const FieldDescriptor* field) {
  return field->message_type() == google::type::Date::descriptor();
}

bool IsInstant(const FieldDescriptor* field) {
  return field->message_type() == google::protobuf::Timestamp::descriptor();
}

absl::CivilDay DayOf(const Message& message) {
  const auto& date = static_cast<const google::type::Date&>(message);
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// To the microsecond, as the database keeps it.
absl::Time InstantOf(const Message& message) {
  const auto& instant = static_cast<const google::protobuf::Timestamp&>(message);
  return absl::FromUnixSeconds(instant.seconds()) + absl::Microseconds(instant.nanos() / 1000);
}

// The database types that hold a promoted field without loss.
std::vector<std::string> SqlTypesOf(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return {"varchar", "char"};
    case FieldDescriptor::CPPTYPE_ENUM:
      return {"tinyint", "smallint", "int"};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {"tinyint"};
    case FieldDescriptor::CPPTYPE_INT32:
      return {"int"};
    case FieldDescriptor::CPPTYPE_INT64:
      return {"bigint"};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return {IsDate(field) ? "date" : "datetime"};
    default:
      return {};
  }
}

}  // namespace

const Table& Table::Of(const Descriptor* type) {
  static absl::Mutex mutex;
  static auto* const tables =
      new absl::flat_hash_map<const Descriptor*, std::unique_ptr<const Table>>();
  absl::MutexLock lock(&mutex);
  std::unique_ptr<const Table>& table = (*tables)[type];
  if (table == nullptr) table.reset(new Table(type));
  return *table;
}

Table::Table(const Descriptor* type) : type_(type) {
  const options::v1::Table& options = type->options().GetExtension(options::v1::table);
  if (options.name().empty()) Mistake(type, "no table name");
  name_ = options.name();
  resource_ = options.resource();
  of_case_ = absl::StartsWith(resource_, "cases/*");
  name_field_ = type->FindFieldByName("name");
  etag_field_ = type->FindFieldByName("etag");
  if (name_field_ == nullptr || etag_field_ == nullptr) Mistake(type, "no name or no etag field");
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const std::string& column = field->options().GetExtension(options::v1::column);
    if (column.empty()) continue;
    const bool whole =
        field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsDate(field) || IsInstant(field);
    if (field->is_repeated() || !whole)
      Mistake(type, absl::StrCat(field->name(), " cannot be promoted"));
    if (field->options().HasExtension(options::v1::pii)) {
      Mistake(type, absl::StrCat(field->name(), " is personal and would lie in the clear"));
    }
    columns_.push_back({column, field});
  }
  if (!options.key_field().empty()) {
    const FieldDescriptor* key = type->FindFieldByName(options.key_field());
    if (key == nullptr) Mistake(type, "no such key_field");
    key_column_ = key == name_field_ ? "name" : key->options().GetExtension(options::v1::column);
    if (key_column_.empty()) Mistake(type, "its key_field is not promoted");
  }

  select_list_ = absl::StrCat("SELECT t.name, t.version, t.body, ",
                              own_key() ? "k.wrapped" : "NULL", ColumnList("t"));
  select_ = absl::StrCat(select_list_, " FROM ", name_, " t");
  if (own_key()) absl::StrAppend(&select_, " LEFT JOIN data_key k ON k.subject = t.", key_column_);
  const std::string by_facts =
      own_key() && of_case() ? "(SELECT MAX(f.record_version) FROM fact f WHERE f.case_name = "
                               "SUBSTRING_INDEX(t.name, '/', 2) AND (f.record = t.name OR "
                               "LEFT(f.record, CHAR_LENGTH(t.name) + 1) = CONCAT(t.name, '/')))"
                             : "NULL";
  select_to_write_ =
      absl::StrReplaceAll(select_, {{" FROM ", absl::StrCat(", ", by_facts, " FROM ")}});
  insert_columns_ = {"name", "version", "body"};
  update_ = absl::StrCat("UPDATE ", name_, " SET version = ?, body = ?");
  for (const Column& column : columns_) {
    insert_columns_.push_back(column.name);
    absl::StrAppend(&update_, ", ", column.name, " = ?");
  }
  absl::StrAppend(&update_, " WHERE name = ? AND version = ?");
}

std::string Table::SelectWith(const Table& gate) const {
  return absl::StrCat(select_list_, ", g.version, g.body", gate.ColumnList("g"), " FROM ", name_,
                      " t LEFT JOIN data_key k ON k.subject = t.", key_column_, " LEFT JOIN ",
                      gate.name(), " g ON g.name = t.", key_column_);
}

std::string Table::ColumnList(const std::string& alias) const {
  std::string list;
  for (const Column& column : columns_) absl::StrAppend(&list, ", ", alias, ".", column.name);
  return list;
}

bool Table::ColumnsFit(const Message& message, const db::Row& row, size_t first) const {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (size_t i = 0; i < columns_.size(); ++i) {
    const FieldDescriptor* field = columns_[i].field;
    const size_t at = first + i;
    bool fits = false;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        fits = row.MaybeText(at).value_or("") == reflection.GetString(message, field);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        fits = row.MaybeInt(at) == reflection.GetEnumValue(message, field);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        fits = row.MaybeInt(at) == (reflection.GetBool(message, field) ? 1 : 0);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        fits = row.MaybeInt(at) == reflection.GetInt32(message, field);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        fits = row.MaybeInt(at) == reflection.GetInt64(message, field);
        break;
      default:
        if (!reflection.HasField(message, field)) {
          fits = row.IsNull(at);
        } else if (IsDate(field)) {
          fits = row.MaybeDay(at) == DayOf(reflection.GetMessage(message, field));
        } else {
          fits = row.MaybeInstant(at) == InstantOf(reflection.GetMessage(message, field));
        }
    }
    if (!fits) return false;
  }
  return true;
}

std::string Table::NameOf(const Message& message) const {
  return message.GetReflection()->GetString(message, name_field_);
}

void Table::SetEtag(Message& message, std::string etag) const {
  message.GetReflection()->SetString(&message, etag_field_, std::move(etag));
}

std::string Table::SubjectOf(std::string_view name) const {
  return std::string(own_key() ? base::RootName(name) : kServiceSubject);
}

std::vector<db::Param> Table::ColumnValues(const Message& message) const {
  std::vector<db::Param> values;
  values.reserve(columns_.size());
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (const Column& column : columns_) {
    const FieldDescriptor* field = column.field;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string text = reflection.GetString(message, field);
        values.push_back(text.empty() ? db::Param() : db::Param(std::move(text)));
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        values.emplace_back(reflection.GetEnumValue(message, field));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        values.emplace_back(reflection.GetBool(message, field) ? 1 : 0);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        values.emplace_back(reflection.GetInt32(message, field));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        values.emplace_back(reflection.GetInt64(message, field));
        break;
      default: {
        if (!reflection.HasField(message, field)) {
          values.emplace_back();
        } else if (IsDate(field)) {
          values.emplace_back(DayOf(reflection.GetMessage(message, field)));
        } else {
          values.emplace_back(InstantOf(reflection.GetMessage(message, field)));
        }
      }
    }
  }
  return values;
}

absl::Status CheckTables(db::Connection& connection, const std::vector<const Descriptor*>& types) {
  std::vector<std::string> differences;
  for (const Descriptor* type : types) {
    const Table& table = Table::Of(type);
    ASSIGN_OR_RETURN(
        db::Rows rows,
        connection.Query("SELECT column_name, data_type FROM information_schema.columns"
                         " WHERE table_schema = DATABASE() AND table_name = ?",
                         {table.name()}));
    std::map<std::string, std::string> found;
    for (const db::Row row : rows) found[row.Text(0)] = row.Text(1);
    if (found.empty()) {
      differences.push_back(absl::StrCat("table ", table.name(), " is missing"));
      continue;
    }
    for (const char* own : {"name", "version", "body"}) {
      if (found.erase(own) == 0)
        differences.push_back(absl::StrCat(table.name(), ".", own, " is missing"));
    }
    for (const Column& column : table.columns()) {
      const auto it = found.find(column.name);
      if (it == found.end()) {
        differences.push_back(absl::StrCat(table.name(), ".", column.name, " is missing"));
        continue;
      }
      const std::vector<std::string> fitting = SqlTypesOf(column.field);
      if (std::find(fitting.begin(), fitting.end(), it->second) == fitting.end()) {
        differences.push_back(absl::StrCat(table.name(), ".", column.name, " is ", it->second,
                                           ", not ", absl::StrJoin(fitting, " or ")));
      }
      found.erase(it);
    }
    for (const auto& [column, sql_type] : found) {
      differences.push_back(absl::StrCat(table.name(), ".", column, " is promoted from no field"));
    }
  }
  if (differences.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrJoin(differences, "; "));
}

}  // namespace redress::store

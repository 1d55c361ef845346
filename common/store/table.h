// How a message is stored, read off its .proto: the table, its promoted columns, whose key seals
// it.
#ifndef REDRESS_COMMON_STORE_TABLE_H_
#define REDRESS_COMMON_STORE_TABLE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/connection.h"
#include "common/db/param.h"
#include "common/vault/keys.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace redress::store {

// A promoted field.
struct Column {
  std::string name;
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// The compiled (redress.options.v1.table) of one message type. Immutable, so thread-safe.
class Table {
 public:
  // Compiled once per type. Aborts where the options contradict the message: a mistake in the
  // .proto, found by the first test that touches it.
  static const Table& Of(const google::protobuf::Descriptor* type);

  const google::protobuf::Descriptor* type() const { return type_; }
  const std::string& name() const { return name_; }
  const std::string& resource() const { return resource_; }
  const std::vector<Column>& columns() const { return columns_; }
  // True where rows belong to one case, and access to them follows access to that case.
  bool of_case() const { return of_case_; }
  // True where bodies are sealed under the key of a case or petitioner, not the service's.
  bool own_key() const { return !key_column_.empty(); }

  // "SELECT t.name, t.version, t.body, k.wrapped, <promoted columns> FROM <table> t LEFT JOIN
  // data_key k ON …": what OpenRow reads.
  const std::string& select() const { return select_; }
  // What Batch locks rows with: the same, and last, for a row under a key of its own, the highest
  // version that a fact of it or of a part of it was written with.
  const std::string& select_to_write() const { return select_to_write_; }
  // The same with the columns g.version, g.body and the promoted ones of another table's row that
  // is named by the case; they begin at gate_at().
  std::string SelectWith(const Table& gate) const;
  static constexpr size_t kFirstColumn = 4;
  size_t gate_at() const { return kFirstColumn + columns_.size(); }
  // False if a promoted column, the first of which is at `first`, is not what the message says.
  // Whoever changes the column would change what lists find and whose key opens the row.
  bool ColumnsFit(const google::protobuf::Message& message, const db::Row& row, size_t first) const;
  // name, version, body and the promoted columns, in the order of Values.
  const std::vector<std::string>& insert_columns() const { return insert_columns_; }
  // "UPDATE <table> SET version = ?, body = ?, … WHERE name = ? AND version = ?".
  const std::string& update() const { return update_; }

  std::string NameOf(const google::protobuf::Message& message) const;
  void SetEtag(google::protobuf::Message& message, std::string etag) const;
  // The subject of the data key that seals the row called `name`: "cases/…", "petitioners/…" or
  // kServiceSubject.
  std::string SubjectOf(std::string_view name) const;
  // The values of the promoted columns.
  std::vector<db::Param> ColumnValues(const google::protobuf::Message& message) const;

 private:
  explicit Table(const google::protobuf::Descriptor* type);
  // ", <alias>.<column>" of each promoted column.
  std::string ColumnList(const std::string& alias) const;

  const google::protobuf::Descriptor* type_;
  std::string name_;
  std::string resource_;
  std::string key_column_;
  bool of_case_ = false;
  const google::protobuf::FieldDescriptor* name_field_ = nullptr;
  const google::protobuf::FieldDescriptor* etag_field_ = nullptr;
  std::vector<Column> columns_;
  std::string select_to_write_;
  std::string select_list_;
  std::string select_;
  std::string update_;
  std::vector<std::string> insert_columns_;
};

// The subject of the service's own data key.
inline constexpr std::string_view kServiceSubject = "service";

// Holds a schema of a database against the descriptors: every table and promoted column of `types`
// exists with a type that fits, and no other column does. INTERNAL naming every difference. For
// tests and for the start of a service.
absl::Status CheckTables(db::Connection& connection,
                         const std::vector<const google::protobuf::Descriptor*>& types);

}  // namespace redress::store

#endif  // REDRESS_COMMON_STORE_TABLE_H_

// The flags that all services share. Each can also be given as an environment variable
// REDRESS_<FLAG>.
#ifndef REDRESS_COMMON_SERVICE_FLAGS_H_
#define REDRESS_COMMON_SERVICE_FLAGS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace redress::service {

struct DatabaseFlags {
  std::string socket;
  std::string host;
  int port = 3306;
  std::string user;
  std::string password_file;
  std::string name;
  std::string ca;
};

struct Flags {
  std::string listen;
  std::string metrics;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_ca;
  std::string token_keys;
  std::string token_issuer = "redress";
  std::string master_keys;
  std::string blind_index_key;
  std::string page_key;
  std::string feed_key;
  std::string feed_public_keys;  // of the feeds that are followed; may be empty
  DatabaseFlags database;
  std::string peers;
  std::string calendar;
  std::string rules;
  std::string mode;
  std::string log_level = "info";
  int workers = 8;
  int drain_seconds = 20;
};

struct SkipFlags {
  DatabaseFlags database;
  int64_t by = 0;
  std::string reason;
};

struct MigrateFlags {
  DatabaseFlags database;
  std::string grant_to;
  std::string mode;
};

// Declares them on a command. The objects must outlive the parse.
void AddDatabaseFlags(CLI::App& app, DatabaseFlags& flags);
void AddServeFlags(CLI::App& app, Flags& flags);
void AddMigrateFlags(CLI::App& app, MigrateFlags& flags);
void AddSkipFlags(CLI::App& app, SkipFlags& flags);

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_FLAGS_H_

#include "common/service/flags.h"

#include "common/store/skip_numbers.h"

#include <algorithm>
#include <cctype>

namespace redress::service {
namespace {

// Declares --name, also read from REDRESS_NAME.
template <class T>
CLI::Option* Add(CLI::App& app, const std::string& name, T& value, const std::string& help) {
  std::string variable = "REDRESS_" + name;
  std::transform(variable.begin(), variable.end(), variable.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : std::toupper(c); });
  return app.add_option("--" + name, value, help)->envname(variable);
}

}  // namespace

void AddDatabaseFlags(CLI::App& app, DatabaseFlags& flags) {
  CLI::Option* socket = Add(app, "db-socket", flags.socket, "Unix socket of the database");
  Add(app, "db-host", flags.host, "Host of the database, over TLS; instead of --db-socket")
      ->excludes(socket);
  Add(app, "db-port", flags.port, "Port of the database, with --db-host")->capture_default_str();
  Add(app, "db-user", flags.user, "Database user")->required();
  Add(app, "db-password-file", flags.password_file,
      "File with the user's password, mode 0600; none for socket authentication");
  Add(app, "db-name", flags.name, "Database")->required();
  Add(app, "db-ca", flags.ca, "CA certificate of the database server, with --db-host");
}

void AddServeFlags(CLI::App& app, Flags& flags) {
  Add(app, "listen", flags.listen, "Address to serve gRPC on, host:port")->required();
  Add(app, "metrics", flags.metrics, "Loopback address to serve /metrics on, host:port")
      ->required();
  Add(app, "tls-cert", flags.tls_cert, "Certificate of this service, PEM")->required();
  Add(app, "tls-key", flags.tls_key, "Its private key, PEM, mode 0600")->required();
  Add(app, "tls-ca", flags.tls_ca, "CA that certifies services and machines, PEM")->required();
  Add(app, "token-keys", flags.token_keys,
      "Folder of the public keys <kid>.pem that sign callers' tokens")
      ->required();
  Add(app, "token-issuer", flags.token_issuer, "The issuer that tokens must name")
      ->capture_default_str();
  Add(app, "master-keys", flags.master_keys, "Folder of master keys, with the file `current`")
      ->required();
  Add(app, "blind-index-key", flags.blind_index_key, "Key of the blind indexes, mode 0600")
      ->required();
  Add(app, "page-key", flags.page_key, "Key that page tokens are authenticated with, mode 0600")
      ->required();
  Add(app, "feed-key", flags.feed_key,
      "Ed25519 key that checkpoints are signed with, PEM, mode 0600")
      ->required();
  Add(app, "feed-public-keys", flags.feed_public_keys,
      "Folder of <service>/feed-signing.pub.pem: only checkpoints that these sign count, where a "
      "feed is followed");
  AddDatabaseFlags(app, flags.database);
  Add(app, "peers", flags.peers, "The other services: name=host:port,…")->required();
  Add(app, "calendar", flags.calendar, "Table of holidays and make-up working days")->required();
  Add(app, "rules", flags.rules, "Folder of rule sets: the statutory clocks")->required();
  Add(app, "mode", flags.mode,
      "production, or sample: a simulated clock and invented cases, for good")
      ->required()
      ->check(CLI::IsMember({"production", "sample"}));
  Add(app, "log-level", flags.log_level, "debug, info, warning or error")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  Add(app, "workers", flags.workers, "Threads that serve calls")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  Add(app, "drain-seconds", flags.drain_seconds,
      "How long calls in flight may finish after SIGTERM")
      ->capture_default_str()
      ->check(CLI::Range(0, 600));
}

void AddMigrateFlags(CLI::App& app, MigrateFlags& flags) {
  AddDatabaseFlags(app, flags.database);
  Add(app, "grant-to", flags.grant_to, "Database user that is given the service's least rights")
      ->required();
  Add(app, "mode", flags.mode, "production or sample; a database stays what it was made as")
      ->required()
      ->check(CLI::IsMember({"production", "sample"}));
}

void AddSkipFlags(CLI::App& app, SkipFlags& flags) {
  AddDatabaseFlags(app, flags.database);
  Add(app, "by", flags.by, "How many: more than can have been given since the backup")
      ->required()
      ->check(CLI::Range(int64_t{1}, store::kMostSkipped));
  Add(app, "reason", flags.reason, "What the register is to say of the gap")->required();
}

}  // namespace redress::service

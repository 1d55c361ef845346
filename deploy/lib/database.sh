# shellcheck shell=bash
# The private MariaDB of one installation: started when needed, a database and a user per service, schemas brought up to date.
# The server itself is the business of mariadb.sh. Sourced after common.sh, process.sh, mariadb.sh.

# database_up: initialises on first use and starts the server; nothing when it runs.
database_up() {
  local log=$LOGS/mariadb-setup.log
  local note
  if mariadb_running "$DB"; then
    info "already runs ($(mariadb_socket "$DB"))"
    return 0
  fi
  need_space "$STATE" 400 "the database"
  # What the sample replay left is in the database: a new database has none.
  [[ -e $DB/data ]] || rm -f -- "$STATE/sample-loaded"
  # Subshells, so that a Ctrl-C is reported on the terminal and not into the log; 9 is the lock's descriptor, which the server
  # must not inherit.
  if ! (mariadb_init "$DB") >"$log" 2>&1 9>&-; then
    tail_log "$log"
    die "the database could not be initialised in $DB." "$(disk_hint "$(mariadb_folder "$DB")")" \
      "Another place: --state DIR. The whole log: $log"
  fi
  while read -r note; do info "$note"; done < <(sed -n 's/^mariadb: note: //p' "$log")
  if ! (mariadb_start "$DB") >>"$log" 2>&1 9>&-; then
    tail_log "$log"
    die "the database does not start." "$(disk_hint "$(mariadb_folder "$DB")")" "The whole log: $log" \
      "The server's own log: $DB/mysqld.log"
  fi
  info "runs on $(mariadb_socket "$DB")"
}

# The server is sent the hash of a password, so that no log of it can hold the password.
_password_hash() { printf '*%s\n' "$(tr -d '\n' <"$1" | openssl dgst -sha1 -binary | openssl dgst -sha1 -r | cut -c 1-40 | tr a-f A-F)"; }

# database_accounts: a database and a user per service, with the password from its key folder. May be repeated.
database_accounts() {
  local svc
  for svc in "${REDRESS_SERVICES[@]}"; do
    local user="'redress_$svc'@'%'"
    printf 'CREATE DATABASE IF NOT EXISTS redress_%s CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;\n' "$svc"
    printf "CREATE USER IF NOT EXISTS %s;\nALTER USER %s IDENTIFIED BY PASSWORD '%s';\n" "$user" "$user" \
      "$(_password_hash "$KEYS/$svc/db-password")"
  done | mariadb_client "$DB" --batch >"$LOGS/accounts.log" 2>&1 || {
    tail_log "$LOGS/accounts.log"
    die "the databases and their users could not be made." "$(disk_hint "$STATE")"
  }
}

# migrate_service SVC: schema and least rights, by the service's own binary as the administrator (the caller, known by the socket).
migrate_service() {
  local svc=$1 log=$LOGS/migrate-$1.log
  if ! "$BIN/redress-$svc" migrate "--db-socket=$(mariadb_socket "$DB")" "--db-user=$(id -un)" \
    "--db-name=redress_$svc" "--grant-to=redress_$svc" "--mode=$MODE" >"$log" 2>&1 </dev/null 9>&-; then
    tail_log "$log"
    mariadb_running "$DB" || die "the database server ended while the database of $svc was brought up to date." \
      "$(disk_hint "$STATE")" "Its log: $DB/mysqld.log" "To start it again and go on: deploy/up$STATE_FLAG"
    die "the database of $svc could not be brought up to date." "$(disk_hint "$STATE")" "The whole log: $log" \
      "To give up what the database holds and begin anew: deploy/up$STATE_FLAG --fresh"
  fi
}

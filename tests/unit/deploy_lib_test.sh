#!/usr/bin/env bash
# The parts of deploy/up that decide: processes and their pid files, the lock, ports, packages, what is written for others.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/deploy_check.sh"
for part in common packages process mariadb account services prometheus profiles; do
  # shellcheck disable=SC1090
  source "$DEPLOY/lib/$part.sh"
done
cleanup() {
  local f pid _
  for f in "$SCRATCH"/state/run/*.pid; do
    if [[ -f $f ]]; then
      read -r pid _ <"$f"
      kill -KILL "$pid" 2>/dev/null
    fi
  done
  rm -rf "$SCRATCH"
}
trap cleanup EXIT
state_paths "$SCRATCH/state"
mkdir -p "$RUN" "$LOGS" "$PROFILES" "$PROM"
set_ports 26400

# --- the state folder
check "the root folder is refused" exits 1 "cannot be /" state_paths /
check "no name is refused" exits 2 "needs a value" state_paths ""
check "commands in messages name another state folder" equal "$STATE_FLAG" " --state $(printf '%q' "$STATE")"
check "the repository is refused" exits 1 "cannot be" state_paths "$REDRESS_ROOT"
save_settings "port_base=26400" "mode=sample"
check "a setting is read back" equal "$(setting mode)" sample
check "an absent setting is empty" equal "$(setting nothing)" ""
for base in 7400 65400; do check "port base $base" valid_port_base "$base"; done
for base in 80 65401 abc 7400x ''; do check "port base '$base' is refused" refuses valid_port_base "$base"; done
check "ports" equal "${PORT[registry]} ${PORT[supervision]} ${METRICS_PORT[registry]} ${METRICS_PORT[supervision]} $PROM_PORT" \
  "26401 26405 26411 26415 26490"

# --- the calendar
printf 'year 2025\nyear 2026\nholiday 2026-01-01 2026-01-03 x\n' >"$SCRATCH/holidays.txt"
check "a calendar that reaches far enough misses nothing" equal "$(calendar_missing "$SCRATCH/holidays.txt" 2026-10-02)" ""
check "the next year is missing 90 days ahead" equal "$(calendar_missing "$SCRATCH/holidays.txt" 2026-10-03)" 2027
check "a year long missing is named, the first first" equal "$(calendar_missing "$SCRATCH/holidays.txt" 2028-06-01)" 2027
check "a year added is enough" equal "$(calendar_missing <(cat "$SCRATCH/holidays.txt"; echo 'year 2027') 2026-12-31)" ""

# --- processes
start_process sleeper abc sleep 300
PID=$(process_pid sleeper)
check "a started process is known" kill -0 "$PID"
check "its fingerprint too" equal "$(process_fingerprint sleeper)" abc
check "it has a session of its own" equal "$(sed 's/.*) //' "/proc/$PID/stat" | cut -d ' ' -f 4)" "$PID"
check "its memory" grep -Eqx '[0-9]+ MB' <(process_memory "$PID")
echo "$PID 1 abc" >"$RUN/reused.pid"
check "a reused pid is not ours" refuses process_pid reused
check "stopping what is not ours" stop_process reused 1
check "leaves it alone" process_pid sleeper
kill -KILL "$PID"
sleep 0.2
check "a killed process is known to be gone" refuses process_pid sleeper
check "a pid file with rubbish" refuses eval 'echo rubbish >"$RUN/rubbish.pid"; process_pid rubbish'
start_process polite x bash -c 'trap "exit 0" TERM; while :; do sleep 0.05; done'
check "SIGTERM ends it" stop_process polite 10
check "its pid file is gone" refuses test -e "$RUN/polite.pid"
start_process stubborn x bash -c 'trap "" TERM; while :; do sleep 0.05; done'
sleep 0.3
check "who does not end is killed, and that is told" exits 1 "" stop_process stubborn 1
check "and gone" refuses process_pid stubborn

# --- ports
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$SCRATCH/k.pem" -out "$SCRATCH/c.pem" -days 1 -subj /CN=x 2>/dev/null
start_process listener x openssl s_server -accept "127.0.0.1:${PORT[visits]}" -cert "$SCRATCH/c.pem" -key "$SCRATCH/k.pem" -quiet
for _ in $(seq 50); do
  port_holder "${PORT[visits]}" >/dev/null && break
  sleep 0.1
done
check "a free port" require_free_ports "${PORT[registry]}" registry
check "a port in use names the process and the way out" exits 2 \
  "port ${PORT[visits]}, which visits needs, is in use by process $(process_pid listener) \(openssl.*--port-base" \
  require_free_ports "${PORT[visits]}" visits
check "our own process may hold its port" require_free_ports "${PORT[visits]}" listener
check "all ports in use are named, and each process once" exits 2 \
  "port ${PORT[visits]}, which visits.*port ${PORT[visits]}, which registry.*kill $(process_pid listener)"$'\n' \
  require_free_ports "${PORT[visits]}" visits "${PORT[assistance]}" assistance "${PORT[visits]}" registry
stop_process listener 5

# --- the lock
check "the lock is free" exits 0 "" take_lock up
(
  take_lock up
  sleep 300 9>&- &
  echo $! >"$SCRATCH/child"
  touch "$SCRATCH/locked"
  exec sleep 300
) &
HOLDER=$!
for _ in $(seq 50); do
  [[ -e $SCRATCH/locked ]] && break
  sleep 0.1
done
check "a second run is told who works" exits 2 "another run works on .*deploy/up since" take_lock down
kill -KILL "$HOLDER"
wait "$HOLDER" 2>/dev/null
(exec 9<>"$STATE/.lock" && flock 9 && echo "$HOLDER deploy/up" >"$STATE/.lock" && touch "$SCRATCH/heir" && exec sleep 300) &
HEIR=$!
for _ in $(seq 50); do
  [[ -e $SCRATCH/heir ]] && break
  sleep 0.1
done
check "what a killed run began is named" exits 2 "was killed, and what it began .* kill $HEIR"$ take_lock up
kill "$HEIR"
wait "$HEIR" 2>/dev/null
check "a killed holder leaves no lock, even with a child alive" exits 0 "" take_lock up
kill "$(cat "$SCRATCH/child")"

# --- where the database lies
MARIADB_OUTSIDE=$SCRATCH/outside
link_of() { readlink -- "$1/var/mariadb"; }
outside() { find "$MARIADB_OUTSIDE" -mindepth 1 -maxdepth 1 | wc -l; }
as_mysql() { setpriv --reuid=mysql --regid=mysql --clear-groups "$@"; }
mkdir -m 755 "$SCRATCH/open" "$MARIADB_OUTSIDE"
check "a place that the server may enter" mariadb_place "$SCRATCH/open/var/mariadb"
check "is used as it is" test -d "$SCRATCH/open/var/mariadb" -a ! -L "$SCRATCH/open/var/mariadb"
check "its socket is in it" equal "$(mariadb_socket "$SCRATCH/open/var/mariadb")" "$SCRATCH/open/var/mariadb/mysqld.sock"
HOME_DIR=$SCRATCH/home
mkdir -m 700 "$HOME_DIR"
if ((EUID != 0)); then
  check "who is not root runs the server himself, so that his own folder will do" mariadb_place "$HOME_DIR/var/mariadb"
  check "and nothing is made elsewhere" equal "$(outside)" 0
else
  check "a place that the server may not enter" exits 0 "lies in $MARIADB_OUTSIDE/redress-.* may not enter $HOME_DIR" \
    mariadb_place "$HOME_DIR/var/mariadb"
  PLACE=$(link_of "$HOME_DIR")
  check "is a link to one that he may" as_mysql test -x "$(dirname "$PLACE")"
  check "which is named" equal "$(mariadb_folder "$HOME_DIR/var/mariadb")" "$PLACE"
  check "the socket is there" equal "$(mariadb_socket "$HOME_DIR/var/mariadb")" "$PLACE/mysqld.sock"
  check "nothing was opened to others" equal "$(stat -c %a "$HOME_DIR")" 700
  check "a second time" exits 0 "^$" mariadb_place "$HOME_DIR/var/mariadb"
  check "the same place" equal "$(link_of "$HOME_DIR") $(outside)" "$PLACE 1"

  cp -a "$HOME_DIR" "$SCRATCH/copy"
  check "a copy does not run the data of the first" exits 1 "belongs to $HOME_DIR/var/mariadb" mariadb_place "$SCRATCH/copy/var/mariadb"
  check "removing the copy" mariadb_remove "$SCRATCH/copy/var/mariadb"
  check "removes its link" refuses test -L "$SCRATCH/copy/var/mariadb"
  check "and nothing else" test -d "$PLACE"
  mv "$HOME_DIR" "$SCRATCH/moved"
  check "one that was moved" exits 0 "^$" mariadb_place "$SCRATCH/moved/var/mariadb"
  check "keeps its data" equal "$(mariadb_folder "$SCRATCH/moved/var/mariadb")" "$PLACE"
  check "remove" mariadb_remove "$SCRATCH/moved/var/mariadb"
  check "leaves nothing" equal "$(outside) $(ls -A "$SCRATCH/moved/var")" "0 "

  check "a place" mariadb_place "$SCRATCH/moved/var/mariadb"
  PLACE=$(link_of "$SCRATCH/moved")
  rm -r "$SCRATCH/moved/var"
  check "after its state folder was removed by hand, the old data are named" exits 0 "$PLACE holds the database of an earlier" \
    mariadb_place "$SCRATCH/moved/var/mariadb"
  check "and kept" equal "$(outside)" 2
  check "a link that leads nowhere is told" exits 1 "is a link to $SCRATCH/absent, which is not there" \
    eval 'ln -s "$SCRATCH/absent" "$SCRATCH/astray"; mariadb_place "$SCRATCH/astray"'
  check "remove removes the old data too" mariadb_remove "$SCRATCH/moved/var/mariadb"
  check "really" equal "$(outside)" 0
fi

# --- packages
check "what is installed is not missing" equal "$(missing_packages bash coreutils)" ""
check "what is not is" equal "$(missing_packages bash redress-no-such-package)" redress-no-such-package
as_nobody() { if ((EUID == 0)); then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }
export -f ensure_packages missing_packages die info
check "without root it says what to install" exits 2 "apt-get install -y --no-install-recommends redress-no-such-package" \
  as_nobody env EXIT_NEEDS_YOU=2 C_RED='' C_OFF='' bash -c 'ensure_packages /dev/null bash redress-no-such-package'

# --- what is written for others
prometheus_config >"$PROM/prometheus.yml"
check "the configuration of Prometheus" promtool check config "$PROM/prometheus.yml"
check "it scrapes five services" equal "$(grep -c 'labels: {service: ' "$PROM/prometheus.yml")" 5
check "a quote in a path stays one string" equal "$(_yaml "a'b")" "'a''b'"
write_profile test 'token_file = "x"'
check "a profile is private" equal "$(stat -c %a "$PROFILES/test.toml")" 600
check "it names the services" grep -qx 'supervision = "127.0.0.1:26405"' "$PROFILES/test.toml"
check "it quotes what needs it" equal "$(_quoted 'a"b\c')" '"a\"b\\c"'
MODE=production
service_command visits
for flag in --listen=127.0.0.1:26403 --metrics=127.0.0.1:26413 --db-user=redress_visits --mode=production; do
  check "a service is told $flag" grep -qxF -- "$flag" <(printf '%s\n' "${SERVICE_COMMAND[@]}")
done
BIN=$SCRATCH/bin
mkdir "$BIN"
echo one >"$BIN/redress-visits"
ONE=$(service_fingerprint visits)
check "nothing changed, nothing to restart" equal "$(service_fingerprint visits)" "$ONE"
echo longer >"$BIN/redress-visits"
check "a new binary is noticed" refuses equal "$(service_fingerprint visits)" "$ONE"
check "nobody serves" refuses service_serving visits

# --- under whom services run
if ((EUID == 0)); then
  id redress-test >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin redress-test
  SERVICE_USER=redress-test
  as_service_user
  mkdir -p -m 700 "$PKI" "$KEYS/visits" "$PKI/visits" "$PKI/issuer/public" "$PKI/issuer" "$PKI/feeds/visits"
  chmod 700 "$PKI" "$PKI/issuer" "$KEYS"
  for f in "$PKI/visits/key.pem" "$KEYS/visits/k1.key" "$KEYS/visits/feed-signing.pem" "$KEYS/page.key" "$KEYS/blind-index.key" \
    "$PKI/issuer/private.pem"; do
    echo secret >"$f"
    chmod 600 "$f"
  done
  for f in "$PKI/feeds/visits/feed-signing.pub.pem" "$PKI/visits/cert.pem" "$PKI/ca.pem" "$PKI/issuer/public/k.pem"; do echo public >"$f"; done
  ensure_service_user
  check "the public token keys can be read where they are" "${AS_SERVICE_USER[@]}" cat "$PKI/issuer/public/k.pem"
  check "the issuer's key cannot" refuses "${AS_SERVICE_USER[@]}" cat "$PKI/issuer/private.pem"
  service_files visits
  prepare_service visits "${SERVICE_SECRETS[@]}" -- "${SERVICE_PUBLIC[@]}"
  service_command visits
  flag() { printf '%s\n' "${SERVICE_COMMAND[@]}" | sed -n "s/^--$1=//p"; }
  for secret in tls-key master-keys page-key blind-index-key feed-key; do
    path=$(flag "$secret")
    check "the service's user reads its $secret" "${AS_SERVICE_USER[@]}" test -r "$path"
    check "of which it has a copy" equal "$(stat -c '%U %a' "$path")" "redress-test $([[ -d $path ]] && echo 700 || echo 600)"
  done
  check "the secrets that were made are root's still" equal "$(stat -c '%U %a' "$KEYS/visits/k1.key")" "root 600"
  check "and out of its reach" refuses "${AS_SERVICE_USER[@]}" cat "$KEYS/visits/k1.key"
  check "what it can read it reads where it is" equal "$(flag token-keys)" "$PKI/issuer/public"
  for public in tls-cert tls-ca token-keys feed-public-keys calendar rules; do
    check "the service's user reads its $public" "${AS_SERVICE_USER[@]}" test -r "$(flag "$public")"
  done
  check "and can run its binary" "${AS_SERVICE_USER[@]}" test -r "${SERVICE_COMMAND[0]}"
  mkdir -m 700 "$SCRATCH/closed"
  echo public >"$SCRATCH/closed/file"
  check "what it cannot reach it has a copy of" equal "$(service_public visits "$SCRATCH/closed/file")" \
    "$(mariadb_folder "$DB")/services/visits/public/file"
  chmod 700 "$SCRATCH/closed"
  copy=$(service_public visits "$SCRATCH/closed/file")
  prepare_service visits -- "$SCRATCH/closed/file"
  BEFORE=$(stat -c %i "$copy")
  prepare_service visits -- "$SCRATCH/closed/file"
  check "a copy that is the same is left alone" equal "$(stat -c %i "$copy")" "$BEFORE"
  echo another >"$SCRATCH/closed/file"
  prepare_service visits -- "$SCRATCH/closed/file"
  check "one that changed is made anew" equal "$("${AS_SERVICE_USER[@]}" cat "$copy")" another
  start_process unprivileged x "${AS_SERVICE_USER[@]}" sleep 300
  sleep 0.3
  check "a service runs as its user" equal "$(stat -c %U "/proc/$(process_pid unprivileged)")" redress-test
  check "and gains no rights" grep -q 'NoNewPrivs:[[:space:]]*1' "/proc/$(process_pid unprivileged)/status"
  stop_process unprivileged 5
  userdel redress-test 2>/dev/null
fi
check "a log is for its owner and group" equal "$(stat -c %a "$LOGS/polite.log")" 640

# --- running things
check "the status of a command is passed on" exits 7 "" run_logged "$LOGS/x.log" x bash -c 'echo hello; exit 7'
check "its output is in the log" grep -q hello "$LOGS/x.log"
check "little space is told" exits 2 "needs about 99999999 MB" need_space "$SCRATCH" 99999999 x
for script in up down status; do
  check "$script --help" exits 0 "Usage: deploy/$script" "$DEPLOY/$script" --help
  check "$script refuses an unknown flag" exits 2 "unknown flag: --bogus" "$DEPLOY/$script" --bogus
done
check "tests/run --help" exits 0 "Usage: tests/run" "$DEPLOY/../tests/run" --help
check "status of nothing" exits 1 "registry +stopped" "$DEPLOY/status" --state "$SCRATCH/none"
check "down of nothing" exits 0 "nothing to stop" "$DEPLOY/down" --state "$SCRATCH/none"
check "which makes nothing" refuses test -e "$SCRATCH/none"
conclude

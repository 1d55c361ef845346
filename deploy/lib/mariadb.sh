# shellcheck shell=bash
# Shell functions for a private MariaDB server: its data, socket, pid file and log all lie in one
# folder, nothing of the system's own MariaDB is touched or read. To be sourced by bash:
#
#   source deploy/lib/mariadb.sh
#   mariadb_init  DIR             make the data folder, once; repeating it does nothing
#   mariadb_start DIR [--tcp PORT] [--option ARG]...
#                                 start and wait until it answers; already running is fine.
#                                 --tcp listens on 127.0.0.1 too; --option is passed to mariadbd
#   mariadb_stop  DIR             stop cleanly; not running is fine
#   mariadb_running DIR           true if it runs
#   mariadb_wait  DIR [SECONDS]   wait until it answers
#   mariadb_socket DIR            print the path of its socket
#   mariadb_client DIR ARG...     the command-line client as administrator
#
# The administrator is the operating-system user who made the server (so usually root), by the same
# name, through the socket and without a password; nobody else is let in. Each function prints what
# went wrong to stderr and returns 1.

# The longest path that a Unix socket may have (sun_path less the final zero).
MARIADB_SOCKET_MAX=107

_mariadb_fail() {
  echo "mariadb: $*" >&2
  return 1
}

_mariadb_absolute() {
  case "$1" in
    /*) echo "${1%/}" ;;
    *) echo "$PWD/${1%/}" ;;
  esac
}

# The server's operating-system user: mysql when we are root, which mariadbd refuses to be.
_mariadb_user() {
  if [[ $(id -u) == 0 ]]; then echo mysql; else id -un; fi
}

mariadb_socket() {
  local dir base
  dir=$(_mariadb_absolute "$1")
  if ((${#dir} + 12 <= MARIADB_SOCKET_MAX)); then
    echo "$dir/mysqld.sock"
    return
  fi
  # Too long for a socket: a short folder whose name is derived from the long one.
  if [[ $(id -u) == 0 ]]; then base=/run; else base=${XDG_RUNTIME_DIR:-/tmp}; fi
  echo "$base/redress-db-$(printf '%s' "$dir" | sha256sum | cut -c1-16)/mysqld.sock"
}

# Makes the socket's folder if it is not the server's own. Under /tmp somebody else might have made
# it before us.
_mariadb_socket_folder() {
  local folder user=$2
  folder=$(dirname "$1")
  if [[ $folder == "$3" ]]; then return 0; fi
  mkdir -m 0755 "$folder" 2>/dev/null
  if [[ $(id -u) == 0 ]]; then chown -h "$user" "$folder"; fi
  if [[ -L $folder || ! -d $folder || $(stat -c %U "$folder") != "$user" ]]; then
    _mariadb_fail "$folder is not a folder of $user; remove it, or choose a shorter folder than $3"
  fi
}

_mariadb_require() {
  local tool
  for tool in mariadbd mariadb mariadb-install-db mariadb-admin; do
    if ! PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null; then
      _mariadb_fail "$tool is not installed; run: apt-get install -y mariadb-server"
      return 1
    fi
  done
  if [[ $(id -u) == 0 ]] && ! id mysql >/dev/null 2>&1; then
    _mariadb_fail "the user mysql does not exist; install the package mariadb-server"
  fi
}

# The server must be able to enter every folder above its own.
_mariadb_check_reach() {
  local folder='' part
  [[ $(id -u) == 0 ]] || return 0
  local -a parts
  IFS=/ read -ra parts <<<"$(dirname "$1")"
  for part in "${parts[@]:1}"; do
    folder+=/$part
    if [[ -d $folder ]] &&
      ! setpriv --reuid=mysql --regid=mysql --clear-groups test -x "$folder"; then
      _mariadb_fail "the user mysql may not enter $folder; choose another folder, or:" \
        "chmod o+x $folder"
      return 1
    fi
  done
}

# The pid of the running server, or nothing. A pid file may be stale: after a crash its number can
# belong to another program, so what the process is is looked at too.
_mariadb_pid() {
  local dir=$1 pid
  pid=$(cat "$dir/mysqld.pid" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  [[ $(cat "/proc/$pid/comm" 2>/dev/null) == mariadbd* ]] || return 1
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "--datadir=$dir/data" || return 1
  echo "$pid"
}

mariadb_running() {
  _mariadb_pid "$(_mariadb_absolute "$1")" >/dev/null
}

mariadb_client() {
  local dir=$1
  shift
  mariadb --no-defaults --user="$(id -un)" --socket="$(mariadb_socket "$dir")" "$@"
}

mariadb_init() {
  local dir user
  dir=$(_mariadb_absolute "$1")
  user=$(_mariadb_user)
  _mariadb_require || return 1
  if [[ -d $dir/data ]]; then return 0; fi
  mkdir -p "$dir" || return 1
  _mariadb_check_reach "$dir" || return 1
  # The data folder gets its name when it is complete: an interrupted attempt leaves only data.new.
  rm -rf "$dir/data.new"
  mkdir "$dir/data.new" || return 1
  if [[ $(id -u) == 0 ]]; then chown "$user" "$dir" "$dir/data.new"; fi
  chmod 0755 "$dir"
  chmod 0700 "$dir/data.new"
  # As the server's user from the start: the installer's own chown breaks on blanks in the path.
  local -a as_user=()
  if [[ $(id -u) == 0 ]]; then
    as_user=(setpriv --reuid="$user" --regid="$user" --clear-groups)
  fi
  if ! ${as_user[@]+"${as_user[@]}"} mariadb-install-db --no-defaults --datadir="$dir/data.new" \
    --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
    --skip-test-db --skip-name-resolve >"$dir/init.log" 2>&1; then
    rm -rf "$dir/data.new"
    _mariadb_fail "initialising $dir failed; the end of $dir/init.log:"
    tail -5 "$dir/init.log" >&2
    return 1
  fi
  mv "$dir/data.new" "$dir/data"
}

mariadb_wait() {
  local dir seconds=${2:-60} socket tries
  dir=$(_mariadb_absolute "$1")
  socket=$(mariadb_socket "$dir")
  for ((tries = 0; tries < seconds * 20; ++tries)); do
    if mariadb-admin --no-defaults --user="$(id -un)" --socket="$socket" --connect-timeout=2 ping \
      >/dev/null 2>&1; then
      return 0
    fi
    # A server that gave up will not answer later either.
    if ((tries > 20)) && ! mariadb_running "$dir"; then break; fi
    sleep 0.05
  done
  _mariadb_fail "the server in $dir does not answer; the end of $dir/mysqld.log:"
  tail -10 "$dir/mysqld.log" >&2
  return 1
}

mariadb_start() {
  local dir socket user
  dir=$(_mariadb_absolute "$1")
  shift
  local -a options=(--skip-networking) extra=()
  while (($# > 0)); do
    case "$1" in
      --tcp)
        options=(--bind-address=127.0.0.1 --port="$2")
        shift 2
        ;;
      --option)
        extra+=("$2")
        shift 2
        ;;
      *)
        _mariadb_fail "mariadb_start: unknown argument $1"
        return 1
        ;;
    esac
  done
  _mariadb_require || return 1
  if [[ ! -d $dir/data ]]; then
    _mariadb_fail "$dir is not initialised; run mariadb_init first"
    return 1
  fi
  if mariadb_running "$dir"; then
    mariadb_wait "$dir"
    return
  fi
  user=$(_mariadb_user)
  _mariadb_check_reach "$dir" || return 1
  socket=$(mariadb_socket "$dir")
  _mariadb_socket_folder "$socket" "$user" "$dir" || return 1
  # Left over from a crash; mariadb_running has just said that nobody owns them.
  rm -f "$socket" "$socket.lock" "$dir/mysqld.pid"
  # setsid: an interrupt at the terminal must not reach the server before its clients are gone.
  setsid "$(PATH="$PATH:/usr/sbin" command -v mariadbd)" --no-defaults --user="$user" \
    --datadir="$dir/data" --socket="$socket" --pid-file="$dir/mysqld.pid" \
    --log-error="$dir/mysqld.log" \
    "${options[@]}" \
    --skip-name-resolve \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
    --transaction-isolation=READ-COMMITTED \
    --innodb-flush-log-at-trx-commit=1 \
    --innodb-buffer-pool-size=256M \
    --innodb-log-file-size=256M \
    --innodb-print-all-deadlocks=OFF \
    --max-connections=500 \
    --max-prepared-stmt-count=200000 \
    --max-allowed-packet=64M \
    --local-infile=OFF --symbolic-links=OFF \
    --performance-schema=OFF \
    ${extra[@]+"${extra[@]}"} </dev/null >>"$dir/mysqld.out" 2>&1 &
  disown  # so that bash does not report its end
  mariadb_wait "$dir"
}

mariadb_stop() {
  local dir pid tries
  dir=$(_mariadb_absolute "$1")
  if ! pid=$(_mariadb_pid "$dir"); then return 0; fi
  kill -TERM "$pid" 2>/dev/null
  for ((tries = 0; tries < 1200; ++tries)); do
    if ! _mariadb_pid "$dir" >/dev/null; then
      local socket
      socket=$(mariadb_socket "$dir")
      if [[ $(dirname "$socket") != "$dir" ]]; then rm -rf "$(dirname "$socket")"; fi
      return 0
    fi
    sleep 0.05
  done
  _mariadb_fail "the server in $dir (pid $pid) did not stop within a minute"
}

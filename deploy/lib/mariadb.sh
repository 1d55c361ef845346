# shellcheck shell=bash
# Shell functions for a private MariaDB server: its data, socket, pid file and log all lie in one
# folder, nothing of the system's own MariaDB is touched or read. To be sourced by bash:
#
#   source deploy/lib/mariadb.sh
#   mariadb_place DIR             make DIR, or the folder that stands in for it (see below), once
#   mariadb_init  DIR             mariadb_place, then an empty database there, once
#   mariadb_start DIR [--tcp PORT] [--option ARG]...
#                                 start and wait until it answers; already running is fine.
#                                 --tcp listens on 127.0.0.1 too; --option is passed to mariadbd
#   mariadb_stop  DIR             stop cleanly; not running is fine
#   mariadb_running DIR           true if it runs
#   mariadb_wait  DIR [SECONDS]   wait until it answers
#   mariadb_socket DIR            print the path of its socket
#   mariadb_folder DIR            print the folder where its files really lie
#   mariadb_client DIR ARG...     the command-line client as administrator
#   mariadb_remove DIR            stop it and remove everything it has
#
# Root's server runs as the user mysql, who must be able to enter every folder above the server's.
# Where he may not (/root has mode 0700), the files lie in /var/lib/redress-<random>, DIR is a link
# to it, and the file belongs-to in it says whose it is. Nothing about DIR is opened to anybody.
#
# The administrator is the operating-system user who made the server (so usually root), by the same
# name, through the socket and without a password; nobody else is let in. Each function prints what
# went wrong to stderr and returns 1.
#
# Temporary files go to a folder of the server's own. A server that starts deletes the temporary
# tables that it finds in its folder; in one that several servers share these are the others', and
# the next query that frees such a table ends its server with signal 11.

# The longest path that a Unix socket may have (sun_path less the final zero).
MARIADB_SOCKET_MAX=107
# Where servers live that cannot live where they were wanted.
MARIADB_OUTSIDE=${MARIADB_OUTSIDE:-/var/lib}

_mariadb_fail() {
  echo "mariadb: $*" >&2
  return 1
}

_mariadb_note() { echo "mariadb: note: $*" >&2; }

# One spelling for each DIR, without following DIR itself.
_mariadb_absolute() {
  echo "$(realpath -m -- "$(dirname -- "$1")")/$(basename -- "$1")"
}

# Whether the folder $2, to which the link $1 points, is another's: a state folder that was copied
# brings along the link to the data of the first one, which must not be run twice, nor removed with
# the copy. One that was moved keeps its data.
_mariadb_foreign() {
  local owner
  owner=$(cat "$2/belongs-to" 2>/dev/null) || return 1
  [[ $owner != "$1" && -L $owner && $(readlink -m -- "$owner") == "$2" ]]
}

mariadb_folder() {
  local dir home
  dir=$(_mariadb_absolute "$1")
  if [[ -L $dir ]]; then
    home=$(readlink -m -- "$dir")
    if ! _mariadb_foreign "$dir" "$home"; then dir=$home; fi
  fi
  echo "$dir"
}

# The server's operating-system user: mysql when we are root, which mariadbd refuses to be.
_mariadb_user() {
  if [[ $(id -u) == 0 ]]; then echo mysql; else id -un; fi
}

mariadb_socket() {
  local dir base
  dir=$(mariadb_folder "$1")
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

# Makes the folder for the temporary files of the server in $1, whose user is $2.
_mariadb_temporary_folder() {
  if [[ $1 == *:* ]]; then
    _mariadb_fail "$1 has a colon, at which the server would cut the path of its temporary files;" \
      "choose another folder"
    return 1
  fi
  mkdir -p "$1/tmp" || return 1
  if [[ $(id -u) == 0 ]]; then chown -h "$2" "$1/tmp"; fi
  chmod 0700 "$1/tmp"
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

# Prints the first folder above $1 that the server may not enter, or nothing.
_mariadb_barrier() {
  local folder='' part
  [[ $(id -u) == 0 ]] || return 0
  local -a parts
  IFS=/ read -ra parts <<<"$(dirname "$1")"
  for part in "${parts[@]:1}"; do
    folder+=/$part
    if [[ -d $folder ]] &&
      ! setpriv --reuid=mysql --regid=mysql --clear-groups test -x "$folder"; then
      echo "$folder"
      return 0
    fi
  done
}

_mariadb_check_reach() {
  local barrier
  barrier=$(_mariadb_barrier "$1")
  [[ -z $barrier ]] || _mariadb_fail "the user mysql may not enter $barrier; choose another" \
    "folder than $1, or: chmod o+x $barrier"
}

# Prints the folders that were made for the server of $1 and to which $1 no longer points: somebody
# removed the state folder by hand.
_mariadb_orphans() {
  local note
  for note in "$MARIADB_OUTSIDE"/redress-*/belongs-to; do
    if [[ -f $note && $(cat "$note") == "$1" &&
      $(readlink -m -- "$1") != "$(dirname "$note")" ]]; then
      dirname "$note"
    fi
  done
}

mariadb_place() {
  local dir home barrier
  local -a orphans
  dir=$(_mariadb_absolute "$1")
  _mariadb_require || return 1
  if [[ -L $dir ]]; then
    home=$(readlink -m -- "$dir")
    if [[ ! -d $home ]]; then
      _mariadb_fail "$dir is a link to $home, which is not there; bring it back, or to begin" \
        "with an empty database: rm $dir"
    elif _mariadb_foreign "$dir" "$home"; then
      _mariadb_fail "$home belongs to $(cat "$home/belongs-to"), of which $dir is a copy; for an" \
        "empty database of its own: rm $dir"
    elif [[ -e $home/belongs-to ]]; then
      echo "$dir" >"$home/belongs-to"
    fi
    return
  fi
  if [[ -d $dir/data ]]; then return 0; fi
  mkdir -p "$(dirname "$dir")" || return 1
  barrier=$(_mariadb_barrier "$dir")
  if [[ -z $barrier ]]; then
    mkdir -p "$dir"
    return
  fi
  mapfile -t orphans < <(_mariadb_orphans "$dir")
  for home in ${orphans[@]+"${orphans[@]}"}; do
    mariadb_stop "$home" || return 1
    _mariadb_note "$home holds the database of an earlier $dir; to give it up: rm -rf $home"
  done
  # What an attempt that came to nothing may have left.
  rm -rf "$dir/data.new" "$dir/init.log"
  if [[ -d $dir ]] && ! rmdir "$dir"; then
    _mariadb_fail "$dir is in the way and not empty; remove it, or choose another folder"
    return 1
  fi
  mkdir -p "$MARIADB_OUTSIDE" || return 1
  _mariadb_check_reach "$MARIADB_OUTSIDE/any" || return 1
  home=$(mktemp -d "$MARIADB_OUTSIDE/redress-XXXXXXXX") || return 1
  echo "$dir" >"$home/belongs-to"
  ln -s "$home" "$dir" || return 1
  _mariadb_note "the database lies in $home, since the user mysql may not enter $barrier"
}

# The pid of the running server, or nothing. A pid file may be stale: after a crash its number can
# belong to another program, so what the process is is looked at too.
_mariadb_pid() {
  local dir=$1 pid
  pid=$(cat "$dir/mysqld.pid" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  [[ $(cat "/proc/$pid/comm" 2>/dev/null) == mariadbd* ]] || return 1
  tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "--datadir=$dir/data" || return 1
  echo "$pid"
}

# Ends a server whose data were removed while it ran: it can neither work nor stop cleanly. The same path is another folder in
# another container, and a server that still has its data is nobody's ghost: its folder, where it stands, is looked at.
_mariadb_end_ghosts() {
  local process pid
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    if [[ $(cat "$process/comm" 2>/dev/null) == mariadbd* ]] &&
      tr '\0' '\n' 2>/dev/null <"$process/cmdline" | grep -qxF -- "--datadir=$1/data" &&
      [[ $(readlink "$process/ns/mnt") == "$(readlink /proc/self/ns/mnt)" ]] &&
      [[ $(readlink "$process/cwd") == *' (deleted)' ]]; then
      _mariadb_note "the server with pid $pid is ended: its data in $1/data were removed while it ran"
      kill -KILL "$pid" 2>/dev/null
    fi
  done
}

mariadb_running() {
  _mariadb_pid "$(mariadb_folder "$1")" >/dev/null
}

mariadb_client() {
  local dir=$1
  shift
  # A frozen server still takes connections and never greets: without a timeout the client waits for ever.
  mariadb --no-defaults --user="$(id -un)" --socket="$(mariadb_socket "$dir")" --connect-timeout=10 "$@"
}

mariadb_init() {
  local dir user
  mariadb_place "$1" || return 1
  dir=$(mariadb_folder "$1")
  user=$(_mariadb_user)
  if [[ -d $dir/data ]]; then return 0; fi
  _mariadb_check_reach "$dir" || return 1
  _mariadb_end_ghosts "$dir"
  # The data folder gets its name when it is complete: an interrupted attempt leaves only data.new.
  rm -rf "$dir/data.new"
  mkdir "$dir/data.new" || return 1
  if [[ $(id -u) == 0 ]]; then chown "$user" "$dir" "$dir/data.new"; fi
  chmod 0755 "$dir"
  chmod 0700 "$dir/data.new"
  _mariadb_temporary_folder "$dir" "$user" || return 1
  # As the server's user from the start: the installer's own chown breaks on blanks in the path. So
  # does its handing on of --tmpdir, for which the environment stands in.
  local -a as_user=(env TMPDIR="$dir/tmp")
  if [[ $(id -u) == 0 ]]; then
    as_user+=(setpriv --reuid="$user" --regid="$user" --clear-groups)
  fi
  if ! "${as_user[@]}" mariadb-install-db --no-defaults --datadir="$dir/data.new" \
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
  dir=$(mariadb_folder "$1")
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
  dir=$(mariadb_folder "$1")
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
  _mariadb_temporary_folder "$dir" "$user" || return 1
  # setsid: an interrupt at the terminal must not reach the server before its clients are gone.
  setsid "$(PATH="$PATH:/usr/sbin" command -v mariadbd)" \
    --no-defaults --user="$user" \
    --datadir="$dir/data" --tmpdir="$dir/tmp" --socket="$socket" --pid-file="$dir/mysqld.pid" \
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
  dir=$(mariadb_folder "$1")
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

mariadb_remove() {
  local dir home socket
  local -a orphans
  dir=$(_mariadb_absolute "$1")
  mariadb_stop "$dir" || return 1
  socket=$(mariadb_socket "$dir")
  home=$(mariadb_folder "$dir")
  # A socket folder left over from a crash.
  if [[ $(dirname "$socket") == */redress-db-* ]]; then rm -rf "$(dirname "$socket")"; fi
  if [[ $home != "$dir" && -e $home/belongs-to ]]; then rm -rf "$home"; fi
  rm -rf "$dir"
  mapfile -t orphans < <(_mariadb_orphans "$dir")
  for home in ${orphans[@]+"${orphans[@]}"}; do
    mariadb_stop "$home" || return 1
    rm -rf "$home"
  done
}

# shellcheck shell=bash
# Processes of one installation: the lock that keeps two runs apart, pid files that survive a reused pid, starting detached,
# stopping gently, and who holds a port. Sourced after common.sh and state_paths.

# A pid file holds "pid starttime fingerprint": the start time (field 22 of /proc/<pid>/stat) tells our process from a
# later one that got the same pid; the fingerprint tells whether binary, flags or keys changed since.
_start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name in parentheses may hold spaces: count the fields behind it.
  stat=${stat##*) }
  awk '{print $20}' <<<"$stat"
}

# process_pid NAME prints the pid of the running process, or returns 1 (never started, ended, or the pid is someone else's).
process_pid() {
  local pid started _
  [[ -f $RUN/$1.pid ]] || return 1
  read -r pid started _ <"$RUN/$1.pid" || return 1
  [[ $pid =~ ^[0-9]+$ && $(_start_time "$pid") == "$started" ]] || return 1
  [[ $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null) != Z ]] || return 1
  printf '%s\n' "$pid"
}

process_fingerprint() {
  local _p _s fingerprint=''
  [[ -f $RUN/$1.pid ]] && read -r _p _s fingerprint <"$RUN/$1.pid"
  printf '%s\n' "$fingerprint"
}

# start_process NAME FINGERPRINT CMD…: detached from this terminal, output appended to log/NAME.log.
start_process() {
  local name=$1 fingerprint=$2 pid started
  shift 2
  mkdir -p -- "$RUN" "$LOGS"
  # One older log is kept, so that logs never fill the disk across restarts.
  if [[ -f $LOGS/$name.log && $(stat -c %s -- "$LOGS/$name.log") -gt 50000000 ]]; then mv -f -- "$LOGS/$name.log" "$LOGS/$name.log.1"; fi
  printf '%s deploy/up starts %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$name" >>"$LOGS/$name.log"
  # setsid: Ctrl-C of this terminal does not reach it. The lock's descriptor is closed, or the child would hold the lock.
  setsid -- "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
  pid=$!
  disown "$pid" 2>/dev/null || true
  started=$(_start_time "$pid") || started=gone
  printf '%s %s %s\n' "$pid" "$started" "$fingerprint" | write_file "$RUN/$name.pid" 0644
}

# tail_last_start NAME shows the end of the log since the latest start only.
tail_last_start() {
  local log=$LOGS/$1.log recent=$RUN/$1.tail
  awk '/ deploy\/up starts / {n = 0} {line[n++] = $0} END {for (i = 0; i < n; i++) print line[i]}' "$log" >"$recent" 2>/dev/null || true
  printf '  --- the end of %s ---\n' "$log" >&2
  tail -n 25 -- "$recent" | cut -c 1-400 | sed 's/^/  | /' >&2
  rm -f -- "$recent"
}

# stop_process NAME SECONDS: SIGTERM, wait for the drain, SIGKILL when it takes too long. Returns 1 if it had to be killed.
stop_process() {
  local pid deadline=$((SECONDS + $2))
  if pid=$(process_pid "$1"); then
    kill -TERM "$pid" 2>/dev/null || true
    while process_pid "$1" >/dev/null; do
      if ((SECONDS >= deadline)); then
        kill -KILL "$pid" 2>/dev/null || true
        sleep 0.2
        rm -f -- "$RUN/$1.pid"
        return 1
      fi
      sleep 0.1
    done
  fi
  rm -f -- "$RUN/$1.pid"
}

# process_memory PID prints the resident memory in MB.
process_memory() { awk '/^VmRSS:/ {printf "%.0f MB\n", $2 / 1024}' "/proc/$1/status" 2>/dev/null; }

# port_holder PORT: if something listens on PORT prints "pid name" (or "? …" where /proc does not tell) and returns 0.
port_holder() {
  local hex inode fd pid
  hex=$(printf '%04X' "$1")
  inode=$(awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port {print $10; exit}' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  [[ -n $inode ]] || return 1
  fd=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null) || true
  if [[ $fd =~ ^/proc/([0-9]+)/ ]]; then
    pid=${BASH_REMATCH[1]}
    printf '%s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c 1-80)"
  else
    printf '? a process of another user\n'
  fi
}

# require_free_port PORT NAME: dies unless PORT is free or held by our own process NAME.
require_free_port() {
  local holder ours
  holder=$(port_holder "$1") || return 0
  if ours=$(process_pid "$2") && [[ ${holder%% *} == "$ours" ]]; then return 0; fi
  die -c "$EXIT_NEEDS_YOU" "port $1, which $2 needs, is in use by process ${holder%% *} (${holder#* })." \
    "End that process, or choose other ports:  deploy/up --port-base $((PORT_BASE + 1000))"
}

# take_lock COMMAND: one up or down at a time per state folder. The kernel drops the lock with its holder, so it is never
# stale, whatever happened to the process; the file only names the holder for the message.
take_lock() {
  local holder=''
  mkdir -p -- "$STATE" 2>/dev/null || die "$STATE cannot be made." "Choose another place with --state DIR." "$(disk_hint "$STATE")"
  # A database server that runs as its own user must be able to pass through, whatever our umask is.
  [[ $EUID != 0 ]] || chmod o+x -- "$STATE"
  [[ -w $STATE ]] || die -c "$EXIT_NEEDS_YOU" "$STATE is not writable for $(id -un)." \
    "Run as the user who owns it ($(stat -c %U -- "$STATE")), or choose another place with --state DIR."
  # Descriptor 9 for the whole run; whatever is to outlive it is started with 9>&-.
  exec 9<>"$STATE/.lock"
  if ! flock -n 9; then
    read -r holder <"$STATE/.lock" || true
    die -c "$EXIT_NEEDS_YOU" "another run works on $STATE: ${holder:-unknown}." \
      "Wait for it, or end it:  kill ${holder%% *}"
  fi
  printf '%s deploy/%s since %s\n' "$$" "$1" "$(date '+%F %T')" >"$STATE/.lock"
}

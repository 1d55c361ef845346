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

# is_alive PID: exists, and is no zombie that nobody has reaped.
is_alive() { grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/${1:-none}/status" 2>/dev/null; }

# process_pid NAME prints the pid of the running process, or returns 1 (never started, ended, or the pid is someone else's).
process_pid() {
  local pid started _
  [[ -f $RUN/$1.pid ]] || return 1
  read -r pid started _ <"$RUN/$1.pid" || return 1
  [[ $pid =~ ^[0-9]+$ && $(_start_time "$pid") == "$started" ]] || return 1
  is_alive "$pid" || return 1
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
  chmod 0750 -- "$LOGS"
  # One older log is kept, so that logs never fill the disk across restarts.
  if [[ -f $LOGS/$name.log && $(stat -c %s -- "$LOGS/$name.log") -gt 50000000 ]]; then mv -f -- "$LOGS/$name.log" "$LOGS/$name.log.1"; fi
  printf '%s deploy/up starts %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$name" >>"$LOGS/$name.log"
  # Nobody else reads what a service writes.
  chmod 0640 -- "$LOGS/$name.log"
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
    printf '%s %s\n' "$pid" "$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | sed 's/ *$//' | cut -c 1-80)"
  else
    printf '? a process of another user\n'
  fi
}

# require_free_ports PORT NAME…: dies unless each PORT is free or held by our own process NAME. Names all that are in the way.
require_free_ports() {
  local holder ours pid base
  local -a taken=() pids=()
  while (($# > 0)); do
    if holder=$(port_holder "$1"); then
      pid=${holder%% *}
      if ! ours=$(process_pid "$2") || [[ $pid != "$ours" ]]; then
        taken+=("port $1, which $2 needs, is in use by process $pid (${holder#* })")
        [[ $pid == '?' || " ${pids[*]} " == *" $pid "* ]] || pids+=("$pid")
      fi
    fi
    shift 2
  done
  ((${#taken[@]} > 0)) || return 0
  base=$((PORT_BASE + 1000 <= 65400 ? PORT_BASE + 1000 : 7400))
  die -c "$EXIT_NEEDS_YOU" "${taken[@]}" \
    "${pids[*]:+End what is in the way:  kill ${pids[*]}}" "Choose other ports:      deploy/up$STATE_FLAG --port-base $base"
}

# lock_holders prints the pids that have the lock file open. Our own descriptor must be closed, or our children are among them.
lock_holders() { find /proc/[0-9]*/fd -lname "$STATE/.lock" 2>/dev/null | cut -d / -f 3 | sort -un | paste -sd ' '; }

# take_lock COMMAND: one up or down at a time per state folder. The kernel drops the lock with its last holder, so it is never
# stale, whatever happened to the process; the file only names the holder for the message. A compiler or replay that outlives
# a killed run keeps the lock until its end.
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
    exec 9>&-
    read -r holder <"$STATE/.lock" || true
    is_alive "${holder%% *}" ||
      die -c "$EXIT_NEEDS_YOU" "an earlier run on $STATE was killed, and what it began has not ended yet." \
        "Wait for that, or end it:  kill $(lock_holders)"
    die -c "$EXIT_NEEDS_YOU" "another run works on $STATE: ${holder:-unknown}." \
      "Wait for it, or end it:  kill ${holder%% *}"
  fi
  printf '%s deploy/%s since %s\n' "$$" "$1" "$(date '+%F %T')" >"$STATE/.lock"
}

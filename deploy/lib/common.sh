# shellcheck shell=bash
# What every script of deploy/ shares: messages, steps with elapsed time, the paths of the state folder, small file helpers.
# Sourced, never run. Expects bash 5 and `set -euo pipefail` of the caller.

REDRESS_ROOT=${REDRESS_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
readonly REDRESS_ROOT

# The five services in the order in which they start: who is asked before who asks.
readonly -a REDRESS_SERVICES=(registry assignment visits assistance supervision)

# Exit codes: 1 something failed, 2 something must be done first by a person (and the message says what).
readonly EXIT_FAILED=1 EXIT_NEEDS_YOU=2

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  C_BOLD=$'\e[1m' C_DIM=$'\e[2m' C_RED=$'\e[31m' C_GREEN=$'\e[32m' C_OFF=$'\e[0m'
else
  C_BOLD='' C_DIM='' C_RED='' C_GREEN='' C_OFF=''
fi
readonly C_BOLD C_DIM C_RED C_GREEN C_OFF

info() { printf '  %s\n' "$*"; }
warn() { printf '  %snote:%s %s\n' "$C_BOLD" "$C_OFF" "$*" >&2; }

# die [-c CODE] MESSAGE [REMEDY…]: what went wrong on the first line, then the way out, one per line.
die() {
  local code=$EXIT_FAILED
  if [[ $1 == -c ]]; then
    code=$2
    shift 2
  fi
  printf '%serror:%s %s\n' "$C_RED" "$C_OFF" "$1" >&2
  shift
  local line
  for line in "$@"; do [[ -z $line ]] || printf '       %s\n' "$line" >&2; done
  exit "$code"
}

# script_help FILE prints the comment at the head of a script, which is its help.
script_help() { awk 'NR > 1 && /^#/ {sub(/^# ?/, ""); print; next} NR > 1 {exit}' "$1"; }

elapsed_since() {
  local s=$((SECONDS - $1))
  if ((s < 60)); then printf '%ds' "$s"; else printf '%dm%02ds' $((s / 60)) $((s % 60)); fi
}

# step TITLE announces the next step; step_done [NOTE] closes it with the time it took. STEP_TOTAL is set by the caller.
STEP_NUMBER=0 STEP_STARTED=0 STEP_TITLE=''
step() {
  STEP_NUMBER=$((STEP_NUMBER + 1))
  STEP_STARTED=$SECONDS
  STEP_TITLE=$1
  printf '%s[%d/%d] %s%s\n' "$C_BOLD" "$STEP_NUMBER" "${STEP_TOTAL:-$STEP_NUMBER}" "$1" "$C_OFF"
}
step_done() { printf '  %sdone%s%s %s(%s)%s\n' "$C_GREEN" "$C_OFF" "${1:+: $1}" "$C_DIM" "$(elapsed_since "$STEP_STARTED")" "$C_OFF"; }

# free_megabytes DIR prints the free space of DIR's file system (of the nearest parent that exists).
free_megabytes() {
  local dir=$1
  while [[ ! -e $dir ]]; do dir=$(dirname "$dir"); done
  df -Pm -- "$dir" | awk 'NR == 2 {print $4}'
}

# disk_hint DIR prints a remedy when the disk is what is most likely wrong, and nothing otherwise.
disk_hint() {
  local free
  free=$(free_megabytes "$1")
  if ((free < 100)); then
    printf 'The disk that holds %s has only %s MB left: free some space and run this again.\n' "$1" "$free"
  fi
}

# need_space DIR MB WHAT
need_space() {
  local free
  free=$(free_megabytes "$1")
  if ((free < $2)); then
    die -c "$EXIT_NEEDS_YOU" "$3 needs about $2 MB; the disk that holds $1 has $free MB free." \
      "Free some space, or choose another disk with --state DIR."
  fi
}

# tail_log FILE [LINES] shows the end of a log, indented, on stderr.
tail_log() {
  if [[ -s $1 ]]; then
    printf '  --- the end of %s ---\n' "$1" >&2
    tail -n "${2:-25}" -- "$1" | cut -c 1-400 | sed 's/^/  | /' >&2
  else
    printf '  (%s is empty)\n' "$1" >&2
  fi
}

# The process that run_logged waits for; who is interrupted ends it too.
RUNNING_CHILD=''

# run_logged LOG LABEL CMD…: runs CMD with its output in LOG, showing the latest progress ([n/m] of ninja, or the last line):
# in place on a terminal, every 20 seconds elsewhere. Returns CMD's status.
run_logged() {
  local log=$1 label=$2
  shift 2
  : >"$log"
  "$@" >"$log" 2>&1 </dev/null &
  RUNNING_CHILD=$!
  local pid=$RUNNING_CHILD shown='' now interval=20 last=$SECONDS status=0
  [[ -t 1 ]] && interval=1
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - last >= interval)); then
      last=$SECONDS
      now=$(tail -c 400 -- "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 | cut -c 1-100) || true
      if [[ -t 1 ]]; then
        printf '\r\e[K  %s %s: %s' "$label" "$(elapsed_since "$STEP_STARTED")" "$now"
      elif [[ $now != "$shown" ]]; then
        printf '  %s %s: %s\n' "$label" "$(elapsed_since "$STEP_STARTED")" "$now"
      fi
      shown=$now
    fi
  done
  [[ -t 1 ]] && printf '\r\e[K'
  wait "$pid" || status=$?
  RUNNING_CHILD=''
  return "$status"
}

# write_file FILE MODE: standard input becomes FILE in one step, so that nobody ever reads half of it.
write_file() {
  local tmp
  tmp=$(mktemp -- "$1.XXXXXX")
  cat >"$tmp"
  chmod "$2" -- "$tmp"
  mv -f -- "$tmp" "$1"
}

# file_identity FILE… prints what changes when a file is replaced or edited.
file_identity() {
  local f
  for f in "$@"; do
    if [[ -e $f ]]; then stat -L -c '%n %i %s %Y' -- "$f"; else printf '%s absent\n' "$f"; fi
  done
}

# confirm QUESTION: yes on a terminal only by typing it; without a terminal the answer is no.
confirm() {
  local answer=''
  [[ -t 0 ]] || return 1
  read -r -p "  $1 Type yes to go on: " answer
  [[ $answer == yes ]]
}

# state_paths DIR sets the names of everything that lives in the state folder. DIR becomes absolute and is not created.
state_paths() {
  [[ -n $1 ]] || die -c "$EXIT_NEEDS_YOU" "--state needs a value."
  STATE=$(realpath -m -- "$1")
  [[ $STATE != / && $STATE != "$REDRESS_ROOT" ]] ||
    die "the state folder cannot be $STATE: it is emptied by --fresh and --purge." "Name a folder of its own with --state DIR."
  RUN=$STATE/run LOGS=$STATE/log KEYS=$STATE/keys PKI=$STATE/pki
  DB=$STATE/mariadb PROM=$STATE/prometheus PROFILES=$STATE/profiles
  SETTINGS=$STATE/settings
  BIN=${REDRESS_BIN_DIR:-$REDRESS_ROOT/build/release/bin}
  # What a command in a message needs, so that it means this installation and not the one in var/.
  STATE_FLAG=''
  [[ $STATE == "$REDRESS_ROOT/var" ]] || printf -v STATE_FLAG ' --state %q' "$STATE"
}

# Everything in the state folder that deploy/up makes. Nothing else in it is ever removed.
readonly -a STATE_ENTRIES=(run log keys pki prometheus profiles settings sample-loaded)
remove_state_entries() {
  mariadb_remove "$DB" || return 1
  local entry
  for entry in "${STATE_ENTRIES[@]}"; do rm -rf -- "${STATE:?}/$entry"; done
}

# What the last `up` chose, so that `status`, `down` and the next `up` need no flags: one key=value a line.
setting() {
  [[ -f $SETTINGS ]] || return 0
  sed -n "s/^$1=//p" -- "$SETTINGS"
}
save_settings() { printf '%s\n' "$@" | write_file "$SETTINGS" 0644; }

# set_ports BASE
set_ports() {
  PORT_BASE=$1
  declare -gA PORT METRICS_PORT
  local i=1 svc
  for svc in "${REDRESS_SERVICES[@]}"; do
    PORT[$svc]=$((PORT_BASE + i))
    METRICS_PORT[$svc]=$((PORT_BASE + 10 + i))
    i=$((i + 1))
  done
  PROM_PORT=$((PORT_BASE + 90))
}

valid_port_base() { [[ $1 =~ ^[0-9]{4,5}$ ]] && ((10#$1 >= 1024 && 10#$1 <= 65400)); }

# ccache may cache files that use the precompiled header only if it is told so.
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

# A C++ file with gRPC takes about 700 MB to compile: more at once than fit in memory are slower, or killed.
default_jobs() {
  local cpus memory
  cpus=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1024 / 800)}' /proc/meminfo)
  ((memory >= 1)) || memory=1
  echo $((cpus < memory ? cpus : memory))
}

# calendar_missing FILE DAY: the first year that the calendar lacks within 90 days of DAY (YYYY-MM-DD); nothing where it has all.
calendar_missing() {
  local last wanted
  last=$(sed -n 's/^year \([0-9]\{4\}\).*/\1/p' "$1" | tail -n 1)
  wanted=$(date -d "$2 +90 days" +%Y)
  if ((${last:-0} < wanted)); then printf '%s\n' "$((${last:-$((wanted - 1))} + 1))"; fi
}

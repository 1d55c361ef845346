# shellcheck shell=bash
# The few words that the tests of shell scripts share. Sourced; sets SCRATCH, a fresh folder with a blank in its path, and DEPLOY.
set -uo pipefail
DEPLOY=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy" && pwd -P)
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/redress test.XXXXXX")
chmod 755 "$SCRATCH"
FAILURES=0 CHECKS=0

# check TITLE CMD…: CMD must succeed.
check() {
  local title=$1
  shift
  CHECKS=$((CHECKS + 1))
  if ! "$@" >"$SCRATCH/check.out" 2>&1; then
    printf 'FAILED: %s\n  %s\n' "$title" "$*" >&2
    sed 's/^/  | /' "$SCRATCH/check.out" >&2
    FAILURES=$((FAILURES + 1))
  fi
}

refuses() { ! "$@"; }
equal() { [[ $1 == "$2" ]] || { printf 'got:      %s\nexpected: %s\n' "$1" "$2"; return 1; }; }

# exits CODE TEXT CMD…: CMD exits with CODE and says TEXT (a regular expression). Runs in a subshell, so CMD may call exit.
exits() {
  local code=$1 text=$2 out status=0
  shift 2
  out=$("$@" 2>&1) || status=$?
  [[ $status == "$code" && $out =~ $text ]] || { printf 'exit code %s, output:\n%s\n' "$status" "$out"; return 1; }
}

conclude() {
  if ((FAILURES > 0)); then
    printf '%d of %d checks failed\n' "$FAILURES" "$CHECKS" >&2
    exit 1
  fi
  printf '%d checks passed\n' "$CHECKS"
}

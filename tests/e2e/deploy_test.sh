#!/usr/bin/env bash
# deploy/up, status and down as a whole, with the real binaries, in a state folder and on ports of their own. The state folder
# lies where only its owner may enter, like a clone in /root, so that root's database has to live elsewhere.
# Usage: deploy_test.sh BIN-DIR
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../unit/deploy_check.sh"
export REDRESS_BIN_DIR=${1:?usage: deploy_test.sh BIN-DIR}
mkdir -m 700 "$SCRATCH/private"
STATE=$SCRATCH/private/state
BASE=$((20000 + RANDOM % 100 * 100))
trap '"$DEPLOY/down" --state "$STATE" --purge --yes >/dev/null 2>&1; rm -rf "$SCRATCH"' EXIT

up() { "$DEPLOY/up" --state "$STATE" "$@"; }
status() { "$DEPLOY/status" --state "$STATE"; }
pids() { status | awk '$2 == "serving" {print $1, $3}'; }

check "the first up" up --no-sample --port-base "$BASE"
check "everything serves" status
FIRST=$(pids)
check "seven parts" equal "$(wc -l <<<"$FIRST")" 7
PLACE=$(readlink -m "$STATE/mariadb")
check "the database belongs to the server's user" equal "$(stat -c %U "$PLACE/data")" "$( ((EUID == 0)) && echo mysql || id -un)"
check "nothing was opened to others" equal "$(stat -c %a "$SCRATCH/private")" 700
if ((EUID == 0)); then
  for svc in registry assignment visits assistance supervision; do
    read -r pid _ <"$STATE/run/$svc.pid"
    check "$svc does not run as root" equal "$(stat -c %U "/proc/$pid")" redress
  done
fi
check "logs are for their owner and group" equal "$(stat -c %a "$STATE/log/registry.log")" 640
check "the operator's profile holds no key that signs tokens" refuses grep -q issuer_key "$STATE/profiles/operator.toml"
check "a second up" up --no-sample
check "leaves everything running as it was" equal "$(pids)" "$FIRST"
check "a plain up keeps a production installation" exits 0 "stays a production installation" up
check "--fresh asks before it removes a production database" exits 2 "nothing was changed" up --fresh
check "which left all alone" equal "$(pids)" "$FIRST"

for i in 1 2 3 4 5; do
  check "metrics of service $i" grep -q '^# TYPE ' <(curl -s --noproxy '*' "http://127.0.0.1:$((BASE + 10 + i))/metrics")
done
targets_up() {
  local _
  for _ in $(seq 30); do
    [[ $(curl -s --noproxy '*' "http://127.0.0.1:$((BASE + 90))/api/v1/targets" | grep -o '"health":"up"' | wc -l) == 6 ]] && return 0
    sleep 1
  done
  return 1
}
check "Prometheus shows its alerts where up says" curl -sf --noproxy '*' -o /dev/null "http://127.0.0.1:$((BASE + 90))/classic/alerts"
check "Prometheus scrapes five services and itself" targets_up

read -r pid _ <"$STATE/run/visits.pid"
stop_db() { kill -STOP "$(cat "$STATE/mariadb/mysqld.pid")"; }
check "the database freezes" stop_db
not_serving() {
  local _
  for _ in $(seq 60); do
    # Whole, not through a pipe: a reader that has seen enough would end `status` by a signal, which counts as a failure.
    [[ $(status) =~ registry\ +not-serving ]] && return 0
    sleep 0.5
  done
  return 1
}
check "a service without its database says that it does not serve" not_serving
kill -CONT "$(cat "$STATE/mariadb/mysqld.pid")"
kill -KILL "$pid"
kill -KILL "$(cat "$STATE/mariadb/mysqld.pid")"
sleep 0.5
check "a crash is seen" exits 1 "visits +crashed" status
check "up after a crash" up --no-sample
check "everything serves again" status
check "others were not restarted" equal "$(pids | grep -c -F -f <(grep -v -e visits -e database <<<"$FIRST"))" 5

check "down" "$DEPLOY/down" --state "$STATE"
check "everything is stopped" exits 1 "registry +stopped" status
check "nothing listens any more" equal "$(pids)" ""
check "up after down, from nothing" up --no-sample --fresh --yes
check "keeps the ports" equal "$(status | awk '$1 == "registry" {print $2, $NF}')" "serving 127.0.0.1:$((BASE + 1))"
check "and no database that lay elsewhere" refuses test -L "$STATE/mariadb" -a -e "$PLACE"
PLACE=$(readlink -m "$STATE/mariadb")
check "down --purge asks" exits 2 "nothing was stopped" "$DEPLOY/down" --state "$STATE" --purge
check "down --purge --yes" "$DEPLOY/down" --state "$STATE" --purge --yes
check "leaves nothing" refuses test -e "$STATE" -o -e "$PLACE"
conclude

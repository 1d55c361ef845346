#!/usr/bin/env bash
# Two servers on one machine: one answers queries that need temporary tables while another starts again and again.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../unit/deploy_check.sh"
# shellcheck disable=SC1091
source "$DEPLOY/lib/mariadb.sh"
QUERIES=()
cleanup() {
  ((${#QUERIES[@]} == 0)) || kill "${QUERIES[@]}" 2>/dev/null
  mariadb_remove "$SCRATCH/first"
  mariadb_remove "$SCRATCH/second"
  rm -rf "$SCRATCH"
}
trap cleanup EXIT

value() { mariadb_client "$1" --batch --skip-column-names -e "$2"; }
owner() { ((EUID == 0)) && echo mysql || id -un; }

for server in first second; do
  check "the $server server is made" mariadb_init "$SCRATCH/$server"
  check "and starts" mariadb_start "$SCRATCH/$server"
  check "its temporary files lie in a folder of its own" equal "$(value "$SCRATCH/$server" 'SELECT @@tmpdir')" "$SCRATCH/$server/tmp"
  check "which is nobody else's" equal "$(stat -c '%U %a' "$SCRATCH/$server/tmp")" "$(owner) 700"
done

check "a path that the server would cut is refused" exits 1 "has a colon" mariadb_init "$SCRATCH/a:b"

# A process that looks like the server of a folder, standing in another one.
cp "$(command -v bash)" "$SCRATCH/mariadbd"
mkfifo "$SCRATCH/never"
server_of() {
  (cd "$2" && exec "${@:3}" "$SCRATCH/mariadbd" -c 'read -rt 300 <>"$1"' server "$SCRATCH/never" "--datadir=$1/data") &
  QUERIES_ALIKE+=("$!")
}
QUERIES_ALIKE=()
mkdir -p "$SCRATCH/ghost/alive" "$SCRATCH/ghost/gone"
server_of "$SCRATCH/ghost" "$SCRATCH/ghost/alive"
server_of "$SCRATCH/ghost" "$SCRATCH/ghost/gone"
((EUID != 0)) || server_of "$SCRATCH/ghost" "$SCRATCH/ghost/gone" unshare -m
sleep 1
rmdir "$SCRATCH/ghost/gone"
check "a server without its data is named" exits 0 "pid ${QUERIES_ALIKE[1]}" _mariadb_end_ghosts "$SCRATCH/ghost"
sleep 0.5
check "one that has its data goes on" kill -0 "${QUERIES_ALIKE[0]}"
check "one that has lost them is ended" exits 1 "" kill -0 "${QUERIES_ALIKE[1]}"
((EUID != 0)) || check "one of another container goes on, though its path is the same" kill -0 "${QUERIES_ALIKE[2]}"
kill "${QUERIES_ALIKE[@]}" 2>/dev/null

# Rows with blobs, ordered by a table that is joined: each query makes a temporary table on disk.
mariadb_client "$SCRATCH/first" <<'SQL'
CREATE DATABASE work;
USE work;
CREATE TABLE fact (id INT PRIMARY KEY, of_case INT, body MEDIUMBLOB, KEY (of_case));
CREATE TABLE place (fact INT PRIMARY KEY, position INT);
INSERT INTO fact SELECT seq, seq % 5, REPEAT('x', 2000) FROM seq_1_to_400;
INSERT INTO place SELECT seq, seq FROM seq_1_to_400 WHERE seq % 3 > 0;
SQL
READ="SELECT f.id, f.body FROM fact f LEFT JOIN place p ON p.fact = f.id WHERE f.of_case = 2 ORDER BY p.position IS NULL, p.position;"
on_disk() { value "$SCRATCH/first" "SHOW GLOBAL STATUS LIKE 'Created_tmp_disk_tables'" | cut -f 2; }
PID=$(cat "$SCRATCH/first/mysqld.pid")
for _ in 1 2 3; do
  (while :; do echo "$READ"; done) | mariadb_client "$SCRATCH/first" work >/dev/null 2>&1 &
  QUERIES+=("$!")
done
sleep 0.5
for start in 1 2 3; do
  check "the second server stops" mariadb_stop "$SCRATCH/second"
  check "and starts beside the working first one ($start)" mariadb_start "$SCRATCH/second"
done
check "the queries did make temporary tables on disk" test "$(on_disk)" -gt 100
for pid in "${QUERIES[@]}"; do check "no query was broken off" kill -0 "$pid"; done
check "the first server never ended" equal "$(cat "$SCRATCH/first/mysqld.pid") $(mariadb_running "$SCRATCH/first" && echo runs)" "$PID runs"
conclude

# shellcheck shell=bash
# The five services: their command lines, when they are restarted, and how one knows that they serve.
# Sourced after common.sh, process.sh, mariadb.sh, account.sh, set_ports.

# How long a service may take from its start until it serves, and from SIGTERM until it has drained.
readonly SERVICE_START_SECONDS=${REDRESS_START_SECONDS:-30} SERVICE_DRAIN_SECONDS=${REDRESS_DRAIN_SECONDS:-30}

declare -A LAUNCHED_AT=()

peers() {
  local svc list=''
  for svc in "${REDRESS_SERVICES[@]}"; do list+=",$svc=127.0.0.1:${PORT[$svc]}"; done
  printf '%s\n' "${list#,}"
}

# service_files SVC sets SERVICE_SECRETS and SERVICE_PUBLIC: the files that a service is given.
service_files() {
  SERVICE_SECRETS=("$PKI/$1/key.pem" "$KEYS/$1" "$KEYS/blind-index.key" "$KEYS/page.key")
  SERVICE_PUBLIC=("$BIN/redress-$1" "$PKI/$1/cert.pem" "$PKI/ca.pem" "$PKI/issuer/public" "$PKI/feeds"
    "$REDRESS_ROOT/seeds/calendar/holidays.txt" "$REDRESS_ROOT/seeds/rules")
}

# service_command SVC sets SERVICE_COMMAND to the command line of a service.
service_command() {
  local svc=$1 own
  own=$(service_secret "$svc" "$KEYS/$svc")
  SERVICE_COMMAND=(
    "$(service_public "$svc" "$BIN/redress-$svc")" serve
    "--listen=127.0.0.1:${PORT[$svc]}"
    "--metrics=127.0.0.1:${METRICS_PORT[$svc]}"
    "--tls-cert=$(service_public "$svc" "$PKI/$svc/cert.pem")"
    "--tls-key=$(service_secret "$svc" "$PKI/$svc/key.pem")"
    "--tls-ca=$(service_public "$svc" "$PKI/ca.pem")"
    "--token-keys=$(service_public "$svc" "$PKI/issuer/public")"
    "--master-keys=$own"
    "--blind-index-key=$(service_secret "$svc" "$KEYS/blind-index.key")"
    "--page-key=$(service_secret "$svc" "$KEYS/page.key")"
    "--feed-key=$own/feed-signing.pem"
    "--feed-public-keys=$(service_public "$svc" "$PKI/feeds")"
    "--db-socket=$(mariadb_socket "$DB")"
    "--db-user=redress_$svc"
    "--db-password-file=$own/db-password"
    "--db-name=redress_$svc"
    "--peers=$(peers)"
    "--calendar=$(service_public "$svc" "$REDRESS_ROOT/seeds/calendar/holidays.txt")"
    "--rules=$(service_public "$svc" "$REDRESS_ROOT/seeds/rules")"
    "--mode=$MODE"
    "--log-level=${REDRESS_LOG_LEVEL:-info}"
  )
}

# Changes when the service must be restarted: another binary, other flags, other keys, other rules.
service_fingerprint() {
  service_command "$1"
  {
    printf '%s\n' "${SERVICE_COMMAND[@]}"
    file_identity "$BIN/redress-$1" "$PKI/$1/cert.pem" "$PKI/ca.pem" "$KEYS/$1"/* "$KEYS"/*.key
    find "$REDRESS_ROOT/seeds/rules" -type f -printf '%p %s %T@\n' 2>/dev/null | sort
  } | sha256sum | cut -c 1-24
}

# service_serving SVC: asks the standard grpc.health.v1.Health over TLS. The request is an empty message in a gRPC frame; the
# answer of a serving server is a frame with field 1 = 1 (SERVING). curl speaks HTTP/2, so no client of ours is needed.
service_serving() {
  local answer
  answer=$(printf '\0\0\0\0\0' | curl --silent --http2 --max-time 3 --noproxy '*' --cacert "$PKI/ca.pem" \
    --cert "$PKI/$1/cert.pem" --key "$PKI/$1/key.pem" \
    -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @- \
    "https://127.0.0.1:${PORT[$1]}/grpc.health.v1.Health/Check" 2>/dev/null | od -An -v -tx1 | tr -d ' \n') || true
  [[ $answer == 00000000020801 ]]
}

# service_recovers SVC: serves, or does so within a few seconds: a service whose database was away finds it again by itself.
service_recovers() {
  local tries
  for ((tries = 0; tries < 25; ++tries)); do
    if service_serving "$1"; then return 0; fi
    process_pid "$1" >/dev/null || return 1
    sleep 0.2
  done
  return 1
}

metrics_answer() {
  curl --silent --fail --max-time 3 --noproxy '*' --output /dev/null "http://127.0.0.1:${METRICS_PORT[$1]}/metrics"
}

# launch_service SVC: nothing when it runs and nothing changed; otherwise (re)starts it. await_service then waits for it: all
# are launched first, so that they start side by side and may find each other.
launch_service() {
  local svc=$1 fingerprint pid
  fingerprint=$(service_fingerprint "$svc")
  # Before anything else: a year that was added to the calendar reaches a running service through its copy.
  service_files "$svc"
  prepare_service "$svc" "${SERVICE_SECRETS[@]}" -- "${SERVICE_PUBLIC[@]}"
  if pid=$(process_pid "$svc"); then
    if [[ $(process_fingerprint "$svc") == "$fingerprint" ]] && service_recovers "$svc"; then
      info "$(printf '%-12s already serves on 127.0.0.1:%s (pid %s)' "$svc" "${PORT[$svc]}" "$pid")"
      return 0
    fi
    info "$(printf '%-12s changed, or does not answer: restarting' "$svc")"
    stop_process "$svc" "$SERVICE_DRAIN_SECONDS" || warn "$svc did not drain within $SERVICE_DRAIN_SECONDS s and was killed."
  fi
  require_free_ports "${PORT[$svc]}" "$svc" "${METRICS_PORT[$svc]}" "$svc"
  service_command "$svc"
  LAUNCHED_AT[$svc]=$(date +%s%N)
  as_service_user
  start_process "$svc" "$fingerprint" "${AS_SERVICE_USER[@]}" "${SERVICE_COMMAND[@]}"
}

await_service() {
  local svc=$1 deadline=$((SECONDS + SERVICE_START_SECONDS))
  [[ -n ${LAUNCHED_AT[$svc]:-} ]] || return 0
  until service_serving "$svc"; do
    if ! process_pid "$svc" >/dev/null; then
      tail_last_start "$svc"
      service_command "$svc"
      die "$svc ended while starting." "$(disk_hint "$STATE")" "Its log: $LOGS/$svc.log" \
        "What was started: ${SERVICE_COMMAND[*]@Q}"
    fi
    if ((SECONDS >= deadline)); then
      tail_last_start "$svc"
      die "$svc runs but does not serve after $SERVICE_START_SECONDS s." "Its log: $LOGS/$svc.log" \
        "deploy/down$STATE_FLAG stops what was started; REDRESS_START_SECONDS=N waits longer."
    fi
    sleep 0.1
  done
  info "$(printf '%-12s serves on 127.0.0.1:%s (pid %s, within %d ms)' "$svc" "${PORT[$svc]}" "$(process_pid "$svc")" \
    $((($(date +%s%N) - LAUNCHED_AT[$svc]) / 1000000)))"
}

# stop_services: all are asked at once, then awaited together, so that a drain of one does not delay the others.
stop_services() {
  local i svc pid status=0
  local -a running=()
  for ((i = ${#REDRESS_SERVICES[@]} - 1; i >= 0; i--)); do
    svc=${REDRESS_SERVICES[i]}
    if pid=$(process_pid "$svc"); then
      running+=("$svc")
      kill -TERM "$pid" 2>/dev/null || true
    else
      rm -f -- "$RUN/$svc.pid"
    fi
  done
  for svc in "${running[@]}"; do
    if stop_process "$svc" "$SERVICE_DRAIN_SECONDS"; then
      info "$svc stopped"
    else
      warn "$svc did not drain within $SERVICE_DRAIN_SECONDS s and was killed."
      status=1
    fi
  done
  return "$status"
}

# shellcheck shell=bash
# Prometheus of one installation: its configuration, start and stop. Sourced after common.sh, process.sh, services.sh.

# A YAML string: single quotes take everything literally but themselves.
_yaml() { printf "'%s'" "${1//\'/\'\'}"; }

prometheus_config() {
  local svc
  cat <<YAML
# Written by deploy/up at every start: edit deploy/prometheus/ instead.
global:
  scrape_interval: 5s
  evaluation_interval: 5s
rule_files:
  - $(_yaml "$REDRESS_ROOT/deploy/prometheus/rules/*.yml")
scrape_configs:
  - job_name: redress
    static_configs:
YAML
  for svc in "${REDRESS_SERVICES[@]}"; do
    printf "      - targets: ['127.0.0.1:%s']\n        labels: {service: %s}\n" "${METRICS_PORT[$svc]}" "$svc"
  done
  cat <<YAML
  - job_name: prometheus
    static_configs:
      - targets: ['127.0.0.1:$PROM_PORT']
YAML
}

prometheus_ready() {
  curl --silent --fail --max-time 3 --noproxy '*' --output /dev/null "http://127.0.0.1:$PROM_PORT/-/ready"
}

start_prometheus() {
  local config=$PROM/prometheus.yml log=$LOGS/prometheus.log pid fingerprint deadline
  mkdir -p -- "$PROM/data"
  prometheus_config | write_file "$config" 0644
  if ! promtool check config "$config" >"$LOGS/promtool.log" 2>&1; then
    tail_log "$LOGS/promtool.log"
    die "the configuration of Prometheus or its rules are wrong." "Check deploy/prometheus/rules; the configuration: $config"
  fi
  local -a command=(prometheus "--config.file=$config" "--storage.tsdb.path=$PROM/data" --storage.tsdb.retention.time=90d
    "--web.listen-address=127.0.0.1:$PROM_PORT" --log.level=warn)
  if [[ -d $REDRESS_ROOT/deploy/prometheus/consoles ]]; then
    command+=("--web.console.templates=$REDRESS_ROOT/deploy/prometheus/consoles"
      "--web.console.libraries=$REDRESS_ROOT/deploy/prometheus/console_libraries")
  fi
  fingerprint=$({
    printf '%s\n' "${command[@]}"
    cat -- "$config" "$REDRESS_ROOT"/deploy/prometheus/rules/*.yml
  } | sha256sum | cut -c 1-24)
  if pid=$(process_pid prometheus); then
    if [[ $(process_fingerprint prometheus) == "$fingerprint" ]] && prometheus_ready; then
      info "already runs on http://127.0.0.1:$PROM_PORT (pid $pid)"
      return 0
    fi
    stop_process prometheus 15 || warn "prometheus had to be killed."
  fi
  require_free_ports "$PROM_PORT" prometheus
  start_process prometheus "$fingerprint" "${command[@]}"
  deadline=$((SECONDS + 30))
  until prometheus_ready; do
    if ! process_pid prometheus >/dev/null || ((SECONDS >= deadline)); then
      tail_last_start prometheus
      die "Prometheus does not answer." "$(disk_hint "$STATE")" "Its log: $log"
    fi
    sleep 0.2
  done
  info "runs on http://127.0.0.1:$PROM_PORT (pid $(process_pid prometheus))"
}

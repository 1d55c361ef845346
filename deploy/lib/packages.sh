# shellcheck shell=bash
# The Debian 12 packages that Redress needs, by what for, and their installation. Sourced after common.sh.

# To run what is built.
readonly -a PACKAGES_RUN=(mariadb-server prometheus openssl curl)
# To build everything, tests and benchmarks included.
readonly -a PACKAGES_BUILD=(
  g++ cmake ninja-build pkg-config ccache mold
  libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev protobuf-compiler libabsl-dev libmysqlcppconn-dev libssl-dev
  prometheus-cpp-dev libspdlog-dev libjwt-dev libcli11-dev libre2-dev libutf8proc-dev libgtest-dev libgmock-dev
  libbenchmark-dev
)
# For .ci/run only (npm is asked for by command, since it comes under several package names).
readonly -a PACKAGES_CI=(git clang-format clang-tidy shellcheck)
# For the fuzzers of tests/run --all.
readonly -a PACKAGES_FUZZ=(clang libclang-rt-14-dev)

# missing_packages PACKAGE… prints those that are not installed, one per line.
missing_packages() {
  local p status
  for p in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' -- "$p" 2>/dev/null) || status=absent
    # Of a package for several architectures dpkg prints the states one after the other.
    [[ $status == *installed && $status != *not-installed ]] || printf '%s\n' "$p"
  done
}

# _without_starting_services CMD…: Debian starts a server when its package is installed. Ours are private, so installation must
# start none: the policy layer says no while it runs, and what was newly enabled for the next boot is disabled again.
_without_starting_services() {
  local policy=/usr/sbin/policy-rc.d ours=0 status=0
  # One of ours may be left over from a run that was killed.
  if [[ ! -e $policy ]] || grep -q 'redress deploy/up' "$policy"; then
    printf '#!/bin/sh\n# redress deploy/up: present only while packages are being installed.\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    ours=1
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  "$@" || status=$?
  if ((ours)); then
    rm -f "$policy"
    trap - EXIT
  fi
  return "$status"
}

_apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=180 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

_apt_install() { _apt update && _apt install -y --no-install-recommends "$@"; }

# ensure_packages LOG PACKAGE…: installs what is missing as root; without root says exactly what to do and exits 2.
ensure_packages() {
  local log=$1
  shift
  command -v dpkg-query >/dev/null ||
    die -c "$EXIT_NEEDS_YOU" "this is not a Debian system (dpkg-query is absent)." "Redress is built and run on Debian 12 (bookworm)."
  local -a missing=()
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    info "all $# packages are there"
    return 0
  fi
  info "missing: ${missing[*]}"
  if ((EUID != 0)); then
    die -c "$EXIT_NEEDS_YOU" "packages are missing, which only root can install." \
      "As root (or with sudo) run:" \
      "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" \
      "then run this again."
  fi
  need_space /var/cache/apt 1500 "installing ${#missing[@]} packages"
  # In a subshell, so that its traps cannot replace the caller's. An interrupted installation leaves packages half configured
  # and lets servers start behind our back, so Ctrl-C waits for its end.
  (
    trap 'printf "\n  stopping after the installation of packages\n"' INT
    _without_starting_services run_logged "$log" installing _apt_install "${missing[@]}"
  ) || {
    tail_log "$log"
    die "the packages could not be installed." "$(disk_hint /var)" "The whole log: $log"
  }
  if command -v systemctl >/dev/null; then
    local p
    for p in "${missing[@]}"; do
      case $p in
        mariadb-server) systemctl disable --quiet mariadb.service 2>/dev/null || true ;;
        prometheus) systemctl disable --quiet prometheus.service 2>/dev/null || true ;;
      esac
    done
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || die "still missing after the installation: ${missing[*]}" "The whole log: $log"
}

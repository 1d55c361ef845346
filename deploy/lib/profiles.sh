# shellcheck shell=bash
# Profiles: small "key = value" files from which redress-ctl and redress-replay learn where the services are and who calls.
# Sourced after common.sh, set_ports.

# Who can be called as right after `up`: profile name, subject, official, unit, region, roles (comma-separated).
readonly -a PROFILE_TABLE=(
  'operator|operator|officials/operator|units/petition-office|430626|ROLE_OPERATOR'
  'clerk|clerk|officials/petition-office-clerk|units/petition-office|430626|ROLE_OFFICE_CLERK'
  'inspector|inspector|officials/leading-group-inspector|units/leading-group|430626|ROLE_INSPECTOR'
  'auditor|auditor|officials/auditor|units/county-audit|430626|ROLE_AUDITOR'
)

_quoted() {
  local v=${1//\\/\\\\}
  printf '"%s"' "${v//\"/\\\"}"
}

# write_profile NAME EXTRA-LINES…: addresses and the authority, then how the caller proves who it is.
write_profile() {
  local name=$1 svc
  shift
  {
    printf '# Written by deploy/up.\n'
    for svc in "${REDRESS_SERVICES[@]}"; do printf '%s = "127.0.0.1:%s"\n' "$svc" "${PORT[$svc]}"; done
    printf 'ca = %s\n' "$(_quoted "$PKI/ca.pem")"
    printf 'public_keys = %s\n' "$(_quoted "$KEYS")"
    (($# == 0)) || printf '%s\n' "$@"
  } | write_file "$PROFILES/$name.toml" 0600
}

# issue_token SUBJECT OFFICIAL UNIT REGION ROLES prints a token that lasts a day.
issue_token() {
  "$BIN/redress-ctl" token issue --key "$PKI/issuer/private.pem" --subject "$1" --official "$2" --unit "$3" --region "$4" \
    --roles "$5" --ttl 24h
}

# write_profiles: all profiles of the table, with a fresh token where the old one has less than twelve hours left, and the
# county platform's, which needs no token.
write_profiles() {
  local row name subject official unit region roles token
  mkdir -p -- "$PROFILES"
  chmod 700 -- "$PROFILES"
  for row in "${PROFILE_TABLE[@]}"; do
    IFS='|' read -r name subject official unit region roles <<<"$row"
    token=$PROFILES/$name.token
    if [[ ! -s $token || -n $(find "$token" -mmin +720) || $PKI/issuer/private.pem -nt $token ]]; then
      if ! issue_token "$subject" "$official" "$unit" "$region" "$roles" >"$token.new" 2>"$LOGS/token.log"; then
        rm -f -- "$token.new"
        tail_log "$LOGS/token.log"
        die "redress-ctl could not issue a token for $name." "The whole log: $LOGS/token.log"
      fi
      chmod 600 -- "$token.new"
      mv -f -- "$token.new" "$token"
    fi
    write_profile "$name" "token_file = $(_quoted "$token")"
  done
  write_profile county "client_cert = $(_quoted "$PKI/clients/county-430626/cert.pem")" \
    "client_key = $(_quoted "$PKI/clients/county-430626/key.pem")"
}

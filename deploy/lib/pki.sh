#!/usr/bin/env bash
# The local certificate authority, the certificates and the keys of one installation. Sourced by deploy/up, or run:
#   deploy/lib/pki.sh make DIR     makes DIR/pki and DIR/keys, only what is absent (or about to expire)
#   deploy/lib/pki.sh kid FILE     prints the key id of a token issuer's key (private or public PEM)
# Private files have mode 0600, their folders 0700. Nothing existing is ever overwritten, except a certificate within 30 days
# of its end, which is issued anew under the same authority.
#
#   pki/ca.pem                          the authority's certificate; its key is pki/ca/key.pem
#   pki/<svc>/{cert,key}.pem            server and client certificate of a service, URI:redress://service/<svc>
#   pki/clients/county-430626/…         client certificate of the county platform, URI:redress://county/430626/<unit>
#   pki/feeds/<svc>/feed-signing.pub.pem  its public half, for those who follow the feed
#   pki/issuer/private.pem              ES256 key that signs tokens; pki/issuer/public/<kid>.pem is what services trust
#   keys/<svc>/<id>.key, keys/<svc>/current    master keys of a service and the id of the one in use
#   keys/<svc>/feed-signing.pem, .pub.pem      Ed25519 key that signs the checkpoints of a service's feed
#   keys/<svc>/db-password              password of the service's database user
#   keys/blind-index.key, keys/page.key        shared by the five services
# Symmetric keys (*.key) are 32 random bytes, written as 64 hexadecimal digits.

PKI_SERVICES=(registry assignment visits assistance supervision)
PKI_COUNTY=430626
PKI_CA_DAYS=3650
PKI_LEAF_DAYS=825
PKI_RENEW_SECONDS=$((30 * 24 * 3600))

# Makes FILE by "CMD… > temporary", so that an interruption never leaves half a key behind.
_pki_once() {
  local file=$1 tmp
  shift
  [[ -s $file ]] && return 0
  tmp=$(mktemp -- "$file.XXXXXX")
  "$@" >"$tmp"
  chmod 600 -- "$tmp"
  mv -f -- "$tmp" "$file"
}

_pki_hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
_pki_random() { printf '%s\n' "$(_pki_hex 32)"; }
_pki_password() { _pki_hex 24; }
_pki_p256() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null; }
_pki_ed25519() { openssl genpkey -algorithm ED25519 2>/dev/null; }
_pki_public() { openssl pkey -in "$1" -pubout 2>/dev/null; }

# pki_kid FILE prints the key id: the first 16 hex digits of the SHA-256 of the public key (DER, SubjectPublicKeyInfo).
pki_kid() {
  local pub=()
  grep -q 'BEGIN PUBLIC KEY' -- "$1" && pub=(-pubin)
  openssl pkey "${pub[@]}" -in "$1" -pubout -outform DER 2>/dev/null | openssl dgst -sha256 -r | cut -c 1-16
}

_pki_valid() { [[ -s $1 ]] && openssl x509 -in "$1" -noout -checkend "$PKI_RENEW_SECONDS" >/dev/null 2>&1; }

_pki_ca() {
  local pki=$1
  mkdir -p -- "$pki/ca"
  _pki_once "$pki/ca/key.pem" _pki_p256
  [[ -s $pki/ca.pem ]] && return 0
  _pki_ca_certificate "$pki" >"$pki/ca/new.pem"
  chmod 644 -- "$pki/ca/new.pem"
  mv -f -- "$pki/ca/new.pem" "$pki/ca.pem"
}

_pki_ca_certificate() {
  openssl req -x509 -new -key "$1/ca/key.pem" -sha256 -days "$PKI_CA_DAYS" -subj '/O=Redress/CN=Redress local CA' \
    -config /dev/stdin -extensions ca <<'CNF'
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
CNF
}

# _pki_leaf PKI DIR COMMON-NAME SUBJECT-ALT-NAMES USAGES: DIR/key.pem and DIR/cert.pem.
_pki_leaf() {
  local pki=$1 dir=$2 cn=$3 san=$4 usage=$5
  mkdir -p -- "$dir"
  _pki_once "$dir/key.pem" _pki_p256
  if _pki_valid "$dir/cert.pem" && openssl verify -CAfile "$pki/ca.pem" "$dir/cert.pem" >/dev/null 2>&1; then return 0; fi
  local cnf="$dir/request.cnf"
  cat >"$cnf" <<CNF
[req]
distinguished_name = dn
prompt = no
[dn]
O = Redress
CN = $cn
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $usage
subjectAltName = $san
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
CNF
  openssl req -new -key "$dir/key.pem" -config "$cnf" -out "$dir/request.csr"
  openssl x509 -req -in "$dir/request.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca/key.pem" -sha256 -days "$PKI_LEAF_DAYS" \
    -set_serial "0x1$(_pki_hex 15)" \
    -extfile "$cnf" -extensions leaf -out "$dir/cert.new" 2>/dev/null
  chmod 644 -- "$dir/cert.new"
  mv -f -- "$dir/cert.new" "$dir/cert.pem"
  rm -f -- "$cnf" "$dir/request.csr"
}

# pki_make DIR: everything listed at the top. Fails with a message of openssl and a non-zero status.
pki_make() (
  set -euo pipefail
  local pki=$1/pki keys=$1/keys svc kid
  mkdir -p -- "$1"
  umask 077
  mkdir -p -- "$pki" "$keys"
  _pki_ca "$pki"
  for svc in "${PKI_SERVICES[@]}"; do
    _pki_leaf "$pki" "$pki/$svc" "$svc" \
      "DNS:localhost,IP:127.0.0.1,DNS:$svc,URI:redress://service/$svc" 'serverAuth, clientAuth'
    mkdir -p -- "$keys/$svc"
    _pki_once "$keys/$svc/db-password" _pki_password
    _pki_once "$keys/$svc/feed-signing.pem" _pki_ed25519
    _pki_once "$keys/$svc/feed-signing.pub.pem" _pki_public "$keys/$svc/feed-signing.pem"
    mkdir -p -- "$pki/feeds/$svc"
    _pki_once "$pki/feeds/$svc/feed-signing.pub.pem" _pki_public "$keys/$svc/feed-signing.pem"
    if [[ ! -s $keys/$svc/current ]]; then
      _pki_once "$keys/$svc/k1.key" _pki_random
      _pki_once "$keys/$svc/current" echo k1
    fi
  done
  _pki_leaf "$pki" "$pki/clients/county-$PKI_COUNTY" "county $PKI_COUNTY" "URI:redress://county/$PKI_COUNTY/joint-conference-office" clientAuth
  mkdir -p -- "$pki/issuer/public"
  _pki_once "$pki/issuer/private.pem" _pki_p256
  kid=$(pki_kid "$pki/issuer/private.pem")
  _pki_once "$pki/issuer/public/$kid.pem" _pki_public "$pki/issuer/private.pem"
  _pki_once "$keys/blind-index.key" _pki_random
  _pki_once "$keys/page.key" _pki_random
)

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  case ${1:-} in
    make) pki_make "${2:?usage: pki.sh make DIR}" ;;
    kid) pki_kid "${2:?usage: pki.sh kid FILE}" ;;
    *)
      sed -n '2,5p' "$0" | sed 's/^# \{0,1\}//'
      [[ ${1:-} == --help ]] || exit 2
      ;;
  esac
fi

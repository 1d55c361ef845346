#!/usr/bin/env bash
# Certificates and keys as deploy/lib/pki.sh makes them: what they say, who may read them, that nothing existing is replaced.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/deploy_check.sh"
trap 'rm -rf "$SCRATCH"' EXIT

DIR=$SCRATCH/state
PKI=$DIR/pki KEYS=$DIR/keys
check "pki.sh make" "$DEPLOY/lib/pki.sh" make "$DIR"

text() { openssl x509 -in "$1" -noout -text; }
has() { text "$1" | grep -qF -- "$2"; }
verifies() { openssl verify -CAfile "$PKI/ca.pem" -purpose "$1" "$2"; }
same_key() { equal "$(openssl x509 -in "$1/cert.pem" -noout -pubkey)" "$(openssl pkey -in "$1/key.pem" -pubout)"; }

check "the authority may sign certificates" has "$PKI/ca.pem" "CA:TRUE"
check "the authority is ECDSA P-256" has "$PKI/ca.pem" "prime256v1"
for svc in registry assignment visits assistance supervision; do
  check "$svc: server" verifies sslserver "$PKI/$svc/cert.pem"
  check "$svc: client" verifies sslclient "$PKI/$svc/cert.pem"
  check "$svc: names" has "$PKI/$svc/cert.pem" \
    "DNS:localhost, IP Address:127.0.0.1, DNS:$svc, URI:redress://service/$svc"
  check "$svc: no authority" has "$PKI/$svc/cert.pem" "CA:FALSE"
  check "$svc: certificate and key belong together" same_key "$PKI/$svc"
  check "$svc: master key named by current" test -s "$KEYS/$svc/$(cat "$KEYS/$svc/current").key"
  check "$svc: master key is 64 hex digits" grep -Eqx '[0-9a-f]{64}' "$KEYS/$svc/$(cat "$KEYS/$svc/current").key"
  check "$svc: password" grep -Eq '^[0-9a-f]{48}$' "$KEYS/$svc/db-password"
  check "$svc: feed key" equal "$(openssl pkey -in "$KEYS/$svc/feed-signing.pem" -pubout)" "$(cat "$KEYS/$svc/feed-signing.pub.pem")"
  check "$svc: feed key for those who follow" cmp -s "$KEYS/$svc/feed-signing.pub.pem" "$PKI/feeds/$svc/feed-signing.pub.pem"
  check "$svc: feed key is Ed25519" grep -qi ed25519 <(openssl pkey -in "$KEYS/$svc/feed-signing.pem" -noout -text)
done
COUNTY=$PKI/clients/county-430626
check "county: client" verifies sslclient "$COUNTY/cert.pem"
check "county: no server" refuses verifies sslserver "$COUNTY/cert.pem"
check "county: name" has "$COUNTY/cert.pem" "URI:redress://county/430626"
check "blind index key" grep -Eqx '[0-9a-f]{64}' "$KEYS/blind-index.key"
check "page key" grep -Eqx '[0-9a-f]{64}' "$KEYS/page.key"

KID=$("$DEPLOY/lib/pki.sh" kid "$PKI/issuer/private.pem")
check "key id" grep -Eqx '[0-9a-f]{16}' <(echo "$KID")
check "key id of the public half" equal "$("$DEPLOY/lib/pki.sh" kid "$PKI/issuer/public/$KID.pem")" "$KID"
check "one public key" equal "$(ls "$PKI/issuer/public")" "$KID.pem"

check "no two secrets are equal" equal \
  "$(find "$DIR" -type f ! -name current ! -name '*.pub.pem' -exec sha256sum {} + | cut -c 1-64 | sort | uniq -d)" ""
check "private files are 0600" equal "$(find "$DIR" -type f \( -name '*.key' -o -name 'key.pem' -o -name 'private.pem' \
  -o -name 'db-password' -o -name 'feed-signing.pem' -o -name current \) ! -perm 600)" ""
check "private folders are 0700" equal "$(find "$PKI" "$KEYS" -type d ! -perm 700)" ""
check "nothing temporary is left" equal "$(find "$DIR" -name '*.??????' -o -name '*.new' -o -name '*.csr' -o -name '*.cnf' | grep -v '\.pem$')" ""

snapshot() { find "$DIR" -type f -exec sha256sum {} + | sort; }
BEFORE=$(snapshot)
check "a second make" "$DEPLOY/lib/pki.sh" make "$DIR"
check "changes nothing" equal "$(snapshot)" "$BEFORE"

rm "$KEYS/visits/db-password"
check "a lost file" "$DEPLOY/lib/pki.sh" make "$DIR"
check "is made again, and only it" equal "$(diff <(echo "$BEFORE") <(snapshot) | grep -c '^>')" 1

# A rotated master key: the newer id is in `current`, the older file stays.
"$DEPLOY/lib/pki.sh" make "$SCRATCH/other"
cp "$SCRATCH/other/keys/registry/k1.key" "$KEYS/registry/k2.key"
echo k2 >"$KEYS/registry/current"
check "make after a rotation" "$DEPLOY/lib/pki.sh" make "$DIR"
check "keeps the newer key" equal "$(cat "$KEYS/registry/current")" k2

# A certificate about to end is issued anew for the same key under the same authority; others are left alone.
AUTHORITY=$(sha256sum <"$PKI/ca.pem") KEY=$(sha256sum <"$PKI/visits/key.pem") OTHER=$(sha256sum <"$PKI/registry/cert.pem")
rm "$PKI/visits/cert.pem"
(
  # shellcheck source=../../deploy/lib/pki.sh
  source "$DEPLOY/lib/pki.sh"
  PKI_LEAF_DAYS=5
  pki_make "$DIR"
)
check "a certificate for five days" refuses openssl x509 -in "$PKI/visits/cert.pem" -noout -checkend $((6 * 86400))
check "make" "$DEPLOY/lib/pki.sh" make "$DIR"
check "renews it" openssl x509 -in "$PKI/visits/cert.pem" -noout -checkend $((300 * 86400))
check "it verifies" verifies sslserver "$PKI/visits/cert.pem"
check "its key stays" equal "$(sha256sum <"$PKI/visits/key.pem")" "$KEY"
check "the authority stays" equal "$(sha256sum <"$PKI/ca.pem")" "$AUTHORITY"
check "others stay" equal "$(sha256sum <"$PKI/registry/cert.pem")" "$OTHER"
conclude

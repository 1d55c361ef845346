# shellcheck shell=bash
# Under whom the services run. Root's services run as a system user of their own, who can read what a service needs and nothing
# else: secrets are handed to it as copies, each service in a folder of its own; what is public is read where it is, if the user
# can get there, and copied otherwise (a clone in /root has mode 0700). Sourced after common.sh, mariadb.sh.

SERVICE_USER=${REDRESS_SERVICE_USER:-redress}

# ensure_service_user: makes the system user, once. Whoever is not root runs the services himself.
ensure_service_user() {
  [[ $EUID == 0 ]] || return 0
  if ! id -- "$SERVICE_USER" >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin -- "$SERVICE_USER" ||
      die "the system user $SERVICE_USER could not be made." "Make it, or name another: REDRESS_SERVICE_USER=NAME deploy/up"
  fi
  [[ $(id -u -- "$SERVICE_USER") != 0 ]] || die -c "$EXIT_NEEDS_YOU" "the services may not run as $SERVICE_USER, which is root."
  # Of the certificates only the folders of the public token keys are opened; what is in the others is root's.
  chmod o+x -- "$PKI" "$PKI/issuer"
  chmod -R a+rX -- "$PKI/issuer/public"
}

# as_service_user sets AS_SERVICE_USER to what stands before a command that is to run as the services' user.
as_service_user() {
  AS_SERVICE_USER=(env)
  [[ $EUID != 0 ]] ||
    AS_SERVICE_USER=(setpriv "--reuid=$SERVICE_USER" "--regid=$SERVICE_USER" --clear-groups --no-new-privs --)
}

_service_folder() { printf '%s/services/%s\n' "$(mariadb_folder "$DB")" "$1"; }

# Whether the services' user can read a file, or everything in a folder.
_service_reads() {
  as_service_user
  [[ -z $("${AS_SERVICE_USER[@]}" find -L "$1" \( ! -readable -o -type d ! -executable \) -print -quit 2>&1) ]]
}

# service_secret SVC FILE, service_public SVC FILE: where a service finds a file or folder. prepare_service makes what is a copy.
service_secret() {
  if [[ $EUID == 0 ]]; then printf '%s/secret/%s\n' "$(_service_folder "$1")" "${2##*/}"; else printf '%s\n' "$2"; fi
}
service_public() {
  if [[ $EUID != 0 ]] || _service_reads "$2"; then printf '%s\n' "$2"; else printf '%s/public/%s\n' "$(_service_folder "$1")" "${2##*/}"; fi
}

# _hand_over FILE COPY MODE-OF-FILES OWNER MODE-OF-FOLDERS: the copy is made beside and then renamed into its place, so that whoever
# watches it never reads half of a file; what is the same already is left alone.
_hand_over() {
  if diff -rq -- "$1" "$2" >/dev/null 2>&1; then return 0; fi
  rm -rf -- "$2.new"
  cp -rLp -- "$1" "$2.new"
  chown -R -- "$4" "$2.new"
  find "$2.new" -type f -exec chmod "$3" {} +
  find "$2.new" -type d -exec chmod "$5" {} +
  rm -rf -- "$2"
  mv -- "$2.new" "$2"
}

# prepare_service SVC SECRET… -- PUBLIC…
prepare_service() {
  local svc=$1 folder file
  [[ $EUID == 0 ]] || return 0
  shift
  folder=$(_service_folder "$svc")
  mkdir -p -m 0755 -- "$folder/public"
  mkdir -p -m 0700 -- "$folder/secret"
  chmod 0755 -- "${folder%/*}" "$folder"
  chown -- "$SERVICE_USER:$SERVICE_USER" "$folder/secret"
  while [[ $1 != -- ]]; do
    _hand_over "$1" "$folder/secret/${1##*/}" 0600 "$SERVICE_USER:$SERVICE_USER" 0700
    shift
  done
  shift
  for file in "$@"; do
    _service_reads "$file" || _hand_over "$file" "$folder/public/${file##*/}" a+rX root:root 0755
  done
}

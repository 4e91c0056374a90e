#!/bin/sh
# Makes what the machines of a cluster know each other by: an authority of the cluster's own,
# a certificate for each member, the database's password and Rollcall's root key. Run once, on a
# machine that you trust, as root if the files are for the Compose file (it gives each container
# its own). Nothing that is there is written over.
#
#   make-secrets.sh FOLDER [PUBLIC-NAME]
set -eu
umask 077
folder=${1:?"usage: make-secrets.sh FOLDER [PUBLIC-NAME]"}
public=${2:-rollcall.example.com}
rollcall=${ROLLCALL:-rollcall}
domain=rollcall.internal
# Who runs what in the containers; see compose/Dockerfile.
as_rollcall=10001 as_postgres=10002 as_etcd=10003 as_haproxy=10004
command -v openssl >/dev/null || { echo "openssl is missing" >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"

if [ ! -e ca.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 3650 \
    -subj "/CN=Rollcall cluster" -addext basicConstraints=critical,CA:TRUE,pathlen:0 \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem 2>/dev/null
fi

# certificate FILE COMMON-NAME SUBJECT-ALTERNATIVE-NAMES OWNER
certificate() {
  [ ! -e "$1.pem" ] || return 0
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 \
    -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$3" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 825 \
    -extfile "$1.ext" -out "$1.pem" 2>/dev/null
  rm "$1.csr" "$1.ext"
  own "$4" "$1.pem" "$1.key"
}

own() {
  owner=$1
  shift
  if [ "$(id -u)" = 0 ]; then chown "$owner:$owner" "$@"; fi
}

for n in 1 2 3; do
  certificate etcd$n etcd$n.$domain "DNS:etcd$n.$domain,DNS:localhost,IP:127.0.0.1" $as_etcd
  certificate pg$n pg$n.$domain "DNS:pg$n.$domain,DNS:localhost,IP:127.0.0.1" $as_postgres
done
for n in 1 2; do
  certificate node$n node$n.$domain "DNS:node$n.$domain" $as_rollcall
done
# The common name is the role that PostgreSQL lets in.
certificate replicator replicator "DNS:replicator" $as_postgres
certificate rewinder rewinder "DNS:rewinder" $as_postgres

# Towards the public: good for a trial, to be replaced by one that clients trust.
if [ ! -e front.pem ]; then
  certificate front "$public" "DNS:$public,DNS:localhost,IP:127.0.0.1" $as_haproxy
  cat front.key >>front.pem
  rm front.key
fi

# One file for each of those who read it: a container reads only what it owns.
if [ ! -e database-password ]; then
  openssl rand -base64 33 | tr -d '\n' >database-password
  cp database-password database-password.postgres
  own $as_rollcall database-password
  own $as_postgres database-password.postgres
fi
if [ ! -e root.key ]; then
  "$rollcall" admin keys new-root-key >root.key
  own $as_rollcall root.key
fi
chmod 644 ca.pem
echo "Made in $(pwd). ca.key signs new members and belongs on no machine of the cluster: keep it"
echo "and a copy of root.key elsewhere, apart from the backups."

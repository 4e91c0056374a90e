#!/bin/sh
# Run once by Patroni, on the first primary, with the superuser's connection as its argument: makes
# the role and the database of Rollcall. The password goes in by standard input, never by an argument.
set -eu
password_file=${ROLLCALL_DATABASE_PASSWORD_FILE:-/etc/rollcall-cluster/database-password}
[ -r "$password_file" ] || { echo "no password to read in $password_file" >&2; exit 1; }
{
  printf '\\set password `cat %s`\n' "$password_file"
  cat <<'SQL'
set log_statement = 'none';
create role rollcall login password :'password';
-- To see whether a standby has each commit; no right to any row.
grant pg_read_all_stats to rollcall;
create database rollcall owner rollcall;
revoke all on database rollcall from public;
SQL
} | psql -X -q -v ON_ERROR_STOP=1 -d "$1"

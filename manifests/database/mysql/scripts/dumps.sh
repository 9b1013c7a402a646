# shellcheck shell=bash
# What dumping and restoring share, sourced by both: the connection, and dumps as folders that are there whole or not at all.
#
# A dump is a folder $BACKUPS/<time>[-before-restore] with, for each database, <name>.sql.gz; databases.tsv with its name, character set and
# collation; and SHA256SUMS over all of it. It is written under another name first: a folder without a leading dot is complete.
#
# Environment: BACKUPS, a folder; DB_HOST, DB_USER, DB_PASSWORD_FILE; DB_PORT (3306); DUMP_OPTIONS, words for mysqldump beside those below.

set -euo pipefail
shopt -s nullglob
umask 077

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

scratch=$(mktemp -d)
unfinished=
clean_up() {
  rm -rf -- "$scratch"
  [[ -z $unfinished ]] || rm -rf -- "$unfinished"
}
trap clean_up EXIT

# The password in a file that only this user reads, not among the arguments or in the environment.
password=$(<"$DB_PASSWORD_FILE")
password=${password//\\/\\\\}
cat >"$scratch/client.cnf" <<CNF
[client]
host="$DB_HOST"
port=${DB_PORT:-3306}
protocol=TCP
user="$DB_USER"
password="${password//\"/\\\"}"
default-character-set=utf8mb4
CNF
unset password

# With nothing in between: neither a file of this user's nor one of the machine's.
client() { mysql --defaults-file="$scratch/client.cnf" "$@"; }
rows_of() { client --batch --skip-column-names --execute "$1"; }

# The databases that this user sees, but for MySQL's own: name, character set, collation.
databases() {
  rows_of "SELECT schema_name, default_character_set_name, default_collation_name FROM information_schema.schemata
    WHERE schema_name NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') ORDER BY schema_name"
}

# new_name SUFFIX: of a dump of this second, or of the next ones where there is one of it already.
new_name() {
  local name
  while name=$(date -u +%Y%m%dT%H%M%SZ)$1 && [[ -e $BACKUPS/$name ]]; do sleep 0.1; done
  printf '%s' "$name"
}

# make_dump NAME DATABASE...: the folder $BACKUPS/NAME with a dump of each database, as it is at one moment (InnoDB), read without locks.
make_dump() {
  local name=$1 database options
  shift
  read -ra options <<<"${DUMP_OPTIONS:-}"
  unfinished=$BACKUPS/.$name
  mkdir -- "$unfinished"
  for database; do
    # Names become those of files and words of SQL.
    [[ $database =~ ^[A-Za-z0-9_-]+$ ]] || fail "the database '$database' has a name of other characters than letters, digits, _ and -."
    mysqldump --defaults-file="$scratch/client.cnf" --single-transaction --quick --hex-blob --routines --events --triggers --no-tablespaces \
      ${options[@]+"${options[@]}"} -- "$database" | gzip >"$unfinished/$database.sql.gz" || fail "$database could not be dumped."
    is_whole "$unfinished/$database.sql.gz" || fail "mysqldump did not write $database to its end."
  done
  databases | while IFS=$'\t' read -r database rest; do
    [[ " $* " != *" $database "* ]] || printf '%s\t%s\n' "$database" "$rest"
  done >"$unfinished/databases.tsv"
  (cd -- "$unfinished" && sha256sum -- databases.tsv ./*.sql.gz >SHA256SUMS)
  mv -- "$unfinished" "$BACKUPS/$name"
  unfinished=
}

# mysqldump ends with a line that says so.
is_whole() { [[ $(gzip --decompress --stdout -- "$1" | tail -n 1) == '-- Dump completed'* ]]; }

# keep_newest COUNT NAME...: removes all but the last COUNT of these dumps, which are in the order of their times. Counted, not by age:
# however long dumps have failed, the last good ones stay.
keep_newest() {
  local count=$1 name
  shift
  while (($# > count)); do
    name=$1
    shift
    say "removing $name"
    rm -rf -- "${BACKUPS:?}/$name"
  done
}

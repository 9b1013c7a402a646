#!/usr/bin/env bash
# Restores databases from a dump, after dumping what is there now. Without DUMP it lists the dumps.
#
# DUMP: a folder in $BACKUPS. DATABASES: names with a space between, or `all` of the dump. INTO: another name for the one database, to look
# at it beside the present one. The newest $KEEP dumps from before a restore are kept. dumps.sh says what a dump is.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=dumps.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/dumps.sh"

[[ ${KEEP:-} =~ ^[1-9][0-9]*$ ]] || fail 'KEEP must be a number from 1.'

if [[ -z ${DUMP:-} ]]; then
  cd -- "$BACKUPS"
  for folder in [0-9]*; do printf '%s  %s\n' "$folder" "$(cut -f 1 -- "$folder/databases.tsv" | paste -sd ' ')"; done
  exit 0
fi

[[ $DUMP =~ ^[0-9]{8}T[0-9]{6}Z(-before-restore)?$ ]] || fail "DUMP is the name of a folder like 20260131T031700Z, not '$DUMP'."
from=$BACKUPS/$DUMP
[[ -d $from ]] || fail "there is no dump $DUMP. Without DUMP the dumps are listed."
# Before anything is touched: what is broken stays where it is, and so does the database.
(cd -- "$from" && sha256sum --check --quiet --strict SHA256SUMS) || fail "$DUMP is not as it was written."

cut -f 1 -- "$from/databases.tsv" >"$scratch/names"
if [[ ${DATABASES:-} == all ]]; then
  mapfile -t names <"$scratch/names"
else
  read -ra names <<<"${DATABASES:-}"
fi
((${#names[@]} > 0)) || fail "DATABASES names none. $DUMP holds: $(paste -sd ' ' "$scratch/names")."
for name in "${names[@]}"; do
  grep -qxF -- "$name" "$scratch/names" || fail "$DUMP holds no database '$name', but: $(paste -sd ' ' "$scratch/names")."
done
if [[ -n ${INTO:-} ]]; then
  ((${#names[@]} == 1)) || fail 'INTO is a name for one database; DATABASES names several.'
  [[ $INTO =~ ^[A-Za-z0-9_-]+$ ]] || fail "INTO '$INTO' has other characters than letters, digits, _ and -."
fi

# What is about to be replaced, in the same form, so that this script takes it back too.
databases | cut -f 1 >"$scratch/present"
replaced=()
for name in "${names[@]}"; do
  if grep -qxF -- "${INTO:-$name}" "$scratch/present"; then replaced+=("${INTO:-$name}"); fi
done
before=$(new_name -before-restore)
if ((${#replaced[@]} > 0)); then
  make_dump "$before" "${replaced[@]}"
  say "what is there now is in DUMP=$before: ${replaced[*]}"
fi

while IFS=$'\t' read -r -u 3 name charset collation; do
  [[ " ${names[*]} " == *" $name "* ]] || continue
  to=${INTO:-$name}
  client --execute "DROP DATABASE IF EXISTS \`$to\`; CREATE DATABASE \`$to\` CHARACTER SET $charset COLLATE $collation" ||
    fail "$to could not be made anew."
  gzip --decompress --stdout -- "$from/$name.sql.gz" | client --database "$to" ||
    fail "$to is restored in part only. See above why; DUMP=$before DATABASES=$to takes it back."
  tables=$(rows_of "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '$to'")
  say "$to is as it was in $DUMP: $tables tables and views"
done 3<"$from/databases.tsv"

cd -- "$BACKUPS"
keep_newest "$KEEP" [0-9]*Z-before-restore

#!/usr/bin/env bash
# Dumps every database into $BACKUPS/<time>, then removes all but the newest $KEEP dumps. dumps.sh says what a dump is.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=dumps.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/dumps.sh"

[[ ${KEEP:-} =~ ^[1-9][0-9]*$ ]] || fail 'KEEP must be a number from 1.'

# Of runs that were killed: none goes on for a day.
find "$BACKUPS" -mindepth 1 -maxdepth 1 -name '.[0-9]*' -mtime +0 -exec rm -rf -- {} +

databases | cut -f 1 >"$scratch/names"
mapfile -t names <"$scratch/names"
((${#names[@]} > 0)) || fail "$DB_USER sees no database: an empty dump would be worth nothing."

name=$(new_name '')
make_dump "$name" "${names[@]}"
say "$name holds ${names[*]}, $(du -sh -- "$BACKUPS/$name" | cut -f 1) in all"

cd -- "$BACKUPS"
keep_newest "$KEEP" [0-9]*Z

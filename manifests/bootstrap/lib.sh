# shellcheck shell=bash
# What the scripts of this folder share: settings, a plan instead of changes with --dry-run, and files that are written only where they differ.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# Set by the script that reads its own options.
dry_run=${dry_run:-}
changed=''

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename -- "$0")" "$1" >&2; exit "${2:-1}"; }
usage() { printf '%s\n' "$1" >&2; exit 64; }

# Runs a command, or with --dry-run says it. Every change of the host goes through here or through install_file.
run() {
  say "+ $*"
  [[ -n $dry_run ]] || "$@"
}

# Of GNU and of macOS, where 40-kubeconfig may run.
mode_of() { stat -c %a -- "$1" 2>/dev/null || stat -f %Lp -- "$1"; }

# install_file MODE PATH: standard input becomes that file, atomically; sets changed=yes where it differed.
install_file() {
  local mode=$1 path=$2 text temporary
  text=$(cat; printf x)
  if [[ -r $path && $(cat -- "$path"; printf x) == "$text" && $(mode_of "$path") == "${mode#0}" ]]; then
    say "= $path"
    return
  fi
  changed=yes
  say "> $path ($mode)"
  [[ -z $dry_run ]] || return 0
  mkdir -p -- "$(dirname -- "$path")"
  temporary=$(mktemp -- "$path.XXXXXX")
  printf '%s' "${text%x}" >"$temporary"
  chmod "$mode" "$temporary"
  mv -f -- "$temporary" "$path"
}

# if_changed COMMAND: runs it where a file was written since the last if_changed.
if_changed() {
  [[ -z $changed ]] || run "$@"
  changed=''
}

# setting_of FILE KEY SEPARATOR: its value in a file of settings/. A placeholder is refused, but in a plan.
setting_of() {
  local value
  value=$(sed -n "s/^ *$2$3//p" "$here/../settings/$1")
  [[ -n $value ]] || die "settings/$1 gives no $2"
  [[ -n $dry_run || ($value != *example* && $value != 192.0.2.*) ]] || die "settings/$1: $2 is still $value; see settings/README.md"
  printf '%s' "$value"
}

setting() { setting_of homelab.env "$1" =; }

need_root_on_arch() {
  [[ -z $dry_run ]] || return 0
  [[ -f /etc/arch-release ]] || die 'this is not Arch Linux; --dry-run shows what would be done'
  [[ $EUID == 0 ]] || die 'run it with sudo'
}

need_node_name() {
  [[ $1 =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] || die "\"$1\" is no name for a node: lower-case letters, digits and -, as in desktop-2" 64
}

# The address of this host in the tailnet.
tailnet_address() {
  if [[ -n $dry_run ]]; then printf '100.64.0.1'; return; fi
  tailscale ip -4 2>/dev/null | head -n 1 | grep . || die 'Tailscale has no address yet: run 20-tailscale first'
}

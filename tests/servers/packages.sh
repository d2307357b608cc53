#!/usr/bin/env bash
# Installs from Debian whatever of the given packages is missing, and nothing else.
#
# The system's own services stay as they are: while this runs, a package may not start any, and Postfix is
# told to write no configuration. Private servers are started later by mail.sh and postgres.sh.
set -euo pipefail

missing=()
for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
    echo "packages: nothing missing"
    exit 0
fi
command -v apt-get >/dev/null || { echo "packages: these are missing, and this is no Debian: ${missing[*]}" >&2; exit 1; }
echo "packages: installing ${missing[*]}"
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "packages: run 'make packages' once as root, or install sudo" >&2; exit 1; }
    exec sudo "$0" "$@"
fi

export DEBIAN_FRONTEND=noninteractive
if [ ! -e /usr/sbin/policy-rc.d ]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
fi
case " ${missing[*]} " in
*" postfix "*) echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections ;;
esac
apt-get update -q
apt-get install -y -q --no-install-recommends "${missing[@]}"

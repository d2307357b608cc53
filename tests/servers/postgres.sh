#!/usr/bin/env bash
# A private, throw-away PostgreSQL cluster on a loopback port.
#
#   postgres.sh start DIR    makes the cluster in DIR, starts it, prints its URL on standard output
#   postgres.sh stop DIR     ends it; DIR stays
#
# DURABLE=1 keeps fsync on, for tests that kill it. As root it runs as the user "postgres".
set -euo pipefail

die() { echo "postgres.sh: $*" >&2; exit 1; }

[ $# = 2 ] || die "usage: postgres.sh start DIR | stop DIR"
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -x "$bin/initdb" ] || die "PostgreSQL is missing: make packages"
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
as=()
if [ "$(id -u)" = 0 ]; then
    chown postgres "$dir"
    as=(setpriv --reuid postgres --regid "$(id -g postgres)" --clear-groups env "HOME=$dir")
fi
cd "$dir" 2>/dev/null || die "cannot enter $dir"

case $1 in
start)
    [ -s data/PG_VERSION ] || "${as[@]}" "$bin/initdb" -D "$dir/data" -U phach -A trust --no-sync -E UTF8 --locale=C.UTF-8 \
        >"$dir.initdb.log" 2>&1 || { cat "$dir.initdb.log" >&2; die "no cluster could be made in $dir"; }
    rm -f "$dir.initdb.log"
    speed="-c fsync=off -c full_page_writes=off"
    [ "${DURABLE:-0}" = 1 ] && speed=""
    for _ in 1 2 3 4 5 6; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$dir -c max_connections=100 -c shared_buffers=64MB $speed"
        if "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 40 -o "$options" start >/dev/null 2>&1; then
            echo "postgres://phach@127.0.0.1:$port/postgres"
            exit 0
        fi
    done
    tail -5 "$dir/log" >&2
    die "PostgreSQL did not start" ;;
stop) "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true ;;
*) die "unknown verb $1" ;;
esac

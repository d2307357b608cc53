#!/usr/bin/env bash
# A private, throw-away mail system on loopback: Postfix in front, Dovecot behind it, both the real ones.
#
#   mail.sh start DIR BASEPORT    reads DIR/accounts, writes everything else under DIR, waits until both answer
#   mail.sh stop DIR              ends both; DIR stays
#   mail.sh kill9 DIR imap|smtp|all
#
# Ports from BASEPORT: +0 SMTP as the world sees it (MX, no login), +1 submission (STARTTLS, login),
# +2 submissions (TLS, login), +3 IMAP (STARTTLS), +4 IMAPS.  DIR/ca.pem signs the certificate of "localhost".
#
# DIR/accounts, a line each:
#   someone@town.example PASSWORD   a mailbox; its domain becomes ours
#   lost@town.example -             taken by Postfix, refused by Dovecot: a true delivery report follows
#   @town.example someone@town.example   every other name of the domain goes to that mailbox
# DIR/introspection, if it is there: the address at which Dovecot asks about tokens (RFC 7662). Then mailboxes can be
# logged in to with XOAUTH2 and OAUTHBEARER too, over IMAP and at submission.
# Mail for any other domain, or for an unknown name of ours, is refused or comes back.
#
# Needs root, because both servers change user; nothing outside DIR is written.
set -euo pipefail

die() { echo "mail.sh: $*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: mail.sh start DIR BASEPORT | stop DIR | kill9 DIR imap|smtp|all"
verb=$1
[ "$(id -u)" = 0 ] || die "Postfix and Dovecot change user, so this needs root: run it with sudo (sudo -E $0 $*)"
[ "$verb" = start ] && mkdir -p "$2"
[ -d "$2" ] || die "no folder $2"
dir=$(cd "$2" && pwd -P)

digits() { [ ! -r "$1" ] || tr -cd 0-9 <"$1"; }
# Of a server that was killed the number stays behind, and after some thousand processes belongs to somebody else.
dovecot_pid() {
    local pid
    pid=$(digits "$dir/dovecot/master.pid")
    if grep -qsF "$dir/dovecot.conf" "/proc/$pid/cmdline"; then echo "$pid"; fi
}
postfix_pid() {
    local pid
    pid=$(digits "$dir/queue/pid/master.pid")
    if [ "$(readlink "/proc/$pid/cwd")" = "$dir/queue" ]; then echo "$pid"; fi
}
runs() { [ -n "$1" ] && [ -r "/proc/$1/stat" ] && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2>/dev/null; }
# Processes may end while their list is read: that is no error.
children() { { cat /proc/[0-9]*/stat 2>/dev/null || true; } | sed 's/(.*)/x/' | awk -v parent="$1" '$4 == parent { print $1 }'; }
gone() { # waits until none of the given processes runs
    local pid
    for _ in $(seq 200); do
        for pid in "$@"; do runs "$pid" && { sleep 0.05; continue 2; }; done
        return 0
    done
    die "would not end: $*"
}
murder() { # a master and its children at once, so that nobody can tidy up
    runs "$1" || return 0
    local all
    # A master that stands still begets nobody who would outlive it and keep its ports.
    kill -STOP "$1" 2>/dev/null || true
    all="$1 $(children "$1")"
    # shellcheck disable=SC2086
    kill -9 $all 2>/dev/null || true
    # shellcheck disable=SC2086
    gone $all
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

case $verb in
stop)
    imap=$(dovecot_pid); smtp=$(postfix_pid)
    runs "$smtp" && postfix -c "$dir/postfix" stop >/dev/null 2>&1 || true
    runs "$imap" && doveadm -c "$dir/dovecot.conf" stop >/dev/null 2>&1 || true
    gone $imap $smtp
    exit 0 ;;
kill9)
    case ${3:-all} in imap|all) murder "$(dovecot_pid)" ;; esac
    case ${3:-all} in smtp|all) murder "$(postfix_pid)" ;; esac
    exit 0 ;;
start) [ $# = 3 ] || die "start needs a folder and a port" ;;
*) die "unknown verb $verb" ;;
esac

base=$3
[ -r "$dir/accounts" ] || die "no $dir/accounts"
[ ${#dir} -le 60 ] || die "the path $dir is too long for the servers' sockets"
for tool in postfix dovecot doveadm openssl; do
    PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || die "$tool is missing: make packages"
done
export PATH=$PATH:/usr/sbin:/sbin
setpriv --reuid postfix --regid postfix --clear-groups test -x "$dir" ||
    die "other users may not enter $dir, and the servers run as other users: take a folder under /tmp"

# --- names and keys -------------------------------------------------------------------------------
chmod 755 "$dir"
mkdir -p "$dir"/{dovecot,mail,postfix,queue,state}
chown 5000:5000 "$dir/mail"
chown postfix "$dir/state"
if [ ! -s "$dir/cert.pem" ]; then
    key() { openssl req "$@" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes 2>/dev/null; }
    key -x509 -days 90 -subj "/CN=private test CA" -keyout "$dir/ca.key" -out "$dir/ca.pem"
    key -subj "/CN=localhost" -keyout "$dir/key.pem" -out "$dir/cert.csr"
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n' >"$dir/cert.ext"
    openssl x509 -req -days 90 -in "$dir/cert.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial \
        -extfile "$dir/cert.ext" -out "$dir/cert.pem" 2>/dev/null
fi
awk -v dir="$dir" '
    /^@/ { rest[substr($1, 2)] = $2; next }
    NF == 2 {
        domain = $1; sub(/.*@/, "", domain); domains[domain] = 1
        names[$1] = domain
        if ($2 != "-") print $1 ":{PLAIN}" $2 "::::::" > (dir "/users")
    }
    END {
        for (name in names) print name, "x" > (dir "/names")
        # A name of its own must win over the rest of its domain.
        for (name in names) if (names[name] in rest) print name, name > (dir "/aliases")
        for (domain in rest) print "@" domain, rest[domain] > (dir "/aliases")
        for (domain in domains) list = list " " domain
        print list > (dir "/domains")
    }' "$dir/accounts"
touch "$dir/users" "$dir/aliases"

# --- logins by token ------------------------------------------------------------------------------
mechanisms="plain login"
tokens=
if [ -s "$dir/introspection" ]; then
    mechanisms="$mechanisms xoauth2 oauthbearer"
    tokens="passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $dir/oauth2.conf
}"
    cat >"$dir/oauth2.conf" <<CONF
introspection_mode = post
introspection_url = $(cat "$dir/introspection")
username_attribute = username
active_attribute = active
active_value = true
CONF
fi

# --- Dovecot: mailboxes, logins, LMTP for Postfix -------------------------------------------------
cat >"$dir/dovecot.conf" <<CONF
instance_name = private$base
base_dir = $dir/dovecot
state_dir = $dir/dovecot
log_path = $dir/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
mail_location = maildir:$dir/mail/%u
mail_uid = 5000
mail_gid = 5000
first_valid_uid = 5000
mail_max_userip_connections = 500
recipient_delimiter = +
auth_mechanisms = $mechanisms
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <$dir/cert.pem
ssl_key = <$dir/key.pem
$tokens
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = $dir/users
}
userdb {
  driver = passwd-file
  args = $dir/users
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  service_count = 0
  inet_listener imap {
    port = $((base + 3))
  }
  inet_listener imaps {
    port = $((base + 4))
    ssl = yes
  }
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
service auth {
  unix_listener login-for-postfix {
    mode = 0666
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
CONF

# --- Postfix: MX and submission -------------------------------------------------------------------
cat >"$dir/postfix/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/state
maillog_file = $dir/postfix.log
maillog_file_prefixes = $dir
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
command_directory = /usr/sbin
meta_directory = /etc/postfix
myhostname = mx.private.example
mydestination =
alias_maps =
alias_database =
mynetworks = 192.0.2.0/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains =$(cat "$dir/domains")
virtual_mailbox_maps = texthash:$dir/names
virtual_alias_maps = texthash:$dir/aliases
virtual_transport = lmtp:unix:$dir/dovecot/lmtp
default_transport = error:5.1.2 no such domain in this private world
recipient_delimiter = +
message_size_limit = 120000000
virtual_mailbox_limit = 0
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = $dir/dovecot/login-for-postfix
smtpd_tls_security_level = may
smtpd_tls_cert_file = $dir/cert.pem
smtpd_tls_key_file = $dir/key.pem
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
in_flow_delay = 0
minimal_backoff_time = 3s
maximal_backoff_time = 15s
queue_run_delay = 3s
append_dot_mydomain = no
biff = no
CONF
login="-o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
{
    echo "127.0.0.1:$base inet n - n - - smtpd"
    echo "127.0.0.1:$((base + 1)) inet n - n - - smtpd -o smtpd_tls_security_level=encrypt $login"
    echo "127.0.0.1:$((base + 2)) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes $login"
    echo "postlog unix-dgram n - n - 1 postlogd"
    echo "pickup unix n - n 60 1 pickup"
    echo "qmgr unix n - n 300 1 qmgr"
    for public in cleanup flush showq; do echo "$public unix n - n - 0 $public"; done
    for private in rewrite:trivial-rewrite bounce:bounce defer:bounce trace:bounce; do
        echo "${private%:*} unix - - n - 0 ${private#*:}"
    done
    for private in verify tlsmgr anvil scache; do echo "$private unix - - n - 1 $private"; done
    for private in proxymap smtp error retry discard lmtp; do echo "$private unix - - n - - $private"; done
} >"$dir/postfix/master.cf"

# --- start whichever does not run, wait for both --------------------------------------------------
runs "$(dovecot_pid)" || {
    rm -f "$dir/dovecot/master.pid"
    dovecot -c "$dir/dovecot.conf" </dev/null >>"$dir/start.log" 2>&1 || { cat "$dir/start.log" >&2; die "Dovecot did not start"; }
}
runs "$(postfix_pid)" || postfix -c "$dir/postfix" start </dev/null >>"$dir/start.log" 2>&1 ||
    { tail -n 5 "$dir/start.log" "$dir/postfix.log" >&2; die "Postfix did not start"; }
for _ in $(seq 600); do
    if listens "$base" && listens $((base + 2)) && listens $((base + 3)) && listens $((base + 4)); then exit 0; fi
    sleep 0.1
done
tail -n 5 "$dir"/*.log >&2
die "the servers did not come up on ports $base to $((base + 4))"

#!/bin/sh
# Proves both commands on a bare system: Debian with Python, venv, make and git, and nothing else.
#
# As root: makes the system with debootstrap in a temporary folder, clones HEAD into it, and lets an
# ordinary user with an empty home open the cinema, buy a ticket and run every test (inside.sh).
# Everything runs in namespaces of its own, so that no process and no mount outlives this script.
# What the machine needs to reach packages (pip's settings, certificates, names) is copied from this
# one as it runs. MIRROR=address names another Debian mirror than this system's own; KEEP=1 keeps
# the folder; WITHOUT="test check" leaves stages out; TICKET_LIMIT_S=900 waits longer for a ticket, on a
# machine that has other work.
set -eu

SUITE=bookworm
PACKAGES=python3,python3-venv,make,git
LIMIT_S=5400

here=$(cd "$(dirname "$0")/../.." && pwd)
began=$(date +%s)

say() { printf '\n== %s (%s s)\n' "$*" "$(($(date +%s) - began))"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "make fresh-machine needs root: it makes a system in a folder and enters it."
for program in debootstrap unshare git tar; do
    command -v "$program" >/dev/null || fail "$program is missing: apt-get install debootstrap util-linux git tar"
done

work=$(mktemp -d "${TMPDIR:-/var/tmp}/moviemesh-fresh.XXXXXX")
root=$work/root
clean() {
    [ "${KEEP:-}" = 1 ] && { echo "Kept: $work"; return; }
    # One file system only: whatever may still be mounted below is not touched.
    rm -rf --one-file-system "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

mirror() {
    [ -n "${MIRROR:-}" ] && { echo "$MIRROR"; return; }
    # Debian's own main archive is the one that has the suite's plain name.
    apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
        awk -v suite="$SUITE" '$1 == suite { print $2; exit }'
}

base_system() {
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/moviemesh
    kept=$cache/$SUITE-$(printf '%s' "$PACKAGES" | tr , -).tar
    if [ -n "$(find "$kept" -mtime -30 2>/dev/null)" ]; then
        say "Unpacking the bare system that was made before"
        mkdir -p "$root" && tar -C "$root" -xf "$kept"
        return
    fi
    from=$(mirror)
    [ -n "$from" ] || fail "This system's own sources have no $SUITE. Give MIRROR=address."
    say "Making a bare $SUITE with $PACKAGES"
    debootstrap --variant=minbase --include="$PACKAGES" "$SUITE" "$root" "$from" >"$work/debootstrap.log" 2>&1 ||
        { tail -n 20 "$work/debootstrap.log"; fail "debootstrap failed."; }
    mkdir -p "$cache"
    tar -C "$root" -cf "$kept.new" . && mv "$kept.new" "$kept"
}

# How this machine reaches packages; nothing of it is written anywhere but into the folder.
connect() {
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    for file in /etc/pip.conf "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        [ ! -r "$file" ] || cat "$file" >>"$root/etc/pip.conf"
    done
    # In a file that only the visitor can read: an address may hold a password.
    (umask 077 && : >"$root/environment")
    chroot "$root" chown visitor /environment
    env | grep -E '^(PIP_[A-Z_]+|SSL_CERT_FILE|[a-z]+_proxy|[A-Z]+_PROXY)=' |
        sed "s/'/'\\\\''/g; s/=\(.*\)/='\1'/" >"$root/environment" || true
    certificates=/etc/ssl/certs/ca-certificates.crt
    if [ -r "$certificates" ]; then
        mkdir -p "$root/etc/ssl/certs" && cp "$certificates" "$root$certificates"
    fi
    # Folders of packages on this machine that pip is told to look into.
    printf '%s\n' ${PIP_FIND_LINKS:-} | while read -r folder; do
        [ ! -d "$folder" ] || { mkdir -p "$root$folder" && cp -R "$folder/." "$root$folder/"; }
    done
}

base_system
say "Giving it a user with an empty home, and a bundle of HEAD"
chroot "$root" useradd --create-home --shell /bin/sh visitor
git -C "$here" bundle create -q "$root/repository.bundle" HEAD
chmod 644 "$root/repository.bundle"
cp "$here/deploy/fresh_machine/inside.sh" "$root/inside.sh"
connect
git -C "$here" log -1 --format='HEAD is %h %s'

say "Entering it"
timeout --signal=TERM --kill-after=30 "$LIMIT_S" \
    unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
    chroot "$root" su visitor -s /bin/sh -c 'cd && exec env -i HOME="$HOME" USER=visitor \
        LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin WITHOUT="$1" TICKET_LIMIT_S="$2" \
        sh /inside.sh' visitor "${WITHOUT:-}" "${TICKET_LIMIT_S:-300}" || fail "It does not work there: see above."
say "Both commands work on a bare system"

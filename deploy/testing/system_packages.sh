#!/bin/sh
# Gets the system packages that the tests need: as root on Debian or Ubuntu by itself (SYSTEM=no
# prevents it), for anybody else it prints the one command and goes on; those tests then skip.
set -u

missing=""
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ||
    command -v chromium-browser >/dev/null 2>&1 || missing="chromium"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && [ "${SYSTEM:-}" != no ] && command -v apt-get >/dev/null 2>&1; then
    echo "The browser tests need: $missing. Installing (SYSTEM=no prevents this) ..."
    log=$(mktemp)
    if apt-get update >"$log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >>"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    echo "That did not work; the last lines of apt:"
    tail -n 5 "$log"
    exit 0
fi
echo "The browser tests need: $missing. Get it with"
echo "  sudo apt install $missing"
echo "Without it they are skipped by name."

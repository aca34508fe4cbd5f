#!/bin/sh
# What a visitor with a bare system does (run.sh brings them here): opens the cinema, buys a ticket,
# kills it, opens it again, and runs the tests and the checks. Each step is timed and bounded.
set -eu

OPEN_LIMIT_S=600
TICKET_LIMIT_S=${TICKET_LIMIT_S:-300}
# How packages are reached from here, as the machine outside reaches them.
set -a
. /environment
set +a
export MM_POSTGRES=wheel BROWSER=0 SYSTEM=no

began=$(date +%s)
since() { echo "$(($(date +%s) - $1)) s"; }
say() { printf '\n-- %s\n' "$*"; }
fail() {
    echo "$*" >&2
    exit 1
}
fail_with_log() {
    tail -n 30 ~/run.log >&2 2>/dev/null || true
    fail "$@"
}

opened() { # waits until the cinema in the background says that it is open
    limit=$(($(date +%s) + OPEN_LIMIT_S))
    until grep -q "The cinema is open" ~/run.log; do
        kill -0 "$1" 2>/dev/null || fail_with_log "The cinema ended instead of opening."
        [ "$(date +%s)" -lt "$limit" ] || fail_with_log "The cinema is not open after $OPEN_LIMIT_S s."
        sleep 0.2
    done
}

say "Cloning"
git -c advice.detachedHead=false clone -q /repository.bundle moviemesh
cd moviemesh

say "make run (with the PostgreSQL of the wheel)"
start=$(date +%s)
make run >~/run.log 2>&1 &
cinema=$!
opened "$cinema"
echo "open after $(since "$start"); .venv has $(du -sm .venv | cut -f1) MB"

say "moviemesh demo"
.venv/bin/moviemesh demo
set -- *.pdf
[ -f "$1" ] || fail "moviemesh demo left no PDF here."
.venv/bin/moviemesh check-ticket "$1"
taken=$(($(date +%s) - began))
echo "a bought ticket $taken s after the clone began"
[ "$taken" -le "$TICKET_LIMIT_S" ] || fail "That is more than $TICKET_LIMIT_S s."

say "kill -9, and a second start"
pid=$(.venv/bin/python -c 'from backend.onebox import folders, state
print(state.running(folders.folders()).pid)')
kill -9 "$pid"
wait "$cinema" 2>/dev/null || true
: >~/run.log
start=$(date +%s)
.venv/bin/moviemesh run >~/run.log 2>&1 &
cinema=$!
opened "$cinema"
echo "open again after $(since "$start")"
.venv/bin/moviemesh demo >/dev/null && echo "and it sells"
kill -INT "$cinema"
wait "$cinema" || fail_with_log "The cinema did not close well."
tail -n 1 ~/run.log
rm -f ./*.pdf

for stage in test check; do
    case " ${WITHOUT:-} " in *" $stage "*) continue ;; esac
    say "make $stage"
    start=$(date +%s)
    make "$stage" || fail "make $stage fails."
    echo "make $stage took $(since "$start")"
done
say "Everything is as it should be, $(since "$began") after the clone began"

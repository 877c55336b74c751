#!/bin/bash
# Runs the specs beside it with isolationtester, each in a database of its own, copied from one that has the helpers in it:
#   run.sh HOST PORT USER TEMPLATE [SPEC…]
# Prints TAP; the output of a spec that fails is shown as a diff.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
host=$1 port=$2 user=$3 template=$4
shift 4
specs=("$@")
[ ${#specs[@]} -gt 0 ] || specs=("$here"/*.spec)
tester=${ISOLATIONTESTER:-/usr/lib/postgresql/15/lib/pgxs/src/test/isolation/isolationtester}
scratch=${template}_isolation
failed=0 number=0

administer() { psql -qX -h "$host" -p "$port" -U "$user" -d postgres -v ON_ERROR_STOP=1 "$@" 2>/dev/null; }

echo "1..${#specs[@]}"
for spec in "${specs[@]}"; do
  name=$(basename "$spec" .spec)
  number=$((number + 1))
  if administer -c "drop database if exists $scratch" -c "create database $scratch template $template" &&
     difference=$(PGTZ=UTC PGISOLATIONTIMEOUT=60 "$tester" "host=$host port=$port user=$user dbname=$scratch" <"$spec" 2>&1 |
                  diff "$here/expected/$name.out" - 2>&1); then
    echo "ok $number - ${name//_/ }"
  else
    echo "not ok $number - ${name//_/ }"
    printf '%s\n' "${difference-no copy of $template could be made}" | sed 's/^/# /'
    failed=1
  fi
done
administer -c "drop database if exists $scratch"
exit $failed

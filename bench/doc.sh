#!/bin/sh
# Parse, three edits, write: src/doc beside Node's JSON.parse/stringify and jansson, on requests of
# 2 KB to 2 MB that are the same on every machine. Prints a table; ROUNDS=5 by default.
#
# Needs a C compiler. Node and libjansson-dev are left out, with a word, when they are not there.
# Each number is the best of the rounds, and the programs take turns, so that what else the machine
# does hurts all of them alike.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
rounds=${ROUNDS:-5}
cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

"$cc" -std=c17 -D_GNU_SOURCE -O2 -I"$root/src" -I"$root/include" "$here/doc_bench.c" \
    "$root"/src/doc/*.c "$root"/src/base/arena.c "$root"/src/base/buf.c "$root"/src/base/err.c \
    "$root"/src/base/file.c "$root"/src/base/secret.c "$root"/src/base/str.c \
    "$root"/src/base/utf8.c -lm -o "$work/doc"

programs=doc
if command -v node >/dev/null; then
    programs="$programs node"
else
    echo "no node here: left out"
fi
if "$cc" -std=c17 -D_GNU_SOURCE -O2 "$here/doc_jansson.c" -ljansson -o "$work/jansson" 2>/dev/null; then
    programs="$programs jansson"
else
    echo "no jansson here (Debian: libjansson-dev): left out"
fi

run() { # PROGRAM MODE FILE
    case $1 in
    node) node "$here/doc_bench.mjs" "$2" "$3" ;;
    *) "$work/$1" "$2" "$3" ;;
    esac
}

# They must do the same: after the edits the documents are equal. Node writes as compactly as doc
# leaves the text, so there even the bytes are.
"$work/doc" make 20000 >"$work/check.json"
for program in $programs; do
    run "$program" edit "$work/check.json" >"$work/$program.edited"
done
if [ -e "$work/node.edited" ] && ! cmp -s "$work/doc.edited" "$work/node.edited"; then
    echo "doc and node disagree about the edited request" >&2
    exit 1
fi

printf '%9s  %-8s %12s %10s %14s\n' bytes program us MB/s "times doc's"
for size in 2000 20000 200000 2000000; do
    file=$work/$size.json
    "$work/doc" make "$size" >"$file"
    bytes=$(wc -c <"$file")
    for program in $programs; do : >"$work/$program.us"; done
    round=0
    while [ "$round" -lt "$rounds" ]; do
        for program in $programs; do run "$program" run "$file" >>"$work/$program.us"; done
        round=$((round + 1))
    done
    doc=$(sort -n "$work/doc.us" | head -n 1)
    for program in $programs; do
        best=$(sort -n "$work/$program.us" | head -n 1)
        awk -v bytes="$bytes" -v name="$program" -v us="$best" -v doc="$doc" 'BEGIN {
            printf "%9d  %-8s %12.2f %10.0f %13.1fx\n", bytes, name, us, bytes / us, us / doc }'
    done
done

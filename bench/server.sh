#!/usr/bin/env bash
# The sandbox's HTTP server under load: requests a second, CPU of the server for each, memory of open
# streams; beside nginx with a constant answer when that is installed.
#
#   cmake --preset release && cmake --build --preset release && bench/server.sh [SECONDS]
#
# Needs wrk or ab (Debian: wrk, apache2-utils) and python3. The answers are a recording played back, so
# they have the sizes of the table and cost nothing to make. Load generator and server share the
# machine: CPU for each request is the steadiest column.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-2}
gateway=${CHELA_GATEWAY:-$PWD/build/release/bin/chela-gateway}
work=$(mktemp -d)
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

if command -v wrk > /dev/null; then
    tool=wrk
elif command -v ab > /dev/null; then
    tool=ab
else
    echo "neither wrk nor ab is installed" >&2
    exit 69
fi

python3 - > "$work/recording" << 'PYTHON'
import json
json_type, sse = {"content-type": "application/json"}, {"content-type": "text/event-stream"}
event = "data: " + "x" * 242 + "\n\n"
for path, headers, body in (("/1k", json_type, "x" * 1007), ("/20k", json_type, "x" * 20480),
                            ("/200k", json_type, "x" * 204800), ("/stream", sse, event * 200)):
    print(json.dumps({"method": "GET", "path": path, "body": "",
                      "response": {"status": 200, "headers": headers, "body": body}}))
PYTHON

start() { # OPTIONS…: sets server and url
    "$gateway" sandbox --port 0 --quiet "$@" > "$work/ready" &
    server=$!
    pids+=("$server")
    for _ in $(seq 100); do
        grep -q http "$work/ready" && break
        sleep 0.05
    done
    url=$(sed -n 's|.*\(http://[^/]*\).*|\1|p' "$work/ready")
}

start --replay "$work/recording"
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

row() { # NAME PID URL CONNECTIONS
    local before after done_requests rate
    before=$(ticks "$2")
    if [ "$tool" = wrk ]; then
        wrk -t1 -c"$4" -d"${seconds}s" "$3" > "$work/out" 2>&1
        done_requests=$(awk '/requests in/ { print $1 }' "$work/out")
        rate=$(awk '/Requests\/sec/ { print $2 }' "$work/out")
    else
        ab -q -k -c "$4" -t "$seconds" -n 10000000 "$3" > "$work/out" 2>&1
        done_requests=$(awk '/Complete requests/ { print $3 }' "$work/out")
        rate=$(awk '/Requests per second/ { print $4 }' "$work/out")
    fi
    after=$(ticks "$2")
    awk -v name="$1" -v c="$4" -v rate="$rate" -v t=$((after - before)) -v n="$done_requests" \
        -v hz="$(getconf CLK_TCK)" \
        'BEGIN { printf "%-14s %11d %12.0f %14.1f\n", name, c, rate, t * 1e6 / hz / n }'
}

printf '%-14s %11s %12s %14s\n' answer connections requests/s "CPU us/request"
for answer in 1k 20k 200k stream; do
    for connections in 1 32 256; do row "$answer" "$server" "$url/$answer" $connections; done
done

if command -v nginx > /dev/null; then
    port=$((20000 + RANDOM % 20000))
    cat > "$work/nginx.conf" << CONF
worker_processes 1;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 2048; }
http {
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f;
    uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    server { listen 127.0.0.1:$port; location / { return 200 "$(printf 'x%.0s' $(seq 1007))"; } }
}
CONF
    nginx -c "$work/nginx.conf" -p "$work" 2> /dev/null &
    nginx=$!
    pids+=("$nginx")
    sleep 0.5
    worker=$(pgrep -P "$nginx")
    for connections in 1 32 256; do
        row "nginx 1k" "$worker" "http://127.0.0.1:$port/" $connections
    done
fi

# Streams that have begun and wait, in a process that has done nothing else.
start
python3 - "$url" "$server" << 'PYTHON'
import json, resource, socket, sys, time
url, pid, count = sys.argv[1], sys.argv[2], 1000
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
host, port = url.removeprefix("http://").split(":")
body = json.dumps({"model": "sandbox/agent", "stream": True,
                   "messages": [{"role": "user", "content": "Repeat: " + "word " * 180}]}).encode()
ask = (b"POST /api/v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Chela-Fault: stall=1\r\n"
       b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

def resident():
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

def open_stream():
    stream = socket.create_connection((host, int(port)))
    stream.sendall(ask)
    assert b"200 OK" in stream.recv(4096)
    return stream

streams = [open_stream()]
before = resident()
streams += [open_stream() for _ in range(count)]
time.sleep(1)
after = resident()
print(f"\n{count} idle streams: {before} KB before, {after} KB with them, "
      f"{(after - before) / count:.1f} KB each")
PYTHON

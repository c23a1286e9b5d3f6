"""The measurements of bench/gateway.sh: gateway.py CHELA_GATEWAY FOLDER SECONDS ROUNDS"""
import json
import math
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GATEWAY, FOLDER = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
SECONDS, ROUNDS = int(sys.argv[3]), int(sys.argv[4])
CHUNKS = 200  # of a stream, see upstream.c
BODIES = {"1 KB": 1 << 10, "20 KB": 20 << 10, "200 KB": 200 << 10, "stream": 1 << 10}
HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer sk-client", "x-portkey-provider": "openai"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# ---- who takes part ----

class Target:
    """A proxy: how it is started, its process, its port."""

    path = "/v1/chat/completions"
    patience = 1  # times as long a run

    def __init__(self, work, upstream):
        self.work, self.upstream, self.process = work, upstream, None

    def start(self):
        self.port = free_port()
        began = time.monotonic()
        self.process = subprocess.Popen(self.command(), env=self.env(), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, cwd=self.work)
        while time.monotonic() < began + 30:
            try:
                stream = self.ask()
                assert stream.recv(65536).startswith(b"HTTP/1.1 200"), f"{self.name}: no answer"
                stream.close()
                break
            except ConnectionRefusedError:
                time.sleep(0.001)
        return (time.monotonic() - began) * 1000

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)

    def env(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.work)}

    def request(self, stream="false"):
        body = b'{"model":"openrouter/auto","stream":%s,"messages":[]}' % stream.encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers().items())
        return (f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\n{head}Content-Length: {len(body)}\r\n\r\n"
                .encode() + body)

    def headers(self):
        return {**HEADERS, "x-portkey-custom-host": f"http://127.0.0.1:{self.upstream}/v1"}

    def ask(self, stream="false"):
        """A connection on which something was asked. " true": the stream does not end."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(self.request(stream))
        return connection

    def processes(self):
        """Its own, or the worker's where a master only watches."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def cpu(self):
        """Seconds, of all threads."""
        total = 0
        for pid in self.processes():
            for task in Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def resident(self):
        """KB."""
        return sum(int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
                   for pid in self.processes())


class Direct(Target):
    name = "direct"

    def start(self):
        self.port = self.upstream
        return 0


class Chela(Target):
    name, path = "chela", "/api/v1/chat/completions"

    def command(self):
        home = self.work / "home"
        home.mkdir(exist_ok=True)
        (home / "openclaw.json").write_text(json.dumps({"models": {"providers": {"openrouter": {
            "baseUrl": f"http://127.0.0.1:{self.upstream}/v1", "apiKey": "sk-or-v1-0123456789abcdef",
            "models": []}}}}))
        return [GATEWAY, "gateway", "--anonymous", "--port", str(self.port), "--workers", "1", "--quiet"]

    def env(self):
        home = str(self.work / "home")
        return {"HOME": home, "OPENCLAW_STATE_DIR": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home,
                "XDG_STATE_HOME": home}


class Nginx(Target):
    name = "nginx"

    def command(self):
        folders = "".join(f"{kind}_temp_path {self.work}/{kind};" for kind in
                          ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.work / "nginx.conf").write_text(f"""
worker_processes 1; daemon off; pid {self.work}/nginx.pid; error_log {self.work}/nginx.log;
events {{ worker_connections 16384; }}
http {{
    access_log off; keepalive_requests 100000000; client_max_body_size 64m; client_body_buffer_size 512k; {folders}
    upstream up {{ server 127.0.0.1:{self.upstream}; keepalive 512; keepalive_requests 100000000; }}
    server {{ listen 127.0.0.1:{self.port} backlog=4096; location / {{
        proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }} }}
}}""")
        return ["nginx", "-c", self.work / "nginx.conf", "-p", self.work]


class Haproxy(Target):
    name = "haproxy"

    def command(self):
        (self.work / "haproxy.cfg").write_text(f"""
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
    bind 127.0.0.1:{self.port} backlog 4096
    default_backend b
backend b
    server s 127.0.0.1:{self.upstream} pool-max-conn 512
""")
        return ["haproxy", "-db", "-f", self.work / "haproxy.cfg"]


class Portkey(Target):
    name, patience = "portkey", 4
    program = FOLDER / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"

    def command(self):
        return ["node", self.program, f"--port={self.port}", "--headless"]


# ---- measuring ----

def lua(target, body):
    content = {"model": "openrouter/auto", "stream": body == "stream", "messages": [
        {"role": "user", "content": ""}]}
    room = BODIES[body] - len(json.dumps(content, separators=(",", ":")))
    content["messages"][0]["content"] = "word " * (room // 5)
    script = target.work / "request.lua"
    heads = "".join(f"wrk.headers['{name}'] = '{value}'\n" for name, value in target.headers().items())
    script.write_text(f"wrk.method = 'POST'\n{heads}wrk.body = [[{json.dumps(content, separators=(',', ':'))}]]\n")
    return script


def microseconds(text):
    told = re.match(r"([\d.]+)(us|ms|s|m)", text)
    return float(told[1]) * {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}[told[2]] if told else math.nan


def load(target, body, connections):
    """{"cpu": µs a request, "rate": of them a second, "p50", "p99": µs}; too few to tell: NaN"""
    before = target.cpu() if target.process else 0
    said = subprocess.run(
        ["wrk", "--latency", "-t1", f"-c{connections}", f"-d{SECONDS * target.patience}s", "--timeout", "20s", "-s", lua(target, body),
         f"http://127.0.0.1:{target.port}{target.path}"], capture_output=True, text=True, check=True).stdout
    used = target.cpu() - before if target.process else 0
    count = int(re.search(r"(\d+) requests in", said)[1])
    assert "Non-2xx" not in said, f"{target.name}: {said}"
    if count < max(2 * connections, 20):
        return dict.fromkeys(("cpu", "rate", "p50", "p99"), math.nan)
    return {"cpu": used * 1e6 / max(count, 1), "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
            **{f"p{share}": microseconds(re.search(rf"{share}%\s+(\S+)", said)[1]) for share in (50, 99)}}


def first_chunk(target):
    """µs from the request to the first event, median of 200 on one connection each."""
    took = []
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", target.port), timeout=20) as stream:
            began = time.perf_counter()
            stream.sendall(target.request("true"))
            got = b""
            while b"data: " not in got:
                got += stream.recv(65536)
            took.append((time.perf_counter() - began) * 1e6)
    return statistics.median(took)


def open_streams(target, count):
    """(how many got their first event within half a minute, KB for each)"""
    streams, end = [], time.monotonic() + 30
    with target.ask(" true") as first:
        first.recv(100)
        before = target.resident()
        while len(streams) < count and time.monotonic() < end:
            streams.append(target.ask(" true"))
        opened = 0
        for stream in streams:
            stream.settimeout(max(end - time.monotonic(), 0.01))
            try:
                opened += stream.recv(100).startswith(b"HTTP/1.1 200")
            except OSError:
                break
        time.sleep(0.5)
        each = (target.resident() - before) / max(opened, 1)
    for stream in streams:
        stream.close()
    time.sleep(1)
    return opened, each


# ---- the table ----

def row(label, names, values, form, base="nginx"):
    """Values with their ratio to nginx."""
    text = f"| {label} |"
    for name in names:
        ratio = f" ({values[name] / values[base]:.2f})" if values.get(base) and name != base else ""
        text += " |" if math.isnan(values[name]) else f" {form.format(values[name])}{ratio} |"
    print(text, flush=True)


def heading(title, names):
    print(f"\n| {title} | " + " | ".join(names) + " |\n|---" + "|--:" * len(names) + "|", flush=True)


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    upstream = free_port()
    server = subprocess.Popen([FOLDER / "upstream", str(upstream)])
    targets = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            time.sleep(0.2)
            run_all(targets, Path(folder), upstream)
        finally:
            for target in targets:
                target.stop()
            server.kill()


def run_all(targets, folder, upstream):
    kinds = [Direct, Chela, *(kind for kind in (Nginx, Haproxy) if shutil.which(kind.name))]
    if Portkey.program.exists():
        kinds.append(Portkey)
    for kind in kinds:
        work = folder / kind.name
        work.mkdir()
        targets.append(kind(work, upstream))
    starts = {target.name: [] for target in targets[1:]}
    idle = {}
    for target in targets[1:]:
        for _ in range(3):
            target.stop()
            starts[target.name].append(target.start())
            idle[target.name] = target.resident() / 1024
    targets[0].start()
    names = [target.name for target in targets[1:]]

    heading("CPU µs a request (× nginx)", names)
    found = {}
    for body in BODIES:
        for connections in (1, 32, 256):
            runs = {target.name: [] for target in targets}
            for _ in range(ROUNDS):
                for target in targets:
                    runs[target.name].append(load(target, body, connections))
            found[body, connections] = {name: {key: statistics.median(one[key] for one in some) for key in some[0]}
                                        for name, some in runs.items()}
            row(f"{body}, {connections}", names,
                {name: found[body, connections][name]["cpu"] for name in names}, "{:.0f}")
    tell_loads(found, names)

    heading("streams of 200 chunks", names)
    for connections in (1, 32, 256):
        cells = found["stream", connections]
        row(f"thousand chunks/s, {connections}", names,
            {name: cells[name]["rate"] * CHUNKS / 1000 for name in names}, "{:.0f}")
        row(f"CPU µs for 1,000 chunks, {connections}", names,
            {name: cells[name]["cpu"] * 1000 / CHUNKS for name in names}, "{:.0f}")
    direct = first_chunk(targets[0])
    row("added to the first chunk, µs", names,
        {target.name: first_chunk(target) - direct for target in targets[1:]}, "{:.0f}")

    heading("fresh processes", names)
    row("start to first answer, ms", names, {name: statistics.median(starts[name]) for name in names}, "{:.0f}")
    row("idle, MB", names, idle, "{:.1f}")
    opened, each = {}, {}
    for count in (1000, 5000):
        for target in targets[1:]:
            target.stop()
            target.start()
            opened[target.name], each[target.name] = open_streams(target, count)
        row(f"{count} open streams: KB each", names, each, "{:.1f}")
        if min(opened.values()) < count:
            row("… of which were open after 30 s", names, opened, "{}", base=None)


def tell_loads(found, names):
    heading("requests a second (× nginx)", names)
    for (body, connections), cells in found.items():
        row(f"{body}, {connections}", names, {name: cells[name]["rate"] for name in names}, "{:.0f}")
    for share in ("p50", "p99"):
        heading(f"{share} added, µs", names)
        for (body, connections), cells in found.items():
            row(f"{body}, {connections}", names,
                {name: cells[name][share] - cells["direct"][share] for name in names}, "{:.0f}", base=None)


main()

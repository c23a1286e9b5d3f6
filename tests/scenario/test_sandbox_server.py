"""The sandbox's server from outside: the program chela-gateway, asked by curl, by Python's own HTTP and
TLS, and by raw sockets."""
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

import pytest

from support.program import BASE_ENV, binary
from support.sandbox import Sandbox

CHAT = {"model": "sandbox/agent", "messages": [{"role": "user", "content": "What is 20 + 22?"}]}
STREAM = dict(CHAT, stream=True)
PATH = "/api/v1/chat/completions"


def program():
    return Path(os.environ.get("CHELA_GATEWAY") or binary("chela-gateway"))


class Server:
    def __init__(self, folder, *options, port=0, env=None):
        self.folder = Path(folder)
        self.env = dict(BASE_ENV, HOME=str(folder), XDG_CACHE_HOME=str(self.folder / "cache"),
                        **(env or {}))
        self.log = (self.folder / "log").open("w+")
        self.process = subprocess.Popen(
            [str(program()), "sandbox", "--port", str(port), *options], stdout=subprocess.PIPE,
            stderr=self.log, text=True, env=self.env)
        self.lines = [self.process.stdout.readline().strip()]
        if "--tls" in options and self.lines[0]:
            self.lines += [self.process.stdout.readline().strip() for _ in range(2)]
        found = re.fullmatch(r"chela sandbox on http://127\.0\.0\.1:(\d+)/api/v1", self.lines[0])
        self.port = int(found[1]) if found else None

    def logged(self):
        self.log.seek(0)
        return self.log.read()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, body=None, fault=None, path=PATH, method=None, headers=()):
        """(status, headers, body text); body as JSON."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = dict(headers)
        if fault:
            sent["X-Chela-Fault"] = fault
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            link.request(method or ("GET" if body is None else "POST"), path, body, sent)
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            link.close()

    def stop(self, wait=20):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(wait)


@pytest.fixture
def start(tmp_path):
    running = []

    def begin(*options, **more):
        folder = tmp_path / str(len(running))
        folder.mkdir()
        running.append(Server(folder, *options, **more))
        assert running[-1].port, running[-1].logged()
        return running[-1]
    yield begin
    for server in running:
        if server.process.poll() is None:
            assert server.stop() == 0, server.logged()
        assert "Sanitizer" not in server.logged() and "runtime error" not in server.logged()
        server.process.stdout.close()
        server.log.close()


def text_of(stream):
    """What the events of a stream say together."""
    said = ""
    for line in stream.split("\n"):
        if line.startswith("data: {"):
            for choice in json.loads(line[6:])["choices"]:
                said += choice["delta"].get("content") or ""
    return said


def answered(body):
    return json.loads(body)["choices"][0]["message"]["content"]


# ---- HTTP ----

def test_answers_whole_and_streamed(start):
    server = start()
    status, headers, body = server.ask(CHAT)
    assert status == 200 and headers["Content-Type"] == "application/json" and "42" in answered(body)
    status, headers, body = server.ask(STREAM)
    assert headers["Content-Type"].startswith("text/event-stream")
    assert headers["Transfer-Encoding"] == "chunked"
    assert "42" in text_of(body) and body.rstrip().endswith("data: [DONE]")
    assert server.ask(path="/v1/models")[0] == 200
    assert f"POST {PATH} 200" in server.logged()


def test_curl(start):
    server = start()
    url = f"http://127.0.0.1:{server.port}"
    curl = ["curl", "-sS", "--fail", "--max-time", "20"]
    body = json.dumps(CHAT)
    out = subprocess.run([*curl, "-d", body, url + PATH, url + PATH, "-w", "\n%{num_connects}\n"],
                         capture_output=True, text=True, check=True)
    assert out.stdout.split("\n")[1::2][:2] == ["1", "0"], out.stdout  # one connection for both
    chunked = [*curl, "-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue", "-d", body]
    out = subprocess.run([*chunked, url + PATH], capture_output=True, text=True, check=True)
    assert "42" in answered(out.stdout)
    out = subprocess.run([*curl, "--http1.0", "-N", "-d", json.dumps(STREAM), url + PATH],
                         capture_output=True, text=True, check=True)
    assert "42" in text_of(out.stdout)
    out = subprocess.run([*curl, "-I", url + "/api/v1/models"], capture_output=True, text=True,
                         check=True)
    assert out.stdout.startswith("HTTP/1.1 200") and "ontent-" in out.stdout


def test_chela_hands_on_every_fault(tmp_path):
    faults = ["--fault", "status=429,times=1", "--fault", "status=503,times=1"]
    with Sandbox(*faults, folder=tmp_path) as sandbox:
        place = urllib.parse.urlsplit(sandbox.url)
        seen = []
        for _ in range(3):
            link = http.client.HTTPConnection(place.netloc, timeout=20)
            link.request("GET", place.path + "/models")
            seen.append(link.getresponse().status)
            link.close()
    assert seen == [429, 503, 200]


def test_pipelined_raw_requests(start):
    server = start()
    body = json.dumps(CHAT).encode()
    one = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (PATH.encode(), len(body), body)
    with server.connect() as link:
        link.sendall(one * 5 + one.replace(b"Host: a", b"Host: a\r\nConnection: close"))
        got = b""
        while piece := link.recv(65536):
            got += piece
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 6 and got.count(b"42") >= 6


@pytest.mark.parametrize("sent, status", [
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
    (b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70000, 431),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    (b"GET / HTTP/2.0\r\n\r\n", 505),
])
def test_refusals(start, sent, status):
    server = start()
    with server.connect() as link:
        link.sendall(sent)
        got = b""
        while piece := link.recv(65536):
            got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert json.loads(body)["error"]["code"] == status
    assert server.ask(CHAT)[0] == 200  # it goes on


def test_unknown_path_is_a_404(start):
    status, headers, body = start().ask(path="/api/v2/nothing")
    assert status == 404 and json.loads(body)["error"]["code"] == 404


def test_client_that_leaves_is_noticed(start):
    server = start("--pace", "50")
    with server.connect() as link:
        body = json.dumps(STREAM).encode()
        link.sendall(b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s"
                     % (PATH.encode(), len(body), body))
        assert link.recv(65536).startswith(b"HTTP/1.1 200")
    end = time.monotonic() + 2
    while "(cut)" not in server.logged() and time.monotonic() < end:
        time.sleep(0.02)
    took = int(re.search(r"(\d+) ms \(cut\)", server.logged())[1])
    assert took < 1000


# ---- life ----

def test_port_in_use(start, tmp_path):
    server = start()
    (tmp_path / "second").mkdir()
    second = Server(tmp_path / "second", port=server.port)
    assert second.process.wait(20) == 69
    assert "in use" in second.logged() and "another port" in second.logged()
    second.process.stdout.close()
    second.log.close()


@pytest.mark.parametrize("options, says", [
    (["--prot", "1"], "did you mean --port?"),
    (["--port", "x"], "a number from 0 to 65535"),
    (["--port"], "--port needs a PORT"),
    (["--tls=yes"], "--tls takes no value"),
    (["extra"], "takes no operand: extra"),
    (["--fault", "stal=1"], "did you mean stall?"),
    (["--fault", "boom"], "there are: delay=MS"),
    (["--bind", "nowhere"], "not an IP address"),
    (["--ca", "x"], "goes with --tls"),
])
def test_usage_errors(tmp_path, options, says):
    done = subprocess.run([str(program()), "sandbox", *options], capture_output=True, text=True,
                          env=dict(BASE_ENV, HOME=str(tmp_path)), timeout=20)
    assert done.returncode == 64 and says in done.stderr and not done.stdout


def test_files_that_cannot_be_used(tmp_path):
    for options, code in ((["--record", str(tmp_path / "no" / "x")], 74),
                          (["--replay", str(tmp_path / "absent")], 66)):
        done = subprocess.run([str(program()), "sandbox", "--port", "0", *options], timeout=20,
                              capture_output=True, text=True, env=dict(BASE_ENV, HOME=str(tmp_path)))
        assert done.returncode == code and str(tmp_path) in done.stderr, done.stderr


def test_signal_lets_the_answer_finish(start):
    server = start("--pace", "100", "--quiet")
    got = {}
    asking = threading.Thread(target=lambda: got.update(zip("shb", server.ask(STREAM))))
    asking.start()
    time.sleep(0.4)
    server.process.send_signal(signal.SIGINT)
    asking.join(20)
    assert got["s"] == 200 and "42" in text_of(got["b"]) and got["b"].rstrip().endswith("[DONE]")
    assert server.process.wait(20) == 0
    assert server.logged() == ""
    with pytest.raises(OSError):
        server.connect()


def test_second_signal_ends_at_once(start):
    server = start()
    with contextlib.suppress(OSError), server.connect() as link:
        link.sendall(b"GET /api/v1/models HTTP/1.1\r\nHost: a\r\nX-Chela-Fault: stall=head\r\n\r\n")
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert server.process.poll() is None  # it waits for the answer
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == -signal.SIGTERM


# ---- TLS ----

def test_tls_directly(start):
    server = start("--tls")
    assert server.lines[1] == f"proxy: HTTPS_PROXY=http://127.0.0.1:{server.port}"
    ca = server.lines[2].removeprefix("SSL_CERT_FILE=")
    assert "PRIVATE" not in Path(ca).read_text()
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(server.connect(), server_hostname="openrouter.ai") as link:
        assert link.selected_alpn_protocol() == "http/1.1"
        link.sendall(b"GET /api/v1/models HTTP/1.1\r\nHost: openrouter.ai\r\nConnection: close\r\n\r\n")
        got = b""
        while piece := link.recv(65536):
            got += piece
    assert got.startswith(b"HTTP/1.1 200") and b"sandbox/agent" in got
    assert server.ask(path="/v1/models")[0] == 200  # plain HTTP on the same port
    assert server.stop() == 0
    assert not Path(ca).exists()


def test_proxy_leads_curl_here(start, tmp_path):
    server = start("--tls", "--ca", str(tmp_path / "ca.pem"))
    assert server.lines[2] == f"SSL_CERT_FILE={tmp_path}/ca.pem"
    env = {"PATH": os.environ["PATH"], "HTTPS_PROXY": f"http://127.0.0.1:{server.port}",
           "SSL_CERT_FILE": str(tmp_path / "ca.pem")}
    curl = ["curl", "-sS", "--max-time", "20", "-d", json.dumps(CHAT)]
    done = subprocess.run([*curl, "https://openrouter.ai" + PATH], env=env, capture_output=True,
                          text=True, check=True)
    assert "42" in answered(done.stdout)
    done = subprocess.run([*curl, "https://example.com/"], env=env, capture_output=True, text=True)
    assert done.returncode == 56 and "403" in done.stderr


def test_proxy_leads_python_here(start):
    server = start("--tls")
    context = ssl.create_default_context(cafile=server.lines[2].removeprefix("SSL_CERT_FILE="))
    link = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=20)
    link.set_tunnel("openrouter.ai", 443)
    for _ in range(2):
        link.request("POST", PATH, json.dumps(STREAM), {"Content-Type": "application/json"})
        assert "42" in text_of(link.getresponse().read().decode())
    link.close()
    assert "CONNECT openrouter.ai:443 200" in server.logged()


# ---- faults ----

def test_status_for_the_first_requests(start):
    server = start("--fault", "status=429,retry-after=2,times=2,path=chat")
    assert server.ask(path="/v1/models")[0] == 200
    for _ in range(2):
        status, headers, body = server.ask(CHAT)
        assert status == 429 and headers["Retry-After"] == "2"
        assert json.loads(body)["error"]["code"] == 429
    assert server.ask(CHAT)[0] == 200


def test_faults_of_a_stream(start):
    server = start()
    whole = server.ask(STREAM)[2]
    assert '"finish_reason":"stop"' in whole
    body = server.ask(STREAM, "no-finish")[2]
    assert "42" in text_of(body) and "[DONE]" not in body and '"stop"' not in body
    with pytest.raises(http.client.IncompleteRead):
        server.ask(STREAM, "cut=200")
    with pytest.raises(http.client.IncompleteRead):
        server.ask(STREAM, "cut=finish")
    body = server.ask(STREAM, "error-event=503")[2]
    assert '"error":{' in body and '"code":503' in body and body.rstrip().endswith("[DONE]")
    bad = 0
    for line in server.ask(STREAM, "malformed=2")[2].split("\n"):
        if line.startswith("data: {"):
            try:
                json.loads(line[6:])
            except ValueError:
                bad += 1
    assert bad == 1
    body = server.ask(STREAM, "huge=2000000")[2]
    assert max(map(len, body.split("\n"))) > 2000000 and body.rstrip().endswith("[DONE]")
    began = time.monotonic()
    assert server.ask(STREAM, "delay=300")[0] == 200
    assert time.monotonic() - began >= 0.3


def test_faults_of_an_answer(start):
    server = start()
    with pytest.raises(http.client.IncompleteRead):
        server.ask(CHAT, "cut=20")
    with server.connect() as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Chela-Fault: cut=head\r\n\r\n")
        assert link.recv(65536) == b"HTTP/1.1 200 OK\r\nContent-Ty" and link.recv(65536) == b""
    with pytest.raises(ValueError):
        json.loads(server.ask(CHAT, "malformed=1")[2])
    status, headers, body = server.ask(CHAT, "html,status=502")
    assert status == 502 and headers["Content-Type"].startswith("text/html") and "<html" in body
    assert server.ask(CHAT, "wrong-type")[1]["Content-Type"] == "application/x-unexpected"
    status, headers, body = server.ask(CHAT, "error-event=402")
    assert status == 200 and json.loads(body)["error"]["code"] == 402
    status, headers, body = server.ask(CHAT, "bang")
    assert status == 400 and "there are: delay=MS" in json.loads(body)["error"]["message"]


def test_stall_lasts_until_the_client_leaves(start):
    server = start()
    body = json.dumps(STREAM).encode()
    with server.connect() as link:
        link.sendall(b"POST %s HTTP/1.1\r\nHost: a\r\nX-Chela-Fault: stall=1\r\nContent-Length: %d\r\n"
                     b"\r\n%s" % (PATH.encode(), len(body), body))
        link.settimeout(0.5)
        got = b""
        with pytest.raises(TimeoutError):
            while piece := link.recv(65536):
                got += piece
        assert got.count(b"data: ") == 1
    assert server.ask(CHAT)[0] == 200


# ---- recordings ----

def test_record_and_replay(start, tmp_path):
    file = tmp_path / "talk.jsonl"
    key = "sk-or-v1-" + "0123456789abcdef" * 4
    server = start("--record", str(file))
    asked = [server.ask(body, headers={"Authorization": f"Bearer {key}"})[2]
             for body in (CHAT, STREAM, dict(CHAT, seed=1))]
    server.ask(STREAM, "status=500")
    with pytest.raises(http.client.IncompleteRead):
        server.ask(dict(STREAM, seed=2), "cut=30")
    assert server.stop() == 0
    text = file.read_text()
    assert key not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["response"]["status"] for line in lines] == [200, 200, 200, 500, 200]
    assert [line["response"]["complete"] for line in lines] == [True] * 4 + [False]
    assert json.loads(lines[0]["body"]) == CHAT and lines[0]["path"] == PATH
    assert lines[1]["response"]["body"] == asked[1]
    assert lines[1]["headers"]["authorization"].startswith("Bearer sk-or-v1-…")

    server = start("--replay", str(file))
    assert server.ask(dict(CHAT, seed=1))[2] == asked[2]
    assert server.ask(STREAM)[2] == asked[1]
    assert server.ask(STREAM)[0] == 500  # what the same request got the second time
    assert server.ask(CHAT)[2] == asked[0]
    assert server.ask(CHAT)[2] == asked[0]
    with pytest.raises(http.client.IncompleteRead):
        server.ask(dict(STREAM, seed=2))
    status, headers, body = server.ask(dict(CHAT, seed=99))
    assert status == 404 and PATH in json.loads(body)["error"]["message"]
    assert server.ask(path="/v1/models")[0] == 404


def test_replay_names_the_bad_line(tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text('{"method":"GET","path":"/","response":{"status":200}}\n{oops\n')
    done = subprocess.run([str(program()), "sandbox", "--port", "0", "--replay", str(file)], timeout=20,
                          capture_output=True, text=True, env=dict(BASE_ENV, HOME=str(tmp_path)))
    assert done.returncode == 65 and "bad.jsonl" in done.stderr and "line 2" in done.stderr

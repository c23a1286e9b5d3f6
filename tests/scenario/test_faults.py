"""The fault table of docs/faults.md: each way in which a service can fail, what chela says about it,
how it exits, and how often it asked. A raw socket stands for the service, since no HTTP server
misbehaves on purpose. Nothing may hang: each case has its own time limit.
"""
import json
import re
import socket
import ssl
import subprocess
import threading
import time

import pytest

from support import tree
from support.program import Home

TABLE = tree.text(tree.ROOT / "docs" / "faults.md")


class Cut(Exception):
    """The connection is reset here."""


class Service:
    """Answers POSTs to chat/completions from a list, the last one again and again.

    An answer is a list of steps: bytes to send, seconds to wait, or Cut.
    """

    def __init__(self, answers, context=None, deaf=False):
        self.answers, self.context, self.deaf = answers, context, deaf
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.settimeout(20)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            if self.deaf:
                self.asked.append(time.monotonic())
                connection.sendall(b"220 this is a mail server\r\n")
                time.sleep(0.2)
                return
            self._answer(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def _answer(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                return
            head += piece
        head, _, body = head.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        if not head.startswith(b"POST"):
            connection.sendall(b"HTTP/1.1 404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            return
        steps = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(time.monotonic())
        for step in steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif step is Cut:
                linger = b"\1\0\0\0\0\0\0\0"
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            else:
                time.sleep(step)

    def close(self):
        self.listener.close()


@pytest.fixture
def service():
    """service(answers...) -> a running Service; all end with the test."""
    running = []

    def start(*answers, **more):
        running.append(Service(answers, **more))
        return running[-1]
    yield start
    for one in running:
        one.close()


def ask(tmp_path, base_url, timeout=1, **more):
    """One question with --json; returns (exit code, error object, envelope, seconds)."""
    home = Home(tmp_path, key="sk-or-v1-faults", config={"models": {"providers": {"openrouter": {
        "baseUrl": base_url, "timeoutSeconds": timeout, "models": []}}}})
    began = time.monotonic()
    result = home.run("infer", "model", "run", "--model", "openrouter/openai/gpt-5.4", "--prompt",
                      "Say hello", "--json", timeout=25, **more)
    seconds = time.monotonic() - began
    envelope = result.json
    return result.code, envelope["error"], envelope, seconds


# ---- what a service sends ----

SSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
FRAMED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
COMMENT = b": OPENROUTER PROCESSING\n\n"


def event(delta=None, finish=None, **more):
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "gen-1", "choices": [choice], **more}).encode() + b"\n\n"


def chunked(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


WORD, STOP, DONE = event({"content": "Hello"}), event(finish="stop"), b"data: [DONE]\n\n"
GOOD = [SSE, COMMENT, WORD, STOP, DONE]


def status(code, headers="", message="the reason", **error):
    body = json.dumps({"error": {"code": code, "message": message, **error}}).encode()
    return [f"HTTP/1.1 {code} No\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"connection: close\r\n{headers}\r\n".encode() + body]


# name: (steps of the answer, error code, exit code, tries, a part of the message)
STREAMS = {
    "slow first byte": ([4], "timeout", 75, 1, "did not answer for 1 s"),
    "stall before the first event": ([SSE, 4], "timeout", 75, 1, "sent nothing for 1 s"),
    "stall after some text": ([SSE, WORD, 4], "timeout", 75, 1, "sent nothing for 1 s"),
    "comments and nothing else": ([SSE] + [COMMENT, 0.2] * 20, "timeout", 75, 1,
                                  "the model said nothing for 1 s"),
    "comments after some text": ([SSE, WORD] + [COMMENT, 0.2] * 20, "timeout", 75, 1,
                                 "the model stopped in the middle of its answer"),
    "closed without an answer": ([], "unavailable", 69, 1, "closed the connection without an answer"),
    "reset without an answer": ([Cut], "unavailable", 69, 1,
                                "closed the connection without an answer"),
    "cut in the head": ([b"HTTP/1.1 200 OK\r\ncontent-ty"], "stream_cut", 76, 1,
                        "in the middle of the answer's head"),
    "cut after the head": ([FRAMED], "stream_cut", 76, 1, "in the middle of the answer"),
    "ended after the head": ([SSE], "stream_cut", 76, 1, "without a finish"),
    "cut after the first event": ([FRAMED, chunked(WORD), 0.1, Cut], "stream_cut", 76, 1,
                                  "in the middle of the answer"),
    "ended after the first event": ([SSE, WORD], "stream_cut", 76, 1,
                                    "without a finish, after 5 bytes"),
    "cut in the middle of an event": ([FRAMED, chunked(WORD + WORD[:20]), 0.1, Cut], "stream_cut",
                                      76, 1, "in the middle of the answer"),
    "ended in the middle of an event": ([SSE, WORD, WORD[:20]], "stream_cut", 76, 1,
                                        "in the middle of an event"),
    "cut before the finish": ([FRAMED, chunked(WORD), chunked(event({"content": " you"})), 0.1, Cut],
                              "stream_cut", 76, 1, "in the middle of the answer"),
    "[DONE] without a finish": ([SSE, WORD, DONE], "stream_cut", 76, 1, "without a finish"),
    "malformed event": ([SSE, WORD, b"data: {\"choices\": [oops\n\n", STOP, DONE], "protocol", 76, 1,
                        "event 2 of the stream is not JSON"),
    "error event": ([SSE, WORD, event({"content": ""}, "error", error={
        "code": 502, "message": "Provider disconnected"}), DONE], "upstream_error", 75, 1,
        "error 502 in the answer: Provider disconnected"),
    "error event before any text": ([SSE, COMMENT, b'data: {"error":{"code":429,"message":"slow"}}\n\n'],
                                    "rate_limited", 75, 1, "error 429 in the answer: slow"),
    "nothing in the answer": ([SSE, event({"content": ""}, "stop"), DONE], "empty_answer", 76, 1,
                              "answered with nothing"),
    "only reasoning": ([SSE, event({"reasoning": "hm"}), event(finish="length"), DONE],
                       "empty_answer", 76, 1, "only reasoning"),
    "content filter": ([SSE, WORD, event(finish="content_filter"), DONE], "content_filter", 65, 1,
                       "withheld by a content filter"),
    "huge line": ([SSE, b"data: " + b"x" * (17 << 20)], "too_large", 65, 1,
                  "longer than 16777216 bytes"),
    "huge headers": ([b"HTTP/1.1 200 OK\r\nx: " + b"y" * 400000], "too_large", 65, 1, "headers"),
    "wrong content type": ([b"HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\n\r\n<answer/>"],
                           "protocol", 76, 1, "content type application/xml"),
    "HTML page": ([b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<!doctype html><title>Hi</title>"],
                  "protocol", 76, 1, "an HTML page titled \"Hi\""),
    "HTML page as 404": ([b"HTTP/1.1 404 No\r\ncontent-type: text/html\r\n\r\n<html>gone"],
                         "not_found", 69, 1, "HTTP 404: an HTML page"),
    "not HTTP": ([b"220 this is a mail server\r\n"], "protocol", 76, 1, "does not answer in HTTP"),
    "redirect": ([b"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"],
                 "protocol", 76, 1, "HTTP 307: a redirect"),
}
HINTS = {"HTML page": "OpenRouter's own ends in /api/v1", "HTML page as 404": "baseUrl",
         "slow first byte": "timeoutSeconds", "comments and nothing else": "timeoutSeconds",
         "only reasoning": "maxTokens"}

# status: (error code, exit code, tries, a part of the hint)
STATUSES = {
    400: ("bad_request", 65, 1, "chela explain"),
    401: ("key_refused", 77, 1, "settings/keys"),
    402: ("payment_required", 77, 1, "settings/credits"),
    403: ("forbidden", 77, 1, "change the prompt"),
    404: ("not_found", 69, 1, "openrouter.ai/models"),
    408: ("timeout", 75, 3, "try again"),
    409: ("upstream_error", 75, 3, "try again"),
    413: ("too_large", 65, 1, "shorten"),
    422: ("bad_request", 65, 1, "chela explain"),
    429: ("rate_limited", 75, 3, "wait"),
    500: ("upstream_error", 75, 3, "try again"),
    502: ("upstream_error", 75, 3, "try again"),
    503: ("upstream_error", 75, 3, "try again"),
    504: ("timeout", 75, 3, "another model"),
    524: ("timeout", 75, 3, "another model"),
    529: ("upstream_error", 75, 3, "try again"),
}
SOON = "retry-after-ms: 20\r\n"


@pytest.mark.parametrize("name", STREAMS)
def test_stream(name, service, tmp_path):
    steps, code, exit_code, tries, message = STREAMS[name]
    running = service(steps)
    patience = 20 if name == "huge line" else 1
    got, error, envelope, seconds = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1", patience)
    assert (error["code"], got) == (code, exit_code), error
    assert message in error["message"], error
    assert HINTS.get(name, "") in error.get("hint", ""), error
    assert len(running.asked) == tries
    assert len(envelope["attempts"]) == tries
    assert envelope["ok"] is False and envelope["outputs"] == []
    assert seconds < 6 * patience


@pytest.mark.parametrize("number", STATUSES)
def test_status(number, service, tmp_path):
    code, exit_code, tries, hint = STATUSES[number]
    running = service(status(number, SOON))
    got, error, envelope, _ = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert (error["code"], got) == (code, exit_code), error
    assert f"HTTP {number}: the reason" in error["message"]
    assert error["httpStatus"] == number
    assert hint in error["hint"]
    assert len(running.asked) == tries == len(envelope["attempts"])
    assert [attempt["status"] for attempt in envelope["attempts"]] == [number] * tries
    assert (f"tried {tries} times" in error["message"]) == (tries > 1)


def test_moderation_names_provider_and_reasons(service, tmp_path):
    running = service(status(403, metadata={"reasons": ["violence"], "provider_name": "OpenAI"}))
    _, error, _, _ = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert "the reason (OpenAI; reasons: violence)" in error["message"]


def test_503_without_retry_after_backs_off(service, tmp_path):
    running = service(status(503))
    ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    first, second, third = running.asked
    assert 0.37 <= second - first < 2
    assert 0.74 <= third - second < 3


def test_429_without_retry_after_backs_off(service, tmp_path):
    running = service(status(429))
    _, error, _, _ = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert error["code"] == "rate_limited" and len(running.asked) == 3
    assert "retryAfterSeconds" not in error


def test_429_with_retry_after_is_waited_for(service, tmp_path):
    running = service(status(429, "retry-after: 1\r\n"), GOOD)
    got, error, envelope, _ = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert got == 0 and error is None
    assert envelope["outputs"] == [{"text": "Hello"}]
    assert 0.99 <= running.asked[1] - running.asked[0] < 2.5


def test_429_with_a_long_retry_after_is_not(service, tmp_path):
    running = service(status(429, "retry-after: 3600\r\n"))
    got, error, _, seconds = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert (error["code"], got, len(running.asked)) == ("rate_limited", 75, 1)
    assert error["retryAfterSeconds"] == 3600
    assert "asks to wait 3600 s" in error["message"]
    assert seconds < 5


def test_nothing_is_tried_again_after_text(service, tmp_path):
    running = service([SSE, WORD, Cut], GOOD)
    got, error, _, _ = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert got == 76 and len(running.asked) == 1, error


def test_recovers_on_the_third_try(service, tmp_path):
    running = service(status(500, SOON), status(529, SOON), GOOD)
    got, _, envelope, _ = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert got == 0 and len(running.asked) == 3
    assert [attempt["ok"] for attempt in envelope["attempts"]] == [False, False, True]


# ---- no connection ----

def test_refused(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    got, error, envelope, _ = ask(tmp_path, f"http://127.0.0.1:{port}/v1")
    assert (error["code"], got) == ("unavailable", 69)
    assert f"connection refused by 127.0.0.1:{port} (tried 3 times)" in error["message"]
    assert len(envelope["attempts"]) == 3


def test_unknown_name(tmp_path):
    """A label of 64 letters is no name, so that no resolver of the machine has a say."""
    got, error, envelope, _ = ask(tmp_path, f"http://{'x' * 64}.test/v1")
    assert (error["code"], got) == ("unavailable", 69)
    assert f"could not resolve host {'x' * 64}.test (tried 3 times)" in error["message"]
    assert len(envelope["attempts"]) == 3


def test_proxy_that_is_down(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    got, error, _, _ = ask(tmp_path, "https://openrouter.ai/api/v1",
                           env={"HTTPS_PROXY": f"http://localhost:{port}"})
    assert (error["code"], got) == ("unavailable", 69)
    assert "the proxy" in error["message"] and "HTTPS_PROXY" in error["hint"]


def test_certificate_of_nobody(service, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    running = service(GOOD, context=context)
    got, error, envelope, _ = ask(tmp_path, f"https://localhost:{running.port}/v1")
    assert (error["code"], got) == ("unavailable", 69)
    assert "TLS: the certificate of localhost is not trusted" in error["message"]
    assert "SSL_CERT_FILE" in error["hint"]
    assert len(envelope["attempts"]) == 1 and not running.asked


def test_tls_to_a_port_that_has_none(service, tmp_path):
    running = service(deaf=True)
    got, error, envelope, _ = ask(tmp_path, f"https://127.0.0.1:{running.port}/v1")
    assert (error["code"], got) == ("unavailable", 69)
    assert f"TLS: no secure connection to 127.0.0.1:{running.port}" in error["message"]
    assert len(envelope["attempts"]) == 1


def test_tls_that_never_answers(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        got, error, envelope, seconds = ask(tmp_path, f"https://127.0.0.1:{port}/v1")
    assert (error["code"], got) == ("timeout", 75)
    assert f"connecting to 127.0.0.1:{port} took longer than 1 s (tried 3 times)" in error["message"]
    assert len(envelope["attempts"]) == 3 and seconds < 10


# ---- what is no fault ----

@pytest.mark.parametrize("steps", [
    [SSE, WORD, STOP],                      # no [DONE]
    [SSE, WORD, STOP, DONE, 3],             # the connection stays open
    [SSE, WORD, STOP, 3],
    [FRAMED, chunked(WORD + STOP), Cut],    # cut, but after the finish
    [SSE, WORD, event(finish="length")],
    [SSE, COMMENT * 500, WORD, COMMENT, STOP, DONE],
    [b"HTTP/1.1 200 OK\r\n\r\n", WORD, STOP, DONE],  # no content type
    [b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"choices":[{"message":'
     b'{"content":"Hello"},"finish_reason":"stop"}]}'],
], ids=["no-done", "open-after-done", "open-after-finish", "cut-after-finish", "length", "comments",
        "no-type", "json"])
def test_no_fault(steps, service, tmp_path):
    running = service(steps)
    got, error, envelope, _ = ask(tmp_path, f"http://127.0.0.1:{running.port}/v1")
    assert got == 0, error
    assert envelope["outputs"] == [{"text": "Hello"}]
    assert len(running.asked) == 1


# ---- the table says so ----

def rows():
    """The rows of docs/faults.md: {fault: (error code, exit code, tries)}."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in TABLE.splitlines() if line.startswith("| ")]
    return {row[0]: (row[2].strip("`"), row[3], row[4]) for row in cells if len(row) == 6}


@pytest.mark.parametrize("name", STREAMS)
def test_table_has_stream(name):
    _, code, exit_code, tries, _ = STREAMS[name]
    assert rows().get(name) == (code, str(exit_code), str(tries))


@pytest.mark.parametrize("number", STATUSES)
def test_table_has_status(number):
    code, exit_code, tries, _ = STATUSES[number]
    assert rows().get(f"HTTP {number}") == (code, str(exit_code), str(tries))


def test_table_names_tests_that_are_there():
    source = "".join(path.read_text() for path in (tree.ROOT / "tests" / "scenario").glob("*.py"))
    for name in re.findall(r"`(test_\w+)", TABLE):
        assert f"def {name}(" in source, name

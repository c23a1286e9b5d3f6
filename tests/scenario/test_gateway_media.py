"""Pictures, speech and transcription through `chela gateway`."""
import base64
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.gateway import NO_QUARANTINE, Gateway

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
PICTURE = {"created": 1, "data": [{"b64_json": PNG}], "usage": {"total_tokens": 7, "cost": 0.04}}
IMAGES = "POST /v1/images/generations$"


def provider(url, **more):
    return {"baseUrl": url, "api": "openai-completions", "apiKey": "sk-upstream-0123456789",
            "models": [{"id": name, "name": name} for name in ("draw", "speak", "hear", "vectors")],
            **more}


@pytest.fixture
def gateway(lab, tmp_path):
    """gateway(rules) serves them at `fake` and at `other`."""
    running = []

    def start(rules, **more):
        lab.serve(rules)
        providers = {"fake": provider(lab.plain_url + "/v1"),
                     "other": provider(lab.plain_url + "/other")}
        running.append(Gateway(tmp_path, providers, {"log": "json"}, **more))
        return running[0].__enter__()
    yield start
    for one in running:
        one.__exit__(None)


def logged(gateway):
    return [json.loads(line) for line in gateway.log.read_text().splitlines()
            if line.startswith("{")]


def form(boundary, *fields):
    """multipart/form-data as the SDKs write it: (name, text or bytes of a file)."""
    body = b""
    for name, value in fields:
        body += f"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"".encode()
        if isinstance(value, bytes):
            body += b"; filename=\"a.bin\"\r\nContent-Type: application/octet-stream"
        body += b"\r\n\r\n" + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def post_form(gateway, path, *fields):
    return gateway.ask(path, form("mark", *fields),
                       content_type="multipart/form-data; boundary=mark")


# ---- pictures ----

@pytest.mark.parametrize("path", ["/images", "/images/generations"])
def test_a_picture(gateway, lab, path):
    gateway = gateway([{"on": IMAGES, "replies": [{"json": PICTURE,
                                                   "headers": {"x-generation-id": "gen-1"}}]}])
    body = b'{"prompt":"a crab", "model":"fake/draw" ,"x_unknown":[1.50]}'
    answer = gateway.ask(path, body)
    assert answer.json == PICTURE and answer.headers["x-generation-id"] == "gen-1"
    asked = lab.upstream.asked[-1]
    assert asked.raw == body.replace(b"fake/draw", b"draw")
    assert asked.headers["authorization"] == "Bearer sk-upstream-0123456789"
    assert logged(gateway)[-1]["cost"] == 0.04


def test_openrouter_has_one_path_and_takes_json(lab, tmp_path):
    lab.serve([{"on": "POST /v1/images$", "replies": [{"json": PICTURE}]}])
    providers = {"openrouter": provider(lab.plain_url + "/v1")}
    with Gateway(tmp_path, providers) as gateway:
        assert gateway.ask("/images/generations", {"model": "google/nano", "prompt": "x"}).status == 200
        picture = base64.b64decode(PNG)
        answer = post_form(gateway, "/images/edits", ("model", "google/nano"), ("prompt", "at night"),
                           ("n", "2"), ("size", "512x512"), ("image[]", picture), ("image[]", picture))
        assert answer.json == PICTURE
        body = lab.upstream.asked[-1].body
        part = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PNG}}
        assert body == {"model": "google/nano", "prompt": "at night", "n": 2, "size": "512x512",
                        "input_references": [part, part]}
        refused = post_form(gateway, "/images/edits", ("model", "google/nano"), ("image", picture),
                            ("mask", picture))
        assert refused.status == 400 and "mask" in refused.json["error"]["message"]


def test_the_next_one_is_asked_when_the_first_says_no(gateway, lab):
    gateway = gateway([{"on": IMAGES, "replies": [{"status": 503, "json": {"error": "busy"}}]},
                       {"on": "POST /other/images/generations$", "replies": [{"json": PICTURE}]}])
    answer = gateway.ask("/images", {"model": "fake/draw", "models": ["other/draw"], "prompt": "x"})
    assert answer.json == PICTURE
    assert answer.headers["x-chela-attempts"] == "fake/draw=503, other/draw=200"


def test_success_that_is_an_error_is_none(gateway, lab):
    gateway = gateway([{"on": IMAGES, "replies": [
        {"json": {"error": {"code": 429, "message": "too many pictures"}}}]}])
    answer = gateway.ask("/images", {"model": "fake/draw", "prompt": "x"})
    error = answer.json["error"]
    assert answer.status == 429 and error["code"] == 429
    assert error["metadata"]["error_type"] == "rate_limit_exceeded"


@pytest.mark.parametrize("reply", [{"hang_up": True}, {"raw": "HTTP/1.1 200 OK\r\n"
                         "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"data\""}])
def test_what_may_have_been_billed_is_not_asked_for_again(gateway, lab, reply):
    gateway = gateway([{"on": "POST ", "replies": [reply]}])
    answer = gateway.ask("/images", {"model": "fake/draw", "models": ["other/draw"], "prompt": "x"})
    assert answer.status >= 502 and answer.json["error"]["metadata"]["error_type"]
    assert len(lab.upstream.asked) == 1


class Large(BaseHTTPRequestHandler):
    """A picture of 40 MB in base64, with its price behind it."""
    protocol_version = "HTTP/1.1"
    pieces, piece = 640, b"A" * 65536

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        head, tail = b'{"data":[{"b64_json":"', b'"}],"usage":{"total_tokens":7,"cost":0.25}}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length",
                         str(len(head) + self.pieces * len(self.piece) + len(tail)))
        self.end_headers()
        self.wfile.write(head)
        for _ in range(self.pieces):
            self.wfile.write(self.piece)
        self.wfile.write(tail)


def test_a_large_picture_is_not_held(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Large)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    with Gateway(tmp_path, {"fake": provider(url)}, {"log": "json"}, env=NO_QUARANTINE) as gateway:
        gateway.ask("/models")
        before = gateway.most_memory()
        answer = gateway.ask("/images", {"model": "fake/draw", "prompt": "x"})
        grown = gateway.most_memory() - before
        print(f"a 42 MB picture: the gateway grew by {grown} MB")
        assert answer.json["usage"]["cost"] == 0.25 and len(answer.raw) > 40 << 20
        assert grown < 12, grown
        assert logged(gateway)[-1]["cost"] == 0.25
    server.shutdown()
    server.server_close()


PIECES = [{"type": "image_generation.partial_image", "b64_json": PNG},
          {"type": "image_generation.completed", "b64_json": PNG}]


@pytest.mark.parametrize("events, whole", [(PIECES, True), ([*PIECES, "[DONE]"], True),
                                           (PIECES[:1], False), ([*PIECES[:1], {"cut": True}], False),
                                           ([*PIECES[:1], {"error": {"message": "no"}}], True)])
def test_a_stream_of_pictures(gateway, events, whole):
    gateway = gateway([{"on": IMAGES, "replies": [{"events": events}]}])
    answer = gateway.ask("/images", {"model": "fake/draw", "prompt": "x", "stream": True})
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.events[0] == PIECES[0] and answer.whole == whole
    assert gateway.counter("requests_cut_total") == (not whole)


# ---- sound ----

def test_speech_passes_through(gateway, lab):
    sound = os.urandom(3000)
    gateway = gateway([{"on": "POST /v1/audio/speech$", "replies": [
        {"base64": base64.b64encode(sound).decode(), "type": "audio/mpeg",
         "headers": {"x-generation-id": "gen-2"}}]}])
    answer = gateway.ask("/audio/speech", {"model": "fake/speak", "input": "Hi", "voice": "a"})
    assert answer.raw == sound and answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["x-generation-id"] == "gen-2"
    assert "voice" in lab.upstream.asked[-1].body


def test_silence_is_a_failure(gateway):
    gateway = gateway([{"on": "POST /v1/audio/speech$", "replies": [{"text": "", "type": "audio/mpeg"}]}])
    answer = gateway.ask("/audio/speech", {"model": "fake/speak", "input": "Hi"})
    assert answer.status == 502
    assert answer.json["error"]["metadata"]["error_type"] == "provider_unavailable"


HEAR = "POST /v1/audio/transcriptions$"
HEARD = {"text": "hello", "usage": {"seconds": 2, "cost": 0.001}}


def test_a_form_travels_byte_for_byte(gateway, lab):
    gateway = gateway([{"on": HEAR, "replies": [{"json": HEARD}]}])
    sound = os.urandom(1 << 20)
    answer = post_form(gateway, "/audio/transcriptions", ("model", "hear"), ("file", sound))
    # a name that only one upstream has is that one's; both have "hear", so either was asked
    assert answer.status == 200 or answer.status == 502
    answer = post_form(gateway, "/audio/transcriptions", ("model", "fake/hear"), ("file", sound),
                       ("language", "en"))
    assert answer.json == HEARD
    asked = lab.upstream.asked[-1]
    assert asked.headers["content-type"] == "multipart/form-data; boundary=mark"
    assert asked.raw == form("mark", ("model", "hear"), ("file", sound), ("language", "en"))
    assert logged(gateway)[-1]["cost"] == 0.001


def test_a_form_that_needs_no_change_is_the_clients_own(lab, tmp_path):
    lab.serve([{"on": HEAR, "replies": [{"json": HEARD}]}])
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}) as gateway:
        fields = [("file", b"RIFF --mark\r\n--mar"), ("model", "hear"), ("prompt", "x")]
        assert post_form(gateway, "/audio/transcriptions", *fields).json == HEARD
        assert lab.upstream.asked[-1].raw == form("mark", *fields)
        assert gateway.counter("bodies_unchanged_total") == 1


@pytest.mark.parametrize("fields, status, says", [
    ((("model", "fake/hear"),), 400, "no file"),
    ((("file", b"x"),), 400, "model"),
    ((("model", "fake/hear"), ("file", bytes((25 << 20) + 1))), 413, "25 MB"),
])
def test_forms_that_are_refused(gateway, lab, fields, status, says):
    gateway = gateway([{"on": HEAR, "replies": [{"json": HEARD}]}])
    answer = post_form(gateway, "/audio/transcriptions", *fields)
    assert answer.status == status and says in answer.json["error"]["message"]
    assert not lab.upstream.asked


def test_transcription_of_json(gateway, lab):
    gateway = gateway([{"on": HEAR, "replies": [{"json": HEARD}]}])
    body = {"model": "fake/hear", "input_audio": {"data": "UklGRg==", "format": "wav"}}
    assert gateway.ask("/audio/transcriptions", body).json == HEARD
    assert lab.upstream.asked[-1].body == {**body, "model": "hear"}


# ---- the rest ----

def test_vectors_have_a_price(gateway):
    usage = {"prompt_tokens": 3, "total_tokens": 3, "cost": 0.0002}
    gateway = gateway([{"on": "POST /v1/embeddings$", "replies": [
        {"json": {"object": "list", "data": [{"embedding": "AAAA"}], "usage": usage}}]}])
    assert gateway.ask("/embeddings", {"model": "fake/vectors", "input": "x"}).json["usage"] == usage
    assert logged(gateway)[-1]["cost"] == 0.0002


@pytest.mark.parametrize("path", ["/images", "/audio/speech", "/embeddings"])
def test_a_model_is_needed(gateway, path):
    answer = gateway([]).ask(path, {"prompt": "x", "input": "x"})
    assert answer.status == 400 and "model" in answer.json["error"]["message"]


def test_a_form_names_one_model(gateway, lab):
    gateway = gateway([])
    answer = post_form(gateway, "/audio/transcriptions", ("model", "dear"), ("file", b"RIFF"), ("model", "fake/hear"))
    assert answer.status == 400 and "twice" in answer.json["error"]["message"]
    assert not lab.upstream.asked

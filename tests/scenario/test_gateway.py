"""`chela gateway` in front of upstreams that answer, fail, stall and break off."""
import json
import signal
import socket
import subprocess
import threading
import time

import pytest

from support import replies
from support.gateway import CHAT, HELLO, Gateway, always, provider
from support.program import ROOT

# ---- through and back ----

def test_a_stream_and_a_document(fake, lab):
    gateway = fake(always(HELLO))
    whole = gateway.chat()
    assert whole.json["choices"][0]["message"]["content"] == "Hello"
    streamed = gateway.chat(stream=True)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.text == "Hello" and streamed.events[-1] == "[DONE]"
    assert b": OPENROUTER PROCESSING\n\n" in streamed.raw  # comments stay comments
    assert streamed.events[-2]["usage"] == replies.USAGE
    assert gateway.ask("//v1/chat/completions", {"model": "fake/bench", "messages": []}).status == 200


def test_what_nobody_knows_travels_byte_for_byte(fake, lab):
    gateway = fake(always(HELLO))
    body = (b'{ "zeta": {"b":1.50,"a":[1e3, {"\\u00e9":null}]},\n "model":"fake/bench", '
            b'"messages":[{"role":"user","content":"Hi","x_unknown":{"deep":[ 0.10 ]}}],'
            b'"reasoning_details":[{"type":"reasoning.encrypted","data":"A+/="}] }')
    assert gateway.ask("/chat/completions", body).status == 200
    assert lab.upstream.asked[-1].raw == body.replace(b'"fake/bench"', b'"bench"')
    assert gateway.ask("/chat/completions", body.replace(b"fake/bench", b"bench")).status == 200
    assert lab.upstream.asked[-1].raw == body.replace(b"fake/bench", b"bench")


def test_the_clients_key_stays_here(fake, lab):
    gateway = fake(always(HELLO), apiKey="sk-upstream-0123456789")
    gateway.chat(headers={"authorization": "Bearer sk-client-0123456789", "cookie": "a=b",
                          "traceparent": "00-1-2-01", "x-request-id": "mine-1"})
    headers = lab.upstream.asked[-1].headers
    assert headers["authorization"] == "Bearer sk-upstream-0123456789"
    assert "cookie" not in headers and headers["traceparent"] == "00-1-2-01"
    assert headers["x-request-id"] == "mine-1"
    assert "sk-upstream" not in gateway.log.read_text()


def test_the_verified_route(lab, tmp_path):
    lab.serve(always(HELLO))
    with Gateway(tmp_path, env=lab.env, key="sk-or-v1-stored") as gateway:
        answer = gateway.chat("anthropic/claude-sonnet-4.6", store=True,
                              headers={"x-chela-explain": "1", "http-referer": "https://client"})
        assert answer.status == 200
        request = lab.upstream.asked[-1]
        assert str(request) == "POST https://openrouter.ai/api/v1/chat/completions"
        assert request.headers["authorization"] == "Bearer sk-or-v1-stored"
        assert request.headers["http-referer"] == "https://openclaw.ai"
        assert "store" not in request.body
        assert "openai-only" in {change["rule"] for change
                                 in json.loads(answer.headers["x-chela-explain"])}
    assert not lab.strangers


def test_shaping_can_be_switched(lab, tmp_path):
    lab.serve(always(HELLO))
    providers = {"openrouter": provider(lab.plain_url + "/v1", apiKey="sk-or-v1-0123456789")}
    for shape, sent in ((True, False), (False, True)):
        own = {"upstreams": {"openrouter": {"shape": shape}}}
        folder = tmp_path / str(shape)
        with Gateway(folder, providers, own) as gateway:
            assert gateway.chat("openrouter/auto", store=True).status == 200
            assert ("store" in lab.upstream.asked[-1].body) == sent


# ---- falling over ----

FAILURES = [
    {"status": 500, "json": {"error": {"code": 500, "message": "oops"}}},
    {"status": 429, "json": {"error": {"message": "slow down"}}},
    {"hang_up": True},
    {"events": [replies.chunk({"role": "assistant", "content": ""}), {"cut": True}]},
    {"status": 400, "json": {"error": {"code": 400, "message": "too long"}}},
    {"events": [{"error": {"message": "overloaded", "code": "server_error"}}]},
    {"events": [": wait", "[DONE]"]},
]


@pytest.mark.parametrize("stream", [False, True])
def test_seventeen_entries(lab, tmp_path, stream):
    rules = [{"on": CHAT, "body": f'"model": ?"m{n}"', "replies": [FAILURES[n % len(FAILURES)]]}
             for n in range(16)]
    lab.serve(rules + [{"on": CHAT, "body": '"m16"', "replies": [HELLO]}])
    models = [f"m{n}" for n in range(17)]
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1", *models)}) as gateway:
        answer = gateway.chat("fake/m0", stream, models=[f"fake/{m}" for m in models[1:]],
                              headers={"x-openrouter-metadata": "enabled"})
        assert answer.status == 200
        told = answer.events[-2] if stream else answer.json
        attempts = told["openrouter_metadata"]["attempts"]
        assert [row["model"] for row in attempts] == models
        assert attempts[-1]["status"] == 200 and attempts[1]["status"] == 429
        assert (answer.text if stream else told["choices"][0]["message"]["content"]) == "Hello"
        assert answer.headers["x-chela-attempts"].count("=") == 17
        assert gateway.counter("attempts_total") == 17
        assert gateway.counter("fallbacks_total") == 16
    assert len(lab.upstream.asked) == 17


def test_the_last_error_is_told_with_those_before(fake):
    gateway = fake([{"on": CHAT, "body": "bench", "replies": [FAILURES[0]]},
                    {"on": CHAT, "replies": [FAILURES[4]]}])
    answer = gateway.chat(models=["fake/other"])
    error = answer.json["error"]
    assert answer.status == error["code"] == 400 and error["message"] == "too long"
    assert error["metadata"]["error_type"] == "invalid_request"
    assert [row["code"] for row in error["metadata"]["previous_errors"]] == [500, 400]


def test_the_shortest_retry_after_counts_and_is_heeded(fake, lab):
    gateway = fake([{"on": CHAT, "body": "bench",
                     "replies": [{"status": 429, "headers": {"retry-after": 30}, "json": {}}]},
                    {"on": CHAT, "replies": [{"status": 503, "headers": {"retry-after": 7},
                                              "json": {}}]}])
    answer = gateway.chat(models=["fake/other"])
    assert answer.status == 503 and answer.headers["retry-after"] == "7"
    again = gateway.chat()
    assert again.status == 429 and int(again.headers["retry-after"]) in (29, 30)
    assert len(lab.upstream.asked) == 2  # the third time nobody was asked
    assert gateway.counter("cooldown_skips_total") == 1
    assert gateway.ask("//healthz?verbose").json["endpoints"][0]["wait_ms"] > 0
    assert gateway.ask("//healthz/reset", b"").status == 200
    gateway.chat()
    assert len(lab.upstream.asked) == 3


# ---- broken streams ----

CHUNKS = [replies.chunk({"role": "assistant", "content": ""}), replies.chunk({"content": "one "}),
          replies.chunk({"content": "two"}), replies.chunk({}, finish="stop"),
          replies.chunk({}, usage=replies.USAGE), "[DONE]"]


@pytest.mark.parametrize("targets", [1, 2])
@pytest.mark.parametrize("after,outcome", [(0, "failed"), (1, "failed"), (2, "cut"), (3, "cut"),
                                           (4, "whole"), (5, "whole"), (6, "whole")])
def test_a_stream_that_breaks_off(fake, after, outcome, targets):
    gateway = fake([{"on": CHAT, "body": "bench",
                     "replies": [{"events": CHUNKS[:after] + [{"cut": True}]}]},
                    {"on": CHAT, "replies": [HELLO]}])
    answer = gateway.chat(stream=True, models=["fake/other"][:targets - 1])
    if outcome == "failed" and targets == 2:
        assert answer.text == "Hello" and answer.finish == "stop"
    elif outcome == "failed":
        assert answer.status == 502
        assert answer.json["error"]["metadata"]["error_type"] == "provider_unavailable"
    elif outcome == "cut":  # what came was given; nobody else may repeat it
        assert answer.text.startswith("one ") and answer.finish == "error"
        error = answer.events[-2]["error"]
        assert error["code"] == 502 and error["metadata"]["error_type"] == "provider_unavailable"
        assert answer.events[-1] == "[DONE]"
    else:  # with its finish_reason the answer is there, whatever becomes of the rest
        assert answer.text == "one two" and answer.finish == "stop"
        assert answer.events[-1] == "[DONE]"
    assert answer.whole


def test_a_clean_end_without_a_finish_is_an_error(fake):
    gateway = fake(always({"events": CHUNKS[:3]}))
    answer = gateway.chat(stream=True)
    assert answer.text == "one two" and answer.finish == "error"
    assert "finish_reason" in answer.events[-2]["error"]["message"]


def test_anothers_error_event_is_brought_into_form(fake):
    gateway = fake(always({"events": CHUNKS[:2] + [{"error": {"message": "GPU on fire",
                                                              "code": "server_error"}}]}))
    answer = gateway.chat(stream=True)
    assert isinstance(answer.events[-2]["error"]["code"], int)
    assert "GPU on fire" in answer.events[-2]["error"]["message"] and answer.finish == "error"
    assert answer.raw.count(b"GPU on fire") == 1


def test_a_document_that_breaks_off(fake):
    half = {"raw": 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"id"'}
    gateway = fake([{"on": CHAT, "body": "bench", "replies": [half]},
                    {"on": CHAT, "replies": [HELLO]}])
    assert gateway.chat().status == 502
    assert gateway.chat(models=["fake/other"]).json["choices"][0]["message"]["content"] == "Hello"


def test_success_without_an_answer_is_none(fake):
    gateway = fake(always({"json": {"choices": []}}, {"json": {"error": {"code": 402, "message": "no"}}},
                          {"text": "<html>", "type": "text/html"}))
    assert [gateway.chat().status for _ in range(3)] == [502, 402, 502]


# ---- time ----

def test_comments_are_no_tokens(fake):
    flood = [": wait", {"sleep": 0.1}] * 40
    gateway = fake(always({"events": flood + CHUNKS}), {"timeouts": {"firstTokenMs": 800}})
    began = time.monotonic()
    answer = gateway.chat(stream=True)
    assert answer.status == 504 and 0.7 < time.monotonic() - began < 2.5
    assert answer.json["error"]["metadata"]["error_type"] == "timeout"
    assert gateway.counter("timeouts_total") == 1


def test_a_stream_that_stalls(fake):
    gateway = fake(always({"events": CHUNKS[:2] + [": still here", {"sleep": 4}]}),
                   {"timeouts": {"idleMs": 600}})
    answer = gateway.chat(stream=True)
    assert answer.text == "one " and answer.finish == "error"
    assert answer.events[-2]["error"]["code"] == 504


def test_silence_is_filled_with_comments(fake):
    gateway = fake(always({"events": [CHUNKS[0], {"sleep": 1}] + CHUNKS[1:]}), {"heartbeatMs": 200})
    answer = gateway.chat(stream=True)
    assert 2 <= answer.raw.count(b": chela\n\n") <= 6 and answer.text == "one two"


# ---- clients that leave, and slow ones ----

def test_a_client_that_leaves_ends_it_upstream(fake, lab):
    gateway = fake(always({"events": CHUNKS[:2] + [{"sleep": 0.02}, CHUNKS[1]] * 400}))
    connection = gateway.connect()
    connection.request("POST", "/api/v1/chat/completions", json.dumps(
        {"model": "fake/bench", "stream": True, "messages": []}))
    assert b"one" in connection.getresponse().read1(65536)
    connection.sock.close()
    connection.close()
    began = time.monotonic()
    assert lab.upstream.cut_off.wait(3)
    assert time.monotonic() - began < 1  # the lab notices at its second write after it
    end = time.monotonic() + 5
    while gateway.counter("requests_gone_total") != 1 and time.monotonic() < end:
        time.sleep(0.05)
    assert gateway.ask("//healthz?verbose").json["upstream_connections"] == 0


class Flood:
    """An upstream that sends events as fast as they are taken, and knows how many it could."""

    def __init__(self):
        self.sent = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        connection, _ = self.listener.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        event = b"data: " + json.dumps(replies.chunk({"content": "x" * 200})).encode() + b"\n\n"
        try:
            while self.sent < 200 << 20:
                self.sent += connection.send(event * 50)
        except OSError:
            pass


def test_a_slow_reader_slows_the_upstream(tmp_path):
    flood = Flood()
    with Gateway(tmp_path, {"fake": provider(flood.url)}) as gateway:
        connection = gateway.connect()
        connection.request("POST", "/api/v1/chat/completions", json.dumps(
            {"model": "fake/bench", "stream": True, "messages": []}))
        response = connection.getresponse()
        response.read1(100)
        time.sleep(1)
        stuck = flood.sent
        time.sleep(0.5)
        assert flood.sent == stuck < 40 << 20  # kernels hold some; it does not go on
        assert gateway.counter("streams_paused_total") >= 1
        for _ in range(400):
            response.read1(65536)
        assert flood.sent > stuck
        connection.close()


# ---- choosing ----

PRICED = [{"id": "acme/fast", "name": "Fast", "cost": {"input": price, "output": price}}
          for price in (5, 1)]


@pytest.fixture
def two(lab, tmp_path):
    """dear and cheap serve one model."""
    lab.serve([{"on": "POST /dear/", "replies": [{"answer": ["dear"]}]},
               {"on": "POST /cheap/", "replies": [{"answer": ["cheap"]}]}])
    providers = {name: provider(f"{lab.plain_url}/{name}", row)
                 for name, row in zip(("dear", "cheap"), PRICED)}
    with Gateway(tmp_path, providers, {"upstreams": {"dear": {"zdr": True, "quantization": "fp8"}}}) \
            as gateway:
        yield gateway


@pytest.mark.parametrize("wish,who", [
    ({"order": ["dear"]}, "dear"), ({"order": ["cheap", "dear"]}, "cheap"),
    ({"only": ["dear"]}, "dear"), ({"ignore": ["cheap"]}, "dear"), ({"sort": "price"}, "cheap"),
    ({"max_price": {"prompt": "2"}}, "cheap"), ({"zdr": True}, "dear"),
    ({"quantizations": ["fp8"]}, "dear"),
])
def test_wishes(two, wish, who):
    for _ in range(3):
        assert two.chat("acme/fast", provider=wish).json["choices"][0]["message"]["content"] == who


@pytest.mark.parametrize("wish,filter_", [
    ({"max_price": {"prompt": 0.5}}, "max_price"), ({"only": ["cheap"], "zdr": True}, "data_policy:zdr"),
    ({"ignore": ["cheap", "dear"]}, "allowed_providers"), ({"quantizations": ["int4"]}, "quantization"),
])
def test_the_filter_that_left_nobody_is_named(two, wish, filter_):
    answer = two.chat("acme/fast", provider=wish)
    error = answer.json["error"]
    assert answer.status == 404 and filter_ in error["message"]
    assert error["availability"]["excluded_by"][0] == filter_


def test_without_wishes_the_cheap_one_is_likelier(two):
    said = [two.chat("acme/fast").json["choices"][0]["message"]["content"] for _ in range(60)]
    assert said.count("cheap") > 45  # 25 : 1


def test_unknown_models(two):
    answer = two.chat("cheap/acme/fats")  # upstreams may know more than the configuration
    assert answer.json["choices"][0]["message"]["content"] == "cheap"
    answer = two.chat("acmee/fast")
    assert answer.status == 400 and "OPENROUTER_API_KEY" in answer.json["error"]["message"]


def test_catalogue(two):
    listing = two.ask("/models").json
    assert {"dear/acme/fast", "cheap/acme/fast"} <= {row["id"] for row in listing["data"]}
    assert listing["total_count"] == len(listing["data"]) and listing["links"] == {"next": None}
    assert two.ask("/models/count").json["data"]["count"] == listing["total_count"]
    endpoints = two.ask("/models/acme/fast/endpoints").json["data"]["endpoints"]
    assert [row["tag"] for row in endpoints] == ["dear", "cheap"]
    assert float(endpoints[0]["pricing"]["prompt"]) == 5e-6
    assert {"dear", "cheap", "openrouter"} == {row["slug"] for row in two.ask("/providers").json["data"]}


# ---- who may come in ----

def test_the_door(fake):
    gateway = fake(always(HELLO))
    assert gateway.chat(headers={"host": "evil.example"}).status == 421
    assert gateway.chat(headers={"host": "localhost:1"}).status == 200
    assert gateway.chat(headers={"origin": "https://evil.example"}).status == 403
    lost = gateway.ask("/chat/completion", {})
    assert lost.status == 404 and "/api/v1" in lost.json["error"]["message"]
    lost = gateway.ask("//chat/completions", {})
    assert "did you mean /api/v1/chat/completions" in lost.json["error"]["message"]
    assert gateway.ask("/chat/completions").status == 405
    assert gateway.ask("/chat/completions", b"{").status == 400
    assert gateway.ask("/chat/completions", b"[]").status == 400
    assert gateway.counter("refused_host_total") == 1 and gateway.counter("refused_origin_total") == 1


def test_keys_and_pages(lab, tmp_path):
    lab.serve(always(HELLO))
    own = {"keys": ["sk-client-0123456789"], "origins": ["https://mine.example"],
           "hosts": ["gw.example"]}
    with Gateway(tmp_path, {"fake": provider(lab.plain_url)}, own, options=()) as gateway:
        assert gateway.chat().status == 401
        assert gateway.chat(headers={"authorization": "Bearer sk-client-012345678X"}).status == 401
        key = {"authorization": "Bearer sk-client-0123456789"}
        assert gateway.chat(headers=key).status == 200
        assert gateway.chat(headers={"x-api-key": "sk-client-0123456789"}).status == 200
        assert gateway.chat(headers={**key, "host": "gw.example"}).status == 200
        answer = gateway.chat(headers={**key, "origin": "https://mine.example"})
        assert answer.headers["access-control-allow-origin"] == "https://mine.example"
        assert gateway.ask("//healthz").status == 200 and gateway.ask("//metrics").status == 401
    assert "sk-client" not in gateway.log.read_text()


@pytest.mark.parametrize("options,says", [
    ([], "chela gateway keys create"),
    (["--anonymous", "--bind", "0.0.0.0"], "loopback"),
    (["--tls-cert", "x.pem"], "go together"),
    (["--tls-cert", "x.pem", "--tls-key", "y.pem", "--anonymous"], "x.pem"),
    (["--anonymos"], "did you mean --anonymous"),
])
def test_what_it_does_not_start_with(home, options, says):
    result = home.run("gateway", "--port", "0", *options)
    assert result.code in (64, 78) and says in result.err, str(result)


def test_from_outside_only_with_tls(home):
    home.write("home/.config/chela/chela.json5", {"gateway": {"keys": ["sk-client-0123456789"]}})
    result = home.run("gateway", "--port", "0", "--bind", "0.0.0.0")
    assert result.code == 64 and "--tls-cert" in result.err


# ---- running it ----

def test_reload_and_drain(fake, lab):
    gateway = fake(always({"events": CHUNKS[:2] + [{"sleep": 1.5}] + CHUNKS[2:]}))
    config = gateway.home.home / ".openclaw" / "openclaw.json"
    good = config.read_text()

    def reload(text, counter):
        before = gateway.counter(counter)
        config.write_text(text)
        gateway.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 5
        while gateway.counter(counter) == before and time.monotonic() < end:
            time.sleep(0.02)
        assert gateway.counter(counter) == before + 1
    reload("{ models: [", "reloads_refused_total")
    assert gateway.ask("/models").status == 200
    reload(good.replace('"bench"', '"renamed"'), "reloads_total")
    assert "fake/renamed" in {row["id"] for row in gateway.ask("/models").json["data"]}
    got = []
    thread = threading.Thread(target=lambda: got.append(gateway.chat(stream=True)))
    thread.start()
    time.sleep(0.5)
    gateway.process.send_signal(signal.SIGTERM)
    thread.join()
    assert got[0].text == "one two" and got[0].events[-1] == "[DONE]"
    assert gateway.process.wait(5) == 0


def test_systemd_is_told(lab, tmp_path):
    lab.serve(always(HELLO))
    path = str(tmp_path / "notify")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    listener.settimeout(10)
    with Gateway(tmp_path, {"fake": provider(lab.plain_url)}, env={"NOTIFY_SOCKET": path}) as gateway:
        assert b"READY=1" in listener.recv(200)
        gateway.process.send_signal(signal.SIGHUP)
        assert b"RELOADING=1" in listener.recv(200) and b"READY=1" in listener.recv(200)
    assert b"STOPPING=1" in listener.recv(200)


def test_metrics_of_each_upstream(lab, tmp_path):
    lab.serve([{"on": CHAT, "body": '"bad"', "replies": [{"status": 500, "json": {}}]},
               {"on": CHAT, "body": '"cut"', "replies": [{"events": CHUNKS[:2] + [{"cut": True}]}]},
               {"on": CHAT, "replies": [HELLO]}])
    one, two = (provider(f"{lab.plain_url}/{name}") for name in ("one", "two"))
    with Gateway(tmp_path, {"one": one, "two": two}) as gateway:
        gateway.chat("one/bad", models=["two/good"])
        gateway.chat("two/cut", stream=True)
        text = gateway.ask("//metrics").raw.decode()
    rows = dict(line.rsplit(" ", 1) for line in text.splitlines() if "upstream=" in line)
    told = {(name, who): float(rows[f'chela_gateway_upstream_{name}_total{{upstream="{who}"}}'])
            for name in ("requests", "failures", "cost_usd") for who in ("one", "two")}
    assert told == {("requests", "one"): 1, ("failures", "one"): 1, ("cost_usd", "one"): 0,
                    ("requests", "two"): 2, ("failures", "two"): 1, ("cost_usd", "two"): 0.00052}
    assert rows['chela_gateway_upstream_tokens_total{upstream="two",kind="completion"}'] == "9"


def test_the_log_holds_no_key(lab, tmp_path):
    """Not the client's, not the upstream's, and none that an upstream repeats in its error."""
    upstreams, clients = "sk-or-v1-0123456789abcdef0123456789abcdef", "sk-client-0123456789abcdef01234567"
    for log in ("text", "json"):
        lab.serve(always({"status": 401, "json": {"error": {
            "code": 401, "message": f"Incorrect API key provided: {upstreams}; you sent Bearer {clients}"}}}))
        own = {"log": log, "keys": [clients]}
        with Gateway(tmp_path / log, {"fake": provider(lab.plain_url, apiKey=upstreams)}, own,
                     options=()) as gateway:
            key = {"authorization": f"Bearer {clients}"}
            assert gateway.chat(headers=key).status in (401, 502)
            assert gateway.ask("/chat/completions?key=" + clients, {}, **key).status >= 400
        text = gateway.log.read_text()
        assert "Incorrect API key" in text and upstreams not in text and clients not in text, text


def test_one_line_a_request(lab, tmp_path):
    lab.serve(always(HELLO))
    with Gateway(tmp_path, {"fake": provider(lab.plain_url)}, {"log": "json"}) as gateway:
        gateway.chat(stream=True, headers={"x-request-id": "mine-2"})
    lines = [json.loads(line) for line in gateway.log.read_text().splitlines()
             if line.startswith("{")]
    assert len(lines) == 1
    line = lines[0]
    assert line["request_id"] == "mine-2" and line["status"] == 200 and line["end"] == "ok"
    assert line["upstream"] == "fake" and line["completion_tokens"] == 9 and line["cost"] == 0.00052


def test_the_openai_sdk(sandbox, tmp_path):
    providers = {"openrouter": {"baseUrl": sandbox.url, "apiKey": "sk-or-v1-0123456789",
                                "models": [{"id": "sandbox/agent", "name": "Agent"}]},
                 "media": provider(sandbox.url, "gpt-image-1", "tts-1", "whisper-1",
                                   "text-embedding-3-small")}
    with Gateway(tmp_path, providers) as gateway:
        cases = ["chat", "stream", "completion", "usage", "tools", "tool_result", "json_schema", "models",
                 "image", "image_edit", "speech_and_transcription", "embeddings", "error"]
        done = subprocess.run(["node", ROOT / "tests/clients/openai.mjs", gateway.url, *cases],
                              check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert sorted(found) == sorted(cases) and all(value is True for value in found.values()), found

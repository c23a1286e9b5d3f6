"""The gateway's response cache: OpenRouter's headers, answered here, with expected counters."""
import json
import subprocess
import threading
import time

import pytest

from support import replies
from support.gateway import HELLO, Gateway, always, provider
from support.program import ROOT

ON = {"x-openrouter-cache": "true"}


def status(answer):
    return answer.headers.get("x-openrouter-cache-status")


def counts(gateway):
    return {name: gateway.counter(f"cache_{name}_total") for name in ("hits", "misses", "stored")}


def test_nothing_without_asking(fake, lab):
    gateway = fake(always(HELLO))
    for headers in ({}, {"x-openrouter-cache": "false"}, {"x-openrouter-cache-ttl": "60"},
                    {"x-openrouter-cache-clear": "true"}, {"x-openrouter-cache": "1"}):
        assert status(gateway.chat(headers=headers)) is None
    assert len(lab.upstream.asked) == 5
    assert counts(gateway) == {"hits": 0, "misses": 0, "stored": 0}


def test_miss_then_hit(fake, lab):
    gateway = fake(always(HELLO))
    first, second = gateway.chat(headers=ON), gateway.chat(headers=ON)
    assert status(first) == "MISS" and first.headers["x-openrouter-cache-ttl"] == "300"
    assert "x-openrouter-cache-age" not in first.headers
    assert status(second) == "HIT" and second.headers["x-openrouter-cache-age"] == "0"
    assert 298 <= int(second.headers["x-openrouter-cache-ttl"]) <= 300
    assert second.headers["x-openrouter-cache-source-id"] == first.json["id"]
    assert second.json["id"] == second.headers["x-generation-id"] != first.json["id"]
    assert abs(second.json["created"] - time.time()) < 5
    assert second.json["choices"] == first.json["choices"]
    assert second.json["model"] == first.json["model"]
    assert first.json["usage"]["total_tokens"] == 49
    usage = second.json["usage"]
    assert usage["prompt_tokens"] == usage["completion_tokens"] == usage["total_tokens"] == 0
    assert usage["cost"] == 0 and usage["prompt_tokens_details"]["cached_tokens"] == 0
    assert gateway.chat(headers=ON).json["id"] != second.json["id"]
    assert len(lab.upstream.asked) == 1
    assert counts(gateway) == {"hits": 2, "misses": 1, "stored": 1}
    assert "from the cache" in gateway.log.read_text()


def test_a_stream_is_replayed(fake, lab):
    gateway = fake(always(HELLO))
    first, second = (gateway.chat(stream=True, headers=ON) for _ in range(2))
    assert [status(first), status(second)] == ["MISS", "HIT"]
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.text == first.text == "Hello" and second.events[-1] == "[DONE]"
    new = second.headers["x-generation-id"]
    chunks = second.events[:-1]
    assert {chunk["id"] for chunk in chunks} == {new} and len({c["created"] for c in chunks}) == 1
    was = first.events[:-1]
    assert [chunk["choices"] for chunk in chunks] == [chunk["choices"] for chunk in was]
    assert chunks[-1]["usage"]["total_tokens"] == 0 and b"OPENROUTER" not in second.raw
    whole = gateway.chat(headers=ON)  # another form of answer is another key
    assert status(whole) == "MISS" and whole.json["object"] == "chat.completion"
    assert len(lab.upstream.asked) == 2


def test_a_long_stream_to_a_slow_reader(fake):
    pieces = [f"{n:05d} " * 50 for n in range(3000)]
    gateway = fake(always({"answer": pieces}))
    assert gateway.chat(stream=True, headers=ON).text == "".join(pieces)
    connection = gateway.connect()
    connection.request("POST", "/api/v1/chat/completions", json.dumps(
        {"model": "fake/bench", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}), ON)
    response = connection.getresponse()
    time.sleep(0.3)
    got = response.read()
    connection.close()
    assert response.headers["x-openrouter-cache-status"] == "HIT"
    assert got.count(b"data: ") == 3003 and got.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("body,same", [
    (b'{"model":"fake/bench","messages":[{"role":"user","content":"Hi"}],"seed":1}', True),
    (b'{ "model" : "fake/bench",\n "messages":[ {"role":"user", "content":"Hi"} ], "seed": 1 }', True),
    (b'{"messages":[{"role":"user","content":"Hi"}],"model":"fake/bench","seed":1}', False),
    (b'{"model":"fake/bench","messages":[{"role":"user","content":"Hi"}],"seed":1,"stream":false}', False),
    (b'{"model":"fake/bench","messages":[{"role":"user","content":"Hi "}],"seed":1}', False),
    (b'{"model":"fake/bench","messages":[{"role":"user","content":"Hi"}],"seed":2}', False),
])
def test_what_makes_the_key(fake, body, same):
    gateway = fake(always(HELLO))
    asked = b'{"model":"fake/bench","messages":[{"role":"user","content":"Hi"}],"seed":1}'
    assert status(gateway.ask("/chat/completions", asked, **ON)) == "MISS"
    assert status(gateway.ask("/chat/completions", body, **ON)) == ("HIT" if same else "MISS")


def test_headers_are_not_in_the_key_but_the_route_is(fake):
    gateway = fake(always(HELLO) + [{"on": "POST /completions$", "replies": [
        {"json": {"id": "cmpl-1", "object": "text_completion", "choices": [
            {"text": "x", "index": 0, "finish_reason": "stop"}]}}]}])
    gateway.chat(headers=ON)
    assert status(gateway.chat(headers={**ON, "http-referer": "https://a", "x-title": "b"})) == "HIT"
    body = {"model": "fake/bench", "stream": False, "messages": [{"role": "user", "content": "Hi"}]}
    assert status(gateway.ask("/completions", body, **ON)) == "MISS"
    assert gateway.ask("/completions", body, **ON).json["choices"][0]["text"] == "x"


def test_embeddings(fake, lab):
    vector = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1]}],
              "model": "bench", "usage": {"prompt_tokens": 2, "total_tokens": 2}}
    gateway = fake([{"on": "POST /embeddings$", "replies": [{"json": vector}]}])
    body = {"model": "fake/bench", "input": "x"}
    assert status(gateway.ask("/embeddings", body, **ON)) == "MISS"
    again = gateway.ask("/embeddings", body, **ON)
    assert status(again) == "HIT" and again.json["data"] == vector["data"]
    assert again.json["usage"] == {"prompt_tokens": 0, "total_tokens": 0}


def test_each_key_has_its_own(lab, tmp_path):
    lab.serve(always(HELLO))
    own = {"keys": ["sk-client-0000000001", "sk-client-0000000002"]}
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}, own, options=()) as gateway:
        def ask(key):
            return status(gateway.chat(headers={**ON, "authorization": f"Bearer {key}"}))
        assert [ask(own["keys"][0]), ask(own["keys"][1]), ask(own["keys"][0])] == ["MISS", "MISS", "HIT"]
        assert ask("sk-client-0000000003") is None


@pytest.mark.parametrize("ttl,seconds", [("60abc", 60), ("1.5", 1), ("0", 1), ("99999", 86400),
                                         ("x", 300), ("7", 7)])
def test_ttl(fake, ttl, seconds):
    gateway = fake(always(HELLO))
    headers = {**ON, "x-openrouter-cache-ttl": ttl}
    assert gateway.chat(headers=headers).headers["x-openrouter-cache-ttl"] == str(seconds)


def test_time_runs_out(fake, lab):
    gateway = fake(always(HELLO))
    headers = {**ON, "x-openrouter-cache-ttl": "2"}
    gateway.chat(headers=headers)
    time.sleep(1.1)
    old = gateway.chat(headers=headers)
    assert status(old) == "HIT" and old.headers["x-openrouter-cache-age"] == "1"
    assert old.headers["x-openrouter-cache-ttl"] == "1"
    time.sleep(1)
    assert status(gateway.chat(headers=headers)) == "MISS" and len(lab.upstream.asked) == 2


def test_clear_asks_again_and_stores(fake, lab):
    gateway = fake(always({"answer": ["one"]}, {"answer": ["two"]}))
    gateway.chat(headers=ON)
    fresh = gateway.chat(headers={**ON, "x-openrouter-cache-clear": "true"})
    assert status(fresh) == "MISS" and fresh.json["choices"][0]["message"]["content"] == "two"
    assert gateway.chat(headers=ON).json["choices"][0]["message"]["content"] == "two"
    assert len(lab.upstream.asked) == 2


BROKEN = [
    {"status": 500, "json": {"error": {"message": "oops"}}},
    {"status": 429, "json": {"error": {"message": "slow down"}}},
    {"json": {"error": {"code": 402, "message": "no"}}},
    {"events": [replies.chunk({"content": "one "}), {"cut": True}]},
    {"events": [replies.chunk({"content": "one "}), "[DONE]"]},
    {"events": [replies.chunk({"content": "one "}), {"error": {"code": 502, "message": "fire"}}]},
]


@pytest.mark.parametrize("reply", BROKEN)
def test_only_what_is_whole_and_good(fake, lab, reply):
    gateway = fake(always(reply, HELLO))
    stream = "events" in reply
    gateway.chat(stream=stream, headers=ON)
    gateway.ask("//healthz/reset", b"")
    answer = gateway.chat(stream=stream, headers=ON)
    assert status(answer) == "MISS" and answer.status == 200
    assert status(gateway.chat(stream=stream, headers=ON)) == "HIT"
    assert len(lab.upstream.asked) == 2 and counts(gateway)["stored"] == 1


def test_a_client_that_leaves_stores_nothing(fake, lab):
    events = [replies.chunk({"content": "one "}), {"sleep": 1}, replies.chunk({}, finish="stop"), "[DONE]"]
    gateway = fake(always({"events": events}))
    connection = gateway.connect()
    connection.request("POST", "/api/v1/chat/completions", json.dumps(
        {"model": "fake/bench", "stream": True, "messages": []}), ON)
    connection.getresponse().read1(10)
    connection.sock.close()
    connection.close()
    time.sleep(0.3)
    assert counts(gateway) == {"hits": 0, "misses": 1, "stored": 0}


def test_metadata_is_of_the_moment(fake):
    gateway = fake(always(HELLO))
    headers = {**ON, "x-openrouter-metadata": "enabled"}
    for stream in (False, True):
        first, second = (gateway.chat(stream=stream, headers=headers) for _ in range(2))
        assert b"openrouter_metadata" in first.raw and b"openrouter_metadata" not in second.raw
        assert status(second) == "HIT"


def test_the_headers_stay_here(lab, tmp_path):
    lab.serve(always(HELLO))
    more = {"agents": {"defaults": {"models": {"openrouter/acme/one": {"params": {
        "responseCache": True, "responseCacheTtlSeconds": 9}}}}}}
    with Gateway(tmp_path, env=lab.env, key="sk-or-v1-stored", more=more) as gateway:
        def sent(model, **headers):
            gateway.chat(model, headers=headers)
            return {name: value for name, value in lab.upstream.asked[-1].headers.items()
                    if "cache" in name}
        assert sent("acme/two", **ON) == {}
        assert sent("acme/two", x_openrouter_cache="false") == {"x-openrouter-cache": "false"}
        assert sent("acme/one") == {"x-openrouter-cache": "true", "x-openrouter-cache-ttl": "9"}
        assert sent("acme/one", x_openrouter_cache="false") == {"x-openrouter-cache": "false"}
        assert sent("acme/one", **ON) == {}


def test_a_hit_over_there_says_so_and_is_not_stored(fake, lab):
    there = {"X-OpenRouter-Cache-Status": "HIT", "X-OpenRouter-Cache-Age": "9"}
    gateway = fake(always({**HELLO, "headers": there}))
    answer = gateway.chat(headers=ON)
    assert status(answer) == "HIT" and answer.headers["x-openrouter-cache-age"] == "9"
    gateway.chat(headers=ON)
    assert len(lab.upstream.asked) == 2


@pytest.mark.parametrize("cache,headers,hit", [
    ({"enabled": True, "ttlSeconds": 20}, {}, True),
    ({"enabled": True}, {"x-openrouter-cache": "false"}, False),
    ({"enabled": False}, ON, False),
])
def test_the_owners_word(fake, cache, headers, hit):
    gateway = fake(always(HELLO), {"cache": cache})
    first = gateway.chat(headers=headers)
    assert (status(gateway.chat(headers=headers)) == "HIT") == hit
    if hit:
        assert first.headers["x-openrouter-cache-ttl"] == "20"


def test_bounds(fake):
    gateway = fake(always(HELLO), {"cache": {"maxAnswers": 3}})
    for seed in (1, 2, 3, 4):
        gateway.chat(headers=ON, seed=seed)
    assert status(gateway.chat(headers=ON, seed=4)) == "HIT"
    assert status(gateway.chat(headers=ON, seed=1)) == "MISS"
    told = gateway.ask("//cache").json["data"]
    assert told["answers"] == 3 and told["evicted"] == 2 and told["stored"] == 5
    assert 0 < told["bytes"] < told["max_bytes"] == 64 << 20
    assert gateway.counter("cache_answers") == 3
    assert gateway.counter("cache_bytes") == told["bytes"]


def test_one_cache_for_all_workers(lab, tmp_path):
    lab.serve(always(HELLO))
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")},
                 options=("--anonymous", "--workers", "4")) as gateway:
        gateway.chat(headers=ON)
        seen, lock = [], threading.Lock()

        def ask():
            for _ in range(10):
                found = status(gateway.chat(headers=ON))
                with lock:
                    seen.append(found)
        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == ["HIT"] * 60 and len(lab.upstream.asked) == 1
        assert gateway.counter("cache_hits_total") == 60


def test_the_commands(lab, tmp_path):
    lab.serve(always(HELLO))
    own = {"keys": ["sk-client-0000000001"]}
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}, own, options=()) as gateway:
        key = {"authorization": "Bearer sk-client-0000000001"}
        for _ in range(3):
            gateway.chat(headers={**ON, **key})
        assert gateway.ask("//cache").status == gateway.ask("//cache/clear", b"").status == 401
        where = ("--url", f"http://{gateway.host}")
        told = gateway.home.run("gateway", "cache", "stats", *where)
        assert told.code == 0 and "2 hits, 1 miss" in told.out and "1 answer" in told.out, str(told)
        told = json.loads(gateway.home.run("gateway", "cache", "stats", "--json", *where).out)
        assert told["ok"] is True and told["answers"] == 1 and told["hits"] == 2
        cleared = gateway.home.run("gateway", "cache", "clear", *where)
        assert cleared.code == 0 and "1 answer" in cleared.out
        assert status(gateway.chat(headers={**ON, **key})) == "MISS"
        refused = gateway.home.run("gateway", "cache", "clear", *where,
                                   env={"CHELA_GATEWAY_KEY": "sk-wrong-0000000000"})
        assert refused.code == 77, str(refused)
        mistyped = gateway.home.run("gateway", "cache", "stat")
        assert mistyped.code == 64 and '"chela gateway cache stats"' in mistyped.err, str(mistyped)
    gone = gateway.home.run("gateway", "cache", "stats", "--json", *where)
    assert gone.code == 69 and json.loads(gone.out)["ok"] is False


def test_the_openai_sdk_sees_hits(fake):
    gateway = fake(always(HELLO))
    done = subprocess.run(["node", ROOT / "tests/clients/openai_cache.mjs", gateway.url],
                          check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [row["status"] for row in found] == ["MISS", "HIT", "MISS", "HIT"]
    assert all(row["text"] == "Hello" for row in found)
    assert [row["tokens"] for row in found] == [49, 0, 49, 0]
    assert len({row["id"] for row in found[1::2]}) == 2

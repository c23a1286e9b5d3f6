"""Where the gateway sends a request: what was measured, what endpoints know, who stays where."""
import json

import pytest

from support import replies
from support.gateway import Gateway, provider


def row(price, **more):
    return {"id": "acme/one", "name": "One", "cost": {"input": price, "output": price}, **more}


def who(answer):
    return answer.json["choices"][0]["message"]["content"]


@pytest.fixture
def three(lab, tmp_path):
    """slow and cheap, quick, and dear (which knows few parameters) serve one model."""
    def says(name, seconds):
        return {"on": f"POST /{name}/", "replies": [{"answer": [name], "delay": seconds}]}
    lab.serve([says("slow", 0.25), says("quick", 0), says("dear", 0.1)])
    providers = {name: provider(f"{lab.plain_url}/{name}", row(price))
                 for name, price in (("slow", 1), ("quick", 5), ("dear", 9))}
    own = {"upstreams": {"dear": {"parameters": ["temperature", "max_tokens"]}}}
    with Gateway(tmp_path, providers, own) as gateway:
        yield gateway


def ask_each(gateway):
    for name in ("slow", "quick", "dear"):
        assert gateway.chat(f"{name}/acme/one", stream=True).text == name


@pytest.mark.parametrize("wish,first", [
    ({"sort": "latency"}, "quick"), ({"sort": "price"}, "slow"),
    ({"sort": "price", "preferred_max_latency": 0.2}, "quick"),
    ({"sort": "price", "preferred_max_latency": {"p90": 0.05}}, "quick"),
    ({"sort": "price", "preferred_max_latency": 2}, "slow"),
    ({"order": ["dear"]}, "dear"),
])
def test_measured_latency(three, wish, first):
    ask_each(three)
    assert who(three.chat("acme/one", provider=wish)) == first


def test_measured_throughput(lab, tmp_path):
    def events(pause):
        chunk = replies.chunk({"role": "assistant", "content": "x"})
        return [chunk, {"sleep": pause}, replies.chunk({}, finish="stop"),
                replies.chunk({}, usage={**replies.USAGE, "completion_tokens": 100}), "[DONE]"]
    lab.serve([{"on": "POST /lazy/", "replies": [{"events": events(0.5)}]},
               {"on": "POST /brisk/", "replies": [{"events": events(0.05)}]}])
    providers = {name: provider(f"{lab.plain_url}/{name}", row(price))
                 for name, price in (("lazy", 1), ("brisk", 5))}
    with Gateway(tmp_path, providers) as gateway:
        def first(model="acme/one", **wish):
            answer = gateway.chat(model, stream=True, provider=wish,
                                  headers={"x-openrouter-metadata": "enabled"})
            return answer.events[-2]["openrouter_metadata"]["attempts"][0]["provider"]
        assert first(only=["lazy"]) == "lazy" and first(only=["brisk"]) == "brisk"
        assert first(sort="throughput") == "brisk" and first(sort="price") == "lazy"
        assert first("acme/one:nitro") == "brisk" and first("acme/one:floor") == "lazy"
        assert first(sort="price", preferred_min_throughput=500) == "brisk"
        told = gateway.ask("//healthz?verbose").json["endpoints"]
        speed = {entry["upstream"]: entry["tokens_per_second"]["p50"] for entry in told}
        assert 100 < speed["lazy"] < 250 and speed["brisk"] > 400


def test_parameters(three):
    needs = {"require_parameters": True}
    for _ in range(6):
        assert who(three.chat("acme/one", top_k=3, provider=needs)) != "dear"
    answer = three.chat("dear/acme/one", top_k=3, provider=needs)
    error = answer.json["error"]
    assert answer.status == error["code"] == 404
    assert "require_parameters (dear does not know top_k)" in error["message"]
    available = error["availability"]
    assert available["code"] == "constraint_filtered" and available["retryable"] is False
    assert available["excluded_by"] == ["require_parameters"]
    assert available["requested_models"] == ["dear/acme/one"]
    assert available["affected_providers"] == ["dear"]
    assert available["constraint"]["field"] == "provider.require_parameters"
    assert who(three.chat("dear/acme/one", top_k=3)) == "dear"


def test_which_filter(three):
    def available(model="acme/one", **wish):
        answer = three.chat(model, provider=wish)
        return answer.status, answer.json["error"]["availability"]
    status, told = available(only=["slow"], zdr=True)
    assert status == 404 and told["code"] == "privacy_restricted"
    assert told["excluded_by"] == ["data_policy:zdr", "allowed_providers"]
    status, told = available("acme/two")
    assert status == 400 and told["code"] == "model_not_found" and "excluded_by" not in told
    assert told["requested_models"] == ["acme/two"]


def test_a_conversation_stays(three):
    three.chat("acme/one", session_id="s", provider={"only": ["slow", "dear"], "sort": "price",
                                                     "ignore": ["slow"]})
    for session in ({"session_id": "a"}, {"headers": {"x-session-id": "b"}},
                    {"prompt_cache_key": "c"}):
        said = {who(three.chat("acme/one", **session)) for _ in range(8)}
        assert len(said) == 1
    assert three.counter("stayed_total") == 21
    assert who(three.chat("acme/one", session_id="a", provider={"order": ["dear"]})) == "dear"


def test_metadata_lists_attempts(lab, tmp_path):
    lab.serve([{"on": "POST /ill/", "replies": [{"status": 503, "json": {}}]},
               {"on": "POST /well/", "replies": [{"answer": ["well"]}]}])
    providers = {name: provider(f"{lab.plain_url}/{name}", row(price))
                 for name, price in (("ill", 1), ("well", 2))}
    with Gateway(tmp_path, providers) as gateway:
        answer = gateway.chat("acme/one", provider={"sort": "price"},
                              headers={"x-openrouter-metadata": "enabled"})
        told = answer.json["openrouter_metadata"]
        assert [(row["provider"], row["status"]) for row in told["attempts"]] == [("ill", 503), ("well", 200)]
        assert told["attempt"] == 2 and told["strategy"] == "fallback" and told["is_byok"] is False
        assert told["region"] is None and "well/acme/one answered" in told["summary"]
        assert [row["selected"] for row in told["endpoints"]["available"]] == [False, True]


def test_health_for_people(three):
    where = ("--url", f"http://{three.host}")
    assert "No upstream" in three.home.run("gateway", "health", *where).out
    ask_each(three)
    shown = three.home.run("gateway", "health", *where)
    assert shown.code == 0 and shown.out.count(" well ") == 3, str(shown)
    told = json.loads(three.home.run("gateway", "health", "--json", *where).out)
    assert told["ok"] is True and {row["upstream"] for row in told["endpoints"]} == {"slow", "quick", "dear"}
    slow = next(row for row in told["endpoints"] if row["upstream"] == "slow")
    assert 240 < slow["latency_ms"]["p50"] <= slow["latency_ms"]["p99"] < 900


def test_health_is_forgotten_when_asked(lab, tmp_path):
    lab.serve([{"on": "POST /", "replies": [{"status": 429, "headers": {"retry-after": 60}, "json": {}}]}])
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1", apiKey="sk-fake-0123456789")}) as gateway:
        where = ("--url", f"http://{gateway.host}")
        gateway.chat()
        shown = gateway.home.run("gateway", "health", *where).out
        assert "waits 60 s" in shown and "429 rate_limited" in shown
        assert "sk-fake" not in shown and "sk-fake" not in gateway.ask("//healthz?verbose").raw.decode()
        assert gateway.home.run("gateway", "health", "reset", *where).code == 0
        assert " well " in gateway.home.run("gateway", "health", *where).out
        assert gateway.chat().status == 429 and len(lab.upstream.asked) == 2

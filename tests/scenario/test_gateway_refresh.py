"""Lists of models, renewed behind a running gateway: OpenRouter's, and those of servers that know
better than the configuration what they have."""
import json
import time

from support.gateway import HELLO, Gateway, always, provider

LISTED = {"object": "list", "data": [
    {"id": "llama3", "object": "model", "owned_by": "me", "max_model_len": 8192},
    {"id": "acme/rich", "name": "Rich", "context_length": 64000, "pricing": {
        "prompt": "0.000002", "completion": "0.000004"}, "top_provider": {"max_completion_tokens": 500},
     "supported_parameters": ["temperature", "max_tokens"]}]}


def until(found, seconds=10):
    end = time.monotonic() + seconds
    while not found() and time.monotonic() < end:
        time.sleep(0.05)
    assert found()


def ids(gateway):
    return {row["id"]: row for row in gateway.ask("/models").json["data"]}


def no_models(lab, **more):
    return {"fake": {**provider(lab.plain_url + "/v1", **more), "models": []}}


def test_an_upstream_says_what_it_has(lab, tmp_path):
    lab.serve([{"on": "GET /v1/models$", "replies": [{"json": LISTED}]}] + always(HELLO))
    with Gateway(tmp_path, no_models(lab, apiKey="sk-fake-0123456789", headers={"X-Mine": "1"})) as gateway:
        until(lambda: "fake/llama3" in ids(gateway))
        rich = ids(gateway)["fake/acme/rich"]
        assert rich["name"] == "Rich" and rich["context_length"] == 64000
        assert float(rich["pricing"]["completion"]) == 4e-6
        assert rich["top_provider"]["max_completion_tokens"] == 500
        assert rich["supported_parameters"] == ["max_tokens", "max_completion_tokens", "temperature"]
        assert ids(gateway)["fake/llama3"]["context_length"] == 8192
        asked = [request for request in lab.upstream.seen if request.method == "GET"]
        assert len(asked) == 1 and asked[0].headers["authorization"] == "Bearer sk-fake-0123456789"
        assert asked[0].headers["x-mine"] == "1"
        assert gateway.chat("llama3").status == 200  # by its own name alone
        assert gateway.chat("acme/rich", top_k=1, provider={"require_parameters": True}).status == 404
        assert gateway.counter("reloads_total") == 1
    lab.serve([{"on": "GET /v1/models$", "replies": [{"status": 503, "json": {}}]}])
    with gateway:  # the next start knows it at once, and keeps it when nobody answers
        assert "fake/llama3" in ids(gateway)
        until(lambda: lab.upstream.seen)
        time.sleep(0.3)
        assert "fake/llama3" in ids(gateway) and gateway.counter("reloads_total") == 0


def test_named_models_are_all(lab, tmp_path):
    lab.serve([{"on": "GET /v1/models$", "replies": [{"json": LISTED}]}])
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}) as gateway:
        time.sleep(1)
        assert not lab.upstream.seen and list(ids(gateway)) == ["fake/bench"]


def test_it_can_be_switched_off(lab, tmp_path):
    lab.serve([{"on": "GET /v1/models$", "replies": [{"json": LISTED}]}])
    with Gateway(tmp_path, no_models(lab), {"refreshMinutes": 0}) as gateway:
        time.sleep(1)
        assert not lab.upstream.seen and ids(gateway) == {}


def test_nonsense_changes_nothing(lab, tmp_path):
    lab.serve([{"on": "GET /v1/models$", "replies": [{"text": "<html>", "type": "text/html"}]}])
    with Gateway(tmp_path, no_models(lab)) as gateway:
        until(lambda: "fake were not taken over" in gateway.log.read_text())
        assert ids(gateway) == {} and gateway.counter("reloads_total") == 0


def test_nobody_waits_for_it(lab, tmp_path):
    lab.serve([{"on": "GET /v1/models$", "replies": [{"json": LISTED, "delay": 3}]}] + always(HELLO))
    began = time.monotonic()
    with Gateway(tmp_path, no_models(lab)) as gateway:
        until(lambda: lab.upstream.seen)
        assert gateway.chat("fake/llama3").status == 200
        assert time.monotonic() - began < 3
    assert time.monotonic() - began < 4  # nor does the end


def test_openrouters_catalogue(lab, tmp_path):
    row = {"id": "acme/new", "name": "New", "context_length": 1000, "architecture": {
        "input_modalities": ["text"], "output_modalities": ["text"]}, "supported_parameters": ["tools"],
        "pricing": {"prompt": "0.000001", "completion": "0.000002"}}
    lab.serve([{"on": "GET /api/v1/models$", "replies": [{"json": {"data": [row]}}]}] + always(HELLO))
    with Gateway(tmp_path, env=lab.env, key="sk-or-v1-stored") as gateway:
        until(lambda: "acme/new" in ids(gateway))
        asked = [request for request in lab.upstream.seen if request.path == "/api/v1/models"]
        assert len(asked) == 1 and str(asked[0]) == "GET https://openrouter.ai/api/v1/models"
        assert "authorization" not in asked[0].headers  # it tells everyone
    kept = gateway.home.run("models", "list", "--all", "--json")
    assert any(entry["key"].endswith("acme/new") for entry in json.loads(kept.out)["models"])
    lab.serve(always(HELLO))
    with gateway:
        assert "acme/new" in ids(gateway)
        time.sleep(1)
        assert not [request for request in lab.upstream.seen if request.path.endswith("/models")]

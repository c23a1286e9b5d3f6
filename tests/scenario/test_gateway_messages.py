"""`/messages`: Anthropic's API through the gateway, for models that speak chat/completions."""
import json
import subprocess

import pytest

from support import replies
from support.gateway import Gateway
from support.program import ROOT

CLIENTS = ROOT / "tests" / "clients"
CHAT = "POST /chat/completions$"
DETAILS = [
    {"type": "reasoning.text", "text": "hm", "format": "anthropic-claude-v1", "index": 0,
     "signature": "c2lnbmF0dXJl"},
    {"type": "reasoning.encrypted", "data": "ZW5jcnlwdGVk", "id": "rs_1", "format": "openai-responses-v1",
     "index": 1},
]
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Lima"}'}}


def provider(url, **more):
    return {"fake": {"baseUrl": url, "api": "openai-completions",
                     "models": [{"id": "bench", "name": "bench"}], **more}}


def sdk(gateway, *cases):
    assert (CLIENTS / "node_modules" / "@anthropic-ai").exists(), (
        "the clients are not installed: (cd tests/clients && npm ci)")
    done = subprocess.run(["node", "anthropic.mjs", f"http://{gateway.host}", "fake/bench", *cases],
                          cwd=CLIENTS, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def ask(gateway, stream=False, headers=None, **more):
    return gateway.ask("//v1/messages?beta=true",
                       {"model": "fake/bench", "max_tokens": 99, "stream": stream,
                        "messages": [{"role": "user", "content": "Hi"}], **more}, **(headers or {}))


def names(answer):
    return [line[7:] for line in answer.raw.decode().split("\n") if line.startswith("event: ")]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, sandbox):
    """What the SDK found with the sandbox as upstream."""
    with Gateway(tmp_path_factory.mktemp("messages"), provider(sandbox.url)) as gateway:
        return sdk(gateway, "create", "stream", "tools", "beta", "count", "refused")


@pytest.mark.parametrize("case", ["create", "stream", "tools", "beta", "count", "refused"])
def test_the_sdk(case, outcome):
    assert outcome[case] is True, outcome[case]


def test_thinking_comes_back_as_it_was(lab, tmp_path):
    first = [replies.chunk({"role": "assistant", "content": "", "reasoning": "hm", "reasoning_details": [
                 {key: DETAILS[0][key] for key in ("type", "text", "format", "index")}]}),
             replies.chunk({"content": "", "reasoning_details": [
                 {"type": "reasoning.text", "signature": DETAILS[0]["signature"], "index": 0}]}),
             replies.chunk({"content": "", "reasoning_details": [DETAILS[1]]}),
             replies.chunk({"content": "let me look"}),
             replies.chunk({"tool_calls": [{"index": 0, **CALL}]}),
             replies.chunk({"content": ""}, finish="tool_calls", usage=replies.USAGE), "[DONE]"]
    whole = {"id": "gen-2", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "finish_reason": "stop", "message": {
            "role": "assistant", "content": "It is sunny.", "reasoning_content": "hm"}}]}
    lab.serve([{"on": CHAT, "body": '"stream": ?true', "replies": [{"events": first}]},
               {"on": CHAT, "replies": [{"json": whole}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        assert sdk(gateway, "thinking") == {"thinking": True}
    _, second, third = (json.loads(request.raw)["messages"] for request in lab.upstream.asked)
    assert second[1]["tool_calls"] == [CALL] and second[1]["content"] == "let me look"
    # byte for byte: the order of the members too
    assert json.dumps(second[1]["reasoning_details"]) == json.dumps(DETAILS)
    assert third[:3] == second and third[3] == {
        "role": "assistant", "content": "It is sunny.", "reasoning_content": "hm"}


def test_a_broken_stream_is_an_error(lab, tmp_path):
    lab.serve([{"on": CHAT, "replies": [{"events": [replies.chunk({"content": "half"}), {"cut": True}]}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        assert sdk(gateway, "broken_stream") == {"broken_stream": True}
        assert names(ask(gateway, stream=True))[-1] == "error"


@pytest.mark.parametrize("failure", [
    {"status": 429, "json": {"error": {"message": "slow down"}}},
    {"events": [replies.chunk({"role": "assistant", "content": ""}), {"cut": True}]},
    {"events": [replies.chunk({"content": ""}, finish="error", error={"code": 502, "message": "gone"})]},
])
def test_falls_over_before_the_first_content(lab, tmp_path, failure):
    lab.serve([{"on": CHAT, "body": '"one"', "replies": [failure]},
               {"on": CHAT, "replies": [{"answer": ["Hel", "lo"]}]}])
    providers = {"fake": {"baseUrl": lab.plain_url + "/v1", "models": [
        {"id": "one", "name": "one"}, {"id": "two", "name": "two"}]}}
    with Gateway(tmp_path, providers) as gateway:
        for wish in ({"models": ["fake/two"]}, {"fallbacks": [{"model": "fake/two"}]}):
            answer = ask(gateway, stream=True, model="fake/one", **wish)
            assert answer.status == 200 and names(answer).count("message_start") == 1
            assert [event["delta"]["text"] for event in answer.events
                    if event["type"] == "content_block_delta"] == ["Hel", "lo"]
            assert "fallbacks" not in lab.upstream.asked[-1].body


def test_errors_are_anthropics(lab, tmp_path):
    lab.serve([{"on": CHAT, "replies": [
        {"status": 429, "headers": {"retry-after": "7"}, "json": {"error": {"message": "slow down"}}}]}])
    own = {"keys": ["sk-gateway-0123456789"]}
    with Gateway(tmp_path, provider(lab.plain_url + "/v1"), own, options=()) as gateway:
        answer = ask(gateway)
        assert answer.status == 401 and answer.json["error"]["type"] == "authentication_error"
        answer = ask(gateway, headers={"x-api-key": "sk-gateway-0123456789"})
        assert answer.status == 429 and answer.headers["retry-after"] == "7"
        assert answer.json["type"] == "error" and answer.json["error"]["type"] == "rate_limit_error"
        assert "slow down" in answer.json["error"]["message"]
        answer = ask(gateway, model="no/such", headers={"x-api-key": "sk-gateway-0123456789"})
        assert answer.status == 400 and answer.json["error"]["type"] == "invalid_request_error"


def test_what_was_billed_is_told_unchanged(lab, tmp_path):
    usage = {**replies.USAGE, "cost": 0.00052, "is_byok": False,
             "cost_details": {"upstream_inference_cost": None, "upstream_inference_prompt_cost": 1e-05}}
    lab.serve([{"on": CHAT, "replies": [{"answer": ["a"], "usage": usage}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        whole, stream = ask(gateway), ask(gateway, stream=True)
        last = [event for event in stream.events if event["type"] == "message_delta"][0]
        for told in (whole.json["usage"], last["usage"]):
            assert {key: told[key] for key in ("cost", "is_byok", "cost_details")} == {
                key: usage[key] for key in ("cost", "is_byok", "cost_details")}
            assert (told["input_tokens"], told["cache_read_input_tokens"]) == (28, 12)


def test_a_silent_upstream_is_a_ping(lab, tmp_path):
    lab.serve([{"on": CHAT, "replies": [{"events": [
        {"sleep": 0.5}, replies.chunk({"content": "a"}), replies.chunk({}, finish="stop"), "[DONE]"]}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1"), {"heartbeatMs": 100}) as gateway:
        answer = ask(gateway, stream=True)
        assert names(answer)[0] == "ping" and names(answer)[-1] == "message_stop"


def test_an_answer_that_comes_whole_becomes_a_stream(lab, tmp_path):
    whole = {"id": "gen-2", "model": "m", "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "all"}}]}
    lab.serve([{"on": CHAT, "replies": [{"json": whole}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        answer = ask(gateway, stream=True)
        assert answer.headers["content-type"] == "text/event-stream"
        assert names(answer) == ["message_start", "content_block_start", "content_block_delta",
                                 "content_block_stop", "message_delta", "message_stop"]


def test_names_that_clients_bring_lead_to_any_model(lab, tmp_path):
    lab.serve([{"on": CHAT, "replies": [{"answer": ["a"]}]}])
    own = {"aliases": {"claude-haiku-*-latest": "fake/small", "claude-*": "fake/bench"}}
    with Gateway(tmp_path, provider(lab.plain_url + "/v1"), own) as gateway:
        for asked, sent in (("claude-sonnet-4-5", "bench"), ("claude-haiku-4-5-latest", "small"),
                            ("claude-haiku-4-5", "bench"), ("fake/own", "own")):
            assert ask(gateway, model=asked).status == 200
            assert lab.upstream.asked[-1].body["model"] == sent
        assert gateway.chat("claude-opus").status == 200 and ask(gateway, model="aude-x").status == 400

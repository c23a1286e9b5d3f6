"""`/responses`: OpenAI's Responses API through the gateway, for models that speak chat/completions."""
import json
import subprocess

import pytest

from support import replies
from support.gateway import Gateway
from support.program import ROOT

CLIENTS = ROOT / "tests" / "clients"
CHAT = "POST /chat/completions$"
DETAILS = [{"type": "reasoning.text", "text": "hm", "format": "unknown", "index": 0},
           {"type": "reasoning.encrypted", "data": "ZW5jcnlwdGVk", "id": "rs_1",
            "format": "openai-responses-v1", "index": 1}]
CALLS = [{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Lima"}'}},
         {"id": "call_2", "type": "function", "function": {"name": "patch", "arguments": '{"input":"a\\nb"}'}}]


def provider(url):
    return {"fake": {"baseUrl": url, "api": "openai-completions",
                     "models": [{"id": "bench", "name": "bench"}]}}


def sdk(gateway, *cases):
    assert (CLIENTS / "node_modules" / "openai").exists(), (
        "the clients are not installed: (cd tests/clients && npm ci)")
    done = subprocess.run(["node", "responses.mjs", gateway.url, "fake/bench", *cases],
                          cwd=CLIENTS, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def ask(gateway, stream=False, **more):
    return gateway.ask("/responses", {"model": "fake/bench", "input": "Hi", "stream": stream, **more})


SANDBOXED = ["create", "stream", "tools", "json_schema", "strict_create", "strict_stream", "refused"]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, sandbox):
    """What the SDKs found with the sandbox as upstream."""
    with Gateway(tmp_path_factory.mktemp("responses"), provider(sandbox.url)) as gateway:
        return sdk(gateway, *SANDBOXED)


@pytest.mark.parametrize("case", SANDBOXED)
def test_the_sdks(case, outcome):
    assert outcome[case] is True, outcome[case]


def test_reasoning_comes_back_as_it_was(lab, tmp_path):
    first = [replies.chunk({"role": "assistant", "content": "", "reasoning": "hm", "reasoning_details": DETAILS[:1]}),
             replies.chunk({"content": "", "reasoning_details": DETAILS[1:]}),
             replies.chunk({"content": "let me look"}),
             *(replies.chunk({"tool_calls": [{"index": index, **call}]}) for index, call in enumerate(CALLS)),
             replies.chunk({"content": ""}, finish="tool_calls", usage=replies.USAGE), "[DONE]"]
    lab.serve([{"on": CHAT, "body": '"stream": ?true', "replies": [{"events": first}]},
               {"on": CHAT, "replies": [{"answer": ["It is sunny."]}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        assert sdk(gateway, "reasoning") == {"reasoning": True}
    assert [request.path for request in lab.upstream.asked] == ["/v1/chat/completions"] * 2
    second = json.loads(lab.upstream.asked[1].raw)["messages"]
    assert second[1]["tool_calls"] == CALLS and second[1]["content"] == "let me look"
    # byte for byte: the order of the members too
    assert json.dumps(second[1]["reasoning_details"]) == json.dumps(DETAILS)
    assert [message["content"] for message in second[2:]] == ["sunny", "done"]


def test_a_broken_stream_has_failed(lab, tmp_path):
    lab.serve([{"on": CHAT, "replies": [{"events": [replies.chunk({"content": "half"}), {"cut": True}]}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        assert sdk(gateway, "broken_stream") == {"broken_stream": True}


def test_falls_over_before_the_first_content(lab, tmp_path):
    lab.serve([{"on": CHAT, "body": '"one"', "replies": [
        {"events": [replies.chunk({"role": "assistant", "content": ""}), {"cut": True}]}]},
               {"on": CHAT, "replies": [{"answer": ["Hel", "lo"]}]}])
    providers = {"fake": {"baseUrl": lab.plain_url + "/v1", "models": [
        {"id": "one", "name": "one"}, {"id": "two", "name": "two"}]}}
    with Gateway(tmp_path, providers) as gateway:
        events = ask(gateway, stream=True, model="fake/one", models=["fake/two"]).events
        assert [event["type"] for event in events[:-1]].count("response.created") == 1
        assert events[-1] == "[DONE]" and events[-2]["response"]["output"][0]["content"][0]["text"] == "Hello"


def test_what_was_billed_is_told_unchanged(lab, tmp_path):
    usage = {**replies.USAGE, "cost": 0.00052, "is_byok": False,
             "cost_details": {"upstream_inference_cost": None, "upstream_inference_prompt_cost": 1e-05}}
    lab.serve([{"on": CHAT, "replies": [{"answer": ["a"], "usage": usage}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        for told in (ask(gateway).json["usage"], ask(gateway, stream=True).events[-2]["response"]["usage"]):
            assert (told["cost"], told["is_byok"]) == (0.00052, False)
            assert usage["cost_details"].items() <= told["cost_details"].items()
            assert (told["input_tokens"], told["input_tokens_details"]["cached_tokens"]) == (40, 12)


def test_errors_are_openrouters(lab, tmp_path):
    lab.serve([{"on": CHAT, "replies": [{"status": 429, "json": {"error": {"message": "slow down"}}}]}])
    with Gateway(tmp_path, provider(lab.plain_url + "/v1")) as gateway:
        answer = ask(gateway)
        assert answer.status == 429 and answer.json["error"]["code"] == 429
        assert answer.json["error"]["metadata"]["error_type"] == "rate_limit_exceeded"

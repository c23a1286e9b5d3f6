"""Upstreams that speak the Responses or the Messages API themselves: bodies and streams pass untouched."""
import json

import pytest

from support.gateway import Gateway

CHAT, MESSAGES, RESPONSES = "POST /v1/chat/completions$", "POST /anthropic/v1/messages$", "POST /v1/responses$"
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": [],
           "usage": {"input_tokens": 20, "cache_read_input_tokens": 12, "output_tokens": 1}}
USAGE = {"input_tokens": 32, "input_tokens_details": {"cached_tokens": 12}, "output_tokens": 9,
         "output_tokens_details": {"reasoning_tokens": 3}, "total_tokens": 41, "cost": 0.00052}


def event(kind, **more):
    return {"type": kind, **more}


def stream(*events):
    """As these services write them: with names."""
    text = "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in events)
    return {"text": text, "type": "text/event-stream"}


STARTED = [event("message_start", message=MESSAGE), event("ping"),
           event("content_block_start", index=0, content_block={"type": "text", "text": ""})]
SAID = [*STARTED, event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hello"})]
ENDED = [*SAID, event("content_block_stop", index=0),
         event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 9}),
         event("message_stop")]
CREATED = event("response.created", sequence_number=0, response={"id": "resp_1", "model": "gpt", "output": []})
DELTA = event("response.output_text.delta", sequence_number=4, output_index=0, item_id="msg_1", content_index=0,
              delta="Hello", logprobs=[])
COMPLETED = event("response.completed", sequence_number=5, response={"id": "resp_1", "output": [], "usage": USAGE})


@pytest.fixture
def gateway(lab, tmp_path):
    """gateway(rules, …) serves them at the upstreams `claude`, `gpt` and `chat`."""
    running = []

    def start(rules, own=None):
        lab.serve(rules)

        def row(path, api, **more):
            return {"baseUrl": lab.plain_url + path, "api": api, "apiKey": "sk-upstream-0123456789",
                    "models": [{"id": "one", "name": "one"}], **more}
        running.append(Gateway(tmp_path, {
            "claude": row("/anthropic", "anthropic-messages"), "gpt": row("/v1", "openai-responses"),
            "chat": row("/v1", "openai-completions")}, {"log": "json", **(own or {})}))
        return running[0].__enter__()
    yield start
    for one in running:
        one.__exit__(None)


def log_row(one):
    return json.loads(one.log.read_text().splitlines()[-1])


def ask(one, path, model, body=None, **headers):
    body = body or ({"messages": [{"role": "user", "content": "Hi"}]} if path == "/messages" else {"input": "Hi"})
    return one.ask(path, {"model": model, "stream": True, **body}, **headers)


def test_a_body_arrives_byte_for_byte(gateway, lab):
    one = gateway([{"on": MESSAGES, "replies": [{"json": {**MESSAGE, "content": [{"type": "text", "text": "a"}]}}]}])
    body = (b'{ "model":"claude/one", "max_tokens":9, "thinking":{"type":"enabled","budget_tokens":1024},\n'
            b' "tools":[{"type":"web_search_20250305","name":"web_search"}], "x":{"z":1.50},'
            b'"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"c2ln"}]}] }')
    answer = one.ask("/messages?beta=true", body, anthropic_beta="a-1,b-2", anthropic_version="2026-10-21")
    assert answer.status == 200 and answer.json["content"][0]["text"] == "a"
    request = lab.upstream.asked[-1]
    assert request.raw == body.replace(b"claude/one", b"one") and request.path == "/anthropic/v1/messages"
    assert request.headers["x-api-key"] == "sk-upstream-0123456789" and "authorization" not in request.headers
    assert (request.headers["anthropic-beta"], request.headers["anthropic-version"]) == ("a-1,b-2", "2026-10-21")
    row = log_row(one)
    assert (row["prompt_tokens"], row["completion_tokens"]) == (32, 1)


@pytest.mark.parametrize("path, on, model, events, end", [
    ("/messages", MESSAGES, "claude/one", ENDED, ""),
    ("/responses", RESPONSES, "gpt/one", [CREATED, DELTA, COMPLETED], "data: [DONE]\n\n")])
def test_a_stream_passes_untouched(gateway, path, on, model, events, end):
    one = gateway([{"on": on, "replies": [stream(*events)]}])
    answer = ask(one, path, model)
    assert answer.status == 200 and answer.raw.decode() == stream(*events)["text"] + end
    row = log_row(one)
    assert (row["end"], row["prompt_tokens"], row["completion_tokens"]) == ("ok", 32, 9)
    assert path == "/messages" or row["cost"] == 0.00052


BREAKS = [
    ("/messages", MESSAGES, "claude/one", stream(*STARTED)),
    ("/messages", MESSAGES, "claude/one", stream(*STARTED, event("error", error={
        "type": "overloaded_error", "message": "busy"}))),
    ("/messages", MESSAGES, "claude/one", {"status": 529, "json": {"type": "error", "error": {
        "type": "overloaded_error", "message": "busy"}}}),
    ("/responses", RESPONSES, "gpt/one", stream(CREATED)),
    ("/responses", RESPONSES, "gpt/one", stream(CREATED, event("response.failed", sequence_number=1, response={
        "error": {"code": "server_error", "message": "gone"}}))),
]


@pytest.mark.parametrize("path, on, model, reply", BREAKS)
def test_falls_over_to_one_that_is_translated(gateway, path, on, model, reply):
    one = gateway([{"on": on, "replies": [reply]}, {"on": CHAT, "replies": [{"answer": ["Hello"]}]}])
    answer = one.ask(path, {"model": model, "models": ["chat/one"], "stream": True, "input": "Hi",
                            "messages": [{"role": "user", "content": "Hi"}]})
    assert answer.status == 200 and answer.raw.decode().count("Hello")
    assert answer.raw.decode().count("event: message_start") + answer.raw.decode().count("event: response.created") == 1
    assert answer.headers["x-chela-attempts"].count("=") == 2


def test_falls_over_to_one_that_is_not(gateway, lab):
    """What was sealed for a chat is not sent to another API; what is its own comes in the open."""
    details = [{"type": "reasoning.text", "text": "hm", "signature": "c2ln", "format": "anthropic-claude-v1"},
               {"type": "reasoning.encrypted", "data": "x", "format": "google-gemini-v1"}]
    whole = {"id": "g", "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": {
        "role": "assistant", "content": "a", "reasoning_details": details}}]}
    one = gateway([{"on": CHAT, "replies": [{"json": whole}, {"status": 500, "json": {"error": {"message": "no"}}}]},
                   {"on": MESSAGES, "replies": [stream(*ENDED)]}])
    first = one.ask("/messages", {"model": "chat/one", "messages": [{"role": "user", "content": "Hi"}]})
    seals = first.json["content"]
    assert [block["type"] for block in seals] == ["thinking", "redacted_thinking", "text"]
    answer = one.ask("/messages", {"model": "chat/one", "models": ["claude/one"], "stream": True, "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": seals},
        {"role": "user", "content": "and?"}]})
    assert answer.raw.decode() == stream(*ENDED)["text"]
    sent = lab.upstream.asked[-1].body["messages"][1]["content"]
    assert [(block["type"], block.get("signature")) for block in sent] == [("thinking", "c2ln"), ("text", None)]


def test_a_broken_stream_is_told_in_its_own_words(gateway):
    one = gateway([{"on": MESSAGES, "replies": [stream(*SAID)]},
                   {"on": RESPONSES, "replies": [stream(CREATED, DELTA)]}])
    last = ask(one, "/messages", "claude/one").events[-1]
    assert last["type"] == "error" and last["error"]["type"] == "api_error"
    events = ask(one, "/responses", "gpt/one").events
    failed = events[-2]
    assert (failed["type"], failed["sequence_number"], failed["response"]["id"]) == ("response.failed", 5, "resp_1")
    assert [e["type"] for e in events[:-1]].count("response.created") == 1 and events[-1] == "[DONE]"


def test_a_failure_that_is_told_passes(gateway):
    told = stream(*SAID, event("error", error={"type": "overloaded_error", "message": "busy"}))
    one = gateway([{"on": MESSAGES, "replies": [told]}])
    assert ask(one, "/messages", "claude/one").raw.decode() == told["text"]


def test_it_answers_in_its_own_api_alone(gateway):
    one = gateway([])
    answer = one.chat("claude/one")
    assert answer.status == 404 and "Messages API" in answer.json["error"]["message"]
    assert ask(one, "/messages", "gpt/one").status == 404
    assert one.chat("gpt/one").status == 404


def test_openrouter_speaks_them_all(lab, tmp_path):
    whole = {**MESSAGE, "content": [{"type": "text", "text": "a"}]}
    lab.serve([{"on": "POST /api/v1/messages$", "replies": [{"json": whole}]},
               {"on": "POST /api/v1/responses$", "replies": [{"json": {"id": "resp_1", "output": [], "usage": USAGE}}]}])
    more = {"agents": {"defaults": {"models": {"openrouter/anthropic/claude-sonnet-4.6": {
        "params": {"provider": {"order": ["x"]}, "responseCache": True}}}}}}
    with Gateway(tmp_path, env=lab.env, key="sk-or-v1-stored", more=more) as one:
        body = {"model": "anthropic/claude-sonnet-4.6", "max_tokens": 9,
                "messages": [{"role": "user", "content": "Hi"}]}
        assert one.ask("/messages", body, anthropic_beta="a-1").status == 200
        request = lab.upstream.asked[-1]
        assert str(request) == "POST https://openrouter.ai/api/v1/messages"
        assert request.headers["authorization"] == "Bearer sk-or-v1-stored"
        assert request.headers["http-referer"] == "https://openclaw.ai"
        assert request.headers["x-openrouter-cache"] == "true" and request.headers["anthropic-beta"] == "a-1"
        assert request.body == {**body, "provider": {"order": ["x"]}}
        answer = one.ask("/responses", {"model": "anthropic/claude-sonnet-4.6", "input": "Hi"})
        assert answer.status == 200 and answer.json["usage"] == USAGE
        assert str(lab.upstream.asked[-1]) == "POST https://openrouter.ai/api/v1/responses"
    assert not lab.strangers


"""The harness itself: a comparison that lets a wrong request pass would make every golden green."""
import http.client
import json
import ssl
import urllib.parse

import pytest

from support import compare
from support.lab import Request

pytestmark = pytest.mark.fast
URL = "https://openrouter.ai/api/v1/chat/completions"
HEADERS = {"authorization": "Bearer k", "content-type": "application/json", **compare.ATTRIBUTION}
BODY = {"model": "m", "stream": True, "max_tokens": 9, "messages": [
    {"role": "developer", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "e"}}]},
    {"role": "assistant", "content": "", "reasoning": "r", "reasoning_content": ""},
    {"role": "tool", "tool_call_id": "c", "name": "n", "content": "42"}]}
WANT = {"to": "POST " + URL, "key": "k", "attribution": True, "body": {
    "model": "m", "stream": True, "messages": [
        {"role": "system", "content": "<text>"},
        {"role": "user", "content": [{"type": "text", "text": "<text>",
                                      "cache_control": {"type": "e"}}]},
        {"role": "assistant", "content": None, "reasoning_content": ""},
        {"role": "tool", "tool_call_id": "c", "content": "<result>"}]}}


def came(body=BODY, headers=HEADERS, target="/api/v1/chat/completions", raw=None):
    raw = raw if raw is not None else json.dumps(body).encode()
    return Request("POST", "https://openrouter.ai", target, headers, raw)


def lines(got, want=WANT, agent=True):
    return compare.request(want, got, got.origin, agent)


def test_the_same_is_the_same():
    assert lines(came()) == []


def without(mapping, key):
    return {name: value for name, value in mapping.items() if name != key}


def turn(index, **changes):
    turns = [dict(one) for one in BODY["messages"]]
    turns[index].update(changes)
    return dict(BODY, messages=turns)


WRONG = {
    "no key": came(headers=without(HEADERS, "authorization")),
    "no attribution": came(headers=without(HEADERS, "http-referer")),
    "a header too many": came(headers=dict(HEADERS, **{"x-openrouter-cache": "true"})),
    "no content type": came(headers=without(HEADERS, "content-type")),
    "another path": came(target="/v1/chat/completions"),
    "a query": came(target="/api/v1/chat/completions?a=1"),
    "a field too many": came(dict(BODY, store=False)),
    "a field missing": came(without(BODY, "stream")),
    "1 for true": came(dict(BODY, stream=1)),
    "no marker": came(turn(1, content="Hi")),
    "another marker": came(turn(1, content=[{"type": "text", "text": "Hi",
                                             "cache_control": {"type": "f"}}])),
    "no reasoning_content": came(turn(2, reasoning_content="filled")),
    "another role": came(turn(3, role="user")),
    "a turn missing": came(dict(BODY, messages=BODY["messages"][:3])),
    "a key twice": came(raw=json.dumps(BODY).replace('"model"', '"model": "m", "model"').encode()),
    "a marked tool": came(dict(BODY, tools=[{"cache_control": {}}])),
    "no JSON": came(raw=b"hello"),
}


@pytest.mark.parametrize("got", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_seen(got):
    assert lines(got)


def test_marks_on_tools():
    assert compare.tools_marked({"tools": [{}, {"cache_control": {}}]}) is True
    assert compare.tools_marked({"tools": [{"cache_control": {}}, {}]}) == "elsewhere"
    assert compare.tools_marked({"tools": []}) is None


def test_counts_of_requests():
    name = lambda got: got.origin
    assert compare.requests([WANT], [], "all", True, name)
    assert compare.requests([WANT], [came(), came()], "all", True, name)
    assert compare.requests([], [came()], "all", True, name)
    assert compare.requests([WANT], [], "first", True, name)
    assert compare.requests([WANT], [came(), came()], "first", True, name) == []
    other = dict(WANT, to="POST https://openrouter.ai/api/v1/videos")
    assert len(compare.requests([WANT, other], [came()], "by-path", True, name)) == 1


def through_the_proxy(lab, host, body):
    proxy = urllib.parse.urlsplit(lab.env["HTTPS_PROXY"])
    trust = ssl.create_default_context(cafile=lab.authority)
    connection = http.client.HTTPSConnection(proxy.hostname, proxy.port, context=trust, timeout=10)
    connection.set_tunnel(host, 443)
    connection.request("POST", "/api/v1/chat/completions", json.dumps(body), HEADERS)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def test_the_lab_answers_over_tls(lab):
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [
        {"answer": ["Hel", "lo"]}, {"status": 429, "headers": {"retry-after": "3"}, "json": {}}]}])
    answer, text = through_the_proxy(lab, "eu.openrouter.ai", {"stream": True})
    assert answer.headers["content-type"] == "text/event-stream"
    assert '"content": "Hel"' in text and text.endswith("data: [DONE]\n\n")
    answer, _ = through_the_proxy(lab, "openrouter.ai", {"stream": True})
    assert (answer.status, answer.headers["retry-after"]) == (429, "3")
    assert [got.origin for got in upstream.asked] == ["https://eu.openrouter.ai",
                                                      "https://openrouter.ai"]


def test_strangers_are_refused(lab):
    with pytest.raises(OSError):
        through_the_proxy(lab, "example.com", {})
    assert lab.strangers[0].startswith("CONNECT example.com:443")

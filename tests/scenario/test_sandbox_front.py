"""What `chela sandbox` answers through the gateway's code: /messages, the response cache, /metrics."""
import json

import pytest

from support.media import ask, error_of, json_of
from support.sandbox import Sandbox

PROMPT = [{"role": "user", "content": "What is 12*7?"}]
MESSAGE = {"model": "claude-sonnet-4.6", "max_tokens": 100, "messages": PROMPT}
CHAT = {"model": "openai/gpt-4o", "messages": PROMPT}
CACHE = {"X-OpenRouter-Cache": "true"}


def test_messages(sandbox):
    answer = json_of(ask(sandbox.url, "/messages", MESSAGE))
    assert answer["model"] == "sandbox/agent" and "84" in answer["content"][0]["text"]
    status, headers, body = ask(sandbox.url, "/messages", {**MESSAGE, "stream": True})
    assert status == 200 and b"event: message_stop" in body and b"84" in body


def test_the_response_cache(sandbox):
    body = {**CHAT, "seed": 4711}
    first, again = (ask(sandbox.url, "/chat/completions", body, headers=CACHE) for _ in range(2))
    assert [one[1]["X-OpenRouter-Cache-Status"] for one in (first, again)] == ["MISS", "HIT"]
    assert json_of(first)["choices"] == json_of(again)["choices"]
    plain = ask(sandbox.url, "/chat/completions", body)
    assert "X-OpenRouter-Cache-Status" not in plain[1] and "X-Request-Id" not in plain[1]


@pytest.mark.parametrize("host", ["openrouter.ai", "sandbox:8484"])
def test_it_goes_by_every_name(sandbox, host):
    answer = json_of(ask(sandbox.url, "/messages", MESSAGE, headers={"Host": host}))
    assert "84" in answer["content"][0]["text"]


def test_keys_as_on_its_own_routes(sandbox):
    assert json_of(ask(sandbox.url, "/messages", MESSAGE, headers={"X-Api-Key": "sk-any"}))
    refused = ask(sandbox.url, "/messages", MESSAGE, headers={"Authorization": "Bearer sk-or-bad"})
    assert "sk-or-bad" in error_of(refused, 401)


def test_keys_can_be_made_and_used(sandbox):
    made = json_of(ask(sandbox.url, "/keys", {"name": "ci", "limit": 5}), 201)
    assert made["data"]["limit"] == 5
    bearer = {"Authorization": "Bearer " + made["key"]}
    assert "84" in json_of(ask(sandbox.url, "/messages", MESSAGE, headers=bearer))["content"][0]["text"]
    path = "/keys/" + made["data"]["hash"]
    assert json_of(ask(sandbox.url, path))["data"]["name"] == "ci"
    assert json_of(ask(sandbox.url, "/credits"))["data"]["total_usage"] == 0
    assert json_of(ask(sandbox.url, path, method="DELETE"))["deleted"] is True


def test_figures(sandbox):
    status, _, body = ask(sandbox.url.removesuffix("/api/v1"), "/metrics")
    assert status == 200 and b"chela_gateway_requests_total" in body
    assert "there is nothing at" in error_of(ask(sandbox.url, "/nothing"), 404)


def test_what_it_answered_itself_is_in_the_books():
    """Although they are opened by the first who asks for something that needs them."""
    with Sandbox() as sandbox:
        for stream in (False, True):
            assert ask(sandbox.url, "/chat/completions", {**CHAT, "stream": stream})[0] == 200
        assert ask(sandbox.url, "/chat/completions", {})[0] == 400
        told = json_of(ask(sandbox.url, "/chat/completions", CHAT))
        found = json_of(ask(sandbox.url, "/generation?id=" + told["id"]))["data"]
        assert found["model"] == "sandbox/agent" and found["total_cost"] == 0
        assert found["native_tokens_prompt"] == told["usage"]["prompt_tokens"]
        rows = [ask(sandbox.url.removesuffix("/api/v1"), "/metrics")[2]]
        assert ask(sandbox.url, "/chat/completions", CHAT)[0] == 200
        rows.append(ask(sandbox.url.removesuffix("/api/v1"), "/metrics")[2])
        assert [b"\nchela_gateway_ledger_rows_total %d\n" % count in text
                for count, text in zip((3, 4), rows)] == [True, True]


def test_faults_and_recordings_stand_in_front(tmp_path):
    file = tmp_path / "record.jsonl"
    with Sandbox("--record", str(file), "--fault", "path=/messages,status=529,times=1") as sandbox:
        assert ask(sandbox.url, "/messages", MESSAGE)[0] == 529
        assert ask(sandbox.url, "/messages", MESSAGE)[0] == 200
        assert ask(sandbox.url, "/messages", MESSAGE, headers={"X-Chela-Fault": "status=418"})[0] == 418
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["response"]["status"] for row in rows] == [529, 200, 418]


def test_nothing_of_the_users_is_read(tmp_path):
    """A configuration that is broken, or has a key for somebody, is none of its business."""
    broken = tmp_path / "openclaw.json"
    broken.write_text("{ broken")
    with Sandbox(folder=tmp_path, env={"OPENCLAW_CONFIG_PATH": str(broken)}) as sandbox:
        assert ask(sandbox.url, "/messages", MESSAGE)[0] == 200
        assert [path.name for path in sandbox.home.home.rglob("*")] == [".openclaw"], "nor written"

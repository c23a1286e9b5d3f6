"""explain shows the request to the last byte, sends nothing and writes nothing."""
import json

import pytest

from support.program import Home

pytestmark = pytest.mark.fast
CLAUDE = "openrouter/anthropic/claude-sonnet-4.6"
KEY = "sk-or-v1-0123456789abcdef0123456789abcdef"
CONFIG = {"agents": {"defaults": {
    "model": {"primary": CLAUDE}, "params": {"responseCache": True, "responseCacheTtlSeconds": 300}}}}
RUN = ["infer", "model", "run", "--model", CLAUDE, "--thinking", "high", "--prompt", "Say hello"]
AGENT = ["agent", "--session-id", "s", "--message", "Say hello", "--thinking", "high"]


@pytest.fixture
def explaining(tmp_path):
    return Home(tmp_path, config=CONFIG, key=KEY)


def test_sends_nothing(explaining, lab):
    upstream = lab.serve([{"on": "GET ", "replies": [{"json": {"data": []}}]},
                          {"on": "POST ", "replies": [{"answer": ["sent!"]}]}])
    for line in (RUN, AGENT, [*RUN[:-3], "xhigh", "--prompt", "x"]):
        explaining.run("explain", *line, env=lab.env)
    assert upstream.seen == [] and lab.strangers == []


@pytest.mark.parametrize("line", [RUN, AGENT], ids=["infer", "agent"])
def test_writes_nothing(explaining, line):
    before = explaining.tree()
    assert explaining.run("explain", *line).code == 0
    assert explaining.tree() == before


def test_a_session_is_read_and_not_made(explaining, lab):
    lab.serve([{"on": "POST ", "replies": [{"answer": ["First."]}]}])
    assert explaining.run(*AGENT, env=lab.env).code == 0
    before = explaining.tree()
    shown = explaining.run("explain", "--json", *AGENT).json
    assert [turn["role"] for turn in shown["body"]["messages"]] == [
        "system", "user", "assistant", "user"]
    assert {path: content for path, content in explaining.tree().items()
            if not path.endswith(("-wal", "-shm"))} == {
        path: content for path, content in before.items() if not path.endswith(("-wal", "-shm"))}


def test_the_shape_of_its_json(explaining):
    shown = explaining.run("explain", "--json", *RUN).json
    assert shown["method"] == "POST"
    assert shown["url"] == "https://openrouter.ai/api/v1/chat/completions"
    assert shown["body"]["model"] == "anthropic/claude-sonnet-4.6"
    assert shown["body"]["reasoning"] == {"effort": "high"}
    assert shown["route"] and shown["key"]
    for change in shown["changes"]:
        assert {"rule", "kind", "where", "reason", "anchor"} <= set(change), change
        assert change["kind"] in ("added", "changed", "dropped", "withheld")
        assert change["anchor"].startswith("docs/rules.md#") and len(change["reason"]) > 10
    rules = {change["rule"] for change in shown["changes"]}
    assert len(rules) >= 3, rules


def test_json_may_stand_on_either_side(explaining):
    before = explaining.run("explain", "--json", *RUN)
    after = explaining.run("explain", *RUN, "--json")
    assert before.out == after.out and before.json["method"] == "POST"


def test_what_it_shows_is_what_is_sent(explaining, lab):
    shown = explaining.run("explain", "--json", *RUN).json
    upstream = lab.serve([{"on": "POST ", "replies": [{"answer": ["x"]}]}])
    assert explaining.run(*RUN, env=lab.env).code == 0
    sent = upstream.asked[0]
    assert json.dumps(sent.body) == json.dumps(shown["body"]), "the same members in the same order"
    names = {name.lower(): value for name, value in (
        shown["headers"].items() if isinstance(shown["headers"], dict)
        else ((header["name"], header["value"]) for header in shown["headers"]))}
    for name, value in names.items():
        if name != "authorization":
            assert sent.headers.get(name) == value, name
    assert names["x-openrouter-title"] == "OpenClaw"


def test_the_key_is_masked(explaining):
    for more in ([], ["--json"]):
        out = explaining.run("explain", *more, *RUN)
        assert "0123456789abcdef" not in out.out + out.err and "Bearer" in out.out


def test_withheld_is_told(explaining):
    explaining.write("home/.openclaw/openclaw.json", dict(CONFIG, models={"providers": {
        "openrouter": {"baseUrl": "https://proxy.example/v1", "models": []}}}))
    shown = explaining.run("explain", "--json", *AGENT).json
    withheld = {change["rule"] for change in shown["changes"] if change["kind"] == "withheld"}
    assert any("cache" in rule for rule in withheld), shown["changes"]


def test_in_words(explaining):
    out = explaining.run("explain", *RUN).out
    assert "POST https://openrouter.ai/api/v1/chat/completions" in out
    assert "docs/rules.md#" in out and '"effort"' in out


def test_there_must_be_something_to_explain(explaining):
    result = explaining.run("explain", "config", "file")
    assert result.code == 64 and "nothing to explain" in result.err
    assert explaining.run("explain", "nonsense").code == 64


def test_a_command_line_as_it_was_typed(explaining):
    assert explaining.run("explain", "chela", *RUN).out == explaining.run("explain", *RUN).out


def test_a_refused_level_is_refused_here_too(explaining):
    result = explaining.run("explain", *RUN[:-3], "turbo", "--prompt", "x")
    assert result.code != 0 and "minimal" in result.err

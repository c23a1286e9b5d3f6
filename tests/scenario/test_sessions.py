"""chela sessions: what is kept is listed, shown, exported, removed, and its prompt caches examined."""
import json
import stat

import pytest

from support.program import Home
from support.sandbox import Sandbox
from support.terminal import Terminal

LONG = "The harbour has many crabs and boats. " * 150  # more tokens than the least that is cached


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture
def home(tmp_path, sandbox):
    return Home(tmp_path, config=sandbox.config(), key="sk-or-v1-sessions")


def say(home, session, message, *more):
    result = home.run("agent", "--session-id", session, "--message", message, *more)
    assert result.code == 0, str(result)
    return result.out


def outputs(home, *words):
    result = home.run("sessions", *words, "--json")
    assert result.code == 0 and result.json["ok"] is True, str(result)
    assert result.json["capability"] == f"sessions.{words[0]}" and result.json["error"] is None
    return result.json["outputs"]


def test_nothing_is_kept_and_nothing_is_made(home):
    before = home.tree()
    result = home.run("sessions", "list")
    assert result.code == 0 and result.out == "" and "no conversation" in result.err
    assert outputs(home, "list") == []
    assert home.run("sessions", "show", "trip").code == 69
    assert home.tree() == before


def test_the_last_one_is_listed_first(home):
    say(home, "trip", "My name is Alice.")
    say(home, "other:one", "안녕하세요, 2+2?")
    say(home, "trip", "What is my name?")
    lines = home.run("sessions", "list").out.split("\n")
    assert lines[0].split() == ["SESSION", "TURNS", "MESSAGES", "MODEL", "TOKENS", "COST", "USED"]
    assert lines[1].split()[:4] == ["trip", "2", "4", "openrouter/auto"]
    assert lines[2].split()[:3] == ["other:one", "1", "2"]
    listed = outputs(home, "list")
    assert [one["id"] for one in listed] == ["trip", "other:one"]
    assert listed[0]["usage"]["promptTokens"] > 0 and listed[0]["interrupted"] is False
    assert home.run("completion", "words", "sessions").out.startswith("trip\topenrouter/auto\n")


def test_a_conversation_is_shown(home):
    say(home, "trip", "My name is Alice.")
    say(home, "trip", "What is my name? What is 6*7?")
    text = home.run("sessions", "show", "trip").out
    assert text.index("My name is Alice.") < text.index("## You, turn 2") < text.index("= 42")
    assert text.count("## openrouter/auto") == 2
    message = outputs(home, "show", "trip")[0]["messages"][0]
    assert message["turn"] == 1 and message["message"]["role"] == "user"
    with Terminal(home, "sessions", "show", "trip", env={"TERM": "xterm", "NO_COLOR": ""}) as screen:
        seen = screen.end()
    assert "You, turn 2" in seen.out and "##" not in seen.out


def test_exports_have_each_message_as_it_is_sent(home):
    say(home, "trip", "Count: \\ \" \t 한국어 🦀")
    lines = home.run("sessions", "export", "trip", "--format", "jsonl").out
    messages = [json.loads(line) for line in lines.splitlines()]
    assert [one["message"]["role"] for one in messages] == ["user", "assistant"]
    assert {one["session"] for one in messages} == {"trip"}
    whole = json.loads(home.run("sessions", "export", "trip", "--format", "json").out)
    assert [one["message"] for one in whole["messages"]] == [one["message"] for one in messages]
    done = home.run("sessions", "export", "trip", "--output", "trip.md")
    file = home.folder / "trip.md"
    assert done.code == 0 and done.out == "" and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == home.run("sessions", "show", "trip").out
    assert home.run("sessions", "export", "trip", "--format", "html").code == 64


@pytest.mark.parametrize("command", ["show", "export", "remove", "cache"])
def test_an_unknown_session_gets_a_suggestion(home, command):
    say(home, "holiday", "What is 2+2?")
    result = home.run("sessions", command, "holidya")
    assert result.code == 69 and "did you mean holiday?" in result.err
    assert "no session" in result.err and result.out == ""


def test_removing_asks(home):
    for session in ("one", "two", "three"):
        say(home, session, "What is 2+2?")
    refused = home.run("sessions", "remove", "one")
    assert refused.code == 64 and "--yes" in refused.err
    assert home.run("sessions", "remove", "one", "four", "--yes").code == 69
    assert len(outputs(home, "list")) == 3
    for answer, left in (("n\n", 3), ("y\n", 2)):
        with Terminal(home, "sessions", "remove", "one") as screen:
            screen.expect('Remove "one", 2 messages?')
            screen.type(answer)
            assert screen.end().code == 0
        assert len(outputs(home, "list")) == left
    done = home.run("sessions", "remove", "two", "three", "--yes")
    assert done.code == 0 and done.out == "removed two\nremoved three\n"
    assert outputs(home, "list") == []


# ---- the prompt cache ----

def rounds(home, session):
    return outputs(home, "cache", session)[0]["rounds"]


def test_what_is_only_added_to_is_read(home):
    say(home, "trip", LONG)
    say(home, "trip", "What is 6*7?")
    say(home, "trip", "And 6*8?")
    first, second, third = rounds(home, "trip")
    assert (first["cause"], second["cause"], third["cause"]) == ("first", "extended", "extended")
    assert first["cachedTokens"] == 0 and first["missedTokens"] is None
    assert second["bytesSame"] == second["bytesBefore"] == first["bytes"]
    assert 1024 < second["cachedTokens"] <= first["promptTokens"] < third["cachedTokens"]
    assert second["missedTokens"] == third["missedTokens"] == 0
    report = home.run("sessions", "cache", "trip").out
    assert "100 %" in report and "nothing to mend" in report


def test_what_spoils_it_is_named(home, sandbox):
    def configure(**more):
        home.write("home/.openclaw/openclaw.json", sandbox.config(**more), 0o600)

    say(home, "trip", LONG)
    configure(tools={"deny": ["session_status"]})
    say(home, "trip", "What is 1+1?")
    say(home, "trip", "What is 1+2?", "--model", "openrouter/moonshotai/kimi-k2.6")
    say(home, "trip", "What is 1+3?", "--model", "openrouter/moonshotai/kimi-k2.6")
    say(home, "trip", "What is 1+4?", "--model", "openrouter/moonshotai/kimi-k2.6", "--thinking", "high")
    _, tools, model, same, setting = rounds(home, "trip")
    assert tools["cause"] == "tools" and tools["what"] == "tool removed: session_status"
    assert tools["difference"]["segment"] == "tools[0]" and tools["bytesSame"] < 100
    assert tools["missedTokens"] > 1000
    assert model["cause"] == "model"
    assert model["what"] == "moonshotai/kimi-k2.6, before openrouter/auto"
    assert same["cause"] == "extended" and same["cachedTokens"] > 1000
    assert setting["cause"] == "setting" and setting["what"] == "reasoning changed"
    # Kimi's prices are bundled: 0.8 and 0.2 dollars a million
    assert model["missedCostUsdEstimate"] == pytest.approx(model["missedTokens"] * 0.6e-6)
    report = home.run("sessions", "cache", "trip").out
    assert "tool removed: session_status" in report and "Advice: " in report


def test_a_rule_that_changes_the_past_is_named(tmp_path):
    with Sandbox("--tls", "--ca", str(tmp_path / "ca.pem")) as sandbox:
        home = Home(tmp_path, key="sk-or-v1-sessions", env={
            "HTTPS_PROXY": sandbox.url.removesuffix("/api/v1"), "SSL_CERT_FILE": str(tmp_path / "ca.pem")})
        model = ("--model", "openrouter/deepseek/deepseek-v4-pro")
        say(home, "deep", LONG, *model)
        say(home, "deep", "What is 1+1?", *model)
        say(home, "deep", "What is 1+2?", *model, "--thinking", "off")
    _, same, rule = rounds(home, "deep")
    assert same["cause"] == "extended"
    assert rule["cause"] == "rule" and rule["what"] == "rule deepseek-v4 on message 2 (assistant)"
    assert "reasoning_content" in rule["difference"]["old"]


def test_the_table_fits_the_terminal(home):
    say(home, "trip", LONG)
    say(home, "trip", "What is 1+2?", "--model", "openrouter/moonshotai/kimi-k2.6")
    with Terminal(home, "sessions", "cache", "trip", env={"TERM": "xterm"}) as screen:
        seen = screen.end().out
    table = seen.split("\n\n")[0].splitlines()
    assert len(table) == 3 and all(len(line) <= 80 for line in table), table

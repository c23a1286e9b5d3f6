"""The command line as a person or a script meets it."""
import json
import os
import pty
import re
import select
import subprocess
import time

import pytest

from support.program import Home, binary

pytestmark = pytest.mark.fast
ASK = ["infer", "model", "run", "--model", "openrouter/auto", "--prompt"]


def test_version(home):
    result = home.run("--version")
    assert re.fullmatch(r"chela \d+\.\d+\.\d+\n", result.out) and result.code == 0


@pytest.mark.parametrize("words", [[], ["--help"], ["help"], ["-h"]], ids=" ".join)
def test_help_lists_every_command(home, words):
    result = home.run(*words)
    assert result.code == 0 and result.err == ""
    for command in ("infer model run", "agent", "explain", "sandbox", "config", "doc"):
        assert command in result.out


def test_help_of_a_command_names_those_below_it(home):
    below = [line for line in home.run("help").out.splitlines() if line.startswith("  chela gateway ")]
    asked = home.run("gateway", "--help").out.splitlines()
    assert "  chela gateway usage" in "\n".join(below)
    assert asked[asked.index("commands:") + 1:][:3] == [line for line in below if "One endpoint" not in line][:3]


def test_help_of_a_command_names_its_options(home):
    asked = home.run("infer", "model", "run", "--help")
    assert asked.code == 0 and "--thinking" in asked.out and "--request" in asked.out
    assert home.run("help", "infer", "model", "run").out == asked.out


@pytest.mark.parametrize("words,hint", [
    (["inferr", "model", "run"], "infer"),
    (["infer", "modle", "run"], "infer model run"),
    (["explian"], "explain"),
    (["snadbox"], "sandbox"),
    (["infer", "model", "run", "--pormpt", "x"], "--prompt"),
    (["sandbox", "--prot", "1"], "--port"),
], ids=lambda value: "-".join(value) if isinstance(value, list) else "")
def test_mistyped_words_get_a_suggestion(home, words, hint):
    result = home.run(*words)
    assert result.code == 64 and result.out == ""
    assert re.search(rf"did you mean .*{hint}", result.err), str(result)


@pytest.mark.parametrize("words", [
    ["infer", "model", "run", "--thinking"],
    ["infer", "model", "run", "--prompt", "x", "--timeout", "soon"],
    ["infer", "model", "run", "--prompt", "x", "--timeout", "-1"],
    ["infer", "model", "run", "--prompt", ""],
    ["infer", "model", "run", "--prompt", "x", "--request", "y"],
    ["infer", "model", "run", "--prompt", "x", "stray"],
    ["infer", "model", "run", "--json=yes", "--prompt", "x"],
    ["agent", "--message", "x", "--session-id", "a/../b"],
    ["explain"],
    ["explain", "--version"],
    ["sandbox", "--port", "70000"],
], ids=lambda words: "-".join(words))
def test_usage_errors(home, words):
    result = home.run(*words)
    assert result.code == 64, str(result)
    assert result.out == "" and result.err.startswith("chela"), str(result)


def test_usage_errors_come_in_the_envelope_too(home):
    result = home.run("infer", "model", "run", "--json", "--pormpt", "x")
    assert result.code == 64
    assert result.json["ok"] is False and result.json["error"]["code"] == "usage"
    assert result.json["outputs"] == []


def test_an_answer_streams_to_standard_output(sandbox_home):
    result = sandbox_home.run(*ASK, "What is 12*7?")
    assert result.code == 0 and "84" in result.out and result.out.endswith("\n")
    assert result.err == "", "nothing but the answer without a terminal"


def test_the_envelope(sandbox_home):
    result = sandbox_home.run(*ASK, "What is 12*7?", "--json")
    envelope = result.json
    assert result.code == 0 and result.out.count("\n") == 1 and result.err == ""
    assert {"ok", "capability", "transport", "provider", "model", "attempts", "outputs",
            "ignoredOverrides", "error"} <= set(envelope)
    assert envelope["ok"] is True and envelope["error"] is None
    assert envelope["capability"] == "model.run" and envelope["provider"] == "openrouter"
    assert envelope["model"] == "openrouter/auto" and len(envelope["attempts"]) == 1
    assert "84" in envelope["outputs"][0]["text"] and envelope["finishReason"] == "stop"
    assert envelope["usage"]["completion_tokens"] > 0


def test_openclaws_flags_are_accepted(sandbox_home):
    result = sandbox_home.run("infer", "model", "run", "--local", "--model", "openrouter/auto",
                              "--prompt", "What is 2+3?", "--json")
    assert result.code == 0 and "5" in result.json["outputs"][0]["text"]


def test_prompt_from_standard_input(sandbox_home):
    piped = sandbox_home.run("infer", "model", "run", stdin="What is 6*7?\n")
    assert piped.code == 0 and "42" in piped.out
    joined = sandbox_home.run(*ASK, "What is", "--prompt", "-", stdin="8*9?")
    assert joined.code == 0 and "72" in joined.out


def test_request_from_standard_input(sandbox_home):
    body = {"model": "openrouter/auto", "stream": True,
            "messages": [{"role": "user", "content": "What is 6*8?"}]}
    result = sandbox_home.run("infer", "model", "run", "--request", "-", stdin=json.dumps(body))
    assert result.code == 0 and "48" in result.out, str(result)


def test_a_conversation_is_remembered(sandbox_home, lab):
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [
        {"answer": ["First."]}, {"answer": ["Second."]}]}])
    sandbox_home.write("home/.openclaw/openclaw.json", {"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/v1", "models": []}}}})
    for text in ("One", "Two"):
        assert sandbox_home.run("agent", "--session-id", "s", "--message", text).code == 0
    first, second = [request.body["messages"] for request in upstream.asked]
    assert [turn["role"] for turn in first] == ["system", "user"]
    assert [turn["role"] for turn in second] == ["system", "user", "assistant", "user"]
    assert second[0] == first[0] and second[1] == first[1], "the prefix must stay byte for byte"
    assert second[2]["content"] == "First."


def test_a_question_without_an_answer_stays(sandbox_home, lab):
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [
        {"status": 401, "json": {"error": {"code": 401, "message": "no"}}}, {"answer": ["Yes."]}]}])
    sandbox_home.write("home/.openclaw/openclaw.json", {"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/v1", "models": []}}}})
    assert sandbox_home.run("agent", "--session-id", "s", "--message", "One").code == 77
    assert sandbox_home.run("agent", "--session-id", "s", "--message", "Two").code == 0
    said = [turn["content"] for turn in upstream.asked[1].body["messages"] if turn["role"] == "user"]
    assert [content[0]["text"] for content in said] == ["One", "Two"]


def test_an_unreachable_service(home):
    home.write("home/.openclaw/openclaw.json", {"models": {"providers": {"openrouter": {
        "baseUrl": "http://127.0.0.1:1/v1", "models": []}}}})
    home.store_key("sk-or-v1-x")
    result = home.run(*ASK, "x", "--json")
    assert result.code == 69 and result.json["error"]["code"] == "unavailable"
    assert "127.0.0.1" in result.json["error"]["message"]


def test_the_key_is_never_shown(home, lab):
    lab.serve([{"on": "POST ", "replies": [{"status": 401, "json": {
        "error": {"code": 401, "message": "bad key sk-or-v1-0123456789abcdef0123456789abcdef"}}}]}])
    home.write("home/.openclaw/openclaw.json", {"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/v1", "models": []}}}})
    home.store_key("sk-or-v1-0123456789abcdef0123456789abcdef")
    for more in ([], ["--json"]):
        result = home.run(*ASK, "x", *more)
        assert result.code == 77 and "0123456789abcdef" not in result.out + result.err, str(result)


def test_a_broken_configuration_names_its_place(home):
    home.write("home/.openclaw/openclaw.json", "{\n  agents: { defaults: { model: 7 } },\n}\n")
    result = home.run(*ASK, "x")
    assert result.code == 78 and "openclaw.json" in result.err and "agents.defaults.model" in result.err
    home.write("home/.openclaw/openclaw.json", "{\n  agents: {\n")
    result = home.run(*ASK, "x")
    assert result.code == 78 and re.search(r"openclaw\.json.*\b[23]\b", result.err), str(result)


def test_an_unknown_key_is_a_warning(sandbox_home, sandbox):
    config = sandbox.config(agents={"defaults": {"modle": "openrouter/auto"}})
    sandbox_home.write("home/.openclaw/openclaw.json", config)
    result = sandbox_home.run("config", "validate")
    assert result.code == 0 and "modle" in result.out + result.err and '"model"' in result.out + result.err


def on_terminal(home, words, env=None, seconds=20):
    """What a command writes to a terminal, stdout and stderr alike, and its exit status."""
    near, far = pty.openpty()
    process = subprocess.Popen([str(binary()), *words], stdin=far, stdout=far, stderr=far,
                               cwd=home.folder, env={**home.env, "TERM": "xterm", **(env or {})},
                               start_new_session=True)
    os.close(far)
    seen, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        ready, _, _ = select.select([near], [], [], 0.2)
        if ready:
            try:
                piece = os.read(near, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        elif process.poll() is not None:
            break
    os.close(near)
    return seen.decode("utf-8", "replace"), process.wait(timeout=5)


def test_no_color_is_honoured(sandbox_home):
    words = ["explain", *ASK, "x"]
    plain, code = on_terminal(sandbox_home, words, {"NO_COLOR": "1"})
    assert code == 0 and "\033[" not in plain
    coloured, code = on_terminal(sandbox_home, words, {"NO_COLOR": ""})
    assert code == 0 and "\033[" in coloured
    dumb, _ = on_terminal(sandbox_home, words, {"NO_COLOR": "", "TERM": "dumb"})
    assert "\033[" not in dumb


def test_a_reader_that_goes_away(sandbox_home):
    """`chela … | head -0`: no signal kills it, and no success is told."""
    near, far = os.pipe()
    os.close(near)
    process = sandbox_home.start(*ASK, "What is 12*7?", stdout=far)
    os.close(far)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 74, err


def test_a_full_disk_is_told(sandbox_home):
    with open("/dev/full", "wb") as full:
        process = sandbox_home.start(*ASK, "What is 12*7?", "--json", stdout=full)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 74 and b"writ" in err, err


@pytest.mark.parametrize("variable", ["OPENCLAW_CONFIG_PATH", "OPENCLAW_STATE_DIR"])
def test_where_the_configuration_is_looked_for(home, variable, tmp_path):
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "openclaw.json").write_text('{ agents: { defaults: { model: "openrouter/x/y" } } }')
    env = {variable: str(place / "openclaw.json" if "CONFIG" in variable else place)}
    result = home.run("config", "get", "agents.defaults.model", env=env)
    assert result.code == 0 and "openrouter/x/y" in result.out
    assert str(place / "openclaw.json") in home.run("config", "file", env=env).out


def test_default_home_is_dot_openclaw(tmp_path):
    home = Home(tmp_path, config='{ agents: { defaults: { model: "openrouter/x/y" } } }')
    del home.env["OPENCLAW_STATE_DIR"]
    assert "openrouter/x/y" in home.run("config", "get", "agents.defaults.model").out

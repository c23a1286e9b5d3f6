"""chela doctor: each finding, what to do about it, and an exit status that counts."""
import json
import re
import shutil
import time

import pytest

from support.program import Home, binary
from support.screen import Screen

SETTINGS = {"models": {"providers": {"openrouter": {"models": []}}}}


def findings(result):
    """By check; of several the last. Whatever is not good says what to do."""
    for finding in result.json["outputs"]:
        assert finding["level"] == "good" or finding.get("todo"), finding
    return {finding["check"]: finding for finding in result.json["outputs"]}


def home_at(lab, tmp_path, **more):
    SETTINGS["models"]["providers"]["openrouter"]["baseUrl"] = lab.plain_url + "/api/v1"
    return Home(tmp_path, config=SETTINGS, **more)


def test_all_is_well(lab, tmp_path):
    lab.serve([{"on": "GET /key$", "replies": [{"json": {"data": {"label": "mine"}}}]}])
    home = home_at(lab, tmp_path, key="sk-or-v1-doctor")
    result = home.run("doctor", "--json")
    assert result.code == 0 and result.json["ok"] is True, str(result)
    found = findings(result)
    assert {"configuration", "route", "key", "catalogue", "store", "terminal", "player"} <= set(found)
    assert found["key"]["level"] == "good" and "takes it" in found["key"]["text"]
    assert "sk-or-v1-doctor" not in result.out
    assert {"transport", "provider", "attempts", "ignoredOverrides", "error"} <= set(result.json)


def test_at_a_terminal_lines_are_its_width(lab, tmp_path):
    lab.serve([{"on": "GET /key$", "replies": [{"status": 401, "json": {"error": {"code": 401}}}]}])
    home = home_at(lab, tmp_path, key="sk-or-v1-doctor")
    with Screen(home, "doctor", columns=60, rows=50) as screen:
        text = screen.wait(r"\[exit 78\]")
        assert re.search(r"^WRONG  key            .*\n {22}\S", text, re.M), text
        assert max(map(len, text.splitlines())) <= 60
        assert "\033[31mWRONG" in screen.styled()


def test_a_refused_key_is_wrong(lab, tmp_path):
    lab.serve([{"on": "GET /key$", "replies": [{"status": 401, "json": {"error": {"code": 401}}}]}])
    result = home_at(lab, tmp_path, key="sk-or-v1-doctor").run("doctor", "--json")
    key = findings(result)["key"]
    assert result.code == 78 and key["level"] == "wrong" and "onboard" in key["todo"], str(result)


def test_no_key_and_no_network(lab, tmp_path):
    upstream = lab.serve([])
    result = home_at(lab, tmp_path).run("doctor", "--offline")
    assert result.code == 78 and not upstream.seen, str(result)
    assert "WRONG  key" in result.out and "1 thing to mend" in result.err


def test_a_broken_configuration_is_named(tmp_path):
    result = Home(tmp_path, config="{ agents: ").run("doctor", "--json")
    assert result.code == 78, str(result)
    assert findings(result)["configuration"]["level"] == "wrong"


def test_a_store_that_cannot_be_made_or_read(tmp_path):
    home = Home(tmp_path, key="sk-or-v1-doctor")
    home.write("home/.state", "in the way")
    store = findings(home.run("doctor", "--offline", "--json"))["store"]
    assert store["level"] == "wrong" and "XDG_STATE_HOME" in store["todo"]
    (tmp_path / "home/.state").unlink()
    home.write("home/.state/chela/chela.db", b"no database" * 1000)
    store = findings(home.run("doctor", "--offline", "--json"))["store"]
    assert store["level"] == "wrong" and "move the file away" in store["todo"]


# ---- engines ----

def engines(tmp_path, monkeypatch, script):
    """The findings of a chela that has this chela-engines beside it, and how long they took."""
    home = Home(tmp_path, key="sk-or-v1-doctor")
    program = home.folder / "bin/chela"
    program.parent.mkdir()
    shutil.copy(binary(), program)
    home.write("bin/chela-engines", "#!/bin/sh\n" + script, 0o755)
    monkeypatch.setenv("CHELA", str(program))
    start = time.monotonic()
    result = home.run("doctor", "--offline", "--json")
    findings(result)
    return [f for f in result.json["outputs"] if f["check"] == "engines"], time.monotonic() - start


def says(*rows):
    return f"echo '{json.dumps({'engines': rows})}'"


def row(name, package):
    return {"engine": name, "for": "something", "ok": not package, "package": package}


def test_what_a_program_says_does_nothing_to_the_terminal(tmp_path, monkeypatch):
    engines(tmp_path, monkeypatch, "printf 'clear \\033[2J' >&2; exit 1")
    home = Home(tmp_path / "again")
    out = home.run("doctor", "--offline").out
    assert "clear \u241b[2J" in out and "\x1b" not in out


def test_all_engines_work(tmp_path, monkeypatch):
    found, _ = engines(tmp_path, monkeypatch, says(row("a", None), row("b", None)))
    assert [(f["level"], f["text"]) for f in found] == [("good", "all 2 work")]


def test_a_missing_engine_has_its_package(tmp_path, monkeypatch):
    found, _ = engines(tmp_path, monkeypatch, says(row("a", None), row("local/flite-slt", "flite1-dev"),
                                                   row("espeak-ng", "espeak-ng")))
    assert [f["level"] for f in found] == ["note", "note"]
    assert "local/flite-slt" in found[0]["text"] and "no something" in found[0]["text"]
    assert found[0]["todo"] == "apt install flite1-dev, then build chela again"
    assert found[1]["todo"] == "apt install espeak-ng"


@pytest.mark.parametrize("script,text", [
    ("sleep 60 & sleep 60", "longer than 5 s"),
    ("kill -SEGV $$", "signal 11"),
    ("echo no library >&2; exit 3", "no library"),
    ("echo oops", "not understood"),
    ("echo '{\"engines\":[]}'", "not understood"),
    ("echo '{\"engines\":[{\"engine\":5}]}'", "not understood"),
    ("cat /dev/zero", "too large"),
])
def test_engines_that_are_broken(tmp_path, monkeypatch, script, text):
    found, seconds = engines(tmp_path, monkeypatch, script)
    assert [f["level"] for f in found] == ["wrong"] and text in found[0]["text"], found
    assert "--check" in found[0]["todo"] and seconds < 30

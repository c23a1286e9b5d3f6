"""Replies that are spoken in chela chat and by chela agent at a terminal: played beside the prompt, ended by
Ctrl-C, named where nothing plays."""
import base64
import os
import re
import time

import pytest

from support.program import Home
from support.screen import Screen
from support.terminal import CTRL_C, Terminal

pytestmark = pytest.mark.fast
PROMPT = r"^› ?$"
PLAYER = """#!/bin/sh
for last; do :; done
cp "$last" %(log)s.sound
echo "begin $$" >> %(log)s
%(script)s
echo whole >> %(log)s
"""


class Hearing(Home):
    """A home whose only player is a script; it plays for as long as `script` says."""

    def __init__(self, lab, tmp_path, script, answer="The [[tts:voice=v]]tide is coming in.", speech=None):
        self.upstream = lab.serve([
            {"on": "POST /chat/completions$", "replies": [{"answer": list(answer)}]},
            {"on": "POST /audio/speech$", "replies": [
                speech or {"base64": base64.b64encode(b"\xff\xfbsound").decode(), "type": "audio/mpeg"}]}])
        super().__init__(tmp_path, key="sk-or-v1-x", config={
            "messages": {"tts": {"auto": "always"}}, "models": {"providers": {"openrouter": {
                "baseUrl": lab.plain_url + "/v1", "models": []}}}})
        self.log = tmp_path / "player.log"
        tools = tmp_path / "tools"
        tools.mkdir()
        for name in ("sh", "cp", "sleep", "env", "stty", "grep", "tmux"):
            os.symlink(f"/bin/{name}", tools / name)
        if script:
            self.write("tools/mpv", PLAYER % {"log": self.log, "script": script}, 0o755)
        self.env["PATH"] = str(tools)

    def wait(self, word):
        end = time.monotonic() + 15
        while not (self.log.exists() and word in self.log.read_text()):
            assert time.monotonic() < end, self.log.exists() and self.log.read_text()
            time.sleep(0.02)

    def player_is_gone(self):
        pid = re.search(r"begin (\d+)", self.log.read_text())[1]
        end = time.monotonic() + 10
        while os.path.exists(f"/proc/{pid}"):
            assert time.monotonic() < end, "the player lives on"
            time.sleep(0.02)


@pytest.fixture
def chat(lab, tmp_path):
    def begin(*script, **more):
        home = Hearing(lab, tmp_path, *script, **more)
        return home, Screen(home, "chat", env={"PATH": home.env["PATH"]})
    return begin


def ask(terminal, after=r"lab/model\n\n› ?$"):
    terminal.wait(PROMPT)
    terminal.ask("Tell me")
    return terminal.wait(after)


def test_it_plays_beside_the_prompt(chat):
    home, terminal = chat("sleep 60")
    with terminal as t:
        screen = ask(t)
        assert "The tide is coming in." in screen and "[[" not in t.everything()
        home.wait("begin")
        t.text("still typing")
        t.wait("› still typing")
        assert (home.folder / "player.log.sound").read_bytes() == b"\xff\xfbsound"
        assert "whole" not in home.log.read_text()


def test_ctrl_c_ends_the_sound_and_keeps_the_line(chat):
    home, terminal = chat("sleep 60")
    with terminal as t:
        ask(t)
        home.wait("begin")
        t.text("a word")
        t.wait("› a word")
        t.type("C-c")
        home.player_is_gone()
        assert "Ctrl-C again" not in t.wait("› a word")
        t.type("C-c")  # now it means the line
        t.wait(PROMPT)


@pytest.mark.parametrize("then", ["next", "C-d"])
def test_the_next_question_and_the_end_hush_it(chat, then):
    home, terminal = chat("sleep 60")
    with terminal as t:
        ask(t)
        home.wait("begin")
        if then == "next":
            t.ask("Go on")
        else:
            t.type(then)
        home.player_is_gone()
        if then == "C-d":
            t.wait(r"\[exit 0\]")


def test_a_player_that_fails_is_told_before_the_next_answer(chat):
    home, terminal = chat("echo no such device >&2; exit 1")
    with terminal as t:
        ask(t)
        home.wait("begin")
        home.player_is_gone()
        t.ask("Go on")
        t.wait(r"mpv: no such device\nthe file is /")


def test_without_a_player_the_path_is_enough(chat):
    home, terminal = chat(None)
    with terminal as t:
        path = re.search(r"♪ ~/(.*(?:\n.*)?\.mp3)", ask(t, r"♪ .*\n(.*\n)?\n› ?$"))[1].replace("\n", "")
        assert (home.home / path).read_bytes() == b"\xff\xfbsound"


LATE = {"base64": base64.b64encode(b"\xff\xfbsound").decode(), "type": "audio/mpeg", "delay": 2}


def test_the_prompt_does_not_wait_for_the_sound_to_be_made(chat):
    home, terminal = chat("sleep 60", speech=LATE)
    with terminal as t:
        screen = ask(t)
        assert "The tide is coming in." in screen and not home.log.exists()
        t.ask("/cost")
        t.wait(r"40 in .*lab/model")
        t.text("still typing")
        home.wait("begin")
        t.wait("› still typing")


@pytest.mark.parametrize("then", ["C-c", "next", "C-d", "/explain"])
def test_a_sound_that_is_being_made_is_given_up(chat, then):
    home, terminal = chat("sleep 60", speech=dict(LATE, delay=8))
    start = time.monotonic()
    with terminal as t:
        ask(t)
        t.type(then) if then.startswith("C-") else t.ask(then)
        t.wait({"C-c": PROMPT, "C-d": r"\[exit 0\]", "next": "› next\n(.*\n)*The tide",
                "/explain": "docs/rules.md"}[then])
        assert "could not" not in t.everything() and not home.log.exists()
    assert time.monotonic() - start < 7


def test_what_cannot_be_spoken_is_told_before_the_next_answer(chat):
    _, terminal = chat("sleep 60", speech={"status": 402, "json": {"error": {"code": 402, "message": "no credit"}}})
    with terminal as t:
        ask(t)
        time.sleep(1)
        t.ask("Go on")
        t.wait("! the reply could not be spoken: .*credit")


def test_without_a_player_ctrl_c_keeps_the_answer(chat):
    home, terminal = chat(None, speech=dict(LATE, delay=8))
    with terminal as t:
        t.wait(PROMPT)
        t.ask("Tell me")
        t.wait("making it speak… [1-9] s")
        t.type("C-c")
        screen = t.wait(PROMPT, above=True)
        assert "The tide is coming in." in screen and "could not be spoken: cancelled" in screen, screen
        assert "✗" not in screen and not home.log.exists()


# ---- chela agent ----

def test_agent_plays_and_then_ends(lab, tmp_path):
    home = Hearing(lab, tmp_path, "sleep 0.3")
    with Terminal(home, "agent", "--message", "Tell me") as t:
        t.expect("The tide is coming in.")
        result = t.end()
    assert result.code == 0 and "whole" in home.log.read_text() and "[[" not in result.out


def test_agent_is_hushed_by_ctrl_c(lab, tmp_path):
    home = Hearing(lab, tmp_path, "sleep 60")
    with Terminal(home, "agent", "--message", "Tell me") as t:
        t.expect("The tide is coming in.")
        home.wait("begin")
        t.type(CTRL_C)
        assert t.end().code == 0
    home.player_is_gone()
    assert "whole" not in home.log.read_text()


def test_agent_names_what_nothing_plays(lab, tmp_path):
    home = Hearing(lab, tmp_path, None)
    with Terminal(home, "agent", "--message", "Tell me") as t:
        t.expect("chela: spoken: ")
        assert t.end().code == 0

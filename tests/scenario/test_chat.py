"""chela chat on a terminal, and through pipes."""
import json
import os
import pty
import re
import select
import signal
import time

import pytest

from support.program import Home
from support.replies import chunk
from support.screen import Screen

pytestmark = pytest.mark.fast
PROMPT = r"^› ?$"
TABLE = "| Fruit | Price |\n|---|---:|\n| Apple | 1.20 |\n| 한국 배 | 12.00 |\n"


@pytest.fixture
def chat(lab, tmp_path):
    """begin(replies, *options): the lab's upstream, and the terminal to be entered."""
    def begin(replies, *words, **more):
        upstream = lab.serve([{"on": "POST /chat/completions$", "replies": replies}])
        home = Home(tmp_path, key="sk-or-v1-x", config={
            "agents": {"defaults": {"models": {"openrouter/moonshotai/kimi-k2.6": {"alias": "kimi"}}}},
            "models": {"providers": {"openrouter": {"baseUrl": lab.plain_url + "/v1",
                                                    "models": []}}}})
        return upstream, Screen(home, "chat", *words, **more)
    return begin


def slowly(text, seconds=0.02, size=3):
    events = []
    for i in range(0, len(text), size):
        events += [chunk({"role": "assistant", "content": text[i:i + size]}), {"sleep": seconds}]
    return events


def finished(text):
    return {"events": slowly(text) + [chunk({"content": ""}, finish="stop"),
                                      chunk({}, usage={"prompt_tokens": 1204, "completion_tokens": 56,
                                                       "total_tokens": 1260, "cost": 0.0012,
                                                       "prompt_tokens_details": {"cached_tokens": 1000}}),
                                      "[DONE]"]}


def test_an_answer_is_laid_out_and_its_use_told(chat):
    _, terminal = chat([finished("# Prices\n\nSome **bold** text.\n\n" + TABLE + "\n```c\nint x;\n```\n")])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("Which prices?")
        screen = t.wait(r"1,204 in \(1,000 cached\), 56 out, \$0\.0012, \d\.\d s, lab/model")
        assert "Prices" in screen and "# Prices" not in screen and "**" not in screen
        assert re.search(r"^Fruit   │ Price\n────────┼──────\nApple   │  1\.20\n한국 배 │ 12\.00$",
                         screen, re.M), screen
        assert re.search(r"^── c ─+\nint x;\n─+$", screen, re.M), screen
        assert "\033[1mbold" in t.styled()


def test_korean_and_emoji_keep_their_columns(chat):
    text = "안녕하세요, 세계! 이 문장은 화면보다 길어서 띄어쓰기에서 나뉘어야 합니다. 😀 👍🏽 끝"
    upstream, terminal = chat([finished(text)], columns=30)
    with terminal as t:
        t.wait(PROMPT)
        t.text("한국어 질문")
        t.type("Left", "Left", "BSpace")
        t.ask("X")
        screen = t.wait("lab/model")
        assert "› 한국어X질문" in screen, screen
        lines = [line.strip() for line in screen.split("\n")]
        joined = " ".join(lines)
        for word in text.split():
            assert word in joined, f"{word} is broken:\n{screen}"
    assert upstream.asked[0].body["messages"][-1]["content"][0]["text"] == "한국어X질문"


def test_a_new_size_in_mid_answer(chat):
    words = [f"word{i}" for i in range(60)]
    reply = {"events": slowly(" ".join(words), 0.03, 8) + [chunk({}, finish="stop"), "[DONE]"]}
    _, terminal = chat([reply], columns=70)
    with terminal as t:
        t.wait(PROMPT)
        t.ask("Go on")
        t.wait(r"word15\b")
        t.resize(40, 24)
        t.wait(r"word30\b")
        t.resize(90, 24)
        t.wait(r"word59")
        t.wait(PROMPT)
        # tmux moves lines above the screen when it becomes narrower; what is there stays there
        assert re.findall(r"word\d+", t.everything())[-len(words):] == words, t.everything()
        longest = max(len(line) for line in t.screen().split("\n"))
        assert 70 < longest <= 90, t.screen()


def endless(text="Beginning of an answer"):
    yield chunk({"role": "assistant", "content": text})
    for _ in range(600):
        yield ": still there"
        yield {"sleep": 0.05}


def test_ctrl_c_in_mid_answer(chat):
    upstream, terminal = chat([{"events": list(endless())}, finished("Second answer.")])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("One")
        t.wait("Beginning of an answer")
        began = time.monotonic()
        t.type("C-c")
        screen = t.wait("Cancelled")
        assert time.monotonic() - began < 2
        assert "Your question" in screen
        assert upstream.cut_off.wait(2)
        t.wait(PROMPT)
        t.ask("/continue")
        t.wait("Second answer")
    asked = [turn["content"] for turn in upstream.asked[1].body["messages"] if turn["role"] == "user"]
    assert len(asked) == 1, "the question is asked again, once"


def test_tools_as_they_are_called(chat):
    call = {"id": "call-1", "type": "function",
            "function": {"name": "session_status", "arguments": "{}"}}
    odd = {"id": "call-2", "type": "function",
           "function": {"name": "no_such\033[2Jtool", "arguments": '{"a": 1}'}}
    _, terminal = chat([{"answer": ["Let me look."], "calls": [call, odd]}, finished("All is well.")])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("How are you?")
        screen = t.wait(r"\d+ out")
        assert re.search(r"^Let me look\.\n✓ session_status  \d+\.\d s$", screen, re.M), screen
        assert re.search(r'^✗ no_such.*tool {"a": 1}  \d+\.\d s$', screen, re.M), screen
        assert "there is no tool named" in screen and '"error"' not in screen, screen
        assert re.search(r"^All is well\.$", screen, re.M), screen


def test_a_signal_ends_it_and_leaves_the_terminal_as_it_was(chat):
    upstream, terminal = chat([{"events": list(endless())}])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("One")
        t.wait("Beginning of an answer")
        os.kill(t.process(), signal.SIGTERM)
        t.wait(r"\[exit 130\]\n icanon")
        assert upstream.cut_off.wait(2)
    assert "ended by signal 15" in t.err.read_text()


def test_ctrl_c_and_ctrl_d_at_the_prompt(chat):
    _, terminal = chat([finished("x")])
    with terminal as t:
        t.wait(PROMPT)
        t.text("half a mess")
        t.type("C-c")
        t.wait(PROMPT)
        t.type("C-c")
        t.wait("again leaves")
        t.text("y")
        t.type("BSpace", "C-d")
        t.wait(r"\[exit 0\]\n icanon")  # the terminal is as it was


def test_reasoning_is_folded_and_can_be_seen(chat):
    reply = {"answer": ["It is 4."], "reasoning": ["Two and two ", "make four."]}
    _, terminal = chat([reply, reply])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("2+2")
        screen = t.wait("It is 4.")
        assert re.search(r"^▸ thought for \d+ s$", screen, re.M) and "make four" not in screen
        t.wait(PROMPT)
        t.ask("/reasoning")
        t.wait("Two and two make four.")
        t.ask("/reasoning on")
        t.wait("reasoning is shown")
        t.ask("again")
        t.wait(r"Two and two make four\.\n(.*\n)+.*Two and two make four\.\n\s*\nIt is 4")


def test_an_error_does_not_end_the_chat(chat):
    refused = {"status": 401, "json": {"error": {"code": 401, "message": "no such user"}}}
    _, terminal = chat([refused, finished("Now it works.")])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("One")
        t.wait(r"✗ .*no such user")
        t.wait(PROMPT)
        t.ask("Two")
        t.wait("Now it works.")


def test_pasted_lines_stay_one_message(chat):
    upstream, terminal = chat([finished("Thanks.")])
    with terminal as t:
        t.wait(PROMPT)
        t.paste("first line\nsecond line\n\tthird\n")
        t.wait("third")
        assert not upstream.asked
        t.type("M-Enter")
        t.ask("fourth\\")
        t.ask("fifth")
        t.wait("Thanks.")
    text = upstream.asked[0].body["messages"][-1]["content"][0]["text"]
    assert text == "first line\nsecond line\n    third\nfourth\nfifth"


def test_history_is_kept_for_the_next_time(chat):
    _, terminal = chat([finished("x")])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("something to remember")
        t.wait("56 out")
    home = terminal.home
    history = home.home / ".state" / "chela" / "history"
    assert history.stat().st_mode & 0o777 == 0o600
    with Screen(home, "chat") as t:
        t.wait(PROMPT)
        t.type("Up")
        t.wait("^› something to remember")


def test_commands_and_models_are_completed(chat):
    _, terminal = chat([finished("x")])
    with terminal as t:
        t.wait(PROMPT)
        t.text("/mo")
        t.type("Tab")
        t.wait(r"^› /model ?$")
        t.text("ki")
        t.type("Tab", "Enter")
        t.wait("model openrouter/moonshotai/kimi-k2.6")
        t.ask("/modle")
        t.wait("did you mean /model")
        t.ask("/model openrouter/moonshotai/kimi-k2.7")
        t.wait("openrouter/moonshotai/kimi-k2.7")
        t.ask("/think sideways")
        t.wait("has the levels off")


def test_commands(chat, tmp_path):
    upstream, terminal = chat([finished("An *answer*.")], "--session-id", "talk")
    with terminal as t:
        t.wait(PROMPT)
        t.ask("/cost")
        t.wait("nothing was asked yet")
        t.ask("A question")
        t.wait("56 out")
        t.ask("/cost")
        t.wait(r"sum  1,204 in \(1,000 cached\), 56 out, \$0.0012, .*83 % of what went in")
        t.ask("/explain What next?")
        t.wait("POST http://.*/chat/completions", above=True)
        t.ask("/save talk.md")
        t.wait(r"written to talk\.md")
        t.ask("/save talk.md")
        t.wait("is there already")
        t.ask("/save talk.json")
        t.wait(r"written to talk\.json")
        t.ask("/new other")
        t.wait("session other")
        t.ask("/sessions")
        t.wait(r"talk +2 messages, just now")
        t.ask("/help")
        t.wait("/sessions ")
        t.ask("/quit")
        t.wait(r"\[exit 0\]")
    assert len(upstream.asked) == 1
    saved = (terminal.home.folder / "talk.md").read_text()
    assert re.fullmatch(r"## You, turn 1\n\nA question\n\n## \S+\n\nAn \*answer\*\.\n", saved), saved
    messages = json.loads((terminal.home.folder / "talk.json").read_text())["messages"]
    assert [message["message"]["role"] for message in messages] == ["user", "assistant"]


def test_escapes_of_a_model_do_nothing(chat):
    _, terminal = chat([finished("Red \033[31mtext\033]0;title\007 and \u202eover.\n\n`\033[2J`")])
    with terminal as t:
        t.wait(PROMPT)
        t.ask("x")
        screen = t.wait("56 out")
        assert "Red ␛[31mtext␛]0;title␇ and �over." in screen and "\033[31m" not in t.styled()


def test_without_colour_and_on_a_dumb_terminal(chat):
    text = "# Title\n\nSome **bold** text.\n\n- item\n"
    _, terminal = chat([finished(text)], env={"NO_COLOR": "1"})
    with terminal as t:
        t.wait(PROMPT)
        t.ask("x")
        t.wait("56 out")
        assert "# Title\n\nSome **bold** text.\n\n• item" in t.screen()
        assert "\033[" not in t.styled()
    with Screen(terminal.home, "chat", env={"TERM": "dumb"}) as t:
        t.wait("›")
        t.ask("x")
        screen = t.wait("56 out")
        assert "# Title\n\nSome **bold** text.\n\n• item" in screen


def test_openclaws_name_for_it(home):
    assert home.run("tui", "--help").out == home.run("chat", "--help").out


def test_a_dumb_terminal_gets_no_escape(chat):
    _, terminal = chat([finished("Some **bold** text.")])
    near, far = pty.openpty()
    process = terminal.home.start("chat", stdin=far, stdout=far, stderr=far,
                                  env={"TERM": "dumb", "NO_COLOR": ""}, start_new_session=True)
    os.close(far)
    seen, asked, end = b"", False, time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        if select.select([near], [], [], 0.1)[0]:
            try:
                seen += os.read(near, 65536)
            except OSError:
                break
        if "›".encode() in seen and not asked:
            os.write(near, b"x\n")
            asked = True
        if b"56 out" in seen and seen.rstrip().endswith("›".encode()):
            os.write(near, b"\x04")
    os.close(near)
    assert process.wait(timeout=10) == 0
    assert b"Some **bold** text." in seen and b"\x1b" not in seen, seen


def test_pipes_make_it_plain_text(chat):
    upstream, terminal = chat([finished("*First* answer."), finished("Second."),
                               {"status": 401, "json": {"error": {"message": "gone"}}}])
    home = terminal.home
    result = home.run("chat", stdin="One\n\n  Two  \n/cost\n")
    assert result.code == 0, str(result)
    assert result.out.startswith("*First* answer.\nSecond.\n") and "\033" not in result.out
    assert "sum" in result.out and result.err == ""
    asked = [request.body["messages"][-1]["content"][0]["text"] for request in upstream.asked]
    assert asked == ["One", "Two"]
    assert len(upstream.asked[1].body["messages"]) == 4, "the second turn follows the first"
    result = home.run("chat", stdin="Three\n/nonsense\n")
    assert result.code == 77 and result.out == "" and "gone" in result.err, str(result)
    assert "no command /nonsense" in result.err

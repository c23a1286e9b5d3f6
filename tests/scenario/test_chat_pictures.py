"""Pictures in chela chat, from the model's call of image_generate to what the terminal gets: kitty's protocol
where the terminal has it, chafa's characters elsewhere, the path where neither is."""
import base64
import fcntl
import os
import re
import struct
import termios
import time
import zlib

import pytest

from support.program import Home
from support.screen import Screen
from support.terminal import CTRL_D, Terminal

pytestmark = pytest.mark.fast
ANSI = re.compile(r"\033\[[0-9;?]*[a-zA-Z]")


def png(width, height):
    """Red on the left, blue on the right."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    row = b"\0" + b"\xff\0\0" * (width // 2) + b"\0\0\xff" * (width - width // 2)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b""))


def home_of(lab, tmp_path, picture, count=1):
    url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    call = {"id": "c1", "type": "function", "function": {
        "name": "image_generate", "arguments": '{"prompt": "a flag"}'}}
    images = [{"type": "image_url", "image_url": {"url": url}}] * count
    lab.serve([
        {"on": "POST /chat/completions$", "body": '"modalities"', "replies": [{"json": {
            "id": "gen-1", "model": "lab/painter", "choices": [{"index": 0, "finish_reason": "stop", "message": {
                "role": "assistant", "content": "", "images": images}}]}}]},
        {"on": "POST /chat/completions$", "replies": [{"answer": ["I paint."], "calls": [call]},
                                                      {"answer": ["Here it is."]}]}])
    return Home(tmp_path, key="sk-or-v1-x", env={"NO_COLOR": ""}, config={
        "models": {"providers": {"openrouter": {"baseUrl": lab.plain_url + "/v1", "models": []}}}})


def made(home):
    return sorted((home.home / ".state/chela/media").glob("*.png"))


def sent(text):
    """The pictures of kitty's protocol in what a terminal got: (columns, rows, bytes)."""
    found, open_ = [], False
    for head, data in re.findall(r"\033_G([^;\033]*);([^\033]*)\033\\", text):
        keys = dict(pair.split("=") for pair in head.split(","))
        if keys.get("a") == "q":
            continue
        if not open_:
            assert keys["a"] == "T" and keys["f"] == "100" and keys["q"] == "2", head
            found.append([int(keys["c"]), int(keys["r"]), ""])
        assert len(data) <= 4096
        found[-1][2] += data
        open_ = keys["m"] == "1"
    assert not open_
    return [(c, r, base64.b64decode(data)) for c, r, data in found]


def ask(home, columns=80, rows=24, env=None, answers=None):
    """Everything that a terminal of this size got. answers: what it says when it is asked for the protocol."""
    with Terminal(home, "chat", env={"TERM": "xterm-256color", **(env or {})}) as t:
        fcntl.ioctl(t.near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        t.expect("› ")
        t.type("Paint me a flag\r")
        if answers is not None:
            t.expect("\033[c")
            t.type(answers)
        t.expect(".png")
        t.expect("› ")
        t.wait_until_hidden()  # before, the driver would take Ctrl-D for the end of a line
        t.type(CTRL_D)
        return t.end().out


@pytest.mark.parametrize("columns,rows", [(80, 24), (24, 12), (200, 60)])
def test_a_terminal_that_says_it_is_kitty(lab, tmp_path, columns, rows):
    picture = png(800, 400)
    home = home_of(lab, tmp_path, picture)
    out = ask(home, columns, rows, env={"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"})
    (c, r, data), = sent(out)
    assert data == picture and made(home)[0].read_bytes() == picture
    assert c <= columns and r <= rows - 4 and abs(c - 4 * r) <= 4, (c, r)
    text = ANSI.sub("", re.sub(r"\033_G[^\033]*\033\\", "", out)).replace("\r", "")
    assert "Here it is." in text and made(home)[0].name in text.replace("\n", "")


def test_a_large_picture_comes_whole(lab, tmp_path):
    picture = png(64, 64)[:-12] + b"\0\0\x40\0tEXt" + os.urandom(0x4000) + b"crc." + png(1, 1)[-12:]
    home = home_of(lab, tmp_path, picture)
    (_, _, data), = sent(ask(home, env={"TERM": "xterm-kitty"}))
    assert data == picture


def test_a_terminal_that_is_asked(lab, tmp_path):
    home = home_of(lab, tmp_path, png(100, 100))
    out = ask(home, answers="\033_Gi=31;OK\033\\\033[?62;c")
    assert len(sent(out)) == 1 and "\033_Gi=31" not in out.split("\033[c")[1], "the answer is not typed"


def test_a_terminal_without_it_gets_characters(lab, tmp_path):
    home = home_of(lab, tmp_path, png(100, 50))
    with Screen(home, "chat", columns=40, rows=16) as t:
        t.wait(r"^› ?$")
        t.ask("Paint me a flag")
        screen = t.wait(r"\.png\n(.*\n)*› ?$")
        colours = re.findall(r"48;5;(\d+)", t.styled())
        assert "Here it is." in t.everything() and "\033_G" not in t.styled(), screen
        assert {"196", "21"} <= set(colours), colours  # red and blue, side by side
        assert max(map(len, screen.splitlines())) <= 40


@pytest.mark.parametrize("why", ["no chafa", "no picture", "dumb"])
def test_where_nothing_shows_it_the_path_is_enough(lab, tmp_path, why):
    home = home_of(lab, tmp_path, png(100, 50) if why != "no picture" else png(100, 50)[:60])
    env = {"no chafa": {"PATH": str(tmp_path), "TMUX": "x"}, "no picture": {"TMUX": "x"}, "dumb": {"TERM": "dumb"}}
    out = ask(home, env=env[why])
    path, = made(home)
    assert not sent(out) and "48;5" not in out and path.name in out.replace("\n", "")


def test_several_pictures(lab, tmp_path):
    home = home_of(lab, tmp_path, png(60, 60), count=2)
    out = ask(home, env={"TERM": "xterm-kitty"})
    assert len(made(home)) == len(sent(out)) == 2 and all(path.name in out for path in made(home))


def test_a_chafa_that_hangs_is_given_up(lab, tmp_path):
    home = home_of(lab, tmp_path, png(60, 60))
    home.write("tools/chafa", "#!/bin/sh\nsleep 60\n", 0o755)
    start = time.monotonic()
    out = ask(home, env={"PATH": f"{tmp_path}/tools:{os.environ['PATH']}", "TMUX": "x"})
    assert made(home)[0].name in out and time.monotonic() - start < 30

"""Speech: the file that comes of it, what a service can do wrong, and replies that are spoken."""
import base64
import os
import time
from pathlib import Path

import pytest

from support import faults
from support.program import Home
from support.terminal import Terminal

MP3 = bytes([0xFF, 0xFB, 0x90, 0x64]) + bytes(300)
OLD = b"what was there before"
SAY = ("infer", "tts", "convert", "--text", "The tide is coming in", "--output")


def sound(data=MP3, **more):
    return {"base64": base64.b64encode(data).decode(), "type": "audio/mpeg", **more}


def home_of(lab, tmp_path, **tts):
    return Home(tmp_path, key="sk-or-v1-speech", config={
        "messages": {"tts": tts}, "models": {"providers": {"openrouter": {
            "baseUrl": lab.plain_url + "/api/v1", "models": []}}}})


def serve(lab, reply):
    return lab.serve([{"on": "POST /audio/speech$", "replies": [reply]}])


def test_pcm_becomes_wav(lab, tmp_path):
    serve(lab, sound(b"\1\0" * 2400))
    home = home_of(lab, tmp_path)
    result = home.run(*SAY, "x.mp3", "--format", "pcm", "--json")
    assert result.code == 0 and result.json["outputs"][0]["mimeType"] == "audio/wav", str(result)
    data = (home.folder / "x.wav").read_bytes()
    assert data[:4] == b"RIFF" and data[8:16] == b"WAVEfmt " and data[44:] == b"\1\0" * 2400
    assert int.from_bytes(data[40:44], "little") == 4800
    assert int.from_bytes(data[24:28], "little") == 24000


def test_raw_samples_when_they_are_asked_for(lab, tmp_path):
    serve(lab, sound(MP3))  # samples may look like anything
    home = home_of(lab, tmp_path)
    result = home.run(*SAY, "x.pcm", "--format", "pcm")
    assert result.code == 0 and (home.folder / "x.pcm").read_bytes() == MP3, str(result)


@pytest.mark.parametrize("start", [b"{\0" * 8, b"<\1", b"{" + bytes(range(60)), b"[" * 3 + b"\xff\xfe"])
def test_samples_may_begin_as_text_does(lab, tmp_path, start):
    serve(lab, sound(start + b"\1\0" * 50))
    home = home_of(lab, tmp_path)
    result = home.run(*SAY, "x.wav", "--format", "PCM")
    assert result.code == 0 and (home.folder / "x.wav").read_bytes()[44:] == start + b"\1\0" * 50, str(result)


def test_half_a_sample_is_none(lab, tmp_path):
    serve(lab, sound(b"\1\0" * 10 + b"\1"))
    home = home_of(lab, tmp_path)
    assert home.run(*SAY, "x.wav", "--format", "pcm").code == 0
    assert int.from_bytes((home.folder / "x.wav").read_bytes()[40:44], "little") == 20


def test_what_came_is_what_is_told(lab, tmp_path):
    flac = b"fLaC" + bytes(60)
    serve(lab, sound(flac))
    home = home_of(lab, tmp_path)
    output, = home.run(*SAY, "x.mp3", "--json").json["outputs"]
    assert output["mimeType"] == "audio/flac" and output["format"] == "flac" and not output["voiceCompatible"]
    assert output["path"].endswith("x.flac")


@pytest.mark.parametrize("words,code", [(("--format", "ogg"), 64), (("--format", ""), 0), (("--format", "Mp3"), 0)])
def test_formats(lab, tmp_path, words, code):
    serve(lab, sound())
    assert home_of(lab, tmp_path).run(*SAY, "x.mp3", *words).code == code


def test_into_a_pipe(lab, tmp_path):
    serve(lab, sound())
    home = home_of(lab, tmp_path)
    result = home.run(*SAY, "-")
    assert result.code == 0 and result.raw_out == MP3 and not list(home.folder.glob("-*")), str(result)
    assert not list((home.home / ".state/chela/media").iterdir())
    result = home.run(*SAY, "-", "--json")
    assert result.code == 64 and "both want standard output" in result.json["error"]["message"], str(result)


def test_into_a_pipe_that_takes_no_more(lab, tmp_path):
    serve(lab, sound(MP3 * 2000))
    home = home_of(lab, tmp_path)
    with open("/dev/full", "wb") as full:
        process = home.start(*SAY, "-", stdout=full)
        _, err = process.communicate(timeout=60)
    kept, = (home.home / ".state/chela/media").iterdir()
    assert process.returncode == 74 and str(kept) in err.decode() and kept.read_bytes() == MP3 * 2000


def test_bytes_are_not_for_a_terminal(lab, tmp_path):
    upstream = serve(lab, sound())
    with Terminal(home_of(lab, tmp_path), *SAY, "-") as screen:
        result = screen.end()
    assert result.code == 64 and "is a terminal" in result.out and not upstream.asked, str(result)


FAULTS = {
    "speech refused": {"status": 402, "json": {"error": {"code": 402, "message": "no credit"}}},
    "speech service down": {"status": 500, "json": {"error": {"code": 500, "message": "oops"}}},
    "speech hung up": {"hang_up": True},
    "speech cut": faults.framed(MP3.decode("latin-1"), len(MP3) + 1, "audio/mpeg"),
    "speech empty": sound(b""),
    "speech as HTML": {"text": "<html></html>"},
    "speech as JSON": {"json": {"error": {"message": "no"}}},
    "speech that is text": {"text": "{}", "type": "audio/mpeg"},
    "speech too large": faults.framed("sound", 300 << 20, "audio/mpeg"),
    "speech late": sound(delay=3),
    "speech endless": faults.endless("sound", "audio/mpeg"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(lab, tmp_path, fault):
    upstream = serve(lab, FAULTS[fault])
    home = home_of(lab, tmp_path)
    home.write("out/x.mp3", OLD)
    result = home.run(*SAY, "out/x.mp3", "--json", "--timeout-ms", "1500")
    faults.check(fault, result, len(upstream.asked))
    assert len(upstream.asked) == 1, "a submission is never repeated"
    assert [p.name for p in (home.folder / "out").iterdir()] == ["x.mp3"]
    assert (home.folder / "out/x.mp3").read_bytes() == OLD


def test_played_by_what_is_found(lab, tmp_path):
    serve(lab, sound())
    home = home_of(lab, tmp_path)
    player = home.write("tools/mpv", f"#!/bin/sh\necho \"$@\" > {tmp_path}/played\n", 0o755)
    result = home.run(*SAY, "x.mp3", "--play", env={"PATH": str(player.parent)})
    assert result.code == 0, str(result)
    assert (tmp_path / "played").read_text().split()[-1] == str(home.folder / "x.mp3")


def test_without_a_player_the_path_is_enough(lab, tmp_path):
    serve(lab, sound())
    home = home_of(lab, tmp_path)
    result = home.run(*SAY, "x.mp3", "--play", env={"PATH": "/nowhere"})
    assert result.code == 0 and result.out.endswith("x.mp3\n") and "no player" in result.err


# ---- voices ----

ROWS = {"data": [{"id": "lab/talker", "supported_voices": ["ann", "bob"]}, {"id": "lab/mute", "supported_voices": None},
                 {"id": "hexgrad/kokoro-82m", "supported_voices": ["af_alloy", "af_\x1b[31mred"]}, 5,
                 {"supported_voices": ["nobody's"]}, {"id": "lab/odd", "supported_voices": [5, "", "carl"]}]}


def test_voices_are_those_of_the_service(lab, tmp_path):
    upstream = lab.serve([{"on": "GET /models$", "replies": [{"json": ROWS}]}])
    home = home_of(lab, tmp_path)
    result = home.run("infer", "tts", "voices", "--json")
    assert result.code == 0 and upstream.seen[-1].query == "output_modalities=speech", str(result)
    assert [(v["id"], v["model"]) for v in result.json] == [
        ("af_alloy", "hexgrad/kokoro-82m"), ("ann", "lab/talker"), ("bob", "lab/talker"),
        ("af_\x1b[31mred", "hexgrad/kokoro-82m"), ("carl", "lab/odd")]
    assert all(v["provider"] == "openrouter" for v in result.json) and result.json[0]["name"] == "Alloy"
    text = home.run("infer", "tts", "voices", "--model", "openrouter/lab/talker").out
    assert [line.split() for line in text.splitlines()] == [["VOICE", "MODEL"], ["ann", "lab/talker"],
                                                            ["bob", "lab/talker"]]
    assert "\x1b" not in home.run("infer", "tts", "voices").out


@pytest.mark.parametrize("reply", [{"status": 500, "json": {}}, {"text": "<html>"}, {"json": {"data": 5}},
                                   {"hang_up": True}, {"json": []}])
def test_without_the_services_list_the_chosen_voice_is_known(lab, tmp_path, reply):
    lab.serve([{"on": "GET /models$", "replies": [reply]}])
    home = home_of(lab, tmp_path, providers={"openrouter": {"voice": "mine", "model": "lab/own"}})
    result = home.run("infer", "tts", "voices", "--json")
    assert result.code == 0 and "did not come" in result.err, str(result)
    assert [(v["id"], v["model"]) for v in result.json] == [("mine", "lab/own")]


def test_preferences_in_the_home_folder(lab, tmp_path):
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [{"answer": ["The tide is coming in."]}]},
                          {"on": "POST /audio/speech$", "replies": [sound()]}])
    home = home_of(lab, tmp_path, prefsPath="~/mine.json")
    home.write("home/mine.json", {"tts": {"auto": "always", "maxLength": -5}})
    assert home.run("agent", "--message", "Tell me", "--json").code == 0
    assert upstream.asked[-1].body["input"] == "The tide is coming in."


def test_voices_of_a_wrong_configuration(lab, tmp_path):
    home = home_of(lab, tmp_path, providers={"openrouter": {"responseFormat": "ogg"}})
    result = home.run("infer", "tts", "voices", "--json")
    assert result.code == 78 and "responseFormat" in result.json["error"]["message"], str(result)


# ---- spoken replies ----

def talk(lab, tmp_path, answers, *words, speech=None, summary=None, prefs=None, **tts):
    """One turn. answers: text, or replies; what was said, and what else was asked for."""
    replies = [{"answer": [answers]}] if isinstance(answers, str) else answers
    upstream = lab.serve([
        {"on": "POST /chat/completions$", "body": "read aloud", "replies": [summary or {"status": 500}]},
        {"on": "POST /chat/completions$", "replies": replies},
        {"on": "POST /audio/speech$", "replies": [speech or sound()]}])
    home = home_of(lab, tmp_path, **tts)
    if prefs:
        home.write("home/.openclaw/settings/tts.json", {"tts": prefs})
    result = home.run("agent", "--local", "--message", "Tell me", *(words or ["--json"]))
    assert result.code == 0, str(result)
    said = [request.body["input"] for request in upstream.asked
            if request.path.endswith("/audio/speech")]
    result.summaries = [request.body for request in upstream.asked if b"read aloud" in request.raw]
    return result, said


def test_always(lab, tmp_path):
    result, said = talk(lab, tmp_path, "The **tide** is coming in.", auto="always")
    text, audio = result.json["outputs"]
    assert said == ["The tide is coming in."] and text["text"] == "The **tide** is coming in."
    assert audio["kind"] == "audio" and audio["mimeType"] == "audio/mpeg"
    with open(audio["path"], "rb") as file:
        assert file.read() == MP3


@pytest.mark.parametrize("answer,tts,expected", [
    ("The tide is coming in.", {"auto": "off"}, []),
    ("The tide is coming in.", {}, []),
    ("The tide is coming in.", {"auto": "inbound"}, []),
    ("The tide is coming in.", {"auto": "tagged"}, []),
    ("Look. [[tts:text]]Hear![[/tts:text]]", {"auto": "tagged"}, ["Hear!"]),
    ("Too short", {"auto": "always"}, []),
    ("한국말로 짧다", {"auto": "always"}, []),
    ("한국말로 말하면 소리가 난다", {"auto": "always"}, ["한국말로 말하면 소리가 난다"]),
    ("The picture is at MEDIA:/tmp/x.png", {"auto": "always"}, []),
    ("The tide is coming in.", {"auto": "always", "maxTextLength": 12}, ["The tide ..."]),
])
def test_when_and_what(lab, tmp_path, answer, tts, expected):
    result, said = talk(lab, tmp_path, answer, **tts)
    assert said == expected and not result.summaries, str(result)
    assert "Hear!" not in result.json["outputs"][0]["text"]


def test_what_cannot_be_spoken_is_still_an_answer(lab, tmp_path):
    result, said = talk(lab, tmp_path, "The tide [[tts:voice=x]]is coming in.", auto="always",
                        speech={"status": 500, "json": {"error": {"code": 500, "message": "no"}}})
    assert len(said) == 1 and result.json["outputs"] == [{"text": "The tide is coming in."}], str(result)
    assert "could not be spoken" in result.err


@pytest.mark.parametrize("pieces", [1, 3, 7])
def test_directives_are_never_seen(lab, tmp_path, pieces):
    text = "So [[tts:text]]listen to this[[/tts:text]]it [[tts:voice=v]]is `[[tts]]`."
    reply = {"answer": [text[i:i + pieces] for i in range(0, len(text), pieces)]}
    result, said = talk(lab, tmp_path, [reply], "--local", auto="always")
    assert result.out == "So it is `[[tts]]`.\n" and said == ["listen to this"], str(result)


def test_directives_stay_when_nothing_is_spoken(lab, tmp_path):
    result, _ = talk(lab, tmp_path, "So [[tts:voice=v]]it is.", "--local", auto="off")
    assert result.out == "So [[tts:voice=v]]it is.\n"


def test_the_files_of_replies_are_kept_for_a_day(lab, tmp_path):
    result, _ = talk(lab, tmp_path, "The tide is coming in.", auto="always")
    first = Path(result.json["outputs"][1]["path"])
    others = [first.parent / name for name in ("reply-new.mp3", "speech-old.mp3", "reply-old.mp3")]
    for path in others:
        path.write_bytes(b"x")
    for path in others[1:]:
        os.utime(path, (time.time() - 90000, time.time() - 90000))
    home = home_of(lab, tmp_path / "again", auto="always")
    result = home.run("agent", "--message", "Again", "--json", env={"XDG_STATE_HOME": str(first.parents[2])})
    assert result.code == 0, str(result)
    left = {path.name for path in first.parent.iterdir()}
    assert {first.name, "reply-new.mp3", "speech-old.mp3"} <= left and "reply-old.mp3" not in left


# ---- long ones ----

LONG = "The tide is coming in. " * 100


def test_a_long_reply_is_summed_up(lab, tmp_path):
    result, said = talk(lab, tmp_path, LONG, auto="always", summaryModel="openrouter/lab/short",
                        summary={"answer": ["The **tide** comes, a hundred times."], "usage": {
                            "prompt_tokens": 500, "completion_tokens": 20, "total_tokens": 520, "cost": 0.5}})
    asked, = result.summaries
    assert said == ["The tide comes, a hundred times."], str(result)
    assert asked["model"] == "lab/short" and asked["max_tokens"] == 750 and asked["temperature"] == 0.3
    assert LONG.strip() in asked["messages"][0]["content"] and "1500" in asked["messages"][0]["content"]
    assert result.json["outputs"][0]["text"] == LONG.strip()
    assert result.json["usage"]["prompt_tokens"] == 540 and result.json["usage"]["cost"] > 0.5


def test_the_agents_model_sums_up_when_no_other_is_named(lab, tmp_path):
    result, said = talk(lab, tmp_path, LONG, auto="always", summary={"answer": ["The tide comes in."]})
    assert result.summaries[0]["model"] == "openrouter/auto" and said == ["The tide comes in."]


@pytest.mark.parametrize("prefs,summary,asked,expected", [
    ({"maxLength": 200}, {"answer": ["x" * 300]}, 1, "x" * 300),
    ({"maxLength": 200}, {"status": 500, "json": {}}, 1, LONG[:197] + "..."),
    ({"maxLength": 200}, {"answer": [""]}, 1, LONG[:197] + "..."),
    ({"maxLength": 200, "summarize": False}, None, 0, LONG[:197] + "..."),
    ({"maxLength": 50}, None, 0, LONG[:47] + "..."),
    ({"maxLength": 200}, {"answer": ["x" * 5000]}, 1, "x" * 4093 + "..."),
])
def test_lengths(lab, tmp_path, prefs, summary, asked, expected):
    result, said = talk(lab, tmp_path, LONG, auto="always", prefs=prefs, summary=summary)
    assert said == [expected] and bool(result.summaries) == bool(asked), str(result)


# ---- beside tools ----

CALL = {"id": "c1", "type": "function", "function": {"name": "session_status", "arguments": "{}"}}
TWO = [{"answer": ["Let me have a look."], "calls": [CALL]}, {"answer": ["It is all quiet."]}]


@pytest.mark.parametrize("tts,expected", [
    ({}, ["It is all quiet."]), ({"mode": "final"}, ["It is all quiet."]),
    ({"mode": "all"}, ["Let me have a look.", "It is all quiet."])])
def test_what_was_said_before_a_tool(lab, tmp_path, tts, expected):
    result, said = talk(lab, tmp_path, TWO, auto="always", **tts)
    assert said == expected, str(result)
    assert [o["kind"] for o in result.json["outputs"] if "kind" in o] == ["audio"] * len(expected)


def test_a_reply_whose_tool_spoke_is_not_spoken_again(lab, tmp_path):
    call = dict(CALL, function={"name": "tts", "arguments": '{"text": "Hello from the tool"}'})
    result, said = talk(lab, tmp_path, [{"answer": [""], "calls": [call]},
                                        {"answer": ["There it [[tts:voice=x]]is, listen."]}], auto="always")
    assert said == ["Hello from the tool"], str(result)
    assert result.json["outputs"][0] == {"text": "There it is, listen."}


def test_a_voice_of_another_provider_is_none_of_ours(lab, tmp_path):
    reply = "[[tts:provider=elevenlabs voice=rachel]]The tide is coming in."
    for allowed, voice in ((False, "rachel"), (True, "af_alloy")):
        upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [{"answer": [reply]}]},
                              {"on": "POST /audio/speech$", "replies": [sound()]}])
        home = home_of(lab, tmp_path / voice, auto="always", modelOverrides={"allowProvider": allowed})
        result = home.run("agent", "--local", "--message", "Tell me", "--json")
        assert result.code == 0 and upstream.asked[-1].body["voice"] == voice, str(result)

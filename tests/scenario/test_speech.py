"""Speech: the file that comes of it, what a service can do wrong, and replies that are spoken."""
import base64

import pytest

from support.program import Home

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


FAULTS = {
    "speech refused": ({"status": 402, "json": {"error": {"code": 402, "message": "no credit"}}}, 77),
    "speech down": ({"status": 500, "json": {"error": {"code": 500, "message": "oops"}}}, 75),
    "speech hung up": ({"hang_up": True}, 69),
    "speech empty": (sound(b""), 76),
    "speech as HTML": ({"text": "<html></html>"}, 76),
    "speech as JSON": ({"json": {"error": {"message": "no"}}}, 76),
    "speech that is text": ({"text": "{}", "type": "audio/mpeg"}, 76),
    "speech late": (sound(delay=3), 75),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(lab, tmp_path, fault):
    reply, code = FAULTS[fault]
    upstream = serve(lab, reply)
    home = home_of(lab, tmp_path)
    home.write("out/x.mp3", OLD)
    result = home.run(*SAY, "out/x.mp3", "--json", "--timeout-ms", "1500")
    assert result.code == code and len(upstream.asked) == 1, str(result)
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


# ---- spoken replies ----

def talk(lab, tmp_path, answer, speech=None, **tts):
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [{"answer": [answer]}]},
                          {"on": "POST /audio/speech$", "replies": [speech or sound()]}])
    home = home_of(lab, tmp_path, **tts)
    result = home.run("agent", "--local", "--message", "Tell me", "--json")
    said = [request.body["input"] for request in upstream.asked
            if request.path.endswith("/audio/speech")]
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
    ("The tide is coming in.", {"auto": "always", "maxTextLength": 12}, ["The tide ..."]),
])
def test_when_and_what(lab, tmp_path, answer, tts, expected):
    result, said = talk(lab, tmp_path, answer, **tts)
    assert result.code == 0 and said == expected, str(result)
    assert "Hear!" not in result.json["outputs"][0]["text"]


def test_what_cannot_be_spoken_is_still_an_answer(lab, tmp_path):
    result, said = talk(lab, tmp_path, "The tide is coming in.", auto="always",
                        speech={"status": 500, "json": {"error": {"code": 500, "message": "no"}}})
    assert result.code == 0 and len(said) == 1, str(result)
    assert [list(output) for output in result.json["outputs"]] == [["text"]]
    assert "could not be spoken" in result.err
